"""In words, for a person: in what the outputs of a cell differ from the stored ones.

Lines are shown side by side, `-` stored and `+` came. Below them stand the numbers that differ,
compared as numbers, and the words. A table is told cell by cell; a picture is told in one line,
because nobody reads its strokes.
"""

import difflib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from html.parser import HTMLParser
from itertools import chain, zip_longest

from .compare import SVG, Difference, fields

MOST_LINES = 12  # of a whole output, in a message
MOST_PAIRS = 6  # of lines that differ
MOST_PIECES = 6  # that differ in such a pair
MOST_COLUMNS = 100

NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
DTYPE = re.compile(r"(?:torch\.|np\.|numpy\.)?(?:b?float|int|uint|complex|bool)\d*_?")
# What is compared as one piece: a shape, a name (`float32`, `1.0` inside a name is no number), a
# number, space, or else a single character.
PIECE = re.compile(
    r"(?P<shape>torch\.Size\(\[[\d, ]*\]\)|\((?:\d+,|\d+(?:, \d+)+)\))"
    r"|(?P<name>[^\W\d][\w.]*)"
    rf"|(?P<number>(?:(?<![\w.)\]])[+-])?{NUMBER.pattern.removeprefix('[+-]?')})"
    r"|\s+|."
)


def in_words(problems: Iterable[Difference | str]) -> str:
    """All problems of a cell as one text."""
    return "\n\n".join(map(_problem, problems))


def _problem(problem: Difference | str) -> str:
    """One problem."""
    if isinstance(problem, str):
        return problem
    where = f"output {problem.number}"
    if problem.field:
        return "\n".join(chain([f"{where}, {problem.field}:"], _field(problem)))
    if problem.came is None:
        return "\n".join(chain([f"{where} is stored, but did not come:"], _whole("-", problem)))
    if problem.stored is None:
        return "\n".join(chain([f"{where} came, but is not stored:"], _whole("+", problem)))
    lines = chain(_whole("-", problem), _whole("+", problem))
    return "\n".join(chain([f"{where} is of another kind:"], lines))


def _field(problem: Difference) -> Iterator[str]:
    """In what one field of an output differs."""
    stored, came = problem.stored, problem.came
    if not (isinstance(stored, str) and isinstance(came, str)):
        yield from (f"- {stored!r}", f"+ {came!r}")
    elif problem.field == SVG:
        yield _picture(stored, came)
    elif problem.field == "text/html" and (found := _tables(stored, came)):
        yield from _at_most(MOST_LINES, found, "cells")
    else:
        yield from _text(stored, came)


def _whole(sign: str, problem: Difference) -> Iterator[str]:
    """A whole output as lines."""
    output = problem.stored if sign == "-" else problem.came
    lines = [f"({output.output_type})"]
    for name, value in fields(output).items():
        text = f"{len(value)} characters" if name == SVG else str(value)
        lines += [f"{name}: {line}" for line in text.splitlines() or [""]] if value else []
    yield from _at_most(MOST_LINES, [_cut(f"{sign} {line}") for line in lines], "lines")


def _picture(stored: str, came: str) -> str:
    """How much of a picture differs."""
    old, new = stored.splitlines(), came.splitlines()
    differing = sum(a != b for a, b in zip_longest(old, new))
    return f"{differing} of its {max(len(old), len(new))} lines differ: it is drawn another way"


# --- text -----------------------------------------------------------------------------------------


def _text(stored: str, came: str) -> Iterator[str]:
    """The lines in which two texts differ, and what differs in them."""
    if stored.rstrip("\n") == came.rstrip("\n"):
        ends = [len(text) - len(text.rstrip("\n")) for text in (stored, came)]
        yield f"the same, but for the newlines at the end: {ends[0]} stored, {ends[1]} came"
        return
    pairs = list(_pairs(stored.split("\n"), came.split("\n")))
    for pair in pairs[:MOST_PAIRS]:
        yield from _lines(*pair)
    if len(pairs) > MOST_PAIRS:
        yield f"… and {len(pairs) - MOST_PAIRS} more lines"


def _pairs(old: list[str], new: list[str]) -> Iterator[tuple[int, str | None, str | None]]:
    """The lines that differ, numbered, stored beside came; None where one of them is missing."""
    if len(old) == len(new):
        pairs = enumerate(zip(old, new, strict=True), start=1)
        yield from ((number, a, b) for number, (a, b) in pairs if a != b)
        return
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for kind, a, a_end, b, b_end in matcher.get_opcodes():
        if kind != "equal":
            pairs = zip_longest(old[a:a_end], new[b:b_end])
            yield from ((number, *pair) for number, pair in enumerate(pairs, start=a + 1))


def _lines(number: int, stored: str | None, came: str | None) -> Iterator[str]:
    """A pair of lines, one of which may be missing."""
    if stored is None:
        yield f"line {number}: not stored, but came"
        yield _cut(f"+ {came}") if came.strip() else f"+ {came!r}"
        return
    if came is None:
        yield f"line {number}: stored, but did not come"
        yield _cut(f"- {stored}") if stored.strip() else f"- {stored!r}"
        return
    yield f"line {number}:"
    if stored.split() == came.split() or not (stored.isprintable() and came.isprintable()):
        yield from (_cut(f"- {stored!r}"), _cut(f"+ {came!r}"))  # only a repr shows the spaces
        return
    yield from (_cut(f"- {stored}"), _cut(f"+ {came}"))
    told = _pieces(stored, came) or _characters(stored, came)
    yield from (f"  {piece}" for piece in _at_most(MOST_PIECES, told, "differences"))


def _pieces(stored: str, came: str) -> list[str]:
    """The numbers and words of two lines that differ; nothing if more differs than these."""
    old, new = list(PIECE.finditer(stored)), list(PIECE.finditer(came))
    if len(old) != len(new):
        return []
    told, counts = [], Counter()
    for was, is_ in zip(old, new, strict=True):
        counts[was.lastgroup] += 1
        if was[0] == is_[0] or (was[0].isspace() and is_[0].isspace()):
            continue
        if not (was.lastgroup and is_.lastgroup):
            return []
        what = f"number {counts['number']}" if was.lastgroup == "number" else was.lastgroup
        what = "dtype" if DTYPE.fullmatch(was[0]) else what
        told.append(f"{what}: {compared(was[0], is_[0])}")
    return told


def _characters(stored: str, came: str) -> list[str]:
    """The first characters that differ, if they may look the same."""
    place, pair = next(
        (n, pair) for n, pair in enumerate(zip_longest(stored, came), start=1) if len(set(pair)) > 1
    )
    if None in pair or "".join(pair).isascii():
        return []
    names = [f"{character} ({unicodedata.name(character, '?')})" for character in pair]
    return [f"character {place}: stored {names[0]}, came {names[1]}"]


def compared(stored: str, came: str) -> str:
    """Two pieces of text; as numbers, if both are."""
    said = f"stored {_cut(stored)}, came {_cut(came)}"
    if not (NUMBER.fullmatch(stored) and NUMBER.fullmatch(came)):
        return said
    old, new = Decimal(stored), Decimal(came)
    if old == new:
        return f"{said}: the same number, written another way"
    if old == -new:
        return f"{said}: the opposite sign"
    step = abs(new - old)
    said += f": a difference of {float(step):.2g}"
    if not old:
        return said
    said += f" (relative {float(step / abs(old)):.2g})"
    digit = old.adjusted() - step.adjusted() + 1
    return f"{said}, in the {_ordinal(digit)} significant digit" if digit > 0 else said


def _ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th, …"""
    ending = "th" if number in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _cut(line: str) -> str:
    """A line, shortened to what a person reads."""
    return line if len(line) <= MOST_COLUMNS else line[:MOST_COLUMNS] + " …"


def _at_most(most: int, lines: Sequence[str], what: str) -> Iterator[str]:
    """The first of some lines, and how many more there are."""
    yield from lines[:most]
    if len(lines) > most:
        yield f"… and {len(lines) - most} more {what}"


# --- tables ---------------------------------------------------------------------------------------


class _Tables(HTMLParser):
    """The tables of an HTML text, as lists of rows of cells; and all else, as one text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.rest = ""
        self._in_cell = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a table, a row or a cell."""
        self._in_cell = tag in ("td", "th") and bool(self.tables and self.tables[-1])
        if tag == "table":
            self.tables.append([])
        elif tag == "tr" and self.tables:
            self.tables[-1].append([])
        elif self._in_cell:
            self.tables[-1][-1].append("")
        self.rest += self.get_starttag_text()

    def handle_endtag(self, tag: str) -> None:
        """Close a cell."""
        self._in_cell = self._in_cell and tag not in ("td", "th")
        self.rest += f"</{tag}>"

    def handle_data(self, data: str) -> None:
        """Text, in a cell or elsewhere."""
        if self._in_cell:
            self.tables[-1][-1][-1] += data
        else:
            self.rest += data


def _tables(stored: str, came: str) -> list[str]:
    """The cells in which the tables of two HTML texts differ; nothing if all else differs too."""
    old, new = _Tables(stored), _Tables(came)
    if [len(table) for table in old.tables] != [len(table) for table in new.tables]:
        sizes = [
            ", ".join(f"{len(table)} × {max(map(len, table), default=0)}" for table in page.tables)
            for page in (old, new)
        ]
        return [f"table of {sizes[0]} rows and columns stored, {sizes[1]} came"]
    if old.rest != new.rest:
        return []
    told = []
    for was, is_ in zip(old.tables, new.tables, strict=True):
        head = was[0] if was else []
        for row, (cells, others) in enumerate(zip(was, is_, strict=True)):
            for column, (a, b) in enumerate(zip(cells, others, strict=True)):
                if a != b:
                    named = f" ({head[column].strip()})" if row and column < len(head) else ""
                    told.append(f"row {row}, column {column + 1}{named}: {compared(a, b)}")
    return told
