"""The rules that contracts share: shapes are solved, labels are told apart, evidence is weighed."""

import math

import pytest
import torch

from helpers.diagnosis.facts import TensorFacts
from helpers.findings import Stage
from helpers.losses import rules


class Asked(dict):
    """A call as a contract sees it, of tensors and options."""

    def __init__(self, options=None, **tensors):
        super().__init__({name: TensorFacts(tensor) for name, tensor in tensors.items()})
        self.options = options or {}


def codes(found):
    """What the remedies of the one finding change."""
    [finding] = found
    return [dict(remedy.edits) or dict(remedy.options) for remedy in finding.remedies]


@pytest.mark.parametrize(
    ("shapes", "expected"),
    [
        (((2, 3), (1, 3)), (2, 3)),
        (((2, 1), (3,)), (2, 3)),
        (((2, 3), (2,)), None),
        (((), (4,)), (4,)),
        (((0, 1), (1, 5)), (0, 5)),
    ],
)
def test_broadcast_is_that_of_torch(shapes, expected):
    assert rules.broadcast(*shapes) == expected
    if expected is not None:
        assert torch.broadcast_shapes(*shapes) == expected


@pytest.mark.parametrize(
    ("x", "t", "expected"),
    [
        ((4, 3), (4, 1), {"target": "{}.squeeze(1)"}),
        ((2, 5, 3), (2, 5), {"input": "{}.transpose(1, 2)"}),
        ((2, 4, 5, 3), (2, 4, 5), {"input": "{}.permute(0, 3, 1, 2)"}),
        ((10, 3), (2, 5), {"target": "{}.flatten()"}),
        ((2, 5, 3), (10,), {"input": "{}.flatten(0, 1)"}),
        ((2, 3, 5), (10,), {"input": "{}.movedim(1, -1).flatten(0, -2)"}),
        ((3, 4), (4,), {"input": "{}.T"}),
        ((4, 3, 1, 1), (4,), {"input": "{}.squeeze((2, 3))"}),
    ],
)
def test_class_numbers_are_made_to_fit(x, t, expected):
    call = Asked(input=torch.zeros(x), target=torch.zeros(t).long())
    [finding] = rules.class_shapes(call)
    assert min(finding.remedies, key=lambda remedy: remedy.cost).edits == expected


@pytest.mark.parametrize(("x", "t"), [((4, 3), (4,)), ((3,), (1,)), ((2, 3, 5), (2, 5))])
def test_class_numbers_that_fit_are_left_alone(x, t):
    call = Asked(input=torch.zeros(x), target=torch.zeros(t).long())
    assert list(rules.class_shapes(call)) == []


def test_colours_are_no_one_hot_classes():
    call = Asked(input=torch.zeros(1, 3, 2, 2), target=torch.zeros(1, 2, 2, 3).long())
    [finding] = rules.class_shapes(call)
    assert finding.remedies == ()
    assert "colour" in finding.text


@pytest.mark.parametrize(
    ("labels", "classes", "expected"),
    [
        ([1, 2, 3], 3, [{"target": "{} - 1"}]),
        ([0, 1, -1], 3, [{"ignore_index": -1}]),
        ([0, 1, 255], 3, [{"ignore_index": 255}]),
        ([0, 192, 0], 2, [{"target": "{} // 192"}]),
        ([0, 1, 7], 3, []),
        ([0, 3, 7], 3, []),
    ],
)
def test_labels_out_of_range_are_told_apart(labels, classes, expected):
    call = Asked({"ignore_index": -100}, target=torch.tensor(labels))
    assert codes(rules.label_range(call, classes)) == expected


def test_what_is_ignored_may_lie_anywhere():
    call = Asked({"ignore_index": 9}, target=torch.tensor([0, 9, 2]))
    assert list(rules.label_range(call, 3)) == []
    [finding] = rules.label_range(call, 2)
    assert finding.text.startswith("target holds 2.")


@pytest.mark.parametrize("dtype", ["float32", "int32", "bool"])
def test_whole_labels_become_int64(dtype):
    call = Asked(target=torch.tensor([0, 1]).to(getattr(torch, dtype)))
    assert codes(rules.label_dtype(call)) == [{"target": "{}.long()"}]


def test_fractions_and_rounded_labels_are_no_class_numbers():
    for target in (torch.tensor([0.5, 1.0]), torch.tensor([257.0]).bfloat16()):
        [finding] = rules.label_dtype(Asked(target=target))
        assert finding.remedies == ()
        assert finding.stage is Stage.DTYPE


def test_weak_evidence_is_a_note_and_strong_one_a_mistake():
    draw = torch.Generator().manual_seed(0)
    many = torch.randn(4, 3, generator=draw).softmax(1)
    one = torch.tensor([[0.2, 0.3, 0.5]])
    even = torch.full((9, 3), 1 / 3)
    kinds = [
        [f.kind for f in rules.scores_wanted(Asked(input=x), "input", None, "")]
        for x in (many, one, even, many.log())
    ]
    assert kinds == [["mistake"], ["note"], [], ["note"]]


@pytest.mark.parametrize(
    ("x", "t", "kind"),
    [
        ((4, 1), (4,), "mistake"),
        ((4, 3), (3,), "note"),
        ((1,), (), "note"),
        ((4, 3), (0, 3), "refused"),
    ],
)
def test_what_is_stretched_on_both_sides_is_a_mistake(x, t, kind):
    call = Asked(input=torch.zeros(x), target=torch.zeros(t))
    [finding] = rules.alike(call, ("input", "target"), strict=False)
    assert finding.kind == kind


class TestFacts:
    def test_a_large_tensor_is_read_in_pieces(self, monkeypatch):
        monkeypatch.setattr("helpers.diagnosis.facts.PIECE", 10)
        x = torch.arange(60.0).reshape(3, 20)
        x[1, 3] = math.nan
        facts = TensorFacts(x)
        assert (facts.low, facts.high, facts.nans) == (0.0, 59.0, 1)
        assert facts.count(10, 20) == 11
        assert facts.place("nan") == [1, 3]

    def test_unsigned_numbers_are_compared_as_numbers(self):
        facts = TensorFacts(torch.tensor([0, 255], dtype=torch.uint8))
        assert facts.count(-1, -1) == 0
        assert facts.count(255, 255) == 1

    def test_sums_are_asked_once(self):
        facts = TensorFacts(torch.rand(3, 4))
        assert facts.sums(1) == facts.sums(1)
        facts.tensor = None
        assert facts.sums(1)

    def test_a_mask_of_flags_is_one_hot_only_where_each_row_has_one(self):
        assert TensorFacts(torch.eye(3)).one_hot(1)
        assert not TensorFacts(torch.ones(3, 3)).one_hot(1)
        assert not TensorFacts(torch.zeros(0, 3)).one_hot(1)
