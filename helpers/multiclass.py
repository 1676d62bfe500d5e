"""Losses for one class out of C: NLL on log-probabilities, cross-entropy on logits.

Also `softmax` and `log_softmax`. The classes are axis 1 of the input, or axis 0 of an unbatched
one: an input (N, C, d1, …) goes with class numbers (N, d1, …).
"""

from dataclasses import dataclass

import numpy as np

from helpers import checks
from helpers.reduction import Divisor, Terms, ieee


def _log_normaliser(input, axis):
    """The two parts of log Σ exp(x) along an axis: the maximum m, and log Σ exp(x - m).

    With m taken out no exponential exceeds 1, so that nothing overflows.
    """
    largest = np.max(input, axis=axis, keepdims=True, initial=-np.inf)
    return largest, np.log(np.sum(np.exp(input - largest), axis=axis, keepdims=True))


@ieee
def log_softmax(input, dim):
    r"""The logarithm of the softmax, :math:`x_c - \log\sum_k e^{x_k}` along an axis.

    Args:
        input: :math:`x`, the logits; any shape, floating dtype.
        dim: the axis of the classes. It has no default: torch's own depends on the number of
            dimensions, and warns.

    Returns:
        An array of the shape of `input` with values of at most 0.

    Raises:
        TypeError: `input` is not floating, or `dim` is no integer.
        ValueError: there is no such axis.

    Reference:
        https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.log_softmax.html

    >>> log_softmax([1000.0, 1000.0], dim=0)  # log ½, and no overflow
    array([-0.69314718, -0.69314718])
    """
    input = checks.floating("input", input)
    axis = checks.axis("dim", dim, input.ndim)
    if input.ndim == 0:
        return log_softmax(input[None], 0).reshape(())
    largest, log_sum = _log_normaliser(input, axis)
    return input - largest - log_sum


@ieee
def softmax(input, dim):
    r"""Numbers made positive and normalised, :math:`e^{x_c} / \sum_k e^{x_k}` along an axis.

    Args:
        input: :math:`x`, the logits; any shape, floating dtype.
        dim: the axis of the classes (no default, as for `log_softmax`).

    Returns:
        An array of the shape of `input` that adds up to 1 along the axis.

    Raises:
        TypeError: `input` is not floating, or `dim` is no integer.
        ValueError: there is no such axis.

    Reference:
        https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.softmax.html

    >>> softmax([0.0, 0.0, 1000.0], dim=0)
    array([0., 0., 1.])
    """
    return np.asarray(np.exp(log_softmax(input, dim)))


def _class_axis(input):
    """The axis of the classes: 1, or 0 without a batch."""
    if input.ndim == 0:
        checks.refuse("input", "at least one dimension, of classes", "a shape of ()")
    axis = min(input.ndim - 1, 1)
    if input.shape[axis] == 0:
        checks.refuse("input", "at least one class", f"shape {input.shape}")
    return axis


def _along(weight, ndim, axis):
    """Class weights with axes of length 1 around them, ready to multiply an input."""
    return weight.reshape([-1 if i == axis else 1 for i in range(ndim)])


def _class_weight(input, weight, axis):
    """The class weights as a float64 array of length C, or None."""
    weight = checks.weights("weight", weight)
    if weight is not None and weight.shape != (input.shape[axis],):
        expected = f"one weight for each of the {input.shape[axis]} classes"
        checks.refuse("weight", expected, f"shape {weight.shape}")
    return weight


@dataclass(frozen=True)
class _Indexed:
    """Class numbers held against an input: which of them count, and what they pick out of it."""

    target: np.ndarray
    kept: np.ndarray
    axis: int

    @classmethod
    def of(cls, input, target, ignore_index, axis):
        """Check class numbers as torch does, dtype, shape and range."""
        # On more than two dimensions torch's kernel takes int64 alone.
        allowed = ("int64",) if input.ndim > 2 else ("int64", "uint8")
        target = checks.class_numbers("target", target, allowed)
        ignore_index = checks.integer("ignore_index", ignore_index)
        expected = input.shape[:axis] + input.shape[axis + 1 :]
        if target.shape != expected and not (input.ndim == 1 and target.shape == (1,)):
            text = f"class numbers of shape {expected} for an input of shape {input.shape}"
            checks.refuse("target", text, f"shape {target.shape}")
        target = target.reshape(expected)
        kept = target != ignore_index
        classes = input.shape[axis]
        wrong = kept & ((target < 0) | (target >= classes))
        if wrong.any():
            text = f"class numbers from 0 to {classes - 1}, or ignore_index = {ignore_index}"
            checks.refuse("target", text, f"{target[wrong].flat[0]}")
        return cls(target, kept, axis)

    @property
    def index(self):
        """The class numbers with the ignored ones replaced by class 0, so that they can index."""
        return np.where(self.kept, self.target, 0)

    def pick(self, values):
        """The entry of `values` at each target's class."""
        index = np.expand_dims(self.index, self.axis)
        return np.take_along_axis(values, index, self.axis).squeeze(self.axis)

    def scatter(self, values, shape):
        """An array of zeros with `values` at each target's class: the transpose of `pick`."""
        result = np.zeros(shape)
        values = np.broadcast_to(values, self.target.shape)
        index, values = (np.expand_dims(a, self.axis) for a in (self.index, values))
        np.put_along_axis(result, index, values, self.axis)
        return result

    def terms(self, columns, log_p, weight, smoothing=0.0, smooth=None):
        """The terms of -log p of the target's class: weighted, smoothed, 0 where ignored."""
        columns = {"target": self.target, **columns, "log-probability": log_p}
        loss, meaning = -log_p, "number of targets"
        divisor = np.count_nonzero(self.kept)
        if weight is not None:
            columns["weight"] = weight[self.index]
            loss, meaning = loss * columns["weight"], "sum of the weights of the targets"
            divisor = np.sum(columns["weight"][self.kept])
        if smoothing > 0:
            columns |= {"loss of target": loss, "mean over classes": smooth}
            loss = (1 - smoothing) * loss + smoothing * smooth
            # torch divides the two on their own; without any weight the first is 0 / 0.
            divisor = divisor or np.nan
        if not self.kept.all():
            columns["ignored"] = ~self.kept
            meaning += " that are not ignored"
        divisors = {"mean": Divisor(float(divisor), meaning)}
        return Terms(columns, np.where(self.kept, loss, 0.0), divisors)


@ieee
def nll_loss_terms(input, target, weight=None, ignore_index=-100):
    """The working of `nll_loss`, before the reduction."""
    return _nll(input, target, weight, ignore_index)[1]


def _nll(input, target, weight, ignore_index):
    """The class numbers and the terms of `nll_loss`."""
    checks.same_dtype(input=input, weight=weight)
    input = checks.floating("input", input)
    axis = _class_axis(input)
    indexed = _Indexed.of(input, target, ignore_index, axis)
    weight = _class_weight(input, weight, axis)
    return indexed, indexed.terms({}, indexed.pick(input), weight)


def nll_loss(input, target, weight=None, ignore_index=-100, reduction="mean"):
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
    return nll_loss_terms(input, target, weight, ignore_index).reduce(reduction)


@ieee
def nll_loss_grad(input, target, weight=None, ignore_index=-100, reduction="mean"):
    r"""The gradient of `nll_loss` for `input`: :math:`-w_{y_n}` at the target's class, else 0.

    Args, errors and reference are those of `nll_loss`. Returns an array of the shape of `input`;
    with 'mean' each entry is divided by what `nll_loss` divides by.

    >>> nll_loss_grad([[-0.5, -1.0], [-2.0, -0.1]], [0, 1], weight=[3.0, 1.0])
    array([[-0.75,  0.  ],
           [ 0.  , -0.25]])
    """
    indexed, terms = _nll(input, target, weight, ignore_index)
    slope = -terms.scale(reduction) * terms.columns.get("weight", 1.0)
    return indexed.scatter(np.where(indexed.kept, slope, 0.0), np.shape(input))


@ieee
def cross_entropy_terms(input, target, weight=None, ignore_index=-100, label_smoothing=0.0):
    """The working of `cross_entropy`, before the reduction."""
    if checks.shape("input", input) == checks.shape("target", target):
        return _probability_terms(input, target, weight, ignore_index, label_smoothing)
    return _class_terms(input, target, weight, ignore_index, label_smoothing)[1]


def _class_terms(input, target, weight, ignore_index, label_smoothing):
    """The class numbers and the terms of `cross_entropy` with them."""
    smoothing = checks.number("label_smoothing", label_smoothing, at_least=0, at_most=1)
    checks.same_dtype(input=input, weight=weight)
    input = checks.floating("input", input)
    axis = _class_axis(input)
    indexed = _Indexed.of(input, target, ignore_index, axis)
    if smoothing > 0 and np.ndim(target) > indexed.target.ndim:
        checks.refuse("target", "a shape of () with label_smoothing", "shape (1,)")
    weight = _class_weight(input, weight, axis)
    if smoothing > 0 and weight is not None:
        # To add up the smoothed weights torch gathers them, by int64 alone.
        checks.class_numbers("target", target, ("int64",))
    largest, log_sum = _log_normaliser(input, axis)
    logit = indexed.pick(input)
    columns = {
        "logit": logit,
        "log-sum-exp": lambda: (largest + log_sum).squeeze(axis),
    }
    log_p = logit - largest.squeeze(axis) - log_sum.squeeze(axis)
    smooth = None
    if smoothing > 0:
        smooth = input - largest - log_sum
        if weight is not None:
            smooth = smooth * _along(weight, input.ndim, axis)
        smooth = -np.sum(smooth, axis) / input.shape[axis]
    return indexed, indexed.terms(columns, log_p, weight, smoothing, smooth)


def _probability_terms(input, target, weight, ignore_index, label_smoothing):
    """The terms of `cross_entropy` with a probability for each class."""
    smoothing = checks.number("label_smoothing", label_smoothing, at_least=0, at_most=1)
    input, target = checks.floating("input", input), checks.floating("target", target)
    axis = _class_axis(input)
    if checks.integer("ignore_index", ignore_index) >= 0:
        checks.refuse(
            "ignore_index", "a negative number (probabilities ignore no class)", ignore_index
        )
    classes = input.shape[axis]
    log_p = log_softmax(input, axis)
    columns = {"logit": input, "log-probability": log_p, "target": target}
    if smoothing > 0:
        target = (1 - smoothing) * target + smoothing / classes
        columns["smoothed target"] = target
    parts = -target * log_p
    weight = _class_weight(input, weight, axis)
    if weight is not None:
        columns["weight"] = _along(weight, input.ndim, axis)
        parts = parts * columns["weight"]
    divisors = {"mean": Divisor(input.size / classes, "number of rows, whatever the weights")}
    return Terms(columns, np.sum(parts, axis), divisors, parts)


def cross_entropy(
    input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0
):
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
    terms = cross_entropy_terms(input, target, weight, ignore_index, label_smoothing)
    return terms.reduce(reduction)


@ieee
def cross_entropy_grad(
    input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0
):
    r"""The gradient of `cross_entropy` for `input`.

    .. math:: p_{nc} \sum_k w_k\,q_{nk} - w_c\,q_{nc}, \quad\text{without options}\quad
              p_{nc} - t_{nc}

    Args, errors and reference are those of `cross_entropy`. Returns an array of the shape of
    `input`; with 'mean' each entry is divided by what `cross_entropy` divides by.
    Ignored targets get 0.

    >>> cross_entropy_grad([[0.0, 0.0]], [1])
    array([[ 0.5, -0.5]])
    """
    shape = checks.shape("input", input)
    if shape == checks.shape("target", target):
        terms = cross_entropy_terms(input, target, weight, ignore_index, label_smoothing)
        kept, axis = True, _class_axis(terms.columns["logit"])
        goal = terms.columns.get("smoothed target", terms.columns["target"])
        goal = goal * terms.columns.get("weight", 1.0)
    else:
        indexed, terms = _class_terms(input, target, weight, ignore_index, label_smoothing)
        kept, axis = np.expand_dims(indexed.kept, indexed.axis), indexed.axis
        each = 1.0 if weight is None else _along(checks.real("weight", weight), len(shape), axis)
        spread = float(label_smoothing)
        goal = indexed.scatter(1 - spread, shape) + spread / shape[axis]
        goal = goal * each
    slope = softmax(input, axis) * np.sum(goal, axis, keepdims=True) - goal
    return slope * np.where(kept, terms.scale(reduction), 0.0)
