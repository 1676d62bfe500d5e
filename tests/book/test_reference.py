"""The pages of the reference have every public name, and link to functions and chapters."""

import importlib.util
import inspect
import re
from importlib import import_module
from pathlib import Path

import pytest

import helpers
from helpers.losses import BY_TORCH_CLASS

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def reference():
    """The site's extension that makes the reference."""
    path = ROOT / "book" / "_ext" / "losses_reference.py"
    spec = importlib.util.spec_from_file_location("losses_reference", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_reference_has_every_public_name(reference):
    pages = (ROOT / "book" / "reference").glob("helpers*.md")
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    given = re.findall(r"^```\{helpers-of\} ([\w. ]+)$", text, re.MULTILINE)
    modules = [import_module(f"helpers.{name}") for name in " ".join(given).split()]
    assert len(modules) == len(set(modules))
    found = [name for module in modules for name in reference.public_names(module)]
    assert len(found) == len(set(found))
    names = {n for n in helpers.__all__ if not inspect.ismodule(getattr(helpers, n))}
    assert names <= set(found)
    assert {"curves", "image", "bars", "Picture"} <= set(found)


def test_a_row_of_the_table_links_to_the_chapter_and_both_functions(reference):
    row = reference._row(BY_TORCH_CLASS["HuberLoss"])
    assert row.startswith("| [HuberLoss](../regression/smooth_l1.ipynb)<br>`d²/2 where \\|d\\| <")
    assert "<helpers.losses.regression.huber_loss>" in row
    assert "<helpers.losses.regression.huber_loss_grad>" in row
    assert "generated/torch.nn.HuberLoss.html" in row
