"""The ledger of the sources: what five older documents print and claim, each with a verdict.

The book reproduces the tensors of five documents about PyTorch's losses. Each has a data file in
`book/sources`, with a row for everything that it prints or claims. `read` gives the rows. A row's
`check` recomputes it, holds the verdict against what came, and raises `VerdictError` where the two
do not fit: a verdict cannot be wrong in silence.

Reading the files needs PyYAML, checking a result torch; both are imported when they are used.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from helpers import checks
from helpers.rounding import Interval, Printed, rounding_interval
from helpers.text import blocks, number, wrap
from helpers.working import Array, FloatArray

EXACT, ROUNDING, WRONG = "reproduced exactly", "within rounding", "wrong"
NO_LONGER, UNCHECKED = "changed since", "cannot be checked"
RIGHT, IMPRECISE = "right", "imprecise"
RESULT_VERDICTS = (EXACT, ROUNDING, WRONG, NO_LONGER, UNCHECKED)
CLAIM_VERDICTS = (RIGHT, IMPRECISE, WRONG, UNCHECKED)
# What a row may be besides a result of a loss or a claim about one. These are counted apart.
RESULT_ASIDES = ("an input", "words of autograd", "a type or a shape", "a warning")
CLAIM_ASIDES = ("an argument list", "a heading", "a fragment", "a teaser")

WIDTH = 84  # of what a check shows: a page has room for that without scrolling

# The sources computed in float32. By hand it is float64, so a result may lie on the other side of
# the middle between two printed numbers; this is how near to it, relative to the result.
_SLACK = 1e-6
_AGREE = 1e-5  # how far torch in float32 and the hand in float64 may be apart, relatively


_HERE = Path(__file__).parents[1]


# What a recomputation gives: numbers, or a text.
Outcome = FloatArray | str


class VerdictError(Exception):
    """A verdict does not fit what the recomputation gave."""


@dataclass(frozen=True)
class Source:
    """A document: its name, its number, and its rows by id, in the order in which they stand."""

    name: str
    number: int
    rows: Mapping[str, Row]

    def __getitem__(self, key: str) -> Any:
        if key not in self.rows:
            checks.refuse("row", f"one of {', '.join(self.rows)}", repr(key), KeyError)
        return self.rows[key]

    @property
    def results(self) -> list[Result]:
        """The rows on printed results."""
        return [row for row in self.rows.values() if isinstance(row, Result)]

    @property
    def claims(self) -> list[Claim]:
        """The rows on claims and formulas."""
        return [row for row in self.rows.values() if isinstance(row, Claim)]


def folder() -> Path:
    """Where the data files are: in a checkout beside their pages, in an installed package in it."""
    installed = _HERE / "sources"
    return installed if installed.is_dir() else _HERE.parent / "book" / "sources"


def names() -> list[str]:
    """The names of the documents, in order."""
    return sorted(file.stem for file in folder().glob("*.yaml"))


def read(name: str) -> Source:
    """Read the rows of one document.

    Args:
        name: the document's name, one of `names()`.

    Returns:
        A `Source`. `source["r1"]` is its first printed result, `source["c1"]` its first claim.

    Raises:
        ValueError: there is no such document.
        TypeError: the file has an unknown or a missing field in a row.
    """
    import yaml

    if name not in names():
        checks.refuse("name", f"one of {', '.join(names())}", repr(name))
    # The loader in C, which not every build of PyYAML has, takes a sixth of the time.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    data = yaml.load((folder() / f"{name}.yaml").read_text(encoding="utf-8"), loader)
    kinds: Mapping[str, type[Row]] = {"results": Result, "claims": Claim}
    rows = [
        kind(source=data["number"], **entry)
        for part, kind in kinds.items()
        for entry in data.get(part) or []
    ]
    return Source(name, data["number"], {row.id: row for row in rows})


def counts() -> dict[int, Counter[tuple[str, str]]]:
    """How many rows have which verdict: `{document's number: {(kind, verdict): rows}}`.

    Rows that are no result of a loss and no claim about one are not among them. They are counted by
    what they are: `{document's number: {("aside", what): rows}}`.
    """
    return {
        source.number: Counter(
            ("aside", row.aside) if row.aside else (type(row).__name__.lower(), row.verdict)
            for row in source.rows.values()
        )
        for source in map(read, names())
    }


@dataclass(frozen=True, kw_only=True)
class Row:
    """What results and claims have in common.

    Attributes:
        source: the document's number.
        id: `r1`, `r2`, … for results, `c1`, `c2`, … for claims, in the document's order.
        line: the line of the document where it stands, or the first and the last one.
        what: what the document prints or claims, in words of our own.
        verdict: one of `RESULT_VERDICTS` or `CLAIM_VERDICTS`.
        chapters: the chapters of the book that it belongs to, as `topic/name`.
        aside: one of `RESULT_ASIDES` or `CLAIM_ASIDES` for what is no result of a loss, or no claim
            about one, such as the name of a node, or a heading; else empty.
    """

    source: int
    id: str
    line: int | Sequence[int]
    what: str
    verdict: str
    chapters: Sequence[str]
    aside: str = ""

    @property
    def lines(self) -> str:
        """Where it stands, in words."""
        if isinstance(self.line, int):
            return f"line {self.line}"
        first, last = self.line
        return f"lines {first}-{last}"

    @property
    def title(self) -> str:
        """The first words of what a check shows."""
        return f"{self.id}: Source {self.source}, {self.lines}. {self.what}"

    def _hold(self, problems: Iterable[str]) -> None:
        """Raise the first problem, if there is one."""
        for problem in problems:
            raise self._error(problem)

    def _error(self, problem: str) -> VerdictError:
        return VerdictError(f"{self.title}\nThe verdict is {self.verdict!r}, but {problem}.")


@dataclass(frozen=True)
class Checked:
    """What a check shows: lines of text."""

    lines: tuple[str, ...]

    def __repr__(self) -> str:
        return "\n".join(line.rstrip() for line in self.lines)


# --- results --------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Result(Row):
    """A printed result.

    Attributes:
        printed: the result as printed: numbers, alone or in brackets, or a text.
        inputs: the inputs as printed, by name, in the order in which a call takes them.
        decimals: by name, how many digits after the point a rounded input was printed with. What is
            not here is exact.
        dtype: the dtype in which the document computed.
        today: what torch gives instead, where that is not a number to compare with.
        why: what explains the verdict; empty only for `reproduced exactly`.
        until: the last release of torch that gives the printed result, of those since 1.0.1, where
            it has changed since; empty where it is no result of torch.
        probe: the call of `book/versions/results.json` that says so.
    """

    printed: str
    inputs: Mapping[str, str] | None = None
    decimals: Mapping[str, int] | None = None
    dtype: str = "float32"
    today: str = ""
    why: str = ""
    until: str = ""
    probe: str = ""

    @cached_property
    def numbers(self) -> Printed | None:
        """The printed result as `Printed` numbers; None where it is a text."""
        return Printed(self.printed) if set(self.printed) <= set("0123456789[],.+-e \n") else None

    @cached_property
    def arrays(self) -> list[Array]:
        """The inputs as NumPy arrays: int64 where all are whole numbers, else float64."""
        read = [Printed(text) for text in (self.inputs or {}).values()]
        return [x.values.astype(np.int64) if x.whole else x.values for x in read]

    @property
    def tensors(self) -> list[Any]:
        """The inputs as torch tensors of the document's dtype; whole numbers as int64."""
        import torch

        dtype = getattr(torch, self.dtype)
        return [
            torch.tensor(x) if x.dtype == np.int64 else torch.tensor(x, dtype=dtype)
            for x in self.arrays
        ]

    def reachable(self, by_hand: Callable[..., Any]) -> Interval:
        """The `Interval` of results that inputs which round to the printed ones can have."""
        digits = [(self.decimals or {}).get(name) for name in self.inputs or {}]
        return rounding_interval(by_hand, self.arrays, digits)

    def check(
        self,
        with_torch: Callable[..., Any] | None = None,
        by_hand: Callable[..., Any] | None = None,
        cause: Callable[..., Any] | None = None,
    ) -> Checked:
        """Recompute the result and hold the verdict against what comes.

        Args:
            with_torch: takes the inputs as tensors, returns what torch gives today. What is no
                number counts as text, an exception as the text `NameOfTheError: message`.
            by_hand: takes the inputs as arrays, returns the same without torch. Texts need none.
            cause: takes the inputs as tensors, returns what was really computed, and so the printed
                number, where that is wrong or came from an older PyTorch.

        Returns:
            A `Checked`, which shows the row, what came, and the verdict.

        Raises:
            VerdictError: the verdict does not fit.
        """
        if self.verdict == UNCHECKED:
            self._hold(self._uncheckable(with_torch))
            return Checked((*self._head(), "", self.verdict))
        if with_torch is None:
            raise self._error("it was not recomputed")
        came = _outcome(with_torch, self.tensors)
        hand = None if by_hand is None else _outcome(by_hand, self.arrays)
        caused = None if cause is None else _outcome(cause, self.tensors)
        # What is reproduced exactly needs no interval, and a large one takes seconds.
        interval = None
        if by_hand is not None and self.decimals and self.verdict != EXACT:
            interval = self.reachable(by_hand)
        self._hold(self._problems(came, hand, caused, interval))
        table = self._table(came, hand, caused, interval)
        since = f"; torch {self.until} was the last to give it" if self.until else ""
        return Checked((*self._head(), *table, "", self.verdict + since))

    def _uncheckable(self, with_torch: Callable[..., Any] | None) -> Iterator[str]:
        """What speaks against `cannot be checked`."""
        if with_torch is not None:
            yield "it was recomputed"
        if not self.why:
            yield "the reason is not given"

    def _problems(
        self,
        came: Outcome,
        hand: Outcome | None,
        caused: Outcome | None,
        interval: Interval | None,
    ) -> Iterator[str]:
        """What speaks against the verdict."""
        reproduced = self._shows(came)
        if self.verdict not in RESULT_VERDICTS:
            yield f"that is none of {', '.join(RESULT_VERDICTS)}"
        if self.numbers and hand is None and not self.today:
            yield "it was not recomputed by hand"
        if hand is not None and not _agree(came, hand) and not self.today:
            yield f"torch gives {_text(came)}, and by hand it is {_text(hand)}"
        if reproduced != (self.verdict == EXACT):
            yield f"torch {'gives' if reproduced else 'does not give'} what is printed"
        if self.verdict == EXACT and hand is not None and not self._shows(hand, _SLACK):
            yield f"by hand it is {_text(hand)}"
        if self.verdict != EXACT and not self.why:
            yield "the reason is not given"
        if (self.verdict == ROUNDING) != self._reaches(interval) and not reproduced:
            yield "it is not what the rounded inputs allow"
        if self.verdict == WRONG and caused is None:
            yield "the cause is not given"
        if self.verdict == WRONG and self.numbers and isinstance(came, str):
            yield "torch gives no number any more"
        if self.verdict == NO_LONGER and not self.today:
            yield "what torch does today is not given"
        if self.today and _text(came) != self.today:
            yield f"torch gives {_text(came)!r}, not {self.today!r}"
        if caused is not None and not self._shows(caused):
            yield f"the cause gives {_text(caused)}, which is not what is printed"

    def _shows(self, outcome: Outcome, slack: float = 0.0) -> bool:
        """Whether an outcome, printed as the document printed, is the printed result."""
        if isinstance(outcome, str) or self.numbers is None:
            return _text(outcome) == self.printed
        return self.numbers.shown_by(outcome, slack)

    def _reaches(self, interval: Interval | None) -> bool:
        """Whether every printed number, give or take half a unit, meets the interval."""
        if interval is None or self.numbers is None:
            return False
        half, values = self.numbers.half_units, self.numbers.values
        return bool(np.all((interval.low <= values + half) & (interval.high >= values - half)))

    def _head(self) -> Iterator[str]:
        """The title, and the inputs as printed."""
        yield from wrap(self.title, width=WIDTH)
        for name, text in (self.inputs or {}).items():
            yield from wrap(" ".join(text.split()), f"{name} = ", WIDTH)

    def _table(
        self,
        came: Outcome,
        hand: Outcome | None,
        caused: Outcome | None,
        interval: Interval | None,
    ) -> Iterator[str]:
        """What is printed beside what came, a line for each number; for texts a line for each."""
        yield ""
        if self.numbers is None or isinstance(came, str):
            yield from wrap(self.printed, "printed:  ", WIDTH)
            yield from wrap(_text(came), "torch:    ", WIDTH)
            if hand is not None:
                yield from wrap(_text(hand), "by hand:  ", WIDTH)
            if caused is not None:
                like = self.numbers.like(caused) if self.numbers else caused
                yield from wrap(str(like), "the cause gives:  ", WIDTH)
            return
        columns = {"printed": self.numbers.tokens, "torch": self.numbers.like(came)}
        if hand is not None:
            columns["by hand"] = np.vectorize(number, otypes=[object])(hand)
        if caused is not None:
            columns["the cause"] = self.numbers.like(caused)
        if interval is not None and self.verdict in (ROUNDING, WRONG):
            columns["at least"] = np.vectorize(number, otypes=[object])(interval.low)
            columns["at most"] = np.vectorize(number, otypes=[object])(interval.high)
        places = np.ndindex(self.numbers.values.shape)
        values = zip(*(np.ravel(column) for column in columns.values()), strict=True)
        rows = [["", *columns]]
        for place, row in zip(places, values, strict=True):
            rows.append([str(list(place)) if place else "", *row])
        for block in blocks(rows):
            yield from block


def _outcome(function: Callable[..., Any], inputs: Sequence[Any]) -> Outcome:
    """What a call gives: an array of float64 for numbers, a text for all else, errors included."""
    try:
        value = function(*inputs)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    if hasattr(value, "detach"):
        value = value.detach().double().numpy()
    if isinstance(value, float | int | np.ndarray | np.number) and not isinstance(value, bool):
        return np.asarray(value, dtype=np.float64)
    return str(value)


def _agree(came: Outcome, hand: Outcome) -> bool:
    """Whether torch and the hand give the same text, or the same numbers up to float32."""
    if isinstance(came, str) or isinstance(hand, str):
        return came == hand
    return came.shape == hand.shape and np.allclose(came, hand, rtol=_AGREE, atol=_AGREE * 1e-2)


def _text(outcome: Outcome) -> str:
    """An outcome as text."""
    return outcome if isinstance(outcome, str) else str(np.asarray(outcome).tolist())


# --- claims ---------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Claim(Row):
    """A claim or a formula.

    Attributes:
        instead: the right statement, or why it cannot be checked; empty only for `right`.
    """

    instead: str = ""

    def check(self, as_stated: Any = (), instead: Any = ()) -> Checked:
        """Hold the verdict against cases.

        Args:
            as_stated: True or False, or a list of them: whether the claim, as the document has it,
                holds in each case that is tried. All: `right`; none: `wrong`; some: `imprecise`.
                What cannot be checked has none.
            instead: the same for the right statement. It must hold in all cases.

        Returns:
            A `Checked`, which shows the claim, how often it held, and the verdict.

        Raises:
            VerdictError: the verdict does not fit.
        """
        stated, right = _cases("as_stated", as_stated), _cases("instead", instead)
        if self.verdict == UNCHECKED:
            self._hold(self._uncheckable(stated))
            return Checked((*wrap(self.title, width=WIDTH), "", self.verdict))
        self._hold(self._problems(stated, right))
        held = f"{self.verdict}: as stated, it holds in {_share(stated)}"
        if right:
            held += f"; the right statement in {_share(right)}"
        return Checked((*wrap(self.title, width=WIDTH), "", held))

    def _uncheckable(self, stated: Sequence[bool]) -> Iterator[str]:
        """What speaks against `cannot be checked`."""
        if stated:
            yield "a case was tried"
        if not self.instead:
            yield "the reason is not given"

    def _problems(self, stated: Sequence[bool], right: Sequence[bool]) -> Iterator[str]:
        """What speaks against the verdict."""
        fits = RIGHT if all(stated) else IMPRECISE if any(stated) else WRONG
        if not stated:
            yield "no case was tried"
        if self.verdict != fits:
            yield f"{sum(stated)} of {len(stated)} cases hold, so it is {fits!r}"
        if (self.verdict == RIGHT) == bool(self.instead):
            yield "a right statement belongs to what is not right, and to nothing else"
        if bool(right) != bool(self.instead) or not all(right):
            yield f"of the right statement {sum(right)} of {len(right)} cases hold"


def _share(cases: Sequence[bool]) -> str:
    """How many of the cases are true, in words."""
    return f"{sum(cases)} of {len(cases)} case{'s' * (len(cases) > 1)}"


def _cases(name: str, value: Any) -> list[bool]:
    """One or several truth values as a list of bools."""
    values = value if isinstance(value, list | tuple) else [value]
    for case in values:
        if not isinstance(case, bool | np.bool_) and getattr(case, "ndim", 1) != 0:
            checks.refuse(name, "True or False, or a list of them", repr(case), TypeError)
    return [bool(case) for case in values]
