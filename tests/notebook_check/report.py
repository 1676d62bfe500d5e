"""In words, for a person: in what the outputs of a cell differ from the expected ones.

Lines are shown side by side, `-` expected and `+` actual. Below them stand the numbers that differ,
compared as numbers, and the words. A table is reported cell by cell; a picture in one line, because
nobody reads its strokes.
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
    if problem.actual is None:
        return "\n".join(chain([f"{where} is missing:"], _whole("-", problem)))
    if problem.expected is None:
        return "\n".join(chain([f"{where} is new:"], _whole("+", problem)))
    lines = chain(_whole("-", problem), _whole("+", problem))
    return "\n".join(chain([f"{where} is of another kind:"], lines))


def _field(problem: Difference) -> Iterator[str]:
    """In what one field of an output differs."""
    expected, actual = problem.expected, problem.actual
    if not (isinstance(expected, str) and isinstance(actual, str)):
        yield from (f"- {expected!r}", f"+ {actual!r}")
    elif problem.field == SVG:
        yield _picture(expected, actual)
    elif problem.field == "text/html" and (found := _tables(expected, actual)):
        yield from _at_most(MOST_LINES, found, "cells")
    else:
        yield from _text(expected, actual)


def _whole(sign: str, problem: Difference) -> Iterator[str]:
    """A whole output as lines."""
    output = problem.expected if sign == "-" else problem.actual
    lines = [f"({output.output_type})"]
    for name, value in fields(output).items():
        text = f"{len(value)} characters" if name == SVG else str(value)
        lines += [f"{name}: {line}" for line in text.splitlines() or [""]] if value else []
    yield from _at_most(MOST_LINES, [_cut(f"{sign} {line}") for line in lines], "lines")


def _picture(expected: str, actual: str) -> str:
    """How much of a picture differs."""
    old, new = expected.splitlines(), actual.splitlines()
    differing = sum(a != b for a, b in zip_longest(old, new))
    return f"{differing} of its {max(len(old), len(new))} lines differ: it is drawn another way"


# --- text -----------------------------------------------------------------------------------------


def _text(expected: str, actual: str) -> Iterator[str]:
    """The lines in which two texts differ, and what differs in them."""
    if expected.rstrip("\n") == actual.rstrip("\n"):
        ends = [len(text) - len(text.rstrip("\n")) for text in (expected, actual)]
        yield f"the same, but for the newlines at the end: {ends[0]} expected, {ends[1]} actual"
        return
    pairs = list(_pairs(expected.split("\n"), actual.split("\n")))
    for pair in pairs[:MOST_PAIRS]:
        yield from _lines(*pair)
    if len(pairs) > MOST_PAIRS:
        yield f"… and {len(pairs) - MOST_PAIRS} more lines"


def _pairs(old: list[str], new: list[str]) -> Iterator[tuple[int, str | None, str | None]]:
    """The lines that differ, numbered, expected beside actual; None where one is missing."""
    if len(old) == len(new):
        pairs = enumerate(zip(old, new, strict=True), start=1)
        yield from ((number, a, b) for number, (a, b) in pairs if a != b)
        return
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for kind, a, a_end, b, b_end in matcher.get_opcodes():
        if kind != "equal":
            pairs = zip_longest(old[a:a_end], new[b:b_end])
            yield from ((number, *pair) for number, pair in enumerate(pairs, start=a + 1))


def _lines(number: int, expected: str | None, actual: str | None) -> Iterator[str]:
    """A pair of lines, one of which may be missing."""
    if expected is None:
        yield f"line {number}: new"
        yield _cut(f"+ {actual}") if actual.strip() else f"+ {actual!r}"
        return
    if actual is None:
        yield f"line {number}: missing"
        yield _cut(f"- {expected}") if expected.strip() else f"- {expected!r}"
        return
    yield f"line {number}:"
    if expected.split() == actual.split() or not (expected.isprintable() and actual.isprintable()):
        yield from (_cut(f"- {expected!r}"), _cut(f"+ {actual!r}"))  # only a repr shows the spaces
        return
    yield from (_cut(f"- {expected}"), _cut(f"+ {actual}"))
    found = _pieces(expected, actual) or _characters(expected, actual)
    yield from (f"  {piece}" for piece in _at_most(MOST_PIECES, found, "differences"))


def _pieces(expected: str, actual: str) -> list[str]:
    """The numbers and words of two lines that differ; nothing if more differs than these."""
    old, new = list(PIECE.finditer(expected)), list(PIECE.finditer(actual))
    if len(old) != len(new):
        return []
    found, counts = [], Counter()
    for was, is_ in zip(old, new, strict=True):
        counts[was.lastgroup] += 1
        if was[0] == is_[0] or (was[0].isspace() and is_[0].isspace()):
            continue
        if not (was.lastgroup and is_.lastgroup):
            return []
        what = f"number {counts['number']}" if was.lastgroup == "number" else was.lastgroup
        what = "dtype" if DTYPE.fullmatch(was[0]) else what
        found.append(f"{what}: {compared(was[0], is_[0])}")
    return found


def _characters(expected: str, actual: str) -> list[str]:
    """The first characters that differ, if they may look the same."""
    pairs = enumerate(zip_longest(expected, actual), start=1)
    place, pair = next((place, pair) for place, pair in pairs if len(set(pair)) > 1)
    if None in pair or "".join(pair).isascii():
        return []
    names = [f"{character} ({unicodedata.name(character, '?')})" for character in pair]
    return [f"character {place}: expected {names[0]}, actual {names[1]}"]


def compared(expected: str, actual: str) -> str:
    """Two pieces of text; as numbers, if both are."""
    said = f"expected {_cut(expected)}, actual {_cut(actual)}"
    if not (NUMBER.fullmatch(expected) and NUMBER.fullmatch(actual)):
        return said
    old, new = Decimal(expected), Decimal(actual)
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


def _tables(expected: str, actual: str) -> list[str]:
    """The cells in which the tables of two HTML texts differ; nothing if all else differs too."""
    old, new = _Tables(expected), _Tables(actual)
    if [len(table) for table in old.tables] != [len(table) for table in new.tables]:
        sizes = [
            ", ".join(f"{len(table)} × {max(map(len, table), default=0)}" for table in page.tables)
            for page in (old, new)
        ]
        return [f"table of {sizes[0]} rows and columns expected, {sizes[1]} actual"]
    if old.rest != new.rest:
        return []
    found = []
    for was, is_ in zip(old.tables, new.tables, strict=True):
        head = was[0] if was else []
        for row, (cells, others) in enumerate(zip(was, is_, strict=True)):
            for column, (a, b) in enumerate(zip(cells, others, strict=True)):
                if a != b:
                    named = f" ({head[column].strip()})" if row and column < len(head) else ""
                    found.append(f"row {row}, column {column + 1}{named}: {compared(a, b)}")
    return found
