"""Refreshing: what is executed, what is written, and what stops it."""

from pathlib import Path

import nbformat
import nbformat.v4 as v4
import pytest

from . import setup_cell
from .normalise import normalise, to_text
from .notebook import Notebook
from .refresh import RefreshError, main, refresh
from .rules import NOTEBOOK_RULES


def notebook(path: Path, *sources: str, tag: str | None = None) -> Path:
    """Write a notebook of code cells that were never executed; the last one may have a tag."""
    nb = v4.new_notebook(cells=[v4.new_code_cell(source) for source in sources])
    if tag:
        nb.cells[-1].metadata.tags = [tag]
    path.write_text(nbformat.writes(nb), encoding="utf-8")
    return path


def test_refresh_executes_stores_and_normalises(tmp_path: Path) -> None:
    """The file then holds the outputs, in canonical form; a second run changes nothing."""
    path = notebook(
        tmp_path / "a b.ipynb",
        "import os\n\nn = 1\nprint(os.path.basename(os.getcwd()), n)",
        "n + 1",
        "raise ValueError('announced')",
        tag="raises-exception",
    )
    assert refresh(path)
    fresh = Notebook.read(path)
    first, second, third = fresh.nb.cells
    assert first.outputs[0].text == f"{tmp_path.name} 1\n"
    assert second.outputs[0].data == {"text/plain": "2"}
    assert third.outputs[0].evalue == "announced"
    assert [problem for rule in NOTEBOOK_RULES for problem in rule(fresh)] == []
    assert not refresh(path)
    assert [path.name for path in tmp_path.iterdir()] == ["a b.ipynb"]


def test_refresh_stamps_the_setup_cell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An old setup cell is brought up to date, and then executed."""
    monkeypatch.setattr(setup_cell, "setup_source", lambda: "print('stamped')")
    path = notebook(tmp_path / "a.ipynb", "an old text", tag="setup")
    refresh(path)
    (cell,) = Notebook.read(path).nb.cells
    assert (cell.source, cell.outputs[0].text) == ("print('stamped')", "stamped\n")


@pytest.mark.parametrize(
    ("source", "tag", "says"),
    [
        ("1 / 0", None, "ZeroDivisionError: division by zero"),
        ("1 + 1", "raises-exception", "tagged raises-exception, but raised nothing"),
        ("import os\n\nos._exit(1)", None, "died"),
    ],
)
def test_a_failing_cell_stops_it_and_leaves_the_file(
    tmp_path: Path, source: str, tag: str | None, says: str
) -> None:
    """The message names file, cell and error; nothing is written."""
    path = notebook(tmp_path / "a.ipynb", "n = 1", source, tag=tag)
    before = path.read_bytes()
    with pytest.raises(RefreshError) as caught:
        refresh(path)
    message = str(caught.value)
    assert message.startswith(f"{path.as_posix()}, Cell 2 (id ")
    assert f"\n    {source.splitlines()[0]}\n" in message
    assert says in message
    assert path.read_bytes() == before


def test_main_says_which_changed_and_stops_at_the_first_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line per chapter, and the exit code says whether all went well."""
    good, bad = notebook(tmp_path / "a.ipynb", "1"), notebook(tmp_path / "b.ipynb", "1 / 0")
    assert main([str(good), str(bad)]) == 1
    told = capsys.readouterr()
    assert told.out == f"changed:  {good}\n"
    assert "b.ipynb, Cell 1" in told.err
    assert main([str(tmp_path / "none.ipynb")]) == 1


def test_no_chapter_is_named_in_a_check(tmp_path: Path) -> None:
    """A notebook outside the repository is called by its whole path."""
    path = tmp_path / "a.ipynb"
    path.write_text(to_text(normalise(v4.new_notebook())), encoding="utf-8")
    assert Notebook.read(path).accept == f"make refresh CHAPTER={path.as_posix()}"
