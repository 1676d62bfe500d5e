"""Every chapter that has the new shape keeps its measures: see `measuring`."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.book.contents import BOOK

from .hosting import hosted
from .measuring import bound_chapters, measure, print_table

PAGE = """<!doctype html><meta name="viewport" content="width=device-width,initial-scale=1">
<style>body {{ margin: 0 }} p {{ margin: 0; height: {pad}px }} div {{ overflow-x: auto }}
img {{ max-width: 100% }}</style>
<div class="content"><article>
<p></p>
<div class="cell_output"><img width="{width}" height="300" alt=""></div>
<section id="by-hand"></section>
<details><summary></summary><p style="height: {fold}px"></p></details>
<div class="box"><div style="width: {box}px">words</div></div>
<pre style="overflow-x: auto"><code style="display: block; width: {code}px">code</code></pre>
<p style="height: {rest}px"></p>
</article></div>"""
SOUND = {
    "pad": 700,
    "width": 640,
    "fold": 900,
    "box": 300,
    "code": 700,
    "rest": 9000,
}

# (what is changed, what is said)
BREAKS = [
    ({"pad": 961}, "the opening picture begins after 1.20 screens; at most 1.2"),
    ({"width": 599}, "the opening picture is 599 pixels wide; at least 600"),
    ({"pad": 1781}, "'By hand' begins after 2.61 screens"),
    ({"rest": 19000}, "the page ends after"),
    ({"fold": 20000}, "with open folds it ends after"),
    ({"box": 1400}, "scrolls sideways at 1280 pixels: div.box (1400 in 1280 px): words"),
    ({"code": 1400}, "scrolls sideways at 1280 pixels: pre (1400 in 1280 px): code"),
    ({"box": 700}, "scrolls sideways at 390 pixels: div.box (700 in 390 px): words"),
]


@pytest.fixture
def page(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A file, and its address."""
    (tmp_path / "404.html").touch()
    with hosted(tmp_path) as address:
        yield tmp_path / "page.html", f"{address}page.html"


@pytest.mark.parametrize("path", bound_chapters(), ids=lambda p: str(p.relative_to(BOOK)))
def test_a_chapter_keeps_its_measures(browser: Browser, address: str, path: Path) -> None:
    """At 1280 × 800, and what may scroll on a phone."""
    name = path.relative_to(BOOK).with_suffix(".html").as_posix()
    problems = list(measure(browser, address + name).problems())
    assert not problems, "\n".join(problems)


def test_a_sound_page_is_measured(browser: Browser, page: tuple[Path, str]) -> None:
    """Places and lengths in screens; the long line of code may scroll on a phone."""
    file, address = page
    file.write_text(PAGE.format(**SOUND), encoding="utf-8")
    found = measure(browser, address)
    assert (found.picture_begins, found.picture_width) == (700 / 800, 640)
    assert 1000 / 800 < found.by_hand < 1010 / 800
    assert found.unfolded == pytest.approx(found.screens + 900 / 800)
    assert list(found.problems()) == []


@pytest.mark.parametrize(("changed", "said"), BREAKS)
def test_a_page_that_exceeds_a_limit_is_found(
    browser: Browser, page: tuple[Path, str], changed: dict, said: str
) -> None:
    """With what exceeds it."""
    file, address = page
    file.write_text(PAGE.format(**SOUND | changed), encoding="utf-8")
    problems = list(measure(browser, address).problems())
    assert any(said in problem for problem in problems)


def test_a_page_without_a_picture_is_found(browser: Browser, page: tuple[Path, str]) -> None:
    """Its place cannot be measured."""
    file, address = page
    file.write_text("<article><p>Words.</p></article>", encoding="utf-8")
    assert list(measure(browser, address).problems()) == ["there is no opening picture"]


def test_the_table(browser: Browser, address: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A line for each chapter that is named, and below it what is wrong."""
    problems = print_table(browser, address, [BOOK / "multiclass" / "cross_entropy.ipynb"])
    *_, line = capsys.readouterr().out.splitlines()
    assert line.startswith("| multiclass/cross_entropy | ")
    assert all(problem.startswith("multiclass/cross_entropy: ") for problem in problems)
