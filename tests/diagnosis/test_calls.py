"""Every form of call is explained, and nothing around the call is touched."""

import copy
import functools
import random
import warnings

import numpy as np
import pandas as pd
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from helpers import explain
from tests.losses.cases import CASES
from tests.reference import tensor

X, Y = tensor([[0.5, -1.0, 2.0], [0.0, 1.5, -0.5]]), torch.tensor([2, 0])
W = tensor([1.0, 2.0, 4.0])
VALUE = F.cross_entropy(X, Y, weight=W).item()


class Derived(nn.CrossEntropyLoss):
    """A class derived from one of torch, that computes the same."""


def scripted(module):
    """A module in TorchScript, which torch calls deprecated."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return torch.jit.script(module)


def compiled(function):
    """Something compiled, by the compiler that takes no time."""
    return torch.compile(function, backend="eager")


CALLS = {
    "a module": (nn.CrossEntropyLoss(W), (X, Y), {}),
    "names": (nn.CrossEntropyLoss(W), (), {"target": Y, "input": X}),
    "a function": (F.cross_entropy, (X, Y), {"weight": W}),
    "a function, by position": (F.cross_entropy, (X, Y, W), {}),
    "a function, by names": (F.cross_entropy, (), {"target": Y, "weight": W, "input": X}),
    "the deprecated pair": (F.cross_entropy, (X, Y, W, True), {"reduce": None}),
    "a derived class": (Derived(W), (X, Y), {}),
    "a compiled module": (compiled(nn.CrossEntropyLoss(W)), (X, Y), {}),
    "a compiled function": (compiled(F.cross_entropy), (X, Y, W), {}),
    "a partial": (functools.partial(F.cross_entropy, weight=W), (X, Y), {}),
    "a partial of a partial": (
        functools.partial(functools.partial(F.cross_entropy, X), Y),
        (W,),
        {},
    ),
    "DataParallel": (nn.DataParallel(nn.CrossEntropyLoss(W)), (X, Y), {}),
    "a scripted module": (scripted(nn.CrossEntropyLoss(W)), (X, Y), {}),
    "arrays": (nn.CrossEntropyLoss(W), (X.numpy(), Y.numpy()), {}),
    "backwards": (nn.CrossEntropyLoss(W), (X.numpy()[::-1], Y.numpy()[::-1]), {}),
    "pandas": (nn.CrossEntropyLoss(W), (pd.DataFrame(X.numpy()), pd.Series(Y.numpy())), {}),
}
INSIDE = {
    "a lambda": (lambda x, y: F.cross_entropy(x, y, weight=W), (X, Y), {}),
    "a lambda around a module": (lambda x, y: nn.CrossEntropyLoss(W)(x, y), (X, Y), {}),
    "a compiled lambda": (compiled(lambda x, y: F.cross_entropy(x, y, weight=W)), (X, Y), {}),
    "a dictionary": (lambda x: {"loss": F.cross_entropy(x, Y, W), "logits": x}, (X,), {}),
}


@pytest.mark.parametrize(("call", "inputs", "named"), (CALLS | INSIDE).values(), ids=CALLS | INSIDE)
def test_every_form_of_call(call, inputs, named):
    shown = explain(call, *inputs, **named)
    assert shown.value == pytest.approx(VALUE, rel=1e-14)
    assert shown.reference == pytest.approx(VALUE, rel=1e-14)
    assert shown.agrees
    assert not shown.refused
    assert list(shown.table["target"]) == [2, 0] or list(shown.table["target"]) == [0, 2]


@pytest.mark.parametrize(("call", "inputs", "named"), INSIDE.values(), ids=INSIDE)
def test_losses_inside_are_listed(call, inputs, named):
    [inner] = explain(call, *inputs, **named).calls
    assert inner.title.startswith("cross_entropy(")
    assert inner.where.startswith("test_calls.py:")


@pytest.mark.parametrize("name", CASES)
@pytest.mark.filterwarnings("ignore:Using a target size", "ignore:reduction. 'mean' divides")
def test_every_loss_is_found_inside_other_code(name):
    criterion, *inputs = CASES[name].modules[0]
    shown = explain(lambda *given: criterion(*given), *inputs)
    assert len(shown.calls) == 1
    assert shown.agrees
    assert shown.value == pytest.approx(explain(criterion, *inputs).value)


def two(x, y):
    """A loss made of two."""
    return F.cross_entropy(x, y) + F.mse_loss(x, torch.zeros_like(x))


def test_several_losses_and_their_sum():
    shown = explain(two, X, Y)
    assert [call.title.split("(")[0] for call in shown.calls] == ["cross_entropy", "mse_loss"]
    assert shown.value == pytest.approx(sum(call.value for call in shown.calls), rel=1e-14)
    assert shown.reference == pytest.approx(two(X, Y).item(), rel=1e-14)
    assert shown.agrees
    assert [step.name for step in shown.steps] == ["sum of the 2 losses"]
    assert "sum of the 2 losses" in str(shown)


def test_several_losses_and_their_mean():
    shown = explain(lambda x, y: two(x, y) / 2, X, Y)
    assert shown.agrees
    assert shown.steps[-1].name == "mean: sum / number of losses"


def test_several_losses_that_are_added_up_otherwise():
    shown = explain(lambda x, y: F.cross_entropy(x, y) + 3 * F.l1_loss(x, 0 * x), X, Y)
    assert not shown.agrees
    assert shown.reason == "<lambda> returns neither their sum nor their mean"
    assert len(shown.calls) == 2


def test_a_formula_for_each_element_after_the_mean():
    def focal(x, y):
        loss = F.cross_entropy(x, y)
        return (1 - (-loss).exp()) ** 2 * loss

    [note] = [r.text for r in explain(focal, X, Y).remarks if "reduced to one number" in r.text]
    assert note.startswith("focal goes on with the loss inside")
    assert not explain(lambda x, y: 0.5 * F.cross_entropy(x, y), X, Y).remarks


def test_one_loss_that_is_changed_afterwards():
    shown = explain(lambda x, y: 2 * F.cross_entropy(x, y), X, Y)
    assert not shown.agrees
    assert shown.reason == "<lambda> returns 2 times the loss inside"
    assert shown.remarks == explain(F.cross_entropy, X, Y).remarks
    assert shown.calls[0].agrees


def test_what_a_derived_class_calls_is_listed():
    class Focal(nn.CrossEntropyLoss):
        def forward(self, input, target):
            each = F.cross_entropy(input, target, reduction="none")
            return ((1 - (-each).exp()) ** 2 * each).mean()

    shown = explain(Focal(), X, Y)
    assert not shown.agrees
    assert shown.reason.startswith("Focal overrides forward")
    assert "reduction='none'" in shown.calls[0].title
    assert shown.calls[0].agrees


def test_helper_and_torch_get_the_same_numbers():
    shown = explain(nn.L1Loss(), [16777217.0], [16777216.0])
    assert shown.value == shown.reference == 0


def test_views_that_torch_reads_otherwise():
    x = torch.tensor([1 + 2j, 3 - 1j]).conj().imag
    assert explain(F.mse_loss, x, torch.zeros(2)).value == 2.5


def test_a_buffer_of_float32_in_a_distance():
    class Scaled(nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("scale", torch.tensor([2.0]))

        def forward(self, x, y):
            return (self.scale * (x - y)).abs().sum(-1)

    criterion = nn.TripletMarginWithDistanceLoss(distance_function=Scaled())
    shown = explain(criterion, torch.zeros(1, 1), torch.ones(1, 1), torch.zeros(1, 1))
    assert shown.value == 3
    assert shown.agrees


# --------------------------------------------------------------------------- what calls no loss


@pytest.mark.parametrize(
    ("call", "got"),
    [
        (nn.Linear(3, 2).double(), "Linear, which calls none. (Not seen are losses written out"),
        (lambda x, y: ((x - 1) ** 2).mean(), "<lambda>, which calls none."),
        (nn.Linear, "the class Linear; a module is made by Linear()"),
        ("mean", "'mean'"),
        (None, "None"),
        (X, "float64 of shape (2, 3)"),
    ],
)
def test_what_calls_no_loss_is_a_type_error(call, got):
    inputs = (X,) if isinstance(call, nn.Module) else (X, Y)
    with pytest.raises(TypeError) as caught:
        explain(call, *inputs)
    expected = "call: expected a loss of torch, or something that calls one, got "
    assert str(caught.value).startswith(expected + got)


def test_an_error_of_other_code_is_not_swallowed():
    def broken(x):
        raise KeyError("batch")

    with pytest.raises(KeyError, match="batch"):
        explain(broken, X)


def test_a_step_that_calls_backward_is_sent_to_watch():
    x = X.clone().requires_grad_()
    with pytest.raises(RuntimeError) as caught:
        explain(lambda: F.cross_entropy(x, Y).backward())
    assert "watch()" in caught.value.__notes__[0]
    assert x.grad is None


# ------------------------------------------------------------------------------- refused calls


def test_a_class_in_the_place_of_a_module():
    shown = explain(nn.CrossEntropyLoss, X, Y)
    assert shown.refused
    assert "is a class" in shown.causes[0]
    [fix] = shown.fixes
    assert fix.code == "nn.CrossEntropyLoss()(X, Y)"
    assert fix.value == pytest.approx(F.cross_entropy(X, Y).item())
    assert fix.sure


@pytest.mark.parametrize(
    ("call", "inputs", "named", "error", "cause"),
    [
        (nn.MSELoss(), (X,), {}, "TypeError", "target is missing"),
        (F.mse_loss, (X,), {}, "TypeError", "target is missing"),
        (nn.MSELoss(), (X, X), {"reduction": "sum"}, "TypeError", "constructor"),
        (nn.CrossEntropyLoss(), (X, Y, W), {}, "TypeError", "3 arguments"),
        (nn.CrossEntropyLoss(), (X, Y[:, None]), {}, "RuntimeError", "one axis too many"),
        (lambda: F.cross_entropy(X, Y[:, None]), (), {}, "RuntimeError", "one axis too many"),
    ],
)
def test_what_torch_refuses_is_explained(call, inputs, named, error, cause):
    shown = explain(call, *inputs, **named)
    assert shown.refused
    assert not shown.agrees
    assert shown.error.startswith(error)
    assert "\n" not in shown.error
    assert cause in shown.causes[0]
    for text in (str(shown), shown._repr_html_()):
        assert "REFUSED" in text.upper()
        assert "CAUSE" in text.upper()


def test_losses_before_the_refused_one_are_listed():
    shown = explain(lambda: F.mse_loss(X, X) + F.cross_entropy(X, Y[:, None]))
    assert [call.refused for call in shown.calls] == [False, True]


def test_labels_that_would_read_foreign_memory_are_not_passed_on():
    log_p = torch.zeros(4, 1, 3).log_softmax(2)
    shown = explain(
        nn.CTCLoss(), log_p, torch.tensor([[3000]]), torch.tensor([4]), torch.tensor([1])
    )
    assert shown.refused
    assert "not called" in shown.error
    inside = explain(lambda: F.ctc_loss(log_p, torch.tensor([[3000]]), (4,), (1,)))
    assert "not called" in inside.error


def test_what_cannot_be_worked_out_by_hand_says_so():
    # torch takes a label smoothing below 0 as 0; the helper refuses it.
    shown = explain(F.cross_entropy, X, Y, label_smoothing=-0.5)
    assert shown.reference == pytest.approx(F.cross_entropy(X, Y).item())
    assert np.isnan(shown.value)
    assert "label_smoothing: expected a number at least 0" in shown.reason


# ------------------------------------------------------------------------------- what is kept


class Model(nn.Module):
    """A model with everything that a call could change: buffers, dropout, gradients."""

    def __init__(self):
        super().__init__()
        self.layer, self.norm, self.drop = nn.Linear(3, 3), nn.BatchNorm1d(3), nn.Dropout(0.5)

    def forward(self, x, y):
        return F.cross_entropy(self.drop(self.norm(self.layer(x))), y)


@pytest.mark.parametrize("inside", [False, True])
def test_nothing_is_changed(inside):
    torch.manual_seed(0)
    model = Model()
    x, y = X.float().requires_grad_(), Y
    model(x, y).backward()
    before = copy.deepcopy(model.state_dict())
    gradients = [p.grad.clone() for p in model.parameters()]
    versions = [t._version for t in (x, y, *model.parameters(), *model.buffers())]
    buffers = list(model.buffers())
    hooks = [len(h) for h in all_hooks(model)]
    states = torch.get_rng_state(), np.random.get_state()[1].copy(), random.getstate()

    explain((lambda *given: model(*given)) if inside else model, x, y)

    for now, then in zip(model.state_dict().values(), before.values(), strict=True):
        assert torch.equal(now, then)
    for parameter, then in zip(model.parameters(), gradients, strict=True):
        assert torch.equal(parameter.grad, then)
    assert all(now is then for now, then in zip(model.buffers(), buffers, strict=True))
    assert versions == [t._version for t in (x, y, *model.parameters(), *model.buffers())]
    assert hooks == [len(h) for h in all_hooks(model)]
    assert model.training
    assert torch.equal(states[0], torch.get_rng_state())
    assert np.array_equal(states[1], np.random.get_state()[1])
    assert states[2] == random.getstate()


def all_hooks(model):
    """The hooks of a model, and those of all modules."""
    everywhere = nn.modules.module
    yield from (everywhere._global_forward_pre_hooks, everywhere._global_forward_hooks)
    for module in model.modules():
        yield from (module._forward_hooks, module._forward_pre_hooks, module._backward_hooks)


def test_a_call_is_made_once():
    made = []
    explain(lambda x, y: made.append(1) or F.cross_entropy(x, y), X, Y)
    assert made == [1]


# ------------------------------------------------------------------------------- large inputs


def test_a_large_table_has_what_contributes_most():
    x = torch.arange(20_000.0)
    shown = explain(nn.L1Loss(), x, torch.zeros(20_000), top=3)
    assert len(shown.table) == 10_000
    assert shown.elements == 20_000
    assert list(shown.table.index[:3]) == [19_999, 19_998, 19_997]
    assert "The 3 of 20,000 elements that contribute most:" in str(shown)
    assert "19996" not in str(shown)


def test_a_summary_adds_up():
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(8, 5, 6, generator=generator)
    target = torch.randint(0, 5, (8, 6), generator=generator)
    by_class = explain(nn.CrossEntropyLoss(), x, target).summary
    assert by_class.index.name == "class"
    assert by_class["elements"].sum() == 48
    assert by_class["contribution"].sum() == pytest.approx(F.cross_entropy(x, target).item())
    each = F.cross_entropy(x, target, reduction="none")
    for number, row in by_class.iterrows():
        assert row["mean loss"] == pytest.approx(each[target == number].mean().item(), rel=1e-5)
    by_image = explain(nn.MSELoss(), x, 0 * x).summary
    assert by_image.index.name == "axis 0"
    assert by_image["contribution"].is_monotonic_decreasing
    assert by_image.loc[3, "mean loss"] == pytest.approx((x[3] ** 2).mean().item(), rel=1e-5)


def test_few_rows_have_no_summary():
    assert explain(nn.MSELoss(), X, X).summary is None


# --------------------------------------------------------------------------- the user's own names


def test_a_fix_has_the_names_of_the_user():
    scores, labels, loss_fn = torch.zeros(2, 3), torch.tensor([[0], [1]]), nn.CrossEntropyLoss()
    assert explain(F.cross_entropy, scores, labels).fixes[0].code == (
        "F.cross_entropy(scores, labels.squeeze(1))"
    )
    weighted = AddsUp()
    assert explain(weighted, scores, labels).fixes[0].code == "weighted(scores, labels.squeeze(1))"
    inside = explain(lambda: loss_fn(scores, labels))
    assert inside.fixes[0].code == "loss_fn(scores, labels.squeeze(1))"


class AddsUp(nn.CrossEntropyLoss):
    """A loss of torch that somebody derived a class from."""


def test_a_name_that_means_another_argument_is_not_taken():
    target = torch.zeros(2, 3)
    given = (target, torch.tensor([[0], [1]]))
    # The labels have no name, and those of torch would mean the scores here.
    fix = explain(F.cross_entropy, *given).fixes[0]
    assert fix.code == "F.cross_entropy(input, target.squeeze(1))"


def test_exchanged_arguments_have_the_names_of_the_user():
    input, target = torch.tensor([2, 0]), torch.tensor([[0.2, 0.1, 0.9], [1.5, 0.3, 0.4]])
    fix = explain(F.cross_entropy, input, target).fixes[0]
    assert fix.code == "F.cross_entropy(target, input)"
    assert fix.value == pytest.approx(F.cross_entropy(target, input).item())


def test_a_module_that_has_a_name_is_called_by_it_unless_it_changes():
    scores, labels = torch.zeros(2, 3), torch.tensor([[0], [1]])
    loss_fn = nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2.0, 3.0]))
    assert explain(loss_fn, scores, labels).fixes[0].code == "loss_fn(scores, labels.squeeze(1))"
    summed = nn.KLDivLoss(reduction="mean")
    p, q = torch.tensor([[0.5, 0.5]]).log(), torch.tensor([[0.25, 0.75]])
    code = explain(summed, p, q).fixes[0].code
    assert code == "nn.KLDivLoss(reduction='batchmean')(p, q)"
