"""From one number per element to one number, and back from it to a gradient."""

import numpy as np
import pytest

from helpers import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    mse_loss,
    poisson_nll_loss,
)
from helpers.working import Divisor, Working, ieee, sign_of, sum_to_shape


def working(loss, divisors=None):
    """A working of a loss alone, which is its own input."""
    return Working(loss, dict, lambda scale: np.broadcast_to(scale, loss.shape), divisors or {})


def test_the_sum_of_the_weights_has_a_name():
    weighted = working(np.ones(2)).weighted(np.array([1.0, 3.0]), mean_divides_by_weights=True)
    assert weighted.divisors == {"mean": Divisor(4.0, "sum of the weights")}


LOSS = np.array([[1.0, 2.0], [3.0, 6.0]])


def test_the_three_reductions():
    given = working(LOSS)
    np.testing.assert_array_equal(given.reduce("none"), LOSS)
    assert (given.reduce("sum"), given.reduce("mean")) == (12.0, 3.0)
    assert (given.scale("none"), given.scale("sum"), given.scale("mean")) == (1.0, 1.0, 1 / 4)


def test_divisors_of_a_loss():
    given = working(LOSS, {"mean": Divisor(6.0, "six"), "batchmean": Divisor(2.0, "rows")})
    assert (given.reduce("mean"), given.reduce("batchmean")) == (2.0, 6.0)
    assert (given.scale("mean"), given.scale("batchmean")) == (1 / 6, 1 / 2)


def test_weights():
    weight = np.array([[1.0, 0.0], [2.0, 2.0]])
    given = working(LOSS)
    assert given.weighted(None) is given
    by_number, by_weights = given.weighted(weight), given.weighted(weight, True)
    np.testing.assert_array_equal(by_number.reduce("none"), LOSS * weight)
    assert by_number.reduce("mean") == (1 + 2 * 3 + 2 * 6) / 4
    assert by_weights.reduce("mean") == (1 + 2 * 3 + 2 * 6) / (1 + 2 + 2)
    np.testing.assert_array_equal(by_number.gradient("mean"), weight / 4)
    np.testing.assert_allclose(by_weights.gradient("mean"), weight / (1 + 2 + 2), rtol=1e-15)


def test_the_gradient_of_elements_with_divisors_of_their_own():
    each = Divisor(2.0, "rows", each=np.array([[1.0, 2.0], [4.0, 8.0]]))
    given = working(LOSS, {"mean": each})
    assert given.reduce("mean") == (1 + 2 / 2 + 3 / 4 + 6 / 8) / 2
    np.testing.assert_array_equal(given.gradient("mean"), 1 / each.each / 2)


def test_a_mean_over_nothing_is_nan_and_says_nothing():
    given = working(np.zeros((0, 2)))
    with ieee():
        assert given.reduce("sum") == 0
        assert np.isnan(given.reduce("mean"))


@pytest.mark.parametrize("wrong", ["batchmean", "Mean", "", None, 1, ["mean"]])
def test_no_such_reduction(wrong):
    for function in (working(LOSS).reduce, working(LOSS).scale):
        with pytest.raises(
            ValueError, match=r"^reduction: expected one of 'none', 'sum', 'mean', got "
        ):
            function(wrong)


@pytest.mark.parametrize(
    "shape", [(2, 3, 4), (3, 4), (1, 3, 1), (1, 1, 1), (4,), (1,), (), (2, 1, 4)]
)
def test_sum_to_shape_undoes_broadcasting(shape):
    gradient = np.arange(24.0).reshape(2, 3, 4)
    # Broadcasting is linear: its transpose gives Σ gradient · broadcast(x) = Σ result · x.
    result, x = sum_to_shape(gradient, shape), np.random.default_rng(3).normal(size=shape)
    assert result.shape == shape
    np.testing.assert_allclose(np.sum(gradient * x), np.sum(result * x), rtol=1e-13)


def test_sum_to_shape_over_an_empty_axis():
    assert sum_to_shape(np.zeros((0, 3)), (1, 3)).tolist() == [[0.0, 0.0, 0.0]]


def test_sign():
    np.testing.assert_array_equal(sign_of(np.array([-2.5, 0.0, 1e-300, np.nan])), [-1, 0, 1, 0])


def test_a_persons_settings_for_errors_of_floating_point_do_not_matter():
    """torch follows IEEE 754 without a word, and so does a loss, whatever NumPy was told."""
    with np.errstate(all="raise"):
        assert binary_cross_entropy(0.0, 1.0) == 100  # a logarithm of 0, which is cut off
        assert np.isnan(mse_loss(np.inf, np.inf))  # invalid: ∞ - ∞
        assert poisson_nll_loss(1000.0, 1.0) == np.inf  # over: exp(1000)
        assert binary_cross_entropy_with_logits(-800.0, 0.0) == 0  # under: exp(-800)
