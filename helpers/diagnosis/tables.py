"""What a working shows: a table of the elements that contribute, a summary, and the reduction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from helpers import checks
from helpers.text import number
from helpers.working import Array, Columns, FloatArray, Remark, Working

# A table has all rows up to this many; of more, those that contribute most.
ROWS = 10_000
# So many calls of one line may be one pass over the data, or one step.
FEW = 16
# A summary groups at least so many rows into at most so many groups.
SUMMED_ROWS, GROUPS = 17, 100_000


@dataclass(frozen=True)
class Step:
    """One line of the reduction: a number, and what it is."""

    name: str
    value: float


def steps(working: Working, reduction: str) -> tuple[Step, ...]:
    """The reduction written out with its numbers."""
    if reduction == "none":
        return ()
    total = Step("sum of the losses", float(working.reduce("sum")))
    if reduction == "sum":
        return (total,)
    divisor, mean = working.divisors[reduction], float(working.reduce(reduction))
    if divisor.each is not None:
        shares = float(np.sum(working.loss / divisor.each))
        total = Step(f"sum of losses, each / its {divisor.each_meaning}", shares)
    return total, Step(divisor.meaning, divisor.value), Step(f"{reduction}: sum / divisor", mean)


def elements(working: Working) -> FloatArray:
    """The numbers that an explanation has a row for."""
    return working.loss if working.parts is None else working.parts


def contributions(working: Working, reduction: str | None) -> FloatArray:
    """What each element adds to the result; its value where nothing is reduced."""
    rows = elements(working)
    return rows if reduction is None else np.asarray(rows * working.scale(reduction))


def largest_first(values: npt.NDArray[Any], count: int) -> npt.NDArray[np.intp]:
    """The positions of the `count` largest numbers by size, NaN before all others."""
    sizes = np.nan_to_num(np.abs(values.ravel()), nan=np.inf, posinf=np.inf)
    count = min(count, sizes.size)
    if count < sizes.size:
        chosen = np.sort(np.argpartition(-sizes, count)[:count])
    else:
        chosen = np.arange(count)
    return chosen[np.argsort(-sizes[chosen], kind="stable")]


def table(working: Working, shown: Columns, reduction: str | None, rows: int = ROWS) -> Any:
    """The DataFrame with a row per element, at most so many; `reduction` is None for no loss."""
    import pandas as pd

    values, added = elements(working), contributions(working, reduction)
    columns: dict[str, Array] = dict(shown)
    if reduction is None:
        columns["value"] = values
    else:
        columns["loss" if working.parts is None else "part of the loss"] = values
        columns["contribution"] = added
    whole = values.size <= rows
    chosen = np.arange(values.size) if whole else largest_first(added, rows)
    shape = values.shape or (1,)
    places = np.unravel_index(chosen, shape)
    index: Any
    if values.ndim > 1:
        axes = [f"axis {i}" for i in range(values.ndim)]
        index = pd.MultiIndex.from_arrays(places, names=axes)
    elif whole:
        index = pd.RangeIndex(values.size, name="element")
    else:
        index = pd.Index(chosen, name="element")
    picked = {name: np.broadcast_to(c, shape)[places] for name, c in columns.items()}
    return pd.DataFrame({name: np.ravel(c) for name, c in picked.items()}, index=index)


def summary(working: Working, shown: Columns, reduction: str | None) -> Any:
    """What each class, or each entry of the first axis, adds to the result; None for few rows.

    The classes are those of the targets, where these are numbers.
    """
    import pandas as pd

    values = elements(working)
    if reduction is None or values.size < SUMMED_ROWS:
        return None
    groups = _groups(working, values, shown.get("target"))
    if groups is None:
        return None
    name, group, labels = groups
    added = contributions(working, reduction).ravel()
    count = np.bincount(group, minlength=len(labels))
    total = np.bincount(group, weights=added, minlength=len(labels))
    of_losses = np.bincount(group, weights=values.ravel(), minlength=len(labels))
    columns = {"elements": count, "mean loss": of_losses / np.maximum(count, 1)}
    frame = pd.DataFrame({**columns, "contribution": total}, index=pd.Index(labels, name=name))
    return frame.iloc[largest_first(total, len(labels))]


def _groups(
    working: Working, values: FloatArray, target: Array | None
) -> tuple[str, npt.NDArray[np.intp], Array] | None:
    """What the rows are grouped by: its name, the group of each, and the labels of the groups."""
    if target is not None and target.dtype.kind in "iu" and working.parts is None:
        kept = np.broadcast_to(target, values.shape).ravel()
        lowest, highest = int(kept.min()), int(kept.max())
        if highest - lowest > GROUPS:
            return None
        present = np.bincount(kept - lowest) > 0
        labels = np.flatnonzero(present) + lowest
        if 1 < len(labels) < values.size:
            return "class", (np.cumsum(present) - 1)[kept - lowest], labels
    if values.ndim < 2 or not 1 < len(values) < values.size:
        return None
    group = np.repeat(np.arange(len(values)), values.size // len(values))
    return "axis 0", group, np.arange(len(values))


def arguments(inputs: Mapping[str, Any]) -> Any:
    """The DataFrame of what was given to a call: the dtype and the shape of each argument."""
    import pandas as pd

    rows = {name: _described(value) for name, value in inputs.items()}
    index = pd.Index(list(rows), name="argument", dtype=object)
    return pd.DataFrame(list(rows.values()), columns=["dtype", "shape"], index=index)


def _described(value: Any) -> tuple[str, str]:
    """The dtype and the shape of an argument, or its type where it is no array."""
    if hasattr(value, "shape") and hasattr(value, "dtype"):
        return checks.dtype_name(value) or "float", str(tuple(value.shape))
    return type(value).__name__, str(value) if isinstance(value, int | float) else ""


def calls(explanations: Sequence[Any], numbers: Sequence[int] | None = None) -> Any:
    """The DataFrame of several losses: what was called, where, and what it gave, or its sum.

    `numbers` are those of the calls where there were others between them.
    """
    import pandas as pd

    rows = [
        (call.title, call.where, _divisor(call), float(np.sum(call.reference)))
        for call in explanations
    ]
    columns = ["loss", "where", "divisor", "value"]
    return pd.DataFrame(
        rows,
        columns=columns,
        index=pd.Index(range(len(rows)) if numbers is None else numbers, name="call"),
    )


def _divisor(call: Any) -> float:
    """What the mean of an explained call divides by; NaN where it does not divide."""
    return float(call.steps[1].value) if len(call.steps) == 3 else float("nan")


def _one_pass(divisors: Sequence[float]) -> slice | None:
    """The last pass over the data, where they repeat; all, where they are few; else None."""
    count = len(divisors)
    for length in range(2, count // 2 + 1):
        if all(divisors[n] == divisors[n - length] for n in range(length, count)):
            return slice(count - length, count)
    return slice(0, count) if count <= FEW else None


def mean_of_means(explanations: Sequence[Any]) -> Iterator[Remark]:
    """Say so where means of one loss, made on one line, divide by different numbers.

    Their mean, as gradient accumulation takes it, is then not the mean over all elements.
    """
    by_line: dict[tuple[str, str], list[Any]] = {}
    for call in explanations:
        if len(call.steps) == 3:
            by_line.setdefault((call.where, call.formula), []).append(call)
    for (where, _), group in by_line.items():
        totals, divisors, means = zip(*([s.value for s in c.steps] for c in group), strict=True)
        if len(set(divisors)) < 2:
            continue
        one = _one_pass(divisors)
        source = f"means{' of ' + where if where else ''} divide by"
        if one is None:
            # Batches of one size and another use of the line are no pass; mixed sizes are told of.
            if len(set(divisors)) > len(divisors) / 2:
                text = (
                    f"{len(group)} {source} different numbers, from {number(min(divisors))} to "
                    f"{number(max(divisors))}. The mean of such means is not the mean over all: "
                    "for that, add up what reduction='sum' gives, and divide once."
                )
                yield Remark("note", text)
            continue
        totals, divisors, means = totals[one], divisors[one], means[one]
        each = np.nanmean(means) if np.isfinite(means).any() else float("nan")
        shown = [number(d) for d in divisors[:6]] + ["…"] * (len(divisors) > 6)
        # A mean over nothing is 0 / 0, and adds nothing to the sums.
        together = sum(t for t, d in zip(totals, divisors, strict=True) if d) / sum(divisors)
        yield Remark(
            "note",
            f"{len(divisors)} {source} {', '.join(shown)}. "
            f"The mean of these means is {number(each)}; the mean over all {number(sum(divisors))} "
            f"is {number(together)}. For that, take reduction='sum' each time, and divide by "
            f"{number(sum(divisors))}.",
        )
