"""Every report is what torch does, and `explain` names its cause and mends it.

The figures by list and kind are printed: `pytest tests/diagnosis/test_reports.py -s -k explain`.
"""

from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest
import torch
from torch import nn

import helpers
from tests.diagnosis.handed_over import HANDED_OVER
from tests.diagnosis.judge import Verdict, judge, same
from tests.diagnosis.report import Report
from tests.diagnosis.reports import REPORTS
from tests.diagnosis.reports_later import LATER

LISTS = {"handed over": HANDED_OVER, "frozen": REPORTS, "held out": LATER}
KINDS = range(1, 11)
PAGE = Path(__file__).parents[2] / "book" / "overview" / "mistakes.ipynb"


def identified(reports: tuple[Report, ...], name: str) -> list:
    """The reports as parameters, each with its list, place and kind as its name."""
    return [
        pytest.param(report, id=f"{name}-{place}-kind-{report.kind}")
        for place, report in enumerate(reports)
    ]


EACH = [param for name, reports in LISTS.items() for param in identified(reports, name)]


@pytest.mark.parametrize("report", EACH)
def test_a_report_is_what_torch_does(report):
    outcome = report.run()
    assert report.refused == (outcome.error is not None)
    if report.refused:
        assert outcome.message == report.message
    else:
        assert same(outcome.value, report.value, 1e-6)
    for fix in report.fixes:
        mended = report.run(fix.code)
        assert mended.error is None, fix.code
        assert same(mended.value, fix.value, 1e-6), fix.code
        assert report.silent or fix.value != report.value, fix.code


@pytest.mark.parametrize("report", EACH)
def test_a_report_says_what_a_right_explanation_has_to_say(report):
    assert report.source.startswith("http")
    assert report.cause
    assert report.healthy or report.silent or report.words
    assert not (report.healthy and report.fixes)


def test_each_kind_has_its_reports():
    def least(reports: tuple[Report, ...]) -> int:
        return min(sum(report.kind == kind for report in reports) for kind in KINDS)

    assert len(REPORTS) >= 150
    assert least(REPORTS) >= 10
    assert len(LATER) == 50
    assert least(LATER) == 5


def test_later_reports_are_of_other_threads():
    earlier = {report.source for report in (*REPORTS, *HANDED_OVER)}
    assert not earlier & {report.source for report in LATER}


def offers_fixes() -> bool:
    """Whether `explain` has come to offer fixes."""
    return hasattr(helpers.explain(nn.L1Loss(), torch.ones(1), torch.zeros(1)), "fixes")


def explained(report: Report) -> Verdict:
    """The verdict on what `explain` says of a report."""
    try:
        e = report.explained_by(helpers.explain)
    except Exception as error:
        e = error
    return judge(report, e)


@cache
def verdicts_on(name: str) -> list[tuple[Report, Verdict]]:
    """The reports of a list, each with its verdict."""
    return [(report, explained(report)) for report in LISTS[name]]


def figures(name: str, verdicts: list[tuple[Report, Verdict]]) -> str:
    """How many causes and fixes are right, by kind, and which reports are not."""
    by_kind = defaultdict(list)
    for report, verdict in verdicts:
        by_kind[report.kind].append(verdict)
    lines = [f"{name}: kind, reports, right, causes, fixes, misleading"]
    for kind, some in [*sorted(by_kind.items()), ("all", [v for _, v in verdicts])]:
        causes = [verdict.cause for verdict in some if verdict.cause is not None]
        fixes = [verdict.fix for verdict in some if verdict.fix is not None]
        lines.append(
            f"{kind!s:>4} {len(some):4} {sum(v.right for v in some):4}"
            f" {sum(causes):4}/{len(causes):<3} {sum(fixes):4}/{len(fixes):<3}"
            f" {sum(v.misleading is not None for v in some):3}"
        )
    for place, (report, verdict) in enumerate(verdicts):
        if not verdict.right:
            lines.append(f"  {name} {place}, kind {report.kind}: {report.call}: {verdict}")
    return "\n".join(lines)


@pytest.mark.skipif(not offers_fixes(), reason="explain offers no fixes yet")
@pytest.mark.parametrize("name", LISTS)
def test_explain_names_the_cause_and_the_fix(name):
    verdicts = verdicts_on(name)
    text = figures(name, verdicts)
    print("\n" + text)
    assert not any(verdict.misleading for _, verdict in verdicts), text
    assert sum(verdict.right for _, verdict in verdicts) >= 0.95 * len(verdicts), text


@pytest.mark.skipif(not offers_fixes(), reason="explain offers no fixes yet")
@pytest.mark.parametrize("name", LISTS)
def test_the_page_states_the_figures(name):
    """A row of the table of *How well does explain do*, in `book/overview/mistakes.ipynb`."""
    verdicts = [verdict for _, verdict in verdicts_on(name)]
    causes = [verdict.cause for verdict in verdicts if verdict.cause is not None]
    fixes = [verdict.fix for verdict in verdicts if verdict.fix is not None]
    right = sum(verdict.right for verdict in verdicts)
    misleading = sum(verdict.misleading is not None for verdict in verdicts)
    row = (
        f"| {len(verdicts)} | {right} | {sum(causes)} of {len(causes)} "
        f"| {sum(fixes)} of {len(fixes)} | {misleading} |"
    )
    assert f"| {name} {row}" in PAGE.read_text(encoding="utf-8")
