"""Whether a source adds up what a call returns without a weight, as `total += loss.item()` does."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator

# What makes a number of a loss; what was not made one is a term of a larger loss, and may be meant.
NUMBER = {"item", "detach", "numpy", "tolist"}
SAME = {"cpu", "data", "double", "float"}
BLOCKS = ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.For | ast.While
FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef
SUMS = {"sum", "fsum", "mean", "fmean"}


class Flow:
    """Where the result of a call goes: the variables, lists and functions that give it.

    A variable is that of the innermost loop or function around it: a loop over other batches may
    have one of the same name. Each has True where it gives a number, False for a loss.
    """

    def __init__(self, tree: ast.AST, call: ast.Call) -> None:
        self._tree, self._call = tree, call
        self._around = {
            child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)
        }
        self._variables: dict[tuple[ast.AST, str], bool] = {}
        self._functions: dict[str, bool] = {}
        self._lists: set[str] = set()
        known = -1
        while known != (known := len(self._variables) + len(self._functions) + len(self._lists)):
            for node in ast.walk(tree):
                self._follow(node)

    def added_up(self) -> Iterator[int]:
        """The lines where it is added up, as a number."""
        for node in ast.walk(self._tree):
            match node:
                case ast.AugAssign(op=ast.Add(), value=value) if self._gives(value):
                    yield node.lineno
                case ast.Assign(
                    targets=[ast.Name(id=name)], value=ast.BinOp(op=ast.Add()) as total
                ):
                    parts = total.left, total.right
                    grows = any(isinstance(one, ast.Name) and one.id == name for one in parts)
                    if grows and any(map(self._gives, parts)):
                        yield node.lineno
                case ast.Call(func=function, args=[ast.Name(id=name)]):
                    if name in self._lists and _last_name(function) in SUMS:
                        yield node.lineno

    def _follow(self, node: ast.AST) -> None:
        """Note where a node puts the result."""
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                given = self._gives(value)
                if given is not None:
                    self._variables[next(self._blocks(node)), name] = given
            case ast.Return(value=ast.expr() as value):
                given = self._gives(value)
                function = next((b for b in self._blocks(node) if isinstance(b, FUNCTIONS)), None)
                if given is not None and function is not None:
                    self._functions[function.name] = given
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="append"), args=[value]):
                self._lists |= {name} if self._gives(value) else set()

    def _gives(self, node: ast.AST) -> bool | None:
        """Whether an expression is the result as a number; None where it is something else."""
        match node:
            case ast.Name(id=name):
                held = ((block, name) for block in self._blocks(node))
                return next((self._variables[k] for k in held if k in self._variables), None)
            case ast.Attribute(value=value, attr=name) if name in NUMBER | SAME:
                given = self._gives(value)
                return given if given is None else given or name in NUMBER
            case ast.Call(func=ast.Name(id="float"), args=[value]):
                return None if self._gives(value) is None else True
            case ast.Call() if node is self._call:
                return False
            case ast.Call(func=ast.Attribute(attr=name) as method) if name in NUMBER | SAME:
                return self._gives(method)
            case ast.Call(func=function):
                return self._functions.get(_last_name(function))
        return None

    def _blocks(self, node: ast.AST) -> Iterator[ast.AST]:
        """The loops and functions around a node, the innermost first."""
        while node in self._around:
            node = self._around[node]
            if isinstance(node, BLOCKS):
                yield node


def _last_name(function: ast.expr) -> str:
    """The name that a function is called by."""
    return getattr(function, "attr", "") or getattr(function, "id", "")


@functools.lru_cache(maxsize=64)
def line_of_total(tree: ast.AST, call: ast.Call) -> int:
    """The line where the result of a call is first added up; 0 where it is not."""
    return min(Flow(tree, call).added_up(), default=0)
