"""The whole book as one PDF: `make pdf`.

The pages of the built site are put into one, in the order of the contents, and printed by Chromium
with the site's own style for paper. What leads from page to page on the site leads from place to
place in the PDF. The page numbers of the contents are known only when all is printed: they are
printed after it, and laid over the contents.
"""

import io
import logging
import sys
from html import escape
from pathlib import Path
from posixpath import dirname, join, normpath
from urllib.parse import unquote, urlsplit

import yaml
from bs4 import BeautifulSoup
from playwright.sync_api import sync_playwright
from pypdf import PdfReader, PdfWriter

from . import chromium

ROOT = Path(__file__).parents[2]
SITE = ROOT / "_build" / "html"
PDF = ROOT / "_build" / "book.pdf"
ADDRESS = "http://book.invalid/"  # The browser is given every file by this program.
PATIENCE = 600_000  # milliseconds; some hundred sheets take a while
LEFT_OUT = ".headerlink, .notebook-links, script, .search-form"


def contents(toc):
    """Yield each part of a table of contents: its name and its pages."""
    settings = yaml.safe_load(toc.read_text(encoding="utf-8"))
    yield "", [settings["root"]]
    for part in settings["parts"]:
        pages = [
            page["file"]
            for chapter in part["chapters"]
            for page in (chapter, *chapter.get("sections", ()))
        ]
        yield part["caption"], pages


def place(page, anchor=""):
    """Return the id that a page, or a place in it, has in the book."""
    return "--".join([page.replace("/", "-"), *([anchor] if anchor else [])])


def article(site, page, pages):
    """Return the article of a page, with ids and links that hold in the whole book."""
    html = (site / f"{page}.html").read_text(encoding="utf-8")
    found = BeautifulSoup(html, "html.parser").article
    for element in found.select(LEFT_OUT):
        element.decompose()
    for element in found.select("[id]"):
        element["id"] = place(page, element["id"])
    for image in found.select("img[src]"):
        image["src"] = normpath(join(dirname(page), image["src"]))
    for link in found.select("a[href]"):
        _lead(link, page, pages)
    found["id"] = place(page)
    return found


def _lead(link, page, pages):
    """Let a link lead to its place in the book; without one, leave its text alone."""
    parts = urlsplit(link["href"])
    if parts.scheme:
        return
    path = normpath(join(dirname(page), unquote(parts.path))) if parts.path else f"{page}.html"
    if path.removesuffix(".html") in pages:
        link["href"] = "#" + place(path.removesuffix(".html"), parts.fragment)
    else:
        link.unwrap()


class Book:
    """The pages of a built site, put into one."""

    def __init__(self, site, toc):
        self.site = site
        self.parts = list(contents(toc))
        self.pages = [page for _, of_part in self.parts for page in of_part]
        self.articles = {page: article(site, page, self.pages) for page in self.pages}

    def html(self):
        """Return the HTML of the whole book."""
        articles = "".join(map(str, self.articles.values()))
        return self._document("whole-book", self._front({}) + articles)

    def numbers_html(self, numbers):
        """Return HTML that shows nothing but the contents' page numbers, at their places."""
        return self._document("whole-book numbers-only", self._front(numbers))

    def _document(self, classes, body):
        """Return a document with the title and the styles of the book's first page."""
        first, folder = self.pages[0], dirname(self.pages[0])
        html = (self.site / f"{first}.html").read_text(encoding="utf-8")
        head = BeautifulSoup(html, "html.parser").head
        styles = head.find_all(["style", "link"], rel=lambda rel: rel in (None, "stylesheet"))
        for style in styles:
            if style.name == "link":
                style["href"] = normpath(join(folder, style["href"]))
        return (
            f'<!doctype html><html lang="en"><head><meta charset="utf-8">{head.title}'
            f'{"".join(map(str, styles))}</head><body class="{classes}">{body}</body></html>'
        )

    def _front(self, numbers):
        """Return the first sheet and the contents."""
        lines = []
        for name, pages in self.parts:
            lines += [f'<li class="part">{name}</li>'] if name else []
            for page in pages:
                title = escape(self.articles[page].h1.get_text().strip())
                number = f"<span>{numbers.get(place(page), '')}</span>"
                lines.append(f'<li><a href="#{place(page)}">{title}</a>{number}</li>')
        title = escape(self.articles[self.pages[0]].h1.get_text().strip())
        return (
            f'<header class="book-front"><img src="_static/logo.svg" alt=""><p>{title}</p></header>'
            f'<nav class="book-contents"><p>Contents</p><ul>{"".join(lines)}</ul></nav>'
        )


def page_numbers(reader):
    """Return on which page of a PDF each place is that something leads to."""
    return {
        name.lstrip("/"): reader.get_destination_page_number(destination) + 1
        for name, destination in reader.named_destinations.items()
    }


def print_book(browser, site, toc, path):
    """Print the book of a built site into a PDF; return its number of pages."""
    book = Book(site, toc)
    printed = PdfReader(io.BytesIO(_print(browser, site, book.html())))
    numbers = book.numbers_html(page_numbers(printed))
    writer = PdfWriter(clone_from=printed)
    for page, over in zip(
        writer.pages, PdfReader(io.BytesIO(_print(browser, site, numbers))).pages, strict=False
    ):
        page.merge_page(over)
    writer.write(path)
    return len(writer.pages)


def _print(browser, site, html):
    """Return the PDF of a page that may load the files of the site."""
    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    page.route("**/*", lambda route: _give(route, site, html))
    page.goto(ADDRESS, wait_until="load")
    page.evaluate("document.fonts.ready.then(() => null)")
    pdf = page.pdf(prefer_css_page_size=True, tagged=True, outline=True)
    page.close()
    return pdf


def _give(route, site, html):
    """Answer the browser: the book, or a file of the site."""
    path = unquote(urlsplit(route.request.url).path).lstrip("/")
    if not path:
        route.fulfill(body=html, content_type="text/html; charset=utf-8")
    elif (site / path).is_file():
        route.fulfill(path=site / path)
    else:
        route.abort()


def main():
    """Print the built book, or say what is missing."""
    # It finds a few more objects in Chromium's file than the file announces, and says so.
    logging.getLogger("pypdf").setLevel(logging.ERROR)
    try:
        program = chromium.path()
    except chromium.MissingError as missing:
        sys.exit(f"The PDF is printed by a browser: {missing}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        pages = print_book(browser, SITE, ROOT / "book" / "_toc.yml", PDF)
        browser.close()
    print(f"The book is printed: {PDF.relative_to(ROOT)}, {pages} pages.")


if __name__ == "__main__":
    main()
