"""Ranking, hinge embedding and cosine embedding."""

import math

import numpy as np
import pytest
import torch

from helpers import (
    cosine_embedding_loss,
    cosine_embedding_loss_grad,
    cosine_similarity,
    cosine_similarity_grad,
    hinge_embedding_loss,
    hinge_embedding_loss_grad,
    margin_ranking_loss,
    margin_ranking_loss_grad,
)
from tests.reference import (
    HINGES,
    TORCH_AT_THE_MARGIN,
    Call,
    assert_like_torch,
    assert_refused,
    assert_slope,
    each,
    each_refusal,
    helper,
    tensor,
)

RANKING, HINGE, COSINE = "margin_ranking_loss", "hinge_embedding_loss", "cosine_embedding_loss"
INF, NAN = math.inf, math.nan

A = tensor([[3.0, -4.2, 0.7], [1.1, 0.4, 2.5], [-1.5, 0.3, 0.2], [0.4, 2.0, -0.6]])
B = tensor([[2.5, -3.3, -1.9], [-0.6, 1.8, -3.1], [1.7, 0.9, -0.5], [0.5, 2.4, -1.3]])
SIGNS = tensor([1.0, -1.0, 1.0, -1.0])
GRID = tensor([[1.0, -1.0, 1.0], [-1.0, -1.0, 1.0], [1.0, 1.0, -1.0], [-1.0, 1.0, -1.0]])
NOTHING = torch.zeros((0, 3)).double()

SMOOTH = {
    "ranking": Call(RANKING, A, B, GRID),
    "ranking, margin": Call(RANKING, A, B, GRID, margin=0.35),
    "ranking, margin below 0": Call(RANKING, A, B, GRID, margin=-2),
    "ranking of vectors": Call(RANKING, A[0], B[0], GRID[0]),
    "ranking of numbers": Call(RANKING, A[0, 0], B[0, 0], tensor(-1.0), margin=0.5),
    "ranking broadcast": Call(RANKING, A[:, :1], B[:1], GRID, margin=0.55),
    "ranking, target broadcast": Call(RANKING, A, B[:1], GRID[:, :1], margin=0.55),
    "ranking, one pair and many targets": Call(RANKING, A[:1, :1], B[:1, :1], GRID, margin=0.55),
    "ranking of integers and floats": Call(
        RANKING, A + 0.1, torch.tensor([[1, 2, 3]]), GRID.long()
    ),
    "ranking, any target": Call(RANKING, A, B, GRID * 0.3, margin=0.5),
    "hinge": Call(HINGE, A.abs(), GRID),
    "hinge, margin": Call(HINGE, A.abs(), GRID, margin=2.2),
    "hinge, margin below 0": Call(HINGE, A, GRID, margin=-1),
    "hinge of integers as targets": Call(HINGE, A, GRID.long()),
    "hinge broadcast": Call(HINGE, A, GRID[0]),
    "hinge of a number": Call(HINGE, A[0, 2], tensor(-1.0)),
    "hinge, one distance and many targets": Call(HINGE, A[1, :1], GRID),
    "hinge, any target": Call(HINGE, A, GRID * 0.3),
    "cosine": Call(COSINE, A, B, SIGNS),
    "cosine, margin": Call(COSINE, A, B, -SIGNS, margin=0.3),
    "cosine, margin above the cosine": Call(COSINE, A, B, -SIGNS, margin=0.9),
    "cosine, margin below 0": Call(COSINE, A, B, -SIGNS, margin=-0.7),
    "cosine of a pair": Call(COSINE, A[0], B[0], tensor(-1.0)),
    "cosine, input1 broadcast": Call(COSINE, A[:1], B, SIGNS),
    "cosine, input2 broadcast": Call(COSINE, A, B[:1], -SIGNS),
    "cosine, target broadcast": Call(COSINE, A, B, SIGNS[:1]),
    "cosine, one pair and many targets": Call(COSINE, A[:1], B[:1], SIGNS),
    "cosine along its axis broadcast": Call(COSINE, A, B[:, :1], SIGNS),
    "cosine, both broadcast": Call(COSINE, A[:1], B[:, :1], -SIGNS),
    "cosine of a pair, broadcast": Call(COSINE, A[0, :1], B[0], tensor(1.0)),
    "cosine, other targets": Call(COSINE, A, B, tensor([0.0, 2.0, -0.5, 1.0])),
}

# The losses at their kinks and beyond what they are made for.
TIES = tensor([[1.0, 2.0], [0.0, 0.0], [-1.0, 3.0]])
CORNERS = {
    "ranking of equal scores": Call(RANKING, A, A, GRID),
    "ranking at the margin": Call(RANKING, TIES, TIES - 1, torch.ones(3, 2), margin=1),
    "ranking, targets of 0": Call(RANKING, A, B, GRID * 0, margin=0.5),
    "ranking of infinities": Call(
        RANKING, tensor([INF, INF]), tensor([INF, 0.0]), tensor([1.0, 0])
    ),
    "ranking of NaN": Call(RANKING, tensor([NAN, 1.0]), tensor([0.0, 1.0]), tensor([1.0, NAN])),
    "ranking, infinite margin": Call(RANKING, A, B, GRID, margin=INF),
    "ranking of nothing": Call(RANKING, NOTHING, NOTHING, NOTHING),
    "hinge at the margin": Call(HINGE, tensor([1.0, 1.0, 0.0, -0.0]), tensor([1.0, -1, -1, 0])),
    "hinge of infinities": Call(HINGE, tensor([[INF, -INF]]), tensor([[1.0], [-1.0], [0.0]])),
    "hinge of NaN": Call(HINGE, tensor([NAN, 0.5]), tensor([[1.0], [-1.0], [NAN]])),
    "hinge, infinite margin": Call(HINGE, tensor([INF, 1.0]), tensor([[1.0], [-1.0]]), margin=INF),
    "hinge of nothing": Call(HINGE, NOTHING, NOTHING[:, :1]),
    "cosine at the margin": Call(
        COSINE, tensor([[1.0, 0.0]]), tensor([[0.0, 1.0]]), tensor([-1.0])
    ),
    "cosine of zero vectors": Call(COSINE, A * 0, B, SIGNS),
    "cosine of two zero vectors": Call(COSINE, A * 0, B * 0, -SIGNS),
    "cosine of short vectors": Call(COSINE, A[:2] * 1e-6, B[:2] * 1e-6, SIGNS[:2]),
    "cosine of long vectors": Call(COSINE, A * 1e4, B * 1e4, -SIGNS),
    "cosine of NaN": Call(COSINE, A * NAN, B, tensor([1.0, -1.0, 0.0, NAN])),
    "cosine of infinities": Call(COSINE, A * INF, B, SIGNS),
    "cosine of nothing": Call(COSINE, NOTHING, NOTHING, NOTHING[:, 0]),
    "cosine along nothing": Call(COSINE, NOTHING.T, NOTHING.T, SIGNS[:3]),
}


@each(SMOOTH | CORNERS)
def test_like_torch(call):
    assert_like_torch(call)


@each(SMOOTH)
def test_gradient_is_the_slope(call):
    assert_slope(call)


def test_ranking_by_the_formula():
    value = margin_ranking_loss([3.0, 3.0, 3.0], [1.0, 1.0, 2.5], [1, -1, 1], 0.75, "none")
    np.testing.assert_array_equal(value, [0, 2 + 0.75, 0.75 - 0.5])


def test_hinge_by_the_formula():
    # The last of these is no distance: a loss may be negative.
    value = hinge_embedding_loss([0.25, 0.25, 1.5, -0.25], [1, -1, -1, 1], reduction="none")
    np.testing.assert_array_equal(value, [0.25, 1 - 0.25, 0, -0.25])
    # Neither 1 nor -1 counts as both.
    value = hinge_embedding_loss([0.25, 2.0], [0, 0], reduction="none")
    np.testing.assert_array_equal(value, [0.25 + 0.75, 2 + 0])


def test_cosine_by_the_formula():
    x1, x2 = [[3.0, 4.0]] * 3, [[4.0, 3.0], [4.0, 3.0], [-3.0, -4.0]]
    value = cosine_embedding_loss(x1, x2, [1, -1, -1], 0.5, "none")
    np.testing.assert_allclose(value, [1 - 24 / 25, 24 / 25 - 0.5, 0], rtol=1e-12)


def test_only_1_and_minus_1_are_targets_of_the_cosine():
    for target in (0, 0.5, -5, NAN):
        assert cosine_embedding_loss(A, B, [target] * 4) == 0
        for gradient in cosine_embedding_loss_grad(A, B, [target] * 4):
            assert not gradient.any()


def test_the_cosine_is_that_of_the_similarity():
    expected = cosine_similarity(A, B)
    alike = cosine_embedding_loss(A, B, [1] * 4, 0, "none")
    np.testing.assert_allclose(alike, 1 - expected, rtol=1e-10)
    apart = cosine_embedding_loss(A, B, [-1] * 4, margin=-1, reduction="none")
    np.testing.assert_allclose(apart, expected + 1, rtol=1e-10)
    for ours, theirs in zip(
        cosine_embedding_loss_grad(A, B, [1] * 4, reduction="sum"),
        cosine_similarity_grad(A, B),
        strict=True,
    ):
        np.testing.assert_allclose(ours, -theirs, rtol=1e-10, atol=1e-12)


def test_a_zero_vector_has_a_steep_gradient():
    # Its square is 1e-12, rounded to float32: the slope is 1 over the root of that.
    gradient, _ = cosine_embedding_loss_grad([0.0, 0.0], [1.0, 0.0], 1)
    np.testing.assert_allclose(gradient, [-1 / math.sqrt(np.float32(1e-12)), 0], rtol=1e-12)
    assert cosine_embedding_loss([0.0, 0.0], [1.0, 0.0], 1) == 1


def test_exchanging_the_scores_is_exchanging_the_sign():
    assert margin_ranking_loss(A, B, GRID, 0.5) == margin_ranking_loss(B, A, -GRID, 0.5)
    first, second = margin_ranking_loss_grad(A, B, GRID, 0.5)
    np.testing.assert_array_equal(first, -second)


def test_hinge_of_a_far_pair_is_ranking_against_the_margin():
    hinge = hinge_embedding_loss(A, -torch.ones(4, 3), margin=0.7, reduction="none")
    ranking = margin_ranking_loss(A, torch.zeros(4, 3), torch.ones(4, 3), 0.7, reduction="none")
    np.testing.assert_array_equal(hinge, ranking)


def test_at_the_kink_the_slope_counts_and_beyond_it_does_not():
    at, beyond = 1.0, np.nextafter(1.0, 2.0)
    for x, slope in ((at, 1.0), (beyond, 0.0)):
        assert margin_ranking_loss_grad([x], [0.0], [1], 1.0)[1] == slope
        assert hinge_embedding_loss_grad([x], [-1]) == -slope
    # Equal scores have no loss, but a gradient.
    assert margin_ranking_loss([2.0], [2.0], [1]) == 0
    assert margin_ranking_loss_grad([2.0], [2.0], [1]) == (-1, 1)


@pytest.mark.parametrize("name", HINGES)
def test_the_docstring_says_what_each_torch_has_at_the_margin(name):
    release = tuple(int(part) for part in torch.__version__.split(".")[:2])
    assert (release < (2, 14)) == TORCH_AT_THE_MARGIN
    text = " ".join(helper(f"{name}_grad").__doc__.split())
    assert "torch up to 2.13" in text or "torch's up to 2.13" in text
    assert "torch 2.14 and later have" in text


SHAPES = "expected shapes that broadcast to a common one, got"
REFUSED = {
    "ranking of shapes": (Call(RANKING, A, B[:, :2], GRID), rf"^input1 .* input2 .*: {SHAPES}"),
    "ranking, target's shape": (Call(RANKING, A, B, GRID[:2]), rf"and target: {SHAPES}"),
    "ranking, dimensions of input2": (
        Call(RANKING, A, B[0], GRID),
        "^input2: expected the number of dimensions of input1, 2, got 1 dimensions$",
    ),
    "ranking, dimensions of target": (
        Call(RANKING, A, B, SIGNS[0]),
        "^target: expected the number of dimensions of input1, 2, got 0 dimensions$",
    ),
    "ranking, bool": (
        Call(RANKING, A, B > 0, GRID),
        r"^input2: expected numbers \(use .float\(\)\), got bool of shape \(4, 3\)$",
    ),
    "ranking, target of bool": (
        Call(RANKING, A, B, GRID > 0),
        r"^target: expected a signed dtype \(use .float\(\)\), got bool of shape \(4, 3\)$",
    ),
    "ranking, margin": (Call(RANKING, A, B, GRID, margin="1"), "^margin: expected a number, got"),
    "hinge of shapes": (Call(HINGE, A, GRID[:, :2]), rf"^input and target: {SHAPES}"),
    "hinge of bool": (Call(HINGE, A > 0, GRID), "^input: expected a floating-point dtype .* bool"),
    "hinge, margin": (Call(HINGE, A, GRID, margin=None), "^margin: expected a number, got None"),
    "hinge, reduction": (
        Call(HINGE, A, GRID, reduction="max"),
        "^reduction: expected one of 'none', 'sum', 'mean', got 'max'$",
    ),
    "cosine of shapes": (Call(COSINE, A, B[:, :2], SIGNS), rf"^input1 and input2: {SHAPES}"),
    "cosine, targets in a column": (
        Call(COSINE, A, B, SIGNS[:, None]),
        r"^target: expected a number for each pair, in at most one dimension, got \(4, 1\)$",
    ),
    "cosine, too few targets": (
        Call(COSINE, A, B, SIGNS[:3]),
        "^target: expected a number for each of 4 pairs, got 3$",
    ),
    "cosine of a vector with many targets": (
        Call(COSINE, A, B[0], SIGNS),
        r"^input2: expected 2 dimensions, as the target has 1, got shape \(3,\)$",
    ),
    "cosine of many pairs with a target": (
        Call(COSINE, A, B, SIGNS[0]),
        r"^input1: expected 1 dimensions, as the target has 0, got shape \(4, 3\)$",
    ),
    "cosine, margin": (Call(COSINE, A, B, SIGNS, margin=1j), "^margin: expected a number, got"),
}
STRICTER = {
    "ranking of integers": (
        Call(RANKING, A.long(), B.long(), GRID),
        "^input1 or input2: expected a floating-point dtype in one of them .* and int64",
    ),
}


@each_refusal(REFUSED)
def test_refused(call, message):
    assert_refused(call, message)


@each_refusal(STRICTER)
def test_refused_here(call, message):
    assert_refused(call, message, by_torch=False)
