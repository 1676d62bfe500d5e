"""The mutation test of the helpers: its parts, on mutants made by hand."""

import functools
import os
import re
import time
import tomllib
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest
from helpers.reduction import Terms

from helpers import huber_loss, nll_loss
from tests.mutation import runner
from tests.mutation.mutants import HELPERS, Mutant, decorators, modules

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the run needs os.fork")


def mutant(module: str, place: str, old: str, new: str) -> Mutant:
    """A change of the only place in a module where a text stands."""
    source = (HELPERS / f"{module}.py").read_text(encoding="utf-8")
    assert source.count(old) == 1
    start = source.index(old)
    edit = start, start + len(old), new
    return Mutant(module, place, True, False, range(1), *edit)


def in_a_child(work: Callable[[], bool], seconds: float = 0) -> str:
    """The verdict on a check that runs in a child, which may change the helpers."""
    trial = "key", lambda: runner.SURVIVED if work() else runner.KILLED, seconds
    [(key, verdict)] = runner.verdicts([trial], jobs=1)
    assert key == "key"
    return verdict


SUM_AND_D = 'huber_loss(input, target, reduction="sum", d'

# A mutant, a call, and what it gives without and with the mutant.
CHANGES = {
    "a function": (
        mutant("regression", "_huber", "curved / 2", "curved / 4"),
        lambda: huber_loss([1.0], [0.0]),
        (0.5, 0.75),
    ),
    "a default": (
        mutant(
            "regression", "huber_loss", 'huber_loss(input, target, reduction="mean", d', SUM_AND_D
        ),
        lambda: huber_loss([1.0, 1.0], [0.0, 0.0]),
        (0.5, 1.0),
    ),
    "a method below a decorator": (
        mutant("reduction", "Terms.scale", "if reduction not in self.divisors", "if True"),
        lambda: Terms({}, [1.0, 1.0]).scale("mean"),
        (0.5, 1.0),
    ),
    "a method of the class": (
        mutant("multiclass", "_Indexed.of", "kept = target != ignore_index", "kept = target != 0"),
        lambda: nll_loss([[-1.0, -3.0]] * 2, [0, 1]),
        (2.0, 3.0),
    ),
    "a property": (
        mutant(
            "multiclass", "_Indexed.index", "np.where(self.kept, self.target, 0)", "1 - self.target"
        ),
        lambda: nll_loss([[-1.0, -3.0]] * 2, [0, 0]),
        (1.0, 3.0),
    ),
}


@pytest.mark.parametrize(("change", "call", "values"), CHANGES.values(), ids=CHANGES)
def test_a_function_in_use_is_changed(change, call, values):
    def changed() -> bool:
        runner.change(change)
        return call() == values[1]

    assert call() == values[0]
    assert in_a_child(changed) == "survived"
    assert call() == values[0]


def test_a_changed_module_is_imported_in_a_child(tmp_path):
    clamp = mutant("binary", "LOG_CLAMP", "LOG_CLAMP = -100.0", "LOG_CLAMP = -50.0")
    file = tmp_path / "test_clamp.py"
    for least, verdict in ((100, "killed"), (50, "survived")):
        file.write_text(
            "import sys\n"
            "for name in [name for name in sys.modules if name.startswith('helpers')]:\n"
            "    del sys.modules[name]\n"
            "import helpers\n"
            f"def test(): assert helpers.binary_cross_entropy([0.0], [1.0]) == {least}\n"
        )
        assert in_a_child(lambda: runner.outside(clamp, [str(file)]) == 0, 30) == verdict


def test_a_verdict_does_not_leave_the_child():
    assert in_a_child(lambda: 1 / 0) == "killed"
    assert in_a_child(lambda: print("lost") or True) == "survived"


@pytest.mark.parametrize("wait", [1, runner.WAIT])
def test_what_runs_or_waits_for_ever_is_stopped(monkeypatch, wait):
    def compute():
        while True:
            pass

    monkeypatch.setattr(runner, "WAIT", wait)
    seconds = (0.5 - runner.AT_LEAST) / runner.PATIENCE
    work = compute if wait > 1 else functools.partial(time.sleep, 60)
    assert in_a_child(work, seconds) == "timeout"


def test_a_child_that_others_keep_waiting_goes_on():
    seconds = (0.5 - runner.AT_LEAST) / runner.PATIENCE
    assert in_a_child(lambda: time.sleep(1) or True, seconds) == "survived"


def test_the_tests_of_a_mutant_come_in_a_telling_order():
    files = ["tests/test_explain.py", "tests/test_binary.py", "tests/test_contract.py"]
    baseline = runner.Baseline(files, [0.1, 0.5, 0.2], Path())
    contexts = {"binary": {1: ["0", "1", "tests/test_plot.py"], 2: ["2"], 3: []}, "catalogue": {}}
    vars(baseline)["_contexts"] = contexts
    of_one_line = mutant("binary", "sigmoid", "small = np.exp", "")
    of_two_lines = replace(of_one_line, lines=range(1, 3))
    # Its own tests first, then the quickest; one that has killed often is worth more seconds.
    assert baseline.tests(of_two_lines, [0, 0, 0]) == [1, 0, 2]
    assert baseline.tests(of_two_lines, [0, 0, 9]) == [1, 2, 0]
    assert baseline.collected(of_two_lines) == ["tests/test_plot.py"]
    assert baseline.concerned(of_two_lines)[0] == "tests/test_binary.py"
    assert baseline.seconds_of(files[:2]) == pytest.approx(0.6)


def test_what_died_in_an_earlier_run_is_taken_over_once(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "environ", dict(os.environ))  # The import sets some of it.
    main = import_module("tests.mutation.__main__")
    monkeypatch.setattr(main, "BUILD", tmp_path)
    earlier = '["a:1", "killed"]\n["a:2", "survived"]\n["a:3", "timeout"]\n'
    (tmp_path / "earlier.jsonl").write_text(earlier)
    for _ in range(3):
        results = main.Results(since=True)
    assert results.path.read_text() == '["a:1", "killed"]\n["a:3", "timeout"]\n'
    assert main.Results().path.read_text() == results.path.read_text()


def test_the_files_of_tests():
    files = runner.test_files()
    assert {"helpers/binary.py", "tests/test_binary.py", "tests/test_refusals.py"} <= set(files)
    assert not {"tests/test_house.py", "tests/test_mutation.py"} & set(files)


SURVIVORS = Path(runner.__file__).with_name("survivors.toml")
GROUPS = tomllib.loads(SURVIVORS.read_text(encoding="utf-8"))
LISTED = [name for groups in GROUPS.values() for group in groups for name in group["mutants"]]


def test_a_survivor_has_a_reason():
    assert set(GROUPS) <= {"equivalent", "accepted"}
    assert all(group["reason"].endswith(".") for groups in GROUPS.values() for group in groups)
    assert len(LISTED) == len(set(LISTED))


@pytest.mark.parametrize("name", LISTED)
def test_a_listed_survivor_is_a_change_of_a_line_that_is_there(name):
    place, _, line = name.partition(": ")
    module = place.split(".")[0]
    assert module in modules()
    was = re.sub(r"\{\+.*?\+\}(?!\+)", "", line, flags=re.DOTALL)
    was = re.sub(r"\[-(.*?)-\](?!-)", r"\1", was, flags=re.DOTALL)
    source = (HELPERS / f"{module}.py").read_text(encoding="utf-8")
    assert "".join(was.split()) in "".join(source.split())


def test_decorators_are_told_from_other_functions():
    source = (
        "@dataclass(frozen=True)\nclass A:\n    x: int\n\n\n@ieee\ndef f(a):\n    return a @ a\n"
    )
    assert decorators(source) == {"dataclass", "ieee"}
