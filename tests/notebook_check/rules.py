"""What a notebook must look like. These rules run nothing.

A rule is a function that yields a sentence for every place where it is broken; its docstring says
what it asks for. The rules here hold for every notebook; a project adds its own in its settings.
What is allowed stands above the functions that use it.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from textwrap import shorten

from nbformat import ValidationError

from .normalise import FOLDED_TAGS, normalise, to_text
from .notebook import Notebook, has_picture, may_raise, tags, texts

Rule = Callable[[Notebook], Iterator[str]]

# Every tag that a cell may carry, beside the set-up cell's. Neither nbval's own nor those that take
# a cell off the site.
ALLOWED_TAGS = {"raises-exception"} | FOLDED_TAGS
# An alternative text, and the line above what is folded.
KNOWN_OPTIONS = {"image", "code_prompt_show", "code_prompt_hide"}
ALLOWED_MIMES = {"text/plain", "text/html", "text/markdown", "text/latex", "image/svg+xml"}
PRINTED = {"stdout", "stderr", "error", "text/plain"}
COLUMNS = 100  # of a line of code or of printed text: more would be cut off or scroll on a phone
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
    allowed = ALLOWED_TAGS | {notebook.settings.setup_tag}
    for number, cell in enumerate(notebook.nb.cells, start=1):
        for tag in tags(cell):
            if tag not in allowed:
                yield f"cell {number} of all cells: the tag {tag!r} is not allowed"


def known_options(notebook: Notebook) -> Iterator[str]:
    """Of myst-nb's options only those that take nothing off the site."""
    for number, cell in enumerate(notebook.nb.cells, start=1):
        options = cell.metadata.get("mystnb", {})
        for name in options.keys() - KNOWN_OPTIONS:
            yield f"cell {number} of all cells: mystnb may not have {name}"
        if options.get("image", {}).keys() - {"alt"}:
            yield f"cell {number} of all cells: mystnb's image may have alt alone"


def nothing_hidden(notebook: Notebook) -> Iterator[str]:
    """No comment, magic or filter takes an output or a warning away from the check."""
    for name, cell in notebook.code_cells():
        if MARKER.search(cell.source):
            yield f"{name}: comments for nbval are not allowed; every output is compared"
        if MAGIC.search(cell.source) and notebook.settings.setup_tag not in tags(cell):
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
            yield f"{name}: a bare matplotlib figure; show it as SVG, with a description"


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
            if (widest := max(map(columns, text.splitlines()), default=0)) > COLUMNS:
                yield f"{name}: {kind} is {widest} columns wide; at most {COLUMNS} fit"


def plain_outputs(notebook: Notebook) -> Iterator[str]:
    """Printed text has no control characters: no colours, nothing that overwrites itself."""
    for name, output in notebook.outputs():
        for kind, text in texts(output):
            if found := CONTROL.search(text):
                yield f"{name}: {kind} contains the control character {found.group()!r}"


def columns(line: str) -> int:
    """The width of a line in a terminal, where East Asian characters take two columns."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in line)


# The quick ones come first: `mutants` stops at the first that finds something.
RULES: tuple[Rule, ...] = (
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


def rules_for(notebook: Notebook) -> tuple[Rule, ...]:
    """The rules that a notebook must keep."""
    settings = notebook.settings
    return RULES + settings.own_rules if settings.includes(notebook.path) else RULES
