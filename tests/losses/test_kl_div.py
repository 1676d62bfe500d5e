"""KLDiv."""

import math

import numpy as np
import torch

from helpers import kl_div, kl_div_grad, log_softmax, softmax
from tests.reference import (
    Call,
    assert_like_torch,
    assert_refused,
    assert_slope,
    each,
    each_refusal,
    tensor,
)

Q = tensor(log_softmax(tensor([[0.3, 1.7, -0.4], [2.0, 0.1, 0.2]]), 1).tolist())
P = tensor(softmax(tensor([[1.0, 0.2, 0.4], [-0.5, 0.0, 3.0]]), 1).tolist())
NOTHING = torch.zeros((0, 3)).double()

SMOOTH = {
    "probabilities": Call("kl_div", Q, P),
    "log_target": Call("kl_div", Q, P.log(), log_target=True),
    "target broadcast": Call("kl_div", Q, P[0]),
    "input broadcast": Call("kl_div", Q[:1], P),
    "input smaller": Call("kl_div", Q[0], P),
    "both broadcast": Call("kl_div", Q[:, :1], P[:1].log(), log_target=True),
    "three dimensions": Call("kl_div", Q[:, None], P[:, None].expand(2, 4, 3)),
    "unbatched": Call("kl_div", Q[0], P[0]),
    "no dimensions": Call("kl_div", Q[0, 0], P[0, 0]),
    "target of another dtype": Call("kl_div", Q, P.half()),
}
CORNERS = {
    "probabilities of 0 and 1": Call("kl_div", Q, tensor([[0.0, 1.0, 0.0], [1.0, 0.0, -0.0]])),
    "impossible, predicted so": Call("kl_div", tensor([-np.inf]), tensor([0.0])),
    "possible, predicted never": Call("kl_div", tensor([-np.inf]), tensor([0.5])),
    "log 0 in both": Call("kl_div", tensor([-np.inf]), tensor([-np.inf]), log_target=True),
    "log 0 in the target": Call("kl_div", tensor([-1.0]), tensor([-np.inf]), log_target=True),
    "below 0": Call("kl_div", Q, P - 0.5),
    "NaN": Call("kl_div", tensor([-1.0, np.nan]), tensor([np.nan, 0.5])),
    "large": Call("kl_div", tensor([-1e4, -1e4]), tensor([1.0, 1e-300])),
    "empty": Call("kl_div", NOTHING, NOTHING),
    "empty rows": Call("kl_div", NOTHING.T, NOTHING.T),
    "empty log_target": Call("kl_div", NOTHING, NOTHING, log_target=True),
}


@each(SMOOTH | CORNERS)
def test_like_torch(call):
    assert_like_torch(call)


@each(SMOOTH)
def test_gradient_is_the_slope(call):
    assert_slope(call)


def test_value_by_the_formula():
    log_q, p = np.log([[0.5, 0.5], [0.8, 0.2]]), [[0.9, 0.1], [0.0, 1.0]]
    parts = [[0.9 * math.log(0.9 / 0.5), 0.1 * math.log(0.1 / 0.5)], [0, math.log(1 / 0.2)]]
    np.testing.assert_allclose(kl_div(log_q, p, "none"), parts, rtol=1e-14)
    total = sum(map(sum, parts))
    for reduction, divisor in {"sum": 1, "mean": 4, "batchmean": 2}.items():
        np.testing.assert_allclose(kl_div(log_q, p, reduction), total / divisor, rtol=1e-14)


def test_divergence_is_cross_entropy_minus_entropy():
    cross, entropy = -(P * Q).sum(1), -(P * P.log()).sum(1)
    np.testing.assert_allclose(kl_div(Q, P, "none").sum(1), cross - entropy, rtol=1e-13)


def test_divergence_of_a_distribution_from_itself_is_0():
    np.testing.assert_allclose(kl_div(P.log(), P, "none"), 0, atol=1e-16)
    np.testing.assert_array_equal(kl_div(P.log(), P.log(), "none", log_target=True), 0 * P)


def test_log_target_is_the_target_in_logarithms():
    for function in (kl_div, kl_div_grad):
        np.testing.assert_allclose(
            function(Q, P, "mean"), function(Q, P.log(), "mean", log_target=True), rtol=1e-13
        )


REFUSED = {
    "shapes": (
        Call("kl_div", Q, P[:, :2]),
        r"^input and target: expected shapes that broadcast .*, got \(2, 3\) and \(2, 2\)$",
    ),
    "integer input": (
        Call("kl_div", Q.long(), P),
        r"^input: expected a floating-point dtype .*, got int64 of shape \(2, 3\)$",
    ),
    "integer target": (Call("kl_div", Q, P.long()), "^target: expected .*, got int64"),
    "log_target of 1": (
        Call("kl_div", Q, P, log_target=1),
        "^log_target: expected True or False, got int 1$",
    ),
    "reduction": (
        Call("kl_div", Q, P, reduction="samples"),
        "^reduction: expected one of 'none', 'sum', 'mean', 'batchmean', got 'samples'$",
    ),
}


@each_refusal(REFUSED)
def test_refused(call, message):
    assert_refused(call, message)
