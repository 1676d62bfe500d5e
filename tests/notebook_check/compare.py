"""The strict comparison of a cell's stored outputs (expected) with those of a run (actual).

It decides, and says in what the two differ; `report` puts that in words for a person.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nbformat import NotebookNode

from .normalise import merge_streams
from .notebook import may_raise

SVG = "image/svg+xml"
DRAWN_BY = re.compile(r"Matplotlib v([\w.+-]+)")


@dataclass(frozen=True)
class Difference:
    """One thing in which the outputs of a cell differ.

    Attributes:
        number: which output of the cell, from 1.
        field: what of it: a stream's name, a MIME type, `error name`, `error message`, `metadata`;
            nothing if the whole output differs.
        expected: the stored field (output, if the whole output differs); None if there is none.
        actual: the one of the run; None if there is none.
    """

    number: int
    field: str
    expected: object
    actual: object


def cell_problems(cell: NotebookNode, actual: Sequence[NotebookNode]) -> Iterator[Difference | str]:
    """All that is wrong with a cell whose run gave `actual`; nothing if the cell holds."""
    yield from differences(cell.outputs, actual)
    errors = [output for output in actual if output.output_type == "error"]
    if may_raise(cell) and not errors:
        yield "the cell is tagged raises-exception, but raised nothing"
    if errors and not may_raise(cell):
        error = f"{errors[0].ename}: {errors[0].evalue}"
        yield f"the cell raised {error}\nand is not tagged raises-exception"


def differences(
    expected: Sequence[NotebookNode], actual: Sequence[NotebookNode]
) -> Iterator[Difference]:
    """In what two lists of outputs differ; nothing if they are the same.

    Everything counts: how many outputs there are, their order, their kinds, every MIME type, every
    character, and the metadata. Only a traceback does not, which the canonical form cuts to its
    last line, and a picture that another version of matplotlib drew (see `same_picture`).
    """
    expected, actual = merge_streams(expected), merge_streams(actual)
    for number, (old, new) in enumerate(zip(expected, actual, strict=False), start=1):
        yield from _output_differences(number, old, new)
    for number, old in enumerate(expected[len(actual) :], start=len(actual) + 1):
        yield Difference(number, "", old, None)
    for number, new in enumerate(actual[len(expected) :], start=len(expected) + 1):
        yield Difference(number, "", None, new)


def same_picture(expected: str, actual: str) -> bool:
    """Whether two SVG texts show the same.

    They are compared character by character if one version of matplotlib drew both (or if neither
    says what drew it). Otherwise only the description beside the picture counts, since a new
    version draws the same data in other strokes.
    """
    if expected == actual:
        return True
    versions = [DRAWN_BY.search(svg) for svg in (expected, actual)]
    return all(versions) and versions[0].group(1) != versions[1].group(1)


def fields(output: NotebookNode) -> dict[str, object]:
    """What counts in an output, by name."""
    kind = output["output_type"]
    if kind == "stream":
        return {output["name"]: output["text"]}
    if kind == "error":
        return {"error name": output["ename"], "error message": output["evalue"]}
    return {**output["data"], "metadata": output["metadata"]}


def _output_differences(
    number: int, expected: NotebookNode, actual: NotebookNode
) -> Iterator[Difference]:
    """In what one output differs from the actual one in its place."""
    old, new = fields(expected), fields(actual)
    if expected["output_type"] != actual["output_type"] or old.keys() != new.keys():
        yield Difference(number, "", expected, actual)
        return
    for name in old:
        if not _same(name, old[name], new[name]):
            yield Difference(number, name, old[name], new[name])


def _same(name: str, expected: object, actual: object) -> bool:
    """Whether two fields are the same. Of JSON data the types count: 1, 1.0, true and "1"."""
    if not (isinstance(expected, str) and isinstance(actual, str)):
        return json.dumps(expected, sort_keys=True) == json.dumps(actual, sort_keys=True)
    return same_picture(expected, actual) if name == SVG else expected == actual
