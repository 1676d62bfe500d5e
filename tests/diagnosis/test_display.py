"""Text for `explain`: columns that fill the width, wrapped lines, cells of a page."""

import dataclasses
import inspect
import re

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

from helpers import explain
from helpers import text as layout
from helpers.diagnosis import display
from helpers.findings import Fix
from helpers.losses import BY_TORCH_CLASS
from helpers.text import WIDTH
from helpers.working import Remark
from tests.site.browsing import running_browser


def a_row(*widths):
    """A table of one row after a position: letters, so many in each column."""
    return [["n", *(letter * width for letter, width in zip("abc", widths, strict=False))]]


def laid_out(rows):
    """The letters of the columns in each block."""
    return ["".join(dict.fromkeys(line.replace(" ", ""))) for [line] in layout.blocks(rows)]


@pytest.mark.parametrize(
    ("module", "text"),
    [
        (nn.MSELoss(), "reduction='mean'"),
        (nn.HuberLoss(reduction="none", delta=2.0), "reduction='none', delta=2"),
        (nn.KLDivLoss(log_target=True), "reduction='mean', log_target=True"),
        (nn.BCELoss(weight=torch.tensor([[1.0], [0.5]])), "weight=[1, 0.5], reduction='mean'"),
        (nn.CosineSimilarity(), ""),
        # What is learnt is not shown.
        (nn.AdaptiveLogSoftmaxWithLoss(2, 6, [2, 4], div_value=1.0), "cutoffs=[2, 4, 6]"),
        (nn.LinearCrossEntropyLoss(2, 3), "reduction='mean'"),
    ],
)
def test_options_are_shown_as_in_a_call_without_the_defaults(module, text):
    loss = BY_TORCH_CLASS[type(module).__name__]
    assert display.options_text(loss, loss.options_of(module)) == text


NAN = np.nan


def test_an_ignored_row_is_empty_but_for_its_contribution():
    table = pd.DataFrame({"x": [NAN, NAN], "ignored": [True, False], "loss": [NAN, NAN]})
    assert display.cells(table) == [
        ["element", "x", "ignored", "loss"],
        ["0", "", "yes", "nan"],
        ["1", "nan", "", "nan"],
    ]
    assert display.cells(table[["x", "loss"]])[1] == ["0", "nan", "nan"]


def test_the_position_stands_before_each_row():
    places = pd.MultiIndex.from_product([[0, 1], [0]])
    assert display.cells(pd.DataFrame({"x": [1.5, 2.0]}, index=places)) == [
        *[["element", "x"], ["[0, 0]", "1.5"], ["[1, 0]", "2"]]
    ]
    named = pd.DataFrame({"x": [1.5]}, index=pd.Index(["a"], name="row"))
    assert display.cells(named) == [["row", "x"], ["a", "1.5"]]


def test_columns_fill_the_width_to_the_last_character():
    # Two spaces stand before each column.
    left = (WIDTH - 1) // 2 - 2
    right = WIDTH - 1 - 2 - left - 2
    [[line]] = layout.blocks(a_row(left, right))
    assert line == f"n  {'a' * left}  {'b' * right}"
    assert len(line) == WIDTH
    assert laid_out(a_row(left, right + 1)) == ["na", "nb"]
    assert laid_out(a_row(left, right + 1, left - 1)) == ["na", "nbc"]
    assert laid_out(a_row(left, right + 1, left)) == ["na", "nb", "nc"]


def test_a_column_wider_than_the_page_has_a_block_of_its_own():
    assert laid_out(a_row(2 * WIDTH, 1)) == ["na", "nb"]


def test_columns_are_as_wide_as_their_longest_cell():
    rows = [["element", "x"], ["0", "1.25"], ["10", "-1"]]
    assert list(layout.blocks(rows)) == [["element     x", "      0  1.25", "     10    -1"]]
    assert list(layout.blocks([["element"], ["0"]])) == [["element", "      0"]]


def test_lines_after_the_first_are_indented():
    # 17 words of four letters make 84 characters.
    text = " ".join(["word"] * 20)
    first, rest = " ".join(["word"] * 17), "word word word"
    assert layout.wrap(text) == [first, "    " + rest]
    assert layout.wrap(text, "- ") == ["- " + first, "  " + rest]
    assert layout.wrap("one two", "x = ", 9) == ["x = one", "    two"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1 / 3, "0.3333"),
        (1439.831, "1440"),
        (-0.0, "0"),
        (-2.0, "-2"),
        (50_256, "50256"),
        (50_256.0, "50256"),
        (123_456_789, "123456789"),
        (1.23456789e8, "1.235e+08"),
        (2.5e-7, "2.5e-07"),
        (np.nan, "nan"),
        (-np.inf, "-inf"),
        (True, "yes"),
        (np.False_, ""),
        ("line", "line"),
    ],
)
def test_a_number_of_a_table(value, text):
    assert layout.short(value) == text


# ------------------------------------------------------------------------------- shown in full


def lines(text):
    """The lines of an indented text, as a test writes it."""
    return inspect.cleandoc(text).splitlines()


EVEN, TARGET = torch.zeros(2, 2, dtype=torch.float64), torch.tensor([1, -100])
WEIGHT = torch.tensor([1.0, 3.0], dtype=torch.float64)

TEXT = """
    CrossEntropyLoss(weight=[1, 3], reduction='mean')
    each element: -Σ target·log p over the classes, with log p = input - log Σ exp(input)

    element  target  logit  log-sum-exp  log-probability  weight  ignored   loss
          0       1      0       0.6931          -0.6931       3           2.079
          1    -100                                                   yes      0

    element  contribution
          0        0.6931
          1             0

    sum of the losses                         2.079442
    sum of the weights of the targets that are not ignored  3
    mean: sum / divisor                       0.6931472
    CrossEntropyLoss returns                  0.6931472 (the same within 1e-15, as float64
                                              rounds)

    - The mean divides by 3, not by the 2 losses; that would give 1.039721.
    - There is one target: its weight is in the sum and in the divisor, and cancels.
    - 1 of 2 targets equal ignore_index = -100.
    - All scores are 0: each of the 2 classes has a probability of 1/2, of which minus the
      log is 0.6931472, as before any training.
"""


def test_the_text_in_full():
    shown = explain(nn.CrossEntropyLoss(weight=WEIGHT), EVEN, TARGET)
    assert str(shown).splitlines() == lines(TEXT)


REFUSED = """
    CrossEntropyLoss(reduction='mean')
    each element: -Σ target·log p over the classes, with log p = input - log Σ exp(input)

    REFUSED: RuntimeError: said by torch
    CAUSE: target has one axis too many.
    FIX: Axis 1 of target has length 1.
        nn.CrossEntropyLoss()(input, target.squeeze(1))
        # gives 0.6931472
    PERHAPS: target is flat.
        nn.CrossEntropyLoss()(input, target.flatten())
        # gives an array of shape (2,)

    argument    dtype   shape
       input  float64  (2, 2)
      target    int64  (2, 1)
"""


def refused():
    """A refused call, with causes and fixes."""
    shown = explain(nn.CrossEntropyLoss(), EVEN, TARGET[:, None])
    sure = Fix(
        "nn.CrossEntropyLoss()(input, target.squeeze(1))",
        float(np.log(2)),
        "Axis 1 of target has length 1.",
        True,
    )
    other = Fix(
        "nn.CrossEntropyLoss()(input, target.flatten())", np.ones(2), "target is flat.", False
    )
    return dataclasses.replace(
        shown,
        error="RuntimeError: said by torch",
        causes=("target has one axis too many.",),
        fixes=(sure, other),
        remarks=(),
    )


def test_a_refused_call_in_full():
    assert str(refused()).splitlines() == lines(REFUSED)


def test_a_refused_call_as_a_page():
    page = refused()._repr_html_()
    assert '<div class="bad"><b>Refused:</b> RuntimeError: said by torch</div>' in page
    assert '<div class="bad"><b>Cause:</b> target has one axis too many.</div>' in page
    code = "<pre><code>nn.CrossEntropyLoss()(input, target.squeeze(1))</code></pre>"
    assert f'<div class="good"><b>Fix:</b> Axis 1 of target has length 1.{code}' in page
    assert "<b>Perhaps:</b> target is flat." in page


def test_mistakes_stand_before_the_table_and_notes_after_it():
    fix = Fix("nn.MSELoss()(input, target[:, 0])", 1.0, "one axis less", False)
    remarks = (Remark("mistake", "wrong <b>", fix), Remark("note", "worth knowing"))
    shown = dataclasses.replace(explain(nn.MSELoss(), EVEN, EVEN), remarks=remarks, fixes=(fix,))
    text, page = str(shown), shown._repr_html_()
    for whole, table in ((text, "input - target  loss"), (page, "<thead>")):
        assert whole.index("wrong") < whole.index("one axis less") < whole.index(table)
        assert whole.index(table) < whole.index("worth knowing")
        assert whole.count("one axis less") == 1
    assert "MISTAKE? wrong <b>" in text
    assert "wrong &lt;b&gt;" in page


def test_a_result_of_several_numbers():
    shown = explain(nn.MSELoss(reduction="none"), EVEN + 1, EVEN)
    assert "shape (2, 2), the same within 7e-16, as float64 rounds" in " ".join(str(shown).split())


def test_a_long_table_shows_what_contributes_most():
    shown = explain(nn.L1Loss(reduction="sum"), torch.arange(17.0), torch.zeros(17), top=3)
    assert str(shown).splitlines()[3:8] == lines("""
        The 3 of 17 elements that contribute most:
        element  input  target  input - target  loss  contribution
             16     16       0              16    16            16
             15     15       0              15    15            15
             14     14       0              14    14            14
        """)
    assert len(shown.table) == 17


# ------------------------------------------------------------------------------- in a browser

PAGE = """<!doctype html><html{root}><meta charset="utf-8">
<body style="margin: 0">{body}</body></html>"""
MEASURE = """() => {
  const page = document.documentElement, seen = e => getComputedStyle(e);
  const box = document.querySelector(".explanation");
  return {
    wide: page.scrollWidth - page.clientWidth,
    box: box.getBoundingClientRect().width,
    ink: seen(box).color,
    ground: seen(document.querySelector(".bad")).backgroundColor,
    bad: seen(document.querySelector(".bad b")).color,
    good: seen(document.querySelector(".good b")).color,
    select: seen(document.querySelector("pre")).userSelect,
    tables: [...document.querySelectorAll(".wide")].map(e => e.scrollWidth - e.clientWidth),
  };
}"""


@pytest.fixture(scope="module")
def browser():
    """A Chromium that is ready."""
    with running_browser() as running:
        yield running


def luminance(colour):
    """The relative luminance of a colour, as WCAG 2 defines it."""
    parts = [int(n) / 255 for n in re.findall(r"\d+", colour)[:3]]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    """The contrast of two colours, as WCAG 2 defines it."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("width", [360, 736, 1280])
@pytest.mark.parametrize(
    ("scheme", "root", "dark"),
    [
        ("light", "", False),
        ("dark", "", True),
        ("dark", ' data-theme="light"', False),
        ("light", ' data-theme="dark"', True),
    ],
)
def test_it_fits_and_can_be_read(browser, width, scheme, root, dark):
    pages = (
        refused()._repr_html_()
        + explain(nn.CrossEntropyLoss(weight=WEIGHT), EVEN, TARGET)._repr_html_()
    )
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    with context, context.new_page() as page:
        page.set_content(PAGE.format(root=root, body=pages))
        seen = page.evaluate(MEASURE)
    assert seen["wide"] == 0
    assert seen["box"] <= 736
    assert (luminance(seen["ink"]) > 0.5) is dark
    for name in ("ink", "bad", "good"):
        assert contrast(seen[name], seen["ground"]) >= 4.5
    assert seen["select"] == "all"
    if width >= 736:
        assert max(seen["tables"]) == 0
