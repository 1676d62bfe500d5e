"""The shape of a chapter: who has it, and what breaks it."""

import pytest
from nbformat import NotebookNode

from tests.notebook_check.making import (
    Break,
    printed,
    put_out,
    raised,
    remove,
    replace,
    shown,
    swap,
    tag,
)
from tests.notebook_check.normalise import laid_out
from tests.notebook_check.notebook import Notebook

from . import shape
from .contents import BOOK
from .example import (
    BY_HAND,
    CHAPTER,
    EXERCISES,
    GLANCE,
    OLDER,
    OPENING,
    OPTIONS,
    OVERVIEW,
    PRINT,
    SETUP,
    SVG,
    TITLE,
    WHY,
    WRONG,
    good_chapter,
)

RULES = {rule.__name__: rule for rule in shape.RULES}
# The second page on a loss: no entry names it, and no source says anything about it.
SECOND_PAGE = BOOK / "multiclass" / "cross_entropy_options.ipynb"
WIDE = "x" * 89


def problems(nb: NotebookNode, rule: str, path=CHAPTER) -> list[str]:
    """What a rule finds in the notebook, as if it were a file of the book."""
    return list(RULES[rule](Notebook(path, laid_out(nb))))


# (rule, what breaks it, what the rule says)
BREAKS = [
    ("sections", replace(BY_HAND, "## By hand", "By hand"), "missing sections: By hand"),
    ("sections", swap(OPTIONS, WRONG), "not in this order"),
    ("sections", replace(OPTIONS, "Words.", "## More"), "does not have: More"),
    ("sections", replace(OPTIONS, "Words.", "## Options"), "one is there twice"),
    ("sections", remove(OLDER), "missing sections: In the older texts"),
    ("opening", replace(TITLE, " Do not use it when it does not.", ""), "2 sentences"),
    ("opening", remove(SETUP), "followed by the set-up cell"),
    ("opening", swap(OPENING, GLANCE), "followed by the set-up cell"),
    ("opening", put_out(OPENING, printed("1\n")), "shows the opening picture"),
    ("opening", tag(OPENING, "hide-cell"), "has the tag hide-input"),
    ("opening", replace(GLANCE, "A line.\n", ""), "no sentence reads the picture"),
    ("symptoms", replace(GLANCE, "**If", "If"), "has no table"),
    ("symptoms", replace(GLANCE, "| `nan` | [empty](#an-empty-batch) |", ""), "has no table"),
    ("symptoms", replace(GLANCE, "#an-empty-batch", "losses"), "no link to a section"),
    ("symptoms", replace(GLANCE, "**If", "## Next\n\n**If"), "has no table"),
    ("troubles", replace(WRONG, "### An error message", "### Errors"), "in this order"),
    ("troubles", replace(WRONG, "Words.", "### Digits, inf and nan"), "in this order"),
    ("changes", replace(WRONG, "#releases-l1loss", "#release-2.0"), "no link ](#releases-l1loss)"),
    ("changes", replace(WHY, "Words.", "[L1](a.md#releases-l1loss)"), "has a file's name"),
    ("few_cells", lambda nb: nb.cells.extend(nb.cells[:1] * 80), "at most 90"),
    ("narrow", replace(PRINT, "print(1)", WIDE), "code of 89 columns"),
    ("narrow", put_out(PRINT, printed(f"{WIDE}\n")), "stdout of 89 columns"),
    ("narrow", put_out(PRINT, shown(text_plain=WIDE)), "text/plain of 89 columns"),
]


@pytest.mark.parametrize("rule", RULES)
def test_a_good_chapter_keeps_the_rule(rule: str) -> None:
    """The chapter that is broken below keeps all rules."""
    assert problems(good_chapter(), rule) == []


@pytest.mark.parametrize(("rule", "damage", "says"), BREAKS)
def test_a_broken_chapter_is_found(rule: str, damage: Break, says: str) -> None:
    """The rule finds the damage, and says what it is."""
    nb = good_chapter()
    damage(nb)
    assert says in "\n".join(problems(nb, rule))


def test_every_rule_is_shown_to_fail() -> None:
    """There is an example for each."""
    assert {rule for rule, _, _ in BREAKS} == RULES.keys()


@pytest.mark.parametrize(
    "output",
    [
        shown(text_plain=WIDE, text_html="<b>x</b>"),
        shown(text_plain=WIDE, image_svg=SVG),
        raised("ValueError", WIDE),
    ],
)
def test_text_that_the_page_does_not_show_or_breaks_may_be_wide(output: NotebookNode) -> None:
    """A table or a picture stands in its place, or it is the message of an error."""
    nb = good_chapter()
    put_out(PRINT, output)(nb)
    assert problems(nb, "narrow") == []


def test_older_texts_are_for_chapters_that_the_ledger_names() -> None:
    """No source says anything about this loss."""
    path = BOOK / "multiclass" / "linear_cross_entropy.ipynb"
    assert "does not have: In the older texts" in problems(good_chapter(), "sections", path)[0]


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (remove(WHY, EXERCISES), ""),
        (replace(OPTIONS, "## Options", "## Label smoothing"), ""),
        (replace(GLANCE, "## At a glance", "## First"), "the first section is"),
        (replace(-1, "## ", ""), "the last one"),
        (swap(OPTIONS, WRONG), "not in this order"),
    ],
)
def test_a_further_page_has_headings_of_its_own(damage: Break, says: str) -> None:
    """But for the first and the last, and the agreed ones stay in order."""
    nb = good_chapter()
    damage(nb)
    found = problems(nb, "sections", SECOND_PAGE)
    assert says in "\n".join(found) if says else not found


def test_overviews_are_not_bound() -> None:
    """All others are."""
    nb = good_chapter()
    remove(WHY)(nb)
    for path, bound in ((CHAPTER, True), (OVERVIEW, False)):
        assert bool(list(shape.shape(Notebook(path, laid_out(nb))))) == bound
