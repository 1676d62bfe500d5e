"""Sentences that `explain` adds: what is easily overlooked in a call, with that call's numbers."""

import numpy as np

from helpers import checks
from helpers.text import number


def remarks_on(loss, terms, arguments, options):
    """Sentences on what is easily overlooked in a call."""
    arrays = {name: checks.real(name, value) for name, value in arguments.items()}
    yield from _divisor_remark(terms, options.get("reduction"))
    yield from _ignored_remark(terms, options)
    yield from _broadcast_remark(loss, arrays)
    yield from _REMARKS.get(loss.name, lambda *_: ())(arrays, terms, options)


def _divisor_remark(terms, reduction):
    """Say so where a mean does not divide by the number of losses."""
    if reduction not in terms.divisors:
        return
    divisor, count = terms.divisors[reduction].value, np.size(terms.loss)
    if divisor == 0 and count:
        yield "The mean divides by 0, as no weight is left that counts."
    elif divisor != count and count:
        plain = number(terms.reduce("sum") / count)
        name = "The mean" if reduction == "mean" else reduction
        yield (
            f"{name} divides by {number(divisor)}, not by the {count} losses; "
            f"that would give {plain}."
        )


def _ignored_remark(terms, options):
    """Count the targets that `ignore_index` takes out."""
    if "ignored" in terms.columns:
        ignored = terms.columns["ignored"]
        count = np.count_nonzero(ignored)
        index = options["ignore_index"]
        index = -100 if index is None else index
        yield f"{count} of {ignored.size} targets equal ignore_index = {index}."


def _broadcast_remark(loss, arrays):
    """Say so where a loss has stretched its inputs."""
    compared = _STRETCHED.get(loss.name, loss.inputs)
    if loss.topic == "multiclass" or len(compared) < 2:
        return
    if len({arrays[name].shape for name in compared}) > 1:
        shapes = " and ".join(f"{name} {arrays[name].shape}" for name in compared)
        shape = np.broadcast_shapes(*(arrays[name].shape for name in compared))
        yield f"{shapes} were broadcast to {shape}. Is that what you mean?"


# The inputs that should have one shape, where that is not all of them.
_STRETCHED = {
}


def _count(condition, what):
    """Of how many elements something holds, as 'n of N …'; nothing where it holds of none."""
    count = np.count_nonzero(condition)
    return [f"{count} of {np.size(condition)} {what}"] if count else []


def _row_sums(values):
    """The sums over the classes, axis 1 (axis 0 without a batch); a number is its own sum."""
    return np.sum(values, axis=min(values.ndim - 1, 1))


def _not_ones(sums):
    """A text with the range of sums that should be 1, or None where they are."""
    if sums.size == 0 or np.allclose(sums, 1, rtol=0, atol=1e-3):
        return None
    low, high = number(float(np.min(sums))), number(float(np.max(sums)))
    return low if low == high else f"between {low} and {high}"


_REMARKS = {
}
