"""Formulas, figures and tables on the site.

These tests need KaTeX in node_modules/: `make test` installs it, and so does `npm ci`.
"""

import json

import pytest
from bs4 import BeautifulSoup
from losses_site.formulas import Katex

from .tiny_site import KATEX, ROOT, SVG, TOC, build, notebook


@pytest.fixture(scope="module")
def katex():
    """A running KaTeX, ended after the tests of this file."""
    katex = Katex(KATEX)
    yield katex
    katex.close()


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


def test_missing_katex_says_what_to_run(tmp_path):
    with pytest.raises(Exception, match=r"KaTeX is missing.*make book.*npm ci"):
        Katex(tmp_path / "katex").render("x")


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


def test_what_is_no_heading_of_a_table_is_not_written_as_one(tmp_path):
    text = "# Title\n\n| | |\n| - | - |\n| a | 1 |\n\n| | m |\n| - | - |\n| b | 2 |\n"
    done = build(tmp_path, index__md=text)
    assert done.returncode == 0, done.stderr
    html = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    first, second = BeautifulSoup(html, "html.parser").article.find_all("table")
    assert [th.get_text(strip=True) for th in first.find_all("th")] == ["a"]
    assert first.thead is None
    assert [th.get_text(strip=True) for th in second.find_all("th")] == ["m"]
    assert second.thead.td.get_text(strip=True) == ""


def test_lock_file_pins_katex_and_names_no_registry():
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    asked = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert lock["packages"]["node_modules/katex"]["version"] == asked["katex"]
    assert not any("resolved" in package for package in lock["packages"].values())
