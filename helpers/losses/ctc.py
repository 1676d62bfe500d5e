"""The CTC loss: how well frames of class probabilities spell a target, however it is stretched.

A path gives every frame one class. It spells a target when the target is left after merging runs
of equal classes and dropping the blanks. Read with blanks around and between its labels, the
target is a row of 2S + 1 states, blank, label, blank, label, …, blank, and a path walks through
them from left to right: in each frame it stays, goes to the next state, or skips the blank between
two different labels. That makes the sum over all paths a recursion over the frames, which is done
here in logarithms.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from helpers import checks
from helpers.findings import Asked, Finding, Remedy, Stage
from helpers.losses.rules import log_probabilities_wanted, swapped
from helpers.text import number
from helpers.working import (
    Array,
    ArrayLike,
    Call,
    Columns,
    Divisor,
    FloatArray,
    Loss,
    Remark,
    Sheet,
    Working,
    counted,
    gradient,
    value,
)

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

INTEGERS = ("int64", "int32", "int16", "int8", "uint8", "uint16", "uint32", "uint64")


# ------------------------------------------------------------------------------- arguments


def _log_probs(value: ArrayLike) -> FloatArray:
    """Log-probabilities of the shape (T, N, C), or (T, C), as float64."""
    array = checks.floating("log_probs", value)
    if checks.dtype_name(value) not in (None, "float32", "float64"):
        got = checks.describe(value)
        checks.refuse("log_probs", "float32 or float64 (use .float())", got, TypeError)
    if array.ndim not in (2, 3) or array.size == 0:
        expected = "a shape (T, N, C) or (T, C) without an empty axis"
        checks.refuse("log_probs", expected, f"shape {array.shape}")
    return array


def _lengths(name: str, value: ArrayLike, sequences: int, longest: int) -> IntArray:
    """A length from 0 to `longest` for each sequence; the shape that holds them does not matter."""
    array = checks.real(name, value)
    if checks.dtype_name(value) not in INTEGERS:
        checks.refuse(name, "an integer dtype (use .long())", checks.describe(value), TypeError)
    if array.size != sequences:
        checks.refuse(name, f"{sequences} of them, one per sequence", f"shape {array.shape}")
    return checks.within(name, array.reshape(-1).astype(np.int64), 0, longest)


def _labels(targets: FloatArray, target_lengths: IntArray, classes: int, blank: int) -> IntArray:
    """The targets as (N, S), S being the longest one; blanks fill up the shorter ones."""
    sequences, total = target_lengths.size, np.sum(target_lengths)
    used = np.arange(np.max(target_lengths)) < target_lengths[:, None]
    if targets.ndim == 1 and targets.size != total:
        expected = f"the {total} labels that target_lengths add up to"
        checks.refuse("targets", expected, f"shape {targets.shape}")
    if targets.ndim == 2 and targets.shape[0] != sequences:
        checks.refuse("targets", f"a row for each of {sequences} sequences", f"{targets.shape}")
    # Row by row, the labels of padded targets are the concatenated ones.
    given = targets if targets.ndim == 1 else targets[:, : used.shape[1]][used]
    wrong = ~((given >= 0) & (given < classes)) | (given == blank) | (given % 1 != 0)
    if wrong.any():
        expected = f"class numbers from 0 to {classes - 1} except blank = {blank}"
        checks.refuse("targets", expected, f"{given[wrong][0]:g}")
    labels = np.full(used.shape, blank)
    labels[used] = given
    return labels


def _blank(value: int, classes: int) -> int:
    """The class number of the blank."""
    blank = checks.integer("blank", value)
    if not 0 <= blank < classes:
        checks.refuse("blank", f"a class number from 0 to {classes - 1}", blank)
    return blank


def _states(labels: IntArray, blank: int) -> IntArray:
    """The labels with blanks around and between them, (N, 2S + 1)."""
    states = np.full((len(labels), 2 * labels.shape[1] + 1), blank)
    states[:, 1::2] = labels
    return states


@dataclass(frozen=True)
class _Sequences:
    """The arguments of `ctc_loss`, checked: T frames of N sequences, each with up to L states."""

    log_probs: FloatArray  # (T, N, C); without a batch N is 1
    states: IntArray  # (N, L), the class of each state: blank, label, blank, …
    input_lengths: IntArray  # (N,)
    target_lengths: IntArray  # (N,)
    shape: tuple[int, ...]  # of the loss: (N,), or () without a batch

    @classmethod
    def of(
        cls,
        log_probs: ArrayLike,
        targets: ArrayLike,
        input_lengths: ArrayLike,
        target_lengths: ArrayLike,
        blank: int,
    ) -> "_Sequences":
        """Check the arguments as torch does, and the labels, which torch does not check."""
        x = _log_probs(log_probs)
        shape = x.shape[1:-1]
        x = x.reshape(len(x), -1, x.shape[-1])
        frames, sequences, classes = x.shape
        blank = _blank(blank, classes)
        frames_of = _lengths("input_lengths", input_lengths, sequences, frames)
        y = checks.real("targets", targets)
        if y.ndim not in (1, 2):
            checks.refuse("targets", "one or two dimensions", f"shape {y.shape}")
        labels_of = _lengths("target_lengths", target_lengths, sequences, y.shape[-1])
        states = _states(_labels(y, labels_of, classes, blank), blank)
        return cls(x, states, frames_of, labels_of, shape)

    @property
    def emission(self) -> FloatArray:
        """The log-probability of each state's class, (T, N, L)."""
        return np.take_along_axis(self.log_probs, self.states[None], axis=2)

    @property
    def skips(self) -> BoolArray:
        """Whether a path may skip the blank before a state: between different labels, (N, L)."""
        skips = np.zeros(self.states.shape, dtype=bool)
        skips[:, 2:] = self.states[:, 2:] != self.states[:, :-2]
        return skips

    @property
    def last_state(self) -> IntArray:
        """The number of the blank that ends each target, (N,)."""
        return 2 * self.target_lengths

    @property
    def states_left(self) -> IntArray:
        """How many states come after each one in its target, (N, L); below 0 beyond its end."""
        return self.last_state[:, None] - np.arange(self.states.shape[1])

    @property
    def frames_needed(self) -> IntArray:
        """The shortest input that can spell each target: equal neighbours need a blank between."""
        labels = self.states[:, 1::2]
        within = np.arange(1, labels.shape[1]) < self.target_lengths[:, None]
        repeats: IntArray = np.sum((labels[:, 1:] == labels[:, :-1]) & within, axis=1)
        return self.target_lengths + repeats


# ------------------------------------------------------------------------------- recursions


def _log_sum(*terms: FloatArray) -> FloatArray:
    """log Σ exp of several arrays. With the largest taken out, nothing underflows."""
    largest = terms[0]
    for term in terms[1:]:
        largest = np.maximum(largest, term)
    # -inf minus -inf would be NaN, where the sum of nothing is 0, and its logarithm -inf.
    largest = np.where(largest == -np.inf, 0.0, largest)
    return np.asarray(np.log(sum(np.exp(term - largest) for term in terms)) + largest)


def _forward(emission: FloatArray, skips: BoolArray) -> FloatArray:
    """log α, (T, N, L): α_t(s) is the probability of the paths that are in state s at frame t.

    α_t(s) = y_t(s) · (α_{t-1}(s) + α_{t-1}(s-1) + α_{t-1}(s-2) where s can be skipped to)
    """
    frames, sequences, states = emission.shape
    # Two states that no path is in stand before the first, for its s - 1 and s - 2.
    alpha = np.full((frames, sequences, states + 2), -np.inf)
    alpha[0, :, 2:4] = emission[0, :, :2]
    for t in range(1, frames):
        stay, step, skip = alpha[t - 1, :, 2:], alpha[t - 1, :, 1:-1], alpha[t - 1, :, :-2]
        alpha[t, :, 2:] = _log_sum(stay, step, np.where(skips, skip, -np.inf)) + emission[t]
    return alpha[:, :, 2:]


def _backward(emission: FloatArray, sequences: _Sequences) -> FloatArray:
    """log β, (T, N, L): β_t(s) is the probability of the rest of the paths from state s at frame t.

    β_t(s) = y_t(s) · (β_{t+1}(s) + β_{t+1}(s+1) + β_{t+1}(s+2) where s+2 can be skipped to)
    """
    frames, count, states = emission.shape
    beta = np.full((frames + 1, count, states + 2), -np.inf)
    # Every path ends in the last blank or in the label before it.
    ends = (sequences.states_left == 0) | (sequences.states_left == 1)
    last_frame = sequences.input_lengths - 1
    skipped_to = np.pad(sequences.skips[:, 2:], ((0, 0), (0, min(2, states))))[:, :states]
    for t in reversed(range(frames)):
        stay, step, skip = beta[t + 1, :, :-2], beta[t + 1, :, 1:-1], beta[t + 1, :, 2:]
        rest = _log_sum(stay, step, np.where(skipped_to, skip, -np.inf)) + emission[t]
        end = np.where(ends, emission[t], -np.inf)
        beta[t, :, :-2] = np.where((last_frame == t)[:, None], end, rest)
    return beta[:-1, :, :-2]


def _log_likelihood(alpha: FloatArray, sequences: _Sequences) -> FloatArray:
    """log p, (N,): the α at the end, of the last blank and of the label before it."""
    n, frame, state = np.arange(alpha.shape[1]), sequences.input_lengths - 1, sequences.last_state
    blank, label = alpha[frame, n, state], alpha[frame, n, state - 1]
    empty = sequences.target_lengths == 0
    log_p = np.where(empty, blank, _log_sum(blank, label))
    # Without frames the empty target is certain, and any other impossible.
    return np.where(sequences.input_lengths == 0, np.where(empty, 0.0, -np.inf), log_p)


def _read(sequences: _Sequences) -> BoolArray:
    """The states that torch reads in each frame, (T, N, L): in the last one those that end."""
    left, frames = sequences.states_left, np.arange(len(sequences.log_probs))[:, None, None]
    before_last = frames < sequences.input_lengths[:, None] - 1
    return np.asarray((left >= 0) & (before_last | (left <= 1)))


def _posterior(
    sequences: _Sequences, emission: FloatArray, alpha: FloatArray, log_p: FloatArray
) -> FloatArray:
    """The probability of each class in each frame, given the target, (T, N, C).

    γ_t(c) = Σ α_t(s) β_t(s) / (y_t(s) p) over the states s of class c; y stands in both α and β.
    """
    frames, count, classes = sequences.log_probs.shape
    both = alpha + _backward(emission, sequences)
    share = np.exp(both - emission - log_p[:, None])
    # Where no path passes nothing counts, whatever the log-probability: ∞ - ∞ would be NaN.
    share[(both == -np.inf) | ~_read(sequences)] = 0.0
    position = classes * np.arange(frames * count).reshape(frames, count, 1) + sequences.states
    size = frames * count * classes
    summed = np.bincount(position.ravel(), share.ravel(), minlength=size)
    return summed.reshape(frames, count, classes).astype(np.float64, copy=False)


# ------------------------------------------------------------------------------------ loss


def _slope(
    sequences: _Sequences, emission: FloatArray, alpha: FloatArray, log_p: FloatArray
) -> FloatArray:
    """The gradient of each sequence's loss as torch has it, (T, N, C), also beyond its length."""
    x = sequences.log_probs
    posterior = _posterior(sequences, emission, alpha, log_p)
    # For the log of an empty sum, -∞, the formula for γ gives 0, or NaN where torch has it.
    posterior += np.exp(-np.inf - log_p[:, None] - x)
    return np.exp(x) - posterior


def _mean(sequences: _Sequences) -> Divisor:
    """What 'mean' divides by: first each loss by its target's length; an empty target by 1."""
    each = np.maximum(sequences.target_lengths, 1).reshape(sequences.shape).astype(np.float64)
    return Divisor(float(each.size), "number of sequences", each, "target length")


def _columns(sequences: _Sequences, log_p: FloatArray) -> Columns:
    columns = {
        "input length": sequences.input_lengths,
        "target length": sequences.target_lengths,
        "frames needed": sequences.frames_needed,
        "log-likelihood": log_p,
    }
    return {name: column.reshape(sequences.shape) for name, column in columns.items()}


def _ctc(
    log_probs: ArrayLike,
    targets: ArrayLike,
    input_lengths: ArrayLike,
    target_lengths: ArrayLike,
    blank: int = 0,
    zero_infinity: bool = False,
) -> Working:
    sequences = _Sequences.of(log_probs, targets, input_lengths, target_lengths, blank)
    zero_infinity = checks.flag("zero_infinity", zero_infinity)
    emission = sequences.emission
    alpha = _forward(emission, sequences.skips)
    log_p = _log_likelihood(alpha, sequences)
    zeroed = zero_infinity & (log_p == -np.inf)

    def pullback(scale: Any) -> FloatArray:
        slope = _slope(sequences, emission, alpha, log_p) * np.reshape(scale, (-1, 1))
        beyond = np.arange(len(slope))[:, None] >= sequences.input_lengths
        slope[beyond | zeroed] = 0.0
        return slope.reshape(len(slope), *sequences.shape, -1)

    return Working(
        np.where(zeroed, 0.0, -log_p).reshape(sequences.shape),
        columns=lambda: _columns(sequences, log_p),
        pullback=pullback,
        divisors={"mean": _mean(sequences)},
        magnitude=lambda: _magnitude(sequences, log_p),
    )


def _magnitude(sequences: _Sequences, log_p: FloatArray) -> FloatArray:
    """The size of what is added up: a step for each frame, whose roundings add up as its root."""
    steps = np.sqrt(np.maximum(sequences.input_lengths, 1))
    return np.asarray((steps * (1 + np.abs(log_p))).reshape(sequences.shape))


def ctc_loss(
    log_probs: ArrayLike,
    targets: ArrayLike,
    input_lengths: ArrayLike,
    target_lengths: ArrayLike,
    blank: int = 0,
    reduction: str = "mean",
    zero_infinity: bool = False,
) -> float | FloatArray:
    r"""Minus the log-probability of a target, summed over all its alignments to the frames.

    .. math:: \ell = -\log \sum_{\pi \,\to\, y}\; \prod_{t=1}^{T} e^{x_{t,\pi_t}}

    The paths :math:`\pi` are those that spell :math:`y`, once runs of equal classes are merged and
    blanks dropped. The sum is the forward recursion over :math:`y'`, the target with blanks around
    and between its labels:

    .. math:: \alpha_t(s) = e^{x_{t,y'_s}} \bigl(\alpha_{t-1}(s) + \alpha_{t-1}(s - 1)
              + [y'_s \ne y'_{s-2}]\,\alpha_{t-1}(s - 2)\bigr), \qquad
              \ell = -\log\bigl(\alpha_T(2S + 1) + \alpha_T(2S)\bigr)

    'mean' first divides each loss by the length of its target (by 1 if that is empty) and then
    takes the mean over the batch.

    A target of S labels, r of them equal to the one before, needs S + r frames. With fewer its
    probability is 0 and the loss infinite. Without any frames the empty target costs 0.

    Args:
        log_probs: :math:`x`, log-probabilities (the output of `log_softmax`) of shape (T, N, C), or
            (T, C) without a batch; float32 or float64. No axis is empty.
        targets: :math:`y`, class numbers from 0 to C - 1 except `blank`, whole numbers of any real
            dtype. Either a row for each sequence, shape (N, S), of which only the target's length
            is read, or all targets concatenated, shape (sum of `target_lengths`,).
        input_lengths: the number of frames of each sequence, from 0 to T, N of them (a single
            number without a batch); integer dtype. Frames beyond are not read.
        target_lengths: the number of labels of each target, likewise.
        blank: the class number of the blank.
        reduction: 'none', 'mean' or 'sum'.
        zero_infinity: whether infinite losses, and their gradients, are replaced by 0.

    Returns:
        A float, or for 'none' an array of shape (N,), or () without a batch.

    Raises:
        TypeError: `log_probs` is not float32 or float64 (torch has CTC for no other), lengths or
            `blank` are no integers, or `zero_infinity` no bool.
        ValueError: a shape does not fit; a length, `blank` or a target is out of range; a target is
            blank or no whole number; or `reduction` is none of the three. Targets are not checked
            by torch: it cuts off fractions, takes a blank among the labels for a label, and reads
            and writes outside of its memory for targets out of range.

    Reference:
        Graves and others, Connectionist Temporal Classification, 2006,
        https://doi.org/10.1145/1143844.1143891;
        https://docs.pytorch.org/docs/2.13/generated/torch.nn.CTCLoss.html

    >>> even = np.full((2, 3), -np.log(3.0))  # two frames of three equally probable classes
    >>> round(ctc_loss(even, [1], 2, 1), 6)  # 11, 1- and -1 of the 9 paths: -log 3/9
    1.098612
    >>> ctc_loss(even, [1, 1], 2, 2)  # 1-1 would need three frames
    inf
    """
    given = log_probs, targets, input_lengths, target_lengths, blank, zero_infinity
    return value(_ctc, reduction, *given)


def ctc_loss_grad(
    log_probs: ArrayLike,
    targets: ArrayLike,
    input_lengths: ArrayLike,
    target_lengths: ArrayLike,
    blank: int = 0,
    reduction: str = "mean",
    zero_infinity: bool = False,
) -> FloatArray:
    r"""The gradient of `ctc_loss` that torch returns for `log_probs`.

    .. math:: e^{x_{tc}} - \gamma_t(c), \qquad
              \gamma_t(c) = \sum_{s:\, y'_s = c} \frac{\alpha_t(s)\,\beta_t(s)}{e^{x_{tc}}\; p}

    with :math:`p = e^{-\ell}` and the backward recursion :math:`\beta`, the mirror image of
    :math:`\alpha`. :math:`\gamma_t(c)` is the probability of class c in frame t, given the target.

    The partial derivative by :math:`x_{tc}` is :math:`-\gamma_t(c)` alone. torch adds
    :math:`e^{x_{tc}}`, which is the gradient for the *logits* below a `log_softmax`. Passing back
    through the `log_softmax` leaves it as it is, since it adds up to 0 over the classes of a frame:
    for logits the result is right. It is wrong for `log_probs` that come from anything else.

    Frames beyond the input's length get 0. Where the loss is infinite, and at log-probabilities of
    -∞, torch divides 0 by 0, and the gradient is NaN; `zero_infinity` makes that of an infinite
    loss 0.

    Args, errors and reference are those of `ctc_loss`. Returns an array of the shape of
    `log_probs`; with 'mean' each sequence is divided as its loss is.

    >>> log_p = np.log([[0.2, 0.8], [0.5, 0.5]])  # p of 11, 1- and -1: 0.4 + 0.4 + 0.1
    >>> ctc_loss_grad(log_p, [1], 2, 1).round(6)  # [0.2 - 0.1/0.9, 0.8 - 0.8/0.9], …
    array([[ 0.088889, -0.088889],
           [ 0.055556, -0.055556]])
    """
    given = log_probs, targets, input_lengths, target_lengths, blank, zero_infinity
    return gradient(_ctc, reduction, *given)


def _ctc_remarks(call: Call) -> Iterator[Remark]:
    x, targets, *lengths = call.inputs.values()
    frames_of, labels_of = (array.astype(np.int64) for array in lengths)
    sequences = _Sequences.of(x, targets, frames_of, labels_of, call.options["blank"])
    empty = sequences.target_lengths == 0
    what = "targets are empty: the one path that spells them is blank in every frame."
    yield from counted("note", empty, what)
    if call.options["reduction"] == "mean" and np.any(sequences.target_lengths > 1):
        plain = number(float(call.working.reduce("sum")) / max(1, sequences.target_lengths.size))
        text = "'mean' divides each loss by the length of its target before it averages; "
        yield Remark("note", f"{text}the mean of the losses themselves is {plain}.")


def _contract(call: Asked) -> Iterator[Finding]:
    """What CTC asks of its arguments, the labels too, which torch reads without a look at them."""
    found = [*_misplaced(call)]
    yield from found
    if not found:
        yield from _too_short(call)


def _misplaced(call: Asked) -> Iterator[Finding]:
    """What torch refuses, or should refuse."""
    x = call["log_probs"]
    yield from _frames_first(call)
    yield from _whole_numbers(call)
    if x.dtype in ("float16", "bfloat16"):
        text = f"log_probs has dtype {x.dtype}. CTC takes float32 or float64."
        why = "CTC adds up in float32 or float64"
        yield Finding("refused", Stage.DTYPE, text, (Remedy(why, {"log_probs": "{}.float()"}),))
    yield from _lengths_found(call)
    yield from _labels_found(call)
    yield from _frames_found(call)


def _too_short(call: Asked) -> Iterator[Finding]:
    """Sequences with fewer frames than their targets need, whose loss is infinite."""
    sequences = _Sequences.of(
        np.zeros(call["log_probs"].shape),
        call["targets"].numbers(),
        call["input_lengths"].numbers(),
        call["target_lengths"].numbers(),
        call.options["blank"],
    )
    frames, zeroed = sequences.input_lengths, call.options["zero_infinity"]
    short = np.count_nonzero(frames < sequences.frames_needed)
    if short:
        text = (
            f"In {short} of {frames.size} sequences the frames are too few to spell the target. "
            f"The loss is {'made 0 by zero_infinity' if zeroed else 'infinite'}. A label that "
            "equals the one before needs a blank between. Longer inputs mend it."
        )
        why = "such sequences count as 0"
        options = {"zero_infinity": True}
        remedy = Remedy(why, {}, options, cost=0.5, sure=False, meaning="zeroed")
        # Where no sequence is left, it would only hide the trouble.
        mends = not zeroed and short < frames.size
        yield Finding("numerics", Stage.OPTIONS, text, (remedy,) if mends else ())


def _frames_first(call: Asked) -> Iterator[Finding]:
    """Frames, sequences and classes in another order, or lengths that are not one for each."""
    x = call["log_probs"]
    if x.ndim not in (2, 3):
        text = f"log_probs has shape {x.shape}. It is (T, N, C): frames, sequences, classes."
        yield Finding("refused", Stage.SHAPE, text)
        return
    sequences = x.shape[1] if x.ndim == 3 else 1
    for name in ("input_lengths", "target_lengths"):
        if name not in call or call[name].size == sequences:
            continue
        text = (
            f"{name} has {call[name].size} numbers. log_probs has shape {x.shape}, which is read as"
            f" {x.shape[0]} frames of {sequences} sequence{'s' * (sequences > 1)} (T, N, C)."
        )
        remedies = []
        if x.ndim == 3 and call[name].size == x.shape[0]:
            why = "log_probs has the sequences first, and CTC takes the frames first"
            edit = {"log_probs": "{}.transpose(0, 1)"}
            remedies.append(Remedy(why, edit, meaning="batch first"))
        yield Finding("refused", Stage.SHAPE, text, tuple(remedies))
        return
    targets = call["targets"]
    if targets.ndim > 2:
        text = f"targets has shape {targets.shape}. It holds class numbers, (N, S) or in one row."
        yield Finding("refused", Stage.SHAPE, text)
    elif targets.ndim == 2 and targets.shape[0] != sequences:
        text = f"targets has {targets.shape[0]} rows, and log_probs {sequences} sequences."
        if x.ndim == 3 and targets.shape[0] == x.shape[0]:
            text += f" log_probs has shape {x.shape}, read as (T, N, C)."
        yield Finding("refused", Stage.SHAPE, text)


def _whole_numbers(call: Asked) -> Iterator[Finding]:
    """Labels and lengths in a floating dtype."""
    for name in ("targets", "input_lengths", "target_lengths"):
        if name in call and call[name].dtype not in INTEGERS:
            text = f"{name} has dtype {call[name].dtype}. It holds whole numbers, int64 or int32."
            yield Finding("refused", Stage.DTYPE, text, tuple(_to_whole(call, name)))


def _to_whole(call: Asked, name: str) -> Iterator[Remedy]:
    """Whole numbers of floating ones; lengths may be shares of the longest one."""
    lengths = [n for n in ("input_lengths", "target_lengths") if n in call]
    shares = any(call[n].high <= 1 and not call[n].whole for n in lengths)
    most = call["log_probs"].shape[0] if name == "input_lengths" else call["targets"].shape[-1]
    if name in lengths and shares and call[name].high <= 1:
        why = f"{name} holds shares of the longest, {most}"
        edit = {name: f"({{}} * {most}).round().long()"}
        if name == "input_lengths" and "target_lengths" in lengths:
            most = call["targets"].shape[-1]
            if call["target_lengths"].high <= 1:
                edit["target_lengths"] = f"({{}} * {most}).round().long()"
        yield Remedy(why, edit, cost=0.4, sure=False, meaning="shares")
    elif call[name].whole:
        yield Remedy(f"{name} holds whole numbers", {name: "{}.long()"})


def _lengths_found(call: Asked) -> Iterator[Finding]:
    """Lengths beyond what there is."""
    x, targets = call["log_probs"], call["targets"]
    limits = {"input_lengths": x.shape[0]}
    if targets.ndim == 2:
        limits["target_lengths"] = targets.shape[1]
    for name, most in limits.items():
        if name not in call or (call[name].high <= most and call[name].low >= 0):
            continue
        what = "frames" if name == "input_lengths" else "labels in a row of targets"
        text = f"{name} goes up to {number(call[name].high)}, and there are {most} {what}."
        both = "input_lengths" in call and "target_lengths" in call and targets.ndim == 2
        if both and _exchanged_fit(call):
            text += " With input_lengths and target_lengths exchanged they fit."
            finding = swapped(call, "input_lengths", "target_lengths", text, sure=False)
            yield replace(finding, stage=Stage.LABELS)
            return
        remedies = []
        factor, rest = divmod(call[name].high, most) if most else (0, 0)
        if name == "input_lengths" and rest == 0 and factor > 1:
            why = f"the model makes one frame of {number(factor)}"
            edit = {name: f"{{}} // {number(factor)}"}
            remedies.append(Remedy(why, edit, cost=0.4, sure=False, meaning="stride"))
        if 0 <= call[name].low <= most:  # else all of them would become one length
            why = f"no sequence is longer than the {most} {what}"
            edit = {name: f"{{}}.clamp(max={most})"}
            remedies.append(Remedy(why, edit, cost=0.5, sure=False, meaning="lengths"))
        yield Finding("refused", Stage.LABELS, text, tuple(remedies))
    if targets.ndim == 1 and "target_lengths" in call and x.ndim == 3:
        total = int(np.sum(call["target_lengths"].numbers()))
        if total != targets.size:
            text = (
                f"targets holds {targets.size} labels in one row, and target_lengths adds up to "
                f"{total}."
            )
            yield Finding("refused", Stage.LABELS, text, unsafe=total > targets.size)


def _exchanged_fit(call: Asked) -> bool:
    """Whether the two lengths would fit in each other's place."""
    frames, labels = call["target_lengths"].high, call["input_lengths"].high
    return frames <= call["log_probs"].shape[0] and labels <= call["targets"].shape[1]


def _labels_found(call: Asked) -> Iterator[Finding]:
    """Labels that are no class, of which torch would read foreign memory, or the blank."""
    classes, blank = call["log_probs"].shape[-1], call.options["blank"]
    if not 0 <= blank < classes:
        text = f"blank is {blank}. It is a class number, from 0 to {classes - 1}."
        yield Finding("refused", Stage.OPTIONS, text, unsafe=True)
        return
    used = _used(call)
    if used.size and (used.min() < 0 or used.max() >= classes):
        worst = used.max() if used.max() >= classes else used.min()
        text = (
            f"targets holds {number(float(worst))} among its labels, and there are {classes} "
            f"classes, 0 to {classes - 1}. torch does not check it and reads foreign memory."
        )
        remedies = []
        if used.max() == classes and used.min() >= 2:
            why = "the labels count from 1 besides the blank"
            remedies.append(Remedy(why, {"targets": "{} - 1"}, sure=False, meaning="from 1"))
        yield Finding("refused", Stage.LABELS, text, tuple(remedies), unsafe=True)
    elif (used == blank).any():
        count = np.count_nonzero(used == blank)
        text = f"{count} of {used.size} labels are the blank, {blank}. It spells no label."
        remedies = []
        if not (used == classes - 1).any():
            why = "no label is the last class, which may be the blank"
            options = {"blank": classes - 1}
            remedies.append(Remedy(why, {}, options, cost=0.7, sure=False, meaning="blank"))
        yield Finding("mistake", Stage.LABELS, text, tuple(remedies))


def _used(call: Asked) -> Array:
    """The labels that count: the first of each row, without the padding behind them.

    None can be told where there is not one length for each row, which torch refuses.
    """
    targets = call["targets"].numbers()
    if targets.ndim < 2 or "target_lengths" not in call:
        return targets.reshape(-1)
    lengths = call["target_lengths"].numbers().reshape(-1, 1)
    if targets.ndim > 2 or len(lengths) != len(targets):
        return targets[:0].reshape(-1)
    return np.asarray(targets[np.arange(targets.shape[1]) < lengths])


def _frames_found(call: Asked) -> Iterator[Finding]:
    """Frames that hold no log-probabilities, those that no sequence has as padding."""
    x = call["log_probs"]
    frames = int(call["input_lengths"].low) if "input_lengths" in call else x.shape[0]
    needs = "CTCLoss needs log_softmax of the logits; softmax is not enough."
    for found in log_probabilities_wanted(call, "log_probs", [x.ndim - 1], needs, x.first(frames)):
        # With as many frames as sequences they may be exchanged as well.
        sure = x.ndim < 3 or x.shape[0] != x.shape[1]
        remedies = (replace(remedy, sure=remedy.sure and sure) for remedy in found.remedies)
        yield replace(found, remedies=tuple(remedies))


LOSSES = (
    Loss(
        "CTCLoss",
        ctc_loss,
        ctc_loss_grad,
        _ctc,
        chapter="sequence/ctc",
        formula="-log of the sum, over all paths that spell the target, of their probabilities",
        inputs=("log_probs", "targets", "input_lengths", "target_lengths"),
        options=("blank", "reduction", "zero_infinity"),
        remarks=_ctc_remarks,
        contract=_contract,
        numbers_allowed=("input_lengths", "target_lengths"),
        foreign_memory=True,
        sheet=Sheet(
            tex=r"-\log \sum_{\pi \to y} \prod_t p_t(\pi_t)",
            takes="log-probabilities per step; label sequences",
            mean="each by the length of its target, then samples",
            use="a short label for a long sequence whose positions nobody marked",
            axis="probability of the letter, 3 steps",
            span=(0.01, 0.99),
            curves=(
                lambda p: ctc_loss(
                    np.log(np.tile(np.stack([1 - p, p], 1), (3, 1, 1))),
                    np.ones((p.size, 1), int),
                    np.full(p.size, 3),
                    np.ones(p.size, int),
                    reduction="none",
                ),
            ),
        ),
    ),
)
