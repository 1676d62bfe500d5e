"""The ledger of the sources: every row is recomputed, and no verdict but its own is accepted.

The proofs stand in the cells of the pages in `book/sources`. Here their code runs once more, with
`check` replaced by one that keeps what it was given. So each row's recomputation can be held
against other verdicts and against damaged digits, too. Rows on a page that asks other frameworks
are left out where these are not installed.
"""

import inspect
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from IPython.core.inputtransformer2 import TransformerManager

from helpers import ledger
from helpers.book import releases
from helpers.book.ledger import Claim, Result, VerdictError
from tests.notebook_check.notebook import Notebook

from .contents import BOOK

NAMES = ledger.names()
ROWS = [(name, row) for name in NAMES for row in ledger.read(name).rows.values()]
# What a careful count of the five documents found: the least that the ledger has.
RESULTS_AT_LEAST, CLAIMS_AT_LEAST = 104, 119


def ids(rows):
    """Names for the tests' reports."""
    return [f"{row.source}-{row.id}" for _, row in rows]


def pages(name):
    """The pages of a document: one, and a second one for what other frameworks are asked."""
    return [Notebook.read(path) for path in sorted((BOOK / "sources").glob(f"{name}*.ipynb"))]


def keys(page):
    """The ids of the rows that a page shows, in order."""
    shown = re.findall(r"^```\{ledger\} (.*)$", markdown(page.path), re.MULTILINE)
    return [key for line in shown for key in line.split()]


def markdown(path):
    """The text of a notebook."""
    cells = (cell for cell in Notebook.read(path).nb.cells if cell.cell_type == "markdown")
    return "\n\n".join(cell.source for cell in cells)


# The page of each row, by document and id.
PAGES = {
    (ledger.read(name).number, key): page
    for name in NAMES
    for page in pages(name)
    for key in keys(page)
}


def params(rows):
    """Rows for the tests, marked if their page asks other frameworks."""
    return [
        pytest.param(row, id=name, marks=pytest.mark.extra if place(row).extra else ())
        for (_, row), name in zip(rows, ids(rows), strict=True)
    ]


def place(row):
    """The page of a row."""
    return PAGES[row.source, row.id]


@pytest.fixture(scope="module")
def proofs(request):
    """A function that says what a row's check was called with on its page."""
    kept, done = {}, set()
    asked = request.config.getoption("extra", False)

    def proof(row):
        page = place(row)
        # The plugin, which leaves such rows out, is not there when `make mutation` runs this.
        if not asked and (missing := page.settings.missing(page.extra)):
            pytest.skip(f"left out for want of {', '.join(missing)}")
        if page.path not in done:
            done.add(page.path)
            run(page, kept)
        return kept[row.source, row.id]

    return proof


def run(page, kept):
    """Run a page, and keep what each check is called with."""
    with pytest.MonkeyPatch.context() as patch:
        for kind in (Result, Claim):
            patch.setattr(kind, "check", keeping(kind.check, kept))
        namespace = {"__name__": "__main__"}
        for _, cell in page.code_cells():
            exec(TransformerManager().transform_cell(cell.source), namespace)


def keeping(check, kept):
    """`check`, which also keeps what it was called with."""

    def call(row, *args, **kwargs):
        assert (row.source, row.id) not in kept, f"{row.title} is checked twice"
        shown = check(row, *args, **kwargs)
        kept[row.source, row.id] = args, kwargs
        return shown

    return call


def held(row, proofs):
    """The row's check with what its page gives it."""
    args, kwargs = proofs(row)
    return row.check(*args, **kwargs)


@pytest.mark.parametrize("row", params(ROWS))
def test_a_row_holds_and_no_other_verdict_does(row, proofs):
    """The page proves the row; with the same proof every other verdict is refused."""
    assert row.verdict in str(held(row, proofs))
    verdicts = ledger.RESULT_VERDICTS if isinstance(row, Result) else ledger.CLAIM_VERDICTS
    for verdict in verdicts:
        if verdict != row.verdict:
            with pytest.raises(VerdictError):
                held(replace(row, verdict=verdict), proofs)


RECOMPUTED = [
    (name, row) for name, row in ROWS if isinstance(row, Result) and row.verdict != ledger.UNCHECKED
]


@pytest.mark.parametrize("row", params(RECOMPUTED))
def test_a_damaged_result_is_refused(row, proofs):
    """Each digit of a printed result counts: changed, its verdict no longer holds.

    Where only rounding is in question, the last digit may well be another one; the first may not.
    A result that torch no longer gives is held by its cause. Without one it only must not be what
    torch gives today.
    """
    args, kwargs = proofs(row)
    by_cause = len(args) > 2 or "cause" in kwargs
    if row.verdict == ledger.NO_LONGER and not by_cause:
        damaged_rows = [replace(row, printed=row.today)]
    else:
        damaged_rows = damages(row)
    for damaged in damaged_rows:
        with pytest.raises(VerdictError):
            held(damaged, proofs)


@pytest.mark.parametrize("row", params(RECOMPUTED))
def test_what_torch_gives_today_is_held(row, proofs):
    """Another text for what torch gives today is refused."""
    if row.today:
        with pytest.raises(VerdictError):
            held(replace(row, today=row.today + "."), proofs)


def damages(row):
    """The row with one digit of its printed result changed: all of them, or the first of each."""
    if row.numbers is None:
        yield replace(row, printed=row.printed + "x")
        return
    for number in re.finditer(r"\d[\d.]*(e[-+]\d+)?", row.printed):
        places = [m.start() for m in re.finditer(r"\d", number.group())]
        for place in places[:1] if row.verdict == ledger.ROUNDING else places:
            at = number.start() + place
            digit = str((int(row.printed[at]) + 1) % 10)
            text = row.printed[:at] + digit + row.printed[at + 1 :]
            if row.numbers.whole or "." in number.group():
                yield replace(row, printed=text)


@pytest.mark.parametrize("row", params(RECOMPUTED))
def test_a_number_is_recomputed_with_torch_and_by_hand(row, proofs):
    """A number needs both; what torch refuses today needs a cause instead, or nothing by hand."""
    args, kwargs = proofs(row)
    given = dict(zip(("with_torch", "by_hand", "cause"), args, strict=False)) | kwargs
    assert given.get("with_torch") is not None
    if row.numbers is not None and not row.today:
        assert given.get("by_hand") is not None


@pytest.mark.parametrize("name", NAMES)
def test_the_ids_follow_the_document(name):
    """r1, r2, … and c1, c2, … in the order of the lines."""
    source = ledger.read(name)
    for letter, rows in (("r", source.results), ("c", source.claims)):
        assert [row.id for row in rows] == [f"{letter}{n + 1}" for n in range(len(rows))]
        starts = [row.line if isinstance(row.line, int) else row.line[0] for row in rows]
        assert starts == sorted(starts)


def test_every_document_has_its_rows():
    """All five are there, with at least the number of rows that a careful count finds."""
    assert [ledger.read(name).number for name in NAMES] == [0, 1, 2, 3, 4]
    assert sum(isinstance(row, Result) for _, row in ROWS) >= RESULTS_AT_LEAST
    assert sum(isinstance(row, Claim) for _, row in ROWS) >= CLAIMS_AT_LEAST


@pytest.mark.parametrize("row", [row for _, row in ROWS], ids=ids(ROWS))
def test_a_row_is_complete(row):
    """A sentence, known chapters, and the reason wherever one is needed."""
    assert row.what.rstrip(")").endswith(".")
    assert row.chapters
    for chapter in row.chapters:
        assert (BOOK / f"{chapter}.ipynb").is_file()
        assert "```{ledger-links}" in markdown(BOOK / f"{chapter}.ipynb")
    asides = ledger.RESULT_ASIDES if isinstance(row, Result) else ledger.CLAIM_ASIDES
    assert row.aside in ("", *asides)
    said = row.why if isinstance(row, Result) else row.instead
    assert bool(said) == (row.verdict not in (ledger.EXACT, ledger.RIGHT))
    assert not said or said.endswith(".")


@pytest.mark.parametrize("name", NAMES)
def test_the_pages_show_every_row_once(name):
    """Every row is a target on a page of its document."""
    shown = [key for page in pages(name) for key in keys(page)]
    assert sorted(shown) == sorted(ledger.read(name).rows)


def test_a_chapter_lists_rows_only_if_it_has_some():
    """No empty list of links."""
    named = {chapter for _, row in ROWS for chapter in row.chapters}
    for path in BOOK.rglob("*.ipynb"):
        if "```{ledger-links}" in markdown(path):
            assert path.relative_to(BOOK).with_suffix("").as_posix() in named


# --- the checks themselves, on rows made up here --------------------------------------------------


def result(**fields):
    """A printed result with the given fields."""
    basic = {"source": 9, "id": "r1", "line": 1, "what": "A sum.", "chapters": [], "why": "So."}
    return Result(**basic | {"inputs": {"x": "[0.12, 0.25]"}} | fields)


def total(x):
    """The sum of the inputs, with torch and with NumPy alike."""
    return x.sum()


def test_exact_needs_every_digit_with_torch_and_by_hand():
    """Close is not exact."""
    row = result(printed="0.37", verdict=ledger.EXACT)
    row.check(total, total)
    with pytest.raises(VerdictError, match=r"torch gives 0\.37"):
        row.check(total, lambda x: x.sum() + 0.01)
    with pytest.raises(VerdictError, match="torch does not give what is printed"):
        row.check(*[lambda x: x.sum() + 0.01] * 2)
    with pytest.raises(VerdictError, match="not recomputed by hand"):
        row.check(total)


def test_rounding_needs_an_interval_that_holds_the_result():
    """0.38 can be reached from inputs that round to 0.12 and 0.25; 0.39 cannot."""
    row = result(printed="0.38", verdict=ledger.ROUNDING, decimals={"x": 2})
    assert "0.36     0.38" in str(row.check(total, total))
    with pytest.raises(VerdictError, match="not what the rounded inputs allow"):
        replace(row, printed="0.39").check(total, total)
    with pytest.raises(VerdictError, match="not what the rounded inputs allow"):
        replace(row, decimals={}).check(total, total)


def test_wrong_needs_the_cause():
    """A wrong number is explained to its last digit."""
    row = result(printed="0.13", verdict=ledger.WRONG)
    row.check(total, total, lambda x: x[1] - x[0])
    with pytest.raises(VerdictError, match="the cause is not given"):
        row.check(total, total)
    with pytest.raises(VerdictError, match=r"the cause gives 0\.0"):
        row.check(total, total, lambda x: x[0] - x[0])
    text = replace(row, printed="<Old>", today="<New>")
    with pytest.raises(VerdictError, match="the cause is not given"):
        text.check(lambda x: "<New>")
    text.check(lambda x: "<New>", cause=lambda x: "<Old>")


def test_no_longer_so_needs_what_torch_does_today():
    """The text of today's error is part of the row."""

    def refused(x):
        raise ValueError("no")

    row = result(printed="0.37", verdict=ledger.NO_LONGER, today="ValueError: no")
    assert "ValueError: no" in str(row.check(refused, cause=total))
    with pytest.raises(VerdictError, match="torch gives"):
        replace(row, today="ValueError: yes").check(refused)
    with pytest.raises(VerdictError, match="torch gives no number any more"):
        replace(row, verdict=ledger.WRONG).check(refused, cause=total)
    with pytest.raises(VerdictError, match="today is not given"):
        replace(row, today="").check(refused, refused)


def test_what_cannot_be_checked_is_not_recomputed():
    """And says why."""
    row = result(printed="0.37", verdict=ledger.UNCHECKED)
    row.check()
    with pytest.raises(VerdictError, match="it was recomputed"):
        row.check(total)
    with pytest.raises(VerdictError, match="the reason is not given"):
        replace(row, why="").check()


def even(**fields):
    """A printed result of inputs that are exact in float32."""
    return result(**{"inputs": {"x": "[0.25, 0.5]"}, "printed": "0.75"} | fields)


def refused(x):
    """What torch no longer takes."""
    raise ValueError("no")


def more(by):
    """The sum of the inputs, and something on top."""
    return lambda x: x.sum() + by


PROBLEMS = {
    "unknown verdict": (
        even(verdict="fine"),
        (total, total),
        "that is none of reproduced exactly, within rounding, wrong, changed since, "
        "cannot be checked",
    ),
    "by hand": (even(verdict=ledger.EXACT), (total,), "it was not recomputed by hand"),
    "the hand differs": (
        even(verdict=ledger.EXACT),
        (total, more(1)),
        "torch gives 0.75, and by hand it is 1.75",
    ),
    "the hand has another shape": (
        even(verdict=ledger.EXACT),
        (total, lambda x: x.sum(keepdims=True)),
        "torch gives 0.75, and by hand it is [0.75]",
    ),
    "the hand differs beyond float32": (
        even(verdict=ledger.EXACT),
        (total, more(2e-5)),
        "torch gives 0.75, and by hand it is 0.75002",
    ),
    "the hand differs beyond float32, around 0": (
        even(verdict=ledger.EXACT, printed="0.0"),
        (lambda x: 0.0, lambda x: 2e-7),
        "torch gives 0.0, and by hand it is 2e-07",
    ),
    "exact, and another number": (
        even(verdict=ledger.EXACT, printed="0.76"),
        (total, total),
        "torch does not give what is printed",
    ),
    "wrong, and the same": (
        even(verdict=ledger.WRONG),
        (total, total, total),
        "torch gives what is printed",
    ),
    "exact, and the hand rounds to another number": (
        even(verdict=ledger.EXACT, printed="0.37"),
        (lambda x: 0.374999, lambda x: 0.375001),
        "by hand it is 0.375001",
    ),
    "no reason": (
        even(verdict=ledger.WRONG, printed="0.50", why=""),
        (total, total, lambda x: x[1]),
        "the reason is not given",
    ),
    "rounding, too far": (
        even(verdict=ledger.ROUNDING, printed="0.79", decimals={"x": 2}),
        (total, total),
        "it is not what the rounded inputs allow",
    ),
    "wrong, and within rounding": (
        even(verdict=ledger.WRONG, printed="0.76", decimals={"x": 2}),
        (total, total),
        "it is not what the rounded inputs allow",
    ),
    "no cause": (
        even(verdict=ledger.WRONG, printed="0.50"),
        (total, total),
        "the cause is not given",
    ),
    "wrong, and refused today": (
        even(verdict=ledger.WRONG, printed="0.50"),
        (refused, refused, lambda x: x[1]),
        "torch gives no number any more",
    ),
    "not what torch does today": (
        even(verdict=ledger.NO_LONGER, today=""),
        (refused, refused),
        "what torch does today is not given",
    ),
    "another thing today": (
        even(verdict=ledger.NO_LONGER, today="ValueError: yes"),
        (refused,),
        "torch gives 'ValueError: no', not 'ValueError: yes'",
    ),
    "another cause": (
        even(verdict=ledger.WRONG, printed="0.50"),
        (total, total, lambda x: x[0]),
        "the cause gives 0.25, which is not what is printed",
    ),
    "recomputed": (even(verdict=ledger.UNCHECKED), (total,), "it was recomputed"),
    "no reason not to check": (
        even(verdict=ledger.UNCHECKED, why=""),
        (),
        "the reason is not given",
    ),
}


@pytest.mark.parametrize(("row", "given", "problem"), PROBLEMS.values(), ids=PROBLEMS)
def test_a_problem_in_full(row, given, problem):
    """Which row it is, the verdict, and what speaks against it."""
    with pytest.raises(VerdictError) as caught:
        row.check(*given)
    assert str(caught.value) == (
        f"r1: Source 9, line 1. A sum.\nThe verdict is {row.verdict!r}, but {problem}."
    )


HELD = {
    # By hand a number may be this much off, more than torch in float32 and the printed digits.
    "near enough": (
        even(verdict=ledger.EXACT, printed="0.37", why=""),
        (lambda x: 0.3749999, lambda x: 0.3750001),
    ),
    "near enough by hand": (even(verdict=ledger.EXACT, why=""), (total, more(5e-6))),
    "near enough to 0": (
        even(verdict=ledger.EXACT, printed="0.0", why=""),
        (lambda x: 0.0, lambda x: 5e-8),
    ),
    "the highest result half a digit below": (
        even(verdict=ledger.ROUNDING, printed="1.0", decimals={"x": 2}),
        (lambda x: 1.0 - 0.05, lambda x: 1.0 - 0.05),
    ),
    "the lowest result half a digit above": (
        even(verdict=ledger.ROUNDING, printed="0.9", decimals={"x": 2}),
        (lambda x: 0.9 + 0.05, lambda x: 0.9 + 0.05),
    ),
    "a truth value": (
        even(verdict=ledger.EXACT, printed="True", why=""),
        (lambda x: True, lambda x: True),
    ),
    "a word": (
        even(verdict=ledger.EXACT, printed="X", why=""),
        (lambda x: "X", lambda x: "X"),
    ),
    "a whole number": (
        even(verdict=ledger.EXACT, printed="2", why=""),
        (lambda x: len(x), lambda x: np.int64(len(x))),
    ),
}


@pytest.mark.parametrize(("row", "given"), HELD.values(), ids=HELD)
def test_what_is_near_enough(row, given):
    """The verdict holds."""
    assert str(row.check(*given)).endswith(f"\n\n{row.verdict}")


WORDS = " ".join(["word"] * 17)  # 84 characters, what fits in a line
SHOWN = {
    "exact": (
        even(verdict=ledger.EXACT, why="", inputs={"x": "[0.25,\n 0.5]"}),
        (total, total),
        """
        r1: Source 9, line 1. A sum.
        x = [0.25, 0.5]

          printed  torch  by hand
             0.75   0.75     0.75

        reproduced exactly
        """,
    ),
    "rounding": (
        even(verdict=ledger.ROUNDING, printed="0.76", decimals={"x": 2}),
        (total, total),
        """
        r1: Source 9, line 1. A sum.
        x = [0.25, 0.5]

          printed  torch  by hand  at least  at most
             0.76   0.75     0.75      0.74     0.76

        within rounding
        """,
    ),
    "wrong": (
        even(verdict=ledger.WRONG, printed="[0.25, 0.50]", decimals={"x": 2}),
        (lambda x: x + x, lambda x: x + x, lambda x: x),
        """
        r1: Source 9, line 1. A sum.
        x = [0.25, 0.5]

             printed  torch  by hand  the cause  at least  at most
        [0]     0.25   0.50      0.5       0.25      0.49     0.51
        [1]     0.50   1.00        1       0.50      0.99     1.01

        wrong
        """,
    ),
    "a text": (
        even(verdict=ledger.WRONG, printed="<Old>", today="<New>"),
        (lambda x: "<New>", lambda x: "<New>", lambda x: "<Old>"),
        """
        r1: Source 9, line 1. A sum.
        x = [0.25, 0.5]

        printed:  <Old>
        torch:    <New>
        by hand:  <New>
        the cause gives:  <Old>

        wrong
        """,
    ),
    "a number that is no longer given": (
        even(verdict=ledger.NO_LONGER, printed="0.7500", today="ValueError: no"),
        (refused, None, total),
        """
        r1: Source 9, line 1. A sum.
        x = [0.25, 0.5]

        printed:  0.7500
        torch:    ValueError: no
        the cause gives:  0.7500

        changed since
        """,
    ),
    "unchecked": (
        even(verdict=ledger.UNCHECKED, inputs=None, line=[3, 5]),
        (),
        """
        r1: Source 9, lines 3-5. A sum.

        cannot be checked
        """,
    ),
    "long texts": (
        even(
            verdict=ledger.WRONG,
            printed=f"old {WORDS}",
            today=f"new {WORDS}",
            what=WORDS,
            inputs={},
        ),
        (lambda x="": f"new {WORDS}", lambda x="": f"new {WORDS}", lambda x="": f"old {WORDS}"),
        """
        r1: Source 9, line 1. word word word word word word word word word word word word
            word word word word word

        printed:  old word word word word word word word word word word word word word word
                  word word word
        torch:    new word word word word word word word word word word word word word word
                  word word word
        by hand:  new word word word word word word word word word word word word word word
                  word word word
        the cause gives:  old word word word word word word word word word word word word
                          word word word word word

        wrong
        """,
    ),
    "long inputs": (
        even(verdict=ledger.UNCHECKED, inputs={"x": ", ".join(["0.25"] * 20)}),
        (),
        """
        r1: Source 9, line 1. A sum.
        x = 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25,
            0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25

        cannot be checked
        """,
    ),
}


@pytest.mark.parametrize(("row", "given", "text"), SHOWN.values(), ids=SHOWN)
def test_a_check_in_full(row, given, text):
    """The row, its inputs, what is printed beside what came, and the verdict."""
    assert str(row.check(*given)) == inspect.cleandoc(text)


@pytest.mark.parametrize(("letters", "lines"), [(57, 1), (58, 2)])
def test_a_line_has_at_most_84_characters(letters, lines):
    title = "word " + letters * "w"  # after the 22 characters of "r1: Source 9, line 1. "
    shown = str(even(verdict=ledger.UNCHECKED, inputs=None, what=title).check())
    assert shown.splitlines().index("") == lines


def test_what_counts_as_a_number():
    """Every character of one; with any other it is a text."""
    assert even(verdict=ledger.EXACT, printed="[-0123456789.0, \n1e+0]").numbers is not None
    assert even(verdict=ledger.EXACT, printed="[0.5, x]").numbers is None


def test_the_inputs_as_tensors():
    """In the document's dtype; whole numbers are class numbers."""
    row = even(verdict=ledger.EXACT, inputs={"x": "[0.1]", "y": "[1, 2]"})
    assert [x.dtype for x in row.tensors] == [torch.float32, torch.int64]
    assert [x.dtype for x in replace(row, dtype="float64").tensors] == [torch.float64, torch.int64]
    assert [x.tolist() for x in replace(row, dtype="float64").tensors] == [[0.1], [1, 2]]


CLAIM = Claim(source=9, id="c1", line=[1, 2], what="A.", chapters=[], verdict="right")
INSTEAD = replace(CLAIM, verdict="imprecise", instead="B.")


@pytest.mark.parametrize(
    ("row", "given", "text"),
    [
        (CLAIM, (True,), "right: as stated, it holds in 1 of 1 case"),
        (CLAIM, ([True, np.True_],), "right: as stated, it holds in 2 of 2 cases"),
        (CLAIM, (torch.tensor(True),), "right: as stated, it holds in 1 of 1 case"),
        (
            INSTEAD,
            ((True, False, False), True),
            "imprecise: as stated, it holds in 1 of 3 cases; the right statement in 1 of 1 case",
        ),
        (
            replace(INSTEAD, verdict="wrong"),
            (False, [True, True]),
            "wrong: as stated, it holds in 0 of 1 case; the right statement in 2 of 2 cases",
        ),
    ],
)
def test_a_claim_in_full(row, given, text):
    """How often it held."""
    assert str(row.check(*given)) == f"c1: Source 9, lines 1-2. A.\n\n{text}"


def test_a_claim_that_says_too_little_is_not_tried():
    shown = replace(INSTEAD, verdict="cannot be checked").check()
    assert str(shown) == "c1: Source 9, lines 1-2. A.\n\ncannot be checked"


def test_what_is_printed_without_a_loss_is_set_aside():
    """Words that autograd prints, dtypes and shapes are no results of a loss."""
    words = re.compile(r"requires_grad=True|<\w+>|NoneType|True|False|torch\.\w+(\(.*)?")
    for _, row in ROWS:
        if isinstance(row, Result) and words.fullmatch(row.printed):
            assert row.aside in ("words of autograd", "a type or a shape"), row.title


ONLY_THEN = "a right statement belongs to what is not right, and to nothing else"


@pytest.mark.parametrize(
    ("row", "given", "problem"),
    [
        (CLAIM, ([],), "no case was tried"),
        (CLAIM, ([True, False],), "1 of 2 cases hold, so it is 'imprecise'"),
        (CLAIM, (False,), "0 of 1 cases hold, so it is 'wrong'"),
        (INSTEAD, (True, True), "1 of 1 cases hold, so it is 'right'"),
        (replace(CLAIM, instead="B."), (True, True), ONLY_THEN),
        (replace(INSTEAD, instead=""), ([True, False], True), ONLY_THEN),
        (INSTEAD, ([True, False],), "of the right statement 0 of 0 cases hold"),
        (INSTEAD, ([True, False], [True, False]), "of the right statement 1 of 2 cases hold"),
        (CLAIM, (True, True), "of the right statement 1 of 1 cases hold"),
        (replace(INSTEAD, verdict="cannot be checked"), (True,), "a case was tried"),
        (replace(CLAIM, verdict="cannot be checked"), (), "the reason is not given"),
    ],
)
def test_a_problem_of_a_claim_in_full(row, given, problem):
    """Which claim it is, the verdict, and what speaks against it."""
    with pytest.raises(VerdictError) as caught:
        row.check(*given)
    assert str(caught.value) == (
        f"c1: Source 9, lines 1-2. A.\nThe verdict is {row.verdict!r}, but {problem}."
    )


def test_a_case_is_true_or_false():
    """Neither a text nor an array of several."""
    for name, given in (("as_stated", ("yes",)), ("instead", (True, ["yes"]))):
        with pytest.raises(TypeError) as caught:
            CLAIM.check(*given)
        expected = f"{name}: expected True or False, or a list of them, got 'yes'"
        assert str(caught.value) == expected
    with pytest.raises(TypeError, match=r"^as_stated: expected True or False"):
        CLAIM.check(np.array([True]))


def test_long_claims_are_wrapped():
    """As everything that a check shows."""
    lines = str(replace(CLAIM, what=WORDS).check(True)).splitlines()
    assert lines[:2] == [
        "c1: Source 9, lines 1-2. " + " ".join(["word"] * 12),
        "    " + " ".join(["word"] * 5),
    ]


def test_a_claim_is_judged_by_its_cases():
    """All, some or none of them hold."""
    row = Claim(source=9, id="c1", line=[1, 2], what="A.", chapters=[], verdict="right")
    row.check([True, True])
    replace(row, verdict="imprecise", instead="B.").check([True, False], True)
    replace(row, verdict="wrong", instead="B.").check(False, [True])
    with pytest.raises(VerdictError, match="1 of 2 cases hold, so it is 'imprecise'"):
        row.check([True, False])
    with pytest.raises(VerdictError, match="no case was tried"):
        row.check([])
    with pytest.raises(VerdictError, match="of the right statement 0 of 1 cases hold"):
        replace(row, verdict="wrong", instead="B.").check(False, False)
    with pytest.raises(VerdictError, match="belongs to what is not right"):
        replace(row, verdict="wrong").check(False, True)
    with pytest.raises(TypeError, match="as_stated: expected True or False"):
        row.check("yes")


def test_unknown_names_are_refused():
    """Documents, rows and fields."""
    message = f"name: expected one of {', '.join(NAMES)}, got 'nothing'"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        ledger.read("nothing")
    source = ledger.read(NAMES[0])
    with pytest.raises(KeyError) as caught:
        source["r999"]
    assert caught.value.args == (f"row: expected one of {', '.join(source.rows)}, got 'r999'",)
    with pytest.raises(TypeError):
        result(printed="1", verdict=ledger.EXACT, colour="red")


def test_the_data_travels_with_the_package():
    """In a checkout the files stand beside their pages."""
    assert ledger.folder() == Path(BOOK, "sources")
    assert [path.stem for path in sorted(ledger.folder().glob("*.yaml"))] == NAMES


def test_an_installed_package_has_its_files_in_it(tmp_path, monkeypatch):
    """In its own folder; a file may have rows of one kind alone, or none."""
    package = tmp_path / "helpers"
    package.mkdir()
    monkeypatch.setattr(ledger, "_HERE", package)
    assert ledger.folder() == tmp_path / "book" / "sources"
    folder = package / "sources"
    folder.mkdir()
    (folder / "b.yaml").write_text("number: 7\nresults:\n", encoding="utf-8")
    row = "{id: c1, line: 2, what: Größer., verdict: right, chapters: []}"
    aside = row.replace("c1", "c2").replace("line: 2", "line: 3, aside: a heading")
    (folder / "a.yaml").write_text(f"number: 8\nclaims: [{row}, {aside}]\n", encoding="utf-8")
    assert ledger.folder() == folder
    assert ledger.names() == ["a", "b"]
    assert ledger.read("b") == ledger.Source("b", 7, {})
    claim = Claim(source=8, id="c1", line=2, what="Größer.", verdict="right", chapters=[])
    heading = replace(claim, id="c2", line=3, aside="a heading")
    assert ledger.read("a").claims == [claim, heading]
    assert ledger.counts() == {8: {("claim", "right"): 1, ("aside", "a heading"): 1}, 7: {}}


def test_rows_are_results_or_claims():
    for source in map(ledger.read, ledger.names()):
        assert {type(row) for row in source.results} <= {Result}
        assert {type(row) for row in source.claims} <= {Claim}
        assert len(source.results) + len(source.claims) == len(source.rows)


def test_a_text_does_not_agree_with_numbers():
    number = np.array(1.0)
    assert not ledger._agree("1.0", number)
    assert not ledger._agree(number, "1.0")
    assert ledger._agree("1.0", "1.0")
    assert ledger._agree(number, number * (1 + ledger._AGREE / 2))
    assert not ledger._agree(number, number * (1 + ledger._AGREE * 2))


def test_numbers_as_a_text_have_commas():
    assert ledger._text(np.array([0.5, 1.0])) == "[0.5, 1.0]"
    assert ledger._text("0.5 1.0") == "0.5 1.0"


RESULTS = releases.read(BOOK / "versions" / "results.json")["torch"]
CHANGED = [row for _, row in ROWS if row.verdict == ledger.NO_LONGER]


@pytest.mark.parametrize("row", CHANGED, ids=lambda row: f"{row.source}-{row.id}")
def test_what_has_changed_names_the_last_release_that_gave_it(row):
    """By what the releases were seen to return; a warning's source line is none of torch's."""
    if row.aside == "a warning":
        assert not row.until
        return
    gave = [name for name, calls in RESULTS.items() if printed(calls[row.probe]) == row.printed]
    assert gave[-1] == row.until
    assert row.until != [*RESULTS][-1]


def printed(result):
    """A probe's value as the sources print it: a number with four decimals, a node in brackets."""
    value = result.get("value")
    return f"<{value}>" if isinstance(value, str) else value is not None and f"{value:.4f}"
