"""The comparison of outputs, without a kernel."""

import copy
from itertools import permutations

import nbformat.v4 as v4
import pytest
from nbformat import NotebookNode

from .compare import cell_problems, differences, same_picture
from .report import in_words


def stream(text: str, name: str = "stdout") -> NotebookNode:
    """A stream output."""
    return v4.new_output("stream", name=name, text=text)


def result(data: dict[str, str], metadata: dict | None = None) -> NotebookNode:
    """The result of a cell."""
    return v4.new_output("execute_result", data=data, metadata=metadata or {}, execution_count=1)


STORED = [
    stream("one\ntwo\n"),
    result({"text/plain": "tensor(0.4243)", "text/html": "<b>0.4243</b>"}),
    v4.new_output("error", ename="ValueError", evalue="wrong shape", traceback=[]),
]


def test_the_same_outputs_do_not_differ() -> None:
    """Neither where a stream was cut nor a traceback or an execution count is a difference."""
    came = copy.deepcopy(STORED)
    came[:1] = [stream("one\n"), stream("two\n")]
    came[2].execution_count = 5
    came[3].traceback = ["File x.py"]
    assert differences(STORED, came) == []


def changed(place: int, **keys: object) -> list[NotebookNode]:
    """The stored outputs with one of them changed."""
    outputs = copy.deepcopy(STORED)
    outputs[place].update(keys)
    return outputs


@pytest.mark.parametrize(
    ("came", "says"),
    [
        (changed(0, text="one\ntwo \n"), "line 2:\n- 'two'\n+ 'two '"),
        (changed(0, text="one\ntwo"), "newlines at the end: 1 stored, 0 came"),
        (changed(0, name="stderr"), "output 1 is of another kind"),
        (changed(1, data=STORED[1].data | {"text/html": "<b>0.4244</b>"}), "output 2, text/html"),
        (changed(1, data={"text/plain": "tensor(0.4243)"}), "output 2 is of another kind"),
        (changed(1, metadata={"isolated": True}), "output 2, metadata"),
        (changed(1, output_type="display_data"), "output 2 is of another kind"),
        (changed(2, ename="TypeError"), "error name:"),
        (changed(2, evalue="wrong dtype"), "error message:"),
        (STORED[:2], "output 3 is stored, but did not come"),
        ([*STORED, stream("more\n")], "output 4 came, but is not stored"),
        ([STORED[1], STORED[0], STORED[2]], "output 1 is of another kind"),
        ([], "output 1 is stored, but did not come"),
    ],
)
def test_every_difference_counts(came: list[NotebookNode], says: str) -> None:
    """Whatever changes is told, in both directions."""
    assert says in in_words(differences(STORED, came))
    assert differences(came, STORED)


def test_json_values_keep_their_type() -> None:
    """1, 1.0, true and "1" are four things."""
    values = [result({"application/json": value}) for value in (1, 1.0, True, "1")]
    for one, other in permutations(values, 2):
        assert differences([one], [other])


@pytest.mark.parametrize(
    ("stored", "came", "same"),
    [
        ("<svg>Matplotlib v3.11.2 M 0 0</svg>", "<svg>Matplotlib v3.11.2 M 0 0</svg>", True),
        ("<svg>Matplotlib v3.11.2 M 0 0</svg>", "<svg>Matplotlib v3.11.2 M 0 1</svg>", False),
        ("<svg>Matplotlib v3.9.0 M 0 0</svg>", "<svg>Matplotlib v3.11.2 M 0 1</svg>", True),
        ("<svg>M 0 0</svg>", "<svg>M 0 1</svg>", False),
        ("<svg>M 0 0</svg>", "<svg>Matplotlib v3.11.2 M 0 0</svg>", False),
    ],
)
def test_same_picture(stored: str, came: str, same: bool) -> None:
    """Only two pictures by two versions of matplotlib may look different."""
    assert same_picture(stored, came) is same


def test_an_error_comes_if_and_only_if_it_is_announced() -> None:
    """An error that was stored and came again is still one that nobody announced."""
    cell = v4.new_code_cell(outputs=STORED)
    assert list(cell_problems(cell, STORED)) == [
        "an error came, and the cell is not tagged raises-exception"
    ]
    cell.metadata.tags = ["raises-exception"]
    assert list(cell_problems(cell, STORED)) == []
    cell.outputs = STORED[:1]
    assert list(cell_problems(cell, STORED[:1])) == [
        "the cell is tagged raises-exception, but raised nothing"
    ]
