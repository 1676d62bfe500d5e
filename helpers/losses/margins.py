"""Losses that ask for a margin between classes: of one class out of C, or of several.

The classes are axis 1 of the input, or axis 0 of an unbatched one.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from helpers import checks
from helpers.findings import Asked, Facts, Finding, Remedy, Stage
from helpers.losses.cross_entropy import BoolArray, IntArray, check_range, class_weight
from helpers.losses.rules import (
    alike,
    class_shapes,
    class_weights,
    exchanged,
    flat_rows,
    floating_input,
    label_dtype,
    label_range,
    same_dtype_weight,
    scores_wanted,
    without,
)
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


def _rows(input: ArrayLike) -> tuple[FloatArray, tuple[int, ...]]:
    """An input (N, C), (C,) or () as rows of classes, and its own shape."""
    # torch has these losses in two dtypes.
    if checks.dtype_name(input) not in (None, "float32", "float64"):
        expected = "float32 or float64, as torch has this loss in no other dtype (use .float())"
        checks.refuse("input", expected, checks.describe(input), TypeError)
    x = checks.floating("input", input)
    if x.ndim > 2 or x.shape[-1:] == (0,):
        expected = "a shape of (N, C) or (C,) with at least one class"
        checks.refuse("input", expected, f"shape {x.shape}")
    return np.atleast_2d(x), x.shape


def _like_input(rows: Array, shape: tuple[int, ...]) -> Array:
    """Rows as an explanation shows them: without an axis of samples where the input has none."""
    return rows if len(shape) == 2 else rows[0]


def _samples(rows: FloatArray) -> dict[str, Divisor]:
    """The divisors of these losses: a mean is one over the samples."""
    return {"mean": Divisor(float(len(rows)), "number of samples")}


def _classes(target: ArrayLike, x: FloatArray, shape: tuple[int, ...]) -> IntArray:
    """The class number of every row, checked as torch does; the shape is that of the target."""
    classes = checks.class_numbers("target", target, ("int64",))
    if classes.ndim > 1 or classes.size != len(x):
        expected = f"class numbers of shape {shape[:-1]} for an input of shape {shape}"
        checks.refuse("target", expected, f"shape {classes.shape}")
    check_range(classes, 0, x.shape[1] - 1)
    return classes


def _multi_margin(
    input: ArrayLike,
    target: ArrayLike,
    p: int = 1,
    margin: float = 1.0,
    weight: ArrayLike | None = None,
) -> Working:
    power, margin = checks.number("p", p), checks.number("margin", margin)
    if power not in (1, 2):
        checks.refuse("p", "1 or 2", f"{power:g}")
    checks.same_dtype(input=input, weight=weight)
    x, shape = _rows(input)
    classes = _classes(target, x, shape)
    w = class_weight(weight, x.shape[1])
    return _of_shortfall(x, shape, classes, power, margin, w)


def _of_shortfall(
    x: FloatArray,
    shape: tuple[int, ...],
    target: IntArray,
    p: float,
    margin: float,
    weight: FloatArray | None,
) -> Working:
    """The p-th power of what each class but the target falls short of the margin by."""
    classes, C = target.reshape(-1, 1), x.shape[1]
    of_target = np.take_along_axis(x, classes, 1)
    shortfall = margin - of_target + x
    too_close = shortfall > 0
    np.put_along_axis(too_close, classes, False, 1)
    factor = 1.0 if weight is None else weight[classes]
    parts = np.where(too_close, shortfall**p * factor, 0.0) / C

    def pullback(scale: Any) -> FloatArray:
        steepness = factor / C * np.reshape(scale, (-1, 1))
        slope = np.where(too_close, p * shortfall ** (p - 1) * steepness, 0.0)
        np.put_along_axis(slope, classes, -np.sum(slope, 1, keepdims=True), 1)
        return slope.reshape(shape)

    def magnitude() -> FloatArray:
        added = np.abs(factor) * (abs(margin) + np.abs(of_target) + np.abs(x)) ** p
        np.put_along_axis(added, classes, 0.0, 1)
        return np.asarray(np.sum(added, 1).reshape(target.shape) / C)

    def columns() -> Columns:
        shown: dict[str, Array] = {"target": classes, "input": x, "input of target": of_target}
        shown |= {"shortfall": shortfall, "too close": too_close}
        if weight is not None:
            shown["weight of target"] = weight[classes]
        return {name: _like_input(column, shape) for name, column in shown.items()}

    return Working(
        np.sum(parts, 1).reshape(target.shape),
        columns,
        pullback,
        divisors=_samples(x),
        parts=_like_input(parts, shape),
        magnitude=magnitude,
    )


def multi_margin_loss(
    input: ArrayLike,
    target: ArrayLike,
    p: int = 1,
    margin: float = 1.0,
    weight: ArrayLike | None = None,
    reduction: str = "mean",
) -> float | FloatArray:
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
    return value(_multi_margin, reduction, input, target, p, margin, weight)


def multi_margin_loss_grad(
    input: ArrayLike,
    target: ArrayLike,
    p: int = 1,
    margin: float = 1.0,
    weight: ArrayLike | None = None,
    reduction: str = "mean",
) -> FloatArray:
    r"""The gradient of `multi_margin_loss` for `input`.

    .. math:: \frac{w_{y_n}}{C}\,p\,\max(0,\ m - x_{n y_n} + x_{nc})^{p - 1}

    for each class :math:`c` that is too close, 0 for the others (at the kink too), and minus the
    sum of these at the target's class.
    Args, errors and reference are those of `multi_margin_loss`. Returns an array of the shape of
    `input`; with 'mean' each entry is also divided by the number of samples.

    >>> multi_margin_loss_grad([[0.25, 0.5, 2.0, 0.0]], [1])
    array([[ 0.25, -0.75,  0.25,  0.25]])
    """
    return gradient(_multi_margin, reduction, input, target, p, margin, weight)


@dataclass(frozen=True)
class _LabelLists:
    """Rows of scores with a list of labels each.

    `order` puts the rows with the longest lists first, so that those that still have a label at a
    place of the list are the first ones.
    """

    rows: FloatArray
    target: IntArray
    is_label: BoolArray
    lengths: IntArray
    order: IntArray

    @classmethod
    def of(cls, rows: FloatArray, target: IntArray) -> Self:
        """The lists in the rows of a target; a list ends before its first -1."""
        listed = np.logical_and.accumulate(target >= 0, axis=1)
        is_label = np.zeros(rows.shape, dtype=bool)
        sample, place = np.nonzero(listed)
        is_label[sample, target[sample, place]] = True
        lengths = np.count_nonzero(listed, axis=1)
        return cls(rows, target, is_label, lengths, np.argsort(-lengths, kind="stable"))

    def pairs(self) -> Iterator[tuple[IntArray, FloatArray]]:
        """For each place in the lists: its labels, and 1 - x_label + x_c for every class c.

        It is -inf for the labels themselves, which never count. The rows come in `order`.
        """
        others = np.where(self.is_label, -np.inf, self.rows)[self.order]
        for place in range(np.max(self.lengths, initial=0)):
            samples = self.order[: np.count_nonzero(self.lengths > place)]
            labels = self.target[samples, place]
            yield labels, (1 - self.rows[samples, labels])[:, None] + others[: len(samples)]

    def collect(self, cost: Callable[[FloatArray], Array]) -> FloatArray:
        """What `cost` makes of every pair, added up for each class that is no label."""
        result = np.zeros(self.rows.shape)
        for _, distance in self.pairs():
            result[: len(distance)] += cost(distance)
        return self.in_place(result)

    def sizes(self) -> FloatArray:
        """The sum of 1, |x_label| and |x_c| over the labels, for each class c that is no label."""
        size, place = np.abs(self.rows), np.arange(self.rows.shape[1])
        listed = place < self.lengths[:, None]
        of_label = np.take_along_axis(size, np.where(listed, self.target, 0), 1)
        of_labels = np.sum(np.where(listed, 1 + of_label, 0.0), 1)
        sizes = of_labels[:, None] + self.lengths[:, None] * size
        return np.where(self.is_label, 0.0, sizes)

    def slope(self) -> FloatArray:
        """For each class how many pairs grow with its score, less how many fall with it."""
        count = np.zeros(self.rows.shape)
        for labels, distance in self.pairs():
            too_close = distance > 0
            count[: len(labels)] += too_close
            count[np.arange(len(labels)), labels] -= np.count_nonzero(too_close, axis=1)
        return self.in_place(count)

    def in_place(self, rows: FloatArray) -> FloatArray:
        """Rows that stand in `order`, in the order of the input."""
        result = np.empty_like(rows)
        result[self.order] = rows
        return result


def _lists(input: ArrayLike, target: ArrayLike) -> tuple[_LabelLists, tuple[int, ...]]:
    """The scores with their lists of labels, checked as torch does, and the input's shape."""
    x, shape = _rows(input)
    labels = checks.class_numbers("target", target, ("int64",))
    # A number and a list of one are the same to torch.
    single = x.size == labels.size == 1 >= max(labels.ndim, len(shape))
    if labels.shape != shape and not single:
        checks.refuse("target", f"the shape of input, {shape}", f"shape {labels.shape}")
    check_range(labels, -1, x.shape[1] - 1, " (-1 ends the list)")
    return _LabelLists.of(x, labels.reshape(x.shape)), shape


def _multilabel_margin(input: ArrayLike, target: ArrayLike) -> Working:
    lists, shape = _lists(input, target)
    C = lists.rows.shape[1]
    # fmax takes 0 for NaN, as a comparison with it is false.
    parts = lists.collect(lambda distance: np.fmax(distance, 0.0)) / C

    def pullback(scale: Any) -> FloatArray:
        slope: FloatArray = lists.slope() * (np.reshape(scale, (-1, 1)) / C)
        return slope.reshape(shape)

    def columns() -> Columns:
        too_close = lists.collect(lambda distance: distance > 0)
        shown = {"input": lists.rows, "label": lists.is_label, "labels too close": too_close}
        return {name: _like_input(column, shape) for name, column in shown.items()}

    return Working(
        np.sum(parts, 1).reshape(shape[:-1]),
        columns,
        pullback,
        divisors=_samples(lists.rows),
        parts=_like_input(parts, shape),
        magnitude=lambda: (np.sum(lists.sizes(), 1) / C).reshape(shape[:-1]),
    )


def multilabel_margin_loss(
    input: ArrayLike, target: ArrayLike, reduction: str = "mean"
) -> float | FloatArray:
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
    return value(_multilabel_margin, reduction, input, target)


def multilabel_margin_loss_grad(
    input: ArrayLike, target: ArrayLike, reduction: str = "mean"
) -> FloatArray:
    r"""The gradient of `multilabel_margin_loss` for `input`.

    For a class that is no label it is 1 / C times the number of labels that it is too close to, for
    a label minus 1 / C times the number of classes that are too close to it; at the kink, 0.
    Args, errors and reference are those of `multilabel_margin_loss`. Returns an array of the shape
    of `input`; with 'mean' each entry is also divided by the number of samples.

    >>> multilabel_margin_loss_grad([0.25, 0.5, 0.0, 1.0], [3, 0, -1, 1])
    array([-0.5 ,  0.5 ,  0.25, -0.25])
    """
    return gradient(_multilabel_margin, reduction, input, target)


def _remarks_on_both(x: FloatArray) -> Iterator[Remark]:
    """What the two losses have in common."""
    if x.ndim and x.shape[-1]:
        C = x.shape[-1]
        text = f"Each sum is divided by all C = {C} classes, those of the target included."
        yield Remark("note", text)
    count = np.count_nonzero(np.isnan(x))
    if count:
        text = f"NaN among the inputs: {count}. They cost nothing: a comparison with NaN is false."
        yield Remark("numerics", text)
    if x.size == 0:
        text = "For an empty batch torch returns memory that it has not written: any number at all."
        yield Remark("numerics", text)


def _multi_margin_remarks(call: Call) -> Iterator[Remark]:
    yield from _remarks_on_both(call.inputs["input"])


def _multilabel_margin_remarks(call: Call) -> Iterator[Remark]:
    target = call.inputs["target"]
    yield from _remarks_on_both(call.inputs["input"])
    rows = np.atleast_2d(target)
    listed = np.logical_and.accumulate(rows >= 0, axis=1)
    left = np.count_nonzero((rows >= 0) & ~listed)
    if left:
        text = (
            f"Behind the first -1 of a row, where they do not count: {left} of the class numbers."
        )
        yield Remark("note", text)
    ordered = np.sort(np.where(listed, rows, -1), axis=1)
    twice = np.count_nonzero((np.diff(ordered, axis=1) == 0) & (ordered[:, 1:] >= 0))
    flags = np.isin(target, (0, 1)).all()  # the contract tells of these
    if twice and not flags:
        text = f"{twice} class numbers stand in their row a second time, and count again."
        text += " A row that is to end earlier ends in -1."
        yield Remark("mistake", text)


def _multi_margin_contract(call: Asked) -> Iterator[Finding]:
    """What the margin loss of one class asks of its arguments."""
    x, t = call["input"], call["target"]
    yield from exchanged(call)
    if x.ndim == 1 and t.ndim <= 1 and t.size == 1:
        pass
    elif x.ndim > 2:
        yield from _more_than_rows(call)
    else:
        yield from class_shapes(call, sequences=False)
    yield from label_dtype(call)
    yield from floating_input(call, "input")
    yield from same_dtype_weight(call, "weight", "input")
    if x.ndim:
        yield from label_range(call, x.shape[-1], ignore=False)
        yield from class_weights(call, x.shape[-1])
    if call.options["p"] not in (1, 2):
        text = f"p is {call.options['p']}. It is 1 or 2."
        yield Finding("refused", Stage.OPTIONS, text)
    if x.ndim and call.options["margin"] >= 1:
        margin = number(call.options["margin"])
        wants = (
            f"These differ by at most 1, less than the margin of {margin} asks for: the loss takes "
            "scores of any size."
        )
        undo = Remedy("log undoes the softmax", {"input": "{}.log()"}, sure=False, meaning="soft")
        yield from scores_wanted(call, "input", undo, wants)


def _more_than_rows(call: Asked) -> Iterator[Finding]:
    """Scores of images or sequences, where the loss takes rows alone."""
    x, t = call["input"], call["target"]
    text = f"input has shape {x.shape}. This loss takes rows of scores, (N, C)."
    remedies = []
    for axis in {1, x.ndim - 1}:
        if t.shape == without(x.shape, axis):
            why = "scores and class numbers are flattened to rows"
            edits = {"input": flat_rows(axis, x.ndim), "target": "{}.flatten()"}
            remedies.append(Remedy(why, edits, cost=0.4, meaning=f"axis {axis}"))
    yield Finding("refused", Stage.SHAPE, text, tuple(remedies))


def _one_class_each(x: Facts, t: Facts) -> Iterator[Remedy]:
    """A class number for each row, in the place of a row of them."""
    if t.shape == x.shape[:-1] and t.dtype == "int64" and 0 <= t.low <= t.high < x.shape[-1]:
        why = "one class number for each row of scores is what multi_margin_loss takes"
        yield Remedy(why, loss="multi_margin_loss", cost=0.4, sure=False, meaning="one class")


def _multilabel_margin_contract(call: Asked) -> Iterator[Finding]:
    """What the margin loss of several classes asks of its arguments."""
    x, t = call["input"], call["target"]
    for finding in alike(call, ("input", "target"), strict=True, other=False):
        yield replace(finding, remedies=(*finding.remedies, *_one_class_each(x, t)))
    yield from label_dtype(call)
    yield from floating_input(call, "input")
    classes = x.shape[-1] if x.ndim else 1
    if t.size and (t.low < -1 or t.high >= classes):
        worst = t.high if t.high >= classes else t.low
        text = f"target holds {number(worst)}. It lists class numbers, 0 to {classes - 1}, then -1."
        yield Finding("refused", Stage.LABELS, text, unsafe=t.on_gpu)
    if t.size > 1 and t.count(0, 1) == t.size:
        text = (
            "The target holds 0 and 1 alone, and no -1. If these are flags, they are taken for the "
            "class numbers 0 and 1: this loss takes the numbers of the classes, then -1."
        )
        why = "a yes or no for each class is what multilabel_soft_margin_loss takes"
        loss = "multilabel_soft_margin_loss"
        edits = {"target": "{}.float()"}
        remedy = Remedy(why, edits, loss=loss, cost=0.6, sure=False, meaning="flags")
        # Of two classes both may apply; three labels of 0 and 1 repeat themselves.
        yield Finding("mistake" if classes > 2 else "note", Stage.LABELS, text, (remedy,))


LOSSES = (
    Loss(
        "MultiMarginLoss",
        multi_margin_loss,
        multi_margin_loss_grad,
        _multi_margin,
        chapter="multiclass/margins",
        formula="Σ max(0, margin + input - input[target])^p / C over the C classes but the target",
        options=("p", "margin", "weight", "reduction"),
        remarks=_multi_margin_remarks,
        contract=_multi_margin_contract,
        sheet=Sheet(
            tex=r"\frac{1}{C} \sum_{c \ne y} \max(0,\; m - x_y + x_c)^p",
            takes="scores; class numbers",
            mean="samples, whatever the weights",
            use="one class out of several by a margin; no probabilities",
            axis="score of the class, the other 0",
            span=(-3.0, 3.0),
            curves=(
                lambda x: multi_margin_loss(
                    x[:, None] * [1.0, 0.0], np.zeros(x.size, int), reduction="none"
                ),
            ),
        ),
    ),
    Loss(
        "MultiLabelMarginLoss",
        multilabel_margin_loss,
        multilabel_margin_loss_grad,
        _multilabel_margin,
        chapter="multiclass/margins",
        formula="Σ max(0, 1 + input[other] - input[label]) / C over the pairs, C classes",
        remarks=_multilabel_margin_remarks,
        contract=_multilabel_margin_contract,
        sheet=Sheet(
            tex=r"\frac{1}{C} \sum_{l \in Y} \sum_{c \notin Y} \max(0,\; 1 - x_l + x_c)",
            takes="scores; class numbers, then −1",
            mean="samples",
            use="several classes per sample, all to lead the others by a margin",
            axis="score of the class, the other 0",
            span=(-3.0, 3.0),
            curves=(
                lambda x: multilabel_margin_loss(
                    x[:, None] * [1.0, 0.0], np.tile([0, -1], (x.size, 1)), "none"
                ),
            ),
        ),
    ),
)
