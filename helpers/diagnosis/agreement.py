"""How far torch's result may lie from the one by hand, and why it lies further off where it does.

By hand it is float64. torch rounds to the dtype of its tensors after each step, so that an error is
left of the size of what it adds up, times the unit roundoff of the coarsest of these dtypes. Class
numbers are not rounded, and do not count.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from helpers import checks
from helpers.checks import EPSILON
from helpers.diagnosis.calls import LossCall
from helpers.text import number
from helpers.working import FloatArray, Working

# The smallest and largest numbers of full precision.
SMALLEST = {"float64": 2.0**-1022, "float32": 2.0**-126, "float16": 2.0**-14, "bfloat16": 2.0**-126}
LARGEST = {
    "float64": (2 - 2.0**-52) * 2.0**1023,
    "float32": (2 - 2.0**-23) * 2.0**127,
    "float16": 65504.0,
    "bfloat16": (2 - 2.0**-7) * 2.0**127,
}
# So many roundings of the size of what is added up may add up themselves: some steps of a formula,
# and a few more with each doubling of the numbers, which torch adds up in blocks. In 5,000 calls of
# all losses at random they came to 2.1 at most.
STEPS, STEPS_PER_DOUBLING = 3.0, 0.25


@dataclass(frozen=True)
class Agreement:
    """Whether two results are equal up to rounding.

    Attributes:
        agrees: whether they are.
        bound: how far torch's may lie off, a number or, for 'none', one for each element.
        dtype: the coarsest dtype in which torch rounds.
        reason: why they are not equal, as far as it can be told; empty where they are.
    """

    agrees: bool
    bound: float | FloatArray
    dtype: str
    reason: str


def coarsest(values: Iterable[object]) -> str:
    """The dtype with the fewest digits among the floating ones; float64 where there is none."""
    names = [checks.dtype_name(value) for value in _leaves(values) if hasattr(value, "dtype")]
    return max((n for n in names if n in EPSILON), key=EPSILON.__getitem__, default="float64")


def dtype_of(call: LossCall) -> str:
    """The coarsest dtype in which torch rounds on the way to a loss.

    Class numbers are not rounded. Other whole numbers are worked out in torch's default dtype where
    a function is taken of them.
    """
    import torch

    values = [*call.inputs.values(), *call.options.values(), call.loss.result(call.result)]
    whole = any(
        hasattr(call.inputs.get(name), "dtype") and not call.inputs[name].is_floating_point()
        for name in call.loss.functions_of
    )
    return coarsest([*values, torch.empty(0)] if whole else values)


def overrides(criterion: Any) -> bool:
    """Whether a class derived from one of torch computes something of its own."""
    cls = type(criterion)
    return hasattr(cls, "forward") and not cls.forward.__module__.startswith("torch.")


def reason(criterion: Any, found: str) -> str:
    """Why a result is not the one by hand: what is known of the module, and of the numbers."""
    module = [f"{type(criterion).__name__} overrides forward"] * overrides(criterion)
    hooks = [
        *getattr(criterion, "_forward_hooks", ()),
        *getattr(criterion, "_forward_pre_hooks", ()),
    ]
    module += ["the module has a forward hook"] * bool(hooks)
    return "; ".join([*module, found] if found else module) or "the reason cannot be told"


def _leaves(values: Iterable[object]) -> Iterator[object]:
    """All values, those in lists and tuples too."""
    for value in values:
        if isinstance(value, list | tuple):
            yield from _leaves(value)
        else:
            yield value


def bound_of(working: Working, reduction: str, dtype: str) -> float | FloatArray:
    """How far a result may lie off that is computed in a dtype."""
    epsilon, smallest = EPSILON[dtype], SMALLEST[dtype]
    magnitude = np.nan_to_num(working.magnitudes(), nan=0.0, posinf=0.0)
    terms = max(1, working.loss.size if working.parts is None else working.parts.size)
    steps = STEPS + STEPS_PER_DOUBLING * math.log2(terms)
    if reduction == "none":
        per_element = max(1, terms // max(1, working.loss.size))
        steps = STEPS + STEPS_PER_DOUBLING * math.log2(per_element)
        return steps * (epsilon * magnitude + smallest * per_element)
    share = np.abs(working.scale(reduction))
    size = float(np.sum(np.nan_to_num(magnitude * share, nan=0.0, posinf=0.0)))
    return steps * (epsilon * size + smallest)


def compare(
    working: Working,
    value: float | FloatArray,
    reference: float | FloatArray,
    reduction: str,
    dtype: str,
) -> Agreement:
    """Hold what torch returned against the result by hand."""
    bound = bound_of(working, reduction, dtype)
    if np.shape(value) != np.shape(reference):
        shapes = f"the shape is {np.shape(reference)}, by hand it is {np.shape(value)}"
        return Agreement(False, bound, dtype, shapes)
    same = np.equal(value, reference) | (np.isnan(value) & np.isnan(reference))
    close = np.asarray(same | (np.abs(np.subtract(value, reference)) <= bound))
    if np.all(close):
        return Agreement(True, bound, dtype, "")
    reason = _overflow(working, reference, dtype) or _ratio(value, reference, bound)
    return Agreement(False, bound, dtype, reason or _place(value, reference, close))


def _overflow(working: Working, reference: float | FloatArray, dtype: str) -> str:
    """Where the numbers exceed the largest one of the dtype, the first of them."""
    if np.all(np.isfinite(reference)):
        return ""
    sizes = np.abs(working.loss)
    over = np.flatnonzero(np.isfinite(sizes) & (sizes > LARGEST[dtype]))
    limit = f"the largest number of {dtype}, {number(LARGEST[dtype])}"
    if over.size:
        reached = number(float(sizes.flat[over[0]]))
        if sizes.ndim == 0:
            return f"the loss reaches {reached}, above {limit}"
        place = [int(i) for i in np.unravel_index(over[0], sizes.shape)]
        return f"element {place} reaches {reached}, above {limit}"
    total = float(np.sum(sizes))
    if total > LARGEST[dtype]:
        return f"the sum reaches {number(total)}, above {limit}"
    lost = np.isfinite(working.loss).all() and dtype == "float16"
    return f"a number on the way is above {limit}" if lost else ""


def _ratio(
    value: float | FloatArray, reference: float | FloatArray, bound: float | FloatArray
) -> str:
    """The one factor between the two, where it is a plain one: 2, 1/2, 0, -1, …."""
    first = np.ravel(np.divide(reference, value))[:1]
    if not np.all(np.isfinite(first)) or not first.size:
        return ""
    # So near to 1 a factor says nothing that the two numbers do not say.
    if abs(first[0] - 1) < 0.01:
        return ""
    for most in (1, 2, 3, 4, 5, 6, 8, 10, 100, 1000):
        factor = Fraction(float(first[0])).limit_denominator(most)
        far = np.abs(np.multiply(value, float(factor)) - reference) > np.multiply(bound, 2)
        if not np.any(far):
            return f"it is {factor} times the loss by hand"
    return ""


def _place(
    value: float | FloatArray, reference: float | FloatArray, close: npt.NDArray[np.bool_]
) -> str:
    """The first element that differs, with both numbers; empty where there is one number."""
    if close.ndim == 0:
        return ""
    first = np.unravel_index(int(np.flatnonzero(~close)[0]), close.shape)
    numbers = [number(float(np.asarray(x)[first])) for x in (reference, value)]
    return f"element {[int(i) for i in first]} is {numbers[0]}, by hand it is {numbers[1]}"
