"""L1, MSE, SmoothL1 and Huber."""

import numpy as np
import pytest
import torch

from helpers import (
    huber_loss,
    huber_loss_grad,
    l1_loss,
    l1_loss_grad,
    mse_loss,
    mse_loss_grad,
    smooth_l1_loss,
    smooth_l1_loss_grad,
)
from helpers.losses.regression import _huber, _smooth_l1
from tests.reference import (
    Call,
    assert_like_torch,
    assert_refused,
    assert_slope,
    each,
    each_refusal,
    tensor,
)

# Differences on both sides of 0, of 0.5 and of 1, none of them round: every branch, no kink.
X = tensor([[0.3, -1.7, 2.9], [0.0, 5.5, -0.45]])
Y = tensor([[0.1, -1.1, -0.4], [1.9, 5.8, -0.2]])
W = tensor([[0.5, 2.0, 1.0], [3.0, 0.25, 1.5]])
LOSSES = ("l1_loss", "mse_loss", "smooth_l1_loss", "huber_loss")

SMOOTH = {name: Call(name, X, Y) for name in LOSSES} | {
    "l1 weighted": Call("l1_loss", X, Y, weight=W),
    "mse weighted": Call("mse_loss", X, Y, weight=W),
    "huber weighted": Call("huber_loss", X, Y, weight=W, delta=0.5),
    "smooth_l1 beta": Call("smooth_l1_loss", X, Y, beta=0.5),
    "smooth_l1 beta 0": Call("smooth_l1_loss", X, Y, beta=0),
    "huber delta": Call("huber_loss", X, Y, delta=2.5),
    "target broadcast": Call("mse_loss", X, Y[:1]),
    "input broadcast": Call("huber_loss", X[:, :1], Y),
    "both broadcast": Call("l1_loss", X[:, :1], Y[0]),
    "weighted and broadcast": Call("mse_loss", X[:, :1], Y, weight=W[:, :1]),
    "no dimensions": Call("smooth_l1_loss", X[0, 0], Y[0, 0]),
    "integer target": Call("huber_loss", X, torch.tensor([[1, 2, 0], [3, 4, -7]])),
}
CORNERS = {
    f"{name} {what}": Call(name, x, y)
    for name in LOSSES
    for what, (x, y) in {
        # Equal, and exactly at the beta or delta of 1, on both sides.
        "at the kinks": (tensor([2.0, 1.0, 0.0, -1.0]), tensor([2.0, 0.0, 1.0, 0.0])),
        "large": (tensor([1e4, -1e4]), tensor([-1e4, 0.5])),
        "not finite": (tensor([np.inf, -np.inf, np.nan, 1.0]), tensor([0.0, 0.0, 0.0, np.nan])),
        "empty": (torch.zeros((0, 3)).double(), torch.zeros((0, 3)).double()),
        "empty by broadcasting": (torch.zeros((1, 3)).double(), torch.zeros((0, 1)).double()),
    }.items()
} | {
    "weights of 0": Call("l1_loss", X, Y, weight=torch.zeros_like(W)),
    "weight of integers": Call("mse_loss", X, Y, weight=torch.tensor([[1, 2, 3], [0, 1, 1]])),
    "beta 0 at the kink": Call("smooth_l1_loss", X, X, beta=0),
    "huber without a line": Call("huber_loss", X, Y, delta=np.inf),
    "delta in a tensor": Call("huber_loss", X, Y, delta=torch.tensor(1.5)),
}


@each(SMOOTH | CORNERS)
def test_like_torch(call):
    assert_like_torch(call)


@each(SMOOTH)
def test_gradient_is_the_slope(call):
    assert_slope(call)


# d = x - y is 0.25 and -3: one element on each side of 1, of 0.5 and of 2.
EXPECTED = {
    "l1": (l1_loss, {}, [0.25, 3]),
    "mse": (mse_loss, {}, [0.25**2, 3**2]),
    "smooth_l1": (smooth_l1_loss, {}, [0.25**2 / 2, 3 - 1 / 2]),
    "smooth_l1 beta": (smooth_l1_loss, {"beta": 0.5}, [0.25**2 / (2 * 0.5), 3 - 0.5 / 2]),
    "huber": (huber_loss, {}, [0.25**2 / 2, 3 - 1 / 2]),
    "huber delta": (huber_loss, {"delta": 2}, [0.25**2 / 2, 2 * (3 - 2 / 2)]),
    "huber weighted": (huber_loss, {"weight": [5.0, 7.0]}, [5 * 0.25**2 / 2, 7 * (3 - 1 / 2)]),
}


@pytest.mark.parametrize(("loss", "options", "expected"), EXPECTED.values(), ids=EXPECTED)
def test_value_by_the_formula(loss, options, expected):
    value = loss([1.25, -2.0], [1.0, 1.0], reduction="none", **options)
    np.testing.assert_allclose(value, expected, rtol=1e-15)
    np.testing.assert_allclose(
        loss([1.25, -2.0], [1.0, 1.0], reduction="mean", **options),
        np.sum(expected) / 2,
        rtol=1e-15,
    )


def test_mean_divides_by_the_weights_but_for_huber():
    x, y, weight = [1.0, 5.0], [0.0, 2.0], [2.0, 6.0]
    assert l1_loss(x, y, weight=weight) == (2 * 1 + 6 * 3) / (2 + 6)
    assert mse_loss(x, y, weight=weight) == (2 * 1 + 6 * 9) / (2 + 6)
    assert huber_loss(x, y, weight=weight, delta=9) == (2 * 1 + 6 * 9) / 2 / 2


def test_the_line_begins_at_the_threshold_itself():
    for working in (_smooth_l1, _huber):
        branch = working([0.5, 1.0, -1.0, np.nan], [0.0] * 4).columns()["branch"]
        assert branch.tolist() == ["square", "line", "line", "line"]


def test_the_slope_at_the_kinks():
    assert l1_loss_grad([3.0], [3.0]) == [0.0]
    np.testing.assert_array_equal(smooth_l1_loss_grad([1.0, -1.0], [0.0, 0.0], "sum"), [1.0, -1.0])
    np.testing.assert_array_equal(huber_loss_grad([3.0, -3.0], [0.0, 0.0], "sum", 3), [3.0, -3.0])


def test_the_slope_of_the_weighted_mean_divides_as_the_mean_does():
    x, y, weight = [1.0, 5.0], [0.0, 2.0], [2.0, 6.0]
    np.testing.assert_allclose(
        mse_loss_grad(x, y, weight=weight), [2 * 2 * 1 / 8, 2 * 6 * 3 / 8], rtol=1e-15
    )
    np.testing.assert_allclose(
        huber_loss_grad(x, y, weight=weight, delta=9), [1.0, 9.0], rtol=1e-15
    )


@pytest.mark.parametrize("size", [0.25, 1.0, 3.0])
def test_smooth_l1_is_huber_divided_by_its_width(size):
    smooth, huber = smooth_l1_loss(X, Y, "none", size), huber_loss(X, Y, "none", size)
    np.testing.assert_allclose(smooth, huber / size, rtol=1e-14)


def test_the_limits_of_smooth_l1_and_huber():
    np.testing.assert_array_equal(smooth_l1_loss(X, Y, "none", beta=0), l1_loss(X, Y, "none"))
    np.testing.assert_array_equal(huber_loss(X, Y, "none", delta=1e3), mse_loss(X, Y, "none") / 2)


REFUSED = {
    f"{name} {what}": (Call(name, *inputs, **options), message)
    for name in LOSSES
    for what, (inputs, options, message) in {
        "shapes": (
            (tensor([1.0, 2.0]), tensor([1.0, 2.0, 3.0])),
            {},
            r"^input and target: expected shapes that broadcast to a common one, "
            r"got \(2,\) and \(3,\)$",
        ),
        "reduction": (
            (X, Y),
            {"reduction": "batchmean"},
            r"^reduction: expected one of 'none', 'sum', 'mean', got 'batchmean'$",
        ),
        "integers": (
            (X.long(), Y.long()),
            {},
            r"^input.*: expected a floating-point dtype.* \(use .float\(\)\), got int64 of shape",
        ),
        "no numbers": ((X, "text"), {}, "^target: expected an array of numbers, got str$"),
        "nothing": ((None, Y), {}, "^input: expected an array of numbers, got NoneType$"),
        "ragged": (
            (X, [[1.0], [1.0, 2.0]]),
            {},
            "^target: expected an array of numbers, got list$",
        ),
    }.items()
} | {
    "weight of another shape": (
        Call("l1_loss", X, Y, weight=W[0]),
        r"^weight: expected the shape of input, \(2, 3\), got shape \(3,\)$",
    ),
    "weight, a number": (
        Call("mse_loss", X, Y, weight=2.0),
        r"^weight: expected an array, such as \[2.0\], got float 2.0$",
    ),
    "bool": (
        Call("l1_loss", X, Y > 0),
        r"^target: expected numbers .*, got bool of shape \(2, 3\)$",
    ),
    "weighted bool": (
        Call("mse_loss", X > 0, Y, weight=W),
        "^input: expected numbers .*, got bool",
    ),
    "huber of integers": (
        Call("huber_loss", X.int(), Y),
        "^input: expected .*, got int32 of shape",
    ),
    "beta below 0": (
        Call("smooth_l1_loss", X, Y, beta=-1.0),
        "^beta: expected a number at least 0, got -1$",
    ),
    "beta NaN": (
        Call("smooth_l1_loss", X, Y, beta=np.nan),
        "^beta: expected .* at least 0, got nan$",
    ),
    "delta of 0": (
        Call("huber_loss", X, Y, delta=0.0),
        "^delta: expected a number above 0, got 0$",
    ),
    "delta NaN": (Call("huber_loss", X, Y, delta=np.nan), "^delta: expected .* above 0, got nan$"),
    "delta, a word": (
        Call("huber_loss", X, Y, delta="1"),
        "^delta: expected a number, got str '1'$",
    ),
    "delta with a gradient": (
        Call("huber_loss", X, Y, delta=torch.tensor(1.0, requires_grad=True)),
        r"^delta: expected a number, got float32 of shape \(\)$",
    ),
}


@each_refusal(REFUSED)
def test_refused(call, message):
    assert_refused(call, message)
