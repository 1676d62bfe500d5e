"""From one number per element to one number, and the deprecated pair of arguments for it."""

import warnings

import numpy as np
import pytest
from torch.nn import _reduction

from helpers import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    legacy_reduction,
    mse_loss,
    poisson_nll_loss,
)
from helpers.checks import describe
from helpers.reduction import Divisor, Terms, sign_of, sum_to_shape

THREE = (None, True, False)


@pytest.mark.parametrize("size_average", THREE)
@pytest.mark.parametrize("reduce", THREE)
def test_legacy_reduction_is_that_of_torch(size_average, reduce):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch says that the pair is deprecated.
        expected = _reduction.legacy_get_string(size_average, reduce)
    assert legacy_reduction(size_average, reduce) == expected


@pytest.mark.parametrize("wrong", [1, 0, "mean", [True], np.True_])
@pytest.mark.parametrize("name", ["size_average", "reduce"])
def test_legacy_reduction_refuses_what_is_no_bool(name, wrong):
    with pytest.raises(TypeError, match=rf"^{name}: expected True, False or None, got ") as caught:
        legacy_reduction(**{name: wrong})
    assert str(caught.value).endswith(describe(wrong))


def test_the_sum_of_the_weights_has_a_name():
    weighted = Terms({}, np.ones(2)).weighted(np.array([1.0, 3.0]), mean_divides_by_weights=True)
    assert weighted.divisors == {"mean": Divisor(4.0, "sum of the weights")}


LOSS = np.array([[1.0, 2.0], [3.0, 6.0]])


def test_the_three_reductions():
    terms = Terms({}, LOSS)
    np.testing.assert_array_equal(terms.reduce("none"), LOSS)
    assert (terms.reduce("sum"), terms.reduce("mean")) == (12.0, 3.0)
    assert (terms.scale("none"), terms.scale("sum"), terms.scale("mean")) == (1.0, 1.0, 1 / 4)


def test_divisors_of_a_loss():
    terms = Terms({}, LOSS, {"mean": Divisor(6.0, "six"), "batchmean": Divisor(2.0, "rows")})
    assert (terms.reduce("mean"), terms.reduce("batchmean")) == (2.0, 6.0)
    assert (terms.scale("mean"), terms.scale("batchmean")) == (1 / 6, 1 / 2)


def test_weights():
    weight = np.array([[1.0, 0.0], [2.0, 1.0]])
    terms = Terms({}, LOSS)
    assert terms.weighted(None) is terms
    np.testing.assert_array_equal(terms.weighted(weight).reduce("none"), LOSS * weight)
    assert terms.weighted(weight).reduce("mean") == (1 + 2 * 3 + 6) / 4
    assert terms.weighted(weight, mean_divides_by_weights=True).reduce("mean") == 13 / (1 + 2 + 1)


def test_a_mean_over_nothing_is_nan_and_says_nothing():
    terms = Terms({}, np.zeros((0, 2)))
    assert terms.reduce("sum") == 0
    assert np.isnan(terms.reduce("mean"))


@pytest.mark.parametrize("wrong", ["batchmean", "Mean", "", None, 1, ["mean"]])
def test_no_such_reduction(wrong):
    for function in (Terms({}, LOSS).reduce, Terms({}, LOSS).scale):
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
