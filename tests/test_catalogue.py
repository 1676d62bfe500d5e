"""The list of losses is complete, and the book's pages that are made from it are too."""

import importlib.util
import inspect
import re
from pathlib import Path

import pytest
import torch.nn as nn

import helpers
from helpers.catalogue import BY_TORCH_CLASS, LOSSES

ROOT = Path(__file__).parent.parent
# Names that torch keeps for older code; the class behind them is in the list.
ALIASES = {"NLLLoss2d": "NLLLoss"}


def torch_losses():
    """The loss classes of the installed torch."""
    return [
        name
        for name, value in vars(nn).items()
        if inspect.isclass(value) and issubclass(value, nn.Module) and "Loss" in name
    ]


@pytest.mark.parametrize("name", torch_losses())
def test_every_loss_of_torch_is_in_the_catalogue(name):
    assert ALIASES.get(name, name) in BY_TORCH_CLASS


def test_the_installed_torch_has_the_losses_that_are_counted():
    assert len(torch_losses()) == len(LOSSES) - 2 + len(ALIASES)  # two modules are no losses


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.torch_class)
def test_an_entry_leads_to_functions_a_chapter_and_a_module(loss):
    assert inspect.isfunction(loss.terms)
    for name in (loss.name, f"{loss.name}_grad"):
        assert name in helpers.__all__
        assert getattr(helpers, name).__module__ == f"helpers.{loss.topic}"
    assert (ROOT / "book" / loss.topic / f"{loss.chapter}.ipynb").is_file()
    assert issubclass(getattr(nn, loss.torch_class), nn.Module)
    forward = inspect.signature(getattr(nn, loss.torch_class).forward).parameters
    assert len(forward) == len(loss.inputs) + 1


# What a formula may speak of beside its loss's own inputs and options.
WORDS = """
    log exp max cos softmax sum d p C x axis length distance distances class classes label labels
    other pairs paths target probabilities head tail positive negative last
    where else with without each at least over the their its for all that spell of in or but to
    within
"""


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.torch_class)
def test_a_formula_speaks_of_its_own_inputs_and_options(loss):
    arguments = inspect.signature(loss.value).parameters
    words = re.findall(r"[A-Za-z][A-Za-z0-9_]*", loss.formula)
    assert set(words) <= {*WORDS.split(), *arguments, *loss.inputs}
    assert set(loss.inputs) <= set(arguments)
    assert set(loss.options) <= {*arguments, "reduction"}


def test_every_module_with_losses_has_its_entries_together():
    topics = [loss.topic for loss in LOSSES]
    assert sorted(set(topics), key=topics.index) == [
        *["regression", "binary", "multiclass", "distribution", "sequence", "similarity"]
    ]


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
    topics = re.findall(r"^```\{helpers-of\} (\w+)$", text, re.MULTILINE)
    assert len(topics) == len(set(topics))
    found = [name for topic in topics for name in reference.public_names(topic)]
    assert len(found) == len(set(found))
    names = {n for n in helpers.__all__ if not inspect.ismodule(getattr(helpers, n))}
    assert names <= set(found)
    assert {"curves", "image", "bars", "Picture"} <= set(found)


def test_a_row_of_the_table_links_to_the_chapter_and_both_functions(reference):
    row = reference._row(BY_TORCH_CLASS["HuberLoss"])
    assert row.startswith("| [HuberLoss](../regression/smooth_l1.ipynb)<br>`d²/2 where \\|d\\| <")
    assert "<helpers.regression.huber_loss>" in row
    assert "<helpers.regression.huber_loss_grad>" in row
    assert "generated/torch.nn.HuberLoss.html" in row
