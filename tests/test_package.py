"""The package builds and installs by itself: with NumPy alone, and with each extra what it is for.

Others use the name `helpers` too: the set-up cell of the chapters is not taken in by them.
"""

import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

import helpers
from book._ext.repository import Repository
from tests.book.contents import ROOT
from tests.book.setup_cell import source_for
from tests.environments import Environment, copy_checkout, gather, publish_checkout

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NUMPY = """
import sys
from helpers import l1_loss, l1_loss_grad
print(l1_loss([1, 2.5], [0, 0]), l1_loss_grad([1, 2.5], [0, 0]))
assert not {"torch", "pandas", "matplotlib", "yaml"} & sys.modules.keys()
"""
EXPLAIN = """
import torch
from helpers import explain
print(explain(torch.nn.L1Loss(), torch.tensor([1, 2.5]), torch.tensor([0, 0.0])).agrees)
"""
PLOT = """
from helpers import plot
print("image/svg+xml" in plot.curves([0, 1], {"L1": [0, 1]})._repr_mimebundle_())
"""
SOURCES = """
from helpers import ledger
source = ledger.read(ledger.names()[0])
print(source["r6"].check(lambda classes: classes, lambda classes: classes).lines[-1])
"""
# For each extra: the packages that are there before, what is done, and what that prints.
USES = {
    "": (["numpy"], NUMPY, "1.75 [0.5 0.5]\n"),
    "explain": (["numpy", "torch", "pandas"], EXPLAIN, "True\n"),
    "plot": (["numpy", "matplotlib"], PLOT, "True\n"),
    "sources": (["numpy", "torch", "pyyaml"], SOURCES, "reproduced exactly\n"),
}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout: pip leaves files in it."""
    return copy_checkout(tmp_path_factory.mktemp("package") / "checkout")


@pytest.fixture(scope="module")
def built(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """What a release uploads: the sdist, and the wheel that is built from it and nothing else."""
    folder = tmp_path_factory.mktemp("dist")

    def build(what: str, source: Path) -> None:
        code = f"from setuptools import build_meta; build_meta.build_{what}({str(folder)!r})"
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, cwd=source, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    build("sdist", checkout)
    (sdist,) = folder.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    build("wheel", folder / sdist.name.removesuffix(".tar.gz"))
    (wheel,) = folder.glob("*.whl")
    return {"sdist": sdist, "wheel": wheel}


@pytest.mark.parametrize(
    ("kind", "extra"), [("sdist", "explain"), *(("wheel", extra) for extra in USES)]
)
def test_install(kind: str, extra: str, built: dict[str, Path], tmp_path: Path) -> None:
    """pip finds nothing missing, and what the extra is for works."""
    needs, code, says = USES[extra]
    place = Environment(tmp_path / "environment", gather(tmp_path / "libraries", *needs))
    archive = f"{built[kind]}[{extra}]" if extra else f"{built[kind]}"
    installed = place.run("pip", "install", "-qq", archive)
    assert (installed.returncode, installed.stdout) == (0, ""), installed.stderr
    used = place.run("python", "-W", "error", "-c", code)
    assert (used.stdout, used.stderr) == (says, "")


def test_the_sdist_has_what_the_wheel_is_made_of(built: dict[str, Path]) -> None:
    """The package with its data, and no part of the tests."""
    with tarfile.open(built["sdist"]) as archive:
        tops = {name.split("/")[1] for name in archive.getnames() if "/" in name}
    assert {"helpers", "book", "pyproject.toml", "README.md", "LICENSE"} <= tops
    assert "tests" not in tops


def test_the_wheel_has_the_package_and_nothing_else(built: dict[str, Path]) -> None:
    """All modules, types and data that the checkout has; no tests, no chapters."""
    names = zipfile.ZipFile(built["wheel"]).namelist()
    package = {name for name in names if ".dist-info/" not in name}
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "helpers").rglob("*.py")}
    data = {f"helpers/sources/{path.name}" for path in (ROOT / "book" / "sources").glob("*.yaml")}
    assert package == modules | data | {"helpers/py.typed"}
    (metadata,) = (name for name in names if name.endswith(".dist-info/METADATA"))
    told = zipfile.ZipFile(built["wheel"]).read(metadata).decode()
    assert f"\nVersion: {helpers.__version__}\n" in told
    assert "\nLicense-File: LICENSE\n" in told


def test_nothing_that_is_newer_is_replaced() -> None:
    """No requirement has an upper bound: pip would downgrade what a user has."""
    bounds = [*PROJECT["dependencies"], *chain(*PROJECT["optional-dependencies"].values())]
    assert [bound for bound in bounds if not re.fullmatch(r"\w+>=[\d.]+", bound)] == []


def test_every_extra_is_tried_and_documented() -> None:
    """The README names those that `pyproject.toml` has."""
    extras = PROJECT["optional-dependencies"].keys()
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert extras == set(re.findall(r'"(?:\.|[\w-]+)\[(\w+)\]"', readme)) == USES.keys() - {""}


# --- another `helpers` ----------------------------------------------------------------------------

FOREIGN = "def helping():\n    return 0\n"


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """Colab, before anything is installed."""
    folder = tmp_path_factory.mktemp("machine")
    libraries = gather(folder / "libraries", "torch", "numpy", "pandas", "ipykernel")
    return Environment(folder / "environment", libraries, COLAB_RELEASE_TAG="release-colab")


@pytest.fixture
def colab(machine: Environment) -> Iterator[Environment]:
    """The same, cleared afterwards."""
    yield machine
    machine.clear()


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """The folder that notebooks run in."""
    folder = tmp_path / "content"
    folder.mkdir()
    return folder


def install(place: Environment, what: Path) -> None:
    """Install ours from a folder."""
    done = place.run("pip", "install", "-qq", "--no-deps", str(what))
    assert done.returncode == 0, done.stderr


def install_foreign(place: Environment) -> Path:
    """Leave there what pip leaves of PyPI's `helpers`; gives its module."""
    (place.packages / "helpers").mkdir(exist_ok=True)
    module = place.packages / "helpers" / "__init__.py"
    module.write_text(FOREIGN, encoding="utf-8")
    metadata = place.packages / "helpers-0.2.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: helpers\nVersion: 0.2.0\n")
    return module


def set_up(place: Environment, folder: Path, repository: Repository | None = None) -> list[str]:
    """Run the set-up cell; gives its error, or nothing if all is well."""
    kernel = place.start_kernel(folder)
    try:
        outputs = kernel.run(source_for(repository), timeout=120)
    finally:
        kernel.stop()
    return [f"{output.ename}: {output.evalue}" for output in outputs]


def test_a_file_of_the_readers_is_named(colab: Environment, checkout: Path, content: Path) -> None:
    """A `helpers.py` beside the notebook comes before every installed package."""
    install(colab, checkout)
    mine = content / "helpers.py"
    mine.write_text(FOREIGN, encoding="utf-8")
    assert set_up(colab, content) == [f"AssertionError: {mine} hides pytorch-losses-by-hand"]


def test_a_distribution_that_has_overwritten_ours_is_named(
    colab: Environment, checkout: Path, content: Path
) -> None:
    """Both are installed, but the module is the other's."""
    install(colab, checkout)
    theirs = install_foreign(colab)
    assert set_up(colab, content) == [f"AssertionError: {theirs} hides pytorch-losses-by-hand"]


def test_a_foreign_distribution_is_not_taken_for_ours(
    colab: Environment, tmp_path: Path, content: Path
) -> None:
    """Ours is missing: it is installed, or the reader is told to install it."""
    install_foreign(colab)
    (error,) = set_up(colab, content)
    assert error.startswith("ModuleNotFoundError: helpers is missing: run `pip install .`")
    published = publish_checkout(tmp_path / "book", helpers.__version__)
    assert set_up(colab, content, published) == []
