"""Healthy calls of every loss at random: sizes, dtypes, mixed dtypes and options, as people have.

Each is a module with its inputs. What they hold is drawn by a seed, so that
a call that fails can be made again.
"""

import random
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

FLOATS = (torch.float64, torch.float32, torch.float32, torch.bfloat16, torch.float16)
WIDE = (torch.float64, torch.float32)  # torch has no half precision for some losses
REDUCTIONS = ("mean", "mean", "sum", "none")
Made = tuple[Any, tuple[Any, ...]]


class Draw:
    """A source of everything that is random in a call."""

    def __init__(self, seed: int) -> None:
        self.pick = random.Random(seed)
        self.tensors = torch.Generator().manual_seed(seed)

    def one(self, *values: Any) -> Any:
        """One of some values."""
        return self.pick.choice(values)

    def dtype(self, choices: tuple[torch.dtype, ...] = FLOATS) -> torch.dtype:
        """A floating dtype."""
        return self.pick.choice(choices)

    def mixed(self, dtype: torch.dtype) -> torch.dtype:
        """The dtype of a second input: mostly that of the first one."""
        return dtype if self.pick.random() < 0.75 else self.dtype()

    def size(self, most: int) -> int:
        """A number of rows or classes: as often small as large."""
        return round(2 ** self.pick.uniform(0, torch.tensor(float(most)).log2().item()))

    def normal(self, shape: tuple[int, ...], dtype: torch.dtype, spread: float = 0.0) -> Any:
        """Normal numbers, of a spread that is drawn, too, unless it is given."""
        spread = spread or self.one(0.1, 1.0, 1.0, 3.0, 10.0)
        return (spread * torch.randn(shape, generator=self.tensors)).to(dtype)

    def uniform(self, shape: tuple[int, ...], dtype: torch.dtype) -> Any:
        """Numbers between 0 and 1."""
        return torch.rand(shape, generator=self.tensors).to(dtype)

    def classes(self, shape: tuple[int, ...], count: int, low: int = 0) -> Any:
        """Class numbers."""
        return torch.randint(low, count, shape, generator=self.tensors)

    def signs(self, shape: tuple[int, ...], dtype: torch.dtype) -> Any:
        """1 and -1."""
        return (2 * self.classes(shape, 2) - 1).to(dtype)

    def maybe(self, value: Callable[[], Any], share: float = 0.3) -> Any:
        """A value in so many cases, else None."""
        return value() if self.pick.random() < share else None

    def shape(self, most: int = 2000) -> tuple[int, ...]:
        """A shape of one to four axes."""
        return self.one(
            (self.size(most),),
            (self.size(most // 10), self.size(10)),
            (self.size(10), self.size(10), self.size(20)),
            (self.size(4), self.size(4), self.size(10), self.size(10)),
        )


def regression(d: Draw) -> Made:
    """L1, MSE, SmoothL1 and Huber."""
    dtype, shape, r = d.dtype(), d.shape(), d.one(*REDUCTIONS)
    module = d.one(nn.L1Loss, nn.MSELoss, nn.SmoothL1Loss, nn.HuberLoss)
    options = {"beta": d.one(0.1, 1.0, 2.0)} if module is nn.SmoothL1Loss else {}
    options |= {"delta": d.one(0.5, 1.0, 3.0)} if module is nn.HuberLoss else {}
    other = d.mixed(dtype)
    if d.one(*range(8)) == 0:
        other = torch.int64
    return module(reduction=r, **options), (
        d.normal(shape, dtype, 1.0),
        d.normal(shape, other, 1.0),
    )


def binary(d: Draw) -> Made:
    """BCE of probabilities, and of logits."""
    dtype, shape, r = d.dtype(), d.shape(), d.one(*REDUCTIONS)
    flags = d.one(d.classes(shape, 2).to(dtype), d.uniform(shape, dtype))
    if d.one(True, False):
        weight = d.maybe(lambda: d.uniform(shape[-1:], d.mixed(dtype)))
        probabilities = d.normal(shape, dtype).sigmoid()
        return nn.BCELoss(weight=weight, reduction=r), (probabilities, flags)
    weights = {
        name: d.maybe(lambda: 3 * d.uniform(shape[-1:], d.mixed(dtype)))
        for name in ("weight", "pos_weight")
    }
    target = flags.to(d.mixed(dtype))
    return nn.BCEWithLogitsLoss(**weights, reduction=r), (d.normal(shape, dtype), target)


def labels(d: Draw) -> Made:
    """Soft margins, of a label each and of several."""
    dtype, r = d.dtype(), d.one(*REDUCTIONS)
    if d.one(True, False):
        shape = d.shape()
        return nn.SoftMarginLoss(reduction=r), (d.normal(shape, dtype, 2.0), d.signs(shape, dtype))
    shape = d.size(200), d.size(20)
    weight = d.maybe(lambda: d.uniform(shape[-1:], d.mixed(dtype)))
    target = d.classes(shape, 2).to(d.one(dtype, torch.int64))
    return nn.MultiLabelSoftMarginLoss(weight=weight, reduction=r), (d.normal(shape, dtype), target)


def logits(d: Draw, dtype: torch.dtype, most: int = 128_000) -> tuple[Any, tuple[int, ...], int]:
    """Logits, the shape of their class numbers, and how many classes there are."""
    count = d.size(most - 1) + 1
    rows = d.one((d.size(max(2, 200_000 // count)),), (d.size(4), d.size(6), d.size(6)), ())
    if len(rows) == 3 and count > 1000:
        rows = rows[:1]
    shape = (*rows[:1], count, *rows[1:])
    return d.normal(shape, dtype), rows, count


def cross_entropy(d: Draw) -> Made:
    """Cross-entropy of class numbers, some of them ignored, or of probabilities."""
    dtype, r = d.dtype(), d.one(*REDUCTIONS)
    x, rows, count = logits(d, dtype)
    # Smoothing adds all log-probabilities up, which soon exceeds float16.
    smoothing = 0.0 if dtype is torch.float16 and count > 500 else d.one(0.0, 0.0, 0.1, 0.3)
    options = {"label_smoothing": smoothing, "reduction": r}
    if d.one(*range(4)) == 0:
        target = d.normal(tuple(x.shape), torch.float32).softmax(min(x.ndim - 1, 1))
        return nn.CrossEntropyLoss(**options), (x, target.to(d.mixed(dtype)))
    weight = d.maybe(lambda: d.uniform((count,), dtype) + 0.1)
    target = d.classes(rows, count)
    ignored = d.maybe(lambda: d.uniform(rows, torch.float32) < 0.2) if rows else None
    if ignored is not None and not ignored.all():
        target = target.masked_fill(ignored, -100)
    return nn.CrossEntropyLoss(weight=weight, **options), (x, target)


def nll(d: Draw) -> Made:
    """The negative log-likelihood of a log-softmax."""
    dtype = d.dtype()
    x, rows, count = logits(d, dtype)
    weight = d.maybe(lambda: d.uniform((count,), dtype) + 0.1)
    log_p = x.log_softmax(min(x.ndim - 1, 1))
    return nn.NLLLoss(weight=weight, reduction=d.one(*REDUCTIONS)), (log_p, d.classes(rows, count))


def margins(d: Draw) -> Made:
    """Margins between classes."""
    dtype, r, rows, count = d.dtype(WIDE), d.one(*REDUCTIONS), d.size(100), d.size(200) + 1
    x = d.normal((rows, count), dtype, 1.0)
    if d.one(True, False):
        weight = d.maybe(lambda: d.uniform((count,), dtype) + 0.1)
        module = nn.MultiMarginLoss(
            p=d.one(1, 2), margin=d.one(0.5, 1.0), weight=weight, reduction=r
        )
        return module, (x, d.classes((rows,), count))
    target = torch.full((rows, count), -1)
    target[:, 0] = d.classes((rows,), count)
    return nn.MultiLabelMarginLoss(reduction=r), (x, target)


def linear(d: Draw) -> Made:
    """A linear layer and the cross-entropy, and the adaptive softmax."""
    dtype, rows, features, count = d.dtype(), d.size(100), d.size(60), d.size(5000) + 3
    seed = d.pick.randrange(1000)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        if d.one(True, False):
            module: Any = nn.LinearCrossEntropyLoss(features, count, reduction=d.one(*REDUCTIONS))
        else:
            cutoffs = [max(1, count // 4), max(2, count // 2)]
            # The second tail is projected to a quarter of the features.
            narrower = 2.0 if features >= 4 else 1.0
            module = nn.AdaptiveLogSoftmaxWithLoss(features, count, cutoffs, div_value=narrower)
    module = module.to(dtype)
    return module, (d.normal((rows, features), dtype, 1.0), d.classes((rows,), count))


def divergence(d: Draw) -> Made:
    """KL divergence of log-softmax and softmax."""
    dtype, shape = d.dtype(), (d.size(50), d.size(1000) + 1)
    log_p = d.normal(shape, dtype, 1.0).log_softmax(1)
    q = d.normal(shape, d.mixed(dtype), 1.0)
    log_target = d.one(True, False)
    module = nn.KLDivLoss(reduction=d.one("batchmean", "sum", "none"), log_target=log_target)
    return module, (log_p, q.log_softmax(1) if log_target else q.softmax(1))


def likelihoods(d: Draw) -> Made:
    """Gaussian and Poisson."""
    dtype, shape, r = d.dtype(), d.shape(500), d.one(*REDUCTIONS)
    full = d.one(True, False)
    if d.one(True, False):
        var = d.uniform(shape, d.mixed(dtype)) + 0.1
        x, y = d.normal(shape, dtype, 1.0), d.normal(shape, d.mixed(dtype), 1.0)
        return nn.GaussianNLLLoss(full=full, reduction=r), (x, y, var)
    log_input = d.one(True, False)
    rate = d.normal(shape, dtype, 1.0) if log_input else d.uniform(shape, dtype) * 5 + 0.1
    counts = d.classes(shape, 9).to(d.one(dtype, torch.int64, torch.float32))
    return nn.PoissonNLLLoss(log_input=log_input, full=full, reduction=r), (rate, counts)


def ctc(d: Draw) -> Made:
    """CTC of a log-softmax, with frames enough for its labels."""
    dtype, frames, batch, count = d.dtype(WIDE), d.size(60) + 12, d.size(5), d.size(30) + 2
    log_p = d.normal((frames, batch, count), dtype, d.one(1.0, 3.0)).log_softmax(2)
    lengths = [1 + d.pick.randrange(5) for _ in range(batch)]
    target = d.classes((batch, 5), count, low=1)
    seen = [frames - d.pick.randrange(2) for _ in range(batch)]
    return nn.CTCLoss(reduction=d.one(*REDUCTIONS)), (
        log_p,
        target,
        torch.tensor(seen),
        torch.tensor(lengths),
    )


def pairs(d: Draw) -> Made:
    """Pairs of scores, of vectors, and distances."""
    # The product of two squared lengths has to stay below the largest number of float16.
    dtype, r, rows, width = d.dtype(), d.one(*REDUCTIONS), d.size(300), d.size(120)
    kind, margin = d.one("ranking", "hinge", "cosine"), d.one(0.0, 0.3)
    signs = d.signs((rows,), d.one(dtype, torch.float32, torch.int64))
    if kind == "ranking":
        x, y = d.normal((rows,), dtype, 1.0), d.normal((rows,), d.mixed(dtype), 1.0)
        return nn.MarginRankingLoss(margin=margin, reduction=r), (x, y, signs)
    if kind == "hinge":
        return nn.HingeEmbeddingLoss(margin=1.0, reduction=r), (
            d.normal((rows,), dtype, 1.0).abs(),
            signs,
        )
    x = d.normal((rows, width), dtype, 1.0)
    near = x + d.normal((rows, width), dtype, 0.05)
    y = d.one(d.normal((rows, width), d.mixed(dtype), 1.0), near, x.clone())
    return nn.CosineEmbeddingLoss(margin=margin, reduction=r), (x, y, signs)


def triplets(d: Draw) -> Made:
    """Triplets, near and far, and the two measures of distance."""
    dtype, r, rows, width = d.dtype(), d.one(*REDUCTIONS), d.size(100), d.size(200)
    x, y, z = (d.normal((rows, width), dtype, 1.0) for _ in range(3))
    y = d.one(y, x + d.normal((rows, width), dtype, 0.1))
    kind = d.one("triplet", "distance", "cosine", "pairwise")
    if kind == "triplet":
        module: Any = nn.TripletMarginLoss(
            margin=1.0, p=d.one(1.0, 2.0), swap=d.one(True, False), reduction=r
        )
        return module, (x, y, z)
    if kind == "distance":
        measure = d.one(None, nn.PairwiseDistance(p=1.0))
        return nn.TripletMarginWithDistanceLoss(distance_function=measure, reduction=r), (x, y, z)
    return d.one(nn.CosineSimilarity(), nn.PairwiseDistance(p=d.one(1.0, 2.0, 3.0))), (x, y)


KINDS = (
    regression,
    binary,
    labels,
    cross_entropy,
    cross_entropy,
    nll,
    margins,
    linear,
    divergence,
    likelihoods,
    ctc,
    pairs,
    triplets,
)


def again(number: int) -> Made:
    """The call of a seed."""
    return KINDS[number % len(KINDS)](Draw(number))
