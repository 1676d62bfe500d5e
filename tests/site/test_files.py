"""What the files of the built site say about its pages, without a browser."""

import json
import re
from pathlib import Path
from posixpath import dirname, join, normpath

import nbformat
import pytest
from bs4 import BeautifulSoup

from .building import ADDRESS, BOOK, CHAPTERS, MOVED, PAGES, pages
from .links import SiteLinks

OLD_ANCHORS = Path(__file__).with_name("old_anchors.txt")  # of the first chapters: page#id
MOVED_SECTIONS = re.compile(r'id="moved">(.*?)</script>|$')  # the end: none moved
NOT_TO_BE_FOUND = {"404.html"}  # it stands at every address where nothing else is


@pytest.fixture(scope="module")
def heads(site: Path) -> dict[str, BeautifulSoup]:
    """The head of every page."""
    texts = {name: (site / name).read_text(encoding="utf-8") for name in PAGES}
    return {name: BeautifulSoup(_head(text), "html.parser") for name, text in texts.items()}


def _head(text: str) -> str:
    return text.partition("</head>")[0]


def _content(head: BeautifulSoup, kind: str, name: str) -> str:
    """What a page's one meta tag of some name says."""
    (tag,) = head.find_all("meta", {kind: name})
    return tag["content"]


def test_all_pages_are_looked_at(site: Path) -> None:
    """The list of pages for the browser is complete."""
    assert pages(site) == sorted([*PAGES, *MOVED])


def test_no_link_is_dead(site: Path) -> None:
    """Every page, style sheet, sitemap and inventory names only what is there."""
    problems = SiteLinks(site, ADDRESS).problems()
    assert not problems, "\n".join(problems)


def test_every_old_anchor_leads_somewhere(site: Path) -> None:
    """It is on its page still, or the page says where it stands now (at a page's top: no place)."""
    texts = {name: (site / name).read_text(encoding="utf-8") for name in CHAPTERS}
    ids = {name: {"", *re.findall(r' id="([^"]+)"', text)} for name, text in texts.items()}
    lost = []
    for address in OLD_ANCHORS.read_text(encoding="utf-8").split():
        name, _, anchor = address.replace("#", ".html#").partition("#")
        moved = MOVED_SECTIONS.search(texts[name])
        link = f"#{anchor}" if anchor in ids[name] else json.loads(moved[1] or "{}").get(anchor)
        there, _, place = (link or "nowhere").partition("#")
        if place not in ids.get(normpath(join(dirname(name), there)) if there else name, ()):
            lost.append(address)
    assert lost == []


def test_every_page_has_a_title_of_its_own(heads: dict[str, BeautifulSoup]) -> None:
    """In the browser's tab, in what search engines list, and for a chapter in link previews."""
    titles = [head.title.get_text() for head in heads.values()]
    assert len(set(titles)) == len(titles)
    for name in CHAPTERS:
        title = _content(heads[name], "property", "og:title")
        assert title
        assert heads[name].title.get_text().startswith(title)


def test_every_page_has_a_description(heads: dict[str, BeautifulSoup]) -> None:
    """For search engines and for link previews the same."""
    for name, head in heads.items():
        description = _content(head, "name", "description")
        assert 30 < len(description) <= 160, name
        if name in CHAPTERS:
            assert _content(head, "property", "og:description") == description


def test_every_page_says_where_it_stands(heads: dict[str, BeautifulSoup], site: Path) -> None:
    """Its address is in its canonical link, and a chapter's in its link preview and the sitemap."""
    for name in PAGES:
        if name not in NOT_TO_BE_FOUND:
            (canonical,) = heads[name].find_all("link", rel="canonical")
            assert canonical["href"] == ADDRESS + name
    for name in CHAPTERS:
        assert _content(heads[name], "property", "og:url") == ADDRESS + name
        assert _content(heads[name], "property", "og:image").startswith(ADDRESS)
    listed = re.findall(r"<loc>(.*?)</loc>", (site / "sitemap.xml").read_text(encoding="utf-8"))
    assert sorted(listed) == sorted(ADDRESS + name for name in CHAPTERS)


def test_search_engines_may_read_all(site: Path) -> None:
    """The file that they ask for stands at the root."""
    assert (site / "robots.txt").read_text(encoding="utf-8") == "User-agent: *\nAllow: /\n"


def test_every_page_has_a_policy(heads: dict[str, BeautifulSoup]) -> None:
    """It comes first, and names no other host."""
    for name, head in heads.items():
        policy = head.find("meta", {"http-equiv": "Content-Security-Policy"})["content"]
        assert "default-src 'none'" in policy, name
        assert "//" not in re.sub(r"'sha256-[^']*'", "", policy), name


def test_every_notebook_can_be_downloaded(site: Path) -> None:
    """From its page, valid, and byte by byte as it is committed."""
    notebooks = sorted(path.relative_to(BOOK) for path in BOOK.rglob("*.ipynb"))
    assert len(notebooks) > 20
    for notebook in notebooks:
        page = site / notebook.with_suffix(".html")
        link = re.search(r'<a href="([^"]*)" download="([^"]*)"', page.read_text(encoding="utf-8"))
        assert link[2] == notebook.name
        offered = (page.parent / link[1]).read_bytes()
        assert offered == (BOOK / notebook).read_bytes()
        nbformat.validate(nbformat.reads(offered.decode(), as_version=4))
