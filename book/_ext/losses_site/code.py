"""Code: a word that has the colour of the text is written as text.

Pygments puts every name and every bracket into an element of its own. In both styles of the site
those look like the text around them, and they are a third of all elements of a long chapter. A
phone has to lay out each one: without this module the longest chapter has 10,203 instead of 6,429,
and Lighthouse gives its performance 90 or 91 points instead of 96 (medians of ten runs in turn).
"""

from pygments.formatters import HtmlFormatter
from pygments.token import STANDARD_TYPES, Text
from sphinx.highlighting import PygmentsBridge


def plain_types(styles):
    """Return the kinds of token that look like text in each of the styles."""
    return {
        kind
        for kind in STANDARD_TYPES
        if all(style.style_for_token(kind) == style.style_for_token(Text) for style in styles)
    }


class PlainFormatter(HtmlFormatter):
    """Pygments' HTML formatter, without elements for what looks like text anyway."""

    plain = frozenset()

    def format_unencoded(self, tokensource, outfile):
        """Write the tokens, those of a plain type as text."""
        tokens = ((Text if kind in self.plain else kind, word) for kind, word in tokensource)
        super().format_unencoded(tokens, outfile)


def read_styles(app):
    """Learn which types are plain from the style for light and from furo's setting for dark."""
    if app.builder.format == "html":
        bridges = (app.builder.highlighter, PygmentsBridge("html", app.config.pygments_dark_style))
        PlainFormatter.plain = plain_types([bridge.formatter_args["style"] for bridge in bridges])


def setup(app):
    """Make Sphinx use the formatter."""
    PygmentsBridge.html_formatter = PlainFormatter
    app.connect("builder-inited", read_styles)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
