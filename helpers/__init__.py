"""PyTorch losses, by hand: every loss and its gradient in NumPy, and the working of any loss call.

`import helpers` needs NumPy alone. `explain` also needs torch and pandas, `plot` matplotlib; they
are imported when they are used.
"""

from helpers import plot
from helpers.binary import (
    binary_cross_entropy,
    binary_cross_entropy_grad,
    binary_cross_entropy_with_logits,
    binary_cross_entropy_with_logits_grad,
    log_sigmoid,
    sigmoid,
)
from helpers.distribution import kl_div, kl_div_grad
from helpers.exercises import check_answer
from helpers.explain import Explanation, explain
from helpers.multiclass import (
    cross_entropy,
    cross_entropy_grad,
    log_softmax,
    nll_loss,
    nll_loss_grad,
    softmax,
)
from helpers.reduction import legacy_reduction
from helpers.regression import (
    huber_loss,
    huber_loss_grad,
    l1_loss,
    l1_loss_grad,
    mse_loss,
    mse_loss_grad,
    smooth_l1_loss,
    smooth_l1_loss_grad,
)
from helpers.similarity import (
    cosine_similarity,
    cosine_similarity_grad,
    pairwise_distance,
    pairwise_distance_grad,
)
from helpers.tensorflow_style import (
    keras_binary_crossentropy,
    keras_binary_crossentropy_grad,
    sigmoid_cross_entropy_with_logits,
    sigmoid_cross_entropy_with_logits_grad,
    softmax_cross_entropy_with_logits,
    softmax_cross_entropy_with_logits_grad,
)

__version__ = "0.1.0"

__all__ = [
    "Explanation",
    "binary_cross_entropy",
    "binary_cross_entropy_grad",
    "binary_cross_entropy_with_logits",
    "binary_cross_entropy_with_logits_grad",
    "check_answer",
    "cosine_similarity",
    "cosine_similarity_grad",
    "cross_entropy",
    "cross_entropy_grad",
    "explain",
    "huber_loss",
    "huber_loss_grad",
    "keras_binary_crossentropy",
    "keras_binary_crossentropy_grad",
    "kl_div",
    "kl_div_grad",
    "l1_loss",
    "l1_loss_grad",
    "legacy_reduction",
    "log_sigmoid",
    "log_softmax",
    "mse_loss",
    "mse_loss_grad",
    "nll_loss",
    "nll_loss_grad",
    "pairwise_distance",
    "pairwise_distance_grad",
    "plot",
    "sigmoid",
    "sigmoid_cross_entropy_with_logits",
    "sigmoid_cross_entropy_with_logits_grad",
    "smooth_l1_loss",
    "smooth_l1_loss_grad",
    "softmax",
    "softmax_cross_entropy_with_logits",
    "softmax_cross_entropy_with_logits_grad",
]
