"""The softmax and its logarithm, and the log-sum-exp that both are made of."""

import math
from collections.abc import Iterator

import numpy as np

from helpers import checks
from helpers.working import ArrayLike, FloatArray, ieee

PIECE = 1 << 18  # elements that are exponentiated at once


def log_sum_exp(x: FloatArray, axis: int) -> tuple[FloatArray, FloatArray]:
    """The two parts of log Σ exp(x) along an axis: the maximum m, and log Σ exp(x - m).

    With m taken out no exponential exceeds 1, so that nothing overflows. They are computed piece by
    piece, so that they take little memory.
    """
    largest = np.max(x, axis=axis, keepdims=True, initial=-np.inf)
    total = np.empty_like(largest)
    for piece in _pieces(x.shape, axis):
        powers = x[piece] - largest[piece]
        np.exp(powers, out=powers)
        np.sum(powers, axis=axis, keepdims=True, out=total[piece])
    return largest, np.log(total)


def _pieces(shape: tuple[int, ...], axis: int) -> Iterator[tuple[slice, ...]]:
    """What cuts an array into pieces of about so many elements, along its first other axis."""
    across = next((i for i in range(len(shape)) if i != axis), axis)
    if across == axis or math.prod(shape) <= PIECE:
        yield (slice(None),) * len(shape)
        return
    step = max(1, PIECE * shape[across] // math.prod(shape))
    for start in range(0, shape[across], step):
        yield tuple(
            slice(start, start + step) if i == across else slice(None) for i in range(len(shape))
        )


def log_probabilities(x: FloatArray, axis: int) -> FloatArray:
    """log softmax of checked logits; the maximum goes first, so that no digits of it are lost."""
    largest, log_sum = log_sum_exp(x, axis)
    return x - largest - log_sum


def sizes(x: FloatArray, axis: int) -> FloatArray:
    """How large the numbers are that each log p adds up: logit, maximum, log of the sum, and 1.

    The sum is at least 1, and its rounding shows in the logarithm, however small that is.
    """
    largest, log_sum = log_sum_exp(x, axis)
    return np.abs(x) + np.abs(largest) + np.abs(log_sum) + 1


def _operands(input: ArrayLike, dim: int) -> tuple[FloatArray, int]:
    """The logits as float64, and the axis of the classes counted from 0."""
    x = checks.floating("input", input)
    return x, checks.axis("dim", dim, x.ndim)


def log_softmax(input: ArrayLike, dim: int) -> FloatArray:
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
    x, axis = _operands(input, dim)
    with ieee():
        return log_probabilities(np.atleast_1d(x), axis).reshape(x.shape)


def softmax(input: ArrayLike, dim: int) -> FloatArray:
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
    x, axis = _operands(input, dim)
    with ieee():
        return np.exp(log_probabilities(np.atleast_1d(x), axis)).reshape(x.shape)
