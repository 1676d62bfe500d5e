"""How a call is written in somebody's source: what is called there, and each of its arguments.

A frame knows which of its instructions runs, and the instruction knows where it comes from. What
has no source to read, such as code given to `eval`, is written nowhere.
"""

from __future__ import annotations

import ast
import functools
import linecache
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from types import CodeType, FrameType

from helpers.diagnosis.totals import line_of_total


def no_total() -> int:
    """The line of a sum that there is not."""
    return 0


@dataclass(frozen=True)
class Written:
    """A call as it is written.

    Attributes:
        called: the code of what is called.
        args: the code of the arguments that go by their places, up to one with a star.
        named: the code of those that go by their names.
        of: the call that made what is called, as `nn.L1Loss()` in `nn.L1Loss()(x, y)`; else None.
        whole: whether no argument is handed on by a star.
        total: tells the line where its results are added up as numbers, 0 where they are not.
    """

    called: str
    args: tuple[str, ...]
    named: Mapping[str, str]
    of: Written | None = None
    whole: bool = True
    total: Callable[[], int] = no_total

    def without_first(self) -> Written:
        """The call that a function was asked to make: `f(x)` of `explain(f, x)`."""
        first, *rest = self.args
        made = ast.parse(first, mode="eval").body
        of = _written(first, made) if isinstance(made, ast.Call) else None
        return Written(attachable(first), tuple(rest), self.named, of)

    def library(self, name: str) -> str:
        """What stands before the name of what is called, if it has that name; else nothing."""
        node = ast.parse(self.called, mode="eval").body
        named = isinstance(node, ast.Attribute) and node.attr == name
        return self.called.removesuffix(f".{name}") if named else ""

    def arguments(self, parameters: Sequence[str]) -> dict[str, str]:
        """The code of each argument, by the names of the parameters in their order."""
        return dict(zip(parameters, self.args, strict=False)) | dict(self.named)


def call_at(frame: FrameType, instruction: int) -> Written | None:
    """The call that a frame makes with one of its instructions, given by its offset in bytes."""
    lines = linecache.getlines(frame.f_code.co_filename, frame.f_globals)
    return _at(frame.f_code, instruction, "".join(lines)) if lines else None


@functools.lru_cache(maxsize=128)
def _at(code: CodeType, instruction: int, source: str) -> Written | None:
    """The call of an instruction; None where the source is not that of the code any more."""
    positions = next(islice(code.co_positions(), instruction // 2, None), None)
    # No two calls end at one place, and where one begins depends on the release of Python.
    tree, calls = _calls(source)
    node = None if positions is None else calls.get((positions[1], positions[3]))
    if node is None or not _root_names(node) <= _names_of(code):
        return None
    return replace(_written(source, node), total=functools.partial(line_of_total, tree, node))


@functools.lru_cache(maxsize=16)
def _calls(source: str) -> tuple[ast.AST, Mapping[tuple[int | None, int | None], ast.Call]]:
    """The tree of a source, and the calls in it by the places where they end."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return ast.Module([], []), {}
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return tree, {(node.end_lineno, node.end_col_offset): node for node in calls}


def _root_names(call: ast.Call) -> set[str]:
    """The names that a call and its plain arguments begin with."""
    roots = [call.func, *call.args, *(keyword.value for keyword in call.keywords)]
    names = set()
    for root in roots:
        while isinstance(root, ast.Attribute | ast.Call):
            root = root.value if isinstance(root, ast.Attribute) else root.func
        names |= {root.id} if isinstance(root, ast.Name) else set()
    return names


def _names_of(code: CodeType) -> set[str]:
    """The names that a code object uses."""
    return {*code.co_names, *code.co_varnames, *code.co_freevars, *code.co_cellvars}


def _written(source: str, call: ast.Call) -> Written:
    """A node of the tree of a source as it is written there."""
    starred = next((i for i, one in enumerate(call.args) if isinstance(one, ast.Starred)), None)
    return Written(
        attachable(_code(source, call.func)),
        tuple(_code(source, one) for one in call.args[:starred]),
        {one.arg: _code(source, one.value) for one in call.keywords if one.arg},
        _written(source, call.func) if isinstance(call.func, ast.Call) else None,
        starred is None and all(one.arg for one in call.keywords),
    )


def _code(source: str, node: ast.expr) -> str:
    """The code of a node, on one line."""
    code = ast.get_source_segment(source, node) or ast.unparse(node)
    code = ast.unparse(node) if "\n" in code else code
    return f"({code})" if isinstance(node, ast.NamedExpr | ast.Yield | ast.YieldFrom) else code


def is_atom(code: str) -> bool:
    """Whether something may be attached to code as it stands: a name, a call, an attribute."""
    node = ast.parse(code, mode="eval").body
    return isinstance(node, ast.Name | ast.Call | ast.Attribute | ast.Subscript)


def is_steady(code: str) -> bool:
    """Whether code may be repeated: it looks something up, and computes nothing."""
    steady = (
        ast.Expression,
        ast.Name,
        ast.Attribute,
        ast.Subscript,
        ast.Slice,
        ast.Tuple,
        ast.UnaryOp,
        ast.unaryop,
        ast.Constant,
        ast.expr_context,
    )
    return all(isinstance(node, steady) for node in ast.walk(ast.parse(code, mode="eval")))


def attachable(code: str) -> str:
    """Code in brackets, unless something may be attached to it as it stands."""
    return code if is_atom(code) else f"({code})"


# What is read once more stands in a line before the call, under a name of its own.
NAMED_INSTEAD = {"input": "output"}  # a name that Python needs
LONG = 40  # characters of an argument that does not fit


@dataclass(frozen=True)
class Spelling:
    """How the parts of a call are typed. Without anything: by the names of torch's arguments.

    Attributes:
        arguments: the code of each argument that is known, in the order of the call.
        called: the code of the function or the module that is called; empty where unknown.
        style: how the call is written: 'function', 'module' for a module of torch itself,
            'criterion' for another one; empty where it is unknown.
        libraries: what stands for torch, nn and F there.
        imports: the line that they need, if any.
        taken: the names that are in use there.
        total: tells the line where the results are added up, as that of `Written`.
    """

    arguments: Mapping[str, str]
    called: str = ""
    style: str = ""
    libraries: Mapping[str, str] = field(default_factory=dict)
    imports: str = ""
    taken: frozenset[str] = frozenset()
    total: Callable[[], int] = no_total

    def of(self, argument: str) -> str:
        """What is typed for an argument."""
        return self.arguments.get(argument, argument)

    def library(self, short: str) -> str:
        """What is typed for torch, nn or F."""
        return self.libraries.get(short, short)

    def with_lines(self, chosen: set[str]) -> tuple[list[str], Spelling]:
        """Lines that give names to arguments, and the spelling with these names.

        What is computed before a chosen one gets a name too: the order stays.
        """
        order = list(self.arguments)
        chosen = {name for name in chosen if name in order and not self.of(name).isidentifier()}
        last = max(map(order.index, chosen), default=-1)
        lines, names = [], dict(self.arguments)
        for name in order[: last + 1]:
            if name in chosen or not is_steady(names[name]):
                new = NAMED_INSTEAD.get(name, name)
                while new in self.taken:
                    new += "_"
                lines.append(f"{new} = {names[name]}")
                names[name] = new
        return lines, replace(self, arguments=names)


PLAIN = Spelling({})
