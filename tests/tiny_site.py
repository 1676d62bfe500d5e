"""Sites of a few lines, built with the extensions of this one."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
BOOK = ROOT / "book"
KATEX = ROOT / "node_modules" / "katex"
MINISEARCH = ROOT / "node_modules" / "minisearch"

CONF = f"""
import pathlib, sys
sys.path.insert(0, {str(BOOK / "_ext")!r})
extensions = ["myst_nb", "notfound.extension", "losses_site"]
project = html_title = "A tiny site"
html_theme = "furo"
html_static_path = [{str(BOOK / "_assets" / "static")!r}]
templates_path = [{str(BOOK / "_assets" / "templates")!r}]
html_use_index = False
notfound_template = "404.html"
notfound_context = {{"title": "Page not found"}}
bibtex_bibfiles = [path.name for path in pathlib.Path(__file__).parent.glob("*.bib")]
html_context = {{"site_description": "What this site is about."}}
html_math_renderer = "katex"
katex_package = {str(KATEX)!r}
minisearch_package = {str(MINISEARCH)!r}
myst_enable_extensions = ["dollarmath"]
nb_execution_mode = "off"
exclude_patterns = ["out", "jupyter_execute"]
"""

TOC = "\n```{toctree}\nchapter\n```\n"
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="72pt" height="36pt" viewBox="0 0 72 36"></svg>'
)


def build(folder, *options, address="", redirects="start: index", **pages):
    """Build a site of the given pages with warnings as errors; return the finished process.

    `address` is where it will stand, `redirects` the table of old addresses. A page's name has
    `__` for the dot.
    """
    (folder / "conf.py").write_text(CONF, encoding="utf-8")
    (folder / "_redirects.yml").write_text(redirects, encoding="utf-8")
    for name, text in pages.items():
        (folder / name.replace("__", ".")).write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "sphinx", "-W", "-n", "--keep-going", *options]
    command += [folder, folder / "out"]
    environment = {**os.environ, "SITE_URL": address}
    return subprocess.run(
        command, capture_output=True, encoding="utf-8", check=False, env=environment
    )


def notebook(*cells):
    """Return the JSON of a notebook; a cell is a text, or a pair of metadata and SVG output."""
    return json.dumps(
        {
            "cells": [_cell(f"cell-{i}", content) for i, content in enumerate(cells)],
            "metadata": {
                "kernelspec": {"name": "python3", "display_name": "Python 3"},
                "language_info": {"name": "python"},
            },
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    )


def _cell(name, content):
    if isinstance(content, str):
        return {"id": name, "cell_type": "markdown", "metadata": {}, "source": content}
    metadata, svg = content
    data = {"image/svg+xml": svg, "text/plain": "a figure"}
    output = {"output_type": "display_data", "metadata": {}, "data": data}
    return {
        "id": name,
        "cell_type": "code",
        "metadata": metadata,
        "source": "draw()",
        "execution_count": 1,
        "outputs": [output],
    }
