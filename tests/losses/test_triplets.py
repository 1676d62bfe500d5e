"""Triplets, with the p-norm and with any distance."""

import itertools
import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from helpers import (
    cosine_similarity,
    cosine_similarity_grad,
    margin_ranking_loss,
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

TRIPLET, MEASURED = "triplet_margin_loss", "triplet_margin_with_distance_loss"
INF, NAN = math.inf, math.nan

A = tensor([[3.0, -4.2, 0.7], [1.1, 0.4, 2.5], [-1.5, 0.3, 0.2], [0.4, 2.0, -0.6]])
B = tensor([[2.5, -3.3, -1.9], [-0.6, 1.8, -3.1], [1.7, 0.9, -0.5], [0.5, 2.4, -1.3]])
C = tensor([[2.1, -4.0, 0.1], [1.3, 2.2, 0.5], [-1.1, 0.7, 0.9], [-2.0, 0.3, 1.4]])
NOTHING = torch.zeros((0, 3)).double()
ORDERS = [0.5, 1.0, 1.5, 2.0, 3.0, INF, -INF, -1.0, 2, 1]

SMOOTH = {
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


def test_triplets_are_ranking_of_distances():
    near, far = pairwise_distance(A, B), pairwise_distance(A, C)
    expected = margin_ranking_loss(far, near, [1] * 4, margin=1.0, reduction="none")
    assert_close(triplet_margin_loss(A, B, C, reduction="none"), expected)
    assert_close(triplet_margin_with_distance_loss(A, B, C, reduction="none"), expected)


def test_at_the_kink_the_slope_counts_and_beyond_it_does_not():
    at, beyond = 1.0, np.nextafter(1.0, 2.0)
    for x, slope in ((at, 1.0), (beyond, 0.0)):
        anchor, _, negative = triplet_margin_loss_grad([0.0], [0.0], [x], p=1, eps=0.0)
        assert (anchor, negative) == (slope, -slope)


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


SHAPES = "expected shapes that broadcast to a common one, got"
REFUSED = {
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
