"""`llms.txt`, for those who ask an assistant: what each page is about, and chapters as Markdown.

The list has the pages in the order of the contents, by https://llmstxt.org. Beside the page of each
chapter stands its Markdown, made from its notebook by jupytext, with the outputs that are text.
Without an address of the site the links are relative.
"""

import copy
from pathlib import Path

import jupytext
import nbformat
from docutils import nodes
from sphinx import addnodes


def markdown(notebook):
    """A notebook as Markdown: what a code cell printed stands below it, a picture as its text."""
    shown = copy.copy(notebook)
    shown.metadata = nbformat.from_dict({"jupytext": {"notebook_metadata_filter": "-all"}})
    shown.cells = []
    for cell in notebook.cells:
        source = nbformat.from_dict({**cell, "metadata": {}})
        shown.cells.append(source)
        if cell.cell_type == "code" and (text := printed(cell.outputs)):
            shown.cells.append(nbformat.v4.new_markdown_cell(f"```text\n{text}\n```"))
    return jupytext.writes(shown, fmt={"extension": ".md", "format_name": "markdown"})


def printed(outputs):
    """The outputs of a cell as text."""
    return "\n".join(_text(output).rstrip("\n") for output in outputs)


def _text(output):
    if output.output_type == "stream":
        return output.text
    if output.output_type == "error":
        return f"{output.ename}: {output.evalue}"
    return output.data.get("text/plain", "")


def parts(env, name):
    """The parts below a page: each caption with its pages, and those below them, in order."""
    for toctree in env.get_doctree(name).findall(addnodes.toctree):
        pages = [page for _, page in toctree["entries"] if page in env.found_docs]
        yield (
            toctree.get("caption"),
            [each for page in pages for each in _with_those_below(env, page)],
        )


def _with_those_below(env, name):
    return [name, *(page for _, pages in parts(env, name) for page in pages)]


def about(env, name):
    """What a page is about: its first paragraph."""
    paragraph = next(env.get_doctree(name).findall(nodes.paragraph), None)
    return " ".join(paragraph.astext().split()) if paragraph else ""


def listing(app, target):
    """The text of `llms.txt`; `target` gives the file that a page's link leads to."""
    env, root = app.env, app.config.root_doc
    yield f"# {app.config.html_title}\n\n> {app.config.html_context['site_description'].strip()}"
    for caption, pages in parts(env, root):
        lines = (
            f"- [{env.titles[page].astext()}]({app.config.html_baseurl}{target(page)}): "
            f"{about(env, page)}"
            for page in pages
        )
        yield f"## {caption or 'Pages'}\n\n" + "\n".join(lines)


def write(app, exception):
    """Write the Markdown of all chapters, and the list."""
    if exception or app.builder.format != "html":
        return
    out, written = Path(app.outdir), {}
    for name in sorted(app.env.found_docs):
        source = Path(app.env.doc2path(name))
        if source.suffix == ".ipynb":
            written[name] = f"{name}.md"
            text = markdown(nbformat.read(source, as_version=4))
            Path(out, written[name]).write_text(text, encoding="utf-8")
    list_of_pages = listing(app, lambda page: written.get(page) or app.builder.get_target_uri(page))
    Path(out, "llms.txt").write_text("\n\n".join(list_of_pages) + "\n", encoding="utf-8")


def setup(app):
    """Register the hook with Sphinx."""
    app.connect("build-finished", write)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
