"""The search: an index of all sections, which MiniSearch searches in the reader's browser.

Sphinx's own search wants all words of a query on one page, and knows neither that a message of an
older release, or with other numbers in it, is the same one, nor what people call a mistake. So each
section is indexed together with

- the wordings of a message, below its heading on *Find your mistake* (`mistakes.yaml`);
- what one sees, where the rows of the tables *If something looks wrong* lead (the same file);
- what people ask in other words (`questions.yaml`).

`search_index.js` makes the index in Node. It is a script and no data file, since a page that was
opened from a disk may load the one and not fetch the other.
"""

import html
import json
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import yaml
from docutils.nodes import make_id
from myst_parser.mdit_to_docutils.base import default_slugify
from sphinx.errors import ConfigError, ExtensionError

from .formulas import node_program

MISTAKES = "overview/mistakes"
# The pages that have a field for a message below the title.
ASKING = ("introduction", MISTAKES)

MAKER = Path(__file__).with_name("search_index.js")
INDEX = "search-index.js"
# What the index is made with, and searched with: MiniSearch, Sphinx's stemmer, our words.
SCRIPTS = ("minisearch.js", "language_data.js", "search_words.js")
PARSED = "search-sections.json"

HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
VOID = {"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
LEFT_OUT = {"script", "style", "svg", "annotation"}  # the last is a formula's TeX
LEFT_OUT_CLASSES = {"headerlink", "katex-html"}  # the second repeats a formula
APART = {"td", "th", "li", "dt", "dd", "summary", "pre", "p", "div", "caption"}
# Exercises ask and do not answer; the others only list what stands elsewhere.
NOT_ANSWERS = ("exercise", "see-also", "where-to-look")
OLD = ("sources/", "versions/")  # texts of others, and what releases changed


class Sections(HTMLParser):
    """The sections of a page: the id, the heading and the text of each, without those inside it."""

    def __init__(self, page):
        super().__init__()
        self.sections = []
        self._open = []
        self._left_out = 0  # how many elements are open from the one that is left out
        self._heading = False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        """Open a section, a heading, or what is left out."""
        if tag in VOID:
            self.handle_data(" ")
            return
        attributes = dict(attrs)
        classes = set((attributes.get("class") or "").split())
        if self._left_out or tag in LEFT_OUT or classes & LEFT_OUT_CLASSES:
            self._left_out += 1
        elif tag == "section":
            section = {"id": attributes["id"], "heading": "", "text": ""}
            self.sections.append(section)
            self._open.append(section)
        elif tag in HEADINGS:
            self._heading = True

    def handle_endtag(self, tag):
        """Close it."""
        if tag in VOID:
            return
        if self._left_out:
            self._left_out -= 1
        elif tag == "section":
            self._open.pop()
        elif tag in HEADINGS:
            self._heading = False
        elif tag in APART:
            self.handle_data(" ")

    def handle_data(self, data):
        """Add to the heading or the text of the innermost section."""
        if self._open and not self._left_out:
            self._open[-1]["heading" if self._heading else "text"] += data


def hand_over(app, name, template, context, doctree):
    """Note the sections of a page that is written; tell its template whether it asks."""
    context["ask_for_message"] = ASKING
    if doctree is not None:
        app.sections[name] = Sections(context["body"]).sections


def entries(pages, mistakes, questions):
    """Return an entry of the index for each section of all pages."""
    found, slugs = {}, {}
    for page, sections in sorted(pages.items()):
        for number, section in enumerate(sections):
            if not section["id"].startswith(NOT_ANSWERS):
                place = f"{page}#{section['id']}" if number else page
                found[place] = _new_entry(place, sections[0]["heading"], section)
                slugs.setdefault((page, default_slugify(section["heading"])), place)
    for mistake in (mistake for group in mistakes.values() for mistake in group):
        heading = _entry(found, slugs, f"{MISTAKES}#{default_slugify(mistake['see'])}")
        heading["messages"] = "\n".join([mistake["see"], *mistake.get("wordings", ())])
        for row in mistake.get("rows", ()):
            for entry in [heading, *(_entry(found, slugs, place) for place in row["to"])]:
                entry["seen"] += row["see"] + "\n"
    for place, phrases in questions.items():
        _entry(found, slugs, place)["asked"] = "\n".join(phrases)
    return list(found.values())


def _new_entry(place, page_title, section):
    """Return what the index has of a section by itself; its place is as in a link."""
    name, _, subject = page_title.partition(": ")
    top = "#" not in place
    return {
        "place": place,
        "label": html.escape(name if top else f"{name} > {section['heading']}"),
        "weight": _weight(place),
        "page": name,
        "title": f"{name}\n{name.removesuffix('Loss')}\n{subject}" if top else section["heading"],
        "body": " ".join(section["text"].split()),
        "messages": "",
        "seen": "",
        "asked": "",
    }


def _entry(found, slugs, place):
    """Return the entry of a place; a link may name its heading by its slug, or by its id."""
    page, _, label = place.partition("#")
    place = slugs.get((page, label)) or (f"{page}#{make_id(label)}" if label else page)
    if place not in found:
        raise ExtensionError(f"the search knows no section {place}")
    return found[place]


def _weight(place):
    """Return how much a section counts beside others."""
    if place.startswith(OLD) or place.endswith("#in-the-older-texts"):
        return 0.1
    if place.startswith("introduction"):
        return 0.3  # it leads to all pages, and answers nothing
    if place.startswith("reference/"):
        return 0.6
    return 1 if "#" in place else 0.8  # a section answers, the top of its page leads to it


def read(folder, name):
    """Return what a YAML file says; nothing if a source folder has no such file."""
    path = Path(folder, name).with_suffix(".yaml")
    return yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}


def start(app):
    """Take up the sections of pages that are not written again; bring MiniSearch."""
    if app.builder.format != "html":
        return
    parsed = Path(app.doctreedir, PARSED)
    app.sections = json.loads(parsed.read_text(encoding="utf-8")) if parsed.is_file() else {}
    static = Path(app.outdir, "_static")
    static.mkdir(parents=True, exist_ok=True)
    script = Path(app.confdir, app.config.minisearch_package, "dist", "umd", "index.js")
    if not script.is_file():
        raise ConfigError(
            f"MiniSearch is missing: there is no {script}. Run `make book`, or `npm ci`."
        )
    shutil.copy(script, static / "minisearch.js")


def write(app, exception):
    """Make the index of all pages."""
    if exception or app.builder.format != "html":
        return
    pages = {page: app.sections[page] for page in sorted(app.env.found_docs & {*app.sections})}
    Path(app.doctreedir, PARSED).write_text(json.dumps(pages), encoding="utf-8")
    mistakes, questions = (read(app.srcdir, name) for name in ("mistakes", "questions"))
    static = Path(app.outdir, "_static")
    made = subprocess.run(
        [node_program(), MAKER, *(static / script for script in SCRIPTS)],
        input=json.dumps(entries(pages, mistakes, questions)),
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    if made.returncode:
        raise ExtensionError(f"the index of the search cannot be made:\n{made.stderr}")
    Path(app.outdir, INDEX).write_text(f"Search.setIndex({made.stdout});\n", encoding="utf-8")


def setup(app):
    """Register the hooks with Sphinx."""
    app.add_config_value("minisearch_package", "node_modules/minisearch", "html")
    app.connect("builder-inited", start)
    app.connect("html-page-context", hand_over)
    app.connect("build-finished", write)
    # The sections are gathered while the pages are written, in one process.
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": False}
