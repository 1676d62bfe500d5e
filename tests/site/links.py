"""Follows the links of the built site in its files, without a browser.

What a page, a style sheet, the sitemap or the inventory names must exist, with the place in the
page that a link leads to; nothing may be loaded from elsewhere; every picture needs a text.
"""

import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from posixpath import join
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from sphinx.util.inventory import InventoryFile

from .building import pages

# Of a page's <link>s these are followed, by people or by search engines; the others are loaded.
FOLLOWED_RELATIONS = {"canonical", "index", "search", "next", "prev"}
FOLLOWED_PROPERTIES = {"og:url", "og:image"}
FOREIGN_SCHEMES = {"http", "https", "mailto"}
STYLE_URL = re.compile(r"""(?:url\(|@import\s)\s*["']?([^"')\s]+)""")
REFRESH_URL = re.compile(r"url\s*=\s*(\S+)", re.IGNORECASE)
# Sphinx lists these in every inventory, whether the site has them or not.
ALWAYS_IN_THE_INVENTORY = {"genindex", "modindex", "py-modindex"}
LOCATION = re.compile(r"<loc>(.*?)</loc>")


class PageLinks(HTMLParser):
    """What a page names, and the places in it that can be named."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.followed: list[str] = []
        self.places: set[str] = set()
        self.pictures_without_text: list[str] = []
        self._tag = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Note what a tag names."""
        self._tag = tag
        values = {name: value or "" for name, value in attributes}
        self.places |= {values[name] for name in ("id", "name") if name in values}
        self.loaded += [values[name] for name in ("src", "poster", "data") if name in values]
        self.loaded += [
            choice.split()[0] for choice in values.get("srcset", "").split(",") if choice
        ]
        self.loaded += STYLE_URL.findall(values.get("style", ""))
        if tag == "link":
            followed = set(values.get("rel", "").split()) <= FOLLOWED_RELATIONS
            (self.followed if followed else self.loaded).append(values.get("href", ""))
        elif tag == "meta":
            self._handle_meta(values)
        elif tag == "form":
            self.followed.append(values.get("action", ""))
        elif tag == "img" and not values.get("alt", "").strip():
            self.pictures_without_text.append(values.get("src", ""))
        elif "href" in values:
            self.followed.append(values["href"])

    def _handle_meta(self, values: dict[str, str]) -> None:
        content = values.get("content", "")
        if values.get("http-equiv", "").lower() == "refresh":
            self.followed += REFRESH_URL.findall(content)
        elif values.get("property") in FOLLOWED_PROPERTIES:
            self.followed.append(content)

    def handle_data(self, data: str) -> None:
        """Note what a style sheet in the page loads."""
        if self._tag == "style":
            self.loaded += STYLE_URL.findall(data)


class SiteLinks:
    """All links of the site in a folder; its address ends with a slash."""

    def __init__(self, folder: Path, address: str) -> None:
        self.folder, self.address = folder, address
        self.pages = {page: PageLinks(_text(folder / page)) for page in pages(folder)}

    def problems(self) -> list[str]:
        """Everything that is wrong, one line each."""
        found = [problem for page in self.pages for problem in self._of_page(page)]
        for sheet in self.folder.rglob("*.css"):
            name = sheet.relative_to(self.folder).as_posix()
            found += self._dead(name, STYLE_URL.findall(_text(sheet)), loaded=True)
        if (sitemap := self.folder / "sitemap.xml").exists():
            found += self._dead("sitemap.xml", LOCATION.findall(_text(sitemap)))
        if (inventory := self.folder / "objects.inv").exists():
            found += self._dead("objects.inv", _inventory_links(inventory))
        return found

    def _of_page(self, name: str) -> Iterator[str]:
        page = self.pages[name]
        yield from self._dead(name, page.loaded, loaded=True)
        yield from self._dead(name, page.followed)
        yield from (f"{name}: no text for {src}" for src in page.pictures_without_text)

    def _dead(self, name: str, links: Iterable[str], loaded: bool = False) -> Iterator[str]:
        for link in dict.fromkeys(links):
            if problem := self._problem(name, link, loaded):
                yield f"{name}: {problem}: {link}"

    def _problem(self, name: str, link: str, loaded: bool) -> str:
        """What is wrong with a link of a file; nothing if it is sound."""
        if link.startswith("data:"):
            return ""
        url, place = urldefrag(urljoin(self.address + name, link))
        if not url.startswith(self.address):
            if loaded:
                return "loaded from elsewhere"
            return "" if urlsplit(url).scheme in FOREIGN_SCHEMES else "no address"
        target = unquote(urlsplit(url.removeprefix(self.address)).path)
        if not target or target.endswith("/"):
            target = join(target, "index.html")
        if not (self.folder / target).is_file():
            return "dead link"
        if place and target in self.pages and unquote(place) not in self.pages[target].places:
            return "no such place in the page"
        return ""


def _inventory_links(inventory: Path) -> list[str]:
    """Where the names lead that other projects can link to."""
    with inventory.open("rb") as file:
        kinds = InventoryFile.load(file, "", join)
    return [
        entry[2]
        for kind, entries in kinds.items()
        for name, entry in entries.items()
        if kind != "std:label" or name not in ALWAYS_IN_THE_INVENTORY
    ]


def _text(file: Path) -> str:
    """The text of a file."""
    return file.read_text(encoding="utf-8")
