"""The search for repairs: what it offers for the calls of `calls.py`, and that it risks nothing."""

import copy
import math
import random
import warnings
from dataclasses import replace

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from helpers import explain
from helpers.diagnosis import repairs
from helpers.diagnosis.calls import LossCall, finding, module_loss
from helpers.diagnosis.facts import TensorFacts
from helpers.diagnosis.repairs import diagnose, unsafe
from helpers.diagnosis.source import Spelling
from helpers.losses import BY_TORCH_CLASS
from tests.diagnosis.calls import REFUSED, classes, numbers

NAMES = {"torch": torch, "F": F, "nn": nn}


def caught(code, given):
    """The loss call that code makes, as torch gets it."""
    seen = []
    head, _, tail = code.rpartition(")(") if code.startswith("nn.") else ("", "", "")
    with warnings.catch_warnings(), finding(seen.append):
        warnings.simplefilter("ignore")
        try:
            eval(code, NAMES | given)
        except Exception:
            assert seen, "no loss was reached"
    [call] = seen
    if tail:
        module = eval(head + ")", NAMES | given)
        assert module_loss(module) is call.loss
        call = replace(call, criterion=module)
    return call


def diagnosed(code, **given):
    return diagnose(caught(code, given))


def torchs(code, given):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return eval(code, NAMES | given)


@pytest.mark.parametrize("name", REFUSED)
class TestTyped:
    def test_the_first_fix_is_the_right_one(self, name):
        typed = REFUSED[name]
        found = diagnosed(typed.call, **typed.given)
        assert found.causes
        assert (found.fixes[0].code if found.fixes else None) == typed.fix
        if found.fixes:
            assert found.fixes[0].sure == typed.sure
            assert not any(fix.sure for fix in found.fixes[1:])

    def test_each_value_is_that_of_the_code(self, name):
        typed = REFUSED[name]
        for fix in diagnosed(typed.call, **typed.given).fixes:
            value = torchs(fix.code, typed.given).detach()
            np.testing.assert_array_equal(fix.value, value)
            assert fix.why.endswith(".")

    def test_torch_refuses_it(self, name):
        typed = REFUSED[name]
        assert caught(typed.call, typed.given).error is not None


class TestNothingIsChanged:
    def test_tensors_gradients_versions_and_random_numbers(self):
        x = numbers(4, 3).requires_grad_()
        x.sum().backward()
        t = classes(4, 1)
        call = caught("F.cross_entropy(input, target)", {"input": x, "target": t})
        before = [x.detach().clone(), x.grad.clone(), t.clone(), x._version, t._version]
        states = torch.get_rng_state(), np.random.get_state()[1].copy(), random.getstate()
        diagnose(call)
        after = [x.detach(), x.grad, t, x._version, t._version]
        assert all(
            torch.equal(a, b) if isinstance(a, torch.Tensor) else a == b
            for a, b in zip(before, after, strict=True)
        )
        assert torch.equal(states[0], torch.get_rng_state())
        assert np.array_equal(states[1], np.random.get_state()[1])
        assert states[2] == random.getstate()

    def test_hooks_and_what_watches_see_nothing(self):
        criterion = nn.CrossEntropyLoss()
        ran = []
        criterion.register_forward_hook(lambda *_: ran.append("hook"))
        given = {"input": numbers(4, 3), "target": classes(4, 1)}
        call = replace(caught("F.cross_entropy(input, target)", given), criterion=criterion)
        seen = []
        with finding(seen.append):
            assert diagnose(call).fixes
        assert (ran, seen) == ([], [])

    def test_a_distance_of_ones_own_gets_copies_and_its_random_numbers_count_for_nobody(self):
        def distance(a, b):
            a += torch.rand(1)
            return (a - b).norm(dim=-1)

        given = {"anchor": numbers(4, 3), "positive": numbers(4, 3, 1), "negative": -numbers(4, 3)}
        loss = BY_TORCH_CLASS["TripletMarginWithDistanceLoss"]
        options = {"distance_function": distance, "margin": 1.0, "swap": False, "reduction": "mean"}
        call = LossCall(
            loss, given, options, F.triplet_margin_with_distance_loss, error=ValueError()
        )
        before, state = copy.deepcopy(given), torch.get_rng_state()
        diagnose(call)
        assert all(torch.equal(given[name], before[name]) for name in given)
        assert torch.equal(state, torch.get_rng_state())


class TestForeignMemory:
    def call(self, **changed):
        given = {
            "log_probs": numbers(6, 2, 4).log_softmax(2),
            "targets": torch.tensor([[1, 2], [3, 3000]]),
            "input_lengths": torch.tensor([6, 6]),
            "target_lengths": torch.tensor([2, 2]),
        }
        options = {"blank": 0, "reduction": "mean", "zero_infinity": False}
        return LossCall(BY_TORCH_CLASS["CTCLoss"], given | changed, options, F.ctc_loss)

    def test_a_label_that_is_no_class_is_never_asked(self, monkeypatch):
        monkeypatch.setattr(repairs, "try_out", lambda *_: pytest.fail("torch was asked"))
        found = unsafe(self.call())
        assert "3000" in found.causes[0]
        assert not found.fixes

    def test_padding_behind_the_labels_is_safe(self):
        targets = torch.tensor([[1, -1], [3, 2]])
        assert unsafe(self.call(targets=targets, target_lengths=torch.tensor([1, 2]))) is None

    def test_healthy_labels_are_safe(self):
        assert unsafe(self.call(targets=torch.tensor([[1, 2], [3, 1]]))) is None


class TestBytesArePredicted:
    def test_a_change_that_would_take_too_much_is_not_made(self, monkeypatch):
        monkeypatch.setattr(repairs, "LARGEST", 1000)
        monkeypatch.setattr(repairs, "evaluate", lambda *_: pytest.fail("it was made"))
        written = repairs.Written("target", torch.zeros(100), facts=TensorFacts(torch.zeros(100)))
        assert written.changed("{}.long()", {}) is None

    def test_one_hot_takes_bytes_for_each_class(self):
        facts = TensorFacts(torch.zeros(100).long())
        assert repairs._bytes_of("F.one_hot({}, 32000).float()", facts) >= 100 * 32000 * 8


FROM_ONE = {"input": numbers(4, 3), "target": (classes(4) + 1).float()}


class TestCodeIsTyped:
    def test_an_operation_is_put_in_brackets_before_the_next(self):
        fix = diagnosed("F.cross_entropy(input, target)", **FROM_ONE).fixes[0]
        assert fix.code == "F.cross_entropy(input, target.long() - 1)"
        given = FROM_ONE | {"target": (FROM_ONE["target"] - 1)[:, None] * 2 - 1}
        given["input"] = given["input"][:, :2]
        written = repairs.Written.of("target", given["target"], "2 * {} - 1")
        assert written.changed("{}.float()", {}).template == "(2 * {} - 1).float()"

    def test_the_names_of_the_user_are_taken(self):
        call = caught("F.cross_entropy(input, target)", FROM_ONE)
        spelled = Spelling({"input": "model(x)", "target": "batch['y'] % 9"})
        assert diagnose(replace(call, spelled=spelled)).fixes[0].code == (
            "F.cross_entropy(model(x), (batch['y'] % 9).long() - 1)"
        )

    def test_options_stand_in_the_call(self):
        code = "nn.CrossEntropyLoss(label_smoothing=0.1, reduction='sum')(input, target)"
        given = FROM_ONE | {"target": classes(4).int()}
        assert diagnosed(code, **given).fixes[0].code == (
            "nn.CrossEntropyLoss(reduction='sum', label_smoothing=0.1)(input, target.long())"
        )


class TestComputed:
    def test_a_mistake_has_the_fix_that_mends_it(self):
        x = numbers(5, 4).softmax(1)
        found = diagnosed("F.cross_entropy(input, target)", input=x, target=classes(5))
        [remark] = [r for r in found.remarks if r.kind == "mistake"]
        assert remark.fix.code == "F.cross_entropy(input.log(), target)"
        assert remark.fix == found.fixes[0]
        expected = F.cross_entropy(numbers(5, 4), classes(5))
        np.testing.assert_allclose(remark.fix.value, float(expected), rtol=1e-5)

    def test_a_healthy_call_has_nothing(self):
        found = diagnosed("F.cross_entropy(input, target)", input=numbers(5, 4), target=classes(5))
        assert (found.causes, found.fixes, found.remarks) == ((), (), ())

    def test_sequences_of_vectors_are_rows_of_pairs(self):
        given = {"a": numbers(4, 3, 5), "b": numbers(4, 3, 5).flip(0), "y": torch.tensor([-1])}
        fix = diagnosed("F.cosine_embedding_loss(a, b, y)", **given).fixes[0]
        rows = given | {"a": given["a"].view(12, 5), "b": given["b"].view(12, 5)}
        expected = torchs("F.cosine_embedding_loss(a, b, y)", rows)
        np.testing.assert_allclose(fix.value, float(expected), rtol=1e-6)
        given["y"] = numbers(4, 3).sign()
        fix = diagnosed("F.cosine_embedding_loss(a, b, y)", **given).fixes[0]
        expected = torchs("F.cosine_embedding_loss(a, b, y)", rows | {"y": given["y"].flatten()})
        np.testing.assert_allclose(fix.value, float(expected), rtol=1e-6)

    def test_one_sign_is_for_all_scores(self):
        given = {"a": numbers(6, 1), "b": numbers(6, 1).flip(0), "y": torch.tensor([1.0])}
        fix = diagnosed("F.margin_ranking_loss(a, b, y)", **given).fixes[0]
        expected = torchs("F.margin_ranking_loss(a, b, y.view(1, 1))", given)
        np.testing.assert_allclose(fix.value, float(expected), rtol=1e-6)

    def test_variables_with_each_others_names(self):
        anchor = numbers(8, 4)
        positive, negative = anchor + 0.5, anchor - 0.25 * anchor.abs()
        found = explain(F.triplet_margin_loss, anchor, negative, positive).remarks
        [remark] = [r for r in found if r.text.startswith("positive is given the variable")]
        expected = F.triplet_margin_loss(anchor, positive, negative)
        np.testing.assert_allclose(remark.fix.value, float(expected), rtol=1e-6)
        shown = explain(F.triplet_margin_loss, anchor, positive, negative)
        assert "is given the variable" not in str(shown)
        input, target = anchor, positive  # whose order does not matter to this loss
        assert not explain(F.mse_loss, target, input).remarks

    def test_a_number_by_its_place_is_no_flag(self):
        x, y = numbers(8), numbers(8).flip(0)
        [remark] = explain(F.smooth_l1_loss, x, y, 0.02).remarks
        expected = F.smooth_l1_loss(x, y, beta=0.02)
        np.testing.assert_allclose(remark.fix.value, float(expected), rtol=1e-6)
        assert not explain(F.smooth_l1_loss, x, y, True).remarks

    def test_a_weight_that_is_a_number_becomes_a_tensor(self):
        given = {"input": numbers(5, 4), "target": numbers(5, 4).sigmoid()}
        call = "F.binary_cross_entropy_with_logits(input, target, pos_weight=3.0)"
        found = diagnosed(call, **given)
        expected = F.binary_cross_entropy_with_logits(*given.values(), pos_weight=torch.tensor(3.0))
        assert found.causes == ("pos_weight is a float, and torch takes a tensor.",)
        np.testing.assert_allclose(found.fixes[0].value, float(expected), rtol=1e-6)

    def test_lengths_before_the_stride_of_a_model(self):
        x, y = numbers(5, 2, 4).log_softmax(2), torch.tensor([[1, 2], [2, 1]])
        given = {"x": x, "y": y, "frames": torch.tensor([20, 16]), "lengths": torch.tensor([2, 2])}
        found = diagnosed("F.ctc_loss(x, y, frames, lengths)", **given)
        expected = F.ctc_loss(x, y, torch.tensor([5, 4]), given["lengths"])
        assert len(found.fixes) == 1
        np.testing.assert_allclose(found.fixes[0].value, float(expected), rtol=1e-5)

    def test_sequences_that_are_too_short_may_count_as_0(self):
        x, y = numbers(3, 2, 4).log_softmax(2), torch.tensor([[1, 1, 2], [1, 2, 3]])
        given = {"log_probs": x, "targets": y, "lengths": torch.tensor([3, 3])}
        (remark, *_) = diagnosed(
            "F.ctc_loss(log_probs, targets, lengths, lengths)", **given
        ).remarks
        lengths = given["lengths"]
        expected = F.ctc_loss(x, y, lengths, lengths, zero_infinity=True)
        np.testing.assert_allclose(remark.fix.value, float(expected), rtol=1e-5)
        assert not remark.fix.sure

    def test_two_mistakes_are_mended_by_one_fix(self):
        given = {"input": numbers(5, 1), "target": numbers(5).sign()}
        found = diagnosed("F.mse_loss(input, target)", **given)
        assert found.fixes[0].code == "F.mse_loss(input.squeeze(1), target)"
        given = {"input": numbers(5, 4).exp().log_softmax(1).exp(), "target": numbers(5, 4)}
        found = diagnosed("F.kl_div(input, target, reduction='batchmean')", **given)
        assert found.fixes[0].code == (
            "F.kl_div(input.log(), target.softmax(1), reduction='batchmean')"
        )

    @pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
    def test_half_precision_is_told_from_the_result_in_float32(self, dtype):
        x = (torch.zeros(40000, 10) + torch.arange(10) * 0.3).to(dtype)
        found = diagnosed("F.cross_entropy(input, target)", input=x, target=classes(40000))
        if dtype == torch.float16:
            [remark] = [r for r in found.remarks if r.kind == "numerics"]
            assert "65504" in remark.text
        for fix in found.fixes:
            assert fix.code == "F.cross_entropy(input.float(), target)"
            assert math.isfinite(fix.value)


def test_a_number_may_be_a_tensor():
    given = {"input": numbers(4), "target": numbers(4) + 1, "delta": torch.tensor(-1.5)}
    found = diagnosed("F.huber_loss(input, target, delta=delta)", **given)
    assert found.causes == ("delta is -1.5. It is where the square ends, above 0.",)


def test_an_empty_call_has_no_infinite_numbers():
    given = {"input": numbers(2, 0), "target": numbers(2, 0)}
    [remark] = diagnosed("F.mse_loss(input, target)", **given).remarks
    assert remark.text.startswith("The batch is empty")


@pytest.mark.parametrize("name", ["input_lengths", "target_lengths"])
def test_ctc_with_lengths_for_other_rows(name):
    lengths = {"input_lengths": torch.tensor([4, 4]), "target_lengths": torch.tensor([2, 2])}
    log_probs = torch.zeros(4, 2, 3).log_softmax(2)
    shown = explain(
        F.ctc_loss,
        log_probs,
        torch.tensor([[1, 2], [2, 1]]),
        **(lengths | {name: torch.ones(1).long()}),
    )
    assert shown.refused
    assert f"{name} has 1 numbers" in shown.causes[0]


def test_ctc_with_one_hot_targets():
    log_probs, one_hot = torch.zeros(4, 2, 3).log_softmax(2), torch.zeros(2, 2, 3).long()
    lengths = torch.tensor([4, 4]), torch.tensor([2, 2])
    (cause,) = explain(F.ctc_loss, log_probs, one_hot, *lengths).causes
    assert cause.startswith("targets has shape (2, 2, 3).")


def test_a_variance_and_a_target_that_are_exchanged():
    given = {"input": numbers(3), "target": torch.tensor([0.5, 1.0, 2.0])}
    var = torch.tensor([-0.5, 0.3, 1.0])
    found = diagnosed("F.gaussian_nll_loss(input, target, var)", **given, var=var)
    assert found.fixes[0].code == "F.gaussian_nll_loss(input, var, target)"
    assert not found.fixes[0].sure


def test_a_reduction_that_there_is_not():
    given = {"input": numbers(3), "target": numbers(3) + 1}
    found = diagnosed("F.mse_loss(input, target, reduction=None)", **given)
    [fix] = found.fixes
    assert fix.code == "F.mse_loss(input, target, reduction='none')"
    assert fix.sure


def test_a_number_for_each_sample_in_the_place_of_one():
    given = {"input": numbers(3), "target": numbers(3) + 1, "delta": torch.ones(3)}
    found = diagnosed("F.huber_loss(input, target, delta=delta)", **given)
    assert found.causes == ("delta is a tensor of shape (3,). It is one number for all.",)
