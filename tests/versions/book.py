"""`python -m tests.versions.book RELEASE`: the book on another torch, as a report in Markdown.

The release is installed into a folder of its own, with the packages that the book is pinned to
where they go together, and all chapters are executed there. The report names the cells whose
outputs differ from the stored ones; the command ends with 1 if there are any. What the set-up cell
says about another version is no difference.
"""

import argparse
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from tests.book.contents import BOOK, ROOT, SETTINGS, chapters
from tests.book.lock import pinned
from tests.book.setup_cell import TAG
from tests.notebook_check.compare import cell_problems
from tests.notebook_check.forks import ForkServer
from tests.notebook_check.kernels import KernelError, NotebookKernel, kernel_environment
from tests.notebook_check.notebook import Notebook, tags
from tests.notebook_check.report import in_words
from tests.versions.releases import RELEASES, CannotInstallError, Release, environment

PINNED = ("pandas", "matplotlib", "PyYAML", "ipykernel")
CELL_TIMEOUT = 120  # seconds
SAYS_ANOTHER_VERSION = "the stored outputs are from"


@dataclass(frozen=True)
class Cell:
    """A cell that differs: its chapter, its name, and in what, in words."""

    chapter: str
    name: str
    words: str


def packages(release: Release) -> list[str]:
    """What the book needs beside torch. NumPy is the pinned one where the release takes it."""
    numpy = f"numpy=={pinned('numpy')}" if release.numpy == "numpy" else release.numpy
    # A pinned package may want another NumPy than an old torch takes; pip then chooses.
    versions = {name: f"=={pinned(name)}" if release.numpy == "numpy" else "" for name in PINNED}
    return [numpy, *(name + version for name, version in versions.items())]


def differing(chapter: Path, python: Path, forks: str) -> Iterator[Cell]:
    """The cells of a chapter whose outputs differ there, one after the other."""
    notebook = Notebook.read(chapter)
    name = chapter.relative_to(BOOK).as_posix()
    kernel = NotebookKernel(
        chapter.parent, forks, env=kernel_environment(SETTINGS), python=str(python)
    )
    try:
        for cell_name, cell in notebook.code_cells():
            try:
                outputs = without_versions(cell, kernel.run(cell.source, CELL_TIMEOUT))
            except KernelError as error:
                yield Cell(name, cell_name, str(error))
                return
            if problems := list(cell_problems(cell, outputs)):
                yield Cell(name, cell_name, in_words(problems))
    finally:
        kernel.stop()


def without_versions(cell: NotebookNode, outputs: list[NotebookNode]) -> list[NotebookNode]:
    """The outputs of a cell without the lines of a set-up cell on other versions."""
    if TAG not in tags(cell):
        return outputs
    kept = []
    for output in outputs:
        if output.output_type == "stream":
            lines = output.text.splitlines(keepends=True)
            output.text = "".join(line for line in lines if SAYS_ANOTHER_VERSION not in line)
        if output.get("text", True):
            kept.append(output)
    return kept


def report(release: str, cells: Sequence[Cell], count: int) -> str:
    """The report: a line on the whole, then the cells that differ, by chapter."""
    by_chapter: dict[str, list[Cell]] = {}
    for cell in cells:
        by_chapter.setdefault(cell.chapter, []).append(cell)
    head = f"# The book on torch {release}\n\n"
    if not cells:
        return f"{head}All {count} notebooks print what is stored in them.\n"
    lines = [
        f"{head}{len(cells)} cells differ, in {len(by_chapter)} of {count} notebooks. Expected is",
        f"what is stored, from torch {pinned('torch')}; actual is what {release} gives.",
    ]
    for chapter, differing_cells in by_chapter.items():
        lines += ["", f"## {chapter}"]
        for cell in differing_cells:
            lines += ["", f"{cell.name}:", "", "```diff", cell.words, "```"]
    return "\n".join(lines) + "\n"


def check(release: Release, paths: Sequence[Path]) -> list[Cell]:
    """Execute chapters on a release; returns the cells that differ."""
    with environment(release, *packages(release), f"{ROOT}[explain,plot,sources]") as python:
        server = ForkServer(SETTINGS, kernel_environment(SETTINGS), str(python))
        try:
            found = []
            for path in paths:
                found += differing(path, python, server.address)
                print(f"{path.relative_to(BOOK)}: {len(found)} so far", file=sys.stderr, flush=True)
            return found
        finally:
            server.stop()


def known(version: str) -> Release:
    """The release of the list; any other version is tried with Python 3.11 and the newest NumPy."""
    return next((r for r in RELEASES if r.torch == version), Release(version, ("3.11",), "numpy"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Report on one release. The report is printed, and written where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("release", help="a version of torch, such as 2.14.1")
    parser.add_argument("chapters", nargs="*", type=Path, help="paths; all chapters if none")
    parser.add_argument("--report", type=Path, help="a file for the report")
    given = parser.parse_args(arguments)
    paths = [path.resolve() for path in given.chapters] or chapters()
    try:
        cells = check(known(given.release), paths)
    except (CannotInstallError, subprocess.CalledProcessError) as error:
        print(f"torch {given.release}: {getattr(error, 'stdout', None) or error}", file=sys.stderr)
        return 2
    text = report(given.release, cells, len(paths))
    print(text)
    if given.report:
        given.report.write_text(text, encoding="utf-8")
    return 1 if cells else 0


if __name__ == "__main__":
    sys.exit(main())
