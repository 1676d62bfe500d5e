"""A chapter and an overview that keep all rules, for tests that break them."""

import nbformat.v4 as v4
from nbformat import NotebookNode

from tests.notebook_check.making import code, picture, printed, raised, shown
from tests.notebook_check.normalise import normalise

from . import folds, setup_cell
from .contents import BOOK
from .lock import pinned

PINNED = pinned("matplotlib")
SVG = f"<svg><dc:title>Matplotlib v{PINNED}, https://matplotlib.org/</dc:title></svg>"
EXERCISE = "### Exercise {}: a sum\n\nWhat is 1 + {}? Replace the dots."
SYMPTOMS = "| what you see | where |\n| --- | --- |\n| `nan` | [empty](#an-empty-batch) |"

# The chapter and the overview stand in the place of these.
CHAPTER = BOOK / "regression" / "l1.ipynb"
OVERVIEW = BOOK / "overview" / "choosing.ipynb"

# The numbers of the chapter's cells.
TITLE, SETUP, OPENING, GLANCE, BY_HAND, PRINT, WHY, OPTIONS, WRONG, ERROR, EXERCISES = range(11)
FIRST, OPEN, SOLUTION = 11, 12, 13
OLDER = -2
# And of the overview's.
OUTLIERS, SEE_ALSO = 2, 4

CHANGES = "## What goes wrong\n\nWords.\n\n[Every release](#releases-l1loss)."


def good_chapter() -> NotebookNode:
    """A chapter that keeps all rules; the constants above number its cells."""
    text = v4.new_markdown_cell
    opening = picture(SVG)
    opening.metadata.tags = ["hide-input"]
    cells = [
        text("# ALoss: a distance\n\nUse it when it fits. Do not use it when it does not."),
        code("", tags=("setup",)),
        opening,
        text(f"A line.\n\n## At a glance\n\nA.\n\n**If something looks wrong**\n\n{SYMPTOMS}"),
        text("## By hand\n\nWords.\n\n```python\n# not a heading\n```"),
        code("print(1)", printed("1\n")),
        text("## Why this formula\n\nWords.\n\n## Gradient\n\nWords.\n\n## In training\n\nWords."),
        text("## Options\n\nWords."),
        text(f"{CHANGES}\n\n### An error message\n\n#### An empty batch\n\nA."),
        code("1 / 0", raised("ZeroDivisionError", "by zero"), tags=("raises-exception",)),
        text("## Exercises"),
    ]
    for number in (1, 2):
        cells += [
            text(EXERCISE.format(number, number)),
            code("answer = ...\nhelpers.check_answer(answer, 2)", printed("not answered yet\n")),
            code("helpers.check_answer(2, 2)", shown(text_plain="'right'"), tags=("hide-cell",)),
        ]
    cells += [text("## In the older texts\n\nWords."), text("## See also\n\nWords.")]
    return _stamped(cells)


def good_overview() -> NotebookNode:
    """An overview that keeps all rules: sections of its own, no table, no exercises."""
    text = v4.new_markdown_cell
    return _stamped(
        [
            text("# Many losses\n\nCompares them."),
            code(setup_cell.setup_source(), tags=("setup",)),
            text("## Outliers\n\nWords."),
            code("print(1)", printed("1\n")),
            text("## See also\n\nWords."),
        ]
    )


def _stamped(cells: list[NotebookNode]) -> NotebookNode:
    """The notebook as `make refresh` writes it."""
    nb = v4.new_notebook(cells=cells)
    folds.stamp(nb)
    return normalise(nb)
