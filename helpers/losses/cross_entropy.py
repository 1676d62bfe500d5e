"""Losses for one class out of C: NLL on log-probabilities, cross-entropy on logits.

The classes are axis 1 of the input, or axis 0 of an unbatched one: an input (N, C, d1, …) goes with
class numbers (N, d1, …).
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from helpers import checks
from helpers.findings import Asked, Facts, Finding, Kind, Remedy, Stage
from helpers.losses.rules import (
    STRONG,
    TO_DTYPE,
    class_axis,
    class_shapes,
    class_weights,
    distribution_wanted,
    exchanged,
    floating_input,
    label_dtype,
    label_range,
    log_probabilities_wanted,
    lower_bound,
    move_to_second,
    other_axes,
    same_dtype_weight,
    scores_wanted,
    squeezed,
    without,
)
from helpers.losses.softmax import log_probabilities, log_sum_exp, sizes
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
    gradient,
    value,
)

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


def _logits(input: ArrayLike) -> tuple[FloatArray, int]:
    """The input as float64, and the axis of its classes: 1, or 0 without a batch."""
    x = checks.floating("input", input)
    if x.ndim == 0:
        checks.refuse("input", "at least one dimension, of classes", "a shape of ()")
    axis = min(x.ndim - 1, 1)
    if x.shape[axis] == 0:
        checks.refuse("input", "at least one class", f"shape {x.shape}")
    return x, axis


def class_weight(weight: ArrayLike | None, classes: int) -> FloatArray | None:
    """The class weights as a float64 array of length C, or None."""
    array = checks.weights("weight", weight)
    if array is not None and array.shape != (classes,):
        expected = f"one weight for each of the {classes} classes"
        checks.refuse("weight", expected, f"shape {array.shape}")
    return array


def _along(weight: FloatArray | None, ndim: int, axis: int) -> FloatArray | float:
    """Class weights with axes of length 1 around them, ready to multiply an input; 1 for None."""
    if weight is None:
        return 1.0
    return weight.reshape([-1 if i == axis else 1 for i in range(ndim)])


def check_range(target: IntArray, low: int, high: int, note: str = "") -> None:
    """Refuse class numbers outside [low, high]."""
    wrong = (target < low) | (target > high)
    if wrong.any():
        expected = f"class numbers from {low} to {high}{note}"
        checks.refuse("target", expected, f"{target[wrong].flat[0]}")


@dataclass(frozen=True)
class _ClassNumbers:
    """Class numbers held against an input: which of them count, and what they pick out of it."""

    target: IntArray
    kept: BoolArray
    axis: int
    shape: tuple[int, ...]  # that of the input

    @classmethod
    def of(cls, x: FloatArray, target: ArrayLike, ignore_index: int, axis: int) -> Self:
        """Check class numbers as torch does, dtype, shape and range."""
        # On more than two dimensions torch's kernel takes int64 alone.
        allowed = ("int64",) if x.ndim > 2 else ("int64", "uint8")
        numbers = checks.class_numbers("target", target, allowed)
        ignore_index = checks.integer("ignore_index", ignore_index)
        expected = x.shape[:axis] + x.shape[axis + 1 :]
        if numbers.shape != expected and not (x.ndim == 1 and numbers.shape == (1,)):
            text = f"class numbers of shape {expected} for an input of shape {x.shape}"
            checks.refuse("target", text, f"shape {numbers.shape}")
        numbers = numbers.reshape(expected)
        kept = np.asarray(numbers != ignore_index)
        classes = x.shape[axis]
        wrong = kept & ((numbers < 0) | (numbers >= classes))
        if wrong.any():
            text = f"class numbers from 0 to {classes - 1}, or ignore_index = {ignore_index}"
            checks.refuse("target", text, f"{numbers[wrong].flat[0]}")
        return cls(numbers, kept, axis, x.shape)

    @property
    def index(self) -> IntArray:
        """The class numbers with the ignored ones replaced by class 0, so that they can index."""
        return np.where(self.kept, self.target, 0)

    def pick(self, values: FloatArray) -> FloatArray:
        """The entry of `values` at each target's class."""
        index = np.expand_dims(self.index, self.axis)
        return np.take_along_axis(values, index, self.axis).squeeze(self.axis)

    def scatter(self, values: FloatArray | float) -> FloatArray:
        """An array of zeros with `values` at the classes of the targets that are not ignored."""
        result = np.zeros(self.shape)
        index = np.expand_dims(self.index, self.axis)
        np.put_along_axis(result, index, self.over_classes(values), self.axis)
        return result

    def over_classes(self, values: FloatArray | float) -> FloatArray:
        """A number for each target, 0 for the ignored ones, with an axis for the classes."""
        return np.expand_dims(self.counted(values), self.axis)

    def counted(self, values: FloatArray | float) -> FloatArray:
        """The values, with 0 for the targets that are ignored."""
        return np.where(self.kept, values, 0.0)

    @property
    def ignored(self) -> BoolArray | None:
        """Which targets are ignored; None where none is."""
        return None if self.kept.all() else ~self.kept

    def divisor(self, each: FloatArray | None) -> Divisor:
        """What a mean divides by: the number of targets, or the sum of their weights."""
        if each is None:
            divisor, meaning = float(np.count_nonzero(self.kept)), "number of targets"
        else:
            divisor = float(np.sum(each[self.kept]))
            meaning = "sum of the weights of the targets"
        return Divisor(divisor, meaning + ("" if self.kept.all() else " that are not ignored"))


def _shown(
    classes: _ClassNumbers, logits: Columns, log_p: FloatArray, weight: FloatArray | None
) -> dict[str, Array]:
    """The columns of -w log p of the class of every target."""
    shown = {"target": classes.target, **logits, "log-probability": log_p}
    return shown if weight is None else {**shown, "weight": weight[classes.index]}


def _mark(classes: _ClassNumbers, shown: dict[str, Array]) -> Columns:
    """The columns, and one more that says which targets are ignored, where there are any.

    An ignored target has no logit and no probability: NaN, which the display leaves blank.
    """
    ignored = classes.ignored
    if ignored is None:
        return shown
    numbers = {
        name: np.where(ignored, np.nan, column) if column.dtype.kind == "f" else column
        for name, column in shown.items()
    }
    return {**numbers, "ignored": ignored}


def _likelihood(
    classes: _ClassNumbers,
    log_p: FloatArray,
    weight: FloatArray | None,
    logits: Callable[[], Columns] = dict,
) -> Working:
    """-w log p of the class of every target; its pullback gives the gradient for all log p."""
    each = None if weight is None else weight[classes.index]
    factor = 1.0 if each is None else each
    return Working(
        classes.counted(-log_p * factor),
        columns=lambda: _mark(classes, _shown(classes, logits(), log_p, weight)),
        pullback=lambda scale: classes.scatter(-scale * factor),
        divisors={"mean": classes.divisor(each)},
        ignored=classes.ignored,
    )


def _smoothed(
    likelihood: Working,
    classes: _ClassNumbers,
    log_p: FloatArray,
    weight: FloatArray | None,
    smoothing: float,
    logits: Callable[[], Columns],
) -> Working:
    """(1 - ε) · loss of the target + ε · mean over the classes of -w log p."""
    axis, share = classes.axis, smoothing / log_p.shape[classes.axis]
    factor = _along(weight, log_p.ndim, axis)
    mean = -np.sum(log_p * factor, axis) / log_p.shape[axis]

    def columns() -> Columns:
        of_target = classes.pick(log_p)
        shown = _shown(classes, logits(), of_target, weight)
        shown["loss of target"] = -of_target * shown.get("weight", 1.0)
        return _mark(classes, {**shown, "mean over classes": mean})

    def pullback(scale: Any) -> FloatArray:
        of_target: FloatArray = likelihood.pullback(scale)
        of_mean: FloatArray = -share * classes.over_classes(scale) * factor
        return of_target * (1 - smoothing) + of_mean

    divisor = likelihood.divisors["mean"]
    return replace(
        likelihood,
        loss=(1 - smoothing) * likelihood.loss + smoothing * classes.counted(mean),
        columns=columns,
        pullback=pullback,
        # torch divides the two on their own; without any weight the first is 0 / 0.
        divisors={"mean": replace(divisor, value=divisor.value or np.nan)},
    )


def _nll(
    input: ArrayLike, target: ArrayLike, weight: ArrayLike | None = None, ignore_index: int = -100
) -> Working:
    checks.same_dtype(input=input, weight=weight)
    x, axis = _logits(input)
    classes = _ClassNumbers.of(x, target, ignore_index, axis)
    return _likelihood(classes, classes.pick(x), class_weight(weight, x.shape[axis]))


def nll_loss(
    input: ArrayLike,
    target: ArrayLike,
    weight: ArrayLike | None = None,
    ignore_index: int = -100,
    reduction: str = "mean",
) -> float | FloatArray:
    r"""The negative log-likelihood: minus the input's entry at the target's class.

    .. math:: \ell_n = -w_{y_n}\,x_{n, y_n}, \qquad
              \text{mean} = \frac{\sum_n \ell_n}{\sum_n w_{y_n}}
              \quad\text{over the targets that are not ignored}

    It takes no logarithm: the input must hold log-probabilities already.

    Args:
        input: :math:`x`, log-probabilities of shape (N, C), (C,) or (N, C, d1, …), floating dtype.
        target: :math:`y`, class numbers from 0 to C - 1, of the shape of `input` without the axis
            of the classes; int64 (or uint8 for an input of one or two dimensions).
        weight: :math:`w`, a weight for each class, shape (C,), the dtype of `input`, or None.
        ignore_index: targets of this value cost 0 and are not counted by 'mean'.
        reduction: 'none', 'mean' or 'sum'. The mean over no target at all is NaN.

    Returns:
        A float, or for 'none' an array of the shape of `target`.

    Raises:
        TypeError: `input` is not floating, `target` has another dtype, `weight` is a bare number
            or has another dtype than `input`, or `ignore_index` is no integer.
        ValueError: the shapes do not fit, a target is out of range, or `reduction` is none of the
            three.

    Reference:
        https://docs.pytorch.org/docs/2.13/generated/torch.nn.NLLLoss.html

    >>> log_p = [[-0.5, -1.0], [-2.0, -0.1]]
    >>> nll_loss(log_p, [0, 0])  # (0.5 + 2) / 2
    1.25
    >>> nll_loss(log_p, [0, 1], weight=[3.0, 1.0])  # (3·0.5 + 1·0.1) / (3 + 1)
    0.4
    """
    return value(_nll, reduction, input, target, weight, ignore_index)


def nll_loss_grad(
    input: ArrayLike,
    target: ArrayLike,
    weight: ArrayLike | None = None,
    ignore_index: int = -100,
    reduction: str = "mean",
) -> FloatArray:
    r"""The gradient of `nll_loss` for `input`: :math:`-w_{y_n}` at the target's class, else 0.

    Args, errors and reference are those of `nll_loss`. Returns an array of the shape of `input`;
    with 'mean' each entry is divided by what `nll_loss` divides by.

    >>> nll_loss_grad([[-0.5, -1.0], [-2.0, -0.1]], [0, 1], weight=[3.0, 1.0])
    array([[-0.75,  0.  ],
           [ 0.  , -0.25]])
    """
    return gradient(_nll, reduction, input, target, weight, ignore_index)


def _of_logits(of_log_p: Working, x: FloatArray, axis: int) -> Working:
    """A working on log p as one on logits: its slope G becomes G - p Σ G.

    G has zeros where nothing counts, and no product of a weight with 0: that of an infinite weight
    would be NaN.
    """

    def pullback(scale: Any) -> FloatArray:
        slope: FloatArray = of_log_p.pullback(scale)
        total: FloatArray = np.sum(slope, axis, keepdims=True)
        return slope - np.exp(log_probabilities(x, axis)) * total

    def magnitude() -> FloatArray:
        steepness = np.abs(of_log_p.pullback(1.0))
        # What does not count may be infinite, as the logit of a class that is masked out.
        added = np.where(steepness == 0, 0.0, steepness * sizes(x, axis))
        return np.asarray(np.sum(added, axis))

    return replace(of_log_p, pullback=pullback, magnitude=magnitude)


def _check_smoothed(target: ArrayLike, classes: _ClassNumbers, weight: FloatArray | None) -> None:
    """Refuse what torch refuses with label smoothing alone."""
    if len(checks.shape("target", target)) > classes.target.ndim:
        checks.refuse("target", "a shape of () with label_smoothing", "shape (1,)")
    if weight is not None:
        # To add up the smoothed weights torch gathers them, by int64 alone.
        checks.class_numbers("target", target, ("int64",))


def _of_classes(
    input: ArrayLike,
    target: ArrayLike,
    weight: ArrayLike | None,
    ignore_index: int,
    smoothing: float,
) -> Working:
    """The cross-entropy of logits with class numbers."""
    checks.same_dtype(input=input, weight=weight)
    x, axis = _logits(input)
    classes = _ClassNumbers.of(x, target, ignore_index, axis)
    w = class_weight(weight, x.shape[axis])
    largest, log_sum = log_sum_exp(x, axis)
    logit = classes.pick(x)

    def logits() -> Columns:
        return {"logit": logit, "log-sum-exp": (largest + log_sum).squeeze(axis)}

    log_p = logit - largest.squeeze(axis) - log_sum.squeeze(axis)
    working = _likelihood(classes, log_p, w, logits)
    if smoothing > 0:
        _check_smoothed(target, classes, w)
        smoothed = _smoothed(working, classes, x - largest - log_sum, w, smoothing, logits)
        return _of_logits(smoothed, x, axis)

    def magnitude() -> FloatArray:
        added = np.abs(logit) + np.abs(largest.squeeze(axis)) + np.abs(log_sum.squeeze(axis)) + 1
        return classes.counted(added if w is None else added * np.abs(w[classes.index]))

    return replace(_of_logits(working, x, axis), magnitude=magnitude)


def _of_probabilities(
    input: ArrayLike,
    target: ArrayLike,
    weight: ArrayLike | None,
    ignore_index: int,
    smoothing: float,
) -> Working:
    """The cross-entropy of logits with a probability for each class."""
    goal = given = checks.floating("target", target)
    x, axis = _logits(input)
    if checks.integer("ignore_index", ignore_index) >= 0:
        expected = "a negative number (probabilities ignore no class)"
        checks.refuse("ignore_index", expected, ignore_index)
    classes = x.shape[axis]
    factor = _along(class_weight(weight, classes), x.ndim, axis)
    if smoothing > 0:
        goal = (1 - smoothing) * given + smoothing / classes
    log_p = log_probabilities(x, axis)
    parts = -goal * log_p * factor
    loss = np.sum(parts, axis)

    def columns() -> Columns:
        shown: dict[str, Array] = {"logit": x, "log-probability": log_p, "target": given}
        if smoothing > 0:
            shown["smoothed target"] = goal
        return shown if weight is None else {**shown, "weight": np.asarray(factor)}

    def pullback(scale: Any) -> FloatArray:
        return -np.expand_dims(np.broadcast_to(scale, loss.shape), axis) * factor * goal

    divisor = Divisor(x.size / classes, "number of rows, whatever the weights")
    working = Working(loss, columns, pullback, divisors={"mean": divisor}, parts=parts)
    return _of_logits(working, x, axis)


def _cross_entropy(
    input: ArrayLike,
    target: ArrayLike,
    weight: ArrayLike | None = None,
    ignore_index: int = -100,
    label_smoothing: float = 0.0,
) -> Working:
    of_each_class = checks.shape("input", input) == checks.shape("target", target)
    smoothing = checks.number("label_smoothing", label_smoothing, at_least=0, at_most=1)
    make = _of_probabilities if of_each_class else _of_classes
    return make(input, target, weight, ignore_index, smoothing)


def cross_entropy(
    input: ArrayLike,
    target: ArrayLike,
    weight: ArrayLike | None = None,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> float | FloatArray:
    r"""The cross-entropy of logits: log-softmax and the negative log-likelihood in one.

    .. math:: \ell_n = -\sum_c w_c\,q_{nc} \log p_{nc}, \qquad
              \log p_{nc} = x_{nc} - \log\sum_k e^{x_{nk}}, \qquad
              q_{nc} = (1 - \varepsilon)\,t_{nc} + \varepsilon / C

    With class numbers :math:`t_{nc}` is 1 at the target's class and 0 elsewhere, and 'mean' divides
    by :math:`\sum_n w_{y_n}` over the targets that are not ignored. With probabilities
    :math:`t` is the target, and 'mean' divides by the number of rows, whatever the weights.

    Args:
        input: :math:`x`, logits of shape (N, C), (C,) or (N, C, d1, …), floating dtype.
        target: either class numbers from 0 to C - 1, of the shape of `input` without the axis of
            the classes, int64 (or uint8 for an input of one or two dimensions, but not with both
            smoothing and weights); or probabilities :math:`t` of the shape of `input`, floating
            dtype.
        weight: :math:`w`, a weight for each class, shape (C,); with class numbers of the dtype of
            `input`; or None.
        ignore_index: targets of this value cost 0 and are not counted by 'mean'. With
            probabilities it has no use and must be negative.
        reduction: 'none', 'mean' or 'sum'. The mean over no target at all is NaN.
        label_smoothing: :math:`\varepsilon` in [0, 1], the share of each target that is spread over
            all classes.

    Returns:
        A float, or for 'none' an array of the shape of `input` without the axis of the classes.

    Raises:
        TypeError: a dtype does not fit, or an option is of the wrong kind.
        ValueError: the shapes do not fit, a target is out of range, `label_smoothing` lies outside
            [0, 1] (torch takes what lies below as 0), or `reduction` is none of the three.

    Reference:
        Szegedy and others, Rethinking the Inception Architecture, 2015 (label smoothing),
        https://arxiv.org/abs/1512.00567;
        https://docs.pytorch.org/docs/2.13/generated/torch.nn.CrossEntropyLoss.html

    >>> round(cross_entropy([[0.8, 2.0, 2.0]], [0]), 6)
    2.033428
    >>> round(cross_entropy([[0.0, 0.0]], [[0.3, 0.7]]), 6)  # log 2
    0.693147
    """
    return value(_cross_entropy, reduction, input, target, weight, ignore_index, label_smoothing)


def cross_entropy_grad(
    input: ArrayLike,
    target: ArrayLike,
    weight: ArrayLike | None = None,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> FloatArray:
    r"""The gradient of `cross_entropy` for `input`.

    .. math:: p_{nc} \sum_k w_k\,q_{nk} - w_c\,q_{nc}, \quad\text{without options}\quad
              p_{nc} - t_{nc}

    Args, errors and reference are those of `cross_entropy`. Returns an array of the shape of
    `input`; with 'mean' each entry is divided by what `cross_entropy` divides by.
    Ignored targets get 0.

    >>> cross_entropy_grad([[0.0, 0.0]], [1])
    array([[ 0.5, -0.5]])
    """
    return gradient(_cross_entropy, reduction, input, target, weight, ignore_index, label_smoothing)


def target_remarks(call: Call) -> Iterator[Remark]:
    """What label smoothing does to a loss."""
    smoothing, with_class_numbers = call.options["label_smoothing"], call.working.parts is None
    if smoothing and with_class_numbers:
        text = (
            f"label_smoothing: loss = {number(1 - smoothing)} · loss of target + "
            f"{number(smoothing)} · mean over classes"
        )
        # Without weights the least is the entropy of the smoothed target.
        scores = call.inputs["input"]
        classes = scores.shape[min(1, scores.ndim - 1)]
        shares = np.full(classes, smoothing / classes)
        shares[0] += 1 - smoothing
        least = -float(np.sum(shares * np.log(shares)))
        plain = call.options["weight"] is None
        yield Remark("note", f"{text}, never below {number(least)}." if plain else f"{text}.")


def _remarks(call: Call) -> Iterator[Remark]:
    """What label smoothing does, and what Keras returns for the same weights, given by sample."""
    yield from target_remarks(call)
    loss, options = call.working.loss, call.options
    weighted = options["weight"] is not None and options["reduction"] == "mean"
    altered = call.working.parts is not None or options["label_smoothing"]
    counted = call.working.ignored is None and np.isfinite(loss).all() and loss.any()
    if weighted and counted and not altered:
        mean = number(np.sum(loss) / loss.size)
        text = f"Keras's default would give {mean} here: it divides by the number of losses."
        yield Remark("note", text)


def _one_output(call: Asked) -> Iterator[Finding]:
    """Scores of one class, or one score for each sample: a question of yes or no."""
    x, t = call["input"], call["target"]
    flat = x.ndim == 1 and t.shape == x.shape and not t.floating
    single = x.ndim > 0 and x.shape[class_axis(x)] == 1 and not flat
    if not (flat or single) or not t.size:
        return
    remedies = [*_binary(x, t)] if t.count(0, 1) == t.size else []
    if flat and t.one_hot(0) and t.size > 1:
        why = "the target is one-hot, and argmax makes a class number of it"
        guess = t.size == 2
        edit = {"target": "{}.argmax()"}
        cost = 0.6 if guess else 0.2
        remedies.append(Remedy(why, edit, cost=cost, sure=False, meaning="one-hot"))
    if single:
        text = (
            "There is one class alone. Its probability is always 1, and the loss is 0 whatever the "
            "input. For yes or no take BCEWithLogitsLoss."
        )
        remedies += _columns(x, t)
        # A batch of one may have one class with good reason: it is compared with itself.
        kind: Kind = "mistake" if x.size > 1 else "note"
        yield Finding(kind, Stage.FORM, text, tuple(remedies) if x.size > 1 else ())
    elif remedies:
        text = (
            f"input has shape {x.shape}, which is taken for the scores of {x.size} classes, and "
            f"target {t.shape} is neither a class number nor floating probabilities. One score for "
            "each sample, for yes or no, is what BCEWithLogitsLoss takes."
        )
        yield Finding("refused", Stage.FORM, text, tuple(remedies))


def _columns(x: Facts, t: Facts) -> Iterator[Remedy]:
    """The scores of several classes that were flattened to one column."""
    classes = x.shape[0] // t.size
    if x.ndim == 2 and t.ndim == 1 and classes * t.size == x.shape[0] and t.high < classes > 1:
        why = f"the column holds the scores of {classes} classes for each of {t.size} rows"
        edit = {"input": f"{{}}.view(-1, {classes})"}
        yield Remedy(why, edit, cost=0.5, sure=False, meaning="columns")


def _flattened_rows(call: Asked) -> Iterator[Finding]:
    """Rows of one-hot or multi-hot labels that were flattened to class numbers."""
    x, t = call["input"], call["target"]
    if x.ndim == 2 and t.ndim == 1 and t.size == x.size > x.shape[0] and t.count(0, 1) == t.size:
        rows, classes = x.shape
        text = (
            f"target has shape {t.shape}, as many numbers as input, {x.shape}, all 0 or 1: the "
            "rows of a one-hot or multi-hot target were flattened."
        )
        edits = {"target": f"{{}}.view({rows}, {classes}){TO_DTYPE.get(x.dtype, '.float()')}"}
        if t.dtype == x.dtype:
            edits = {"target": f"{{}}.view({rows}, {classes})"}
        why = "a yes or no for each class is what binary_cross_entropy_with_logits takes"
        loss = "binary_cross_entropy_with_logits"
        yes_or_no = Remedy(why, edits, loss=loss, cost=0.5, sure=False, meaning="multi-label")
        remedies = [yes_or_no]
        if t.count(1, 1) == rows:
            why = "argmax makes class numbers of the one-hot rows"
            edits = {"target": f"{{}}.view({rows}, {classes}).argmax(1)"}
            remedies.insert(0, Remedy(why, edits, cost=0.5, sure=False, meaning="one-hot"))
        yield Finding("refused", Stage.FORM, text, tuple(remedies))


def _binary(x: Facts, t: Facts) -> Iterator[Remedy]:
    """The call with a single score for yes or no."""
    views = {view.shape: view.code for view in squeezed(x, "input")}
    of_target = {view.shape: view.code for view in squeezed(t, "target")}
    edits = {}
    if t.shape != x.shape and t.shape in views:
        edits["input"] = views[t.shape]
    elif t.shape != x.shape and x.shape in of_target:
        edits["target"] = of_target[x.shape]
    elif t.shape != x.shape:
        return
    if t.dtype != x.dtype:
        edits["target"] = edits.get("target", "{}") + TO_DTYPE.get(x.dtype, ".float()")
    why = "a single score for yes or no is what binary_cross_entropy_with_logits takes"
    loss = "binary_cross_entropy_with_logits"
    yield Remedy(why, edits, loss=loss, cost=0.3, sure=False, meaning="binary")


def _ambiguous_axis(call: Asked) -> Iterator[Finding]:
    """Sequences with as many positions as classes, where either axis may hold the classes."""
    x, t = call["input"], call["target"]
    if x.ndim == 3 and x.shape[1] == x.shape[2] > 1 and t.shape == without(x.shape, 1):
        text = (
            f"Axes 1 and 2 of input are both of length {x.shape[1]}. Axis 1 is taken for the "
            "classes; if they are axis 2, the call takes input.transpose(1, 2)."
        )
        remedy = Remedy("the classes are axis 2", {"input": "{}.transpose(1, 2)"}, sure=False)
        yield Finding("note", Stage.SHAPE, text, (remedy,))


def _of_classes_found(call: Asked) -> Iterator[Finding]:
    """What is asked of an input and class numbers, in cross-entropy and in NLL."""
    x = call["input"]
    yield from class_shapes(call)
    yield from _ambiguous_axis(call)
    allowed = ("int64",) if x.ndim > 2 else ("int64", "uint8")
    yield from label_dtype(call, allowed=allowed)
    yield from floating_input(call, "input")
    yield from same_dtype_weight(call, "weight", "input")
    if x.ndim:
        yield from label_range(call, x.shape[class_axis(x)])
        yield from class_weights(call, x.shape[class_axis(x)])
        yield from _padding(call, x.shape[class_axis(x)])
    yield from lower_bound(call, "weight")


def _padding(call: Asked, classes: int) -> Iterator[Finding]:
    """Targets most of which are class 0, as padding often is."""
    t = call["target"]
    zeros, index = t.count(0, 0), call.options["ignore_index"]
    # An image has a background, which is a class.
    few = classes < 5 or t.size < 64 or t.ndim > 2
    if few or index not in (None, -100) or not 0.6 < zeros / t.size < 1:
        return
    text = (
        f"{zeros} of {t.size} targets are class 0. If it is padding, ignore_index=0 leaves it out."
    )
    yield Finding("note", Stage.LABELS, text)


def _nll_contract(call: Asked) -> Iterator[Finding]:
    """What NLL asks of its arguments."""
    yield from exchanged(call)
    yield from _of_classes_found(call)
    needs = "NLLLoss needs log_softmax of the logits; softmax is not enough."
    x = call["input"]
    if x.ndim:
        yield from log_probabilities_wanted(call, "input", [class_axis(x)], needs)


def _of_probabilities_found(call: Asked) -> Iterator[Finding]:
    """What is asked of an input and a probability for each class."""
    x, t = call["input"], call["target"]
    axis = class_axis(x)
    yield from floating_input(call, "input")
    if call.options["ignore_index"] is not None and call.options["ignore_index"] >= 0:
        text = (
            f"ignore_index is {call.options['ignore_index']}, and the target holds probabilities. "
            "They ignore no class: ignore_index is for class numbers."
        )
        why = "probabilities go without ignore_index"
        remedy = Remedy(why, {}, {"ignore_index": None})
        yield Finding("refused", Stage.OPTIONS, text, (remedy, *_numbers_of_one_hot(t, axis)))
    yield from class_weights(call, x.shape[axis])
    for last in other_axes(t, axis):
        if t.evidence(last) >= STRONG and not t.evidence(axis):
            text = (
                f"The target adds up to 1 over axis {last}, and the classes are taken to be axis "
                f"{axis}."
            )
            edits = {name: move_to_second(last, x.ndim) for name in ("input", "target")}
            why = f"the classes are axis {last}, and torch expects them on axis {axis}"
            remedy = Remedy(why, edits, cost=0.3, sure=False, meaning="axis")
            yield Finding("mistake", Stage.SHAPE, text, (remedy,))
            return
    instead = _several(x, t) if t.values is not None and t.values <= {0.0, 1.0} else ()
    if instead or t.high <= 1:
        yield from distribution_wanted(call, "target", [axis], instead)
        return
    for found in distribution_wanted(call, "target", [axis]):
        text = f"{found.text} A floating target of the input's shape is read as probabilities."
        yield replace(found, text=text)


def _several(x: Facts, t: Facts) -> tuple[Remedy, ...]:
    """The loss for labels that do not exclude each other."""
    why = "several labels to a row are what binary_cross_entropy_with_logits takes"
    loss = "binary_cross_entropy_with_logits"
    return (Remedy(why, loss=loss, cost=0.4, sure=False, meaning="multi-label"),)


def _numbers_of_one_hot(t: Facts, axis: int) -> Iterator[Remedy]:
    """Class numbers of a one-hot target, for what only they can do."""
    if t.one_hot(axis):
        why = "the target is one-hot, and argmax makes class numbers of it"
        yield Remedy(why, {"target": f"{{}}.argmax({axis})"}, cost=0.5, sure=False, meaning="index")


def cross_entropy_contract(call: Asked) -> Iterator[Finding]:
    """What cross-entropy asks of its arguments."""
    x, t = call["input"], call["target"]
    yield from exchanged(call)
    yield from _one_output(call)
    yield from _flattened_rows(call)
    if x.ndim and x.shape == t.shape and t.floating:
        yield from _of_probabilities_found(call)
    else:
        yield from _whole_distribution(call)
        yield from _of_classes_found(call)
    yield from smoothing_found(call)
    if not x.ndim:
        return
    why = "log undoes the softmax of the input: the logits before it give the same"
    undo = Remedy(why, {"input": "{}.log()"}, sure=False, meaning="softmax")
    why = "logit undoes the sigmoid of the input"
    sigmoid = Remedy(why, {"input": "{}.logit()"}, cost=0.4, sure=False, meaning="sigmoid")
    wants = "CrossEntropyLoss takes logits and applies the softmax itself."
    yield from scores_wanted(call, "input", undo, wants, sigmoid)
    yield from _masked_rows(call)
    yield from _even_scores(x)


def _masked_rows(call: Asked) -> Iterator[Finding]:
    """Rows of nothing but -inf, whose softmax is 0/0."""
    x = call["input"]
    axis = class_axis(x)
    if x.size and x.low == -math.inf and x.sums(axis, True)[0] == 0:
        text = (
            f"In some rows all {x.shape[axis]} scores are -inf. Their softmax is 0/0: the gradient "
            "is NaN there even where the target is ignored."
        )
        yield Finding("numerics", Stage.OPTIONS, text)


def _even_scores(x: Facts) -> Iterator[Finding]:
    """Scores that are all the same: each class is as likely as the others."""
    classes = x.shape[class_axis(x)]
    if x.size and x.low == x.high and classes > 1:
        text = (
            f"All scores are {number(x.low)}: each of the {classes} classes has a probability of "
            f"1/{classes}, of which minus the log is {number(math.log(classes))}, as before any "
            "training."
        )
        yield Finding("note", Stage.OPTIONS, text)


def _whole_distribution(call: Asked) -> Iterator[Finding]:
    """A target of the input's shape in whole numbers: one-hot, or a distribution of none."""
    x, t = call["input"], call["target"]
    if x.shape != t.shape or not t.size or not x.ndim or t.count(0, 1) != t.size:
        return
    axis = class_axis(x)
    if any(t.one_hot(i) for i in range(t.ndim)):
        one_hot = next(i for i in (axis, *range(t.ndim)) if t.one_hot(i))
        text = (
            f"target has the shape of input, {t.shape}, and is one-hot over axis {one_hot}, in "
            f"{t.dtype}. It has to be class numbers, or floating as probabilities are."
        )
        number_of_each = Remedy(
            f"argmax makes class numbers of the one-hot target over axis {one_hot}",
            {"target": f"{{}}.argmax({one_hot})"}
            | ({"input": move_to_second(one_hot, x.ndim)} if one_hot != axis else {}),
            meaning=f"one-hot {one_hot}",
        )
        yield Finding("refused", Stage.SHAPE, text, (number_of_each,))
        return
    text = (
        f"target has the shape of input, {t.shape}, and holds 0 and 1 in {t.dtype}, several to a "
        "row or none. Labels that do not exclude each other are for BCEWithLogitsLoss."
    )
    edit = {"target": "{}" + TO_DTYPE.get(x.dtype, ".float()")}
    why = "a yes or no for each class is what binary_cross_entropy_with_logits takes"
    loss = "binary_cross_entropy_with_logits"
    remedy = Remedy(why, edit, loss=loss, cost=0.4, sure=False, meaning="multi-label")
    if t.size > 1 and not (t.ndim > 1 and x.shape[axis] == 1):
        yield Finding("refused", Stage.FORM, text, (remedy,))


def smoothing_found(call: Asked) -> Iterator[Finding]:
    """Label smoothing that is no share."""
    smoothing = call.options["label_smoothing"]
    if not 0 <= smoothing <= 1:
        text = f"label_smoothing is {number(smoothing)}. It is a share from 0 to 1."
        yield Finding("mistake", Stage.OPTIONS, text)


LOSSES = (
    Loss(
        "NLLLoss",
        nll_loss,
        nll_loss_grad,
        _nll,
        chapter="multiclass/nll",
        formula="-input[target]",
        options=("weight", "ignore_index", "reduction"),
        contract=_nll_contract,
        sheet=Sheet(
            tex=r"-x_y",
            takes="log-probabilities; class numbers",
            mean="the weights of the targets, 1 each by default; ignored ones left out",
            use="one class out of several, if the model returns log-probabilities",
            axis="log-probability of the class",
            span=(-4.0, 0.0),
            curves=(
                lambda x: nll_loss(np.stack([x, x], 1), np.zeros(x.size, int), reduction="none"),
            ),
        ),
    ),
    Loss(
        "CrossEntropyLoss",
        cross_entropy,
        cross_entropy_grad,
        _cross_entropy,
        chapter="multiclass/cross_entropy",
        formula="-Σ target·log p over the classes, with log p = input - log Σ exp(input)",
        options=("weight", "ignore_index", "reduction", "label_smoothing"),
        remarks=_remarks,
        contract=cross_entropy_contract,
        sheet=Sheet(
            tex=r"-x_y + \log \sum_c e^{x_c}",
            takes="logits; class numbers or probabilities",
            mean="as NLLLoss; with probabilities the rows",
            use="one class out of several: the usual choice",
            axis="logit of the class, the others 0",
            span=(-4.0, 4.0),
            curves=(
                lambda x: cross_entropy(
                    x[:, None] * [1.0, 0.0, 0.0], np.zeros(x.size, int), reduction="none"
                ),
            ),
        ),
    ),
)
