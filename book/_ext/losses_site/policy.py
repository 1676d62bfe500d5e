"""The Content-Security-Policy: a page may load what comes from the site itself, and nothing else.

The policy stands in each page, since a static host sets no headers. It names the page's inline
scripts and styles by their hashes, taken from the finished page: whatever the theme writes is
allowed, whatever is slipped in later is not. Only `style` attributes are free: KaTeX places the
signs of a formula with them.
"""

import base64
import hashlib
import re

from sphinx.jinja2glue import BuiltinTemplateLoader

INLINE = re.compile(r"<(script|style)\b([^>]*)>(.*?)</\1>", re.DOTALL)
FIRST = '<meta charset="utf-8">'


def policy(html):
    """Return the policy for a page."""
    scripts, styles = _hashes(html, "script"), _hashes(html, "style")
    return "; ".join(
        [
            "default-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "connect-src 'self'",  # the search page fetches the pages that it quotes
            "font-src 'self'",
            "img-src 'self' data:",  # furo's icons are data in its style sheet
            " ".join(["script-src 'self'", *scripts]),
            "style-src 'self' 'unsafe-inline'",  # for browsers that do not know the next two
            " ".join(["style-src-elem 'self'", *styles]),
            "style-src-attr 'unsafe-inline'",
        ]
    )


def _hashes(html, wanted):
    """Return the hashes of a page's inline scripts or styles, as a policy names them."""
    texts = [text for tag, attributes, text in INLINE.findall(html) if tag == wanted and text]
    digests = {base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in texts}
    return sorted(f"'sha256-{digest}'" for digest in digests)


def with_policy(html):
    """Return a page with its policy, which stands before anything that it could forbid."""
    if FIRST not in html:
        raise ValueError(f"a page needs {FIRST} in its head, where the policy goes")
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy(html)}">'
    return html.replace(FIRST, FIRST + "\n    " + meta, 1)


class Templates(BuiltinTemplateLoader):
    """Sphinx's templates. A page that they made gets its policy."""

    def render(self, template, context):
        """Return the page that a template makes."""
        text = super().render(template, context)
        return with_policy(text) if template.endswith(".html") else text


def take_over_templates(app, config):
    """Have Sphinx make the pages with the class above."""
    config.template_bridge = f"{__name__}.Templates"


def setup(app):
    """Register the hook with Sphinx."""
    app.connect("config-inited", take_over_templates)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
