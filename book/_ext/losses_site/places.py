"""Where something stands in the book's sources, in words that a warning can use."""

# In a notebook, myst-nb gives line L of cell C the number 10000 * C + L + 1.
NOTEBOOK_CELL = 10_000


def where(node):
    """Return a node's place as 'file:line', or as 'file: cell, line' in a notebook."""
    while not node.line and node.parent:  # what a cell returned has no line of its own
        node = node.parent
    source, line = node.source or node.document["source"], node.line or 0
    if line >= NOTEBOOK_CELL:
        cell, line = divmod(line, NOTEBOOK_CELL)
        return f"{source}: cell {cell}, line {max(line - 1, 1)}"
    return f"{source}:{line}"
