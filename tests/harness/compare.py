"""The strict comparison of a cell's stored outputs with the ones that came.

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
        stored: the stored field (output, if the whole output differs); None if there is none.
        came: the one that came; None if there is none.
    """

    number: int
    field: str
    stored: object
    came: object


def cell_problems(cell: NotebookNode, came: Sequence[NotebookNode]) -> Iterator[Difference | str]:
    """All that is wrong with a cell whose execution put out `came`; nothing if the cell holds."""
    yield from _differences(cell.outputs, came)
    raised = any(output.output_type == "error" for output in came)
    if raised and not may_raise(cell):
        yield "an error came, and the cell is not tagged raises-exception"
    if may_raise(cell) and not raised:
        yield "the cell is tagged raises-exception, but raised nothing"


def differences(stored: Sequence[NotebookNode], came: Sequence[NotebookNode]) -> list[Difference]:
    """In what two lists of outputs differ; nothing if they are the same.

    Everything counts: how many outputs there are, their order, their kinds, every MIME type, every
    character, and the metadata. Only a traceback does not, which is cut to its last line in a
    chapter, and a picture that another version of matplotlib drew (see `same_picture`).
    """
    return list(_differences(stored, came))


def _differences(
    stored: Sequence[NotebookNode], came: Sequence[NotebookNode]
) -> Iterator[Difference]:
    """The same one by one, for whoever only asks if there are any."""
    stored, came = merge_streams(stored), merge_streams(came)
    for number, (old, new) in enumerate(zip(stored, came, strict=False), start=1):
        yield from _output_differences(number, old, new)
    for number, old in enumerate(stored[len(came) :], start=len(came) + 1):
        yield Difference(number, "", old, None)
    for number, new in enumerate(came[len(stored) :], start=len(stored) + 1):
        yield Difference(number, "", None, new)


def same_picture(stored: str, came: str) -> bool:
    """Whether two SVG texts show the same.

    They are compared character by character if one version of matplotlib drew both (or if neither
    says what drew it). Otherwise only the description beside the picture counts, since a new
    version draws the same data in other strokes.
    """
    if stored == came:
        return True
    versions = [DRAWN_BY.search(svg) for svg in (stored, came)]
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
    number: int, stored: NotebookNode, came: NotebookNode
) -> Iterator[Difference]:
    """In what one output differs from the one that came in its place."""
    old, new = fields(stored), fields(came)
    if stored["output_type"] != came["output_type"] or old.keys() != new.keys():
        yield Difference(number, "", stored, came)
        return
    for name in old:
        if not _same(name, old[name], new[name]):
            yield Difference(number, name, old[name], new[name])


def _same(name: str, stored: object, came: object) -> bool:
    """Whether two fields are the same. Of JSON data the types count: 1, 1.0, true and "1"."""
    if not (isinstance(stored, str) and isinstance(came, str)):
        return json.dumps(stored, sort_keys=True) == json.dumps(came, sort_keys=True)
    return same_picture(stored, came) if name == SVG else stored == came
