"""PyTorch losses, by hand: every loss and its gradient in NumPy, and the working of any loss call.

`import helpers` needs NumPy alone. `explain` also needs torch and pandas, `plot` matplotlib; they
are imported when they are used.
"""

from helpers.book import check_answer, check_versions, ledger, plot
from helpers.diagnosis import Explanation, explain, post_mortem, watch
from helpers.diagnosis.afterwards import load_ipython_extension as load_ipython_extension
from helpers.diagnosis.afterwards import unload_ipython_extension as unload_ipython_extension
from helpers.frameworks import (
    keras_binary_crossentropy,
    keras_binary_crossentropy_grad,
    sigmoid_cross_entropy_with_logits,
    sigmoid_cross_entropy_with_logits_grad,
    softmax_cross_entropy_with_logits,
    softmax_cross_entropy_with_logits_grad,
)
from helpers.legacy import legacy_reduction
from helpers.losses.adaptive_log_softmax import (
    adaptive_log_softmax_with_loss,
    adaptive_log_softmax_with_loss_grad,
)
from helpers.losses.binary import (
    binary_cross_entropy,
    binary_cross_entropy_grad,
    binary_cross_entropy_with_logits,
    binary_cross_entropy_with_logits_grad,
    log_sigmoid,
    multilabel_soft_margin_loss,
    multilabel_soft_margin_loss_grad,
    sigmoid,
    soft_margin_loss,
    soft_margin_loss_grad,
)
from helpers.losses.cross_entropy import (
    cross_entropy,
    cross_entropy_grad,
    nll_loss,
    nll_loss_grad,
)
from helpers.losses.ctc import ctc_loss, ctc_loss_grad
from helpers.losses.distances import (
    cosine_similarity,
    cosine_similarity_grad,
    pairwise_distance,
    pairwise_distance_grad,
)
from helpers.losses.kl_div import kl_div, kl_div_grad
from helpers.losses.likelihoods import (
    gaussian_nll_loss,
    gaussian_nll_loss_grad,
    poisson_nll_loss,
    poisson_nll_loss_grad,
)
from helpers.losses.linear_cross_entropy import linear_cross_entropy, linear_cross_entropy_grad
from helpers.losses.margins import (
    multi_margin_loss,
    multi_margin_loss_grad,
    multilabel_margin_loss,
    multilabel_margin_loss_grad,
)
from helpers.losses.pairs import (
    cosine_embedding_loss,
    cosine_embedding_loss_grad,
    hinge_embedding_loss,
    hinge_embedding_loss_grad,
    margin_ranking_loss,
    margin_ranking_loss_grad,
)
from helpers.losses.regression import (
    huber_loss,
    huber_loss_grad,
    l1_loss,
    l1_loss_grad,
    mse_loss,
    mse_loss_grad,
    smooth_l1_loss,
    smooth_l1_loss_grad,
)
from helpers.losses.softmax import log_softmax, softmax
from helpers.losses.triplets import (
    triplet_margin_loss,
    triplet_margin_loss_grad,
    triplet_margin_with_distance_loss,
    triplet_margin_with_distance_loss_grad,
)
from helpers.rounding import Interval, rounding_interval

__version__ = "0.2.0"

__all__ = [
    "Explanation",
    "Interval",
    "adaptive_log_softmax_with_loss",
    "adaptive_log_softmax_with_loss_grad",
    "binary_cross_entropy",
    "binary_cross_entropy_grad",
    "binary_cross_entropy_with_logits",
    "binary_cross_entropy_with_logits_grad",
    "check_answer",
    "check_versions",
    "cosine_embedding_loss",
    "cosine_embedding_loss_grad",
    "cosine_similarity",
    "cosine_similarity_grad",
    "cross_entropy",
    "cross_entropy_grad",
    "ctc_loss",
    "ctc_loss_grad",
    "explain",
    "gaussian_nll_loss",
    "gaussian_nll_loss_grad",
    "hinge_embedding_loss",
    "hinge_embedding_loss_grad",
    "huber_loss",
    "huber_loss_grad",
    "keras_binary_crossentropy",
    "keras_binary_crossentropy_grad",
    "kl_div",
    "kl_div_grad",
    "l1_loss",
    "l1_loss_grad",
    "ledger",
    "legacy_reduction",
    "linear_cross_entropy",
    "linear_cross_entropy_grad",
    "log_sigmoid",
    "log_softmax",
    "margin_ranking_loss",
    "margin_ranking_loss_grad",
    "mse_loss",
    "mse_loss_grad",
    "multi_margin_loss",
    "multi_margin_loss_grad",
    "multilabel_margin_loss",
    "multilabel_margin_loss_grad",
    "multilabel_soft_margin_loss",
    "multilabel_soft_margin_loss_grad",
    "nll_loss",
    "nll_loss_grad",
    "pairwise_distance",
    "pairwise_distance_grad",
    "plot",
    "poisson_nll_loss",
    "poisson_nll_loss_grad",
    "post_mortem",
    "rounding_interval",
    "sigmoid",
    "sigmoid_cross_entropy_with_logits",
    "sigmoid_cross_entropy_with_logits_grad",
    "smooth_l1_loss",
    "smooth_l1_loss_grad",
    "soft_margin_loss",
    "soft_margin_loss_grad",
    "softmax",
    "softmax_cross_entropy_with_logits",
    "softmax_cross_entropy_with_logits_grad",
    "triplet_margin_loss",
    "triplet_margin_loss_grad",
    "triplet_margin_with_distance_loss",
    "triplet_margin_with_distance_loss_grad",
    "watch",
]
