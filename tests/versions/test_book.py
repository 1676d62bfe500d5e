"""The book on another torch: what is executed, what counts as a difference, and the report."""

import json
import re
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import nbformat
import pytest

from book._ext import losses_versions
from tests.book.contents import BOOK, chapters
from tests.book.lock import pinned
from tests.notebook_check.making import code, printed
from tests.versions import book
from tests.versions.book import Cell, differing, main, packages, report, without_versions
from tests.versions.releases import RELEASES, CannotInstallError, Release

LINE = "torch is 2.14.1 here; the stored outputs are from 2.13.0. Some digits may differ.\n"


@pytest.fixture
def chapter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A chapter of a book of its own whose second cell does not hold."""
    monkeypatch.setattr(book, "BOOK", tmp_path)
    nb = nbformat.v4.new_notebook(
        cells=[
            code("a = 1\nprint(a)", printed("1\n")),
            code("print(a + 1)", printed("3\n")),
            code("print(a + 2)", printed("3\n")),
        ]
    )
    nbformat.write(nb, tmp_path / "chapter.ipynb")
    return tmp_path / "chapter.ipynb"


def test_the_cells_that_differ_are_found(chapter: Path) -> None:
    """Each by its name, with expected and actual; the others are not."""
    [cell] = differing(chapter, Path(sys.executable), "")
    assert (cell.chapter, cell.name) == ("chapter.ipynb", "Cell 2")
    assert "- 3" in cell.words
    assert "+ 2" in cell.words


def test_another_version_is_no_difference() -> None:
    """The line is dropped of a set-up cell; other lines and cells stay."""
    setup = code("", tags=("setup",))
    assert without_versions(setup, [printed(LINE)]) == []
    assert [output.text for output in without_versions(setup, [printed(LINE + "a\n")])] == ["a\n"]
    assert len(without_versions(code(""), [printed(LINE)])) == 1


def test_the_report() -> None:
    """A line on the whole, then the cells by chapter."""
    assert "All 40 notebooks print what is stored" in report("2.14.1", [], 40)
    cells = [Cell("a.ipynb", "Cell 2", "- 1\n+ 2"), Cell("a.ipynb", "Cell 3", "- 3\n+ 4")]
    text = report("2.14.1", cells, 40)
    assert text.startswith("# The book on torch 2.14.1\n\n2 cells differ, in 1 of 40 notebooks.")
    assert text.endswith("## a.ipynb\n\nCell 2:\n\n```diff\n- 1\n+ 2\n```\n\nCell 3:\n\n"
                         "```diff\n- 3\n+ 4\n```\n")  # fmt: skip


def test_an_old_torch_gets_an_old_numpy() -> None:
    """The pinned packages are for the NumPy that they are pinned with."""
    assert packages(Release("2.2.2", ("3.11",)))[:2] == ["numpy<2", "pandas"]
    assert all("==" in package for package in packages(Release("2.14.1", ("3.11",), "numpy")))


def test_the_command(
    chapter: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It ends with 1 if a cell differs, and writes the report; with 2 if torch is not to be had."""
    here = nullcontext(Path(sys.executable))
    monkeypatch.setattr(book, "environment", lambda *_: here)
    written = chapter.with_suffix(".md")
    assert main(["2.14.1", str(chapter), "--report", str(written)]) == 1
    assert "Cell 2:" in written.read_text("utf-8")
    assert capsys.readouterr().out.strip() == written.read_text("utf-8").strip()

    def refuse(*_: object) -> None:
        raise CannotInstallError("needs Python 3.7, which is not here")

    monkeypatch.setattr(book, "environment", refuse)
    assert main(["1.0.1", str(chapter)]) == 2
    assert "needs Python 3.7" in capsys.readouterr().err


@pytest.fixture
def runs() -> dict[str, Any]:
    """The runs that the page shows."""
    return json.loads(book.KEPT.read_text(encoding="utf-8"))


def test_the_runs_are_there(runs: dict[str, Any]) -> None:
    """Of the oldest release that `helpers` takes, and of all that are newer than the pinned one."""
    floor = re.search(r'"torch>=([\d.]+)"', (book.ROOT / "pyproject.toml").read_text("utf-8"))
    names = [release.torch for release in RELEASES]
    oldest = next(name for name in names if name.startswith(f"{floor[1]}."))
    newer = names[names.index(pinned("torch")) + 1 :]
    assert list(runs) == [oldest, *newer]
    here = {path.relative_to(BOOK).as_posix() for path in chapters()}
    for run in runs.values():
        assert run.keys() == {"date", "python", "numpy", "cells", "differ"}
        assert run["differ"].keys() <= here
        assert 0 < sum(map(len, run["differ"].values())) < run["cells"]
        assert all(
            len(lines) in (1, 2) and "site-packages" not in "".join(lines)
            for cells in run["differ"].values()
            for lines in cells.values()
        )


def test_the_page_says_what_the_runs_gave(runs: dict[str, Any]) -> None:
    """A row for each release with its date and count, and every cell below."""
    assert "```{releases-of-book}" in (BOOK / "versions" / "every_release.md").read_text("utf-8")
    text = "\n".join(losses_versions.of_book(runs))
    for release, run in runs.items():
        count = sum(map(len, run["differ"].values()))
        row = f"| {release} | {run['numpy']} | {run['date']} | {count} of {run['cells']}, in "
        assert row in text
    cells = sum(len(cells) for run in runs.values() for cells in run["differ"].values())
    assert text.count("<dt>Cell ") == cells


def test_a_run_is_kept_among_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order of the releases; a new one of the same release takes its place."""
    monkeypatch.setattr(book, "KEPT", tmp_path / "book.json")
    for release in ("2.15.0", "2.9.1", "2.15.0"):
        cells = [Cell("a.ipynb", "Cell 2", "line 1:\n- 1\n+ 2")]
        book.keep(release, book.kept(cells, 9, ["3.11.7", "2.4.6"]))
    runs = json.loads(book.KEPT.read_text("utf-8"))
    assert list(runs) == ["2.9.1", "2.15.0"]
    assert runs["2.9.1"]["cells"] == 9
    assert runs["2.9.1"]["differ"] == {"a.ipynb": {"Cell 2": ["- 1", "+ 2"]}}
