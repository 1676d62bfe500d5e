"""The Kullback-Leibler divergence of the target's distribution from the input's."""

from collections.abc import Iterator

import numpy as np

from helpers import checks
from helpers.losses.noticed import not_ones, row_sums
from helpers.working import (
    ArrayLike,
    Call,
    Divisor,
    FloatArray,
    Loss,
    Remark,
    Working,
    gradient,
    sum_to_shape,
    value,
)


def _operands(input: ArrayLike, target: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """The two arrays as float64, of shapes that broadcast."""
    x, t = checks.floating("input", input), checks.floating("target", target)
    checks.broadcast(input=x, target=t)
    return x, t


def _divisors(input: FloatArray, loss: FloatArray) -> dict[str, Divisor]:
    """What 'mean' and 'batchmean' divide by; an input without dimensions is one sample."""
    samples = float(input.shape[0]) if input.ndim else 1.0
    return {
        "mean": Divisor(float(loss.size), "number of elements, not of samples"),
        "batchmean": Divisor(samples, "number of samples"),
    }


def _kl_div(input: ArrayLike, target: ArrayLike, log_target: bool = False) -> Working:
    x, t = _operands(input, target)
    logarithms = checks.flag("log_target", log_target)
    p, log_p = (np.exp(t), t) if logarithms else (t, np.log(t))
    heading, shown = ("exp(target)", p) if logarithms else ("log(target)", log_p)
    # 0 · log 0 counts as 0, as everywhere in information theory; in logarithms torch has NaN.
    entropy = p * log_p if logarithms else np.where(t == 0, 0.0, t * log_p)
    loss = p * (log_p - x) if logarithms else entropy - t * x
    return Working(
        loss,
        columns=lambda: {"input": x, "target": t, heading: shown},
        pullback=lambda scale: sum_to_shape(np.broadcast_to(-p, loss.shape) * scale, x.shape),
        divisors=_divisors(x, loss),
        magnitude=lambda: np.abs(entropy) + np.abs(p * x),
    )


def kl_div(
    input: ArrayLike, target: ArrayLike, reduction: str = "mean", log_target: bool = False
) -> float | FloatArray:
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
    return value(_kl_div, reduction, input, target, log_target)


def kl_div_grad(
    input: ArrayLike, target: ArrayLike, reduction: str = "mean", log_target: bool = False
) -> FloatArray:
    r"""The gradient of `kl_div` for `input`: :math:`-t`, with `log_target` :math:`-e^{t}`.

    Args, errors and reference are those of `kl_div`. Returns an array of the shape of `input`; with
    'mean' and 'batchmean' each entry is divided by what `kl_div` divides by.

    >>> kl_div_grad(np.log([[0.5, 0.5]]), [[0.9, 0.1]], reduction="batchmean")
    array([[-0.9, -0.1]])
    """
    return gradient(_kl_div, reduction, input, target, log_target)


def _no_distribution(name: str, values: FloatArray, logarithms: bool) -> Iterator[Remark]:
    """Say so where probabilities do not add up to 1 over the classes."""
    probabilities = np.exp(values) if logarithms else values
    off, last = not_ones(row_sums(probabilities)), values.ndim - 1
    if off is None:
        return
    what = f"exp({name})" if logarithms else name
    if values.ndim <= 2:
        over = f" over axis {last}" if values.ndim else ""
        yield Remark("mistake", f"{what} adds up to {off}{over} instead of 1: no distribution.")
    elif not_ones(np.sum(probabilities, axis=-1)):
        # The classes may be axis 1, as in an image, or the last one, as in a sequence.
        text = f"{what} adds up to 1 over neither axis 1 nor axis {last}: no distribution."
        yield Remark("mistake", text)


def _kl_div_remarks(call: Call) -> Iterator[Remark]:
    x, t, log_target = call.inputs["input"], call.inputs["target"], call.options["log_target"]
    yield from _no_distribution("input", x, logarithms=True)
    yield from _no_distribution("target", t, logarithms=log_target)
    logarithms = np.all(t <= 0) and not not_ones(row_sums(np.exp(t)))
    if t.size and logarithms and not log_target:
        text = "The target holds logarithms of probabilities: log_target=True is for them."
        yield Remark("mistake", text)
    if call.options["reduction"] == "mean":
        text = "batchmean divides by the number of samples and gives the divergence."
        yield Remark("note", text)


LOSSES = (
    Loss(
        "KLDivLoss",
        kl_div,
        kl_div_grad,
        _kl_div,
        chapter="distribution/kl_div",
        formula="target·(log(target) - input); with log_target exp(target)·(target - input)",
        options=("reduction", "log_target"),
        remarks=_kl_div_remarks,
        alike=("input", "target"),
    ),
)
