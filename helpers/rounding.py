"""Printed numbers: what a result could have been if the inputs are known to a few digits only.

A tensor shows four digits after the point. Whoever takes such digits as inputs and computes a loss
again need not get the digits that were printed for it. `rounding_interval` says which results can
be reached; `Printed` reads numbers with the number of digits that they were printed with.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from helpers import checks
from helpers.text import number
from helpers.working import Array, ArrayLike, FloatArray

NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?|[-+]?(?:inf|nan)", re.IGNORECASE)
# The search for an extremum along one input: how near to an end it looks, as a share of the way
# between the ends, and to which share of it it goes on halving.
_NEAR, _FINE, _GOLDEN = 1e-3, 1e-7, (5**0.5 - 1) / 2
_PASSES = 20  # over all inputs; a search that still gains after so many ends


@dataclass(frozen=True, repr=False)
class Interval:
    """The results that can be reached: two numbers, or two arrays of the result's shape.

    Attributes:
        low: the smallest result.
        high: the largest one.
    """

    low: float | FloatArray
    high: float | FloatArray

    def __repr__(self) -> str:
        return f"Interval(low={_shown(self.low)}, high={_shown(self.high)})"

    def allows(self, printed: float | FloatArray, decimals: int = 4) -> bool:
        """Whether a result in the interval shows as `printed`, rounded to so many digits.

        Each element is looked at by itself.

        >>> Interval(0.09540, 0.09547).allows(0.0955)
        True
        """
        half = 0.5 * 10.0**-decimals
        # Digits are decimal and arithmetic is binary: 0.09545 may come out just below itself.
        slack = 1e-9 * (half + np.abs(printed))
        return bool(
            np.all((self.low <= printed + half + slack) & (self.high >= printed - half - slack))
        )


def _shown(value: Any) -> str:
    """A number, or nested lists of numbers, with seven digits."""
    if np.ndim(value):
        return f"[{', '.join(map(_shown, value))}]"
    return number(float(value))


def rounding_interval(
    function: Callable[..., Any],
    inputs: Sequence[ArrayLike],
    decimals: int | Sequence[int | None] | None = 4,
) -> Interval:
    """The results that a function can have where its inputs are rounded.

    With `h = 0.5·10^-decimals`, an input printed as `v` was any number in `[v - h, v + h]`. Over
    all such inputs, the result lies between

        low = min function(inputs),   high = max function(inputs)

    Use it to find out whether a printed result and the printed inputs belong together. If the
    interval holds the printed result, the inputs' lost digits explain a difference. If it does not,
    something else was computed.

    Both ends are results of inputs inside the boxes, so what lies between them can be reached. They
    are found by a search, one input at a time, from the best corner. It is made for functions that
    along each single input have at most one hill or valley, as losses have. For others the true
    interval may be wider.

    Args:
        function: takes the inputs as float64 arrays, returns a number or an array.
        inputs: the inputs as printed: a list or tuple of numbers or arrays.
        decimals: how many digits after the point they were printed with: an integer, or one for
            each input. None is an input that is exact, such as class numbers, and is passed on.

    Returns:
        An `Interval` with `low` and `high`: floats, or arrays of the result's shape, where each
        element has its own ends.

    Raises:
        TypeError: `function` cannot be called, or an input is no array of real numbers.
        ValueError: there are not as many `decimals` as inputs.

    Reference:
        R. E. Moore, R. B. Kearfott, M. J. Cloud: Introduction to Interval Analysis, SIAM 2009,
        which bounds the range of a function over a box from outside. Here it is searched inside.

    >>> rounding_interval(lambda x: x**2, [0.5], decimals=1)
    Interval(low=0.2025, high=0.3025)
    """
    if not callable(function):
        checks.refuse("function", "a function", type(function).__name__, TypeError)
    box = _Box(inputs, decimals)
    middle = np.asarray(function(*box.inputs_at(box.middle)), dtype=np.float64)

    def end(index: int, sign: int) -> float:
        return sign * _maximum(
            lambda point: sign * float(np.asarray(function(*box.inputs_at(point))).flat[index]),
            box,
        )

    low, high = (
        np.array([end(index, sign) for index in range(middle.size)]).reshape(middle.shape)
        for sign in (-1, 1)
    )
    return Interval(float(low), float(high)) if middle.ndim == 0 else Interval(low, high)


class _Box:
    """The inputs that round to the printed ones: all rounded numbers in a row, with their ends."""

    def __init__(
        self, inputs: Sequence[ArrayLike], decimals: int | Sequence[int | None] | None
    ) -> None:
        if not isinstance(inputs, list | tuple):
            checks.refuse("inputs", "a list or tuple of inputs", type(inputs).__name__, TypeError)
        each: Sequence[Any] = (
            decimals if isinstance(decimals, list | tuple) else [decimals] * len(inputs)
        )
        if len(each) != len(inputs):
            checks.refuse("decimals", f"one for each of the {len(inputs)} inputs", f"{len(each)}")
        self._inputs: list[Any] = [
            value if digits is None else checks.real(f"inputs[{i}]", value)
            for i, (value, digits) in enumerate(zip(inputs, each, strict=True))
        ]
        self._rounded = [digits is not None for digits in each]
        arrays = [x for x, rounded in zip(self._inputs, self._rounded, strict=True) if rounded]
        halves = [
            np.full(x.size, 0.5 * 10.0 ** -checks.integer("decimals", digits))
            for x, digits in zip(arrays, [d for d in each if d is not None], strict=True)
        ]
        self.middle = np.concatenate([x.ravel() for x in arrays]) if arrays else np.empty(0)
        half = np.concatenate(halves) if halves else np.empty(0)
        self.low, self.high = self.middle - half, self.middle + half

    def inputs_at(self, point: FloatArray) -> list[Any]:
        """The inputs for one choice of all rounded numbers."""
        inputs, start = [], 0
        for value, rounded in zip(self._inputs, self._rounded, strict=True):
            if rounded:
                inputs.append(point[start : start + value.size].reshape(value.shape))
                start += value.size
            else:
                inputs.append(value)
        return inputs


def _maximum(function: Callable[[FloatArray], float], box: _Box) -> float:
    """The largest value of `function` in the box that the search of `rounding_interval` finds."""
    point = np.array([_best_end(function, box, i) for i in range(box.middle.size)])
    best = max(function(point), function(box.middle))
    for _ in range(_PASSES):
        before = best
        for i in range(point.size):
            point[i], best = _best_along(function, box, point, i)
        if best <= before:
            break
    return best


def _moved(point: FloatArray, i: int, value: float) -> FloatArray:
    """The point with its number `i` replaced."""
    point = point.copy()
    point[i] = value
    return point


def _best_end(function: Callable[[FloatArray], float], box: _Box, i: int) -> float:
    """The better end of number `i`, the others in the middle."""
    ends: list[float] = [box.low[i], box.high[i]]
    return max(ends, key=lambda end: function(_moved(box.middle, i, end)))


def _best_along(
    function: Callable[[FloatArray], float], box: _Box, point: FloatArray, i: int
) -> tuple[float, float]:
    """The best place for number `i`, the others where they are, and the function's value there.

    Where a step inwards from both ends loses, a function with one hill or valley has its maximum at
    an end. Otherwise golden-section search finds the hill.
    """

    def along(share: float) -> float:
        return function(_moved(point, i, box.low[i] + share * (box.high[i] - box.low[i])))

    values = {share: along(share) for share in (0.0, _NEAR, 1 - _NEAR, 1.0)}
    if values[_NEAR] > values[0.0] and values[1 - _NEAR] > values[1.0]:
        low, high = 0.0, 1.0
        while high - low > _FINE:
            left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
            if along(left) < along(right):
                low = left
            else:
                high = right
        values[(low + high) / 2] = along((low + high) / 2)
    values[(point[i] - box.low[i]) / (box.high[i] - box.low[i])] = function(point)
    share = max(values, key=values.__getitem__)
    return box.low[i] + share * (box.high[i] - box.low[i]), values[share]


class Printed:
    """Numbers as somebody printed them, alone or in brackets, with commas or without.

    Attributes:
        tokens: the numbers as text, an array of the shape that the brackets give.
        values: the same as float64.
        whole: whether all are whole numbers without a point, as class numbers are.

    >>> Printed("[0.70, 7.5e-01]").like(0.74996)
    array(['0.75', '7.5e-01'], dtype=object)
    """

    def __init__(self, text: str) -> None:
        nested = _nested(text)
        self.tokens: Array = np.array(nested, dtype=object)
        flat = [str(token) for token in self.tokens.ravel()]
        if not flat or any(not NUMBER.fullmatch(token) for token in flat):
            checks.refuse("text", "numbers, in brackets of equal lengths", repr(text))
        self.values = np.array([float(token) for token in flat]).reshape(self.tokens.shape)
        self.whole = all(re.fullmatch(r"[-+]?\d+", token) for token in flat)

    def like(self, values: ArrayLike) -> Array:
        """`values` as text, each with the digits of the number printed in its place."""
        values = np.broadcast_to(np.asarray(values, dtype=np.float64), self.values.shape)
        return np.array(
            [_like(float(v), t) for v, t in zip(values.flat, self.tokens.flat, strict=True)],
            dtype=object,
        ).reshape(self.values.shape)

    def shown_by(self, values: ArrayLike, slack: float = 0.0) -> bool:
        """Whether `values`, printed so, give these numbers, up to a relative error `slack`."""
        values = np.asarray(values, dtype=np.float64)
        if values.shape != self.values.shape:
            return False
        spread = slack * np.abs(np.nan_to_num(values))
        lower, upper = self.like(values - spread), self.like(values + spread)
        ends = zip(lower.flat, self.tokens.flat, upper.flat, strict=True)
        return all(_in_order(*texts) for texts in ends)

    @property
    def half_units(self) -> FloatArray:
        """Half a unit of each number's last digit; 0 for one without digits after a point."""
        return np.array([_half_unit(token) for token in self.tokens.flat]).reshape(
            self.values.shape
        )


def _nested(text: str) -> Any:
    """The tokens of a text as nested lists of strings, or one string."""
    stack: list[list[Any]] = [[]]
    for token in re.findall(rf"[\[\]]|{NUMBER.pattern}", text, re.IGNORECASE):
        if token == "[":
            stack.append([])
        elif token == "]" and len(stack) > 1:
            done = stack.pop()
            stack[-1].append(done)
        else:
            stack[-1].append(token)
    if len(stack) != 1 or len(stack[0]) != 1:
        checks.refuse("text", "one number, or numbers in matching brackets", repr(text))
    return stack[0][0]


def _in_order(low: str, token: str, high: str) -> bool:
    """Whether a text is a number from `low` to `high`.

    Compared as decimals: two long prints that differ in their last digit may be one float64.
    """
    if "nan" in (low, token, high):
        return low == token == high
    return Decimal(low) <= Decimal(token) <= Decimal(high)


def _digits(token: str) -> tuple[int, bool]:
    """How many digits a printed number has after its point, and whether it has an exponent."""
    mantissa, _, exponent = token.lower().partition("e")
    return len(mantissa.partition(".")[2]), bool(exponent)


def _like(value: float, token: str) -> str:
    """One number with the digits of a printed one. Whole numbers must be whole to look so."""
    digits, scientific = _digits(token)
    if not np.isfinite(value):
        return f"{value:.0f}"
    if scientific:
        return f"{value:.{digits}e}"
    if digits == 0 and value != round(value):
        return f"{value:.7g}"
    return f"{value + 0.0:.{digits}f}"


def _half_unit(token: str) -> float:
    """Half a unit of a printed number's last digit; 0 without digits after the point."""
    digits, scientific = _digits(token)
    if digits == 0:
        return 0.0
    exponent = int(token.lower().partition("e")[2]) if scientific else 0
    return 0.5 * 10.0 ** (exponent - digits)
