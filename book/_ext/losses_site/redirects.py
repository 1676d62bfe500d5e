"""Addresses that pages had before: whoever comes by one is sent on to where the page stands now.

`_redirects.yml` has the table: an old address and the page that it leads to, both without `.html`;
the page may be followed by `#` and a place in it. A folder, which ends with a slash, stands for
all pages that are below the folder it leads to.
"""

from pathlib import Path

import yaml
from sphinx.util import logging

FILE = "_redirects.yml"
logger = logging.getLogger(__name__)


def read_table(folder):
    """Return the table of a source folder, empty if it has none."""
    path = Path(folder, FILE)
    return yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}


def resolved(table, pages):
    """Return which page each old address leads to, a folder's pages one by one."""
    found = {}
    for old, new in table.items():
        if old.endswith("/"):
            inside = (page for page in pages if page.startswith(new))
            found |= {old + page.removeprefix(new): page for page in inside}
    return found | {old: new for old, new in table.items() if not old.endswith("/")}


def check(app, env):
    """Warn of addresses that lead nowhere, and of those at which a page stands."""
    where = str(Path(app.srcdir, FILE))
    for old, new in resolved(read_table(app.srcdir), env.found_docs).items():
        if new.partition("#")[0] not in env.found_docs:
            logger.warning("%s leads to %s, which is no page", old, new, location=where)
        if old in env.found_docs:
            logger.warning("%s leads to %s, but a page stands there", old, new, location=where)


def stubs(app):
    """Yield a page for each old address, for Sphinx to write."""
    for old, new in sorted(resolved(read_table(app.srcdir), app.env.found_docs).items()):
        page, mark, place = new.partition("#")
        base = app.config.html_baseurl
        canonical = base and base + app.builder.get_target_uri(page)
        context = {"target": page, "place": mark + place, "canonical": canonical}
        yield old, context, "redirect.html"


def setup(app):
    """Register the hooks with Sphinx."""
    app.connect("env-check-consistency", check)
    app.connect("html-collect-pages", stubs)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
