"""What holds for every loss: agreement with torch on random calls, and the package's contract."""

import inspect
import re

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import helpers
from helpers.losses import LOSSES
from tests.losses.cases import CASES, FUNCTIONS
from tests.reference import (
    STRICTER,
    assert_both_refuse_or_agree,
    assert_form,
    assert_refused,
    has_gradient,
    parts,
    refusal,
)

RANDOM_CALLS = {name: case.strategy for name, case in CASES.items()}
RANDOM_CALLS |= {name: strategy for name, (strategy, _) in FUNCTIONS.items()}


@pytest.mark.parametrize("name", RANDOM_CALLS)
@given(st.data())
def test_both_refuse_or_agree(name, data):
    assert_both_refuse_or_agree(data.draw(RANDOM_CALLS[name]))


@pytest.mark.parametrize("case", STRICTER, ids=lambda case: case.reason)
def test_what_the_helper_alone_refuses(case):
    # An entry that no longer holds must not stay: it would hide a refusal too many.
    assert case.covers(case.example)
    assert refusal(case.example.torch_value) is None
    assert_form(refusal(case.example.value))


PLAIN = {name: case.plain for name, case in CASES.items()}
PLAIN |= {name: call for name, (_, call) in FUNCTIONS.items()}


def results(call):
    """The value and the gradients of a call, in one list."""
    return [*parts(call.value()), *(call.gradients() if has_gradient(call.name) else ())]


def only_floats(change):
    """A change of a tensor that leaves class numbers as they are."""
    return lambda value: change(value) if value.is_floating_point() else value


FORMS = {
    "a list": lambda value: value.tolist(),
    "an array": lambda value: value.numpy(),
    "a read-only array": lambda value: np.broadcast_to(value.numpy(), value.shape),
    "a tensor that requires a gradient": only_floats(lambda v: v.clone().requires_grad_()),
    "float32": only_floats(torch.Tensor.float),
    "float16": only_floats(torch.Tensor.half),
    "bfloat16": only_floats(torch.Tensor.bfloat16),
    "a float32 array": lambda value: only_floats(torch.Tensor.float)(value).numpy(),
    "every second row of an array": lambda value: value.repeat_interleave(2, dim=0)[::2],
}


# torch has these for no half precision.
NO_HALF = ("multi_margin_loss", "multilabel_margin_loss", "ctc_loss")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("call", PLAIN.values(), ids=PLAIN)
def test_any_array_of_the_same_numbers_gives_the_same_result(call, form):
    if form in ("float16", "bfloat16") and call.name in NO_HALF:
        assert_refused(call.map(FORMS[form]), "^[a-z_]+: expected float32 or float64.*, .*float16")
        return
    for result, expected in zip(results(call.map(FORMS[form])), results(call), strict=True):
        assert type(result) is type(expected)
        np.testing.assert_array_equal(result, expected)


@pytest.mark.parametrize("call", PLAIN.values(), ids=PLAIN)
def test_inputs_stay_as_they_are(call):
    copy = call.map(lambda value: value.numpy().copy())
    given = call.map(lambda value: value.numpy().copy())
    for each in given.by_reduction():
        for result in results(each):
            # Nor may a result be a view of an input, which a later change of one would change.
            arrays = [*given.inputs, *(v for v in given.options.values() if np.ndim(v))]
            assert not any(np.shares_memory(result, array) for array in arrays)
    for now, before in zip(given.inputs, copy.inputs, strict=True):
        np.testing.assert_array_equal(now, before)
    for name, before in copy.options.items():
        np.testing.assert_array_equal(given.options[name], before)


@pytest.mark.parametrize("call", PLAIN.values(), ids=PLAIN)
def test_what_numpy_warns_of_stays_as_it_was(call):
    with np.errstate(divide="raise", over="warn", under="ignore", invalid="print"):
        before = np.geterr()
        results(call)
        assert np.geterr() == before


FUNCTIONS = [name for name in helpers.__all__ if inspect.isfunction(getattr(helpers, name))]


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
def test_a_gradient_takes_the_arguments_of_its_loss(loss):
    assert loss.name in helpers.__all__
    assert loss.name + "_grad" in helpers.__all__
    of_value, of_gradient = map(inspect.signature, (loss.value, loss.gradient))
    assert of_gradient.parameters == of_value.parameters


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
def test_the_working_of_a_loss_has_its_defaults(loss):
    defaults = inspect.signature(loss.value).parameters
    for name, parameter in inspect.signature(loss.working).parameters.items():
        assert parameter == defaults[name]


FUNCTIONALS = [loss for loss in LOSSES if hasattr(torch.nn.functional, loss.name)]


def test_torch_has_one_loss_as_a_module_alone():
    others = {loss.name for loss in LOSSES} - {loss.name for loss in FUNCTIONALS}
    assert others <= {"adaptive_log_softmax_with_loss"}


@pytest.mark.parametrize("loss", FUNCTIONALS, ids=lambda loss: loss.name)
def test_arguments_are_those_of_torch(loss):
    function = getattr(torch.nn.functional, loss.name)
    if not inspect.isfunction(function):
        # Of a function written in C++ the documentation alone has the signature.
        arguments = re.search(rf"{loss.name}\((.*)\) ->", function.__doc__)[1]
        function = eval(f"lambda {arguments}: None")
    theirs = inspect.signature(function).parameters
    ours = inspect.signature(loss.value).parameters
    assert list(ours) == [name for name in theirs if name not in ("size_average", "reduce")]
    assert all(ours[name].default == theirs[name].default for name in ours)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_docstring(name):
    text = inspect.getdoc(getattr(helpers, name))
    assert ">>> " in text, "no example"
    assert text.splitlines()[0].endswith("."), "the first line is no sentence"
    if name.endswith("_grad"):
        # A gradient may leave the arguments to the docstring of its loss, which it names.
        assert f"Args, errors and reference are those of `{name.removesuffix('_grad')}`" in text
        return
    wanted = ["Args:", "Returns:", "Raises:", "Reference:"]
    if name in ("check_answer", "check_versions", "explain", "post_mortem", "watch"):
        wanted.remove("Reference:")  # They are of this package, and defined nowhere else.
    headings = [line for line in text.splitlines() if line in wanted]
    assert headings == wanted
    arguments = inspect.signature(getattr(helpers, name)).parameters
    described = set(re.findall(r"^    \*{0,2}(\w+): ", text, re.MULTILINE))
    assert set(arguments) <= described
