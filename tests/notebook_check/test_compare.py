"""The comparison of outputs, without a kernel."""

import copy
from itertools import permutations

import nbformat.v4 as v4
import pytest
from nbformat import NotebookNode

from .compare import cell_problems, differences, same_picture
from .making import printed, raised
from .report import in_words


def result(data: dict[str, str], metadata: dict | None = None) -> NotebookNode:
    """The result of a cell."""
    return v4.new_output("execute_result", data=data, metadata=metadata or {}, execution_count=1)


EXPECTED = [
    printed("one\ntwo\n"),
    result({"text/plain": "tensor(0.4243)", "text/html": "<b>0.4243</b>"}),
    raised("ValueError", "wrong shape"),
]


def test_the_same_outputs_do_not_differ() -> None:
    """Neither where a stream was cut nor a traceback or an execution count is a difference."""
    actual = copy.deepcopy(EXPECTED)
    actual[:1] = [printed("one\n"), printed("two\n")]
    actual[2].execution_count = 5
    actual[3].traceback = ["File x.py"]
    assert list(differences(EXPECTED, actual)) == []


def changed(place: int, **keys: object) -> list[NotebookNode]:
    """The expected outputs with one of them changed."""
    outputs = copy.deepcopy(EXPECTED)
    outputs[place].update(keys)
    return outputs


@pytest.mark.parametrize(
    ("actual", "says"),
    [
        (changed(0, text="one\ntwo \n"), "line 2:\n- 'two'\n+ 'two '"),
        (changed(0, text="one\ntwo"), "newlines at the end: 1 expected, 0 actual"),
        (changed(0, name="stderr"), "output 1 is of another kind"),
        (changed(1, data=EXPECTED[1].data | {"text/html": "<b>0.4244</b>"}), "output 2, text/html"),
        (changed(1, data={"text/plain": "tensor(0.4243)"}), "output 2 is of another kind"),
        (changed(1, metadata={"isolated": True}), "output 2, metadata"),
        (changed(1, output_type="display_data"), "output 2 is of another kind"),
        (changed(2, ename="TypeError"), "error name:"),
        (changed(2, evalue="wrong dtype"), "error message:"),
        (EXPECTED[:2], "output 3 is missing"),
        ([*EXPECTED, printed("more\n")], "output 4 is new"),
        ([EXPECTED[1], EXPECTED[0], EXPECTED[2]], "output 1 is of another kind"),
        ([], "output 1 is missing"),
    ],
)
def test_every_difference_counts(actual: list[NotebookNode], says: str) -> None:
    """Whatever changes is told, in both directions."""
    assert says in in_words(differences(EXPECTED, actual))
    assert list(differences(actual, EXPECTED))


def test_json_values_keep_their_type() -> None:
    """1, 1.0, true and "1" are four things."""
    values = [result({"application/json": value}) for value in (1, 1.0, True, "1")]
    for one, other in permutations(values, 2):
        assert list(differences([one], [other]))


@pytest.mark.parametrize(
    ("expected", "actual", "same"),
    [
        ("<svg>Matplotlib v3.11.2 M 0 0</svg>", "<svg>Matplotlib v3.11.2 M 0 0</svg>", True),
        ("<svg>Matplotlib v3.11.2 M 0 0</svg>", "<svg>Matplotlib v3.11.2 M 0 1</svg>", False),
        ("<svg>Matplotlib v3.9.0 M 0 0</svg>", "<svg>Matplotlib v3.11.2 M 0 1</svg>", True),
        ("<svg>M 0 0</svg>", "<svg>M 0 1</svg>", False),
        ("<svg>M 0 0</svg>", "<svg>Matplotlib v3.11.2 M 0 0</svg>", False),
    ],
)
def test_same_picture(expected: str, actual: str, same: bool) -> None:
    """Only two pictures by two versions of matplotlib may look different."""
    assert same_picture(expected, actual) is same


def test_an_error_is_right_if_and_only_if_it_is_announced() -> None:
    """An error that is stored and raised again is still one that nobody announced."""
    cell = v4.new_code_cell(outputs=EXPECTED)
    assert list(cell_problems(cell, EXPECTED)) == [
        "the cell raised ValueError: wrong shape\nand is not tagged raises-exception"
    ]
    cell.metadata.tags = ["raises-exception"]
    assert list(cell_problems(cell, EXPECTED)) == []
    cell.outputs = EXPECTED[:1]
    assert list(cell_problems(cell, EXPECTED[:1])) == [
        "the cell is tagged raises-exception, but raised nothing"
    ]
