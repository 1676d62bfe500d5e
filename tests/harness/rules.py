"""What a notebook, and what a chapter, must look like. These rules run nothing.

A rule yields a sentence for every place where it is broken. `NOTEBOOK_RULES` hold for whatever the
harness re-executes; `CHAPTER_RULES` hold for the notebooks of the book as well. The rules' data
(what is allowed, the chapter's sections) stands above the functions that use it.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import pairwise, takewhile
from pathlib import Path
from textwrap import shorten

import yaml
from nbformat import NotebookNode, ValidationError

from . import setup_cell
from .compare import DRAWN_BY, SVG
from .lock import pinned
from .normalise import FOLDED_TAGS, normalise, to_text
from .notebook import BOOK, Notebook, has_picture, may_raise, tags, texts

Rule = Callable[[Notebook], Iterator[str]]

# --- the data -------------------------------------------------------------------------------------

# Every tag that a cell may carry. nbval's own and those that take a cell off the site are not here.
ALLOWED_TAGS = {setup_cell.TAG, "raises-exception"} | FOLDED_TAGS
ALLOWED_MIMES = {"text/plain", "text/html", "text/markdown", "text/latex", "image/svg+xml"}
PRINTED = {"stdout", "stderr", "error", "text/plain"}
COLUMNS = 100  # of a line of code or of printed text: more would be cut off or scroll on a phone
CELL_LINES = 15
ALT_LENGTH = 20  # characters; less than that describes no picture

# nbval obeys such comments, whatever follows them is not checked as it should be.
MARKER = re.compile(r"#\s*(NBVAL|PYTEST_VALIDATE)", re.IGNORECASE)
MAGIC = re.compile(r"^\s*[%!]|get_ipython\(", re.MULTILINE)
SILENCED = re.compile(r"(simplefilter|filterwarnings)\(\s*(action\s*=\s*)?[\"']ignore")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")

STALE = {
    "a path of a machine": re.compile(
        r"(?<![\w.])/(home|root|tmp|Users|usr|opt|var|mnt|work|content)/|\b[A-Z]:\\|site-packages"
    ),
    "a memory address": re.compile(r"\b0x[0-9a-fA-F]{5,}"),
    "a time": re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d|\b\d\d?:\d\d:\d\d\b"),
    "a date": re.compile(r"<dc:date>|\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun)\w* [A-Z][a-z]{2,} \d"),
}

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


# --- rules for every notebook ---------------------------------------------------------------------


def canonical(notebook: Notebook) -> Iterator[str]:
    """The file is in the canonical form, byte by byte."""
    wanted = normalise(notebook.nb)
    if notebook.nb != wanted:
        yield _first_difference(notebook.nb, wanted)
        return
    try:
        wanted = to_text(wanted)
    except ValidationError as error:
        yield f"this is no valid notebook: {error.message[:200]}"
        return
    if notebook.text != wanted:
        lines = zip([*notebook.text.splitlines(), ""], [*wanted.splitlines(), ""], strict=False)
        differing = ((n, a, b) for n, (a, b) in enumerate(lines, start=1) if a != b)
        number, is_, should = next(differing, (0, "its line ends", "newlines"))
        yield f"line {number} of the file is {is_.strip()[:60]!r}, not {should.strip()[:60]!r}"


def _first_difference(is_: object, should: object, place: str = "the file") -> str:
    """The first place in which two pieces of a notebook differ, and what stands there."""
    if isinstance(is_, dict) and isinstance(should, dict):
        if is_.keys() != should.keys():
            is_, should = (", ".join(sorted(keys)) or "none" for keys in (is_, should))
            return f"{place} has the keys {is_}; it should have {should}"
        parts = ((f"{place}, {key}", is_[key], should[key]) for key in sorted(is_))
    elif isinstance(is_, list) and isinstance(should, list) and len(is_) == len(should):
        pairs = enumerate(zip(is_, should, strict=True), start=1)
        parts = ((f"{place} {number}", a, b) for number, (a, b) in pairs)
    else:
        texts_ = [json.dumps(piece, ensure_ascii=False) for piece in (is_, should)]
        return "{} is {}, not {}".format(place, *(shorten(text, 60) for text in texts_))
    return next(_first_difference(a, b, name) for name, a, b in parts if a != b)


def known_cells(notebook: Notebook) -> Iterator[str]:
    """Cells are Markdown or code, none is empty, and no picture is pasted into the text."""
    for number, cell in enumerate(notebook.nb.cells, start=1):
        if cell.cell_type not in ("markdown", "code"):
            yield f"cell {number} of all cells is of the kind {cell.cell_type!r}: nobody checks it"
        if not cell.source.strip():
            yield f"cell {number} of all cells is empty"
        if cell.get("attachments"):
            yield f"cell {number} of all cells has a pasted attachment"


def executed_in_order(notebook: Notebook) -> Iterator[str]:
    """Every code cell was executed, in order, in a fresh kernel. nbval does not compare others."""
    for number, (name, cell) in enumerate(notebook.code_cells(), start=1):
        if cell.execution_count != number:
            yield f"{name}: the execution count is {cell.execution_count}, not {number}"


def known_tags(notebook: Notebook) -> Iterator[str]:
    """Only known tags. No tag exempts a cell from the check or takes it off the site."""
    for number, cell in enumerate(notebook.nb.cells, start=1):
        for tag in tags(cell):
            if tag not in ALLOWED_TAGS:
                yield f"cell {number} of all cells: the tag {tag!r} is not allowed"


def known_options(notebook: Notebook) -> Iterator[str]:
    """Of myst-nb's options only the alternative text; others take outputs off the site."""
    for number, cell in enumerate(notebook.nb.cells, start=1):
        options = cell.metadata.get("mystnb")
        if options is not None and not (
            options.keys() == {"image"} and options["image"].keys() == {"alt"}
        ):
            yield f"cell {number} of all cells: mystnb may have image / alt only, not {options}"


def nothing_hidden(notebook: Notebook) -> Iterator[str]:
    """No comment, magic or filter takes an output or a warning away from the check."""
    for name, cell in notebook.code_cells():
        if MARKER.search(cell.source):
            yield f"{name}: comments for nbval are not allowed; every output is compared"
        if MAGIC.search(cell.source) and setup_cell.TAG not in tags(cell):
            yield f"{name}: no magics and no shell commands"
        if SILENCED.search(cell.source):
            yield f"{name}: warnings are not silenced; catch the warning and print its text"


def errors_announced(notebook: Notebook) -> Iterator[str]:
    """A cell stores an error, as its last output, if and only if it is tagged for one."""
    for name, cell in notebook.code_cells():
        kinds = [output.output_type for output in cell.outputs]
        if may_raise(cell) and kinds[-1:] != ["error"]:
            yield f"{name}: tagged raises-exception, but stores no error as its last output"
        if not may_raise(cell) and "error" in kinds:
            yield f"{name}: stores an error, but is not tagged raises-exception"


def no_stderr(notebook: Notebook) -> Iterator[str]:
    """No output on stderr: a warning that matters is caught and its text printed."""
    for name, output in notebook.outputs():
        if output.output_type == "stream" and output.name != "stdout":
            yield f"{name}: stores an output on {output.name}"


def known_outputs(notebook: Notebook) -> Iterator[str]:
    """Only kinds of output that can be compared; pictures are SVG."""
    for name, output in notebook.outputs():
        for mime, content in output.get("data", {}).items():
            if mime not in ALLOWED_MIMES:
                yield f"{name}: an output of type {mime} is not allowed"
            elif not isinstance(content, str):
                yield f"{name}: the output of type {mime} is no text"


def pictures_described(notebook: Notebook) -> Iterator[str]:
    """A picture comes with a text that describes what is drawn, so that a change is noticed."""
    for name, output in notebook.outputs():
        text = str(output.get("data", {}).get("text/plain", ""))
        if has_picture(output) and not text.startswith("Picture:"):
            yield f"{name}: the picture's text/plain does not start with 'Picture:'"
        if "<Figure size" in text:
            yield f"{name}: a bare matplotlib figure; show it through helpers.plot"


def pictures_have_alt(notebook: Notebook) -> Iterator[str]:
    """A cell with a picture has an alternative text in its metadata, at mystnb / image / alt."""
    for name, cell in notebook.code_cells():
        alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
        if any(map(has_picture, cell.outputs)) and len(alt.strip()) < ALT_LENGTH:
            yield f"{name}: metadata.mystnb.image.alt must describe the picture ({alt!r})"


def nothing_stale(notebook: Notebook) -> Iterator[str]:
    """No output shows where, when or at which address it was made."""
    for name, output in notebook.outputs():
        for kind, text in texts(output):
            for what, found in _stale(text):
                yield f"{name}: {kind} shows {what}: {found!r}"


@lru_cache(maxsize=1024)  # Pictures are long, and `mutants` comes by many times.
def _stale(text: str) -> list[tuple[str, str]]:
    """What in a text shows where, when or at which address it was made, by kind."""
    found = ((what, pattern.search(text)) for what, pattern in STALE.items())
    return [(what, match.group()) for what, match in found if match]


def narrow_outputs(notebook: Notebook) -> Iterator[str]:
    """Printed text fits a page: at most 100 columns."""
    for name, output in notebook.outputs():
        for kind, text in texts(output):
            if kind not in PRINTED:
                continue
            if (widest := max(map(_columns, text.splitlines()), default=0)) > COLUMNS:
                yield f"{name}: {kind} is {widest} columns wide; at most {COLUMNS} fit"


def plain_outputs(notebook: Notebook) -> Iterator[str]:
    """Printed text has no control characters: no colours, nothing that overwrites itself."""
    for name, output in notebook.outputs():
        for kind, text in texts(output):
            if found := CONTROL.search(text):
                yield f"{name}: {kind} contains the control character {found.group()!r}"


def _columns(line: str) -> int:
    """The width of a line in a terminal, where East Asian characters take two columns."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in line)


# --- rules for chapters ---------------------------------------------------------------------------


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
        if (widest := max(map(_columns, lines), default=0)) > COLUMNS:
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


# --- Markdown and contents ------------------------------------------------------------------------


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


@lru_cache
def contents(toc: Path = BOOK / "_toc.yml") -> list[Path]:
    """The files that the table of contents names, in order, with their suffix if they exist."""

    def entries(node: object) -> Iterator[str]:
        if isinstance(node, dict):
            yield from (node[key] for key in ("root", "file") if key in node)
            node = list(node.values())
        if isinstance(node, list):
            for child in node:
                yield from entries(child)

    stems = [toc.parent / entry for entry in entries(yaml.safe_load(toc.read_text("utf-8")))]
    return [_with_suffix(stem) for stem in stems]


def _with_suffix(stem: Path) -> Path:
    """The notebook or Markdown file that an entry of the table of contents stands for."""
    candidates = [stem.with_name(stem.name + suffix) for suffix in (".ipynb", ".md")]
    return next((path for path in candidates if path.is_file()), stem)


# The quick ones come first: `mutants` stops at the first that finds something.
NOTEBOOK_RULES: tuple[Rule, ...] = (
    known_cells,
    executed_in_order,
    known_tags,
    known_options,
    nothing_hidden,
    errors_announced,
    no_stderr,
    known_outputs,
    pictures_described,
    pictures_have_alt,
    canonical,
    nothing_stale,
    narrow_outputs,
    plain_outputs,
)
CHAPTER_RULES: tuple[Rule, ...] = (
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


def rules_for(notebook: Notebook) -> tuple[Rule, ...]:
    """The rules that a notebook must keep."""
    return NOTEBOOK_RULES + (CHAPTER_RULES if notebook.is_chapter else ())
