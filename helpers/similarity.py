"""How alike two vectors are, how far apart, and the losses on it: margins, pairs and triplets.

The losses ask for a margin and are 0 beyond it: max(0, ·) of what is missing. At the kink, where
nothing is missing, torch counts the slope of the rising side, and so do the gradients here.
"""

from dataclasses import dataclass

import numpy as np

from helpers import checks
from helpers.reduction import Terms, ieee, sign_of, sum_to_shape


def _norm(x, axis):
    """The Euclidean length of the vectors along an axis, which is kept with length 1."""
    return np.sqrt(np.sum(x * x, axis=axis, keepdims=True))


@dataclass(frozen=True)
class _Vectors:
    """One of the two operands of the cosine: its vectors after broadcasting, and their lengths."""

    given: np.ndarray
    wide: np.ndarray
    length: np.ndarray
    held: np.ndarray

    @classmethod
    def of(cls, x, shape, axis, eps):
        # A lone number is a vector of one.
        wide = np.atleast_1d(np.broadcast_to(x, shape))
        length = _norm(wide, axis)
        return cls(x, wide, length, np.maximum(length, eps))

    @property
    def scaled(self):
        """The vectors divided by their lengths, the lengths held at eps or above."""
        return self.wide / self.held


def _vectors(x1, x2, dim, eps):
    """Both operands of the cosine, checked, and the axis along which their vectors lie."""
    x1, x2 = checks.one_floating(x1=x1, x2=x2)
    shape = checks.broadcast(x1=x1, x2=x2)
    axis = checks.axis("dim", dim, len(shape))
    eps = checks.number("eps", eps, at_least=0)
    return _Vectors.of(x1, shape, axis, eps), _Vectors.of(x2, shape, axis, eps), axis


@ieee
def cosine_similarity_terms(x1, x2, dim=1, eps=1e-8):
    """The working of `cosine_similarity`; it has no reduction."""
    a, b, axis = _vectors(x1, x2, dim, eps)
    columns = {
        "x1 · x2": lambda: np.sum(a.wide * b.wide, axis),
        "length of x1": a.length.squeeze(axis),
        "length of x2": b.length.squeeze(axis),
    }
    return Terms(columns, np.sum(a.scaled * b.scaled, axis))


def cosine_similarity(x1, x2, dim=1, eps=1e-8):
    r"""The cosine of the angle between two vectors.

    .. math:: \frac{x_1 \cdot x_2}{\max(\|x_1\|, \epsilon)\,\max(\|x_2\|, \epsilon)}

    Args:
        x1: any shape, real numbers.
        x2: a shape that broadcasts with that of `x1`; one of the two has a floating dtype.
        dim: the axis along which the vectors lie, in the broadcast shape.
        eps: the least length that a vector counts with, at least 0. It keeps zero vectors from
            dividing by 0: their similarity is 0.

    Returns:
        An array of the broadcast shape without the axis `dim`, values in [-1, 1].

    Raises:
        TypeError: neither array is floating, one is complex, `dim` is no integer, or `eps` is
            no number.
        ValueError: the shapes do not broadcast, there is no such axis, or `eps` is negative.

    Reference:
        https://docs.pytorch.org/docs/2.13/generated/torch.nn.CosineSimilarity.html

    >>> cosine_similarity([[3.0, 4.0]], [[4.0, 3.0]])  # 24 / (5 · 5)
    array([0.96])
    """
    return cosine_similarity_terms(x1, x2, dim, eps).reduce("none")


@ieee
def cosine_similarity_grad(x1, x2, dim=1, eps=1e-8):
    r"""The gradients of the sum of `cosine_similarity` for `x1` and `x2`.

    With :math:`u_i = x_i / m_i` and :math:`m_i = \max(\|x_i\|, \epsilon)`:

    .. math:: \frac{\partial}{\partial x_1} = \frac{1}{m_1}
              \Bigl(u_2 - (u_1 \cdot u_2)\,\frac{x_1}{\|x_1\|}\Bigr)

    and the same with 1 and 2 exchanged. A zero vector has no direction :math:`x_1 / \|x_1\|`; it
    counts as 0. As in torch, the clamp of the length does not enter the derivative.

    Args, errors and reference are those of `cosine_similarity`. Returns a tuple of two arrays, of
    the shapes of `x1` and `x2`.

    >>> cosine_similarity_grad([[1.0, 0.0]], [[0.0, 2.0]])
    (array([[0., 1.]]), array([[0.5, 0. ]]))
    """
    a, b, axis = _vectors(x1, x2, dim, eps)
    cosine = np.sum(a.scaled * b.scaled, axis, keepdims=True)
    return _cosine_slope(a, b, cosine), _cosine_slope(b, a, cosine)


def _cosine_slope(a, b, cosine):
    """The gradient for one operand of the cosine; see `cosine_similarity_grad`."""
    direction = np.where(a.length == 0, 0.0, a.wide / a.length)
    slope = (b.scaled - cosine * direction) / a.held
    return sum_to_shape(slope, a.given.shape)


def _p_norm(difference, p):
    """The p-norm along the last axis: (Σ|d|ᵖ)^(1/p), with its limits at 0, ∞ and -∞."""
    if p == 2:  # The same as below, without a power.
        return _norm(difference, -1)[..., 0]
    size = np.abs(difference)
    if p == 0:
        return np.sum(size != 0, axis=-1).astype(np.float64)
    if np.isinf(p):
        largest = np.max if p > 0 else np.min
        return largest(size, axis=-1, initial=0.0 if p > 0 else np.inf)
    return np.sum(size**p, axis=-1) ** (1 / p)


def _p_norm_slope(difference, norm, p):
    """The derivative of the p-norm by each entry; torch's choice of subgradient at the kinks."""
    norm = norm[..., None]
    if p == 0:
        return np.zeros_like(difference)
    if p == 2:  # The same as below, without a power; a norm of 0 has entries of 0.
        return difference / np.where(norm == 0, np.inf, norm)
    size, sign = np.abs(difference), sign_of(difference)
    if p == 1:
        return sign
    if np.isinf(p):
        reached = size == norm
        return sign * reached / np.maximum(np.sum(reached, axis=-1, keepdims=True), 1)
    slope = sign * (size / norm) ** (p - 1)
    return np.where((norm == 0) | ((size == 0) & np.isfinite(norm)), 0.0, slope)


def _difference(x1, x2, p, eps):
    """x1 - x2 + eps, a lone number as a vector of one; p is refused where it has no norm."""
    difference = np.atleast_1d(x1 - x2 + eps)
    if difference.shape[-1] == 0 and not 0 <= p < np.inf:
        # Of no entries none is the largest or the smallest.
        checks.refuse("p", "a finite number of at least 0 for vectors without entries", p)
    return difference


@ieee
def pairwise_distance_terms(x1, x2, p=2.0, eps=1e-6, keepdim=False):
    """The working of `pairwise_distance`; it has no reduction."""
    checks.not_bool(x1=x1, x2=x2)
    x1, x2 = checks.one_floating(x1=x1, x2=x2)
    checks.broadcast(x1=x1, x2=x2)
    p, eps = checks.number("p", p), checks.number("eps", eps)
    difference = _difference(x1, x2, p, eps)
    distance = _p_norm(difference, p)
    if checks.flag("keepdim", keepdim) and max(x1.ndim, x2.ndim) > 0:
        distance = distance[..., None]
    shape = distance.shape
    end, limit = ("smallest", -np.inf) if p == -np.inf else ("largest", np.inf)
    columns = {f"{end} |x1 - x2 + eps|": lambda: _p_norm(difference, limit).reshape(shape)}
    if p != 0 and np.isfinite(p):  # The others are limits, without a sum of powers.
        columns["Σ |x1 - x2 + eps|^p"] = lambda: np.sum(np.abs(difference) ** p, -1).reshape(shape)
    operands = {"x1": x1, "x2": x2, "difference": difference}
    return Terms(columns, distance, operands=operands)


def pairwise_distance(x1, x2, p=2.0, eps=1e-6, keepdim=False):
    r"""The distance between vectors along the last axis, by the p-norm.

    .. math:: \Bigl(\sum_i |x_{1i} - x_{2i} + \epsilon|^p\Bigr)^{1/p}

    p = ∞ gives the largest difference, p = -∞ the smallest, p = 0 the number of differences that
    are not 0.

    Args:
        x1: any shape, real numbers.
        x2: a shape that broadcasts with that of `x1`; one of the two has a floating dtype.
        p: the order of the norm, any number.
        eps: added to every difference, so that the norm has a slope where the vectors are equal.
        keepdim: whether to keep the last axis, with length 1.

    Returns:
        An array of the broadcast shape without its last axis.

    Raises:
        TypeError: neither array is floating (torch takes two integer ones too, and subtracts them
            as integers), one is boolean or complex, `p` or `eps` is no number, or `keepdim` is
            no bool.
        ValueError: the shapes do not broadcast, `p` or `eps` is NaN, or the vectors have no
            entries and `p` is infinite or negative.

    Reference:
        https://docs.pytorch.org/docs/2.13/generated/torch.nn.PairwiseDistance.html

    >>> pairwise_distance([[0.0, 0.0]], [[3.0, 4.0]], eps=0.0)
    array([5.])
    """
    return pairwise_distance_terms(x1, x2, p, eps, keepdim).reduce("none")


@ieee
def pairwise_distance_grad(x1, x2, p=2.0, eps=1e-6, keepdim=False):
    r"""The gradients of the sum of `pairwise_distance` for `x1` and `x2`.

    With :math:`d = x_1 - x_2 + \epsilon`: :math:`\mathrm{sign}(d_i)\,(|d_i| / \|d\|_p)^{p-1}` for
    `x1`, and its negative for `x2`. It is 0 where an entry or the distance is 0; for p = ±∞ the
    entries that reach the distance share the slope of 1.

    Args, errors and reference are those of `pairwise_distance`. Returns a tuple of two arrays, of
    the shapes of `x1` and `x2`.

    >>> pairwise_distance_grad([[0.0, 0.0]], [[3.0, 4.0]], eps=0.0)
    (array([[-0.6, -0.8]]), array([[0.6, 0.8]]))
    """
    checks.flag("keepdim", keepdim)
    terms = pairwise_distance_terms(x1, x2, p, eps)
    slope = _p_norm_slope(terms.operands["difference"], terms.loss, float(p))
    shape1, shape2 = terms.operands["x1"].shape, terms.operands["x2"].shape
    return sum_to_shape(slope, shape1), sum_to_shape(-slope, shape2)


def _missing_slope(missing, scale):
    """The slope of max(0, x), times the scale of the reduction: 1 at 0 and above, 0 for NaN."""
    return (missing >= 0) * scale


@ieee
def margin_ranking_loss_terms(input1, input2, target, margin=0.0):
    """The working of `margin_ranking_loss`, before the reduction."""
    checks.not_bool(input1=input1, input2=input2)
    checks.signed("target", target)
    input1, input2 = checks.one_floating(input1=input1, input2=input2)
    target, margin = checks.real("target", target), checks.number("margin", margin)
    checks.same_ndim(input1=input1, input2=input2, target=target)
    checks.broadcast(input1=input1, input2=input2, target=target)
    difference = input1 - input2
    missing = margin - target * difference
    columns = {
        "input1": input1,
        "input2": input2,
        "target": target,
        "input1 - input2": difference,
        "margin - target·difference": missing,
    }
    return Terms(columns, np.maximum(missing, 0))


def margin_ranking_loss(input1, input2, target, margin=0.0, reduction="mean"):
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
    return margin_ranking_loss_terms(input1, input2, target, margin).reduce(reduction)


@ieee
def margin_ranking_loss_grad(input1, input2, target, margin=0.0, reduction="mean"):
    r"""The gradients of `margin_ranking_loss` for both inputs: :math:`\mp y` within the margin.

    That is :math:`-y` for `input1` and :math:`y` for `input2` where
    :math:`-y\,(x_1 - x_2) + m \ge 0`, else 0. torch counts the kink in: with a margin of 0, equal
    scores have no loss but a gradient.

    Args, errors and reference are those of `margin_ranking_loss`. Returns a tuple of two arrays, of
    the shapes of `input1` and `input2`; with 'mean' each entry is divided by the number of losses.

    >>> margin_ranking_loss_grad([3.0, 1.0], [1.0, 3.0], [-1.0, -1.0], reduction="sum")
    (array([1., 0.]), array([-1.,  0.]))
    """
    terms = margin_ranking_loss_terms(input1, input2, target, margin)
    missing = terms.columns["margin - target·difference"]
    slope = terms.columns["target"] * _missing_slope(missing, terms.scale(reduction))
    shape1, shape2 = terms.columns["input1"].shape, terms.columns["input2"].shape
    return sum_to_shape(-slope, shape1), sum_to_shape(slope, shape2)


@ieee
def hinge_embedding_loss_terms(input, target, margin=1.0):
    """The working of `hinge_embedding_loss`, before the reduction."""
    checks.signed("target", target)
    input, target = checks.floating("input", input), checks.real("target", target)
    margin = checks.number("margin", margin)
    checks.broadcast(input=input, target=target)
    missing = margin - input
    columns = {"input": input, "target": target, "margin - input": missing}
    # A target that is neither 1 nor -1 counts as both.
    far = np.where(target != 1, np.maximum(missing, 0), 0.0)
    return Terms(columns, far + np.where(target != -1, input, 0.0))


def hinge_embedding_loss(input, target, margin=1.0, reduction="mean"):
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
    return hinge_embedding_loss_terms(input, target, margin).reduce(reduction)


@ieee
def hinge_embedding_loss_grad(input, target, margin=1.0, reduction="mean"):
    r"""The gradient of `hinge_embedding_loss`: 1 where :math:`y = 1`, -1 where a pair is too close.

    It is the sum of 1 where :math:`y \ne -1` and of -1 where :math:`y \ne 1` and :math:`x \le m`.

    Args, errors and reference are those of `hinge_embedding_loss`. Returns an array of the shape of
    `input`; with 'mean' each entry is divided by the number of losses.

    >>> hinge_embedding_loss_grad([0.25, 0.25, 1.5], [1, -1, -1], reduction="sum")
    array([ 1., -1.,  0.])
    """
    terms = hinge_embedding_loss_terms(input, target, margin)
    target, missing = terms.columns["target"], terms.columns["margin - input"]
    slope = np.subtract(target != -1, (target != 1) & (missing >= 0), dtype=np.float64)
    return sum_to_shape(slope * terms.scale(reduction), terms.columns["input"].shape)


# torch adds it to each squared length: a zero vector has a cosine, 0, and a very steep gradient.
# It is 1e-12 in float32 there, which differs in the ninth digit.
_SQUARE_EPS = float(np.float32(1e-12))


def _embeddings(input1, input2, target):
    """The operands of `cosine_embedding_loss`, with torch's rules for their shapes."""
    checks.signed("target", target)
    input1, input2 = checks.floating("input1", input1), checks.floating("input2", input2)
    target = checks.real("target", target)
    if target.ndim > 1:
        checks.refuse("target", "a number for each pair, in at most one dimension", target.shape)
    for name, vectors in (("input1", input1), ("input2", input2)):
        if vectors.ndim != target.ndim + 1:
            expected = f"{target.ndim + 1} dimensions, as the target has {target.ndim}"
            checks.refuse(name, expected, f"shape {vectors.shape}")
    *pairs, _ = checks.broadcast(input1=input1, input2=input2)
    if 1 not in (target.size, *pairs) and [*target.shape] != pairs:
        checks.refuse("target", f"a number for each of {pairs[0]} pairs", f"{target.size}")
    return input1, input2, target


@ieee
def cosine_embedding_loss_terms(input1, input2, target, margin=0.0):
    """The working of `cosine_embedding_loss`, before the reduction."""
    input1, input2, target = _embeddings(input1, input2, target)
    margin = checks.number("margin", margin)
    dot = np.sum(input1 * input2, axis=-1)
    square1 = np.sum(input1 * input1, axis=-1) + _SQUARE_EPS
    square2 = np.sum(input2 * input2, axis=-1) + _SQUARE_EPS
    cosine = dot / np.sqrt(square1 * square2)
    columns = {
        "input1 · input2": dot,
        "|input1|² + 1e-12": square1,
        "|input2|² + 1e-12": square2,
        "cosine": cosine,
        "target": target,
    }
    apart = np.where(target == -1, np.maximum(cosine - margin, 0), 0.0)
    operands = {"input1": input1, "input2": input2}
    return Terms(columns, np.where(target == 1, 1 - cosine, apart), operands=operands)


def cosine_embedding_loss(input1, input2, target, margin=0.0, reduction="mean"):
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
    return cosine_embedding_loss_terms(input1, input2, target, margin).reduce(reduction)


@ieee
def cosine_embedding_loss_grad(input1, input2, target, margin=0.0, reduction="mean"):
    r"""The gradients of `cosine_embedding_loss` for both inputs.

    With :math:`q_i = \|x_i\|^2 + 10^{-12}` and :math:`c` the cosine:

    .. math:: \frac{\partial \ell}{\partial x_1} = s\,
              \Bigl(\frac{x_2}{\sqrt{q_1 q_2}} - c\,\frac{x_1}{q_1}\Bigr)

    and the same with 1 and 2 exchanged; :math:`s = -1` for :math:`y = 1`, :math:`s = 1` for
    :math:`y = -1` where :math:`c \ge m`, else 0.

    Args, errors and reference are those of `cosine_embedding_loss`. Returns a tuple of two arrays,
    of the shapes of `input1` and `input2`; with 'mean' each entry is divided by the number of
    pairs.

    >>> cosine_embedding_loss_grad([1.0, 0.0], [0.0, 2.0], 1)
    (array([ 0., -1.]), array([-0.5,  0. ]))
    """
    margin = checks.number("margin", margin)
    terms = cosine_embedding_loss_terms(input1, input2, target, margin)
    _, square1, square2, cosine, target = terms.columns.values()
    apart = (target == -1) * _missing_slope(cosine - margin, 1.0)
    slope = np.where(target == 1, -1.0, apart) * terms.scale(reduction)
    slope = sum_to_shape(slope, cosine.shape)
    across, along = slope / np.sqrt(square1 * square2), slope * cosine
    a, b = terms.operands["input1"], terms.operands["input2"]
    return (
        _embedding_slope(a, b, across, along, square1),
        _embedding_slope(b, a, across, along, square2),
    )


def _embedding_slope(a, b, across, along, square):
    """The gradient for one of two vectors; see `cosine_embedding_loss_grad`."""
    towards = np.broadcast_to(across[..., None] * b, np.broadcast_shapes(a.shape, b.shape))
    along = sum_to_shape(along / square, square.shape)[..., None] * a
    return sum_to_shape(towards, a.shape) - along


def _triplets(anchor, positive, negative, swap):
    """The three operands of a triplet loss as float64, with torch's rules for shapes and dtypes."""
    given = {"anchor": anchor, "positive": positive, "negative": negative}
    checks.not_bool(**given)
    arrays = {name: checks.real(name, value) for name, value in given.items()}
    for first, second in _PAIRS if checks.flag("swap", swap) else _PAIRS[:2]:
        checks.not_all_whole(**{first: given[first], second: given[second]})
    checks.same_ndim(**arrays)
    checks.broadcast(**arrays)
    return arrays


# The two of a triplet whose distance counts; the last one only where it may be swapped in.
_PAIRS = (("anchor", "positive"), ("anchor", "negative"), ("positive", "negative"))


def _triplet_terms(arrays, distance, margin, swap):
    """The working of a triplet loss from its operands and a function for their distance."""
    margin = checks.number("margin", margin, above=0)
    columns = {f"d({a}, {b})": distance(arrays[a], arrays[b]) for a, b in _PAIRS[: 2 + swap]}
    near, far, *swapped = columns.values()
    missing = margin + near - np.minimum(far, *swapped) if swap else margin + near - far
    columns["before max(0, ·)"] = missing
    return Terms(columns, np.maximum(missing, 0), operands=arrays)


def _triplet_grad(terms, slopes, reduction):
    """The gradients of a triplet loss for its operands.

    `slopes` takes two operands, their distances and a weight for each distance, and returns the
    gradients of the weighted sum of the distances for both operands.
    """
    near, far, *swapped, missing = terms.columns.values()
    slope = _missing_slope(missing, terms.scale(reduction))
    weights = [slope, -slope]
    if swapped:
        # Of two equal distances torch gives half of the slope to each.
        share = (1 + sign_of(swapped[0] - far)) / 2
        weights = [slope, -slope * share, -slope * (1 - share)]
    arrays = terms.operands
    gradients = {name: np.zeros(array.shape) for name, array in arrays.items()}
    for (a, b), distance, weight in zip(_PAIRS, (near, far, *swapped), weights, strict=False):
        weight = sum_to_shape(weight, distance.shape)
        for name, part in zip((a, b), slopes(arrays[a], arrays[b], distance, weight), strict=True):
            gradients[name] += part
    return tuple(gradients.values())


def _p_norm_slopes(x1, x2, distance, weight, p, eps):
    """The gradients of a weighted sum of pairwise distances, for `_triplet_grad`."""
    slope = _p_norm_slope(_difference(x1, x2, p, eps), distance, p) * weight[..., None]
    return sum_to_shape(slope, x1.shape), -sum_to_shape(slope, x2.shape)


@ieee
def triplet_margin_loss_terms(anchor, positive, negative, margin=1.0, p=2.0, eps=1e-6, swap=False):
    """The working of `triplet_margin_loss`, before the reduction."""
    arrays = _triplets(anchor, positive, negative, swap)
    p, eps = checks.number("p", p), checks.number("eps", eps)
    return _triplet_terms(
        arrays, lambda x1, x2: _p_norm(_difference(x1, x2, p, eps), p), margin, swap
    )


def triplet_margin_loss(
    anchor, positive, negative, margin=1.0, p=2.0, eps=1e-6, swap=False, reduction="mean"
):
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
    terms = triplet_margin_loss_terms(anchor, positive, negative, margin, p, eps, swap)
    return terms.reduce(reduction)


@ieee
def triplet_margin_loss_grad(
    anchor, positive, negative, margin=1.0, p=2.0, eps=1e-6, swap=False, reduction="mean"
):
    r"""The gradients of `triplet_margin_loss` for the anchor, the positive and the negative.

    With :math:`u_{xy}` the slope of the distance :math:`d(x, y)` for :math:`x`, as in
    `pairwise_distance_grad`: :math:`u_{ap} - u_{an}` for the anchor, :math:`-u_{ap}` for the
    positive and :math:`u_{an}` for the negative, all 0 where :math:`d(a, p) - d(a, n) + m < 0`.
    Where the swap takes :math:`d(p, n)`, it stands in the place of :math:`d(a, n)`; of two equal
    distances each counts half.

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
    terms = triplet_margin_loss_terms(anchor, positive, negative, margin, p, eps, swap)
    p, eps = float(p), float(eps)
    return _triplet_grad(terms, lambda *pair: _p_norm_slopes(*pair, p, eps), reduction)


def _distance_functions(distance_function):
    """The distance and, if it is given, its gradient, from what stands for both."""
    given = distance_function
    function, gradient = given if isinstance(given, tuple) and len(given) == 2 else (given, None)
    if not callable(function) or not (gradient is None or callable(gradient)):
        expected = "a function of two arrays, a pair of it and its gradient, or None"
        checks.refuse("distance_function", expected, type(given).__name__, TypeError)
    return function, gradient


@ieee
def triplet_margin_with_distance_loss_terms(
    anchor, positive, negative, *, distance_function=None, margin=1.0, swap=False
):
    """The working of `triplet_margin_with_distance_loss`, before the reduction."""
    if distance_function is None:
        return triplet_margin_loss_terms(anchor, positive, negative, margin, swap=swap)
    function, _ = _distance_functions(distance_function)
    arrays = _triplets(anchor, positive, negative, swap)

    def distance(x1, x2):
        return checks.floating("distance_function", function(x1, x2))

    return _triplet_terms(arrays, distance, margin, swap)


def triplet_margin_with_distance_loss(
    anchor,
    positive,
    negative,
    *,
    distance_function=None,
    margin=1.0,
    swap=False,
    reduction="mean",
):
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
    terms = triplet_margin_with_distance_loss_terms(
        anchor, positive, negative, distance_function=distance_function, margin=margin, swap=swap
    )
    return terms.reduce(reduction)


@ieee
def triplet_margin_with_distance_loss_grad(
    anchor,
    positive,
    negative,
    *,
    distance_function=None,
    margin=1.0,
    swap=False,
    reduction="mean",
):
    r"""The gradients of `triplet_margin_with_distance_loss` for anchor, positive and negative.

    They are those of `triplet_margin_loss_grad`, with the slopes of the distance that is given.
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
    if distance_function is None:
        return triplet_margin_loss_grad(
            anchor, positive, negative, margin, swap=swap, reduction=reduction
        )
    _, gradient = _distance_functions(distance_function)
    if gradient is None:
        expected = "a pair of functions, the distance and its gradients for both operands"
        checks.refuse("distance_function", expected, "a function alone", TypeError)
    terms = triplet_margin_with_distance_loss_terms(
        anchor, positive, negative, distance_function=distance_function, margin=margin, swap=swap
    )
    return _triplet_grad(terms, lambda *pair: _given_slopes(*pair, gradient), reduction)


def _given_slopes(x1, x2, distance, weight, gradient):
    """The gradients of a weighted sum of distances by a function that has those of the sum."""
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
