"""The benchmark of the check: what it runs, what it counts, and that a failure is no result."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.notebook_check.test_samples import SAMPLES, check

from . import bench
from .bench import Times, Way
from .contents import ROOT, plain_chapters


def test_the_others_are_pinned() -> None:
    """Each tool that is measured beside the check has one version."""
    lines = Path(__file__).with_name("others.txt").read_text(encoding="utf-8").splitlines()
    pinned = [line for line in lines if not line.startswith("#")]
    assert {"nbmake", "papermill"} <= {line.split("==")[0] for line in pinned}
    assert [line for line in pinned if not re.fullmatch(r"[\w-]+==[\w.]+", line)] == []


def test_each_way_has_a_name(tmp_path: Path) -> None:
    """The table says which is which, and what all are measured by is among them."""
    names = [way.name for way in bench.ways(tmp_path)]
    assert len(set(names)) == len(names)
    assert bench.YARDSTICK in names


def test_no_way_executes_what_is_not_installed(tmp_path: Path) -> None:
    """The chapters on other frameworks are left out."""
    for way in bench.ways(tmp_path):
        named = {Path(word) for word in map(str, way.command) if word.startswith(f"{ROOT}/book/")}
        assert named in (set(), {*plain_chapters()}), way.name
        assert "book" not in way.command


def test_plain_nbval_finds_the_cells_and_nothing_of_this_check(tmp_path: Path) -> None:
    """Plain nbval numbers cells from 0, and has no rules."""
    (way,) = (way for way in bench.ways(tmp_path) if way.name == bench.YARDSTICK)
    chapter = "book/regression/l1.ipynb"
    others = {str(path) for path in plain_chapters()} - {str(ROOT / chapter)}
    command = [word for word in map(str, way.command) if word not in others]
    listed = subprocess.run(
        [*command, "--collect-only"], cwd=ROOT, capture_output=True, text=True
    ).stdout
    assert f"{chapter}::Cell 0\n" in listed
    assert "::canonical" not in listed


def test_a_failed_run_is_no_result() -> None:
    """What went wrong is said, and no time is kept."""
    times = Times("nothing")
    with pytest.raises(RuntimeError, match=r"some way failed:\nbroken"):
        bench.go(
            Way("some way", "nothing", [sys.executable, "-c", "raise SystemExit('broken')"]), times
        )
    assert times.seconds == []


def test_the_site_is_built_with_its_chapters_executed(tmp_path: Path) -> None:
    """The copy has all that the site is made of, and other settings."""
    bench.copy_site(tmp_path / "site")
    config = (tmp_path / "site" / "book" / "_config.yml").read_text(encoding="utf-8")
    assert 'execute_notebooks: "force"' in config
    assert "frameworks/matching.ipynb" in yaml.safe_load(config)["execute"]["exclude_patterns"]
    assert (tmp_path / "site" / "book" / "introduction.md").is_file()
    assert (tmp_path / "site" / "node_modules" / "katex").is_dir()


def test_verdicts_are_those_of_the_cells(tmp_path: Path) -> None:
    """A cell that fails is counted as such, and rules are not counted."""
    report = tmp_path / "report.xml"
    check(f"--junitxml={report}", SAMPLES / "pass-plain.ipynb", SAMPLES / "fail-last-digit.ipynb")
    found = {name.split(".")[-2]: passed for name, passed in bench.verdicts(report).items()}
    assert found == {"pass-plain": [True] * 5, "fail-last-digit": [False]}


def test_the_table_shows_medians_and_ratios() -> None:
    """The ratio is to plain nbval in two processes."""
    times = {
        "one": Times("all", [9, 1, 2], [3, 3, 9]),
        bench.YARDSTICK: Times("most", [8, 7, 99], [1, 2, 3]),
    }
    assert list(bench.lines(times)) == [
        ["one", "all", 2, 0.25, 3],
        [bench.YARDSTICK, "most", 8, 1.0, 2],
    ]
