"""The benchmark runs, for every loss, and memory stays within a few copies of the input."""

import pytest

from helpers.losses import LOSSES
from tests import bench


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
@pytest.mark.filterwarnings("ignore:reduction. 'mean' divides")  # KLDiv's mean warns.
def test_both_sides_compute_the_same_in_little_memory(loss):
    call = bench.CASES[loss.name].bench(100_000)
    value, gradient = bench.helper_calls(loss, call)
    forward, backward = bench.torch_calls(loss, call)
    forward()
    backward()
    largest = max(tensor.numel() * tensor.element_size() for tensor in call[0])
    assert value() is not None
    assert bench.copies(value, largest) < 6
    assert bench.copies(gradient, largest) < 12


def test_a_large_explanation_takes_little_memory():
    _, megabytes, _ = bench.explained(turns=1)
    assert megabytes < 200
