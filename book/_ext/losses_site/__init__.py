"""The site's Sphinx extension. What Jupyter Book, furo and myst-nb leave open stands here.

Each module is about one subject and can be loaded alone:

- `formulas`: KaTeX sets the formulas while the site is built.
- `explorers`: a chapter's opening picture can be made to move.
- `figures`: pictures have a size and an alternative text.
- `code`: words that have the colour of the text are no elements.
- `tables`: a table without column names gets names for its rows.
- `papers`: the bibliography and what leads there.
- `glossary`: the first mention of a term leads to its definition.
- `address`: where the site stands, for canonical links, link previews and the sitemap.
- `redirects`: addresses that pages had before.
- `search`: an index of all sections, with the messages of all releases and what people ask.
- `policy`: the Content-Security-Policy.
- `notebooks`: a chapter's notebook, to download and to open on Colab.
- `llms`: the list of pages and the chapters as Markdown, for assistants.
- `keyboard`: roles and names for keyboards and screen readers.

Whatever is wrong in the sources is a Sphinx warning with its place, so that `jupyter-book build -W`
fails. The templates and the style sheet that belong to this are in `_assets`.
"""

import hashlib
from pathlib import Path

from sphinx.application import ENV_PICKLE_FILENAME

PARTS = (
    "formulas",
    "figures",
    "explorers",
    "code",
    "tables",
    "papers",
    "glossary",
    "address",
    "redirects",
    "search",
    "policy",
    "notebooks",
    "llms",
    "keyboard",
)
BOOK = Path(__file__).parents[2]
ROOT = BOOK.parent


def _fingerprint():
    """Return a hash of what every page is made with: extensions, assets, glossary, KaTeX's version.

    Sphinx writes no page whose text is unchanged, and copies no asset then. A configuration value
    that changes makes it write all pages.
    """
    files = [ROOT / "package-lock.json", ROOT / "pyproject.toml"]
    files += [BOOK / "_redirects.yml", BOOK / "mistakes.yaml", BOOK / "references.bib"]
    files += [*BOOK.glob("reference/*.md")]
    files += [*BOOK.glob("_ext/**/*.py"), *BOOK.glob("_ext/**/*.js"), *BOOK.glob("_assets/**/*.*")]
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(files))).hexdigest()


def forget_after_warnings(app, exception):
    """After warnings, forget what was built.

    Sphinx would otherwise take a faulty page from its cache the next time, and say nothing.
    """
    if app._warncount:
        Path(app.doctreedir, ENV_PICKLE_FILENAME).unlink(missing_ok=True)


def setup(app):
    """Register all parts with Sphinx."""
    app.add_config_value("site_fingerprint", _fingerprint(), "html")
    # The first page holds the contents, which Sphinx reads with the page and not for themselves.
    app.add_config_value("site_contents", (BOOK / "_toc.yml").read_text(encoding="utf-8"), "env")
    for part in PARTS:
        app.setup_extension(f"{__name__}.{part}")
    app.connect("build-finished", forget_after_warnings)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
