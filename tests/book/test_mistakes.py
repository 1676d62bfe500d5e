"""*Find your mistake*: every row is true, is on the page, and leads somewhere."""

import re

import pytest

from tests.notebook_check.notebook import Notebook, texts

from . import mistakes
from .mistakes import CODE_GROUPS, GROUPS, PAGE, RESULTS, Mistake, Row, as_yaml, plain, read

ENTRIES = [pytest.param(mistake, id=mistake.see) for mistake in read()]
MADE = "run python -m tests.book.mistakes, then make refresh CHAPTER=book/overview/mistakes.ipynb"
DTYPES = r"(Complex)?(Float|Double|Long|Int|Byte|Bool|Half|BFloat16)(Tensor)?"
# What torch calls a loss inside: "mse_cpu", "exp" "_vml_cpu", _thnn_l1_loss_forward.
KERNELS = r"\b\w+_(cpu|forward|out|impl)\b|\b_th\w+|\b_(ctc_loss|log_softmax)\b"
QUOTED = r'"[\w /]+"( "_vml_cpu")?'


@pytest.fixture(scope="module")
def page() -> Notebook:
    """The page as it is stored."""
    return Notebook.read(PAGE)


def on_one_line(text: str) -> str:
    """A text without its line breaks."""
    return " ".join(text.split())


def loose(message: str) -> str:
    """A message without what differs from call to call: numbers, shapes, dtypes, kernels."""
    without_shapes = re.sub(r"\[[\d, -]*\]", "[]", message)
    return re.sub(rf"\b{DTYPES}\b", "T", re.sub(f"{QUOTED}|{KERNELS}", "K", plain(without_shapes)))


def own_cells(page: Notebook, mistake: Mistake) -> list:
    """The cells of a mistake, from its heading to the next one."""
    sources = [cell.source for cell in page.nb.cells]
    starts = [n for n, source in enumerate(sources) if re.search(r"^##+ ", source, re.MULTILINE)]
    start = next(n for n in starts if f"### {mistake.heading}\n" in sources[n])
    return page.nb.cells[start : min(n for n in starts if n > start)]


def test_the_file_is_sorted() -> None:
    """The groups in their order, every mistake once, its rows in the order of the contents."""
    assert list(dict.fromkeys(mistake.group for mistake in read())) == list(GROUPS)
    seen = [mistake.see for mistake in read()]
    assert len(set(seen)) == len(seen)
    order = mistakes.chapter_names()
    for mistake in read():
        places = [order.index(row.chapter) for row in mistake.rows]
        assert places == sorted(places), mistake.see


@pytest.mark.parametrize("mistake", ENTRIES)
def test_a_mistake_says_all(mistake: Mistake) -> None:
    """Cause and fix are sentences; a row in words says why; words are shown by what they print."""
    assert all(re.match(r"[`'A-Z]", text) for text in (mistake.cause, mistake.fix))
    assert all(text.endswith(".") for text in (mistake.cause, mistake.fix))
    assert mistake.code
    assert mistake.shows or mistake.group in CODE_GROUPS


@pytest.mark.parametrize("mistake", ENTRIES)
def test_a_cell_prints_what_people_see(page: Notebook, mistake: Mistake) -> None:
    """The message as the pinned torch has it, or the numbers."""
    cells = [cell for cell in own_cells(page, mistake) if cell.cell_type == "code"]
    printed = [text for cell in cells for output in cell.outputs for _, text in texts(output)]
    for shown in mistake.shows or (mistake.see,):
        assert on_one_line(shown) in on_one_line("\n".join(printed)), MADE


def test_the_page_is_made_of_the_file(page: Notebook) -> None:
    """All of it between the first group and the heading after the last one."""
    before, after = mistakes.framed(page.nb)
    stored = page.nb.cells[len(before) : len(page.nb.cells) - len(after)]
    assert [cell.source for cell in stored] == [cell.source for cell in mistakes.cells()], MADE
    (shown,) = (cell for cell in before if cell.source.startswith(f"## {mistakes.INDEX}\n"))
    assert mistakes.index() in shown.source, MADE
    assert after


def test_every_row_of_the_chapters_is_in_the_file() -> None:
    """A new one goes below the mistake that it belongs to."""
    rows = mistakes.missing()
    text = "\n".join(map(as_yaml, rows))
    assert not rows, f"add to the rows of a mistake in book/mistakes.yaml:\n{text}\nThen {MADE}."


def test_every_row_of_the_file_is_in_a_chapter() -> None:
    """With the same words, and the same places that it leads to."""
    rows = mistakes.left_over()
    text = "\n".join(map(as_yaml, rows))
    assert not rows, f"no chapter's table has these rows of book/mistakes.yaml:\n{text}"


def test_every_section_exists() -> None:
    """Those that rows lead to, and on the page itself those of its index."""
    places = {place for mistake in read() for row in mistake.rows for place in row.to}
    before, _ = mistakes.framed(Notebook.read(PAGE).nb)
    text = "\n".join(cell.source for cell in before)
    places |= {f"overview/mistakes{anchor}" for anchor in re.findall(r"\]\((#[^)]+)\)", text)}
    missing = [
        place
        for place in sorted(places)
        if place.partition("#")[2] not in mistakes.sections(place.partition("#")[0])
    ]
    assert missing == []


@pytest.mark.parametrize("mistake", ENTRIES)
def test_a_release_printed_every_wording(mistake: Mistake) -> None:
    """And the message itself, unless the file says why no release did."""
    wordings = list(mistake.wordings)
    if mistake.group in CODE_GROUPS and not mistake.elsewhere:
        wordings.append(mistake.see)
    messages = [plain(message) for message in mistakes.printed()]
    strange = [text for text in wordings if not any(plain(text) in message for message in messages)]
    assert strange == [], f"not in {RESULTS.name}"


def test_every_message_of_every_release_has_a_mistake() -> None:
    """Errors and warnings, but for the numbers, shapes, dtypes and kernels in them."""
    wordings = {text for mistake in read() for text in (mistake.see, *mistake.wordings)}
    known = [loose(text) for text in wordings if len(text) > 8]
    new = [
        f"{releases[0]}: {message}"
        for message, releases in mistakes.printed().items()
        if not any(text in loose(message) for text in known)
    ]
    assert not new, "add to the wordings of a mistake in book/mistakes.yaml:\n" + "\n".join(new)


def test_a_row_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it goes into the file."""
    row = Row("regression/l1", "`it's nan`", ("regression/l1#reduction", "regression/mse#gradient"))
    monkeypatch.setattr(mistakes, "chapter_names", lambda: ["regression/l1"])
    monkeypatch.setattr(mistakes, "table", lambda chapter: [row])
    assert mistakes.missing() == [row]
    assert as_yaml(row) == (
        "  - in: regression/l1\n    see: '`it''s nan`'\n"
        "    to: [regression/l1#reduction, regression/mse#gradient]"
    )


@pytest.mark.parametrize(
    ("wording", "said"),
    [
        ("multi-target not supported", "up to 1.3"),
        ("1D target tensor expected, multi-target not supported", "1.4 to 1.9"),
        ("0D or 1D target tensor expected, multi-target not supported", "since 1.10"),
        ("var has negative entry/entries", "since 1.8"),
        ("only p == 1 and p == 2 supported", ""),
    ],
)
def test_a_wording_has_its_releases(wording: str, said: str) -> None:
    """In a message that holds several wordings, the longest counts."""
    assert mistakes.span(wording) == said
