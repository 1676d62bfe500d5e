"""Every chapter alone on Colab: it installs `helpers` by itself, and shows what is stored in it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import nbformat.v4 as v4
import pytest
from nbformat import NotebookNode

import helpers
from book._ext.repository import Repository

from .compare import differences
from .environments import Environment, gather, publish_checkout
from .notebook import BOOK, ROOT, Notebook, chapters, tags
from .report import in_words
from .setup_cell import TAG, source_for

# What a chapter may expect of Colab, and what runs it there.
LIBRARIES = ("torch", "numpy", "pandas", "matplotlib", "PyYAML", "ipykernel")


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


@pytest.mark.parametrize("path", chapters(), ids=lambda path: path.relative_to(BOOK).as_posix())
def test_a_chapter_runs_alone(
    path: Path, colab: Environment, forks: str, repository: Repository, content: Path
) -> None:
    """In an empty folder it installs `helpers`, shows what is stored in it, and leaves nothing."""
    stored = Notebook.read(path)
    copy = Notebook.read(Path(shutil.copy(path, content)))
    for _, cell in copy.code_cells():
        cell.outputs = []
        if TAG in tags(cell):
            cell.source = source_for(repository)
    colab.execute(copy.nb, content, forks)
    problems = [
        f"{name}: {in_words([problem])}"
        for (name, old), (_, new) in zip(stored.code_cells(), copy.code_cells(), strict=True)
        for problem in differences(old.outputs, new.outputs)
    ]
    assert not problems, "\n\n".join(problems)
    assert [file.name for file in content.iterdir()] == [path.name]
    assert (colab.packages / "helpers" / "__init__.py").is_file()


def outputs(colab: Environment, source: str, folder: Path) -> list[NotebookNode]:
    """What a cell puts out there."""
    nb = v4.new_notebook(cells=[v4.new_code_cell(source)])
    colab.execute(nb, folder)
    return nb.cells[0].outputs


def test_helpers_are_missing_at_first(colab: Environment) -> None:
    """Otherwise the chapters above would prove nothing."""
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
    """Here the tag is missing."""
    *said, error = outputs(colab, source_for(Repository(repository.address, "99")), content)
    assert "v99" in "".join(output.text for output in said)
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
    """It cannot know where to install from."""
    (error,) = outputs(colab, source_for(None), content)
    assert error.evalue == "helpers is missing: run `pip install .` in a copy of the project"
