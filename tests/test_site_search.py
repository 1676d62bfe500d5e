"""The index of the site's search: what it holds of a page, and what is added to it."""

import json

import pytest
from losses_site.search import NOT_ANSWERS, Sections, entries
from sphinx.errors import ExtensionError

from .tiny_site import BOOK, build

PAGE = """<section id="l1loss"><h1>L1Loss: mean error<a class="headerlink" href="#">#</a></h1>
<p>The first<br>text.</p><style>p { color: red }</style>
<section id="a-b"><h2>A &lt; <code>b</code></h2><table><tr><td>1</td><td>2</td></tr></table>
<span class="katex"><math><mi>x</mi><annotation>\\x</annotation></math>
<span class="katex-html"><span>x</span></span></span> end</section>
<section id="exercise-1-none"><h2>Exercise 1: none</h2></section></section>"""
PAGES = {"regression/l1": Sections(PAGE).sections}


def test_a_page_falls_into_its_sections():
    """Each with its own text alone; a formula stands in it once, and cells stay apart."""
    found = [
        (part["id"], part["heading"], part["text"].split()) for part in Sections(PAGE).sections
    ]
    assert found == [
        ("l1loss", "L1Loss: mean error", ["The", "first", "text."]),
        ("a-b", "A < b", ["1", "2", "x", "end"]),
        ("exercise-1-none", "Exercise 1: none", []),
    ]


def test_a_section_is_found_by_its_place():
    """The top of a page by the page alone; exercises are left out, labels are HTML."""
    top, section = entries(PAGES, {}, {})
    assert (top["place"], top["label"], top["title"]) == (
        "regression/l1",
        "L1Loss",
        "L1Loss\nL1\nmean error",
    )
    assert (section["place"], section["label"]) == ("regression/l1#a-b", "L1Loss &gt; A &lt; b")
    assert (section["page"], section["title"]) == ("L1Loss", "A < b")


def test_mistakes_and_questions_are_added():
    """To the heading of the mistake, and to the sections that explain it."""
    heading = {"id": "it-fails", "heading": "It fails.", "text": ""}
    pages = PAGES | {"overview/mistakes": [heading | {"id": "m", "heading": "Find"}, heading]}
    row = {"see": "it fails at 3", "to": ["regression/l1#a-b"]}
    mistake = {"see": "It fails.", "wordings": ["It failed"], "rows": [row]}
    found = entries(pages, {"A group": [mistake]}, {"regression/l1": ["why", "how"]})
    by_place = {entry["place"]: entry for entry in found}
    assert by_place["overview/mistakes#it-fails"]["messages"] == "It fails.\nIt failed"
    assert by_place["overview/mistakes#it-fails"]["seen"] == "it fails at 3\n"
    assert by_place["regression/l1#a-b"]["seen"] == "it fails at 3\n"
    assert by_place["regression/l1"]["asked"] == "why\nhow"


@pytest.mark.parametrize(
    "place", ["nowhere", "regression/l1#nowhere", "regression/l1#exercise-1-none"]
)
def test_a_question_without_its_section_is_an_error(place):
    with pytest.raises(ExtensionError, match=f"no section {place}"):
        entries(PAGES, {}, {place: ["why"]})


def test_the_top_of_a_page_counts_less_than_its_sections_and_older_texts_hardly():
    sources = {"sources/a": PAGES["regression/l1"], "reference/a": PAGES["regression/l1"]}
    weights = {entry["place"]: entry["weight"] for entry in entries(PAGES | sources, {}, {})}
    assert weights["regression/l1#a-b"] > weights["regression/l1"] > weights["reference/a#a-b"]
    assert weights["sources/a#a-b"] == 0.1


def test_the_index_is_the_same_each_time_and_keeps_what_was_not_written_again(tmp_path):
    """A page that changes is indexed anew beside the others."""
    toc = "\n```{toctree}\nother\n```\n"
    pages = {"index__md": f"# Title\n\nApples.{toc}", "other__md": "# Other\n\nPears.\n"}
    texts = []
    for _ in range(2):
        assert build(tmp_path, "-E", "-a", **pages).returncode == 0
        texts.append((tmp_path / "out" / "search-index.js").read_text(encoding="utf-8"))
    assert texts[0] == texts[1]
    assert build(tmp_path, **pages | {"other__md": "# Other\n\nPlums.\n"}).returncode == 0
    changed = (tmp_path / "out" / "search-index.js").read_text(encoding="utf-8")
    assert "pear" in texts[0]
    assert "pear" not in changed
    assert "appl" in changed
    assert "plum" in changed
    index = json.loads(changed.removeprefix("Search.setIndex(").removesuffix(");\n"))
    assert set(index["documentIds"].values()) == {"index", "other"}


def test_without_minisearch_the_build_says_what_to_do(tmp_path):
    done = build(tmp_path, "-D", "minisearch_package=nowhere", index__md="# Title\n")
    assert done.returncode != 0
    assert "MiniSearch is missing" in done.stderr
    assert "make book" in done.stderr


def test_the_book_asks_nothing_of_what_is_left_out():
    """The words in the file are for sections that answer."""
    assert not any(f"#{word}" in (BOOK / "questions.yaml").read_text() for word in NOT_ANSWERS)
