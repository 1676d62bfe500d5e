"""LinearCrossEntropyLoss and AdaptiveLogSoftmaxWithLoss, which hold a layer of their own."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from helpers import cross_entropy, cross_entropy_grad, log_softmax
from helpers.multiclass import (
    adaptive_log_softmax_with_loss,
    adaptive_log_softmax_with_loss_grad,
    linear_cross_entropy,
    linear_cross_entropy_grad,
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

LINEAR, ADAPTIVE = "linear_cross_entropy", "adaptive_log_softmax_with_loss"


def wave(*shape, start=0.0):
    """Numbers between -1.5 and 1.5 that repeat nowhere."""
    return 1.5 * torch.arange(start, start + math.prod(shape)).double().sin().reshape(shape)


# Four samples of five features, three classes.
X, A, B = wave(4, 5), wave(3, 5, start=40), wave(3, start=80)
Y, SOME = torch.tensor([0, 2, 1, 0]), torch.tensor([-100, 2, -100, 0])
W = tensor([0.5, 2.0, 1.25])
SOFT = torch.softmax(wave(4, 3, start=100), 1)
A2, B2 = wave(3, 2, 2, 5, start=200), wave(3, 2, 2, start=300)
Y2, SOFT2 = torch.tensor([[[0, 1], [2, 0]]] * 4), torch.softmax(wave(4, 3, 2, 2, start=400), 1)

# Nine classes: three in the head, three in each tail.
HEAD, BIAS = wave(5, 5, start=500), wave(5, start=600)
TAILS = [(wave(2, 5, start=700), wave(3, 2, start=800)), (wave(1, 5, start=900), wave(3, 1))]
CUTOFFS = [3, 6, 9]
MODULE = {"head_weight": HEAD, "tail_weights": TAILS, "cutoffs": CUTOFFS}

SMOOTH = {
    f"linear {what}": Call(LINEAR, *inputs, **options)
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
} | {
    f"adaptive {what}": Call(ADAPTIVE, *inputs, **MODULE | options)
    for what, inputs, options in [
        ("plain", (X, torch.tensor([0, 4, 8, 5])), {}),
        ("with bias", (X, torch.tensor([0, 4, 8, 5])), {"head_bias": BIAS}),
        ("head alone", (X, torch.tensor([0, 1, 2, 2])), {"head_bias": BIAS}),
        ("one tail alone", (X, torch.tensor([8, 8, 7, 6])), {}),
        ("one sample", (X[:1], torch.tensor([6])), {}),
        ("unbatched, head", (X[0], torch.tensor(2)), {}),
        ("unbatched, tail", (X[0], torch.tensor(3)), {"head_bias": BIAS}),
        ("int32", (X, torch.tensor([0, 4, 8, 5], dtype=torch.int32)), {}),
        (
            "no projected features",
            (X, torch.tensor([0, 4, 8, 5])),
            {"tail_weights": [(A[:0], A[:, :0])] * 2},
        ),
        (
            "one tail",
            (X, torch.tensor([0, 4, 3, 5])),
            {"head_weight": HEAD[:4], "tail_weights": TAILS[:1], "cutoffs": [3, 6]},
        ),
    ]
}
CORNERS = {
    "linear, no samples": Call(LINEAR, X[:0], A, Y[:0], linear_bias=B),
    "linear, no samples, probabilities": Call(LINEAR, X[:0], A, SOFT[:0]),
    "linear, all ignored": Call(LINEAR, X, A, torch.full((4,), -100), linear_bias=B),
    "linear, large": Call(LINEAR, X * 1e4, A, Y),
    "linear, infinite": Call(LINEAR, X[:, :1] * np.inf, A[:, :1], Y),
    "linear, 0 · inf": Call(LINEAR, X * 0, torch.where(A > 0, np.inf, A), Y),
    "linear, 0 · inf, unbatched": Call(
        LINEAR, tensor([0.0]), tensor([[0.0], [0.0], [np.inf]]), torch.tensor(0)
    ),
    "linear, NaN": Call(LINEAR, X * np.nan, A, Y, linear_bias=B),
    "linear, one class": Call(LINEAR, X, A[:1], 0 * Y),
    "linear, nothing to classify": Call(LINEAR, X, A2[:, :0], Y2[:, :0]),
    "linear, None in full": Call(
        LINEAR, X, A, Y, linear_bias=None, weight=None, ignore_index=None, options=None
    ),
    "adaptive, no samples": Call(ADAPTIVE, X[:0], Y[:0], **MODULE, head_bias=BIAS),
    "adaptive, large": Call(ADAPTIVE, X * 1e4, torch.tensor([0, 4, 8, 5]), **MODULE),
    "adaptive, NaN": Call(ADAPTIVE, X * np.nan, torch.tensor([0, 4, 8, 5]), **MODULE),
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
    np.testing.assert_allclose(for_input, slope @ a, rtol=1e-15)
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


def full_log_probabilities(x):
    """The log-probabilities of all nine classes."""
    head = log_softmax(x @ HEAD.T.numpy(), 1)
    tails = [
        head[:, 3 + i : 4 + i] + log_softmax(x @ first.T.numpy() @ last.T.numpy(), 1)
        for i, (first, last) in enumerate(TAILS)
    ]
    return np.hstack([head[:, :3], *tails])


def test_adaptive_softmax_is_a_distribution_over_all_classes():
    log_p = full_log_probabilities(X.numpy())
    np.testing.assert_allclose(np.exp(log_p).sum(1), 1, rtol=1e-14)
    for target in range(9):
        output, loss = adaptive_log_softmax_with_loss(X, [target] * 4, **MODULE)
        np.testing.assert_allclose(output, log_p[:, target], rtol=1e-13)
        assert loss == pytest.approx(-log_p[:, target].mean(), rel=1e-13)


def test_the_parts_of_the_result_have_torchs_names():
    module = nn.AdaptiveLogSoftmaxWithLoss(5, 9, [3, 6], div_value=2.0, head_bias=True).double()
    target = torch.tensor([0, 4, 8, 5])
    tails = [(first.weight, last.weight) for first, last in module.tail]
    ours = adaptive_log_softmax_with_loss(
        X, target, module.head.weight, tails, module.cutoffs, module.head.bias
    )
    theirs = module(X, target)
    assert ours._fields == theirs._fields == ("output", "loss")
    np.testing.assert_allclose(ours.output, theirs.output.detach(), rtol=1e-12)
    assert ours.loss == pytest.approx(theirs.loss.item(), rel=1e-12)
    shapes = [(first.shape[0], last.shape[0]) for first, last in tails]
    assert shapes == [(2, 3), (1, 3)]  # 5 // 2 and 5 // 4 features, three classes each


def test_the_gradient_of_the_adaptive_softmax_is_of_the_mean():
    one = adaptive_log_softmax_with_loss_grad(X[1], 4, **MODULE)
    four = adaptive_log_softmax_with_loss_grad(X, [0, 4, 8, 5], **MODULE)
    np.testing.assert_allclose(four[1], one / 4, rtol=1e-14)


SHORT = [(TAILS[0][0][:, :4], TAILS[0][1]), TAILS[1]]
REFUSED = {
    "linear, 3 dimensions": (
        Call(LINEAR, X[None], A, Y[None]),
        r"^input: expected one dimension, of features, or two, .*, got shape \(1, 4, 5\)$",
    ),
    "linear, a number": (Call(LINEAR, X[0, 0], A, Y[0]), r"^input: .*, got shape \(\)$"),
    "linear, features": (
        Call(LINEAR, X[:, :4], A, Y),
        r"^linear_weight: expected a shape of \(C, …, 4\), .*, got shape \(3, 5\)$",
    ),
    "linear, weight of one dimension": (
        Call(LINEAR, X, A[0], Y),
        r"^linear_weight: .*, got shape \(5,\)$",
    ),
    "linear, more dimensions unbatched": (
        Call(LINEAR, X[0], A2, Y2[0]),
        r"^input: expected a batch, as linear_weight has 4 dimensions, got shape \(5,\)$",
    ),
    "linear, shape of the bias": (
        Call(LINEAR, X, A, Y, linear_bias=B[:1]),
        r"^linear_bias: expected the shape of linear_weight without its last axis, \(3,\), "
        r"got shape \(1,\)$",
    ),
    "linear, flat bias": (Call(LINEAR, X, A2, Y2, linear_bias=B2.flatten()), "^linear_bias: "),
    "linear, bias a number": (
        Call(LINEAR, X, A, Y, linear_bias=1.0),
        "^linear_bias: expected an array, such as .*, got float 1.0$",
    ),
    "linear, dtype of the weight": (
        Call(LINEAR, X, A.float(), Y),
        "^linear_weight: expected the dtype of input, float64, got float32$",
    ),
    "linear, dtype of the bias": (
        Call(LINEAR, X, A, Y, linear_bias=B.float()),
        "^linear_bias: expected the dtype of input, float64, got float32$",
    ),
    "linear, dtype of the class weights": (
        Call(LINEAR, X, A, Y, weight=W.float()),
        "^weight: expected the dtype of input, float64, got float32$",
    ),
    "linear, integers": (
        Call(LINEAR, X.long(), A.long(), Y),
        "^input: expected a floating-point dtype .*, got int64",
    ),
    "linear, too few targets": (
        Call(LINEAR, X, A, Y[:3]),
        r"^target: expected class numbers of shape \(4,\) or probabilities of \(4, 3\), "
        r"got shape \(3,\)$",
    ),
    "linear, targets of more dimensions": (
        Call(LINEAR, X, A2, Y2[:, 0]),
        r"^target: expected class numbers of shape \(4, 2, 2\) or .*, got shape \(4, 2\)$",
    ),
    "linear, uint8 of more dimensions": (
        Call(LINEAR, X, A2, Y2.byte()),
        "^target: expected class numbers of dtype int64 .*, got uint8",
    ),
    "linear, target of one in pieces": (
        Call(LINEAR, X[0], A, Y[:1], options=nn.LinearCrossEntropyOptions()),
        r"^target: expected class numbers of shape \(\) or .*, got shape \(1,\)$",
    ),
    "linear, class too large": (
        Call(LINEAR, X, A, Y + 1),
        "^target: expected class numbers from 0 to 2, or ignore_index = -100, got 3$",
    ),
    "linear, ignored probabilities": (
        Call(LINEAR, X, A, SOFT, ignore_index=-100),
        r"^ignore_index: expected None \(probabilities ignore no class\), got int -100$",
    ),
    "linear, ignore_index": (
        Call(LINEAR, X, A, Y, ignore_index=1.0),
        "^ignore_index: expected an integer, got float 1.0$",
    ),
    "linear, class weights": (
        Call(LINEAR, X, A, Y, weight=W[:2]),
        "^weight: expected one weight for",
    ),
    "linear, smoothing": (
        Call(LINEAR, X, A, Y, label_smoothing=1.5),
        "^label_smoothing: .* got 1.5$",
    ),
    "linear, reduction": (
        Call(LINEAR, X, A, Y, reduction="batchmean"),
        "^reduction: expected one of",
    ),
    "linear, options": (
        Call(LINEAR, X, A, Y, options=3),
        "^options: expected None or LinearCrossEntropyOptions, got int 3$",
    ),
} | {
    f"adaptive, {what}": (Call(ADAPTIVE, *inputs, **MODULE | options), message)
    for what, inputs, options, message in [
        (
            "class too large",
            (X, torch.tensor([0, 4, 9, 5])),
            {},
            "^target: expected class numbers from 0 to 8, got 9$",
        ),
        ("class below 0", (X, Y - 1), {}, "^target: expected class numbers from 0 to 8, got -1$"),
        (
            "too few targets",
            (X, Y[:3]),
            {},
            r"^target: expected class numbers of shape \(4,\) for an input of \(4, 5\), "
            r"got shape \(3,\)$",
        ),
        (
            "a target in brackets",
            (X[0], Y[:1]),
            {},
            r"^target: .* shape \(\) .*, got shape \(1,\)$",
        ),
        ("several targets", (X, Y[:, None]), {}, r"^target: .*, got shape \(4, 1\)$"),
        ("3 dimensions", (X[None], Y[None]), {}, r"^input: .*, got shape \(1, 4, 5\)$"),
        ("uint8", (X, Y.byte()), {}, "^target: .* of dtype int64 or int32 .*, got uint8"),
        ("floats", (X, Y.double()), {}, "^target: .* of dtype int64 or int32 .*, got float64"),
        ("float32", (X.float(), Y), {}, "^head_weight: expected the dtype of input, float32, got"),
        (
            "integers",
            (X.long(), Y),
            {
                "head_weight": HEAD.long(),
                "tail_weights": [(first.long(), last.long()) for first, last in TAILS],
            },
            "^input: expected a floating-point",
        ),
        (
            "features",
            (X[:, :4], Y),
            {},
            r"^head_weight: expected a matrix of shape \(5, 4\), got shape \(5, 5\)$",
        ),
        ("head", (X, Y), {"head_weight": HEAD[:4]}, r"^head_weight: .* got shape \(4, 5\)$"),
        (
            "bias",
            (X, Y),
            {"head_bias": BIAS[:3]},
            r"^head_bias: expected a shape of \(5,\), .*, got shape \(3,\)$",
        ),
        (
            "dtype of the bias",
            (X, Y),
            {"head_bias": BIAS.float()},
            "^head_bias: expected the dtype of input, float64, got float32$",
        ),
        (
            "dtype of a tail",
            (X, Y + 2),
            {"tail_weights": [(TAILS[0][0].float(), TAILS[0][1]), TAILS[1]]},
            "^tail_weights: expected the dtype of input, float64, got float32$",
        ),
        (
            "too few tails",
            (X, Y),
            {"tail_weights": TAILS[:1]},
            "^tail_weights: expected 2 pairs of matrices, .*, got a list of lengths .2.$",
        ),
        (
            "shape of a projection",
            (X, Y),
            {"tail_weights": SHORT},
            r"^tail_weights: expected a matrix of shape \(…, 5\), got shape \(2, 4\)$",
        ),
        (
            "shape of an output",
            (X, Y),
            {"tail_weights": [TAILS[0], (TAILS[0][0], TAILS[0][1][:2])]},
            r"^tail_weights: expected a matrix of shape \(3, 2\), got shape \(2, 2\)$",
        ),
        (
            "cutoffs that fall",
            (X, Y),
            {"cutoffs": [6, 3, 9]},
            r"^cutoffs: expected at least two increasing positive integers, .*, got \[6, 3, 9\]$",
        ),
        ("cutoff of 0", (X, Y), {"cutoffs": [0, 3, 9]}, r"^cutoffs: .*, got \[0, 3, 9\]$"),
        ("number of classes alone", (X, Y), {"cutoffs": [9]}, r"^cutoffs: .*, got \[9\]$"),
    ]
}


@each_refusal(REFUSED)
def test_refused(call, message):
    assert_refused(call, message)
