"""Measures chapters on the built site: `make measure`.

The limits and their reasons stand in `tests/book/shape.py`. A screen is 1280 × 800 pixels.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.book import shape
from tests.book.contents import chapters
from tests.book.rules import CELL_LINES
from tests.notebook_check.notebook import Notebook
from tests.notebook_check.rules import columns

from .browsing import lay_out, running_browser
from .building import ROOT
from .hosting import hosted

WIDTH, HEIGHT, PHONE = 1280, 800, 390
# On a phone code and wide tables may scroll in their boxes, at a desk nothing may.
MAY_SCROLL = "pre, .highlight, .table-wrapper, .output.text_html, .explanation table"

HEADS = """() => {
  const top = e => e ? e.getBoundingClientRect().top + scrollY : null;
  const picture = document.querySelector("article .cell_output img");
  const { width } = picture?.getBoundingClientRect() ?? { width: 0 };
  return [top(picture), width, top(document.getElementById("by-hand"))];
}"""
LENGTH = "document.documentElement.scrollHeight"
UNFOLD = "document.querySelectorAll('article details').forEach(fold => { fold.open = true; })"
# What is wider than its box, be it hidden or scrolled to; each with the words that it starts with.
SIDEWAYS = """allowed => {
  const boxes = [document.documentElement, ...document.querySelectorAll(".content, .content *")];
  return boxes.filter(e => e.clientWidth && e.scrollWidth > e.clientWidth + 1
      && (e === document.documentElement || /auto|scroll/.test(getComputedStyle(e).overflowX))
      && !(allowed && e.matches(allowed)))
    .map(e => `${e.tagName.toLowerCase()}${[...e.classList].map(c => "." + c).join("")} `
      + `(${e.scrollWidth} in ${e.clientWidth} px): ` + e.innerText.trim().slice(0, 60));
}"""


@dataclass(frozen=True)
class Measures:
    """A page in the browser: places and lengths in screens, a width in pixels, what scrolls."""

    picture_begins: float | None
    picture_width: float
    by_hand: float | None
    screens: float
    unfolded: float
    sideways: list[str]
    on_a_phone: list[str]

    def problems(self) -> Iterator[str]:
        """Which limits it exceeds, in words."""
        limits = {
            "the opening picture begins": (self.picture_begins, shape.PICTURE_BEGINS),
            "'By hand' begins": (self.by_hand, shape.BY_HAND_BEGINS),
            "the page ends": (self.screens, shape.SCREENS),
            "with open folds it ends": (self.unfolded, shape.SCREENS_UNFOLDED),
        }
        for what, (place, most) in limits.items():
            if place is not None and place > most:
                yield f"{what} after {place:.2f} screens; at most {most}"
        if self.picture_begins is None:
            yield "there is no opening picture"
        elif self.picture_width < shape.PICTURE_WIDTH:
            wide = f"{self.picture_width:.0f} pixels wide"
            yield f"the opening picture is {wide}; at least {shape.PICTURE_WIDTH}"
        yield from (f"scrolls sideways at {WIDTH} pixels: {box}" for box in self.sideways)
        yield from (f"scrolls sideways at {PHONE} pixels: {box}" for box in self.on_a_phone)


def measure(browser: Browser, address: str) -> Measures:
    """Look at a page at a desk, with folds closed and then open, and on a phone."""
    with browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}) as page:
        page.goto(address)
        lay_out(page)
        picture, width, by_hand = page.evaluate(HEADS)
        closed = page.evaluate(LENGTH)
        page.evaluate(UNFOLD)
        return Measures(
            picture_begins=_screens(picture),
            picture_width=width,
            by_hand=_screens(by_hand),
            screens=_screens(closed),
            unfolded=_screens(page.evaluate(LENGTH)),
            sideways=page.evaluate(SIDEWAYS, ""),
            on_a_phone=_on_a_phone(page),
        )


def _on_a_phone(page: Page) -> list[str]:
    """What scrolls there and should not."""
    page.set_viewport_size({"width": PHONE, "height": HEIGHT})
    return page.evaluate(SIDEWAYS, MAY_SCROLL)


def _screens(pixels: float | None) -> float | None:
    """A length in screens."""
    return None if pixels is None else pixels / HEIGHT


COLUMNS = (
    "chapter",
    f"cells (≤ {shape.CELLS})",
    f"longest (≤ {CELL_LINES})",
    f"widest code (≤ {shape.COLUMNS})",
    f"picture at (≤ {shape.PICTURE_BEGINS})",
    f"px (≥ {shape.PICTURE_WIDTH})",
    f"By hand at (≤ {shape.BY_HAND_BEGINS})",
    f"screens (≤ {shape.SCREENS})",
    f"unfolded (≤ {shape.SCREENS_UNFOLDED})",
    "sideways desk, phone",
)


def row(notebook: Notebook, found: Measures) -> str:
    """A chapter's line of the table."""
    lines = [cell.source.splitlines() for _, cell in notebook.code_cells()]
    cells = (
        shape.chapter(notebook),
        len(notebook.nb.cells),
        max(map(len, lines)),
        max(columns(line) for cell in lines for line in cell),
        _number(found.picture_begins),
        f"{found.picture_width:.0f}",
        _number(found.by_hand),
        _number(found.screens),
        _number(found.unfolded),
        f"{len(found.sideways)}, {len(found.on_a_phone)}",
    )
    return f"| {' | '.join(map(str, cells))} |"


def _number(value: float | None) -> str:
    """A length for the table."""
    return "–" if value is None else f"{value:.2f}"


def print_table(browser: Browser, address: str, paths: Sequence[Path]) -> list[str]:
    """Print the measures of chapters; gives what is wrong, their form included."""
    problems = []
    print(f"| {' | '.join(COLUMNS)} |\n| --- |{' ---: |' * (len(COLUMNS) - 1)}")
    for path in paths:
        notebook = Notebook.read(path)
        name = shape.chapter(notebook)
        found = measure(browser, f"{address}{name}.html")
        print(row(notebook, found), flush=True)
        broken = [*(p for rule in shape.RULES for p in rule(notebook)), *found.problems()]
        problems += [f"{name}: {problem}" for problem in broken]
    return problems


def bound_chapters() -> list[Path]:
    """The chapters that must have the shape."""
    return [path for path in chapters() if shape.is_bound(Notebook(path, ""))]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("chapters", nargs="*", type=Path, help="all on losses if none")
    named = [path.resolve() for path in parser.parse_args().chapters]
    everyone = [path for path in chapters() if not shape.is_overview(Notebook(path, ""))]
    with hosted(ROOT / "_build" / "html") as address, running_browser() as browser:
        wrong = print_table(browser, address, named or everyone)
    if wrong:
        sys.exit("\n" + "\n".join(wrong))
