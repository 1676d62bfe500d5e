"""Every rule of the book is shown to be able to fail: a good chapter, and what breaks it."""

import copy
from pathlib import Path

import nbformat.v4 as v4
import pytest
from nbformat import NotebookNode

from tests.notebook_check import rules as for_all
from tests.notebook_check.making import (
    Break,
    change,
    insert,
    printed,
    put_out,
    remove,
    replace,
    shown,
    swap,
    tag,
)
from tests.notebook_check.normalise import laid_out, to_text
from tests.notebook_check.notebook import Notebook

from . import rules
from .contents import BOOK, contents
from .example import (
    BY_HAND,
    CHAPTER,
    EXERCISES,
    FIRST,
    GLANCE,
    OLDER,
    OPEN,
    OPENING,
    OUTLIERS,
    OVERVIEW,
    PINNED,
    PRINT,
    SEE_ALSO,
    SETUP,
    SOLUTION,
    SVG,
    TITLE,
    good_chapter,
    good_overview,
)

RULES = {rule.__name__: rule for rule in rules.RULES}
HEADING = v4.new_markdown_cell("## Exercises")
ALL_RULES = {rule.__name__: rule for rule in for_all.RULES + rules.RULES}


def problems(nb: NotebookNode, rule: str, path: Path = CHAPTER) -> list[str]:
    """What a rule finds in the notebook, as if it were a file of the book."""
    return list(ALL_RULES[rule](Notebook(path, laid_out(nb))))


def source(cell: int, text: str) -> Break:
    """Let a cell have another source."""
    return lambda nb: nb.cells[cell].update(source=text)


def rename(cell: int, words: str) -> Break:
    """Let a fold have other words."""

    def apply(nb: NotebookNode) -> None:
        nb.cells[cell].metadata.setdefault("mystnb", {})["code_prompt_show"] = words

    return apply


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
    ("title", replace(TITLE, "not.", "not:"), "not followed by a sentence"),
    ("title", replace(GLANCE, "##", "#"), "more than one"),
    ("heading_levels", replace(BY_HAND, "Words.", "#### Deep"), "'Deep' is of level 4"),
    ("setup_first", replace(SETUP, "import torch\n", ""), "differs"),
    ("setup_first", put_out(SETUP, printed("torch is 1.13 here\n")), "other versions"),
    ("setup_first", tag(PRINT, "setup"), "and no other"),
    ("setup_first", swap(SETUP, PRINT), "first code cell"),
    ("folds_named", rename(SETUP, "Show the code"), "not those of its fold, set-up"),
    ("folds_named", rename(OPENING, "Look"), "not those of its fold, code"),
    ("folds_named", rename(PRINT, "Show the code"), "not those of its fold, none"),
    ("folds_named", change(SOLUTION, metadata={"tags": ["hide-cell"]}), "its fold, solution"),
    ("folds_named", change(PRINT, metadata={"tags": ["hide-cell"]}), "its fold, check"),
    ("folds_named", change(PRINT, metadata={"jupyter": {"source_hidden": True}}), "fold, none"),
    ("short_code", replace(PRINT, "print(1)", "1\n" * 16), "16 lines"),
    ("short_code", replace(PRINT, "print(1)", "x" * 101), "101 columns"),
    (
        "prose_first",
        replace(BY_HAND, "Words.\n\n```python\n# not a heading\n```", ""),
        "Cell 3: no prose",
    ),
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
    ("overview_sections", remove(SEE_ALSO), "once and in this order: See also"),
    (
        "overview_sections",
        replace(OUTLIERS, "## Outliers", "## See also"),
        "once and in this order",
    ),
    ("overview_sections", swap(OUTLIERS, SEE_ALSO), "ends in: See also"),
    (
        "overview_sections",
        insert(2, v4.new_markdown_cell("## Exercises")),
        "in: Exercises, See also",
    ),
    ("setup_first", swap(1, 3), "first code cell"),
    ("setup_first", replace(1, "import torch\n", ""), "differs"),
    ("prose_first", replace(OUTLIERS, "Words.", ""), "Cell 2: no prose"),
    ("exercises", insert(SEE_ALSO, HEADING), "0 exercises"),
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
    assert problems(good_overview(), rule, OVERVIEW) == []


def test_the_shape_of_an_overview_is_for_its_folder_alone() -> None:
    """An overview in another folder lacks exercises."""
    assert problems(good_overview(), "exercises")


def test_an_overview_may_have_exercises() -> None:
    """Exercises of an overview come before its end, and are as in any chapter."""
    nb = good_overview()
    nb.cells[SEE_ALSO:SEE_ALSO] = copy.deepcopy(good_chapter().cells[EXERCISES:OLDER])
    for rule in ("overview_sections", "exercises"):
        assert problems(nb, rule, OVERVIEW) == []


@pytest.mark.parametrize(("rule", "damage", "says"), OVERVIEW_BREAKS)
def test_a_broken_overview_is_found(rule: str, damage: Break, says: str) -> None:
    """The rule finds the damage, and says what it is."""
    nb = good_overview()
    damage(nb)
    assert says in "\n".join(problems(nb, rule, OVERVIEW))


def test_every_rule_is_shown_to_fail() -> None:
    """There is an example for each rule; the contents and the shape have tests of their own."""
    shown = {rule for rule, _, _ in BREAKS + OVERVIEW_BREAKS}
    assert shown | {"in_the_contents", "shape"} == RULES.keys()


def test_contents(tmp_path) -> None:
    """The table of contents is read with all its nesting, and a chapter that it lacks is found."""
    (tmp_path / "b.ipynb").touch()
    toc = tmp_path / "_toc.yml"
    toc.write_text("root: a\nparts:\n- chapters:\n  - file: b\n    sections:\n    - file: c\n")
    assert contents(toc) == [tmp_path / "a", tmp_path / "b.ipynb", tmp_path / "c"]
    stray = Notebook(BOOK / "no-such-chapter.ipynb", to_text(good_chapter()))
    assert list(RULES["in_the_contents"](stray)) == ["the chapter is not in _toc.yml"]
