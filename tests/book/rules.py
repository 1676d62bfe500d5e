"""What a chapter of this book must look like, beside the rules that hold for every notebook.

What is allowed (the sections, their order) stands above the functions that use it.
"""

import re
from collections.abc import Iterator
from itertools import pairwise, takewhile

from nbformat import NotebookNode

from tests.notebook_check.compare import DRAWN_BY, SVG
from tests.notebook_check.normalise import FOLDED_TAGS
from tests.notebook_check.notebook import Notebook, tags, texts
from tests.notebook_check.rules import COLUMNS, columns

from . import setup_cell
from .contents import BOOK, contents
from .lock import pinned

CELL_LINES = 15
# The level-2 headings of a chapter, in order. True: other level-2 headings may follow here.
SECTIONS = {
    "At a glance": False,
    "The source's experiment": False,
    "By hand": False,
    "Gradient": False,
    "Picture": False,
    "Options": True,
    "What goes wrong": False,
    "Exercises": False,
    "See also": False,
}
# Chapters in these folders are about no single loss. Their level-2 headings are their own, but for
# these, the last ones. True: it may be missing.
OVERVIEWS = (BOOK / "overview", BOOK / "sources")
OVERVIEW_END = {"Exercises": True, "See also": False}
EXERCISES_AT_LEAST = 2
EXERCISE = re.compile(r"Exercise (\d+): \S")
CHECK_CALL = re.compile(r"\bcheck_answer\(")
UNANSWERED, RIGHT = "not answered yet", "right"


def _is_overview(notebook: Notebook) -> bool:
    """Whether the chapter has the shape of an overview."""
    return any(notebook.path.is_relative_to(folder) for folder in OVERVIEWS)


def in_the_contents(notebook: Notebook) -> Iterator[str]:
    """The chapter is in the book's table of contents."""
    if notebook.path not in contents():
        yield "the chapter is not in _toc.yml"


def pictures_by_pinned_matplotlib(notebook: Notebook) -> Iterator[str]:
    """Pictures are stored as the version of matplotlib in requirements.txt draws them.

    Where another version runs, the strokes are not compared. So what is stored must not claim to be
    by a version that nobody runs.
    """
    wanted = pinned("matplotlib")
    for name, output in notebook.outputs():
        if SVG in output.get("data", {}):
            drawn_by = DRAWN_BY.search(output.data[SVG])
            if not drawn_by or drawn_by[1] != wanted:
                yield f"{name}: the picture is not by Matplotlib v{wanted}"


def title(notebook: Notebook) -> Iterator[str]:
    """The first cell is the only level-1 heading and a sentence on what the chapter is about."""
    first = notebook.nb.cells[0]
    lines = [line for line in first.source.splitlines() if line.strip()]
    if first.cell_type != "markdown" or not lines or not lines[0].startswith("# "):
        yield "the first cell does not start with a level-1 heading"
    elif len(lines) < 2 or _heading(lines[1]) or not lines[-1].rstrip().endswith("."):
        yield "the title is not followed by a sentence in its cell"
    if sum(level == 1 for level, _ in headings(notebook)) > 1:
        yield "there is more than one level-1 heading"


def sections(notebook: Notebook) -> Iterator[str]:
    """The agreed level-2 headings, in the agreed order; an overview only ends in agreed ones."""
    found = [text for level, text in headings(notebook) if level == 2]
    if _is_overview(notebook):
        wanted = [name for name, optional in OVERVIEW_END.items() if name in found or not optional]
        if [name for name in found if name in OVERVIEW_END] != wanted:
            yield f"an overview has these sections, once and in this order: {', '.join(wanted)}"
        elif found[-len(wanted) :] != wanted:
            yield f"an overview ends in: {', '.join(wanted)}"
        return
    if missing := [name for name in SECTIONS if name not in found]:
        yield f"missing sections: {', '.join(missing)}"
        return
    if [name for name in found if name in SECTIONS] != list(SECTIONS):
        yield f"the sections are not in this order, or one is there twice: {', '.join(SECTIONS)}"
    place = None
    for name in found:
        place = name if name in SECTIONS else place
        if name not in SECTIONS and not SECTIONS.get(place, False):
            yield f"the level-2 heading {name!r} is not allowed after {place!r}"


def heading_levels(notebook: Notebook) -> Iterator[str]:
    """No heading level is skipped."""
    for (above, _), (level, text) in pairwise(headings(notebook)):
        if level > above + 1:
            yield f"the heading {text!r} is of level {level} below one of level {above}"


def setup_first(notebook: Notebook) -> Iterator[str]:
    """The first code cell is the setup cell, the same in all; 'At a glance' comes before it."""
    cells = notebook.nb.cells
    tagged = [number for number, cell in enumerate(cells) if setup_cell.TAG in tags(cell)]
    code = [number for number, cell in enumerate(cells) if cell.cell_type == "code"]
    if len(tagged) != 1 or tagged != code[:1]:
        yield "the first code cell, and no other, must have the tag 'setup'"
        return
    above = "\n".join(cell.source for cell in cells[: tagged[0]])
    if cells[tagged[0]].source != setup_cell.setup_source():
        yield "the setup cell differs from the one in all chapters"
    if cells[tagged[0]].outputs:
        yield "the setup cell stores an output: the outputs are from other versions than it says"
    if _is_overview(notebook):
        return
    if not re.search(r"^## At a glance$[\s\S]*^\|.*\|$", above, re.MULTILINE):
        yield "the table of 'At a glance' does not come before the setup cell"
    if [text for level, text in headings(notebook, tagged[0]) if level == 2] != ["At a glance"]:
        yield "the setup cell is not in the section 'At a glance'"


def short_code(notebook: Notebook) -> Iterator[str]:
    """Code is easy to read: short cells, short lines."""
    for name, cell in notebook.code_cells():
        lines = cell.source.splitlines()
        if len(lines) > CELL_LINES:
            yield f"{name}: {len(lines)} lines; at most {CELL_LINES}"
        if (widest := max(map(columns, lines), default=0)) > COLUMNS:
            yield f"{name}: a line of {widest} columns; at most {COLUMNS}"


def prose_first(notebook: Notebook) -> Iterator[str]:
    """Between a heading and the code below it stands a sentence."""
    prose, number = False, 0
    for cell in notebook.nb.cells:
        if cell.cell_type == "code":
            number += 1
            if not prose:
                yield f"Cell {number}: no prose between the heading and this cell"
            continue
        for line in _text_lines(cell.source):
            prose = (prose or bool(line.strip())) and not _heading(line)


def exercises(notebook: Notebook) -> Iterator[str]:
    """Exercises are numbered; each has a self-check and, below it, a folded solution."""
    found = _exercises(notebook)
    if _is_overview(notebook) and (2, "Exercises") not in headings(notebook):
        return
    if [number for number, _ in found] != list(range(1, len(found) + 1)):
        yield "the sub-sections of 'Exercises' are not named 'Exercise 1: …', 'Exercise 2: …', …"
    if len(found) < EXERCISES_AT_LEAST:
        yield f"{len(found)} exercises; at least {EXERCISES_AT_LEAST}"
    for number, cells in found:
        yield from (f"exercise {number}: {problem}" for problem in _exercise_problems(cells))


def _exercise_problems(cells: list[NotebookNode]) -> Iterator[str]:
    """What is wrong with the code cells of one exercise."""
    checks = [cell for cell in cells if CHECK_CALL.search(cell.source)]
    open_ = list(takewhile(lambda cell: not FOLDED_TAGS & set(tags(cell)), checks))
    folded = [cell for cell in checks[len(open_) :] if FOLDED_TAGS & set(tags(cell))]
    if not open_:
        yield "no open cell calls check_answer before the solution"
    if not folded:
        yield "no folded cell (tag hide-cell) calls check_answer after the open one"
    if len(open_) + len(folded) != len(checks):
        yield "an open cell calls check_answer after the solution"
    if any(_verdicts(cell) != {UNANSWERED} for cell in open_):
        yield f"the open cell must show {UNANSWERED!r}"
    if any(_verdicts(cell) != {RIGHT} for cell in folded):
        yield f"the solution must show {RIGHT!r}, and no other verdict"


def _verdicts(cell: NotebookNode) -> set[str]:
    """The verdicts of check_answer that a cell shows, printed or (in quotes) as its result."""
    shown = "\n".join(text for output in cell.outputs for _, text in texts(output))
    return set(re.findall(rf"^'?({UNANSWERED}|{RIGHT}|not yet)\b", shown, re.MULTILINE))


def _exercises(notebook: Notebook) -> list[tuple[int, list[NotebookNode]]]:
    """The numbers of the exercises (0 for one that is misnamed), each with its code cells."""
    found: list[tuple[int, list[NotebookNode]]] = []
    section = ""
    for cell in notebook.nb.cells:
        if cell.cell_type == "code":
            if found and section == "Exercises":
                found[-1][1].append(cell)
            continue
        for line in _text_lines(cell.source):
            level, text = _heading(line) or (0, "")
            section = text if level == 2 else section
            if level == 3 and section == "Exercises":
                named = EXERCISE.match(text)
                found.append((int(named.group(1)) if named else 0, []))
    return found


def headings(notebook: Notebook, before: int | None = None) -> list[tuple[int, str]]:
    """Level and text of the headings, in order, of the cells up to (not with) `before`."""
    cells = (cell for cell in notebook.nb.cells[:before] if cell.cell_type == "markdown")
    lines = (line for cell in cells for line in _text_lines(cell.source))
    return [found for line in lines if (found := _heading(line))]


def _heading(line: str) -> tuple[int, str] | None:
    """Level and text of a heading line."""
    found = re.fullmatch(r"(#{1,6})\s+(.*?)\s*", line)
    return (len(found.group(1)), found.group(2)) if found else None


def _text_lines(source: str) -> Iterator[str]:
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


RULES = (
    in_the_contents,
    pictures_by_pinned_matplotlib,
    title,
    sections,
    heading_levels,
    setup_first,
    short_code,
    prose_first,
    exercises,
)
