"""From one number per element to one number: `reduction`, in one place for every loss.

A loss is worked out in two steps. Its *terms* are the unreduced loss with the columns of numbers
that lead to it; its *reduction* adds them up and divides. `Terms` holds the first and does the
second, so that a loss, its gradient and its explanation share both.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from helpers import checks

# torch follows IEEE 754 without a word: log(0) is -inf, 0/0 is NaN. So do the functions here.
ieee = np.errstate(divide="ignore", invalid="ignore", over="ignore", under="ignore")


@dataclass(frozen=True)
class Divisor:
    """What a sum is divided by, and what that number is, in words.

    Where `each` is given, every term is divided by its own number before they are added up;
    `each_meaning` says what that is.
    """

    value: float
    meaning: str
    each: np.ndarray | None = None
    each_meaning: str = ""


@dataclass(frozen=True)
class Terms:
    """The working of a loss before its reduction.

    `loss` is what `reduction='none'` returns. `columns` are the numbers that lead to it, in the
    order of the calculation; a column that only an explanation shows is a function, called when it
    is asked for. `divisors` says what each dividing reduction divides by. `parts` stands in for
    `loss` where several numbers add up to one loss: a row per part is explained. `operands` are
    numbers of other shapes that only the gradient needs.
    """

    columns: Mapping[str, np.ndarray | Callable[[], np.ndarray]]
    loss: np.ndarray
    divisors: Mapping[str, Divisor] = field(default_factory=dict)
    parts: np.ndarray | None = None
    operands: Mapping[str, np.ndarray] = field(default_factory=dict)

    def __post_init__(self):
        if not self.divisors:
            mean = Divisor(float(np.size(self.loss)), "number of elements")
            object.__setattr__(self, "divisors", {"mean": mean})

    def _check(self, reduction):
        allowed = ("none", "sum", *self.divisors)
        if reduction not in allowed:
            checks.refuse("reduction", f"one of {', '.join(map(repr, allowed))}", repr(reduction))

    @ieee
    def reduce(self, reduction):
        """The loss: an array for 'none', else the sum, divided where the reduction divides."""
        self._check(reduction)
        if reduction == "none":
            return np.asarray(self.loss)
        if reduction == "sum":
            return float(np.sum(self.loss))
        divisor = self.divisors[reduction]
        loss = self.loss if divisor.each is None else self.loss / divisor.each
        return float(np.sum(loss) / divisor.value)

    @ieee
    def scale(self, reduction):
        """The derivative of the reduced loss by each term: 1, or 1 / divisor.

        A float, or an array of the shape of the loss where terms have divisors of their own.
        """
        self._check(reduction)
        if reduction not in self.divisors:
            return 1.0
        divisor = self.divisors[reduction]
        scale = float(np.float64(1.0) / divisor.value)
        return scale if divisor.each is None else scale / divisor.each

    def weighted(self, weight, mean_divides_by_weights=False):
        """These terms times a weight that broadcasts to them; None leaves them as they are."""
        if weight is None:
            return self
        divisors = self.divisors
        if mean_divides_by_weights:
            divisors = {"mean": Divisor(float(np.sum(weight)), "sum of the weights")}
        columns = {**self.columns, "unweighted loss": self.loss, "weight": weight}
        return replace(self, columns=columns, loss=self.loss * weight, divisors=divisors)


def sign_of(array):
    """-1, 0 or 1: the slope of |x|. It is 0 for NaN too, as in torch."""
    return np.subtract(array > 0, array < 0, dtype=np.float64)


def sum_to_shape(gradient, shape):
    """Add a gradient up over the axes along which an input of `shape` was broadcast."""
    gradient = np.sum(gradient, axis=tuple(range(np.ndim(gradient) - len(shape))))
    stretched = tuple(i for i, size in enumerate(shape) if size == 1 != gradient.shape[i])
    return np.sum(gradient, axis=stretched, keepdims=True) if stretched else np.asarray(gradient)


def legacy_reduction(size_average=None, reduce=None):
    r"""The `reduction` that the deprecated pair `size_average` and `reduce` stands for.

    ============== ============= =========
    `size_average` `reduce`      reduction
    ============== ============= =========
    True or None   True or None  'mean'
    False          True or None  'sum'
    any            False         'none'
    ============== ============= =========

    Args:
        size_average: bool or None; None means True.
        reduce: bool or None; None means True.

    Returns:
        'mean', 'sum' or 'none'.

    Raises:
        TypeError: for anything but True, False and None.

    Reference:
        The deprecation notes of https://docs.pytorch.org/docs/2.13/generated/torch.nn.L1Loss.html

    >>> legacy_reduction(size_average=False)
    'sum'
    >>> legacy_reduction(size_average=True, reduce=False)
    'none'
    """
    for name, value in (("size_average", size_average), ("reduce", reduce)):
        if value is not None and not isinstance(value, bool):
            checks.refuse(name, "True, False or None", checks.describe(value), TypeError)
    if reduce is False:
        return "none"
    return "sum" if size_average is False else "mean"
