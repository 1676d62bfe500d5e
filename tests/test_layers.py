"""The modules of the package form layers, and only the display reads a working's columns."""

import ast
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# From the lowest: a module may import from its own layer, where no cycle comes of it, and from
# those before it. A package stands for all modules in it.
LAYERS = (
    {"helpers.checks", "helpers.findings", "helpers.legacy", "helpers.text"},
    {"helpers.working"},
    {"helpers.losses"},
    {"helpers.frameworks", "helpers.rounding", "helpers.diagnosis"},
    {"helpers.book"},
    {"helpers", "helpers.__main__"},
)
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted((ROOT / "helpers").rglob("*.py"))
}


def layer(module):
    """The number of a module's layer."""
    for i, names in enumerate(LAYERS):
        if module in names or any(module.startswith(f"{name}.") for name in names - {"helpers"}):
            return i
    raise AssertionError(f"{module} stands in no layer; enter it in LAYERS")


@cache
def tree(path):
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(path):
    """The modules that a file imports anywhere in it, `from a import b` as both a and a.b."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                assert ROOT / "helpers" not in path.parents, f"{path}: a relative import"
                continue
            inside = [f"{node.module}.{name.name}" for name in node.names]
            submodules = [name for name in inside if name in MODULES]
            # `from helpers import checks` takes nothing from the package itself.
            yield from submodules
            if len(submodules) < len(inside):
                yield node.module


@cache
def uses(module):
    """The modules of the package that a module imports."""
    return frozenset(name for name in imported(MODULES[module]) if name in MODULES)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_from_its_own_layer_and_lower_ones(module):
    higher = {name for name in uses(module) if layer(name) > layer(module)}
    assert not higher


@pytest.mark.parametrize("module", MODULES)
def test_no_module_imports_itself_by_way_of_others(module):
    reached, open_ones = set(), [module]
    while open_ones:
        new = uses(open_ones.pop()) - reached
        reached |= new
        open_ones.extend(new)
    assert module not in reached


PRODUCT = [*MODULES.values(), *sorted((ROOT / "book" / "_ext").rglob("*.py"))]


@pytest.mark.parametrize("path", PRODUCT, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_that_is_shipped_imports_from_the_tests(path):
    assert not [name for name in imported(path) if name.split(".")[0] == "tests"]


NUMPY_ALONE = [name for name in MODULES if layer(name) <= 2]


@pytest.mark.parametrize("module", NUMPY_ALONE)
def test_a_loss_needs_numpy_alone(module):
    allowed = {"numpy", "helpers", *sys.stdlib_module_names}
    assert {name.split(".")[0] for name in imported(MODULES[module])} <= allowed


# The columns are for people. What makes them and what shows them is all that may touch them.
READERS = {"helpers.working", "helpers.diagnosis.explanation", "helpers.diagnosis.display"}


@pytest.mark.parametrize("module", [name for name in MODULES if name not in READERS])
def test_only_the_display_reads_the_columns_of_a_working(module):
    nodes = list(ast.walk(tree(MODULES[module])))
    # A working that is made of another one passes its columns on, as a whole.
    passed_on = {
        inner
        for node in nodes
        if isinstance(node, ast.keyword) and node.arg == "columns"
        for inner in ast.walk(node.value)
    }
    touched = [
        node.lineno
        for node in nodes
        if isinstance(node, ast.Attribute) and node.attr == "columns" and node not in passed_on
    ]
    assert not touched


def test_the_columns_are_looked_up_by_no_heading():
    for module in sorted(READERS):
        for node in ast.walk(tree(MODULES[module])):
            looked_up = isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load)
            if looked_up and isinstance(node.slice, ast.Constant):
                assert "columns" not in ast.unparse(node.value), f"{module}:{node.lineno}"
