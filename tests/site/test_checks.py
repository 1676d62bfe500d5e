"""The checks of this folder can fail: each finds its fault in a page that is sound but for it."""

import gzip
import random
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from .hosting import hosted
from .links import SiteLinks
from .looking import look

SOUND = """<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="default-src 'self'; img-src *">
    <meta name="viewport" content="width=device-width,initial-scale=1">
    <title>A sound page</title>
    <link rel="stylesheet" href="style.css">
    <link rel="icon" href="dot.svg">
  </head>
  <body>
    <main>
      <h1 id="top">Sound</h1>
      <p>A <a href="#top">link</a>, <a href="https://example.org/">another</a>, a picture.</p>
      <img src="dot.svg" alt="a dot" width="9" height="9">
    </main>
  </body>
</html>
"""
STYLE = """
:root { color-scheme: light dark; }
html { overflow-x: hidden; }
body { background: white; color: black; }
a { color: inherit; text-decoration: underline; }
.wide { width: 500px; }
.pale { color: #ccc; }
@media (prefers-color-scheme: dark) {
  body { background: black; color: white; }
  .pale { color: white; }
  .dim { color: #333; }
}
"""
DOT = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><circle r="9"/></svg>'


SCRIPTS = {
    "mistake.js": "mistake();",
    "warning.js": "console.warn('take care');",
    "heavy.js": f"// {random.Random(0).randbytes(200_000).hex()}",  # gzip halves it
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A site of one sound page."""
    files = {"page.html": SOUND, "style.css": STYLE, "dot.svg": DOT, "404.html": SOUND} | SCRIPTS
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def host(folder: Path) -> Iterator[str]:
    """Where it is served."""
    with hosted(folder) as address:
        yield address


def change(page: Path, old: str, new: str) -> None:
    """Put one text in the place of another."""
    text = page.read_text(encoding="utf-8")
    assert old in text
    page.write_text(text.replace(old, new), encoding="utf-8")


def test_a_sound_page_has_no_problem(folder: Path, host: str, browser: Browser) -> None:
    """Neither at some size nor in its files."""
    assert look(browser, host, "page.html", "phone").problems == []
    assert look(browser, host, "page.html", "desk").problems == []
    assert SiteLinks(folder, host).problems() == []


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        ('<img src="{foreign}dot.svg" alt="a dot">', "foreign request: {foreign}dot.svg"),
        ('<img src="gone.svg" alt="nothing">', "failed request: {host}gone.svg: 404"),
        ('<script src="mistake.js"></script>', "error in a script: mistake is not defined"),
        ('<script src="warning.js"></script>', "console warning: take care"),
        ("<script>1</script>", "against the Content-Security-Policy: script-src-elem inline"),
        ('<p class="wide">w</p>', "light: scrolls sideways: 5.. px wide in 360: p.wide"),
        ('<p class="wide">w</p>', "dark: scrolls sideways: 5.. px wide in 360: p.wide"),
        ('<p class="pale">pale</p>', "light: axe: color-contrast: .*: .pale"),
        ('<p class="dim">dim</p>', "dark: axe: color-contrast: .*: .dim"),
        ('<img src="dot.svg">', "light: axe: image-alt: .*: img"),
        ('<script src="heavy.js"></script>', "too heavy: 2..... bytes, more than 200000"),
    ],
)
def test_the_browser_finds(
    folder: Path, host: str, browser: Browser, fault: str, found: str
) -> None:
    """A fault in a page, and names it."""
    names = {"host": host, "foreign": host.replace("localhost", "127.0.0.1")}
    change(folder / "page.html", "</main>", fault.format(**names) + "</main>")
    problems = look(browser, host, "page.html", "phone").problems
    assert any(re.match(found.format(**names), problem) for problem in problems), problems


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        ('<a href="gone.html">x</a>', "dead link: gone.html"),
        ('<a href="page.html#gone">x</a>', "no such place in the page: page.html#gone"),
        ('<a href="#gone">x</a>', "no such place in the page: #gone"),
        ('<a href="javascript:x()">x</a>', "no address: javascript:x()"),
        ('<script src="https://example.org/x.js"></script>', "loaded from elsewhere: https://e"),
        ('<link rel="preload" href="//example.org/x">', "loaded from elsewhere: //example.org/x"),
        ('<link rel="canonical" href="{host}gone.html">', "dead link: {host}gone.html"),
        ('<style>@import "gone.css";</style>', "dead link: gone.css"),
        ('<p style="background: url(gone.png)">x</p>', "dead link: gone.png"),
        ('<img srcset="gone.png 2x" alt="x">', "dead link: gone.png"),
        ('<img src="dot.svg" alt="">', "no text for dot.svg"),
        ('<meta http-equiv="refresh" content="0; url=gone.html">', "dead link: gone.html"),
    ],
)
def test_the_files_show(folder: Path, host: str, fault: str, found: str) -> None:
    """A link that leads nowhere, or away, or a picture without text."""
    change(folder / "page.html", "</main>", fault.format(host=host) + "</main>")
    (problem,) = SiteLinks(folder, host).problems()
    assert problem.startswith(f"page.html: {found.format(host=host)}")


def test_style_sheets_and_the_sitemap_are_read(folder: Path) -> None:
    """Their links count too."""
    change(folder / "style.css", "black; }", "black url('https://example.org/x.png'); }")
    (folder / "sitemap.xml").write_text("<loc>https://example.org/losses/gone.html</loc>")
    assert SiteLinks(folder, "https://example.org/losses/").problems() == [
        "style.css: loaded from elsewhere: https://example.org/x.png",
        "sitemap.xml: dead link: https://example.org/losses/gone.html",
    ]


def test_the_host_serves_as_github_pages_does(folder: Path, host: str) -> None:
    """Packed text with its type, kept for ten minutes; the site's own page for what is missing."""
    request = urllib.request.Request(f"{host}style.css", headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request) as answer:
        assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
        assert answer.headers["Content-Encoding"] == "gzip"
        assert answer.headers["Cache-Control"] == "max-age=600"
        assert gzip.decompress(answer.read()).decode() == STYLE
    with pytest.raises(urllib.error.HTTPError) as missing:
        urllib.request.urlopen(f"{host}deeper/gone.html")
    with missing.value as answer:
        assert answer.status == 404
        assert answer.read().decode() == SOUND
    for outside in ("../", "..%2f", "/etc/"):
        with pytest.raises(urllib.error.HTTPError) as missing:
            urllib.request.urlopen(host + outside + "secret.txt")
        missing.value.close()
