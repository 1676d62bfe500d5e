"""The package installs by itself: with NumPy alone, and with each extra what that one is for."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.book.contents import ROOT
from tests.environments import Environment, copy_checkout, gather

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


@pytest.mark.parametrize("extra", USES)
def test_install(extra: str, checkout: Path, tmp_path: Path) -> None:
    """pip finds nothing missing, and what the extra is for works."""
    needs, code, says = USES[extra]
    place = Environment(tmp_path / "environment", gather(tmp_path / "libraries", *needs))
    installed = place.run(
        "pip", "install", "-qq", f"{checkout}[{extra}]" if extra else f"{checkout}"
    )
    assert (installed.returncode, installed.stdout) == (0, ""), installed.stderr
    used = place.run("python", "-W", "error", "-c", code)
    assert (used.stdout, used.stderr) == (says, "")


def test_every_extra_is_tried_and_documented() -> None:
    """The README names those that `pyproject.toml` has."""
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    extras = tomllib.loads(pyproject)["project"]["optional-dependencies"].keys()
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert extras == set(re.findall(r'"\.\[(\w+)\]"', readme)) == USES.keys() - {""}
