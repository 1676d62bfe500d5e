"""`explain`: its value is the module's, its rows add up to it, its remarks are there when due."""

import copy
import html.parser
import math
import re

import numpy as np
import pytest
import torch
from torch import nn

from helpers import Explanation, explain
from helpers.text import WIDTH, number, short
from tests.losses import cases
from tests.losses.cases import (
    ADAPTIVE,
    CHOSEN,
    COUNTS,
    GRID,
    IGNORING,
    LENGTHS,
    LOG_P,
    PADDED_PATHS,
    PATHS,
    REPEATED,
    SIGNS,
    SOFT,
    P,
    Q,
    W,
    X,
    Y,
    Z,
    draw,
)


def tensor(values, dtype=torch.float64):
    return torch.tensor(values, dtype=dtype)


def texts(shown):
    """The remarks of an explanation, as text alone."""
    return [remark.text for remark in shown.remarks]


CASES = [module for case in cases.CASES.values() for module in case.modules]
IDS = [f"{i}-{type(case[0]).__name__}" for i, case in enumerate(CASES)]


@pytest.mark.parametrize(("criterion", "inputs"), [(c, i) for c, *i in CASES], ids=IDS)
@pytest.mark.filterwarnings("ignore:Using a target size")  # One case broadcasts on purpose,
@pytest.mark.filterwarnings("ignore:reduction. 'mean' divides")  # and one is KLDiv's mean.
class TestEveryCase:
    def test_the_value_is_what_the_module_returns(self, criterion, inputs):
        shown, expected = explain(criterion, *inputs), returned(criterion, *inputs)
        assert isinstance(shown, Explanation)
        np.testing.assert_allclose(shown.value, expected, rtol=1e-12)
        np.testing.assert_allclose(shown.reference, expected, rtol=0)
        assert np.shape(shown.value) == np.shape(shown.reference) == expected.shape
        assert shown.agrees is True

    def test_the_rows_lead_to_the_value(self, criterion, inputs):
        shown = explain(criterion, *inputs)
        last = shown.table.iloc[:, -1].to_numpy()
        if reduction_of(criterion) is None:
            np.testing.assert_array_equal(last, shown.value.ravel())
        else:
            assert shown.table.columns[-1] == "contribution"
            np.testing.assert_allclose(last.sum(), np.sum(shown.value), rtol=1e-12)

    def test_the_steps_are_the_reduction(self, criterion, inputs):
        shown = explain(criterion, *inputs)
        numbers = [step.value for step in shown.steps]
        if reduction_of(criterion) in (None, "none"):
            assert numbers == []
        elif reduction_of(criterion) == "sum":
            assert numbers == [shown.value]
        else:
            total, divisor, quotient = numbers
            assert quotient == shown.value == total / divisor
            assert total == pytest.approx(unreduced_sum(criterion, *inputs), rel=1e-12)

    def test_text_and_html_hold_the_same_and_fit(self, criterion, inputs):
        shown = explain(criterion, *inputs)
        text, page = repr(shown), read(shown._repr_html_())
        # Code is not wrapped, as it is there to be copied.
        wide = [line for line in text.splitlines() if len(line) > WIDTH]
        assert all(line.startswith("    ") for line in wide)
        for remark in texts(shown):
            assert remark in page
            assert remark in " ".join(text.split())
        for name in shown.table.columns:
            assert name in text
            assert name in page
        assert shown.formula in page
        assert shown.formula in " ".join(text.split())
        assert short(shown.table.iloc[:, -1].abs().max()) in text
        assert short(shown.table.iloc[:, -1].abs().max()) in page

    def test_in_float32_it_agrees_as_well(self, criterion, inputs):
        narrow = [value.float() if value.is_floating_point() else value for value in inputs]
        assert explain(criterion.float(), *narrow).agrees
        criterion.double()


# For every title: the columns of the table, and the steps below it.
SHOWN = {
    "L1Loss(reduction='mean')": (
        "input | target | input - target | loss | contribution",
        "sum of the losses | number of elements | mean: sum / divisor",
    ),
    "MSELoss(reduction='mean')": (
        "input | target | input - target | loss | contribution",
        "sum of the losses | number of elements | mean: sum / divisor",
    ),
    "MSELoss(reduction='sum')": (
        "input | target | input - target | loss | contribution",
        "sum of the losses",
    ),
    "MSELoss(reduction='none')": (
        "input | target | input - target | loss | contribution",
        "",
    ),
    "SmoothL1Loss(reduction='mean', beta=0.5)": (
        "input | target | input - target | branch | loss | contribution",
        "sum of the losses | number of elements | mean: sum / divisor",
    ),
    "SmoothL1Loss(reduction='mean', beta=0)": (
        "input | target | input - target | loss | contribution",
        "sum of the losses | number of elements | mean: sum / divisor",
    ),
    "HuberLoss(reduction='mean', delta=0.5)": (
        "input | target | input - target | branch | loss | contribution",
        "sum of the losses | number of elements | mean: sum / divisor",
    ),
    "BCELoss(reduction='mean')": (
        "input | target | log(input) | log(1 - input) | loss | contribution",
        "sum of the losses | number of elements | mean: sum / divisor",
    ),
    "BCELoss(weight=[…], reduction='mean')": (
        "input | target | log(input) | log(1 - input) | unweighted loss | weight | loss | "
        "contribution",
        "sum of the losses | number of elements | mean: sum / divisor",
    ),
    "BCEWithLogitsLoss(reduction='mean')": (
        "input | target | σ(input) | log σ(input) | log σ(-input) | loss | contribution",
        "sum of the losses | number of elements | mean: sum / divisor",
    ),
    "BCEWithLogitsLoss(weight=[…], reduction='mean', pos_weight=[…])": (
        "input | target | σ(input) | log σ(input) | log σ(-input) | pos_weight | "
        "unweighted loss | weight | loss | contribution",
        "sum of the losses | number of elements | mean: sum / divisor",
    ),
    "SoftMarginLoss(reduction='mean')": (
        "input | target | exp(-target·input) | loss | contribution",
        "sum of the losses | number of elements | mean: sum / divisor",
    ),
    "MultiLabelSoftMarginLoss(reduction='mean')": (
        "input | target | log σ(input) | log σ(-input) | loss of label | part of the loss | "
        "contribution",
        "sum of the losses | number of samples | mean: sum / divisor",
    ),
    "MultiLabelSoftMarginLoss(weight=[…], reduction='none')": (
        "input | target | log σ(input) | log σ(-input) | unweighted loss | weight | "
        "loss of label | part of the loss | contribution",
        "",
    ),
    "MultiMarginLoss(p=2, margin=0.5, weight=[…], reduction='mean')": (
        "target | input | input of target | shortfall | too close | weight of target | "
        "part of the loss | contribution",
        "sum of the losses | number of samples | mean: sum / divisor",
    ),
    "MultiMarginLoss(reduction='sum')": (
        "target | input | input of target | shortfall | too close | part of the loss | "
        "contribution",
        "sum of the losses",
    ),
    "MultiLabelMarginLoss(reduction='mean')": (
        "input | label | labels too close | part of the loss | contribution",
        "sum of the losses | number of samples | mean: sum / divisor",
    ),
    "AdaptiveLogSoftmaxWithLoss(cutoffs=[4, 8, 10])": (
        "target | cluster | head log-probability | tail log-probability | log-probability | "
        "loss | contribution",
        "sum of the losses | number of samples | mean: sum / divisor",
    ),
    "LinearCrossEntropyLoss(weight=[…], reduction='mean')": (
        "target | logit | log-sum-exp | log-probability | weight | loss | contribution",
        "sum of the losses | sum of the weights of the targets | mean: sum / divisor",
    ),
    "NLLLoss(reduction='mean')": (
        "target | log-probability | ignored | loss | contribution",
        "sum of the losses | number of targets that are not ignored | mean: sum / divisor",
    ),
    "NLLLoss(weight=[…], ignore_index=1, reduction='mean')": (
        "target | log-probability | weight | ignored | loss | contribution",
        "sum of the losses | sum of the weights of the targets that are not ignored | "
        "mean: sum / divisor",
    ),
    "NLLLoss(reduction='sum')": (
        "target | log-probability | loss | contribution",
        "sum of the losses",
    ),
    "CrossEntropyLoss(reduction='mean')": (
        "target | logit | log-sum-exp | log-probability | ignored | loss | contribution",
        "sum of the losses | number of targets that are not ignored | mean: sum / divisor",
    ),
    "CrossEntropyLoss(weight=[…], reduction='mean', label_smoothing=0.2)": (
        "target | logit | log-sum-exp | log-probability | weight | loss of target | "
        "mean over classes | ignored | loss | contribution",
        "sum of the losses | sum of the weights of the targets that are not ignored | "
        "mean: sum / divisor",
    ),
    "CrossEntropyLoss(weight=[…], reduction='none', label_smoothing=0.2)": (
        "logit | log-probability | target | smoothed target | weight | part of the loss | "
        "contribution",
        "",
    ),
    "CrossEntropyLoss(weight=[…], reduction='mean')": (
        "logit | log-probability | target | weight | part of the loss | contribution",
        "sum of the losses | number of rows, whatever the weights | mean: sum / divisor",
    ),
    "CrossEntropyLoss(reduction='mean', label_smoothing=0.1)": (
        "target | logit | log-sum-exp | log-probability | loss of target | "
        "mean over classes | loss | contribution",
        "sum of the losses | number of targets | mean: sum / divisor",
    ),
    "KLDivLoss(reduction='mean')": (
        "input | target | log(target) | loss | contribution",
        "sum of the losses | number of elements, not of samples | mean: sum / divisor",
    ),
    "KLDivLoss(reduction='batchmean')": (
        "input | target | log(target) | loss | contribution",
        "sum of the losses | number of samples | batchmean: sum / divisor",
    ),
    "KLDivLoss(reduction='sum', log_target=True)": (
        "input | target | exp(target) | loss | contribution",
        "sum of the losses",
    ),
    "CTCLoss(reduction='mean')": (
        "input length | target length | frames needed | log-likelihood | loss | contribution",
        "sum of losses, each / its target length | number of sequences | mean: sum / divisor",
    ),
    "CTCLoss(blank=3, reduction='sum')": (
        "input length | target length | frames needed | log-likelihood | loss | contribution",
        "sum of the losses",
    ),
    "CTCLoss(reduction='none')": (
        "input length | target length | frames needed | log-likelihood | loss | contribution",
        "",
    ),
    "CosineSimilarity(dim=0)": (
        "x1 · x2 | length of x1 | length of x2 | value",
        "",
    ),
    "CosineSimilarity()": (
        "x1 · x2 | length of x1 | length of x2 | value",
        "",
    ),
    "PairwiseDistance()": (
        "largest |x1 - x2 + eps| | Σ |x1 - x2 + eps|^p | value",
        "",
    ),
    "PairwiseDistance(p=3, keepdim=True)": (
        "largest |x1 - x2 + eps| | Σ |x1 - x2 + eps|^p | value",
        "",
    ),
    "PairwiseDistance(p=inf)": (
        "largest |x1 - x2 + eps| | value",
        "",
    ),
    "GaussianNLLLoss(reduction='mean')": (
        "input | target | input - target | var, at least eps | log(var) | "
        "(input - target)²/var | loss | contribution",
        "sum of the losses | number of elements | mean: sum / divisor",
    ),
    "GaussianNLLLoss(full=True, eps=0.3, reduction='sum')": (
        "input | target | input - target | var, at least eps | log(var) | "
        "(input - target)²/var | loss | contribution",
        "sum of the losses",
    ),
    "PoissonNLLLoss(reduction='mean')": (
        "input | target | exp(input) | loss | contribution",
        "sum of the losses | number of elements | mean: sum / divisor",
    ),
    "PoissonNLLLoss(log_input=False, full=True, reduction='mean')": (
        "input | target | log(input + eps) | Stirling's log(target!) | loss | contribution",
        "sum of the losses | number of elements | mean: sum / divisor",
    ),
    "MarginRankingLoss(reduction='mean')": (
        "input1 | input2 | target | input1 - input2 | margin - target·difference | loss | "
        "contribution",
        "sum of the losses | number of elements | mean: sum / divisor",
    ),
    "MarginRankingLoss(margin=0.5, reduction='none')": (
        "input1 | input2 | target | input1 - input2 | margin - target·difference | loss | "
        "contribution",
        "",
    ),
    "HingeEmbeddingLoss(margin=0.7, reduction='mean')": (
        "input | target | margin - input | loss | contribution",
        "sum of the losses | number of elements | mean: sum / divisor",
    ),
    "CosineEmbeddingLoss(reduction='mean')": (
        "input1 · input2 | |input1|² + 1e-12 | |input2|² + 1e-12 | cosine | target | loss | "
        "contribution",
        "sum of the losses | number of elements | mean: sum / divisor",
    ),
    "CosineEmbeddingLoss(margin=-0.5, reduction='sum')": (
        "input1 · input2 | |input1|² + 1e-12 | |input2|² + 1e-12 | cosine | target | loss | "
        "contribution",
        "sum of the losses",
    ),
    "TripletMarginLoss(reduction='mean')": (
        "d(anchor, positive) | d(anchor, negative) | before max(0, ·) | loss | contribution",
        "sum of the losses | number of elements | mean: sum / divisor",
    ),
    "TripletMarginLoss(margin=3, p=1, swap=True, reduction='mean')": (
        "d(anchor, positive) | d(anchor, negative) | d(positive, negative) | "
        "before max(0, ·) | loss | contribution",
        "sum of the losses | number of elements | mean: sum / divisor",
    ),
    "TripletMarginWithDistanceLoss(distance_function=PairwiseDistance, reduction='mean')": (
        "d(anchor, positive) | d(anchor, negative) | before max(0, ·) | loss | contribution",
        "sum of the losses | number of elements | mean: sum / divisor",
    ),
    "TripletMarginWithDistanceLoss(distance_function=<lambda>, margin=0.2, reduction='mean')": (
        "d(anchor, positive) | d(anchor, negative) | before max(0, ·) | loss | contribution",
        "sum of the losses | number of elements | mean: sum / divisor",
    ),
}


@pytest.mark.filterwarnings("ignore:Using a target size", "ignore:reduction. 'mean' divides")
def test_titles_columns_and_steps():
    actual = {}
    for criterion, *inputs in CASES:
        shown = explain(criterion, *inputs)
        title = re.sub(r"weight=\[.*?\]", "weight=[…]", shown.title)
        steps = " | ".join(step.name for step in shown.steps)
        actual[title] = (" | ".join(shown.table), steps)
    assert {title: actual[title] for title in SHOWN} == SHOWN


def returned(criterion, *inputs):
    """What a module returns, as an array; the adaptive softmax returns a pair."""
    result = criterion(*inputs)
    return getattr(result, "loss", result).detach().numpy()


def reduction_of(criterion):
    """The reduction of a module; None where it is no loss. The adaptive softmax always averages."""
    always = "mean" if criterion is ADAPTIVE else None
    return getattr(criterion, "reduction", always)


def unreduced_sum(criterion, *inputs):
    """The sum of the losses before the mean divides it."""
    if criterion is ADAPTIVE:
        return -criterion(*inputs).output.sum().item()
    each = copy.copy(criterion)
    each.reduction = "none"
    losses = returned(each, *inputs)
    # CTC's mean divides each loss by the length of its target first.
    return (losses / inputs[3].numpy() if isinstance(criterion, nn.CTCLoss) else losses).sum()


def read(page):
    """The text of an HTML page, and a check that every tag is closed."""

    class Reader(html.parser.HTMLParser):
        open_, text = [], ""

        def handle_starttag(self, tag, attrs):
            if tag != "br":
                self.open_ = [*self.open_, tag]

        def handle_endtag(self, tag):
            assert self.open_[-1] == tag
            self.open_ = self.open_[:-1]

        def handle_data(self, data):
            self.text += data

    reader = Reader()
    reader.feed(page)
    assert reader.open_ == []
    return reader.text


# ------------------------------------------------------------------------------- the columns


def test_the_weighted_mean_is_visible():
    x = tensor([[0.2, 0.3, 0.5], [0.5, 0.2, 0.3]])
    shown = explain(nn.CrossEntropyLoss(weight=tensor([2, 4, 6])), x, torch.tensor([2, 1]))
    assert [f"{step.value:.4f}" for step in shown.steps] == ["10.5983", "10.0000", "1.0598"]
    assert shown.steps[1].name == "sum of the weights of the targets"
    assert list(shown.table.columns) == [
        *["target", "logit", "log-sum-exp", "log-probability", "weight", "loss", "contribution"]
    ]
    assert list(shown.table["weight"]) == [6, 4]
    row = shown.table.iloc[0]
    assert row["log-probability"] == pytest.approx(row["logit"] - row["log-sum-exp"], rel=1e-14)
    assert row["loss"] == -row["weight"] * row["log-probability"]
    assert any("not by the 2 losses" in remark and "5.299155" in remark for remark in texts(shown))


def test_ignored_targets_are_visible():
    shown = explain(nn.CrossEntropyLoss(), X, IGNORING)
    assert list(shown.table["ignored"]) == [False, True, False]
    assert list(shown.table["loss"] == 0) == [False, True, False]
    assert list(shown.table["logit"].isna()) == [False, True, False]
    assert re.search(r"^ +1 +-100 +yes +0 +0$", repr(shown), re.MULTILINE)
    assert shown.steps[1].value == 2
    assert "1 of 3 targets equal ignore_index = -100." in texts(shown)


def test_no_target_left_is_said():
    shown = explain(nn.CrossEntropyLoss(), X[:1], IGNORING[1:2])
    assert np.isnan(shown.value)
    assert shown.agrees
    (said,) = texts(shown)  # once
    assert said.startswith("The only target equals ignore_index = -100, so that nothing is left")
    assert "returns nan (the same)" in " ".join(str(shown).split())


def test_smoothing_is_visible():
    shown = explain(nn.CrossEntropyLoss(label_smoothing=0.2), X, torch.tensor([0, 1, 2]))
    parts = 0.8 * shown.table["loss of target"] + 0.2 * shown.table["mean over classes"]
    np.testing.assert_allclose(shown.table["loss"], parts, rtol=1e-14)
    assert any("0.8 · loss of target + 0.2 · mean over classes" in r for r in texts(shown))


def test_probability_targets_have_a_row_per_class():
    shown = explain(nn.CrossEntropyLoss(), X, SOFT)
    assert len(shown.table) == X.numel()
    assert shown.table.index[5] == (1, 1)
    np.testing.assert_allclose(
        shown.table["part of the loss"], -shown.table["target"] * shown.table["log-probability"]
    )


def test_clamps_are_visible():
    shown = explain(nn.BCELoss(), tensor([0.0, 0.0, 0.5]), tensor([1.0, 0.0, 1.0]))
    assert list(shown.table["log(input)"])[:2] == [-100, -100]
    assert any("held at -100" in text for text in texts(shown))


def test_branches_are_visible():
    shown = explain(nn.HuberLoss(), tensor([0.5, 3.0]), tensor([0.0, 0.0]))
    assert list(shown.table["branch"]) == ["square", "line"]


def test_a_distance_without_a_sum_of_powers_shows_none():
    columns = {p: list(explain(nn.PairwiseDistance(p=p), X, Y).table) for p in (-np.inf, 0, 2)}
    assert columns[-np.inf] == ["smallest |x1 - x2 + eps|", "value"]
    assert columns[0] == ["largest |x1 - x2 + eps|", "value"]
    assert columns[2] == ["largest |x1 - x2 + eps|", "Σ |x1 - x2 + eps|^p", "value"]


def test_the_index_of_the_table_is_named():
    assert list(explain(nn.MSELoss(), X, Y).table.index.names) == ["axis 0", "axis 1"]
    assert list(explain(nn.MSELoss(), X[0], Y[0]).table.index.names) == ["element"]
    for criterion, target in (
        (nn.MultiMarginLoss(), CHOSEN[0]),
        (nn.MultiLabelMarginLoss(), CHOSEN),
    ):
        shown = explain(criterion, X[0, :3], target.clamp(max=2))
        assert list(shown.table.index.names) == ["element"]


def test_flags_are_shown_as_words():
    for criterion, target, name in (
        (nn.CrossEntropyLoss(), IGNORING, "ignored"),
        (nn.MultiMarginLoss(), CHOSEN, "too close"),
        (nn.MultiLabelMarginLoss(), LABELS, "label"),
    ):
        shown = explain(criterion, X, target)
        assert shown.table[name].dtype == bool
        assert " yes " in repr(shown)


def test_the_table_sorts_by_contribution():
    table = explain(nn.MSELoss(), X, Y).table.sort_values("contribution", ascending=False)
    assert table.index[0] == np.unravel_index(int(((X - Y) ** 2).argmax()), X.shape)
    assert table["contribution"].is_monotonic_decreasing


EPS = 1e-6  # what PairwiseDistance adds to every difference
GAP = (X - Y).abs()
OF_TARGET = X.gather(1, CHOSEN[:, None])
LABELS = torch.tensor([[3, 0, -1, 1], [-1, 0, 1, 2], [1, 1, 2, 3]])

# What the columns hold that no value or gradient needs, or that are shown in another shape.
COLUMNS = [
    (nn.SmoothL1Loss(beta=0.5), (X, Y), {"branch": np.where(GAP < 0.5, "square", "line")}),
    (nn.HuberLoss(delta=0.5), (X, Y), {"branch": np.where(GAP < 0.5, "square", "line")}),
    (
        nn.BCEWithLogitsLoss(),
        (X, Q),
        {
            "σ(input)": X.sigmoid(),
            "log σ(input)": nn.functional.logsigmoid(X),
            "log σ(-input)": nn.functional.logsigmoid(-X),
        },
    ),
    (
        nn.MultiLabelSoftMarginLoss(weight=W),
        (X, Q),
        {
            "log σ(input)": nn.functional.logsigmoid(X),
            "log σ(-input)": nn.functional.logsigmoid(-X),
            "unweighted loss": -(Q * X.sigmoid().log() + (1 - Q) * (-X).sigmoid().log()),
            "weight": W.expand(3, 4),
        },
    ),
    (nn.SoftMarginLoss(), (X, GRID), {"exp(-target·input)": (-GRID * X).exp()}),
    (nn.CrossEntropyLoss(), (X, CHOSEN), {"logit": OF_TARGET, "log-sum-exp": X.logsumexp(1)}),
    (
        nn.CrossEntropyLoss(label_smoothing=0.2),
        (X, SOFT),
        {"target": SOFT, "smoothed target": 0.8 * SOFT + 0.2 / 4},
    ),
    (
        nn.MultiMarginLoss(weight=W, margin=0.5),
        (X, CHOSEN),
        {
            "input of target": OF_TARGET.expand(3, 4),
            "shortfall": 0.5 - OF_TARGET + X,
            "too close": (X > OF_TARGET - 0.5) & (X != OF_TARGET),
            "weight of target": W[CHOSEN][:, None].expand(3, 4),
        },
    ),
    (
        nn.MultiLabelMarginLoss(),
        (X, LABELS),
        {
            "label": torch.tensor([[1, 0, 0, 1], [0, 0, 0, 0], [0, 1, 1, 1]]),
            "labels too close": torch.stack(
                [
                    (1 - X[0, [3, 0]][:, None] + X[0] > 0).sum(0) * tensor([0, 1, 1, 0]),
                    0 * X[1],
                    # Label 1 stands there twice.
                    (1 - X[2, [1, 1, 2, 3]][:, None] + X[2] > 0).sum(0) * tensor([1, 0, 0, 0]),
                ]
            ),
        },
    ),
    (
        nn.MultiLabelMarginLoss(),
        # The distances to the label are 0, 1.5 and 0: at the kink nothing is too close.
        (tensor([1.0, 0.0, 1.5, 0.0]), torch.tensor([0, -1, 0, 0])),
        {"labels too close": tensor([0, 0, 1, 0])},
    ),
    (
        nn.CrossEntropyLoss(),
        # An image of one column.
        (X[..., None], CHOSEN[:, None]),
        {"log-sum-exp": X.logsumexp(1)},
    ),
    (nn.CosineSimilarity(), (X, Y), {"x1 · x2": (X * Y).sum(1), "length of x2": Y.norm(dim=1)}),
    (
        nn.CosineSimilarity(dim=0),
        (X, Y),
        {"x1 · x2": (X * Y).sum(0), "length of x1": X.norm(dim=0)},
    ),
    (
        nn.CosineSimilarity(dim=2),
        (X[:, None], Y[:, None]),
        {"length of x1": X.norm(dim=1), "length of x2": Y.norm(dim=1)},
    ),
    (
        nn.PairwiseDistance(p=3.0),
        (X, Y),
        {
            "largest |x1 - x2 + eps|": (X - Y + EPS).abs().amax(1),
            "Σ |x1 - x2 + eps|^p": ((X - Y + EPS).abs() ** 3).sum(1),
        },
    ),
    (
        nn.PairwiseDistance(p=-np.inf),
        (X, Y),
        {"smallest |x1 - x2 + eps|": (X - Y + EPS).abs().amin(1)},
    ),
    (
        nn.CosineEmbeddingLoss(),
        (X, Y, SIGNS),
        {
            "input1 · input2": (X * Y).sum(1),
            "|input1|² + 1e-12": (X**2).sum(1) + 1e-12,
            "|input2|² + 1e-12": (Y**2).sum(1) + 1e-12,
            "cosine": nn.functional.cosine_similarity(X, Y),
            "target": SIGNS,
        },
    ),
    (nn.MarginRankingLoss(margin=0.5), (X, Y, GRID), {"input1 - input2": X - Y}),
    (nn.HingeEmbeddingLoss(margin=0.7), (P, GRID), {"margin - input": 0.7 - P}),
    (
        nn.GaussianNLLLoss(eps=0.5),
        (X, Y, Q),
        {
            "var, at least eps": Q.clamp(min=0.5),
            "log(var)": Q.clamp(min=0.5).log(),
            "(input - target)²/var": (X - Y) ** 2 / Q.clamp(min=0.5),
        },
    ),
    (
        nn.PoissonNLLLoss(log_input=False, eps=0.5),
        (P, COUNTS),
        {"log(input + eps)": (P + 0.5).log()},
    ),
    (nn.KLDivLoss(reduction="sum"), (LOG_P, SOFT), {"log(target)": SOFT.log()}),
    (
        nn.CTCLoss(),
        (PATHS, REPEATED, *LENGTHS),
        # Two equal labels need a blank between them.
        {"input length": LENGTHS[0], "target length": LENGTHS[1], "frames needed": tensor([2, 3])},
    ),
]


@pytest.mark.parametrize(("criterion", "inputs", "columns"), COLUMNS)
def test_what_a_column_holds(criterion, inputs, columns):
    table = explain(criterion, *inputs).table
    for name, expected in columns.items():
        expected = np.ravel(expected)
        if expected.dtype.kind == "U":
            np.testing.assert_array_equal(table[name], expected)
        else:
            np.testing.assert_allclose(table[name].astype(float), expected, rtol=1e-12)


# ------------------------------------------------------------------------------- the remarks


@pytest.mark.parametrize(
    ("criterion", "inputs", "words"),
    [
        (nn.MSELoss(), (X[:, 0], Y[:, :1][:3]), "broadcast to (3, 3)"),
        (nn.NLLLoss(), (SOFT, torch.tensor([0, 1, 2])), "no log-probabilities"),
        (nn.CrossEntropyLoss(), (SOFT, torch.tensor([0, 1, 2])), "adds up to 1, as probabilities"),
        (nn.CrossEntropyLoss(), (X, 2 * SOFT), "the target adds up to 2 instead of 1"),
        (nn.BCEWithLogitsLoss(), (P, Q), "Every input lies between 0 and 1"),
        (nn.BCEWithLogitsLoss(), (X, GRID), "targets lie outside 0 to 1"),
        (nn.GaussianNLLLoss(), (X, Y[0], Q), "they are broadcast to (3, 4)"),
        (nn.TripletMarginLoss(), (X, Y, Z[:1]), "negative (1, 4); they are broadcast to (3, 4)"),
        (nn.CrossEntropyLoss(), (X[:, :1], 0 * CHOSEN), "one class alone"),
        (nn.CrossEntropyLoss(weight=0 * W), (X, CHOSEN), "divides by 0"),
        (nn.KLDivLoss(reduction="sum"), (LOG_P, LOG_P), "log_target=True is for them"),
        (nn.KLDivLoss(reduction="sum"), (SOFT, SOFT), "exp(input) adds up to"),
        (nn.KLDivLoss(reduction="sum"), (LOG_P, 2 * SOFT), "target adds up to 2"),
        (nn.KLDivLoss(reduction="sum"), (X[None], SOFT[None]), "neither axis 1 nor axis 2"),
        (nn.KLDivLoss(reduction="mean"), (LOG_P, SOFT), "batchmean"),
        (nn.MarginRankingLoss(), (X, Y, 0 * X), "neither 1 nor -1"),
        (nn.HingeEmbeddingLoss(), (P, tensor([[0.0, 1.0, 0.0, 1.0]])), "target holds 0, 1"),
        (nn.HingeEmbeddingLoss(), (X, GRID), "takes a distance"),
        (nn.CosineEmbeddingLoss(), (X, Y, tensor([0.0, 0.0, 1.0])), "Their loss is 0"),
        (nn.CosineEmbeddingLoss(), (X, 0 * Y, SIGNS), "a vector of zeros"),
        (nn.TripletMarginLoss(margin=1e-3), (X, X, Y), "Every loss is 0"),
        (nn.TripletMarginLoss(swap=True), (X, Y, Y + 0.1), "the smaller distance"),
        (nn.GaussianNLLLoss(), (X, Y, 0 * Q), "below eps = 1e-06"),
        (nn.GaussianNLLLoss(full=True), (X, X, 0.01 * Q), "a density may exceed 1"),
        (nn.PoissonNLLLoss(), (X, -COUNTS - 1), "takes counts"),
        (nn.PoissonNLLLoss(log_input=False), (-P, COUNTS), "A rate is not"),
        (nn.PoissonNLLLoss(), (X + 3, COUNTS + 90), "log(target!) is left out"),
        (nn.CTCLoss(), (draw(5, 2, 4), REPEATED, *LENGTHS), "no log-probabilities"),
        (nn.CTCLoss(), (PATHS[:2], REPEATED, [2, 2], [2, 2]), "In 1 of 2 sequences"),
        (
            nn.CTCLoss(zero_infinity=True),
            (PATHS[:1, 0], REPEATED[0], (1,), (2,)),
            "made 0 by zero_infinity",
        ),
    ],
)
@pytest.mark.filterwarnings("ignore:Using a target size", "ignore:reduction. 'mean' divides")
def test_a_common_mistake_is_named(criterion, inputs, words):
    assert any(words in remark for remark in texts(explain(criterion, *inputs)))


@pytest.mark.parametrize(
    ("criterion", "inputs"),
    [
        (nn.MSELoss(), (X, Y)),
        (nn.NLLLoss(), (LOG_P, torch.tensor([0, 1, 2]))),
        (nn.CrossEntropyLoss(), (X, torch.tensor([0, 1, 2]))),
        (nn.CrossEntropyLoss(), (X, SOFT)),
        (nn.BCELoss(), (P, Q.round())),
        (nn.BCEWithLogitsLoss(), (X, Q.round())),
        (nn.KLDivLoss(reduction="sum"), (LOG_P, SOFT)),
        (nn.KLDivLoss(reduction="sum"), (LOG_P[None], SOFT[None])),  # classes last
        (nn.KLDivLoss(reduction="sum"), (LOG_P.T[None], SOFT.T[None])),  # classes on axis 1
        (nn.CTCLoss(reduction="sum"), (PADDED_PATHS, REPEATED, *LENGTHS)),
        (nn.CosineSimilarity(), (X, Y)),
    ],
)
def test_a_sound_call_gets_no_remark(criterion, inputs):
    assert explain(criterion, *inputs).remarks == ()


# ------------------------------------------------------------------------------- disagreement


class Doubled(nn.MSELoss):
    """A loss derived from torch's that computes something else."""

    def forward(self, input, target):
        return 2 * super().forward(input, target)


def test_a_module_that_computes_something_else_does_not_agree():
    shown = explain(Doubled(), X, Y)
    assert shown.agrees is False
    assert shown.reference == pytest.approx(2 * shown.value)
    assert "NOT the same" in repr(shown)
    assert shown.title.startswith("Doubled(")


def test_infinite_losses_agree():
    shown = explain(nn.NLLLoss(), tensor([[-np.inf, 0.0]]), torch.tensor([0]))
    assert shown.value == shown.reference == np.inf
    assert shown.agrees


def test_large_logits_in_float32_agree():
    x = torch.tensor([[1e4, 1e4 + 1, -1e4]])
    assert explain(nn.CrossEntropyLoss(), x, torch.tensor([0])).agrees


class Off(nn.MSELoss):
    """A loss that is off by a share of itself, or by an amount."""

    share, amount = 0.0, 0.0

    def forward(self, input, target):
        value = super().forward(input.double(), target.double())
        return (value * (1 + self.share) + self.amount).to(input.dtype)


def test_what_is_not_finite_must_be_met():
    criterion = Off(reduction="none")
    inputs = tensor([np.inf, 1.0, np.nan]), tensor([0.0, 1.0, 0.0])
    assert explain(criterion, *inputs).agrees is True
    criterion.amount = 1.0
    assert explain(criterion, *inputs).agrees is False
    criterion.amount = -np.inf
    assert explain(criterion, *inputs).agrees is False


# ------------------------------------------------------------------------------- input and layout


def test_inputs_may_be_named_and_need_not_be_tensors():
    by_name = explain(nn.MSELoss(), target=[0.0, 4.0], input=np.array([1.0, 2.0]))
    assert by_name.value == 2.5
    assert by_name.agrees


def test_inputs_that_require_a_gradient_keep_their_graph():
    x = X.clone().requires_grad_()
    loss = nn.MSELoss()(x, Y)
    assert explain(nn.MSELoss(), x, Y).value == pytest.approx(loss.item())
    loss.backward()
    assert x.grad is not None


def test_empty_inputs_have_no_rows():
    shown = explain(nn.MSELoss(), torch.zeros(0, 3), torch.zeros(0, 3))
    assert len(shown.table) == 0
    assert np.isnan(shown.value)
    assert shown.agrees
    assert "MSELoss returns" in repr(shown)


def test_html_is_escaped():
    class Odd(nn.MSELoss):
        pass

    Odd.__name__ = "Odd<b>"
    assert "<b>" not in explain(Odd(), X, Y)._repr_html_()


def test_options_at_their_defaults_are_left_out_of_the_title():
    title = explain(nn.CrossEntropyLoss(ignore_index=1), X, torch.tensor([0, 1, 2])).title
    assert title == "CrossEntropyLoss(ignore_index=1, reduction='mean')"


# ------------------------------------------------------------------------ distances and variances


class Learnt(nn.Module):
    """A distance with weights of its own, in float32."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.tensor([0.5, 2.0, 1.0, -1.0]))

    def forward(self, x, y):
        return (self.weight * (x - y)).norm(dim=-1)


@pytest.mark.parametrize(
    ("distance", "name"),
    [
        (None, "PairwiseDistance"),
        (nn.PairwiseDistance(p=1.0), "PairwiseDistance"),
        (nn.CosineSimilarity(), "CosineSimilarity"),
        (nn.functional.cosine_similarity, "cosine_similarity"),
        (Learnt(), "Learnt"),
    ],
)
def test_any_distance_is_explained(distance, name):
    criterion = nn.TripletMarginWithDistanceLoss(distance_function=distance, swap=True)
    shown = explain(criterion, X.float(), Y.float(), Z.float())
    assert shown.agrees
    assert shown.title.startswith(f"TripletMarginWithDistanceLoss(distance_function={name}, ")
    assert list(shown.table)[:3] == [
        *["d(anchor, positive)", "d(anchor, negative)", "d(positive, negative)"]
    ]


def test_a_distance_of_torchs_own_is_worked_out_by_hand():
    for distance, calls in (
        (nn.PairwiseDistance(p=1.0), 2),
        (nn.CosineSimilarity(), 2),
        (Learnt(), 4),
    ):
        called = []
        distance.register_forward_hook(lambda *_, called=called: called.append(1))
        explain(nn.TripletMarginWithDistanceLoss(distance_function=distance), X, Y, Z)
        # The module calls it for the two distances; for others the working has to, too.
        assert len(called) == calls


def test_another_distance_of_the_same_name_is_called():
    def twice(self, x, y):
        return 2 * nn.PairwiseDistance.forward(self, x, y)

    distance = type("PairwiseDistance", (nn.PairwiseDistance,), {"forward": twice})()
    shown = explain(nn.TripletMarginWithDistanceLoss(distance_function=distance), X, Y, Z)
    assert shown.agrees
    np.testing.assert_allclose(shown.table["d(anchor, positive)"], distance(X, Y), rtol=1e-14)


def test_a_distance_with_weights_is_called_in_their_dtype():
    class Projected(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(4, 2)

        def forward(self, x, y):
            return (self.layer(x) - self.layer(y)).norm(dim=-1)

    criterion = nn.TripletMarginWithDistanceLoss(distance_function=Projected())
    assert explain(criterion, X.float(), Y.float(), Z.float()).agrees


def test_numbers_and_lists_are_inputs_too():
    shown = explain(nn.L1Loss(), 0.5, 2.0)
    assert shown.value == shown.reference == 1.5
    assert type(shown.value) is type(shown.reference) is float
    by_list = explain(nn.GaussianNLLLoss(), [1.0, 2.0], [1.0, 4.0], [1.0, 4.0])
    assert by_list.value == pytest.approx((math.log(4) + 4 / 4) / 2 / 2)
    assert by_list.agrees


def test_a_variance_may_be_a_number():
    shown = explain(nn.GaussianNLLLoss(), X, Y, 0.5)
    assert shown.agrees
    assert set(shown.table["var, at least eps"]) == {0.5}


def test_a_long_option_is_cut():
    criterion = nn.CrossEntropyLoss(weight=torch.arange(9.0))
    title = explain(criterion, torch.zeros(1, 9), torch.tensor([1])).title
    assert title == "CrossEntropyLoss(weight=[0, 1, 2, 3, 4, 5, 6, 7, …], reduction='mean')"
    criterion = nn.CrossEntropyLoss(weight=torch.arange(8.0), reduction="sum")
    title = explain(criterion, torch.zeros(1, 8), torch.tensor([1])).title
    assert title == "CrossEntropyLoss(weight=[0, 1, 2, 3, 4, 5, 6, 7], reduction='sum')"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "yes"),
        (np.False_, ""),
        ("line", "line"),
        (-0.0, "0"),
        (1 / 3, "0.3333333"),
        (12345678.0, "1.234568e+07"),
        (np.nan, "nan"),
        (-np.inf, "-inf"),
        (7, "7"),
    ],
)
def test_a_number_as_text(value, text):
    assert number(value) == text


class Bare(nn.MSELoss):
    """A loss that is a number, which has no dtype."""

    def forward(self, input, target):
        return super().forward(input, target).item()


def test_a_module_may_return_a_number():
    x = torch.tensor([1.0, 2.0], dtype=torch.float64)
    assert explain(Bare(), x, 0 * x).agrees


def test_numbers_may_be_given_in_place_of_tensors():
    explanation = explain(nn.MSELoss(), 0.5, 2.0)
    assert explanation.value == explanation.reference == 2.25
    assert type(explanation.reference) is float
    rows = [[1.0], [2.0]]
    assert explain(nn.GaussianNLLLoss(), rows, rows, var=rows).agrees
