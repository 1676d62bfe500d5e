"""The book as a whole: its contents, and that no chapter and no helper is forgotten.

What holds for a single chapter is in `rules.py`, and is checked when pytest collects the chapter.
"""

import re

import pytest

import helpers
from tests.notebook_check.mutants import tally
from tests.notebook_check.notebook import Notebook
from tests.notebook_check.test_mutants import stored
from tests.notebook_check.test_samples import run_pytest

from .contents import BOOK, chapters, contents

# Public names that no chapter needs to use, each with the reason.
WITHOUT_PLACE = {
    "Explanation": "readers meet it as what `explain` returns",
    "Interval": "readers meet it as what `rounding_interval` returns",
}


def test_the_contents_name_the_files_of_the_book() -> None:
    """Every entry exists, none is there twice, and every notebook has one."""
    entries = contents()
    assert [entry for entry in entries if not entry.is_file()] == []
    assert len(set(entries)) == len(entries)
    assert {entry for entry in entries if entry.suffix == ".ipynb"} == set(chapters())


def test_pytest_collects_every_cell_of_every_chapter_and_no_sample(
    pytestconfig: pytest.Config,
) -> None:
    """Without arguments it looks in these folders, and there leaves the failing samples out."""
    folders = ["book", "helpers", "tests/notebook_check"]
    testpaths = pytestconfig.getini("testpaths")
    assert {folder.partition("/")[0] for folder in folders} <= set(testpaths)
    listed = set(run_pytest("--collect-only", "-q", *folders).stdout.splitlines())
    for path in chapters():
        notebook = Notebook.read(path)
        assert {f"{notebook.name}::{name}" for name, _ in notebook.code_cells()} <= listed
    assert not [line for line in listed if line.startswith("tests/notebook_check/samples")]
    assert [line for line in listed if line.startswith("helpers/")], "no doctests of helpers"


def test_all_damage_to_a_chapter_is_noticed() -> None:
    """`make mutants` tries all chapters; this is a short one, and its stored outputs a run's."""
    notebook = Notebook.read(BOOK / "sources" / "summary.ipynb")
    found = tally(notebook, stored(notebook))
    assert found.missed == []
    assert found.made.total() > 9_000


@pytest.mark.parametrize("name", sorted(set(helpers.__all__) - WITHOUT_PLACE.keys()))
def test_a_public_name_has_a_place_in_the_book(name: str) -> None:
    """Every public name is used in a code cell of a chapter."""
    cells = (cell for path in chapters() for _, cell in Notebook.read(path).code_cells())
    assert any(re.search(rf"\b{name}\b", cell.source) for cell in cells)


def test_no_exception_is_out_of_date() -> None:
    """The names without a place exist."""
    assert WITHOUT_PLACE.keys() <= set(helpers.__all__)
