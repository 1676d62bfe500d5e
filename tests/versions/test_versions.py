"""The calls, the probes that run them, and the results that are stored."""

import ast
import itertools
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from helpers.book.releases import changes, same
from tests.versions import __main__ as versions
from tests.versions import probes, releases
from tests.versions.calls import CALLS, IDS
from tests.versions.releases import RELEASES, CannotInstallError, Release
from tests.versions.results import Results

HERE = Path(__file__).parent
INSTALLED = torch.__version__.partition("+")[0]
NEEDS_FORK = pytest.mark.skipif(not hasattr(os, "fork"), reason="The probes need os.fork.")


@pytest.fixture(scope="module")
def stored() -> Results:
    """The results in the book."""
    return Results()


@pytest.mark.parametrize("name", ["calls.py", "probes.py"])
def test_the_oldest_python_reads_the_probes(name: str) -> None:
    """They have no syntax that is newer than Python 3.6."""
    ast.parse((HERE / name).read_text(encoding="utf-8"), feature_version=(3, 6))


def test_every_loss_is_called() -> None:
    """All of torch.nn, its two similarities included, each with many calls."""
    losses = {name for name in dir(nn) if name.endswith("Loss")} - {"NLLLoss2d"}
    assert losses | {"CosineSimilarity", "PairwiseDistance"} == CALLS.keys()
    assert {loss for loss, calls in CALLS.items() if len(calls) < 15} == set()
    assert len(IDS) == sum(map(len, CALLS.values())) >= 300


def test_no_call_is_there_twice() -> None:
    """Two ids with one text would be one result under two names."""
    texts = sorted(IDS.values())
    assert [a for a, b in itertools.pairwise(texts) if a == b] == []


def test_the_results_are_complete(stored: Results) -> None:
    """Every release has a result for every call of today, and says how it came."""
    names = [release.torch for release in RELEASES]
    assert {key: call["code"] for key, call in stored.calls.items()} == IDS
    assert all(key.startswith(call["loss"] + "/") for key, call in stored.calls.items())
    assert list(stored.torch) == list(stored.made) == names
    assert [name for name in names if not stored.has(name)] == []
    assert {frozenset(made) for made in stored.made.values()} == {
        frozenset({"python", "numpy", "date"})
    }


def test_the_results_have_their_form(stored: Results) -> None:
    """Each has a value or an error, only known fields, and no path of a build."""
    known = {"value", "dtype", "grad", "warning", "error"}
    for column in stored.torch.values():
        for key, result in column.items():
            fits = result == {"unsteady": True} or (
                result.keys() <= known and result.keys() & {"value", "error"}
            )
            assert fits, key
            text = result.get("error", "") + result.get("warning", "")
            assert not [word for word in (" at /", ".cpp:", ".h:", ".c:", "0x") if word in text]


def test_the_file_is_written_as_it_is_read(stored: Results, tmp_path: Path) -> None:
    """Writing changes nothing: a line for each call and each result."""
    text = stored.path.read_text(encoding="utf-8")
    stored.path = tmp_path / "results.json"
    stored.write()
    assert stored.path.read_text(encoding="utf-8") == text
    assert len(text.splitlines()) >= len(IDS) * (len(RELEASES) + 1)


@NEEDS_FORK
@pytest.mark.skipif(
    INSTALLED not in [release.torch for release in RELEASES],
    reason=f"There are no results of torch {INSTALLED}.",
)
def test_the_installed_torch_returns_its_results(stored: Results) -> None:
    """The column of this release, measured again."""
    column = stored.torch[INSTALLED]
    today = versions.probe(Path(sys.executable))["results"]
    assert today.keys() == column.keys()
    steady = {key: result for key, result in column.items() if "unsteady" not in result}
    assert {key: (steady[key], today[key]) for key in changes(steady, today)} == {}


def run_isolated(*codes: str) -> list[dict[str, Any]]:
    """What calls return in processes of their own; the parent of these is a fresh one, too."""
    script = (
        "import json, sys, probes\nprint(json.dumps([probes.isolated(c) for c in sys.argv[1:]]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *codes],
        cwd=HERE,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


@NEEDS_FORK
def test_a_crash_is_a_result_and_leaves_the_others() -> None:
    """The process of a call may end in any way."""
    crash = "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)"
    before, crashed, after = run_isolated("1 + 1", crash, "torch.ones(2)")
    assert (before, after) == ({"value": 2}, {"value": [1.0, 1.0]})
    assert crashed == {"error": "the process ended: SIGSEGV"}


@NEEDS_FORK
def test_a_warning_that_comes_once_comes_in_each_call() -> None:
    """torch's own warnings come once in a process."""
    code = "torch.zeros(1, requires_grad=True).sum().grad"
    once, again = run_isolated(code, code)
    assert "not a leaf" in once["warning"]
    assert once == again


@pytest.mark.parametrize(
    ("code", "result"),
    [
        ("torch.tensor([0.1, 1 / 3])", {"value": [0.1, 0.33333334]}),
        ("torch.tensor(0.1, dtype=torch.float64) / 3", {"value": 0.1 / 3, "dtype": "float64"}),
        ("torch.tensor([inf, -inf, nan])", {"value": ["inf", "-inf", "nan"]}),
        ("torch.tensor([True])", {"value": [True], "dtype": "bool"}),
        ("torch.tensor([1 + 2j])", {"value": ["(1+2j)"], "dtype": "complex64"}),
        ("torch.tensor(0.1).half()", {"value": 0.1, "dtype": "float16"}),
        ("nn.L1Loss()", {"value": "L1Loss"}),
        ("torch.ones(2).sum().grad_fn", {"value": None}),
        (
            "x = torch.ones(2, requires_grad=True)\ny = torch.ones(1, requires_grad=True)\n2 * x",
            {"value": [2.0, 2.0], "grad": {"x": [2.0, 2.0], "y": None}},
        ),
        (
            "x = torch.ones(1, requires_grad=True)\nx.mul_(2)",
            {
                "error": "RuntimeError: a leaf Variable that requires grad is being used in an "
                "in-place operation."
            },
        ),
        (
            "from warnings import warn\n[warn('b\\nc'), warn('a'), warn('b\\nc')][0]",
            {"value": None, "warning": "UserWarning: b | UserWarning: a"},
        ),
        (
            "nn.L1Loss(weight=1)",
            {"error": "TypeError: __init__() got an unexpected keyword argument 'weight'"},
        ),
    ],
)
def test_what_a_call_returns(code: str, result: dict[str, Any]) -> None:
    """Values in the fewest digits, gradients by name, first lines."""
    assert probes.run(code) == result


def test_an_error_in_backward_stands_beside_the_value() -> None:
    """So one can tell where it came."""
    code = "x = torch.ones(1, requires_grad=True)\ny = x.exp()\nz = y.sum()\ny.mul_(2)\nz + y.sum()"
    result = probes.run(code)
    assert result["value"] == pytest.approx(3 * 2.7182817)
    assert result["error"].startswith("RuntimeError: one of the variables needed")


@pytest.mark.parametrize(
    ("message", "line"),
    [
        ("\n  first\nsecond", "first"),
        ("", ""),
        ("failed.  at /pytorch/aten/src/THNN/generic/ClassNLLCriterion.c:93", "failed."),
        (
            "of size batch_size (ctc_loss_cpu at /pytorch/aten/src/LossCTC.cpp:67)",
            "of size batch_size",
        ),
        ("(sum) (Triggered internally at ../aten/src/ATen/native/Loss.cpp:9.)", "(sum)"),
        ("_Loss.__init__() takes 1", "__init__() takes 1"),
        ("<object at 0x7f12>", "<object>"),
        ("(check at least 2)", "(check at least 2)"),
    ],
)
def test_messages_lose_what_belongs_to_a_build(message: str, line: str) -> None:
    """Not a word more."""
    assert probes.first_line(message) == line


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ({"value": [1.0, 1e-9]}, {"value": [1.0, 2e-9]}, True),
        ({"value": 1e-9}, {"value": 2e-9}, False),
        ({"value": 0.0}, {"value": 2e-9}, False),
        ({"value": [1.0, 2.0]}, {"value": [[1.0, 2.0]]}, False),
        ({"value": [1.0]}, {"value": 1.0}, False),
        ({"value": 1.0}, {"value": "nan"}, False),
        ({"value": 1, "dtype": "int64"}, {"value": 2, "dtype": "int64"}, False),
        ({"value": True}, {"value": 1.0}, False),
        ({"value": 1.0}, {"value": 1.0, "dtype": "float64"}, False),
        ({"value": 1.0, "dtype": "float64"}, {"value": 1.000001, "dtype": "float64"}, False),
        ({"value": 1.0, "grad": {"x": 1.0}}, {"value": 1.0, "grad": {"x": 0.0}}, False),
        ({"value": 1.0, "grad": {"x": 1.0}}, {"value": 1.0, "grad": {"y": 1.0}}, False),
        ({"value": 1.0, "grad": {"x": None}}, {"value": 1.0, "grad": {"x": None}}, True),
        ({"value": []}, {"value": []}, True),
        ({"value": 1.0, "warning": "a"}, {"value": 1.0}, False),
    ],
)
def test_what_counts_as_a_change(one: dict[str, Any], other: dict[str, Any], equal: bool) -> None:
    """Last digits do not, all else does."""
    assert same(one, other) == same(other, one) == equal


def test_an_unconfirmed_result_is_none() -> None:
    """What another run does not return is not kept as a fact."""
    once = {"a": {"value": 1.0}, "b": {"value": 2.0}}
    again = {"a": {"value": 1.0}, "b": {"error": "the process ended: SIGSEGV"}}
    assert versions.steady(once, again) == {"a": {"value": 1.0}, "b": {"unsteady": True}}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`make versions` with two releases that are not installed, in a file of its own."""
    installed: list[str] = []

    @contextmanager
    def environment(release: Release) -> Iterator[Path]:
        if release.torch == "9.2.0":
            raise CannotInstallError("needs Python 9.9, which is not here")
        installed.append(release.torch)
        yield Path(release.torch)

    def probe(python: Path, **variables: str) -> dict[str, Any]:
        results = {key: {"value": float(len(code))} for key, code in IDS.items()}
        return {"torch": str(python), "python": "3.9.1", "numpy": None, "results": results}

    pair = (Release("9.1.0", ("3.9",)), Release("9.2.0", ("9.9",)))
    path = tmp_path / "versions" / "results.json"
    monkeypatch.setattr(versions, "RELEASES", pair)
    monkeypatch.setattr("tests.versions.results.RELEASES", pair)
    monkeypatch.setattr(versions, "environment", environment)
    monkeypatch.setattr(versions, "probe", probe)
    monkeypatch.setattr(versions, "Results", lambda: Results(path))

    def main(*names: str) -> tuple[int, list[str], Results]:
        installed.clear()
        return versions.main(list(names)), list(installed), Results(path)

    return main


def test_a_run_goes_on_where_it_was(run: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """What is there is not measured again, unless it is named; what cannot be is named and kept."""
    status, installed, results = run()
    assert (status, installed, list(results.torch)) == (0, ["9.1.0"], ["9.1.0"])
    assert "torch 9.2.0: needs Python 9.9, which is not here." in capsys.readouterr().out
    assert run()[1] == []
    assert run("9.1.0")[1] == ["9.1.0"]
    assert run("8.0.0")[:2] == (2, [])


def test_a_changed_call_is_measured_again(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A result belongs to the text that was executed, and goes when the call does."""
    run()
    calls = CALLS["L1Loss"]
    monkeypatch.setitem(calls, "mean", "0")
    monkeypatch.setitem(IDS, "L1Loss/mean", "0")
    _, installed, results = run()
    assert installed == ["9.1.0"]
    assert results.torch["9.1.0"]["L1Loss/mean"] == {"value": 1.0}
    monkeypatch.delitem(calls, "mean")
    monkeypatch.delitem(IDS, "L1Loss/mean")
    run()
    _, installed, results = run("9.1.0")
    assert "L1Loss/mean" not in results.torch["9.1.0"]
    assert "L1Loss/mean" not in results.calls


@pytest.mark.parametrize("first", ["9.1.0", "9.1.1"])
def test_another_release_than_asked_for_is_refused(
    run: Any, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    """pip may have a constraint of its own."""
    probe = versions.probe
    monkeypatch.setattr(versions, "probe", lambda *a, **k: {**probe(*a, **k), "torch": first})
    assert ("9.1.0" in run()[2].torch) == (first == "9.1.0")


def test_a_python_is_found_in_pyenv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that runs and is of that version, wherever the PATH has another."""
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    scripts = {
        tmp_path / "path" / "python9.9": "#!/bin/sh\nexit 127\n",
        tmp_path / "pyenv" / "versions" / "9.9.1" / "bin" / "python": "#!/bin/sh\necho 9.9\n",
        tmp_path / "pyenv" / "versions" / "9.8.1" / "bin" / "python": "#!/bin/sh\necho 9.7\n",
    }
    for path, text in scripts.items():
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755)
    assert releases.find_python("9.9") == list(scripts)[1]
    assert releases.find_python("9.8") is None
    assert releases.find_python("9.7") is None
    words = r"needs Python 9\.8 or 9\.7, which is not here"
    release = Release("0.1", ("9.8", "9.7"))
    with pytest.raises(CannotInstallError, match=words), releases.environment(release):
        pass


def test_an_environment_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when pip has failed, whose words the error holds."""
    monkeypatch.setattr(releases, "FOLDER", tmp_path)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    monkeypatch.setattr(releases, "find_python", lambda version: Path(sys.executable))
    release = Release("0.0.1", ("3",))
    with pytest.raises(subprocess.CalledProcessError) as failure, releases.environment(release):
        pass
    assert "ERROR: " in failure.value.stdout
    assert "torch==0.0.1" in failure.value.stdout
    assert list(tmp_path.iterdir()) == []
