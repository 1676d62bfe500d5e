"""The pages of the reference have every public name, and link to functions and chapters."""

import importlib.util
import inspect
import re
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

import helpers
from helpers import explain
from helpers.losses import BY_TORCH_CLASS, LOSSES
from tests.losses.cases import CASES

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
    assert "[HuberLoss](../regression/smooth_l1.ipynb): numbers<br>$" in row
    assert "<helpers.losses.regression.huber_loss>" in row
    assert "<helpers.losses.regression.huber_loss_grad>" in row
    assert "elements" in row


def test_a_row_shows_the_curve_and_says_its_heights(reference):
    drawing = BeautifulSoup(reference.thumbnail(BY_TORCH_CLASS["HuberLoss"]), "html.parser").svg
    assert drawing["role"] == "img"
    assert drawing["aria-label"] == (
        "HuberLoss over error, at 5 places from -3 to 3. "
        "delta 1: 2.5, 1, 0, 1, 2.5; delta 2: 4, 1.1, 0, 1.1, 4"
    )
    assert len(drawing.find_all("path")) == 4  # two axes, two curves


def test_a_loss_without_a_sheet_has_a_row_all_the_same(reference):
    row = reference._row(replace(BY_TORCH_CLASS["L1Loss"], sheet=None))
    assert row.startswith("| | [L1Loss](../regression/l1.ipynb)<br>`\\|input - target\\|`<br>")


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.torch_class)
def test_every_loss_has_a_sheet_whose_divisor_is_what_an_explanation_says(loss):
    """But for the measures, which have none, and for what says that it is as another one."""
    assert loss.sheet is not None, f"{loss.torch_class} needs a sheet, in its entry"
    module, *inputs = CASES[loss.name].modules[0]
    said = " ".join(step.name for step in explain(module, *inputs).steps)
    if "divisor" not in said:
        assert "no loss" in loss.sheet.mean or "not a loss" in loss.sheet.mean
    elif not re.match(r"as |losses |each |the weights", loss.sheet.mean):
        wanted = re.match(r"elements|samples", loss.sheet.mean)[0]
        # Of losses with one number for each sample, the elements are the samples.
        assert f"number of {wanted}" in said or (wanted == "samples" and "of elements" in said)


def test_the_page_of_all_losses_has_every_loss():
    page = (ROOT / "book" / "overview" / "losses.md").read_text(encoding="utf-8")
    folders = " ".join(re.findall(r"^```\{loss-table\} (.+)$", page, re.MULTILINE)).split()
    assert len(folders) == len(set(folders))
    assert set(folders) == {loss.chapter.split("/")[0] for loss in LOSSES}
