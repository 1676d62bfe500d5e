"""What readers do with the site: search, read in the dark, copy, unfold, download, print."""

import json
import re
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path
from urllib.parse import urljoin

import nbformat
import pytest
from losses_site.search import read
from playwright.sync_api import Browser, Locator, Page, expect

from .browsing import Watch, lay_out
from .building import BOOK
from .looking import FINISH_TRANSITIONS, WIDTHS

FIRST = "introduction.html"
CHAPTER = "regression/l1.html"
DIVERGENCE = "distribution/kl_div.html"
CLIPBOARD = ["clipboard-read", "clipboard-write"]

Opener = Callable[..., Page]
Results = Callable[[str], list[list[str]]]


@pytest.fixture
def opened(browser: Browser, address: str) -> Iterator[Opener]:
    """Opens pages, at a desk if nothing else is asked for. None of them may have a problem."""
    watches, contexts = [], []

    def open_page(name: str, size: str = "desk", **options: object) -> Page:
        viewport = {"width": WIDTHS[size], "height": 800}
        settings = {"viewport": viewport, "reduced_motion": "reduce"} | options
        contexts.append(browser.new_context(**settings))
        page = contexts[-1].new_page()
        watches.append(Watch(page, address))
        page.goto(address + name)
        return page

    yield open_page
    problems = [problem for watch in watches for problem in watch.problems()]
    for context in contexts:
        context.close()
    assert not problems, "\n".join(problems)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty page."""
    with browser.new_context() as context, context.new_page() as page:
        yield page


def notebook(page_name: str) -> nbformat.NotebookNode:
    """The committed notebook of a chapter."""
    return nbformat.read(BOOK / Path(page_name).with_suffix(".ipynb"), as_version=4)


# How bright an element's text and its background are, from 0 to 1. Where the background is
# transparent, that of the nearest box around it counts; paper is white.
BRIGHTNESS = """elements => {
  const channels = colour => colour.match(/[\\d.]+/g).map(Number);
  const bright = ([r, g, b]) => (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
  const ground = element => {
    if (!element) return [255, 255, 255];
    const colour = channels(getComputedStyle(element).backgroundColor);
    return colour.length > 3 && colour[3] === 0 ? ground(element.parentElement) : colour;
  };
  return elements.filter(element => element.checkVisibility()).map(element => (
    { text: bright(channels(getComputedStyle(element).color)),
      ground: bright(ground(element)),
      words: element.textContent.trim() }));
}"""


# --- the start ------------------------------------------------------------------------------------


def test_the_site_s_root_leads_to_the_first_page(opened: Opener) -> None:
    """A visitor of the bare address gets the introduction."""
    page = opened("")
    page.wait_for_url(f"**/{FIRST}")
    expect(page.locator("h1")).to_contain_text("PyTorch losses")


def test_a_wrong_address_shows_a_page_that_helps(page: Page, address: str) -> None:
    """At any depth: with the site's style, and links that work."""
    watch = Watch(page, address)
    wrong = f"{address}no/such/page.html"
    assert page.goto(wrong).status == 404
    expect(page.locator("h1")).to_have_text("Page not found")
    failed, console = watch.problems()  # the wrong address, and nothing else
    assert failed == f"failed request: {wrong}: 404"
    assert "404" in console
    page.locator("article a", has_text="first page").click()
    page.wait_for_url(f"**/{FIRST}")
    assert watch.problems() == []


def test_the_address_of_a_section_that_moved_leads_on(opened: Opener) -> None:
    """To another page, or on the page: also by a link of the page, which does not load it again."""
    page = opened("multiclass/cross_entropy.html#softmax-twice")
    page.wait_for_url("**/multiclass/cross_entropy_errors.html#*")
    expect(page.locator("section:target > h4")).to_contain_text("a softmax too many")
    page = opened("regression/l1.html#the-module-has-no-weight")
    page.wait_for_url("**/regression/l1.html#weight")
    page.evaluate("location.hash = 'l1loss-sum-returns-the-mean'")
    page.wait_for_url("**/regression/l1.html#reduction-is-ignored")
    page.evaluate("location.hash = 'constructor'")  # what no table has stays as it is
    page.wait_for_url("**/regression/l1.html#constructor")


# --- search ---------------------------------------------------------------------------------------


SEARCHING = 20_000  # milliseconds: on a busy machine the index takes a while; a hang takes longer


def search(page: Page, words: str) -> Locator:
    """Type words into the field beside the text; gives the links to what was found."""
    page.locator(".sidebar-search").fill(words)
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?*")
    expect(page.locator(".search-summary")).to_contain_text("found", timeout=SEARCHING)
    return page.locator("#search-results ul.search li > a")


@pytest.fixture
def results(opened: Opener) -> Results:
    """Asks the search; gives place (such as `regression/l1#weight`) and title, the best first."""
    page = opened("search.html?q=loss")
    expect(page.locator(".search-summary")).to_contain_text("found", timeout=SEARCHING)
    found = "text => Search._performSearch(text).reverse().map(([p, title, a]) => [p + a, title])"
    return lambda text: page.evaluate(found, text)


def test_search_finds_a_title_and_shows_where_it_stands(opened: Opener) -> None:
    """The result has an excerpt, and its link leads to the page."""
    page = opened(FIRST)
    search(page, "Kullback–Leibler divergence")
    best = page.locator("ul.search > li", has_text="KLDivLoss").first
    expect(best.locator(".context")).to_contain_text("divergence")
    best.locator("a").first.click()
    page.wait_for_url(f"**/{DIVERGENCE}*")
    expect(page.locator("h1")).to_contain_text("KLDivLoss")


def test_search_finds_what_a_cell_printed(opened: Opener) -> None:
    """Outputs are part of the text: a message can be looked up."""
    message = "size_average and reduce args will be deprecated"
    assert message in json.dumps(notebook(CHAPTER))
    found = search(opened(FIRST), message)
    expect(found.filter(has_text="L1Loss").first).to_be_visible()


PASTED = {
    "IndexError: Target 10 is out of bounds.": "Target 3 is out of bounds.",
    "Expected object of scalar type Long but got scalar type Int for argument #2 'target'": (
        "expected target dtype to be Long or Byte, but got Float"
    ),
    "The size of tensor a (128) must match the size of tensor b (10) at dimension 1": (
        "The size of tensor a (3) must match the size of tensor b (2) at non-singleton dimension 0"
    ),
    **dict.fromkeys(("0.6931", "0.6932", ".69", "2.303"), "0.6931, 1.0986, 2.3026: stuck at log C"),
    **dict.fromkeys(("0.5514", "1.461"), "0.3133, 0.5514, 1.4612: an activation too many"),
    "Expected all tensors to be on the same device, but found at least two devices, cuda:0 and": (
        "Expected all tensors to be on the same device"
    ),
    "'float' object has no attribute 'backward'": "'float' object has no attribute 'backward'",
}


def test_the_first_page_has_a_field_for_a_message(opened: Opener) -> None:
    """Below its title, and on a phone as well; so has the page of mistakes."""
    for name in (FIRST, "overview/mistakes.html"):
        page = opened(name, "phone")
        page.get_by_label("An error message or a number").fill("Target 10 is out of bounds.")
        page.keyboard.press("Enter")
        expect(page.locator("ul.search li > a").first).to_contain_text("Target 3 is out of bounds.")


@pytest.mark.parametrize("message", PASTED)
def test_search_leads_from_a_message_to_its_mistake(opened: Opener, message: str) -> None:
    """Whatever numbers are in it: the heading of *Find your mistake* is the first result."""
    page = opened(FIRST)
    found = search(page, message)
    expect(found.first).to_have_text(f"Find your mistake > {PASTED[message]}")
    found.first.click()
    page.wait_for_url("**/overview/mistakes.html*")
    expect(page.locator("h3:target, section:target > h3").first).to_contain_text(PASTED[message])


def test_search_knows_every_wording_of_every_release(results: Results) -> None:
    """The first result is the heading below which the wording stands."""
    mistakes = [mistake for group in read(BOOK, "mistakes").values() for mistake in group]
    wrong = {
        wording: title
        for mistake in mistakes
        for wording in [mistake["see"], *mistake.get("wordings", ())]
        if (title := results(wording)[0][1]) != escape(f"Find your mistake > {mistake['see']}")
    }
    assert len(mistakes) > 50
    assert wrong == {}


# How many of the list in queries.yaml may lack an answer as their first result.
MOST_MISSED = {"queries": 3, "held_back": 14}


@pytest.mark.parametrize("which", MOST_MISSED)
def test_what_people_write_leads_to_the_answer(results: Results, which: str) -> None:
    """To the section, as the first result: for 95 of 100 of those that the search was made for."""
    queries = read(Path(__file__).parent, "queries")[which]
    missed = {
        query["query"]: found
        for query in queries
        if (found := results(query["query"])[0][0]) not in query["answers"]
    }
    assert len(queries) == {"queries": 70, "held_back": 24}[which]
    assert len(missed) <= MOST_MISSED[which], missed


@pytest.mark.parametrize("words", ["KLDivLoss", "reduction", "softmax", "label_smoothing"])
def test_search_for_a_name_is_no_message(opened: Opener, words: str) -> None:
    """*Find your mistake* does not stand before the page on it."""
    expect(search(opened(FIRST), words).first).not_to_contain_text("Find your mistake")


def test_search_says_when_nothing_was_found(opened: Opener) -> None:
    """And does not wait for ever."""
    page = opened("search.html?q=xyzzyplugh")
    expect(page.locator("#search-results")).to_contain_text("did not match any documents")
    page.get_by_role("main").get_by_role("link", name="Find your mistake").click()
    page.wait_for_url("**/overview/mistakes.html")


# --- from a disk ----------------------------------------------------------------------------------


def test_the_book_can_be_read_from_a_disk(page: Page, site: Path) -> None:
    """Without any host: start page, chapters, formulas with their fonts, pictures, search."""
    watch = Watch(page, f"{site.as_uri()}/")
    page.goto(f"{site.as_uri()}/index.html")
    page.wait_for_url(f"**/{FIRST}")
    page.locator(".sidebar-tree").get_by_text("L1Loss", exact=True).click()
    expect(page.locator("h1")).to_contain_text("L1Loss")
    page.evaluate("document.fonts.ready")
    assert page.evaluate("document.fonts.check('16px KaTeX_Main')")
    broken = "[...document.images].filter(image => !image.naturalWidth).map(image => image.src)"
    assert page.evaluate(broken) == []
    search(page, "Kullback").filter(has_text="KLDivLoss").first.click()
    expect(page.locator("h1")).to_contain_text("KLDivLoss")
    # Chromium complains that it may not load fonts ahead from a disk; it loads them a moment later.
    assert not [problem for problem in watch.problems() if problem.startswith("foreign request")]


# --- light and dark -------------------------------------------------------------------------------


@pytest.mark.parametrize("size", WIDTHS)
def test_dark_mode_stays(opened: Opener, size: str) -> None:
    """Over a reload and on other pages, on a device that is set to light."""
    page = opened(CHAPTER, size, color_scheme="light")
    (title,) = page.locator("article h1").evaluate_all(BRIGHTNESS)
    assert title["text"] < 0.3
    assert title["ground"] > 0.9
    for _ in range(2):  # from "as the device", which is light, over light or not, to dark
        if page.locator("body").get_attribute("data-theme") != "dark":
            page.locator(".theme-toggle:visible").first.click()
    assert_dark(page)
    page.reload()
    assert_dark(page)
    page.locator(".next-page").click()
    expect(page.locator("h1")).to_contain_text("MSELoss")
    assert_dark(page)


def assert_dark(page: Page) -> None:
    """The page has bright text on a dark ground."""
    page.evaluate(FINISH_TRANSITIONS)
    (title,) = page.locator("article h1").evaluate_all(BRIGHTNESS)
    assert title["text"] > 0.7
    assert title["ground"] < 0.2


def test_dark_mode_follows_the_device(opened: Opener) -> None:
    """Until a reader chooses."""
    assert_dark(opened(CHAPTER, color_scheme="dark"))


# --- cells ----------------------------------------------------------------------------------------


def test_the_copy_button_copies_the_code_alone(opened: Opener) -> None:
    """Of each cell: character by character what the notebook has, and nothing of its output."""
    page = opened(CHAPTER, permissions=CLIPBOARD)
    for fold in page.locator("article details > summary").all():
        fold.click()
    cells = [cell.source for cell in notebook(CHAPTER).cells if cell.cell_type == "code"]
    buttons = page.locator("button.copybtn")
    expect(buttons).to_have_count(len(cells))
    for button, source in zip(buttons.all(), cells, strict=True):
        button.click()
        assert page.evaluate("navigator.clipboard.readText()").rstrip("\n") == source
        expect(button).to_have_class("copybtn o-tooltip--left success")


def solutions(page: Page) -> Locator:
    """The folds of a chapter's exercises."""
    return page.locator("section[id^=exercise] details")


def test_solutions_unfold_by_mouse(opened: Opener) -> None:
    """Closed at first, open after a click, closed after another."""
    page = opened(CHAPTER)
    assert solutions(page).count() >= 2
    for fold in solutions(page).all():
        code = fold.locator("pre").first
        expect(code).to_be_hidden()
        fold.locator("summary").click()
        expect(code).to_be_visible()
        fold.locator("summary").click()
        expect(code).to_be_hidden()


def test_solutions_unfold_by_keyboard(opened: Opener) -> None:
    """With Enter and with the space bar."""
    page = opened(CHAPTER)
    fold = solutions(page).first
    fold.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(fold.locator("pre").first).to_be_visible()
    page.keyboard.press("Space")
    expect(fold.locator("pre").first).to_be_hidden()


# --- downloads ------------------------------------------------------------------------------------


def test_the_notebook_can_be_downloaded(opened: Opener) -> None:
    """Under its name, valid, and byte by byte the committed one."""
    page = opened(CHAPTER)
    with page.expect_download() as downloading:
        page.get_by_text("Download this chapter").click()
    download = downloading.value
    assert download.suggested_filename == "l1.ipynb"
    downloaded = Path(download.path()).read_bytes()
    assert downloaded == (BOOK / CHAPTER).with_suffix(".ipynb").read_bytes()
    nbformat.validate(nbformat.reads(downloaded.decode(), as_version=4))


# --- long pages -----------------------------------------------------------------------------------

PLACE = "exercises"  # a section below long ones, whose heights a browser cannot guess
# Nothing has moved for half a second.
AT_REST = """async () => {
  let before, since = 0;
  while (since < 30) {
    await new Promise(requestAnimationFrame);
    const now = `${scrollY} ${document.documentElement.scrollHeight}`;
    since = now === before ? since + 1 : 0;
    before = now;
  }
}"""
FAR_BELOW = "#in-the-older-texts .table-wrapper, #in-the-older-texts pre"
LAID_OUT = "element => element.checkVisibility({ contentVisibilityAuto: true })"


def stands_at_the_top(page: Page, place: str = PLACE) -> None:
    """The section of this name begins where the screen does, and stays there."""
    page.evaluate(AT_REST)
    assert page.locator(f"#{place}").bounding_box()["y"] == pytest.approx(40, abs=30)


def test_what_is_far_below_is_laid_out_when_a_reader_comes_near(opened: Opener) -> None:
    """Its boxes that can be scrolled then take the focus."""
    page = opened(FIRST, "phone")
    page.add_init_script("globalThis.requestIdleCallback = () => {}")  # there is always more to do
    page.goto(urljoin(page.url, CHAPTER))
    box = page.locator(FAR_BELOW).first
    assert not box.evaluate(LAID_OUT)
    assert box.get_attribute("tabindex") is None
    box.scroll_into_view_if_needed()
    expect(box).to_have_attribute("tabindex", "0")
    expect(box).to_have_attribute("aria-label", re.compile("can be scrolled"))
    assert box.evaluate(LAID_OUT)


def test_what_is_far_below_is_laid_out_when_there_is_time(opened: Opener) -> None:
    """A browser's search and a screen reader find all in its place, and nothing has moved."""
    page = opened(CHAPTER, "phone")
    expect(page.locator(FAR_BELOW).first).to_have_attribute("tabindex", "0")
    page.evaluate(AT_REST)
    height = page.evaluate("document.documentElement.scrollHeight")
    lay_out(page)
    assert page.evaluate("document.documentElement.scrollHeight") == height


def test_a_link_leads_to_its_place(opened: Opener) -> None:
    """From another page and on the same one."""
    stands_at_the_top(opened(f"{CHAPTER}#{PLACE}"))
    page = opened(CHAPTER)
    page.locator(f".toc-tree a[href='#{PLACE}']").click()
    stands_at_the_top(page)


def test_who_comes_back_finds_the_place_again(opened: Opener, address: str) -> None:
    """After a reload, and back from another page."""
    page = opened(CHAPTER)
    page.evaluate("document.documentElement.classList.add('whole')")
    page.locator(f"#{PLACE}").evaluate("section => scrollTo(0, section.offsetTop - 40)")
    stands_at_the_top(page)
    page.reload()
    stands_at_the_top(page)
    page.goto(address + FIRST)
    page.go_back()
    stands_at_the_top(page)


# --- without a mouse, without scripts, on paper ---------------------------------------------------

FOCUSED = """() => {
  const element = document.activeElement;
  const box = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  return {
    what: element.matches("a, button, input, summary") ? element.cloneNode().outerHTML : "other",
    text: element.textContent.trim(),
    seen: box.width > 0 && box.bottom > 0 && box.top < innerHeight && style.visibility !== "hidden",
    marked: style.outlineStyle !== "none" || style.boxShadow !== "none",
  };
}"""


def tab_through(page: Page, most: int = 400) -> Iterator[dict]:
    """What has the focus after each press of the tab key, once around the page."""
    # The theme scrolls slowly; what has the focus would still be on its way to the screen.
    page.evaluate("document.querySelectorAll('*').forEach(e => e.style.scrollBehavior = 'auto')")
    for _ in range(most):
        page.keyboard.press("Tab")
        page.evaluate(FINISH_TRANSITIONS)
        if page.evaluate("document.activeElement === document.body"):
            return
        yield page.evaluate(FOCUSED)
    raise AssertionError(f"the tab key does not come to the end of the page in {most} steps")


def test_the_tab_key_reaches_everything(opened: Opener) -> None:
    """Each control is on the screen and marked while it has the focus."""
    stops = list(tab_through(opened(CHAPTER)))
    assert [stop for stop in stops if not (stop["seen"] and stop["marked"])] == []
    reached = "\n".join(stop["what"] for stop in stops)
    for control in (
        'class="skip-to-content',
        'class="sidebar-search"',
        'href="mse.html"',
        'class="theme-toggle"',
        'download="l1.ipynb"',
        'class="copybtn',
        "<summary",
        'class="next-page"',
    ):
        assert control in reached


def press_tab_up_to(page: Page, control: Locator, most: int = 3) -> None:
    """Press the tab key until a control near the start of the page has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if control.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"the tab key does not come to {control} in {most} steps")


def test_the_skip_link_leads_to_the_text(opened: Opener) -> None:
    """It comes before all other links, and the tab key goes on from the text."""
    page = opened(CHAPTER)
    press_tab_up_to(page, page.locator(".skip-to-content"))
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("!!document.activeElement.closest('article')")


@pytest.mark.parametrize(
    ("button", "side", "link"),
    [
        (".nav-overlay-icon", ".sidebar-drawer", "BCELoss"),
        (".toc-header-icon", ".toc-drawer", "Exercises"),
    ],
)
def test_the_menus_of_a_phone_work_by_keyboard(
    opened: Opener, button: str, side: str, link: str
) -> None:
    """The book's contents and the page's open, their links can be reached, and they close."""
    page = opened(CHAPTER, "phone")
    menu, drawer = page.locator(button), page.locator(side)
    expect(drawer).not_to_be_in_viewport()
    press_tab_up_to(page, menu, most=5)
    page.keyboard.press("Enter")
    expect(drawer).to_be_in_viewport()
    entry = drawer.locator("a", has_text=link).first
    press_tab_up_to(page, entry, most=400)
    expect(entry).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(drawer).not_to_be_in_viewport()


def test_the_menu_of_a_phone_works_by_touch(opened: Opener) -> None:
    """A tap on its button opens it, a tap beside it closes it."""
    page = opened(CHAPTER, "phone", has_touch=True)
    drawer = page.locator(".sidebar-drawer")
    page.locator(".nav-overlay-icon").tap()
    expect(drawer).to_be_in_viewport()
    page.touchscreen.tap(350, 400)
    expect(drawer).not_to_be_in_viewport()


def test_a_page_can_be_read_without_scripts(opened: Opener) -> None:
    """Text, formulas in their fonts, code, pictures, links and folds need none."""
    page = opened(CHAPTER, java_script_enabled=False)
    formula = page.locator("article .katex").first
    expect(formula.locator(".katex-html")).to_be_visible()
    expect(formula.locator("math")).to_have_text("ℓ=∣x−y∣\\ell = \\lvert x - y \\rvert")
    assert "KaTeX_Main" in formula.evaluate("element => getComputedStyle(element).fontFamily")
    expect(page.locator("article .cell_output img").first).to_be_visible()
    expect(page.locator(".sidebar-tree a", has_text="MSELoss")).to_be_visible()
    fold = solutions(page).first
    fold.locator("summary").click()
    expect(fold.locator("pre").first).to_be_visible()


@pytest.mark.parametrize("name", [FIRST, CHAPTER, "reference/helpers.html"])
def test_paper_is_white_and_has_the_text_alone(opened: Opener, name: str) -> None:
    """In dark mode too."""
    page = opened(name, color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    for beside in ("aside.sidebar-drawer", "aside.toc-drawer", "header.mobile-header", "button"):
        for element in page.locator(beside).all():
            expect(element).to_be_hidden()
    printed = page.locator("article *").evaluate_all(BRIGHTNESS)
    assert len(printed) > 100
    assert [part for part in printed if part["words"] and part["text"] > 0.55] == []
    assert [part for part in printed if part["words"] and part["ground"] < 0.85] == []
