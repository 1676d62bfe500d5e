"""BCE on probabilities and on logits, sigmoid and log-sigmoid."""

import math

import numpy as np
import pytest
import torch

from helpers import (
    binary_cross_entropy,
    binary_cross_entropy_grad,
    binary_cross_entropy_with_logits,
    binary_cross_entropy_with_logits_grad,
    log_sigmoid,
    sigmoid,
)
from tests.reference import (
    Call,
    assert_like_torch,
    assert_refused,
    assert_slope,
    each,
    each_refusal,
    tensor,
)

BCE, LOGITS = "binary_cross_entropy", "binary_cross_entropy_with_logits"
P = tensor([[0.2, 0.9, 0.55], [0.7, 0.05, 0.4]])
X = tensor([[-1.4, 2.2, 0.2], [0.8, -2.9, 6.0]])
Y = tensor([[0.0, 1.0, 0.3], [1.0, 0.0, 0.8]])
W = tensor([[0.5, 2.0, 1.0], [3.0, 0.25, 1.5]])
POS = tensor([0.5, 3.0, 2.0])

SMOOTH = {
    "bce": Call(BCE, P, Y),
    "bce weighted": Call(BCE, P, Y, weight=W),
    "bce weight broadcast": Call(BCE, P, Y, weight=W[:, :1]),
    "bce no dimensions": Call(BCE, P[0, 2], Y[0, 2], weight=tensor(2.0)),
    "logits": Call(LOGITS, X, Y),
    "logits weighted": Call(LOGITS, X, Y, weight=W),
    "logits pos_weight": Call(LOGITS, X, Y, pos_weight=POS),
    "logits both weights": Call(LOGITS, X, Y, weight=W[:, :1], pos_weight=POS),
    "logits pos_weight of integers": Call(LOGITS, X, Y, pos_weight=torch.tensor([0, 3, 2])),
    "logits no dimensions": Call(LOGITS, X[0, 0], Y[0, 2]),
    "logits target outside [0, 1]": Call(LOGITS, X, 3 * Y - 1),
}
NOTHING = torch.zeros((0, 2)).double()
CORNERS = {
    # All four meetings of a sure prediction with the truth, and a probability no float32 holds.
    "bce sure": Call(BCE, tensor([0.0, 0.0, 1.0, 1.0, 1e-60]), tensor([0.0, 1.0, 0.0, 1.0, 1.0])),
    "bce empty": Call(BCE, NOTHING, NOTHING),
    "bce weights of 0": Call(BCE, P, Y, weight=torch.zeros(3).double()),
    "logits large": Call(LOGITS, tensor([1e4, 1e4, -1e4, -1e4]), tensor([0.0, 1.0, 0.0, 1.0])),
    "logits large pos_weight": Call(
        LOGITS, tensor([1e4, -1e4]), tensor([0.5, 1.0]), pos_weight=POS[:1]
    ),
    "logits not finite": Call(LOGITS, tensor([np.inf, -np.inf, np.nan]), tensor([1.0, 0.0, 1.0])),
    "logits empty": Call(LOGITS, NOTHING, NOTHING),
    "logits target of another dtype": Call(LOGITS, X, Y.half()),
}
FUNCTIONS = {
    f"{name} {what}": Call(name, x)
    for name in ("sigmoid", "log_sigmoid")
    for what, x in {
        "": X,
        "large": tensor([1e4, 800.0, 40.0, -40.0, -800.0, -1e4]),
        "not finite": tensor([np.inf, -np.inf, np.nan]),
        "no dimensions": tensor(0.3),
        "empty": NOTHING,
    }.items()
}


@each(SMOOTH | CORNERS | FUNCTIONS)
def test_like_torch(call):
    assert_like_torch(call)


@each(SMOOTH)
def test_gradient_is_the_slope(call):
    assert_slope(call)


def test_bce_by_the_formula():
    value = binary_cross_entropy([0.8, 0.8, 0.8], [1.0, 0.0, 0.25], reduction="none")
    expected = [-math.log(0.8), -math.log(0.2), -(math.log(0.8) + 3 * math.log(0.2)) / 4]
    np.testing.assert_allclose(value, expected, rtol=1e-15)


def test_bce_holds_the_logarithm_at_minus_100():
    np.testing.assert_array_equal(
        binary_cross_entropy([0.0, 1.0, 1e-60], [1.0, 0.0, 1.0], reduction="none"), [100] * 3
    )


def test_bce_holds_the_denominator_of_the_gradient():
    # torch keeps the bound in float32, where it is not quite 1e-12.
    bound = float(np.float32(1e-12))
    slope = binary_cross_entropy_grad([0.0, 1.0, 1e-13], [1.0, 0.0, 1.0], reduction="sum")
    np.testing.assert_allclose(slope, [-1 / bound, 1 / bound, (1e-13 - 1) / bound], rtol=1e-15)


def test_logits_by_the_formula():
    odds = math.log(4)  # a probability of 0.8
    value = binary_cross_entropy_with_logits(
        [odds] * 3, [1.0, 0.0, 0.25], weight=[2.0] * 3, pos_weight=[3.0], reduction="none"
    )
    yes, no = -math.log(0.8), -math.log(0.2)
    np.testing.assert_allclose(value, [6 * yes, 2 * no, 2 * (3 * yes + 3 * no) / 4], rtol=1e-15)


def test_logits_give_what_bce_gives_after_the_sigmoid():
    weight = W * (1 + (POS - 1) * Y)
    hard = Y.round()
    logits = binary_cross_entropy_with_logits(X, hard, W, "none", POS)
    probabilities = binary_cross_entropy(sigmoid(X), hard, W * (1 + (POS - 1) * hard), "none")
    np.testing.assert_allclose(logits, probabilities, rtol=1e-13)
    # Without pos_weight that holds for soft targets too.
    np.testing.assert_allclose(
        binary_cross_entropy_with_logits(X, Y, weight, "none"),
        binary_cross_entropy(sigmoid(X), Y, weight, "none"),
        rtol=1e-13,
    )


def test_the_chain_rule_joins_the_two_gradients():
    p = sigmoid(X)
    np.testing.assert_allclose(
        binary_cross_entropy_with_logits_grad(X, Y),
        binary_cross_entropy_grad(p, Y) * p * (1 - p),
        rtol=1e-12,
    )


@pytest.mark.parametrize("x", [0.0, 0.3, 5.0, 40.0, 700.0])
def test_sigmoid_identities(x):
    # Compared relatively and to the last bits, so that the small ones of each pair count too.
    np.testing.assert_allclose(sigmoid(-x), math.exp(-x) / (1 + math.exp(-x)), rtol=1e-15)
    np.testing.assert_allclose(sigmoid(x) + sigmoid(-x), 1, rtol=1e-15)
    np.testing.assert_allclose(log_sigmoid(x), -math.log1p(math.exp(-x)), rtol=1e-15)
    np.testing.assert_allclose(log_sigmoid(x) - log_sigmoid(-x), x, rtol=1e-15)


BOTH = {
    f"{name} {what}": (Call(name, *inputs, **options), message)
    for name in (BCE, LOGITS)
    for what, (inputs, options, message) in {
        "shapes": (
            (P, Y[:1]),
            {},
            r"^target: expected the shape of input, \(2, 3\), got shape \(1, 3\)$",
        ),
        "integers": (
            (P.long(), Y.long()),
            {},
            r"^input: expected a floating-point dtype .*, got int64 of shape \(2, 3\)$",
        ),
        "integer target": ((P, Y.long()), {}, "^target: expected .*, got int64"),
        "weight too large": (
            (P, Y),
            {"weight": torch.ones(2, 2, 3)},
            r"^weight: expected a shape that broadcasts to that of target, \(2, 3\), "
            r"got \(2, 2, 3\)$",
        ),
        "weight, a number": (
            (P, Y),
            {"weight": 2},
            r"^weight: expected an array, such as \[2\], got int 2$",
        ),
        "reduction": ((P, Y), {"reduction": None}, "^reduction: expected one of .*, got None$"),
    }.items()
}
REFUSED = BOTH | {
    "bce above 1": (
        Call(BCE, tensor([0.5, 1.5]), tensor([0.0, 1.0])),
        "^input: expected every element between 0 and 1, got 1.5$",
    ),
    "bce below 0": (Call(BCE, tensor([-0.5]), tensor([0.0])), "^input: expected .*, got -0.5$"),
    "bce NaN": (Call(BCE, tensor([np.nan]), tensor([0.0])), "^input: expected .*, got nan$"),
    "bce target": (Call(BCE, P, 3 * Y), "^target: expected .* between 0 and 1, got 3.0$"),
    "bce dtypes": (
        Call(BCE, P, Y.float()),
        "^target: expected the dtype of input, float64, got float32$",
    ),
    "pos_weight of bool": (
        Call(LOGITS, X, Y, pos_weight=POS > 1),
        r"^pos_weight: expected a signed dtype .*, got bool of shape \(3,\)$",
    ),
    "pos_weight too large": (
        Call(LOGITS, X, Y, pos_weight=torch.ones(4)),
        r"^pos_weight: expected a shape that broadcasts to .*, got \(4,\)$",
    ),
    "log_sigmoid of integers": (
        Call("log_sigmoid", torch.tensor([1])),
        r"^input: expected a floating-point dtype .*, got int64 of shape \(1,\)$",
    ),
}


@each_refusal(REFUSED)
def test_refused(call, message):
    assert_refused(call, message)


def test_sigmoid_refuses_complex_numbers():
    with pytest.raises(TypeError, match=r"^input: expected real numbers, got complex128 of shape"):
        sigmoid([1j])


def test_a_weight_may_be_a_number_of_numpy():
    given = [0.5, 0.25], [1.0, 0.0]
    weighted = binary_cross_entropy(*given, weight=np.float64(2.0))
    assert weighted == pytest.approx(2 * binary_cross_entropy(*given), rel=1e-15)
