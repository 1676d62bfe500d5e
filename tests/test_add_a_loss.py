"""What it takes to add a loss: six files, and a test that names each one that is missing.

A loss that torch does not have, log(cosh(input - target)), is added to a copy of the tree, as
CONTRIBUTING says. The tests then run there beside a torch that has its module, as if a new release
had brought it. Run as a program, it shows the changes and runs their tests.
"""

import filecmp
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import v4

from tests.environments import copy_checkout

ROOT = Path(__file__).parent.parent

# A plugin of pytest that stands for the release of torch.
NEW_TORCH = """
import math

import torch
import torch.nn.functional as F
from torch import nn
from torch.overrides import handle_torch_function, has_torch_function_variadic


def log_cosh_loss(input, target, reduction="mean"):
    if has_torch_function_variadic(input, target):
        given = (input, target)
        return handle_torch_function(log_cosh_loss, given, *given, reduction=reduction)
    difference = (input - target).abs()
    loss = difference + F.softplus(-2 * difference) - math.log(2)
    if reduction == "none":
        return loss
    if reduction not in ("mean", "sum"):
        raise ValueError(f"{reduction} is not a valid value for reduction")
    return getattr(loss, reduction)()


class LogCoshLoss(nn.Module):
    def __init__(self, reduction="mean"):
        super().__init__()
        self.reduction = reduction

    def forward(self, input, target):
        return F.log_cosh_loss(input, target, reduction=self.reduction)


LogCoshLoss.__module__ = "torch.nn.modules.loss"
nn.LogCoshLoss, F.log_cosh_loss = LogCoshLoss, log_cosh_loss
"""

MODULE = '''

def _log_cosh(input: ArrayLike, target: ArrayLike) -> Working:
    checks.not_bool(input=input, target=target)
    x, y, _ = _operands(input, target, None)

    def log_cosh(d: FloatArray) -> FloatArray:
        size = np.abs(d)  # cosh overflows at 710, exp(-2·|d|) never
        loss: FloatArray = size + np.log1p(np.exp(-2 * size)) - np.log(2)
        return loss

    return _of_difference(x, y, loss=log_cosh, slope=np.tanh)


def log_cosh_loss(
    input: ArrayLike, target: ArrayLike, reduction: str = "mean"
) -> float | FloatArray:
    r"""The logarithm of the hyperbolic cosine of the difference, :math:`\\log\\cosh(x_i - y_i)`.

    Args:
        input: :math:`x`, the prediction; any shape, floating dtype.
        target: :math:`y`; a shape that broadcasts with that of `input`.
        reduction: 'none', 'mean' or 'sum'.

    Returns:
        A float, or for 'none' an array of the broadcast shape.

    Raises:
        TypeError: neither array is floating, one is boolean or complex.
        ValueError: the shapes do not broadcast, or `reduction` is none of the three.

    Reference:
        R. A. Saleh, A. K. M. E. Saleh: Statistical Properties of the log-cosh Loss Function Used in
        Machine Learning, https://arxiv.org/abs/2208.04564

    >>> round(log_cosh_loss([1.0], [0.0]), 6)
    0.433781
    """
    return value(_log_cosh, reduction, input, target)


def log_cosh_loss_grad(input: ArrayLike, target: ArrayLike, reduction: str = "mean") -> FloatArray:
    r"""The gradient of `log_cosh_loss` for `input`: :math:`\\tanh(x_i - y_i)`.

    Args, errors and reference are those of `log_cosh_loss`. Returns an array of the shape of
    `input`; with 'mean' each entry is divided by the number of elements.

    >>> log_cosh_loss_grad([0.0, 1.0], [0.0, 0.0], reduction="sum").round(6)
    array([0.      , 0.761594])
    """
    return gradient(_log_cosh, reduction, input, target)


def _log_cosh_remarks(call: Call) -> Iterator[Remark]:
    """Say so where the loss is a straight line."""
    straight = np.count_nonzero(np.abs(call.inputs["input"] - call.inputs["target"]) > 10)
    if straight:
        yield Remark("note", f"Differences above 10: {straight}. There the slope is 1 or -1.")
'''
ENTRY = """    Loss(
        "LogCoshLoss",
        log_cosh_loss,
        log_cosh_loss_grad,
        _log_cosh,
        chapter="regression/log_cosh",
        formula="log cosh(input - target)",
        remarks=_log_cosh_remarks,
        alike=("input", "target"),
        sheet=Sheet(
            tex=r"\\log\\cosh(x - y)",
            takes="numbers",
            mean="elements",
            use="numbers, as HuberLoss, without a corner in the slope",
            axis="error",
            span=(-3.0, 3.0),
            curves=(lambda d: log_cosh_loss(d, 0 * d, "none"),),
        ),
    ),
)
"""
CASE = """    "log_cosh_loss": Case(
        strategy=strategies.regression("log_cosh_loss", weighted=False),
        plain=Call("log_cosh_loss", A, B),
        bench=_pair(draw, lambda n: draw(n).flip(0)),
        modules=((nn.LogCoshLoss(), X, Y),),
    ),
"""
TEST = """

@pytest.mark.parametrize("difference", [0.5, -3.0, 20.0])
def test_log_cosh_by_the_formula(difference):
    expected = np.log(np.cosh(difference))
    np.testing.assert_allclose(log_cosh_loss([difference], [0.0], "sum"), expected, rtol=1e-14)
    slope = log_cosh_loss_grad([difference], [0.0], "sum")
    np.testing.assert_allclose(slope, [np.tanh(difference)], rtol=1e-14)


def test_the_remark_on_log_cosh_counts_the_straight_ones():
    x, y = torch.tensor([0.0, 9.0, -11.0]), torch.zeros(3)
    (remark,) = explain(nn.LogCoshLoss(), x, y).remarks
    assert remark.text == "Differences above 10: 1. There the slope is 1 or -1."
"""
CELL = """\
from helpers import log_cosh_loss, log_cosh_loss_grad

log_cosh_loss([1.0], [0.0]), log_cosh_loss_grad([1.0], [0.0])"""


def put(text: str, before: str, new: str) -> str:
    """A text with a piece put before another one, which stands in it once."""
    assert text.count(before) == 1, before
    return text.replace(before, new + before)


def in_module(text: str) -> str:
    """The functions, and at the end the entry."""
    text = put(text, "\n\nLOSSES = (", MODULE)
    text = put(text, "    Columns,\n    FloatArray", "    Call,\n")
    text = put(text, "    Sheet,\n    Working,\n", "    Remark,\n")
    text = text.replace("import Callable\n", "import Callable, Iterator\n")
    return text.removesuffix(")\n") + ENTRY


def in_package(text: str) -> str:
    """The public names: imported, and listed."""
    text = put(text, "    mse_loss,\n", "    log_cosh_loss,\n    log_cosh_loss_grad,\n")
    return put(text, '    "log_sigmoid",\n', '    "log_cosh_loss",\n    "log_cosh_loss_grad",\n')


def in_cases(text: str) -> str:
    """The case, where the entry stands in the list of the losses."""
    return put(text, '    "binary_cross_entropy": Case(', CASE)


def in_test(text: str) -> str:
    """The name in the list of the tests of all losses of the family, and tests of its own."""
    text = text.replace('"huber_loss")\n', '"huber_loss", "log_cosh_loss")\n', 1)
    text = put(text, "    mse_loss,\n", "    log_cosh_loss,\n    log_cosh_loss_grad,\n")
    text = put(text, "    huber_loss,\n", "    explain,\n")
    return put(text, "\nfrom helpers import (", "from torch import nn\n") + TEST


def in_chapter(text: str) -> str:
    """A stub of the chapter. What a chapter must say is held by the rules of the book."""
    title = v4.new_markdown_cell("# LogCoshLoss\n\nThe logarithm of the hyperbolic cosine.")
    return nbformat.writes(v4.new_notebook(cells=[title, v4.new_code_cell(CELL)]))


def in_contents(text: str) -> str:
    """The chapter's line."""
    (line,) = re.findall(r".*regression/smooth_l1\n", text)
    return put(text, line, line.replace("smooth_l1", "log_cosh"))


CHANGES: dict[str, Callable[[str], str]] = {
    "helpers/losses/regression.py": in_module,
    "helpers/__init__.py": in_package,
    "tests/losses/cases.py": in_cases,
    "tests/losses/test_regression.py": in_test,
    "book/regression/log_cosh.ipynb": in_chapter,
    "book/_toc.yml": in_contents,
}
PYTHON = [name for name in CHANGES if name.endswith(".py")]

# Of these files all tests that ask whether something is missing, and those of the new loss.
ASKED = (
    "helpers/losses/regression.py",
    "tests/losses",
    "tests/diagnosis",
    "tests/book/test_book.py",
    "tests/book/test_reference.py",
    "tests/test_bench.py",
    "tests/test_layers.py",
)
CHOSEN = "log_cosh or LogCosh or losses.regression or test_cases or test_reference or contents_name"
# Where the loss must have been found without being named there.
TAKEN = {
    "test_cases.py": "test_every_loss_of_torch_is_in_the_list.LogCoshLoss",
    "test_contract.py": "log_cosh_loss",
    "test_explanation.py": "LogCoshLoss",
    "test_bench.py": "log_cosh_loss",
    "test_book.py": "log_cosh_loss_grad",
}
COMPLETENESS = (
    "tests/losses/test_cases.py",
    "tests/losses/test_regression.py",
    "tests/book/test_book.py",
)


def add(copy: Path, but: str = "") -> None:
    """Make the changes in a copy of the tree, all but one."""
    for name, change in CHANGES.items():
        if name != but:
            path = copy / name
            path.write_text(change(path.read_text("utf-8") if path.is_file() else ""), "utf-8")


def ask(copy: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run tests of the copy with the new torch."""
    (copy / "_build").mkdir(exist_ok=True)
    (copy / "_build" / "new_torch.py").write_text(NEW_TORCH, encoding="utf-8")
    options = ("-q", "-p", "new_torch", "-p", "no:cacheprovider", "-k", CHOSEN)
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options, *arguments],
        cwd=copy,
        env=os.environ | {"PYTHONPATH": str(copy / "_build")},
        capture_output=True,
        text=True,
    )


def test_six_files_are_all_it_takes(tmp_path: Path) -> None:
    """Every check of completeness, the contract, `explain` and the bench take the new loss."""
    copy = copy_checkout(tmp_path / "copy")
    add(copy)
    changed = [
        path.relative_to(copy)
        for path in copy.rglob("*")
        if path.is_file()
        and not ((old := ROOT / path.relative_to(copy)).is_file() and filecmp.cmp(path, old))
    ]
    assert sorted(map(str, changed)) == sorted(CHANGES)
    assert len(changed) <= 6
    done = ask(copy, *ASKED, "-rA")
    assert done.returncode == 0, done.stdout
    for file, word in TAKEN.items():
        assert re.search(rf"PASSED .*{file}::.*{word}", done.stdout)
    for style in (["check"], ["format", "--check"]):
        ruff = [sys.executable, "-m", "ruff", *style, "--no-cache", *PYTHON]
        assert subprocess.run(ruff, cwd=copy).returncode == 0


@pytest.mark.parametrize("missing", CHANGES)
def test_each_file_is_asked_for(missing: str, tmp_path: Path) -> None:
    """Without any one of them a test fails that names what is missing."""
    copy = copy_checkout(tmp_path / "copy")
    add(copy, but=missing)
    done = ask(copy, *COMPLETENESS, "-x")
    assert done.returncode != 0
    assert re.search("log_cosh|LogCosh", done.stdout + done.stderr)


def show(folder: Path) -> int:
    """Add the loss to a copy of the tree, print what that changes, and run the tests there."""
    shutil.rmtree(folder, ignore_errors=True)
    copy = copy_checkout(folder)
    add(copy)
    for name in CHANGES:
        old = ROOT / name if (ROOT / name).exists() else Path(os.devnull)
        diff = ["git", "--no-pager", "diff", "--no-index", "--no-color", str(old), str(copy / name)]
        changed = subprocess.run(diff, capture_output=True, text=True).stdout.splitlines()
        first = next(i for i, line in enumerate(changed) if line.startswith("@@"))
        print("\n".join([f"=== {name}", *changed[first:], ""]))
    done = ask(copy, *COMPLETENESS, "tests/losses/test_contract.py")
    print(done.stdout)
    return done.returncode


if __name__ == "__main__":
    sys.exit(show(ROOT / "_build" / "add_a_loss"))
