"""MultiMarginLoss and MultiLabelMarginLoss."""

import numpy as np
import pytest
import torch

from helpers import (
    multi_margin_loss,
    multi_margin_loss_grad,
    multilabel_margin_loss,
    multilabel_margin_loss_grad,
)
from helpers.losses.margins import _multi_margin, _multilabel_margin
from tests.reference import (
    Call,
    assert_like_torch,
    assert_refused,
    assert_slope,
    each,
    each_refusal,
    tensor,
)

ONE, MANY = "multi_margin_loss", "multilabel_margin_loss"
X = tensor([[0.8, 2.0, -1.1, 1.7], [-0.4, 0.3, 3.2, 0.6], [1.5, -2.5, 0.6, 1.1]])
Y = torch.tensor([0, 2, 1])
W = tensor([0.5, 2.0, 1.25, 3.0])
LABELS = torch.tensor([[3, 0, -1, 1], [2, -1, -1, -1], [0, 1, 2, -1]])
TWICE = torch.tensor([[3, 3, 0, -1], [2, 2, 2, 2], [0, 1, 0, 1]])
NONE, ALL = torch.full((3, 4), -1), torch.tensor([[3, 2, 1, 0]] * 3)

SMOOTH = {
    f"one class {name}{what}": Call(ONE, *inputs, **options, **more)
    for name, more in {"": {}, "squared, ": {"p": 2}}.items()
    for what, inputs, options in [
        ("plain", (X, Y), {}),
        ("weighted", (X, Y), {"weight": W}),
        ("wide margin", (X, Y), {"margin": 2.5}),
        ("margin of 0", (X, Y), {"margin": 0, "weight": W}),
        ("negative margin", (X, Y), {"margin": -1}),
        ("unbatched", (X[0], Y[0]), {"weight": W}),
        ("unbatched, target of one", (X[0], Y[:1]), {}),
        ("one sample, target a number", (X[:1], Y[0]), {"weight": W}),
        ("one class", (X[:, :1], 0 * Y), {}),
    ]
} | {
    f"labels {what}": Call(MANY, *inputs)
    for what, inputs in {
        "plain": (X, LABELS),
        "twice": (X, TWICE),
        "none": (X, NONE),
        "all": (X, ALL),
        "first entry -1": (X, torch.tensor([[-1, 0, 1, 2]] * 3)),
        "unbatched": (X[0], LABELS[0]),
    }.items()
}
CORNERS = {
    "p and margin in tensors": Call(ONE, X, Y, p=torch.tensor(2), margin=torch.tensor(0.5)),
    "True for 1": Call(ONE, X, Y, p=True, margin=True),
    "infinite margin": Call(ONE, X, Y, margin=np.inf),
    "infinite margin, squared": Call(ONE, X, Y, margin=np.inf, p=2),
    "a number": Call(ONE, X[0, 0], torch.tensor(0)),
    "a number, target of one": Call(ONE, X[0, 0], torch.tensor([0]), weight=W[:1]),
    "weight NaN without a violation": Call(
        ONE, tensor([[9.0, 0.0]]), torch.tensor([0]), weight=tensor([np.nan, 1.0])
    ),
    "weight inf": Call(ONE, X[:, :2], Y.clamp(max=1), weight=tensor([np.inf, 1.0])),
    "labels, a number": Call(MANY, X[0, 0], torch.tensor(0)),
    "labels, a number that has none": Call(MANY, X[0, 0], torch.tensor(-1)),
    "labels, a number for a list": Call(MANY, X[0, :1], torch.tensor(0)),
    "labels, a list for a number": Call(MANY, X[0, 0], torch.tensor([0])),
} | {
    f"{name} {what}": Call(name, *inputs, **options)
    for name, target in [(ONE, torch.tensor([0])), (MANY, torch.tensor([[0, -1, -1]]))]
    for options in ({}, {"p": 2})[: 2 - (name == MANY)]
    for what, inputs in {
        f"kink {options}": (tensor([[1.0, 0.0, 1.0]]), target),
        f"large {options}": (tensor([[1e4, -1e4, 2e4]]), target),
        f"NaN for the target {options}": (tensor([[np.nan, 0.0, 1.0]]), target),
        f"NaN for another {options}": (tensor([[0.0, np.nan, 1.0]]), target),
        f"inf for the target {options}": (tensor([[np.inf, 0.0, 1.0]]), target),
        f"-inf for the target {options}": (tensor([[-np.inf, 0.0, -np.inf]]), target),
        f"inf for another {options}": (tensor([[0.0, np.inf, 1.0]]), target),
        f"inf for all {options}": (tensor([[np.inf, np.inf, np.inf]]), target),
        f"no samples {options}": (X[:0, :3], target[:0]),
    }.items()
}


@each(SMOOTH | CORNERS)
def test_like_torch(call):
    assert_like_torch(call)


@each(SMOOTH)
def test_gradient_is_the_slope(call):
    assert_slope(call)


def test_one_class_by_the_formula():
    x = [[0.25, 0.5, 2.0, 0.0], [3.0, 1.0, 2.5, 0.0]]
    # The others, plus the margin, minus the target: 0.75, 2.5 and 0.5; -1, 0.5 and -2.
    first, second = (0.75 + 2.5 + 0.5) / 4, 0.5 / 4
    assert multi_margin_loss(x, [1, 0]) == (first + second) / 2
    np.testing.assert_array_equal(multi_margin_loss(x, [1, 0], reduction="none"), [first, second])
    weighted = multi_margin_loss(x, [1, 0], weight=[8.0, 3.0, 1.0, 1.0], reduction="sum")
    assert weighted == 3 * first + 8 * second
    squares = (0.75**2 + 2.5**2 + 0.5**2) / 4
    assert multi_margin_loss(x[:1], [1], p=2) == squares
    np.testing.assert_array_equal(
        multi_margin_loss_grad(x[:1], [1], p=2), [[1.5 / 4, -7.5 / 4, 5.0 / 4, 1.0 / 4]]
    )


def by_pairs(x, target):
    """The loss of one sample of `multilabel_margin_loss`, one pair of classes after the other."""
    labels = []
    for number in target:
        if number < 0:
            break
        labels.append(number)
    others = [c for c in range(len(x)) if c not in labels]
    return sum(max(0, 1 - x[label] + x[c]) for label in labels for c in others) / len(x)


@pytest.mark.parametrize(
    "target", [LABELS, TWICE, NONE, ALL], ids=["plain", "twice", "none", "all"]
)
def test_labels_by_the_formula(target):
    expected = [by_pairs(x, y) for x, y in zip(X.tolist(), target.tolist(), strict=True)]
    np.testing.assert_allclose(multilabel_margin_loss(X, target, "none"), expected, rtol=1e-15)
    assert multilabel_margin_loss(X, target) == pytest.approx(sum(expected) / 3, rel=1e-15)


def test_one_label_is_one_class():
    # The two are the same loss where a sample has one label, with the margin of 1 and p = 1.
    lists = torch.full(X.shape, -1)
    lists[:, 0] = Y
    np.testing.assert_array_equal(
        multilabel_margin_loss(X, lists, "none"), multi_margin_loss(X, Y, reduction="none")
    )
    np.testing.assert_allclose(
        multilabel_margin_loss_grad(X, lists), multi_margin_loss_grad(X, Y), rtol=1e-15
    )


def test_the_order_of_the_samples_and_of_the_labels_does_not_matter():
    wide = torch.linspace(-2, 2, 60).double().cos().reshape(6, 10) * 3
    labels = torch.tensor([[7, 3, 5, 1], [2, 0, 9, 8], [4, 5, 6, 7], [1, 0, 0, 2]])
    lists = torch.full((6, 10), -1)
    for row, length in enumerate([2, 0, 4, 1]):
        lists[row, :length] = labels[row, :length]
    expected = multilabel_margin_loss(wide, lists, "none")
    np.testing.assert_array_equal(
        multilabel_margin_loss(wide.flip(0), lists.flip(0), "none"), expected[::-1]
    )
    lists[2, :4] = lists[2, :4].flip(0)
    np.testing.assert_allclose(multilabel_margin_loss(wide, lists, "none"), expected, rtol=1e-15)


def test_scores_that_are_far_enough_apart_cost_nothing():
    x = tensor([[2.0, 1.0, 0.0, -3.0]])
    assert multi_margin_loss(x, [0]) == 0
    assert not multi_margin_loss_grad(x, [0]).any()  # A distance of exactly 1 is the kink.
    assert multilabel_margin_loss(x, [[0, 1, -1, -1]]) == pytest.approx(0)
    # Adding a number to all scores changes nothing, so that the gradient of a sample adds up to 0.
    np.testing.assert_allclose(multi_margin_loss(X + 7, Y), multi_margin_loss(X, Y), rtol=1e-13)
    np.testing.assert_allclose(multi_margin_loss_grad(X, Y, p=2).sum(1), 0, atol=1e-15)
    np.testing.assert_allclose(multilabel_margin_loss_grad(X, TWICE).sum(1), 0, atol=1e-15)


def test_the_magnitude_is_of_the_scores_and_the_margin():
    x = [[-2.0, 3.0, -5.0]]
    one = (1 + 2 + 3) + (1 + 2 + 5)
    assert _multi_margin(x, [0]).magnitudes() == [one / 3]
    assert _multi_margin(x, [0], weight=[4.0, 1.0, 1.0]).magnitudes() == [4 * one / 3]
    squares = (0.5 + 2 + 3) ** 2 + (0.5 + 2 + 5) ** 2
    assert _multi_margin(x, [0], p=2, margin=-0.5).magnitudes() == [squares / 3]
    two = ((1 + 2 + 3) + (1 + 5 + 3)) / 3
    assert _multilabel_margin(x, [[0, 2, -1]]).magnitudes() == [two]
    assert _multilabel_margin(x[0], [-1, 2, 1]).magnitudes() == 0


@pytest.mark.parametrize("loss", [multi_margin_loss, multilabel_margin_loss])
def test_an_empty_batch(loss):
    target = np.zeros((0,) if loss is multi_margin_loss else (0, 4), dtype=int)
    assert loss(X[:0], target, reduction="sum") == 0
    assert np.isnan(loss(X[:0], target))


REFUSED = {
    f"{name} {what}": (Call(name, x, y), message)
    for name, target in [(ONE, Y), (MANY, LABELS)]
    for what, x, y, message in [
        ("float16", X.half(), target, "^input: expected float32 or float64, .*, got float16 of"),
        ("bfloat16", X.bfloat16(), target, "^input: expected float32 or float64, .*, got bfloat16"),
        ("integers", X.long(), target, "^input: expected float32 or float64, .*, got int64 of"),
        ("complex", X + 0j, target, "^input: expected float32 or float64, .*, got complex128 of"),
        ("uint8", X, target.byte(), "^target: expected class numbers of dtype int64 .*, got uint8"),
        ("int32", X, target.int(), "^target: expected class numbers of dtype int64 .*, got int32"),
        ("floats", X, target.double(), "^target: expected class numbers of dtype .*, got float64"),
        ("too large", X, target + 2, "^target: expected class numbers from .* to 3.*, got [45]$"),
        ("below 0", X, target - 2, "^target: expected class numbers from .* to 3.*, got -[23]$"),
        ("no classes", X[:, :0], target, r"^input: .* at least one class, got shape \(3, 0\)$"),
        ("3 dimensions", X[None], target[None], r"^input: .*, got shape \(1, 3, 4\)$"),
    ]
} | {
    "too few targets": (
        Call(ONE, X, Y[:2]),
        r"^target: expected class numbers of shape \(3,\) for an input of shape \(3, 4\), "
        r"got shape \(2,\)$",
    ),
    "targets in a column": (Call(ONE, X, Y[:, None]), r"^target: .*, got shape \(3, 1\)$"),
    "unbatched with targets": (Call(ONE, X[0], Y), r"^target: .*, got shape \(3,\)$"),
    "too few labels": (
        Call(MANY, X, LABELS[:, :3]),
        r"^target: expected the shape of input, \(3, 4\), got shape \(3, 3\)$",
    ),
    "labels without batch": (Call(MANY, X[:1], LABELS[0]), r"^target: .*, got shape \(4,\)$"),
    "one label without batch": (Call(MANY, X[:1, :1], LABELS[1, 1:2]), r"^target: .* \(1,\)$"),
    "one label of three": (Call(MANY, X[0, :3], LABELS[1, 1:2]), r"^target: .*, got shape \(1,\)$"),
    "out of range behind -1": (
        Call(MANY, X[0], torch.tensor([0, -1, 4, 4])),
        "^target: expected class numbers from -1 to 3 .-1 ends the list., got 4$",
    ),
    "p": (Call(ONE, X, Y, p=3), "^p: expected 1 or 2, got 3$"),
    "p of 0": (Call(ONE, X, Y, p=False), "^p: expected 1 or 2, got 0$"),
    "p, a word": (Call(ONE, X, Y, p="1"), "^p: expected a number, got str '1'$"),
    "p, NaN": (Call(ONE, X, Y, p=np.nan), "^p: expected a number that is not NaN, got nan$"),
    "margin, a word": (Call(ONE, X, Y, margin="1"), "^margin: expected a number, got str '1'$"),
    "margin, None": (
        Call(ONE, X, Y, margin=None),
        "^margin: expected a number, got NoneType None$",
    ),
    "weight, a number": (Call(ONE, X, Y, weight=1.0), "^weight: expected an array, .* float 1.0$"),
    "weight, too short": (
        Call(ONE, X, Y, weight=W[:3]),
        r"^weight: expected one weight for each of the 4 classes, got shape \(3,\)$",
    ),
    "weight, a row": (Call(ONE, X, Y, weight=W[None]), r"^weight: .*, got shape \(1, 4\)$"),
    "weight of another dtype": (
        Call(ONE, X, Y, weight=W.float()),
        "^weight: expected the dtype of input, float64, got float32$",
    ),
    "reduction": (
        Call(ONE, X, Y, reduction="batchmean"),
        "^reduction: expected one of 'none', 'sum', 'mean', got 'batchmean'$",
    ),
    "reduction of labels": (
        Call(MANY, X, LABELS, reduction=None),
        "^reduction: expected one of 'none', 'sum', 'mean', got None$",
    ),
}


@each_refusal(REFUSED)
def test_refused(call, message):
    assert_refused(call, message)


def test_a_margin_of_nan_is_refused():
    # To torch no class is too close then, and the loss 0.
    call = Call(ONE, X, Y, margin=np.nan)
    assert call.torch_value() == 0
    assert_refused(call, "^margin: expected a number that is not NaN, got nan$", by_torch=False)
