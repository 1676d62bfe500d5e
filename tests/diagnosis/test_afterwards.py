"""After the fact: in a plain script, in a real kernel, and with an exception in hand."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from helpers import post_mortem

ROOT = Path(__file__).parents[2]
X, Y = torch.zeros(2, 3), torch.tensor([[0], [1]])
FAILING = """\
import torch
from torch import nn

def step(x, y):
    return nn.CrossEntropyLoss()(x, y)

print("before")
step(torch.zeros(2, 3), torch.tensor([[0], [1]]))
"""


def caught(function):
    """The exception that a function raises."""
    try:
        function()
    except Exception as error:
        return error
    raise AssertionError("nothing was raised")


class Shifted(nn.CrossEntropyLoss):
    """A derived class that changes its arguments."""

    def forward(self, input, target):
        return super().forward(input[:1], target)


@pytest.mark.parametrize(
    ("call", "title", "words"),
    [
        (lambda: nn.CrossEntropyLoss()(X, Y), "cross_entropy(", ".squeeze(1)"),
        (lambda: F.cross_entropy(X, Y), "cross_entropy(", ".squeeze(1)"),
        (lambda: Shifted()(X, Y[:, 0]), "cross_entropy(", "input"),
        (lambda: nn.BCELoss()(X, Y.float()), "binary_cross_entropy(", "shape"),
        (lambda: nn.MultiMarginLoss()(X, Y), "multi_margin_loss(", "target"),
        (lambda: nn.CosineSimilarity()(X, X[:, :2]), "CosineSimilarity(", "shape"),
        (lambda: nn.TripletMarginLoss()(X, X, X[:, :2]), "triplet_margin_loss(", "negative"),
        (lambda: nn.L1Loss()(X, X, X), "L1Loss", "constructor"),
        (lambda: nn.L1Loss(X, X), "L1Loss", "nn.L1Loss()(input, target)"),
        (lambda: nn.CrossEntropyLoss(X, Y), "CrossEntropyLoss", "nn.CrossEntropyLoss()"),
        (lambda: nn.NLLLoss(weight=[1.0, 2.0]), "NLLLoss", "weight=torch.tensor([1.0, 2.0])"),
        (lambda: nn.NLLLoss("sum"), "NLLLoss", "reduction='sum'"),
        (lambda: nn.MultiMarginLoss(weight=X), "MultiMarginLoss", "weight has shape (2, 3)"),
    ],
)
def test_the_call_is_found_in_the_traceback(call, title, words):
    shown = post_mortem(caught(call))
    assert shown.refused
    assert shown.title.startswith(title)
    assert words in str(shown)
    assert shown.where.startswith("test_afterwards.py:")


class TestBackward:
    """Errors that come after the loss."""

    def of(self, loss):
        return post_mortem(caught(loss.backward))

    def test_a_loss_for_each_element(self):
        x = torch.tensor([[1.0, 3.0]], requires_grad=True)
        shown = self.of(F.mse_loss(x, torch.zeros(1, 2), reduction="none"))
        assert shown.refused
        assert "(1, 2)" in shown.causes[0]
        assert [fix.value for fix in shown.fixes] == [5.0, 10.0]

    def test_no_graph(self):
        shown = self.of(F.mse_loss(torch.ones(2), torch.zeros(2)))
        assert "detach()" in shown.causes[0]
        assert not shown.fixes

    def test_the_variable_is_named(self):
        def step():
            total = F.mse_loss(torch.ones(2), torch.zeros(2))
            total.backward()

        assert "total has no graph" in post_mortem(caught(step)).causes[0]

    def test_two_dtypes(self):
        x = torch.tensor([1.0, 4.0], requires_grad=True)
        target = torch.zeros(2, dtype=torch.float64)
        shown = self.of(2 * F.huber_loss(x, target, delta=2.0))
        assert "float64" in shown.causes[0]
        [fix] = shown.fixes
        assert fix.sure
        assert fix.value == pytest.approx((0.5 + 2 * (4 - 1)) / 2)

    def test_a_gradient_that_is_given(self):
        x = torch.tensor([1.0], requires_grad=True)
        with pytest.raises(LookupError):
            post_mortem(caught(lambda: (x * 2).backward(torch.ones(3))))

    def test_no_error_of_a_tensor(self):
        class Engine:
            def backward(self):
                raise RuntimeError("no")

        with pytest.raises(LookupError):
            post_mortem(caught(Engine().backward))


def test_an_error_raised_from_that_of_a_loss():
    def step():
        try:
            F.cross_entropy(X, Y)
        except RuntimeError as error:
            raise ValueError("training failed") from error

    assert ".squeeze(1)" in str(post_mortem(caught(step)))


def test_the_last_error_of_the_interpreter(monkeypatch):
    monkeypatch.setattr(sys, "last_exc", caught(lambda: F.cross_entropy(X, Y)), raising=False)
    assert ".squeeze(1)" in str(post_mortem())


def test_the_error_that_is_being_handled():
    try:
        F.cross_entropy(X, Y)
    except RuntimeError:
        assert ".squeeze(1)" in str(post_mortem())


def test_no_error_and_other_errors(monkeypatch):
    monkeypatch.setattr(sys, "last_exc", None, raising=False)
    monkeypatch.setattr(sys, "last_value", None, raising=False)
    with pytest.raises(LookupError, match="got none"):
        post_mortem()
    with pytest.raises(LookupError, match="got ZeroDivisionError: division by zero"):
        post_mortem(caught(lambda: 1 / 0))


def test_compiled_code_says_to_run_again():
    def refuse(graph, inputs):
        def run(*args):
            raise RuntimeError("size mismatch")

        return run

    step = torch.compile(lambda x: F.mse_loss(x, x), backend=refuse)
    shown = post_mortem(caught(lambda: step(torch.ones(2))))
    assert shown.refused
    assert "TORCH_COMPILE_DISABLE=1" in shown.causes[0]


# --------------------------------------------------------------------------------- in a script


def run(*arguments, cwd):
    """Run `python -m helpers` with arguments."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-m", "helpers", *arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_a_script_that_fails_in_a_loss(tmp_path):
    (tmp_path / "train.py").write_text(FAILING)
    done = run("train.py", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout == "before\n"
    traceback, explanation = done.stderr.split("\n\n", 1)
    assert traceback.startswith("Traceback (most recent call last):\n")
    assert 'train.py", line 8, in <module>' in traceback.splitlines()[1]
    assert ".squeeze(1)" in explanation


def test_a_script_that_fails_elsewhere_or_not_at_all(tmp_path):
    (tmp_path / "fails.py").write_text("import sys\nprint(sys.argv, __name__)\n1 / 0\n")
    done = run("fails.py", "--rate", "1", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout == "['fails.py', '--rate', '1'] __main__\n"
    assert done.stderr.endswith("ZeroDivisionError: division by zero\n")
    (tmp_path / "exits.py").write_text("raise SystemExit(3)\n")
    assert run("exits.py", cwd=tmp_path).returncode == 3


TRAINING = """\
import sys
import torch
import torch.nn.functional as F
from torch import nn

def trained(model, data, optimizer):
    total = 0.0
    for a, b in data:
        scores = model(a)
        loss = criterion(scores, b)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(a)
    return total / 40

torch.manual_seed(0)
x, y = torch.randn(40, 4), torch.randint(0, 3, (40,))
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Dropout(), nn.Linear(8, 3))
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), 0.1)
data = [*zip(x.split(16), y.split(16))]
for epoch in range(EPOCHS):
    print(trained(model, data, optimizer))
print(F.l1_loss(nn.Linear(4, 1)(x)[:, 0], x[:, 0]).item())
sys.exit(0)
""".replace("EPOCHS", "12")
# A change of the script that is a silent mistake, where it is said to be, and a word of it.
MISTAKES = {
    "softmax": ("criterion(scores, b)", "criterion(scores.softmax(1), b)", 10, "probabilities"),
    "broadcast": ("nn.Linear(4, 1)(x)[:, 0]", "nn.Linear(4, 1)(x)", 25, "(40, 1)"),
    "total": (" * len(a)\n    return total / 40", "\n    return total / 3", 10, "Line 14 adds up"),
    "nan": ("model(a)", "model(a) + float('nan')", 10, "holds NaN"),
}


def test_a_healthy_script_says_nothing_more(tmp_path):
    (tmp_path / "train.py").write_text(TRAINING)
    done = run("train.py", cwd=tmp_path)
    plainly = subprocess.run(
        [sys.executable, "train.py"], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == plainly.stdout


@pytest.mark.parametrize("name", MISTAKES)
def test_a_silent_mistake_is_told_of_once_at_the_end(tmp_path, name):
    right, wrong, line, words = MISTAKES[name]
    assert TRAINING.count(right) == 1
    (tmp_path / "train.py").write_text(TRAINING.replace(right, wrong))
    done = run("train.py", cwd=tmp_path)
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 13
    assert done.stderr.count(f"train.py:{line}:\n") == 1
    _, _, said = done.stderr.partition(f"train.py:{line}:\n")
    assert words in " ".join(said.split())
    assert "train.py:" not in said.replace("of train.py", "")


def test_the_total_of_few_calls_has_its_numbers(tmp_path):
    right, wrong, _, _ = MISTAKES["total"]
    script = TRAINING.replace(right, wrong).replace("range(12)", "range(2)")
    (tmp_path / "train.py").write_text(script)
    said = " ".join(run("train.py", cwd=tmp_path).stderr.split())
    assert "3 means of train.py:10 divide by 16, 16, 8." in said


def test_what_a_script_is_told_before_it_is_stopped(tmp_path):
    right, wrong, line, _ = MISTAKES["softmax"]
    script = TRAINING.replace(right, wrong).replace("sys.exit(0)", "raise KeyboardInterrupt")
    (tmp_path / "train.py").write_text(script)
    assert f"train.py:{line}:\nMISTAKE?" in run("train.py", cwd=tmp_path).stderr


def test_a_script_that_compiles_runs_uncompiled(tmp_path):
    step = "step = torch.compile(step)\nprint"
    (tmp_path / "train.py").write_text(FAILING.replace("print", step))
    done = run("train.py", cwd=tmp_path)
    assert "FIX: Axis 1 of target" in done.stderr
    assert "CrossEntropyLoss()(x, y.squeeze(1))" in done.stderr


def test_a_failure_is_explained_once_and_without_our_frames(tmp_path):
    (tmp_path / "train.py").write_text(FAILING)
    said = run("train.py", cwd=tmp_path).stderr
    assert said.count("FIX: ") == 1
    head = said.partition("RuntimeError")[0]
    assert "overrides.py" not in head
    assert "diagnosis" not in head
    assert head.count("in cross_entropy") == 1


def test_a_module_and_no_script(tmp_path):
    (tmp_path / "train.py").write_text(FAILING)
    done = run("-m", "train", cwd=tmp_path)
    assert done.returncode == 1
    assert ".squeeze(1)" in done.stderr
    assert run(cwd=tmp_path).returncode == 2


# --------------------------------------------------------------------------------- in a kernel


@pytest.fixture(scope="module")
def kernel():
    """A kernel of Jupyter with the extension; a function that runs a cell in it."""
    from jupyter_client.manager import start_new_kernel

    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    manager, client = start_new_kernel(kernel_name="python3", env=environment)

    def cell(code):
        """The outputs of a cell: their texts, and the HTML of those that have it."""
        texts, pages = [], []

        def hook(message):
            content = message["content"]
            data = content.get("data", {})
            texts.append(content.get("text") or data.get("text/plain") or "")
            texts.extend(content.get("traceback", []))
            pages.extend([data["text/html"]] if "text/html" in data else [])

        client.execute_interactive(code, output_hook=hook, timeout=120)
        return "\n".join(texts), pages

    cell("%load_ext helpers")
    yield cell
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def test_a_cell_that_fails_in_a_loss_is_explained(kernel):
    text, pages = kernel(FAILING)
    assert "multi-target not supported" in text
    assert ".squeeze(1)" in text
    assert len(pages) == 1
    assert ".squeeze(1)" in pages[0]


def test_a_cell_that_fails_elsewhere_is_left_alone(kernel):
    text, pages = kernel("1 / 0")
    assert "ZeroDivisionError" in text
    assert pages == []


def test_the_cell_magic_explains_every_loss(kernel):
    kernel("import torch, torch.nn.functional as F\nx = torch.tensor([1.0, 2.0])")
    text, pages = kernel("%%explain\nF.mse_loss(x, 0 * x)")
    assert len(pages) == 1
    assert "mse_loss(reduction='mean')" in text
    text, pages = kernel("%%explain\nfor i in range(2):\n    loss = F.mse_loss(x, i * x)")
    assert len(pages) == 3  # both, and the two beside each other
    assert kernel("loss")[0].strip() == "tensor(0.)"


def test_the_cell_magic_explains_a_failure_once(kernel):
    _, pages = kernel("%%explain\nF.cross_entropy(torch.zeros(2, 3), torch.tensor([[0], [1]]))")
    assert len(pages) == 1
    assert ".squeeze(1)" in pages[0]


def test_the_extension_can_be_taken_away(kernel):
    kernel("%unload_ext helpers")
    _, pages = kernel(FAILING)
    assert pages == []
    assert "not found" in kernel("%%explain\n1")[0]
    kernel("%load_ext helpers")
