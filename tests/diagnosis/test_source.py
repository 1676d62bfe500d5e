"""A fix is typed as the call is: applied to the source, it runs and gives what it promised."""

import contextlib
import linecache
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import torch
from torch import nn

from helpers import explain, post_mortem, watch
from helpers.diagnosis.source import Spelling

ROOT = Path(__file__).parents[2]
SETUP = """\
import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.functional import cross_entropy as xent

torch.manual_seed(0)
model, x = nn.Linear(4, 3), torch.randn(6, 4)
y = torch.tensor([0, 2, 1, 0, 1, 2])
batch = {"y": y[:, None], "ones": torch.ones(6)}
criterion = nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2.0, 3.0]))
bce, kl = nn.BCELoss(), nn.KLDivLoss()
class Own(nn.CrossEntropyLoss):
    pass
own = Own(label_smoothing=0.1)
"""
# Calls, and what the first fix is; a line before the call ends in a line break.
CALLS = {
    "criterion(model(x), batch['y'])": "criterion(model(x), batch['y'].squeeze(1))",
    "own(model(x), y.float() + 0)": "own(model(x), (y.float() + 0).long())",
    "F.cross_entropy(model(x), batch['y'], weight=torch.ones(3), reduction='sum')": (
        "F.cross_entropy(model(x), batch['y'].squeeze(1), weight=torch.ones(3), reduction='sum')"
    ),
    "torch.nn.functional.cross_entropy(target=batch['y'], input=model(x))": (
        "torch.nn.functional.cross_entropy(model(x), batch['y'].squeeze(1))"
    ),
    "xent(model(x), batch['y'] - 0)": "xent(model(x), (batch['y'] - 0).squeeze(1))",
    "nn.CrossEntropyLoss(torch.ones(3))(model(x), batch['y'])": (
        "nn.CrossEntropyLoss(torch.ones(3))(model(x), batch['y'].squeeze(1))"
    ),
    "torch.nn.CrossEntropyLoss(reduction='avg')(model(x), y)": (
        "torch.nn.CrossEntropyLoss()(model(x), y)"
    ),
    "nn.CrossEntropyLoss(torch.ones(3) * 2, reduction='avg')(model(x), y)": (
        "nn.CrossEntropyLoss(weight=torch.ones(3) * 2)(model(x), y)"
    ),
    "bce(model(x)[:, 0], batch['ones'])": ("nn.BCEWithLogitsLoss()(model(x)[:, 0], batch['ones'])"),
    "torch.nn.functional.binary_cross_entropy(model(x)[:, 0], batch['ones'])": (
        "torch.nn.functional.binary_cross_entropy_with_logits(model(x)[:, 0], batch['ones'])"
    ),
    "criterion(\n    model(x),  # the scores\n    batch[\n        'y'\n    ],\n)": (
        "criterion(model(x), batch['y'].squeeze(1))"
    ),
    "criterion.forward(model(x), batch['y'])": "criterion.forward(model(x), batch['y'].squeeze(1))",
    "criterion(model(x), [2, 1, 0, 0, 1, 2])": (
        "criterion(model(x), torch.as_tensor([2, 1, 0, 0, 1, 2]))"
    ),
    "F.cross_entropy(y, model(x) * 2)": "F.cross_entropy(model(x) * 2, y)",
    "criterion(model(x), batch[f'{\"y\"}'])": "criterion(model(x), batch[f'{\"y\"}'].squeeze(1))",
}
# Those that fail before any loss is called.
MISFORMED = {
    "nn.MSELoss(model(x)[:, 0], x[:, 1])": "nn.MSELoss()(model(x)[:, 0], x[:, 1])",
    "criterion(model(x), y, reduction='sum')": (
        "nn.CrossEntropyLoss(weight=criterion.weight, reduction='sum')(model(x), y)"
    ),
}
SILENT = {
    "criterion(model(x).softmax(1), y + 0)": "criterion(model(x).softmax(1).log(), y + 0)",
    "F.mse_loss(model(x)[:, 0], x[:, :1].abs())": (
        "F.mse_loss(model(x)[:, 0], x[:, :1].abs().squeeze(1))"
    ),
    "nn.KLDivLoss()(model(x).log_softmax(1), model(-x).softmax(1))": (
        "output = model(x).log_softmax(1)\n"
        "nn.KLDivLoss(reduction='batchmean')(output, model(-x).softmax(1))"
    ),
}


def lines_of(call):
    """A script whose last statement has the call."""
    return f"{SETUP}\ndef step():\n{textwrap.indent(f'loss = {call}', '    ')}\n    return loss\n\n"


def executed(source, name):
    """The variables after a source that has been executed as a notebook's cell is."""
    linecache.cache[name] = len(source), None, source.splitlines(keepends=True), name
    space = {"__name__": "written"}
    exec(compile(source, name, "exec"), space)
    return space


def applied(source, call, code):
    """What the source gives when a fix takes the place of the call."""
    *before, last = code.splitlines()
    assert source.count(textwrap.indent(f"loss = {call}", "    ")) == 1
    fixed = "\n".join([*before, f"loss = {last}"])
    source = source.replace(
        textwrap.indent(f"loss = {call}", "    "), textwrap.indent(fixed, "    ")
    )
    return executed(source, "<fixed>")["step"]().item()


def watched(step):
    """The explanation of a step that may fail, by `watch`."""
    with watch() as seen, contextlib.suppress(Exception):
        step()
    return seen[-1]


def failed(step):
    """The explanation of a step that fails, after the fact."""
    try:
        step()
    except Exception as error:
        return post_mortem(error)
    raise AssertionError("nothing failed")


def fix_of(shown):
    """The first fix, of a computed call that of its first mistake or note."""
    return (*shown.fixes, *(remark.fix for remark in shown.remarks if remark.fix))[0]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("way", [watched, failed, explain], ids=["watch", "after", "explain"])
def test_the_fix_of_a_refused_call_runs_in_its_source(call, way):
    source = lines_of(call)
    fix = fix_of(way(executed(source, "<cell>")["step"]))
    assert fix.code == CALLS[call]
    assert applied(source, call, fix.code) == pytest.approx(fix.value, rel=1e-6)


@pytest.mark.parametrize("call", MISFORMED)
def test_the_fix_of_a_call_without_its_form_runs_in_its_source(call):
    source = lines_of(call)
    fix = fix_of(failed(executed(source, "<cell>")["step"]))
    assert fix.code == MISFORMED[call]
    assert applied(source, call, fix.code) == pytest.approx(fix.value, rel=1e-6)


@pytest.mark.parametrize("call", SILENT)
@pytest.mark.parametrize("way", [watched, explain], ids=["watch", "explain"])
def test_the_fix_of_a_silent_mistake_runs_in_its_source(call, way):
    source = lines_of(call)
    fix = fix_of(way(executed(source, "<cell>")["step"]))
    assert fix.code == SILENT[call]
    assert applied(source, call, fix.code) == pytest.approx(fix.value, rel=1e-6)


def asked(call):
    """A call as one asks `explain` for it."""
    function, _, arguments = call.partition("(")
    return f"explain({function}, {arguments}"


@pytest.mark.parametrize(
    "call", [call for call in CALLS if call.startswith(("criterion(", "own(", "F.", "xent", "bce"))]
)
def test_explain_of_the_call_has_its_expressions(call):
    source = lines_of(call)
    space = executed(f"from helpers import explain\n{lines_of(asked(call))}", "<asked>")
    fix = fix_of(space["step"]())
    assert fix.code == CALLS[call]
    assert applied(source, call, fix.code) == pytest.approx(fix.value, rel=1e-6)


def test_what_is_computed_and_read_twice_gets_a_name():
    call = "F.mse_loss(model(x)[:, 0], torch.where(x[:, 0] > 0, x[:, 0], float('nan')))"
    source = lines_of(call)
    fix = fix_of(explain(executed(source, "<cell>")["step"]))
    assert fix.code.splitlines() == [
        "output = model(x)[:, 0]",
        "target = torch.where(x[:, 0] > 0, x[:, 0], float('nan'))",
        "F.mse_loss(output[~target.isnan()], target[~target.isnan()])",
    ]
    assert applied(source, call, fix.code) == pytest.approx(fix.value, rel=1e-6)
    shown = str(explain(executed(source, "<cell>")["step"]))
    assert all(f"    {line}" in shown for line in fix.code.splitlines())


def test_a_name_is_for_what_is_computed_alone():
    gaps = SETUP + "z = torch.tensor([0.0, 1.0, 2.0, float('nan'), 4.0, 5.0])\n"
    call = "F.mse_loss(x[:, 0], z - 0)"
    source = lines_of(call).replace(SETUP, gaps)
    fix = fix_of(explain(executed(source, "<cell>")["step"]))
    assert fix.code.splitlines() == [
        "target = z - 0",
        "F.mse_loss(x[:, 0][~target.isnan()], target[~target.isnan()])",
    ]
    assert applied(source, call, fix.code) == pytest.approx(fix.value, rel=1e-6)


def test_a_long_argument_gets_a_name_that_is_free():
    call = (
        "criterion(model(x) + model(torch.zeros_like(x)).detach() * 0.0, "
        "torch.stack([y, y], 1)[:, :1] + batch['y'] * 0)"
    )
    source = lines_of(call).replace("y = torch", "output = y = torch", 1)
    fix = fix_of(failed(executed(source, "<cell>")["step"]))
    assert fix.code.splitlines() == [
        "output_ = model(x) + model(torch.zeros_like(x)).detach() * 0.0",
        "target = torch.stack([y, y], 1)[:, :1] + batch['y'] * 0",
        "criterion(output_, target.squeeze(1))",
    ]
    assert applied(source, call, fix.code) == pytest.approx(fix.value, rel=1e-6)


def test_what_the_file_has_not_imported():
    source = """\
from torch import randn, zeros
from torch.nn import BCELoss
def step():
    loss = BCELoss()(zeros(2) + 3, zeros(2))
    return loss
"""
    fix = fix_of(failed(executed(source, "<cell>")["step"]))
    assert fix.code.splitlines() == [
        "import torch",
        "torch.nn.BCEWithLogitsLoss()(zeros(2) + 3, zeros(2))",
    ]
    assert applied(source, "BCELoss()(zeros(2) + 3, zeros(2))", fix.code) == pytest.approx(
        fix.value
    )


def test_the_module_that_is_there_lends_its_weight():
    p, q = torch.zeros(2, 3), torch.tensor([0, 1])
    criterion = nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2.0, 3.0]), reduction="avg")
    code = fix_of(explain(criterion, p, q)).code
    assert code == "nn.CrossEntropyLoss(weight=criterion.weight)(p, q)"


def test_backward_of_a_call():
    call = "F.mse_loss(model(x), x[:, :3], reduction='none').backward()"
    fixes = failed(executed(lines_of(call), "<cell>")["step"]).fixes
    assert [fix.code for fix in fixes] == [
        call.replace(".backward", ".mean().backward"),
        call.replace(".backward", ".sum().backward"),
    ]


def test_a_call_in_a_string():
    source = f'''{SETUP}
def step():
    text = f"""the loss of
    this batch: {{criterion(model(x), batch['y'])}} and
    the next: {{criterion(model(-x), y)}}"""
'''
    fix = fix_of(failed(executed(source, "<cell>")["step"]))
    assert fix.code == "criterion(model(x), batch['y'].squeeze(1))"


@pytest.mark.parametrize(
    "call",
    ["criterion(*pair)", "criterion(model(x), **rest)", "[*map(criterion, *zip(pair))][0]"],
)
def test_what_does_not_stand_in_the_call_goes_by_the_names_there_are(call):
    extra = "pair, rest = (model(x), batch['y']), {'target': batch['y']}\n"
    source = lines_of(call).replace("\ndef step", f"{extra}\ndef step")
    code = fix_of(failed(executed(source, "<cell>")["step"])).code
    assert code.endswith("target.squeeze(1))")


def test_another_source_than_that_of_the_code_is_not_believed():
    call = "criterion(model(x), batch['y'])"
    step = executed(lines_of(call), "<cell>")["step"]
    edited = lines_of(call.replace("model", "other"))
    linecache.cache["<cell>"] = len(edited), None, edited.splitlines(keepends=True), "<cell>"
    assert fix_of(failed(step)).code.endswith("(input, target.squeeze(1))")
    linecache.cache.pop("<cell>")
    assert fix_of(failed(step)).code.endswith("target.squeeze(1))")


def test_the_line_is_that_of_the_failure_in_the_frame_that_caught_it():
    source = "\n".join(
        [
            SETUP,
            "try:",
            "    criterion(model(x), batch['y'])",
            "except RuntimeError as error:",
            "    from helpers import post_mortem",
            "    shown = post_mortem(error)",
        ]
    )
    shown = executed(source, "<cell>")["shown"]
    assert fix_of(shown).code == "criterion(model(x), batch['y'].squeeze(1))"
    number = source.splitlines().index("    criterion(model(x), batch['y'])") + 1
    assert shown.where == f"<cell>:{number}"


def test_order_is_kept_by_lines():
    spelled = Spelling({"input": "next(it)", "weight": "w", "target": "next(it) + 1"})
    lines, typed = spelled.with_lines({"target"})
    assert lines == ["output = next(it)", "target = next(it) + 1"]
    assert [typed.of(name) for name in ("input", "weight", "target")] == ["output", "w", "target"]


@pytest.mark.parametrize("as_module", [False, True])
def test_the_fix_of_a_script_is_applied(tmp_path, as_module):
    call = "xent(model(x), batch['y'] - 0)"
    source = lines_of(call) + "print(step().item())\n"
    (tmp_path / "train.py").write_text(source)
    asked = ["-m", "train"] if as_module else ["train.py"]
    done = python(tmp_path, "-m", "helpers", *asked)
    lines = [line.strip() for line in done.stderr.splitlines()]
    code = "xent(model(x), (batch['y'] - 0).squeeze(1))"
    promised = lines[lines.index(code) + 1].removeprefix("# gives ")
    (tmp_path / "train.py").write_text(source.replace(call, code))
    assert float(python(tmp_path, "train.py").stdout) == pytest.approx(float(promised), rel=1e-5)


def python(folder, *arguments):
    """Run Python in a folder."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_what_only_hands_on_is_not_how_the_call_is_written():
    def forwarded(call, *inputs):
        return explain(call, *inputs)

    scores, labels = torch.zeros(2, 3), torch.tensor([[0], [1]])
    code = fix_of(forwarded(nn.functional.cross_entropy, scores, labels)).code
    assert code == "nn.functional.cross_entropy(input, target.squeeze(1))"
