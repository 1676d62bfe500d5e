"""Below its title, each chapter offers its notebook: to download, and to open on Colab.

The site carries the notebooks anyway (`_sources`). Colab reads from the repository, so that link is
there only if `pyproject.toml` says where the repository is. The links are written by
`_assets/templates/page.html`.
"""

from pathlib import PurePosixPath

from repository import read_repository


def add_links(app, pagename, templatename, context, doctree):
    """Tell the template where a chapter's notebook is."""
    if doctree is None or context.get("page_source_suffix") != ".ipynb":
        return
    repository = read_repository()
    context["notebook"] = {
        "name": PurePosixPath(pagename).name + ".ipynb",
        "download": context["pathto"](f"_sources/{context['sourcename']}", resource=True),
        "colab": repository and repository.colab(f"book/{pagename}.ipynb"),
    }


def setup(app):
    """Register the hook with Sphinx."""
    app.connect("html-page-context", add_links)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
