"""Notebooks that import what not every environment has: left out, or run for certain."""

import re
import subprocess
from pathlib import Path

import pytest

from .making import code
from .normalise import laid_out
from .notebook import Notebook
from .plugin import EXTRA
from .refresh import execute, main
from .settings import Settings
from .test_refresh import notebook
from .test_samples import run_pytest

THERE, ABSENT = "colorsys", "no_such_module"  # the first is not among the imports of a fork server


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a notebook that needs a module, one that does not, and a test that does."""
    (tmp_path / "test_plain.py").write_text(
        f"import pytest\n\n@pytest.mark.{EXTRA}\ndef test_needy(): pass\n\ndef test_other(): pass\n"
    )
    notebook(tmp_path / "needy.ipynb", f"import {ABSENT} as module")
    notebook(tmp_path / "other.ipynb", f"print('import {ABSENT}')")
    return with_extra(tmp_path, ABSENT)


def with_extra(folder: Path, module: str) -> Path:
    """The project with that module as its only extra one."""
    (folder / "pyproject.toml").write_text(
        f'[tool.notebook-check]\nextra = ["{module}"]\nextra-command = "get it"\n'
        '[tool.pytest.ini_options]\nmarkers = ["extra: needs it"]\n'
    )
    return folder


def run(project: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run pytest on a project with this check alone."""
    own = ("-p", "tests.notebook_check.plugin", "-p", "no:nbval", "--rootdir", project)
    return run_pytest("-c", project / "pyproject.toml", *own, *options, project)


def test_what_needs_a_module_that_is_missing_is_left_out(project: Path) -> None:
    """One line says so. The notebook's rules are checked all the same."""
    ended = run(project, "-rA")
    line = f"the cells of 1 notebooks and 1 tests were left out for want of {ABSENT}; `get it` runs"
    assert line in ended.stdout
    assert re.search(r"FAILED .*needy.ipynb::canonical", ended.stdout)
    assert re.search(r"PASSED .*test_plain.py::test_other", ended.stdout)


def test_where_it_is_asked_for_it_must_be_there(project: Path) -> None:
    """The cells then fail, and nothing else is run."""
    ended = run(project, "--extra", "-rA")
    assert f"No module named '{ABSENT}'" in ended.stdout
    assert re.search(r"PASSED .*test_plain.py::test_needy", ended.stdout)
    assert "other" not in ended.stdout
    assert "left out" not in ended.stdout


def test_a_module_that_is_there_leaves_nothing_out(project: Path) -> None:
    """The run does not speak of it."""
    notebook(with_extra(project, THERE) / "needy.ipynb", f"import {THERE}")
    ended = run(project, "-rA")
    assert re.search(r"PASSED .*test_plain.py::test_needy", ended.stdout)
    assert "left out" not in ended.stdout


@pytest.mark.parametrize(
    ("source", "needs"),
    [
        ("import a", ["a"]),
        ("import os\nimport a.b as c", ["a"]),
        ("if x:\n    from b import c", ["b"]),
        ("import ab", []),
        ("# import a", []),
        ("import b\nimport a", ["a", "b"]),
    ],
)
def test_the_modules_that_a_notebook_needs(tmp_path: Path, source: str, needs: list[str]) -> None:
    """Those of the list that it imports."""
    table = '[tool.notebook-check]\nextra = ["a", "b"]\n'
    (tmp_path / "pyproject.toml").write_text(table, encoding="utf-8")
    nb = Notebook.read(notebook(tmp_path / "a.ipynb", source)).nb
    nb.cells = [code(source)]
    assert Notebook(tmp_path / "a.ipynb", laid_out(nb)).extra == needs


def test_a_notebook_that_needs_a_module_is_never_forked(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither to check it nor to refresh it: such modules start threads."""
    path = notebook(with_extra(project, THERE) / "needy.ipynb", f"import {THERE}")
    seen: list[str] = []

    class Kernel:
        def __init__(self, folder: Path, address: str) -> None:
            seen.append(address)

        def run(self, source: str, timeout: float) -> list:
            return []

        def stop(self) -> None:
            pass

    monkeypatch.setattr("tests.notebook_check.refresh.NotebookKernel", Kernel)
    execute(Notebook.read(path), "an address")
    execute(Notebook.read(project / "other.ipynb"), "an address")
    assert seen == ["", "an address"]


def test_refreshing_all_leaves_out_what_cannot_run(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says which; one that is named is tried, and fails."""
    monkeypatch.chdir(project)
    assert main([]) == 0
    shown = capsys.readouterr().out
    assert f"left out, as {ABSENT} is not installed:" in shown
    assert re.search("changed: .*other.ipynb", shown)
    assert main(["needy.ipynb"]) == 1
    assert Settings.of(project).missing([ABSENT, THERE]) == [ABSENT]
