"""What the tests of `helpers` share: a call of a loss, torch's answer to it, and the comparison.

torch, in float64 and with its own derivatives, is the reference; finite differences are a second
one for gradients. `STRICTER` is the one list of calls that torch takes and a helper refuses.

`HYPOTHESIS_PROFILE=thorough` runs thousands of random calls instead of a hundred per loss.
"""

import inspect
import itertools
import math
import os
import pkgutil
import warnings
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from unittest.mock import patch

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import HealthCheck, settings
from torch import nn

import helpers

# No deadline, as time on a busy machine says nothing; no database, as a test leaves no files.
settings.register_profile(
    "quick",
    deadline=None,
    database=None,
    derandomize=True,
    max_examples=100,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "thorough", settings.get_profile("quick"), derandomize=False, max_examples=5000
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

RTOL = 1e-10
REFUSALS = (TypeError, ValueError)
MODULES = [import_module(f"helpers.{m.name}") for m in pkgutil.iter_modules(helpers.__path__)]
# Here torch works out a function of integers in float32, whatever the dtype of the other inputs.
IN_FLOAT32 = ("sigmoid", "log_sigmoid", "softmax", "log_softmax")
IN_FLOAT32 += ("gaussian_nll_loss", "poisson_nll_loss")
# The losses that are max(0, ·) of what is missing to a margin.
TRIPLETS = ("triplet_margin_loss", "triplet_margin_with_distance_loss")
HINGES = ("margin_ranking_loss", "hinge_embedding_loss", "cosine_embedding_loss", *TRIPLETS)
# Which inputs and options a loss has gradients for, where they are not the first inputs.
PREDICTIONS = {"gaussian_nll_loss": (0, 2), "linear_cross_entropy": (0, 1, "linear_bias")}


def _written(loss):
    """A loss of torch that leaves its sum and mean over an empty batch unwritten, with them."""

    def written(input, target, reduction="mean", **options):
        result = loss(input, target, reduction=reduction, **options)
        if input.numel() or reduction == "none":
            return result
        return getattr(loss(input, target, reduction="none", **options), reduction)()

    return written


def _adaptive(input, target, head_weight, tail_weights, cutoffs, head_bias=None):
    """torch's module of the adaptive softmax with these weights, called."""
    *first, classes = cutoffs
    has_bias = head_bias is not None
    module = nn.AdaptiveLogSoftmaxWithLoss(head_weight.shape[-1], classes, first, 1.0, has_bias)
    weights = {"head.weight": head_weight} | ({"head.bias": head_bias} if has_bias else {})
    for i, (projection, output) in enumerate(tail_weights):
        weights |= {f"tail.{i}.0.weight": projection, f"tail.{i}.1.weight": output}
        shapes = (
            (len(projection), head_weight.shape[-1]),
            (cutoffs[i + 1] - cutoffs[i], len(projection)),
        )
        if (projection.shape, output.shape) != shapes:
            raise ValueError("a tail's weights do not fit, and could not be loaded")
    head = [(head_weight, module.head.weight)] + [(head_bias, module.head.bias)] * has_bias
    if any(given.shape != own.shape for given, own in head):
        raise ValueError("the head's weights do not fit, and could not be loaded")
    return torch.func.functional_call(module, weights, (input, target), strict=True)


# The functions that torch keeps elsewhere, or under another name, or that need a word more.
ELSEWHERE = {
    "sigmoid": torch.sigmoid,
    "log_sigmoid": F.logsigmoid,
    "multi_margin_loss": _written(F.multi_margin_loss),
    "multilabel_margin_loss": _written(F.multilabel_margin_loss),
    "adaptive_log_softmax_with_loss": _adaptive,
}


def helper(name):
    """The function of a name in `helpers` or, where it is not exported yet, in its module."""
    return next(vars(m)[name] for m in (helpers, *MODULES) if name in vars(m))


def has_gradient(name):
    """Whether a function has a gradient beside it: a loss or a measure of likeness."""
    return any(name + "_grad" in vars(module) for module in (helpers, *MODULES))


def tensor(values, dtype=torch.float64):
    """A tensor, in float64 unless it is said otherwise."""
    return torch.tensor(values, dtype=dtype)


def wave(*shape, start=0.0):
    """Numbers between -1.5 and 1.5 that repeat nowhere."""
    return 1.5 * torch.arange(start, start + math.prod(shape)).double().sin().reshape(shape)


def each(calls):
    """Run a test with every call of a table, under its name there."""
    return pytest.mark.parametrize("call", calls.values(), ids=calls)


def each_refusal(table):
    """Run a test with every call of a table of refused ones, each with the message it gets."""
    return pytest.mark.parametrize(("call", "message"), table.values(), ids=table)


class Call:
    """A function of `helpers` that torch has too, by name, with its arguments as tensors."""

    def __init__(self, name, *inputs, **options):
        self.name, self.inputs, self.options = name, inputs, options

    def __repr__(self):
        inputs = [_show(value) for value in self.inputs]
        options = [f"{name}={_show(value)}" for name, value in self.options.items()]
        return f"{self.name}({', '.join(inputs + options)})"

    def but(self, **options):
        """The same call with other options."""
        return Call(self.name, *self.inputs, **(self.options | options))

    def map(self, change):
        """The same call with `change` applied to every tensor."""

        def changed(value):
            if isinstance(value, list | tuple):
                return type(value)(map(changed, value))
            return change(value) if isinstance(value, torch.Tensor) else value

        options = {name: changed(value) for name, value in self.options.items()}
        return Call(self.name, *map(changed, self.inputs), **options)

    def by_reduction(self):
        """The same call with every reduction that the loss has, unless one is given."""
        takes_one = "reduction" in inspect.signature(helper(self.name)).parameters
        if "reduction" in self.options or not takes_one:
            return [self]
        batchmean = ["batchmean"] if self.name == "kl_div" else []
        return [self.but(reduction=name) for name in ["none", "sum", "mean", *batchmean]]

    def value(self):
        """The helper's value."""
        return helper(self.name)(*self.inputs, **self.options)

    def gradients(self):
        """The helper's gradients, always as a tuple."""
        result = helper(self.name + "_grad")(*self.inputs, **self.options)
        return result if isinstance(result, tuple) else (result,)

    def torch_value(self):
        """What torch itself returns."""
        theirs = ELSEWHERE.get(self.name) or getattr(F, self.name)
        with warnings.catch_warnings():
            # torch warns of broadcast targets and of KLDiv's mean; that is no matter of numbers.
            warnings.simplefilter("ignore")
            return theirs(*self.inputs, **self.options)

    def predictions(self, count):
        """The `count` inputs, and options, that the loss has gradients for."""
        return PREDICTIONS.get(self.name, range(count))[:count]

    def argument(self, which):
        """An input, by its position, or an option, by its name."""
        return self.options[which] if isinstance(which, str) else self.inputs[which]

    def given(self, which, value):
        """The same call with another value for an input or an option."""
        if isinstance(which, str):
            return self.but(**{which: value})
        return Call(
            self.name, *self.inputs[:which], value, *self.inputs[which + 1 :], **self.options
        )

    def torch_gradients(self, count):
        """torch's gradients of the summed value for the predictions."""
        call, leaves = self, []
        for which in self.predictions(count):
            # A number in the place of a tensor, as a variance may be one, counts for all elements.
            given = self.argument(which)
            number = not isinstance(given, torch.Tensor)
            leaf = (tensor(given) if number else given.detach().double()).requires_grad_()
            call = call.given(which, leaf.expand_as(self.inputs[0]) if number else leaf)
            leaves.append(leaf)
        # Two targets that torch takes, but stumbles over on the way back: integers in Huber, and
        # class numbers of shape (1,) for an unbatched input.
        if self.name == "huber_loss":
            call = call.given(1, self.inputs[1].double())
        elif self.name in INDEXED and leaves[0].ndim == 1 and _whole(self.inputs[-1]):
            call = call.given(len(self.inputs) - 1, self.inputs[-1].squeeze())
        # `materialize_grads` would say the same, since torch 2.1.
        found = torch.autograd.grad(parts(call.torch_value())[-1].sum(), leaves, allow_unused=True)
        return tuple(
            torch.zeros_like(leaf) if gradient is None else gradient
            for leaf, gradient in zip(leaves, found, strict=True)
        )


def parts(value):
    """What a value consists of: one array or number, or an output and its loss."""
    return value if isinstance(value, tuple) else (value,)


def _show(value):
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_show, value))}]"
    if not isinstance(value, torch.Tensor):
        return repr(value)
    dtype = str(value.dtype).removeprefix("torch.")
    return f"<{dtype} of shape {tuple(value.shape)}: {value.detach().flatten().tolist()}>"


def widened(value):
    """A tensor in float64 if it is of a floating dtype; the numbers stay the same."""
    return value.double() if value.is_floating_point() else value


def assert_close(actual, expected, size=None):
    """Equality to 1e-10 relative, NaN equal to NaN, and of shape.

    Numbers that cancel out keep the rounding error of what they are made of. `size` is the largest
    of that, by default the largest expected number; 1e-13 of it is allowed.
    """
    expected = np.asarray(expected)
    assert np.shape(actual) == expected.shape
    size = largest(expected) if size is None else size
    np.testing.assert_allclose(actual, expected, rtol=RTOL, atol=1e-13 * size)


def largest(array):
    """The largest finite number of an array by size; 1 if that is less."""
    array = np.abs(np.asarray(array, dtype=np.float64))
    return np.max(array[np.isfinite(array)], initial=1.0)


def _torch_slope_at_the_margin():
    """torch's slope of max(0, x) at 0 in its losses: 1 up to torch 2.13, 0 from 2.14."""
    x = torch.zeros(1, requires_grad=True)
    loss = F.margin_ranking_loss(torch.zeros(1), x, torch.ones(1))
    return float(torch.autograd.grad(loss, x)[0])


TORCH_AT_THE_MARGIN = _torch_slope_at_the_margin()


@contextmanager
def slope_at_the_margin(slope, within=0.0):
    """Give the losses with a margin this slope where at most `within` is missing to it."""

    def hinge_slope(missing):
        return np.where(np.abs(missing) <= within, slope, np.greater(missing, 0.0))

    with (
        patch("helpers.losses.pairs.hinge_slope", hinge_slope),
        patch("helpers.losses.triplets.hinge_slope", hinge_slope),
    ):
        yield


def assert_like_torch(call):
    """The helper gives torch's value, shape and gradients, with every reduction.

    Exactly at a margin, where the helpers have torch 2.13's slope, it is that of the running torch.
    """
    with slope_at_the_margin(TORCH_AT_THE_MARGIN):
        _assert_like_torch(call)


def _assert_like_torch(call):
    wide = torch.Tensor.double if call.name in IN_FLOAT32 else widened
    for each in call.map(wide).by_reduction():
        reduced = each.options.get("reduction", "none") != "none"
        results = zip(parts(each.value()), parts(each.torch_value()), strict=True)
        for i, (value, reference) in enumerate(results):
            expected = reference.detach().numpy()
            assert type(value) is (float if reduced or i else np.ndarray)
            unreduced = each.but(reduction="none").torch_value() if reduced else expected
            assert_close(value, expected, largest(unreduced))
        if has_gradient(each.name):
            gradients = each.gradients()
            for gradient, reference in zip(
                gradients, each.torch_gradients(len(gradients)), strict=True
            ):
                assert type(gradient) is np.ndarray
                assert_close(gradient, reference.numpy(), _size_of_gradient(each, reference))


def _size_of_gradient(call, gradient):
    """The largest number that a gradient is made of."""
    if call.name != "ctc_loss":
        return largest(gradient)
    # Logarithms of the size of the loss are subtracted on the way, and keep their rounding error.
    return max(largest(gradient), largest(call.but(reduction="none").value()))


def differences(function, array, step=1e-3):
    """The gradient of a function of an array by finite differences of five points.

    Their error is of the order step⁴, here 1e-12, where the function is smooth that far.
    """
    gradient = np.zeros(array.shape)
    for index in np.ndindex(array.shape):
        for shift, factor in ((-2, 1), (-1, -8), (1, 8), (2, -1)):
            moved = array.copy()
            moved[index] += shift * step
            gradient[index] += factor * np.sum(function(moved)) / (12 * step)
    return gradient


def assert_slope(call):
    """The gradients are the slopes of the helper's own value, with every reduction."""
    for each in call.by_reduction():
        gradients = each.gradients()
        for which, gradient in zip(each.predictions(len(gradients)), gradients, strict=True):
            expected = differences(
                lambda x, w=which, e=each: parts(e.given(w, x).value())[-1],
                torch.as_tensor(each.argument(which), dtype=torch.float64).numpy(),
            )
            np.testing.assert_allclose(gradient, expected, rtol=1e-8, atol=1e-9)


def refusal(function):
    """The error that a function raises, or None."""
    try:
        function()
    except Exception as error:
        return error
    return None


def assert_refused(call, message, by_torch=True):
    """torch refuses the call, and the helper does, value and gradient, with this message."""
    if by_torch:
        assert refusal(call.torch_value) is not None, f"torch takes {call}"
    with pytest.raises(REFUSALS, match=message):
        call.value()
    if has_gradient(call.name):
        with pytest.raises(REFUSALS, match=message):
            call.gradients()


def assert_both_refuse_or_agree(call):
    """What torch refuses the helper refuses; what the helper takes it computes as torch does."""
    by_torch = refusal(call.torch_value)
    for function in (call.value, call.gradients)[: 1 + has_gradient(call.name)]:
        error = refusal(function)
        if error is None:
            assert by_torch is None, f"torch alone refuses {call}: {by_torch}"
        else:
            assert isinstance(error, REFUSALS), f"{error!r} from {call}"
            assert_form(error)
            allowed = by_torch or any(case.covers(call) for case in STRICTER)
            assert allowed, f"the helper alone refuses {call}: {error}"
    if error is None and call.name not in HINGES:
        assert_like_torch(call)
    elif error is None:
        _assert_like_torch_up_to_the_margin(call)


def _assert_like_torch_up_to_the_margin(call):
    """Where rounding alone decides on which side of a margin torch is, either slope is right."""
    try:
        assert_like_torch(call)
    except AssertionError:
        for slope in (0.0, 1.0):
            with slope_at_the_margin(slope, within=1e-14):
                error = refusal(lambda: _assert_like_torch(call))
                if error is None:
                    return
        raise


def assert_form(error):
    """Every message has the form 'argument: expected …, got …'."""
    argument, _, text = str(error).partition(": ")
    assert argument.replace(" and ", " or ").replace(" or ", "").isidentifier()
    assert text.startswith("expected ")
    assert ", got " in text


@dataclass(frozen=True)
class Stricter:
    """A kind of call that torch takes and the helper refuses: why, which ones, and one of them."""

    reason: str
    covers: Callable
    example: Call


def _tensors(call):
    return [v for v in (*call.inputs, *call.options.values()) if isinstance(v, torch.Tensor)]


def _whole(value):
    return not (value.is_floating_point() or value.is_complex())


def _pairs(call):
    """The pairs of inputs that a loss subtracts or multiplies."""
    if call.name not in COMBINING:
        return []
    pairs = list(itertools.combinations(call.inputs, 2))
    # The last pair of a triplet counts with a swap alone; other inputs come after the first pair.
    return pairs[: 2 + bool(call.options.get("swap"))] if call.name in TRIPLETS else pairs[:1]


def _blank_among_labels(call):
    """Whether a label of CTC that counts is the blank."""
    if call.name != "ctc_loss":
        return False
    targets, target_lengths = call.inputs[1], call.inputs[3]
    if targets.ndim == 2:
        targets = targets[torch.arange(targets.shape[1]) < target_lengths.reshape(-1, 1)]
    return bool((targets == call.options.get("blank", 0)).any())


INDEXED = ("nll_loss", "cross_entropy", "linear_cross_entropy")
CLASSES = ("multi_margin_loss", "multilabel_margin_loss", "adaptive_log_softmax_with_loss")
COMBINING = ("l1_loss", "mse_loss", "smooth_l1_loss", "pairwise_distance", "margin_ranking_loss")
COMBINING += ("gaussian_nll_loss", "poisson_nll_loss", *TRIPLETS)
SIGNED = ("margin_ranking_loss", "hinge_embedding_loss", "cosine_embedding_loss")
SIGNED += ("soft_margin_loss",)

INTEGERS = torch.tensor([[1, 2], [3, 5]])
LOGITS = tensor([[0.5, -1.0], [2.0, 0.25]])

STRICTER = (
    Stricter(
        "torch checks the dtypes of some inputs only where it reaches an element.",
        lambda call: (
            call.inputs[0].numel() == 0
            and call.name in (*INDEXED, *CLASSES, "softmax", "log_softmax")
        ),
        Call("nll_loss", tensor([[[]]]), torch.zeros((1, 0), dtype=torch.uint8)),
    ),
    Stricter(
        "With weights and label_smoothing torch refuses uint8 class numbers for 'mean' alone.",
        lambda call: (
            call.options.get("label_smoothing")
            and call.inputs[-1].dtype == torch.uint8
            and "weight" in call.options
        ),
        Call(
            "cross_entropy",
            LOGITS,
            torch.tensor([0, 1], dtype=torch.uint8),
            weight=tensor([1.0, 2.0]),
            label_smoothing=0.1,
            reduction="sum",
        ),
    ),
    Stricter(
        "Complex numbers are no predictions of any of these losses.",
        lambda call: any(value.is_complex() for value in _tensors(call)),
        Call("l1_loss", LOGITS + 1j, LOGITS),
    ),
    Stricter(
        "A label_smoothing below 0 or NaN means nothing; torch takes it as 0.",
        lambda call: not call.options.get("label_smoothing", 0.0) >= 0,
        Call("cross_entropy", LOGITS, torch.tensor([0, 1]), label_smoothing=-0.1),
    ),
    Stricter(
        "Integers combined with integers overflow in torch, and their loss has no gradient.",
        lambda call: any(all(map(_whole, pair)) for pair in _pairs(call)),
        Call("l1_loss", INTEGERS, INTEGERS, reduction="sum"),
    ),
    Stricter(
        "A loss over no classes is none; torch returns 0, NaN or nothing.",
        lambda call: call.name in INDEXED and any(0 in x.shape for x in call.inputs[:-1]),
        Call("nll_loss", tensor([]), torch.tensor(-100)),
    ),
    Stricter(
        "torch subtracts 1 from an unsigned pos_weight, and takes 0 - 1 for 255.",
        lambda call: getattr(call.options.get("pos_weight"), "dtype", None) is torch.uint8,
        Call(
            "binary_cross_entropy_with_logits",
            LOGITS,
            LOGITS,
            pos_weight=torch.tensor([0, 3], dtype=torch.uint8),
        ),
    ),
    Stricter(
        "softmax without an axis is deprecated in torch: the one it picks depends on the shape.",
        lambda call: call.options.get("dim", 0) is None,
        Call("softmax", LOGITS, dim=None),
    ),
    Stricter(
        "'elementwise_mean' is a deprecated name of 'mean'.",
        lambda call: call.options.get("reduction") == "elementwise_mean",
        Call("mse_loss", LOGITS, LOGITS, reduction="elementwise_mean"),
    ),
    Stricter(
        "A p, an eps or a margin of NaN means nothing; torch returns NaN.",
        lambda call: np.isnan([call.options.get(k, 0.0) for k in ("p", "eps", "margin")]).any(),
        Call("pairwise_distance", LOGITS, LOGITS, p=float("nan")),
    ),
    Stricter(
        "torch cuts off the margin's fraction for integer distances, and takes no mean of them.",
        lambda call: call.name == "hinge_embedding_loss" and _whole(call.inputs[0]),
        Call("hinge_embedding_loss", INTEGERS, -INTEGERS, margin=2.5, reduction="sum"),
    ),
    Stricter(
        "torch squares integers as integers: 20² is 144 in uint8.",
        lambda call: call.name == "cosine_embedding_loss" and any(map(_whole, call.inputs[:2])),
        Call("cosine_embedding_loss", INTEGERS, LOGITS, torch.tensor([1, -1])),
    ),
    Stricter(
        "A target that cannot be negative has no -1, for which torch takes 255 in uint8.",
        lambda call: call.name in SIGNED and call.inputs[-1].dtype in (torch.uint8, torch.bool),
        Call("hinge_embedding_loss", LOGITS, INTEGERS.to(torch.uint8)),
    ),
    Stricter(
        "torch takes anything for True or False where a loss is written in Python.",
        lambda call: any(
            call.name == name and not isinstance(call.options.get(flag, False), bool)
            for name, flag in (("gaussian_nll_loss", "full"), (TRIPLETS[1], "swap"))
        ),
        Call(TRIPLETS[1], LOGITS, -LOGITS, LOGITS + 1, swap=1),
    ),
    Stricter(
        "torch takes an array for a number where a loss is written in Python.",
        lambda call: (
            call.name in ("gaussian_nll_loss", TRIPLETS[1])
            and any(np.ndim(call.options.get(name, 0.0)) for name in ("eps", "margin"))
        ),
        Call("gaussian_nll_loss", LOGITS, LOGITS, 1.0, eps=tensor([0.5, 1.0])),
    ),
    Stricter(
        "A variance is a real number; torch takes whole ones with a whole eps alone.",
        lambda call: (
            call.name == "gaussian_nll_loss"
            and isinstance(call.inputs[2], torch.Tensor)
            and _whole(call.inputs[2])
        ),
        Call("gaussian_nll_loss", LOGITS, LOGITS, INTEGERS, eps=1),
    ),
    Stricter(
        "Of vectors of different lengths torch takes those that each fit an anchor of length 1.",
        lambda call: (
            call.name in TRIPLETS and len({1, *(x.shape[-1] for x in call.inputs if x.ndim)}) > 2
        ),
        Call(TRIPLETS[0], LOGITS[:, :1], LOGITS, torch.ones(2, 3).double()),
    ),
    Stricter(
        "Distances that are integers have no gradient.",
        lambda call: call.options.get("distance_function") is not None,
        Call(
            TRIPLETS[1],
            LOGITS,
            -LOGITS,
            LOGITS + 1,
            distance_function=lambda x1, x2: (x1 != x2).sum(-1),
        ),
    ),
    Stricter(
        "A weight for each class is a list; for images torch counts its elements alone.",
        lambda call: call.name in INDEXED and np.ndim(call.options.get("weight")) > 1,
        Call("nll_loss", LOGITS[None], torch.tensor([[0, 1]]), weight=tensor([[1.0], [2.0]])),
    ),
    Stricter(
        "Of an unsigned target above 1 torch makes a large number, as 1 - 2 is 255 in uint8.",
        lambda call: (
            call.name == "multilabel_soft_margin_loss"
            and call.inputs[1].dtype is torch.uint8
            and bool((call.inputs[1] > 1).any())
        ),
        Call("multilabel_soft_margin_loss", LOGITS, INTEGERS.to(torch.uint8)),
    ),
    Stricter(
        "torch looks at the dtype of a tail where a target falls into it alone.",
        lambda call: (
            call.name == "adaptive_log_softmax_with_loss"
            and len(
                {x.dtype for pair in call.options["tail_weights"] for x in pair}
                | {call.inputs[0].dtype}
            )
            > 1
        ),
        Call(
            "adaptive_log_softmax_with_loss",
            LOGITS,
            torch.tensor([0, 0]),
            head_weight=LOGITS,
            tail_weights=[(LOGITS.float(), LOGITS.float())],
            cutoffs=[1, 3],
        ),
    ),
    Stricter(
        "torch takes a blank among the labels for a label, though no path can spell it.",
        _blank_among_labels,
        Call(
            "ctc_loss",
            LOGITS[:, None].log_softmax(2),
            torch.tensor([[0]]),
            *map(torch.tensor, ([2], [1])),
        ),
    ),
)
# torch has the loss since 2.13.
if hasattr(nn, "LinearCrossEntropyOptions"):
    STRICTER += (
        Stricter(
            "In pieces, with options, torch promotes dtypes that it refuses otherwise.",
            lambda call: call.options.get("options") is not None,
            Call(
                "linear_cross_entropy",
                LOGITS,
                LOGITS,
                torch.tensor([0, 1]),
                weight=torch.tensor([1.0, 2.0]),
                options=nn.LinearCrossEntropyOptions(),
            ),
        ),
    )
