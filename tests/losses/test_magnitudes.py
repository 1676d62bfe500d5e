"""How far rounding moves a loss that torch computes in float32: its magnitude bounds it."""

import numpy as np
import pytest
import torch

from helpers.losses import LOSSES
from helpers.working import ieee
from tests.losses import test_distances, test_pairs, test_triplets
from tests.reference import Call, tensor

WORKING = {loss.name: loss.working for loss in LOSSES}
EPSILON = 2.0**-23
# So many roundings may add up in a formula, each of a half unit.
STEPS = 8

# Vectors that are nearly parallel, or nearly equal: what is left of their sums is rounding alone.
NEAR = tensor([[0.3, 0.3, 0.1], [7.0, -2.0, 1e3], [0.1, 0.2, 0.7]])
SIGNS = tensor([1.0, 1.0, -1.0])
CANCELLING = {
    "cosine of parallel vectors": Call("cosine_embedding_loss", NEAR, NEAR / 3, SIGNS, margin=1.0),
    "cosine of a right angle": Call("cosine_similarity", NEAR, NEAR.flip(1) * tensor([1, 0, -1])),
    "distance of near vectors": Call("pairwise_distance", NEAR, NEAR * (1 + 1e-6)),
    "ranking of near scores": Call(
        "margin_ranking_loss", NEAR + 1e3, NEAR + 1e3 + 1e-3, NEAR.sign(), margin=1e-3
    ),
    "hinge near its margin": Call("hinge_embedding_loss", NEAR, -torch.ones(3, 3), margin=0.3),
    "triplets near their margin": Call(
        "triplet_margin_loss", NEAR, NEAR + 10, NEAR + 10 + 1 / 3, margin=0.6
    ),
}
CALLS = CANCELLING | {
    f"{module.__name__}, {name}": call
    for module in (test_distances, test_pairs, test_triplets)
    for name, call in module.SMOOTH.items()
}


def single(value):
    """A tensor in float32, if it is of a floating dtype."""
    return value.float() if value.is_floating_point() else value


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_rounding_stays_within_the_magnitude(call):
    call = call.map(single)
    has_reduction = call.name not in ("cosine_similarity", "pairwise_distance")
    unreduced = call.but(reduction="none") if has_reduction else call
    with ieee():
        working = WORKING[call.name](*call.inputs, **call.options)
        magnitude = working.magnitudes()
    assert magnitude.shape == working.loss.shape
    error = np.abs(unreduced.torch_value().double().numpy() - working.loss)
    assert np.all(error <= STEPS * EPSILON * magnitude)
