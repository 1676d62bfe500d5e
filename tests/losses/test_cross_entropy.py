"""NLL and cross-entropy."""

import math

import numpy as np
import pytest
import torch

from helpers import (
    cross_entropy,
    cross_entropy_grad,
    log_softmax,
    nll_loss,
    nll_loss_grad,
)
from helpers.diagnosis.agreement import bound_of
from helpers.losses.cross_entropy import _cross_entropy, _nll
from helpers.working import ieee
from tests.reference import (
    Call,
    assert_like_torch,
    assert_refused,
    assert_slope,
    each,
    each_refusal,
    tensor,
)

NLL, CE = "nll_loss", "cross_entropy"
X = tensor([[0.8, 2.0, -1.1], [-0.4, 0.3, 3.2], [1.5, -2.5, 0.6], [0.1, 0.2, 0.9]])
Y = torch.tensor([0, 2, 1, 0])
SOME = torch.tensor([-100, 2, -100, 0])
W = tensor([0.5, 2.0, 1.25])
IMAGE = torch.linspace(-2, 3, 24).double().cos().reshape(2, 3, 2, 2) * 2
PIXELS = torch.tensor([[[0, 2], [1, 1]], [[2, -100], [0, 1]]])
PROBABILITIES = tensor([[0.2, 0.7, 0.1], [1.0, 0.0, 0.0], [0.3, 0.3, 0.4], [0.0, 0.5, 0.5]])

# Both losses take class numbers in the same ways.
SMOOTH = (
    {
        f"{name} {what}": Call(name, *inputs, **options)
        for name in (NLL, CE)
        for what, inputs, options in [
            ("plain", (X, Y), {}),
            ("weighted", (X, Y), {"weight": W}),
            ("some ignored", (X, SOME), {}),
            ("weighted, some ignored", (X, SOME), {"weight": W}),
            ("class ignored", (X, Y), {"weight": W, "ignore_index": 2}),
            ("target of uint8", (X, Y.byte()), {"weight": W}),
            ("unbatched", (X[0], Y[1]), {"weight": W}),
            ("unbatched, target of one", (X[0], Y[1:2]), {}),
            ("sequence", (IMAGE[..., 0], PIXELS[..., 0]), {"weight": W}),
            ("image", (IMAGE, PIXELS), {"weight": W}),
            ("volume", (IMAGE[..., None], PIXELS.clamp(min=0)[..., None]), {"ignore_index": 1}),
        ]
    }
    | {
        f"{name} {what}": Call(CE, *inputs, **options)
        for name, all_options in [
            ("smoothed", {"label_smoothing": 0.1}),
            ("smoothed, weighted", {"label_smoothing": 0.3, "weight": W}),
            ("smoothed to the end", {"label_smoothing": 1.0, "weight": W}),
        ]
        for what, inputs, options in [
            ("plain", (X, Y), all_options),
            ("some ignored", (X, SOME), all_options),
            ("class ignored", (X, Y), all_options | {"ignore_index": 0}),
            ("unbatched", (X[0], Y[1]), all_options),
            ("image", (IMAGE, PIXELS), all_options),
            ("probabilities", (X, PROBABILITIES), all_options),
            ("unbatched probabilities", (X[0], PROBABILITIES[0]), all_options),
        ]
    }
    | {
        "probabilities": Call(CE, X, PROBABILITIES),
        "probabilities weighted": Call(CE, X, PROBABILITIES, weight=W),
        "probabilities of an image": Call(CE, IMAGE, IMAGE**2, weight=W),
        "probabilities of another dtype": Call(CE, X, PROBABILITIES.half(), weight=W.float()),
        "one class": Call(CE, X[:, :1], Y[3:].expand(4)),
    }
)

CORNERS = {
    f"{name} {what}": Call(name, *inputs, **options)
    for name in (NLL, CE)
    for what, inputs, options in [
        ("empty batch", (X[:0], Y[:0]), {}),
        ("empty images", (IMAGE[:, :, :0], PIXELS[:, :0]), {"weight": W}),
        ("all ignored", (X, torch.full((4,), -100)), {}),
        ("all ignored, weighted", (X, torch.full((4,), 1)), {"weight": W, "ignore_index": 1}),
        ("unbatched and ignored", (X[0], torch.tensor(-100)), {}),
        ("classes of weight 0", (X[:1], Y[:1]), {"weight": tensor([0.0, 1.0, 1.0])}),
        ("large", (tensor([[1e4, -1e4], [-1e4, 1e4]]), torch.tensor([1, 1])), {}),
        ("-inf", (tensor([[0.0, -np.inf], [-np.inf, 0.0]]), torch.tensor([0, 0])), {}),
        ("NaN", (tensor([[np.nan, 1.0], [2.0, 1.0]]), torch.tensor([0, 0])), {}),
    ]
} | {
    "all ignored, smoothed": Call(CE, X, torch.full((4,), -100), label_smoothing=0.1),
    "all ignored, smoothed, weighted": Call(
        CE, X, torch.full((4,), -100), label_smoothing=0.1, weight=W
    ),
    "classes of weight 0, smoothed": Call(
        CE, X[:1], Y[:1], weight=tensor([0.0, 1.0, 1.0]), label_smoothing=0.5
    ),
    "large, smoothed": Call(CE, tensor([[1e4, -1e4]]), torch.tensor([1]), label_smoothing=0.1),
    "large probabilities": Call(CE, tensor([[1e4, -1e4, 0.0]]), tensor([[0.5, 0.5, 0.0]])),
    "no probability for -inf": Call(CE, tensor([[0.0, -np.inf]]), tensor([[1.0, 0.0]])),
    "all -inf": Call(CE, tensor([[-np.inf, -np.inf]]), torch.tensor([0])),
    "+inf": Call(CE, tensor([[np.inf, 0.0]]), torch.tensor([0])),
    "empty batch of probabilities": Call(CE, X[:0], PROBABILITIES[:0]),
    "smoothing of an integer": Call(CE, X, Y, label_smoothing=1),
    "smoothing in a tensor": Call(CE, X, Y, label_smoothing=torch.tensor(0.25)),
    "ignore_index in a tensor": Call(CE, X, Y, ignore_index=torch.tensor(2)),
}

# Of classes and rows that do not count, a weight of inf or NaN leaves no trace, where torch's has
# none; class 2 is no target of FEW, and class 0 is what an ignored row is indexed by.
FEW = torch.tensor([0, -100, 1, 0])
NOT_FINITE = {
    f"{loss} {what}, weights {weight}": Call(loss, x, target, weight=tensor(weight), **options)
    for weight in (
        [1.0, 2.0, np.inf],
        [np.inf, 2.0, 1.0],
        [1.0, 2.0, np.nan],
        [np.nan, 0.0, 1.0],
        [0.0, 1.0, np.inf],
        [0.0, np.nan, np.inf],
    )
    for loss, what, x, target, options in [
        *[(name, "some ignored", X, FEW, {}) for name in (NLL, CE)],
        *[(name, "all ignored", X, torch.full((4,), -100), {}) for name in (NLL, CE)],
        *[(name, "class ignored", X, Y, {"ignore_index": 2}) for name in (NLL, CE)],
        *[(name, "unbatched", X[0], Y[2], {}) for name in (NLL, CE)],
        *[(name, "image", IMAGE, PIXELS, {}) for name in (NLL, CE)],
        (CE, "smoothed", X, FEW, {"label_smoothing": 0.2}),
        (CE, "smoothed to the end", X, FEW, {"label_smoothing": 1.0}),
        (CE, "probabilities", X, PROBABILITIES, {}),
        (CE, "smoothed probabilities", X, PROBABILITIES, {"label_smoothing": 0.2}),
    ]
}


@each(SMOOTH | CORNERS | NOT_FINITE)
def test_like_torch(call):
    assert_like_torch(call)


@each(SMOOTH)
def test_gradient_is_the_slope(call):
    assert_slope(call)


def test_nll_by_the_formula():
    x, weight = [[-0.5, -1.0], [-2.0, -0.1], [-3.0, -0.2]], [3.0, 1.0]
    assert nll_loss(x, [0, 1, 0], weight) == (3 * 0.5 + 1 * 0.1 + 3 * 3.0) / (3 + 1 + 3)
    assert nll_loss(x, [0, 1, 0], weight, ignore_index=0) == 0.1 / 1
    np.testing.assert_array_equal(nll_loss(x, [0, 1, 0], weight, reduction="none"), [1.5, 0.1, 9])


def test_the_working_needs_no_options():
    for working, loss in ((_nll, nll_loss), (_cross_entropy, cross_entropy)):
        np.testing.assert_array_equal(working(X, SOME).loss, loss(X, SOME, reduction="none"))


def test_cross_entropy_by_the_formula():
    log_3 = math.log(3)  # Logits of log 3 and 0 are probabilities of 3/4 and 1/4.
    x, high, low = [[log_3, 0.0], [0.0, log_3]], -math.log(3 / 4), -math.log(1 / 4)
    smooth = [
        0.8 * 2 * high + 0.2 * (2 * high + 5 * low) / 2,
        0.8 * 2 * low + 0.2 * (2 * low + 5 * high) / 2,
    ]
    options = {"weight": [2.0, 5.0], "label_smoothing": 0.2}
    np.testing.assert_allclose(
        cross_entropy(x, [0, 0], reduction="none", **options), smooth, rtol=1e-15
    )
    np.testing.assert_allclose(cross_entropy(x, [0, 0], **options), sum(smooth) / (2 + 2))
    soft = [0.3 * 2 * high + 0.7 * 5 * low, 1.0 * 5 * high]
    np.testing.assert_allclose(
        cross_entropy(x, [[0.3, 0.7], [0.0, 1.0]], weight=[2.0, 5.0]), sum(soft) / 2
    )


def test_cross_entropy_is_log_softmax_and_nll():
    for x, y in ((X, Y), (IMAGE, PIXELS)):
        np.testing.assert_allclose(
            cross_entropy(x, y, W, reduction="none"),
            nll_loss(log_softmax(x, 1), y, W, reduction="none"),
            rtol=1e-14,
        )


def test_an_infinite_weight_of_another_class_leaves_the_gradient_as_it_is():
    # Such is the weight 1 / count of a class that is empty.
    weight = [1.0, np.inf]
    np.testing.assert_array_equal(cross_entropy_grad([[0.0, 0.0]], [0], weight), [[-0.5, 0.5]])
    ignored = cross_entropy_grad([[0.0, 0.0], [0.0, 0.0]], [0, -100], weight)
    np.testing.assert_array_equal(ignored, [[-0.5, 0.5], [0.0, 0.0]])


def test_the_magnitude_is_of_the_logits_and_their_log_sum_exp():
    # Of the logits log 3 and 0 the maximum is log 3, and log(1 + 1/3) is left of the sum.
    log_3, left = math.log(3), math.log(4 / 3)
    of_first, of_second = log_3 + log_3 + left + 1, log_3 + left + 1
    x, soft = [[log_3, 0.0]], [[0.25, 0.75]]
    for target, options, expected in (
        ([0], {}, of_first),
        ([1], {"weight": [9.0, 2.0]}, 2 * of_second),
        ([-100], {}, 0),
        ([0], {"label_smoothing": 0.5}, 0.75 * of_first + 0.25 * of_second),
        (soft, {"weight": [2.0, 1.0]}, 0.5 * of_first + 0.75 * of_second),
    ):
        magnitudes = _cross_entropy(x, target, **options).magnitudes()
        np.testing.assert_allclose(magnitudes, [expected], rtol=1e-15)
    np.testing.assert_array_equal(_nll([[-3.0, -4.0]], [1]).magnitudes(), [4.0])


def test_a_class_that_is_masked_out_adds_nothing():
    with ieee():
        assert _cross_entropy([[1.0, -np.inf]], [[1.0, 0.0]]).magnitudes().tolist() == [3.0]
        assert _cross_entropy([[1.0, -np.inf]], [0]).magnitudes().tolist() == [3.0]


@pytest.mark.parametrize("x", [[0.0, -20.0], [20.0, 19.0], [100.0, 0.0], [1e4, -1e4]])
def test_the_rounding_of_float32_stays_below_the_bound(x):
    logits, target = tensor([x] * 2, torch.float32), torch.tensor([0, 1])
    by_torch = torch.nn.functional.cross_entropy(logits, target, reduction="none").numpy()
    working = _cross_entropy(logits, target)
    assert np.all(np.abs(by_torch - working.loss) <= bound_of(working, "none", "float32"))


def test_class_numbers_are_probabilities_of_one():
    one_hot = np.eye(3)[Y]
    for smoothing in (0.0, 0.2):
        options = {"weight": W, "label_smoothing": smoothing, "reduction": "sum"}
        np.testing.assert_allclose(
            cross_entropy(X, Y, **options), cross_entropy(X, one_hot, **options), rtol=1e-14
        )


def test_gradient_of_cross_entropy_adds_up_to_0():
    # Adding a constant to all logits of a row changes nothing.
    for options in ({}, {"weight": W}, {"weight": W, "label_smoothing": 0.3}):
        gradient = cross_entropy_grad(X, Y, reduction="sum", **options)
        np.testing.assert_allclose(gradient.sum(1), 0, atol=1e-15)
        shifted = cross_entropy(X + 7, Y, **options)
        np.testing.assert_allclose(shifted, cross_entropy(X, Y, **options), rtol=1e-13)


def test_an_ignored_target_stands_beside_a_single_class():
    assert nll_loss([[-1.0], [-2.0]], [0, -100]) == 1
    np.testing.assert_array_equal(nll_loss_grad([[-1.0], [-2.0]], [0, -100]), [[-1.0], [0.0]])


def test_ignored_targets_have_no_gradient():
    for gradient in (nll_loss_grad(X, SOME), cross_entropy_grad(X, SOME, label_smoothing=0.1)):
        np.testing.assert_array_equal(np.abs(gradient).sum(1) > 0, SOME != -100)


REFUSED = {
    f"{name} {what}": (Call(name, *inputs, **options), message)
    for name in (NLL, CE)
    for what, inputs, options, message in [
        (
            "class too large",
            (X, Y + 1),
            {},
            "^target: expected class numbers from 0 to 2, .*, got 3$",
        ),
        (
            "class below 0",
            (X, Y - 1),
            {},
            "^target: expected class numbers from 0 to 2, .* got -1$",
        ),
        (
            "shape",
            (X, Y[:3]),
            {},
            r"^target: expected class numbers of shape \(4,\) for an input of shape \(4, 3\), "
            r"got shape \(3,\)$",
        ),
        ("image without batch", (IMAGE[0], PIXELS[0]), {}, r"^target: .*, got shape \(2, 2\)$"),
        (
            "int32",
            (X, Y.int()),
            {},
            "^target: expected class numbers of dtype int64 or uint8 .* int32",
        ),
        ("uint8 image", (IMAGE, PIXELS.byte()), {}, "^target: .* of dtype int64 .*, got uint8"),
        ("floats", (X, Y.double()), {}, "^target: expected class numbers of dtype .*, got float64"),
        (
            "integer input",
            (X.long(), Y),
            {},
            "^input: expected a floating-point dtype .*, got int64",
        ),
        (
            "weight",
            (X, Y),
            {"weight": W[:2]},
            r"^weight: expected one weight for each of the 3 classes, got shape \(2,\)$",
        ),
        (
            "weight, a number",
            (X, Y),
            {"weight": 1.0},
            "^weight: expected an array, .*, got float 1.0$",
        ),
        (
            "weight of another dtype",
            (X, Y),
            {"weight": W.float()},
            "^weight: expected the dtype of input, float64, got float32$",
        ),
        (
            "ignore_index 1.0",
            (X, Y),
            {"ignore_index": 1.0},
            "^ignore_index: expected an integer, got",
        ),
        ("ignore_index True", (X, Y), {"ignore_index": True}, "^ignore_index: .*, got bool True$"),
        (
            "reduction",
            (X, Y),
            {"reduction": "batchmean"},
            "^reduction: expected one of .*'batchmean'$",
        ),
    ]
} | {
    "no dimensions": (
        Call(NLL, X[0, 0], Y[0]),
        r"^input: expected at least one dimension, of classes, got a shape of \(\)$",
    ),
    "no dimensions of probabilities": (
        Call(CE, X[0, 0], X[0, 0]),
        r"^input: expected at least one dimension, of classes, got a shape of \(\)$",
    ),
    "smoothing above 1": (
        Call(CE, X, Y, label_smoothing=1.5),
        "^label_smoothing: expected a number at least 0 and at most 1, got 1.5$",
    ),
    "smoothing of probabilities above 1": (
        Call(CE, X, PROBABILITIES, label_smoothing=1.5),
        "^label_smoothing: expected .*, got 1.5$",
    ),
    "smoothing, a word": (
        Call(CE, X, Y, label_smoothing="0.1"),
        "^label_smoothing: expected a number, got str '0.1'$",
    ),
    "integer probabilities": (
        Call(CE, X, PROBABILITIES.long()),
        "^target: expected a floating-point dtype .*, got int64",
    ),
    "probabilities with ignore_index": (
        Call(CE, X, PROBABILITIES, ignore_index=1),
        r"^ignore_index: expected a negative number .*, got 1$",
    ),
    "smoothed target of one": (
        Call(CE, X[0], Y[:1], label_smoothing=0.1),
        r"^target: expected a shape of \(\) with label_smoothing, got shape \(1,\)$",
    ),
    "smoothed weighted uint8": (
        Call(CE, X, Y.byte(), label_smoothing=0.1, weight=W),
        "^target: expected class numbers of dtype int64 .*, got uint8",
    ),
}


@each_refusal(REFUSED)
def test_refused(call, message):
    assert_refused(call, message)


@pytest.mark.parametrize("loss", [nll_loss, nll_loss_grad, cross_entropy, cross_entropy_grad])
def test_refuses_an_input_without_classes(loss):
    with pytest.raises(
        ValueError, match=r"^input: expected at least one class, got shape \(2, 0\)$"
    ):
        loss(np.zeros((2, 0)), [0, 1])
