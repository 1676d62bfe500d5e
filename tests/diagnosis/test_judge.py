"""The judge calls a right explanation right, and sees each way of being wrong."""

from dataclasses import dataclass, field, replace

import pytest

from tests.diagnosis.handed_over import HANDED_OVER
from tests.diagnosis.judge import applied, judge, loss_calls, said, same
from tests.diagnosis.report import Report
from tests.diagnosis.reports import REPORTS
from tests.diagnosis.reports_later import LATER


@dataclass
class Fix:
    code: str
    value: object
    why: str = ""
    sure: bool = False


@dataclass
class Remark:
    kind: str
    text: str


@dataclass
class Explanation:
    refused: bool = False
    causes: tuple[str, ...] = ()
    fixes: tuple[Fix, ...] = ()
    remarks: tuple[Remark, ...] = ()
    calls: tuple = field(default=())


def ideal(report: Report) -> Explanation:
    """What a right explanation of a report would hold."""
    fixes = tuple(Fix(fix.code, fix.value) for fix in report.fixes)
    if report.healthy or report.silent:
        return Explanation(report.refused)
    text = f"{', '.join(report.arguments)}: {report.cause}"
    return Explanation(report.refused, (text,), fixes, ())


ALL = (*HANDED_OVER, *REPORTS, *LATER)
SHAPE = Report(
    source="http://example.org",
    kind=1,
    setup="x = torch.tensor([[0.5], [2.0]])\ny = torch.tensor([1.0, 0.0])",
    call="nn.BCEWithLogitsLoss()(x, y)",
    refused=True,
    message="Target size (torch.Size([2])) must be the same as input size (torch.Size([2, 1]))",
    cause="The target lacks the last axis.",
    arguments=("target",),
    words=("axis",),
    fixes=LATER[0].fixes[:0],
)
SHAPE = replace(
    SHAPE,
    fixes=(
        type(LATER[0].fixes[0])(
            "nn.BCEWithLogitsLoss()(x, y.unsqueeze(1))",
            SHAPE.run("nn.BCEWithLogitsLoss()(x, y.unsqueeze(1))").value,
        ),
    ),
)
VALUE = SHAPE.fixes[0].value


@pytest.mark.parametrize(
    "code",
    [
        "F.binary_cross_entropy_with_logits(input, target.unsqueeze(1))",
        "F.binary_cross_entropy_with_logits(x.squeeze(1), y)",
        "criterion(x, y.unsqueeze(1))",
        "criterion(input.squeeze(1), target)",
        "nn.BCEWithLogitsLoss()(x, y[:, None])",
        "target = target.unsqueeze(1)",
        "y = y.unsqueeze(1)",
        "target.unsqueeze(1)",
        "x.squeeze(1)",
        "y = y.reshape(-1, 1)\nnn.BCEWithLogitsLoss()(x, y)",
    ],
)
def test_every_form_of_code_is_run(code):
    outcome = applied(SHAPE, code)
    assert outcome.error is None
    assert same(outcome.value, VALUE)
    verdict = judge(SHAPE, Explanation(True, ("target lacks an axis",), (Fix(code, VALUE),)))
    assert verdict.right


def test_an_option_can_be_assigned():
    report = next(r for r in REPORTS if "reduction='batchmean'" in (r.fix or "") and r.kind == 9)
    value = report.fixes[-1].value
    assert same(applied(report, "reduction = 'batchmean'", value).value, value)


@pytest.mark.parametrize("report", ALL)
def test_the_ideal_explanation_is_right(report):
    verdict = judge(report, ideal(report))
    assert verdict.misleading is None
    assert verdict.fix is not False


def test_reports_whose_own_cause_would_not_do_are_none():
    wanting = [r.call for r in ALL if judge(r, ideal(r)).cause is False]
    assert wanting == []


def test_silence_is_not_right():
    asked = [r for r in ALL if not (r.healthy or r.silent)]
    assert not any(judge(report, Explanation(report.refused)).right for report in asked)


def test_torchs_own_message_explains_nothing():
    class Plain:
        refused, fixes, remarks = True, (), ()

        def __str__(self):
            return "refused: Target size (torch.Size([2]))\n must be the same as input size " + (
                "(torch.Size([2, 1]))"
            )

    assert said(Plain(), SHAPE).split() == ["refused:"]


def test_a_computed_answer_to_a_refused_call_misleads():
    assert judge(SHAPE, Explanation(False)).misleading


WRONG = "F.binary_cross_entropy_with_logits(x, y.unsqueeze(1) * 0)"


def test_a_wrong_fix_misleads_where_it_stands_first_or_is_called_sure():
    right, value = Fix(SHAPE.fix, VALUE), applied(SHAPE, WRONG).value
    causes = ("target lacks an axis",)

    def verdict(*fixes):
        return judge(SHAPE, Explanation(True, causes, fixes))

    assert verdict(right, Fix(WRONG, value)).right
    assert verdict(Fix(WRONG, value), right).misleading
    assert verdict(right, Fix(WRONG, value, sure=True)).misleading
    assert verdict(Fix(SHAPE.fix, VALUE + 1)).misleading
    assert verdict(Fix("target.nonsense()", VALUE)).misleading


def test_a_healthy_call_has_no_mistake():
    healthy = next(report for report in REPORTS if report.healthy)
    assert judge(healthy, Explanation(remarks=(Remark("note", "a word"),))).right
    assert judge(healthy, Explanation(remarks=(Remark("mistake", "a word"),))).misleading


def test_what_nobody_can_tell_is_not_sure():
    silent = next(report for report in HANDED_OVER if report.silent and report.fixes)
    fix = Fix(silent.fixes[0].code, silent.fixes[0].value)
    assert judge(silent, Explanation(fixes=(fix,))).right
    assert judge(silent, Explanation(fixes=(replace(fix, sure=True),))).misleading


def test_an_exception_is_no_explanation_where_there_is_a_loss():
    assert not judge(SHAPE, TypeError("target, axis")).right


def test_the_call_of_torch_is_found():
    (call,) = loss_calls(SHAPE)
    assert call.function.__name__ == "binary_cross_entropy_with_logits"
    assert set(call.arguments) >= {"input", "target", "pos_weight", "reduction"}
