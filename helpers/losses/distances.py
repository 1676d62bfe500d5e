"""How alike two vectors are, and how far apart: the cosine and the p-norm of their difference.

Both are measures, without a reduction; the losses of pairs and triplets are made of such.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from helpers import checks
from helpers.findings import Asked, Finding, Remedy, Stage
from helpers.text import number
from helpers.working import (
    ArrayLike,
    Columns,
    FloatArray,
    Loss,
    Sheet,
    Working,
    gradients,
    sign_of,
    sum_to_shape,
    value,
)


def _length(x: FloatArray, axis: int) -> FloatArray:
    """The Euclidean length of the vectors along an axis, which is kept with length 1."""
    return np.asarray(np.sqrt(np.sum(x * x, axis=axis, keepdims=True)))


@dataclass(frozen=True)
class _Vectors:
    """One of the two operands of the cosine: its vectors after broadcasting, and their lengths."""

    given: FloatArray
    wide: FloatArray
    length: FloatArray
    held: FloatArray

    @classmethod
    def of(cls, x: FloatArray, shape: tuple[int, ...], axis: int, eps: float) -> _Vectors:
        # A lone number is a vector of one.
        wide = np.atleast_1d(np.broadcast_to(x, shape))
        length = _length(wide, axis)
        return cls(x, wide, length, np.maximum(length, eps))

    @property
    def scaled(self) -> FloatArray:
        """The vectors divided by their lengths, the lengths held at eps or above."""
        return self.wide / self.held


def _vectors(x1: ArrayLike, x2: ArrayLike, dim: int, eps: float) -> tuple[_Vectors, _Vectors, int]:
    """Both operands of the cosine, checked, and the axis along which their vectors lie."""
    a, b = checks.one_floating(x1=x1, x2=x2)
    shape = checks.broadcast(x1=a, x2=b)
    axis = checks.axis("dim", dim, len(shape))
    eps = checks.number("eps", eps, at_least=0)
    return _Vectors.of(a, shape, axis, eps), _Vectors.of(b, shape, axis, eps), axis


def _cosine_slope(a: _Vectors, b: _Vectors, cosine: FloatArray, scale: FloatArray) -> FloatArray:
    """The gradient for one operand of the cosine; see `cosine_similarity_grad`."""
    direction = np.where(a.length == 0, 0.0, a.wide / a.length)
    slope = scale * (b.scaled - cosine * direction) / a.held
    return sum_to_shape(slope, a.given.shape)


def _cosine_similarity(x1: ArrayLike, x2: ArrayLike, dim: int = 1, eps: float = 1e-8) -> Working:
    a, b, axis = _vectors(x1, x2, dim, eps)
    cosine = np.sum(a.scaled * b.scaled, axis, keepdims=True)

    def pullback(scale: float | FloatArray) -> tuple[FloatArray, FloatArray]:
        scale = np.broadcast_to(scale, cosine.squeeze(axis).shape).reshape(cosine.shape)
        return _cosine_slope(a, b, cosine, scale), _cosine_slope(b, a, cosine, scale)

    def columns() -> Columns:
        return {
            "x1 · x2": np.sum(a.wide * b.wide, axis),
            "length of x1": a.length.squeeze(axis),
            "length of x2": b.length.squeeze(axis),
        }

    return Working(
        cosine.squeeze(axis),
        columns,
        pullback,
        magnitude=lambda: np.asarray(np.sum(np.abs(a.scaled * b.scaled), axis)),
    )


def cosine_similarity(x1: ArrayLike, x2: ArrayLike, dim: int = 1, eps: float = 1e-8) -> FloatArray:
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
    return np.asarray(value(_cosine_similarity, "none", x1, x2, dim, eps))


def cosine_similarity_grad(
    x1: ArrayLike, x2: ArrayLike, dim: int = 1, eps: float = 1e-8
) -> tuple[FloatArray, ...]:
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
    return gradients(_cosine_similarity, "none", x1, x2, dim, eps)


def _p_norm(difference: FloatArray, p: float) -> FloatArray:
    """The p-norm along the last axis, kept: (Σ|d|ᵖ)^(1/p), with its limits at 0, ∞ and -∞."""
    if p == 2:  # The same as below, without a power.
        return _length(difference, -1)
    size = np.abs(difference)
    if p == 0:
        return np.asarray(np.count_nonzero(size, axis=-1, keepdims=True), dtype=np.float64)
    if np.isinf(p):
        largest, least = (np.max, 0.0) if p > 0 else (np.min, np.inf)
        return np.asarray(largest(size, axis=-1, keepdims=True, initial=least))
    return np.asarray(np.sum(size**p, axis=-1, keepdims=True) ** (1 / p))


def _p_norm_slope(difference: FloatArray, norm: FloatArray, p: float) -> FloatArray:
    """The derivative of the p-norm by each entry; torch's choice of subgradient at the kinks."""
    if p == 0:
        return np.zeros_like(difference)
    if p == 2:  # The same as below, without a power; a norm of 0 has entries of 0.
        return difference / np.where(norm == 0, np.inf, norm)
    size, sign = np.abs(difference), sign_of(difference)
    if p == 1:
        return sign
    if np.isinf(p):
        reached = size == norm
        count = np.count_nonzero(reached, axis=-1, keepdims=True)
        return np.asarray(sign * reached / np.maximum(count, 1))
    slope = sign * (size / norm) ** (p - 1)
    return np.where((norm == 0) | ((size == 0) & np.isfinite(norm)), 0.0, slope)


def _difference(x1: FloatArray, x2: FloatArray, p: float, eps: float) -> FloatArray:
    """x1 - x2 + eps, a lone number as a vector of one; p is refused where it has no norm."""
    difference = np.atleast_1d(x1 - x2 + eps)
    if difference.shape[-1] == 0 and not 0 <= p < np.inf:
        # Of no entries none is the largest or the smallest.
        checks.refuse("p", "a finite number of at least 0 for vectors without entries", p)
    return difference


def distance_between(
    x1: FloatArray, x2: FloatArray, p: float, eps: float, keepdim: bool = False
) -> Working:
    """The working of the p-norm of x1 - x2 + eps along the last axis, of checked operands."""
    difference = _difference(x1, x2, p, eps)
    norm = _p_norm(difference, p)
    distance = norm if keepdim and max(x1.ndim, x2.ndim) > 0 else norm[..., 0]

    def pullback(scale: float | FloatArray) -> tuple[FloatArray, FloatArray]:
        scale = np.broadcast_to(scale, distance.shape).reshape(norm.shape)
        slope = _p_norm_slope(difference, norm, p) * scale
        return sum_to_shape(slope, x1.shape), sum_to_shape(-slope, x2.shape)

    def columns() -> Columns:
        end, limit = ("smallest", -np.inf) if p == -np.inf else ("largest", np.inf)
        shown = {f"{end} |x1 - x2 + eps|": _p_norm(difference, limit).reshape(distance.shape)}
        if p != 0 and np.isfinite(p):  # The others are limits, without a sum of powers.
            powers = np.sum(np.abs(difference) ** p, -1)
            shown["Σ |x1 - x2 + eps|^p"] = powers.reshape(distance.shape)
        return shown

    def magnitude() -> FloatArray:
        sizes = np.atleast_1d(np.abs(x1) + np.abs(x2) + abs(eps))
        return _p_norm(sizes, p).reshape(distance.shape)

    return Working(distance, columns, pullback, magnitude=magnitude)


def _pairwise_distance(
    x1: ArrayLike, x2: ArrayLike, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False
) -> Working:
    checks.not_bool(x1=x1, x2=x2)
    a, b = checks.one_floating(x1=x1, x2=x2)
    checks.broadcast(x1=a, x2=b)
    p, eps = checks.number("p", p), checks.number("eps", eps)
    return distance_between(a, b, p, eps, checks.flag("keepdim", keepdim))


def pairwise_distance(
    x1: ArrayLike, x2: ArrayLike, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False
) -> FloatArray:
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
    return np.asarray(value(_pairwise_distance, "none", x1, x2, p, eps, keepdim))


def pairwise_distance_grad(
    x1: ArrayLike, x2: ArrayLike, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False
) -> tuple[FloatArray, ...]:
    r"""The gradients of the sum of `pairwise_distance` for `x1` and `x2`.

    With :math:`d = x_1 - x_2 + \epsilon`: :math:`\mathrm{sign}(d_i)\,(|d_i| / \|d\|_p)^{p-1}` for
    `x1`, and its negative for `x2`. It is 0 where an entry or the distance is 0; for p = ±∞ the
    entries that reach the distance share the slope of 1.

    Args, errors and reference are those of `pairwise_distance`. Returns a tuple of two arrays, of
    the shapes of `x1` and `x2`.

    >>> pairwise_distance_grad([[0.0, 0.0]], [[3.0, 4.0]], eps=0.0)
    (array([[-0.6, -0.8]]), array([[0.6, 0.8]]))
    """
    return gradients(_pairwise_distance, "none", x1, x2, p, eps, keepdim)


def steep_norm(call: Asked, name: str) -> Iterator[Finding]:
    """A p so near to 0 that the norm of a few ones leaves the range of its dtype."""
    p, x = call.options["p"], call[name]
    entries = x.shape[-1] if x.ndim else 1
    # bfloat16 reaches as far as float32.
    dtype = x.dtype if x.dtype in ("float64", "float16") else "float32"
    if 0 < p < math.log(max(1, entries)) / math.log(np.finfo(dtype).max):
        text = (
            f"p is {number(p)}: {entries} entries of 1 have the norm {entries}^(1/p), which "
            f"overflows in {x.dtype}. The difference of two such distances is inf - inf, NaN."
        )
        remedy = Remedy("the Euclidean distance", {}, {"p": 2.0}, sure=False, meaning="p")
        yield Finding("numerics", Stage.OPTIONS, text, (remedy,))


def at_angle(angle: FloatArray) -> FloatArray:
    """Vectors of length 1 in the plane, at some angles in radians."""
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


LOSSES = (
    Loss(
        "CosineSimilarity",
        cosine_similarity,
        cosine_similarity_grad,
        _cosine_similarity,
        chapter="similarity/distances",
        formula="x1 · x2 / (length of x1 · length of x2), each length at least eps",
        inputs=("x1", "x2"),
        options=("dim", "eps"),
        sheet=Sheet(
            tex=r"\frac{x_1 \cdot x_2}{\lVert x_1 \rVert \, \lVert x_2 \rVert}",
            takes="two vectors",
            mean="— it is a measure, not a loss",
            use="how much two vectors point the same way",
            axis="angle from 0° to 180°",
            span=(0.0, np.pi),
            curves=(lambda a: cosine_similarity(at_angle(0 * a), at_angle(a)),),
        ),
    ),
    Loss(
        "PairwiseDistance",
        pairwise_distance,
        pairwise_distance_grad,
        _pairwise_distance,
        chapter="similarity/distances",
        formula="(Σ |x1 - x2 + eps|^p)^(1/p) over the last axis",
        inputs=("x1", "x2"),
        options=("p", "eps", "keepdim"),
        attributes={"p": "norm"},
        contract=lambda call: steep_norm(call, "x1"),
        sheet=Sheet(
            tex=r"\lVert x_1 - x_2 \rVert_p",
            takes="two vectors",
            mean="— it is a measure, not a loss",
            use="how far two vectors are apart",
            axis="difference in one entry",
            span=(-3.0, 3.0),
            curves=(lambda d: pairwise_distance(d[:, None], 0 * d[:, None]),),
        ),
    ),
)
