"""`watch()`: explanations of the losses in code that one cannot or will not change."""

from __future__ import annotations

import html
import re
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, overload

from helpers import checks
from helpers.diagnosis import display, tables
from helpers.diagnosis.calls import LossCall, finding
from helpers.diagnosis.explanation import Explanation, explained
from helpers.findings import Kind
from helpers.text import number
from helpers.working import Remark

KEPT = 100  # explanations, the last ones
ROWS = 100  # of each table
UNEQUAL = (
    "The means of {where} divide by different numbers, as the last batch is smaller or more of it "
    "is ignored: their mean is not the mean over all. For that, add up what reduction='sum' gives, "
    "and divide once."
)
NUMBERS = re.compile(r"\d[\d.,e+-]*")


class Watched(Sequence[Explanation]):
    """The explanations of the losses that were called, the last 100, in their order.

    Attributes:
        seen: how many calls there were in all.
    """

    def __init__(self) -> None:
        self.seen = 0
        self._kept: deque[Explanation] = deque(maxlen=KEPT)
        self._numbers: deque[int] = deque(maxlen=KEPT)  # of the kept ones among all calls

    @overload
    def __getitem__(self, index: int) -> Explanation: ...
    @overload
    def __getitem__(self, index: slice) -> list[Explanation]: ...
    def __getitem__(self, index: int | slice) -> Explanation | list[Explanation]:
        kept = list(self._kept)
        return kept[index]

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """What several calls together make worth knowing."""
        return tuple(tables.mean_of_means(self))

    def __repr__(self) -> str:
        return display.text(self._shown()) if self else "no loss of torch was called"

    def _repr_html_(self) -> str:
        return display.page(self._shown()) if self else html.escape(repr(self))

    def _of(self, kind: Kind) -> list[Remark]:
        """The remarks of a kind, the last one of those that differ in their numbers alone."""
        of_kind = [r for shown in self for r in shown.remarks if r.kind == kind]
        return [*{NUMBERS.sub("", remark.text): remark for remark in of_kind}.values()]

    def _shown(self) -> display.Shown:
        """The calls as a table, with what was refused or is most likely a mistake."""
        last = self[-1]
        chosen = self[-display.ROWS_AT_MOST :]
        caption = (
            "" if len(chosen) == self.seen else f"The last {len(chosen)} of {self.seen} calls:"
        )
        return display.Shown(
            title=f"{number(self.seen)} losses" if self.seen != 1 else "1 loss",
            formula="",
            error=last.error,
            causes=last.causes if last.refused else (),
            fixes=last.fixes if last.refused else (),
            mistakes=self._of("mistake"),
            tables=[
                display.Table(
                    caption, display.cells(tables.calls(chosen, [*self._numbers][-len(chosen) :]))
                )
            ],
            conclusion=(),
            remarks=(
                *self._of("numerics"),
                *(remark for remark in self._of("note") if remark.fix is not None),
                *self.remarks,
            ),
        )


@contextmanager
def watch(only_if: str | None = None, every: int = 1) -> Iterator[Watched]:
    """Collect the explanations of all losses that are called inside the block.

    The code runs as without it: graph, gradients and random state stay as they are; what torch has
    compiled runs uncompiled. Tables are kept, of the last 100 calls, and no inputs. An error of a
    loss gets its causes and fixes as a note, which Python prints
    below the traceback. Calls in other threads are not seen, nor those in code that `torch.jit` has
    scripted or traced.

    Args:
        only_if: 'nonfinite' to explain those calls alone whose result is inf or NaN; None for all.
        every: explain each n-th call alone; those that are refused are explained in any case.

    Returns:
        A context manager; it gives a sequence of explanations that grows while the block runs.

    Raises:
        ValueError: `only_if` or `every` is something else.

    >>> import torch
    >>> with watch() as seen:
    ...     loss = torch.nn.functional.mse_loss(torch.tensor([1.0]), torch.tensor([3.0]))
    >>> seen[-1].value
    4.0
    """
    if only_if not in (None, "nonfinite"):
        checks.refuse("only_if", "'nonfinite' or None", repr(only_if))
    if checks.integer("every", every) < 1:
        checks.refuse("every", "a number of calls, at least 1", every)
    watched = Watched()

    def found(call: LossCall) -> None:
        watched.seen += 1
        if call.error is None and ((watched.seen - 1) % every or _left_out(call, only_if)):
            return
        shown = _explained(call)
        watched._kept.append(shown)
        watched._numbers.append(watched.seen - 1)
        if call.error is not None:
            call.error.add_note(note(shown))

    with finding(found):
        yield watched


class Noticed:
    """What is wrong in the losses of a program that runs to its end, each thing once.

    It may train for long: of each line the first calls are explained, those with other shapes, a
    few that are not finite, and of all others fewer and fewer.
    """

    def __init__(self) -> None:
        self._count: Counter[str] = Counter()
        self._not_finite: Counter[str] = Counter()
        self._shapes: defaultdict[str, set[Any]] = defaultdict(set)
        self._remarks: dict[tuple[str, str], Remark] = {}
        self._means: defaultdict[str, list[Explanation]] = defaultdict(list)
        self._totals: dict[str, int] = {}

    @contextmanager
    def noticing(self) -> Iterator[None]:
        """Look at the losses that are called within."""
        with finding(self._found):
            yield

    def __str__(self) -> str:
        remarks = [(where, remark) for (where, _), remark in self._remarks.items()]
        return display.noticed([*remarks, *self._of_totals()])

    def _found(self, call: LossCall) -> None:
        """Look at a call, if it is its turn."""
        where = call.where
        if call.error is not None or not self._is_due(call):
            return
        shown = _explained(call)
        for remark in shown.remarks:
            if remark.kind in ("mistake", "numerics"):
                self._remarks.setdefault((where, NUMBERS.sub("", remark.text)), remark)
        if len(shown.steps) == 3 and len(self._means[where]) < KEPT:
            self._means[where].append(replace(shown, table=None, summary=None))
            self._totals[where] = call.spelled.total()

    def _is_due(self, call: LossCall) -> bool:
        """Whether a call is one of those that are explained."""
        where, inputs = call.where, call.inputs.values()
        self._count[where] += 1
        count, shapes = self._count[where], self._shapes[where]
        shape = tuple(getattr(value, "shape", None) for value in inputs)
        if shape not in shapes and len(shapes) < KEPT:
            shapes.add(shape)
            return True
        if count <= tables.FEW or count.bit_count() == 1:
            return True
        if self._not_finite[where] == tables.FEW or _left_out(call, "nonfinite"):
            return False
        self._not_finite[where] += 1
        return True

    def _of_totals(self) -> Iterator[tuple[str, Remark]]:
        """The means of different numbers of elements that the program adds up."""
        for where, means in self._means.items():
            line = self._totals[where]
            if not line or len({call.steps[1].value for call in means}) == 1:
                continue
            # The numbers are those of the program where all calls were explained.
            whole = self._count[where] == len(means)
            told = [*tables.mean_of_means(means)] if whole else []
            text = told[0].text if told else UNEQUAL.format(where=where)
            yield where, Remark("note", f"Line {line} adds up what this returns. {text}")


def _left_out(call: LossCall, only_if: str | None) -> bool:
    """Whether a call is not one of those that are asked for."""
    return only_if == "nonfinite" and bool(call.loss.result(call.result).isfinite().all())


def _explained(call: LossCall) -> Explanation:
    """The explanation of a call; whatever goes wrong with it must not stop the watched code."""
    try:
        return explained(call, ROWS)
    except Exception as failure:
        reason = f"it could not be explained: {type(failure).__name__}: {failure}"
        error = "" if call.error is None else f"{type(call.error).__name__}: {call.error}"
        return Explanation(
            call.name, call.loss.formula, reason=reason, error=error, where=call.where
        )


def note(explanation: Explanation) -> str:
    """What is wrong with a refused call, as a note for its error."""
    return f"\nhelpers on this error:\n{explanation}"
