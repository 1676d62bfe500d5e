"""AdaptiveLogSoftmaxWithLoss."""

import numpy as np
import pytest
import torch
from torch import nn

from helpers import (
    adaptive_log_softmax_with_loss,
    adaptive_log_softmax_with_loss_grad,
    log_softmax,
)
from helpers.losses.adaptive_log_softmax import _adaptive_log_softmax_with_loss
from tests.reference import (
    Call,
    assert_like_torch,
    assert_refused,
    assert_slope,
    each,
    each_refusal,
    wave,
)

ADAPTIVE = "adaptive_log_softmax_with_loss"


# Four samples of five features.
X, A, Y = wave(4, 5), wave(3, 5, start=40), torch.tensor([0, 2, 1, 0])

# Nine classes: three in the head, three in each tail.
HEAD, BIAS = wave(5, 5, start=500), wave(5, start=600)
TAILS = [(wave(2, 5, start=700), wave(3, 2, start=800)), (wave(1, 5, start=900), wave(3, 1))]
CUTOFFS = [3, 6, 9]
MODULE = {"head_weight": HEAD, "tail_weights": TAILS, "cutoffs": CUTOFFS}

SMOOTH = {
    what: Call(ADAPTIVE, *inputs, **MODULE | options)
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
    "no samples": Call(ADAPTIVE, X[:0], Y[:0], **MODULE, head_bias=BIAS),
    "large": Call(ADAPTIVE, X * 1e4, torch.tensor([0, 4, 8, 5]), **MODULE),
    "NaN": Call(ADAPTIVE, X * np.nan, torch.tensor([0, 4, 8, 5]), **MODULE),
}


@each(SMOOTH | CORNERS)
def test_like_torch(call):
    assert_like_torch(call)


@each(SMOOTH)
def test_gradient_is_the_slope(call):
    assert_slope(call)


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


def test_the_magnitude_has_the_layers_of_each_softmax():
    # Each log p adds up two equal logits of 3 - 2 = 1, made of 5, with slopes of 1/2.
    one = (1 + 1 + np.log(2) + 1) + (5 / 2 + 5 / 2)
    matrix = [[1.0, -1.0], [1.0, -1.0]]
    tail = [[[3.0, 0.0], [0.0, 2.0]], [[1 / 3, -1 / 2], [1 / 3, -1 / 2]]]
    working = _adaptive_log_softmax_with_loss([[3.0, 2.0]] * 2, [0, 2], matrix, [tail], [1, 3])
    # The tail's products are 9·1/3 - 4·1/2 = 1.
    np.testing.assert_allclose(working.magnitudes(), [one, 2 * one], rtol=1e-14)
    biased = _adaptive_log_softmax_with_loss(
        [3.0], 0, [[1.0]] * 2, [([[1.0]], [[1.0]])], [1, 2], [-2.0] * 2
    )
    np.testing.assert_allclose(biased.magnitudes(), one, rtol=1e-14)


SHORT = [(TAILS[0][0][:, :4], TAILS[0][1]), TAILS[1]]
REFUSED = {
    what: (Call(ADAPTIVE, *inputs, **MODULE | options), message)
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
