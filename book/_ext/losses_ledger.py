"""The ledger of the sources on the site: its rows on the sources' pages, and links to them.

All comes from the data files that `helpers.ledger` reads. A page's name begins with that of
its document, so that a row is named by its id alone.
"""

from sphinx.util.docutils import SphinxDirective

from helpers import ledger

# Verdicts that a list of links leaves out: nothing is wrong with these rows.
UNREMARKABLE = (ledger.EXACT, ledger.RIGHT)


class _Ledger(SphinxDirective):
    """What both directives need."""

    def source(self, name):
        """A document's rows; the page is built anew when they change."""
        self.env.note_dependency(str(ledger.folder() / f"{name}.yaml"))
        return ledger.read(name)


class Rows(_Ledger):
    """`{ledger} r1 c2 …`: these rows of the page's document, each a target of links."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self):
        page = self.env.docname.rpartition("/")[2]
        source = self.source(next(name for name in ledger.names() if page.startswith(name)))
        lines = [line for key in self.arguments[0].split() for line in row_lines(source[key])]
        return self.parse_text_to_nodes("\n".join(lines))


def row_lines(row):
    """One row as Markdown, with the label `source-<number>-<id>` before it."""
    links = " ".join(f"[{chapter}](../{chapter}.ipynb)" for chapter in row.chapters)
    said = getattr(row, "why", "") or getattr(row, "instead", "")
    verdict = f"*{row.verdict[0].upper()}{row.verdict[1:]}.*"
    yield f"({label(row)})="
    yield ""
    place = f"{row.lines} ({row.aside})" if row.aside else row.lines
    yield f"**{row.id}**, {place}: {row.what} {verdict} {said}".rstrip() + f" → {links}"
    yield ""


class LinksOfChapter(_Ledger):
    """`{ledger-links}`: links to all rows on the page, by document."""

    def run(self):
        lines = []
        for name in ledger.names():
            source = self.source(name)
            rows = [row for row in source.rows.values() if self.env.docname in row.chapters]
            if rows:
                links = ", ".join(map(link, rows))
                lines.append(f"- [Source {source.number}](../sources/{name}.ipynb): {links}")
        return self.parse_text_to_nodes("\n".join(lines))


def link(row):
    """A link to a row, with its verdict where there is something to remark."""
    verdict = "" if row.verdict in UNREMARKABLE else f" ({row.verdict})"
    return f"[{row.id}](#{label(row)}){verdict}"


def label(row):
    """The label of a row, unique in the book."""
    return f"source-{row.source}-{row.id}"


def setup(app):
    """Register the directives with Sphinx."""
    app.add_directive("ledger", Rows)
    app.add_directive("ledger-links", LinksOfChapter)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
