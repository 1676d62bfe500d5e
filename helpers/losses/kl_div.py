"""The Kullback-Leibler divergence of the target's distribution from the input's."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from helpers import checks
from helpers.findings import Asked, Facts, Finding, Remedy, Stage
from helpers.losses.rules import (
    alike,
    class_axis,
    distribution_wanted,
    floating_input,
    log_probabilities_wanted,
    swapped,
)
from helpers.working import (
    ArrayLike,
    Call,
    Divisor,
    FloatArray,
    Loss,
    Remark,
    Sheet,
    Working,
    counted,
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


def _axes(facts: Facts) -> list[int]:
    """The axes that may be the classes: 1, as in an image, or the last one, as in a sequence."""
    return list(dict.fromkeys((class_axis(facts), facts.ndim - 1))) if facts.ndim else []


def _is_log(t: Facts) -> bool:
    """Whether an argument holds log-probabilities over an axis that may be the classes."""
    return (
        t.size > 0
        and t.high <= 0
        and any(
            abs(t.sums(axis, True)[i] - 1) <= t.tolerance(axis) for axis in _axes(t) for i in (0, 1)
        )
    )


def _contract(call: Asked) -> Iterator[Finding]:
    """What the divergence asks of its arguments."""
    yield from _exchanged(call)
    yield from alike(call, ("input", "target"), strict=False)
    yield from floating_input(call, "input")
    yield from floating_input(call, "target", scores=False)
    x, t = call["input"], call["target"]
    yield from _mean(call)
    yield from _positions(call)
    if not x.ndim:
        yield from _below_zero(call)
        return
    needs = "KLDivLoss takes log_softmax, or log of probabilities."
    yield from log_probabilities_wanted(call, "input", _axes(x), needs)
    if call.options["log_target"]:
        needs = "With log_target=True it is to be log_softmax."
        yield from log_probabilities_wanted(call, "target", _axes(t), needs)
    elif _is_log(t):
        text = "The target holds logarithms of probabilities: log_target=True is for them."
        remedy = Remedy("the target holds logarithms", {}, {"log_target": True}, meaning="log")
        yield Finding("mistake", Stage.SPACE, text, (remedy,))
    elif t.low < 0:
        yield from _below_zero(call)
    else:
        yield from distribution_wanted(call, "target", _axes(t))


def _below_zero(call: Asked) -> Iterator[Finding]:
    """A target with negative numbers, which no probability is."""
    t = call["target"]
    if not t.size or t.low >= 0 or call.options["log_target"]:
        return
    text = "The target holds negative numbers, which no probability is."
    if t.high <= 0:
        text += " Logarithms of probabilities need log_target=True."
        why = "the target holds logarithms"
        remedy = Remedy(why, {}, {"log_target": True}, cost=0.4, sure=False, meaning="log")
    else:
        text += " It is to be the softmax of scores."
        edit = {"target": f"{{}}.softmax({_axes(t)[0]})"}
        why = "softmax makes probabilities of the target"
        remedy = Remedy(why, edit, cost=0.4, sure=False, meaning="scores")
    yield Finding("mistake", Stage.SPACE, text, (remedy,))


def _mean(call: Asked) -> Iterator[Finding]:
    """A mean over the elements, which is not the divergence."""
    x = call["input"]
    if call.options["reduction"] == "mean" and x.ndim > 1:
        text = (
            f"reduction='mean' divides by all {x.size} elements, the classes included. batchmean "
            f"divides by the {x.shape[0]} samples and gives the divergence."
        )
        why = "batchmean adds up over the classes"
        remedy = Remedy(why, {}, {"reduction": "batchmean"}, cost=0.5, sure=False)
        yield Finding("note", Stage.OPTIONS, text, (remedy,))


def _positions(call: Asked) -> Iterator[Finding]:
    """Sequences, whose positions batchmean adds up."""
    x, t = call["input"], call["target"]
    sequences = x.ndim > 2 and x.shape == t.shape and x.evidence(x.ndim - 1, True)
    if call.options["reduction"] == "batchmean" and sequences:
        text = (
            f"batchmean divides by the {x.shape[0]} entries of axis 0 alone: the divergences of "
            "all positions are added up."
        )
        why = "with a row for each position batchmean is the mean of their divergences"
        rows = f"{{}}.flatten(0, {x.ndim - 2})"
        edits = {"input": rows, "target": rows}
        yield Finding("note", Stage.OPTIONS, text, (Remedy(why, edits, sure=False),))


def _remarks(call: Call) -> Iterator[Remark]:
    yield from _equal(call)
    if call.options["log_target"] or not np.isinf(call.working.loss).any():
        return
    x, t = np.broadcast_arrays(call.inputs["input"], call.inputs["target"])
    yield from counted(
        "numerics",
        np.isneginf(x) & (t > 0),
        "targets are above 0 where the input gives a probability of 0, the log of which is -inf: "
        "the divergence is infinite. log_softmax of scores never gives exactly 0.",
    )


def _equal(call: Call) -> Iterator[Remark]:
    """Two distributions whose difference is the rounding of their digits."""
    x, t = call.inputs["input"], call.inputs["target"]
    log = call.options["log_target"]
    shares = np.exp(t) if log else t
    if x.size and x.shape == t.shape and np.allclose(np.exp(x), shares, rtol=1e-5, atol=1e-7):
        what = "input equals" if log else "exp(input) equals"
        text = f"{what} the target up to rounding: the divergence is 0, or a little below by "
        yield Remark("note", f"{text}rounding.")


def _exchanged(call: Asked) -> Iterator[Finding]:
    """Probabilities first and logarithms second: the arguments as in the formula KL(P, Q)."""
    x, t = call["input"], call["target"]
    if x.shape != t.shape or not x.size or call.options["log_target"] or not x.ndim:
        return
    shares = x.low >= 0 and x.high <= 1 and x.floating
    sums = [x.sums(axis) for axis in _axes(x)] if shares else []
    if _is_log(t) and any(abs(s[0] - 1) <= 1e-3 >= abs(s[1] - 1) for s in sums):
        text = (
            "The input holds probabilities and the target logarithms. It is the other way round: "
            "log-probabilities of the model first, then the target's probabilities."
        )
        finding = swapped(call, "input", "target", text, sure=False)
        yield replace(finding, kind="mistake")


LOSSES = (
    Loss(
        "KLDivLoss",
        kl_div,
        kl_div_grad,
        _kl_div,
        chapter="distribution/kl_div",
        formula="target·(log(target) - input); with log_target exp(target)·(target - input)",
        options=("reduction", "log_target"),
        more_reductions=("batchmean",),
        remarks=_remarks,
        contract=_contract,
        alike=("input", "target"),
        sheet=Sheet(
            tex=r"y \, (\log y - x)",
            takes="log-probabilities; probabilities",
            mean="elements; `'batchmean'`: samples",
            use="a target that is a distribution, where 0 means that both are equal",
            axis="probability, the target 0.3",
            span=(0.01, 0.97),
            curves=(
                lambda p: np.sum(
                    kl_div(np.log(np.stack([p, 1 - p], 1)), np.array([[0.3, 0.7]]), "none"), axis=1
                ),
            ),
        ),
    ),
)
