"""Every rule of the book is shown to be able to fail: a good chapter, and what breaks it."""

import copy
from pathlib import Path

import nbformat.v4 as v4
import pytest
from nbformat import NotebookNode

from tests.notebook_check import rules as for_all
from tests.notebook_check.making import (
    Break,
    code,
    insert,
    picture,
    printed,
    put_out,
    raised,
    remove,
    replace,
    shown,
    swap,
    tag,
)
from tests.notebook_check.normalise import laid_out, normalise, to_text
from tests.notebook_check.notebook import Notebook

from . import rules, setup_cell
from .contents import BOOK, contents
from .lock import pinned

RULES = {rule.__name__: rule for rule in rules.RULES}
ALL_RULES = {rule.__name__: rule for rule in for_all.RULES + rules.RULES}
PINNED = pinned("matplotlib")
SVG = f"<svg><dc:title>Matplotlib v{PINNED}, https://matplotlib.org/</dc:title></svg>"
EXERCISE = "### Exercise {}: a sum\n\nWhat is 1 + {}? Replace the dots."


def good_chapter() -> NotebookNode:
    """A chapter that keeps all rules. The names below it (TITLE, GLANCE, …) number its cells."""
    text = v4.new_markdown_cell
    cells = [
        text("# ALoss\n\nMeasures a distance."),
        text("## At a glance\n\n| a | b |\n| --- | --- |\n| 1 | 2 |"),
        code(setup_cell.setup_source(), tags=("setup",)),
        text("## The source's experiment\n\nWords."),
        code("print(1)", printed("1\n")),
        text("## By hand\n\n## Gradient"),
        text("## Picture\n\nWords.\n\n```python\n# not a heading\n```"),
        picture(SVG),
        text("## Options\n\nWords.\n\n## One more"),
        text("## What goes wrong\n\nWords."),
        code(
            "1 / 0",
            raised("ZeroDivisionError", "division by zero"),
            tags=("raises-exception",),
        ),
        text("## Exercises"),
    ]
    for number in (1, 2):
        cells += [
            text(EXERCISE.format(number, number)),
            code("answer = ...\nhelpers.check_answer(answer, 2)", printed("not answered yet\n")),
            code("helpers.check_answer(2, 2)", shown(text_plain="'right'"), tags=("hide-cell",)),
        ]
    cells.append(text("## See also\n\nWords."))
    return normalise(v4.new_notebook(cells=cells))


TITLE, GLANCE, SETUP, SOURCE, PRINT, BY_HAND, _, _, _, WRONG = range(10)
EXERCISES, FIRST, OPEN, SOLUTION = 11, 12, 13, 14


def good_overview() -> NotebookNode:
    """An overview that keeps all rules: sections of its own, no table, no exercises."""
    text = v4.new_markdown_cell
    cells = [
        text("# Many losses\n\nCompares them."),
        code(setup_cell.setup_source(), tags=("setup",)),
        text("## Outliers\n\nWords."),
        code("print(1)", printed("1\n")),
        text("## See also\n\nWords."),
    ]
    return normalise(v4.new_notebook(cells=cells))


OUTLIERS, SEE_ALSO = 2, 4
IN_THE_BOOK = BOOK / "regression" / "l1.ipynb"
IN_THE_OVERVIEW = BOOK / "overview" / "choosing.ipynb"


def problems(nb: NotebookNode, rule: str, path: Path = IN_THE_BOOK) -> list[str]:
    """What a rule finds in the notebook, as if it were a file of the book."""
    return list(ALL_RULES[rule](Notebook(path, laid_out(nb))))


# (rule, what breaks it, what the rule says)
BREAKS = [
    (
        "pictures_by_pinned_matplotlib",
        put_out(PRINT, shown(text_plain="Picture:", image_svg=SVG.replace(PINNED, PINNED + "1"))),
        "not by Matplotlib",
    ),
    (
        "pictures_by_pinned_matplotlib",
        put_out(PRINT, shown(text_plain="Picture:", image_svg="<svg/>")),
        "not by Matplotlib",
    ),
    ("title", replace(TITLE, "# ", "## "), "level-1 heading"),
    ("title", replace(TITLE, "\n\nMeasures a distance.", ""), "not followed by a sentence"),
    ("title", replace(GLANCE, "##", "#"), "more than one"),
    ("sections", replace(BY_HAND, "## By hand", "By hand"), "missing sections: By hand"),
    ("sections", swap(SOURCE, WRONG), "not in this order"),
    ("sections", replace(WRONG, "Words.", "## More"), "'More' is not allowed"),
    ("sections", replace(WRONG, "Words.", "## Options"), "one is there twice"),
    ("heading_levels", replace(SOURCE, "Words.", "#### Deep"), "'Deep' is of level 4"),
    ("setup_first", replace(SETUP, "import torch\n", ""), "differs"),
    ("setup_first", put_out(SETUP, printed("torch is 1.13 here\n")), "other versions"),
    ("setup_first", tag(PRINT, "setup"), "and no other"),
    ("setup_first", swap(SETUP, PRINT), "first code cell"),
    ("setup_first", swap(SETUP, GLANCE), "does not come before"),
    ("setup_first", swap(SETUP, SOURCE), "not in the section"),
    ("short_code", replace(PRINT, "print(1)", "1\n" * 16), "16 lines"),
    ("short_code", replace(PRINT, "print(1)", "x" * 101), "101 columns"),
    ("prose_first", replace(SOURCE, "Words.", ""), "Cell 2: no prose"),
    ("exercises", remove(FIRST, SOLUTION), "1 exercises; at least 2"),
    ("exercises", replace(FIRST, "Exercise 1", "Exercise 3"), "are not named"),
    ("exercises", replace(FIRST, "Exercise 1:", "Sums"), "are not named"),
    ("exercises", remove(SOLUTION), "no folded cell"),
    ("exercises", remove(OPEN), "no open cell"),
    ("exercises", swap(OPEN, SOLUTION), "no open cell"),
    ("exercises", put_out(OPEN, printed("right\n")), "must show 'not answered yet'"),
    ("exercises", put_out(SOLUTION, printed("not yet: 3\n")), "must show 'right'"),
    ("exercises", put_out(SOLUTION, printed("brightly\n")), "must show 'right'"),
    ("exercises", put_out(SOLUTION, shown(text_plain="'not yet: 3'")), "must show 'right'"),
]


# The same for an overview: (rule, what breaks it, what the rule says)
OVERVIEW_BREAKS = [
    ("title", replace(0, "\n\nCompares them.", ""), "not followed by a sentence"),
    ("sections", remove(SEE_ALSO), "once and in this order: See also"),
    ("sections", replace(OUTLIERS, "## Outliers", "## See also"), "once and in this order"),
    ("sections", swap(OUTLIERS, SEE_ALSO), "ends in: See also"),
    ("sections", insert(2, v4.new_markdown_cell("## Exercises")), "ends in: Exercises, See also"),
    ("setup_first", swap(1, 3), "first code cell"),
    ("setup_first", replace(1, "import torch\n", ""), "differs"),
    ("prose_first", replace(OUTLIERS, "Words.", ""), "Cell 2: no prose"),
    ("exercises", insert(SEE_ALSO, v4.new_markdown_cell("## Exercises")), "0 exercises"),
]


@pytest.mark.parametrize("rule", sorted(ALL_RULES.keys() - {"in_the_contents"}))
def test_a_good_chapter_keeps_the_rule(rule: str) -> None:
    """The chapter that is broken below keeps all rules."""
    assert problems(good_chapter(), rule) == []


@pytest.mark.parametrize(("rule", "damage", "says"), BREAKS)
def test_a_broken_chapter_is_found(rule: str, damage: Break, says: str) -> None:
    """The rule finds the damage, and says what it is."""
    nb = copy.deepcopy(good_chapter())
    damage(nb)
    assert says in "\n".join(problems(nb, rule))


@pytest.mark.parametrize("rule", sorted(ALL_RULES.keys() - {"in_the_contents"}))
def test_a_good_overview_keeps_the_rule(rule: str) -> None:
    """The overview that is broken below keeps all rules."""
    assert problems(good_overview(), rule, IN_THE_OVERVIEW) == []


def test_the_shape_of_an_overview_is_for_its_folder_alone() -> None:
    """Elsewhere the same notebook lacks sections, the table and exercises."""
    for rule in ("sections", "setup_first", "exercises"):
        assert problems(good_overview(), rule)


def test_an_overview_may_have_exercises() -> None:
    """They come before the end, and are as in any chapter."""
    nb = good_overview()
    nb.cells[SEE_ALSO:SEE_ALSO] = copy.deepcopy(good_chapter().cells[EXERCISES:-1])
    for rule in ("sections", "exercises"):
        assert problems(nb, rule, IN_THE_OVERVIEW) == []


@pytest.mark.parametrize(("rule", "damage", "says"), OVERVIEW_BREAKS)
def test_a_broken_overview_is_found(rule: str, damage: Break, says: str) -> None:
    """The rule finds the damage, and says what it is."""
    nb = good_overview()
    damage(nb)
    assert says in "\n".join(problems(nb, rule, IN_THE_OVERVIEW))


def test_every_rule_is_shown_to_fail() -> None:
    """There is an example for each rule; the contents have a test of their own."""
    assert {rule for rule, _, _ in BREAKS} | {"in_the_contents"} == RULES.keys()


def test_contents(tmp_path) -> None:
    """The table of contents is read with all its nesting, and a chapter that it lacks is found."""
    (tmp_path / "b.ipynb").touch()
    toc = tmp_path / "_toc.yml"
    toc.write_text("root: a\nparts:\n- chapters:\n  - file: b\n    sections:\n    - file: c\n")
    assert contents(toc) == [tmp_path / "a", tmp_path / "b.ipynb", tmp_path / "c"]
    stray = Notebook(BOOK / "no-such-chapter.ipynb", to_text(good_chapter()))
    assert list(RULES["in_the_contents"](stray)) == ["the chapter is not in _toc.yml"]
