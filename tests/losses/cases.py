"""What the tests of all losses need of each one; the contract, `explain` and the bench read it.

A loss has a Hypothesis strategy for random calls, one plain call whose numbers are exact in every
floating dtype, a call of any size for the bench, and modules with inputs for `explain`, one for
every kind of option. A loss that lacks one of them fails `tests/losses/test_cases.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from hypothesis.strategies import SearchStrategy
from torch import nn

from tests.losses import strategies
from tests.reference import Call

Sized = tuple[tuple, dict]  # the inputs, tensors that need a gradient first, and the options
WIDE = 100  # classes, or entries of a vector, of the calls of any size


@dataclass(frozen=True)
class Case:
    """What the tests of all losses need of one of them."""

    strategy: SearchStrategy[Call]
    plain: Call
    bench: Callable[[int], Sized]  # about n elements
    modules: tuple[tuple, ...]


def draw(*shape: int, seed: int = 0) -> torch.Tensor:
    """Normal numbers, the same in every run."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


def signs(*shape: int) -> torch.Tensor:
    """1 and -1 at random."""
    return draw(*shape).sign()


def classes(rows: int, count: int = WIDE) -> torch.Tensor:
    """A class number for each row."""
    return torch.arange(rows) * 7 % count


def _labels(rows: int) -> torch.Tensor:
    """Three labels for each row, then -1."""
    labels = torch.full((rows, WIDE), -1)
    labels[:, :3] = torch.tensor([5, 50, 95])
    return labels


def _ctc(n: int) -> Sized:
    steps, labels = 100, 20
    batch = max(n // (steps * WIDE), 1)
    log_p = draw(steps, batch, WIDE).log_softmax(2)
    target = 1 + torch.arange(batch * labels).reshape(batch, labels) * 7 % (WIDE - 1)
    lengths = torch.full((batch,), steps), torch.full((batch,), labels)
    return (log_p, target, *lengths), {}


def _linear(n: int) -> Sized:
    rows = n // WIDE
    return (draw(rows, 64), draw(WIDE, 64), classes(rows)), {}


def _adaptive(n: int) -> Sized:
    rows = n // WIDE
    torch.manual_seed(0)
    options = {"cutoffs": [20, 60], "div_value": 2.0, "dtype": torch.float64}
    module = torch.nn.AdaptiveLogSoftmaxWithLoss(64, WIDE, **options)
    return (draw(rows, 64), classes(rows)), {"module": module}


def _vectors(count: int, *more: Callable[[int], torch.Tensor]) -> Callable[[int], Sized]:
    """Arrays of `count` vectors, and further inputs for each row."""

    def make(n: int) -> Sized:
        rows = n // WIDE
        drawn = tuple(draw(rows, WIDE) + i for i in range(count))
        return (*drawn, *(further(rows) for further in more)), {}

    return make


def _pair(make_input: Callable, make_target: Callable) -> Callable[[int], Sized]:
    """An input and a target of the same n elements."""
    return lambda n: ((make_input(n), make_target(n)), {})


def _rows(make_input: Callable, make_target: Callable) -> Callable[[int], Sized]:
    """Rows of scores for the classes, and a target."""
    return lambda n: ((make_input(n // WIDE, WIDE), make_target(n // WIDE)), {})


def _probabilities(*shape: int) -> torch.Tensor:
    return draw(*shape).sigmoid()


# The numbers of the plain calls.
A = torch.tensor([[0.25, 0.75], [0.5, 1.0]], dtype=torch.float64)
B = torch.tensor([[0.0, 1.0], [0.125, 0.5]], dtype=torch.float64)
WEIGHT = torch.tensor([1.0, 3.0], dtype=torch.float64)

# The numbers of the modules.
X, Y = draw(3, 4), draw(3, 4, seed=1)
P, Q = X.sigmoid(), Y.sigmoid()
W = draw(4, seed=2).exp()
IGNORING = torch.tensor([3, -100, 1])
LOG_P, SOFT = X.log_softmax(1), Y.softmax(1)
CHOSEN = torch.tensor([3, 0, 1])
torch.manual_seed(0)
ADAPTIVE = nn.AdaptiveLogSoftmaxWithLoss(8, 10, [4, 8], div_value=2.0, head_bias=True).double()
# torch has the loss since 2.13.
HAS_LINEAR = hasattr(nn, "LinearCrossEntropyLoss")
LINEAR = HAS_LINEAR and nn.LinearCrossEntropyLoss(4, 5, bias=True, weight=draw(5).exp()).double()
PATHS = draw(5, 2, 4).log_softmax(2)
LENGTHS = torch.tensor([5, 4]), torch.tensor([2, 2])
PADDED_PATHS = PATHS.where(torch.arange(5)[:, None, None] < LENGTHS[0][:, None], 0.0)
REPEATED = torch.tensor([[1, 2], [1, 1]])
Z = draw(3, 4, seed=3)
SIGNS = torch.tensor([1.0, -1.0, 1.0], dtype=torch.float64)
GRID, COUNTS = Y.sign(), X.exp().round()

CASES: dict[str, Case] = {
    "l1_loss": Case(
        strategy=strategies.regression("l1_loss"),
        plain=Call("l1_loss", A, B, weight=B),
        bench=_pair(draw, lambda n: draw(n).flip(0)),
        modules=(
            (nn.L1Loss(), X, Y),
            (nn.L1Loss(), X, Y[:, :1]),
        ),
    ),
    "mse_loss": Case(
        strategy=strategies.regression("mse_loss"),
        plain=Call("mse_loss", A, B, weight=B),
        bench=_pair(draw, lambda n: draw(n).flip(0)),
        modules=(
            (nn.MSELoss(), X, Y),
            (nn.MSELoss(reduction="sum"), X, Y),
            (nn.MSELoss(reduction="none"), X, Y),
        ),
    ),
    "smooth_l1_loss": Case(
        strategy=strategies.regression("smooth_l1_loss", "beta", weighted=False),
        plain=Call("smooth_l1_loss", A, B),
        bench=_pair(draw, lambda n: draw(n).flip(0)),
        modules=(
            (nn.SmoothL1Loss(beta=0.5), X, Y),
            (nn.SmoothL1Loss(beta=0.0), X, Y),
        ),
    ),
    "huber_loss": Case(
        strategy=strategies.regression("huber_loss", "delta"),
        plain=Call("huber_loss", A, B, weight=B),
        bench=_pair(draw, lambda n: draw(n).flip(0)),
        modules=((nn.HuberLoss(delta=0.5), X, Y),),
    ),
    "binary_cross_entropy": Case(
        strategy=strategies.binary("binary_cross_entropy", strategies.PROBABILITY, "weight"),
        plain=Call("binary_cross_entropy", A, B, weight=WEIGHT),
        bench=_pair(_probabilities, lambda n: draw(n).gt(0).double()),
        modules=(
            (nn.BCELoss(), P, Q),
            (nn.BCELoss(weight=W), P, Q),
        ),
    ),
    "binary_cross_entropy_with_logits": Case(
        strategy=strategies.binary(
            "binary_cross_entropy_with_logits", strategies.LOGIT, "weight", "pos_weight"
        ),
        plain=Call("binary_cross_entropy_with_logits", A, B, weight=WEIGHT, pos_weight=B),
        bench=_pair(draw, lambda n: draw(n).gt(0).double()),
        modules=(
            (nn.BCEWithLogitsLoss(), X, Q),
            (nn.BCEWithLogitsLoss(weight=W, pos_weight=W[:1]), X, Q),
        ),
    ),
    "soft_margin_loss": Case(
        strategy=strategies.soft_margin(),
        plain=Call("soft_margin_loss", A, WEIGHT - 2),
        bench=_pair(draw, signs),
        modules=((nn.SoftMarginLoss(), X, GRID),),
    ),
    "multilabel_soft_margin_loss": Case(
        strategy=strategies.multilabel_soft_margin(),
        plain=Call("multilabel_soft_margin_loss", A, B, weight=WEIGHT),
        bench=_rows(draw, lambda n: draw(n, WIDE).gt(0).double()),
        modules=(
            (nn.MultiLabelSoftMarginLoss(), X, Q),
            (nn.MultiLabelSoftMarginLoss(weight=W, reduction="none"), X, Q),
        ),
    ),
    "nll_loss": Case(
        strategy=strategies.multiclass("nll_loss", strategies.LOG_PROBABILITY),
        plain=Call("nll_loss", A, torch.tensor([0, 1]), weight=WEIGHT),
        bench=_rows(lambda *shape: draw(*shape).log_softmax(1), classes),
        modules=(
            (nn.NLLLoss(), LOG_P, IGNORING),
            (nn.NLLLoss(weight=W, ignore_index=1), LOG_P, torch.tensor([3, 1, 0])),
            (
                nn.NLLLoss(reduction="sum"),
                draw(2, 3, 2, 2).log_softmax(1),
                torch.tensor([[[0, 1], [2, 0]]] * 2),
            ),
        ),
    ),
    "cross_entropy": Case(
        strategy=strategies.multiclass("cross_entropy", strategies.LOGIT, "label_smoothing"),
        plain=Call("cross_entropy", A, torch.tensor([0, 1]), weight=WEIGHT),
        bench=_rows(draw, classes),
        modules=(
            (nn.CrossEntropyLoss(), X, IGNORING),
            (nn.CrossEntropyLoss(weight=W, label_smoothing=0.2), X, IGNORING),
            (nn.CrossEntropyLoss(weight=W, label_smoothing=0.2, reduction="none"), X, SOFT),
            (nn.CrossEntropyLoss(weight=W), X, SOFT),
            (nn.CrossEntropyLoss(label_smoothing=0.1), X[0], torch.tensor(2)),
        ),
    ),
    "multi_margin_loss": Case(
        strategy=strategies.margins("multi_margin_loss"),
        plain=Call("multi_margin_loss", A, torch.tensor([0, 1]), weight=WEIGHT),
        bench=_rows(draw, classes),
        modules=(
            (nn.MultiMarginLoss(p=2, margin=0.5, weight=W), X, CHOSEN),
            (nn.MultiMarginLoss(reduction="sum"), X, CHOSEN),
        ),
    ),
    "multilabel_margin_loss": Case(
        strategy=strategies.margins("multilabel_margin_loss"),
        plain=Call("multilabel_margin_loss", A, torch.tensor([[0, -1], [1, 0]])),
        bench=_rows(draw, _labels),
        modules=(
            (
                nn.MultiLabelMarginLoss(),
                X,
                torch.tensor([[3, 0, -1, 1], [-1, 0, 1, 2], [1, 1, 2, 3]]),
            ),
        ),
    ),
    "adaptive_log_softmax_with_loss": Case(
        strategy=strategies.adaptive(),
        plain=Call(
            "adaptive_log_softmax_with_loss",
            A,
            torch.tensor([0, 2]),
            head_weight=B,
            tail_weights=[(A, B)],
            cutoffs=[1, 3],
            head_bias=WEIGHT,
        ),
        bench=_adaptive,
        modules=((ADAPTIVE, draw(3, 8), torch.tensor([0, 5, 9])),),
    ),
    "linear_cross_entropy": Case(
        strategy=strategies.linear(),
        plain=Call(
            "linear_cross_entropy", A, B, torch.tensor([0, 1]), linear_bias=WEIGHT, weight=WEIGHT
        ),
        bench=_linear,
        modules=((LINEAR, X, CHOSEN),) if HAS_LINEAR else (),
    ),
    "kl_div": Case(
        strategy=strategies.distribution("kl_div"),
        plain=Call("kl_div", A, B),
        bench=_rows(lambda *s: draw(*s).log_softmax(1), lambda n: draw(n, WIDE).softmax(1)),
        modules=(
            (nn.KLDivLoss(reduction="mean"), LOG_P, SOFT),
            (nn.KLDivLoss(reduction="batchmean"), LOG_P, SOFT),
            (nn.KLDivLoss(reduction="sum", log_target=True), LOG_P, SOFT.log()),
        ),
    ),
    "gaussian_nll_loss": Case(
        strategy=strategies.gaussian(),
        plain=Call("gaussian_nll_loss", A, B, A + 1),
        bench=lambda n: ((draw(n), draw(n).flip(0), draw(n).exp()), {}),
        modules=(
            (nn.GaussianNLLLoss(), X, Y, Q),
            (nn.GaussianNLLLoss(full=True, eps=0.3, reduction="sum"), X, Y, Q[:, 0]),
        ),
    ),
    "poisson_nll_loss": Case(
        strategy=strategies.poisson(),
        plain=Call("poisson_nll_loss", A, B + 1, full=True),
        bench=_pair(draw, lambda n: draw(n).abs().round()),
        modules=(
            (nn.PoissonNLLLoss(), X, COUNTS),
            (nn.PoissonNLLLoss(log_input=False, full=True), P, COUNTS),
        ),
    ),
    "ctc_loss": Case(
        strategy=strategies.ctc(),
        plain=Call(
            "ctc_loss",
            torch.stack([A, B, A]),
            torch.tensor([[1], [1]]),
            torch.tensor([3, 2]),
            torch.tensor([1, 1]),
        ),
        bench=_ctc,
        modules=(
            (nn.CTCLoss(), PATHS, torch.tensor([[1, 2], [1, 1]]), *LENGTHS),
            (nn.CTCLoss(blank=3, reduction="sum"), PATHS, torch.tensor([1, 2, 1, 0]), *LENGTHS),
            (nn.CTCLoss(reduction="none"), PATHS, torch.tensor([[1, 2], [1, 1]]), *LENGTHS),
        ),
    ),
    "cosine_similarity": Case(
        strategy=strategies.similarity("cosine_similarity", "dim", "eps"),
        plain=Call("cosine_similarity", A, B),
        bench=_vectors(2),
        modules=(
            (nn.CosineSimilarity(dim=0), X, Y),
            (nn.CosineSimilarity(), X, Y),
        ),
    ),
    "pairwise_distance": Case(
        strategy=strategies.similarity("pairwise_distance", "p", "eps", "keepdim"),
        plain=Call("pairwise_distance", A, B),
        bench=_vectors(2),
        modules=(
            (nn.PairwiseDistance(), X, Y),
            (nn.PairwiseDistance(p=3.0, keepdim=True), X, Y),
            (nn.PairwiseDistance(p=float("inf")), X, Y),
        ),
    ),
    "cosine_embedding_loss": Case(
        strategy=strategies.embeddings(),
        plain=Call("cosine_embedding_loss", A, B, WEIGHT - 2),
        bench=_vectors(2, signs),
        modules=(
            (nn.CosineEmbeddingLoss(), X, Y, SIGNS),
            (nn.CosineEmbeddingLoss(margin=-0.5, reduction="sum"), X, Y, -SIGNS),
        ),
    ),
    "margin_ranking_loss": Case(
        strategy=strategies.pairs("margin_ranking_loss"),
        plain=Call("margin_ranking_loss", A, B, WEIGHT[None] - 2),
        bench=lambda n: ((draw(n), draw(n).flip(0), signs(n)), {}),
        modules=(
            (nn.MarginRankingLoss(), X, Y, GRID),
            (nn.MarginRankingLoss(margin=0.5, reduction="none"), X, Y, GRID),
        ),
    ),
    "hinge_embedding_loss": Case(
        strategy=strategies.pairs("hinge_embedding_loss"),
        plain=Call("hinge_embedding_loss", A, WEIGHT - 2),
        bench=_pair(lambda n: draw(n).abs(), signs),
        modules=((nn.HingeEmbeddingLoss(margin=0.7), P, GRID),),
    ),
    "triplet_margin_loss": Case(
        strategy=strategies.triplets("triplet_margin_loss", "p", "eps"),
        plain=Call("triplet_margin_loss", A, B, A.flip(0), swap=True),
        bench=_vectors(3),
        modules=(
            (nn.TripletMarginLoss(), X, Y, Z),
            (nn.TripletMarginLoss(margin=3.0, p=1.0, swap=True), X, Y, Z),
        ),
    ),
    "triplet_margin_with_distance_loss": Case(
        strategy=strategies.triplets("triplet_margin_with_distance_loss"),
        plain=Call("triplet_margin_with_distance_loss", A, B, A.flip(0)),
        bench=_vectors(3),
        modules=(
            (nn.TripletMarginWithDistanceLoss(), X, Y, Z),
            (
                nn.TripletMarginWithDistanceLoss(
                    distance_function=lambda x, y: 1 - nn.functional.cosine_similarity(x, y),
                    margin=0.2,
                ),
                *(X, Y, Z),
            ),
        ),
    ),
}

# Functions that are no losses have no reduction, no module and no gradient of their own.
FUNCTIONS: dict[str, tuple[SearchStrategy[Call], Call]] = {
    "softmax": (strategies.functions("softmax"), Call("softmax", A, dim=1)),
    "log_softmax": (strategies.functions("log_softmax"), Call("log_softmax", A, dim=1)),
    "sigmoid": (strategies.functions("sigmoid"), Call("sigmoid", A)),
    "log_sigmoid": (strategies.functions("log_sigmoid"), Call("log_sigmoid", A)),
}
