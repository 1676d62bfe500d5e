"""A notebook on disk, its cells and its outputs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import nbformat.reader
from nbformat import NotebookNode

from .settings import Settings


@dataclass(frozen=True)
class Notebook:
    """A notebook file: its path, its text as stored, and (`nb`) what that text says."""

    path: Path
    text: str

    @classmethod
    def read(cls, path: Path) -> "Notebook":
        """Read the file without translating line ends, which belong to the canonical form."""
        return cls(path.resolve(), path.read_bytes().decode("utf-8"))

    @cached_property
    def nb(self) -> NotebookNode:
        """What the file says.

        `nbformat.reads` would also repair it, and give random ids to cells that have none.
        """
        nb = nbformat.reader.reads(self.text)
        if nb.nbformat != 4:
            raise ValueError(f"{self.path}: notebooks of format {nb.nbformat} are not read")
        return nb

    @cached_property
    def settings(self) -> Settings:
        """The settings of the project that the notebook belongs to."""
        return Settings.of(self.path)

    @property
    def name(self) -> str:
        """The path as a person types it at the root of the project."""
        return self.path.relative_to(self.settings.root).as_posix()

    @cached_property
    def extra(self) -> list[str]:
        """The modules that it imports of those that not every environment has."""
        code = "\n".join(cell.source for _, cell in self.code_cells())
        imported = set(re.findall(r"^\s*(?:import|from)\s+(\w+)", code, re.MULTILINE))
        return [name for name in self.settings.extra if name in imported]

    @property
    def refresh_command(self) -> str:
        """What to run when the new outputs are the right ones."""
        return self.settings.refresh.format(self.name)

    def code_cells(self) -> Iterator[tuple[str, NotebookNode]]:
        """The code cells in order, each with the name that reports call it by.

        The number is the one that Jupyter shows beside an executed cell.
        """
        code = (cell for cell in self.nb.cells if cell.cell_type == "code")
        for number, cell in enumerate(code, start=1):
            yield f"Cell {number}", cell

    def outputs(self) -> Iterator[tuple[str, NotebookNode]]:
        """All outputs in order, each with the name of its cell."""
        for name, cell in self.code_cells():
            for output in cell.outputs:
                yield name, output


def tags(cell: NotebookNode) -> list[str]:
    """The tags of a cell."""
    return cell.metadata.get("tags", [])


def may_raise(cell: NotebookNode) -> bool:
    """Whether the cell announces that it ends in an error."""
    return "raises-exception" in tags(cell)


def has_picture(output: NotebookNode) -> bool:
    """Whether the output shows an image."""
    return any(mime.startswith("image/") for mime in output.get("data", {}))


def texts(output: NotebookNode) -> Iterator[tuple[str, str]]:
    """The texts of an output, each with what kind it is: a stream's name, `error`, a MIME type."""
    if output.output_type == "stream":
        yield output.name, output.text
    elif output.output_type == "error":
        yield "error", f"{output.ename}: {output.evalue}"
    else:
        yield from ((mime, data) for mime, data in output.data.items() if isinstance(data, str))
