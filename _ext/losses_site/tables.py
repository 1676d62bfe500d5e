"""Tables: Markdown has none without a head, so those that need none are written with an empty one.

The empty head goes, and the first column names the rows, which is what such a table means.
"""

from docutils import nodes


def name_rows(app, doctree, docname):
    """Let the first column take the place of an empty head."""
    for table in doctree.findall(nodes.tgroup):
        head = next(iter(table.findall(nodes.thead)), None)
        if head is not None and not head.astext().strip():
            table.remove(head)
            next(iter(table.findall(nodes.colspec)))["stub"] = 1


def setup(app):
    """Register the hook with Sphinx."""
    app.connect("doctree-resolved", name_rows)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
