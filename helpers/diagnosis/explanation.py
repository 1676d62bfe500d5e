"""`explain(call, *inputs)`: where the number that a loss returns comes from, or why none came.

The rows and the value are the `Working` that the functions of this package reduce, so that an
explanation cannot differ from them. Whatever is special to a loss stands in its entry in the list
of the losses. torch and pandas are imported when `explain` is called, and nowhere else.
"""

from __future__ import annotations

import functools
import math
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import FrameType
from typing import Any, NoReturn

import numpy as np

from helpers import checks
from helpers.diagnosis import agreement, display, tables
from helpers.diagnosis.calls import (
    LossCall,
    Run,
    arguments_as_torch,
    as_array,
    buffers_kept,
    call_in_traceback,
    called,
    class_loss,
    frames_of,
    known_call,
    known_loss,
    loss_in,
    module_loss,
    plain,
    random_state_kept,
    run,
    site_of,
    unwrapped,
)
from helpers.diagnosis.forms import misformed, wrong_weight
from helpers.diagnosis.remarks import remarks_on
from helpers.diagnosis.repairs import Diagnosis, diagnose, unsafe, weights
from helpers.diagnosis.tables import Step
from helpers.findings import Fix
from helpers.losses import BY_TORCH_CLASS
from helpers.text import number
from helpers.working import ArrayLike, Call, FloatArray, Loss, Remark, ieee

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
        causes: why it was refused, in words; of a computed call what is most likely wrong.
        fixes: changes that torch accepts, tried, the likeliest first; of a computed call those of
            its gravest remarks.
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
        """What is shown of it; what stands with a remark is not said twice."""
        texts = {remark.text for remark in self.remarks}
        codes = {remark.fix.code for remark in self.remarks if remark.fix}
        return display.Shown(
            title=self.title,
            formula=self.formula,
            error=self.error,
            causes=[cause for cause in self.causes if cause not in texts],
            fixes=[fix for fix in self.fixes if fix.code not in codes],
            mistakes=tuple(self._of("mistake")),
            tables=tuple(self._tables()),
            conclusion=tuple(self._conclusion()),
            remarks=(*self._of("numerics"), *self._of("note")),
        )

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
        finite = np.isfinite(self.reference).any()
        bound = float(np.max(self.bound, initial=0.0)) if finite else 0.0
        rounded = f", as {self.dtype} rounds" if self.dtype else ""
        within = f" within {bound:.1g}{rounded}" if bound else ""
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
    >>> logits = torch.tensor([[0.2, 0.3, 0.4], [0.5, 0.2, 0.3]])
    >>> criterion = torch.nn.CrossEntropyLoss(weight=torch.tensor([2.0, 4.0, 6.0]))
    >>> explain(criterion, logits, torch.tensor([2, 1]))
    CrossEntropyLoss(weight=[2, 4, 6], reduction='mean')
    each element: -Σ target·log p over the classes, with log p = input - log Σ exp(input)
    <BLANKLINE>
    element  target  logit  log-sum-exp  log-probability  weight   loss  contribution
          0       2    0.4        1.402           -1.002       6  6.012        0.6012
          1       1    0.2         1.44            -1.24       4  4.959        0.4959
    <BLANKLINE>
    sum of the losses                         10.97098
    sum of the weights of the targets         10
    mean: sum / divisor                       1.097098
    CrossEntropyLoss returns                  1.097098 (the same within 1e-06, as float32
                                              rounds)
    <BLANKLINE>
    - The mean divides by 10, not by the 2 losses; that would give 5.485491.
    - Keras's default would give 5.485491 here: it divides by the number of losses.
    """
    function, args, given = unwrapped(call, inputs, named)
    return replace(_explained_call(function, args, given, called(call)), top=top)


def _explained_call(
    function: Any, args: tuple[Any, ...], named: Mapping[str, Any], name: str
) -> Explanation:
    """The explanation of a call without what stands around it; `name` is what the person called."""
    loss = class_loss(function) if isinstance(function, type) else known_loss(function)
    if isinstance(function, type):
        if loss is None:
            _refuse(f"the class {name}; a module is made by {name}()")
        return _of_class(function, loss, args, named)
    if not callable(function):
        _refuse(checks.describe(function) if hasattr(function, "dtype") else repr(function))
    if loss is None:
        return _of_code(name, run(function, args, named, _unsafe_refused))
    args, named = arguments_as_torch(loss, function, args, named)
    made = run(function, args, named, _unsafe_refused)
    call = known_call(function, loss, args, named, made)
    if call is not None:
        overrides = agreement.overrides(function)
        return replace(explained(call), calls=_inner(made) if overrides else ())
    return (
        _of_code(name, made)
        if made.error is None
        else _misformed(function, loss, args, named, made.error)
    )


def _refuse(got: str) -> NoReturn:
    """Refuse what calls no loss."""
    checks.refuse("call", "a loss of torch, or something that calls one", got, TypeError)


def _unsafe_refused(call: LossCall) -> None:
    """Refuse, in torch's place, what would read foreign memory or end the process."""
    given = (*call.inputs.values(), *call.options.values())
    on_gpu = any(getattr(value, "is_cuda", False) for value in given)
    if (on_gpu or call.loss.foreign_memory) and unsafe(call) is not None:
        raise ValueError("not called: torch would read memory that is not the call's")


def _inner(made: Run) -> tuple[Explanation, ...]:
    """The explanations of the losses that were found."""
    return tuple(explained(call) for call in made.found)


def _of_code(name: str, made: Run) -> Explanation:
    """The explanation of what calls losses inside."""
    calls = _inner(made)
    if made.error is not None:
        return _of_failed_code(made.error, calls)
    if not calls:
        _refuse(
            f"{name}, which calls none. (Not seen are losses written out by hand, those in code "
            "that torch.jit has scripted or traced, and those in other threads.)"
        )
    outer = loss_in(made.result)
    reference = float("nan") if outer is None else as_array(outer)[0]
    return _around(name, calls, reference)


def _around(
    name: str, calls: tuple[Explanation, ...], reference: float | FloatArray
) -> Explanation:
    """The explanation of code by those of the losses that it called."""
    if len(calls) == 1:
        [inner] = calls
        if np.ndim(reference) == np.ndim(inner.reference) == 0 and np.isnan(reference):
            return replace(inner, calls=calls)
        same = np.array_equal(reference, inner.reference, equal_nan=True)
        times = _times(reference, inner.reference)
        said = "something else than" if times is None else f"{number(times)} times"
        reason = inner.reason if same else f"{name} returns {said} the loss inside"
        remarks = inner.remarks
        scalars = np.ndim(reference) == np.ndim(inner.reference) == 0
        if scalars and inner.elements > 1 and times is None and np.isfinite(reference):
            text = (
                f"{name} goes on with the loss inside after it was reduced to one number. A sum "
                "with other terms may be meant so; a formula for each element, such as a focal "
                "loss or a mask, needs reduction='none' inside, and the mean at its end."
            )
            remarks = (*remarks, Remark("note", text))
        agrees = inner.agrees and same
        held = replace(inner, reference=reference, agrees=agrees, reason=reason)
        return replace(held, remarks=remarks, calls=calls)
    return summed(name, calls, reference)


def _times(reference: float | FloatArray, inner: float | FloatArray) -> float | None:
    """By which plain factor a number differs from another one, as 4 or 0.25; None without one."""
    if np.ndim(reference) or np.ndim(inner) or not (np.isfinite(reference) and inner):
        return None
    times = float(reference) / float(inner)
    plain = math.isfinite(times) and abs(times - round(times * 20) / 20) <= 1e-6 * abs(times)
    return round(times * 20) / 20 if plain else None


def _near(value: float, reference: float | FloatArray, bound: float) -> bool:
    """Whether a result is a number, and the given one within a bound."""
    return np.ndim(reference) == 0 and bool(np.abs(np.subtract(value, reference)) <= bound)


def summed(name: str, calls: Sequence[Explanation], reference: float | FloatArray) -> Explanation:
    """The explanation of several losses, held against a value that may be their sum or mean."""
    values = [float(np.sum(call.value)) for call in calls]
    total, mean = sum(values), sum(values) / len(calls)
    # What adds them up may itself round to float32.
    bound = sum(float(np.sum(call.bound)) for call in calls) + 1e-6 * sum(map(abs, values))
    steps = [Step(f"sum of the {len(calls)} losses", total)]
    if _near(mean, reference, bound):
        steps.append(Step("mean: sum / number of losses", mean))
    value = steps[-1].value
    unknown = np.ndim(reference) == 0 and bool(np.isnan(reference))
    related = unknown or _near(value, reference, bound)
    return Explanation(
        title=f"{name}: {len(calls)} losses",
        formula="",
        table=tables.calls(calls),
        elements=len(calls),
        steps=tuple(steps),
        remarks=tuple(tables.mean_of_means(calls)),
        value=value,
        reference=reference,
        agrees=related and all(call.agrees for call in calls),
        bound=bound,
        dtype="",
        reason="" if related else f"{name} returns neither their sum nor their mean",
        calls=tuple(calls),
    )


def _of_failed_code(error: Exception, calls: tuple[Explanation, ...]) -> Explanation:
    """The explanation of what failed in a loss; what failed elsewhere raises its error."""
    if calls and calls[-1].refused:
        return replace(calls[-1], calls=calls)
    call = call_in_traceback(error)
    if call is not None:
        return replace(explained(call), calls=calls)
    error.add_note(
        "explain ran this without gradients, and no loss of torch had refused its arguments. Code "
        "that calls backward() runs inside `with helpers.watch():`."
    )
    raise error


def _of_class(
    cls: type, loss: Loss, args: tuple[Any, ...], named: Mapping[str, Any]
) -> Explanation:
    """The explanation of a class that was called in the place of a module of it."""
    args, named = arguments_as_torch(loss, cls, args, named)
    error = run(cls, args, named).error
    if error is None:
        error = TypeError(f"{cls.__name__}(…) made a module, and computed nothing")
    return _misformed(cls, loss, args, named, error)


def _misformed(
    function: Any,
    loss: Loss,
    args: tuple[Any, ...],
    named: Mapping[str, Any],
    error: Exception,
    frame: FrameType | None = None,
) -> Explanation:
    """The explanation of a call whose arguments do not fit its form; `frame` was reached by it."""
    site = site_of(frame or sys._getframe(), error)
    names = [*loss.inputs, *(f"argument {i + 1}" for i in range(len(loss.inputs), len(args)))]
    arguments = {**dict(zip(names, args, strict=False)), **named}
    shown = _refusal(called(function, loss.name), loss, error, arguments)
    found = misformed(function, args, named, error, site)
    shown = shown if found is None else _with(shown, found)
    return replace(shown, where=site.where if site and frame else "")


def misformed_in_traceback(error: BaseException) -> Explanation | None:
    """The explanation of arguments that a module's `forward` or its constructor does not take."""
    if not isinstance(error, Exception):
        return None
    *_, last = frames_of(error)
    for frame in frames_of(error):
        held, made = frame.f_locals, frame.f_code.co_name
        loss = module_loss(held.get("self"))
        if loss is None:
            continue
        if frame is last and made == "_call_impl" and isinstance(error, TypeError):
            return _misformed(held["self"], loss, held["args"], held["kwargs"], error, frame)
        if made != "__init__":
            continue
        given = {name: value for name, value in held.items() if name != "self"}
        if found := wrong_weight(loss, given):
            title = called(type(held["self"]), loss.name)
            held_weights = {n: given[n] for n in weights(loss) if given.get(n) is not None}
            shown = _with(_refusal(title, loss, error, held_weights), found)
            site = site_of(frame, error)
            return replace(shown, where=site.where if site else "")
        arrays = tuple(value for value in given.values() if hasattr(value, "dtype"))
        if arrays:
            return _misformed(type(held["self"]), loss, arrays, {}, error, frame)
    return None


def _with(shown: Explanation, found: Diagnosis) -> Explanation:
    """The explanation of a refused call, with what is wrong with it."""
    return replace(shown, causes=found.causes, fixes=found.fixes, remarks=found.remarks)


def _refusal(
    title: str, loss: Loss, error: BaseException, arguments: Mapping[Any, Any]
) -> Explanation:
    """The explanation of a refused call, without what is wrong with it."""
    first, *_ = str(error).splitlines() or [""]
    return Explanation(
        title=title,
        formula=loss.formula,
        table=tables.arguments({str(name): value for name, value in arguments.items()}),
        error=f"{type(error).__name__}: {first}",
    )


def explained(call: LossCall, rows: int = tables.ROWS) -> Explanation:
    """The explanation of one call of a loss: computed, refused, or not to be worked out by hand."""
    if call.error is not None:
        return _refused(call)
    inputs = {name: plain(value) for name, value in call.inputs.items()}
    options = {name: plain(value) for name, value in call.options.items()}
    try:
        with ieee(), random_state_kept():
            return _computed(replace(call, inputs=inputs, options=options), rows)
    except (TypeError, ValueError) as refusal:
        # torch takes some calls whose result has no meaning of its own, and that are refused here.
        return _uncomputed(call, refusal)


def _refused(call: LossCall) -> Explanation:
    """The explanation of a call that torch has refused."""
    assert call.error is not None
    title = f"{call.name}({display.options_text(call.loss, call.options)})"
    shown = _refusal(title, call.loss, call.error, call.inputs)
    return replace(_with(shown, diagnose(call)), where=call.where)


def _uncomputed(call: LossCall, refusal: Exception) -> Explanation:
    """The explanation of a call that torch took, and that cannot be worked out by hand."""
    try:
        reference = as_array(call.loss.result(call.result))[0]
    except (TypeError, ValueError, RuntimeError):
        reference = float("nan")
    found = diagnose(call)
    return Explanation(
        title=f"{call.name}({display.options_text(call.loss, call.options)})",
        formula=call.loss.formula,
        table=tables.arguments(call.inputs),
        reference=reference,
        reason=f"by hand there is no result: {refusal}",
        remarks=_ordered(*found.remarks),
        causes=found.causes,
        fixes=found.fixes,
        where=call.where,
    )


def _computed(call: LossCall, rows: int) -> Explanation:
    """The explanation of a call that torch has computed."""
    loss, reduction = call.loss, call.options.get("reduction", "none")
    taken = _taken(call.options)
    working = loss.working(**call.inputs, **taken)
    columns = working.columns()
    value = working.reduce(reduction)
    reference, _ = as_array(loss.result(call.result))
    dtype = agreement.dtype_of(call)
    held = agreement.compare(working, value, reference, reduction, dtype)
    found = diagnose(call)
    seen = Call(_Arrays(call.inputs), {**call.options, **taken}, working)
    return Explanation(
        title=f"{call.name}({display.options_text(loss, call.options)})",
        formula=loss.formula,
        table=tables.table(working, columns, call.reduction, rows),
        summary=tables.summary(working, columns, call.reduction),
        elements=tables.elements(working).size,
        steps=tables.steps(working, reduction),
        remarks=_ordered(*remarks_on(loss, seen), *found.remarks),
        causes=found.causes,
        fixes=found.fixes,
        value=value,
        reference=reference,
        agrees=held.agrees,
        bound=held.bound,
        dtype=dtype,
        reason="" if held.agrees else agreement.reason(call.criterion, held.reason),
        where=call.where,
    )


class _Arrays(Mapping[str, FloatArray]):
    """Inputs as arrays of float64, each made when it is asked for: they may be large."""

    def __init__(self, inputs: Mapping[str, Any]) -> None:
        self._inputs = inputs

    def __getitem__(self, name: str) -> FloatArray:
        return checks.real(name, self._inputs[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._inputs)

    def __len__(self) -> int:
        return len(self._inputs)


def _ordered(*remarks: Remark) -> tuple[Remark, ...]:
    """Remarks in the order of their gravity."""
    kinds = ("mistake", "numerics", "note")
    return tuple(sorted(remarks, key=lambda remark: kinds.index(remark.kind)))


def _taken(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options that the working takes: no reduction, and functions of tensors by hand."""
    rest = {name: value for name, value in options.items() if name != "reduction"}
    return {name: _by_hand(value) if callable(value) else value for name, value in rest.items()}


def _by_hand(function: Callable[..., Any]) -> Callable[..., Any]:
    """A distance of tensors as one of arrays: the one of this package, or torch's in float64."""
    import torch

    known = BY_TORCH_CLASS.get(type(function).__name__)
    if known and type(function) is getattr(torch.nn, known.torch_class):
        return functools.partial(known.value, **known.options_of(function))
    own = (
        (*function.parameters(), *function.buffers())
        if isinstance(function, torch.nn.Module)
        else ()
    )
    floating = (value.dtype for value in own if value.is_floating_point())
    dtype = next(floating, torch.float64)

    def of_arrays(*arrays: ArrayLike) -> Any:
        with torch.no_grad(), buffers_kept():
            return function(*(torch.tensor(array, dtype=dtype) for array in arrays))

    return of_arrays
