"""The canonical form."""

import copy
import json

import nbformat
import nbformat.v4 as v4
import pytest

from .normalise import normalise, to_text
from .notebook import Notebook


def messy() -> nbformat.NotebookNode:
    """A notebook as editors leave it."""
    first = v4.new_code_cell(
        "print(1)\n",
        execution_count=9,
        metadata={
            "execution": {"iopub.status.busy": "2026-01-31T12:00:00Z"},
            "collapsed": False,
            "tags": ["hide-cell", "a"],
            "jupyter": {"source_hidden": True, "outputs_hidden": False},
        },
        outputs=[
            v4.new_output("stream", text="1"),
            v4.new_output("stream", text="\n"),
            v4.new_output("display_data", data={"text/plain": "x"}),
            v4.new_output("stream", text="2\n"),
            v4.new_output("execute_result", data={"text/plain": "y"}, execution_count=9),
            v4.new_output("error", ename="E", evalue="why", traceback=["/a/b.py", "E: why"]),
        ],
    )
    nb = v4.new_notebook()
    nb.cells = [v4.new_markdown_cell("# T"), first, copy.deepcopy(first)]
    nb.metadata = {"kernelspec": {"name": "mine", "display_name": "Mine"}, "widgets": {}}
    nb.cells[0].id = "kept-id"
    return nb


def test_normalise() -> None:
    """What an editor, a clock or a machine left is gone; what the notebook says is there."""
    nb = normalise(messy())
    title, first, second = nb.cells
    assert nb.metadata.kernelspec.name == "python3"
    assert set(nb.metadata) == {"kernelspec", "language_info"}
    assert [title.id, first.id == second.id] == ["kept-id", False]
    assert [first.execution_count, second.execution_count] == [1, 2]
    assert first.source == "print(1)"
    assert first.metadata == {"tags": ["a", "hide-cell"], "jupyter": {"source_hidden": True}}
    assert [output.get("text") for output in first.outputs] == ["1\n", None, "2\n", None, None]
    assert second.outputs[3].execution_count == 2
    assert first.outputs[4].traceback == ["E: why"]


def test_normalise_leaves_its_input_alone_and_is_stable() -> None:
    """The canonical form of a canonical notebook is itself, ids included."""
    nb, before = messy(), messy()
    for cell, same in zip(nb.cells, before.cells, strict=True):
        same.id = cell.id
    once = to_text(normalise(nb))
    assert nb == before
    assert to_text(normalise(nbformat.reads(once, as_version=4))) == once


@pytest.mark.parametrize("bad", ["", "not valid!", "x" * 65])
def test_a_missing_or_bad_id_is_derived_from_the_cell(bad: str) -> None:
    """Two runs give the same id; equal cells get different ones."""
    nb = messy()
    for cell in nb.cells:
        cell.id = bad
    ids = [[cell.id for cell in normalise(nb).cells] for _ in range(2)]
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == 3


def test_reading_does_not_invent_ids(tmp_path) -> None:
    """What is wrong with the ids in a file is still to be seen after reading it."""
    nb = messy()
    del nb.cells[0]["id"]
    path = tmp_path / "a.ipynb"
    path.write_text(json.dumps(nb))
    cells = Notebook.read(path).nb.cells
    assert "id" not in cells[0]
    assert cells[1].id == cells[2].id


def test_text_is_sorted_indented_by_one_and_ends_with_a_newline() -> None:
    """The file's text is laid out in one way."""
    text = to_text(normalise(messy()))
    assert text.startswith('{\n "cells": [\n')
    assert text.endswith("}\n")
