"""Losses of distributions: Kullback-Leibler divergence, Gaussian and Poisson likelihood."""

import math

import numpy as np

from helpers import checks
from helpers.reduction import Divisor, Terms, ieee, sum_to_shape


@ieee
def kl_div_terms(input, target, log_target=False):
    """The working of `kl_div`, before the reduction."""
    input, target = checks.floating("input", input), checks.floating("target", target)
    checks.broadcast(input=input, target=target)
    if checks.flag("log_target", log_target):
        columns = {"input": input, "target": target, "exp(target)": np.exp(target)}
        loss = columns["exp(target)"] * (target - input)
    else:
        log = np.log(target)
        # 0 · log 0 counts as 0, as everywhere in information theory.
        entropy_part = np.where(target == 0, 0.0, target * log)
        columns = {"input": input, "target": target, "log(target)": log}
        loss = entropy_part - target * input
    # An input without dimensions counts as one sample.
    samples = float(input.shape[0]) if input.ndim else 1.0
    divisors = {
        "mean": Divisor(float(loss.size), "number of elements, not of samples"),
        "batchmean": Divisor(samples, "number of samples"),
    }
    return Terms(columns, loss, divisors)


def kl_div(input, target, reduction="mean", log_target=False):
    r"""The Kullback-Leibler divergence of the target from the input, element by element.

    .. math:: \ell = t\,(\log t - x), \qquad
              \text{with log\_target}\quad \ell = e^{t}\,(t - x)

    The input holds log-probabilities, the target probabilities. Where each row of both adds up to
    1, the sum over a row is :math:`\mathrm{KL}(\text{target} \,\|\, \text{input})`.

    Args:
        input: :math:`x`, log-probabilities; any shape, floating dtype.
        target: :math:`t`, probabilities (with `log_target` their logarithms); a shape that
            broadcasts with that of `input`, floating dtype.
        reduction: 'none', 'mean' (divides by the number of elements), 'batchmean' (divides by the
            length of axis 0 of `input`, which gives the divergence) or 'sum'.
        log_target: whether `target` holds logarithms.

    Returns:
        A float, or for 'none' an array of the broadcast shape.

    Raises:
        TypeError: a dtype is not floating, or `log_target` is no bool.
        ValueError: the shapes do not broadcast, or `reduction` is none of the four.

    Reference:
        Kullback and Leibler, On Information and Sufficiency, 1951,
        https://doi.org/10.1214/aoms/1177729694;
        https://docs.pytorch.org/docs/2.13/generated/torch.nn.KLDivLoss.html

    >>> log_q, p = np.log([[0.5, 0.5]]), [[0.9, 0.1]]
    >>> round(kl_div(log_q, p, reduction="batchmean"), 6)  # 0.9·log 1.8 + 0.1·log 0.2
    0.368064
    """
    return kl_div_terms(input, target, log_target).reduce(reduction)


@ieee
def kl_div_grad(input, target, reduction="mean", log_target=False):
    r"""The gradient of `kl_div` for `input`: :math:`-t`, with `log_target` :math:`-e^{t}`.

    Args, errors and reference are those of `kl_div`. Returns an array of the shape of `input`; with
    'mean' and 'batchmean' each entry is divided by what `kl_div` divides by.

    >>> kl_div_grad(np.log([[0.5, 0.5]]), [[0.9, 0.1]], reduction="batchmean")
    array([[-0.9, -0.1]])
    """
    terms = kl_div_terms(input, target, log_target)
    slope = -terms.columns.get("exp(target)", terms.columns["target"])
    slope = np.broadcast_to(slope, terms.loss.shape) * terms.scale(reduction)
    return sum_to_shape(slope, terms.columns["input"].shape)


def _variance(input, var):
    """The variance as float64, of a shape that broadcasts with the input's; as torch takes it.

    torch takes the shape of the input, that without its last axis, or one axis of length 1.
    """
    if isinstance(var, float):
        variance = np.asarray(var, dtype=np.float64)
    else:
        if np.ndim(var) == 0 and not hasattr(var, "dtype"):
            checks.refuse("var", "an array or a float", checks.describe(var), TypeError)
        variance = checks.floating("var", var)
        if variance.shape == input.shape[:-1] and input.ndim:
            variance = variance[..., None]
        elif variance.shape != input.shape:
            pairs = zip(input.shape, variance.shape, strict=False)
            stretched = sum(size for length, size in pairs if size != length)
            if variance.ndim != input.ndim or stretched != 1:
                expected = (
                    f"the shape of input, {input.shape}, that without its last axis, or one axis "
                    "of length 1 (use .expand)"
                )
                checks.refuse("var", expected, f"shape {variance.shape}")
    negative = variance < 0
    if negative.any():
        checks.refuse("var", "no negative variance", f"{variance[negative].flat[0]:g}")
    return variance


@ieee
def gaussian_nll_loss_terms(input, target, var, full=False, eps=1e-6):
    """The working of `gaussian_nll_loss`, before the reduction."""
    checks.not_bool(input=input, target=target)
    input, target = checks.one_floating(input=input, target=target)
    variance = np.maximum(_variance(input, var), checks.number("eps", eps))
    checks.broadcast(input=input, target=target, var=variance)
    difference = input - target
    log, square = np.log(variance), difference**2 / variance
    columns = {
        "input": input,
        "target": target,
        "input - target": difference,
        "var, at least eps": variance,
        "log(var)": log,
        "(input - target)²/var": square,
    }
    loss = (log + square) / 2
    if checks.flag("full", full):
        loss += math.log(2 * math.pi) / 2
    return Terms(columns, loss)


def gaussian_nll_loss(input, target, var, full=False, eps=1e-6, reduction="mean"):
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
    return gaussian_nll_loss_terms(input, target, var, full, eps).reduce(reduction)


@ieee
def gaussian_nll_loss_grad(input, target, var, full=False, eps=1e-6, reduction="mean"):
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
    terms = gaussian_nll_loss_terms(input, target, var, full, eps)
    variance, shape = terms.columns["var, at least eps"], terms.loss.shape
    scale = np.broadcast_to(terms.scale(reduction), shape)
    for_input = terms.columns["input - target"] / variance * scale
    # Where a variance counts for several losses, their parts are summed before it divides them.
    square = terms.columns["(input - target)²/var"] * scale
    ones, squares = (sum_to_shape(part, variance.shape) for part in (scale, square))
    for_var = np.asarray((ones / variance - squares / variance) / 2)
    return (
        sum_to_shape(for_input, terms.columns["input"].shape),
        for_var.reshape(checks.shape("var", var)),
    )


def _stirling(target):
    """log(target!) by Stirling's formula, where the target is above 1; else 0, as in torch."""
    log = np.log(target)
    approximation = target * log - target + (math.log(2 * math.pi) + log) / 2
    return np.where(target <= 1, 0.0, approximation)


@ieee
def poisson_nll_loss_terms(input, target, log_input=True, full=False, eps=1e-8):
    """The working of `poisson_nll_loss`, before the reduction."""
    eps, full = checks.number("eps", eps), checks.flag("full", full)
    if not checks.flag("log_input", log_input):
        checks.not_bool(input=input)
    if full:
        checks.not_bool(target=target)
    input, target = checks.one_floating(input=input, target=target)
    checks.broadcast(input=input, target=target)
    columns = {"input": input, "target": target}
    if log_input:
        columns["exp(input)"] = np.exp(input)
        loss = columns["exp(input)"] - target * input
    else:
        columns["log(input + eps)"] = np.log(input + eps)
        loss = input - target * columns["log(input + eps)"]
    if full:
        columns["Stirling's log(target!)"] = _stirling(target)
        loss += columns["Stirling's log(target!)"]
    return Terms(columns, loss)


def poisson_nll_loss(input, target, log_input=True, full=False, eps=1e-8, reduction="mean"):
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
    return poisson_nll_loss_terms(input, target, log_input, full, eps).reduce(reduction)


@ieee
def poisson_nll_loss_grad(input, target, log_input=True, full=False, eps=1e-8, reduction="mean"):
    r"""The gradient of `poisson_nll_loss` for `input`: :math:`e^{x} - t`.

    Without `log_input` it is :math:`1 - t / (x + \epsilon)`.

    Args, errors and reference are those of `poisson_nll_loss`. Returns an array of the shape of
    `input`; with 'mean' each entry is divided by the number of losses.

    >>> poisson_nll_loss_grad([0.0], [3.0])
    array([-2.])
    >>> poisson_nll_loss_grad([4.0], [3.0], log_input=False, eps=0.0)
    array([0.25])
    """
    terms = poisson_nll_loss_terms(input, target, log_input, full, eps)
    input, target = terms.columns["input"], terms.columns["target"]
    slope = terms.columns["exp(input)"] - target if log_input else 1 - target / (input + float(eps))
    return sum_to_shape(slope * terms.scale(reduction), input.shape)
