"""The shape of a chapter on a loss: the picture and the arithmetic first, the sources last.

It binds the pages on losses, those of the foundations and those on other frameworks; overviews and
the sources' pages have rules of their own in `rules`, *Find your mistake* in `test_mistakes`. What
is allowed stands above the functions that use it. What only a browser can measure is measured in
`tests/site`; its limits stand here too.
"""

import re
from collections.abc import Iterator

from helpers.book import ledger
from helpers.losses import LOSSES
from tests.notebook_check.notebook import Notebook, has_picture, texts
from tests.notebook_check.rules import PRINTED, columns

from .contents import BOOK
from .folds import CODE, kind
from .text import headings, section_text, text_above

OVERVIEWS = (BOOK / "overview", BOOK / "sources")

CELLS = 90
COLUMNS = 88  # of code and of printed text: what the column of a page holds
SENTENCES = 2  # below the title: when to use the loss, and when not
# The level-2 headings of a chapter that an entry of the losses names, in order. The last but one is
# there if the ledger of the sources has rows for the chapter.
OLDER_TEXTS = "In the older texts"
SECTIONS = (
    "At a glance",
    "By hand",
    "Why this formula",
    "Gradient",
    "In training",
    "Options",
    "What goes wrong",
    "Exercises",
    OLDER_TEXTS,
    "See also",
)
# Other pages, such as the second one on a loss, have the first and the last, headings of their own,
# and of the others those that they need, in the same order.
FIRST, LAST = SECTIONS[0], SECTIONS[-1]
SYMPTOMS = "**If something looks wrong**"
TROUBLES = ("An error message", "A wrong number without an error", "Digits, inf and nan")
LINKED_ROW = re.compile(r"\|.*\]\([^)\s]*#[^)\s]+\).*\|")

# Measured in a browser at 1280 × 800 with folds closed, in screens from the top of the page.
PICTURE_BEGINS, PICTURE_WIDTH = 1.2, 600  # the second in pixels
BY_HAND_BEGINS = 2.6
SCREENS, SCREENS_UNFOLDED = 24, 30


def is_overview(notebook: Notebook) -> bool:
    """Whether a page has the shape of an overview."""
    return any(notebook.path.is_relative_to(folder) for folder in OVERVIEWS)


def chapter(notebook: Notebook) -> str:
    """The name of a chapter, as the entries of the losses have it."""
    return notebook.path.relative_to(BOOK).with_suffix("").as_posix()


def is_bound(notebook: Notebook) -> bool:
    """Whether the rules of this module bind a page."""
    return not is_overview(notebook)


def sections(notebook: Notebook) -> Iterator[str]:
    """The agreed level-2 headings in the agreed order, and in a loss's chapter no others."""
    found = [text for level, text in headings(notebook) if level == 2]
    agreed = [text for text in found if text in SECTIONS]
    if agreed != [text for text in SECTIONS if text in agreed]:
        yield f"the sections are not in this order, or one is there twice: {', '.join(SECTIONS)}"
    if chapter(notebook) in {loss.chapter for loss in LOSSES}:
        wanted = [text for text in SECTIONS if text != OLDER_TEXTS or _in_the_ledger(notebook)]
        if missing := [text for text in wanted if text not in found]:
            yield f"missing sections: {', '.join(missing)}"
        if extra := [text for text in found if text not in wanted]:
            yield f"level-2 headings that a loss's chapter does not have: {', '.join(extra)}"
    elif found[:1] != [FIRST] or found[-1:] != [LAST]:
        yield f"the first section is {FIRST!r}, and the last one {LAST!r}"


def _in_the_ledger(notebook: Notebook) -> bool:
    """Whether a source prints or claims anything that belongs to a chapter."""
    rows = (row for name in ledger.names() for row in ledger.read(name).rows.values())
    return any(chapter(notebook) in row.chapters for row in rows)


def opening(notebook: Notebook) -> Iterator[str]:
    """Title and two sentences, the set-up cell, a picture with its code folded, what it shows."""
    title, *cells = notebook.nb.cells
    if len(re.findall(r"[.?!](?=\s|$)", title.source)) < SENTENCES:
        yield f"below the title stand {SENTENCES} sentences: when to use it, and when not"
    if [cell.cell_type for cell in cells[:3]] != ["code", "code", "markdown"]:
        yield "the title is followed by the set-up cell, the cell of the picture and a text on it"
        return
    if kind(cells[1]) != CODE or not any(map(has_picture, cells[1].outputs)):
        yield "the cell after the set-up cell shows the opening picture and has the tag hide-input"
    if not text_above(cells[2].source).strip():
        yield f"between the opening picture and {FIRST!r} no sentence reads the picture"


def symptoms(notebook: Notebook) -> Iterator[str]:
    """Below 'At a glance' a table leads from what people see to the section that explains it."""
    *_, table = section_text(notebook, FIRST).partition(SYMPTOMS)
    rows = [line for line in table.splitlines() if line.startswith("|")][2:]
    if not rows:
        yield f"{FIRST!r} has no table below {SYMPTOMS!r}"
    for row in rows:
        if not LINKED_ROW.fullmatch(row.strip()):
            yield f"no link to a section in this row of the symptoms: {row}"


def troubles(notebook: Notebook) -> Iterator[str]:
    """What goes wrong is grouped by what a reader sees."""
    found, inside = [], False
    for level, text in headings(notebook):
        inside = text == "What goes wrong" if level == 2 else inside
        found += [text] * (inside and level == 3)
    if found != [text for text in TROUBLES if text in found]:
        yield f"'What goes wrong' has the sub-sections, in this order: {', '.join(TROUBLES)}"


def changes(notebook: Notebook) -> Iterator[str]:
    """A loss's chapter says where it changed: it links to each of its losses on *Every release*.

    The label works from every page; a file's name before it would not.
    """
    text = "\n".join(section_text(notebook, name) for name in ("Options", "What goes wrong"))
    for loss in LOSSES:
        link = f"](#releases-{loss.torch_class.lower()})"
        if loss.chapter == chapter(notebook) and link not in text:
            yield f"no link {link} in 'Options' or 'What goes wrong'"
    for cell in notebook.nb.cells:
        if cell.cell_type == "markdown" and re.search(r"\]\([^)#]+#releases-", cell.source):
            yield f"a link to *Every release* has a file's name: {cell.source}"


def few_cells(notebook: Notebook) -> Iterator[str]:
    """What is longer becomes two pages."""
    if (count := len(notebook.nb.cells)) > CELLS:
        yield f"{count} cells; at most {CELLS}"


def narrow(notebook: Notebook) -> Iterator[str]:
    """No line of code, and none of the text that a page shows, is wider than its column.

    The message of an error may be: the page breaks it, and it must stand there as torch has it.
    """
    for name, cell in notebook.code_cells():
        shown = [("code", cell.source)]
        for output in cell.outputs:
            rich = {"text/html", "image/svg+xml", "text/markdown"} & output.get("data", {}).keys()
            shown += [text for text in texts(output) if text[0] in PRINTED - {"error"} and not rich]
        for what, text in shown:
            if (widest := max(map(columns, text.splitlines()), default=0)) > COLUMNS:
                yield f"{name}: {what} of {widest} columns; at most {COLUMNS}"


RULES = (sections, opening, symptoms, troubles, changes, few_cells, narrow)


def shape(notebook: Notebook) -> Iterator[str]:
    """The chapter has the shape of a chapter."""
    if is_bound(notebook):
        for rule in RULES:
            yield from rule(notebook)
