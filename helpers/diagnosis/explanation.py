"""`explain(call, *inputs)`: where the number that a loss returns comes from, or why none came.

The rows and the value are the `Working` that the functions of this package reduce, so that an
explanation cannot differ from them. Whatever is special to a loss stands in its entry in the list
of the losses. torch and pandas are imported when `explain` is called, and nowhere else.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from helpers import checks
from helpers.diagnosis import agreement, display, forms, tables
from helpers.diagnosis.calls import (
    LossCall,
    Run,
    arguments_as_torch,
    as_array,
    call_in_traceback,
    called,
    known_call,
    known_loss,
    loss_in,
    plain,
    random_state_kept,
    run,
    unwrapped,
)
from helpers.diagnosis.remarks import remarks_on
from helpers.diagnosis.tables import Step
from helpers.losses import BY_TORCH_CLASS
from helpers.text import number
from helpers.working import ArrayLike, Call, Fix, FloatArray, Loss, Remark, Working, ieee

TOP = 10  # the rows of a long table that are shown


@dataclass(frozen=True, repr=False)
class Explanation:
    """The working of one loss call. Shown as text, and as an HTML table in a notebook.

    Attributes:
        title: the module or function with its options.
        formula: the loss of one element, in plain text.
        table: a pandas DataFrame with a row for each element that contributes, the columns in the
            order of the calculation. The last one, `contribution`, adds up to the reduced value
            (CosineSimilarity and PairwiseDistance reduce nothing; theirs ends with `value`). Of
            more than 10,000 elements it has those that contribute most. Where torch refused the
            call it has a row for each argument.
        summary: a DataFrame of what each class or each entry of the first axis contributes, the
            largest first; None where there are few rows.
        elements: how many elements contribute.
        steps: the reduction: sum, divisor, quotient; empty where nothing is reduced.
        remarks: what is easily overlooked in this call.
        value: the loss by hand, a float or an array; NaN where there is none.
        reference: what the call returned, likewise.
        agrees: whether the two are equal, up to the rounding of the dtypes of the call.
        bound: how far torch's result may lie off by rounding alone, a number, or for 'none' one
            for each element.
        dtype: the coarsest dtype in which torch rounds.
        reason: why the two are not equal, as far as it can be told; else empty.
        error: torch's error where it refused the call, else empty.
        causes: why it was refused, in words.
        fixes: changes that torch accepts, tried, the likeliest first.
        calls: the explanations of the losses that were called inside, where what was called is
            not a loss of torch itself.
        where: the file and line of the call, where it was found inside other code.
        top: how many rows of a long table are shown.
    """

    title: str
    formula: str = ""
    table: Any = None
    summary: Any = None
    elements: int = 0
    steps: tuple[Step, ...] = ()
    remarks: tuple[Remark, ...] = ()
    value: float | FloatArray = float("nan")
    reference: float | FloatArray = float("nan")
    agrees: bool = False
    bound: float | FloatArray = 0.0
    dtype: str = ""
    reason: str = ""
    error: str = ""
    causes: tuple[str, ...] = ()
    fixes: tuple[Fix, ...] = ()
    calls: tuple[Explanation, ...] = ()
    where: str = ""
    top: int = TOP

    @property
    def refused(self) -> bool:
        """Whether torch refused the call."""
        return bool(self.error)

    def __repr__(self) -> str:
        return display.text(self._shown())

    def _repr_html_(self) -> str:
        return display.page(self._shown())

    def _shown(self) -> display.Shown:
        """What is shown of it, in the order in which it is shown."""
        found = [(remark.text, (remark.fix,) if remark.fix else ()) for remark in self._of("mistake")]
        shown = display.Shown(
            title=self.title,
            formula=self.formula,
            error=self.error,
            mistakes=(*found, *((text, ()) for text in self.causes[:-1])),
            remarks=tuple(
                (remark.kind, remark.text, remark.fix)
                for kind in ("numerics", "note")
                for remark in self._of(kind)
            ),
        )
        if self.causes or self.fixes:
            last = self.causes[-1] if self.causes else ""
            shown = replace(shown, mistakes=(*shown.mistakes, (last, self.fixes)))
        return replace(shown, tables=tuple(self._tables()), conclusion=tuple(self._conclusion()))

    def _of(self, kind: str) -> list[Remark]:
        """The remarks of a kind."""
        return [remark for remark in self.remarks if remark.kind == kind]

    def _tables(self) -> Iterator[display.Table]:
        """The table of the elements, and the summary where there is one."""
        if self.table is None:
            return
        if len(self.table) <= display.ROWS_AT_MOST:
            yield display.Table("", display.cells(self.table))
        else:
            chosen = tables.largest_first(self.table.iloc[:, -1].to_numpy(), self.top)
            rows = self.table.iloc[chosen]
            caption = f"The {len(rows)} of {self.elements:,} elements that contribute most:"
            yield display.Table(caption, display.cells(rows))
        if self.summary is not None:
            rows, count = self.summary.iloc[: self.top], len(self.summary)
            name = {"class": "classes", "axis 0": "entries of axis 0"}[self.summary.index.name]
            most = f"The {len(rows)} of {count:,} {name} that contribute most:"
            caption = most if len(rows) < count else f"The {count} {name}:"
            yield display.Table(caption, display.cells(rows))

    def _conclusion(self) -> Iterator[tuple[str, str]]:
        """The lines below the table: the steps, and what was returned."""
        for step in self.steps:
            yield step.name, number(step.value)
        if self.refused:
            return
        name = f"{self.title.split('(')[0]} returns"
        if np.ndim(self.reference):
            yield name, f"shape {np.shape(self.reference)}, {self._verdict()}"
        else:
            yield name, f"{number(float(self.reference))} ({self._verdict()})"
        if self.reason:
            yield "why", self.reason

    def _verdict(self) -> str:
        """Whether it is the same, and up to which bound."""
        bound = float(np.max(self.bound, initial=0.0))
        within = f" within {bound:.1g}, the rounding of {self.dtype}" if bound else ""
        return ("the same" if self.agrees else "NOT the same") + within


def explain(call: Any, *inputs: Any, top: int = TOP, **named: Any) -> Explanation:
    """Show where the number that a loss returns comes from, element by element, or why none came.

    It is called once, without gradients. Random state, buffers and hooks stay as they are.

    Args:
        call: a loss of `torch.nn` or `torch.nn.functional` (CosineSimilarity and PairwiseDistance
            too); whatever wraps one; or a function or module that calls losses inside. What calls
            `backward()` is for `watch`.
        inputs: what it is called with: tensors or, for a loss of torch, anything that
            `torch.as_tensor` takes.
        top: how many rows of a long table are shown.
        named: the arguments by name, such as `target=…`.

    Returns:
        An `Explanation`. Print it, or let a notebook show it; take its `table`, `steps`, `value`,
        `reference` and `agrees` to work on. Where torch refuses the call, `refused` is True, and
        `error`, `causes` and `fixes` say more. `calls` has the losses inside other code.

    Raises:
        TypeError: no loss of torch was called.
        Exception: what the given function raised before it called a loss.

    Reference:
        https://docs.pytorch.org/docs/2.13/nn.html#loss-functions

    >>> import torch
    >>> logits = torch.tensor([[0.2, 0.3, 0.5], [0.5, 0.2, 0.3]])
    >>> criterion = torch.nn.CrossEntropyLoss(weight=torch.tensor([2.0, 4.0, 6.0]))
    >>> explain(criterion, logits, torch.tensor([2, 1]))
    """
    function, args, given = unwrapped(call, inputs, named)
    shown = _explained_call(function, args, given, called(call))
    return replace(shown, top=top)


def _explained_call(
    function: Any, args: tuple[Any, ...], named: Mapping[str, Any], name: str
) -> Explanation:
    """The explanation of a call without what stands around it; `name` is what the person called."""
    if isinstance(function, type):
        return _of_class(function, args, named)
    if not callable(function):
        checks.refuse("call", _EXPECTED, f"{checks_describe(function)}", TypeError)
    loss = known_loss(function)
    if loss is None:
        return _of_code(name, run(function, args, named))
    args, named = arguments_as_torch(loss, function, args, named)
    made = run(function, args, named)
    call = known_call(function, loss, args, named, made)
    if call is not None:
        inner = _inner(call, made)
        return replace(explained(call), calls=inner)
    if made.error is None:
        return _of_code(name, made)
    return _misplaced(function, loss, args, named, made.error)


_EXPECTED = "a loss of torch, or something that calls one"
