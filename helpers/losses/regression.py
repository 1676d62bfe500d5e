"""Losses between two arrays of real numbers: L1, MSE, SmoothL1, Huber.

All four are a function of the difference `input - target`, element by element. Arrays of different
shapes broadcast, as in torch, which warns about it; the gradient is added up over the broadcast
axes.
"""

import math
from collections.abc import Callable, Iterator

import numpy as np

from helpers import checks
from helpers.checks import EPSILON
from helpers.findings import Asked, Finding, Remedy, Stage
from helpers.losses.rules import (
    TO_DTYPE,
    alike,
    broadcast,
    floating_input,
    no_booleans,
    one_floating,
)
from helpers.text import number
from helpers.working import (
    Array,
    ArrayLike,
    Columns,
    FloatArray,
    Loss,
    Sheet,
    Working,
    gradient,
    sign_of,
    sum_to_shape,
    value,
)

# The share of the targets' range from which on a step of their dtype is coarse.
COARSE = 0.02


def _operands(
    input: ArrayLike, target: ArrayLike, weight: ArrayLike | None
) -> tuple[FloatArray, FloatArray, FloatArray | None]:
    """The two arrays and the weight as float64, with torch's rules for their shapes."""
    input, target = checks.one_floating(input=input, target=target)
    checks.broadcast(input=input, target=target)
    weight = checks.weights("weight", weight)
    if weight is not None:
        checks.same_shape(input=input, weight=weight)
    return input, target, weight


def _of_difference(
    input: FloatArray,
    target: FloatArray,
    loss: Callable[[FloatArray], FloatArray],
    slope: Callable[[FloatArray], FloatArray],
    branch: Callable[[FloatArray], Array] | None = None,
) -> Working:
    """The working of a loss and its slope, both functions of input - target alone."""
    difference = input - target

    def columns() -> Columns:
        shown = {"input": input, "target": target, "input - target": difference}
        return shown if branch is None else {**shown, "branch": branch(difference)}

    return Working(
        loss(difference),
        columns,
        pullback=lambda scale: sum_to_shape(slope(difference) * scale, input.shape),
    )


def _l1(input: ArrayLike, target: ArrayLike, weight: ArrayLike | None = None) -> Working:
    checks.not_bool(input=input, target=target)
    x, y, w = _operands(input, target, weight)
    return _of_difference(x, y, loss=np.abs, slope=sign_of).weighted(w, True)


def l1_loss(
    input: ArrayLike, target: ArrayLike, reduction: str = "mean", weight: ArrayLike | None = None
) -> float | FloatArray:
    r"""The absolute difference, :math:`\ell_i = w_i\,|x_i - y_i|`.

    'mean' divides by the number of elements, and by :math:`\sum_i w_i` where a weight is given.

    Args:
        input: :math:`x`, the prediction; any shape, floating dtype.
        target: :math:`y`; a shape that broadcasts with that of `input`.
        reduction: 'none', 'mean' or 'sum'.
        weight: :math:`w`; the shape of `input`, or None.

    Returns:
        A float, or for 'none' an array of the broadcast shape.

    Raises:
        TypeError: neither array is floating, one is boolean or complex.
        ValueError: the shapes do not broadcast, `weight` has another shape than `input`, or
            `reduction` is none of the three.

    Reference:
        https://docs.pytorch.org/docs/2.13/generated/torch.nn.L1Loss.html

    >>> l1_loss([1.0, 2.0], [0.0, 4.0])
    1.5
    >>> l1_loss([1.0, 2.0], [0.0, 4.0], weight=[3.0, 1.0])  # (3·1 + 1·2) / (3 + 1)
    1.25
    """
    return value(_l1, reduction, input, target, weight)


def l1_loss_grad(
    input: ArrayLike, target: ArrayLike, reduction: str = "mean", weight: ArrayLike | None = None
) -> FloatArray:
    r"""The gradient of `l1_loss` for `input`: :math:`w_i\,\mathrm{sign}(x_i - y_i)`, 0 at the kink.

    Args, errors and reference are those of `l1_loss`. Returns an array of the shape of `input`;
    with 'mean' each entry is divided by what `l1_loss` divides by.

    >>> l1_loss_grad([1.0, 2.0, 3.0], [0.0, 2.0, 5.0], reduction="sum")
    array([ 1.,  0., -1.])
    """
    return gradient(_l1, reduction, input, target, weight)


def _mse(input: ArrayLike, target: ArrayLike, weight: ArrayLike | None = None) -> Working:
    if weight is not None:
        checks.not_bool(input=input, target=target)
    x, y, w = _operands(input, target, weight)
    return _of_difference(x, y, loss=lambda d: d**2, slope=lambda d: 2 * d).weighted(w, True)


def mse_loss(
    input: ArrayLike, target: ArrayLike, reduction: str = "mean", weight: ArrayLike | None = None
) -> float | FloatArray:
    r"""The squared difference, :math:`\ell_i = w_i\,(x_i - y_i)^2`.

    'mean' divides by the number of elements, and by :math:`\sum_i w_i` where a weight is given.

    Args:
        input: :math:`x`, the prediction; any shape, floating dtype.
        target: :math:`y`; a shape that broadcasts with that of `input`.
        reduction: 'none', 'mean' or 'sum'.
        weight: :math:`w`; the shape of `input`, or None.

    Returns:
        A float, or for 'none' an array of the broadcast shape.

    Raises:
        TypeError: neither array is floating, one is complex, or, with a weight, boolean.
        ValueError: the shapes do not broadcast, `weight` has another shape than `input`, or
            `reduction` is none of the three.

    Reference:
        https://docs.pytorch.org/docs/2.13/generated/torch.nn.MSELoss.html

    >>> mse_loss([1.0, 2.0], [0.0, 4.0])
    2.5
    >>> mse_loss([1.0, 2.0], [0.0, 4.0], reduction="none")
    array([1., 4.])
    """
    return value(_mse, reduction, input, target, weight)


def mse_loss_grad(
    input: ArrayLike, target: ArrayLike, reduction: str = "mean", weight: ArrayLike | None = None
) -> FloatArray:
    r"""The gradient of `mse_loss` for `input`: :math:`2\,w_i\,(x_i - y_i)`.

    Args, errors and reference are those of `mse_loss`. Returns an array of the shape of `input`;
    with 'mean' each entry is divided by what `mse_loss` divides by.

    >>> mse_loss_grad([1.0, 2.0], [0.0, 4.0])
    array([ 1., -2.])
    """
    return gradient(_mse, reduction, input, target, weight)


def _curve(difference: FloatArray, delta: float) -> FloatArray:
    """d²/2 where |d| < δ, else the line δ(|d| - δ/2) that goes on from there with the same slope.

    With c = min(|d|, δ), the part of |d| below δ, both are c·(|d| - c/2).
    """
    size = np.abs(difference)
    curved = np.minimum(size, delta)
    return curved * (size - curved / 2)


def _branch(difference: FloatArray, threshold: float) -> Array:
    """Which of the two formulas each element takes, as a word."""
    return np.where(np.abs(difference) < threshold, "square", "line")


def _smooth_l1(input: ArrayLike, target: ArrayLike, beta: float = 1.0) -> Working:
    beta = checks.number("beta", beta, at_least=0)
    if beta == 0:
        return _l1(input, target)
    x, y, _ = _operands(input, target, None)
    return _of_difference(
        x,
        y,
        loss=lambda d: _curve(d, beta) / beta,
        slope=lambda d: np.clip(d / beta, -1, 1),
        branch=lambda d: _branch(d, beta),
    )


def smooth_l1_loss(
    input: ArrayLike, target: ArrayLike, reduction: str = "mean", beta: float = 1.0
) -> float | FloatArray:
    r"""A square near zero, a line of slope 1 beyond.

    With :math:`d = x - y`: :math:`\ell = d^2 / (2\beta)` where :math:`|d| < \beta`, else
    :math:`\ell = |d| - \beta / 2`. It is Huber's loss divided by :math:`\beta`; with
    :math:`\beta = 0` it is L1.

    Args:
        input: :math:`x`, the prediction; any shape, floating dtype.
        target: :math:`y`; a shape that broadcasts with that of `input`.
        reduction: 'none', 'mean' or 'sum'.
        beta: :math:`\beta \ge 0`, where the square ends, in the units of `input`.

    Returns:
        A float, or for 'none' an array of the broadcast shape.

    Raises:
        TypeError: neither array is floating, one is complex, or `beta` is no number.
        ValueError: the shapes do not broadcast, `beta` is negative or NaN, or `reduction` is none
            of the three.

    Reference:
        Girshick, Fast R-CNN, 2015, https://arxiv.org/abs/1504.08083;
        https://docs.pytorch.org/docs/2.13/generated/torch.nn.SmoothL1Loss.html

    >>> smooth_l1_loss([0.5, 3.0], [0.0, 0.0], reduction="none")  # 0.5²/2 and 3 - 1/2
    array([0.125, 2.5  ])
    """
    return value(_smooth_l1, reduction, input, target, beta)


def smooth_l1_loss_grad(
    input: ArrayLike, target: ArrayLike, reduction: str = "mean", beta: float = 1.0
) -> FloatArray:
    r"""The gradient of `smooth_l1_loss` for `input`: :math:`d / \beta`, held between -1 and 1.

    Args, errors and reference are those of `smooth_l1_loss`. Returns an array of the shape of
    `input`; with 'mean' each entry is divided by the number of elements.

    >>> smooth_l1_loss_grad([0.5, 3.0], [0.0, 0.0], reduction="sum")
    array([0.5, 1. ])
    """
    return gradient(_smooth_l1, reduction, input, target, beta)


def _huber(
    input: ArrayLike, target: ArrayLike, delta: float = 1.0, weight: ArrayLike | None = None
) -> Working:
    checks.floating("input", input)
    delta = checks.number("delta", delta, above=0)
    x, y, w = _operands(input, target, weight)
    return _of_difference(
        x,
        y,
        loss=lambda d: _curve(d, delta),
        slope=lambda d: np.clip(d, -delta, delta),
        branch=lambda d: _branch(d, delta),
    ).weighted(w)


def huber_loss(
    input: ArrayLike,
    target: ArrayLike,
    reduction: str = "mean",
    delta: float = 1.0,
    weight: ArrayLike | None = None,
) -> float | FloatArray:
    r"""A square near zero, a line of slope :math:`\delta` beyond.

    With :math:`d = x - y`: :math:`\ell = w\,d^2 / 2` where :math:`|d| < \delta`, else
    :math:`\ell = w\,\delta\,(|d| - \delta / 2)`. 'mean' divides by the number of elements even
    where a weight is given, unlike `l1_loss` and `mse_loss`.

    Args:
        input: :math:`x`, the prediction; any shape, floating dtype.
        target: :math:`y`; a shape that broadcasts with that of `input`.
        reduction: 'none', 'mean' or 'sum'.
        delta: :math:`\delta > 0`, where the square ends, in the units of `input`.
        weight: :math:`w`; the shape of `input`, or None.

    Returns:
        A float, or for 'none' an array of the broadcast shape.

    Raises:
        TypeError: `input` is not floating, `target` is complex, or `delta` is no number.
        ValueError: the shapes do not broadcast, `delta` is not above 0, `weight` has another shape
            than `input`, or `reduction` is none of the three.

    Reference:
        Huber, Robust Estimation of a Location Parameter, 1964,
        https://doi.org/10.1214/aoms/1177703732;
        https://docs.pytorch.org/docs/2.13/generated/torch.nn.HuberLoss.html

    >>> huber_loss([0.5, 3.0], [0.0, 0.0], reduction="none", delta=2.0)  # 0.5²/2 and 2·(3 - 1)
    array([0.125, 4.   ])
    """
    return value(_huber, reduction, input, target, delta, weight)


def huber_loss_grad(
    input: ArrayLike,
    target: ArrayLike,
    reduction: str = "mean",
    delta: float = 1.0,
    weight: ArrayLike | None = None,
) -> FloatArray:
    r"""The gradient of `huber_loss` for `input`: :math:`w\,d`, held between :math:`\pm w\,\delta`.

    Args, errors and reference are those of `huber_loss`. Returns an array of the shape of `input`;
    with 'mean' each entry is divided by the number of elements.

    >>> huber_loss_grad([0.5, 3.0], [0.0, 0.0], reduction="sum", delta=2.0)
    array([0.5, 2. ])
    """
    return gradient(_huber, reduction, input, target, delta, weight)


def _contract(call: Asked, booleans: bool = False) -> Iterator[Finding]:
    """What the losses of a difference ask of their arguments."""
    x = call["input"]
    yield from alike(call, ("input", "target"), strict=False)
    if not booleans:
        yield from no_booleans(call, "input", "target")
    yield from one_floating(call, "input", "target")
    if "weight" in call and call["weight"].shape != x.shape:
        yield from _weight_shape(call)
    yield from _coarse(call)


def _weight_shape(call: Asked) -> Iterator[Finding]:
    """A weight that is not one for each element."""
    w, x = call["weight"], call["input"]
    text = f"weight has shape {w.shape}. It is one for each element of input, {x.shape}."
    if broadcast(w.shape, x.shape) == x.shape:
        remedy = Remedy(
            "weight is stretched to the shape of input", {"weight": f"{{}}.expand{x.shape}"}
        )
        yield Finding("refused", Stage.OPTIONS, text, (remedy,))
    else:
        yield Finding("refused", Stage.OPTIONS, text)


def _coarse(call: Asked) -> Iterator[Finding]:
    """Half precision whose steps are not small beside the targets' range."""
    t = call["target"]
    if t.dtype not in TO_DTYPE or t.size < 2 or not math.isfinite(t.high - t.low):
        return
    largest = max(abs(t.low), abs(t.high))
    step = EPSILON[t.dtype] * 2.0 ** math.floor(math.log2(largest)) if largest else 0.0
    if step > COARSE * (t.high - t.low) > 0:
        text = (
            f"Near {number(largest)} {t.dtype} has steps of {number(step)}, and the targets go "
            f"from {number(t.low)} to {number(t.high)}: smaller differences are lost before the "
            "loss. Subtract their mean first, or keep inputs and targets in float32."
        )
        yield Finding("numerics", Stage.DTYPE, text)


def _mse_contract(call: Asked) -> Iterator[Finding]:
    yield from _contract(call, booleans="weight" not in call)


def _smooth_l1_contract(call: Asked) -> Iterator[Finding]:
    """As the others, and beta."""
    yield from _contract(call, booleans=call.options["beta"] != 0)
    if call.options["beta"] < 0:
        text = f"beta is {number(call.options['beta'])}. It is where the square ends, 0 or more."
        remedy = Remedy("beta is positive", {}, {"beta": -call.options["beta"]}, sure=False)
        yield Finding("refused", Stage.OPTIONS, text, (remedy,))
    elif call.options["beta"] == 0:
        text = "beta is 0: no square is left, and the loss is that of l1_loss."
        yield Finding("note", Stage.OPTIONS, text)


def _huber_contract(call: Asked) -> Iterator[Finding]:
    """As the others, and delta."""
    yield from _contract(call, booleans=True)
    yield from floating_input(call, "input")
    x, t = call["input"], call["target"]
    if x.floating and t.floating and x.dtype != t.dtype:
        text = f"target has dtype {t.dtype} and input {x.dtype}: torch 2.13 computes this loss, and"
        why = f"target gets the dtype of input, {x.dtype}"
        remedy = Remedy(why, {"target": "{}" + TO_DTYPE[x.dtype]}, sure=False, meaning="dtype")
        yield Finding("note", Stage.DTYPE, f"{text} its backward() refuses them.", (remedy,))
    delta = call.options["delta"]
    if delta <= 0:
        text = f"delta is {number(delta)}. It is where the square ends, above 0."
        if delta == 0:
            why = "with a square of no width there is the line alone, as in l1_loss"
            remedy = Remedy(why, loss="l1_loss", cost=0.5, sure=False, meaning="l1")
        else:
            why = "delta is positive"
            remedy = Remedy(why, {}, {"delta": -delta}, cost=0.5, sure=False, meaning="sign")
        why = "delta goes back to its default, 1"
        default = Remedy(why, {}, {"delta": None}, cost=0.6, sure=False, meaning="default")
        yield Finding("refused", Stage.OPTIONS, text, (remedy, default))
    elif delta != 1:
        times = number(delta)
        text = f"The loss is {times} times that of smooth_l1_loss with beta = {times}."
        yield Finding("note", Stage.OPTIONS, text)


LOSSES = (
    Loss(
        "L1Loss",
        l1_loss,
        l1_loss_grad,
        _l1,
        chapter="regression/l1",
        formula="|input - target|",
        contract=_contract,
        alike=("input", "target"),
        sheet=Sheet(
            tex=r"\lvert x - y \rvert",
            takes="numbers",
            mean="elements; with a `weight` in `F.l1_loss`, its sum",
            use="numbers, of which a few may be far off; it finds the median",
            axis="error",
            span=(-3.0, 3.0),
            curves=(lambda d: l1_loss(d, 0 * d, "none"),),
        ),
    ),
    Loss(
        "MSELoss",
        mse_loss,
        mse_loss_grad,
        _mse,
        chapter="regression/mse",
        formula="(input - target)²",
        contract=_mse_contract,
        alike=("input", "target"),
        sheet=Sheet(
            tex=r"(x - y)^2",
            takes="numbers",
            mean="elements; with a `weight` in `F.mse_loss`, its sum",
            use="numbers whose errors are all of about one size; it finds the mean",
            axis="error",
            span=(-3.0, 3.0),
            curves=(lambda d: mse_loss(d, 0 * d, "none"),),
        ),
    ),
    Loss(
        "SmoothL1Loss",
        smooth_l1_loss,
        smooth_l1_loss_grad,
        _smooth_l1,
        chapter="regression/smooth_l1",
        formula="d²/(2·beta) where |d| < beta, else |d| - beta/2, with d = input - target",
        options=("reduction", "beta"),
        contract=_smooth_l1_contract,
        alike=("input", "target"),
        sheet=Sheet(
            tex=r"\begin{cases} d^2 / 2\beta & \lvert d \rvert < \beta \\ "
            r"\lvert d \rvert - \beta / 2 & \text{else} \end{cases} \quad d = x - y",
            takes="numbers",
            mean="elements",
            use="outliers, and steps that shrink near the target; slope at most 1",
            axis="error",
            span=(-3.0, 3.0),
            curves=(lambda d: smooth_l1_loss(d, 0 * d, "none"),),
        ),
    ),
    Loss(
        "HuberLoss",
        huber_loss,
        huber_loss_grad,
        _huber,
        chapter="regression/smooth_l1",
        formula="d²/2 where |d| < delta, else delta·(|d| - delta/2), with d = input - target",
        options=("reduction", "delta"),
        contract=_huber_contract,
        alike=("input", "target"),
        sheet=Sheet(
            tex=r"\begin{cases} d^2 / 2 & \lvert d \rvert < \delta \\ "
            r"\delta \, (\lvert d \rvert - \delta / 2) & \text{else} \end{cases} \quad d = x - y",
            takes="numbers",
            mean="elements",
            use="the same; slope at most `delta`",
            axis="error",
            span=(-3.0, 3.0),
            curves=(
                lambda d: huber_loss(d, 0 * d, "none"),
                lambda d: huber_loss(d, 0 * d, "none", delta=2.0),
            ),
            names=("delta 1", "delta 2"),
        ),
    ),
)
