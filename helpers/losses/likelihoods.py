"""Likelihoods of real targets and of counts: Gaussian and Poisson negative log-likelihood."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from helpers import checks
from helpers.findings import Asked, Facts, Finding, Remedy, Stage
from helpers.losses.rules import MANY, alike, broadcast, no_booleans, one_floating
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
    gradient,
    gradients,
    sum_to_shape,
    value,
)

# The constant of the normal density, and of Stirling's formula.
LOG_2_PI = math.log(2 * math.pi)


def _fits(variance: FloatArray, input: FloatArray) -> bool:
    """Whether a variance has the shape of the input, or that with one axis of length 1."""
    if variance.shape == input.shape:
        return True
    pairs = zip(input.shape, variance.shape, strict=False)
    # Of the axes that differ, the lengths add up to 1 where it is one of length 1.
    return variance.ndim == input.ndim and sum(n for of_x, n in pairs if n != of_x) == 1


def _of_input(var: ArrayLike, input: FloatArray) -> FloatArray:
    """A variance that is an array, of a shape that broadcasts with the input's."""
    variance = checks.floating("var", var)
    if variance.shape == input.shape[:-1] and input.ndim:
        return variance[..., None]
    if not _fits(variance, input):
        expected = (
            f"the shape of input, {input.shape}, that without its last axis, or one axis "
            "of length 1 (use .expand)"
        )
        checks.refuse("var", expected, f"shape {variance.shape}")
    return variance


def _variance(var: ArrayLike, input: FloatArray) -> FloatArray:
    """The variance as float64, as torch takes it: an array for the input, or a float."""
    if not isinstance(var, float) and np.ndim(var) == 0 and not hasattr(var, "dtype"):
        checks.refuse("var", "an array or a float", checks.describe(var), TypeError)
    variance = np.asarray(var, np.float64) if isinstance(var, float) else _of_input(var, input)
    negative = variance < 0
    if negative.any():
        checks.refuse("var", "no negative variance", f"{variance[negative].flat[0]:g}")
    return variance


def _gaussian_operands(
    input: ArrayLike, target: ArrayLike, var: ArrayLike, eps: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The mean, the target and the variance of at least eps, of shapes that broadcast."""
    checks.not_bool(input=input, target=target)
    x, y = checks.one_floating(input=input, target=target)
    v = np.maximum(_variance(var, x), checks.number("eps", eps))
    checks.broadcast(input=x, target=y, var=v)
    return x, y, v


def _gaussian_nll(
    input: ArrayLike, target: ArrayLike, var: ArrayLike, full: bool = False, eps: float = 1e-6
) -> Working:
    x, y, v = _gaussian_operands(input, target, var, eps)
    constant = LOG_2_PI / 2 if checks.flag("full", full) else 0.0
    difference = x - y
    log, square = np.log(v), difference**2 / v
    loss = (log + square) / 2 + constant

    def columns() -> Columns:
        shown = {"input": x, "target": y, "input - target": difference, "var, at least eps": v}
        return {**shown, "log(var)": log, "(input - target)²/var": square}

    def pullback(scale: Any) -> tuple[FloatArray, FloatArray]:
        scale = np.broadcast_to(scale, loss.shape)
        for_input = sum_to_shape(difference / v * scale, x.shape)
        # Where a variance counts for several losses, their parts are summed before it divides them.
        ones, squares = sum_to_shape(scale, v.shape), sum_to_shape(square * scale, v.shape)
        for_var = np.asarray((ones / v - squares / v) / 2)
        return for_input, for_var.reshape(checks.shape("var", var))

    return Working(loss, columns, pullback, magnitude=lambda: (np.abs(log) + square) / 2 + constant)


def gaussian_nll_loss(
    input: ArrayLike,
    target: ArrayLike,
    var: ArrayLike,
    full: bool = False,
    eps: float = 1e-6,
    reduction: str = "mean",
) -> float | FloatArray:
    r"""How unlikely the target is under a normal distribution with a predicted mean and variance.

    .. math:: \ell = \frac{1}{2} \Bigl(\log v + \frac{(x - y)^2}{v}\Bigr) + c, \qquad
              v = \max(\mathrm{var}, \epsilon)

    With `full` :math:`c = \frac{1}{2} \log 2\pi`, which makes it the negative logarithm of the
    density, else 0.

    Args:
        input: :math:`x`, the mean; any shape, real numbers.
        target: :math:`y`; a shape that broadcasts with that of `input`; one of the two has a
            floating dtype.
        var: the variance (not the standard deviation), at least 0; the shape of `input`, that
            without its last axis, or that with one axis of length 1, floating dtype; or a float.
        full: whether the constant is added.
        eps: :math:`\epsilon`, the least variance that counts; any number.
        reduction: 'none', 'mean' (divides by the number of elements) or 'sum'.

    Returns:
        A float, or for 'none' an array of the broadcast shape.

    Raises:
        TypeError: `var` is not floating (torch takes integers with an integer `eps`), neither
            `input` nor `target` is (torch takes two integer ones too, and subtracts them as
            integers), one is boolean or complex, `eps` is no number, or `full` is no bool.
        ValueError: `var` has another shape or a negative element, the shapes do not broadcast,
            `eps` is NaN, or `reduction` is none of the three.

    Reference:
        Nix and Weigend, Estimating the Mean and Variance of the Target Probability Distribution,
        1994, https://doi.org/10.1109/ICNN.1994.374138;
        https://docs.pytorch.org/docs/2.13/generated/torch.nn.GaussianNLLLoss.html

    >>> gaussian_nll_loss([1.0, 1.0], [1.0, 4.0], [1.0, 1.0], reduction="none")
    array([0. , 4.5])
    >>> gaussian_nll_loss([1.0, 1.0], [1.0, 4.0], 9.0, reduction="none")  # log 3, and 9/9/2 more
    array([1.09861229, 1.59861229])
    """
    return value(_gaussian_nll, reduction, input, target, var, full, eps)


def gaussian_nll_loss_grad(
    input: ArrayLike,
    target: ArrayLike,
    var: ArrayLike,
    full: bool = False,
    eps: float = 1e-6,
    reduction: str = "mean",
) -> tuple[FloatArray, FloatArray]:
    r"""The gradients of `gaussian_nll_loss` for `input` and `var`.

    .. math:: \frac{\partial \ell}{\partial x} = \frac{x - y}{v}, \qquad
              \frac{\partial \ell}{\partial v} = \frac{1}{2v} - \frac{(x - y)^2}{2v^2}

    As in torch, a variance below eps keeps the derivative at eps, though the loss does not change
    there.

    Args, errors and reference are those of `gaussian_nll_loss`. Returns a tuple of two arrays, of
    the shapes of `input` and `var`; with 'mean' each entry is divided by the number of losses.

    >>> gaussian_nll_loss_grad([1.0, 1.0], [1.0, 4.0], [1.0, 9.0], reduction="sum")
    (array([ 0.        , -0.33333333]), array([0.5, 0. ]))
    """
    for_input, for_var = gradients(_gaussian_nll, reduction, input, target, var, full, eps)
    return for_input, for_var


def _gaussian_nll_remarks(call: Call) -> Iterator[Remark]:
    eps = call.options["eps"]
    yield from counted(
        "numerics",
        call.inputs["var"] < eps,
        f"variances are below eps = {number(eps)}, and count as eps. Their gradient is the one at "
        "eps, though the loss does not change there.",
    )
    if call.options["full"]:
        yield Remark("note", f"full adds log(2π)/2 = {number(LOG_2_PI / 2)} to every loss.")
    negative = call.working.loss < 0
    what = "losses are below 0: a density may exceed 1."
    if not call.options["full"]:
        what = "losses are below 0: a density may exceed 1, and log(2π)/2 is left out without full."
    yield from counted("note", negative, what)


def _stirling(target: FloatArray) -> FloatArray:
    """log(target!) by Stirling's formula, where the target is above 1; else 0, as in torch."""
    log = np.log(target)
    approximation = target * log - target + (LOG_2_PI + log) / 2
    return np.where(target <= 1, 0.0, approximation)


def _poisson_operands(
    input: ArrayLike, target: ArrayLike, log_input: bool, full: bool
) -> tuple[FloatArray, FloatArray]:
    """The rate, or its logarithm, and the counts, of shapes that broadcast."""
    full = checks.flag("full", full)
    if not checks.flag("log_input", log_input):
        checks.not_bool(input=input)
    if full:
        checks.not_bool(target=target)
    x, t = checks.one_floating(input=input, target=target)
    checks.broadcast(input=x, target=t)
    return x, t


def _poisson_magnitude(
    rate: FloatArray, t: FloatArray, log_rate: FloatArray, constant: FloatArray | None
) -> FloatArray:
    """How large the numbers are that add up; Stirling's t log t - t may cancel to little."""
    size = np.abs(rate) + np.abs(t * log_rate)
    return size if constant is None else size + np.abs(constant) + 2 * np.abs(t)


def _poisson_nll(
    input: ArrayLike,
    target: ArrayLike,
    log_input: bool = True,
    full: bool = False,
    eps: float = 1e-8,
) -> Working:
    eps = checks.number("eps", eps)
    x, t = _poisson_operands(input, target, log_input, full)
    rate, log_rate = (np.exp(x), x) if log_input else (x, np.log(x + eps))
    constant = _stirling(t) if full else None
    loss = rate - t * log_rate
    # A rate is rounded as eps is added to it: its logarithm, by as much as 1 is.
    from_log = 0.0 if log_input else np.abs(t)

    def columns() -> Columns:
        worked_out = {"exp(input)": rate} if log_input else {"log(input + eps)": log_rate}
        shown = {"input": x, "target": t, **worked_out}
        return shown if constant is None else {**shown, "Stirling's log(target!)": constant}

    def pullback(scale: Any) -> FloatArray:
        slope = rate - t if log_input else 1 - t / (x + eps)
        return sum_to_shape(slope * scale, x.shape)

    return Working(
        loss if constant is None else loss + constant,
        columns,
        pullback,
        magnitude=lambda: _poisson_magnitude(rate, t, log_rate, constant) + from_log,
    )


def poisson_nll_loss(
    input: ArrayLike,
    target: ArrayLike,
    log_input: bool = True,
    full: bool = False,
    eps: float = 1e-8,
    reduction: str = "mean",
) -> float | FloatArray:
    r"""How unlikely a count is under a Poisson distribution with a predicted rate.

    .. math:: \ell = e^{x} - t\,x + c, \qquad
              \text{without log\_input}\quad \ell = x - t\,\log(x + \epsilon) + c

    With `full` :math:`c = t \log t - t + \frac{1}{2} \log 2\pi t` where :math:`t > 1`, which is
    nearly :math:`\log t!`, else 0. Without it the loss may be negative.

    Args:
        input: :math:`x`, the logarithm of the rate, or without `log_input` the rate; any shape,
            real numbers.
        target: :math:`t`, the counts; a shape that broadcasts with that of `input`; one of the two
            has a floating dtype.
        log_input: whether `input` holds logarithms.
        full: whether Stirling's approximation of the constant is added.
        eps: added to a rate before its logarithm is taken; any number.
        reduction: 'none', 'mean' (divides by the number of elements) or 'sum'.

    Returns:
        A float, or for 'none' an array of the broadcast shape.

    Raises:
        TypeError: neither array is floating (torch takes two integer ones too, and multiplies them
            as integers), one is complex, a rate is boolean, or with `full` a target; `eps` is no
            number, or `log_input` or `full` is no bool.
        ValueError: the shapes do not broadcast, `eps` is NaN, or `reduction` is none of the three.

    Reference:
        https://docs.pytorch.org/docs/2.13/generated/torch.nn.PoissonNLLLoss.html

    >>> poisson_nll_loss([0.0], [3.0])  # a rate of 1: 1 - 3·0
    1.0
    >>> round(poisson_nll_loss([3.0], [5.0], log_input=False, full=True), 6)
    2.277786
    """
    return value(_poisson_nll, reduction, input, target, log_input, full, eps)


def poisson_nll_loss_grad(
    input: ArrayLike,
    target: ArrayLike,
    log_input: bool = True,
    full: bool = False,
    eps: float = 1e-8,
    reduction: str = "mean",
) -> FloatArray:
    r"""The gradient of `poisson_nll_loss` for `input`: :math:`e^{x} - t`.

    Without `log_input` it is :math:`1 - t / (x + \epsilon)`.

    Args, errors and reference are those of `poisson_nll_loss`. Returns an array of the shape of
    `input`; with 'mean' each entry is divided by the number of losses.

    >>> poisson_nll_loss_grad([0.0], [3.0])
    array([-2.])
    >>> poisson_nll_loss_grad([4.0], [3.0], log_input=False, eps=0.0)
    array([0.25])
    """
    return gradient(_poisson_nll, reduction, input, target, log_input, full, eps)


def _poisson_nll_remarks(call: Call) -> Iterator[Remark]:
    if not call.options["full"]:
        yield from counted(
            "note",
            call.working.loss < 0,
            "losses are below 0: without full, log(target!) is left out.",
        )
    else:
        t = call.inputs["target"]
        what = "targets are 0 or 1, to which full adds nothing: log(0!) = log(1!) = 0."
        yield from counted("note", (t >= 0) & (t <= 1), what)
        larger = np.unique(t[t > 1])
        if larger.size:
            least = float(larger[0])
            added, exact = number(float(_stirling(np.array(least)))), number(math.lgamma(least + 1))
            text = "full adds Stirling's approximation of log(target!)"
            yield Remark("note", f"{text}: for {number(least)} it is {added}, and exactly {exact}.")


def _gaussian_contract(call: Asked) -> Iterator[Finding]:
    """What the Gaussian likelihood asks of its arguments."""
    yield from alike(call, ("input", "target"), strict=False)
    yield from no_booleans(call, "input", "target")
    yield from one_floating(call, "input", "target")
    if "var" not in call:
        yield from _var_number(call)
        return
    yield from _var_shape(call["input"], call["var"])
    v = call["var"]
    if v.low < 0:
        negative = v.count(-math.inf, 0) - v.count(0, 0)
        text = f"{negative} of {v.size} variances are below 0, the smallest is {number(v.low)}."
        why = (
            "exp makes variances of their logarithms; if more uses var, let the model return it so"
        )
        remedies = [Remedy(why, {"var": "{}.exp()"}, cost=0.5, sure=False, meaning="log")]
        if call["target"].low > 0 and call["target"].shape == v.shape:
            text += " All targets are above 0: the order is input, target, var."
            why, swap = "target and var change places", ("target", "var")
            remedies.insert(0, Remedy(why, swap=swap, cost=0.4, sure=False, meaning="swap"))
        yield Finding("refused", Stage.SPACE, text, tuple(remedies))


def _var_number(call: Asked) -> Iterator[Finding]:
    """A variance that is a whole number, where torch takes a float or a tensor."""
    var = call.plain("var")
    if isinstance(var, int) and not isinstance(var, bool):
        text = f"var is the int {var}. torch takes a float or a tensor."
        remedy = Remedy("a whole number becomes a float", {"var": "float({})"})
        yield Finding("refused", Stage.DTYPE, text, (remedy,))


def _var_shape(x: Facts, v: Facts) -> Iterator[Finding]:
    """A variance whose shape torch does not take, though it may broadcast."""
    whole, without_last = v.shape == x.shape, v.shape == x.shape[:-1]
    ones = [i for i, (a, b) in enumerate(zip(v.shape, x.shape, strict=False)) if a != b]
    one = v.ndim == x.ndim and len(ones) == 1 and v.shape[ones[0]] == 1
    if whole or without_last or one:
        return
    text = (
        f"var has shape {v.shape}. torch takes that of input, {x.shape}, the same without the last "
        "axis, or with a single axis of length 1."
    )
    remedies = []
    if broadcast(v.shape, x.shape) == x.shape:
        why = "var is stretched to the shape of input, which torch does not do itself"
        remedies.append(Remedy(why, {"var": f"{{}}.expand{_tuple(x.shape)}"}, meaning="last"))
    if v.ndim == 1 and x.ndim > 1:
        for axis, length in enumerate(x.shape[:-1]):
            if length == v.shape[0]:
                shape = (-1, *(1,) * (x.ndim - 1 - axis))
                why = f"var has a number for each entry of axis {axis} of input"
                code = {"var": f"{{}}.view{shape}.expand{_tuple(x.shape)}"}
                remedies.append(Remedy(why, code, cost=0.5, sure=False, meaning=f"axis {axis}"))
    yield Finding("refused", Stage.SHAPE, text, tuple(remedies))


def _tuple(shape: tuple[int, ...]) -> str:
    return f"({', '.join(map(str, shape))})"


def _poisson_contract(call: Asked) -> Iterator[Finding]:
    """What the Poisson likelihood asks of its arguments."""
    yield from alike(call, ("input", "target"), strict=False, other=False)
    if not call.options["log_input"]:
        yield from no_booleans(call, "input")
    yield from one_floating(call, "input", "target")
    x, t = call["input"], call["target"]
    below = t.count(-math.inf, 0) - t.count(0, 0)
    if below:
        text = f"{below} of {t.size} targets are below 0. This loss takes counts."
        yield Finding("mistake", Stage.LABELS, text)
    below = x.count(-math.inf, 0) - x.count(0, 0)
    if below and not call.options["log_input"]:
        text = f"{below} of {x.size} inputs are below 0. A rate is not."
        why = "numbers of either sign are logarithms of rates"
        remedy = Remedy(why, {}, {"log_input": True}, cost=0.4, sure=False, meaning="log")
        yield Finding("mistake", Stage.SPACE, text, (remedy,))
    if call.options["log_input"] and x.low >= 0 and x.size >= MANY and x.varied > 1:
        text = (
            "No input is below 0. With log_input=True the input is the logarithm of a rate, and "
            "all rates are 1 or more. If it is the rate itself, as of a softplus, log_input is "
            "False."
        )
        why = "numbers above 0 are rates"
        remedy = Remedy(why, {}, {"log_input": False}, sure=False, meaning="rate")
        yield Finding("note", Stage.SPACE, text, (remedy,))


LOSSES = (
    Loss(
        "GaussianNLLLoss",
        gaussian_nll_loss,
        gaussian_nll_loss_grad,
        _gaussian_nll,
        chapter="distribution/gaussian_nll",
        formula="(log(var) + (input - target)²/var)/2, with var at least eps",
        inputs=("input", "target", "var"),
        options=("full", "eps", "reduction"),
        remarks=_gaussian_nll_remarks,
        contract=_gaussian_contract,
        alike=("input", "target"),
        numbers_allowed=("var",),
        functions_of=("input", "target", "var"),
        sheet=Sheet(
            tex=r"\tfrac{1}{2} \bigl( \log v + (x - y)^2 / v \bigr)",
            takes="a mean and a variance; numbers",
            mean="elements",
            use="a number together with how sure the model is",
            axis="variance, for an error of 1",
            span=(0.12, 4.0),
            curves=(lambda v: gaussian_nll_loss(0 * v, 1 + 0 * v, v, reduction="none"),),
        ),
    ),
    Loss(
        "PoissonNLLLoss",
        poisson_nll_loss,
        poisson_nll_loss_grad,
        _poisson_nll,
        chapter="distribution/poisson_nll",
        formula="exp(input) - target·input; without log_input input - target·log(input + eps)",
        options=("log_input", "full", "eps", "reduction"),
        remarks=_poisson_nll_remarks,
        contract=_poisson_contract,
        alike=("input", "target"),
        functions_of=("input", "target"),
        sheet=Sheet(
            tex=r"e^x - y x",
            takes="the logarithm of a rate; counts",
            mean="elements",
            use="counts: how often something happens",
            axis="log of the rate, for counts of 2 and 0",
            span=(-2.0, 2.0),
            curves=(
                lambda x: poisson_nll_loss(x, 2 + 0 * x, reduction="none"),
                lambda x: poisson_nll_loss(x, 0 * x, reduction="none"),
            ),
            names=("count 2", "count 0"),
        ),
    ),
)
