"""How alike two vectors are, and how far apart: cosine similarity and pairwise distance."""

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
    size = np.abs(difference)
    if p == 0:
        return np.sum(size != 0, axis=-1).astype(np.float64)
    if np.isinf(p):
        largest = np.max if p > 0 else np.min
        return largest(size, axis=-1, initial=0.0 if p > 0 else np.inf)
    return np.sum(size**p, axis=-1) ** (1 / p)


def _p_norm_slope(difference, norm, p):
    """The derivative of the p-norm by each entry; torch's choice of subgradient at the kinks."""
    size, sign = np.abs(difference), sign_of(difference)
    norm = norm[..., None]
    if p == 0:
        return np.zeros_like(difference)
    if np.isinf(p):
        reached = size == norm
        return sign * reached / np.maximum(np.sum(reached, axis=-1, keepdims=True), 1)
    slope = sign * (size / norm) ** (p - 1)
    return np.where((norm == 0) | ((size == 0) & np.isfinite(norm)), 0.0, slope)


@ieee
def pairwise_distance_terms(x1, x2, p=2.0, eps=1e-6, keepdim=False):
    """The working of `pairwise_distance`; it has no reduction."""
    checks.not_bool(x1=x1, x2=x2)
    x1, x2 = checks.one_floating(x1=x1, x2=x2)
    checks.broadcast(x1=x1, x2=x2)
    p, eps = checks.number("p", p), checks.number("eps", eps)
    difference = np.atleast_1d(x1 - x2 + eps)
    if difference.shape[-1] == 0 and not 0 <= p < np.inf:
        # Of no entries none is the largest or the smallest.
        checks.refuse("p", "a finite number of at least 0 for vectors without entries", p)
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
