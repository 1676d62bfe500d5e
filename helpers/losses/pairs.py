"""Losses of pairs: ranking, hinge embedding and cosine embedding.

Each asks for a margin and is 0 beyond it: max(0, ·) of what is missing.
"""

import math
from collections.abc import Iterator

import numpy as np

from helpers import checks
from helpers.findings import Asked, Facts, Finding, Remedy, Stage
from helpers.losses.distances import at_angle
from helpers.losses.rules import (
    alike,
    floating_input,
    no_booleans,
    one_floating,
    signed_dtype,
    signs,
    squeezed,
)
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
    gradient,
    gradients,
    sum_to_shape,
    value,
)


def hinge(missing: FloatArray) -> FloatArray:
    """max(0, x): what is missing to the margin."""
    return np.maximum(missing, 0)


def hinge_slope(missing: FloatArray) -> FloatArray:
    """The slope of `hinge`: 1 above 0 and at the kink itself, else 0, for NaN too.

    It is that of torch up to 2.13; torch 2.14 and later have 0 at the kink.
    """
    return np.asarray(missing >= 0, dtype=np.float64)


def _scores(
    input1: ArrayLike, input2: ArrayLike, target: ArrayLike
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The operands of `margin_ranking_loss` as float64, with torch's rules for their shapes."""
    checks.not_bool(input1=input1, input2=input2)
    checks.signed("target", target)
    x1, x2 = checks.one_floating(input1=input1, input2=input2)
    y = checks.real("target", target)
    checks.same_ndim(input1=x1, input2=x2, target=y)
    checks.broadcast(input1=x1, input2=x2, target=y)
    return x1, x2, y


def _margin_ranking(
    input1: ArrayLike, input2: ArrayLike, target: ArrayLike, margin: float = 0.0
) -> Working:
    x1, x2, y = _scores(input1, input2, target)
    margin = checks.number("margin", margin)
    difference = x1 - x2
    missing = margin - y * difference

    def pullback(scale: float | FloatArray) -> tuple[FloatArray, FloatArray]:
        slope = y * hinge_slope(missing) * scale
        return sum_to_shape(-slope, x1.shape), sum_to_shape(slope, x2.shape)

    def columns() -> Columns:
        return {
            "input1": x1,
            "input2": x2,
            "target": y,
            "input1 - input2": difference,
            "margin - target·difference": missing,
        }

    return Working(
        hinge(missing),
        columns,
        pullback,
        magnitude=lambda: abs(margin) + np.abs(y) * (np.abs(x1) + np.abs(x2)),
    )


def margin_ranking_loss(
    input1: ArrayLike,
    input2: ArrayLike,
    target: ArrayLike,
    margin: float = 0.0,
    reduction: str = "mean",
) -> float | FloatArray:
    r"""What one score lacks to exceed another by a margin.

    .. math:: \ell = \max(0,\ -y\,(x_1 - x_2) + m)

    The target :math:`y` says which score shall be the larger one: 1 for the first, -1 for the
    second. With a target of 0 the loss is the margin, whatever the scores are.

    Args:
        input1: :math:`x_1`, scores; any shape, real numbers.
        input2: :math:`x_2`; as many dimensions, a shape that broadcasts with that of `input1`; one
            of the two has a floating dtype.
        target: :math:`y`, 1 or -1; as many dimensions, a shape that broadcasts with the others,
            a signed dtype.
        margin: :math:`m`, by how much the scores shall differ, in their units; any number.
        reduction: 'none', 'mean' (divides by the number of elements) or 'sum'.

    Returns:
        A float, or for 'none' an array of the broadcast shape.

    Raises:
        TypeError: neither input is floating (torch takes two integer ones too, and subtracts them
            as integers), an array is boolean or complex, the target is unsigned (torch turns its
            sign as uint8, 1 into 255), or `margin` is no number.
        ValueError: the numbers of dimensions differ, the shapes do not broadcast, `margin` is NaN,
            or `reduction` is none of the three.

    Reference:
        https://docs.pytorch.org/docs/2.13/generated/torch.nn.MarginRankingLoss.html

    >>> margin_ranking_loss([3.0, 3.0], [1.0, 1.0], [1.0, -1.0], margin=0.5, reduction="none")
    array([0. , 2.5])
    """
    return value(_margin_ranking, reduction, input1, input2, target, margin)


def margin_ranking_loss_grad(
    input1: ArrayLike,
    input2: ArrayLike,
    target: ArrayLike,
    margin: float = 0.0,
    reduction: str = "mean",
) -> tuple[FloatArray, ...]:
    r"""The gradients of `margin_ranking_loss` for both inputs: :math:`\mp y` within the margin.

    That is :math:`-y` for `input1` and :math:`y` for `input2` where
    :math:`-y\,(x_1 - x_2) + m \ge 0`, else 0. The kink itself counts: with a margin of 0, equal
    scores have no loss but a gradient. That is torch's up to 2.13; torch 2.14 and later have a
    slope of 0 exactly at the margin.

    Args, errors and reference are those of `margin_ranking_loss`. Returns a tuple of two arrays, of
    the shapes of `input1` and `input2`; with 'mean' each entry is divided by the number of losses.

    >>> margin_ranking_loss_grad([3.0, 1.0], [1.0, 3.0], [-1.0, -1.0], reduction="sum")
    (array([1., 0.]), array([-1.,  0.]))
    """
    return gradients(_margin_ranking, reduction, input1, input2, target, margin)


def _hinge_embedding(input: ArrayLike, target: ArrayLike, margin: float = 1.0) -> Working:
    checks.signed("target", target)
    x, y = checks.floating("input", input), checks.real("target", target)
    margin = checks.number("margin", margin)
    checks.broadcast(input=x, target=y)
    # A target that is neither 1 nor -1 counts as both.
    near, far, missing = y != -1, y != 1, margin - x
    loss = np.where(far, hinge(missing), 0.0) + np.where(near, x, 0.0)

    def pullback(scale: float | FloatArray) -> FloatArray:
        return sum_to_shape((near - far * hinge_slope(missing)) * scale, x.shape)

    return Working(
        loss,
        lambda: {"input": x, "target": y, "margin - input": missing},
        pullback,
        magnitude=lambda: np.where(far, abs(margin), 0.0) + np.abs(x),
    )


def hinge_embedding_loss(
    input: ArrayLike, target: ArrayLike, margin: float = 1.0, reduction: str = "mean"
) -> float | FloatArray:
    r"""The distance of a pair that belongs together; of another, what it lacks to a margin.

    .. math:: \ell = \begin{cases} x & y = 1 \\ \max(0,\ m - x) & y = -1 \end{cases}

    With a target that is neither, the loss is the sum of the two.

    Args:
        input: :math:`x`, the distances; any shape, floating dtype. A negative one is no distance,
            and gives a negative loss where the target is 1.
        target: :math:`y`, 1 or -1; a shape that broadcasts with that of `input`, a signed dtype.
        margin: :math:`m`, the distance that pairs with a target of -1 shall reach; any number.
        reduction: 'none', 'mean' (divides by the number of elements) or 'sum'.

    Returns:
        A float, or for 'none' an array of the broadcast shape.

    Raises:
        TypeError: `input` is not floating (torch takes integers where it takes no mean, and cuts
            off the margin's fraction), `target` is complex, boolean or unsigned (torch takes 255
            for -1 in uint8), or `margin` is no number.
        ValueError: the shapes do not broadcast, `margin` is NaN, or `reduction` is none of the
            three.

    Reference:
        https://docs.pytorch.org/docs/2.13/generated/torch.nn.HingeEmbeddingLoss.html

    >>> hinge_embedding_loss([0.25, 0.25, 1.5], [1, -1, -1], reduction="none")
    array([0.25, 0.75, 0.  ])
    """
    return value(_hinge_embedding, reduction, input, target, margin)


def hinge_embedding_loss_grad(
    input: ArrayLike, target: ArrayLike, margin: float = 1.0, reduction: str = "mean"
) -> FloatArray:
    r"""The gradient of `hinge_embedding_loss`: 1 where :math:`y = 1`, -1 where a pair is too close.

    It is the sum of 1 where :math:`y \ne -1` and of -1 where :math:`y \ne 1` and :math:`x \le m`.
    That is torch's up to 2.13; torch 2.14 and later have 0 instead of -1 exactly at the margin,
    where :math:`x = m`.

    Args, errors and reference are those of `hinge_embedding_loss`. Returns an array of the shape of
    `input`; with 'mean' each entry is divided by the number of losses.

    >>> hinge_embedding_loss_grad([0.25, 0.25, 1.5], [1, -1, -1], reduction="sum")
    array([ 1., -1.,  0.])
    """
    return gradient(_hinge_embedding, reduction, input, target, margin)


# torch adds it to each squared length: a zero vector has a cosine, 0, and a very steep gradient.
# It is 1e-12 in float32 there, which differs in the ninth digit.
_SQUARE_EPS = float(np.float32(1e-12))


def _embeddings(
    input1: ArrayLike, input2: ArrayLike, target: ArrayLike
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The operands of `cosine_embedding_loss`, with torch's rules for their shapes."""
    checks.signed("target", target)
    x1, x2 = checks.floating("input1", input1), checks.floating("input2", input2)
    y = checks.real("target", target)
    if y.ndim > 1:
        checks.refuse("target", "a number for each pair, in at most one dimension", y.shape)
    for name, vectors in (("input1", x1), ("input2", x2)):
        if vectors.ndim != y.ndim + 1:
            expected = f"{y.ndim + 1} dimensions, as the target has {y.ndim}"
            checks.refuse(name, expected, f"shape {vectors.shape}")
    *pairs, _ = checks.broadcast(input1=x1, input2=x2)
    if 1 not in (y.size, *pairs) and [*y.shape] != pairs:
        checks.refuse("target", f"a number for each of {pairs[0]} pairs", f"{y.size}")
    return x1, x2, y


def _dot(a: FloatArray, b: FloatArray) -> FloatArray:
    """The products of the vectors along the last axis."""
    return np.asarray(np.sum(a * b, axis=-1))


def _embedding_slope(
    a: FloatArray, b: FloatArray, across: FloatArray, along: FloatArray, square: FloatArray
) -> FloatArray:
    """The gradient for one of two vectors; see `cosine_embedding_loss_grad`."""
    towards = np.broadcast_to(across[..., None] * b, np.broadcast_shapes(a.shape, b.shape))
    along = sum_to_shape(along / square, square.shape)[..., None] * a
    return sum_to_shape(towards, a.shape) - along


def _cosine_embedding(
    input1: ArrayLike, input2: ArrayLike, target: ArrayLike, margin: float = 0.0
) -> Working:
    x1, x2, y = _embeddings(input1, input2, target)
    margin = checks.number("margin", margin)
    square1, square2 = _dot(x1, x1) + _SQUARE_EPS, _dot(x2, x2) + _SQUARE_EPS
    lengths = np.sqrt(square1 * square2)
    cosine = _dot(x1, x2) / lengths
    loss = np.where(y == 1, 1 - cosine, np.where(y == -1, hinge(cosine - margin), 0.0))

    def pullback(scale: float | FloatArray) -> tuple[FloatArray, FloatArray]:
        slope = np.where(y == 1, -1.0, (y == -1) * hinge_slope(cosine - margin)) * scale
        slope = sum_to_shape(slope, cosine.shape)
        across, along = slope / lengths, slope * cosine
        return (
            _embedding_slope(x1, x2, across, along, square1),
            _embedding_slope(x2, x1, across, along, square2),
        )

    def columns() -> Columns:
        return {
            "input1 · input2": _dot(x1, x2),
            "|input1|² + 1e-12": square1,
            "|input2|² + 1e-12": square2,
            "cosine": cosine,
            "target": y,
        }

    def magnitude() -> FloatArray:
        other = np.where(y == 1, 1.0, np.where(y == -1, abs(margin), 0.0))
        return np.asarray(other + (np.abs(y) == 1) * _dot(np.abs(x1), np.abs(x2)) / lengths)

    return Working(loss, columns, pullback, magnitude=magnitude)


def cosine_embedding_loss(
    input1: ArrayLike,
    input2: ArrayLike,
    target: ArrayLike,
    margin: float = 0.0,
    reduction: str = "mean",
) -> float | FloatArray:
    r"""How far from 1 the cosine of a pair is that belongs together; of another, its excess.

    .. math:: \ell = \begin{cases} 1 - c & y = 1 \\ \max(0,\ c - m) & y = -1 \end{cases}
              \qquad c = \frac{x_1 \cdot x_2}
              {\sqrt{(\|x_1\|^2 + 10^{-12})\,(\|x_2\|^2 + 10^{-12})}}

    With a target that is neither, the loss is 0. The cosine is not quite that of
    `cosine_similarity`, which holds the lengths at a least value instead.

    Args:
        input1: :math:`x_1`, vectors; shape (N, D), or (D,) for a single pair, floating dtype.
        input2: :math:`x_2`; a shape that broadcasts with that of `input1`, floating dtype.
        target: :math:`y`, 1 or -1; shape (N,), or () for a single pair, a signed dtype.
        margin: :math:`m`, the cosine that pairs with a target of -1 may have; between -1 and 1, and
            0 to 0.5 is usual.
        reduction: 'none', 'mean' (divides by the number of pairs) or 'sum'.

    Returns:
        A float, or for 'none' an array of shape (N,), or () for a single pair.

    Raises:
        TypeError: an input is not floating (torch takes integers, and squares them as such),
            `target` is complex, boolean or unsigned (torch takes 255 for -1 in uint8), or `margin`
            is no number.
        ValueError: the shapes do not fit, `margin` is NaN, or `reduction` is none of the three.

    Reference:
        https://docs.pytorch.org/docs/2.13/generated/torch.nn.CosineEmbeddingLoss.html

    >>> x1, x2 = [[3.0, 4.0], [3.0, 4.0]], [[4.0, 3.0], [4.0, 3.0]]  # their cosine is 0.96
    >>> cosine_embedding_loss(x1, x2, [1, -1], margin=0.5, reduction="none").round(6)
    array([0.04, 0.46])
    """
    return value(_cosine_embedding, reduction, input1, input2, target, margin)


def cosine_embedding_loss_grad(
    input1: ArrayLike,
    input2: ArrayLike,
    target: ArrayLike,
    margin: float = 0.0,
    reduction: str = "mean",
) -> tuple[FloatArray, ...]:
    r"""The gradients of `cosine_embedding_loss` for both inputs.

    With :math:`q_i = \|x_i\|^2 + 10^{-12}` and :math:`c` the cosine:

    .. math:: \frac{\partial \ell}{\partial x_1} = s\,
              \Bigl(\frac{x_2}{\sqrt{q_1 q_2}} - c\,\frac{x_1}{q_1}\Bigr)

    and the same with 1 and 2 exchanged; :math:`s = -1` for :math:`y = 1`, :math:`s = 1` for
    :math:`y = -1` where :math:`c \ge m`, else 0. That is torch's up to 2.13; torch 2.14 and
    later have :math:`s = 0` exactly at the margin, where :math:`c = m`.

    Args, errors and reference are those of `cosine_embedding_loss`. Returns a tuple of two arrays,
    of the shapes of `input1` and `input2`; with 'mean' each entry is divided by the number of
    pairs.

    >>> cosine_embedding_loss_grad([1.0, 0.0], [0.0, 2.0], 1)
    (array([ 0., -1.]), array([-0.5,  0. ]))
    """
    return gradients(_cosine_embedding, reduction, input1, input2, target, margin)


def _cosine_embedding_remarks(call: Call) -> Iterator[Remark]:
    zeros = [np.all(call.inputs[name] == 0, axis=-1) for name in ("input1", "input2")]
    yield from counted(
        "numerics",
        zeros[0] | zeros[1],
        "pairs have a vector of zeros: their cosine counts as 0, and their gradient is steep.",
    )


def _margin_ranking_contract(call: Asked) -> Iterator[Finding]:
    """What the ranking loss asks of its arguments: as many axes in each."""
    yield from alike(call, ("input1", "input2"), strict=False)
    x, t = call["input1"], call["target"]
    if t.ndim != max(x.ndim, call["input2"].ndim):
        yield from _a_sign_for_each(x, t)
    else:
        yield from alike(call, ("input1", "target"), strict=False, other=False)
    yield from no_booleans(call, "input1", "input2")
    yield from one_floating(call, "input1", "input2")
    yield from signed_dtype(call, "target")
    yield from signs(call, of_zero="A target of 0 costs the margin, whatever the scores.")
    if t.size and t.count(-1, -1) == t.size:
        text = (
            "Every target is -1, which asks input2 to be the higher one in each pair. Where input1 "
            "holds the better ones, the target is 1."
        )
        yield Finding("note", Stage.LABELS, text)


def _a_sign_for_each(x: Facts, t: Facts) -> Iterator[Finding]:
    """Signs with another number of axes than the scores."""
    text = f"target has shape {t.shape} and the inputs {x.shape}; they need as many axes."
    remedies = []
    if t.ndim == 0:
        code = f"{{}}.expand({', '.join(map(str, x.shape))})"
        remedies.append(Remedy("one sign is for all scores", {"target": code}, sure=False))
    if t.size == 1 and t.ndim == 1 and x.size > 1:
        ones = ", ".join("1" * x.ndim)
        remedies.append(Remedy("one sign is for all scores", {"target": f"{{}}.view({ones})"}))
    elif t.ndim == 1 and x.ndim == 2 and t.shape[0] == x.shape[0]:
        why = "there is a sign for each row of scores"
        remedies.append(Remedy(why, {"target": "{}.unsqueeze(1)"}, meaning="rows"))
    for view in squeezed(t, "target"):
        if view.shape == x.shape and view.code != "{}":
            remedies.append(Remedy(view.why, {"target": view.code}, meaning="squeeze"))
    yield Finding("refused", Stage.SHAPE, text, tuple(remedies))


def _hinge_embedding_contract(call: Asked) -> Iterator[Finding]:
    """What the hinge loss of distances asks of its arguments."""
    yield from alike(call, ("input", "target"), strict=False, other=False)
    yield from floating_input(call, "input")
    yield from signed_dtype(call, "target")
    yield from signs(call, "Their loss is input + max(0, margin - input).")
    x = call["input"]
    below = x.count(-math.inf, 0) - x.count(0, 0)
    if below:
        text = (
            f"{below} of {x.size} inputs are below 0, and with a target of 1 it falls without "
            "end. It takes a distance between two vectors, such as F.pairwise_distance(a, b). For "
            "vectors as they are take cosine_embedding_loss, for scores soft_margin_loss."
        )
        yield Finding("mistake", Stage.SPACE, text)


def _cosine_embedding_contract(call: Asked) -> Iterator[Finding]:
    """What the cosine loss asks of its arguments: two rows of vectors, a sign for each pair."""
    x, t = call["input1"], call["target"]
    if x.ndim != call["input2"].ndim:
        yield from _one_vector(call)
    yield from alike(call, ("input1", "input2"), strict=False)
    if (
        t.ndim > 1
        or t.ndim + 1 != x.ndim
        or (t.ndim and t.shape[0] not in (1, x.shape[0]) and x.shape[0] != 1)
    ):
        yield from _a_sign_for_each_pair(x, t)
    yield from floating_input(call, "input1", scores=False)
    yield from floating_input(call, "input2", scores=False)
    yield from signed_dtype(call, "target")
    yield from signs(call, "Their loss is 0.")


def _one_vector(call: Asked) -> Iterator[Finding]:
    """A single vector beside rows of them."""
    names = sorted(("input1", "input2"), key=lambda name: call[name].ndim)
    shapes = " and ".join(f"{name} has shape {call[name].shape}" for name in names)
    text = f"{shapes}: the one lacks the axis of the rows. {names[0]}.unsqueeze(0) has it."
    remedies = []
    if call[names[0]].shape == call[names[1]].shape[1:]:
        why = f"{names[0]} is one vector, to be held against every row"
        remedies.append(Remedy(why, {names[0]: "{}.unsqueeze(0)"}, meaning="rows"))
    yield Finding("refused", Stage.SHAPE, text, tuple(remedies))


def _a_sign_for_each_pair(x: Facts, t: Facts) -> Iterator[Finding]:
    """Signs that are not one for each pair of vectors."""
    expected = x.shape[:-1]
    text = f"target has shape {t.shape}. With vectors of shape {x.shape} there is one sign for each"
    text += f" pair, of shape {expected}."
    remedies = [
        Remedy(view.why, {"target": view.code}, meaning="squeeze")
        for view in squeezed(t, "target")
        if view.shape == expected and view.code != "{}"
    ]
    if x.ndim > 2:
        text = (
            f"The vectors have shape {x.shape} and target {t.shape}. The loss takes rows of "
            f"vectors, ({math.prod(expected)}, {x.shape[-1]}), and a sign for each row."
        )
        why = "vectors and signs are flattened to one pair for each row"
        rows = f"{{}}.flatten(0, {x.ndim - 2})"
        edits = {"input1": rows, "input2": rows}
        if t.shape == expected:
            remedies.append(
                Remedy(why, edits | {"target": "{}.flatten()"}, cost=0.4, meaning="flat")
            )
        elif t.size == 1:
            edits |= {} if t.ndim == 1 else {"target": "{}.view(1)"}
            remedies.append(Remedy(why, edits, cost=0.4, meaning="flat"))
    if t.ndim == 0 and x.ndim == 2:
        why = f"one sign is for all {x.shape[0]} pairs"
        edit = {"target": f"{{}}.expand({x.shape[0]})"}
        remedies.append(Remedy(why, edit, cost=0.4, sure=False, meaning="one"))
    if x.ndim == 1 and t.shape == (1,):
        why = "a single pair has a single sign"
        remedies.append(Remedy(why, {"target": "{}.squeeze(0)"}, meaning="squeeze"))
    once = {tuple(remedy.edits.items()): remedy for remedy in remedies}
    yield Finding("refused", Stage.SHAPE, text, tuple(once.values()))


LOSSES = (
    Loss(
        "CosineEmbeddingLoss",
        cosine_embedding_loss,
        cosine_embedding_loss_grad,
        _cosine_embedding,
        chapter="similarity/cosine_embedding",
        formula="1 - cos where target = 1, max(0, cos - margin) where target = -1",
        inputs=("input1", "input2", "target"),
        options=("margin", "reduction"),
        remarks=_cosine_embedding_remarks,
        contract=_cosine_embedding_contract,
        alike=("input1", "input2"),
        sheet=Sheet(
            tex=r"\begin{cases} 1 - \cos & y = 1 \\ \max(0, \cos - m) & y = -1 \end{cases}",
            takes="two vectors; 1 and −1",
            mean="samples",
            use="pairs, marked alike or different, of which only the angle counts",
            axis="angle from 0° to 180°",
            span=(0.0, np.pi),
            curves=(
                lambda a: cosine_embedding_loss(
                    at_angle(0 * a), at_angle(a), 1 + 0 * a, reduction="none"
                ),
                lambda a: cosine_embedding_loss(
                    at_angle(0 * a), at_angle(a), 0 * a - 1, reduction="none"
                ),
            ),
            names=("alike", "different"),
        ),
    ),
    Loss(
        "MarginRankingLoss",
        margin_ranking_loss,
        margin_ranking_loss_grad,
        _margin_ranking,
        chapter="similarity/margin_ranking",
        formula="max(0, margin - target·(input1 - input2))",
        inputs=("input1", "input2", "target"),
        options=("margin", "reduction"),
        contract=_margin_ranking_contract,
        alike=("input1", "input2", "target"),
        sheet=Sheet(
            tex=r"\max(0,\; m - y \, (x_1 - x_2))",
            takes="two scores; 1 and −1",
            mean="elements",
            use="pairs of scores, of which one should be the larger",
            axis="lead of the first, `margin` 1",
            span=(-3.0, 3.0),
            curves=(
                lambda d: margin_ranking_loss(d, 0 * d, 1 + 0 * d, margin=1.0, reduction="none"),
                lambda d: margin_ranking_loss(d, 0 * d, 0 * d - 1, margin=1.0, reduction="none"),
            ),
            names=("target 1", "target −1"),
        ),
    ),
    Loss(
        "HingeEmbeddingLoss",
        hinge_embedding_loss,
        hinge_embedding_loss_grad,
        _hinge_embedding,
        chapter="similarity/hinge_embedding",
        formula="input where target = 1, max(0, margin - input) where target = -1",
        options=("margin", "reduction"),
        contract=_hinge_embedding_contract,
        alike=("input", "target"),
        sheet=Sheet(
            tex=r"\begin{cases} x & y = 1 \\ \max(0, m - x) & y = -1 \end{cases}",
            takes="a distance; 1 and −1",
            mean="elements",
            use="a distance per pair, to shrink or to keep",
            axis="distance",
            span=(0.0, 2.0),
            curves=(
                lambda d: hinge_embedding_loss(d, 1 + 0 * d, reduction="none"),
                lambda d: hinge_embedding_loss(d, 0 * d - 1, reduction="none"),
            ),
            names=("alike", "different"),
        ),
    ),
)
