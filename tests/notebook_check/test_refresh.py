"""Refreshing: what is executed, what is written, and what stops it."""

from pathlib import Path

import nbformat
import nbformat.v4 as v4
import pytest

from .notebook import Notebook
from .refresh import RefreshError, main, refresh
from .rules import RULES


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
    assert [problem for rule in RULES for problem in rule(fresh)] == []
    assert not refresh(path)
    assert [path.name for path in tmp_path.iterdir()] == ["a b.ipynb"]


def stamp(nb: nbformat.NotebookNode) -> None:
    """Give the first cell another text."""
    nb.cells[0].source = "print('stamped')"


def test_refresh_stamps_what_the_project_asks_for(tmp_path: Path) -> None:
    """An old text is brought up to date, and then executed."""
    table = f'[tool.notebook-check]\nstamp = "{__name__}:stamp"\n'
    (tmp_path / "pyproject.toml").write_text(table, encoding="utf-8")
    path = notebook(tmp_path / "a.ipynb", "an old text")
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
    assert message.startswith("a.ipynb, Cell 2 (id ")
    assert f"\n    {source.splitlines()[0]}\n" in message
    assert says in message
    assert path.read_bytes() == before


def test_main_says_which_changed_and_stops_at_the_first_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line per notebook, and the exit code says whether all went well."""
    monkeypatch.chdir(tmp_path)  # a project of its own, for which nothing is imported beforehand
    good, bad = notebook(tmp_path / "a.ipynb", "1"), notebook(tmp_path / "b.ipynb", "1 / 0")
    assert main([str(good), str(bad)]) == 1
    told = capsys.readouterr()
    assert told.out == f"changed:  {good}\n"
    assert "b.ipynb, Cell 1" in told.err
    assert main([str(tmp_path / "none.ipynb")]) == 1
