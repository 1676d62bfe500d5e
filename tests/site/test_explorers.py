"""The explorers in a browser: after a drag, a key or a number they show what helpers say."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from losses_site.explorers import KIND_OF
from playwright.sync_api import Browser, Locator, Page

import helpers
from helpers.losses import LOSSES

from .browsing import Watch

CHAPTERS = {loss.name: loss.chapter for loss in LOSSES if loss.name in KIND_OF}
# One of each kind is dragged and moved by keys.
SAMPLES = {
    "binary_cross_entropy_with_logits": "the point at input",
    "cross_entropy": "score of class 0",
    "triplet_margin_loss": "negative",
}


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a phone's width, where the clipboard may be written to."""
    context = browser.new_context(viewport={"width": 360, "height": 800}, reduced_motion="reduce")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield context.new_page()
    context.close()


def opened(page: Page, address: str, name: str, numbers: str = "") -> Locator:
    """The explorer of a loss, opened by its button, or by a link with these numbers."""
    link = f"#explore={name}&{numbers}" if numbers else ""
    page.goto(f"{address}{CHAPTERS[name]}.html{link}")
    box = page.locator(f"[data-loss={name}]")
    if not numbers:
        box.get_by_role("button").click()
    box.locator("dl").wait_for()
    return box


def shown(box: Locator) -> dict[str, str]:
    """The lines of the sum, by what they are of."""
    names, lines = box.locator("dt").all_inner_texts(), box.locator("dd").all_inner_texts()
    return dict(zip(names, lines, strict=True))


def last_number(line: str) -> float:
    """The number that a line ends with."""
    return float(re.findall(r"−?[\d.]+(?:e−?\d+)?", line)[-1].replace("−", "-"))


def python_of(box: Locator) -> dict[str, Any]:
    """What the call that the explorer gives leaves behind when it is run."""
    space: dict[str, Any] = {}
    exec(box.locator("pre code").text_content() or "", space)
    return space


@pytest.mark.parametrize("name", KIND_OF)
def test_the_loss_shown_is_that_of_the_call_in_python(
    page: Page, address: str, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    watch = Watch(page, address)
    box = opened(page, address, name)
    lines = shown(box)
    line = lines.get("loss") or lines["distance"].split("(")[0]
    assert last_number(line) == pytest.approx(
        float(python_of(box)["loss"].sum().detach()), rel=1e-3
    )
    assert not watch.problems()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize(("name", "label"), SAMPLES.items())
def test_a_handle_is_dragged_and_moved_by_keys(
    page: Page, address: str, name: str, label: str
) -> None:
    box = opened(page, address, name)
    handle = box.get_by_label(label, exact=True)
    before = shown(box)
    handle.evaluate("one => one.scrollIntoView({ block: 'center' })")
    place = handle.bounding_box()
    assert place
    x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 20, y - 20, steps=3)
    page.mouse.up()
    dragged = shown(box)
    assert dragged != before
    handle.focus()
    page.keyboard.press("ArrowUp")
    assert shown(box) != dragged
    assert "oss" in (handle.get_attribute("aria-valuetext") or "")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == label


def test_a_finger_drags_a_handle_and_does_not_scroll(browser: Browser, address: str) -> None:
    phone = {"width": 360, "height": 800}
    context = browser.new_context(viewport=phone, has_touch=True, reduced_motion="reduce")
    page = context.new_page()
    box = opened(page, address, "cross_entropy")
    handle = box.get_by_label("score of class 0", exact=True)
    handle.evaluate("one => one.scrollIntoView({ block: 'center' })")
    place, scrolled = handle.bounding_box(), page.evaluate("scrollY")
    assert place
    x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
    finger = context.new_cdp_session(page)
    for kind, moved in [("touchStart", 0), *(("touchMove", 5 * n) for n in range(1, 11))]:
        points = [{"x": x, "y": y + moved}]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    # The scores go from -4 to 4 over 220 of the 400 units that the drawing is wide.
    width = box.locator("figure > svg").evaluate("one => one.getBoundingClientRect().width")
    fallen = 50 / (220 * width / 400) * 8
    assert float(handle.get_attribute("aria-valuenow") or 0) == pytest.approx(2 - fallen, abs=0.2)
    assert page.evaluate("scrollY") == scrolled
    context.close()


def test_more_classes_have_fields_of_their_own(page: Page, address: str) -> None:
    box = opened(page, address, "multi_margin_loss")
    box.get_by_label("classes", exact=True).select_option("5")
    box.get_by_label("input 4, as a number").fill("3.5")
    box.get_by_label("target", exact=True).select_option("4")
    scores = [[1.0, 0.5, -1.0, 0.0, 3.5]]
    line = shown(box)["loss"]
    assert last_number(line) == pytest.approx(helpers.multi_margin_loss(scores, [4]), rel=1e-3)
    box.get_by_label("classes", exact=True).select_option("3")
    assert box.get_by_label("target", exact=True).input_value() == "2"
    assert not box.get_by_label("input 4, as a number").is_visible()


def test_a_rate_is_not_below_0(page: Page, address: str) -> None:
    box = opened(page, address, "poisson_nll_loss", "input=-1&target=2&log_input=true")
    box.get_by_label("log_input", exact=True).select_option("false")
    assert box.get_by_label("input, as a number").input_value() == "0"
    box.get_by_label("input, as a number").fill("-1")
    assert box.get_by_role("status").inner_text() == "input goes from 0 to 4."


def test_a_mean_over_no_weight_is_no_number(page: Page, address: str) -> None:
    numbers = "target=0&second=0&weight=0,2,1,1,1&label_smoothing=0.3"
    line = shown(opened(page, address, "cross_entropy", numbers))["mean of a batch of two"]
    assert "= nan" in line


def test_a_number_is_typed(page: Page, address: str) -> None:
    box = opened(page, address, "binary_cross_entropy_with_logits")
    box.get_by_label("input, as a number").fill("-1.25")
    box.get_by_label("target, as a number").fill("1")
    expected = helpers.binary_cross_entropy_with_logits([-1.25], [1.0])
    slope = helpers.binary_cross_entropy_with_logits_grad([-1.25], [1.0])[0]
    assert last_number(shown(box)["loss"]) == pytest.approx(expected, rel=1e-3)
    assert last_number(shown(box)["slope for input"]) == pytest.approx(slope, rel=1e-3)
    field = box.get_by_label("target, as a number")
    field.fill("3")  # beyond 1
    assert field.get_attribute("aria-invalid") == "true"
    assert box.get_by_role("status").inner_text() == "target goes from 0 to 1."
    assert last_number(shown(box)["loss"]) == pytest.approx(expected, rel=1e-3)


def test_a_link_keeps_the_numbers(page: Page, address: str) -> None:
    numbers = "input=1,2,0.5&target=1&weight=1,3,1,1,1&label_smoothing=0.1"
    box = opened(page, address, "cross_entropy", numbers)
    expected = helpers.cross_entropy(
        [[1.0, 2.0, 0.5]], [1], weight=[1.0, 3.0, 1.0], label_smoothing=0.1, reduction="sum"
    )
    assert last_number(shown(box)["loss"]) == pytest.approx(expected, rel=1e-3)
    box.get_by_role("button", name="Copy a link").click()
    box.get_by_text("The link is copied.").wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    lines = shown(box)
    box.get_by_role("button", name="Start again").click()
    assert shown(box) != lines
    page.goto("about:blank")
    again = opened(page, address, "cross_entropy", link.partition("explore=cross_entropy&")[2])
    assert shown(again) == lines


def test_the_plane_follows_the_norm(page: Page, address: str) -> None:
    box = opened(page, address, "pairwise_distance", "x1=0,0&x2=1,2&p=1")
    assert "= 3 " in shown(box)["distance"]
    box.get_by_label("p", exact=True).select_option("Infinity")
    assert "= 2 " in shown(box)["distance"]


def test_a_link_is_copied_before_anything_was_moved(page: Page, address: str) -> None:
    box = opened(page, address, "l1_loss")
    box.get_by_role("button", name="Copy a link").click()
    box.get_by_text("The link is copied.").wait_for()
    assert "#explore=l1_loss&input=2&target=0" in page.evaluate("navigator.clipboard.readText()")


def test_it_takes_the_place_of_the_picture_that_is_touched(page: Page, address: str) -> None:
    page.goto(f"{address}{CHAPTERS['smooth_l1_loss']}.html")
    picture = page.locator("article .cell_output img").first
    picture.click()
    page.locator("[data-loss=smooth_l1_loss] dl").wait_for()
    assert not picture.is_visible()
    assert page.locator("[data-loss=huber_loss] > button").is_visible()
    page.emulate_media(media="print")
    assert picture.is_visible()
    assert not page.locator("[data-loss=smooth_l1_loss]").is_visible()


def test_without_a_script_the_picture_is_all(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}{CHAPTERS['l1_loss']}.html")
    assert page.locator("article .cell_output img").first.is_visible()
    assert not page.locator(".explorer").first.is_visible()
    context.close()


def test_the_page_has_all_of_them(page: Page, address: str) -> None:
    page.goto(f"{address}overview/explorers.html")
    names = page.locator(".explorer").evaluate_all("all => all.map(one => one.dataset.loss)")
    assert sorted(names) == sorted(KIND_OF)
