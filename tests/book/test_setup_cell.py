"""The setup cell's text; `test_colab.py` runs it."""

import subprocess
import sys
from pathlib import Path

import nbformat.v4 as v4
import pytest

import helpers
from book._ext.repository import Repository, read_repository
from tests.notebook_check.normalise import normalise, to_text
from tests.notebook_check.notebook import Notebook, tags

from . import setup_cell
from .contents import ROOT, chapters
from .lock import pinned
from .rules import short_code

REPOSITORY = Repository("https://github.com/some-owner/pytorch-losses-by-hand", "1.2.3")


def test_the_chapters_have_the_repositorys_address() -> None:
    """What `pyproject.toml` says is stamped into every chapter."""
    wanted = setup_cell.source_for(read_repository())
    for path in chapters():
        (cell,) = (cell for cell in Notebook.read(path).nb.cells if setup_cell.TAG in tags(cell))
        assert cell.source == wanted


def test_with_an_address() -> None:
    """The cell installs the book's own version, and asks nothing else of pip."""
    line = "    !pip install -qq git+https://github.com/some-owner/pytorch-losses-by-hand@v1.2.3"
    assert line in setup_cell.source_for(REPOSITORY).splitlines()


def test_without_an_address() -> None:
    """Where there is nothing to install from, the cell says what to do."""
    source = setup_cell.source_for(None)
    assert "raise ModuleNotFoundError(" in source
    assert "!pip" not in source
    compile(source, "setup", "exec")


@pytest.mark.parametrize("repository", [None, REPOSITORY])
def test_it_says_which_versions_the_outputs_are_from(repository: Repository | None) -> None:
    """The versions in the cell are those of `helpers` here and of the lock."""
    call = setup_cell.source_for(repository).splitlines()[-1]
    assert call == (
        f'helpers.check_versions(helpers="{helpers.__version__}", torch="{pinned("torch")}")'
    )


@pytest.mark.parametrize("repository", [None, REPOSITORY])
def test_it_keeps_the_rules(repository: Repository | None, tmp_path: Path) -> None:
    """In either form it is short, passes the linter and has the formatter's layout."""
    nb = normalise(v4.new_notebook(cells=[v4.new_code_cell(setup_cell.source_for(repository))]))
    path = tmp_path / "chapter.ipynb"
    path.write_text(to_text(nb), encoding="utf-8")
    assert list(short_code(Notebook.read(path))) == []
    for command in (["check"], ["format", "--check"]):
        ruff = [sys.executable, "-m", "ruff", *command, "--config", ROOT / "pyproject.toml"]
        result = subprocess.run([*ruff, path], capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stdout + result.stderr


def test_stamp_changes_the_tagged_cell_only() -> None:
    """Stamping gives the setup cell its text, and no other cell."""
    nb = v4.new_notebook(cells=[v4.new_code_cell("old"), v4.new_code_cell("other")])
    nb.cells[0].metadata.tags = ["setup"]
    setup_cell.stamp(nb)
    assert [cell.source for cell in nb.cells] == [setup_cell.setup_source(), "other"]
