"""Names and roles for those who use a keyboard or a screen reader; the rest is in book.js."""

from html import escape

from myst_nb.sphinx_ import HideCodeCellNode


def level_captions(app, pagename, templatename, context, doctree):
    """Give the parts' names in the contents, which have the role of a heading, their level too."""
    tree = context.get("furo_navigation_tree") or ""
    context["furo_navigation_tree"] = tree.replace(
        'role="heading"', 'role="heading" aria-level="2"'
    )


def name_citations(app, pagename, templatename, context, doctree):
    """Make the papers of a bibliography items of a list: docutils has a role that is deprecated."""
    if "body" in context:
        context["body"] = context["body"].replace('role="doc-biblioentry"', 'role="listitem"')


def visit_fold(translator, node):
    """Open a fold. myst-nb's own gives all folds the same name, which is not the one that shows."""
    classes = " ".join(["admonition", "hide", *node["classes"]])
    translator.body.append(
        f'<details class="{classes}">\n<summary>\n'
        f'<p class="collapsed admonition-title">{escape(node["prompt_show"])}</p>\n'
        f'<p class="expanded admonition-title">{escape(node["prompt_hide"])}</p>\n'
        "</summary>\n"
    )


def depart_fold(translator, node):
    """Close a fold."""
    translator.body.append("</details>\n")


def setup(app):
    """Register the hooks with Sphinx."""
    app.setup_extension("myst_nb")
    app.add_node(HideCodeCellNode, override=True, html=(visit_fold, depart_fold))
    app.connect("html-page-context", name_citations)
    app.connect("html-page-context", level_captions, priority=900)  # after furo has made the tree
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
