"""Every rule is shown to be able to fail: a good chapter, and what breaks it, one way at a time."""

import copy
from collections.abc import Callable
from pathlib import Path

import nbformat.v4 as v4
import pytest
from nbformat import NotebookNode

from . import setup_cell
from .lock import pinned
from .normalise import laid_out, normalise, to_text
from .notebook import BOOK, Notebook
from .rules import CHAPTER_RULES, NOTEBOOK_RULES, contents

RULES = {rule.__name__: rule for rule in NOTEBOOK_RULES + CHAPTER_RULES}
PINNED = pinned("matplotlib")
SVG = f"<svg><dc:title>Matplotlib v{PINNED}, https://matplotlib.org/</dc:title></svg>"
EXERCISE = "### Exercise {}: a sum\n\nWhat is 1 + {}? Replace the dots."


def printed(text: str, name: str = "stdout") -> NotebookNode:
    """A stream output."""
    return v4.new_output("stream", name=name, text=text)


def shown(**data: str) -> NotebookNode:
    """A display; `text_plain=` stands for the MIME type text/plain."""
    mimes = {name.replace("_", "/").replace("svg", "svg+xml"): text for name, text in data.items()}
    return v4.new_output("display_data", data=mimes)


def code(source: str, *outputs: NotebookNode, tags: tuple[str, ...] = ()) -> NotebookNode:
    """A code cell."""
    cell = v4.new_code_cell(source, outputs=list(outputs))
    cell.metadata.tags = list(tags)
    return cell


def good_chapter() -> NotebookNode:
    """A chapter that keeps all rules. The names below it (TITLE, GLANCE, …) number its cells."""
    text = v4.new_markdown_cell
    picture = code("plot()", shown(text_plain="Picture: a line", image_svg=SVG))
    picture.metadata.mystnb = {"image": {"alt": "A line that rises from 0 to 1."}}
    cells = [
        text("# ALoss\n\nMeasures a distance."),
        text("## At a glance\n\n| a | b |\n| --- | --- |\n| 1 | 2 |"),
        code(setup_cell.setup_source(), tags=("setup",)),
        text("## The source's experiment\n\nWords."),
        code("print(1)", printed("1\n")),
        text("## By hand\n\n## Gradient"),
        text("## Picture\n\nWords.\n\n```python\n# not a heading\n```"),
        picture,
        text("## Options\n\nWords.\n\n## One more"),
        text("## What goes wrong\n\nWords."),
        code(
            "1 / 0",
            v4.new_output("error", ename="ZeroDivisionError", evalue="division by zero"),
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


TITLE, GLANCE, SETUP, SOURCE, PRINT, BY_HAND, _, PICTURE, OPTIONS, WRONG, ERROR = range(11)
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
    return list(RULES[rule](Notebook(path, laid_out(nb))))


def replace(cell: int, old: str, new: str) -> Callable[[NotebookNode], None]:
    """Break a chapter by replacing a part of a cell's source."""

    def apply(nb: NotebookNode) -> None:
        assert old in nb.cells[cell].source
        nb.cells[cell].source = nb.cells[cell].source.replace(old, new)

    return apply


def put_out(output: NotebookNode, cell: int = PRINT) -> Callable[[NotebookNode], None]:
    """Break a chapter by storing one other output."""
    return lambda nb: nb.cells[cell].update(outputs=[output])


def tag(name: str, cell: int = PRINT) -> Callable[[NotebookNode], None]:
    """Break a chapter by tagging a cell."""
    return lambda nb: nb.cells[cell].metadata.update(tags=[name])


def swap(one: int, other: int) -> Callable[[NotebookNode], None]:
    """Break a chapter by swapping two cells."""

    def apply(nb: NotebookNode) -> None:
        nb.cells[one], nb.cells[other] = nb.cells[other], nb.cells[one]

    return apply


def remove(first: int, last: int | None = None) -> Callable[[NotebookNode], None]:
    """Break a chapter by removing cells."""
    return lambda nb: nb.cells.__delitem__(slice(first, (last or first) + 1))


def insert(place: int, cell: NotebookNode) -> Callable[[NotebookNode], None]:
    """Break a chapter by inserting a cell."""
    return lambda nb: nb.cells.insert(place, cell)


def change(cell: int, **keys: object) -> Callable[[NotebookNode], None]:
    """Break a chapter by changing a cell's keys."""
    return lambda nb: nb.cells[cell].update(**keys)


# (rule, what breaks it, what the rule says)
BREAKS = [
    ("canonical", lambda nb: nb.metadata.update(author="me"), "metadata has the keys author, k"),
    ("canonical", change(PRINT, metadata={"collapsed": True}), "metadata has the keys collapsed;"),
    ("canonical", change(SOLUTION, metadata={"tags": ["hide-cell"]}), "should have jupyter, tags"),
    (
        "canonical",
        put_out(v4.new_output("error", ename="E", evalue="e", traceback=["/a.py"])),
        f'cells {PRINT + 1}, outputs 1, traceback 1 is "/a.py", not "E: e"',
    ),
    ("canonical", put_out(NotebookNode(printed("1\n"), transient={})), "no valid notebook: Add"),
    ("canonical", change(PRINT, execution_count=2.0), '"execution_count": 2.0,\', not'),
    ("known_cells", insert(1, v4.new_raw_cell("print(1)")), "'raw'"),
    ("known_cells", insert(1, v4.new_code_cell("")), "is empty"),
    ("known_cells", change(TITLE, attachments={"a.png": {"image/png": ""}}), "attachment"),
    (
        "executed_in_order",
        change(PRINT, execution_count=None),
        "Cell 2: the execution count is None",
    ),
    ("executed_in_order", change(PRINT, execution_count=7), "Cell 2: the execution count is 7"),
    ("known_tags", tag("nbval-skip"), "'nbval-skip'"),
    ("known_tags", tag("remove-output"), "'remove-output'"),
    (
        "known_options",
        change(PRINT, metadata={"mystnb": {"remove_code_outputs": True}}),
        "alt only",
    ),
    ("known_options", change(PICTURE, metadata={"mystnb": {"image": {"width": "0"}}}), "alt only"),
    (
        "nothing_hidden",
        replace(PRINT, "print", "# nbval_ignore_output\nprint"),
        "comments for nbval",
    ),
    ("nothing_hidden", replace(PRINT, "print", "%%capture\nprint"), "no magics"),
    ("nothing_hidden", replace(PRINT, "print(1)", "!ls"), "no magics"),
    ("nothing_hidden", replace(PRINT, "print(1)", "w.simplefilter('ignore')"), "not silenced"),
    ("nothing_hidden", replace(PRINT, "print(1)", 'w.filterwarnings(action="ignore")'), "silenced"),
    ("errors_announced", change(ERROR, outputs=[]), "stores no error"),
    ("errors_announced", change(ERROR, metadata={}), "not tagged"),
    ("no_stderr", put_out(printed("warning\n", "stderr")), "on stderr"),
    ("known_outputs", put_out(shown(image_png="iVBORw0KGgo=")), "image/png"),
    ("known_outputs", put_out(NotebookNode(shown(), data={"text/plain": 1})), "is no text"),
    ("pictures_described", put_out(shown(text_plain="<P>", image_svg="<svg/>")), "Picture:"),
    ("pictures_described", put_out(shown(text_plain="<Figure size 640x480>")), "bare matplotlib"),
    ("pictures_have_alt", change(PICTURE, metadata={}), "must describe"),
    (
        "pictures_have_alt",
        change(PICTURE, metadata={"mystnb": {"image": {"alt": "plot"}}}),
        "'plot'",
    ),
    ("nothing_stale", put_out(printed("File /home/me/x.py\n")), "'/home/'"),
    ("nothing_stale", put_out(printed("File /tmp/ipykernel_1/2.py\n")), "'/tmp/'"),
    ("nothing_stale", put_out(printed("C:\\Users\\me\n")), "a path"),
    ("nothing_stale", put_out(shown(text_plain="<f at 0x7f0012ab34cd>")), "a memory address"),
    ("nothing_stale", put_out(printed("2026-01-31 12:00\n")), "a time"),
    ("nothing_stale", put_out(printed("took 0:00:01\n")), "a time"),
    ("nothing_stale", put_out(shown(image_svg="<svg><dc:date>2026</dc:date></svg>")), "a date"),
    ("nothing_stale", put_out(printed("Fri Jan 30 2026\n")), "a date"),
    ("narrow_outputs", put_out(printed("x" * 101)), "101 columns"),
    ("narrow_outputs", put_out(shown(text_plain="損" * 51)), "102 columns"),
    ("plain_outputs", put_out(printed("\x1b[31mred\n")), "control character"),
    ("plain_outputs", put_out(printed("10%\r20%\n")), "control character"),
    (
        "pictures_by_pinned_matplotlib",
        put_out(shown(text_plain="Picture:", image_svg=SVG.replace(PINNED, PINNED + "1"))),
        "not by Matplotlib",
    ),
    (
        "pictures_by_pinned_matplotlib",
        put_out(shown(text_plain="Picture:", image_svg="<svg/>")),
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
    ("setup_first", put_out(printed("torch is 1.13 here\n"), SETUP), "other versions"),
    ("setup_first", tag("setup", PRINT), "and no other"),
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
    ("exercises", put_out(printed("right\n"), OPEN), "must show 'not answered yet'"),
    ("exercises", put_out(printed("not yet: 3\n"), SOLUTION), "must show 'right'"),
    ("exercises", put_out(printed("brightly\n"), SOLUTION), "must show 'right'"),
    ("exercises", put_out(shown(text_plain="'not yet: 3'"), SOLUTION), "must show 'right'"),
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


@pytest.mark.parametrize("rule", sorted(RULES.keys() - {"in_the_contents"}))
def test_a_good_chapter_keeps_the_rule(rule: str) -> None:
    """The chapter that is broken below keeps all rules."""
    assert problems(good_chapter(), rule) == []


@pytest.mark.parametrize(("rule", "damage", "says"), BREAKS)
def test_a_broken_chapter_is_found(
    rule: str, damage: Callable[[NotebookNode], None], says: str
) -> None:
    """The rule finds the damage, and says what it is."""
    nb = copy.deepcopy(good_chapter())
    damage(nb)
    assert says in "\n".join(problems(nb, rule))


@pytest.mark.parametrize("rule", sorted(RULES.keys() - {"in_the_contents"}))
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
def test_a_broken_overview_is_found(
    rule: str, damage: Callable[[NotebookNode], None], says: str
) -> None:
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
