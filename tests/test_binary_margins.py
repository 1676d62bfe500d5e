"""SoftMarginLoss and MultiLabelSoftMarginLoss."""

import math

import numpy as np
import pytest
import torch

from helpers import binary_cross_entropy_with_logits, log_sigmoid
from helpers.binary import (
    multilabel_soft_margin_loss,
    multilabel_soft_margin_loss_grad,
    soft_margin_loss,
    soft_margin_loss_grad,
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

SOFT, MULTI = "soft_margin_loss", "multilabel_soft_margin_loss"
X = tensor([[0.8, -2.0, 1.1], [-0.4, 0.3, 3.2]])
SIGNS = tensor([[1.0, -1.0, -1.0], [1.0, 1.0, -1.0]])
FLAGS = (SIGNS + 1) / 2
SHARES = tensor([[0.9, 0.1, 0.5], [1.0, 0.25, 0.0]])
W = tensor([0.5, 2.0, 1.25])
CUBE = torch.linspace(-3, 3, 24).double().reshape(2, 3, 4)

SMOOTH = {
    "soft": Call(SOFT, X, SIGNS),
    "soft, one target for all": Call(SOFT, X, SIGNS[0, 0]),
    "soft, a target for each column": Call(SOFT, X, SIGNS[0]),
    "soft, a target for each row": Call(SOFT, X, SIGNS[:, :1]),
    "soft, integer targets": Call(SOFT, X, SIGNS.long()),
    "soft, targets of any size": Call(SOFT, X, X.flip(0) * 3),
    "soft, targets of 0": Call(SOFT, X, FLAGS),
    "soft, a number": Call(SOFT, X[0, 0], SIGNS[0, 0]),
    "multilabel": Call(MULTI, X, FLAGS),
    "multilabel, weighted": Call(MULTI, X, FLAGS, weight=W),
    "multilabel, shares": Call(MULTI, X, SHARES, weight=W),
    "multilabel, signs": Call(MULTI, X, SIGNS),
    "multilabel, integer targets": Call(MULTI, X, FLAGS.long()),
    "multilabel, uint8 targets": Call(MULTI, X, FLAGS.byte()),
    "multilabel, unbatched": Call(MULTI, X[0], FLAGS[0], weight=W),
    "multilabel, three dimensions": Call(MULTI, CUBE, (CUBE > 0).double()),
    "multilabel, one target for all rows": Call(MULTI, X, FLAGS[0]),
    "multilabel, a target for each row": Call(MULTI, X, FLAGS[:, :1]),
    "multilabel, weights for each row": Call(MULTI, X, FLAGS, weight=W[:2, None]),
    "multilabel, a weight for all": Call(MULTI, X, FLAGS, weight=W[1]),
    "multilabel, a plain number as weight": Call(MULTI, X, FLAGS, weight=2.0),
    "multilabel, integer weights": Call(MULTI, X, FLAGS, weight=torch.tensor([1, 2, 3])),
    # Now the axis that is added up is not the last one any more.
    "multilabel, target with more axes": Call(MULTI, X[0], FLAGS),
    "multilabel, target longer than the input": Call(MULTI, X[:, :1], FLAGS),
    "multilabel, weight with more axes": Call(MULTI, X, FLAGS, weight=CUBE[:, :2, 1:].exp()),
}
CORNERS = {
    "soft, the largest exponential": Call(SOFT, tensor([709.0, -709.0]), tensor([-1.0, -1.0])),
    "soft, overflow": Call(
        SOFT, tensor([710.0, 1e4, -1e4, -710.0]), tensor([-1.0, -1.0, 1.0, 1.0])
    ),
    "soft, underflow": Call(SOFT, tensor([1e4, -1e4, 745.0]), tensor([1.0, -1.0, 1.0])),
    "soft, inf and NaN": Call(
        SOFT,
        tensor([np.inf, -np.inf, np.nan] * 3),
        SIGNS.new_tensor([1.0, 1.0, 1.0, -1.0, -1.0, -1.0, 0.0, 0.0, 0.0]),
    ),
    "soft, infinite targets": Call(
        SOFT, tensor([1.0, -1.0, 0.0]), tensor([np.inf, np.inf, np.inf])
    ),
    "soft, empty": Call(SOFT, X[:0], SIGNS[:0]),
    "multilabel, large": Call(MULTI, tensor([[1e4, -1e4], [-1e4, 1e4]]), tensor([[1.0, 0.0]] * 2)),
    **{
        f"multilabel, {x} for {y}": Call(MULTI, tensor([x, 1.0]), tensor([y, 1.0]))
        for x in (np.inf, -np.inf, np.nan)
        for y in (0.0, 1.0, 0.5)
    },
    "multilabel, infinite weight": Call(MULTI, X, FLAGS, weight=tensor([np.inf, 0.0, 1.0])),
    "multilabel, no samples": Call(MULTI, X[:0], FLAGS[:0]),
    "multilabel, no labels": Call(MULTI, X[:, :0], FLAGS[:, :0]),
    "multilabel, no samples in the target": Call(MULTI, X[0], FLAGS[:0]),
}


@each(SMOOTH | CORNERS)
def test_like_torch(call):
    assert_like_torch(call)


@each(SMOOTH)
def test_gradient_is_the_slope(call):
    assert_slope(call)


def test_soft_margin_by_the_formula():
    log_3 = math.log(3)
    losses = soft_margin_loss([log_3, log_3, 0.0], [1.0, -1.0, 1.0], reduction="none")
    np.testing.assert_allclose(losses, [math.log(4 / 3), math.log(4), math.log(2)], rtol=1e-15)
    slopes = soft_margin_loss_grad([log_3, log_3, 0.0], [1.0, -1.0, 1.0], reduction="sum")
    np.testing.assert_allclose(slopes, [-1 / 4, 3 / 4, -1 / 2], rtol=1e-15)


def test_soft_margin_is_bce_with_logits():
    np.testing.assert_allclose(
        soft_margin_loss(X, SIGNS, "none"),
        binary_cross_entropy_with_logits(X, FLAGS, reduction="none"),
        rtol=1e-13,
    )
    # Where its exponential overflows the other one still has the value.
    assert soft_margin_loss([710.0], [-1.0]) == np.inf
    assert np.isnan(soft_margin_loss_grad([710.0], [-1.0])).all()
    assert binary_cross_entropy_with_logits([710.0], [0.0]) == 710
    assert soft_margin_loss([709.0], [-1.0]) == 709


def test_a_target_of_0_costs_log_2():
    np.testing.assert_array_equal(
        soft_margin_loss(X, 0 * SIGNS, "none"), np.full(X.shape, np.log(2))
    )
    assert not soft_margin_loss_grad(X, 0 * SIGNS).any()


def test_multilabel_soft_margin_by_the_formula():
    x, y, w = X.numpy(), FLAGS.numpy(), W.numpy()
    rows = [
        -sum(w[c] * math.log(1 / (1 + math.exp(-x[n, c] * (2 * y[n, c] - 1)))) for c in range(3))
        / 3
        for n in range(2)
    ]
    np.testing.assert_allclose(multilabel_soft_margin_loss(x, y, w, "none"), rows, rtol=1e-14)
    np.testing.assert_allclose(multilabel_soft_margin_loss(x, y, w), sum(rows) / 2, rtol=1e-14)


def test_multilabel_soft_margin_is_the_mean_of_bce_with_logits():
    each_label = binary_cross_entropy_with_logits(X, SHARES, W, reduction="none")
    for reduction, expected in [
        ("none", each_label.mean(1)),
        ("mean", each_label.mean()),
        ("sum", each_label.sum() / 3),
    ]:
        np.testing.assert_allclose(
            multilabel_soft_margin_loss(X, SHARES, W, reduction), expected, rtol=1e-14
        )


def test_a_certain_label_has_no_gradient():
    gradient = multilabel_soft_margin_loss_grad(log_sigmoid(X) - 50, 0 * FLAGS)
    assert np.abs(gradient).max() < 1e-20


REFUSED = {
    "soft, larger target": (
        Call(SOFT, X[0], SIGNS),
        r"^target: expected a shape that broadcasts to that of input, \(3,\), got \(2, 3\)$",
    ),
    "soft, other target": (
        Call(SOFT, X, SIGNS[:, :2]),
        "^target: expected a shape that broadcasts",
    ),
    "soft, integers": (Call(SOFT, X.long(), SIGNS), "^input: expected a floating-point dtype"),
    "soft, complex target": (
        Call(SOFT, X, SIGNS + 0j),
        "^target: expected real numbers, got complex",
    ),
    "soft, batchmean": (
        Call(SOFT, X, SIGNS, reduction="batchmean"),
        "^reduction: expected one of 'none', 'sum', 'mean', got 'batchmean'$",
    ),
    "multilabel, no dimensions": (
        Call(MULTI, X[0, 0], FLAGS[0, 0]),
        r"^input: expected at least one dimension, of labels, got a shape of \(\)$",
    ),
    "multilabel, integers": (
        Call(MULTI, X.long(), FLAGS),
        "^input: expected a floating-point dtype",
    ),
    "multilabel, bool": (Call(MULTI, X, FLAGS.bool()), "^target: expected numbers .*, got bool of"),
    "multilabel, uint16": (
        Call(MULTI, X, FLAGS.to(torch.uint16)),
        "^target: expected numbers .*, got uint16 of",
    ),
    "multilabel, shapes": (
        Call(MULTI, X, FLAGS[:, :2]),
        r"^input and target: expected shapes that broadcast .*, got \(2, 3\) and \(2, 2\)$",
    ),
    "multilabel, shape of the weight": (
        Call(MULTI, X, FLAGS, weight=W[:2]),
        r"^input and target and weight: expected shapes .*, got \(2, 3\) and \(2,\)$",
    ),
    "multilabel, deprecated reduction": (
        Call(MULTI, X, FLAGS, reduction="elementwise_mean"),
        "^reduction: expected one of .*, got 'elementwise_mean'$",
    ),
}


@each_refusal(REFUSED)
def test_refused(call, message):
    assert_refused(call, message)


@pytest.mark.parametrize("dtype", [torch.bool, torch.uint8])
def test_soft_margin_takes_no_target_without_minus_1(dtype):
    # torch gives a value. Its gradient is an error for bool and, as -1 is 255, wrong for uint8.
    call = Call(SOFT, X, FLAGS.to(dtype))
    assert_refused(call, "^target: expected a signed dtype .*, got", by_torch=False)


def test_what_torch_makes_of_an_unsigned_target():
    ones = torch.ones(2, dtype=torch.uint8)
    right = Call(SOFT, X[0, :2], ones.long(), reduction="sum")
    wrong = Call(SOFT, X[0, :2], ones, reduction="sum")
    assert wrong.torch_value() == right.torch_value()
    assert not torch.allclose(wrong.torch_gradients(1)[0], right.torch_gradients(1)[0])
    # 1 - 2 is 255.
    above_1 = torch.full((2,), 2, dtype=torch.uint8)
    assert torch.nn.functional.multilabel_soft_margin_loss(X[0, :2], above_1) > 100
    call = Call(MULTI, X[0, :2], above_1)
    assert_refused(call, "^target: expected 0 or 1 where it is unsigned .*, got 2$", by_torch=False)
