"""What search engines and link previews read of a page; `_assets/templates/base.html` writes it.

A page's description is its first paragraph, shortened; `description` in the page's front matter
replaces it. The address of the site is that of the repository's GitHub Pages, or what the
environment variable SITE_URL says. Without any, no page claims an address: no canonical link, no
`og:url`, no preview picture, no sitemap.
"""

import os
import re
from urllib.parse import urlsplit

from docutils import nodes
from repository import read_repository
from sphinx.errors import ConfigError

UNTITLED = {"search": "Search", "genindex": "Index"}  # pages that Sphinx gives no title
LENGTH = 200  # characters of a description; more is cut off by those who show it
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=\S)")


def site_address(environment=os.environ):
    """Return where the site will stand, with a slash at its end, or "" where nobody has said so."""
    address = environment.get("SITE_URL", "")
    if not address:
        repository = read_repository()
        return (repository and repository.pages) or ""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ConfigError(f"SITE_URL must be http(s)://<host>/<path>; got {address!r}")
    return address.rstrip("/") + "/"


def describe(doctree):
    """Return the first paragraph of a page as plain text, cut after a sentence or a word."""
    paragraph = next(iter(doctree.findall(nodes.paragraph)), None)
    return shorten(paragraph.astext()) if paragraph is not None else ""


def shorten(text):
    """Return as many sentences of a text as fit; of a long first one what its semicolon allows."""
    sentences = SENTENCE.split(" ".join(text.split()))
    kept = sentences.pop(0)
    if len(kept) > LENGTH:
        start = kept[: LENGTH - 1]
        return (start.rpartition(";")[0] or start.rpartition(" ")[0].rstrip(",:")) + "…"
    while sentences and len(kept) + 1 + len(sentences[0]) <= LENGTH:
        kept += " " + sentences.pop(0)
    return kept


def set_base_address(app, config):
    """Tell Sphinx the site's address: its own canonical links come from that."""
    config.html_baseurl = config.html_baseurl or site_address()
    # The page for wrong addresses is shown at any depth, so its links start at the site's root.
    config.notfound_urls_prefix = urlsplit(config.html_baseurl).path or "/"


def add_description(app, pagename, templatename, context, doctree):
    """Hand the template what it needs."""
    own = (context.get("meta") or {}).get("description")
    context["description"] = own or (doctree and describe(doctree)) or app.config.site_description
    context["title"] = context.get("title") or UNTITLED.get(pagename, "")
    context["base_address"] = app.config.html_baseurl


def setup(app):
    """Register the hooks with Sphinx."""
    app.add_config_value("site_description", "", "html")
    app.connect("config-inited", set_base_address)
    app.connect("html-page-context", add_description)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
