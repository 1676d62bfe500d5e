"""The mutants of a module: mutmut's operators, applied to every part of it.

mutmut's own runner leaves decorated functions and the tables of a module alone. Here the decorated
functions are the formulas, and the tables hold what is shown, so both are changed too. mutmut does
not change the text of f-strings either; one operator is added for it.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

HELPERS = Path(__file__).parents[2] / "helpers"


def modules() -> list[str]:
    """The modules of `helpers`, but for `__init__`, which holds names alone."""
    return sorted(path.stem for path in HELPERS.glob("*.py") if path.stem != "__init__")


@dataclass(frozen=True)
class Mutant:
    """One change of a module: `text` in place of the characters from `start` to `end`."""

    module: str
    place: str  # the function, method, class or variable that is changed
    in_function: bool
    in_signature: bool
    lines: range  # those of the statement that is changed
    start: int
    end: int
    text: str

    @property
    def path(self) -> Path:
        """The file that is changed."""
        return HELPERS / f"{self.module}.py"

    @property
    def name(self) -> str:
        """A short name, the same as long as the module is the same."""
        return f"{self.module}:{self.start}:{self.end}:{self.text}"

    def source(self) -> str:
        """The changed module."""
        original = self.path.read_text(encoding="utf-8")
        return original[: self.start] + self.text + original[self.end :]

    @property
    def line(self) -> int:
        """The number of the changed line."""
        return self.path.read_text(encoding="utf-8").count("\n", 0, self.start) + 1

    @property
    def known(self) -> str:
        """The place and the changed line, with what goes as [-…-] and what comes as {+…+}.

        It does not change with lines above; several lines are written as one.
        """
        original = self.path.read_text(encoding="utf-8")
        first = original.rfind("\n", 0, self.start) + 1
        last = original.find("\n", self.end)
        gone, come = original[self.start : self.end], self.text
        marked = f"[-{gone}-]" * bool(gone) + f"{{+{come}+}}" * bool(come)
        line = original[first : self.start] + marked + original[self.end : last]
        return f"{self.module}.{self.place}: {' '.join(line.split())}"


def mutants_of(module: str) -> list[Mutant]:
    """All mutants of a module that Python can read, without repetition."""
    import libcst as cst
    from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper

    source = (HELPERS / f"{module}.py").read_bytes()
    parsed = MetadataWrapper(cst.parse_module(source), unsafe_skip_copy=True)
    used_at_once = decorators(source.decode())
    spans, tree = parsed.resolve(ByteSpanPositionProvider), parsed.module
    found = {}
    for statement in tree.body:
        for part, place, in_function in _parts(statement):
            in_function = in_function and place not in used_at_once
            piece, offset = _text(source, spans[part]), _place(source, spans[part].start)
            for node, changed, within in _changes(part):
                old, new = _text(source, spans[node]), tree.code_for_node(_bare(changed)).strip()
                new = new.replace("\n", "\n" + _indent(source, spans[within]))
                begin = _place(source, spans[node].start) - offset
                mutated = piece[:begin] + new + piece[begin + len(old) :]
                if old != new and _is_python(mutated):
                    start, end, text = _difference(piece, mutated)
                    edit = offset + start, offset + end, text
                    lines = _lines(source, spans[within])
                    in_signature = isinstance(within, cst.FunctionDef)
                    mutant = Mutant(module, place, in_function, in_signature, lines, *edit)
                    found[mutant.name] = mutant
    return sorted(found.values(), key=lambda mutant: mutant.start)


def decorators(source: str) -> set[str]:
    """The decorators in a module: they have done their work when it is imported."""
    return set(re.findall(r"^@(\w+)", source, re.MULTILINE))


def _text(source: bytes, span) -> str:
    return source[span.start : span.start + span.length].decode()


def _place(source: bytes, byte: int) -> int:
    return len(source[:byte].decode())


def _lines(source: bytes, span) -> range:
    first = source.count(b"\n", 0, span.start) + 1
    return range(first, first + source.count(b"\n", span.start, span.start + span.length) + 1)


def _indent(source: bytes, span) -> str:
    """What a line begins with; a node alone is written as if it stood at the left margin."""
    line = source[source.rfind(b"\n", 0, span.start) + 1 : span.start].decode()
    return line[: len(line) - len(line.lstrip())] if line.strip() else line


def _bare(node):
    """A node without its parentheses, which are no part of its span."""
    return node.with_changes(lpar=(), rpar=()) if getattr(node, "lpar", ()) else node


def _parts(statement) -> Iterator[tuple]:
    """What a statement of a module consists of: parts, their names, whether each is a function."""
    import libcst as cst

    if isinstance(statement, cst.FunctionDef):
        yield statement, statement.name.value, True
    elif isinstance(statement, cst.ClassDef):
        for part in statement.body.body:
            in_function = isinstance(part, cst.FunctionDef)
            name = statement.name.value + (f".{part.name.value}" if in_function else "")
            yield part, name, in_function
    elif isinstance(statement, cst.SimpleStatementLine):
        assigned = [part for part in statement.body if isinstance(part, cst.Assign)]
        for part in assigned:
            yield part, cst.Module(body=[]).code_for_node(part.targets[0].target), False


def _changes(part) -> Iterator[tuple]:
    """The nodes of a part, each with what comes in its place, and the statement it stands in."""
    import libcst as cst
    from mutmut.mutation.mutators import mutation_operators

    operators = [*mutation_operators, (cst.FormattedStringText, _marked)]
    pending = [(part, part)]
    while pending:
        node, within = pending.pop()
        if isinstance(node, cst.Annotation | cst.Decorator) or _is_text_alone(node):
            continue
        if isinstance(node, cst.SimpleStatementLine | cst.BaseCompoundStatement):
            within = node
        pending += [(child, within) for child in node.children]
        for kind, operator in operators:
            if isinstance(node, kind):
                # Of a text one mutant is enough: another case of its letters is no other fault.
                only = 1 if isinstance(node, cst.BaseString) else None
                for changed in islice(operator(node), only):
                    yield node, changed, within


def _marked(node) -> Iterator:
    """The text of an f-string with marks around it, as mutmut does it with other strings."""
    yield node.with_changes(value=f"XX{node.value}XX")


def _is_text_alone(node) -> bool:
    """Whether a statement is a docstring."""
    import libcst as cst

    return isinstance(node, cst.Expr) and isinstance(node.value, cst.SimpleString)


def _difference(old: str, new: str) -> tuple[int, int, str]:
    """The shortest edit from one text to another: from where to where, and what comes there."""
    start = _shared(old, new)
    end = _shared(old[start:][::-1], new[start:][::-1])
    return start, len(old) - end, new[start : len(new) - end]


def _shared(one: str, other: str) -> int:
    """How many characters two texts share at their start."""
    shorter = min(len(one), len(other))
    return next((i for i in range(shorter) if one[i] != other[i]), shorter)


def _is_python(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True
