"""The ledger of the sources: every row is recomputed, and no verdict but its own is accepted.

The proofs stand in the cells of the pages in `book/sources`. Here their code runs once more, with
`check` replaced by one that keeps what it was given. So each row's recomputation can be held
against other verdicts and against damaged digits, too.
"""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from IPython.core.inputtransformer2 import TransformerManager

from helpers import ledger
from helpers.ledger import Claim, Result, VerdictError
from tests.harness.notebook import BOOK, Notebook

NAMES = ledger.names()
ROWS = [(name, row) for name in NAMES for row in ledger.read(name).rows.values()]
# What a careful count of the five documents found: the least that the ledger has.
RESULTS_AT_LEAST, CLAIMS_AT_LEAST = 104, 119


def ids(rows):
    """Names for the tests' reports."""
    return [f"{row.source}-{row.id}" for _, row in rows]


def page(name):
    """The page of a document."""
    return Notebook.read(BOOK / "sources" / f"{name}.ipynb")


def markdown(path):
    """The text of a notebook."""
    cells = (cell for cell in Notebook.read(path).nb.cells if cell.cell_type == "markdown")
    return "\n\n".join(cell.source for cell in cells)


@pytest.fixture(scope="module")
def proofs():
    """What each row's check was called with on its page, by document and id."""
    kept = {}
    patch = pytest.MonkeyPatch()
    for kind in (Result, Claim):
        patch.setattr(kind, "check", keeping(kind.check, kept))
    for name in NAMES:
        namespace = {"__name__": "__main__"}
        for _, cell in page(name).code_cells():
            exec(TransformerManager().transform_cell(cell.source), namespace)
    patch.undo()
    return kept


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
    args, kwargs = proofs[row.source, row.id]
    return row.check(*args, **kwargs)


@pytest.mark.parametrize("row", [row for _, row in ROWS], ids=ids(ROWS))
def test_a_row_holds_and_no_other_verdict_does(row, proofs):
    """The page proves the row; with the same proof every other verdict is refused."""
    assert row.verdict in str(held(row, proofs))
    verdicts = ledger.RESULT_VERDICTS if isinstance(row, Result) else ledger.CLAIM_VERDICTS
    for verdict in verdicts:
        if verdict != row.verdict:
            with pytest.raises(VerdictError):
                held(row.with_verdict(verdict), proofs)


RECOMPUTED = [
    (name, row) for name, row in ROWS if isinstance(row, Result) and row.verdict != ledger.UNCHECKED
]


@pytest.mark.parametrize("row", [row for _, row in RECOMPUTED], ids=ids(RECOMPUTED))
def test_a_damaged_result_is_refused(row, proofs):
    """Each digit of a printed result counts: changed, its verdict no longer holds.

    Where only rounding is in question, the last digit may well be another one; the first may not.
    A result that torch no longer gives is held by its cause. Without one it only must not be what
    torch gives today.
    """
    args, kwargs = proofs[row.source, row.id]
    by_cause = len(args) > 2 or "cause" in kwargs
    if row.verdict == ledger.NO_LONGER and not by_cause:
        damaged_rows = [replace(row, printed=row.today)]
    else:
        damaged_rows = damages(row)
    for damaged in damaged_rows:
        with pytest.raises(VerdictError):
            held(damaged, proofs)


@pytest.mark.parametrize("row", [row for _, row in RECOMPUTED], ids=ids(RECOMPUTED))
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


@pytest.mark.parametrize("row", [row for _, row in RECOMPUTED], ids=ids(RECOMPUTED))
def test_a_number_is_recomputed_with_torch_and_by_hand(row, proofs):
    """A number needs both; what torch refuses today needs a cause instead, or nothing by hand."""
    args, kwargs = proofs[row.source, row.id]
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
    said = row.why if isinstance(row, Result) else row.instead
    assert bool(said) == (row.verdict not in (ledger.EXACT, ledger.RIGHT))
    assert not said or said.endswith(".")


@pytest.mark.parametrize("name", NAMES)
def test_the_page_shows_every_row_once(name):
    """Every row is a target on its page."""
    shown = re.findall(r"^```\{ledger\} (.*)$", markdown(page(name).path), re.MULTILINE)
    keys = [key for line in shown for key in line.split()]
    assert sorted(keys) == sorted(ledger.read(name).rows)


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
    with pytest.raises(ValueError, match="name: expected one of 000_"):
        ledger.read("nothing")
    with pytest.raises(KeyError, match="row: expected one of r1"):
        ledger.read(NAMES[0])["r999"]
    with pytest.raises(TypeError):
        result(printed="1", verdict=ledger.EXACT, colour="red")


def test_the_data_travels_with_the_package():
    """In a checkout the files stand beside their pages."""
    assert ledger.folder() == Path(BOOK, "sources")
    assert [path.stem for path in sorted(ledger.folder().glob("*.yaml"))] == NAMES
