"""What is asked of an argument of a loss call, once: its range, its sums, whether it is one-hot.

A tensor is read in pieces, so that no answer takes memory of the tensor's own size. What needs a
whole row of classes is asked of a part of a large tensor: some thousands of rows tell as much.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator
from typing import Any, TypeVar, cast

import numpy as np

from helpers.checks import EPSILON, FLOATING
from helpers.working import Array

PIECE = 1 << 20  # elements that are read at once
FEW = 8  # distinct values that are listed
Result = TypeVar("Result")

DIGITS = 6  # decimals at most for which numbers are held to be typed by hand


def _once(method: Callable[..., Result]) -> Callable[..., Result]:
    """A method whose answers are kept with the object that they are of, and no longer."""

    @functools.wraps(method)
    def answer(self: Any, *asked: Any) -> Result:
        answers: dict[Any, Any] = self.__dict__.setdefault("_answers", {})
        key = (method.__name__, *asked)
        if key not in answers:
            answers[key] = method(self, *asked)
        return cast(Result, answers[key])

    return answer


class TensorFacts:
    """The facts of a detached tensor. See `helpers.findings.Facts`."""

    def __init__(self, tensor: Any) -> None:
        self.tensor = tensor
        self.shape: tuple[int, ...] = tuple(tensor.shape)
        self.ndim: int = tensor.ndim
        self.size: int = tensor.numel()
        self.dtype: str = str(tensor.dtype).removeprefix("torch.")
        self.floating: bool = self.dtype in FLOATING
        self.on_gpu: bool = tensor.device.type == "cuda"

    def _pieces(self) -> Iterator[Any]:
        """The tensor in pieces, as floating numbers, in no order that matters."""
        pieces = (self.tensor,)
        if self.size > PIECE:
            axis = max(range(self.ndim), key=lambda i: self.shape[i])
            pieces = self.tensor.split(max(1, PIECE * self.shape[axis] // self.size), axis)
        for piece in pieces:
            yield _real(piece)

    @property
    def real(self) -> bool:
        """Whether its elements are real numbers."""
        return not self.dtype.startswith("complex")

    @functools.cached_property
    def _range(self) -> tuple[float, float, int, bool]:
        """Smallest and largest number, how many NaN, and whether all are whole."""
        low, high, nans, whole = math.inf, -math.inf, 0, self.real
        for piece in self._pieces() if self.size else ():
            least, most = (float(bound) for bound in piece.aminmax())
            if math.isnan(least):
                missing = piece.isnan()
                nans += int(missing.sum())
                least = float(piece.masked_fill(missing, math.inf).amin())
                most = float(piece.masked_fill(missing, -math.inf).amax())
            low, high = min(low, least), max(high, most)
            whole = whole and (not self.floating or bool((piece == piece.round()).all()))
        return low, high, nans, whole and not (self.floating and math.isinf(max(-low, high)))

    @property
    def low(self) -> float:
        """Its smallest element that is a number; +inf where there is none."""
        return self._range[0]

    @property
    def high(self) -> float:
        """Its largest element that is a number; -inf where there is none."""
        return self._range[1]

    @property
    def nans(self) -> int:
        """How many of its elements are NaN."""
        return self._range[2]

    @property
    def whole(self) -> bool:
        """Whether all of its elements are whole numbers."""
        return self._range[3]

    @property
    @_once
    def values(self) -> frozenset[float] | None:
        """Its distinct elements, or None where there are more than a few."""
        found: set[float] = set()
        for piece in self._pieces():
            if piece.numel() > 4096:
                # A few elements nearly always tell that there are many values.
                found |= set(piece.reshape(-1)[:64].tolist())
            if len(found) <= FEW:
                found |= set(piece.unique().tolist()[: FEW + 1])
            if len(found) > FEW:
                return None
        return frozenset(found)

    @property
    @_once
    def varied(self) -> int:
        """How many distinct elements a part of it has."""
        return int(self._part(0).reshape(-1)[:4096].unique().numel()) if self.size else 0

    @property
    @_once
    def repeats(self) -> bool:
        """Whether its entries along axis 0 are all the same."""
        first = self.tensor[0]
        return bool((self.tensor[-1] == first).all() and (self.tensor == first).all())

    @property
    @_once
    def step(self) -> float:
        """The coarsest usual step of which a part of it are multiples; 0 where there is none."""
        return _step(self._part(0).reshape(-1)[:4096], EPSILON.get(self.dtype, 0.0))

    def count(self, low: float, high: float) -> int:
        """How many of its elements lie from `low` to `high`."""
        if high < self.low or low > self.high:
            return 0
        if low <= self.low and self.high <= high:
            return self.size - self.nans
        return sum(int(((p >= low) & (p <= high)).sum()) for p in self._pieces())

    def first(self, count: int) -> TensorFacts:
        """The facts of its first entries along axis 0."""
        return self if count >= self.shape[0] else TensorFacts(self.tensor[:count])

    def place(self, what: str) -> list[int]:
        """Where the first 'nan', 'inf' or '-inf' of it stands."""
        there = self.tensor.isnan() if what == "nan" else self.tensor == float(what)
        flat = int(there.reshape(-1).byte().argmax())
        return [int(i) for i in np.unravel_index(flat, self.shape)]

    def numbers(self) -> Array:
        """Its elements."""
        # NumPy has no bfloat16.
        tensor = self.tensor.float() if self.dtype == "bfloat16" else self.tensor
        array: Array = tensor.cpu().numpy()
        return array

    def _part(self, axis: int) -> Any:
        """As much of the tensor as is read at once, the axis kept whole, as float64."""
        part = self.tensor
        for i in range(part.ndim):
            if part.numel() > PIECE and i != axis % max(1, part.ndim):
                part = part.narrow(i, 0, max(1, PIECE * part.shape[i] // part.numel()))
        return _real(part).double()

    @_once
    def one_hot(self, axis: int) -> bool:
        """Whether it holds a single 1 along an axis, and 0 elsewhere."""
        if not self.size or not self.ndim or not (self.low == 0 and self.high == 1):
            return False
        part = self._part(axis)
        return bool(((part == 0) | (part == 1)).all() and (part.sum(axis) == 1).all())

    @_once
    def _row_sums(self, axis: int, exp: bool) -> Any:
        part = self._part(axis)
        part = part.exp() if exp else part
        return part.sum(axis) if part.ndim else part

    def sums(self, axis: int, exp: bool = False) -> tuple[float, float]:
        """The smallest and the largest sum along an axis, of its elements or their exponentials."""
        sums = self._row_sums(axis, exp)
        if not sums.numel():
            return 1.0, 1.0
        low, high = float(sums.amin()), float(sums.amax())
        return (math.nan, math.nan) if math.isnan(low) or math.isnan(high) else (low, high)

    def mean_sum(self, axis: int, exp: bool = False) -> float:
        """The mean of such sums."""
        return float(self._row_sums(axis, exp).mean())

    def tolerance(self, axis: int) -> float:
        """How far such a sum may lie off 1 for the rounding of its dtype alone."""
        classes = self.shape[axis] if self.ndim else 1
        return max(1e-3, 2 * EPSILON.get(self.dtype, 0.0) * (1 + math.log(max(classes, 1))))

    @_once
    def evidence(self, axis: int, exp: bool = False) -> float:
        """How many digits speak for its rows, along an axis, being distributions; 0: none do.

        A row of numbers with many digits that adds up to 1 does so on purpose; rows of 0.5 or 1
        often do by chance. Rows of one number only, such as 1/C, and rows that repeat tell nothing.
        """
        low, high = self.sums(axis, exp) if self.size else (0.0, 0.0)
        slack = max(4 * EPSILON.get(self.dtype, 0.0), 1e-6)
        within = self.high <= slack if exp else 0 <= self.low <= self.high <= 1 + slack
        if not within or not self.ndim or self.shape[axis] < 2 or self.nans:
            return 0.0
        off = max(abs(low - 1), abs(high - 1))
        if not off <= self.tolerance(axis):
            return 0.0
        rows = self._part(axis).movedim(axis, -1).reshape(-1, self.shape[axis])[:4096]
        rows = rows[rows.amin(1) < rows.amax(1)].unique(dim=0)
        epsilon = EPSILON.get(self.dtype, 1.0)
        step = max(10.0**-DIGITS, off, epsilon, _step(rows, epsilon))
        return float(len(rows)) * -math.log10(step)


def _real(tensor: Any) -> Any:
    """A tensor of a floating dtype: whole numbers as float64, the size of complex ones.

    float16 becomes float32: torch 2.0 looks for no smallest element in it.
    """
    if tensor.is_complex():
        return tensor.abs()
    if str(tensor.dtype) == "torch.float16":
        return tensor.float()
    return tensor if tensor.is_floating_point() else tensor.double()


def _step(rows: Any, epsilon: float) -> float:
    """The coarsest step, among the usual ones, of which all numbers are multiples; else 0."""
    for step in (1.0, 0.5, 0.25, 0.2, 0.125, 0.1, 0.0625, 0.05, 0.01, 0.001):
        multiples = rows / step
        off = (multiples - multiples.round()).abs() * step
        if bool((off <= epsilon * rows.abs()).all()):
            return step
    return 0.0
