"""LinearCrossEntropyLoss."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from helpers import (
    cross_entropy,
    cross_entropy_grad,
    linear_cross_entropy,
    linear_cross_entropy_grad,
)
from helpers.diagnosis.agreement import bound_of
from helpers.losses.linear_cross_entropy import _linear_cross_entropy
from tests.reference import (
    Call,
    assert_like_torch,
    assert_refused,
    assert_slope,
    each,
    each_refusal,
    tensor,
    wave,
)

LINEAR = "linear_cross_entropy"


# Four samples of five features, three classes.
X, A, B = wave(4, 5), wave(3, 5, start=40), wave(3, start=80)
Y, SOME = torch.tensor([0, 2, 1, 0]), torch.tensor([-100, 2, -100, 0])
W = tensor([0.5, 2.0, 1.25])
SOFT = torch.softmax(wave(4, 3, start=100), 1)
A2, B2 = wave(3, 2, 2, 5, start=200), wave(3, 2, 2, start=300)
Y2, SOFT2 = torch.tensor([[[0, 1], [2, 0]]] * 4), torch.softmax(wave(4, 3, 2, 2, start=400), 1)

SMOOTH = {
    what: Call(LINEAR, *inputs, **options)
    for what, inputs, options in [
        ("plain", (X, A, Y), {}),
        ("with bias", (X, A, Y), {"linear_bias": B}),
        ("weighted", (X, A, Y), {"weight": W, "linear_bias": B}),
        ("some ignored", (X, A, SOME), {"linear_bias": B}),
        ("class ignored", (X, A, Y), {"ignore_index": 2, "weight": W}),
        ("smoothed", (X, A, SOME), {"label_smoothing": 0.2, "weight": W, "linear_bias": B}),
        ("unbatched", (X[0], A, Y[0]), {"linear_bias": B}),
        ("unbatched, target of one", (X[0], A, Y[:1]), {}),
        ("uint8", (X, A, Y.byte()), {}),
        ("probabilities", (X, A, SOFT), {"weight": W, "linear_bias": B}),
        ("smoothed probabilities", (X, A, SOFT), {"label_smoothing": 0.2}),
        ("unbatched probabilities", (X[0], A, SOFT[0]), {"linear_bias": B}),
        ("more dimensions", (X, A2, Y2), {"linear_bias": B2, "weight": W}),
        ("more dimensions, probabilities", (X, A2, SOFT2), {"linear_bias": B2}),
        ("one dimension more", (X, A2[:, 0], Y2[:, 0]), {}),
        ("no features", (X[:, :0], A[:, :0], Y), {"linear_bias": B}),
        ("in pieces", (X, A, Y), {"options": nn.LinearCrossEntropyOptions()}),
    ]
}
CORNERS = {
    "no samples": Call(LINEAR, X[:0], A, Y[:0], linear_bias=B),
    "no samples, probabilities": Call(LINEAR, X[:0], A, SOFT[:0]),
    "all ignored": Call(LINEAR, X, A, torch.full((4,), -100), linear_bias=B),
    "large": Call(LINEAR, X * 1e4, A, Y),
    "infinite": Call(LINEAR, X[:, :1] * np.inf, A[:, :1], Y),
    "0 · inf": Call(LINEAR, X * 0, torch.where(A > 0, np.inf, A), Y),
    "0 · inf, unbatched": Call(
        LINEAR, tensor([0.0]), tensor([[0.0], [0.0], [np.inf]]), torch.tensor(0)
    ),
    "NaN": Call(LINEAR, X * np.nan, A, Y, linear_bias=B),
    "one class": Call(LINEAR, X, A[:1], 0 * Y),
    "nothing to classify": Call(LINEAR, X, A2[:, :0], Y2[:, :0]),
    "None in full": Call(
        LINEAR, X, A, Y, linear_bias=None, weight=None, ignore_index=None, options=None
    ),
} | {
    f"{what}, weights {weight}": Call(
        LINEAR, X, A, target, linear_bias=B, weight=tensor(weight), **options
    )
    for weight in ([1.0, np.inf, 2.0], [np.nan, 1.0, 0.0])
    for what, target, options in [
        ("some ignored", SOME, {}),
        ("smoothed", SOME, {"label_smoothing": 0.2}),
        ("probabilities", SOFT, {}),
    ]
}


@each(SMOOTH | CORNERS)
def test_like_torch(call):
    assert_like_torch(call)


@each(SMOOTH)
def test_gradient_is_the_slope(call):
    assert_slope(call)


def test_linear_cross_entropy_by_the_formula():
    # Logits of log 3 and 0 are probabilities of 3/4 and 1/4.
    x, a, b = [[1.0, 0.0], [0.0, 1.0]], [[math.log(3), 1.0], [0.0, 1.0]], [0.0, 0.0]
    high, low = -math.log(3 / 4), -math.log(1 / 4)
    losses = linear_cross_entropy(x, a, [0, 1], linear_bias=b, reduction="none")
    np.testing.assert_allclose(losses, [high, math.log(2)], rtol=1e-15)
    shifted = linear_cross_entropy(x, a, [1, 1], linear_bias=[0.0, math.log(3)], reduction="none")
    np.testing.assert_allclose(shifted, [math.log(2), high], rtol=1e-15)
    assert linear_cross_entropy(x, a, [1, -100]) == pytest.approx(low, rel=1e-15)
    for_input, for_weight, for_bias = linear_cross_entropy_grad(x, a, [0, 1], linear_bias=b)
    slope = np.array([[-1 / 4, 1 / 4], [1 / 2, -1 / 2]]) / 2
    # Where its terms cancel out, the order of a sum decides which rounding error is left.
    np.testing.assert_allclose(for_input, slope @ a, rtol=1e-15, atol=1e-16)
    np.testing.assert_allclose(for_weight, slope.T, rtol=1e-15)
    np.testing.assert_allclose(for_bias, [1 / 8, -1 / 8], rtol=1e-15)


@pytest.mark.parametrize("target", [SOME, SOFT], ids=["class numbers", "probabilities"])
def test_linear_cross_entropy_is_a_layer_and_cross_entropy(target):
    options = {"weight": W, "label_smoothing": 0.1}
    logits = (X @ A.T + B).numpy()
    slope = cross_entropy_grad(logits, target, **options)
    assert linear_cross_entropy(X, A, target, linear_bias=B, **options) == pytest.approx(
        cross_entropy(logits, target, **options), rel=1e-14
    )
    gradients = linear_cross_entropy_grad(X, A, target, linear_bias=B, **options)
    expected = slope @ A.numpy(), slope.T @ X.numpy(), slope.sum(0)
    for gradient, by_hand in zip(gradients, expected, strict=True):
        np.testing.assert_allclose(gradient, by_hand, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("target", [Y, SOFT], ids=["class numbers", "probabilities"])
@pytest.mark.parametrize("size", [1e-3, 1.0, 1e3])
def test_the_magnitude_bounds_the_rounding_of_float32(target, size):
    # The products cancel: what they round off is larger than the logits that are left.
    x, a = torch.hstack([X, X + 1e-3]) * size, torch.hstack([A, -A])
    narrow = x.float(), a.float(), target.float() if target.is_floating_point() else target
    by_torch = nn.functional.linear_cross_entropy(*narrow, reduction="none").numpy()
    working = _linear_cross_entropy(*narrow)
    assert np.all(np.abs(by_torch - working.loss) <= bound_of(working, "none", "float32"))


def test_the_magnitude_has_the_products_of_the_layer():
    # Both logits are 3 - 2 = 1, made of 5; both slopes are 1/2.
    working = _linear_cross_entropy([[3.0, 2.0]], [[1.0, -1.0], [1.0, -1.0]], [0])
    expected = (1 + 1 + math.log(2) + 1) + (5 / 2 + 5 / 2)
    np.testing.assert_allclose(working.magnitudes(), [expected], rtol=1e-15)
    biased = _linear_cross_entropy([3.0], [[1.0], [1.0]], 0, linear_bias=[-2.0, -2.0])
    np.testing.assert_allclose(biased.magnitudes(), expected, rtol=1e-15)


def test_a_bias_has_a_gradient_where_it_is_given():
    assert len(linear_cross_entropy_grad(X, A, Y)) == 2
    assert len(linear_cross_entropy_grad(X, A, Y, linear_bias=B)) == 3


@pytest.mark.parametrize("rows", [None, 1, 3])
@pytest.mark.parametrize("reduction", ["none", "sum", "mean"])
def test_torch_in_pieces_gives_the_same(rows, reduction):
    options = nn.LinearCrossEntropyOptions(batch_chunk_size=rows, chunking_method=None)
    given = {"weight": W, "linear_bias": B, "reduction": reduction}
    pieces = nn.functional.linear_cross_entropy(X, A, SOME, options=options, **given)
    np.testing.assert_allclose(linear_cross_entropy(X, A, SOME, **given), pieces, rtol=1e-12)


REFUSED = {
    "3 dimensions": (
        Call(LINEAR, X[None], A, Y[None]),
        r"^input: expected one dimension, of features, or two, .*, got shape \(1, 4, 5\)$",
    ),
    "a number": (Call(LINEAR, X[0, 0], A, Y[0]), r"^input: .*, got shape \(\)$"),
    "features": (
        Call(LINEAR, X[:, :4], A, Y),
        r"^linear_weight: expected a shape of \(C, …, 4\), .*, got shape \(3, 5\)$",
    ),
    "weight of one dimension": (
        Call(LINEAR, X, A[0], Y),
        r"^linear_weight: .*, got shape \(5,\)$",
    ),
    "more dimensions unbatched": (
        Call(LINEAR, X[0], A2, Y2[0]),
        r"^input: expected a batch, as linear_weight has 4 dimensions, got shape \(5,\)$",
    ),
    "shape of the bias": (
        Call(LINEAR, X, A, Y, linear_bias=B[:1]),
        r"^linear_bias: expected the shape of linear_weight without its last axis, \(3,\), "
        r"got shape \(1,\)$",
    ),
    "flat bias": (Call(LINEAR, X, A2, Y2, linear_bias=B2.flatten()), "^linear_bias: "),
    "bias a number": (
        Call(LINEAR, X, A, Y, linear_bias=1.0),
        "^linear_bias: expected an array, such as .*, got float 1.0$",
    ),
    "dtype of the weight": (
        Call(LINEAR, X, A.float(), Y),
        "^linear_weight: expected the dtype of input, float64, got float32$",
    ),
    "dtype of the bias": (
        Call(LINEAR, X, A, Y, linear_bias=B.float()),
        "^linear_bias: expected the dtype of input, float64, got float32$",
    ),
    "dtype of the class weights": (
        Call(LINEAR, X, A, Y, weight=W.float()),
        "^weight: expected the dtype of input, float64, got float32$",
    ),
    "integers": (
        Call(LINEAR, X.long(), A.long(), Y),
        "^input: expected a floating-point dtype .*, got int64",
    ),
    "too few targets": (
        Call(LINEAR, X, A, Y[:3]),
        r"^target: expected class numbers of shape \(4,\) or probabilities of \(4, 3\), "
        r"got shape \(3,\)$",
    ),
    "targets of more dimensions": (
        Call(LINEAR, X, A2, Y2[:, 0]),
        r"^target: expected class numbers of shape \(4, 2, 2\) or .*, got shape \(4, 2\)$",
    ),
    "uint8 of more dimensions": (
        Call(LINEAR, X, A2, Y2.byte()),
        "^target: expected class numbers of dtype int64 .*, got uint8",
    ),
    "target of one in pieces": (
        Call(LINEAR, X[0], A, Y[:1], options=nn.LinearCrossEntropyOptions()),
        r"^target: expected class numbers of shape \(\) or .*, got shape \(1,\)$",
    ),
    "class too large": (
        Call(LINEAR, X, A, Y + 1),
        "^target: expected class numbers from 0 to 2, or ignore_index = -100, got 3$",
    ),
    "ignored probabilities": (
        Call(LINEAR, X, A, SOFT, ignore_index=-100),
        r"^ignore_index: expected None \(probabilities ignore no class\), got int -100$",
    ),
    "ignore_index": (
        Call(LINEAR, X, A, Y, ignore_index=1.0),
        "^ignore_index: expected an integer, got float 1.0$",
    ),
    "class weights": (
        Call(LINEAR, X, A, Y, weight=W[:2]),
        "^weight: expected one weight for",
    ),
    "smoothing": (
        Call(LINEAR, X, A, Y, label_smoothing=1.5),
        "^label_smoothing: .* got 1.5$",
    ),
    "reduction": (
        Call(LINEAR, X, A, Y, reduction="batchmean"),
        "^reduction: expected one of",
    ),
    "options": (
        Call(LINEAR, X, A, Y, options=3),
        "^options: expected None or LinearCrossEntropyOptions, got int 3$",
    ),
}


@each_refusal(REFUSED)
def test_refused(call, message):
    assert_refused(call, message)
