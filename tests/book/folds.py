"""What folds on the site, and in which words; `make refresh` writes it into the cells.

myst-nb folds a cell with the tag `hide-input` (its code) or `hide-cell` (all of it), and takes the
words from the cell's metadata. In a notebook such cells are ordinary ones, but for a solution:
JupyterLab folds it too.
"""

import re

from nbformat import NotebookNode

from tests.notebook_check.notebook import tags

from . import setup_cell

CHECK_CALL = re.compile(r"\bcheck_answer\(")
SET_UP, CODE, SOLUTION, CHECK = "set-up", "code", "solution", "check"


def kind(cell: NotebookNode) -> str:
    """What a cell is that folds; nothing for one that does not."""
    if setup_cell.TAG in tags(cell):
        return SET_UP
    if "hide-input" in tags(cell):
        return CODE
    if "hide-cell" in tags(cell):
        return SOLUTION if CHECK_CALL.search(cell.source) else CHECK
    return ""


def prompts(kind: str) -> dict[str, str]:
    """The line above a fold. The second one stands there when it is open, and on paper."""
    return {"code_prompt_show": f"Show the {kind}", "code_prompt_hide": kind.capitalize()}


def fold(cell: NotebookNode) -> None:
    """Give a cell the metadata of its kind, in place."""
    what = kind(cell)
    if what == SET_UP:
        cell.metadata.tags = ["hide-input", setup_cell.TAG]
    options = {k: v for k, v in cell.metadata.get("mystnb", {}).items() if k not in prompts("")}
    options |= prompts(what) if what else {}
    for key, value in {
        "mystnb": NotebookNode(options),
        "jupyter": NotebookNode(source_hidden=True) if what == SOLUTION else {},
    }.items():
        cell.metadata.pop(key, None)
        if value:
            cell.metadata[key] = value


def stamp(nb: NotebookNode) -> None:
    """Give the set-up cell its text, and every cell that folds its words, in place."""
    setup_cell.stamp(nb)
    for cell in nb.cells:
        if cell.cell_type == "code":
            fold(cell)
