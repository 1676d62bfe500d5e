"""The glossary: the first time that a page uses one of its words, the word leads there.

Nothing marks the word in the text, so chapters stay plain Markdown, in Jupyter and on Colab too.
Only prose is looked through: no headings, tables, code, formulas or links.
"""

import re

from docutils import nodes

PASSED_OVER = (
    nodes.reference,
    nodes.literal,
    nodes.math,
    nodes.title,
    nodes.table,
    nodes.definition_list,
    nodes.citation,
    nodes.Admonition,
)


def terms(env):
    """Return the words of the glossary, in one spelling, each with its page and its place there."""
    objects = env.get_domain("std").objects
    return {spelling(name): place for (kind, name), place in objects.items() if kind == "term"}


def spelling(word):
    """Return a word in lower case, with a hyphen for any space: log-softmax."""
    return re.sub(r"[\s-]+", "-", word.lower())


def pattern(words):
    """Return what finds any of the words, in the singular or the plural; the longest wins."""
    longest_first = sorted(map(re.escape, words), key=len, reverse=True)
    spelled = "|".join(longest_first).replace(r"\-", r"[\s-]")
    return re.compile(rf"\b({spelled})(?:s|es)?\b", re.IGNORECASE)


def link_terms(app, doctree, docname):
    """Link the first mention of each of the glossary's words."""
    places = terms(app.env)
    if not places or docname in {page for page, _ in places.values()}:
        return
    words, found = pattern(places), set()
    for text in list(doctree.findall(nodes.Text)):
        if _is_prose(text):
            _link(app, docname, text, words, places, found)


def _is_prose(text):
    """Whether a text stands in a paragraph, and in nothing that is passed over."""
    above, node = [], text.parent
    while node is not None:
        above.append(node)
        node = node.parent
    is_passed_over = any(isinstance(node, PASSED_OVER) for node in above)
    return not is_passed_over and any(isinstance(node, nodes.paragraph) for node in above)


def _link(app, docname, text, words, places, found):
    """Replace a text by pieces, of which those that name a new term are links."""
    pieces, end = [], 0
    for match in words.finditer(text):
        term = spelling(match[1])
        if term in found:
            continue
        found.add(term)
        page, anchor = places[term]
        uri = f"{app.builder.get_relative_uri(docname, page)}#{anchor}"
        link = nodes.reference("", match[0], refuri=uri, internal=True, classes=["term-link"])
        pieces += [nodes.Text(text[end : match.start()]), link]
        end = match.end()
    if pieces:
        text.parent.replace(text, [*pieces, nodes.Text(text[end:])])


def setup(app):
    """Register the hook with Sphinx."""
    app.connect("doctree-resolved", link_terms)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
