"""The site's Sphinx extension, on pages of a few lines.

These tests need KaTeX in node_modules/: `make test` installs it, and so does `npm ci`.
"""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
KATEX = ROOT / "node_modules" / "katex"

CONF = f"""
import sys
sys.path.insert(0, {str(ROOT / "_ext")!r})
extensions = ["myst_nb", "losses_site"]
html_theme = "basic"
html_math_renderer = "katex"
katex_package = {str(KATEX)!r}
myst_enable_extensions = ["dollarmath"]
nb_execution_mode = "off"
exclude_patterns = ["out", "jupyter_execute"]
"""

TOC = "\n```{toctree}\nchapter\n```\n"
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="72pt" height="36pt" viewBox="0 0 72 36"></svg>'
)


@pytest.fixture(scope="module")
def site():
    """Return the extension as a module; it is not in a package."""
    spec = importlib.util.spec_from_file_location("losses_site", ROOT / "_ext" / "losses_site.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def katex(site):
    """Return a running KaTeX and end it after the tests of this file."""
    katex = site.Katex(KATEX)
    yield katex
    katex.close()


def build(folder, *options, **pages):
    """Build a site of the given pages with warnings as errors; return the finished process."""
    (folder / "conf.py").write_text(CONF, encoding="utf-8")
    for name, text in pages.items():
        (folder / name.replace("__", ".")).write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "sphinx", "-W", "-n", "--keep-going", *options]
    command += [folder, folder / "out"]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False)


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


def test_formula_becomes_html_and_mathml(katex):
    html = katex.render(r"\log\sum_{c=1}^{C} e^{x_c}")
    assert html.startswith('<span class="katex">')
    assert "<math" in html
    assert "katex-display" not in html
    assert "katex-display" in katex.render("x^2", display=True)


def test_many_formulas_share_one_process(katex):
    katex.render("x")
    process = katex._process
    assert [katex.render(f"x_{i}").count(f"x_{i}") for i in range(9)] == [1] * 9
    assert katex._process is process


def test_broken_formula_raises_the_reason_and_the_next_one_renders(katex):
    with pytest.raises(ValueError, match="Undefined control sequence"):
        katex.render(r"\nosuchcommand")
    assert "<math" in katex.render("x")


def test_sign_that_katex_only_guesses_at_is_refused(katex):
    with pytest.raises(ValueError, match="Unicode"):
        katex.render("损失")


def test_missing_katex_says_what_to_run(site, tmp_path):
    with pytest.raises(Exception, match=r"KaTeX is missing.*make book.*npm ci"):
        site.Katex(tmp_path / "katex").render("x")


def test_missing_katex_stops_the_build(tmp_path):
    done = build(tmp_path, "-D", "katex_package=nowhere", index__md="# Title\n")
    assert done.returncode != 0
    assert "KaTeX is missing" in done.stderr
    assert "make book" in done.stderr


def test_pages_carry_formulas_and_figures_and_fetch_nothing_from_elsewhere(tmp_path):
    alt = {"mystnb": {"image": {"alt": "a straight line"}}}
    text = (
        "# Title\n\nA mean, $\\tfrac1n\\sum_i x_i$.\n\n$$\nx^2\n$$ (eq:square)\n\n{eq}`eq:square`\n"
    )
    done = build(
        tmp_path, index__md=text + TOC, chapter__ipynb=notebook("# No formula", (alt, SVG))
    )
    assert done.returncode == 0, done.stderr

    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert page.count('<span class="katex">') == 2
    assert 'class="eqno">(1)' in page
    assert "</span>.</span>" in page, "the full stop is bound to the formula before it"
    assert 'src="http' not in page
    assert "mathjax" not in page.replace("mathjax_ignore", "")
    assert 'rel="preload" href="_static/katex/fonts/KaTeX_Main-Regular.woff2"' in page

    assets = tmp_path / "out" / "_static" / "katex"
    css = (assets / "katex.min.css").read_text(encoding="utf-8")
    fonts = sorted(font.name for font in assets.glob("fonts/*"))
    assert len(fonts) == 20
    assert css.count("url(") == 20
    assert all(f"url(fonts/{font})" in css for font in fonts)

    chapter = (tmp_path / "out" / "chapter.html").read_text(encoding="utf-8")
    assert "katex" not in chapter
    assert '<img width="96" height="48" alt="a straight line" src="_images/' in chapter
    assert [image.suffix for image in (tmp_path / "out" / "_images").iterdir()] == [".svg"]


def test_faults_fail_the_build_with_their_place_each_time(tmp_path):
    text = "# Title\n\nFine: $x$.\n\nBroken: $\\frac{1$.\n"
    chapter = notebook("# A notebook", "Some text.\n\n$$\n\\nosuchcommand\n$$", ({}, SVG))
    for _ in range(2):  # the second build must not take the pages from the first one's cache
        done = build(tmp_path, index__md=text + TOC, chapter__ipynb=chapter)
        assert done.returncode != 0
        assert f"{tmp_path / 'index.md'}:5: WARNING: broken formula: KaTeX parse" in done.stderr
        notebook_path = tmp_path / "chapter.ipynb"
        assert f"{notebook_path}: cell 2, line 3: WARNING: broken formula" in done.stderr
        assert f"{notebook_path}: cell 3, line 1: WARNING: a picture has no alt" in done.stderr
        assert done.stderr.count("WARNING") == 3


def test_lock_file_pins_katex_and_names_no_registry():
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    asked = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert lock["packages"]["node_modules/katex"]["version"] == asked["katex"]
    assert not any("resolved" in package for package in lock["packages"].values())
