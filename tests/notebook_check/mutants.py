"""Mutation test of the stored outputs: whatever is damaged in a notebook, the check must reject.

A mutant is a notebook with one piece of damage. It is compared with the outputs of one run of the
whole notebook, by what decides in every run: `cell_problems` and the rules. So nothing needs to run
twice, and a notebook's thousands of mutants take seconds.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import NamedTuple

from nbformat import NotebookNode

from .compare import SVG, cell_problems
from .damage import CELLS, FILES, KINDS, NOTEBOOKS, OUTPUTS, PICTURES, TABLES, TEXTS
from .normalise import laid_out
from .notebook import Notebook
from .rules import rules_for

KINDS_OF = {SVG: PICTURES, "text/html": TEXTS | TABLES}  # of all other texts: TEXTS
Outputs = Mapping[str, Sequence[NotebookNode]]  # of a run, by the id of the cell


class Changed(Notebook):
    """A notebook in memory, other than the one on disk. It is put together when it is needed."""

    def __init__(self, path: Path, make: Callable[[], NotebookNode]) -> None:
        self.__dict__ |= {"path": path, "make": make}

    @cached_property
    def nb(self) -> NotebookNode:
        """What the file would say."""
        return self.make()

    @cached_property
    def text(self) -> str:
        """The file as an editor would write it."""
        return laid_out(self.nb)


class Mutant(NamedTuple):
    """A damaged notebook.

    Attributes:
        kind: of the damage.
        place: what is damaged.
        cells: the damaged cells; all others are as they were, so they pass.
        notebook: the whole.
    """

    kind: str
    place: str
    cells: Sequence[NotebookNode]
    notebook: Notebook


@dataclass
class Tally:
    """How many mutants were made of each kind, and which were missed."""

    made: Counter[str] = field(default_factory=Counter)
    missed: list[Mutant] = field(default_factory=list)

    def numbers(self) -> dict[str, dict[str, int]]:
        """How many were made and missed of each kind: plain data, which xdist hands on."""
        missed = Counter(mutant.kind for mutant in self.missed)
        return {"made": dict(self.made), "missed": dict(missed)}


def tally(notebook: Notebook, actual: Outputs) -> Tally:
    """Check all mutants of a notebook against the outputs of a run."""
    result = Tally()
    for mutant in mutants(notebook):
        result.made[mutant.kind] += 1
        if not rejected(mutant, actual):
            result.missed.append(mutant)
    return result


def rejected(mutant: Mutant, actual: Outputs) -> bool:
    """Whether a run of pytest on the damaged notebook would fail: in a cell, or by a rule.

    A cell that the run has no outputs of is left to the rules.
    """
    for cell in mutant.cells:
        outputs = actual.get(cell.get("id")) if cell.cell_type == "code" else None
        if outputs is not None and any(True for _ in cell_problems(cell, outputs)):
            return True
    try:
        _ = mutant.notebook.nb
    except ValueError:
        return True  # what cannot be read cannot be collected either
    return any(True for rule in rules_for(mutant.notebook) for _ in rule(mutant.notebook))


def mutants(notebook: Notebook) -> Iterator[Mutant]:
    """All mutants of a notebook, none of which equals it."""
    path, nb = notebook.path, notebook.nb
    for place, cell in enumerate(nb.cells):
        if cell.cell_type == "code":
            for kind, damaged in _cells(cell):
                if damaged != cell:
                    changed = Changed(path, partial(_with_cell, nb, place, damaged))
                    yield Mutant(kind, f"Cell {cell.execution_count}", [damaged], changed)
    whole = {id(cell) for cell in nb.cells}
    for kind, damage in NOTEBOOKS.items():
        for damaged in damage(nb):
            if damaged != nb:
                cells = [c for c in damaged.cells if c.cell_type == "code" and id(c) not in whole]
                changed = Changed(path, lambda damaged=damaged: damaged)
                yield Mutant(kind, "the notebook", cells, changed)
    for kind, damage in FILES.items():
        for text in damage(notebook.text):
            if text != notebook.text:
                yield Mutant(kind, "the file", [], Notebook(path, text))


def _with_cell(nb: NotebookNode, place: int, cell: NotebookNode) -> NotebookNode:
    """The notebook with another cell at a place."""
    return NotebookNode(nb, cells=[*nb.cells[:place], cell, *nb.cells[place + 1 :]])


def _cells(cell: NotebookNode) -> Iterator[tuple[str, NotebookNode]]:
    """A cell damaged as a whole, and in each of its outputs."""
    for kind, damage in CELLS.items():
        yield from ((kind, damaged) for damaged in damage(cell))
    for n, output in enumerate(cell.outputs):
        for kind, damaged in _outputs(output):
            outputs = [*cell.outputs[:n], *damaged, *cell.outputs[n + 1 :]]
            yield kind, NotebookNode(cell, outputs=outputs)


def _outputs(output: NotebookNode) -> Iterator[tuple[str, list[NotebookNode]]]:
    """An output damaged as a whole, and in each of its texts: what stands in its place."""
    for kind, damage in OUTPUTS.items():
        yield from ((kind, damaged) for damaged in damage(output))
    if output.output_type == "stream":
        for kind, text in _texts("", output.text):
            yield kind, [NotebookNode(output, text=text)]
    elif output.output_type == "error":
        for kind, text in _texts("", output.evalue):
            traceback = [f"{output.ename}: {text}"]
            yield kind, [NotebookNode(output, evalue=text, traceback=traceback)]
    else:
        for mime, content in output.data.items():
            for kind, text in _texts(mime, content):
                yield kind, [NotebookNode(output, data={**output.data, mime: text})]


def _texts(mime: str, text: str) -> Iterator[tuple[str, str]]:
    """A damaged text: a picture, or anything else that a person reads."""
    kinds = KINDS_OF.get(mime, TEXTS)
    for kind, damage in kinds.items():
        yield from ((kind, damaged) for damaged in damage(text))


def table(tallies: Iterable[Mapping[str, Mapping[str, int]]]) -> Iterator[str]:
    """The tallies of some notebooks in one table."""
    made, missed = Counter(), Counter()
    for tally in tallies:
        made.update(tally["made"])
        missed.update(tally["missed"])
    yield f"{'damage':28}{'made':>9}{'caught':>9}{'missed':>9}"
    for kind in (*KINDS, None):
        numbers = [count.total() if kind is None else count[kind] for count in (made, missed)]
        yield f"{kind or 'all':28}{numbers[0]:9}{numbers[0] - numbers[1]:9}{numbers[1]:9}"
