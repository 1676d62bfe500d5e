"""The adaptive softmax: very many classes, the rare ones in clusters of their own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from helpers import checks
from helpers.findings import Asked, Finding
from helpers.losses.cross_entropy import IntArray, check_range
from helpers.losses.linear_cross_entropy import product
from helpers.losses.rules import label_dtype, label_range, rows_wanted
from helpers.losses.softmax import log_probabilities, sizes
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
    ieee,
)


class OutputAndLoss(NamedTuple):
    """What `adaptive_log_softmax_with_loss` returns, in the order of torch's own pair."""

    output: FloatArray
    loss: float


@dataclass(frozen=True)
class _Clusters:
    """The classes in clusters: the frequent ones in the head, the others in tails.

    `cluster` is 0 for the targets of the head and i for those of the tail i. To the head a tail is
    one more class.
    """

    x: FloatArray
    target: IntArray
    cluster: IntArray
    cutoffs: list[int]
    head: FloatArray
    bias: FloatArray | None
    tails: list[tuple[FloatArray, FloatArray]]


def _layers(x: FloatArray, matrices: Sequence[FloatArray], bias: FloatArray | None) -> FloatArray:
    """What linear layers make of rows, one after the other; the last has the bias."""
    for matrix in matrices:
        x = product(x, matrix.T)
    return x if bias is None else x + bias


@dataclass(frozen=True)
class _Softmax:
    """One softmax of those that a target goes through, with the layers that lead to its logits.

    `rows` are the samples that go through it, x their features and `classes` their targets there.
    """

    rows: IntArray
    x: FloatArray
    classes: IntArray
    matrices: tuple[FloatArray, ...]
    bias: FloatArray | None = None

    @cached_property
    def logits(self) -> FloatArray:
        """The logits of all classes."""
        return _layers(self.x, self.matrices, self.bias)

    @cached_property
    def log_p(self) -> FloatArray:
        """The log-probabilities of all classes."""
        return log_probabilities(self.logits, 1)

    def pick(self, values: FloatArray) -> FloatArray:
        """The entry of every row at its class."""
        return np.take_along_axis(values, self.classes[:, None], 1)[:, 0]

    def slope_of_logits(self) -> FloatArray:
        """The gradient of -log p of the class for the logits: p - 1 at the class, p elsewhere."""
        slope = np.exp(self.log_p)
        slope[np.arange(len(self.classes)), self.classes] -= 1
        return slope

    def slope(self) -> FloatArray:
        """The gradient of -log p of the class for the features."""
        slope = self.slope_of_logits()
        for matrix in reversed(self.matrices):
            slope = product(slope, matrix)
        return slope

    def magnitude(self) -> FloatArray:
        """How large the numbers are that log p of every row's class adds up."""
        matrices = [np.abs(matrix) for matrix in self.matrices]
        bias = None if self.bias is None else np.abs(self.bias)
        of_layers = np.abs(self.slope_of_logits()) * _layers(np.abs(self.x), matrices, bias)
        return np.asarray(self.pick(sizes(self.logits, 1)) + np.sum(of_layers, 1))


def _check_cutoffs(cutoffs: Sequence[int]) -> list[int]:
    """The numbers of the first class after each cluster; the last is that of classes."""
    numbers = [checks.integer("cutoffs", cutoff) for cutoff in cutoffs]
    if len(numbers) < 2 or any(a >= b for a, b in pairwise([0, *numbers])):
        expected = "at least two increasing positive integers, the last the number of classes"
        checks.refuse("cutoffs", expected, f"{numbers}")
    return numbers


def _samples(input: ArrayLike, target: ArrayLike, classes: int) -> tuple[FloatArray, IntArray]:
    """The features and the class numbers, checked as torch does."""
    x = checks.floating("input", input)
    numbers = checks.class_numbers("target", target, ("int64", "int32"))
    if x.ndim not in (1, 2):
        expected = "one dimension, of features, or two, of samples and features"
        checks.refuse("input", expected, f"shape {x.shape}")
    if numbers.shape != x.shape[:-1]:
        expected = f"class numbers of shape {x.shape[:-1]} for an input of {x.shape}"
        checks.refuse("target", expected, f"shape {numbers.shape}")
    check_range(numbers, 0, classes - 1)
    return x, numbers


def _matrix(name: str, value: ArrayLike, rows: int | None, columns: int) -> FloatArray:
    """A matrix of so many rows (None: any number) and columns."""
    matrix = checks.floating(name, value)
    if matrix.ndim != 2 or matrix.shape[1] != columns or rows not in (None, matrix.shape[0]):
        expected = f"a matrix of shape ({'…' if rows is None else rows}, {columns})"
        checks.refuse(name, expected, f"shape {matrix.shape}")
    return matrix


def _bias(head_bias: ArrayLike | None, rows: int) -> FloatArray | None:
    """The bias of the head, a number for each of its rows, or None."""
    if head_bias is None:
        return None
    bias = checks.floating("head_bias", head_bias)
    if bias.shape != (rows,):
        expected = f"a shape of {(rows,)}, one bias for each row of head_weight"
        checks.refuse("head_bias", expected, f"shape {bias.shape}")
    return bias


def _tails(
    tail_weights: Sequence[Sequence[ArrayLike]], counts: list[int], features: int
) -> list[tuple[FloatArray, FloatArray]]:
    """The projection and the output matrix of each tail."""
    lengths = [len(pair) for pair in tail_weights]
    if lengths != [2] * len(counts):
        expected = f"{len(counts)} pairs of matrices, one for each cluster after the first"
        checks.refuse("tail_weights", expected, f"a list of lengths {lengths}")
    tails = []
    for count, (first, last) in zip(counts, tail_weights, strict=True):
        projection = _matrix("tail_weights", first, None, features)
        tails.append((projection, _matrix("tail_weights", last, count, len(projection))))
    return tails


def _clusters(
    input: ArrayLike,
    target: ArrayLike,
    head_weight: ArrayLike,
    tail_weights: Sequence[Sequence[ArrayLike]],
    cutoffs: Sequence[int],
    head_bias: ArrayLike | None,
) -> _Clusters:
    """The module's weights and the targets, checked as torch does."""
    ends = _check_cutoffs(cutoffs)
    checks.same_dtype(input=input, head_weight=head_weight, head_bias=head_bias)
    for pair in tail_weights:
        for matrix in pair:
            checks.same_dtype(input=input, tail_weights=matrix)
    x, numbers = _samples(input, target, ends[-1])
    counts = [b - a for a, b in pairwise(ends)]
    head = _matrix("head_weight", head_weight, ends[0] + len(counts), x.shape[-1])
    bias = _bias(head_bias, len(head))
    tails = _tails(tail_weights, counts, x.shape[-1])
    numbers = np.atleast_1d(numbers)
    cluster = np.searchsorted(ends, numbers, side="right")
    return _Clusters(np.atleast_2d(x), numbers, cluster, ends, head, bias, tails)


def _head(of: _Clusters) -> _Softmax:
    """The softmax of the head, which all targets go through."""
    tail_of_head = of.cutoffs[0] + of.cluster - 1
    classes = np.where(of.cluster == 0, of.target, tail_of_head)
    return _Softmax(np.arange(len(of.x)), of.x, classes, (of.head,), of.bias)


def _tail(of: _Clusters, i: int) -> _Softmax:
    """The softmax of the tail i (1 is the first), for the targets that it holds."""
    rows = np.flatnonzero(of.cluster == i)
    classes = of.target[rows] - of.cutoffs[i - 1]
    return _Softmax(rows, of.x[rows], classes, of.tails[i - 1])


def _adaptive_log_softmax_with_loss(
    input: ArrayLike,
    target: ArrayLike,
    head_weight: ArrayLike,
    tail_weights: Sequence[Sequence[ArrayLike]],
    cutoffs: Sequence[int],
    head_bias: ArrayLike | None = None,
) -> Working:
    clusters = _clusters(input, target, head_weight, tail_weights, cutoffs, head_bias)
    head = _head(clusters)
    tails = [_tail(clusters, i) for i in range(1, len(clusters.tails) + 1)]
    count, shape = len(clusters.target), checks.shape("target", target)
    in_head, in_tail = head.pick(head.log_p), np.zeros(count)
    for tail in tails:
        in_tail[tail.rows] = tail.pick(tail.log_p)
    log_p = (in_head + in_tail).reshape(shape)

    def columns() -> Columns:
        shown: dict[str, Array] = {"target": clusters.target, "cluster": clusters.cluster}
        shown |= {"head log-probability": in_head, "tail log-probability": in_tail}
        shown = {name: column.reshape(shape) for name, column in shown.items()}
        return {**shown, "log-probability": log_p}

    def pullback(scale: Any) -> FloatArray:
        slope = head.slope()
        for tail in tails:
            slope[tail.rows] += tail.slope()
        return (slope * np.reshape(scale, (-1, 1))).reshape(checks.shape("input", input))

    def magnitude() -> FloatArray:
        added = head.magnitude()
        for tail in tails:
            added[tail.rows] += tail.magnitude()
        return added.reshape(shape)

    divisors = {"mean": Divisor(float(count), "number of samples")}
    return Working(-log_p, columns, pullback, divisors, magnitude=magnitude)


def adaptive_log_softmax_with_loss(
    input: ArrayLike,
    target: ArrayLike,
    head_weight: ArrayLike,
    tail_weights: Sequence[Sequence[ArrayLike]],
    cutoffs: Sequence[int],
    head_bias: ArrayLike | None = None,
) -> OutputAndLoss:
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
    with ieee():
        working = _adaptive_log_softmax_with_loss(
            input, target, head_weight, tail_weights, cutoffs, head_bias
        )
        return OutputAndLoss(np.asarray(-working.loss), float(working.reduce("mean")))


def adaptive_log_softmax_with_loss_grad(
    input: ArrayLike,
    target: ArrayLike,
    head_weight: ArrayLike,
    tail_weights: Sequence[Sequence[ArrayLike]],
    cutoffs: Sequence[int],
    head_bias: ArrayLike | None = None,
) -> FloatArray:
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
    return gradient(
        _adaptive_log_softmax_with_loss,
        "mean",
        input,
        target,
        head_weight,
        tail_weights,
        cutoffs,
        head_bias,
    )


def _adaptive_remarks(call: Call) -> Iterator[Remark]:
    target, in_head = call.inputs["target"], call.options["cutoffs"][0]
    yield Remark(
        "note",
        f"In a tail lie {np.count_nonzero(target >= in_head)} of {target.size} targets. Theirs is "
        "the log-probability of the tail, an entry of the head, plus that of the target within the "
        "tail.",
    )


def _contract(call: Asked) -> Iterator[Finding]:
    """What adaptive softmax asks of its arguments: rows of features, class numbers below n."""
    x, t = call["input"], call["target"]
    if t.ndim > 1 or x.ndim != t.ndim + 1:
        yield from rows_wanted(x, t)
    yield from label_dtype(call)
    yield from label_range(call, call.options["cutoffs"][-1], ignore=False)


LOSSES = (
    Loss(
        "AdaptiveLogSoftmaxWithLoss",
        adaptive_log_softmax_with_loss,
        adaptive_log_softmax_with_loss_grad,
        _adaptive_log_softmax_with_loss,
        chapter="multiclass/adaptive_log_softmax",
        formula="-(log p in the head of the target or its tail + log p within the tail)",
        options=("head_weight", "tail_weights", "cutoffs", "head_bias", "reduction"),
        attributes={
            "head_weight": lambda module: module.head.weight,
            "tail_weights": lambda module: [
                (first.weight, last.weight) for first, last in module.tail
            ],
            "head_bias": lambda module: module.head.bias,
            "reduction": lambda module: "mean",
        },
        remarks=_adaptive_remarks,
        contract=_contract,
        result=lambda pair: pair.loss,
        sheet=Sheet(
            tex=r"-\log p(\text{head}) - \log p(y \mid \text{tail})",
            takes="features; class numbers",
            mean="samples; it has no `reduction`",
            use="very many classes, most of them rare, and time matters",
            axis="score of a frequent class",
            span=(-4.0, 4.0),
            curves=(
                lambda x: (
                    -adaptive_log_softmax_with_loss(
                        x[:, None],
                        np.zeros(x.size, int),
                        [[1.0], [0.0], [0.0]],
                        [([[0.0]], [[0.0]])],
                        [2, 3],
                    ).output
                ),
            ),
        ),
    ),
)
