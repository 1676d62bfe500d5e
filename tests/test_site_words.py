"""The bibliography, the glossary and the index: what leads there from the pages."""

import pytest
from bs4 import BeautifulSoup
from docutils import nodes
from losses_site import glossary, papers
from pybtex.database import Entry

from .tiny_site import ROOT, build

BIB = """
@article{a1964, author = {Huber, Peter J.}, title = {Robust}, year = {1964}, journal = {J},
  doi = {10.1/x}}
@misc{b2015, author = {Dean, Jeff}, title = {Distilling It}, year = {2015}, eprint = {1503.1},
  archiveprefix = {arXiv}}
@misc{c1999, author = {Watkins, Chris}, title = {No Address}, year = {1999}}
"""
BIBLIOGRAPHY = "# Bibliography\n\n```{bibliography}\n:all:\n```\n"
TOC = "\n```{toctree}\nother\nwords\nbibliography\n```\n"
WORDS = """# Words

```{glossary}
logit
  A score.

log-softmax
  Of {term}`logits <logit>`.
```
"""
TEXT = """# Title about a logit

`logit` and [a logit](other.md), then *Logits*, again logits, and the
log softmax. See [It](https://arxiv.org/abs/1503.1), *no address*.
"""


def page(folder, name):
    """The article of a built page."""
    html = (folder / "out" / name).read_text(encoding="utf-8")
    return BeautifulSoup(html, "html.parser").article


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """A built site with a bibliography and a glossary."""
    folder = tmp_path_factory.mktemp("words")
    done = build(
        folder,
        references__bib=BIB,
        index__md=TEXT + TOC,
        other__md="# Other\n\nHuber, [Robust](https://doi.org/10.1/x), 1964.\n",
        words__md=WORDS,
        bibliography__md=BIBLIOGRAPHY,
    )
    assert done.returncode == 0, done.stderr
    return folder


def test_a_paper_gets_its_label_behind_a_link_or_its_title(tiny):
    citations = page(tiny, "index.html").find_all(class_="bibtex-citation")
    assert [citation.get_text() for citation in citations] == ["[Dea15]", "[Wat99]"]
    assert [c.previous_sibling.previous_sibling.get_text() for c in citations] == [
        "It",
        "no address",
    ]


def test_an_entry_leads_back_to_the_pages_that_name_it(tiny):
    entries = page(tiny, "bibliography.html").find_all(class_="named-by")
    links = [[(a["href"], a.get_text()) for a in entry.find_all("a")] for entry in entries]
    home, other = ("index.html", "Title about a logit"), ("other.html", "Other")
    assert links == [[home], [other], [home]]


def test_a_paper_that_has_no_entry_is_a_warning(tmp_path):
    text = "# Title\n\n[New](https://arxiv.org/abs/1).\n\n```{toctree}\nbibliography\n```\n"
    done = build(
        tmp_path,
        references__bib=BIB,
        index__md=text,
        bibliography__md=BIBLIOGRAPHY,
    )
    assert done.returncode != 0
    assert f"{tmp_path / 'index.md'}:3: WARNING: references.bib has no paper at" in done.stderr


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"doi": "10.1/x", "url": "https://a.b"}, "https://doi.org/10.1/x"),
        ({"eprint": "1503.1"}, "https://arxiv.org/abs/1503.1"),
        ({"url": "https://a.b"}, "https://a.b"),
        ({}, None),
    ],
)
def test_the_address_of_a_paper(fields, expected):
    assert papers.address(Entry("misc", list(fields.items()))) == expected


def test_the_first_mention_in_prose_leads_to_the_glossary(tiny):
    links = page(tiny, "index.html").find_all("a", class_="term-link")
    assert [(link.get_text(), link["href"]) for link in links] == [
        ("Logits", "words.html#term-logit"),
        ("log softmax", "words.html#term-log-softmax"),
    ]
    assert not page(tiny, "words.html").find_all("a", class_="term-link")


def test_terms_are_found_in_the_plural_and_the_longest_wins():
    words = glossary.pattern(["entropy", "cross-entropy", "batch", "c++"])
    found = words.findall("Cross\nentropy, batches of ENTROPY; a batching matchbatch, c")
    assert [glossary.spelling(word) for word in found] == ["cross-entropy", "batch", "entropy"]


def test_text_in_code_or_tables_is_not_prose():
    text = nodes.Text("logit")
    assert glossary._is_prose(nodes.paragraph("", "", text)[0])
    assert not glossary._is_prose(nodes.title("", "", text)[0])
    in_table = nodes.table("", nodes.paragraph("", "", text))
    assert not glossary._is_prose(in_table[0][0])


def test_references_bib_has_each_paper_once():
    text = (ROOT / "book" / "references.bib").read_text(encoding="utf-8")
    addresses = [line for line in text.splitlines() if line.strip().startswith(("doi", "eprint"))]
    assert len(addresses) == len(set(addresses)) >= 14
