"""The page *Find your mistake*, made of `book/mistakes.yaml`.

    python -m tests.book.mistakes

writes the index and the cells of all mistakes into the page (what else stands before the first
group, and after the last one, stays), and names the rows of the chapters' tables that the file
lacks, ready to be pasted. `make refresh` then runs the cells. The head of the file describes its
keys.
"""

import json
import re
import sys
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from posixpath import relpath

import nbformat.v4 as v4
import yaml
from myst_parser.mdit_to_docutils.base import default_slugify
from nbformat import NotebookNode

from tests.notebook_check.normalise import normalise, to_text
from tests.notebook_check.notebook import Notebook

from .contents import BOOK, ROOT, contents
from .folds import fold
from .shape import FIRST, SYMPTOMS
from .text import heading, headings, section_text, text_lines

FILE = BOOK / "mistakes.yaml"
PAGE = BOOK / "overview" / "mistakes.ipynb"
RESULTS = BOOK / "versions" / "results.json"
AFTER = "How well does explain do"  # the heading below the mistakes
INDEX = "Where to look"  # the heading of the index, which stands before the first group
# The groups, each with the words by which one finds it. Those of CODE_GROUPS have messages.
GROUPS = {
    "A message about shapes": "size, shape, dimension, batch_size, lengths",
    "A message about types": "Long, Float, Double, Half, Byte, bool",
    "A message about numbers": "out of bounds, between 0 and 1, device-side assert",
    "A message about the call": "argument, attribute, object, ambiguous, deprecated",
    "An error after the loss": "backward(), scalar, grad, autocast",
    "A wrong number without an error": "0.6931, 0.5514, negative, exactly 0 or 100, stuck",
    "Digits, inf and nan": "nan, inf, float16, a huge gradient, the last digits",
}
CODE_GROUPS = tuple(GROUPS)[:5]
CODE = re.compile(r"(?<!`)(`+)(?!`) ?(.+?) ?(?<!`)\1(?!`)")  # a code span, and what is in it
LINK = re.compile(r"\]\(([^)\s]*#[^)\s]+)\)")


@dataclass(frozen=True)
class Row:
    """A row of a chapter's table of symptoms, and the places that it leads to."""

    chapter: str
    see: str
    to: tuple[str, ...]
    why: str = ""


@dataclass(frozen=True)
class Mistake:
    """An entry of the file: a heading of the page, with its cells."""

    group: str
    see: str
    cause: str
    fix: str
    code: tuple[str, ...]
    shows: tuple[str, ...] = ()
    wordings: tuple[str, ...] = ()
    elsewhere: str = ""
    rows: tuple[Row, ...] = field(default=())

    @property
    def heading(self) -> str:
        """Its heading on the page: a message stands there as code."""
        if self.group not in CODE_GROUPS:
            return self.see
        return f"`` {self.see} ``" if "`" in self.see else f"`{self.see}`"


@cache
def read() -> tuple[Mistake, ...]:
    """All mistakes of the file, in order; without the rows of chapters in the shape of old."""
    groups = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return tuple(_mistake(group, entry) for group, entries in groups.items() for entry in entries)


def _mistake(group: str, entry: dict) -> Mistake:
    """An entry of the file; a key that is not known is an error."""
    rows = [
        Row(row.pop("in"), row.pop("see"), tuple(row.pop("to")), **row)
        for row in entry.pop("rows", [])
    ]
    lists = {key: tuple(entry.pop(key, ())) for key in ("code", "shows", "wordings")}
    return Mistake(group=group, rows=tuple(rows), **lists, **entry)


# --- the chapters ---------------------------------------------------------------------------------


def chapter_names() -> list[str]:
    """The chapters, as the rows name them, in the order of the contents."""
    return [
        path.relative_to(BOOK).with_suffix("").as_posix()
        for path in contents()
        if path.suffix == ".ipynb" and path != PAGE
    ]


@cache
def notebook(chapter: str) -> Notebook:
    """A chapter."""
    return Notebook.read(BOOK / f"{chapter}.ipynb")


def table(chapter: str) -> list[Row]:
    """The rows of a chapter's table of symptoms; none where there is no table."""
    *_, text = section_text(notebook(chapter), FIRST).partition(SYMPTOMS)
    lines = [line for line in text.splitlines() if line.startswith("|")][2:]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:3]] for line in lines]
    return [
        Row(chapter, see, tuple(_absolute(chapter, link) for link in LINK.findall(where)))
        for see, where in cells
    ]


def _absolute(chapter: str, link: str) -> str:
    """A link of a chapter from the book's folder: `regression/l1#reduction`."""
    page, _, anchor = link.partition("#")
    path = (BOOK / chapter).parent.joinpath(page).resolve() if page else BOOK / chapter
    return f"{path.relative_to(BOOK).with_suffix('').as_posix()}#{anchor}"


def missing() -> list[Row]:
    """The rows of the chapters' tables that the file lacks."""
    found = {(row.chapter, row.see, row.to) for mistake in read() for row in mistake.rows}
    rows = [row for chapter in chapter_names() for row in table(chapter)]
    return [row for row in rows if (row.chapter, row.see, row.to) not in found]


def left_over() -> list[Row]:
    """The rows of the file that no chapter's table has."""
    found = {(row.see, row.to, row.chapter) for name in chapter_names() for row in table(name)}
    rows = [row for mistake in read() for row in mistake.rows]
    return [row for row in rows if (row.see, row.to, row.chapter) not in found]


def as_yaml(row: Row) -> str:
    """A row as the file has it."""
    see = row.see.replace("'", "''")
    return f"  - in: {row.chapter}\n    see: '{see}'\n    to: [{', '.join(row.to)}]"


@cache
def sections(page: str) -> dict[str, str]:
    """The headings of a page by their anchors, as the site has them."""
    path = BOOK / f"{page}.ipynb"
    if path.is_file():
        found = [text for _, text in headings(notebook(page))]
    else:
        lines = text_lines(path.with_suffix(".md").read_text(encoding="utf-8"))
        found = [level_and_text[1] for line in lines if (level_and_text := heading(line))]
    slugs: dict[str, str] = {}
    for text in found:
        slugs[_slug(text, slugs)] = text
    return slugs


def _slug(text: str, others: Container[str]) -> str:
    """The anchor of a heading, where the page has others already; as MyST makes it."""
    slug, number = default_slugify(CODE.sub(r"\2", text)), 1
    while slug in others:
        slug, number = f"{slug}-{number}", number + 1
    return slug


# --- the releases ---------------------------------------------------------------------------------


@cache
def printed() -> dict[str, tuple[str, ...]]:
    """Each message that a release printed for the probes, with the releases, in order."""
    found: dict[str, list[str]] = {}
    for release, results in json.loads(RESULTS.read_text(encoding="utf-8"))["torch"].items():
        for result in results.values():
            for text in filter(None, (result.get("error"), result.get("warning"))):
                releases = found.setdefault(text, [])
                releases += [release] * (release not in releases)
    return {text: tuple(releases) for text, releases in found.items()}


def plain(text: str) -> str:
    """A message with every number as 0."""
    return re.sub(r"-?\d+(\.\d+)?", "0", text)


@cache
def releases() -> dict[str, tuple[str, ...]]:
    """For each wording of the file the releases that printed it, whatever the numbers in it.

    Where several are in a message, it counts for the longest.
    """
    wordings = {text for mistake in read() for text in (mistake.see, *mistake.wordings)}
    ordered = sorted(wordings, key=lambda text: (-len(text), text))
    found: dict[str, set[str]] = {text: set() for text in ordered}
    for message, of in printed().items():
        longest = next((text for text in ordered if plain(text) in plain(message)), None)
        if longest:
            found[longest].update(of)
    return {text: tuple(r for r in tried() if r in of) for text, of in found.items()}


@cache
def tried() -> tuple[str, ...]:
    """The releases whose results are stored, in order."""
    return tuple(json.loads(RESULTS.read_text(encoding="utf-8"))["torch"])


def span(wording: str) -> str:
    """The releases that printed a wording, in words; nothing if all of them did, or none."""
    of = releases()[wording]
    if not of or (of[0] == tried()[0] and of[-1] == tried()[-1]):
        return ""
    first, last = (release.rpartition(".")[0] for release in (of[0], of[-1]))
    if of[0] == tried()[0]:
        return f"up to {last}"
    if of[-1] == tried()[-1]:
        return f"since {first}"
    return first if first == last else f"{first} to {last}"


# --- the page -------------------------------------------------------------------------------------


def index() -> str:
    """The mistakes of each group, folded below the words by which one finds the group."""
    folds = []
    for group, words in GROUPS.items():
        of = [mistake for mistake in read() if mistake.group == group]
        links = "\n".join(f"- [{m.heading}](#{_slug(m.heading, ())})" for m in of)
        summary = f"<summary>{group}: <i>{words}</i></summary>"
        folds.append(f"<details>{summary}\n\n{links}\n\n</details>")
    return "\n\n".join(folds)


def with_index(source: str) -> str:
    """The text of the index's cell, with the index in the place of its folds."""
    above, _, _ = source.partition("\n<details>")
    *_, below = source.rpartition("</details>\n")
    return f"{above.rstrip()}\n\n{index()}\n\n{below.strip()}"


def cells() -> Iterator[NotebookNode]:
    """The cells of all mistakes, without outputs.

    They are checks of what the text says, and fold wholly. Of a number, only the code of the first
    one folds: what it prints is what people see.
    """
    group = ""
    for mistake in read():
        above = "" if mistake.group == group else f"## {mistake.group}\n\n"
        group = mistake.group
        text = f"{above}### {mistake.heading}\n\n{mistake.cause} **Fix.** {mistake.fix}"
        yield v4.new_markdown_cell(text)
        first = "hide-cell" if mistake.group in CODE_GROUPS else "hide-input"
        for code, tag in zip(mistake.code, [first, *["hide-cell"] * 9], strict=False):
            yield v4.new_code_cell(code.rstrip(), metadata={"tags": [tag]})
        if more := "\n\n".join(below(mistake)):
            yield v4.new_markdown_cell(more)


def below(mistake: Mistake) -> Iterator[str]:
    """What stands below the cells of a mistake: where more is said, and the other wordings."""
    told = [row for row in mistake.rows if row.why]
    same = [place for row in mistake.rows if not row.why for place in row.to]
    if told:
        yield "\n".join(f"- {_seen(mistake, row)}: {links(row.to)}" for row in told)
    if same:
        yield f"More: {links(dict.fromkeys(same))}."
    yield from _words(mistake)


def _words(mistake: Mistake) -> Iterator[str]:
    """Since when the message has its words, and, folded, the others that people see for it."""
    own = span(mistake.see) if mistake.group in CODE_GROUPS else ""
    summary = f"Other wordings; this one {own}" if own else "Other wordings"
    if mistake.wordings:
        wordings = ", ".join(map(_wording, mistake.wordings))
        yield f"<details><summary>{summary}</summary>\n\n{wordings}.\n\n</details>"
    elif own:
        yield f"In these words {own}."


def _seen(mistake: Mistake, row: Row) -> str:
    """What people see, where the heading does not say it, and why."""
    if row.see.replace("`", "").lower() in mistake.see.lower():
        return row.why
    return f"{row.see} ({row.why})"


def _wording(text: str) -> str:
    """A wording as code, with its releases."""
    code = f"`` {text} ``" if "`" in text else f"`{text}`"
    return f"{code} ({when})" if (when := span(text)) else code


def links(places: Iterable[str]) -> str:
    """Links to sections, each with its heading, and with the chapter's name where that is new."""
    found, name = [], ""
    for place in places:
        page, _, anchor = place.partition("#")
        text = sections(page)[anchor].replace("`", "")
        if name_of(page) != name:
            name = name_of(page)
            text = f"{name}: {text}"
        found.append(f"[{text}]({relpath(page, 'overview')}.ipynb#{anchor})")
    return ", ".join(found)


def name_of(chapter: str) -> str:
    """What a chapter is called in a link: its title up to the colon."""
    return headings(notebook(chapter))[0][1].partition(":")[0].replace("`", "")


def framed(nb: NotebookNode) -> tuple[list[NotebookNode], list[NotebookNode]]:
    """The cells of the page before the first group, and those from the heading after the last."""

    def place(name: str) -> int:
        starts = [cell.source.startswith(f"## {name}") for cell in nb.cells]
        return starts.index(True) if True in starts else len(nb.cells)

    end = place(AFTER)
    return nb.cells[: min(place(next(iter(GROUPS))), end)], nb.cells[end:]


def main() -> int:
    """Write the page, and say what the file lacks."""
    page = Notebook.read(PAGE)
    before, after = framed(page.nb)
    for cell in before:
        if cell.source.startswith(f"## {INDEX}\n"):
            cell.source = with_index(cell.source)
    old = {cell.source: cell for cell in page.nb.cells}
    new = []
    for cell in cells():
        cell.id = ""
        kept = old.get(cell.source, {})
        cell.update({key: kept[key] for key in ("id", "outputs") if key in kept})
        fold(cell)
        new.append(cell)
    page.nb.cells = [*before, *new, *after]
    PAGE.write_text(to_text(normalise(page.nb)), encoding="utf-8")
    sys.stdout.write(f"written: {PAGE.relative_to(ROOT)}; now run make refresh for it\n")
    for what, rows in (("missing from", missing()), ("in no table, but in", left_over())):
        if rows:
            lines = "\n".join(map(as_yaml, rows))
            sys.stdout.write(f"\n{what} {Path(FILE).relative_to(ROOT)}:\n{lines}\n")
    return bool(missing() or left_over())


if __name__ == "__main__":
    sys.exit(main())
