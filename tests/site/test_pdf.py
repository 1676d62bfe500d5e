"""The whole book in one PDF, on a book of three pages."""

from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Browser
from pypdf import PdfReader

from book._ext.book_pdf import Book, contents, main, place, print_book

TOC = """
root: a/first
parts:
  - caption: A part
    chapters:
      - file: a/second
      - file: b/third
"""
FIRST = """
<h1 id="top">One &amp; all<a class="headerlink" href="#top">#</a></h1>
<p class="notebook-links"><a href="x.ipynb">Download</a></p>
<p><a href="second.html#there">two</a> <a href="../b/third.html">three</a> <a href="#top">here</a>
<a href="https://example.org/">away</a> <a href="../genindex.html">index</a></p>
<img src="../_images/curve.svg" alt="a curve">
"""
SECOND = '<h1 id="top">Two</h1><h2 id="there">There</h2><details><p>hidden</p></details>'
THIRD = "<h1>Three, whose title is so long that it breaks into two lines on a sheet of paper</h1>"
CURVE = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built site of three pages, and its contents."""
    folder = tmp_path_factory.mktemp("book")
    for name, text in (("a/first", FIRST), ("a/second", SECOND), ("b/third", THIRD)):
        page = folder / f"{name}.html"
        page.parent.mkdir(exist_ok=True)
        style = '<link rel="stylesheet" href="../_static/book.css"><link rel="next" href="x">'
        page.write_text(
            f"<html><head><title>Book</title>{style}</head><body><article>{text}</article></body>",
            encoding="utf-8",
        )
    (folder / "_static").mkdir()
    (folder / "_images").mkdir()
    (folder / "_images" / "curve.svg").write_text(CURVE, encoding="utf-8")
    (folder / "_static" / "logo.svg").write_text(CURVE, encoding="utf-8")
    css = Path(__file__).parents[2] / "book" / "_assets" / "static" / "book.css"
    (folder / "_static" / "book.css").write_bytes(css.read_bytes())
    (folder / "_toc.yml").write_text(TOC, encoding="utf-8")
    return folder


def test_the_contents_are_those_of_the_site(folder: Path) -> None:
    """The first page comes before all parts."""
    assert list(contents(folder / "_toc.yml")) == [
        ("", ["a/first"]),
        ("A part", ["a/second", "b/third"]),
    ]


def test_all_pages_are_one(folder: Path) -> None:
    """Places have names of their own; links lead to them, away, or nowhere, as on the site."""
    html = Book(folder, folder / "_toc.yml").html()
    soup = BeautifulSoup(html, "html.parser")
    places = [element["id"] for element in soup.select("[id]")]
    assert places == [
        "a-first",
        "a-first--top",
        "a-second",
        "a-second--top",
        "a-second--there",
        "b-third",
    ]
    assert [link["href"] for link in soup.article.select("a")] == [
        "#a-second--there",
        "#b-third",
        "#a-first--top",
        "https://example.org/",
    ]
    assert " ".join(soup.article.get_text().split()) == "One & all two three here away index"
    assert soup.article.img["src"] == "_images/curve.svg"
    assert [link["href"] for link in soup.head.select("link")] == ["_static/book.css"]


def test_the_book_is_printed(folder: Path, browser: Browser, tmp_path: Path) -> None:
    """Its contents say where its pages are, its outline names them, and solutions are open."""
    pdf = tmp_path / "book.pdf"
    assert print_book(browser, folder, folder / "_toc.yml", pdf) == 5
    reader = PdfReader(pdf)
    texts = [page.extract_text() for page in reader.pages]
    lines = [line.split() for line in texts[1].splitlines()]
    assert "Contents" in texts[1]
    assert [line[-1] for line in lines if line[-1:] and line[-1].isdigit()].count("5") == 1
    assert "hidden" in texts[3]
    titles = [item.title for item in reader.outline if not isinstance(item, list)]
    assert titles == ["One & all", "Two", BeautifulSoup(THIRD, "html.parser").get_text()]
    assert place("b/third") in {name.lstrip("/") for name in reader.named_destinations}


def test_without_a_browser_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """And how to get one."""
    monkeypatch.setenv("CHROMIUM", "no-such-program")
    from book._ext import chromium

    chromium.path.cache_clear()
    with pytest.raises(SystemExit, match=r"printed by a browser.*no-such-program"):
        main()
    chromium.path.cache_clear()
