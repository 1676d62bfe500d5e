"""Every loss of torch is in the list, and has all that an entry, the tests and the book need."""

import ast
import importlib
import inspect
import re
from pathlib import Path

import pytest
import torch.nn as nn

import helpers
from helpers import losses
from helpers.losses import BY_TORCH_CLASS, LOSSES
from tests.losses.cases import CASES, FUNCTIONS

ROOT = Path(__file__).parents[2]
# Names that torch keeps for older code; the class behind them is in the list.
ALIASES = {"NLLLoss2d": "NLLLoss"}
# What the remarks of several losses share is tested with the remarks.
SHARED = {"noticed"}
FAMILIES = sorted({p.stem for p in Path(losses.__file__).parent.glob("[a-z]*.py")} - SHARED)


def torch_losses():
    """The loss classes of the installed torch."""
    return [
        name
        for name, value in vars(nn).items()
        if inspect.isclass(value) and issubclass(value, nn.Module) and "Loss" in name
    ]


@pytest.mark.parametrize("name", torch_losses())
def test_every_loss_of_torch_is_in_the_list(name):
    assert ALIASES.get(name, name) in BY_TORCH_CLASS


def each_loss(function):
    return pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)(function)


@each_loss
def test_an_entry_leads_to_functions_a_chapter_and_a_module(loss):
    functions = loss.value, loss.gradient, loss.working
    assert all(inspect.isfunction(function) for function in functions)
    assert len({function.__module__ for function in functions}) == 1, "a loss has one home"
    for function in (loss.value, loss.gradient):
        assert getattr(helpers, function.__name__) is function
        assert function.__name__ in helpers.__all__
    assert loss.gradient.__name__ == f"{loss.name}_grad"
    assert (ROOT / "book" / f"{loss.chapter}.ipynb").is_file()
    forward = inspect.signature(getattr(nn, loss.torch_class).forward).parameters
    assert len(forward) == len(loss.inputs) + 1


@each_loss
def test_an_entry_speaks_of_the_arguments_of_its_loss(loss):
    arguments = set(inspect.signature(loss.value).parameters)
    assert {*loss.inputs, *loss.alike, *loss.numbers_allowed} <= arguments
    assert set(loss.options) <= {*arguments, "reduction"}
    assert set(loss.attributes) <= set(loss.options)
    named = re.findall(r"\b[a-z]+_[a-z_]+\b", loss.formula)
    assert set(named) <= arguments


def test_every_loss_has_a_case_and_every_case_is_of_a_loss():
    assert list(CASES) == [loss.name for loss in LOSSES]


@each_loss
def test_a_case_is_of_its_loss(loss):
    case = CASES[loss.name]
    assert case.plain.name == loss.name
    assert {type(module).__name__ for module, *_ in case.modules} == {loss.torch_class}
    inputs, _ = case.bench(100)
    assert len(inputs) >= len(loss.inputs)


@each_loss
def test_a_loss_is_tested_in_the_test_of_its_module(loss):
    family = loss.value.__module__.rpartition(".")[2]
    text = (Path(__file__).parent / f"test_{family}.py").read_text(encoding="utf-8")
    words = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Name):
            words.add(node.id)
        elif isinstance(node, ast.Constant):
            words.add(node.value)
    assert loss.name in words, "an import alone is no test"


def test_every_other_public_function_of_the_losses_has_a_case():
    public = {
        name
        for name in helpers.__all__
        if getattr(getattr(helpers, name), "__module__", "").startswith("helpers.losses")
    }
    of_losses = {name for loss in LOSSES for name in (loss.name, f"{loss.name}_grad")}
    assert public - of_losses == set(FUNCTIONS)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_module_of_losses_has_a_test_of_its_name(family):
    assert (Path(__file__).parent / f"test_{family}.py").is_file()
    importlib.import_module(f"tests.losses.test_{family}")


def test_the_list_has_every_module_of_losses():
    modules = [importlib.import_module(f"helpers.losses.{family}") for family in FAMILIES]
    listed = {entry.name for module in modules for entry in getattr(module, "LOSSES", ())}
    assert listed == {loss.name for loss in LOSSES}
    assert len(LOSSES) == len(listed)
