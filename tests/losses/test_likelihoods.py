"""GaussianNLL and PoissonNLL."""

import math

import numpy as np
import pytest
import torch

from helpers import (
    gaussian_nll_loss,
    gaussian_nll_loss_grad,
    mse_loss,
    poisson_nll_loss,
    poisson_nll_loss_grad,
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

GAUSS, POISSON = "gaussian_nll_loss", "poisson_nll_loss"
INF, NAN = math.inf, math.nan

X = tensor([[0.3, 1.7, -0.4], [2.0, 0.1, 0.2]])
Y = tensor([[0.5, -1.2, 0.4], [1.5, 0.3, 2.9]])
V = tensor([[0.6, 2.5, 1.3], [0.2, 4.0, 0.9]])
CUBE, CUBE_TO, CUBE_VAR = (x.repeat(2, 1).reshape(2, 2, 3) for x in (X, Y, V))
COUNTS = tensor([[0.0, 1.0, 2.0], [5.0, 1.5, 40.0]])
NOTHING = torch.zeros((0, 3)).double()

SMOOTH = {
    "gauss": Call(GAUSS, X, Y, V),
    "gauss full": Call(GAUSS, X, Y, V, full=True),
    "gauss, var for each row": Call(GAUSS, X, Y, V[:, 0]),
    "gauss, var for each row, axis kept": Call(GAUSS, X, Y, V[:, :1]),
    "gauss, var for each column": Call(GAUSS, X, Y, V[:1]),
    "gauss, var for each channel": Call(GAUSS, CUBE, CUBE_TO, CUBE_VAR[:, :1]),
    "gauss, var without the last axis": Call(GAUSS, CUBE, CUBE_TO, CUBE_VAR[..., 0]),
    "gauss, var of a square": Call(GAUSS, X[:, :2], Y[:, :2], V[0, :2]),
    "gauss, one var for a vector": Call(GAUSS, X[0], Y[0], tensor(1.3)),
    "gauss, a number as var": Call(GAUSS, X[0], Y[0], 1.3),
    "gauss of numbers": Call(GAUSS, X[0, 0], Y[0, 0], V[0, 0]),
    "gauss, a larger target": Call(GAUSS, X[0], Y, V[0]),
    "gauss, a larger target, one var": Call(GAUSS, X[0], Y, V[0, :1]),
    "gauss, target broadcast": Call(GAUSS, X, Y[:1], V[:, 0]),
    "gauss of integers and floats": Call(GAUSS, X, torch.tensor([[1, 2, 3]]), V),
    "poisson": Call(POISSON, X, COUNTS),
    "poisson full": Call(POISSON, X, COUNTS, full=True),
    "poisson of rates": Call(POISSON, V, COUNTS, log_input=False),
    "poisson of rates, full, eps": Call(POISSON, V, COUNTS, log_input=False, full=True, eps=0.1),
    "poisson, eps without a rate": Call(POISSON, X, COUNTS, eps=0.5),
    "poisson, integer counts": Call(POISSON, X, COUNTS.long(), full=True),
    "poisson broadcast": Call(POISSON, X, COUNTS[:, :1], full=True),
    "poisson, a larger target": Call(POISSON, X[0], COUNTS, full=True),
    "poisson of numbers": Call(POISSON, X[0, 0], COUNTS[1, 0], log_input=True),
    "poisson, negative targets": Call(POISSON, X, -COUNTS, full=True),
}
CORNERS = {
    "gauss, a number as var for a table": Call(GAUSS, X, Y, 1.3),
    "gauss, var of 0": Call(GAUSS, X, Y, V * 0),
    "gauss, var of -0": Call(GAUSS, X, Y, V * -0.0, eps=1e-3),
    "gauss, var of 0 and eps of 0": Call(GAUSS, X, tensor([[0.3, 0.0, 0.0]]), V * 0, eps=0),
    "gauss, var below and at eps": Call(GAUSS, X[0], Y[0], tensor([0.1, 0.5, 0.7]), eps=0.5),
    "gauss, a number below eps": Call(GAUSS, X, Y, 0.25, eps=0.5),
    "gauss, eps below 0": Call(GAUSS, X, Y, V, eps=-1.0),
    "gauss, eps of infinity": Call(GAUSS, X, Y, V, eps=INF),
    "gauss of infinities": Call(GAUSS, tensor([INF, 0, INF]), Y[0], tensor([1.0, INF, INF])),
    "gauss of NaN": Call(GAUSS, tensor([NAN, 0, 1.0]), tensor([0, NAN, 0]), tensor([1.0, 1, NAN])),
    "gauss of nothing": Call(GAUSS, NOTHING, NOTHING, NOTHING),
    "gauss of nothing, a var of NaN": Call(GAUSS, X[0, 0], NOTHING, NAN),
    "gauss of nothing, one var": Call(GAUSS, NOTHING.T, NOTHING.T, V[0]),
    "gauss, a var of nothing": Call(GAUSS, X[:1], X[:1], torch.zeros((0, 1)).double()),
    "poisson, rate of 0": Call(POISSON, tensor([0.0, 0.0]), tensor([0.0, 2.0]), log_input=False),
    "poisson, rate of 0, eps of 0": Call(
        POISSON, tensor([0.0, 0.0]), tensor([0.0, 2.0]), log_input=False, eps=0
    ),
    "poisson, rate below 0": Call(POISSON, tensor([-1.0]), tensor([2.0]), log_input=False),
    "poisson, overflow": Call(POISSON, tensor([1e4, -1e4]), tensor([1.0, 1e4]), full=True),
    "poisson of infinities": Call(POISSON, tensor([INF, -INF, 0.0]), tensor([[1.0], [INF], [0.0]])),
    "poisson of infinite counts": Call(POISSON, X, COUNTS * INF, full=True),
    "poisson of NaN": Call(POISSON, tensor([NAN, 0.0]), tensor([1.0, NAN]), full=True),
    "poisson of nothing": Call(POISSON, NOTHING, NOTHING, log_input=False, full=True),
}


@each(SMOOTH | CORNERS)
def test_like_torch(call):
    assert_like_torch(call)


@each(SMOOTH)
def test_gradient_is_the_slope(call):
    assert_slope(call)


# ------------------------------------------------------------------------ values by the formula


def test_gauss_is_minus_the_logarithm_of_the_density():
    x, y, var = 0.3, 1.5, 0.64
    density = math.exp(-((x - y) ** 2) / (2 * var)) / math.sqrt(2 * math.pi * var)
    np.testing.assert_allclose(
        gaussian_nll_loss([x], [y], [var], full=True), -math.log(density), rtol=1e-15
    )
    without = gaussian_nll_loss([x], [y], [var])
    np.testing.assert_allclose(without, -math.log(density) - math.log(2 * math.pi) / 2, rtol=1e-14)


def test_gauss_of_variance_1_is_half_the_squared_error():
    value = gaussian_nll_loss(X, Y, torch.ones(2, 3))
    np.testing.assert_allclose(value, mse_loss(X, Y) / 2, rtol=1e-15)


def test_gauss_is_least_where_the_variance_is_the_squared_error():
    difference = (X - Y).numpy()
    _, gradient = gaussian_nll_loss_grad(X, Y, difference**2)
    np.testing.assert_allclose(gradient, 0, atol=1e-13)
    least = gaussian_nll_loss(X, Y, difference**2)
    assert least < min(gaussian_nll_loss(X, Y, difference**2 * factor) for factor in (0.9, 1.1))


@pytest.mark.parametrize("shape", [(2,), (2, 1), (1, 3)])
def test_a_smaller_variance_is_a_repeated_one_and_its_gradient_the_sum(shape):
    small = V[:, 0] if shape == (2,) else V[: shape[0], : shape[1]]
    wide = small.reshape((2, 1) if shape == (2,) else shape).expand(2, 3)
    assert gaussian_nll_loss(X, Y, small) == gaussian_nll_loss(X, Y, wide)
    _, gradient = gaussian_nll_loss_grad(X, Y, small)
    _, repeated = gaussian_nll_loss_grad(X, Y, wide)
    axis = 0 if shape == (1, 3) else 1
    assert gradient.shape == shape
    np.testing.assert_allclose(gradient.ravel(), repeated.sum(axis), rtol=1e-14)


def test_below_eps_the_loss_is_flat_but_the_gradient_is_not():
    values = [gaussian_nll_loss([1.0], [0.0], [var], eps=0.5) for var in (0.0, 0.25, 0.5)]
    assert values[0] == values[1] == values[2] == (math.log(0.5) + 1 / 0.5) / 2
    slopes = [gaussian_nll_loss_grad([1.0], [0.0], [var], eps=0.5)[1] for var in (0.0, 0.25, 0.5)]
    assert slopes[0] == slopes[1] == slopes[2] == 1 / (2 * 0.5) - 1 / (2 * 0.5**2)


def test_poisson_by_the_formula():
    value = poisson_nll_loss([math.log(3), 0.0], [5.0, 0.0], reduction="none")
    np.testing.assert_allclose(value, [3 - 5 * math.log(3), 1], rtol=1e-15)
    value = poisson_nll_loss([3.0, 0.0], [5.0, 2.0], log_input=False, reduction="none")
    np.testing.assert_allclose(value, [3 - 5 * math.log(3 + 1e-8), -2 * math.log(1e-8)], rtol=1e-15)


def test_poisson_full_is_minus_the_logarithm_of_the_probability_by_stirling():
    for count in (2, 5, 40):
        value = poisson_nll_loss([3.0], [float(count)], log_input=False, full=True, eps=0.0)
        exact = 3 - count * math.log(3) + math.lgamma(count + 1)
        # The next term of Stirling's series.
        np.testing.assert_allclose(value, exact - 1 / (12 * count), atol=0.003 / count**3)
    for count in (0.0, 0.5, 1.0):  # No approximation up to 1.
        assert poisson_nll_loss([3.0], [count], full=True) == poisson_nll_loss([3.0], [count])


def test_a_rate_and_its_logarithm_have_one_loss():
    given = {"full": True, "reduction": "none"}
    value = poisson_nll_loss(V, COUNTS, log_input=False, eps=0.0, **given)
    np.testing.assert_allclose(value, poisson_nll_loss(V.log(), COUNTS, **given), rtol=1e-13)
    # The chain rule: the slope for the logarithm is the rate times the slope for the rate.
    slope = poisson_nll_loss_grad(V, COUNTS, log_input=False, eps=0.0)
    np.testing.assert_allclose(
        poisson_nll_loss_grad(V.log(), COUNTS), V.numpy() * slope, rtol=1e-12
    )


def test_poisson_is_least_where_the_rate_is_the_count():
    np.testing.assert_allclose(poisson_nll_loss_grad(np.log([2.0, 7.0]), [2.0, 7.0]), 0, atol=1e-14)
    assert not poisson_nll_loss_grad([2.0, 7.0], [2.0, 7.0], log_input=False, eps=0.0).any()


# --------------------------------------------------------------------------------- refusals

SHAPES = "expected shapes that broadcast to a common one, got"
VAR = r"^var: expected the shape of input, .*, that without its last axis, or one axis of length 1"
REFUSED = {
    "gauss of shapes": (Call(GAUSS, X, Y[:, :2], V), f"^input and target and var: {SHAPES}"),
    "gauss, var of the columns": (Call(GAUSS, X, Y, V[0]), VAR),
    "gauss, one var for all": (Call(GAUSS, X, Y, tensor(1.0)), VAR),
    "gauss, two axes of 1": (Call(GAUSS, CUBE, CUBE_TO, CUBE_VAR[:, :1, :1]), VAR),
    "gauss, larger var": (Call(GAUSS, X[:1], Y, V), VAR),
    "gauss, negative var": (
        Call(GAUSS, X, Y, V - 0.75),
        "^var: expected no negative variance, got -0.15$",
    ),
    "gauss, negative number": (Call(GAUSS, X, Y, -2.0), "^var: expected no negative .*, got -2$"),
    "gauss, integer var": (Call(GAUSS, X, Y, V.long()), "^var: expected a floating-point dtype"),
    "gauss, an integer": (Call(GAUSS, X, Y, 1), "^var: expected an array or a float, got int 1$"),
    "gauss, no var": (Call(GAUSS, X, Y, None), "^var: expected an array or a float, got None"),
    "gauss of bool": (Call(GAUSS, X, Y > 0, V), "^target: expected numbers"),
    "gauss, eps": (Call(GAUSS, X, Y, V, eps=None), "^eps: expected a number, got NoneType None$"),
    "gauss, reduction": (Call(GAUSS, X, Y, V, reduction="max"), "^reduction: expected one of"),
    "poisson of shapes": (Call(POISSON, X, Y[:, :2]), f"^input and target: {SHAPES}"),
    "poisson, rate of bool": (
        Call(POISSON, X > 0, COUNTS, log_input=False),
        "^input: expected ",
    ),
    "poisson, full of bool": (Call(POISSON, X, Y > 0, full=True), "^target: expected numbers"),
    "poisson of bool": (
        Call(POISSON, X > 0, Y > 0),
        "^input or target: expected a floating-point dtype in one of them .* and bool",
    ),
    "poisson, eps": (Call(POISSON, X, COUNTS, eps="0"), "^eps: expected a number, got str '0'$"),
    "poisson, full": (Call(POISSON, X, COUNTS, full=1), "^full: expected True or False, got int"),
    "poisson, log_input": (
        Call(POISSON, X, COUNTS, log_input=None),
        "^log_input: expected True or False, got NoneType None$",
    ),
    "poisson, reduction": (Call(POISSON, X, COUNTS, reduction="max"), "^reduction: expected one"),
}
STRICTER = {
    "gauss of integers": (
        Call(GAUSS, X.long(), Y.long(), V),
        "^input or target: expected a floating-point dtype in one of them .* and int64",
    ),
    "poisson of integers": (
        Call(POISSON, X.long(), COUNTS.long()),
        "^input or target: expected a floating-point dtype in one of them .* and int64",
    ),
    "gauss, full of 1": (Call(GAUSS, X, Y, V, full=1), "^full: expected True or False, got int 1$"),
}


@each_refusal(REFUSED)
def test_refused(call, message):
    assert_refused(call, message)


@each_refusal(STRICTER)
def test_refused_here(call, message):
    assert_refused(call, message, by_torch=False)
