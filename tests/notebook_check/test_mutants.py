"""The mutation test: that it makes all kinds of damage, and that it tells what is missed."""

import copy
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import matplotlib as mpl
import nbformat.v4 as v4
import pytest
from nbformat import NotebookNode

from . import mutants
from .compare import cell_problems, fields
from .damage import KINDS
from .mutants import Mutant, Outputs, tally
from .normalise import normalise, to_text
from .notebook import Notebook
from .report import in_words
from .test_samples import SAMPLES, check

TABLE = """\
<table border="1">
<tr>
<th></th>
<th>loss</th>
</tr>
<tr>
<th>0</th>
<td>5.63</td>
</tr>
<tr>
<th>1</th>
<td>−4.95</td>
</tr>
</table>"""
PICTURE = f"""\
<svg>
<!-- Matplotlib v{mpl.__version__} -->
<path d="M 10.5 20.5 L 30 40" style="stroke: #0072b2"/>
<path d="M 11.5 21.5 L 31 41" style="stroke: #d55e00"/>
</svg>"""
PRINTED = """\
UserWarning: expected (2,)
loss: -0.5 and 1.25e-05
tensor([1., 0.], dtype=torch.float64)
"""


def sample() -> Notebook:
    """A notebook that has something for every kind of damage."""
    shown = {"text/plain": "Picture: 1 axes, most 4", "image/svg+xml": PICTURE}
    error = v4.new_output("error", ename="ValueError", evalue="got 3", traceback=["a", "b"])
    nb = v4.new_notebook()
    nb.cells = [
        v4.new_markdown_cell("# Title"),
        v4.new_code_cell(
            "print(loss)",
            outputs=[
                v4.new_output("stream", name="stdout", text=PRINTED),
                v4.new_output("execute_result", data={"text/plain": "5", "text/html": TABLE}),
            ],
        ),
        v4.new_code_cell(
            "picture",
            metadata={"mystnb": {"image": {"alt": "A picture of two lines."}}},
            outputs=[v4.new_output("execute_result", data=shown)],
        ),
        v4.new_code_cell("fail()", metadata={"tags": ["raises-exception"]}, outputs=[error]),
    ]
    for cell in nb.cells:
        cell.id = ""  # then it gets one that is made from its text
    return Notebook(SAMPLES / "mutants.ipynb", to_text(normalise(nb)))


def stored(notebook: Notebook) -> Outputs:
    """The outputs of a run that gives what is stored."""
    return {cell.id: copy.deepcopy(cell.outputs) for _, cell in notebook.code_cells()}


def test_there_are_mutants_of_every_kind() -> None:
    """The sample is damaged in every way, and never comes out as it was."""
    notebook = sample()
    found = list(mutants.mutants(notebook))
    assert list(dict.fromkeys(KINDS)) == list(KINDS)
    assert {mutant.kind for mutant in found} == set(KINDS)
    assert not [mutant.kind for mutant in found if mutant.notebook.text == notebook.text]


def test_the_damage_is_the_same_every_time() -> None:
    """Nothing is drawn at random."""
    texts = [[m.notebook.text for m in mutants.mutants(sample())] for _ in range(2)]
    assert texts[0] == texts[1]


def test_all_are_caught_but_what_a_rule_of_the_project_forbids() -> None:
    """By the rules for all, a picture may be by another version of matplotlib."""
    found = tally(sample(), stored(sample()))
    assert {mutant.kind for mutant in found.missed} == {"picture's maker"}
    assert found.numbers()["missed"] == {"picture's maker": found.made["picture's maker"]}


def rough(cell: NotebookNode, outputs: Sequence[NotebookNode]) -> list[str]:
    """A comparison that sees only four characters of a number, and no spaces."""

    def text(output: NotebookNode) -> str:
        return re.sub(r"([\d.]{4})[\d.]*|\s", r"\1", str(fields(output)))

    same = list(map(text, cell.outputs)) == list(map(text, outputs))
    return [] if same else ["differs"]


def blind(cell: NotebookNode, outputs: Sequence[NotebookNode]) -> list[str]:
    """No comparison at all."""
    return []


@pytest.mark.parametrize(
    ("weaker", "missed"),
    [
        (rough, {"digit added", "space twice", "space lost", "space at a line's end"}),
        (
            blind,
            {"digit up", "sign", "dtype", "table's row lost", "picture's data", "error's name"},
        ),
    ],
)
def test_a_weaker_comparison_misses_some(
    weaker: Callable, missed: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What slips through is counted and named."""
    monkeypatch.setattr(mutants, "cell_problems", weaker)
    found = tally(sample(), stored(sample()))
    assert missed <= {mutant.kind for mutant in found.missed}
    assert {mutant.place for mutant in found.missed} >= {"Cell 1", "Cell 2"}


def test_without_rules_some_are_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison does not see execution counts, tags or the layout of a file; the rules do."""
    monkeypatch.setattr(mutants, "rules_for", lambda notebook: ())
    kinds = {mutant.kind for mutant in tally(sample(), stored(sample())).missed}
    assert kinds >= {"execution count", "hidden by a tag", "result's count", "file's layout"}
    assert not kinds & {"digit up", "output lost", "picture's data"}


def test_every_caught_damage_can_be_told() -> None:
    """Whatever differs, a message comes of it."""
    outputs = stored(sample())
    for mutant in mutants.mutants(sample()):
        for cell in mutant.cells:
            if cell.cell_type == "code" and cell.get("id") in outputs:
                problems = list(cell_problems(cell, outputs[cell.id]))
                assert bool(in_words(problems)) == bool(problems)


# --- with pytest ----------------------------------------------------------------------------------


def of_kinds(notebook: Notebook, kinds: Sequence[str]) -> list[Mutant]:
    """One mutant of each kind, from the middle."""
    found = [[m for m in mutants.mutants(notebook) if m.kind == kind] for kind in kinds]
    return [of_kind[len(of_kind) // 2] for of_kind in found]


def test_pytest_rejects_what_is_rejected_here(tmp_path: Path) -> None:
    """Mutants on disk, executed for real: each fails, and the notebook itself passes."""
    whole = Notebook.read(SAMPLES / "pass-plain.ipynb")
    kinds = ["digit up", "line lost", "output twice", "result's count", "hidden by a tag"]
    (tmp_path / "whole.ipynb").write_bytes(whole.text.encode())
    for mutant in of_kinds(whole, [*kinds, "file's layout"]):
        (tmp_path / f"{mutant.kind}.ipynb").write_bytes(mutant.notebook.text.encode())
    said = check("-q", tmp_path).stdout
    failed = set(re.findall(r"^(?:FAILED|ERROR) (?:.*/)?(.*?)\.ipynb", said, re.MULTILINE))
    assert failed == {*kinds, "file's layout"}


def test_the_table() -> None:
    """`--mutants` adds an item to each notebook that holds, and the table of all kinds."""
    run = check("--mutants", *(SAMPLES / f"{n}.ipynb" for n in ("pass-plain", "fail-picture")))
    assert re.findall("^FAILED .*::(.*?) -", run.stdout, re.MULTILINE) == ["Cell 1", "mutants"]
    assert "fail-picture.ipynb: Cell 1 did not hold or did not run" in run.stdout
    assert re.search(r"^digit up +(\d+) +\1 +0$", run.stdout, re.MULTILINE)
    assert re.search(r"^all +(\d{3,}) +\1 +0$", run.stdout, re.MULTILINE)


def test_a_miss_fails_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the comparison is blind to spaces, the run fails and names what was missed, and where."""
    (tmp_path / "blind.py").write_text(
        "from tests.notebook_check import mutants\n"
        "from tests.notebook_check.test_mutants import rough\n"
        "mutants.cell_problems = rough\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    result = check("-p", "blind", "--mutants", SAMPLES / "pass-plain.ipynb")
    assert result.returncode == 1, result.stdout
    assert "pass-plain.ipynb: the check missed damage in\n" in result.stdout
    assert re.search(r"^  Cell \d: space at a line's end$", result.stdout, re.MULTILINE)
    assert not re.search(r"^all .* 0$", result.stdout, re.MULTILINE)
