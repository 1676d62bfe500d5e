"""BCE on probabilities and on logits, sigmoid and log-sigmoid, and the soft margins."""

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
    multilabel_soft_margin_loss,
    multilabel_soft_margin_loss_grad,
    sigmoid,
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

SOFT, MULTI = "soft_margin_loss", "multilabel_soft_margin_loss"
SCORES = tensor([[0.8, -2.0, 1.1], [-0.4, 0.3, 3.2]])
SIGNS = tensor([[1.0, -1.0, -1.0], [1.0, 1.0, -1.0]])
FLAGS = (SIGNS + 1) / 2
SHARES = tensor([[0.9, 0.1, 0.5], [1.0, 0.25, 0.0]])
LABEL_WEIGHTS = tensor([0.5, 2.0, 1.25])
CUBE = torch.linspace(-3, 3, 24).double().reshape(2, 3, 4)

SMOOTH_MARGINS = {
    "soft": Call(SOFT, SCORES, SIGNS),
    "soft, one target for all": Call(SOFT, SCORES, SIGNS[0, 0]),
    "soft, a target for each column": Call(SOFT, SCORES, SIGNS[0]),
    "soft, a target for each row": Call(SOFT, SCORES, SIGNS[:, :1]),
    "soft, integer targets": Call(SOFT, SCORES, SIGNS.long()),
    "soft, targets of any size": Call(SOFT, SCORES, SCORES.flip(0) * 3),
    "soft, targets of 0": Call(SOFT, SCORES, FLAGS),
    "soft, a number": Call(SOFT, SCORES[0, 0], SIGNS[0, 0]),
    "multilabel": Call(MULTI, SCORES, FLAGS),
    "multilabel, weighted": Call(MULTI, SCORES, FLAGS, weight=LABEL_WEIGHTS),
    "multilabel, shares": Call(MULTI, SCORES, SHARES, weight=LABEL_WEIGHTS),
    "multilabel, signs": Call(MULTI, SCORES, SIGNS),
    "multilabel, integer targets": Call(MULTI, SCORES, FLAGS.long()),
    "multilabel, uint8 targets": Call(MULTI, SCORES, FLAGS.byte()),
    "multilabel, unbatched": Call(MULTI, SCORES[0], FLAGS[0], weight=LABEL_WEIGHTS),
    "multilabel, three dimensions": Call(MULTI, CUBE, (CUBE > 0).double()),
    "multilabel, one target for all rows": Call(MULTI, SCORES, FLAGS[0]),
    "multilabel, a target for each row": Call(MULTI, SCORES, FLAGS[:, :1]),
    "multilabel, weights for each row": Call(MULTI, SCORES, FLAGS, weight=LABEL_WEIGHTS[:2, None]),
    "multilabel, a weight for all": Call(MULTI, SCORES, FLAGS, weight=LABEL_WEIGHTS[1]),
    "multilabel, a plain number as weight": Call(MULTI, SCORES, FLAGS, weight=2.0),
    "multilabel, integer weights": Call(MULTI, SCORES, FLAGS, weight=torch.tensor([1, 2, 3])),
    # Now the axis that is added up is not the last one any more.
    "multilabel, target with more axes": Call(MULTI, SCORES[0], FLAGS),
    "multilabel, target longer than the input": Call(MULTI, SCORES[:, :1], FLAGS),
    "multilabel, weight with more axes": Call(MULTI, SCORES, FLAGS, weight=CUBE[:, :2, 1:].exp()),
}
MARGIN_CORNERS = {
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
    "soft, empty": Call(SOFT, SCORES[:0], SIGNS[:0]),
    "multilabel, large": Call(MULTI, tensor([[1e4, -1e4], [-1e4, 1e4]]), tensor([[1.0, 0.0]] * 2)),
    **{
        f"multilabel, {x} for {y}": Call(MULTI, tensor([x, 1.0]), tensor([y, 1.0]))
        for x in (np.inf, -np.inf, np.nan)
        for y in (0.0, 1.0, 0.5)
    },
    "multilabel, infinite weight": Call(MULTI, SCORES, FLAGS, weight=tensor([np.inf, 0.0, 1.0])),
    "multilabel, no samples": Call(MULTI, SCORES[:0], FLAGS[:0]),
    "multilabel, no labels": Call(MULTI, SCORES[:, :0], FLAGS[:, :0]),
    "multilabel, no samples in the target": Call(MULTI, SCORES[0], FLAGS[:0]),
}

INF, NAN = math.inf, math.nan
WEIGHTS = tensor([[INF, -INF, NAN], [0.0, INF, 2.0]])
# Sure predictions, right and wrong, and weights and their slopes of 0 and inf: 0 · inf.
SURE = tensor([[1.0, 0.0, 0.25], [0.0, 1.0, 0.0]])
FAR = tensor([[INF, -INF, 1e4], [-1e4, 0.0, INF]])
NOT_FINITE = {
    f"{loss} at {where}, {what}": Call(loss, x, y, **weights)
    for loss, inputs in {
        BCE: {"between": P, "sure": SURE},
        LOGITS: {"between": X, "far": FAR},
        MULTI: {"between": X, "far": FAR},
    }.items()
    for where, x in inputs.items()
    for targets, y in {"hard": SURE.round(), "flipped": 1 - SURE.round(), "soft": Y}.items()
    for what, weights in {
        f"{targets} targets, {name}": given
        for name, given in {
            "weight": {"weight": WEIGHTS},
            "one weight for all": {"weight": WEIGHTS[:1, :1]},
            "a weight of 0": {"weight": 0 * W},
            **(
                {
                    "pos_weight": {"pos_weight": WEIGHTS},
                    "pos_weight of inf": {"pos_weight": WEIGHTS[0, :1]},
                    "both": {"weight": WEIGHTS, "pos_weight": WEIGHTS.flip(1)},
                }
                if loss == LOGITS
                else {}
            ),
        }.items()
    }.items()
}


@each(SMOOTH | CORNERS | FUNCTIONS | SMOOTH_MARGINS | MARGIN_CORNERS | NOT_FINITE)
def test_like_torch(call):
    assert_like_torch(call)


@each(SMOOTH | SMOOTH_MARGINS)
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


def test_soft_margin_by_the_formula():
    log_3 = math.log(3)
    losses = soft_margin_loss([log_3, log_3, 0.0], [1.0, -1.0, 1.0], reduction="none")
    np.testing.assert_allclose(losses, [math.log(4 / 3), math.log(4), math.log(2)], rtol=1e-15)
    slopes = soft_margin_loss_grad([log_3, log_3, 0.0], [1.0, -1.0, 1.0], reduction="sum")
    np.testing.assert_allclose(slopes, [-1 / 4, 3 / 4, -1 / 2], rtol=1e-15)


def test_soft_margin_is_bce_with_logits():
    np.testing.assert_allclose(
        soft_margin_loss(SCORES, SIGNS, "none"),
        binary_cross_entropy_with_logits(SCORES, FLAGS, reduction="none"),
        rtol=1e-13,
    )
    # Where its exponential overflows the other one still has the value.
    assert soft_margin_loss([710.0], [-1.0]) == np.inf
    assert np.isnan(soft_margin_loss_grad([710.0], [-1.0])).all()
    assert binary_cross_entropy_with_logits([710.0], [0.0]) == 710
    assert soft_margin_loss([709.0], [-1.0]) == 709


def test_a_target_of_0_costs_log_2():
    np.testing.assert_array_equal(
        soft_margin_loss(SCORES, 0 * SIGNS, "none"), np.full(SCORES.shape, np.log(2))
    )
    assert not soft_margin_loss_grad(SCORES, 0 * SIGNS).any()


def test_multilabel_soft_margin_by_the_formula():
    x, y, w = SCORES.numpy(), FLAGS.numpy(), LABEL_WEIGHTS.numpy()
    rows = [
        -sum(w[c] * math.log(1 / (1 + math.exp(-x[n, c] * (2 * y[n, c] - 1)))) for c in range(3))
        / 3
        for n in range(2)
    ]
    np.testing.assert_allclose(multilabel_soft_margin_loss(x, y, w, "none"), rows, rtol=1e-14)
    np.testing.assert_allclose(multilabel_soft_margin_loss(x, y, w), sum(rows) / 2, rtol=1e-14)


def test_multilabel_soft_margin_is_the_mean_of_bce_with_logits():
    each_label = binary_cross_entropy_with_logits(SCORES, SHARES, LABEL_WEIGHTS, reduction="none")
    for reduction, expected in [
        ("none", each_label.mean(1)),
        ("mean", each_label.mean()),
        ("sum", each_label.sum() / 3),
    ]:
        np.testing.assert_allclose(
            multilabel_soft_margin_loss(SCORES, SHARES, LABEL_WEIGHTS, reduction),
            expected,
            rtol=1e-14,
        )


def test_a_certain_label_has_no_gradient():
    gradient = multilabel_soft_margin_loss_grad(log_sigmoid(SCORES) - 50, 0 * FLAGS)
    assert np.abs(gradient).max() < 1e-20


@pytest.mark.parametrize("dtype", [torch.bool, torch.uint8])
def test_soft_margin_takes_no_target_without_minus_1(dtype):
    # torch gives a value. Its gradient is an error for bool and, as -1 is 255, wrong for uint8.
    call = Call(SOFT, SCORES, FLAGS.to(dtype))
    assert_refused(call, "^target: expected a signed dtype .*, got", by_torch=False)


def test_what_torch_makes_of_an_unsigned_target():
    ones = torch.ones(2, dtype=torch.uint8)
    right = Call(SOFT, SCORES[0, :2], ones.long(), reduction="sum")
    wrong = Call(SOFT, SCORES[0, :2], ones, reduction="sum")
    assert wrong.torch_value() == right.torch_value()
    assert not torch.allclose(wrong.torch_gradients(1)[0], right.torch_gradients(1)[0])
    # 1 - 2 is 255.
    above_1 = torch.full((2,), 2, dtype=torch.uint8)
    assert torch.nn.functional.multilabel_soft_margin_loss(SCORES[0, :2], above_1) > 100
    call = Call(MULTI, SCORES[0, :2], above_1)
    assert_refused(call, "^target: expected 0 or 1 where it is unsigned .*, got 2$", by_torch=False)


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
MARGINS_REFUSED = {
    "soft, larger target": (
        Call(SOFT, SCORES[0], SIGNS),
        r"^target: expected a shape that broadcasts to that of input, \(3,\), got \(2, 3\)$",
    ),
    "soft, other target": (
        Call(SOFT, SCORES, SIGNS[:, :2]),
        "^target: expected a shape that broadcasts",
    ),
    "soft, integers": (Call(SOFT, SCORES.long(), SIGNS), "^input: expected a floating-point dtype"),
    "soft, complex target": (
        Call(SOFT, SCORES, SIGNS + 0j),
        "^target: expected real numbers, got complex",
    ),
    "soft, batchmean": (
        Call(SOFT, SCORES, SIGNS, reduction="batchmean"),
        "^reduction: expected one of 'none', 'sum', 'mean', got 'batchmean'$",
    ),
    "multilabel, no dimensions": (
        Call(MULTI, SCORES[0, 0], FLAGS[0, 0]),
        r"^input: expected at least one dimension, of labels, got a shape of \(\)$",
    ),
    "multilabel, integers": (
        Call(MULTI, SCORES.long(), FLAGS),
        "^input: expected a floating-point dtype",
    ),
    "multilabel, bool": (
        Call(MULTI, SCORES, FLAGS.bool()),
        "^target: expected numbers .*, got bool of",
    ),
    "multilabel, shapes": (
        Call(MULTI, SCORES, FLAGS[:, :2]),
        r"^input and target: expected shapes that broadcast .*, got \(2, 3\) and \(2, 2\)$",
    ),
    "multilabel, shape of the weight": (
        Call(MULTI, SCORES, FLAGS, weight=LABEL_WEIGHTS[:2]),
        r"^input and target and weight: expected shapes .*, got \(2, 3\) and \(2,\)$",
    ),
    "multilabel, deprecated reduction": (
        Call(MULTI, SCORES, FLAGS, reduction="elementwise_mean"),
        "^reduction: expected one of .*, got 'elementwise_mean'$",
    ),
}
if hasattr(torch, "uint16"):  # torch has it since 2.3.
    MARGINS_REFUSED["multilabel, uint16"] = (
        Call(MULTI, SCORES, FLAGS.to(torch.uint16)),
        "^target: expected numbers .*, got uint16 of",
    )


@each_refusal(REFUSED | MARGINS_REFUSED)
def test_refused(call, message):
    assert_refused(call, message)


def test_sigmoid_refuses_complex_numbers():
    with pytest.raises(TypeError, match=r"^input: expected real numbers, got complex128 of shape"):
        sigmoid([1j])


def test_a_weight_may_be_a_number_of_numpy():
    given = [0.5, 0.25], [1.0, 0.0]
    weighted = binary_cross_entropy(*given, weight=np.float64(2.0))
    assert weighted == pytest.approx(2 * binary_cross_entropy(*given), rel=1e-15)
