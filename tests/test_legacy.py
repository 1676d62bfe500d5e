"""The deprecated pair of arguments that `reduction` has replaced."""

import warnings

import numpy as np
import pytest
from torch.nn import _reduction

from helpers import legacy_reduction
from helpers.checks import describe

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
