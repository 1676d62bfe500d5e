"""The cross-entropies of TensorFlow and Keras, under their own names and arguments.

They take the labels first and reduce nothing (TensorFlow) or the last axis alone (Keras). What they
compute is what TensorFlow 2.21 and Keras 3.15 return, gradients included; `tests/frameworks` holds
them against those.
"""

import numpy as np

from helpers import checks
from helpers.losses.binary import sigmoid
from helpers.losses.softmax import log_softmax, softmax
from helpers.working import ArrayLike, FloatArray, ieee

KERAS_EPSILON = 1e-7


def _sigmoid_operands(labels: ArrayLike, logits: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Both arrays as float64, after TensorFlow's checks: one floating dtype, one shape."""
    checks.same_dtype(logits=logits, labels=labels)
    z, x = checks.floating("labels", labels), checks.floating("logits", logits)
    checks.same_shape(logits=x, labels=z)
    return z, x


def _softmax_operands(
    labels: ArrayLike, logits: ArrayLike, axis: int
) -> tuple[FloatArray, FloatArray, int]:
    """Both arrays as float64, and the axis. TensorFlow casts labels to the dtype of the logits."""
    z, x = checks.real("labels", labels), checks.floating("logits", logits)
    checks.same_shape(logits=x, labels=z)
    if x.ndim == 0:
        checks.refuse("logits", "at least one dimension, that of the classes", "a shape of ()")
    return z, x, checks.axis("axis", axis, x.ndim)


def sigmoid_cross_entropy_with_logits(labels: ArrayLike, logits: ArrayLike) -> FloatArray:
    r"""TensorFlow's cross-entropy of independent yes-or-no questions.

    .. math:: \ell = \max(x, 0) - x\,z + \log(1 + e^{-|x|})

    It equals `binary_cross_entropy_with_logits(logits, labels, reduction='none')`, with the
    arguments the other way round. Only the rounding differs: for a label of 0 and a logit far
    below 0 torch's arithmetic loses digits, and TensorFlow's, used here, keeps them.

    Args:
        labels: :math:`z`, usually in [0, 1] (not checked); any shape, floating dtype.
        logits: :math:`x`; the shape and dtype of `labels`.

    Returns:
        An array of that shape.

    Raises:
        TypeError: a dtype is not floating, or the two differ.
        ValueError: the shapes differ.

    Reference:
        https://www.tensorflow.org/api_docs/python/tf/nn/sigmoid_cross_entropy_with_logits

    >>> sigmoid_cross_entropy_with_logits(labels=[1.0, 0.0], logits=[12.0, 3.0])
    array([6.14419348e-06, 3.04858735e+00])
    """
    z, x = _sigmoid_operands(labels, logits)
    with ieee():
        return np.asarray(np.maximum(x, 0) - x * z + np.log1p(np.exp(-np.abs(x))))


def sigmoid_cross_entropy_with_logits_grad(labels: ArrayLike, logits: ArrayLike) -> FloatArray:
    r"""The gradient of the sum of `sigmoid_cross_entropy_with_logits` for the logits: σ(x) - z.

    Args, errors and reference are those of `sigmoid_cross_entropy_with_logits`.

    >>> sigmoid_cross_entropy_with_logits_grad(labels=[1.0, 0.0], logits=[0.0, 0.0])
    array([-0.5,  0.5])
    """
    z, x = _sigmoid_operands(labels, logits)
    with ieee():
        return np.asarray(sigmoid(x) - z)


def softmax_cross_entropy_with_logits(
    labels: ArrayLike, logits: ArrayLike, axis: int = -1
) -> FloatArray:
    r"""TensorFlow's cross-entropy of one class out of several.

    .. math:: \ell = -\sum_c z_c \log\mathrm{softmax}(x)_c

    Args:
        labels: :math:`z`, a weight for each class that should add up to 1 (not checked); any shape
            with at least one dimension, any real dtype.
        logits: :math:`x`; the shape of `labels`, floating dtype.
        axis: the axis of the classes. (TensorFlow itself takes -1, 0, 1, …, but not -2.)

    Returns:
        An array of that shape without `axis`.

    Raises:
        TypeError: the logits' dtype is not floating, the labels are complex, or `axis` is no
            integer.
        ValueError: the shapes differ (TensorFlow stretches a single row of labels over all rows
            without a word), or there is no such axis.

    Reference:
        https://www.tensorflow.org/api_docs/python/tf/nn/softmax_cross_entropy_with_logits

    >>> softmax_cross_entropy_with_logits(labels=[[0.0, 1.0]], logits=[[0.0, 0.0]])  # log 2
    array([0.69314718])
    """
    z, x, axis = _softmax_operands(labels, logits, axis)
    with ieee():
        return np.asarray(-np.sum(z * log_softmax(x, axis), axis=axis))


def softmax_cross_entropy_with_logits_grad(
    labels: ArrayLike, logits: ArrayLike, axis: int = -1
) -> FloatArray:
    r"""The gradient of the sum of `softmax_cross_entropy_with_logits` for the logits.

    .. math:: \mathrm{softmax}(x)_c - z_c

    This is what TensorFlow returns. It is the slope of the loss only where the labels add up to 1.
    The slope is :math:`\mathrm{softmax}(x)_c \sum_k z_k - z_c`, which PyTorch and Optax return for
    the same loss; `cross_entropy_grad` has it.

    Args, errors and reference are those of `softmax_cross_entropy_with_logits`.

    >>> softmax_cross_entropy_with_logits_grad(labels=[[0.0, 1.0]], logits=[[0.0, 0.0]])
    array([[ 0.5, -0.5]])
    """
    z, x, axis = _softmax_operands(labels, logits, axis)
    with ieee():
        return np.asarray(softmax(x, axis) - z)


def _keras_operands(
    y_true: ArrayLike, y_pred: ArrayLike, label_smoothing: float
) -> tuple[FloatArray, FloatArray]:
    """Both arrays as float64, the labels smoothed towards one half."""
    z, p = checks.real("y_true", y_true), checks.floating("y_pred", y_pred)
    checks.same_shape(y_true=z, y_pred=p)
    if z.ndim == 0:
        checks.refuse("y_true", "at least one dimension, whose mean is taken", "a shape of ()")
    smoothing = checks.number("label_smoothing", label_smoothing, at_least=0, at_most=1)
    return z * (1 - smoothing) + smoothing / 2, p


def _keras_bounds(y_pred: ArrayLike) -> tuple[float, float]:
    """1e-7 and 1 - 1e-7 in the dtype of the predictions: float32 if they are plain numbers."""
    name = checks.dtype_name(y_pred)
    kind = np.dtype(name if name in ("float16", "float64") else "float32").type
    return float(kind(KERAS_EPSILON)), float(kind(1 - KERAS_EPSILON))


def keras_binary_crossentropy(
    y_true: ArrayLike, y_pred: ArrayLike, from_logits: bool = False, label_smoothing: float = 0.0
) -> FloatArray:
    r"""Keras 3's binary cross-entropy: the mean over the last axis.

    .. math:: \ell = \frac{1}{K} \sum_k -\bigl(z_k \log p_k + (1 - z_k) \log(1 - p_k)\bigr)

    Probabilities are first held inside :math:`[10^{-7}, 1 - 10^{-7}]`, so that one element never
    costs more than 16.12. In float32, Keras's default dtype and that of plain numbers here, the
    upper end is :math:`1 - 2^{-23}`, the nearest number there is, and a wrong 1 costs 15.94; in
    float16 it is 1, and a wrong 1 costs inf. The labels come first: with the arguments swapped
    nothing is refused, and the values may be negative.

    Keras 2 (the `tf.keras` of TensorFlow 2.0 to 2.15, today the package `tf_keras`) also adds
    :math:`10^{-7}` inside the logarithms, so a wrong 1 costs 15.33 there.

    Args:
        y_true: :math:`z`, labels; any shape with at least one dimension, any real dtype.
        y_pred: :math:`p`, probabilities (or logits, with `from_logits`); the shape of `y_true`,
            floating dtype.
        from_logits: whether `y_pred` holds logits.
        label_smoothing: in [0, 1]; moves each label by this share towards ½.

    Returns:
        An array of that shape without the last axis.

    Raises:
        TypeError: the labels are complex, the predictions' dtype is not floating, or
            `label_smoothing` is no number.
        ValueError: the shapes differ or have no dimension, or `label_smoothing` is out of range.

    Reference:
        https://keras.io/api/losses/probabilistic_losses/#binarycrossentropy-class

    >>> keras_binary_crossentropy([[1.0, 0.0]], [[0.8, 0.0]])  # -log 0.8 / 2
    array([0.11157183])
    """
    with ieee():
        z, p = _keras_operands(y_true, y_pred, label_smoothing)
        if from_logits:
            losses = sigmoid_cross_entropy_with_logits(z, p)
        else:
            p = np.clip(p, *_keras_bounds(y_pred))
            losses = (z - 1) * np.log1p(-p) - z * np.log(p)
        return np.asarray(np.sum(losses, axis=-1) / np.float64(p.shape[-1]))


def keras_binary_crossentropy_grad(
    y_true: ArrayLike, y_pred: ArrayLike, from_logits: bool = False, label_smoothing: float = 0.0
) -> FloatArray:
    r"""The gradient of the sum of `keras_binary_crossentropy` for `y_pred`.

    .. math:: \frac{1}{K}\,\frac{p - z}{p(1 - p)}, \qquad
              \text{from logits}\quad \frac{1}{K}\,(\sigma(x) - z)

    A probability outside the bounds is cut off, and its gradient is 0, as is that of NaN.
    Args, errors and reference are those of `keras_binary_crossentropy`.

    >>> keras_binary_crossentropy_grad([[1.0, 1.0]], [[0.8, 0.0]])
    array([[-0.625,  0.   ]])
    """
    with ieee():
        z, p = _keras_operands(y_true, y_pred, label_smoothing)
        if from_logits:
            return np.asarray(
                sigmoid_cross_entropy_with_logits_grad(z, p) / np.float64(p.shape[-1])
            )
        low, high = _keras_bounds(y_pred)
        inside = (p >= low) & (p <= high)
        slopes = np.where(inside, (p - z) / (p * (1 - p)), 0.0)
        return np.asarray(slopes / np.float64(p.shape[-1]))
