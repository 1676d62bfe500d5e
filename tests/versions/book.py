"""`python -m tests.versions.book RELEASE`: the book on another torch, as a report in Markdown.

The release is installed into a folder of its own, with the packages that the book is pinned to
where they go together, and all chapters are executed there. The report names the cells whose
outputs differ from the stored ones; the command ends with 1 if there are any. What the set-up cell
says about another version is no difference, nor is a picture that matplotlib draws in other strokes
with another NumPy: its description counts.

A run of all chapters is kept in `book/versions/book.json`, which the page *Every release* shows.
"""

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from tests.book.contents import BOOK, ROOT, SETTINGS, plain_chapters
from tests.book.lock import pinned
from tests.book.setup_cell import TAG
from tests.notebook_check.compare import SVG, Difference, cell_problems
from tests.notebook_check.forks import ForkServer
from tests.notebook_check.kernels import KernelError, NotebookKernel, kernel_environment
from tests.notebook_check.notebook import Notebook, tags
from tests.notebook_check.report import in_words
from tests.versions.releases import RELEASES, CannotInstallError, Release, environment

KEPT = BOOK / "versions" / "book.json"
PINNED = ("pandas", "matplotlib", "PyYAML", "ipykernel")
CELL_TIMEOUT = 120  # seconds
SAYS_ANOTHER_VERSION = "the stored outputs are from"
KINDS = ("(stream)", "(error)", "(display_data)", "(execute_result)")
VERSIONS = """\
import json, platform, numpy
print(json.dumps([platform.python_version(), numpy.__version__]))
"""


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
            problems = [p for p in cell_problems(cell, outputs) if not _of_strokes(p)]
            if problems:
                yield Cell(name, cell_name, in_words(problems))
    finally:
        kernel.stop()


def _of_strokes(problem: Difference | str) -> bool:
    """Whether only the strokes of a picture differ."""
    return isinstance(problem, Difference) and problem.field == SVG


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


def kept(cells: Sequence[Cell], count: int, versions: Sequence[str]) -> dict[str, Any]:
    """What the page shows of a run: how many cells ran, and in what each differs."""
    python, numpy = versions
    differ: dict[str, dict[str, list[str]]] = {}
    for cell in cells:
        differ.setdefault(cell.chapter, {})[cell.name] = first_lines(cell.words)
    return {
        "date": date.today().isoformat(),
        "python": python,
        "numpy": numpy,
        "cells": count,
        "differ": differ,
    }


def first_lines(words: str) -> list[str]:
    """The first line that was expected and the one in its place; else what is said instead.

    >>> first_lines("output 1, stdout:\\nline 1:\\n- a: 1\\n+ a: 2\\nline 2:\\n- b\\n+ c")
    ['- a: 1', '+ a: 2']
    >>> first_lines("output 1, image/svg+xml:\\n2 of its 9 lines differ: it is drawn another way")
    ['2 of its 9 lines differ: it is drawn another way']
    >>> first_lines("output 1 is new:\\n+ (stream)\\n+ stderr: /a/site-packages/torch/b.py:1: c")
    ['+ stderr: torch/b.py:1: c']
    """
    lines = [re.sub(r"\S*/site-packages/", "", line) for line in words.splitlines()]
    lines = [line for line in lines if line[2:] not in KINDS]
    signs = ("- ", "+ ")
    found = [next((line for line in lines if line.startswith(sign)), None) for sign in signs]
    return [line for line in found if line] or [lines[1] if len(lines) > 1 else lines[0]]


def keep(release: str, run: dict[str, Any]) -> None:
    """Put a run into the file, in the order of the releases."""
    runs = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    runs[release] = run
    ordered = sorted(runs.items(), key=lambda item: [int(n) for n in item[0].split(".")])
    text = json.dumps(dict(ordered), ensure_ascii=False, indent=1)
    KEPT.write_text(text + "\n", encoding="utf-8")


def check(release: Release, paths: Sequence[Path]) -> tuple[list[Cell], list[str]]:
    """Execute chapters on a release; returns the cells that differ, and its Python and NumPy."""
    with environment(release, *packages(release), f"{ROOT}[explain,plot,sources]") as python:
        versions = subprocess.run(
            [python, "-c", VERSIONS], capture_output=True, text=True, check=True
        ).stdout
        server = ForkServer(SETTINGS, kernel_environment(SETTINGS), str(python))
        try:
            found = []
            for path in paths:
                found += differing(path, python, server.address)
                print(f"{path.relative_to(BOOK)}: {len(found)} so far", file=sys.stderr, flush=True)
            return found, json.loads(versions)
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
    paths = [path.resolve() for path in given.chapters] or plain_chapters()
    try:
        cells, versions = check(known(given.release), paths)
    except (CannotInstallError, subprocess.CalledProcessError) as error:
        print(f"torch {given.release}: {getattr(error, 'stdout', None) or error}", file=sys.stderr)
        return 2
    text = report(given.release, cells, len(paths))
    print(text)
    if given.report:
        given.report.write_text(text, encoding="utf-8")
    if not given.chapters:
        count = sum(len(list(Notebook.read(path).code_cells())) for path in paths)
        keep(given.release, kept(cells, count, versions))
    return 1 if cells else 0


if __name__ == "__main__":
    sys.exit(main())
