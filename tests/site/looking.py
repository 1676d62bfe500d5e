"""Looks at a page as a reader has it: on a phone or at a desk, in light and dark."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from playwright.sync_api import Browser, Response

from .browsing import Watch, lay_out
from .building import ROOT

WIDTHS = {"phone": 360, "desk": 1280}
THEMES = ("light", "dark")
MOST_BYTES = 200_000  # for the first view of a page, without its pictures
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"

# Colours must not be on their way from one theme to the other when axe reads them.
FINISH_TRANSITIONS = "document.getAnimations().forEach(animation => animation.finish())"

# Names what sticks out, so that one need not search for it. What scrolls in a box does not count.
OVERFLOW = """() => {
  const page = document.documentElement;
  if (page.scrollWidth <= page.clientWidth) return null;
  const scrolls = e => getComputedStyle(e).overflowX !== "visible";
  const boxed = e => e.parentElement && e.parentElement !== document.body
    && (scrolls(e.parentElement) || boxed(e.parentElement));
  const wide = [...document.body.querySelectorAll("*")].filter(
    e => e.getBoundingClientRect().right > page.clientWidth && !boxed(e));
  const name = e => e.tagName.toLowerCase() + (e.id ? "#" + e.id : "")
    + [...e.classList].map(c => "." + c).join("");
  return `${page.scrollWidth} px wide in ${page.clientWidth}: `
    + wide.slice(0, 3).map(name).join(", ");
}"""

RUN_AXE = """() => axe.run({ resultTypes: ["violations"] }).then(results =>
  results.violations.map(violation => `${violation.id}: ${violation.help}: ` + violation.nodes
    .slice(0, 3).map(node => node.target.join(" ")).join(", ")
    + (violation.nodes.length > 3 ? `, and ${violation.nodes.length - 3} more` : "")))"""


@dataclass
class Sight:
    """What a look at a page brought."""

    problems: list[str]
    transferred: int


def look(
    browser: Browser, address: str, name: str, size: str, axe: Collection[str] = THEMES
) -> Sight:
    """Open a page as a first-time reader does, in both themes; ask axe in the themes it names."""
    viewport = {"width": WIDTHS[size], "height": 800}
    with browser.new_context(viewport=viewport) as context, context.new_page() as page:
        watch = Watch(page, address)
        page.goto(address + name)
        lay_out(page)
        problems = []
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)
            page.evaluate(FINISH_TRANSITIONS)
            if overflow := page.evaluate(OVERFLOW):
                problems.append(f"{theme}: scrolls sideways: {overflow}")
            if theme in axe:
                page.evaluate(_axe())
                problems += [f"{theme}: axe: {found}" for found in page.evaluate(RUN_AXE)]
        transferred = sum(map(_bytes, watch.responses))
        if transferred > MOST_BYTES:
            problems.append(f"too heavy: {transferred} bytes, more than {MOST_BYTES}")
        return Sight(watch.problems() + problems, transferred)


def _bytes(response: Response) -> int:
    """What a response took on the line, packed and with its headers; nothing for a picture."""
    if response.request.resource_type == "image":
        return 0
    size = response.request.sizes()
    return size["responseBodySize"] + size["responseHeadersSize"]


@cache
def _axe() -> str:
    """The source of axe, which npm brings."""
    return AXE.read_text(encoding="utf-8")
