"""What a chapter of this book must look like, beside the rules that hold for every notebook.

What is allowed (the sections, their order) stands above the functions that use it.
"""

import copy
import re
from collections.abc import Iterator
from itertools import pairwise, takewhile

from nbformat import NotebookNode

from tests.notebook_check.compare import DRAWN_BY, SVG
from tests.notebook_check.normalise import FOLDED_TAGS
from tests.notebook_check.notebook import Notebook, tags, texts
from tests.notebook_check.rules import COLUMNS, columns

from . import setup_cell
from .contents import contents
from .folds import CHECK_CALL, fold, kind
from .lock import pinned
from .shape import is_overview, shape
from .text import heading, headings, text_lines

CELL_LINES = 15
# The last level-2 headings of an overview. True: it may be missing.
OVERVIEW_END = {"Exercises": True, "See also": False}
EXERCISES_AT_LEAST = 2
EXERCISE = re.compile(r"Exercise (\d+): \S")
UNANSWERED, RIGHT = "not answered yet", "right"


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
    elif len(lines) < 2 or heading(lines[1]) or not lines[-1].rstrip().endswith("."):
        yield "the title is not followed by a sentence in its cell"
    if sum(level == 1 for level, _ in headings(notebook)) > 1:
        yield "there is more than one level-1 heading"


def overview_sections(notebook: Notebook) -> Iterator[str]:
    """An overview has sections of its own, and ends in agreed ones."""
    if not is_overview(notebook):
        return
    found = [text for level, text in headings(notebook) if level == 2]
    wanted = [name for name, optional in OVERVIEW_END.items() if name in found or not optional]
    if [name for name in found if name in OVERVIEW_END] != wanted:
        yield f"an overview has these sections, once and in this order: {', '.join(wanted)}"
    elif found[-len(wanted) :] != wanted:
        yield f"an overview ends in: {', '.join(wanted)}"


def heading_levels(notebook: Notebook) -> Iterator[str]:
    """No heading level is skipped."""
    for (above, _), (level, text) in pairwise(headings(notebook)):
        if level > above + 1:
            yield f"the heading {text!r} is of level {level} below one of level {above}"


def setup_first(notebook: Notebook) -> Iterator[str]:
    """The first code cell is the set-up cell, the same in all."""
    cells = notebook.nb.cells
    tagged = [number for number, cell in enumerate(cells) if setup_cell.TAG in tags(cell)]
    code = [number for number, cell in enumerate(cells) if cell.cell_type == "code"]
    if len(tagged) != 1 or tagged != code[:1]:
        yield "the first code cell, and no other, must have the tag 'setup'"
        return
    if cells[tagged[0]].source != setup_cell.setup_source():
        yield "the setup cell differs from the one in all chapters"
    if cells[tagged[0]].outputs:
        yield "the setup cell stores an output: the outputs are from other versions than it says"


def folds_named(notebook: Notebook) -> Iterator[str]:
    """Every cell that folds on the site says what it hides, as `make refresh` writes it."""
    for name, cell in notebook.code_cells():
        wanted = copy.deepcopy(cell)
        fold(wanted)
        if wanted.metadata != cell.metadata:
            yield f"{name}: the metadata are not those of its fold, {kind(wanted) or 'none'}"


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
        for line in text_lines(cell.source):
            prose = (prose or bool(line.strip())) and not heading(line)


def exercises(notebook: Notebook) -> Iterator[str]:
    """Exercises are numbered; each has a self-check and, below it, a folded solution."""
    found = _exercises(notebook)
    if is_overview(notebook) and (2, "Exercises") not in headings(notebook):
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
        for line in text_lines(cell.source):
            level, text = heading(line) or (0, "")
            section = text if level == 2 else section
            if level == 3 and section == "Exercises":
                named = EXERCISE.match(text)
                found.append((int(named.group(1)) if named else 0, []))
    return found


RULES = (
    in_the_contents,
    pictures_by_pinned_matplotlib,
    title,
    shape,
    overview_sections,
    heading_levels,
    setup_first,
    folds_named,
    short_code,
    prose_first,
    exercises,
)
