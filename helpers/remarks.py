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
    "cosine_embedding_loss": ("input1", "input2"),
    "ctc_loss": (),
    "cosine_similarity": (),
    "pairwise_distance": (),
}


def _multi_margin_remarks(arrays, terms, options):
    x = arrays["input"]
    yield from _margins_remarks(x)
    probabilities = x.size and np.all((x >= 0) & (x <= 1)) and not _not_ones(_row_sums(x))
    if probabilities and options["margin"] >= 1:
        yield (
            "Over the classes the input adds up to 1, as probabilities do. These differ by at most "
            f"1, less than the margin of {number(options['margin'])} asks for: the loss takes "
            "scores of any size."
        )


def _multilabel_margin_remarks(arrays, terms, options):
    target = arrays["target"]
    yield from _margins_remarks(arrays["input"])
    if target.size > 1 and np.all((target == 0) | (target == 1)):
        yield (
            "The target holds 0 and 1 alone, and no -1. If these are flags, they are taken for the "
            "class numbers 0 and 1: this loss takes the numbers of the classes, then -1."
        )
    rows = np.atleast_2d(target)
    listed = np.logical_and.accumulate(rows >= 0, axis=-1)
    left = np.count_nonzero((rows >= 0) & ~listed)
    if left:
        yield f"Behind the first -1 of a row, where they do not count: {left} of the class numbers."
    ordered = np.sort(np.where(listed, rows, -1), axis=-1)
    twice = np.count_nonzero((np.diff(ordered, axis=-1) == 0) & (ordered[..., 1:] >= 0))
    if twice:
        yield f"In their row a second time, where they count again: {twice} of the class numbers."


def _margins_remarks(x):
    """What MultiMarginLoss and MultiLabelMarginLoss have in common."""
    if x.ndim and x.shape[-1]:
        yield f"Each sum is divided by all C = {x.shape[-1]} classes, those of the target included."
    count = np.count_nonzero(np.isnan(x))
    if count:
        yield f"NaN among the inputs: {count}. They cost nothing: a comparison with NaN is false."
    if x.size == 0:
        yield "For an empty batch torch returns memory that it has not written: any number at all."


def _adaptive_remarks(arrays, terms, options):
    tails = np.count_nonzero(terms.columns["cluster"])
    yield (
        f"In a tail lie {tails} of {terms.loss.size} targets. Theirs is the log-probability of the "
        "tail, an entry of the head, plus that of the target within the tail."
    )


def _count(condition, what):
    """Of how many elements something holds, as 'n of N …'; nothing where it holds of none."""
    count = np.count_nonzero(condition)
    return [f"{count} of {np.size(condition)} {what}"] if count else []


def _signs_remarks(terms, consequence):
    """Count the targets that are neither 1 nor -1, and say what becomes of them."""
    target = terms.columns["target"]
    off = np.abs(target) != 1
    yield from _count(off, f"targets are neither 1 nor -1. {consequence}")
    if off.any() and np.all((target == 0) | (target == 1)):
        yield "Labels of 0 and 1 become such targets as 2·label - 1."


def _margin_ranking_remarks(arrays, terms, options):
    yield from _signs_remarks(terms, "A target of 0 costs the margin, whatever the scores.")


def _hinge_embedding_remarks(arrays, terms, options):
    yield from _signs_remarks(terms, "Their loss is input + max(0, margin - input).")
    yield from _count(arrays["input"] < 0, "inputs are below 0. This loss takes distances.")


def _cosine_embedding_remarks(arrays, terms, options):
    yield from _signs_remarks(terms, "Their loss is 0.")
    zeros = [np.all(arrays[name] == 0, axis=-1) for name in ("input1", "input2")]
    yield from _count(
        zeros[0] | zeros[1],
        "pairs have a vector of zeros: their cosine counts as 0, and their gradient is steep.",
    )


def _triplet_remarks(arrays, terms, options):
    if np.size(terms.loss) and not np.any(terms.loss):
        yield "Every triplet keeps the margin: the loss is 0, and so is its gradient."
    if options["swap"]:
        _, far, other, *_ = terms.columns.values()
        yield from _count(other < far, "triplets take d(positive, negative), the smaller distance.")


def _row_sums(values):
    """The sums over the classes, axis 1 (axis 0 without a batch); a number is its own sum."""
    return np.sum(values, axis=min(values.ndim - 1, 1))


def _not_ones(sums):
    """A text with the range of sums that should be 1, or None where they are."""
    if sums.size == 0 or np.allclose(sums, 1, rtol=0, atol=1e-3):
        return None
    low, high = number(float(np.min(sums))), number(float(np.max(sums)))
    return low if low == high else f"between {low} and {high}"


def _ctc_remarks(arrays, terms, options):
    frames, needed = terms.columns["input length"], terms.columns["frames needed"]
    sums = np.sum(np.exp(arrays["log_probs"]), axis=-1)
    off = _not_ones(sums[np.indices(sums.shape)[0] < frames])
    if off:
        yield (
            f"The input holds no log-probabilities: exp(log_probs) adds up to {off} over the "
            "classes instead of 1. CTCLoss needs log_softmax of the logits, in place of a softmax "
            "too."
        )
    short = np.count_nonzero(frames < needed)
    if short:
        loss = "made 0 by zero_infinity" if options["zero_infinity"] else "infinite"
        yield (
            f"In {short} of {frames.size} sequences the frames are too few to spell the target. "
            f"The loss is {loss}. A label that equals the one before needs a blank between."
        )


_REMARKS = {
    "ctc_loss": _ctc_remarks,
    "margin_ranking_loss": _margin_ranking_remarks,
    "hinge_embedding_loss": _hinge_embedding_remarks,
    "cosine_embedding_loss": _cosine_embedding_remarks,
    "triplet_margin_loss": _triplet_remarks,
    "triplet_margin_with_distance_loss": _triplet_remarks,
    "multi_margin_loss": _multi_margin_remarks,
    "multilabel_margin_loss": _multilabel_margin_remarks,
    "adaptive_log_softmax_with_loss": _adaptive_remarks,
}
