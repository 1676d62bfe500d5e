"""The text of a chapter: its headings, and what stands below them."""

import re
from collections.abc import Iterator
from itertools import takewhile

from tests.notebook_check.notebook import Notebook


def headings(notebook: Notebook) -> list[tuple[int, str]]:
    """Level and text of all headings, in order."""
    return [found for line in _all_lines(notebook) if (found := heading(line))]


def section_text(notebook: Notebook, name: str) -> str:
    """The text of a level-2 section; nothing where there is none."""
    lines, inside = [], False
    for line in _all_lines(notebook):
        level, text = heading(line) or (0, "")
        inside = text == name if level and level <= 2 else inside
        lines += [line] * (inside and not level)
    return "\n".join(lines)


def text_above(source: str) -> str:
    """The text of a cell above its first heading."""
    return "\n".join(takewhile(lambda line: not heading(line), text_lines(source)))


def heading(line: str) -> tuple[int, str] | None:
    """Level and text of a heading line."""
    found = re.fullmatch(r"(#{1,6})\s+(.*?)\s*", line)
    return (len(found.group(1)), found.group(2)) if found else None


def text_lines(source: str) -> Iterator[str]:
    """The lines of a Markdown cell that are not inside a code fence, where `#` is a comment."""
    fence = ""
    for line in source.splitlines():
        mark = re.match(r"\s*(`{3,}|~{3,})", line)
        if mark and not fence:
            fence = mark.group(1)
        elif mark and mark.group(1).startswith(fence):
            fence = ""
        elif not fence:
            yield line


def _all_lines(notebook: Notebook) -> Iterator[str]:
    """The lines of all Markdown cells."""
    for cell in notebook.nb.cells:
        if cell.cell_type == "markdown":
            yield from text_lines(cell.source)
