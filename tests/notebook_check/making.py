"""Cells and outputs for tests, and ways to break a notebook."""

from collections.abc import Callable

import nbformat.v4 as v4
from nbformat import NotebookNode

Break = Callable[[NotebookNode], None]  # changes a notebook in place


def printed(text: str, name: str = "stdout") -> NotebookNode:
    """A stream output."""
    return v4.new_output("stream", name=name, text=text)


def shown(**data: object) -> NotebookNode:
    """A display; `text_plain=` stands for the MIME type text/plain."""
    mimes = {name.replace("_", "/").replace("svg", "svg+xml"): text for name, text in data.items()}
    return v4.new_output("display_data", data=mimes)


def raised(name: str, message: str) -> NotebookNode:
    """An error."""
    return v4.new_output("error", ename=name, evalue=message, traceback=[])


def code(source: str, *outputs: NotebookNode, tags: tuple[str, ...] = ()) -> NotebookNode:
    """A code cell."""
    cell = v4.new_code_cell(source, outputs=list(outputs))
    cell.metadata.tags = list(tags)
    return cell


def picture(svg: str) -> NotebookNode:
    """A code cell that shows a picture, with both descriptions."""
    cell = code("plot()", shown(text_plain="Picture: a line", image_svg=svg))
    cell.metadata.mystnb = {"image": {"alt": "A line that rises from 0 to 1."}}
    return cell


def replace(cell: int, old: str, new: str) -> Break:
    """Replace a part of a cell's source."""

    def apply(nb: NotebookNode) -> None:
        assert old in nb.cells[cell].source
        nb.cells[cell].source = nb.cells[cell].source.replace(old, new)

    return apply


def put_out(cell: int, output: NotebookNode) -> Break:
    """Store one other output."""
    return lambda nb: nb.cells[cell].update(outputs=[output])


def tag(cell: int, name: str) -> Break:
    """Tag a cell."""
    return lambda nb: nb.cells[cell].metadata.update(tags=[name])


def swap(one: int, other: int) -> Break:
    """Swap two cells."""

    def apply(nb: NotebookNode) -> None:
        nb.cells[one], nb.cells[other] = nb.cells[other], nb.cells[one]

    return apply


def remove(first: int, last: int | None = None) -> Break:
    """Remove cells."""
    return lambda nb: nb.cells.__delitem__(slice(first, (last or first) + 1))


def insert(place: int, cell: NotebookNode) -> Break:
    """Insert a cell."""
    return lambda nb: nb.cells.insert(place, cell)


def change(cell: int, **keys: object) -> Break:
    """Change a cell's keys."""
    return lambda nb: nb.cells[cell].update(**keys)
