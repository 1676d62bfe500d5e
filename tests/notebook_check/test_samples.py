"""The check of small notebooks, with the outcome in the file's name.

They are a project of their own, and run in a pytest of their own; those that a plain kernel could
decide otherwise run in another one with plain kernels. For each that must fail, the table names
exactly the items that must fail, and what the message must say.
"""

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from .settings import Settings

ROOT = Settings.of(Path(__file__)).root
SAMPLES = Path(__file__).parent / "samples"
# What these ask for depends on the process that runs the cells.
IN_A_PLAIN_KERNEL = {
    "pass-plain",
    "fail-display-changed-later",
    "fail-kernel-dies",
    "fail-last-digit",
    "fail-stderr-new",
    "fail-stderr-new-from-c",
}

# Sample: {failing item: what its message says}.
FAILURES = {
    "fail-counts-out-of-order": {
        "canonical": "cells 2, execution_count is 2, not 1",
        "executed_in_order": "Cell 1: the execution count is 2, not 1",
    },
    "fail-display-changed-later": {"Cell 1": "sent a 'update_display_data' message"},
    "fail-error-message": {"Cell 1": r"error message:[\s\S]*- expected 4\n\+ expected 3"},
    "fail-error-unannounced": {
        "errors_announced": "not tagged raises-exception",
        "Cell 1": "not tagged raises-exception",
    },
    "fail-ignored-by-comment": {
        "nothing_hidden": "comments for nbval are not allowed",
        "Cell 1": r"- 3\n\+ 2",
    },
    "fail-ignored-by-tag": {
        "known_tags": "'nbval-ignore-output' is not allowed",
        "Cell 1": r"- 3\n\+ 2",
    },
    "fail-kernel-dies": {
        "Cell 1": "the kernel died while it ran this cell",
        "Cell 2": "not executed: in Cell 1, the kernel died",
    },
    "fail-last-digit": {"Cell 1": r"- 0\.3333333333333334\n\+ 0\.3333333333333333"},
    "fail-no-execution-count": {
        "canonical": "cells 2, execution_count is null, not 1",
        "executed_in_order": "Cell 1: the execution count is None, not 1",
        "Cell 1": r"output 1 is new:[\s\S]*text/plain: 2",
    },
    "fail-not-canonical": {"canonical": "cells 2, metadata has the keys execution"},
    "fail-output-gone": {"Cell 1": r"output 1 is missing:[\s\S]*text/plain: 4"},
    "fail-output-moved": {"Cell 1": r"output 1, stdout:[\s\S]*- after"},
    "fail-output-new": {"Cell 1": "output 1 is new"},
    "fail-output-of-other-kind": {"Cell 1": r"- \(display_data\)[\s\S]*\+ \(execute_result\)"},
    "fail-picture": {"Cell 1": r"output 1, image/svg\+xml"},
    "fail-picture-data-of-other-matplotlib": {
        "Cell 1": r"output 1, text/plain:[\s\S]*- Picture: a line from 0 to 2"
    },
    "fail-picture-undescribed": {
        "pictures_described": "does not start with 'Picture:'",
        "pictures_have_alt": "must describe the picture",
    },
    "fail-raises-exception-no-more": {
        "Cell 1": r"tagged raises-exception, but raised nothing",
    },
    "fail-raises-exception-silent": {
        "errors_announced": "stores no error",
        "Cell 1": "tagged raises-exception, but raised nothing",
    },
    "fail-skipped-by-comment": {
        "nothing_hidden": "comments for nbval are not allowed",
        "Cell 1": r"- 3\n\+ 2",
    },
    "fail-stderr-new": {"Cell 1": "stderr: .*UserWarning: new"},
    "fail-stderr-new-from-c": {"Cell 1": "stderr: a warning from C"},
    "fail-stderr-stored": {"no_stderr": "Cell 1: stores an output on stderr"},
}


def run_pytest(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run pytest as a person would, with nothing of the pytest around this test."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    command = [sys.executable, "-m", "pytest", "-n0", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(
        list(map(str, command)), cwd=ROOT, env=environment, capture_output=True, text=True
    )


Failures = dict[str, dict[str, str]]


def run_samples(report: Path, *arguments: object) -> Failures:
    """Run samples. Returns for each its failing items and their messages."""
    check(f"--junitxml={report}", *arguments)
    found: Failures = {}
    for case in ET.parse(report).iter("testcase"):
        sample = found.setdefault(case.get("classname").removesuffix(".ipynb"), {})
        sample |= {
            case.get("name"): problem.text for problem in case if problem.tag != "properties"
        }
    return found


def check(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run pytest on notebooks with the configuration of the samples, and nothing of the book."""
    project = ("--rootdir", SAMPLES, "-c", SAMPLES / "pyproject.toml")
    return run_pytest(*project, *arguments)


@pytest.fixture(scope="module")
def failures(tmp_path_factory: pytest.TempPathFactory) -> Failures:
    """What fails in forked kernels."""
    return run_samples(tmp_path_factory.mktemp("samples") / "report.xml", SAMPLES)


@pytest.fixture(scope="module")
def failures_in_plain_kernels(tmp_path_factory: pytest.TempPathFactory) -> Failures:
    """What fails in plain kernels."""
    paths = [SAMPLES / f"{sample}.ipynb" for sample in sorted(IN_A_PLAIN_KERNEL)]
    report = tmp_path_factory.mktemp("samples") / "report.xml"
    return run_samples(report, "--plain-kernels", *paths)


def assert_fails_as_expected(sample: str, found: dict[str, str]) -> None:
    """Exactly the expected items fail, for the expected reason."""
    expected = {} if sample.startswith("pass-") else FAILURES[sample]
    assert found.keys() == expected.keys()
    for item, says in expected.items():
        assert re.search(says, found[item])


@pytest.mark.parametrize("sample", sorted(path.stem for path in SAMPLES.glob("*.ipynb")))
def test_sample(sample: str, failures: Failures) -> None:
    """A forked kernel finds what is wrong with the sample."""
    assert_fails_as_expected(sample, failures[sample])


@pytest.mark.parametrize("sample", sorted(IN_A_PLAIN_KERNEL))
def test_sample_in_a_plain_kernel(sample: str, failures_in_plain_kernels: Failures) -> None:
    """So does a plain one."""
    assert_fails_as_expected(sample, failures_in_plain_kernels[sample])


def test_every_expected_failure_has_a_sample() -> None:
    """No expectation is left over when a sample is renamed."""
    assert {path.stem for path in SAMPLES.glob("fail-*.ipynb")} == FAILURES.keys()


def test_a_message_says_where_and_how_to_accept(failures: Failures) -> None:
    """A failure names the notebook, the cell, its source, and the command that accepts it."""
    message = failures["fail-last-digit"]["Cell 1"]
    assert message.startswith("fail-last-digit.ipynb, Cell 1 (id")
    assert "    1 / 3\n" in message
    assert "make refresh CHAPTER=tests/notebook_check/samples/fail-last-digit.ipynb" in message


def test_a_weakening_option_ends_the_run() -> None:
    """Options of nbval that leave something unchecked are refused."""
    result = check("--nbval-lax", SAMPLES / "pass-plain.ipynb")
    assert result.returncode == pytest.ExitCode.USAGE_ERROR
    assert "notebooks are checked strictly here" in result.stderr


def test_nbval_does_not_collect_a_second_time() -> None:
    """With --nbval, too, every cell is an item of this check, once."""
    sample = SAMPLES / "pass-plain.ipynb"
    listed = check("--collect-only", "-q", "--nbval", sample).stdout
    assert listed.count("::Cell ") == 5
