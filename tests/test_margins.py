"""Losses with a margin: ranking, hinge and cosine embedding, triplets with any distance."""

import itertools
import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from helpers.similarity import (
    cosine_embedding_loss,
    cosine_embedding_loss_grad,
    cosine_similarity,
    cosine_similarity_grad,
    hinge_embedding_loss,
    hinge_embedding_loss_grad,
    margin_ranking_loss,
    margin_ranking_loss_grad,
    pairwise_distance,
    pairwise_distance_grad,
    triplet_margin_loss,
    triplet_margin_loss_grad,
    triplet_margin_with_distance_loss,
    triplet_margin_with_distance_loss_grad,
)
from tests.reference import (
    Call,
    assert_close,
    assert_form,
    assert_like_torch,
    assert_refused,
    assert_slope,
    differences,
    each,
    each_refusal,
    refusal,
    tensor,
)

RANKING, HINGE, COSINE = "margin_ranking_loss", "hinge_embedding_loss", "cosine_embedding_loss"
TRIPLET, MEASURED = "triplet_margin_loss", "triplet_margin_with_distance_loss"
INF, NAN = math.inf, math.nan

A = tensor([[3.0, -4.2, 0.7], [1.1, 0.4, 2.5], [-1.5, 0.3, 0.2], [0.4, 2.0, -0.6]])
B = tensor([[2.5, -3.3, -1.9], [-0.6, 1.8, -3.1], [1.7, 0.9, -0.5], [0.5, 2.4, -1.3]])
C = tensor([[2.1, -4.0, 0.1], [1.3, 2.2, 0.5], [-1.1, 0.7, 0.9], [-2.0, 0.3, 1.4]])
SIGNS = tensor([1.0, -1.0, 1.0, -1.0])
GRID = tensor([[1.0, -1.0, 1.0], [-1.0, -1.0, 1.0], [1.0, 1.0, -1.0], [-1.0, 1.0, -1.0]])
NOTHING = torch.zeros((0, 3)).double()
ORDERS = [0.5, 1.0, 1.5, 2.0, 3.0, INF, -INF, -1.0, 2, 1]

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
    "triplets": Call(TRIPLET, A, B, C),
    "triplets, margin": Call(TRIPLET, A, B, C, margin=3.7),
    "triplets swap": Call(TRIPLET, A, B, C, margin=2.5, swap=True),
    "triplets, other kinds": Call(TRIPLET, A, C, B, margin=1.8, swap=True),
    "triplet of vectors": Call(TRIPLET, A[3], B[3], C[3], margin=5, swap=True),
    "triplet of numbers": Call(TRIPLET, A[0, 0], B[0, 0], C[0, 0], margin=5),
    "triplets in three dimensions": Call(TRIPLET, A[None], B[None], C[None]),
    "triplets, anchor broadcast": Call(TRIPLET, A[:1], B, C, swap=True, margin=5),
    "triplets, positive broadcast": Call(TRIPLET, A, B[:1], C, swap=True, margin=5),
    "triplets, negative alone": Call(TRIPLET, A[:1], B[:1], C, swap=True, margin=5),
    "triplets, entries broadcast": Call(TRIPLET, A, B[:, :1], C[:1, :1], swap=True, margin=5),
    "triplets, large eps": Call(TRIPLET, A, B, C, eps=0.5),
    "triplets of integers and floats": Call(TRIPLET, A, torch.tensor([[1, 2, 3]]), C),
    "measured": Call(MEASURED, A, B, C),
    "measured swap": Call(MEASURED, A, B, C, margin=2.5, swap=True),
} | {f"triplets p={p}": Call(TRIPLET, A, B, C, margin=2.4, p=p, swap=True) for p in ORDERS}

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
    "triplets of equal vectors": Call(TRIPLET, TIES, TIES, TIES, eps=0.0, swap=True),
    "triplets of equal vectors, with eps": Call(TRIPLET, TIES, TIES, TIES, swap=True),
    "triplets at the margin": Call(TRIPLET, TIES, TIES, TIES - 2, margin=2.0, p=INF, eps=0.0),
    "triplets, distances tie in the swap": Call(
        TRIPLET, TIES, -TIES, tensor([[0.0, 0.0]]), eps=0.0, swap=True
    ),
    "triplets of NaN": Call(TRIPLET, A, B * NAN, C),
    "triplets of NaN in one": Call(TRIPLET, A, tensor([[NAN, 1.0, 2.0]]), C, swap=True),
    "triplets of infinities": Call(TRIPLET, A, B, C * INF, swap=True),
    "triplets, infinite margin": Call(TRIPLET, A, B, C, margin=INF),
    "triplets of nothing": Call(TRIPLET, NOTHING, NOTHING, NOTHING, swap=True),
    "triplets along nothing": Call(TRIPLET, NOTHING.T, NOTHING.T, NOTHING.T, swap=True),
    "measured along nothing": Call(MEASURED, NOTHING.T, NOTHING.T, NOTHING.T),
}


@each(SMOOTH | CORNERS)
def test_like_torch(call):
    assert_like_torch(call)


@each(SMOOTH)
def test_gradient_is_the_slope(call):
    assert_slope(call)


# ------------------------------------------------------------------------ values by the formula


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


DISTANCES = {1: (7, 3, 4), 2: (5, 3, 4), INF: (4, 3, 4)}  # a-p, a-n, p-n for the triplet below


@pytest.mark.parametrize("p", DISTANCES)
def test_triplet_by_the_formula(p):
    triplet = [0.0, 0.0], [3.0, 4.0], [3.0, 0.0]
    near, far, other = DISTANCES[p]
    for margin, swap in itertools.product((0.25, 1, 10), (False, True)):
        expected = max(0, near - (min(far, other) if swap else far) + margin)
        value = triplet_margin_loss(*triplet, margin=margin, p=p, eps=0.0, swap=swap)
        np.testing.assert_allclose(value, expected, rtol=1e-15)
    # The negative is nearer to the positive than to the anchor here: the swap counts.
    assert triplet_margin_loss([0.0], [2.0], [3.0], eps=0.0) == 2 - 3 + 1
    assert triplet_margin_loss([0.0], [2.0], [3.0], eps=0.0, swap=True) == 2 - 1 + 1


# ------------------------------------------------------------------------------- relations


def test_exchanging_the_scores_is_exchanging_the_sign():
    assert margin_ranking_loss(A, B, GRID, 0.5) == margin_ranking_loss(B, A, -GRID, 0.5)
    first, second = margin_ranking_loss_grad(A, B, GRID, 0.5)
    np.testing.assert_array_equal(first, -second)


def test_hinge_of_a_far_pair_is_ranking_against_the_margin():
    hinge = hinge_embedding_loss(A, -torch.ones(4, 3), margin=0.7, reduction="none")
    ranking = margin_ranking_loss(A, torch.zeros(4, 3), torch.ones(4, 3), 0.7, reduction="none")
    np.testing.assert_array_equal(hinge, ranking)


def test_triplets_are_ranking_of_distances():
    near, far = pairwise_distance(A, B), pairwise_distance(A, C)
    expected = margin_ranking_loss(far, near, [1] * 4, margin=1.0, reduction="none")
    assert_close(triplet_margin_loss(A, B, C, reduction="none"), expected)
    assert_close(triplet_margin_with_distance_loss(A, B, C, reduction="none"), expected)


def test_at_the_kink_the_slope_counts_and_beyond_it_does_not():
    at, beyond = 1.0, np.nextafter(1.0, 2.0)
    for x, slope in ((at, 1.0), (beyond, 0.0)):
        assert margin_ranking_loss_grad([x], [0.0], [1], 1.0)[1] == slope
        assert hinge_embedding_loss_grad([x], [-1]) == -slope
        anchor, _, negative = triplet_margin_loss_grad([0.0], [0.0], [x], p=1, eps=0.0)
        assert (anchor, negative) == (slope, -slope)
    # Equal scores have no loss, but a gradient.
    assert margin_ranking_loss([2.0], [2.0], [1]) == 0
    assert margin_ranking_loss_grad([2.0], [2.0], [1]) == (-1, 1)


def test_a_triplet_moves_along_with_its_origin():
    gradients = triplet_margin_loss_grad(A, B, C, margin=2.5, swap=True)
    np.testing.assert_allclose(sum(gradients), 0, atol=1e-16)
    assert any(gradient.any() for gradient in gradients)


def test_of_two_equal_distances_each_has_half_of_the_slope():
    # The negative lies in the middle between the anchor and the positive.
    triplet = [0.0, 0.0], [2.0, 0.0], [1.0, 0.0]
    anchor, positive, negative = triplet_margin_loss_grad(*triplet, eps=0.0, swap=True)
    np.testing.assert_array_equal(anchor, [-1 + 0.5, 0])
    np.testing.assert_array_equal(positive, [1 - 0.5, 0])
    np.testing.assert_array_equal(negative, [-0.5 + 0.5, 0])


# ------------------------------------------------------------------------ any distance function


def city_block(x1, x2):
    return abs(x1 - x2).sum(-1)


def city_block_grad(x1, x2):
    return np.sign(x1 - x2), np.sign(x2 - x1)


def squared(x1, x2):
    return ((x1 - x2) ** 2).sum(-1)


def squared_grad(x1, x2):
    return 2 * (x1 - x2), 2 * (x2 - x1)


def of_blocks(x1, x2):
    return ((x1 - x2) ** 2).sum((-2, -1))


def kept(x1, x2):
    return squared(x1, x2)[..., None]


def angle(x1, x2):
    return 1 - cosine_similarity(x1, x2, dim=-1)


def angle_grad(x1, x2):
    return tuple(-gradient for gradient in cosine_similarity_grad(x1, x2, dim=-1))


CUBES = [x.reshape(2, 2, 3) for x in (A, B, C)]
MEASURES = {
    "city block": (city_block, city_block_grad, [A, B, C]),
    "squared": (squared, squared_grad, [A, B, C]),
    "squared, broadcast": (squared, squared_grad, [A[:1], B, C[:, :1]]),
    "squared, one positive": (squared, squared_grad, [A, B[:1], C[:1]]),
    "squared, a vector": (squared, squared_grad, [A[0], B[0], C[0]]),
    "squared, three dimensions": (squared, squared_grad, CUBES),
    "squared, with the axis kept": (kept, squared_grad, [A, B, C]),
    "squared, over two axes": (of_blocks, squared_grad, CUBES),
}


@pytest.mark.parametrize("swap", [False, True])
@pytest.mark.parametrize(("function", "gradient", "operands"), MEASURES.values(), ids=MEASURES)
def test_any_distance_like_torch(function, gradient, operands, swap):
    leaves = [x.clone().requires_grad_() for x in operands]
    for reduction, margin in itertools.product(("none", "sum", "mean"), (1.5, 30.0)):
        given = {"margin": margin, "swap": swap, "reduction": reduction}
        expected = F.triplet_margin_with_distance_loss(*leaves, distance_function=function, **given)
        for measure in (function, (function, gradient)):
            value = triplet_margin_with_distance_loss(*operands, distance_function=measure, **given)
            assert_close(value, expected.detach().numpy())
        slopes = torch.autograd.grad(expected.sum(), leaves)
        ours = triplet_margin_with_distance_loss_grad(
            *operands, distance_function=(function, gradient), **given
        )
        for slope, reference in zip(ours, slopes, strict=True):
            assert_close(slope, reference.numpy())


@pytest.mark.parametrize("swap", [False, True])
def test_pairwise_distance_with_its_gradient_is_the_default(swap):
    pair = (pairwise_distance, pairwise_distance_grad)
    for given in ({"distance_function": pair}, {"distance_function": None}, {}):
        given |= {"margin": 2.5, "swap": swap}
        value = triplet_margin_with_distance_loss(A, B, C, **given)
        assert value == triplet_margin_loss(A, B, C, 2.5, swap=swap)
        gradients = triplet_margin_with_distance_loss_grad(A, B, C, **given)
        expected = triplet_margin_loss_grad(A, B, C, 2.5, swap=swap)
        for ours, theirs in zip(gradients, expected, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-15)


def test_the_angle_as_a_distance():
    given = {"distance_function": (angle, angle_grad), "margin": 0.4, "swap": True}
    operands = [x.numpy() for x in (A, B, C)]
    for i, gradient in enumerate(triplet_margin_with_distance_loss_grad(*operands, **given)):
        slopes = differences(
            lambda x, i=i: triplet_margin_with_distance_loss(
                *operands[:i], x, *operands[i + 1 :], **given
            ),
            operands[i],
        )
        np.testing.assert_allclose(gradient, slopes, rtol=1e-8, atol=1e-10)


def test_a_distance_gets_arrays_of_float64():
    def measure(x1, x2):
        seen.extend((x1, x2))
        return np.zeros(2)

    seen = []
    operands = [1.0], [[2.0], [3.0]], torch.ones((2, 1), dtype=torch.bfloat16)
    triplet_margin_with_distance_loss([[1.0]], *operands[1:], distance_function=measure, swap=True)
    assert len(seen) == 6
    assert {(type(x), x.dtype.name) for x in seen} == {(np.ndarray, "float64")}


# --------------------------------------------------------------------------------- refusals

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
    "triplets of shapes": (
        Call(TRIPLET, A, B[:3], C),
        rf"^anchor and positive and negative: {SHAPES}",
    ),
    "triplets of dimensions": (
        Call(TRIPLET, A, B, C[0]),
        "^negative: expected the number of dimensions of anchor, 2, got 1 dimensions$",
    ),
    "triplets of bool": (Call(TRIPLET, A, B > 0, C), "^positive: expected numbers"),
    "triplets, margin of 0": (
        Call(TRIPLET, A, B, C, margin=0),
        "^margin: expected a number above 0, got 0$",
    ),
    "triplets, margin": (Call(TRIPLET, A, B, C, margin="1"), "^margin: expected a number, got"),
    "triplets, swap of 1": (Call(TRIPLET, A, B, C, swap=1), "^swap: expected True or False, got"),
    "triplets, p": (Call(TRIPLET, A, B, C, p="2"), "^p: expected a number, got str '2'$"),
    "triplets, p along nothing": (
        Call(TRIPLET, NOTHING.T, NOTHING.T, NOTHING.T, p=INF),
        "^p: expected a finite number of at least 0 for vectors without entries, got inf$",
    ),
    "measured, margin of 0": (
        Call(MEASURED, A, B, C, margin=-0.5),
        "^margin: expected a number above 0, got -0.5$",
    ),
    "measured, dimensions": (Call(MEASURED, A, B[0], C), "^positive: expected the number of dim"),
    "measured, no function": (
        Call(MEASURED, A, B, C, distance_function=2),
        "^distance_function: expected a function of two arrays, a pair of it and its .*, got int$",
    ),
    "measured, no numbers": (
        Call(MEASURED, A, B, C, distance_function=lambda x1, x2: "far"),
        "^distance_function: expected an? .*, got (str|a function alone)$",
    ),
}
STRICTER = {
    "ranking of integers": (
        Call(RANKING, A.long(), B.long(), GRID),
        "^input1 or input2: expected a floating-point dtype in one of them .* and int64",
    ),
    "triplets of integers": (
        Call(TRIPLET, A.long(), B.long(), C),
        "^anchor or positive: expected a floating-point dtype in one of them .* and int64",
    ),
    "triplets of integers in the swap": (
        Call(TRIPLET, A, B.long(), C.long(), swap=True),
        "^positive or negative: expected a floating-point dtype in one of them .* and int64",
    ),
}


@each_refusal(REFUSED)
def test_refused(call, message):
    assert_refused(call, message)


@each_refusal(STRICTER)
def test_refused_here(call, message):
    assert_refused(call, message, by_torch=False)


def test_integers_that_are_not_compared_are_taken():
    assert_like_torch(Call(TRIPLET, A, B.long(), C.long()))


GRADIENTS = {
    "no gradient": (squared, "expected a pair of functions, the distance and its gradients"),
    "one number for each pair": (
        (squared, lambda x1, x2: (x1[:, 0], x2[:, 0])),
        r"expected gradients of the shape of the operands, \(4, 3\), got \(4,\)$",
    ),
    "distances of another shape": (
        (lambda x1, x2: np.ones((2, 4)), squared_grad),
        r"expected a shape that broadcasts to that of the operands, \(4, 3\), got \(2, 4\)$",
    ),
}


@pytest.mark.parametrize(("measure", "message"), GRADIENTS.values(), ids=GRADIENTS)
def test_a_gradient_needs_those_of_the_distance(measure, message):
    error = refusal(
        lambda: triplet_margin_with_distance_loss_grad(A, B, C, distance_function=measure)
    )
    assert isinstance(error, TypeError | ValueError)
    assert_form(error)
    with pytest.raises(type(error), match=message):
        raise error
