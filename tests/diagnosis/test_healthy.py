"""No false alarm: in random healthy calls of every loss, dtype and size nothing is a mistake.

`HYPOTHESIS_PROFILE=thorough` tries 250 calls of each loss, more than 5,000, instead of 15.
"""

import os
import warnings

import pytest
import torch
import torch.nn.functional as F
from hypothesis import HealthCheck, Phase, given, reject, settings
from torch import nn

from helpers import explain
from tests.losses.cases import CASES
from tests.reference import SIGNED, Call

EACH = 250 if os.environ.get("HYPOTHESIS_PROFILE") == "thorough" else 15
SHARES = ("binary_cross_entropy_with_logits", "multilabel_soft_margin_loss")
FLOATS = (torch.float64, torch.float32, torch.bfloat16, torch.float16)
# What has no function of torch to be called with the drawn options.
CALLED = {"adaptive_log_softmax_with_loss"}


def finite(value):
    """A tensor without NaN and inf, and without numbers whose squares overflow float32."""
    if not isinstance(value, torch.Tensor) or not value.is_floating_point():
        return value
    return value.nan_to_num(0.5, 3.0, -3.0).clamp(-300, 300)


def axis_of_classes(x):
    return min(x.ndim - 1, 1)


def logits(x):
    """Scores of both signs: without any below 0 they look like probabilities, or a ReLU's."""
    return x - 0.5 if x.is_floating_point() and bool((x >= 0).all()) else x


def normalised(x, axis, logs=True):
    """The logarithms of a distribution, or the distribution, rounded to the dtype of the scores."""
    wide = x.double()
    return (wide.log_softmax(axis) if logs else wide.softmax(axis)).to(x.dtype)


def healthy(call):
    """A drawn call with arguments that mean what the loss takes them for."""
    if any(isinstance(x, torch.Tensor) and x.is_complex() for x in call.inputs):
        reject()
    call = call.map(finite)
    inputs, options = list(call.inputs), dict(call.options)
    for name in ("weight", "pos_weight"):
        if isinstance(options.get(name), torch.Tensor) and options[name].dtype != torch.bool:
            options[name] = options[name].abs()
    if not options.get("label_smoothing", 0) >= 0:  # NaN is none either
        reject()
    if call.name in SIGNED:
        inputs[-1] = torch.where(inputs[-1] > 0, 1, -1).to(inputs[-1].dtype)
    if call.name in SHARES:
        inputs[1] = inputs[1].clamp(0, 1)
    if call.name in (*SHARES, "cross_entropy"):
        inputs[0] = logits(inputs[0])
    return Call(call.name, *HEALED.get(call.name, lambda i, o: i)(inputs, options), **options)


def of_classes(inputs, options):
    x, t = inputs
    if x.ndim == 0 or x.shape[axis_of_classes(x)] < 2:
        reject()
    if t.is_floating_point() and t.shape == x.shape:
        t = normalised(t, axis_of_classes(x), logs=False)
    return x, t


def log_probabilities(inputs, options):
    x, t = inputs
    return (normalised(x, axis_of_classes(x)) if x.ndim else x), t


def divergence(inputs, options):
    x, t = inputs
    if not x.ndim or not t.ndim or not x.is_floating_point() or not t.is_floating_point():
        reject()
    log = options.get("log_target", False) is True
    return normalised(x, axis_of_classes(x)), normalised(t, axis_of_classes(t), log)


def paths(inputs, options):
    x, targets, *lengths = inputs
    if not x.is_floating_point() or not x.ndim or (targets == options.get("blank", 0)).any():
        reject()
    return normalised(x, -1), targets, *lengths


def probabilities(inputs, options):
    """Numbers from 0 to 1.

    Predictions that are all 0 or 1 beside targets of which none is look like exchanged arguments.
    """
    x, t = (x.clamp(0, 1) for x in inputs)
    certain = [((value == 0) | (value == 1)) for value in (x, t)]
    if x.numel() and certain[0].all() and not certain[1].any():
        reject()
    return x, t


def labels(inputs, options):
    """A single label to each row, and then -1."""
    x, t = inputs
    if t.ndim == 0 or t.shape[-1] < 2:
        reject()
    only = torch.full_like(t, -1)
    only[..., 0] = t[..., 0].clamp(0, t.shape[-1] - 1)
    return x, only


HEALED = {
    "nll_loss": log_probabilities,
    "cross_entropy": of_classes,
    "kl_div": divergence,
    "ctc_loss": paths,
    "multilabel_margin_loss": labels,
    "binary_cross_entropy": probabilities,
    "hinge_embedding_loss": lambda i, o: [i[0].abs(), i[1]],
    "poisson_nll_loss": lambda i, o: [i[0] if o.get("log_input", True) else abs(i[0]), abs(i[1])],
    "gaussian_nll_loss": lambda i, o: [i[0], i[1], abs(i[2])],
}


def outer(shapes):
    """Whether every shape is stretched when they are broadcast."""
    stretched = torch.broadcast_shapes(*shapes)
    return all(shape != stretched for shape in shapes) and stretched.numel() > 0


def mistakes(function, *inputs, **options):
    """What `explain` calls a mistake in a call; the call is left out where torch refuses it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        shown = explain(function, *inputs, **options)
    if shown.refused:
        reject()
    return [remark.text for remark in shown.remarks if remark.kind == "mistake"]


@pytest.mark.parametrize("name", sorted(set(CASES) - CALLED))
def test_healthy_calls_have_no_mistake(name):
    @settings(max_examples=EACH, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
    @given(CASES[name].strategy)
    def holds(call):
        try:
            call = healthy(call)
            call.torch_value()
            shapes = [x.shape for x in call.inputs[:2] if isinstance(x, torch.Tensor)]
            apart = name not in ("ctc_loss", "cross_entropy", "nll_loss") and outer(shapes)
        except Exception:
            reject()
        if apart or any(call.options.get(n, 0) is None for n in call.options):
            reject()
        assert mistakes(getattr(F, name), *call.inputs, **call.options) == [], call

    holds()


@pytest.mark.parametrize("name", sorted(set(CASES) - CALLED))
@pytest.mark.parametrize("dtype", FLOATS, ids=str)
@pytest.mark.parametrize("size", [200, 30_000])
def test_healthy_calls_of_any_size_have_no_mistake(name, dtype, size):
    inputs, options = CASES[name].bench(size)
    inputs = [x.to(dtype) if x.is_floating_point() else x for x in inputs]
    try:
        Call(name, *inputs, **options).torch_value()
    except (RuntimeError, TypeError):
        pytest.skip(f"torch takes no {dtype}")
    assert mistakes(getattr(F, name), *inputs, **options) == []


@pytest.mark.parametrize("dtype", FLOATS, ids=str)
@pytest.mark.parametrize("seed", range(10))
def test_a_model_that_knows_nothing_yet_makes_no_mistake(dtype, seed):
    draw = torch.Generator().manual_seed(seed)
    logits = torch.randn(4, 3, generator=draw).to(dtype)
    classes = torch.randint(3, (4,), generator=draw)
    yes = torch.randint(2, (4, 3), generator=draw).to(dtype)
    assert mistakes(nn.CrossEntropyLoss(), 0 * logits, classes) == []
    assert mistakes(nn.CrossEntropyLoss(), logits, classes) == []
    assert mistakes(nn.BCEWithLogitsLoss(), 0 * logits, yes) == []
    assert mistakes(nn.BCEWithLogitsLoss(), logits, yes) == []
    assert mistakes(nn.BCEWithLogitsLoss(), logits[:1, :1], yes[:1, :1]) == []
    assert mistakes(nn.NLLLoss(), logits.log_softmax(1), classes) == []
    # Untrained layers share a bias: their outputs lie close together, and by chance within 0 to 1.
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        features, close = torch.randn(32, 5), nn.Linear(5, 1)
        close.weight.data /= 8
        close.bias.data.fill_(0.5)
        scores = close(features).detach().to(dtype)
    assert mistakes(nn.BCEWithLogitsLoss(), scores, (features[:, :1] > 0).to(dtype)) == []
    both = torch.cat([scores, 1 - scores / 2], 1)
    assert mistakes(nn.CrossEntropyLoss(), both, (features[:, 0] > 0).long()) == []
    shares = logits.flip(1).softmax(1)
    assert mistakes(nn.KLDivLoss(reduction="batchmean"), logits.log_softmax(1), shares) == []
