"""The book as a whole: its contents, and that no chapter and no helper is forgotten.

What holds for a single chapter is in `rules.py`, and is checked when pytest collects the chapter.
"""

import re

import pytest

import helpers

from .notebook import ROOT, Notebook, chapters
from .rules import contents
from .test_samples import run_pytest

# Public names that have no `_grad` beside them, each with the reason.
WITHOUT_GRADIENT = {
    "softmax": "a step on the way to a loss, not a loss",
    "log_softmax": "a step on the way to a loss, not a loss",
    "sigmoid": "a step on the way to a loss, not a loss",
    "log_sigmoid": "a step on the way to a loss, not a loss",
    "legacy_reduction": "maps deprecated arguments to the name of a reduction",
    "explain": "explains a loss",
    "Explanation": "what `explain` returns",
    "check_answer": "checks the answer to an exercise",
    "check_versions": "compares versions",
    "plot": "draws a loss",
    "ledger": "reads and checks the ledger of the sources",
    "rounding_interval": "says what printed inputs allow",
    "Interval": "what `rounding_interval` returns",
}
# Public names that no chapter needs to use, each with the reason.
WITHOUT_PLACE = {
    "Explanation": "readers meet it as what `explain` returns",
    "Interval": "readers meet it as what `rounding_interval` returns",
}
PUBLIC = sorted(getattr(helpers, "__all__", ()))
GRADIENTS = [name for name in PUBLIC if name.endswith("_grad")]
LOSSES = [name for name in PUBLIC if name not in GRADIENTS and name not in WITHOUT_GRADIENT]


def test_the_contents_name_the_files_of_the_book() -> None:
    """Every entry exists, none is there twice, and every notebook has one."""
    entries = contents()
    assert [entry for entry in entries if not entry.is_file()] == []
    assert len(set(entries)) == len(entries)
    assert {entry for entry in entries if entry.suffix == ".ipynb"} == set(chapters())


def test_pytest_collects_every_cell_of_every_chapter_and_no_sample() -> None:
    """With no arguments, pytest checks the whole book, and leaves the failing samples out."""
    listed = run_pytest("--collect-only", "-q").stdout.splitlines()
    for path in chapters():
        notebook = Notebook.read(path)
        wanted = {f"{notebook.name}::{name}" for name, _ in notebook.code_cells()}
        assert wanted <= set(listed)
    assert not [line for line in listed if line.startswith("tests/harness/samples")]
    assert [line for line in listed if line.startswith("helpers/")], "no doctests of helpers"


def test_helpers_has_public_names() -> None:
    """The tests below have something to test."""
    assert LOSSES
    assert GRADIENTS


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_name_is_there(name: str) -> None:
    """What `__all__` promises can be imported, and says what it is."""
    assert getattr(helpers, name).__doc__


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_has_a_gradient(name: str) -> None:
    """Every loss has its hand-derived gradient beside it."""
    assert f"{name}_grad" in GRADIENTS


@pytest.mark.parametrize("name", GRADIENTS)
def test_a_gradient_has_a_loss(name: str) -> None:
    """No gradient is left over, and no exception above hides one."""
    assert name.removesuffix("_grad") in LOSSES


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_name_has_a_test(name: str) -> None:
    """Every public name occurs in a test of its topic."""
    tests = "\n".join(path.read_text(encoding="utf-8") for path in ROOT.glob("tests/test_*.py"))
    assert re.search(rf"\b{name}\b", tests)


@pytest.mark.parametrize("name", [name for name in PUBLIC if name not in WITHOUT_PLACE])
def test_a_public_name_has_a_place_in_the_book(name: str) -> None:
    """Every public name is used in a code cell of a chapter."""
    cells = (cell for path in chapters() for _, cell in Notebook.read(path).code_cells())
    assert any(re.search(rf"\b{name}\b", cell.source) for cell in cells)


def test_no_exception_is_out_of_date() -> None:
    """The exceptions from the rules name things that exist."""
    assert WITHOUT_GRADIENT.keys() | WITHOUT_PLACE.keys() <= set(PUBLIC)
