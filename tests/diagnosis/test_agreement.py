"""`agrees` tells the truth: True for healthy calls, False for modules that compute another loss."""

from collections import Counter

import numpy as np
import pytest
import torch
from torch import nn

from helpers import explain
from helpers.diagnosis.agreement import coarsest
from tests.diagnosis.healthy import KINDS, again

PART = 4 * len(KINDS)  # the calls of one test, of all kinds
HEALTHY, WRONG = 5000, 2000


def parts(calls, always):
    """The first call of each test: `always` of the tests run, the others with --thorough."""
    starts = range(0, calls, PART)
    late = [pytest.param(start, marks=pytest.mark.thorough) for start in starts[always:]]
    return [*starts[:always], *late]


@pytest.fixture(autouse=True)
def one_thread():
    """Small calls take longer on several threads than on one."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.mark.filterwarnings("ignore:reduction. 'mean' divides")
@pytest.mark.parametrize("start", parts(HEALTHY, 4))
def test_a_healthy_call_agrees_and_has_no_mistake(start):
    for number in range(start, start + PART):
        criterion, inputs = again(number)
        shown = explain(criterion, *inputs)
        assert shown.agrees, f"call {number}: {shown}"
        assert not [r for r in shown.remarks if r.kind == "mistake"], f"call {number}: {shown}"


def wrong(criterion, change):
    """A module derived from that of a criterion, whose result is changed."""
    cls = type(criterion)

    def forward(self, *inputs):
        result = cls.forward(self, *inputs)
        if hasattr(result, "loss"):
            return result._replace(loss=change(result.loss.double()))
        return change(result.double())

    criterion.__class__ = type("Wrong", (cls,), {"forward": forward})
    return criterion


def ways(shown):
    """The changes of a result that cannot be rounding: their names, and the changes."""
    value, bound = np.abs(shown.value), np.asarray(shown.bound)
    if not np.size(value):
        return
    if np.max(value) > np.max(bound) and np.any(value > bound):
        yield "twice the value", lambda result: 2 * result
        yield "0", lambda result: 0 * result
    clear = np.atleast_1d((bound < 0.01 * value) & (value > 0))
    if clear.any():
        place = int(np.argmax(clear))
        far = 11 * np.broadcast_to(bound, clear.shape).ravel()[place]

        def off(result):
            moved = result.clone()
            moved.view(-1)[place] += far
            return moved

        yield "off", off


def wrong_modules(start, seen):
    """The explanations of healthy modules made wrong, in all ways; `seen` counts them."""
    for number in range(start, start + PART):
        for name, change in ways(explain(*_called(number))):
            seen[name] += 1
            criterion, inputs = again(number)
            yield f"{name}: call {number}", explain(wrong(criterion, change), *inputs)


def _called(number):
    criterion, inputs = again(number)
    return criterion, *inputs


@pytest.mark.filterwarnings("ignore:reduction. 'mean' divides")
@pytest.mark.parametrize("start", parts(WRONG // 2, 2))
def test_a_wrong_module_does_not_agree(start):
    seen = Counter()
    for name, shown in wrong_modules(start, seen):
        assert not shown.agrees, f"{name}\n{shown}"
        assert "overrides forward" in shown.reason
    # Nearly every call can be made wrong so that it shows.
    assert seen["0"] > 0.85 * PART
    assert seen["off"] > 0.4 * PART


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float32])
@pytest.mark.parametrize("classes", [2, 1000, 32_000, 128_000])
@pytest.mark.parametrize("factor", [2, 0.5, 0])
def test_a_factor_is_noticed_at_any_number_of_classes(dtype, classes, factor):
    if dtype is torch.float16 and classes > 65_504:
        pytest.skip("the sum of so many exponentials of 0 is no number of float16")
    criterion = wrong(nn.CrossEntropyLoss(), lambda result: factor * result)
    x = torch.zeros(2, classes, dtype=dtype)
    for target in ([classes - 1, -100], [0, 1]):
        shown = explain(criterion, x, torch.tensor(target))
        assert not shown.agrees
        times = {2: "2", 0.5: "1/2", 0: "0"}[factor]
        assert shown.reason == f"Wrong overrides forward; it is {times} times the loss by hand"


@pytest.mark.parametrize(
    ("dtypes", "expected"),
    [
        ([torch.float64, torch.float32], "float32"),
        ([torch.float16, torch.float32], "float16"),
        ([torch.float16, torch.bfloat16], "bfloat16"),
        ([torch.int64, torch.float64], "float64"),
        ([torch.int64], "float64"),
    ],
)
def test_the_coarsest_dtype(dtypes, expected):
    tensors = [torch.zeros(1, dtype=dtype) for dtype in dtypes]
    assert coarsest(tensors) == coarsest([tensors]) == expected


AGREEING = {
    "float32 logits, float64 target": (
        nn.CrossEntropyLoss(),
        (torch.tensor([[0.1, 0.7]]), torch.tensor([[0.3, 0.7]]).double()),
    ),
    "Stirling of whole numbers is float32": (
        nn.PoissonNLLLoss(full=True),
        (torch.tensor([1.0]).double(), torch.tensor([5])),
    ),
    "parallel vectors": (
        nn.CosineEmbeddingLoss(reduction="none"),
        (torch.tensor([[0.3, 0.3]]), torch.tensor([[0.7, 0.7]]), torch.ones(1)),
    ),
    "numbers that float32 rounds": (nn.L1Loss(), ([16777217.0], [16777216.0])),
    "a probability that float32 rounds to 1": (nn.BCELoss(), ([0.999999999], [0.0])),
    "class numbers beside float64": (
        nn.CrossEntropyLoss(ignore_index=-1_000_000),
        (torch.eye(3).double(), torch.tensor([0, -1_000_000, 2])),
    ),
}


@pytest.mark.parametrize(("criterion", "inputs"), AGREEING.values(), ids=AGREEING)
def test_public_reports_agree(criterion, inputs):
    shown = explain(criterion, *inputs)
    assert shown.agrees, shown
    assert np.max(shown.bound) <= 1e-5 * max(1.0, float(np.max(np.abs(shown.value))))


def test_whole_numbers_of_which_no_function_is_taken_do_not_widen_the_bound():
    shown = explain(nn.MSELoss(), torch.tensor([1.0]).double(), torch.tensor([5]))
    assert shown.dtype == "float64"
    assert shown.bound < 1e-13


REASONS = {
    "an element": (
        nn.MSELoss(),
        (torch.tensor([300.0, 1.0]).half(), torch.zeros(2).half()),
        "element [0] reaches 90000, above the largest number of float16, 65504",
    ),
    "a sum": (
        nn.CrossEntropyLoss(),
        (torch.zeros(40_000, 10).half(), torch.zeros(40_000, dtype=torch.int64)),
        "the sum reaches 92103.4, above the largest number of float16, 65504",
    ),
    "on the way": (
        nn.CrossEntropyLoss(label_smoothing=0.1),
        (torch.zeros(1, 10_000).half(), torch.tensor([0])),
        "a number on the way is above the largest number of float16, 65504",
    ),
    "a shape": (
        wrong(nn.MSELoss(), lambda result: result[None]),
        (torch.ones(2), torch.zeros(2)),
        "Wrong overrides forward; the shape is (1,), by hand it is ()",
    ),
    "one of several": (
        wrong(nn.MSELoss(reduction="none"), lambda r: r + torch.tensor([0, 1.5])),
        (torch.ones(2), torch.zeros(2)),
        "Wrong overrides forward; element [1] is 2.5, by hand it is 1",
    ),
}


@pytest.mark.parametrize(("criterion", "inputs", "reason"), REASONS.values(), ids=REASONS)
def test_the_reason_is_given(criterion, inputs, reason):
    shown = explain(criterion, *inputs)
    assert not shown.agrees
    assert shown.reason == reason
    assert reason in " ".join(str(shown).split())


def test_a_hook_is_named():
    criterion = nn.MSELoss()
    criterion.register_forward_hook(lambda module, inputs, result: 3 * result)
    shown = explain(criterion, torch.ones(2), torch.zeros(2))
    assert shown.reason == "the module has a forward hook; it is 3 times the loss by hand"
