"""Text for `explain`: columns that fill the width, wrapped lines, cells of a page."""

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

from helpers import text as layout
from helpers.diagnosis import display
from helpers.diagnosis.display import FIRST_ROWS, LAST_ROWS
from helpers.losses import BY_TORCH_CLASS
from helpers.text import WIDTH


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


def test_a_long_table_has_its_first_and_last_rows():
    numbers = np.arange(17)
    first, last = numbers[:FIRST_ROWS].tolist(), numbers[-LAST_ROWS:].tolist()
    rows = display.cells(pd.DataFrame({"x": numbers, "y": numbers}))
    assert [row[0] for row in rows] == [*["element", *map(str, first), "… 3 more", *map(str, last)]]
    assert rows[1 + FIRST_ROWS] == ["… 3 more", "", ""]
    assert len(display.cells(pd.DataFrame({"x": numbers[1:]}))) == 17


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
    # 19 words of four letters make 94 characters.
    text = " ".join(["word"] * 22)
    first, rest = " ".join(["word"] * 19), "word word word"
    assert layout.wrap(text) == [first, "    " + rest]
    assert layout.wrap(text, "- ") == ["- " + first, "  " + rest]
    assert layout.wrap("one two", "x = ", 9) == ["x = one", "    two"]


def test_the_cells_of_a_page_are_escaped():
    assert display.html_cells(["<0>", "a & b", "1"]) == (
        '<th scope="row">&lt;0&gt;</th><td>a &amp; b</td><td>1</td>'
    )
