"""Losses for yes-or-no questions, one per element: binary cross-entropy and soft margins.

Also `sigmoid` and `log_sigmoid`, computed so that no exponential overflows.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from helpers import checks
from helpers.findings import Asked, Facts, Finding, Remedy, Stage
from helpers.losses.rules import (
    STRONG,
    alike,
    broadcast,
    class_axis,
    fills_unit,
    flags,
    floating_input,
    like_dtype,
    lower_bound,
    no_booleans,
    rectified,
    signed_dtype,
    signs,
    swapped,
)
from helpers.text import number
from helpers.working import (
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
    sum_to_shape,
    value,
)

# What torch puts in place of log(0), which would be -inf.
LOG_CLAMP = -100.0
# torch holds the denominator p(1 - p) of BCE's gradient at this or above; it stores it in float32.
GRADIENT_EPS = float(np.float32(1e-12))


def _sigmoid(x: FloatArray) -> FloatArray:
    """σ of checked logits; only exp(-|x|), at most 1, is computed, so that nothing overflows."""
    small = np.exp(-np.abs(x))
    return np.asarray(np.where(x >= 0, 1, small) / (1 + small))


def _log_sigmoid(x: FloatArray) -> FloatArray:
    """log σ of checked logits."""
    return np.asarray(np.minimum(x, 0) - np.log1p(np.exp(-np.abs(x))))


def sigmoid(input: ArrayLike) -> FloatArray:
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
    x = checks.real("input", input)
    with ieee():
        return _sigmoid(x)


def log_sigmoid(input: ArrayLike) -> FloatArray:
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
    x = checks.floating("input", input)
    with ieee():
        return _log_sigmoid(x)


def _stretched(name: str, weight: ArrayLike | None, target: FloatArray) -> FloatArray | None:
    """A weight stretched to the shape of `target`, or None."""
    array = checks.weights(name, weight)
    return None if array is None else checks.broadcast_to(name, array, target.shape, "target")


def _probabilities(input: ArrayLike, target: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Two arrays of probabilities, of one shape and dtype."""
    checks.same_dtype(input=input, target=target)
    p, y = checks.floating("input", input), checks.floating("target", target)
    checks.same_shape(input=p, target=y)
    return checks.within("input", p, 0, 1), checks.within("target", y, 0, 1)


def _held_logs(p: FloatArray) -> tuple[FloatArray, FloatArray]:
    """log p and log(1 - p), both held at -100 or above."""
    return np.maximum(np.log(p), LOG_CLAMP), np.maximum(np.log1p(-p), LOG_CLAMP)


def _bce(input: ArrayLike, target: ArrayLike, weight: ArrayLike | None = None) -> Working:
    p, y = _probabilities(input, target)
    log_p, log_q = _held_logs(p)
    return Working(
        (y - 1) * log_q - y * log_p,
        columns=lambda: {"input": p, "target": y, "log(input)": log_p, "log(1 - input)": log_q},
        pullback=lambda scale: np.asarray((p - y) / np.maximum(p * (1 - p), GRADIENT_EPS) * scale),
    ).weighted(_stretched("weight", weight, y))


def binary_cross_entropy(
    input: ArrayLike, target: ArrayLike, weight: ArrayLike | None = None, reduction: str = "mean"
) -> float | FloatArray:
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
    return value(_bce, reduction, input, target, weight)


def binary_cross_entropy_grad(
    input: ArrayLike, target: ArrayLike, weight: ArrayLike | None = None, reduction: str = "mean"
) -> FloatArray:
    r"""The gradient of `binary_cross_entropy` for `input`, as torch defines it.

    .. math:: w\,\frac{p - y}{\max(p(1 - p),\ 10^{-12})}

    The denominator is held above 0; the clamp of the logarithms does not enter.
    Args, errors and reference are those of `binary_cross_entropy`. Returns an array of the shape of
    `input`; with 'mean' each entry is divided by the number of elements.

    >>> binary_cross_entropy_grad([0.8, 0.5], [1.0, 0.0], reduction="sum")
    array([-1.25,  2.  ])
    """
    return gradient(_bce, reduction, input, target, weight)


def _logits(
    input: ArrayLike, target: ArrayLike, pos_weight: ArrayLike | None
) -> tuple[FloatArray, FloatArray, FloatArray | None]:
    """Logits, targets of their shape, and the weight of the positive ones."""
    x, y = checks.floating("input", input), checks.floating("target", target)
    checks.same_shape(input=x, target=y)
    checks.signed("pos_weight", pos_weight)
    return x, y, _stretched("pos_weight", pos_weight, y)


def _bce_with_logits(
    input: ArrayLike,
    target: ArrayLike,
    weight: ArrayLike | None = None,
    pos_weight: ArrayLike | None = None,
) -> Working:
    x, y, pos = _logits(input, target, pos_weight)
    log_p = _log_sigmoid(x)
    factor = 1.0 if pos is None else 1 + (pos - 1) * y
    yes = y if pos is None else pos * y

    def columns() -> Columns:
        shown = {"input": x, "target": y, "σ(input)": _sigmoid(x)}
        shown |= {"log σ(input)": log_p, "log σ(-input)": _log_sigmoid(-x)}
        return shown if pos is None else {**shown, "pos_weight": pos}

    return Working(
        (1 - y) * x - factor * log_p,
        columns,
        pullback=lambda scale: np.asarray((factor * _sigmoid(x) - yes) * scale),
        magnitude=lambda: np.abs((1 - y) * x) + np.abs(factor * log_p),
    ).weighted(_stretched("weight", weight, y))


def binary_cross_entropy_with_logits(
    input: ArrayLike,
    target: ArrayLike,
    weight: ArrayLike | None = None,
    reduction: str = "mean",
    pos_weight: ArrayLike | None = None,
) -> float | FloatArray:
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
    return value(_bce_with_logits, reduction, input, target, weight, pos_weight)


def binary_cross_entropy_with_logits_grad(
    input: ArrayLike,
    target: ArrayLike,
    weight: ArrayLike | None = None,
    reduction: str = "mean",
    pos_weight: ArrayLike | None = None,
) -> FloatArray:
    r"""The gradient of `binary_cross_entropy_with_logits` for `input`.

    .. math:: w\,\bigl((1 + (p_+ - 1)\,y)\,\sigma(x) - p_+\,y\bigr),
              \quad\text{without weights}\quad \sigma(x) - y

    Args, errors and reference are those of `binary_cross_entropy_with_logits`. Returns an array of
    the shape of `input`; with 'mean' each entry is divided by the number of elements.

    >>> binary_cross_entropy_with_logits_grad([0.0, 0.0], [1.0, 0.0], reduction="sum")
    array([-0.5,  0.5])
    """
    return gradient(_bce_with_logits, reduction, input, target, weight, pos_weight)


def _scores(input: ArrayLike, target: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Scores, and targets stretched to their shape."""
    checks.signed("target", target)
    x, y = checks.floating("input", input), checks.real("target", target)
    return x, checks.broadcast_to("target", y, x.shape, "input")


def _soft_margin(input: ArrayLike, target: ArrayLike) -> Working:
    x, y = _scores(input, target)
    power = np.exp(-y * x)
    return Working(
        np.log1p(power),
        columns=lambda: {"input": x, "target": y, "exp(-target·input)": power},
        pullback=lambda scale: np.asarray(-y * power / (1 + power) * scale),
        # The product in the exponent is rounded too, which moves the loss by its slope.
        magnitude=lambda: np.log1p(power) + np.abs(y * x) * _sigmoid(-y * x),
    )


def soft_margin_loss(
    input: ArrayLike, target: ArrayLike, reduction: str = "mean"
) -> float | FloatArray:
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
    return value(_soft_margin, reduction, input, target)


def soft_margin_loss_grad(
    input: ArrayLike, target: ArrayLike, reduction: str = "mean"
) -> FloatArray:
    r"""The gradient of `soft_margin_loss` for `input`, as torch computes it.

    .. math:: -y\,\frac{e^{-y x}}{1 + e^{-y x}}

    Where the exponential overflows, this is inf / inf, which is NaN.
    Args, errors and reference are those of `soft_margin_loss`. Returns an array of the shape of
    `input`; with 'mean' each entry is divided by the number of elements.

    >>> soft_margin_loss_grad([0.0, 0.0], [1.0, -1.0], reduction="sum")
    array([-0.5,  0.5])
    """
    return gradient(_soft_margin, reduction, input, target)


def _soft_margin_remarks(call: Call) -> Iterator[Remark]:
    x, y = _scores(call.inputs["input"], call.inputs["target"])
    for dtype in (np.float64, np.float32):
        over = np.count_nonzero(np.exp(-y * x) > np.finfo(dtype).max)
        if over:
            yield Remark(
                "numerics",
                f"exp(-target·input) exceeds {dtype.__name__} in {over} of {y.size} losses. In "
                "that dtype they are inf, and their gradient is NaN.",
            )
            return


def _least_cost(call: Call) -> Iterator[Remark]:
    """What targets between 0 and 1 cost whatever the input."""
    y = call.inputs["target"]
    if call.options.get("weight") is not None or call.options.get("pos_weight") is not None:
        return
    if np.any((y > 0) & (y < 1)) and np.all((y >= 0) & (y <= 1)):
        least = float(_bce(y, y).reduce("sum"))
        mean = call.options["reduction"] == "mean"
        said, least = ("mean", least / y.size) if mean else ("sum", least)
        text = (
            f"Targets between 0 and 1 cost something whatever the input: the {said} is never below "
            f"{number(least)}."
        )
        yield Remark("note", text)


def _multilabel_remarks(call: Call) -> Iterator[Remark]:
    x = call.inputs["input"]
    if x.ndim and x.shape[-1] > 1:
        text = f"The loss of a sample is the mean over its {x.shape[-1]} labels, not the sum."
        yield Remark("note", text)


def _labels(target: ArrayLike) -> FloatArray:
    """A target as float64. Refused where torch has no 1 - target: bool, and unsigned above 1."""
    kind = checks.dtype_name(target) or "float"
    if kind == "bool" or (kind.startswith("uint") and kind != "uint8"):
        checks.refuse("target", "numbers (use .float())", checks.describe(target), TypeError)
    labels = checks.real("target", target)
    if kind == "uint8" and (labels > 1).any():
        checks.refuse("target", "0 or 1 where it is unsigned (use .float())", f"{labels.max():g}")
    return labels


def _labelled(
    input: ArrayLike, target: ArrayLike, weight: ArrayLike | None
) -> tuple[FloatArray, FloatArray, FloatArray | None]:
    """Logits, labels and weights that broadcast."""
    x = checks.floating("input", input)
    if x.ndim == 0:
        checks.refuse("input", "at least one dimension, of labels", "a shape of ()")
    y = _labels(target)
    shape = checks.broadcast(input=x, target=y)
    if weight is None:
        return x, y, None
    w = checks.real("weight", weight)
    checks.broadcast(**{"input and target": np.empty(shape)}, weight=w)
    return x, y, w


def _each_label(x: FloatArray, y: FloatArray) -> Working:
    """The working of the loss of each label, unweighted."""
    log_p, log_q = _log_sigmoid(x), _log_sigmoid(-x)

    def pullback(scale: FloatArray) -> FloatArray:
        # In two terms, as in torch: a weight of inf makes either of them NaN on its own.
        return sum_to_shape(scale * (1 - y) * _sigmoid(x) - scale * y * _sigmoid(-x), x.shape)

    return Working(
        -(y * log_p + (1 - y) * log_q),
        columns=lambda: {"input": x, "target": y, "log σ(input)": log_p, "log σ(-input)": log_q},
        pullback=pullback,
        magnitude=lambda: np.abs(y * log_p) + np.abs((1 - y) * log_q),
    )


def _multilabel_soft_margin(
    input: ArrayLike, target: ArrayLike, weight: ArrayLike | None = None
) -> Working:
    x, y, w = _labelled(input, target, weight)
    labels = _each_label(x, y).weighted(w)
    # torch adds up along the last axis of the input, even where the target has more axes than it.
    axis, count = x.ndim - 1, np.float64(x.shape[-1])
    loss = np.asarray(np.sum(labels.loss, axis=axis) / count)

    def pullback(scale: float | FloatArray) -> FloatArray:
        each = np.expand_dims(np.broadcast_to(scale, loss.shape), axis)
        return np.asarray(labels.pullback(each / count))

    return Working(
        loss,
        columns=lambda: {**labels.columns(), "loss of label": labels.loss},
        pullback=pullback,
        divisors={"mean": Divisor(float(loss.size), "number of samples")},
        parts=labels.loss / count,
        magnitude=lambda: np.asarray(np.sum(labels.magnitudes(), axis=axis) / count),
    )


def multilabel_soft_margin_loss(
    input: ArrayLike, target: ArrayLike, weight: ArrayLike | None = None, reduction: str = "mean"
) -> float | FloatArray:
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
    return value(_multilabel_soft_margin, reduction, input, target, weight)


def multilabel_soft_margin_loss_grad(
    input: ArrayLike, target: ArrayLike, weight: ArrayLike | None = None, reduction: str = "mean"
) -> FloatArray:
    r"""The gradient of `multilabel_soft_margin_loss` for `input`.

    .. math:: \frac{w_c}{C} \bigl((1 - y_{nc})\,\sigma(x_{nc}) - y_{nc}\,\sigma(-x_{nc})\bigr),
              \quad\text{which is}\quad \frac{w_c}{C} \bigl(\sigma(x_{nc}) - y_{nc}\bigr)

    Args, errors and reference are those of `multilabel_soft_margin_loss`. Returns an array of the
    shape of `input`; with 'mean' each entry is also divided by the number of samples.

    >>> multilabel_soft_margin_loss_grad([[0.0, 0.0]], [[1, 0]])
    array([[-0.25,  0.25]])
    """
    return gradient(_multilabel_soft_margin, reduction, input, target, weight)


FLAGS_TEXT = ": the loss then has no lower bound."


def element_weights(call: Asked, name: str) -> Iterator[Finding]:
    """Weights that do not broadcast to the target: of samples, of channels, of two classes."""
    if name not in call or "target" not in call:
        return
    w, t = call[name], call["target"]
    stretched = broadcast(w.shape, t.shape)
    if stretched is not None and (stretched == t.shape or not t.ndim):
        if w.ndim == 1 and t.ndim == 2 and t.shape[0] == t.shape[1] == w.shape[0] > 1:
            text = (
                f"{name} goes along axis 1 of the target, whose axes are both of length "
                f"{w.shape[0]}: it weights the columns. For the rows it is {name}[:, None]."
            )
            remedy = Remedy(f"{name} is along the rows", {name: "{}[:, None]"}, sure=False)
            yield Finding("note", Stage.OPTIONS, text, (remedy,))
        return
    text = (
        f"{name} has shape {w.shape}. It is stretched to the target's {t.shape} from the last axis "
        "on, and does not fit there."
    )
    if name == "weight" and w.shape == (2,):
        text += " The weight of positive labels is pos_weight, one number for each output."
    if name == "pos_weight" and w.shape == (2,):
        text += (
            " pos_weight weights the positive labels alone, by one number for each output. Two "
            "weights, of no and of yes, become their ratio, pos_weight[1] / pos_weight[0]."
        )
    yield Finding("refused", Stage.OPTIONS, text, tuple(_along_an_axis(w, t, name)))


def _one_weight(call: Asked) -> Iterator[Finding]:
    """A weight of one number, which changes nothing but the step."""
    if "weight" not in call or call["weight"].size != 1 or call["target"].size < 2:
        return
    if call["weight"].low != 1:
        text = (
            f"weight is one number, {number(call['weight'].low)}: it multiplies every loss, of yes "
            "and no alike. The weight of the positive labels is pos_weight."
        )
        yield Finding("note", Stage.OPTIONS, text)


def _along_an_axis(w: Facts, t: Facts, name: str) -> Iterator[Remedy]:
    """A weight of one axis, stretched along the others."""
    if w.ndim != 1:
        return
    for axis, length in enumerate(t.shape[:-1]):
        if length == w.shape[0]:
            what = "sample" if axis == 0 else "channel"
            why = f"{name} has a number for each {what}, along axis {axis} of the target"
            shape = (-1, *(1,) * (t.ndim - 1 - axis))
            code = {name: f"{{}}.view{shape}"}
            # A weight of positive labels is one of classes, never of samples.
            unlikely = axis == 0 and name == "pos_weight"
            cost = 1.0 if unlikely else 0.3
            yield Remedy(why, code, cost=cost, sure=not unlikely, meaning=f"axis {axis}")


def _bce_contract(call: Asked) -> Iterator[Finding]:
    """What BCE asks of its arguments: shares in one floating dtype."""
    yield from _labels_first(call)
    yield from alike(call, ("input", "target"), strict=True, other=False)
    yield from floating_input(call, "input")
    yield from like_dtype(call, "target", "input")
    text = ". The labels are shares, 0 for no and 1 for yes."
    yield from flags(call, text, hard=True)
    yield from _no_probabilities(call)
    yield from element_weights(call, "weight")
    yield from lower_bound(call, "weight")
    yield from _saturated(call)
    yield from _of_softmax(call)
    yield from undecided(call, 0.5)


def undecided(call: Asked, even: float) -> Iterator[Finding]:
    """Inputs that are all `even`, which says yes and no alike."""
    x = call["input"]
    if x.size and x.low == x.high == even:
        text = (
            f"Every input is {number(even)}, which says yes and no alike: minus the log of 0.5 is "
            f"{number(float(np.log(2)))}, as before any training."
        )
        yield Finding("note", Stage.OPTIONS, text)


def _of_softmax(call: Asked) -> Iterator[Finding]:
    """Probabilities of classes that exclude each other, beside one-hot targets."""
    x, t = call["input"], call["target"]
    axis = class_axis(x)
    if x.shape != t.shape or x.ndim < 2 or not t.one_hot(axis) or x.evidence(axis) < STRONG:
        return
    text = (
        f"Over axis {axis} the input adds up to 1, as after a softmax, and the target is one-hot. "
        "This loss asks yes or no of each class on its own, and divides by the classes too."
    )
    why = "the log of the probability of the class is what nll_loss takes"
    edits = {"input": "{}.log()", "target": f"{{}}.argmax({axis})"}
    remedy = Remedy(why, edits, loss="nll_loss", cost=0.4, sure=False, meaning="classes")
    yield Finding("note", Stage.SPACE, text, (remedy,))


def _saturated(call: Asked) -> Iterator[Finding]:
    """Probabilities of exactly 0 or 1, of which a sigmoid has lost all digits."""
    x = call["input"]
    count = x.count(0, 0) + x.count(1, 1)
    if x.low == x.high == 1 and x.size >= 4 and call["target"].varied > 1:
        text = (
            "Every input is exactly 1, as after a softmax over a single output, which is always 1 "
            "and has no gradient. For yes or no take BCEWithLogitsLoss of the output itself."
        )
        yield Finding("mistake", Stage.SPACE, text)
    elif count:
        text = (
            f"{count} of {x.size} inputs are exactly 0 or 1 in {x.dtype}, as a sigmoid that is "
            f"rounded (saturated). Where they are wrong their log is held at {LOG_CLAMP:g}, so "
            f"that each costs {-LOG_CLAMP:g}, where they are right loss and gradient are 0. "
            "BCEWithLogitsLoss takes the logits, and keeps the digits."
        )
        yield Finding("numerics", Stage.OPTIONS, text)


def _no_probabilities(call: Asked) -> Iterator[Finding]:
    """Inputs outside 0 to 1: logits, rounding, or NaN."""
    x = call["input"]
    outside = x.size - x.count(0, 1)
    if not outside:
        return
    if x.nans:
        text = f"input holds NaN in {x.nans} of {x.size} places; it comes from before the loss."
        yield Finding("refused", Stage.SPACE, text)
        return
    text = (
        f"{outside} of {x.size} inputs lie outside 0 to 1, from {number(x.low)} to "
        f"{number(x.high)}. This loss takes probabilities."
    )
    if x.high <= 0 and x.ndim and x.evidence(class_axis(x), True) >= STRONG:
        text += " Their exponentials add up to 1: these are logarithms, of a log_softmax."
        why = "exp makes probabilities of their logarithms"
        remedy = Remedy(why, {"input": "{}.exp()"}, cost=0.3, sure=False, meaning="logs")
        yield Finding("refused", Stage.SPACE, text, (remedy,))
        return
    yield Finding("refused", Stage.SPACE, text, tuple(_from_logits(x)))


def _from_logits(x: Facts) -> Iterator[Remedy]:
    """The loss that takes logits; a clamp where rounding alone has led beyond 0 or 1."""
    if x.low >= -0.01 and x.high <= 1.01:
        why = "the probabilities exceed their range by no more than rounding"
        yield Remedy(why, {"input": "{}.clamp(0, 1)"}, sure=False, meaning="clamp")
        return
    why = "these are logits, and binary_cross_entropy_with_logits applies the sigmoid itself"
    loss = "binary_cross_entropy_with_logits"
    yield Remedy(why, loss=loss, keeps=("weight", "reduction"), meaning="logits")
    why = "sigmoid makes probabilities of logits"
    edit = {"input": "{}.sigmoid()"}
    yield Remedy(why, edit, cost=0.5, sure=False, meaning="logits")


def _labels_first(call: Asked) -> Iterator[Finding]:
    """Labels in the place of the input, and scores in that of the target."""
    x, t = call["input"], call["target"]
    if not (x.size and t.size) or x.values is None or not x.values <= {0.0, 1.0}:
        return
    known = t.values is not None and t.values <= {0.0, 1.0}
    if not x.floating and t.floating and not known:
        text = f"input holds labels, in {x.dtype}, and target numbers of {t.dtype}."
        yield swapped(call, "input", "target", text, sure=False)
    elif (
        x.floating
        and t.floating
        and x.size >= 4
        and len(x.values) == 2
        # What a model predicts is hardly ever exactly 0 or 1.
        and not t.count(0, 0) + t.count(1, 1)
    ):
        text = (
            "input holds nothing but 0 and 1, and target other numbers: the predictions come first,"
            " then the labels."
        )
        kind = swapped(call, "input", "target", text, sure=False)
        yield replace(kind, kind="mistake")


def _bce_with_logits_contract(call: Asked) -> Iterator[Finding]:
    """What BCE with logits asks of its arguments."""
    yield from _labels_first(call)
    yield from alike(call, ("input", "target"), strict=True)
    yield from floating_input(call, "input")
    yield from like_dtype(call, "target", "input", only=False)
    yield from flags(call, FLAGS_TEXT, hard=False)
    yield from element_weights(call, "weight")
    yield from _one_weight(call)
    yield from element_weights(call, "pos_weight")
    yield from lower_bound(call, "pos_weight")
    yield from _upside_down(call)
    yield from lower_bound(call, "weight")
    yield from _activated(call)
    yield from undecided(call, 0.0)


def _upside_down(call: Asked) -> Iterator[Finding]:
    """A weight that makes rare positives count even less."""
    t = call["target"]
    if "pos_weight" not in call or call["pos_weight"].size != 1 or not t.size:
        return
    w, positive = call["pos_weight"].high, t.count(1, 1) / t.size
    if 0 < w < 1 and 0 < positive < 0.25:
        text = (
            f"pos_weight is {number(w)}, and {number(round(100 * positive, 2))} % of the targets "
            "are 1: the rarer label counts even less. The usual weight is negatives / positives, "
            f"here {number(round(1 / positive - 1, 2))}."
        )
        why = "the quotient of the counts is turned round"
        edit = {"pos_weight": "1 / {}"}
        yield Finding("note", Stage.OPTIONS, text, (Remedy(why, edit, sure=False, meaning="1/w"),))


def _activated(call: Asked) -> Iterator[Finding]:
    """Logits that a sigmoid or a ReLU has been applied to."""
    x = call["input"]
    if not x.size or x.nans:
        return
    several = x.varied > 1 and not (x.values is not None and x.values <= {0.0, 1.0})
    if x.low >= 0 and x.high <= 1 and several:
        strong = fills_unit(x)
        if_so = "As these are" if strong else "If these are"
        text = (
            f"Every input lies between 0 and 1. {if_so} probabilities, the sigmoid is applied "
            "twice: this loss takes logits."
        )
        why = "probabilities are what binary_cross_entropy takes"
        loss = "binary_cross_entropy"
        remedy = Remedy(
            why, loss=loss, keeps=("weight", "reduction"), sure=False, meaning="sigmoid"
        )
        remedies = (remedy,) if "pos_weight" not in call else ()
        yield Finding("mistake" if strong else "note", Stage.SPACE, text, remedies)
    else:
        wants = "The probability is never below 0.5; this loss takes logits of either sign."
        yield from rectified(x, "input", wants)


def _soft_margin_contract(call: Asked) -> Iterator[Finding]:
    """What the soft margin loss asks of its arguments."""
    yield from alike(call, ("input", "target"), strict=False)
    yield from floating_input(call, "input")
    yield from signed_dtype(call, "target")
    log_2 = number(float(np.log(2)))
    yield from signs(call, of_zero=f"A target of 0 costs log 2 = {log_2} whatever the input.")
    yield from undecided(call, 0.0)


def _multilabel_soft_margin_contract(call: Asked) -> Iterator[Finding]:
    """What the multi-label soft margin loss asks of its arguments."""
    yield from alike(call, ("input", "target"), strict=False)
    yield from floating_input(call, "input")
    yield from no_booleans(call, "target")
    yield from _class_lists(call)
    yield from flags(call, FLAGS_TEXT, hard=False)
    yield from _activated_labels(call)
    yield from undecided(call, 0.0)


def _class_lists(call: Asked) -> Iterator[Finding]:
    """Rows of class numbers that end in -1, which another loss takes."""
    x, t = call["input"], call["target"]
    fits = x.shape == t.shape and x.ndim and t.size and t.whole
    if fits and t.low == -1 and 1 < t.high < x.shape[-1]:
        text = (
            "The rows of the target hold class numbers, and end in -1. This loss takes a yes or no "
            "for each class, 1 or 0."
        )
        why = "rows of class numbers that end in -1 are what multilabel_margin_loss takes"
        edits = {} if t.dtype == "int64" else {"target": "{}.long()"}
        loss = "multilabel_margin_loss"
        remedy = Remedy(why, edits, loss=loss, cost=0.4, sure=False, meaning="lists")
        yield Finding("mistake", Stage.LABELS, text, (remedy,))


def _activated_labels(call: Asked) -> Iterator[Finding]:
    """The same as for BCE with logits, of which no other loss is the half."""
    for finding in _activated(call):
        why = "logit undoes the sigmoid of the input"
        undo = Remedy(why, {"input": "{}.logit()"}, cost=0.4, sure=False, meaning="sigmoid")
        yield replace(finding, remedies=(undo,) if finding.remedies else ())


LOSSES = (
    Loss(
        "BCELoss",
        binary_cross_entropy,
        binary_cross_entropy_grad,
        _bce,
        chapter="binary/bce",
        formula="-(target·log(input) + (1 - target)·log(1 - input)), each log at least -100",
        options=("weight", "reduction"),
        remarks=_least_cost,
        contract=_bce_contract,
        alike=("input", "target"),
        sheet=Sheet(
            tex=r"-y \log p - (1 - y) \log(1 - p)",
            takes="probabilities; targets from 0 to 1",
            mean="elements, whatever the weights",
            use="yes or no, if the model ends in a sigmoid that must stay",
            axis="p",
            span=(0.002, 0.998),
            curves=(
                lambda p: binary_cross_entropy(p, 1 + 0 * p, reduction="none"),
                lambda p: binary_cross_entropy(p, 0 * p, reduction="none"),
            ),
            names=("target 1", "target 0"),
        ),
    ),
    Loss(
        "BCEWithLogitsLoss",
        binary_cross_entropy_with_logits,
        binary_cross_entropy_with_logits_grad,
        _bce_with_logits,
        chapter="binary/bce_with_logits",
        formula="-(pos_weight·target·log σ(input) + (1 - target)·log σ(-input))",
        options=("weight", "reduction", "pos_weight"),
        remarks=_least_cost,
        contract=_bce_with_logits_contract,
        alike=("input", "target"),
        sheet=Sheet(
            tex=r"-y \log \sigma(x) - (1 - y) \log \sigma(-x)",
            takes="logits; targets from 0 to 1",
            mean="elements, whatever the weights",
            use="yes or no, for one question or for many at once: the usual choice",
            axis="logit",
            span=(-4.0, 4.0),
            curves=(
                lambda x: binary_cross_entropy_with_logits(x, 1 + 0 * x, reduction="none"),
                lambda x: binary_cross_entropy_with_logits(x, 0 * x, reduction="none"),
            ),
            names=("target 1", "target 0"),
        ),
    ),
    Loss(
        "SoftMarginLoss",
        soft_margin_loss,
        soft_margin_loss_grad,
        _soft_margin,
        chapter="binary/soft_margin",
        formula="log(1 + exp(-target·input))",
        remarks=_soft_margin_remarks,
        contract=_soft_margin_contract,
        alike=("input", "target"),
        sheet=Sheet(
            tex=r"\log(1 + e^{-y x})",
            takes="logits; targets 1 and −1",
            mean="elements",
            use="the same as BCEWithLogitsLoss, if your labels are 1 and −1",
            axis="logit",
            span=(-4.0, 4.0),
            curves=(
                lambda x: soft_margin_loss(x, 1 + 0 * x, "none"),
                lambda x: soft_margin_loss(x, 0 * x - 1, "none"),
            ),
            names=("target 1", "target −1"),
        ),
    ),
    Loss(
        "MultiLabelSoftMarginLoss",
        multilabel_soft_margin_loss,
        multilabel_soft_margin_loss_grad,
        _multilabel_soft_margin,
        chapter="binary/multilabel_soft_margin",
        formula="-Σ (target·log σ(input) + (1 - target)·log σ(-input)) / C over the C labels",
        options=("weight", "reduction"),
        remarks=_multilabel_remarks,
        contract=_multilabel_soft_margin_contract,
        alike=("input", "target"),
        sheet=Sheet(
            tex=r"-\frac{1}{C} \sum_c \bigl( y_c \log \sigma(x_c)"
            r" + (1 - y_c) \log \sigma(-x_c) \bigr)",
            takes="logits; targets 0 and 1",
            mean="samples",
            use="several labels at once, and one loss per sample is wanted",
            axis="logit of one label",
            span=(-4.0, 4.0),
            curves=(
                lambda x: multilabel_soft_margin_loss(
                    x[:, None], 1 + 0 * x[:, None], reduction="none"
                ),
                lambda x: multilabel_soft_margin_loss(x[:, None], 0 * x[:, None], reduction="none"),
            ),
            names=("target 1", "target 0"),
        ),
    ),
)
