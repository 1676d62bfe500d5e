"""What the remarks of several losses look for in the numbers of a call."""

from collections.abc import Iterator
from typing import Literal

import numpy as np
import numpy.typing as npt

from helpers.text import number
from helpers.working import FloatArray, Remark


def counted(
    kind: Literal["mistake", "numerics", "note"],
    condition: npt.NDArray[np.bool_] | np.bool_,
    what: str,
) -> Iterator[Remark]:
    """Of how many elements something holds, as 'n of N …'; nothing where it holds of none."""
    count = np.count_nonzero(condition)
    if count:
        yield Remark(kind, f"{count} of {np.size(condition)} {what}")


def row_sums(values: FloatArray) -> FloatArray:
    """The sums over the classes, axis 1 (axis 0 without a batch); a number is its own sum."""
    return np.asarray(np.sum(values, axis=min(values.ndim - 1, 1) if values.ndim else None))


def not_ones(sums: FloatArray) -> str | None:
    """A text with the range of sums that should be 1, or None where they are."""
    if sums.size == 0 or np.allclose(sums, 1, rtol=0, atol=1e-3):
        return None
    low, high = number(float(np.min(sums))), number(float(np.max(sums)))
    return low if low == high else f"between {low} and {high}"


def like_probabilities(values: FloatArray) -> bool:
    """Whether there are numbers, all between 0 and 1, that add up to 1 over the classes."""
    within = values.size > 0 and bool(np.all((values >= 0) & (values <= 1)))
    return within and not_ones(row_sums(values)) is None
