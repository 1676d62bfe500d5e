"""What is easily overlooked in any loss call; what is special to a loss stands with the loss."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np

from helpers import checks
from helpers.checks import EPSILON
from helpers.diagnosis.agreement import LARGEST
from helpers.findings import Asked, Facts, Finding, Remedy, Stage
from helpers.losses.rules import TO_DTYPE
from helpers.text import number
from helpers.working import Call, FloatArray, Loss, Remark

# The next dtype with more digits, and by what share of a value a result is told to have lost some.
WIDER = {"float16": "float32", "bfloat16": "float32", "float32": "float64"}
LOST = 1e-3
# From how many samples on it tells something that their predictions are all the same.
ALIKE = 4
# From how many losses on a sum is another order of size than a mean.
MANY_LOSSES = 1000
# As low as any logit need be: exp of it is 0 in every dtype.
LOW = -1e4

Value = float | FloatArray
Try = Callable[[Remedy], Value | None]


def remarks_on(loss: Loss, call: Call) -> Iterator[Remark]:
    """Sentences on what is easily overlooked in a call."""
    yield from _divisor_remark(call)
    yield from _ignored_remark(call)
    yield from _large_sum(call)
    yield from _nothing_to_learn(call)
    yield from loss.remarks(call)


def _divisor_remark(call: Call) -> Iterator[Remark]:
    """Say so where a mean does not divide by the number of losses."""
    reduction, working = call.options.get("reduction", "none"), call.working
    if reduction not in working.divisors:
        return
    divisor, count = working.divisors[reduction].value, np.size(working.loss)
    if _all_ignored(call):
        return  # `nothing_left` says it
    if divisor == 0 and count:
        text = "The mean divides by 0, as no weight is left that counts: 0/0 is NaN."
        yield Remark("numerics", text)
    elif divisor != count and count:
        plain = number(float(working.reduce("sum")) / count)
        name = "The mean" if reduction == "mean" else reduction
        yield Remark(
            "note",
            f"{name} divides by {number(divisor)}, not by the {count} losses; "
            f"that would give {plain}.",
        )
        yield from _weight_cancels(call, divisor)


def _weight_cancels(call: Call, divisor: float) -> Iterator[Remark]:
    """A class weight that is in every loss, and in what the mean divides by."""
    weight, ignored = call.options.get("weight"), call.working.ignored
    if weight is None or np.ndim(weight) != 1 or call.options.get("ignore_index") is None:
        return
    kept = np.ones(call.working.loss.shape, bool) if ignored is None else ~ignored
    each = divisor / max(1, int(np.count_nonzero(kept)))
    if each and np.isclose(checks.real("weight", weight), each, rtol=1e-6).sum() == 1:
        classes = np.unique(call.inputs["target"][kept])
        if classes.size == 1:
            one = "There is one target" if kept.sum() == 1 else "All targets are of one class"
            text = f"{one}: its weight is in the sum and in the divisor, and cancels."
            yield Remark("note", text)


def _ignored_remark(call: Call) -> Iterator[Remark]:
    """Count the targets that `ignore_index` takes out."""
    ignored = call.working.ignored
    averaged = call.options.get("reduction") == "mean"
    if ignored is not None and not (averaged and _all_ignored(call)):
        index = call.options["ignore_index"]
        index = -100 if index is None else index
        count = np.count_nonzero(ignored)
        yield Remark("note", f"{count} of {ignored.size} targets equal ignore_index = {index}.")


def _all_ignored(call: Call) -> bool:
    """Whether there are targets, and `ignore_index` takes all of them out."""
    ignored = call.working.ignored
    return ignored is not None and bool(ignored.size) and bool(np.all(ignored))


def _large_sum(call: Call) -> Iterator[Remark]:
    """A sum over so many losses that its steps are of another size than those of a mean."""
    count = call.working.loss.size
    if call.options.get("reduction") == "sum" and count >= MANY_LOSSES:
        text = (
            f"The sum is over {count} losses: its gradient is {count} times that of the mean, and"
        )
        yield Remark("note", f"{text} so is the step of plain SGD.")


def _nothing_to_learn(call: Call) -> Iterator[Remark]:
    """Losses with a margin that are all 0, and teach nothing."""
    loss = call.working.loss
    if "margin" not in call.options or not loss.size or loss.any():
        return
    if _has_slope(call):
        return
    text = "Every loss is 0, and so is its gradient: this batch teaches nothing."
    for name, array in call.inputs.items():
        if np.isinf(array).any():
            text += f" {name} holds inf in {np.count_nonzero(np.isinf(array))} places."
    yield Remark("note", text)


def _has_slope(call: Call) -> bool:
    """Whether losses of 0 have a gradient all the same, as at the margin, or an unknown one."""
    try:
        slopes = call.working.pullback(np.ones_like(call.working.loss))
    except TypeError:  # a distance of the caller's own, whose gradient nobody knows
        return True
    return any(np.any(slope) for slope in (slopes if isinstance(slopes, tuple) else (slopes,)))


def on_result(call: Asked, names: tuple[str, ...], value: Value, tried: Try) -> Iterator[Finding]:
    """Where inf and NaN come from, and which digits are lost.

    `names` are the arguments that are arrays; `tried` gives what torch returns after a change, or
    None where it refuses.
    """
    yield from _one_answer(call, names[0])
    names = tuple(name for name in names if call[name].floating)
    finite = bool(np.all(np.isfinite(value)))
    came_in = [*_nan_came_in(call, names)]
    yield from came_in
    if not finite and not came_in:
        found = nothing_left(call) or _infinite(call, names, tried)
        yield from found or _out_of_range(call, names, tried)
    elif finite and np.size(value):
        yield from _digits_lost(call, names, value, tried)


def _one_answer(call: Asked, name: str) -> Iterator[Finding]:
    """A model that returns the same for every sample, whatever it is given."""
    x = call[name]
    if name != "input" or "target" not in call or not x.size or x.ndim == 0 or x.shape[0] < ALIKE:
        return
    if call["target"].varied > 1 and x.repeats:
        text = (
            f"All {x.shape[0]} entries of {name} are the same, and the targets are not: there is "
            "one answer whatever the sample, as of a model that is untrained or dead."
        )
        yield Finding("note", Stage.OPTIONS, text)


def _nan_came_in(call: Asked, names: tuple[str, ...]) -> Iterator[Finding]:
    """NaN among the arguments, which is none of the loss's making."""
    for name in names:
        facts = call[name]
        if not facts.nans:
            continue
        text = (
            f"{name} holds NaN in {facts.nans} of {facts.size} places, the first at "
            f"{facts.place('nan')}. It came in with {name}, from before the loss."
        )
        remedies = []
        alike = name == "target" and "input" in call and call["input"].shape == facts.shape
        if alike and call["input"].nans == 0 and facts.nans < facts.size:
            why = "what is missing in the target is left out on both sides"
            kept = "{}[~{target}.isnan()]"
            edits = {"input": kept, "target": kept}
            remedies.append(Remedy(why, edits, cost=0.5, sure=False, meaning="missing"))
        yield Finding("numerics", Stage.OPTIONS, text, tuple(remedies))


def nothing_left(call: Asked) -> list[Finding]:
    """A mean over no element: of an empty batch, or with all of its targets ignored."""
    if call.options.get("reduction") not in ("mean", "batchmean") or "target" not in call:
        names = [name for name in ("anchor", "input1", "input") if name in call]
        if not names or call[names[0]].size or call.options.get("reduction") != "mean":
            return []
        t = call[names[0]]
    else:
        t = call["target"]
    index = call.options.get("ignore_index")
    if t.size == 0:
        # A sum would be 0, and hide that nothing was chosen.
        text = f"The batch is empty, of shape {t.shape}: the mean of no elements is 0/0, NaN."
        return [Finding("numerics", Stage.OPTIONS, text)]
    if index is not None and t.count(index, index) == t.size:
        all_of_them = f"All {t.size} targets equal" if t.size > 1 else "The only target equals"
        text = (
            f"{all_of_them} ignore_index = {index}, so that nothing is left to average: 0/0 is NaN."
        )
        why = "the sum of nothing is 0, to be divided by the number of targets that count, or by 1"
        remedy = Remedy(why, {}, {"reduction": "sum"}, cost=0.5, sure=False, meaning="sum")
        return [Finding("numerics", Stage.OPTIONS, text, (remedy,))]
    return []


def _infinite(call: Asked, names: tuple[str, ...], tried: Try) -> list[Finding]:
    """Infinite numbers among the arguments, and whether they matter at all."""
    found = []
    for name in names:
        facts = call[name]
        if not facts.size or not (math.isinf(facts.low) or math.isinf(facts.high)):
            continue
        which = number(facts.low if math.isinf(facts.low) else facts.high)
        text = (
            f"{name} holds {which} in {facts.count(float(which), float(which))} of {facts.size} "
            f"places, the first at {facts.place(which)}: inf - inf and 0 · inf are NaN, and the "
            "log of 0 is -inf."
        )
        if facts.dtype == "float16":
            text += " What exceeds 65504 overflows to inf in float16."
        found.append(Finding("numerics", Stage.OPTIONS, text, _held(facts, name, tried)))
    return found


def _held(facts: Facts, name: str, tried: Try) -> tuple[Remedy, ...]:
    """A large number in the place of -inf, where its size does not matter to the loss."""
    masked = facts.ndim and facts.sums(min(1, facts.ndim - 1), True)[0] == 0 and facts.ndim > 1
    if masked or facts.high == math.inf or facts.low != -math.inf:
        return ()
    why = f"{LOW:g} stands for -inf without inf - inf"

    def held(low: float) -> Remedy:
        edit = {name: f"{{}}.clamp(min={low:g})"}
        return Remedy(why, edit, cost=0.5, sure=False, meaning="held")

    near, far = tried(held(LOW)), tried(held(2 * LOW))
    if near is None or far is None or not np.all(np.isfinite(near)):
        return ()
    return (held(LOW),) if np.allclose(near, far, rtol=1e-6, atol=0) else ()


def widened(call: Asked, names: tuple[str, ...]) -> tuple[str, Remedy] | None:
    """The coarsest dtype of the arguments, and the change to the next one with more digits."""
    dtypes = [call[name].dtype for name in names if call[name].dtype in WIDER]
    if not dtypes:
        return None
    dtype = max(dtypes, key=EPSILON.__getitem__)
    wider = WIDER[dtype]
    edits = {
        name: "{}" + TO_DTYPE[wider]
        for name in names
        if EPSILON.get(call[name].dtype, 0.0) > EPSILON[wider]
    }
    why = f"{wider} has more digits and a wider range than {dtype}"
    return dtype, Remedy(why, edits, cost=0.4, sure=False, meaning="wider")


def _out_of_range(call: Asked, names: tuple[str, ...], tried: Try) -> list[Finding]:
    """A result that is no number though all arguments are: a step left the range of the dtype."""
    found = widened(call, names)
    if found is None:
        return []
    dtype, remedy = found
    value = tried(remedy)
    if value is None or not np.all(np.isfinite(value)):
        return []
    largest = float(np.max(np.abs(value)))
    limit = f"the largest number of {dtype}, {number(LARGEST[dtype])}"
    if largest > LARGEST[dtype]:
        text = (
            f"{names[0]} is {dtype}, and the result overflows: {number(largest)} is above {limit}."
        )
    else:
        text = (
            f"A step on the way to the result leaves the range of {dtype}: a sum or a square of "
            f"the {names[0]} overflows {limit}, or a square underflows to 0."
        )
    return [Finding("numerics", Stage.OPTIONS, text, (remedy,))]


def _digits_lost(
    call: Asked, names: tuple[str, ...], value: Value, tried: Try
) -> Iterator[Finding]:
    """A result that differs from the one with more digits, in half precision."""
    found = widened(call, names)
    if found is None or found[0] == "float32":
        return
    dtype, remedy = found
    wider = tried(remedy)
    if wider is None or not np.all(np.isfinite(wider)):
        return
    off = np.abs(np.subtract(value, wider))
    if np.any(off > LOST * np.abs(wider)):
        place = int(np.argmax(off))
        there, right = np.ravel(value)[place], np.ravel(wider)[place]
        text = (
            f"In {dtype} the result is rounded to {number(float(there))}; computed in float32 from "
            f"the same {names[0]} it is {number(float(right))}."
        )
        yield Finding("numerics", Stage.OPTIONS, text, (remedy,))
