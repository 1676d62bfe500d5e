"""What stands at the repository's root: style, lock, workflows, commands, README, CONTRIBUTING."""

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
OWN_PAGE = ("notebook_check", "site", "versions")
FOLDERS = ("book", "helpers", "tests")  # those that the texts name files of
PAGES = ("README.md", "CONTRIBUTING.md", *(f"tests/{name}/README.md" for name in OWN_PAGE))
MADE = {"book/regression/l1.md", "tests/losses/test_"}  # by commands shown there; a pattern
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


# For each of GitHub's files: the schema, as check-jsonschema brings it, and a word that it needs.
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("[!c]*.yml"))
SCHEMAS = {
    **dict.fromkeys(WORKFLOWS, ("github-workflows", "on:")),
    **dict.fromkeys(FORMS, ("github-issue-forms", "description:")),
    ROOT / ".github" / "dependabot.yml": ("dependabot", "updates:"),
    ROOT / "CITATION.cff": ("citation-file-format", "authors:"),
}


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.name)
def test_files_for_github_are_valid(path: Path, tmp_path: Path) -> None:
    """The schema accepts the file, and refuses it without what it needs."""
    schema, needed = SCHEMAS[path]
    broken = tmp_path / path.name
    text = path.read_text(encoding="utf-8")
    broken.write_text(text.replace(f"\n{needed}", f"\nx{needed}", 1), encoding="utf-8")
    for file, code in ((path, 0), (broken, 1)):
        result = run("check_jsonschema", "--builtin-schema", f"vendor.{schema}", file)
        assert result.returncode == code, result.stdout + result.stderr
    assert needed.rstrip(":") in result.stdout


def test_the_workflows_and_forms_are_these() -> None:
    """None is left out above; all but the one on a statement ask for the code."""
    workflows = ["newest-torch", "publish", "release", "test"]
    assert [path.stem for path in WORKFLOWS] == workflows
    assert [path.stem for path in FORMS] == [
        "explain",
        "message",
        "wrong-number",
        "wrong-statement",
    ]
    for path in FORMS[:3]:
        fields = yaml.safe_load(path.read_text(encoding="utf-8"))["body"]
        (code,) = (field for field in fields if field["id"] == "code")
        assert code["attributes"]["render"] == "python"
        assert code["validations"]["required"]


def test_the_citation_is_of_this_version() -> None:
    """Name, version and licence are those of the package."""
    cited = yaml.safe_load(read("CITATION.cff"))
    project = tomllib.loads(read("pyproject.toml"))["project"]
    assert (cited["version"], cited["license"]) == (project["version"], project["license"])


def test_the_hooks_before_a_commit() -> None:
    """Each looks, and changes nothing; what they run of the project exists."""
    (repository,) = yaml.safe_load(read(".pre-commit-config.yaml"))["repos"]
    entries = {hook["id"]: hook["entry"].split() for hook in repository["hooks"]}
    assert list(entries) == ["ruff", "ruff-format", "canonical", "large-files"]
    assert "--check" in entries["ruff-format"]
    assert "--fix" not in entries["ruff"]
    listed = run(*entries["canonical"][2:], "--collect-only", "book/regression/l1.ipynb").stdout
    assert re.search(r"^book/regression/l1\.ipynb::canonical$", listed, re.MULTILINE)


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
    matrix = workflow("test")["jobs"]["package"]["strategy"]["matrix"]
    assert set(matrix["end"]) == ends.keys()


def test_the_package_is_tested_on_every_python_and_system_that_it_names() -> None:
    """The Pythons of its classifiers, all on Linux; one of them on macOS and on Windows."""
    matrix = workflow("test")["jobs"]["package"]["strategy"]["matrix"]
    classifiers = tomllib.loads(read("pyproject.toml"))["project"]["classifiers"]
    named = [line.rpartition(" ")[2] for line in classifiers if re.search(r"3\.\d", line)]
    tried = [(row["python"], row["system"]) for row in matrix["include"]]
    on_linux = [python for python, system in tried if system == "ubuntu-latest"]
    assert [*matrix["python"], *on_linux] == named
    assert matrix["system"] == ["ubuntu-latest"]
    others = {system for _, system in tried}
    assert others == {"ubuntu-latest", "macos-latest", "windows-latest"}
    assert {python for python, _ in tried} <= set(named)


def test_the_coverage_of_the_package_has_a_gate() -> None:
    """All of `helpers` counts, and a share below the least one fails."""
    settings = tomllib.loads(read("pyproject.toml"))["tool"]["coverage"]
    assert settings["run"]["source"] == ["helpers"]
    assert "omit" not in settings["run"]
    assert settings["report"]["fail_under"] >= 93
    steps = workflow("test")["jobs"]["coverage"]["steps"]
    assert steps[-1] == {"run": "make coverage"}


def test_the_make_commands_are_listed_and_described() -> None:
    """`make help` lists every command, and the README names no other one."""
    makefile = read("Makefile")
    commands = set(re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[1].split())
    listed = set(re.findall(r"^([a-z-]+):.*## \S", makefile, re.MULTILINE))
    assert listed == commands
    for page in PAGES:
        assert set(re.findall(r"`make ([a-z-]+)", read(page))) <= commands


@pytest.mark.parametrize("page", PAGES)
def test_paths_in_the_text_exist(page: str) -> None:
    """Whatever looks like a file or a folder of the repository is one."""
    start = rf"""(?:^|[`\s=("])((?:{"|".join(FOLDERS)})/[\w./-]+)"""
    named = re.findall(start, read(page), re.MULTILINE)
    paths = {path.rstrip(".") for path in named} - MADE
    assert len(paths) >= 3
    assert [path for path in sorted(paths) if not (ROOT / path).exists()] == []


def test_the_readme_is_short_and_in_order() -> None:
    """One sentence, then these parts, on at most 120 lines; what is covered in six rows."""
    readme = read("README.md")
    assert len(readme.splitlines()) <= 120
    assert re.findall(r"^## (.+)$", readme, re.MULTILINE) == [
        *("The puzzle", "Explain your own loss call", "Two commands", "What is covered"),
        *("Versions", "How it is checked", "Develop", "Cite", "Licence"),
    ]
    covered = readme.partition("| kind | losses |\n| --- | --- |\n")[2].partition("\n\n")[0]
    assert len(covered.splitlines()) == 6
    named = re.findall(r"[A-Z]\w+", covered)
    assert sorted(named) == sorted(loss.torch_class for loss in LOSSES)


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
    """All with the same, which is also the oldest that the package accepts; but for the matrix."""
    for path in WORKFLOWS:
        used = re.findall(r"python-version: (.+)", path.read_text(encoding="utf-8"))
        matrix = {"${{ matrix.python }}"} if path.stem == "test" else set()
        assert set(used) == {f'"{PYTHON}"'} | matrix
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


@pytest.mark.parametrize("name", ["publish", "release"])
def test_only_what_passes_is_published(name: str) -> None:
    """Each job of the publication waits for the tests, which the workflow calls itself."""
    jobs = workflow(name)["jobs"]
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


def test_the_package_is_uploaded_without_a_token() -> None:
    """PyPI trusts one job of the workflow, which alone may ask for an identity."""
    jobs = workflow("release")["jobs"]
    allowed = [name for name, job in jobs.items() if "id-token" in job.get("permissions", {})]
    assert allowed == ["upload"]
    assert jobs["upload"]["environment"]["name"] == "pypi"
    assert "secrets" not in read(".github/workflows/release.yml")


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
