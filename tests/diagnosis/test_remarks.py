"""The remarks of `explain` in full: what each says, its numbers, and that no other one comes."""

import math

import pytest
import torch
from torch import nn

from helpers import explain

INF, NAN = math.inf, math.nan


def tensor(values):
    return torch.tensor(values, dtype=torch.float64)


def classes(*values):
    return torch.tensor(values)


EVEN = tensor([[0.0, 0.0], [0.0, 0.0]])  # logits; each loss is log 2
SHARES = tensor([[0.5, 0.5], [0.25, 0.75]])
# Probabilities in place of their logarithms: exp of them adds up to this.
EXP_OF_SHARES = (
    f"adds up to between {2 * math.exp(0.5):.7g} and {math.exp(0.25) + math.exp(0.75):.7g}"
)
NOBODY = torch.zeros(0, dtype=torch.int64)
ORIGIN = tensor([[0.0, 0.0]])
PATHS = tensor([[[0.5, 0.5]], [[0.5, 0.5]]]).log()  # two frames of two classes, one of them blank

SKEWED = tensor([[0.123456, 0.876544], [0.234567, 0.765433]])
SCORES = [[[3.0, 0.5, -1.0], [0.0, 1.5, 2.0]], [[1.0, 0.0, 2.5], [-2.0, 0.5, 1.0]]]
TORN = "adds up to between 0.09485175 and 1.683633"

NO_LOWER_BOUND = "targets lie outside 0 to 1: the loss then has no lower bound. Labels are 0 or 1;"
APPLIED_TWICE = (
    "Every input lies between 0 and 1. If these are probabilities, the sigmoid is applied twice: "
    "this loss takes logits."
)
NO_VECTORS = "The batch is empty, of shape (0, 2): the mean of no elements is 0/0, NaN."
NO_ELEMENTS = "The batch is empty, of shape (0,): the mean of no elements is 0/0, NaN."
OVERFLOW = "of 2 losses. In that dtype they are inf, and their gradient is NaN."
ONE_CLASS = (
    "There is one class alone. Its probability is always 1, and the loss is 0 whatever the input. "
    "For yes or no take BCEWithLogitsLoss."
)
ALREADY = (
    "Over the classes the input adds up to 1, as probabilities do. CrossEntropyLoss takes logits "
    "and applies the softmax itself."
)
NO_LOGS = (
    "exp(input) adds up to 2 over axis {} instead of 1: input holds no log-probabilities. "
    "KLDivLoss takes log_softmax, or log of probabilities."
)
NEGATIVE = "The target holds negative numbers, which no probability is."
EMPTY = "For an empty batch torch returns memory that it has not written: any number at all."


def saturated(count, of):
    return (
        f"{count} of {of} inputs are exactly 0 or 1 in float64, as a sigmoid that is rounded "
        "(saturated). Where they are wrong their log is held at -100, so that each costs 100, "
        "where they are right loss and gradient are 0. BCEWithLogitsLoss takes the logits, and "
        "keeps the digits."
    )


TEACHES_NOTHING = "Every loss is 0, and so is its gradient: this batch teaches nothing."
MEAN_OF_TWO = "The loss of a sample is the mean over its 2 labels, not the sum."


def yes_and_no(even):
    return (
        f"Every input is {even}, which says yes and no alike: minus the log of 0.5 is "
        f"{math.log(2):.7g}, as before any training."
    )


def even_scores(score):
    return (
        f"All scores are {score}: each of the 2 classes has a probability of 1/2, of which minus "
        f"the log is {math.log(2):.7g}, as before any training."
    )


def one_answer(count, of):
    return (
        f"All {count} entries of {of} are the same, and the targets are not: there is one answer "
        "whatever the sample, as of a model that is untrained or dead."
    )


def again(count):
    return (
        f"{count} class numbers stand in their row a second time, and count again. A row that is "
        "to end earlier ends in -1."
    )


def divided(count):
    return f"Each sum is divided by all C = {count} classes, those of the target included."


def not_normalised(of, total, loss, axis=1):
    return (
        f"exp({of}) {total} over axis {axis} instead of 1: {of} holds no log-probabilities. "
        f"{loss} needs log_softmax of the logits; softmax is not enough."
    )


def too_short(loss):
    return (
        f"In 1 of 1 sequences the frames are too few to spell the target. The loss is {loss}. A "
        "label that equals the one before needs a blank between. Longer inputs mend it."
    )


GRID_OF_64 = (torch.arange(320.0).view(64, 5) ** 2 % 7).log_softmax(1)
EQUAL = (
    "exp(input) equals the target up to rounding: the divergence is 0, or a little below by "
    "rounding."
)

# For every name: a module, its inputs, and all the remarks on that call.
REMARKS = {
    "the sum of the weights divides": (
        nn.CrossEntropyLoss(weight=tensor([1, 3])),
        (EVEN, classes(1, 1)),
        # 3·log 2 twice, and half of that
        [
            f"The mean divides by 6, not by the 2 losses; that would give {3 * math.log(2):.7g}.",
            "All targets are of one class: its weight is in the sum and in the divisor, and "
            "cancels.",
            f"Keras's default would give {3 * math.log(2):.7g} here: it divides by the number of "
            "losses.",
            even_scores(0),
        ],
    ),
    "no weight is left": (
        nn.CrossEntropyLoss(weight=tensor([0, 1])),
        (EVEN, classes(0, 0)),
        ["The mean divides by 0, as no weight is left that counts: 0/0 is NaN.", even_scores(0)],
    ),
    "no losses": (nn.CrossEntropyLoss(), (EVEN[:0], NOBODY), [NO_ELEMENTS]),
    "the number of losses divides": (
        nn.CrossEntropyLoss(),
        (2 * EVEN - 1, classes(0, 1)),
        [even_scores(-1)],
    ),
    "batchmean": (
        nn.KLDivLoss(reduction="batchmean"),
        (SHARES.log(), SHARES.flip(0)),
        # (½·log 2 + ½·log ⅔) + (¼·log ½ + ¾·log 3/2), divided by 4
        [
            "batchmean divides by 2, not by the 4 losses; that would give "
            f"{math.log(1.5) / 16 + math.log(2) / 16 - math.log(1.5) / 8 + math.log(1.5) / 8:.7g}."
        ],
    ),
    "ignored": (
        nn.CrossEntropyLoss(ignore_index=1),
        (EVEN, classes(1, 0)),
        [
            f"The mean divides by 1, not by the 2 losses; that would give {math.log(2) / 2:.7g}.",
            "1 of 2 targets equal ignore_index = 1.",
            even_scores(0),
        ],
    ),
    "broadcast": (
        nn.L1Loss(),
        (tensor([[1.0], [2.0]]), tensor([3.0, 4.0])),
        [
            "input has shape (2, 1) and target (2,): they are broadcast to (2, 2), so that each "
            "element of the one is held against several of the other."
        ],
    ),
    "broadcast, of three": (
        nn.MarginRankingLoss(),
        (tensor([[1.0, 2.0]]), tensor([[0.0], [0.0]]), tensor([[1.0, 1.0]])),
        [
            "input1 has shape (1, 2) and input2 (2, 1): they are broadcast to (2, 2), so that "
            "each element of the one is held against several of the other.",
            TEACHES_NOTHING,
        ],
    ),
    "broadcast, but for the target": (
        nn.CosineEmbeddingLoss(),
        (tensor([[1.0, 2.0], [2.0, 1.0]]), tensor([[1.0, 2.0]]), tensor([1.0, 1.0])),
        ["input1 has shape (2, 2) and input2 (1, 2); they are broadcast to (2, 2)."],
    ),
    "one target for both": (
        nn.CosineEmbeddingLoss(),
        (tensor([[1.0, 2.0], [2.0, 1.0]]), tensor([[1.0, 2.0], [1.0, 2.0]]), tensor([1.0])),
        [],
    ),
    "one variance for both": (nn.GaussianNLLLoss(), (SHARES[:1], SHARES[:1], tensor([[1.0]])), []),
    "the target of a class": (nn.NLLLoss(), (SHARES.log(), classes(0, 1)), []),
    "measures of likeness broadcast": (nn.CosineSimilarity(), (SHARES, SHARES[0]), []),
    "distances broadcast": (nn.PairwiseDistance(), (SHARES, SHARES[0]), []),
    "BCE, sure and wrong": (
        nn.BCELoss(),
        (tensor([0.0, 0.0, 1.0, 1.0, 0.5]), tensor([1.0, 0.0, 0.0, 1.0, 1.0])),
        [saturated(4, 5)],
    ),
    "BCE, sure and half right": (
        nn.BCELoss(),
        (tensor([0.0, 1.0]), tensor([0.5, 0.5])),
        [
            saturated(2, 2),
            "Targets between 0 and 1 cost something whatever the input: the mean is never below "
            f"{math.log(2):.7g}.",
        ],
    ),
    "BCE, nearly sure": (nn.BCELoss(), (tensor([1e-40]), tensor([1.0])), []),
    "logits like probabilities": (
        nn.BCEWithLogitsLoss(),
        (tensor([0.25, 0.75]), tensor([0.0, 1.0])),
        [APPLIED_TWICE],
    ),
    "logits of 0 and 1": (
        nn.BCEWithLogitsLoss(),
        (tensor([0.0, 1.0]), tensor([0.0, 1.0])),
        [],
    ),
    "a logit below 0": (nn.BCEWithLogitsLoss(), (tensor([-0.5, 1.0]), tensor([0.0, 1.0])), []),
    "a logit above 1": (nn.BCEWithLogitsLoss(), (tensor([0.5, 1.5]), tensor([0.0, 1.0])), []),
    "no logits": (nn.BCEWithLogitsLoss(), (tensor([]), tensor([])), [NO_ELEMENTS]),
    "targets outside 0 to 1": (
        nn.BCEWithLogitsLoss(),
        (tensor([2.0, 2.0, 2.0, 2.0]), tensor([-1.0, 0.0, 1.0, 2.0])),
        [f"2 of 4 {NO_LOWER_BOUND} target holds -1, 0, 1, 2.", one_answer(4, "input")],
    ),
    "soft margin, other targets": (
        nn.SoftMarginLoss(),
        (tensor([1.0, 1.0, 1.0]), tensor([0.0, 1.0, 2.0])),
        [
            "2 of 3 targets are neither 1 nor -1: target holds 0, 1, 2. "
            f"A target of 0 costs log 2 = {math.log(2):.7g} whatever the input.",
        ],
    ),
    "soft margin, a target of 2": (
        nn.SoftMarginLoss(),
        (tensor([1.0]), tensor([2.0])),
        ["1 of 1 targets are neither 1 nor -1: target holds 2."],
    ),
    "soft margin, beyond float64": (
        nn.SoftMarginLoss(),
        (tensor([800.0, 100.0]), tensor([-1.0, -1.0])),
        [f"exp(-target·input) exceeds float64 in 1 {OVERFLOW}"],
    ),
    "soft margin, beyond float32": (
        nn.SoftMarginLoss(),
        (tensor([100.0, 1.0]), tensor([-1.0, 1.0])),
        [f"exp(-target·input) exceeds float32 in 1 {OVERFLOW}"],
    ),
    "soft margin, below both": (nn.SoftMarginLoss(), (tensor([88.0]), tensor([-1.0])), []),
    "multilabel soft margin, signs": (
        nn.MultiLabelSoftMarginLoss(),
        (tensor([[2.0, 3.0]]), tensor([[-1.0, 1.0]])),
        [f"1 of 2 {NO_LOWER_BOUND} target holds -1, 1.", MEAN_OF_TWO],
    ),
    "multilabel soft margin, probabilities": (
        nn.MultiLabelSoftMarginLoss(),
        (tensor([[0.25, 0.5]]), tensor([[0.0, 1.0]])),
        [MEAN_OF_TWO, APPLIED_TWICE],
    ),
    "multi margin, probabilities": (
        nn.MultiMarginLoss(),
        (tensor([[0.25, 0.75], [0.0, 1.0]]), classes(1, 0)),
        [
            divided(2),
            "Over the classes the input adds up to 1, as probabilities do, if that is no accident. "
            "These differ by at most "
            "1, less than the margin of 1 asks for: the loss takes scores of any size.",
        ],
    ),
    "multi margin, probabilities within the margin": (
        nn.MultiMarginLoss(margin=0.5),
        (tensor([[0.25, 0.75]]), classes(1)),
        [TEACHES_NOTHING, divided(2)],
    ),
    "multi margin, scores below 0": (
        nn.MultiMarginLoss(),
        (tensor([[-0.5, 1.0, 0.5]]), classes(1)),
        [divided(3)],
    ),
    "multi margin, scores above 1": (
        nn.MultiMarginLoss(),
        (tensor([[1.5, 0.0, 0.5]]), classes(1)),
        [divided(3)],
    ),
    "multi margin, a score just above 1": (
        nn.MultiMarginLoss(),
        (tensor([[1.0005, 0.0]]), classes(0)),
        [TEACHES_NOTHING, divided(2)],
    ),
    "multi margin, NaN": (
        nn.MultiMarginLoss(),
        (tensor([[NAN, 0.75], [0.0, 3.0]]), classes(1, 0)),
        [
            "NaN among the inputs: 1. They cost nothing: a comparison with NaN is false.",
            "input holds NaN in 1 of 4 places, the first at [0, 0]. It came in with input, from "
            "before the loss.",
            divided(2),
        ],
    ),
    "multi margin, empty": (
        nn.MultiMarginLoss(reduction="none"),
        (torch.zeros(0, 3), NOBODY),
        [EMPTY, divided(3)],
    ),
    "multilabel margin, flags": (
        nn.MultiLabelMarginLoss(),
        (tensor([[3.0, 1.0, 2.0]]), torch.tensor([[1, 0, 1]])),
        [
            "The target holds 0 and 1 alone, and no -1. If these are flags, they are taken for the "
            "class numbers 0 and 1: this loss takes the numbers of the classes, then -1.",
            divided(3),
        ],
    ),
    "multilabel margin, two flags": (
        nn.MultiLabelMarginLoss(),
        (tensor([[3.0, 1.0]]), torch.tensor([[0, 1]])),
        [
            divided(2),
            "The target holds 0 and 1 alone, and no -1. If these are flags, they are taken for the "
            "class numbers 0 and 1: this loss takes the numbers of the classes, then -1.",
        ],
    ),
    "multilabel margin, one number": (
        nn.MultiLabelMarginLoss(),
        (tensor([3.0]), torch.tensor([0])),
        [divided(1)],
    ),
    "multilabel margin, no dimensions": (
        nn.MultiLabelMarginLoss(),
        (tensor(3.0), torch.tensor(0)),
        [],
    ),
    "multilabel margin, behind the end": (
        nn.MultiLabelMarginLoss(),
        (torch.zeros(2, 4), torch.tensor([[2, -1, 3, -1], [-1, 0, 1, 0]])),
        [
            divided(4),
            "Behind the first -1 of a row, where they do not count: 4 of the class numbers.",
        ],
    ),
    "multilabel margin, twice": (
        nn.MultiLabelMarginLoss(),
        (torch.zeros(2, 4), torch.tensor([[2, 2, 2, -1], [0, 2, 0, -1]])),
        [
            again(3),
            divided(4),
        ],
    ),
    "adaptive softmax": (
        nn.AdaptiveLogSoftmaxWithLoss(2, 6, [2, 4], div_value=1.0),
        (torch.zeros(4, 2), classes(0, 2, 5, 1)),
        [
            "In a tail lie 2 of 4 targets. Theirs is the log-probability of the tail, an entry of "
            "the head, plus that of the target within the tail.",
            one_answer(4, "input"),
        ],
    ),
    "ranking, labels": (
        nn.MarginRankingLoss(),
        (tensor([1.0, 2.0, 3.0]), tensor([0.0, 0.0, 0.0]), tensor([0.0, 1.0, 1.0])),
        [
            "1 of 3 targets are neither 1 nor -1: target holds 0, 1. "
            "A target of 0 costs the margin, whatever the scores.",
            TEACHES_NOTHING,
        ],
    ),
    "ranking, other targets": (
        nn.MarginRankingLoss(),
        (tensor([1.0, 2.0, 3.0]), tensor([0.0, 0.0, 0.0]), tensor([0.0, 2.0, -1.0])),
        [
            "2 of 3 targets are neither 1 nor -1: target holds -1, 0, 2. "
            "A target of 0 costs the margin, whatever the scores."
        ],
    ),
    "ranking, targets of 1": (
        nn.MarginRankingLoss(),
        (tensor([1.0]), tensor([0.0]), tensor([1.0])),
        [TEACHES_NOTHING],
    ),
    "hinge": (
        nn.HingeEmbeddingLoss(),
        (tensor([1.0, 0.0, -3.0]), tensor([0.0, 1.0, 0.0])),
        [
            "2 of 3 targets are neither 1 nor -1: target holds 0, 1. Their loss is input + max(0, "
            "margin - input).",
            "1 of 3 inputs are below 0, and with a target of 1 it falls without end. It takes a "
            "distance between two vectors, such as F.pairwise_distance(a, b). For vectors as they "
            "are take cosine_embedding_loss, for scores soft_margin_loss.",
        ],
    ),
    "cosine embedding": (
        nn.CosineEmbeddingLoss(),
        (
            tensor([[0.0, 0.0], [1.0, 2.0], [0.0, 0.0], [1.0, 0.0]]),
            tensor([[1.0, 2.0], [0.0, 0.0], [0.0, 0.0], [1.0, 0.0]]),
            tensor([0.0, 1.0, 1.0, 1.0]),
        ),
        [
            "1 of 4 targets are neither 1 nor -1: target holds 0, 1. Their loss is 0.",
            "3 of 4 pairs have a vector of zeros: their cosine counts as 0, and their gradient is "
            "steep.",
        ],
    ),
    "cosine embedding, unbatched": (
        nn.CosineEmbeddingLoss(),
        (ORIGIN[0], tensor([1.0, 0.0]), tensor(1.0)),
        [
            "1 of 1 pairs have a vector of zeros: their cosine counts as 0, and their gradient is "
            "steep.",
        ],
    ),
    "triplets that keep the margin": (
        nn.TripletMarginLoss(),
        (ORIGIN, ORIGIN, tensor([[3.0, 4.0]])),
        [TEACHES_NOTHING],
    ),
    "no triplets": (nn.TripletMarginLoss(), (ORIGIN[:0], ORIGIN[:0], ORIGIN[:0]), [NO_VECTORS]),
    "triplets, swapped": (
        nn.TripletMarginLoss(margin=9, eps=0.0, swap=True),
        # Of the last one both distances are equal.
        (
            tensor([[0.0, 0.0], [0.0, 0.0], [0.0, 0.0]]),
            tensor([[3.0, 4.0], [5.0, 0.0], [2.0, 0.0]]),
            tensor([[3.0, 3.0], [0.0, 1.0], [1.0, 0.0]]),
        ),
        ["1 of 3 triplets take d(positive, negative), the smaller distance."],
    ),
    "triplets with a distance, swapped": (
        nn.TripletMarginWithDistanceLoss(margin=9, swap=True),
        (ORIGIN, tensor([[3.0, 4.0]]), tensor([[3.0, 3.0]])),
        ["1 of 1 triplets take d(positive, negative), the smaller distance."],
    ),
    "variances below eps": (
        nn.GaussianNLLLoss(eps=0.5),
        (tensor([0.0, 0.0, 0.0]), tensor([0.0, 0.0, 3.0]), tensor([0.25, 0.5, 1.0])),
        [
            "1 of 3 variances are below eps = 0.5, and count as eps. Their gradient is the one at "
            "eps, though the loss does not change there.",
            "2 of 3 losses are below 0: a density may exceed 1, and log(2π)/2 is left out without "
            "full.",
        ],
    ),
    "a density above 1": (
        nn.GaussianNLLLoss(full=True),
        # The second loss is 0, the third log(2π)/2.
        (tensor([0.0, 0.0, 0.0]), tensor([0.0, 0.0, 0.0]), tensor([0.01, 0.5 / math.pi, 1.0])),
        [
            f"full adds log(2π)/2 = {math.log(2 * math.pi) / 2:.7g} to every loss.",
            "1 of 3 losses are below 0: a density may exceed 1.",
        ],
    ),
    "counts below 0": (
        nn.PoissonNLLLoss(),
        (tensor([0.0, 2.0]), tensor([-1.0, 20.0])),
        [
            "1 of 2 targets are below 0. This loss takes counts.",
            "1 of 2 losses are below 0: without full, log(target!) is left out.",
        ],
    ),
    "a count of 0": (
        nn.PoissonNLLLoss(),
        (tensor([-INF]), tensor([0.0])),
        [
            "input holds -inf in 1 of 1 places, the first at [0]: inf - inf and 0 · inf are NaN, "
            "and the log of 0 is -inf."
        ],
    ),
    "rates below 0": (
        nn.PoissonNLLLoss(log_input=False),
        (tensor([-2.0, 0.0, 9.0]), tensor([0.0, 0.0, 9.0])),
        [
            "1 of 3 inputs are below 0. A rate is not.",
            "1 of 3 losses are below 0: without full, log(target!) is left out.",
        ],
    ),
    "Poisson in full": (
        nn.PoissonNLLLoss(full=True),
        (tensor([-2.0]), tensor([20.0])),
        [
            "full adds Stirling's approximation of log(target!): for 20 it is 42.33145, and "
            "exactly 42.33562."
        ],
    ),
    "NLL of probabilities": (
        nn.NLLLoss(),
        (SHARES, classes(1, 0)),
        [not_normalised("input", EXP_OF_SHARES, "NLLLoss")],
    ),
    "NLL, nearly log-probabilities": (nn.NLLLoss(), (tensor([[0.0005, -INF]]), classes(0)), []),
    "NLL, off by rounding in a coarser dtype": (
        nn.NLLLoss(),
        (tensor([[0.04, -INF]]), classes(0)),
        [],
    ),
    "NLL, off by more than any rounding": (
        nn.NLLLoss(),
        (tensor([[0.0625, -INF]]), classes(0)),
        [not_normalised("input", f"adds up to {math.exp(0.0625):.7g}", "NLLLoss")],
    ),
    "NLL, unbatched": (
        nn.NLLLoss(),
        (ORIGIN[0], torch.tensor(0)),
        [not_normalised("input", "adds up to 2", "NLLLoss", axis=0)],
    ),
    "NLL of an image": (
        nn.NLLLoss(),
        # Over the classes, axis 1, the probabilities add up to 1, over the columns to 2 and 0.
        (tensor([[[0.0, 0.0], [-INF, -INF]]]), torch.tensor([[0, 0]])),
        [
            "Axes 1 and 2 of input are both of length 2. Axis 1 is taken for the classes; if they "
            "are axis 2, the call takes input.transpose(1, 2)."
        ],
    ),
    "smoothing": (
        nn.CrossEntropyLoss(label_smoothing=0.25),
        (2 * EVEN - 1, classes(0, 1)),
        [
            "label_smoothing: loss = 0.75 · loss of target + 0.25 · mean over classes, "
            "never below 0.3767702.",
            even_scores(-1),
        ],
    ),
    "shares that do not add up": (
        nn.CrossEntropyLoss(label_smoothing=0.25),
        (tensor([[2.0, 0.0]]), tensor([[0.5, 1.0]])),
        ["Over the classes the target adds up to 1.5 instead of 1."],
    ),
    "one class": (nn.CrossEntropyLoss(), (tensor([[2.0]]), classes(0)), [ONE_CLASS]),
    "one class, unbatched": (
        nn.CrossEntropyLoss(),
        (tensor([2.0]), torch.tensor(0)),
        [ONE_CLASS],
    ),
    "one sample of an image": (
        nn.CrossEntropyLoss(),
        (torch.full((1, 2, 1), 3.0), torch.tensor([[0]])),
        [even_scores(3)],
    ),
    "logits that are probabilities": (
        nn.CrossEntropyLoss(),
        (tensor([[0.123456, 0.876544], [0.234567, 0.765433]]), classes(0, 1)),
        [ALREADY],
    ),
    "logits that may be probabilities": (
        nn.CrossEntropyLoss(),
        (tensor([[0.25, 0.75]]), classes(0)),
        [ALREADY.replace("do.", "do, if that is no accident.")],
    ),
    "logits of 0 and 1, of a class": (
        nn.CrossEntropyLoss(),
        (tensor([[0.0, 1.0]]), classes(0)),
        [],
    ),
    "logits that add up to 1": (nn.CrossEntropyLoss(), (tensor([[-1.0, 2.0]]), classes(0)), []),
    "a logit just above 1, of a class": (
        nn.CrossEntropyLoss(),
        (tensor([[1.0005, 0.0]]), classes(0)),
        [],
    ),
    "logits from 0 to 1": (nn.CrossEntropyLoss(), (tensor([[0.5, 1.0]]), classes(0)), []),
    "KL of scores": (
        nn.KLDivLoss(reduction="sum"),
        (ORIGIN, SHARES[:1]),
        [NO_LOGS.format(1)],
    ),
    "KL of scores whose exponential is infinite": (
        nn.KLDivLoss(reduction="sum"),
        (tensor([[1000.0, 2.0], [0.0, 0.0]]), SHARES),
        [
            "exp(input) adds up to between 2 and inf over axis 1 instead of 1: input holds no "
            "log-probabilities. KLDivLoss takes log_softmax, or log of probabilities."
        ],
    ),
    "KL of infinity": (
        nn.KLDivLoss(reduction="sum"),
        (tensor([[math.inf, 2.0]]), SHARES[:1]),
        [
            "input holds inf in 1 of 2 places, the first at [0, 0]: inf - inf and 0 · inf are NaN, "
            "and the log of 0 is -inf."
        ],
    ),
    "KL from counts": (
        nn.KLDivLoss(reduction="sum"),
        (SHARES.log(), tensor([[1.0, 2.0], [0.5, 0.5]])),
        ["Over the classes the target adds up to between 1 and 3 instead of 1."],
    ),
    "KL, unbatched": (
        nn.KLDivLoss(reduction="sum"),
        (ORIGIN[0], SHARES[0]),
        [NO_LOGS.format(0)],
    ),
    "KL of numbers": (
        nn.KLDivLoss(reduction="sum"),
        (tensor(-1.0), tensor(0.5)),
        [],
    ),
    "KL, log_target with probabilities": (
        nn.KLDivLoss(reduction="sum", log_target=True),
        (SHARES.log(), SHARES),
        [
            f"exp(target) {EXP_OF_SHARES} over axis 1 instead of 1: target holds no "
            "log-probabilities. With log_target=True it is to be log_softmax."
        ],
    ),
    "KL, logarithms without log_target": (
        nn.KLDivLoss(reduction="sum"),
        (SHARES[:1].log(), SHARES[:1].log()),
        [
            "The target holds logarithms of probabilities: log_target=True is for them.",
        ],
    ),
    "KL, a logarithm of 1": (
        nn.KLDivLoss(reduction="sum"),
        (SHARES[:1].log(), tensor([[0.0, -1000.0]])),
        [
            "The target holds logarithms of probabilities: log_target=True is for them.",
        ],
    ),
    "KL, no logarithm of a probability": (
        nn.KLDivLoss(reduction="sum"),
        (SHARES[:1].log(), tensor([[0.0005, -1000.0]])),
        [f"{NEGATIVE} It is to be the softmax of scores."],
    ),
    "KL, scores below 0": (
        nn.KLDivLoss(reduction="sum"),
        (SHARES[:1].log(), tensor([[-1.0, -2.0]])),
        [f"{NEGATIVE} Logarithms of probabilities need log_target=True."],
    ),
    "KL of images": (
        nn.KLDivLoss(reduction="sum"),
        (torch.zeros(1, 2, 3), torch.ones(1, 2, 3)),
        [
            "exp(input) adds up to 1 over neither axis 1 nor axis 2: input holds no "
            "log-probabilities. KLDivLoss takes log_softmax, or log of probabilities.",
            "target adds up to 1 over neither axis 1 nor axis 2: no distribution.",
            EQUAL,
        ],
    ),
    "KL of nothing": (nn.KLDivLoss(reduction="sum"), (ORIGIN[:0], ORIGIN[:0]), []),
    "KL's mean": (
        nn.KLDivLoss(),
        (SHARES.log(), SHARES),
        [
            EQUAL,
            "reduction='mean' divides by all 4 elements, the classes included. batchmean divides "
            "by the 2 samples and gives the divergence.",
        ],
    ),
    "a similarity for a distance": (
        nn.TripletMarginWithDistanceLoss(distance_function=nn.CosineSimilarity()),
        (tensor([[0.0, 1.0]]), tensor([[2.0, 1.5]]), tensor([[4.0, -5.0]])),
        [
            "distance_function is the cosine similarity, which is large for what is alike. A "
            "distance is small: lambda a, b: 1 - F.cosine_similarity(a, b).",
        ],
    ),
    "the second one is to be higher": (
        nn.MarginRankingLoss(),
        (tensor([1.0, 2.0]), tensor([3.0, 1.5]), tensor([-1.0, -1.0])),
        [
            "Every target is -1, which asks input2 to be the higher one in each pair. Where input1 "
            "holds the better ones, the target is 1."
        ],
    ),
    "one weight for yes and no": (
        nn.BCEWithLogitsLoss(weight=tensor([3.0])),
        (tensor([1.0, -2.0]), tensor([1.0, 0.0])),
        [
            "weight is one number, 3: it multiplies every loss, of yes and no alike. The weight of "
            "the positive labels is pos_weight."
        ],
    ),
    "most of it class 0": (
        nn.NLLLoss(),
        (GRID_OF_64, classes(*[0] * 40, *[1] * 24)),
        [
            "40 of 64 targets are class 0. If it is padding, ignore_index=0 leaves it out.",
        ],
    ),
    "KL of equal logarithms": (
        nn.KLDivLoss(reduction="sum", log_target=True),
        (SHARES.log(), SHARES.log()),
        [EQUAL.replace("exp(input)", "input")],
    ),
    "cross-entropy of log-probabilities": (
        nn.CrossEntropyLoss(),
        (
            torch.randn(9, 4, generator=torch.Generator().manual_seed(0)).log_softmax(1),
            classes(*[0, 1, 2] * 3),
        ),
        [
            "The input holds log-probabilities already. The log-softmax within the loss leaves "
            "them as they are: nothing is wrong."
        ],
    ),
    "smooth L1 without a square": (
        nn.SmoothL1Loss(beta=0.0),
        (tensor([0.0, 1.0]), tensor([0.5, 1.0])),
        ["beta is 0: no square is left, and the loss is that of l1_loss."],
    ),
    "Huber beside smooth L1": (
        nn.HuberLoss(delta=0.5),
        (tensor([0.0, 1.0]), tensor([0.5, 1.0])),
        ["The loss is 0.5 times that of smooth_l1_loss with beta = 0.5."],
    ),
    "a weight that cancels, of one target": (
        nn.CrossEntropyLoss(weight=tensor([2.0, 3.0])),
        (tensor([[2.5, -1.0]]), classes(1)),
        [
            "The mean divides by 3, not by the 1 losses; that would give 10.58925.",
            "There is one target: its weight is in the sum and in the divisor, and cancels.",
            "Keras's default would give 10.58925 here: it divides by the number of losses.",
        ],
    ),
    "a norm that overflows": (
        nn.TripletMarginLoss(p=1e-4),
        (tensor([[0.0, 1.0]]), tensor([[2.0, 1.5]]), tensor([[4.0, 5.0]])),
        [
            "p is 0.0001: 2 entries of 1 have the norm 2^(1/p), which overflows in float64. The "
            "difference of two such distances is inf - inf, NaN.",
        ],
    ),
    "a norm that float64 still holds": (
        nn.PairwiseDistance(p=1e-3),
        (tensor([[0.0, 1.0]]), tensor([[2.0, 1.5]])),
        [],
    ),
    "all of it ignored": (
        nn.CrossEntropyLoss(),
        (torch.rand(40, 5, generator=torch.Generator().manual_seed(0)), classes(*[-100] * 40)),
        [
            "All 40 targets equal ignore_index = -100, so that nothing is left to average: 0/0 is "
            "NaN.",
        ],
    ),
    "CTC, too few frames": (
        nn.CTCLoss(reduction="sum"),
        (PATHS, torch.tensor([[1, 1]]), classes(2), classes(2)),
        [too_short("infinite")],
    ),
    "CTC, too few frames, zero_infinity": (
        nn.CTCLoss(reduction="sum", zero_infinity=True),
        (PATHS, torch.tensor([[1, 1]]), classes(2), classes(2)),
        [too_short("made 0 by zero_infinity")],
    ),
    "CTC, just enough frames": (
        nn.CTCLoss(reduction="sum"),
        (PATHS, torch.tensor([[1]]), classes(2), classes(1)),
        [],
    ),
    "CTC of logits": (
        nn.CTCLoss(reduction="sum"),
        # Frames beyond the input's length do not count.
        (tensor([[[0.0, 0.0]], [[9.0, 9.0]]]), torch.tensor([[1]]), classes(1), classes(1)),
        [not_normalised("log_probs", "adds up to 2", "CTCLoss", axis=2)],
    ),
    "a model that says yes and no alike": (
        nn.BCEWithLogitsLoss(),
        (tensor([0.0, 0.0]), tensor([0.0, 1.0])),
        [yes_and_no(0)],
    ),
    "probabilities of a half": (
        nn.BCELoss(),
        (tensor([0.5, 0.5]), tensor([0.0, 1.0])),
        [yes_and_no(0.5)],
    ),
    "equal distances": (
        nn.SoftMarginLoss(),
        (tensor([0.0, 0.0]), tensor([1.0, 1.0])),
        [yes_and_no(0)],
    ),
    "a softmax over one output": (
        nn.BCELoss(),
        (torch.ones(4, 1), tensor([[0.0], [1.0], [0.0], [1.0]]).float()),
        [
            "Every input is exactly 1, as after a softmax over a single output, which is always 1 "
            "and has no gradient. For yes or no take BCEWithLogitsLoss of the output itself.",
            one_answer(4, "input"),
        ],
    ),
    "BCE of a softmax": (
        nn.BCELoss(),
        (SKEWED, tensor([[1.0, 0.0], [0.0, 1.0]])),
        [
            "Over axis 1 the input adds up to 1, as after a softmax, and the target is one-hot. "
            "This loss asks yes or no of each class on its own, and divides by the classes too."
        ],
    ),
    "pos_weight upside down": (
        nn.BCEWithLogitsLoss(pos_weight=tensor(0.25)),
        (tensor([-2.0, 1.0, -3.0, 2.0, -1.0]), tensor([0.0, 1.0, 0.0, 0.0, 0.0])),
        [
            "pos_weight is 0.25, and 20 % of the targets are 1: the rarer label counts even less. "
            "The usual weight is negatives / positives, here 4."
        ],
    ),
    "multilabel soft margin, class numbers": (
        nn.MultiLabelSoftMarginLoss(),
        (tensor([[2.0, -1.0, 0.5, 3.0]]), tensor([[0.0, 3.0, -1.0, -1.0]])),
        [
            "The rows of the target hold class numbers, and end in -1. This loss takes a yes or no "
            "for each class, 1 or 0.",
            "The loss of a sample is the mean over its 4 labels, not the sum.",
        ],
    ),
    "rows that are -inf throughout": (
        nn.CrossEntropyLoss(reduction="sum"),
        (tensor([[1.0, -2.0], [-INF, -INF]]), classes(0, -100)),
        [
            "In some rows all 2 scores are -inf. Their softmax is 0/0: the gradient is NaN there "
            "even where the target is ignored.",
            "1 of 2 targets equal ignore_index = -100.",
        ],
    ),
    "a pair with inf": (
        nn.MarginRankingLoss(),
        (tensor([INF, 1.0]), tensor([0.0, 0.5]), tensor([1.0, 1.0])),
        [f"{TEACHES_NOTHING} input1 holds inf in 1 places."],
    ),
    "collapsed triplets": (
        nn.TripletMarginLoss(margin=0.5),
        (ORIGIN + 1, ORIGIN + 1, ORIGIN + 1),
        [
            "1 of 1 triplets have two equal distances, so that the loss is the margin, 0.5: "
            "anchor, positive and negative are in one place, as collapsed embeddings are."
        ],
    ),
    "positives that are farther": (
        nn.TripletMarginLoss(),
        (torch.zeros(8, 2), torch.full((8, 2), 3.0), torch.ones(8, 2)),
        [
            "In 8 of 8 triplets the positive is farther than the negative. Are the two exchanged? "
            "The order is anchor, positive, negative."
        ],
    ),
    "distances and a sign for triplets": (
        nn.TripletMarginLoss(),
        (tensor([[0.4], [0.9]]), tensor([[1.1], [0.7]]), tensor([[1.0], [1.0]])),
        [
            "negative holds nothing but 1 and -1, and the vectors have one entry each. This loss "
            "takes three vectors, and works out the distances itself. margin_ranking_loss takes "
            "distances or scores, and a sign."
        ],
    ),
    "Huber of two dtypes": (
        nn.HuberLoss(),
        (torch.tensor([1.0, 2.0]), tensor([0.5, 0.5])),
        [
            "target has dtype float64 and input float32: torch 2.13 computes this loss, and its "
            "backward() refuses them."
        ],
    ),
    "a sum of many losses": (
        nn.MSELoss(reduction="sum"),
        (torch.arange(1000.0), torch.zeros(1000)),
        [
            "The sum is over 1000 losses: its gradient is 1000 times that of the mean, and so is "
            "the step of plain SGD."
        ],
    ),
    "a coarse dtype": (
        nn.L1Loss(),
        (torch.tensor([1992.0, 2000.0]).bfloat16(), torch.tensor([1984.0, 2008.0]).bfloat16()),
        [
            "Near 2008 bfloat16 has steps of 8, and the targets go from 1984 to 2008: smaller "
            "differences are lost before the loss. Subtract their mean first, or keep inputs and "
            "targets in float32."
        ],
    ),
    "rates for their logarithms": (
        nn.PoissonNLLLoss(full=True),
        (torch.arange(1.0, 17.0), torch.ones(16)),
        [
            "16 of 16 targets are 0 or 1, to which full adds nothing: log(0!) = log(1!) = 0.",
            "No input is below 0. With log_input=True the input is the logarithm of a rate, and "
            "all rates are 1 or more. If it is the rate itself, as of a softplus, log_input is "
            "False.",
        ],
    ),
    "small counts in full": (
        nn.PoissonNLLLoss(full=True),
        (tensor([0.5, 1.0]), tensor([0.0, 2.0])),
        [
            "1 of 2 targets are 0 or 1, to which full adds nothing: log(0!) = log(1!) = 0.",
            "full adds Stirling's approximation of log(target!): for 2 it is 0.6518065, and "
            "exactly 0.6931472.",
        ],
    ),
    "log-probabilities that were torn apart": (
        nn.NLLLoss(),
        (torch.tensor(SCORES).log_softmax(1).reshape(-1, 2), classes(0, 1, 0, 1, 0, 1)),
        [
            f"exp(input) {TORN} over axis 1 instead of 1, and to 1 on average: these were "
            "log-probabilities, until a reshape or view mixed their axes. Before it, permute the "
            "classes to the end."
        ],
    ),
    "KL, impossible": (
        nn.KLDivLoss(reduction="sum"),
        (tensor([[0.6, 0.4, 0.0]]).log(), tensor([[0.5, 0.3, 0.2]])),
        [
            "1 of 3 targets are above 0 where the input gives a probability of 0, the log of which "
            "is -inf: the divergence is infinite. log_softmax of scores never gives exactly 0.",
            "input holds -inf in 1 of 3 places, the first at [0, 2]: inf - inf and 0 · inf are "
            "NaN, and the log of 0 is -inf.",
        ],
    ),
    "KL of sequences": (
        nn.KLDivLoss(reduction="batchmean"),
        (SKEWED.log()[:, None].expand(2, 3, 2), SKEWED[:, None].expand(2, 3, 2)),
        [
            "batchmean divides by 2, not by the 12 losses; that would give 0.",
            EQUAL,
            "batchmean divides by the 2 entries of axis 0 alone: the divergences of all positions "
            "are added up.",
        ],
    ),
    "CTC's mean": (
        nn.CTCLoss(),
        (PATHS.expand(2, 2, 2), torch.tensor([[1, 1], [1, 1]]), classes(2, 2), classes(1, 0)),
        [
            "1 of 2 targets are empty: the one path that spells them is blank in every frame.",
        ],
    ),
    "CTC's mean of longer targets": (
        nn.CTCLoss(),
        (
            tensor([[[1.0, 1.0, 1.0]]] * 2).log_softmax(2),
            torch.tensor([[1, 2]]),
            classes(2),
            classes(2),
        ),
        [
            "'mean' divides each loss by the length of its target before it averages; the mean of "
            f"the losses themselves is {2 * math.log(3):.7g}."
        ],
    ),
}
if hasattr(nn, "LinearCrossEntropyLoss"):  # torch has it since 2.13.
    REMARKS["smoothing behind a layer"] = (
        nn.LinearCrossEntropyLoss(2, 2, label_smoothing=0.25).double(),
        (EVEN, classes(0, 1)),
        [
            "label_smoothing: loss = 0.75 · loss of target + 0.25 · mean over classes, "
            "never below 0.3767702."
        ],
    )


@pytest.mark.parametrize(("criterion", "inputs", "remarks"), REMARKS.values(), ids=REMARKS)
@pytest.mark.filterwarnings("ignore:Using a target size")
def test_all_remarks_on_a_call(criterion, inputs, remarks):
    assert [remark.text for remark in explain(criterion, *inputs).remarks] == remarks


def test_a_linear_layer_ignores_minus_100_by_default():
    criterion = nn.LinearCrossEntropyLoss(2, 2).double()
    [_, remark] = explain(criterion, EVEN, classes(0, -100)).remarks
    assert remark.text == "1 of 2 targets equal ignore_index = -100."
