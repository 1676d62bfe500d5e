"""Where things stand, at a desk and on phones: the contents beside the text, tables in the page."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from helpers.losses import LOSSES

from .browsing import lay_out
from .building import PAGES
from .looking import OVERFLOW

CHAPTER = "multiclass/cross_entropy_options.html"
UNFOLDED = "sources/summary.html"  # its entry has others below it, which are folded elsewhere
PHONES = (360, 390)

# The entries of the book's contents: page, text, and the number of lines that it takes (0: folded).
ENTRIES = """links => links.map(link => {
  const text = document.createRange();
  text.selectNodeContents(link);
  const lines = new Set([...text.getClientRects()].map(box => Math.round(box.bottom)));
  return [link.href, link.textContent, lines.size];
})"""

# The tables that are wider than the page and in no box that scrolls, by their first words.
WIDE_TABLES = """tables => tables.filter(table => {
  const width = document.documentElement.clientWidth;
  const within = element => element.getBoundingClientRect().right <= width + 1;
  const scrolls = e => e && (["auto", "scroll"].includes(getComputedStyle(e).overflowX) && within(e)
    || scrolls(e.parentElement));
  return !within(table) && !scrolls(table);
}).map(table => table.textContent.trim().slice(0, 60))"""


@contextmanager
def screen(browser: Browser, width: int) -> Iterator[Page]:
    """An empty page on a screen of some width."""
    with browser.new_context(viewport={"width": width, "height": 800}) as context:
        yield context.new_page()


@pytest.mark.parametrize("width", [*PHONES, 1280, 1440])
def test_every_entry_of_the_contents_takes_one_line(
    browser: Browser, address: str, width: int
) -> None:
    """Its `title` in _toc.yml is short enough."""
    seen = {}
    with screen(browser, width) as page:
        for name in (CHAPTER, UNFOLDED):
            page.goto(address + name)
            if width in PHONES:
                page.locator(".nav-overlay-icon").click()
            expect(page.locator(".sidebar-drawer")).to_be_in_viewport()
            entries = page.locator(".sidebar-tree a.reference").evaluate_all(ENTRIES)
            seen |= {text: lines for _, text, lines in entries if lines}
    assert len(seen) == len(entries)
    assert [text for text, lines in seen.items() if lines > 1] == []


def test_the_chapter_of_a_loss_stands_in_the_contents_under_its_class(
    browser: Browser, address: str
) -> None:
    """Its entry starts with it, so that the eye finds it."""
    with screen(browser, 1280) as page:
        page.goto(address + CHAPTER)
        entries = page.locator(".sidebar-tree a.reference").evaluate_all(ENTRIES)
    texts = {href.split("#")[0].removeprefix(address): text for href, text, _ in entries}
    texts[CHAPTER] = texts.pop("", texts.get(CHAPTER))
    classes: dict[str, list[str]] = {}
    for loss in LOSSES:
        classes.setdefault(f"{loss.chapter}.html", []).append(loss.torch_class)
    assert len(classes) > 20
    assert [page for page in classes if not texts[page].startswith(tuple(classes[page]))] == []


def test_at_1280_pixels_the_contents_of_a_page_stand_beside_it(
    browser: Browser, address: str
) -> None:
    """To the right of the text, as a whole, without a click."""
    with screen(browser, 1280) as page:
        page.goto(address + CHAPTER)
        contents = page.locator(".toc-drawer")
        expect(contents.locator("a", has_text="At a glance")).to_be_in_viewport()
        text, beside = page.locator("article").bounding_box(), contents.bounding_box()
    assert beside["x"] >= text["x"] + text["width"]
    assert beside["x"] + beside["width"] <= 1280


@pytest.mark.parametrize("width", PHONES)
def test_every_page_fits_a_phone(browser: Browser, address: str, width: int) -> None:
    """No page scrolls sideways; a wide table scrolls in its own box."""
    problems = {}
    with screen(browser, width) as page:
        for name in PAGES:
            page.goto(address + name)
            lay_out(page)
            wide = page.locator("article table").evaluate_all(WIDE_TABLES)
            if found := [page.evaluate(OVERFLOW), *wide]:
                problems[name] = [problem for problem in found if problem]
    assert {name: found for name, found in problems.items() if found} == {}


@pytest.mark.parametrize(
    ("box", "fits"),
    [("overflow-x: auto; width: 300px", True), ("overflow-x: hidden", False), ("", False)],
)
def test_a_table_that_is_cut_off_is_found(browser: Browser, box: str, fits: bool) -> None:
    """Only a box that scrolls, and stands within the page itself, may be around a wide table."""
    table = '<table style="width: 900px"><tr><td>words</td></tr></table>'
    with screen(browser, 360) as page:
        page.set_content(f'<article><div style="{box}">{table}</div></article>')
        found = page.locator("article table").evaluate_all(WIDE_TABLES)
    assert found == ([] if fits else ["words"])


def test_all_releases_stand_beside_each_other_at_a_desk(browser: Browser, address: str) -> None:
    with screen(browser, 1280) as page:
        page.goto(f"{address}versions/every_release.html")
        grid = page.locator(".release-grid")
        assert grid.evaluate("grid => grid.scrollWidth <= grid.clientWidth")
        assert grid.locator("thead th").last.inner_text() == "2.15.0"
