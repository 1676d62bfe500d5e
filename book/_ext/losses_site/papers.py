"""The bibliography: a paper gets the label of its entry, and the entry says who names the paper.

Chapters link to papers with plain Markdown links, which work in Jupyter and on Colab too. A paper
without an address stands there with its title in italics. `book/references.bib` knows the papers by
address and by title. sphinxcontrib-bibtex writes the entries.
"""

import re

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.util import logging
from sphinxcontrib.bibtex.citation_target import CitationTarget
from sphinxcontrib.bibtex.roles import CitationRef

from .places import where

logger = logging.getLogger(__name__)

# Whatever stands at these hosts is a paper.
HOSTS = re.compile(r"https?://(doi\.org|arxiv\.org|papers\.nips\.cc|www\.jmlr\.org|distill\.pub)/")


def address(entry):
    """Return the address of a paper, or None if its entry has none."""
    fields = entry.fields
    if "doi" in fields:
        return f"https://doi.org/{fields['doi']}"
    if "eprint" in fields:
        return f"https://arxiv.org/abs/{fields['eprint']}"
    return fields.get("url")


def label_papers(app, doctree):
    """Put a citation behind each paper that is named, and warn of a link that has no entry."""
    cited = app.env.get_domain("cite")
    entries = cited.bibdata.data.entries
    keys = {address(entry): key for key, entry in entries.items()}
    keys |= {entry.fields["title"].lower(): key for key, entry in entries.items()}
    for named in list(doctree.findall(_is_link_or_emphasis)):
        uri = named.get("refuri", "")
        key = keys.get(uri or named.astext().lower())
        if key:
            _cite(app.env.docname, cited, named, key)
        elif HOSTS.match(uri):
            logger.warning("references.bib has no paper at %s", uri, location=where(named))


def _is_link_or_emphasis(node):
    return isinstance(node, (nodes.reference, nodes.emphasis))


def _cite(docname, cited, named, key):
    """Put a citation behind what names a paper, as the role `cite` would."""
    citation = pending_xref("", refdomain="cite", reftype="p", reftarget=key, refdoc=docname)
    citation += nodes.inline("", key)
    place = named.parent.index(named) + 1
    named.parent[place:place] = [nodes.Text(" "), citation]
    target = CitationTarget(key, "", "")
    cited.citation_refs.append(CitationRef("", docname, named.line or 0, [target]))


def lead_back(app, doctree, docname):
    """Below each entry of the bibliography, name the pages that link to the paper."""
    cited = app.env.get_domain("cite")
    order = list(app.env.collect_relations())  # of the pages in the book
    keys = {citation.citation_id: citation.key for citation in cited.citations}
    for entry in doctree.findall(nodes.citation):
        pages = {
            reference.docname
            for reference in cited.citation_refs
            if keys[entry["ids"][0]] in {target.key for target in reference.targets}
        }
        if pages:
            entry += _named_by(app, docname, sorted(pages, key=order.index))


def _named_by(app, docname, pages):
    """Return a line of links to pages."""
    line = nodes.paragraph("", "In: ", classes=["named-by"])
    for page in pages:
        uri = app.builder.get_relative_uri(docname, page)
        title = app.env.titles[page].astext()
        line += [
            nodes.reference("", title, refuri=uri, internal=True),
            nodes.Text("" if page == pages[-1] else "; "),
        ]
    return line


def pages_with_entries(app, env):
    """Have the bibliography written anew whenever a page was read: its links may have changed."""
    return sorted({key.docname for key in env.get_domain("cite").bibliographies})


def setup(app):
    """Register the hooks with Sphinx."""
    app.setup_extension("sphinxcontrib.bibtex")
    app.connect("doctree-read", label_papers)
    app.connect("doctree-resolved", lead_back)
    app.connect("env-updated", pages_with_entries)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
