"""Every rule for all notebooks is shown to be able to fail: a good one, and what breaks it."""

from pathlib import Path

import nbformat.v4 as v4
import pytest
from nbformat import NotebookNode

from . import rules
from .making import (
    Break,
    change,
    code,
    insert,
    picture,
    printed,
    put_out,
    raised,
    replace,
    shown,
    tag,
)
from .normalise import laid_out, normalise
from .notebook import Notebook

RULES = {rule.__name__: rule for rule in rules.RULES}


def good_notebook() -> NotebookNode:
    """A notebook that keeps all rules. The names below it (TITLE, PRINT, …) number its cells."""
    cells = [
        v4.new_markdown_cell("# Title\n\nWords."),
        code("print(1)", printed("1\n")),
        picture("<svg/>"),
        code("1 / 0", raised("ZeroDivisionError", "by zero"), tags=("raises-exception",)),
        code("2", tags=("hide-cell",)),
    ]
    return normalise(v4.new_notebook(cells=cells))


TITLE, PRINT, PICTURE, ERROR, FOLDED = range(5)


def problems(nb: NotebookNode, rule: str) -> list[str]:
    """What a rule finds in the notebook, as if it were a file of no project."""
    return list(RULES[rule](Notebook(Path("/a.ipynb"), laid_out(nb))))


# (rule, what breaks it, what the rule says)
BREAKS = [
    ("canonical", lambda nb: nb.metadata.update(author="me"), "metadata has the keys author, k"),
    ("canonical", change(PRINT, metadata={"collapsed": True}), "metadata has the keys collapsed;"),
    ("canonical", change(FOLDED, metadata={"jupyter": {"outputs_hidden": True}}), "keys jupyter;"),
    (
        "canonical",
        put_out(PRINT, v4.new_output("error", ename="E", evalue="e", traceback=["/a.py"])),
        f'cells {PRINT + 1}, outputs 1, traceback 1 is "/a.py", not "E: e"',
    ),
    (
        "canonical",
        put_out(PRINT, NotebookNode(printed("1\n"), transient={})),
        "no valid notebook: Add",
    ),
    ("canonical", change(PRINT, execution_count=1.0), '"execution_count": 1.0,\', not'),
    ("known_cells", insert(1, v4.new_raw_cell("print(1)")), "'raw'"),
    ("known_cells", insert(1, v4.new_code_cell("")), "is empty"),
    ("known_cells", change(TITLE, attachments={"a.png": {"image/png": ""}}), "attachment"),
    (
        "executed_in_order",
        change(PRINT, execution_count=None),
        "Cell 1: the execution count is None",
    ),
    ("executed_in_order", change(PRINT, execution_count=7), "Cell 1: the execution count is 7"),
    ("known_tags", tag(PRINT, "nbval-skip"), "'nbval-skip'"),
    ("known_tags", tag(PRINT, "remove-output"), "'remove-output'"),
    (
        "known_options",
        change(PRINT, metadata={"mystnb": {"remove_code_outputs": True}}),
        "mystnb may not have remove_code_outputs",
    ),
    ("known_options", change(PICTURE, metadata={"mystnb": {"image": {"width": "0"}}}), "alt alone"),
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
    ("no_stderr", put_out(PRINT, printed("warning\n", "stderr")), "on stderr"),
    ("known_outputs", put_out(PRINT, shown(image_png="iVBORw0KGgo=")), "image/png"),
    ("known_outputs", put_out(PRINT, NotebookNode(shown(), data={"text/plain": 1})), "is no text"),
    ("pictures_described", put_out(PRINT, shown(text_plain="<P>", image_svg="<svg/>")), "Picture:"),
    (
        "pictures_described",
        put_out(PRINT, shown(text_plain="<Figure size 640x480>")),
        "bare matplotlib",
    ),
    ("pictures_have_alt", change(PICTURE, metadata={}), "must describe"),
    (
        "pictures_have_alt",
        change(PICTURE, metadata={"mystnb": {"image": {"alt": "plot"}}}),
        "'plot'",
    ),
    ("nothing_stale", put_out(PRINT, printed("File /home/me/x.py\n")), "'/home/'"),
    ("nothing_stale", put_out(PRINT, printed("File /tmp/ipykernel_1/2.py\n")), "'/tmp/'"),
    ("nothing_stale", put_out(PRINT, printed("C:\\Users\\me\n")), "a path"),
    (
        "nothing_stale",
        put_out(PRINT, shown(text_plain="<f at 0x7f0012ab34cd>")),
        "a memory address",
    ),
    ("nothing_stale", put_out(PRINT, printed("2026-01-31 12:00\n")), "a time"),
    ("nothing_stale", put_out(PRINT, printed("took 0:00:01\n")), "a time"),
    (
        "nothing_stale",
        put_out(PRINT, shown(image_svg="<svg><dc:date>2026</dc:date></svg>")),
        "a date",
    ),
    ("nothing_stale", put_out(PRINT, printed("Fri Jan 30 2026\n")), "a date"),
    ("narrow_outputs", put_out(PRINT, printed("x" * 101)), "101 columns"),
    ("narrow_outputs", put_out(PRINT, shown(text_plain="損" * 51)), "102 columns"),
    ("plain_outputs", put_out(PRINT, printed("\x1b[31mred\n")), "control character"),
    ("plain_outputs", put_out(PRINT, printed("10%\r20%\n")), "control character"),
]


@pytest.mark.parametrize("rule", RULES)
def test_a_good_notebook_keeps_the_rule(rule: str) -> None:
    """The notebook that is broken below keeps all rules."""
    assert problems(good_notebook(), rule) == []


@pytest.mark.parametrize(("rule", "damage", "says"), BREAKS)
def test_a_broken_notebook_is_found(rule: str, damage: Break, says: str) -> None:
    """The rule finds the damage, and says what it is."""
    nb = good_notebook()
    damage(nb)
    assert says in "\n".join(problems(nb, rule))


def test_every_rule_is_shown_to_fail() -> None:
    """There is an example for each rule."""
    assert {rule for rule, _, _ in BREAKS} == RULES.keys()


def test_a_set_up_cell_may_run_shell_commands(tmp_path: Path) -> None:
    """The tag that a project names for set-up cells is known and allows them, in that project."""
    nb = good_notebook()
    replace(PRINT, "print(1)", "!ls")(nb)
    tag(PRINT, "first")(nb)
    table = '[tool.notebook-check]\nsetup-tag = "first"\n'
    for text, allowed in (("", False), (table, True)):
        folder = tmp_path / str(allowed)
        folder.mkdir()
        (folder / "pyproject.toml").write_text(text, encoding="utf-8")
        notebook = Notebook(folder / "a.ipynb", laid_out(nb))
        for rule in (rules.known_tags, rules.nothing_hidden):
            assert (list(rule(notebook)) == []) is allowed
