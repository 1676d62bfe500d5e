"""Losses for one class out of C with margins, or of very many.

`multilabel_margin_loss` takes several classes of each sample.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from helpers import checks
from helpers.losses.cross_entropy import check_range
from helpers.losses.linear_cross_entropy import product
from helpers.losses.softmax import log_softmax
from helpers.reduction import Divisor, Terms, ieee

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
        check_range(target, 0, cutoffs[-1] - 1)
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
