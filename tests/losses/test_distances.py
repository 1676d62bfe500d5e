"""Cosine similarity and pairwise distance."""

import math

import numpy as np
import pytest
import torch

from helpers import (
    cosine_similarity,
    cosine_similarity_grad,
    pairwise_distance,
    pairwise_distance_grad,
)
from helpers.losses.distances import _pairwise_distance
from tests.reference import (
    Call,
    assert_close,
    assert_like_torch,
    assert_refused,
    assert_slope,
    each,
    each_refusal,
    tensor,
)

COSINE, DISTANCE = "cosine_similarity", "pairwise_distance"
A = tensor([[3.0, -4.2, 0.7], [1.1, 0.4, 2.5]])
B = tensor([[4.0, 2.3, -1.9], [0.6, 1.8, 3.1]])
CUBE = torch.linspace(0, 5, 24).double().sin().reshape(2, 3, 4)
NOTHING = torch.zeros((0, 3)).double()
ORDERS = [0.5, 1.0, 1.5, 2.0, 3.0, 7.5, np.inf, -np.inf, -1.0, -0.5, 2, 1]

SMOOTH = {
    "cosine": Call(COSINE, A, B),
    "cosine of columns": Call(COSINE, A, B, dim=0),
    "cosine, axis from the end": Call(COSINE, CUBE, CUBE.flip(0), dim=-2),
    "cosine broadcast": Call(COSINE, A, B[0]),
    "cosine broadcast along its axis": Call(COSINE, A[:, :1], B),
    "cosine broadcast both": Call(COSINE, CUBE[:, :1], CUBE[0], dim=2),
    "cosine of a larger x2": Call(COSINE, A[0], CUBE[..., :3], dim=-1),
    "cosine of integers and floats": Call(COSINE, torch.tensor([[1, 2, -3]]), B),
    "cosine of vectors": Call(COSINE, A[0], B[0], dim=0),
    "cosine of numbers": Call(COSINE, tensor(-2.0), tensor(0.5), dim=0),
    "distance broadcast": Call(DISTANCE, A, B[1]),
    "distance broadcast along its axis": Call(DISTANCE, A[:, :1], B, p=3.0),
    "distance of a larger x2": Call(DISTANCE, A[0], CUBE[..., :3]),
    "distance keepdim": Call(DISTANCE, A, B, keepdim=True),
    "distance of vectors": Call(DISTANCE, A[0], B[0], keepdim=True),
    "distance of numbers": Call(DISTANCE, tensor(3.0), tensor(0.5), keepdim=True),
    "distance of integers and floats": Call(DISTANCE, A, torch.tensor([[1, 2, 3]])),
    "distance, large eps": Call(DISTANCE, A, B, eps=0.5),
} | {f"distance p={p}": Call(DISTANCE, A, B, p=p, eps=1e-3) for p in ORDERS}

EQUAL = tensor([[1.0, 2.0], [3.0, 3.0], [0.0, -1.0]])
CORNERS = {
    "cosine of zero vectors": Call(COSINE, EQUAL * 0, EQUAL),
    "cosine of two zero vectors": Call(COSINE, EQUAL * 0, EQUAL * 0),
    "cosine of zero vectors, eps 0": Call(COSINE, EQUAL * 0, EQUAL, eps=0.0),
    "cosine at eps": Call(COSINE, tensor([[0.3, 0.4]]), tensor([[1.0, 0.0]]), eps=0.5),
    "cosine below eps": Call(COSINE, tensor([[0.3, 0.4]]), tensor([[1.0, 0.2]]), eps=0.75),
    "cosine, both below eps": Call(COSINE, A, B, eps=100),
    "cosine of large vectors": Call(COSINE, A * 1e4, -B * 1e4),
    "cosine of NaN": Call(COSINE, tensor([[np.nan, 1.0]]), tensor([[1.0, 2.0]])),
    "cosine of nothing": Call(COSINE, NOTHING, NOTHING),
    "cosine along nothing": Call(COSINE, NOTHING, NOTHING, dim=0),
    "distance of nothing": Call(DISTANCE, NOTHING, NOTHING),
    "distance of nothing, p inf": Call(DISTANCE, NOTHING, NOTHING, p=np.inf),
    "distance along nothing": Call(DISTANCE, NOTHING.T, NOTHING.T),
    "distance along nothing, p 0": Call(DISTANCE, NOTHING.T, NOTHING.T, p=0),
    "distance p=0": Call(DISTANCE, A, B, p=0),
    "distance of a cube, p=0": Call(DISTANCE, CUBE, CUBE[:1], p=0, eps=0.0),
    "distance of a cube, p=inf": Call(DISTANCE, CUBE, CUBE[:1], p=np.inf, eps=0.0),
    "distance 1, p=3": Call(DISTANCE, tensor([[1.0, 0.0]]), tensor([[0.0]]), p=3, eps=0.0),
} | {
    f"distance {what}, p={p}": Call(DISTANCE, x1, x2, p=p, eps=eps)
    for p in [0, *ORDERS]
    for what, x1, x2, eps in [
        ("of equal vectors", EQUAL, EQUAL, 0.0),
        ("of equal vectors, with eps", EQUAL, EQUAL, 1e-6),
        ("with ties and zeros", tensor([[1.0, -1.0, 0.0], [0.0, 0.0, 2.0]]), tensor([[0.0]]), 0.0),
        ("large", tensor([[1e4, -1e4]]), tensor([[-1e4, 3.0]]), 1e-6),
        ("NaN", tensor([[np.nan, 1.0], [2.0, 1.0]]), tensor([[0.0, 0.5]]), 1e-6),
        ("NaN and infinity beside 0", tensor([[np.nan, 0.0], [np.inf, 0.0]]), tensor([[0.0]]), 0.0),
    ]
}


@each(SMOOTH | CORNERS)
def test_like_torch(call):
    assert_like_torch(call)


@each(SMOOTH)
def test_gradient_is_the_slope(call):
    assert_slope(call)


def test_cosine_by_the_formula():
    value = cosine_similarity([[3.0, 4.0], [1.0, 0.0]], [[4.0, 3.0], [-1.0, 1.0]])
    np.testing.assert_allclose(value, [(3 * 4 + 4 * 3) / (5 * 5), -1 / math.sqrt(2)], rtol=1e-15)
    # A length of 5 counts as 10, where eps is 10.
    np.testing.assert_allclose(
        cosine_similarity([[3.0, 4.0]], [[12.0, 16.0]], eps=10), [(36 + 64) / (10 * 20)], rtol=1e-15
    )


def test_distance_by_the_formula():
    expected = {1: 3 + 4, 2: 5, 3: (27 + 64) ** (1 / 3), np.inf: 4, -np.inf: 3, 0: 2}
    expected |= {0.5: (math.sqrt(3) + 2) ** 2, -1: 1 / (1 / 3 + 1 / 4)}
    for p, value in expected.items():
        distance = pairwise_distance([[3.0, 0.0]], [[0.0, 4.0]], p=p, eps=0.0)
        np.testing.assert_allclose(distance, [value], rtol=1e-15, err_msg=str(p))
    np.testing.assert_allclose(pairwise_distance([1.0], [1.0], eps=0.25), 0.25)


def test_cosine_does_not_know_lengths_and_its_gradient_is_a_right_angle_to_each_vector():
    assert_close(cosine_similarity(A * 3, B / 7), cosine_similarity(A, B))
    assert_close(cosine_similarity(A, -A), [-1.0, -1.0])
    for vectors, gradient in zip((A, B), cosine_similarity_grad(A, B), strict=True):
        np.testing.assert_allclose((vectors.numpy() * gradient).sum(1), 0, atol=1e-15)


@pytest.mark.parametrize("p", ORDERS)
def test_distance_grows_in_proportion(p):
    # For a function that does, Σ x·∂f/∂x is the value itself (Euler).
    gradient, opposite = pairwise_distance_grad(A, B, p=p, eps=0.0)
    assert_close((gradient * (A - B).numpy()).sum(1), pairwise_distance(A, B, p=p, eps=0.0))
    np.testing.assert_array_equal(opposite, -gradient)
    assert_close(pairwise_distance(4 * A, 4 * B, p=p, eps=0.0), 4 * pairwise_distance(A, B, p, 0.0))


def test_of_vectors_without_entries_the_largest_is_0():
    columns = _pairwise_distance(np.zeros((2, 0)), np.zeros((2, 0))).columns()
    assert columns["largest |x1 - x2 + eps|"].tolist() == [0, 0]


def test_the_working_of_two_vectors_alone():
    columns = _pairwise_distance([3.0, 1.0], [1.0, 2.0], p=3, eps=0.0).columns()
    assert columns["Σ |x1 - x2 + eps|^p"] == 2**3 + 1


def test_ties_share_the_slope():
    gradient, _ = pairwise_distance_grad([[2.0, -2.0, 1.0]], [[0.0]], p=np.inf, eps=0.0)
    np.testing.assert_array_equal(gradient, [[0.5, -0.5, 0.0]])


REFUSED = {
    "cosine of shapes": (
        Call(COSINE, A, B[:, :2]),
        r"^x1 and x2: expected shapes that broadcast to a common one, got \(2, 3\) and \(2, 2\)$",
    ),
    "distance of shapes": (Call(DISTANCE, A, B.T), "^x1 and x2: expected shapes that broadcast"),
    "cosine of integers": (
        Call(COSINE, A.long(), B.long()),
        "^x1 or x2: expected a floating-point dtype in one of them .*, got int64 .* and int64",
    ),
    "distance of bool": (
        Call(DISTANCE, A, B > 0),
        r"^x2: expected numbers \(use .float\(\)\), got bool of shape \(2, 3\)$",
    ),
    "no such axis": (Call(COSINE, A, B, dim=2), "^dim: expected an axis between -2 and 1, got 2$"),
    "no axis 1 in vectors": (
        Call(COSINE, A[0], B[0]),
        "^dim: expected an axis between -1 and 0, got 1$",
    ),
    "axis of a float": (Call(COSINE, A, B, dim=1.0), "^dim: expected an integer, got float 1.0$"),
    "eps below 0": (
        Call(COSINE, A, B, eps=-1e-8),
        "^eps: expected a number at least 0, got -1e-08$",
    ),
    "eps, a word": (Call(DISTANCE, A, B, eps="small"), "^eps: expected a number, got str 'small'$"),
    "p of nothing": (Call(DISTANCE, A, B, p=None), "^p: expected a number, got NoneType None$"),
    "keepdim of 1": (
        Call(DISTANCE, A, B, keepdim=1),
        "^keepdim: expected True or False, got int 1$",
    ),
} | {
    f"p={p} along nothing": (
        Call(DISTANCE, NOTHING.T, NOTHING.T, p=p),
        f"^p: expected a finite number of at least 0 for vectors without entries, got {p}$",
    )
    for p in (np.inf, -np.inf, -1.0)
}


@each_refusal(REFUSED)
def test_refused(call, message):
    assert_refused(call, message)
