"""The losses, a module for each family, and the one list of them.

A module has all there is to its losses: what their inputs must be, their working, value and
gradient, what an explanation notices in a call, and their entries in the list.
"""

from helpers.losses import (
    adaptive_log_softmax,
    binary,
    cross_entropy,
    ctc,
    distances,
    kl_div,
    likelihoods,
    linear_cross_entropy,
    margins,
    pairs,
    regression,
    triplets,
)

LOSSES = (
    *regression.LOSSES,
    *binary.LOSSES,
    *cross_entropy.LOSSES,
    *margins.LOSSES,
    *adaptive_log_softmax.LOSSES,
    *linear_cross_entropy.LOSSES,
    *kl_div.LOSSES,
    *likelihoods.LOSSES,
    *ctc.LOSSES,
    *distances.LOSSES,
    *pairs.LOSSES,
    *triplets.LOSSES,
)

BY_TORCH_CLASS = {loss.torch_class: loss for loss in LOSSES}
