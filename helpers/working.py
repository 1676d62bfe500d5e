"""The working of a loss: its elements, what a mean divides by, and its slope, in one value.

A loss is worked out in two steps. First comes the unreduced loss, an array; then its *reduction*,
which adds it up and divides. `Working` holds the first and does the second, so that the value of a
loss, its gradient and its explanation share one computation. `Loss` is an entry in the list of the
losses, and `Remark` a sentence on what is easily overlooked in a call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from helpers import checks
from helpers.findings import Asked, Finding, Fix, Kind, nothing_found

FloatArray = npt.NDArray[np.float64]
Array = npt.NDArray[Any]
# Anything that NumPy makes an array of, a tensor of torch too.
ArrayLike = npt.ArrayLike
Columns = Mapping[str, Array]


def ieee() -> np.errstate:
    """A context in which arithmetic follows IEEE 754 without a word, as torch's does.

    log(0) is -inf and 0/0 is NaN. Each call makes a context of its own: NumPy 1 keeps the state to
    return to in the object itself, so that one that is entered twice never returns to the first.
    """
    return np.errstate(divide="ignore", invalid="ignore", over="ignore", under="ignore")


@dataclass(frozen=True)
class Divisor:
    """What a sum is divided by, and what that number is, in words.

    Where `each` is given, every element is divided by its own number before they are added up;
    `each_meaning` says what that is.
    """

    value: float
    meaning: str
    each: FloatArray | None = None
    each_meaning: str = ""


@dataclass(frozen=True)
class Working:
    """The working of a loss before its reduction.

    Attributes:
        loss: what `reduction='none'` returns.
        columns: makes the numbers that lead to the loss, for people, in the order of the
            calculation; only an explanation calls it. Each broadcasts to `parts`.
        pullback: takes what each element of the loss is multiplied by in the result, a number or an
            array, and returns the gradient for the input, or a tuple of gradients.
        divisors: what each dividing reduction divides by; the number of elements for 'mean' where
            nothing else is said.
        parts: stands in for `loss` where several numbers add up to one loss: an explanation has a
            row for each.
        ignored: which targets `ignore_index` takes out, where it takes out any.
        magnitude: makes the sum of the absolute values of what is added up in each element of the
            loss, of which rounding leaves a share; |loss| where nothing cancels.
    """

    loss: FloatArray
    columns: Callable[[], Columns]
    pullback: Callable[[Any], Any]
    divisors: Mapping[str, Divisor] = field(default_factory=dict)
    parts: FloatArray | None = None
    ignored: npt.NDArray[np.bool_] | None = None
    magnitude: Callable[[], FloatArray] | None = None

    def __post_init__(self) -> None:
        if not self.divisors:
            mean = Divisor(float(np.size(self.loss)), "number of elements")
            object.__setattr__(self, "divisors", {"mean": mean})

    def _check(self, reduction: str) -> None:
        allowed = ("none", "sum", *self.divisors)
        if reduction not in allowed:
            checks.refuse("reduction", f"one of {', '.join(map(repr, allowed))}", repr(reduction))

    def reduce(self, reduction: str) -> float | FloatArray:
        """The loss: an array for 'none', else the sum, divided where the reduction divides."""
        self._check(reduction)
        if reduction == "none":
            return np.asarray(self.loss)
        if reduction == "sum":
            return float(np.sum(self.loss))
        divisor = self.divisors[reduction]
        loss = self.loss if divisor.each is None else self.loss / divisor.each
        return float(np.sum(loss) / divisor.value)

    def scale(self, reduction: str) -> float | FloatArray:
        """The derivative of the reduced loss by each element: 1, or 1 / divisor.

        A float, or an array of the shape of the loss where elements have divisors of their own.
        """
        self._check(reduction)
        if reduction not in self.divisors:
            return 1.0
        divisor = self.divisors[reduction]
        scale = float(np.float64(1.0) / divisor.value)
        return scale if divisor.each is None else scale / divisor.each

    def gradient(self, reduction: str) -> Any:
        """The gradient of the reduced loss; for 'none' that of the sum of its elements."""
        return self.pullback(self.scale(reduction))

    def magnitudes(self) -> FloatArray:
        """How large the numbers are that each element of the loss adds up."""
        return np.abs(self.loss) if self.magnitude is None else self.magnitude()

    def weighted(self, weight: FloatArray | None, mean_divides_by_weights: bool = False) -> Working:
        """This working times a weight that broadcasts to it; None leaves it as it is."""
        if weight is None:
            return self
        divisors = self.divisors
        if mean_divides_by_weights:
            divisors = {"mean": Divisor(float(np.sum(weight)), "sum of the weights")}
        return replace(
            self,
            loss=self.loss * weight,
            columns=lambda: {**self.columns(), "unweighted loss": self.loss, "weight": weight},
            pullback=lambda scale: self.pullback(scale * weight),
            magnitude=lambda: self.magnitudes() * np.abs(weight),
            divisors=divisors,
        )


def value(
    working: Callable[..., Working], reduction: str, *arguments: Any, **options: Any
) -> float | FloatArray:
    """The reduced loss of the working that a function makes of its arguments."""
    with ieee():
        return working(*arguments, **options).reduce(reduction)


def gradient(working: Callable[..., Working], reduction: str, *arguments: Any) -> FloatArray:
    """The gradient of the reduced loss of the working that a function makes of its arguments."""
    with ieee():
        result: FloatArray = working(*arguments).gradient(reduction)
        return result


def gradients(
    working: Callable[..., Working], reduction: str, *arguments: Any, **options: Any
) -> tuple[FloatArray, ...]:
    """As `gradient`, of a loss that has gradients for several inputs, in their order."""
    with ieee():
        return tuple(working(*arguments, **options).gradient(reduction))


@dataclass(frozen=True)
class Remark:
    """A sentence on a call, with the call's own numbers.

    `kind` is 'mistake' (this is most likely not what you mean), 'numerics' (inf, NaN or lost
    digits) or 'note' (worth knowing; nothing is wrong). `fix` is a changed call, tried, where one
    would mend it.
    """

    kind: Kind
    text: str
    fix: Fix | None = None

    def __str__(self) -> str:
        return self.text


def counted(
    kind: Kind,
    condition: npt.NDArray[np.bool_] | np.bool_,
    what: str,
) -> Iterator[Remark]:
    """Of how many elements something holds, as 'n of N …'; nothing where it holds of none."""
    count = np.count_nonzero(condition)
    if count:
        yield Remark(kind, f"{count} of {np.size(condition)} {what}")


@dataclass(frozen=True)
class Call:
    """A loss call as its remarks see it: the inputs as arrays, the options, and the working."""

    inputs: Mapping[str, FloatArray]
    options: Mapping[str, Any]
    working: Working


def no_remarks(call: Call) -> Iterable[Remark]:
    """What a loss has to say of which nothing is easily overlooked."""
    return ()


def _itself(result: Any) -> Any:
    """What a module returns where it returns the loss alone."""
    return result


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What a table of losses says of one, in words and signs for readers.

    Attributes:
        tex: the unreduced and unweighted loss in TeX.
        takes: what goes in, and after a semicolon what the target is.
        mean: what 'mean' divides by.
        use: when to use it.
        axis: what its curve runs along.
        span: from where to where.
        curves: take places along the axis, and return the loss there.
        names: what tells the curves apart, where there are two.
    """

    tex: str
    takes: str
    mean: str
    use: str
    axis: str
    span: tuple[float, float]
    curves: tuple[Callable[[FloatArray], Any], ...]
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Loss:
    """One `torch.nn` module, and all that stands for it here.

    Attributes:
        torch_class: the name of the class in `torch.nn`.
        value: the function that computes the loss; it has the name of torch's function.
        gradient: the function that computes the gradient.
        working: makes the `Working` of the arguments but the reduction.
        chapter: the chapter of the book, by its path without the ending.
        formula: the unreduced and unweighted loss in plain text.
        inputs: the arguments of the module's `forward`.
        options: the module's attributes that the function takes, `reduction` among them where the
            module has one.
        attributes: the module's own name of an option where it is another one, or a function that
            gets it from the module: its weights.
        remarks: what is easily overlooked in a call.
        contract: what torch refuses or must not be asked, and what the arguments give away.
        alike: the inputs that should have one shape: where they do not, they are broadcast.
        numbers_allowed: the inputs that torch takes as bare numbers too.
        functions_of: the inputs that torch takes logarithms, exponentials or quotients of: whole
            numbers are turned into its default dtype there.
        foreign_memory: whether torch, on a CPU too, reads memory that is not the call's where a
            class number is out of range.
        more_reductions: those that it has besides 'none', 'mean' and 'sum'.
        result: gets the loss out of what the module returns.
        sheet: what the table of all losses says of it.
    """

    torch_class: str
    value: Callable[..., Any]
    gradient: Callable[..., Any]
    working: Callable[..., Working]
    chapter: str
    formula: str
    inputs: tuple[str, ...] = ("input", "target")
    options: tuple[str, ...] = ("reduction",)
    attributes: Mapping[str, str | Callable[[Any], Any]] = field(default_factory=dict)
    remarks: Callable[[Call], Iterable[Remark]] = no_remarks
    contract: Callable[[Asked], Iterable[Finding]] = nothing_found
    alike: tuple[str, ...] = ()
    numbers_allowed: tuple[str, ...] = ()
    functions_of: tuple[str, ...] = ()
    foreign_memory: bool = False
    more_reductions: tuple[str, ...] = ()
    result: Callable[[Any], Any] = _itself
    sheet: Sheet | None = None

    @property
    def name(self) -> str:
        """The name of the function, in `torch.nn.functional` and here."""
        return self.value.__name__

    def options_of(self, module: Any) -> dict[str, Any]:
        """The options that a module carries, by the names of the function's arguments."""

        def option(name: str) -> Any:
            attribute = self.attributes.get(name, name)
            return getattr(module, attribute) if isinstance(attribute, str) else attribute(module)

        return {name: option(name) for name in self.options}


def sign_of(array: FloatArray) -> FloatArray:
    """-1, 0 or 1: the slope of |x|. It is 0 for NaN too, as in torch."""
    return np.subtract(array > 0, array < 0, dtype=np.float64)


def sum_to_shape(gradient: FloatArray, shape: tuple[int, ...]) -> FloatArray:
    """Add a gradient up over the axes along which an input of `shape` was broadcast."""
    gradient = np.sum(gradient, axis=tuple(range(np.ndim(gradient) - len(shape))))
    stretched = tuple(i for i, size in enumerate(shape) if size == 1 != gradient.shape[i])
    return np.sum(gradient, axis=stretched, keepdims=True) if stretched else np.asarray(gradient)
