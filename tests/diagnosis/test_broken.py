"""The broken calls are what they say, and `explain` mends them."""

from collections import Counter

import pytest
import torch

import helpers
from tests.diagnosis.broken import BREAKS, cases
from tests.diagnosis.judge import applied, judge, same
from tests.diagnosis.report import plain, quiet
from tests.diagnosis.test_reports import offers_fixes

SEED = 20260813


@pytest.fixture(autouse=True)
def one_thread():
    """Small tensors are slower on several threads than on one."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.mark.parametrize("distinct", [True, False], ids=["distinct", "coinciding"])
def test_each_case_is_broken_and_its_repair_is_right(distinct):
    for report in cases(SEED, 150, distinct):
        outcome = report.run()
        assert report.refused == (outcome.error is not None), report
        mended = applied(report, report.fix)
        assert mended.error is None, report
        assert same(mended.value, report.fix_value), report
        assert report.refused or not same(outcome.value, report.fix_value), report


def test_every_break_and_pairs_of_them_occur():
    made = list(cases(SEED, 800))
    seen = Counter(name for report in made for name in report.breaks)
    assert set(seen) == {one.name for one in BREAKS}
    assert sum(len(report.breaks) == 2 for report in made) > 100


def test_a_seed_gives_the_same_cases():
    first, second = ([(r.call, r.fixes) for r in cases(7, 20)] for _ in range(2))
    assert first == second


@pytest.mark.skipif(not offers_fixes(), reason="explain offers no fixes yet")
@pytest.mark.parametrize("distinct", [True, False], ids=["distinct", "coinciding"])
def test_explain_mends_broken_calls(distinct):
    made = list(cases(SEED, 1000, distinct))
    right, sure, wrong = 0, 0, []
    for report in made:
        parts = report.parts()
        with quiet():
            e = helpers.explain(parts.function, *parts.inputs, **parts.named)
        right += judge(report, e).fix is True
        for fix in e.fixes:
            if fix.sure:
                sure += 1
                value = applied(report, fix.code, plain(fix.value)).value
                if value is None or not same(value, report.fix_value):
                    wrong.append((report.breaks, report.call, report.fix, fix.code))
    print(f"\nfirst fix right in {right} of {len(made)}; {sure} sure, {len(wrong)} of them wrong")
    assert not wrong
    assert right >= 0.97 * len(made)
