"""The canonical form of a notebook file.

Two people who run the same chapter must get the same bytes, so everything that depends on who ran
it, when and with which editor is dropped or made regular. `make refresh` writes this form, and a
rule holds every notebook to it.
"""

import copy
import hashlib
import re
from collections.abc import Iterable

import nbformat
from nbformat import NotebookNode

NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "pygments_lexer": "ipython3",
    },
}
CELL_METADATA = ("mystnb", "tags")  # myst-nb's options and the tags; nothing else as it is
FOLDED_TAGS = {"hide-cell", "hide-input"}
CELL_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")


def normalise(nb: NotebookNode) -> NotebookNode:
    """Return the canonical form of a notebook. The one given is left as it is, and shares parts."""
    new = nbformat.v4.new_notebook(metadata=copy.deepcopy(NOTEBOOK_METADATA))
    new.nbformat_minor = 5  # the first with cell ids; fixed, so that an editor's age does not show
    seen: set[str] = set()
    count = 0
    for cell in nb.cells:
        if cell.cell_type == "code":
            count += 1
        new.cells.append(_cell(cell, _cell_id(cell, seen), count))
    return new


def to_text(nb: NotebookNode) -> str:
    """The file's text: keys sorted, indented by one, ended by a newline."""
    nbformat.validate(nb)
    return laid_out(nb)


def laid_out(nb: NotebookNode) -> str:
    """A notebook as the file's text, without asking whether it is valid."""
    return nbformat.v4.writes(nb).rstrip("\n") + "\n"


def _cell(cell: NotebookNode, cell_id: str, count: int) -> NotebookNode:
    """The canonical form of one cell; `count` is its number if it is a code cell."""
    new = NotebookNode(
        cell_type=cell.cell_type,
        id=cell_id,
        metadata=_cell_metadata(cell.metadata),
        source=cell.source.rstrip("\n"),
    )
    if "attachments" in cell:
        new.attachments = cell.attachments  # a rule refuses them; dropping a picture is not ours
    if cell.cell_type == "code":
        new.execution_count = count
        new.outputs = [_output(output, count) for output in merge_streams(cell.outputs)]
    return new


def _cell_metadata(metadata: NotebookNode) -> NotebookNode:
    """The cell's metadata less what editors leave there. What JupyterLab folds stays folded."""
    new = NotebookNode({k: copy.deepcopy(metadata[k]) for k in CELL_METADATA if metadata.get(k)})
    if "tags" in new:
        new.tags = sorted(set(new.tags))
    if metadata.get("jupyter", {}).get("source_hidden"):
        new.jupyter = NotebookNode(source_hidden=True)
    return new


def _cell_id(cell: NotebookNode, seen: set[str]) -> str:
    """The cell's id if it is valid and unique, otherwise one derived from what the cell says."""
    cell_id = cell.get("id", "")
    attempt = 0
    while not CELL_ID.fullmatch(cell_id) or cell_id in seen:
        said = f"{cell.cell_type}\n{cell.source}\n{attempt}"
        cell_id = hashlib.sha256(said.encode()).hexdigest()[:8]
        attempt += 1
    seen.add(cell_id)
    return cell_id


def _output(output: NotebookNode, count: int) -> NotebookNode:
    """The canonical form of one output."""
    if output.output_type == "execute_result":
        return NotebookNode(output, execution_count=count)
    if output.output_type == "error":
        # A traceback names the files of the machine that ran the cell, so only its last line stays.
        return NotebookNode(output, traceback=[f"{output.ename}: {output.evalue}"])
    return output


def merge_streams(outputs: Iterable[NotebookNode]) -> list[NotebookNode]:
    """Join neighbouring stream outputs of one name: where a kernel cuts them is chance.

    Text before and after a display stays apart, unlike in nbval, because that order is not chance.
    """
    merged: list[NotebookNode] = []
    for output in outputs:
        last = merged[-1] if merged else None
        if last and last.output_type == output.output_type == "stream" and last.name == output.name:
            merged[-1] = NotebookNode(last, text=last.text + output.text)
        else:
            merged.append(output)
    return merged
