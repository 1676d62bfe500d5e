"""Tables: what is no heading is not written as one.

Markdown has no table without a head, so those that need none are written with an empty one. The
empty head goes, and the first column names the rows, which is what such a table means. An empty
corner between names of rows and of columns, which pandas writes too, becomes an ordinary cell.
"""

import re

from docutils import nodes

EMPTY_HEADING = re.compile(r"<th\b([^>]*)>(\s*(?:<p>\s*</p>)?\s*)</th>")


def name_rows(app, doctree, docname):
    """Let the first column take the place of an empty head."""
    for table in doctree.findall(nodes.tgroup):
        head = next(iter(table.findall(nodes.thead)), None)
        if head is not None and not head.astext().strip():
            table.remove(head)
            next(iter(table.findall(nodes.colspec)))["stub"] = 1


def open_corners(app, pagename, templatename, context, doctree):
    """Make an ordinary cell of each heading that is empty."""
    if doctree is not None:
        context["body"] = EMPTY_HEADING.sub(r"<td\1>\2</td>", context["body"])


def setup(app):
    """Register the hook with Sphinx."""
    app.connect("doctree-resolved", name_rows)
    app.connect("html-page-context", open_corners)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
