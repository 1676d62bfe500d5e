"""Losses for one class out of C with margins, or of very many.

`multilabel_margin_loss` takes several classes of each sample.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from helpers import checks
from helpers.losses.cross_entropy import class_weight
from helpers.losses.linear_cross_entropy import product
from helpers.losses.softmax import log_softmax
from helpers.reduction import Divisor, Terms, ieee


def _within(target, low, high, note=""):
    """Refuse class numbers outside [low, high]."""
    wrong = (target < low) | (target > high)
    if wrong.any():
        expected = f"class numbers from {low} to {high}{note}"
        checks.refuse("target", expected, f"{target[wrong].flat[0]}")


# ------------------------------------------------------------------------------------------ margins


def _rows(input):
    """An input (N, C), (C,) or () as rows of classes; torch takes these losses in two dtypes."""
    if checks.dtype_name(input) not in (None, "float32", "float64"):
        expected = "float32 or float64, as torch has this loss in no other dtype (use .float())"
        checks.refuse("input", expected, checks.describe(input), TypeError)
    input = checks.floating("input", input)
    if input.ndim > 2 or input.shape[-1:] == (0,):
        expected = "a shape of (N, C) or (C,) with at least one class"
        checks.refuse("input", expected, f"shape {input.shape}")
    return np.atleast_2d(input)


def _like_input(rows, shape):
    """Rows as an explanation shows them: without an axis of samples where the input has none."""
    return rows if len(shape) == 2 else rows[0]


@ieee
def multi_margin_loss_terms(input, target, p=1, margin=1.0, weight=None):
    """The working of `multi_margin_loss`, before the reduction."""
    p, margin = checks.number("p", p), checks.number("margin", margin)
    if p not in (1, 2):
        checks.refuse("p", "1 or 2", f"{p:g}")
    checks.same_dtype(input=input, weight=weight)
    shape, rows = checks.shape("input", input), _rows(input)
    target = checks.class_numbers("target", target, ("int64",))
    if target.ndim > 1 or target.size != len(rows):
        expected = f"class numbers of shape {shape[:-1]} for an input of shape {shape}"
        checks.refuse("target", expected, f"shape {target.shape}")
    classes = target.reshape(-1, 1)
    _within(classes, 0, rows.shape[1] - 1)
    weight = class_weight(weight, rows.shape[1])
    of_target = np.take_along_axis(rows, classes, 1)
    distance = margin - of_target + rows
    too_close = distance > 0
    np.put_along_axis(too_close, classes, False, 1)
    columns = {
        "target": classes,
        "input": rows,
        "input of target": of_target,
        "shortfall": distance,
        "too close": too_close,
    }
    cost = distance if p == 1 else distance**p
    if weight is not None:
        columns["weight of target"] = weight[classes]
        cost = cost * columns["weight of target"]
    parts = np.where(too_close, cost, 0.0)
    parts /= rows.shape[1]
    columns = {name: _like_input(column, shape) for name, column in columns.items()}
    divisors = {"mean": Divisor(float(len(rows)), "number of samples")}
    loss = np.sum(parts, 1).reshape(target.shape)
    return Terms(columns, loss, divisors, _like_input(parts, shape))


def multi_margin_loss(input, target, p=1, margin=1.0, weight=None, reduction="mean"):
    r"""The hinge loss of one class out of C: each other class must stay a margin below it.

    .. math:: \ell_n = \frac{w_{y_n}}{C} \sum_{c \ne y_n} \max(0,\ m - x_{n y_n} + x_{nc})^p

    A comparison with NaN is false: a prediction that is NaN costs nothing, here and in torch.

    The sum over an empty batch is 0 and its mean NaN, as for every loss here. (torch 2.13 leaves
    the memory for either unwritten, and returns whatever it holds.)

    Args:
        input: :math:`x`, scores of shape (N, C) or (C,), float32 or float64.
        target: :math:`y`, class numbers from 0 to C - 1 of shape (N,) or (), int64.
        p: 1 or 2, the power of the shortfall.
        margin: :math:`m`, how far below the target's score the others must be; any number.
        weight: :math:`w`, a weight for each class, which counts for the samples whose target it
            is; shape (C,), the dtype of `input`; or None.
        reduction: 'none', 'mean' (over the samples, weighted or not) or 'sum'.

    Returns:
        A float, or for 'none' an array of the shape of `target`.

    Raises:
        TypeError: `input` is neither float32 nor float64, `target` is not int64, `weight` is a
            bare number or has another dtype than `input`, or `p` or `margin` is no number.
        ValueError: the shapes do not fit, a target is out of range, `p` is neither 1 nor 2,
            `margin` is NaN, or `reduction` is none of the three.

    Reference:
        Weston and Watkins, Support Vector Machines for Multi-Class Pattern Recognition, 1999;
        https://docs.pytorch.org/docs/2.13/generated/torch.nn.MultiMarginLoss.html

    >>> multi_margin_loss([[0.25, 0.5, 2.0, 0.0]], [1])  # (¾ + 2½ + ½) / 4
    0.9375
    """
    return multi_margin_loss_terms(input, target, p, margin, weight).reduce(reduction)


@ieee
def multi_margin_loss_grad(input, target, p=1, margin=1.0, weight=None, reduction="mean"):
    r"""The gradient of `multi_margin_loss` for `input`.

    .. math:: \frac{w_{y_n}}{C}\,p\,\max(0,\ m - x_{n y_n} + x_{nc})^{p - 1}

    for each class :math:`c` that is too close, 0 for the others (at the kink too), and minus the
    sum of these at the target's class.
    Args, errors and reference are those of `multi_margin_loss`. Returns an array of the shape of
    `input`; with 'mean' each entry is also divided by the number of samples.

    >>> multi_margin_loss_grad([[0.25, 0.5, 2.0, 0.0]], [1])
    array([[ 0.25, -0.75,  0.25,  0.25]])
    """
    terms = multi_margin_loss_terms(input, target, p, margin, weight)
    classes, distance, too_close = (
        np.atleast_2d(terms.columns[name]) for name in ("target", "shortfall", "too close")
    )
    factor = np.atleast_2d(terms.columns.get("weight of target", 1.0)) / distance.shape[1]
    power = float(p)
    slope = power * distance ** (power - 1) * (factor * terms.scale(reduction))
    slope = np.where(too_close, slope, 0.0)
    np.put_along_axis(slope, classes, -np.sum(slope, 1, keepdims=True), 1)
    return slope.reshape(np.shape(input))


@dataclass(frozen=True)
class _LabelLists:
    """Rows of scores with a list of labels each.

    `order` puts the rows with the longest lists first, so that those that still have a label at a
    place of the list are the first ones.
    """

    rows: np.ndarray
    target: np.ndarray
    is_label: np.ndarray
    lengths: np.ndarray
    order: np.ndarray

    @classmethod
    def of(cls, input, target):
        """Check the labels as torch does; a list ends before its first -1."""
        shape, rows = checks.shape("input", input), _rows(input)
        target = checks.class_numbers("target", target, ("int64",))
        # A number and a list of one are the same to torch.
        single = rows.size == target.size == 1 >= max(target.ndim, len(shape))
        if target.shape != shape and not single:
            checks.refuse("target", f"the shape of input, {shape}", f"shape {target.shape}")
        _within(target, -1, rows.shape[1] - 1, " (-1 ends the list)")
        target = target.reshape(rows.shape)
        listed = np.logical_and.accumulate(target >= 0, axis=1)
        is_label = np.zeros(rows.shape, dtype=bool)
        sample, place = np.nonzero(listed)
        is_label[sample, target[sample, place]] = True
        lengths = np.count_nonzero(listed, axis=1)
        return cls(rows, target, is_label, lengths, np.argsort(-lengths, kind="stable"))

    def pairs(self):
        """For each place in the lists: its labels, and 1 - x_label + x_c for every class c.

        It is -inf for the labels themselves, which never count. The rows come in `order`.
        """
        others = np.where(self.is_label, -np.inf, self.rows)[self.order]
        for place in range(np.max(self.lengths, initial=0)):
            samples = self.order[: np.count_nonzero(self.lengths > place)]
            labels = self.target[samples, place]
            yield labels, (1 - self.rows[samples, labels])[:, None] + others[: len(samples)]

    def collect(self, cost):
        """What `cost` makes of every pair, added up for each class that is no label."""
        result = np.zeros(self.rows.shape)
        for _, distance in self.pairs():
            result[: len(distance)] += cost(distance)
        return self.in_place(result)

    def in_place(self, rows):
        """Rows that stand in `order`, in the order of the input."""
        result = np.empty_like(rows)
        result[self.order] = rows
        return result


@ieee
def multilabel_margin_loss_terms(input, target):
    """The working of `multilabel_margin_loss`, before the reduction."""
    return _multilabel_margin(input, target)[1]


def _multilabel_margin(input, target):
    """The lists of labels and the terms of `multilabel_margin_loss`."""
    lists, shape = _LabelLists.of(input, target), checks.shape("input", input)
    # fmax takes 0 for NaN, as a comparison with it is false.
    parts = lists.collect(lambda distance: np.fmax(distance, 0.0))
    parts /= parts.shape[1]
    columns = {
        "input": _like_input(lists.rows, shape),
        "label": _like_input(lists.is_label, shape),
        "labels too close": lambda: _like_input(lists.collect(lambda d: d > 0), shape),
    }
    divisors = {"mean": Divisor(float(len(parts)), "number of samples")}
    loss = np.sum(parts, 1).reshape(shape[:-1])
    return lists, Terms(columns, loss, divisors, _like_input(parts, shape))


def multilabel_margin_loss(input, target, reduction="mean"):
    r"""The hinge loss of several classes out of C: each other class must stay 1 below every label.

    .. math:: \ell_n = \frac1C \sum_{j \in Y_n} \sum_{c \notin Y_n} \max(0,\ 1 - x_{nj} + x_{nc})

    :math:`Y_n` are the class numbers in row n of the target up to its first -1; a number that
    stands there twice counts twice. A comparison with NaN is false: such a pair costs nothing.

    The sum over an empty batch is 0 and its mean NaN, as for every loss here. (torch 2.13 leaves
    the memory for either unwritten, and returns whatever it holds.)

    Args:
        input: :math:`x`, scores of shape (N, C) or (C,), float32 or float64.
        target: the shape of `input`, int64: in each row class numbers from 0 to C - 1 and then, if
            these are less than C, -1. What follows the first -1 does not count, but must lie in
            the range.
        reduction: 'none', 'mean' (over the samples) or 'sum'.

    Returns:
        A float, or for 'none' an array of shape (N,) or ().

    Raises:
        TypeError: `input` is neither float32 nor float64, or `target` is not int64.
        ValueError: the shapes differ or have no class, a target is out of range, or `reduction` is
            none of the three.

    Reference:
        https://docs.pytorch.org/docs/2.13/generated/torch.nn.MultiLabelMarginLoss.html

    >>> multilabel_margin_loss([0.25, 0.5, 0.0, 1.0], [3, 0, -1, 1])  # labels 3 and 0
    0.625
    """
    return multilabel_margin_loss_terms(input, target).reduce(reduction)


@ieee
def multilabel_margin_loss_grad(input, target, reduction="mean"):
    r"""The gradient of `multilabel_margin_loss` for `input`.

    For a class that is no label it is 1 / C times the number of labels that it is too close to, for
    a label minus 1 / C times the number of classes that are too close to it; at the kink, 0.
    Args, errors and reference are those of `multilabel_margin_loss`. Returns an array of the shape
    of `input`; with 'mean' each entry is also divided by the number of samples.

    >>> multilabel_margin_loss_grad([0.25, 0.5, 0.0, 1.0], [3, 0, -1, 1])
    array([-0.5 ,  0.5 ,  0.25, -0.25])
    """
    lists, terms = _multilabel_margin(input, target)
    count = np.zeros(lists.rows.shape)
    for labels, distance in lists.pairs():
        too_close = distance > 0
        count[: len(labels)] += too_close
        count[np.arange(len(labels)), labels] -= np.count_nonzero(too_close, axis=1)
    slope = lists.in_place(count) * (terms.scale(reduction) / count.shape[1])
    return slope.reshape(np.shape(input))


# --------------------------------------------------------------------------------- adaptive softmax


class OutputAndLoss(NamedTuple):
    """What `adaptive_log_softmax_with_loss` returns, in the order of torch's own pair."""

    output: np.ndarray
    loss: float


@dataclass(frozen=True)
class _Clusters:
    """The classes in clusters: the frequent ones in the head, the others in tails.

    `cluster` is 0 for the targets of the head and i for those of the tail i. To the head a tail is
    one more class.
    """

    input: np.ndarray
    target: np.ndarray
    cluster: np.ndarray
    cutoffs: list
    head: tuple
    tails: list

    @classmethod
    def of(cls, input, target, head_weight, tail_weights, cutoffs, head_bias):
        """Check the module's weights and the targets as torch does."""
        cutoffs = _cutoffs(cutoffs)
        checks.same_dtype(input=input, head_weight=head_weight, head_bias=head_bias)
        for pair in tail_weights:
            for matrix in pair:
                checks.same_dtype(input=input, tail_weights=matrix)
        input = checks.floating("input", input)
        target = checks.class_numbers("target", target, ("int64", "int32"))
        if input.ndim not in (1, 2):
            expected = "one dimension, of features, or two, of samples and features"
            checks.refuse("input", expected, f"shape {input.shape}")
        if target.shape != input.shape[:-1]:
            expected = f"class numbers of shape {input.shape[:-1]} for an input of {input.shape}"
            checks.refuse("target", expected, f"shape {target.shape}")
        _within(target, 0, cutoffs[-1] - 1)
        features, sizes = input.shape[-1], np.diff(cutoffs)
        head = _matrix("head_weight", head_weight, cutoffs[0] + len(sizes), features)
        if head_bias is not None:
            head_bias = checks.floating("head_bias", head_bias)
            if head_bias.shape != head.shape[:1]:
                expected = f"a shape of {head.shape[:1]}, one bias for each row of head_weight"
                checks.refuse("head_bias", expected, f"shape {head_bias.shape}")
        lengths = [len(pair) for pair in tail_weights]
        if lengths != [2] * len(sizes):
            expected = f"{len(sizes)} pairs of matrices, one for each cluster after the first"
            checks.refuse("tail_weights", expected, f"a list of lengths {lengths}")
        tails = []
        for size, (projection, output) in zip(sizes, tail_weights, strict=True):
            projection = _matrix("tail_weights", projection, None, features)
            output = _matrix("tail_weights", output, size, len(projection))
            tails.append((projection, output))
        target = np.atleast_1d(target)
        cluster = np.searchsorted(cutoffs, target, side="right")
        return cls(np.atleast_2d(input), target, cluster, cutoffs, (head, head_bias), tails)

    def pieces(self):
        """One softmax after the other: its rows, its log-probabilities, its classes, its matrices.

        The head has all rows, a tail those whose target it holds. The matrices lead from the input
        to the logits.
        """
        weight, bias = self.head
        tail_of_head = self.cutoffs[0] + self.cluster - 1
        classes = np.where(self.cluster == 0, self.target, tail_of_head)
        logits = product(self.input, weight.T)
        if bias is not None:
            logits += bias
        yield slice(None), log_softmax(logits, 1), classes, (weight,)
        for i, (projection, output) in enumerate(self.tails, start=1):
            rows = np.flatnonzero(self.cluster == i)
            if rows.size:
                logits = product(product(self.input[rows], projection.T), output.T)
                classes = self.target[rows] - self.cutoffs[i - 1]
                yield rows, log_softmax(logits, 1), classes, (projection, output)


def _cutoffs(cutoffs):
    """The numbers of the first class after each cluster, checked; the last is that of classes."""
    cutoffs = [checks.integer("cutoffs", cutoff) for cutoff in cutoffs]
    if len(cutoffs) < 2 or any(a >= b for a, b in pairwise([0, *cutoffs])):
        expected = "at least two increasing positive integers, the last the number of classes"
        checks.refuse("cutoffs", expected, f"{cutoffs}")
    return cutoffs


def _matrix(name, value, rows, columns):
    """A matrix of so many rows (None: any number) and columns."""
    matrix = checks.floating(name, value)
    if matrix.ndim != 2 or matrix.shape[1] != columns or rows not in (None, matrix.shape[0]):
        expected = f"a matrix of shape ({'…' if rows is None else rows}, {columns})"
        checks.refuse(name, expected, f"shape {matrix.shape}")
    return matrix


@ieee
def adaptive_log_softmax_with_loss_terms(
    input, target, head_weight, tail_weights, cutoffs, head_bias=None
):
    """The working of `adaptive_log_softmax_with_loss`, before the mean."""
    clusters = _Clusters.of(input, target, head_weight, tail_weights, cutoffs, head_bias)
    count = len(clusters.target)
    in_head, in_tail = np.zeros(count), np.zeros(count)
    for i, (rows, log_p, classes, _) in enumerate(clusters.pieces()):
        picked = np.take_along_axis(log_p, classes[:, None], 1)[:, 0]
        (in_tail if i else in_head)[rows] = picked
    columns = {
        "target": clusters.target,
        "cluster": clusters.cluster,
        "head log-probability": in_head,
        "tail log-probability": in_tail,
        "log-probability": in_head + in_tail,
    }
    columns = {name: column.reshape(np.shape(target)) for name, column in columns.items()}
    return Terms(
        columns, -columns["log-probability"], {"mean": Divisor(float(count), "number of samples")}
    )


def adaptive_log_softmax_with_loss(
    input, target, head_weight, tail_weights, cutoffs, head_bias=None
):
    r"""The cross-entropy of very many classes, the rare ones in clusters of their own.

    .. math:: \log p(y) = \begin{cases}
              \log p_\text{head}(y) & y < k_0 \\
              \log p_\text{head}(\text{tail}_i) + \log p_{\text{tail}_i}(y - k_{i-1})
              & k_{i-1} \le y < k_i \end{cases}, \qquad
              \text{loss} = -\frac1N \sum_n \log p(y_n)

    The head is a softmax over the :math:`k_0` most frequent classes and the tails, one entry each.
    A tail is a softmax over its own classes, on features projected to fewer dimensions, and is
    worked out for the samples alone whose target it holds.

    torch has it as a module alone, `torch.nn.AdaptiveLogSoftmaxWithLoss`; this function takes what
    the module holds. Its `div_value` shows in the shapes: the projection to the tail i has
    F // div_value\ :sup:`i` rows.

    Args:
        input: :math:`x`, features of shape (N, F) or (F,), floating dtype.
        target: :math:`y`, class numbers of shape (N,) or (), int64 or int32.
        head_weight: the module's `head.weight`, shape (cutoffs[0] + number of tails, F), the dtype
            of `input`.
        tail_weights: for each tail a pair (projection, output) of shapes (h, F) and (classes of the
            tail, h): the weights of the module's `tail[i][0]` and `tail[i][1]`.
        cutoffs: :math:`k`, the module's attribute of this name: the number of the first class after
            each cluster, so that the last one is the number of classes.
        head_bias: the module's `head.bias`, one number for each row of `head_weight`, or None.

    Returns:
        The pair `(output, loss)`. The output is the log-probability of each target, an array of the
        shape of `target`; the loss is minus their mean, a float (NaN for no samples).

    Raises:
        TypeError: a dtype does not fit.
        ValueError: the shapes do not fit, `cutoffs` do not increase, or a target is out of range.

    Reference:
        Grave and others, Efficient softmax approximation for GPUs, 2016,
        https://arxiv.org/abs/1609.04309;
        https://docs.pytorch.org/docs/2.13/generated/torch.nn.AdaptiveLogSoftmaxWithLoss.html

    >>> head = [[0.0], [0.0], [0.0]]  # two frequent classes and one tail, all alike
    >>> tail = ([[1.0]], [[0.0], [0.0]])  # two rare classes
    >>> output, loss = adaptive_log_softmax_with_loss([[1.0], [1.0]], [0, 3], head, [tail], [2, 4])
    >>> output  # log 1/3, and log(1/3 · 1/2)
    array([-1.09861229, -1.79175947])
    """
    terms = adaptive_log_softmax_with_loss_terms(
        input, target, head_weight, tail_weights, cutoffs, head_bias
    )
    return OutputAndLoss(terms.columns["log-probability"], terms.reduce("mean"))


@ieee
def adaptive_log_softmax_with_loss_grad(
    input, target, head_weight, tail_weights, cutoffs, head_bias=None
):
    r"""The gradient of the loss of `adaptive_log_softmax_with_loss`, the mean, for `input`.

    .. math:: \frac1N \Bigl((p_\text{head} - e_\text{head})\,A_\text{head}
              + (p_\text{tail} - e_\text{tail})\,A_\text{output}\,A_\text{projection}\Bigr)

    with the probabilities :math:`p` of each softmax that the target goes through, 1 at the target's
    entry :math:`e`, and the matrices :math:`A` of the module.
    Args, errors and reference are those of `adaptive_log_softmax_with_loss`. Returns an array of
    the shape of `input`.

    >>> adaptive_log_softmax_with_loss_grad([1.0], 0, [[0.0], [6.0]], [([[1.0]], [[1.0]])], [1, 2])
    array([5.98516426])
    """
    clusters = _Clusters.of(input, target, head_weight, tail_weights, cutoffs, head_bias)
    gradient = np.zeros(clusters.input.shape)
    for rows, log_p, classes, matrices in clusters.pieces():
        slope = np.exp(log_p)
        slope[np.arange(len(classes)), classes] -= 1
        for matrix in reversed(matrices):
            slope = product(slope, matrix)
        gradient[rows] += slope
    return (gradient / np.float64(len(gradient))).reshape(np.shape(input))
