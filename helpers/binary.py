"""Losses for yes-or-no questions, one per element: binary cross-entropy and soft margins.

Also `sigmoid` and `log_sigmoid`, computed so that no exponential overflows.
"""

from dataclasses import replace

import numpy as np

from helpers import checks
from helpers.reduction import Divisor, Terms, ieee, sum_to_shape

# What torch puts in place of log(0), which would be -inf.
LOG_CLAMP = -100.0
# torch holds the denominator p(1 - p) of BCE's gradient at this or above; it stores it in float32.
GRADIENT_EPS = float(np.float32(1e-12))


@ieee
def sigmoid(input):
    r"""The logistic function, :math:`\sigma(x) = 1 / (1 + e^{-x})`.

    Only :math:`e^{-|x|} \le 1` is computed, so that nothing overflows.

    Args:
        input: :math:`x`, the logits; any shape, any real dtype.

    Returns:
        An array of that shape with values in [0, 1].

    Raises:
        TypeError: `input` is complex, or no array of numbers.

    Reference:
        https://docs.pytorch.org/docs/2.13/generated/torch.sigmoid.html

    >>> sigmoid([-1000.0, 0.0, 1000.0])
    array([0. , 0.5, 1. ])
    """
    input = checks.real("input", input)
    small = np.exp(-np.abs(input))
    return np.asarray(np.where(input >= 0, 1, small) / (1 + small))


@ieee
def log_sigmoid(input):
    r"""The logarithm of the logistic function.

    .. math:: \log\sigma(x) = \min(x, 0) - \log(1 + e^{-|x|})

    Args:
        input: :math:`x`, the logits; any shape, floating dtype.

    Returns:
        An array of that shape with values of at most 0.

    Raises:
        TypeError: `input` is not floating.

    Reference:
        https://docs.pytorch.org/docs/2.13/generated/torch.nn.LogSigmoid.html

    >>> log_sigmoid([-3.0, 0.0])
    array([-3.04858735, -0.69314718])
    """
    input = checks.floating("input", input)
    return np.asarray(np.minimum(input, 0) - np.log1p(np.exp(-np.abs(input))))


@ieee
def binary_cross_entropy_terms(input, target, weight=None):
    """The working of `binary_cross_entropy`, before the reduction."""
    checks.same_dtype(input=input, target=target)
    input, target = checks.floating("input", input), checks.floating("target", target)
    checks.same_shape(input=input, target=target)
    checks.within("input", input, 0, 1)
    checks.within("target", target, 0, 1)
    weight = _broadcast_weight("weight", weight, target)
    log_p = np.maximum(np.log(input), LOG_CLAMP)
    log_q = np.maximum(np.log1p(-input), LOG_CLAMP)
    columns = {"input": input, "target": target, "log(input)": log_p, "log(1 - input)": log_q}
    return Terms(columns, (target - 1) * log_q - target * log_p).weighted(weight)


def binary_cross_entropy(input, target, weight=None, reduction="mean"):
    r"""The binary cross-entropy of probabilities.

    .. math:: \ell = -w\,\bigl(y \log p + (1 - y) \log(1 - p)\bigr)

    Both logarithms are held at -100 or above, so that p = 0 and p = 1 give at most 100.

    Args:
        input: :math:`p`, probabilities in [0, 1]; any shape, floating dtype.
        target: :math:`y` in [0, 1]; the shape and dtype of `input`.
        weight: :math:`w`; an array that broadcasts to the shape of `target`, or None.
        reduction: 'none', 'mean' (over all elements, weighted or not) or 'sum'.

    Returns:
        A float, or for 'none' an array of the shape of `input`.

    Raises:
        TypeError: a dtype is not floating, the two differ, or `weight` is a bare number.
        ValueError: the shapes differ, an element lies outside [0, 1], `weight` does not broadcast,
            or `reduction` is none of the three.

    Reference:
        https://docs.pytorch.org/docs/2.13/generated/torch.nn.BCELoss.html

    >>> binary_cross_entropy([0.8, 0.0], [1.0, 1.0], reduction="none")  # -log 0.8, and the clamp
    array([  0.22314355, 100.        ])
    """
    return binary_cross_entropy_terms(input, target, weight).reduce(reduction)


@ieee
def binary_cross_entropy_grad(input, target, weight=None, reduction="mean"):
    r"""The gradient of `binary_cross_entropy` for `input`, as torch defines it.

    .. math:: w\,\frac{p - y}{\max(p(1 - p),\ 10^{-12})}

    The denominator is held above 0; the clamp of the logarithms does not enter.
    Args, errors and reference are those of `binary_cross_entropy`. Returns an array of the shape of
    `input`; with 'mean' each entry is divided by the number of elements.

    >>> binary_cross_entropy_grad([0.8, 0.5], [1.0, 0.0], reduction="sum")
    array([-1.25,  2.  ])
    """
    terms = binary_cross_entropy_terms(input, target, weight)
    p, y = terms.columns["input"], terms.columns["target"]
    slope = (p - y) / np.maximum(p * (1 - p), GRADIENT_EPS)
    return np.asarray(slope * terms.columns.get("weight", 1.0) * terms.scale(reduction))


@ieee
def binary_cross_entropy_with_logits_terms(input, target, weight=None, pos_weight=None):
    """The working of `binary_cross_entropy_with_logits`, before the reduction."""
    input, target = checks.floating("input", input), checks.floating("target", target)
    checks.same_shape(input=input, target=target)
    checks.signed("pos_weight", pos_weight)
    weight = _broadcast_weight("weight", weight, target)
    pos_weight = _broadcast_weight("pos_weight", pos_weight, target)
    log_p = log_sigmoid(input)
    columns = {
        "input": input,
        "target": target,
        "σ(input)": lambda: sigmoid(input),
        "log σ(input)": log_p,
        "log σ(-input)": lambda: log_sigmoid(-input),
    }
    if pos_weight is None:
        loss = (1 - target) * input - log_p
    else:
        columns["pos_weight"] = pos_weight
        loss = (1 - target) * input - (1 + (pos_weight - 1) * target) * log_p
    return Terms(columns, loss).weighted(weight)


def binary_cross_entropy_with_logits(input, target, weight=None, reduction="mean", pos_weight=None):
    r"""The binary cross-entropy of logits: the sigmoid and the logarithm in one.

    .. math:: \ell = -w\,\bigl(p_+\,y \log\sigma(x) + (1 - y) \log(1 - \sigma(x))\bigr)

    As :math:`\log(1 - \sigma(x)) = \log\sigma(x) - x`, it is computed, here and in torch, as
    :math:`w\,\bigl((1 - y)\,x - (1 + (p_+ - 1)\,y) \log\sigma(x)\bigr)`, which never takes the
    logarithm of 0.

    Args:
        input: :math:`x`, the logits; any shape, floating dtype.
        target: :math:`y`, usually in [0, 1] (not checked); the shape of `input`, floating dtype.
        weight: :math:`w`; an array that broadcasts to the shape of `target`, or None.
        reduction: 'none', 'mean' (over all elements, weighted or not) or 'sum'.
        pos_weight: :math:`p_+`, a factor for the term of y = 1 alone; as `weight`.

    Returns:
        A float, or for 'none' an array of the shape of `input`.

    Raises:
        TypeError: a dtype is not floating, a weight is a bare number, or `pos_weight` is boolean or
            unsigned.
        ValueError: the shapes differ, a weight does not broadcast, or `reduction` is none of the
            three.

    Reference:
        https://docs.pytorch.org/docs/2.13/generated/torch.nn.BCEWithLogitsLoss.html

    >>> binary_cross_entropy_with_logits([0.0, -1000.0], [1.0, 1.0], reduction="none")
    array([6.93147181e-01, 1.00000000e+03])
    """
    terms = binary_cross_entropy_with_logits_terms(input, target, weight, pos_weight)
    return terms.reduce(reduction)


@ieee
def binary_cross_entropy_with_logits_grad(
    input, target, weight=None, reduction="mean", pos_weight=None
):
    r"""The gradient of `binary_cross_entropy_with_logits` for `input`.

    .. math:: w\,\bigl((1 + (p_+ - 1)\,y)\,\sigma(x) - p_+\,y\bigr),
              \quad\text{without weights}\quad \sigma(x) - y

    Args, errors and reference are those of `binary_cross_entropy_with_logits`. Returns an array of
    the shape of `input`; with 'mean' each entry is divided by the number of elements.

    >>> binary_cross_entropy_with_logits_grad([0.0, 0.0], [1.0, 0.0], reduction="sum")
    array([-0.5,  0.5])
    """
    terms = binary_cross_entropy_with_logits_terms(input, target, weight, pos_weight)
    target, pos_weight = terms.columns["target"], terms.columns.get("pos_weight", 1.0)
    slope = (1 + (pos_weight - 1) * target) * terms.columns["σ(input)"]() - pos_weight * target
    return np.asarray(slope * terms.columns.get("weight", 1.0) * terms.scale(reduction))


@ieee
def soft_margin_loss_terms(input, target):
    """The working of `soft_margin_loss`, before the reduction."""
    checks.signed("target", target)
    input, target = checks.floating("input", input), checks.real("target", target)
    target = checks.broadcast_to("target", target, input.shape, "input")
    power = np.exp(-target * input)
    columns = {"input": input, "target": target, "exp(-target·input)": power}
    return Terms(columns, np.log1p(power))


def soft_margin_loss(input, target, reduction="mean"):
    r"""The logistic loss of a score and a target of 1 or -1.

    .. math:: \ell = \log\bigl(1 + e^{-y x}\bigr)

    It is computed as written, here and in torch: where :math:`-y x` exceeds 709.78, the exponential
    exceeds float64 and the loss is inf. (For y = ±1, `binary_cross_entropy_with_logits` with the
    target (y + 1) / 2 is the same loss, and does not overflow.)

    Args:
        input: :math:`x`, scores; any shape, floating dtype.
        target: :math:`y`, 1 or -1 (not checked); broadcasts to the shape of `input`, signed dtype.
        reduction: 'none', 'mean' (over all elements) or 'sum'.

    Returns:
        A float, or for 'none' an array of the shape of `input`.

    Raises:
        TypeError: `input` is not floating, or `target` is boolean or unsigned: it has no -1, and
            torch's gradient for it fails or is wrong.
        ValueError: `target` does not broadcast to the shape of `input`, or `reduction` is none of
            the three.

    Reference:
        https://docs.pytorch.org/docs/2.13/generated/torch.nn.SoftMarginLoss.html

    >>> soft_margin_loss([0.0, 2.0, 2.0], [1.0, 1.0, -1.0], reduction="none")
    array([0.69314718, 0.12692801, 2.12692801])
    """
    return soft_margin_loss_terms(input, target).reduce(reduction)


@ieee
def soft_margin_loss_grad(input, target, reduction="mean"):
    r"""The gradient of `soft_margin_loss` for `input`, as torch computes it.

    .. math:: -y\,\frac{e^{-y x}}{1 + e^{-y x}}

    Where the exponential overflows, this is inf / inf, which is NaN.
    Args, errors and reference are those of `soft_margin_loss`. Returns an array of the shape of
    `input`; with 'mean' each entry is divided by the number of elements.

    >>> soft_margin_loss_grad([0.0, 0.0], [1.0, -1.0], reduction="sum")
    array([-0.5,  0.5])
    """
    terms = soft_margin_loss_terms(input, target)
    power = terms.columns["exp(-target·input)"]
    slope = -terms.columns["target"] * power / (1 + power)
    return np.asarray(slope * terms.scale(reduction))


@ieee
def multilabel_soft_margin_loss_terms(input, target, weight=None):
    """The working of `multilabel_soft_margin_loss`, before the reduction."""
    input = checks.floating("input", input)
    if input.ndim == 0:
        checks.refuse("input", "at least one dimension, of labels", "a shape of ()")
    target = _labels(target)
    checks.broadcast(input=input, target=target)
    log_p, log_q = log_sigmoid(input), log_sigmoid(-input)
    columns = {"input": input, "target": target, "log σ(input)": log_p, "log σ(-input)": log_q}
    terms = Terms(columns, -(target * log_p + (1 - target) * log_q))
    if weight is not None:
        weight = checks.real("weight", weight)
        checks.broadcast(**{"input and target": terms.loss}, weight=weight)
        terms = terms.weighted(weight)
    # torch adds up along the last axis of the input, even where the target has more axes than it.
    count = input.shape[-1]
    loss = np.asarray(np.sum(terms.loss, axis=input.ndim - 1) / count)
    return replace(
        terms,
        columns={**terms.columns, "loss of label": terms.loss},
        loss=loss,
        parts=terms.loss / count,
        divisors={"mean": Divisor(float(loss.size), "number of samples")},
    )


def multilabel_soft_margin_loss(input, target, weight=None, reduction="mean"):
    r"""The binary cross-entropy of logits, averaged over the labels of each sample.

    .. math:: \ell_n = -\frac{1}{C} \sum_c w_c\,\bigl(y_{nc} \log\sigma(x_{nc})
              + (1 - y_{nc}) \log\sigma(-x_{nc})\bigr)

    Where target or weight broadcast to more axes than the input has, torch still sums along the
    axis with the number of the input's last one, and divides by its length; so does this function.

    Args:
        input: :math:`x`, logits of shape (N, C), (C,) or (…, C), floating dtype.
        target: :math:`y`, 1 where a label applies and 0 where not (not checked); the shape of
            `input`, or one that broadcasts with it; any real dtype but bool.
        weight: :math:`w`, a weight for each label, shape (C,), or anything that broadcasts; or
            None.
        reduction: 'none', 'mean' (over the samples, weighted or not) or 'sum'.

    Returns:
        A float, or for 'none' an array of the shape of `input` without its last axis.

    Raises:
        TypeError: `input` is not floating, or `target` is boolean (torch has no 1 - target for it).
        ValueError: `input` has no dimensions, the shapes do not broadcast, `target` is unsigned
            and above 1 (torch takes 1 - 2 for 255), or `reduction` is none of the three.

    Reference:
        https://docs.pytorch.org/docs/2.13/generated/torch.nn.MultiLabelSoftMarginLoss.html

    >>> multilabel_soft_margin_loss([[0.0, 0.0], [2.0, -2.0]], [[1, 0], [1, 0]], reduction="none")
    array([0.69314718, 0.12692801])
    """
    return multilabel_soft_margin_loss_terms(input, target, weight).reduce(reduction)


@ieee
def multilabel_soft_margin_loss_grad(input, target, weight=None, reduction="mean"):
    r"""The gradient of `multilabel_soft_margin_loss` for `input`.

    .. math:: \frac{w_c}{C} \bigl((1 - y_{nc})\,\sigma(x_{nc}) - y_{nc}\,\sigma(-x_{nc})\bigr),
              \quad\text{which is}\quad \frac{w_c}{C} \bigl(\sigma(x_{nc}) - y_{nc}\bigr)

    Args, errors and reference are those of `multilabel_soft_margin_loss`. Returns an array of the
    shape of `input`; with 'mean' each entry is also divided by the number of samples.

    >>> multilabel_soft_margin_loss_grad([[0.0, 0.0]], [[1, 0]])
    array([[-0.25,  0.25]])
    """
    terms = multilabel_soft_margin_loss_terms(input, target, weight)
    x, y = terms.columns["input"], terms.columns["target"]
    factor = terms.columns.get("weight", 1.0) * (terms.scale(reduction) / np.float64(x.shape[-1]))
    # The first form, as in torch: a weight of inf makes either term NaN on its own.
    slope = factor * (1 - y) * sigmoid(x) - factor * y * sigmoid(-x)
    return sum_to_shape(slope, x.shape)


def _labels(target):
    """A target as float64. Refused where torch has no 1 - target: bool, and unsigned above 1."""
    kind = checks.dtype_name(target) or "float"
    if kind == "bool" or (kind.startswith("uint") and kind != "uint8"):
        checks.refuse("target", "numbers (use .float())", checks.describe(target), TypeError)
    labels = checks.real("target", target)
    if kind == "uint8" and (labels > 1).any():
        checks.refuse("target", "0 or 1 where it is unsigned (use .float())", f"{labels.max():g}")
    return labels


def _broadcast_weight(name, value, target):
    """A weight stretched to the shape of `target`, or None."""
    value = checks.weights(name, value)
    if value is None:
        return None
    return checks.broadcast_to(name, value, target.shape, "target")
