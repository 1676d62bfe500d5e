"""What stands at the repository's root: style, lock, workflows, commands, and the README."""

import doctest
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from helpers.losses import LOSSES
from tests.book.contents import chapters
from tests.notebook_check.notebook import Notebook

ROOT = Path(__file__).parent.parent
FOLDERS = ("book", "helpers", "tests")  # those that the texts name files of
MADE = {"book/regression/l1.md"}  # by the commands that are shown there
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PYTHON = "3.11"  # the version that the book is made with
MARK = "mark." + "extra"  # of tests that ask other frameworks; this file has none
# The properties of https://containers.dev/implementors/json_reference/ that are in use here.
CONTAINER_KEYS = {
    "name",
    "image",
    "containerEnv",
    "postCreateCommand",
    "forwardPorts",
    "portsAttributes",
    "customizations",
}


def run(*command: object) -> subprocess.CompletedProcess[str]:
    """Run a Python tool at the root."""
    words = [sys.executable, "-m", *map(str, command)]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True)


def read(name: str) -> str:
    """The text of a file at the root."""
    return (ROOT / name).read_text(encoding="utf-8")


def names(requirements: str) -> dict[str, str]:
    """The packages of a requirements file, names in one spelling, each with its condition."""
    lines = (line.split("#")[0].strip() for line in requirements.splitlines())
    split = (re.fullmatch(r"([\w.-]+)(.*)", line).groups() for line in lines if line)
    return {re.sub(r"[-_.]+", "-", name).lower(): condition for name, condition in split}


@pytest.mark.parametrize("command", [("check",), ("format", "--check")])
def test_ruff(command: tuple[str, ...]) -> None:
    """All code passes the linter and has the formatter's layout, in notebooks too."""
    result = run("ruff", *command, "--no-cache", ".")
    assert result.returncode == 0, result.stdout + result.stderr


def test_workflows_are_valid() -> None:
    """GitHub's own schema, as check-jsonschema brings it, accepts the workflows."""
    assert [path.name for path in WORKFLOWS] == ["newest-torch.yml", "publish.yml", "test.yml"]
    schema = "vendor.github-workflows"
    result = run("check_jsonschema", "--builtin-schema", schema, *WORKFLOWS)
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_schema_refuses_a_broken_workflow(tmp_path: Path) -> None:
    """The check above can fail."""
    broken = tmp_path / "broken.yml"
    broken.write_text(WORKFLOWS[0].read_text(encoding="utf-8").replace("runs-on:", "run-on:"))
    result = run("check_jsonschema", "--builtin-schema", "vendor.github-workflows", broken)
    assert result.returncode == 1
    assert "runs-on" in result.stdout


def test_the_lock_pins_every_requirement() -> None:
    """Every package has one version, without a machine's label, path or host."""
    wanted, locked = names(read("requirements.in")), names(read("requirements.txt"))
    assert wanted.keys() <= locked.keys()
    assert [n for n, condition in locked.items() if not re.fullmatch(r"==[\w.]+", condition)] == []
    assert wanted["torch"] == locked["torch"]


def test_the_frameworks_change_nothing_in_the_lock() -> None:
    """They are pinned too, and none of them is in the lock."""
    locked, more = names(read("requirements.txt")), names(read("requirements-frameworks.txt"))
    assert [n for n, condition in more.items() if not re.fullmatch(r"==[\w.]+", condition)] == []
    assert not locked.keys() & more.keys()


def test_what_asks_frameworks_is_run_with_them() -> None:
    """`make test-frameworks` is given every file that has something for it."""
    places = re.search(r"^EXTRA := (.*)$", read("Makefile"), re.MULTILINE)[1].split()
    tests = [path for path in ROOT.glob("tests/**/test_*.py") if MARK in path.read_text("utf-8")]
    needy = [path for path in chapters() if Notebook.read(path).extra]
    found = {path.relative_to(ROOT) for path in tests + needy}
    assert found
    covered = {path for path in found for place in places if path.is_relative_to(place)}
    assert found - covered == set()


def test_the_ends_of_the_range_are_those_of_the_package() -> None:
    """The oldest NumPy and pandas that it accepts are tried, with the test tools of the lock."""
    project = tomllib.loads(read("pyproject.toml"))["project"]
    extra = project["optional-dependencies"]["explain"]
    wanted = names("\n".join([*project["dependencies"], *extra]))
    files = (ROOT / "tests" / "range").glob("*.txt")
    ends = {path.stem: names(path.read_text(encoding="utf-8")) for path in files}
    for package in ("numpy", "pandas"):
        oldest = ends["numpy-1.26"][package].removeprefix("==")
        assert wanted[package] == f">={oldest.removesuffix('.0')}"
    locked = names(read("requirements.txt"))
    for end in ends.values():
        assert {tool: end[tool] for tool in ("pytest", "hypothesis")}.items() <= locked.items()
    jobs = workflow("test")["jobs"]
    assert set(jobs["range"]["strategy"]["matrix"]["end"]) == ends.keys()


def test_the_make_commands_are_listed_and_described() -> None:
    """`make help` lists every command, and the README names no other one."""
    makefile = read("Makefile")
    commands = set(re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[1].split())
    listed = set(re.findall(r"^([a-z-]+):.*## \S", makefile, re.MULTILINE))
    assert listed == commands
    for page in ("README.md", "CONTRIBUTING.md"):
        assert set(re.findall(r"`make ([a-z-]+)", read(page))) <= commands


def test_files_that_the_readme_names_exist() -> None:
    """The README's table of the layout is true."""
    layout = read("README.md").partition("## Layout")[2]
    paths = re.findall(r"^\| `([^`]+)` \|", layout, re.MULTILINE)
    assert paths
    assert [path for path in paths if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_paths_in_the_text_exist(page: str) -> None:
    """Whatever looks like a file or a folder of the repository is one."""
    named = re.findall(rf"(?:^|[`\s=])((?:{'|'.join(FOLDERS)})/[\w./-]+)", read(page), re.MULTILINE)
    paths = {path.rstrip(".") for path in named} - MADE
    assert len(paths) > 3
    assert [path for path in sorted(paths) if not (ROOT / path).exists()] == []


def test_the_tables_of_the_bench_have_every_loss() -> None:
    """The README's, in the order of the list."""
    rows = re.findall(r"^\| `(\w+)` \|(?= [\d,.]+ \|)", read("README.md"), re.MULTILINE)
    assert rows == 2 * [loss.name for loss in LOSSES]


@pytest.mark.parametrize("page", ["README.md", "book/introduction.md", "book/overview/losses.md"])
def test_examples_hold(page: str) -> None:
    """What the interpreter's dialogues in the pages show is what happens."""
    dialogues = re.findall(r"^```pycon\n(.*?)^```$", read(page), re.DOTALL | re.MULTILINE)
    # In a doctest an empty line ends the output, unless it is marked.
    marked = re.sub(r"\n\n(?!>>>|$)", "\n<BLANKLINE>\n", "\n".join(dialogues))
    test = doctest.DocTestParser().get_doctest(marked, {}, page, page, 0)
    result = doctest.DocTestRunner().run(test)
    assert result.attempted >= 4
    assert result.failed == 0


def test_binder_installs_the_locked_versions() -> None:
    """Its file names the lock and every extra, and it runs the supported Python."""
    extras = tomllib.loads(read("pyproject.toml"))["project"]["optional-dependencies"]
    lines = [line for line in read(".binder/requirements.txt").splitlines() if line[0] != "#"]
    assert lines == [
        "--extra-index-url https://download.pytorch.org/whl/cpu",
        "--constraint ../requirements.txt",
        f"--editable .[{','.join(sorted(extras))}]",
    ]
    assert read(".binder/runtime.txt") == f"python-{PYTHON}\n"


def test_the_development_container_installs_by_itself() -> None:
    """It has the supported Python, and makes everything ready with a command that exists."""
    container = json.loads(read(".devcontainer/devcontainer.json"))
    assert container.keys() <= CONTAINER_KEYS
    assert container["image"] == f"mcr.microsoft.com/devcontainers/python:{PYTHON}"
    assert container["postCreateCommand"] == "make install"
    assert re.search(r"^install: \$\(INSTALLED\) \$\(KATEX\)", read("Makefile"), re.MULTILINE)


def test_workflows_run_the_supported_python() -> None:
    """All with the same, which is also the oldest that the package accepts."""
    for path in WORKFLOWS:
        used = re.findall(r"python-version: (\S+)", path.read_text(encoding="utf-8"))
        assert set(used) == {f'"{PYTHON}"'}
    project = tomllib.loads(read("pyproject.toml"))["project"]
    assert project["requires-python"] == f">={PYTHON}"


def workflow(name: str) -> dict:
    """A workflow. YAML 1.1 takes the key `on` for a truth value."""
    found = yaml.safe_load(read(f".github/workflows/{name}.yml"))
    return found | {"on": found[True]}


def test_every_change_is_tested_once() -> None:
    """A push to the branch of a pull request starts nothing beside the pull request's own run."""
    on = workflow("test")["on"]
    assert "pull_request" in on
    assert "push" not in on
    assert workflow("publish")["on"]["push"] == {"branches": ["main"]}


def test_only_what_passes_is_published() -> None:
    """Each job of the publication waits for the tests, which the workflow calls itself."""
    jobs = workflow("publish")["jobs"]
    assert jobs["test"]["uses"] == "./.github/workflows/test.yml"
    assert "workflow_call" in workflow("test")["on"]

    def waits_for(name: str) -> set[str]:
        needs = jobs[name].get("needs", [])
        needs = {needs} if isinstance(needs, str) else set(needs)
        return needs.union(*map(waits_for, needs))

    assert [name for name in jobs if name != "test" and "test" not in waits_for(name)] == []
    # With a condition such as `always()` a job would run after a failure too.
    conditions = [job.get("if", "") for job in jobs.values()]
    assert not re.search(r"always|failure|cancelled", " ".join(conditions))


def test_ci_runs_the_tests() -> None:
    """The script can be executed, stops at errors, and tests: at last with other frameworks."""
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert "set -euo pipefail" in script.read_text(encoding="utf-8")
    assert script.read_text(encoding="utf-8").splitlines()[-2:] == ["make test", EXTRA]


EXTRA = "make test-frameworks"
NO_BROWSER = "Chromium could not be installed.\n"
AS_ROOT = {"id": "echo 0"}
AS_USER = {"id": "echo 1000"}
APT = {"apt-get": 'echo "apt-get $1"'}
NO_APT = {"apt-get": "exit 100"}
SUDO = {"sudo": 'shift; exec "$@"'}


@pytest.mark.parametrize(
    ("programs", "printed"),
    [
        ({"chromium": "", **NO_APT}, ""),
        ({"google-chrome": "", **NO_APT}, ""),
        ({**AS_ROOT, **APT}, "apt-get update\napt-get install\n"),
        ({**AS_USER, **APT, **SUDO}, "apt-get update\napt-get install\n"),
        ({**AS_USER, **APT}, NO_BROWSER),
        ({**AS_ROOT, **NO_APT}, NO_BROWSER),
        ({}, NO_BROWSER),
    ],
)
def test_ci_installs_a_browser_where_it_can(
    tmp_path: Path, programs: dict[str, str], printed: str
) -> None:
    """And tests in any case. Here only a few programs exist, each a line of shell."""
    for name in ("bash", "dirname", "env", "timeout"):
        (tmp_path / name).symlink_to(shutil.which(name))
    for name, line in {"make": 'echo "make $*"', **programs}.items():
        (tmp_path / name).write_text(f"#!{tmp_path}/bash\n{line}\n", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    script = [tmp_path / "bash", ROOT / ".ci" / "run"]
    done = subprocess.run(script, env={"PATH": str(tmp_path)}, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{printed}make test\n{EXTRA}\n"
