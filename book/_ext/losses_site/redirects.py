"""Addresses that pages and sections had before: they lead on to where these stand now.

`_redirects.yml` has the table: an old address and where it leads to, both without `.html`. Where a
page stood, there is a stub now; the place that it leads to may be a place in a page, after a `#`. A
folder, which ends with a slash, stands for all pages that are below the folder it leads to.
An address with a `#` is a section that was renamed or moved while its page stands where it stood:
the page carries those, and book.js follows them. A place is the `id` that the site gives a heading;
without one, it is the top of the page.
"""

import json
from pathlib import Path

import yaml
from docutils import nodes
from sphinx.util import logging

FILE = "_redirects.yml"
logger = logging.getLogger(__name__)


def read_table(folder):
    """Return the table of a source folder, empty if it has none."""
    path = Path(folder, FILE)
    return yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}


def resolved(table, pages):
    """Return where each old address leads to, a folder's pages one by one."""
    found = {}
    for old, new in table.items():
        if old.endswith("/"):
            inside = (page for page in pages if page.startswith(new))
            found |= {old + page.removeprefix(new): page for page in inside}
    return found | {old: new for old, new in table.items() if not old.endswith("/")}


def check(app, env):
    """Warn of addresses that lead nowhere, and of those at which something stands."""
    where = str(Path(app.srcdir, FILE))
    for old, new in resolved(read_table(app.srcdir), env.found_docs).items():
        for problem in _problems(old, new, env):
            logger.warning("%s leads to %s, %s", old, new, problem, location=where)


def _problems(old, new, env):
    """Yield what is wrong with an entry, as the end of a sentence."""
    page, _, place = new.partition("#")
    if page not in env.found_docs:
        yield "which is no page"
    elif place and place not in _places(page, env):
        yield "where no section stands"
    page, _, place = old.partition("#")
    if not place and page in env.found_docs:
        yield "but a page stands there"
    if place and page not in env.found_docs:
        yield "but there is no page to carry it"
    elif place in _places(page, env):
        yield "but a section stands there"


def _places(page, env):
    """Return the ids of a page's sections, but for its title's."""
    entries = env.tocs[page].findall(nodes.reference) if page in env.tocs else ()
    return {entry["anchorname"].removeprefix("#") for entry in entries} - {""}


def stubs(app):
    """Yield a page for each old address of a page, for Sphinx to write."""
    for old, new in sorted(resolved(read_table(app.srcdir), app.env.found_docs).items()):
        if "#" in old:
            continue
        page, mark, place = new.partition("#")
        base = app.config.html_baseurl
        canonical = base and base + app.builder.get_target_uri(page)
        context = {"target": page, "place": mark + place, "canonical": canonical}
        yield old, context, "redirect.html"


def hand_over(app, name, template, context, doctree):
    """Give the template of a page its sections that moved, as JSON that may stand in a page."""
    moved = {}
    for old, new in read_table(app.srcdir).items():
        page, mark, place = old.partition("#")
        if mark and page == name:
            there, _, anchor = new.partition("#")
            moved[place] = ("" if there == name else context["pathto"](there)) + "#" + anchor
    context["moved"] = json.dumps(moved).replace("<", "\\u003c") if moved else ""


def setup(app):
    """Register the hooks with Sphinx."""
    app.connect("env-check-consistency", check)
    app.connect("html-collect-pages", stubs)
    app.connect("html-page-context", hand_over)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
