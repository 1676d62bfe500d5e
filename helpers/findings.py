"""What is found in a loss call: a fault, its evidence, and the changes that would mend it.

A loss says in its *contract* what torch refuses, what torch must not be asked, and what the numbers
of a call give away. It asks the arguments through `Facts` and never reads torch's messages, whose
words change from release to release. `helpers.diagnosis.repairs` tries the changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Literal, Protocol

import numpy.typing as npt

Kind = Literal["refused", "mistake", "numerics", "note"]


class Stage(IntEnum):
    """The order in which faults are mended: a wrong shape makes the dtype look wrong too."""

    FORM = 0  # another order of the arguments, or another loss
    SHAPE = 1
    DTYPE = 2
    LABELS = 3
    SPACE = 4  # probabilities, logits or log-probabilities
    OPTIONS = 5


class Facts(Protocol):
    """What may be asked of an argument of a call. Each answer is worked out once."""

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of its axes."""
        ...

    @property
    def ndim(self) -> int:
        """The number of its axes."""
        ...

    @property
    def size(self) -> int:
        """The number of its elements."""
        ...

    @property
    def dtype(self) -> str:
        """Its dtype as a word, such as 'float32'."""
        ...

    @property
    def on_gpu(self) -> bool:
        """Whether it lies on a graphics card, where a wrong index ends the process."""
        ...

    @property
    def floating(self) -> bool:
        """Whether its dtype is a floating one."""
        ...

    @property
    def whole(self) -> bool:
        """Whether all of its elements are whole numbers; True for integers and for booleans."""
        ...

    @property
    def low(self) -> float:
        """Its smallest element that is a number; +inf where there is none."""
        ...

    @property
    def high(self) -> float:
        """Its largest element that is a number; -inf where there is none."""
        ...

    @property
    def nans(self) -> int:
        """How many of its elements are NaN."""
        ...

    @property
    def values(self) -> frozenset[float] | None:
        """Its distinct elements, or None where there are more than a few."""
        ...

    @property
    def varied(self) -> int:
        """How many distinct elements a part of it has."""
        ...

    @property
    def repeats(self) -> bool:
        """Whether its entries along axis 0 are all the same."""
        ...

    @property
    def step(self) -> float:
        """The coarsest usual step of which a part of it are multiples; 0 where there is none."""
        ...

    def count(self, low: float, high: float) -> int:
        """How many of its elements lie from `low` to `high`."""
        ...

    def first(self, count: int) -> Facts:
        """The facts of its first entries along axis 0."""
        ...

    def place(self, what: str) -> list[int]:
        """Where the first 'nan', 'inf' or '-inf' of it stands."""
        ...

    def numbers(self) -> npt.NDArray[Any]:
        """Its elements, of what is small beside the other arguments."""
        ...

    def one_hot(self, axis: int) -> bool:
        """Whether it holds a single 1 along an axis, and 0 elsewhere."""
        ...

    def sums(self, axis: int, exp: bool = False) -> tuple[float, float]:
        """The smallest and the largest sum along an axis, of its elements or their exponentials."""
        ...

    def mean_sum(self, axis: int, exp: bool = False) -> float:
        """The mean of such sums."""
        ...

    def tolerance(self, axis: int) -> float:
        """How far such a sum may lie off 1 for the rounding of its dtype alone."""
        ...

    def evidence(self, axis: int, exp: bool = False) -> float:
        """How many digits speak for its rows, along an axis, being distributions."""
        ...


@dataclass(frozen=True)
class Remedy:
    """A change of a call.

    Attributes:
        why: what the change does and why, a clause without a full stop.
        edits: for each changed argument its new code, with {} where the old one goes and the names
            of other arguments, unchanged, in braces.
        options: for each changed option its new value; None takes the option back to its default.
        loss: the name of the other function that the call should be of, or None.
        keeps: the options that the other function takes over.
        swap: two arguments that change places.
        cost: how far-fetched it is: about 0.2 for the usual, 1 for a guess.
        sure: whether it is certain, if nothing else mends the call too.
        meaning: what tells it from the other remedies: those of one meaning give one result.
    """

    why: str
    edits: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    loss: str | None = None
    keeps: tuple[str, ...] = ("reduction",)
    swap: tuple[str, str] | None = None
    cost: float = 0.2
    sure: bool = True
    meaning: str = ""


@dataclass(frozen=True)
class Finding:
    """A fault of a call, or what is worth knowing of it.

    `kind` is 'refused' (torch refuses it or must not be asked), 'mistake' (most likely not what is
    meant), 'numerics' (inf, NaN or lost digits) or 'note' (worth knowing; nothing is wrong).
    `unsafe` says that torch would read memory that is not the call's, or end the process.
    """

    kind: Kind
    stage: Stage
    text: str
    remedies: tuple[Remedy, ...] = ()
    unsafe: bool = False


class Asked(Protocol):
    """A call as a contract sees it."""

    @property
    def options(self) -> Mapping[str, Any]:
        """The options by the names of the function's arguments, defaults included."""
        ...

    def __getitem__(self, name: str) -> Facts:
        """The facts of an argument that is an array: an input, or an option."""
        ...

    def plain(self, name: str) -> Any:
        """An argument that is no array, as it was given."""
        ...

    def __contains__(self, name: str) -> bool:
        """Whether an argument is given, and an array."""
        ...


@dataclass(frozen=True)
class Fix:
    """A changed call that torch takes.

    Attributes:
        code: the call as one would type it; lines before the last one are to stand before the
            statement that has the call.
        value: what torch returns for it, a float or an array.
        why: a sentence on what is changed.
        sure: whether no other reading of the call is plausible.
    """

    code: str
    value: Any
    why: str
    sure: bool


def nothing_found(call: Asked) -> Iterable[Finding]:
    """The contract of a loss that asks for nothing of its own."""
    return ()
