"""How far rounding moves a loss that torch computes in float32: its magnitude bounds it."""

import numpy as np
import pytest
import torch

from helpers.losses import LOSSES
from helpers.working import ieee
from tests.losses import (
    test_binary,
    test_ctc,
    test_distances,
    test_kl_div,
    test_likelihoods,
    test_pairs,
    test_triplets,
)
from tests.reference import Call, tensor

WORKING = {loss.name: loss.working for loss in LOSSES}
EPSILON = 2.0**-23
# So many roundings may add up in a formula, each of a half unit.
STEPS = 8

# Vectors that are nearly parallel, or nearly equal: what is left of their sums is rounding alone.
NEAR = tensor([[0.3, 0.3, 0.1], [7.0, -2.0, 1e3], [0.1, 0.2, 0.7]])
SIGNS = tensor([1.0, 1.0, -1.0])
ONES = torch.ones(3).double()
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
    "a logit for a target of its own sigmoid": Call(
        "binary_cross_entropy_with_logits", NEAR, 1e3 * NEAR
    ),
    "right by far": Call("soft_margin_loss", 30 * NEAR, NEAR.sign() / 3),
    "a distribution and nearly the same": Call("kl_div", NEAR.sigmoid().log(), NEAR.sigmoid()),
    "a variance near 1": Call("gaussian_nll_loss", NEAR, NEAR, 1 + NEAR.sigmoid() * 1e-6),
    "a rate near 1": Call("poisson_nll_loss", 1 + 0 * NEAR, 1e4 * NEAR.abs(), log_input=False),
    "a count near e": Call("poisson_nll_loss", NEAR.sign(), ONES * 2.7, full=True),
}
MODULES = (test_distances, test_pairs, test_triplets, test_binary, test_kl_div, test_likelihoods)
CALLS = (
    CANCELLING
    | {
        f"{module.__name__}, {name}": call
        for module in MODULES
        for name, call in module.SMOOTH.items()
    }
    | {f"{name} margins": call for name, call in test_binary.SMOOTH_MARGINS.items()}
    | {f"ctc, {name}": Call("ctc_loss", *call) for name, call in test_ctc.SMOOTH.items()}
    | {
        f"ctc, {frames} frames": Call(
            "ctc_loss", 4 * x, labels, *map(torch.tensor, ([frames], [20]))
        )
        for frames in (50, 400)
        for x in [test_ctc.log_probs(frames, 1, 6, seed=frames)]
        for labels in [1 + torch.arange(20)[None] % 5]
    }
)


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
