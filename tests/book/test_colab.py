"""Chapters alone on Colab: each installs `helpers` by itself, and shows what is stored in it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from nbformat import NotebookNode

import helpers
from book._ext.repository import Repository
from tests.environments import Environment, gather, publish_checkout
from tests.notebook_check.compare import differences
from tests.notebook_check.notebook import Notebook, tags
from tests.notebook_check.report import in_words

from .contents import BOOK, ROOT, chapters, plain_chapters
from .setup_cell import TAG, source_for

# What a chapter may expect of Colab, and what runs it there.
LIBRARIES = ("torch", "numpy", "pandas", "matplotlib", "PyYAML", "ipykernel")
# One of a loss, an overview, and a page of the ledger, which reads the package's data.
ALWAYS = ("regression/l1.ipynb", "overview/numbers.ipynb", "sources/summary.ipynb")


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """What Colab has."""
    folder = tmp_path_factory.mktemp("colab")
    libraries = gather(folder / "libraries", *LIBRARIES)
    return Environment(folder / "environment", libraries, COLAB_RELEASE_TAG="release-colab")


@pytest.fixture(scope="module")
def forks(machine: Environment) -> Iterator[str]:
    """The address of a server that forks kernels there, each as fresh as a kernel of its own."""
    server = machine.start_fork_server()
    yield server.address
    server.stop()


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """Where the setup cells install from."""
    return publish_checkout(tmp_path_factory.mktemp("published") / "book", helpers.__version__)


@pytest.fixture
def colab(machine: Environment) -> Iterator[Environment]:
    """A Colab where nothing is installed yet."""
    assert not (machine.packages / "helpers").exists()
    yield machine
    machine.clear()


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """The folder that notebooks run in there."""
    folder = tmp_path / "content"
    folder.mkdir()
    return folder


def run(colab: Environment, folder: Path, *sources: str, forks: str = "") -> list[list]:
    """What cells put out there, run one after the other."""
    kernel = colab.start_kernel(folder, forks)
    try:
        return [kernel.run(source, timeout=120) for source in sources]
    finally:
        kernel.stop()


def chosen() -> list[object]:
    """All chapters that need no more than the lock, most of them only with --thorough."""
    names = {path.relative_to(BOOK).as_posix(): path for path in plain_chapters()}
    return [
        pytest.param(path, id=name, marks=() if name in ALWAYS else pytest.mark.thorough)
        for name, path in names.items()
    ]


def test_the_chapters_that_always_run_exist() -> None:
    """None of the names is out of date."""
    assert {BOOK / name for name in ALWAYS} <= set(chapters())


@pytest.mark.parametrize("path", chosen())
def test_a_chapter_runs_alone(
    path: Path, colab: Environment, forks: str, repository: Repository, content: Path
) -> None:
    """In an empty folder it installs `helpers`, shows what is stored in it, and leaves nothing."""
    shutil.copy(path, content)
    names, cells = zip(*Notebook.read(path).code_cells(), strict=True)
    sources = (source_for(repository) if TAG in tags(cell) else cell.source for cell in cells)
    actual = run(colab, content, *sources, forks=forks)
    problems = [
        f"{name}: {in_words([problem])}"
        for name, cell, outputs in zip(names, cells, actual, strict=True)
        for problem in differences(cell.outputs, outputs)
    ]
    assert not problems, "\n\n".join(problems)
    assert [file.name for file in content.iterdir()] == [path.name]
    assert (colab.packages / "helpers" / "__init__.py").is_file()


def outputs(colab: Environment, source: str, folder: Path) -> list[NotebookNode]:
    """What a cell puts out there, in a kernel that was not forked."""
    return run(colab, folder, source)[0]


def test_helpers_are_missing_at_first(colab: Environment) -> None:
    """A chapter that found `helpers` there already would prove nothing about their installation."""
    ended = colab.run("python", "-c", "import torch, pandas, matplotlib\nimport helpers")
    assert ended.stderr.endswith("ModuleNotFoundError: No module named 'helpers'\n")


def test_nothing_is_installed_when_helpers_are_there(colab: Environment, content: Path) -> None:
    """The address is not even looked at."""
    (colab.packages / "helpers").symlink_to(ROOT / "helpers")
    (colab.packages / "pytorch_losses_by_hand-1.dist-info").mkdir()
    nowhere = Repository("file:///nowhere", helpers.__version__)
    assert outputs(colab, source_for(nowhere), content) == []


def test_an_install_that_fails_says_why(
    colab: Environment, repository: Repository, content: Path
) -> None:
    """Pip's message names the missing tag, and the import fails."""
    *printed, error = outputs(colab, source_for(Repository(repository.address, "99")), content)
    assert "v99" in "".join(output.text for output in printed)
    assert error.evalue == "No module named 'helpers'"


def test_elsewhere_nothing_is_installed(
    colab: Environment,
    repository: Repository,
    content: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On a computer that is not Colab, a person decides."""
    monkeypatch.delitem(colab.variables, "COLAB_RELEASE_TAG")
    (error,) = outputs(colab, source_for(repository), content)
    assert error.evalue == "No module named 'helpers'"


def test_without_an_address_the_cell_says_what_to_do(colab: Environment, content: Path) -> None:
    """A cell that does not know where to install from says how a person can."""
    (error,) = outputs(colab, source_for(None), content)
    assert error.evalue == "helpers is missing: run `pip install .` in a copy of the project"
