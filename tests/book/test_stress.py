"""The matrix of surroundings: that it is whole, and that a row fails when something differs."""

import copy
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from nbformat import NotebookNode

from tests.notebook_check.notebook import Notebook
from tests.notebook_check.settings import Settings
from tests.notebook_check.test_samples import SAMPLES

from . import stress
from .stress import Row, compared, main, rows

PLAIN, WRONG = SAMPLES / "pass-plain.ipynb", SAMPLES / "fail-last-digit.ipynb"


SURROUNDINGS = (
    *("as it is", "OMP_NUM_THREADS", "set_num_threads", "ATEN_CPU_CAPABILITY", "last bit"),
    *(
        "PYTHONHASHSEED",
        "TZ=",
        "LC_ALL=C",
        "LC_ALL=zh",
        "COLUMNS=60",
        "COLUMNS=200",
        "HOME",
        "read-only",
        "folder",
    ),
    *("nbclient", "papermill", "JupyterLab"),
)


def test_the_matrix_is_whole() -> None:
    """Every surrounding has its row, and each row a name of its own."""
    names = [row.name for row in rows()]
    assert len(set(names)) == len(names)
    assert [word for word in SURROUNDINGS if not any(word in name for name in names)] == []


def test_a_run_of_pytest_gets_the_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a row sets is set, what it takes away is not there, and all else stays."""
    seen = []

    def run(command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        seen.append(options["env"])
        return subprocess.CompletedProcess(command, 1, "1 failed", "")

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setenv("HOME", "/somewhere")
    monkeypatch.setenv("KEPT", "1")
    found = {row.name: row.run([PLAIN]) for row in rows(1) if row.name in ("no HOME", "TZ=UTC")}
    assert found == {"TZ=UTC": "1 failed", "no HOME": "1 failed"}
    utc, homeless = seen
    assert (utc["TZ"], utc["HOME"], utc["KEPT"]) == ("UTC", "/somewhere", "1")
    assert "HOME" not in homeless


def as_stored(notebook: Notebook) -> list[list[NotebookNode]]:
    """The outputs of a run that gives what is stored."""
    return [copy.deepcopy(cell.outputs) for _, cell in notebook.code_cells()]


def test_another_way_to_run_cells_is_compared() -> None:
    """The same outputs pass, one other digit does not, and neither does a runner that fails."""

    def other(notebook: Notebook) -> list[list[NotebookNode]]:
        actual = as_stored(notebook)
        actual[0][0].data["text/plain"] = "0.4"
        return actual

    def broken(notebook: Notebook) -> list[list[NotebookNode]]:
        raise RuntimeError("no kernel")

    assert compared([WRONG], as_stored) == ""
    assert "fail-last-digit.ipynb, Cell 1:\n\noutput 1, text/plain:" in compared([WRONG], other)
    assert compared([WRONG], broken).endswith("fail-last-digit.ipynb: RuntimeError: no kernel")


def test_the_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each row's verdict; what differs in a file; and the exit code."""

    def impossible(notebooks: list[Path]) -> str:
        raise stress.NotPossibleError("no such thing here")

    table = [
        Row("good: 1/2", lambda notebooks: ""),
        Row("impossible", impossible),
        Row("bad: 1/2", lambda notebooks: f"{notebooks[0].name}: differs"),
    ]
    monkeypatch.setattr(stress, "rows", lambda runs: table)
    monkeypatch.setattr(stress, "LOGS", tmp_path)
    monkeypatch.setattr(stress, "ROOT", tmp_path)
    stored = []
    monkeypatch.setattr(stress, "store", lambda name, *_: stored.append(name))
    assert main([]) == 1
    good, skipped, bad, log, end = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[1] for line in (good, skipped, bad)] == [row.name for row in table]
    assert "passed" in good
    assert "skipped: no such thing here" in skipped
    assert "FAILED" in bad
    assert log == "    what differs: bad--1-2.txt"
    assert (tmp_path / "bad--1-2.txt").read_text().endswith(": differs")
    assert end == "1 of 3 failed"
    assert main(["good", "impossible"]) == 0
    assert stored == []
    monkeypatch.setattr(stress, "rows", lambda runs: table[:2])
    assert main([]) == 0
    assert stored == ["stress"]


def test_instructions_that_the_processor_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Instructions that are missing are not tried, since torch would take others instead."""
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: "AVX2")
    with pytest.raises(stress.NotPossibleError, match="this processor has avx2 only"):
        stress.instructions("avx512").run([PLAIN])


@pytest.mark.parametrize(
    ("numbers", "exactly", "without"),
    [
        ([0.99999994], "[1.0000]", "[1.]"),
        ([1.0, 2.0], "[1., 2.]", "[1., 2.]"),
        ([0.99999994, 0.5], "[1.0000, 0.5000]", "[1.0000, 0.5000]"),
        ([0.999999], "[1.0000]", "[1.0000]"),
        ([-0.0, torch.inf, torch.nan], "[-0., inf, nan]", "[-0., inf, nan]"),
        ([1e-30, 3e38], "[1.0000e-30, 3.0000e+38]", "[1.0000e-30, 3.0000e+38]"),
    ],
)
def test_a_tensor_at_an_edge_prints_otherwise_without_its_last_bit(
    numbers: list[float], exactly: str, without: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A number beside a whole one is found; one that is whole, or farther from it, is not."""
    tensor = torch.tensor(numbers, requires_grad=True)
    assert str(tensor) == f"tensor({exactly}, requires_grad=True)"
    monkeypatch.setattr(torch._tensor_str, "_tensor_str", torch._tensor_str._tensor_str)
    exec(stress.WITHOUT_LAST_BIT, {})
    assert str(tensor) == f"tensor({without}, requires_grad=True)"


@pytest.mark.skipif(sys.platform != "linux", reason="a read-only mount is made as on Linux")
def test_a_read_only_checkout_cannot_be_written_to(tmp_path: Path) -> None:
    """A file can be read there, but none made, and afterwards all is as before."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    (folder / "old").touch()
    with stress._protected(folder) as within:
        ended = [
            subprocess.run([*within, command, folder / name], capture_output=True).returncode
            for command, name in (("cat", "old"), ("touch", "new"))
        ]
    if within and ended[0]:
        pytest.skip("this user may not mount")
    assert (ended[0], bool(ended[1])) == (0, True)
    assert [path.name for path in folder.iterdir()] == ["old"]
    (folder / "new").touch()


@pytest.mark.parametrize("words", [["cells run by nbclient"], ["set_num_threads(2)"]])
def test_a_row_for_real(words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A notebook that holds passes; one that does not fails, and the log says what differs."""
    monkeypatch.setattr(stress, "LOGS", tmp_path)
    monkeypatch.setattr(stress, "ROOT", tmp_path)
    monkeypatch.setattr(stress, "SETTINGS", Settings.of(SAMPLES))  # Nothing is preloaded.
    assert main([*words, "--chapter", str(PLAIN), "--chapter", str(WRONG)]) == 1
    (log,) = tmp_path.iterdir()
    said = log.read_text()
    assert "number 1: expected 0.3333333333333334, actual 0.3333333333333333" in said
    assert "pass-plain" not in said


def test_a_command_that_executes_nothing_leaves_nothing() -> None:
    """The outputs that are stored do not pass for those of the run."""
    actual = stress.by_command(sys.executable, "-c", "")(Notebook.read(PLAIN))
    assert actual == [[]] * len(list(Notebook.read(PLAIN).code_cells()))


def test_a_command_may_fail_only_where_errors_are_announced() -> None:
    """papermill fails for an error that a notebook announces, when all its cells have run."""
    executed = stress.by_command(sys.executable, "-c", "raise SystemExit(1)")
    assert executed(Notebook.read(PLAIN))
    with pytest.raises(RuntimeError, match="failed"):
        executed(Notebook.read(WRONG))
