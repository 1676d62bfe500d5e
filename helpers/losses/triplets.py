"""Losses of triplets: an anchor should be nearer to its own kind than to another."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from helpers import checks
from helpers.findings import Asked, Finding, Remedy, Stage
from helpers.losses.distances import distance_between, steep_norm
from helpers.losses.pairs import hinge, hinge_slope
from helpers.losses.rules import alike, floating_input
from helpers.text import number
from helpers.working import (
    ArrayLike,
    Call,
    Columns,
    FloatArray,
    Loss,
    Remark,
    Sheet,
    Working,
    counted,
    gradients,
    sign_of,
    sum_to_shape,
    value,
)

# A distance takes two arrays; its gradient takes them too, and returns those of the summed
# distances for both.
Distance = Callable[[FloatArray, FloatArray], Any]
DistanceGradient = Callable[[FloatArray, FloatArray], Any]
DistanceFunction = Distance | tuple[Distance, DistanceGradient] | None

# A measure of distance with its slope.
Between = Callable[[FloatArray, FloatArray], Working]

MOST = 1 << 20  # numbers of an operand that are looked at
Triplet = tuple[FloatArray, FloatArray, FloatArray]

SIMILARITIES = ("CosineSimilarity", "cosine_similarity")


def _operands(anchor: ArrayLike, positive: ArrayLike, negative: ArrayLike, swap: bool) -> Triplet:
    """The three operands of a triplet loss, with torch's rules for shapes and dtypes."""
    given = {"anchor": anchor, "positive": positive, "negative": negative}
    checks.not_bool(**given)
    arrays = {name: checks.real(name, value) for name, value in given.items()}
    checks.not_all_whole(anchor=anchor, positive=positive)
    checks.not_all_whole(anchor=anchor, negative=negative)
    if checks.flag("swap", swap):
        checks.not_all_whole(positive=positive, negative=negative)
    checks.same_ndim(**arrays)
    checks.broadcast(**arrays)
    return arrays["anchor"], arrays["positive"], arrays["negative"]


def _pull(distance: Working, slope: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The gradients of a weighted sum of distances for both operands."""
    first, second = distance.pullback(sum_to_shape(slope, distance.loss.shape))
    return first, second


def _triplet(operands: Triplet, between: Between, margin: float, swap: bool) -> Working:
    """The working of a triplet loss from its operands and the measure of their distance."""
    margin = checks.number("margin", margin, above=0)
    anchor, positive, negative = operands
    near, far = between(anchor, positive), between(anchor, negative)
    other = between(positive, negative) if swap else None
    missing = margin + near.loss - (far.loss if other is None else np.minimum(far.loss, other.loss))

    def pullback(scale: float | FloatArray) -> Triplet:
        slope = hinge_slope(missing) * scale
        # Of two equal distances torch gives half of the slope to each.
        share = np.ones(()) if other is None else (1 + sign_of(other.loss - far.loss)) / 2
        anchor1, positive1 = _pull(near, slope)
        anchor2, negative1 = _pull(far, -slope * share)
        zeros = np.zeros_like(positive), np.zeros_like(negative)
        positive2, negative2 = zeros if other is None else _pull(other, -slope * (1 - share))
        sums = anchor1 + anchor2, positive1 + positive2, negative1 + negative2
        return np.asarray(sums[0]), np.asarray(sums[1]), np.asarray(sums[2])

    def columns() -> Columns:
        shown = {"d(anchor, positive)": near.loss, "d(anchor, negative)": far.loss}
        if other is not None:
            shown["d(positive, negative)"] = other.loss
        return {**shown, "before max(0, ·)": missing}

    def magnitude() -> FloatArray:
        return margin + near.magnitudes() + far.magnitudes()

    return Working(hinge(missing), columns, pullback, magnitude=magnitude)


def _triplet_margin(
    anchor: ArrayLike,
    positive: ArrayLike,
    negative: ArrayLike,
    margin: float = 1.0,
    p: float = 2.0,
    eps: float = 1e-6,
    swap: bool = False,
) -> Working:
    operands = _operands(anchor, positive, negative, swap)
    p, eps = checks.number("p", p), checks.number("eps", eps)
    return _triplet(operands, partial(distance_between, p=p, eps=eps), margin, swap)


def triplet_margin_loss(
    anchor: ArrayLike,
    positive: ArrayLike,
    negative: ArrayLike,
    margin: float = 1.0,
    p: float = 2.0,
    eps: float = 1e-6,
    swap: bool = False,
    reduction: str = "mean",
) -> float | FloatArray:
    r"""How much nearer an anchor should be to its own kind than to another.

    .. math:: \ell = \max(0,\ d(a, p) - d(a, n) + m), \qquad
              \text{with swap}\quad \ell = \max(0,\ d(a, p) - \min(d(a, n), d(p, n)) + m)

    :math:`d` is the distance of `pairwise_distance` along the last axis.

    Args:
        anchor: :math:`a`; any shape, vectors along the last axis, real numbers.
        positive: :math:`p`, of the same kind as the anchor; as many dimensions, a shape that
            broadcasts with the others.
        negative: :math:`n`, of another kind; likewise. Of any two that are compared, one has a
            floating dtype.
        margin: :math:`m > 0`, by how much the positive shall be nearer, in the units of the
            distance.
        p: the order of the norm, any number.
        eps: added to every difference of two entries.
        swap: whether the negative's distance to the positive counts where it is the smaller one.
        reduction: 'none', 'mean' (divides by the number of triplets) or 'sum'.

    Returns:
        A float, or for 'none' an array of the broadcast shape without its last axis.

    Raises:
        TypeError: two arrays that are compared are both integer (torch takes them, and subtracts
            them as integers), one is boolean or complex, `margin`, `p` or `eps` is no number, or
            `swap` is no bool.
        ValueError: the numbers of dimensions differ, the shapes do not broadcast, `margin` is not
            above 0, `p` or `eps` is NaN, the vectors have no entries and `p` is infinite or
            negative, or `reduction` is none of the three.

    Reference:
        Balntas et al., Learning Local Feature Descriptors with Triplets and Shallow Convolutional
        Neural Networks, 2016, https://doi.org/10.5244/C.30.119 (with the swap);
        https://docs.pytorch.org/docs/2.13/generated/torch.nn.TripletMarginLoss.html

    >>> anchor, positive, negative = [[0.0, 0.0]], [[3.0, 4.0]], [[3.0, 0.0]]
    >>> triplet_margin_loss(anchor, positive, negative, eps=0.0)  # 5 - 3 + 1
    3.0
    """
    return value(_triplet_margin, reduction, anchor, positive, negative, margin, p, eps, swap)


def triplet_margin_loss_grad(
    anchor: ArrayLike,
    positive: ArrayLike,
    negative: ArrayLike,
    margin: float = 1.0,
    p: float = 2.0,
    eps: float = 1e-6,
    swap: bool = False,
    reduction: str = "mean",
) -> tuple[FloatArray, ...]:
    r"""The gradients of `triplet_margin_loss` for the anchor, the positive and the negative.

    With :math:`u_{xy}` the slope of the distance :math:`d(x, y)` for :math:`x`, as in
    `pairwise_distance_grad`: :math:`u_{ap} - u_{an}` for the anchor, :math:`-u_{ap}` for the
    positive and :math:`u_{an}` for the negative, all 0 where :math:`d(a, p) - d(a, n) + m < 0`.
    Where the swap takes :math:`d(p, n)`, it stands in the place of :math:`d(a, n)`; of two equal
    distances each counts half.
    torch up to 2.13 has these slopes exactly at the margin too, where the difference is 0; torch
    2.14 and later have 0 there.

    Args, errors and reference are those of `triplet_margin_loss`. Returns a tuple of three arrays,
    of the shapes of `anchor`, `positive` and `negative`; with 'mean' each entry is divided by the
    number of triplets.

    >>> anchor, positive, negative = [[0.0, 0.0]], [[3.0, 4.0]], [[3.0, 0.0]]
    >>> for gradient in triplet_margin_loss_grad(anchor, positive, negative, eps=0.0):
    ...     print(gradient)
    [[ 0.4 -0.8]]
    [[0.6 0.8]]
    [[-1.  0.]]
    """
    return gradients(_triplet_margin, reduction, anchor, positive, negative, margin, p, eps, swap)


def _distance_functions(
    distance_function: DistanceFunction,
) -> tuple[Distance, DistanceGradient | None]:
    """The distance and, if it is given, its gradient, from what stands for both."""
    given = distance_function
    function, gradient = given if isinstance(given, tuple) and len(given) == 2 else (given, None)
    if not callable(function) or not (gradient is None or callable(gradient)):
        expected = "a function of two arrays, a pair of it and its gradient, or None"
        checks.refuse("distance_function", expected, type(given).__name__, TypeError)
    return function, gradient


def _measured_slopes(
    gradient: DistanceGradient | None, x1: FloatArray, x2: FloatArray, weight: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """The gradients of a weighted sum of distances by a function that has those of the sum."""
    if gradient is None:
        expected = "a pair of functions, the distance and its gradients for both operands"
        checks.refuse("distance_function", expected, "a function alone", TypeError)
    # A summed gradient cannot be weighted, so that operands are stretched before, not after.
    wide1, wide2 = np.broadcast_arrays(x1, x2)
    weight = weight.reshape(weight.shape + (1,) * (wide1.ndim - weight.ndim))
    checks.broadcast_to("distance_function", weight, wide1.shape, "the operands")
    slopes = [checks.real("distance_function", slope) for slope in gradient(wide1, wide2)]
    for slope in slopes:
        if slope.shape != wide1.shape:
            expected = f"gradients of the shape of the operands, {wide1.shape}"
            checks.refuse("distance_function", expected, slope.shape)
    slope1, slope2 = slopes
    return sum_to_shape(slope1 * weight, x1.shape), sum_to_shape(slope2 * weight, x2.shape)


def _measure(distance_function: DistanceFunction) -> Between:
    """The working of a distance by a function that is given, or by `pairwise_distance`."""
    if distance_function is None:
        return partial(distance_between, p=2.0, eps=1e-6)
    function, gradient = _distance_functions(distance_function)

    def between(x1: FloatArray, x2: FloatArray) -> Working:
        distance = checks.floating("distance_function", function(x1, x2))
        return Working(distance, dict, partial(_measured_slopes, gradient, x1, x2))

    return between


def _triplet_margin_with_distance(
    anchor: ArrayLike,
    positive: ArrayLike,
    negative: ArrayLike,
    *,
    distance_function: DistanceFunction = None,
    margin: float = 1.0,
    swap: bool = False,
) -> Working:
    between = _measure(distance_function)
    return _triplet(_operands(anchor, positive, negative, swap), between, margin, swap)


def triplet_margin_with_distance_loss(
    anchor: ArrayLike,
    positive: ArrayLike,
    negative: ArrayLike,
    *,
    distance_function: DistanceFunction = None,
    margin: float = 1.0,
    swap: bool = False,
    reduction: str = "mean",
) -> float | FloatArray:
    r"""`triplet_margin_loss` with any measure of distance :math:`d`.

    .. math:: \ell = \max(0,\ d(a, p) - d(a, n) + m), \qquad
              \text{with swap}\quad \ell = \max(0,\ d(a, p) - \min(d(a, n), d(p, n)) + m)

    Args:
        anchor: :math:`a`; any shape, real numbers.
        positive: :math:`p`, of the same kind as the anchor; as many dimensions, a shape that
            broadcasts with the others.
        negative: :math:`n`, of another kind; likewise. Of any two that are compared, one has a
            floating dtype.
        distance_function: :math:`d`, a function that takes two arrays of float64 and returns the
            array of their distances, floating. For the gradient a pair of functions: the distance,
            and one that takes the same two arrays and returns the gradients of the summed
            distances for both, such as `(pairwise_distance, pairwise_distance_grad)`. None stands
            for `pairwise_distance`.
        margin: :math:`m > 0`, by how much the positive shall be nearer, in the units of the
            distance.
        swap: whether the negative's distance to the positive counts where it is the smaller one.
        reduction: 'none', 'mean' (divides by the number of triplets) or 'sum'.

    Returns:
        A float, or for 'none' an array of the shape of the distances.

    Raises:
        TypeError: two arrays that are compared are both integer, one is boolean or complex,
            `distance_function` is no function or returns no floating numbers, `margin` is no
            number, or `swap` is no bool. For the gradient also where `distance_function` is a
            function without its gradient.
        ValueError: the numbers of dimensions differ, the shapes do not broadcast, `margin` is not
            above 0, or `reduction` is none of the three.

    Reference:
        https://docs.pytorch.org/docs/2.13/generated/torch.nn.TripletMarginWithDistanceLoss.html

    >>> def city_block(x1, x2):
    ...     return np.abs(x1 - x2).sum(axis=-1)
    >>> anchor, positive, negative = [[0.0, 0.0]], [[3.0, 4.0]], [[3.0, 0.0]]
    >>> triplet_margin_with_distance_loss(
    ...     anchor, positive, negative, distance_function=city_block
    ... )  # 7 - 3 + 1
    5.0
    """
    working = partial(
        _triplet_margin_with_distance,
        distance_function=distance_function,
        margin=margin,
        swap=swap,
    )
    return value(working, reduction, anchor, positive, negative)


def triplet_margin_with_distance_loss_grad(
    anchor: ArrayLike,
    positive: ArrayLike,
    negative: ArrayLike,
    *,
    distance_function: DistanceFunction = None,
    margin: float = 1.0,
    swap: bool = False,
    reduction: str = "mean",
) -> tuple[FloatArray, ...]:
    r"""The gradients of `triplet_margin_with_distance_loss` for anchor, positive and negative.

    They are those of `triplet_margin_loss_grad`, at the margin too, with the slopes of the distance
    that is given: torch up to 2.13 has a slope exactly at the margin, torch 2.14 and later have 0.
    Each distance may depend on one vector of each operand alone, or on one block of them: its
    axes are the first axes of the operands.

    Args, errors and reference are those of `triplet_margin_with_distance_loss`. Returns a tuple of
    three arrays, of the shapes of `anchor`, `positive` and `negative`; with 'mean' each entry is
    divided by the number of triplets.

    >>> def city_block(x1, x2):
    ...     return np.abs(x1 - x2).sum(axis=-1)
    >>> def city_block_grad(x1, x2):
    ...     return np.sign(x1 - x2), np.sign(x2 - x1)
    >>> anchor, positive, negative = [[0.0, 0.0]], [[3.0, 4.0]], [[3.0, 1.0]]
    >>> for gradient in triplet_margin_with_distance_loss_grad(
    ...     anchor, positive, negative, distance_function=(city_block, city_block_grad)
    ... ):
    ...     print(gradient)
    [[0. 0.]]
    [[1. 1.]]
    [[-1. -1.]]
    """
    working = partial(
        _triplet_margin_with_distance,
        distance_function=distance_function,
        margin=margin,
        swap=swap,
    )
    return gradients(working, reduction, anchor, positive, negative)


def _remarks(call: Call, between: Between) -> Iterator[Remark]:
    """What both triplet losses have in common."""
    loss, (anchor, positive, negative) = call.working.loss, call.inputs.values()
    margin = float(call.options["margin"])
    at_margin = np.isclose(loss, margin, rtol=1e-6)
    if at_margin.any():
        what = (
            f"triplets have two equal distances, so that the loss is the margin, {number(margin)}: "
        )
        what += "anchor, positive and negative are in one place, as collapsed embeddings are."
        near = between(anchor, positive).loss <= 1e-4 * margin
        yield from counted("note", at_margin & near, what)
    if call.options["swap"]:
        swapped = between(positive, negative).loss < between(anchor, negative).loss
        what = "triplets take d(positive, negative), the smaller distance."
        yield from counted("note", swapped, what)


def _triplet_margin_remarks(call: Call) -> Iterator[Remark]:
    p, eps = float(call.options["p"]), float(call.options["eps"])
    yield from _remarks(call, partial(distance_between, p=p, eps=eps))


def _triplet_margin_with_distance_remarks(call: Call) -> Iterator[Remark]:
    yield from _remarks(call, _measure(call.options["distance_function"]))


def _contract(call: Asked) -> Iterator[Finding]:
    """What the triplet losses ask of their arguments: vectors that go together."""
    yield from alike(call, ("anchor", "positive"), strict=False, other=False)
    yield from alike(call, ("anchor", "negative"), strict=False, other=False)
    yield from floating_input(call, "anchor", scores=False)
    yield from floating_input(call, "positive", scores=False)
    yield from floating_input(call, "negative", scores=False)
    yield from _far_positives(call)
    measure = call.options.get("distance_function")
    if getattr(measure, "__name__", type(measure).__name__) in SIMILARITIES:
        text = (
            "distance_function is the cosine similarity, which is large for what is alike. A "
            "distance is small: lambda a, b: 1 - F.cosine_similarity(a, b)."
        )
        yield Finding("mistake", Stage.OPTIONS, text)
    if "p" in call.options:
        yield from steep_norm(call, "anchor")
    if negative_is_a_sign(call):
        text = (
            "negative holds nothing but 1 and -1, and the vectors have one entry each. This loss "
            "takes three vectors, and works out the distances itself. margin_ranking_loss takes "
            "distances or scores, and a sign."
        )
        yield Finding("mistake", Stage.FORM, text)
    margin = call.options["margin"]
    if margin <= 0:
        text = f"margin is {number(margin)}. It is a distance, above 0."
        remedies = [Remedy("margin goes back to its default", {}, {"margin": None}, sure=False)]
        yield Finding("refused", Stage.OPTIONS, text, tuple(remedies))


def _far_positives(call: Asked) -> Iterator[Finding]:
    """Positives that are farther than the negatives in nearly every triplet."""
    operands = [call[name] for name in ("anchor", "positive", "negative")]
    if len({x.shape for x in operands}) > 1 or operands[0].ndim != 2 or operands[0].size > MOST:
        return
    anchor, positive, negative = (x.numbers().astype(np.float64) for x in operands)
    near, far = (np.linalg.norm(anchor - x, axis=1) for x in (positive, negative))
    count = int(np.count_nonzero(near > far))
    if near.size >= 8 and count >= 0.9 * near.size:
        text = (
            f"In {count} of {near.size} triplets the positive is farther than the negative. Are "
            "the two exchanged? The order is anchor, positive, negative."
        )
        swap = ("positive", "negative")
        why = "positive and negative change places"
        remedy = Remedy(why, swap=swap, cost=0.5, sure=False, meaning="swap")
        yield Finding("note", Stage.FORM, text, (remedy,))


def negative_is_a_sign(call: Asked) -> bool:
    """Whether the third argument is a target, and the others are numbers, not vectors."""
    operands = [call[name] for name in ("anchor", "positive", "negative")]
    if not all(x.ndim and x.shape[-1] == 1 and x.size > 1 for x in operands):
        return False
    values = operands[2].values
    return values is not None and values <= {1.0, -1.0} and operands[0].varied > 1


LOSSES = (
    Loss(
        "TripletMarginLoss",
        triplet_margin_loss,
        triplet_margin_loss_grad,
        _triplet_margin,
        chapter="similarity/triplet_margin",
        formula="max(0, margin + distance to positive - distance to negative)",
        inputs=("anchor", "positive", "negative"),
        options=("margin", "p", "eps", "swap", "reduction"),
        remarks=_triplet_margin_remarks,
        contract=_contract,
        alike=("anchor", "positive", "negative"),
        sheet=Sheet(
            tex=r"\max(0,\; m + \lVert a - p \rVert - \lVert a - n \rVert)",
            takes="anchor, positive, negative",
            mean="samples",
            use="triplets: an anchor nearer to one vector than to another",
            axis="distance to the negative, to the positive 1",
            span=(0.0, 4.0),
            curves=(
                lambda d: triplet_margin_loss(
                    0 * d[:, None], 1 + 0 * d[:, None], d[:, None], reduction="none"
                ),
            ),
        ),
    ),
    Loss(
        "TripletMarginWithDistanceLoss",
        triplet_margin_with_distance_loss,
        triplet_margin_with_distance_loss_grad,
        _triplet_margin_with_distance,
        chapter="similarity/triplet_margin",
        formula="max(0, margin + distance to positive - distance to negative)",
        inputs=("anchor", "positive", "negative"),
        options=("distance_function", "margin", "swap", "reduction"),
        remarks=_triplet_margin_with_distance_remarks,
        contract=_contract,
        alike=("anchor", "positive", "negative"),
        sheet=Sheet(
            tex=r"\max(0,\; m + d(a, p) - d(a, n))",
            takes="anchor, positive, negative",
            mean="losses that your distance gives",
            use="the same with a distance of your own",
            axis="distance to the negative, to the positive 1",
            span=(0.0, 4.0),
            curves=(
                lambda d: triplet_margin_with_distance_loss(
                    0 * d[:, None], 1 + 0 * d[:, None], d[:, None], reduction="none"
                ),
            ),
        ),
    ),
)
