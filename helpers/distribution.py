"""Losses between distributions: the Kullback-Leibler divergence."""

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
