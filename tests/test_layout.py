"""Text for `explain`: columns that fill the width, wrapped lines, cells of a page."""

from helpers.layout import WIDTH, blocks, html_cells, wrap


def a_row(*widths):
    """A table of one row after a position: letters, so many in each column."""
    return [["n", *(letter * width for letter, width in zip("abc", widths, strict=False))]]


def laid_out(rows):
    """The letters of the columns in each block."""
    return ["".join(dict.fromkeys(line.replace(" ", ""))) for [line] in blocks(rows)]


def test_columns_fill_the_width_to_the_last_character():
    # Two spaces stand before each column.
    left = (WIDTH - 1) // 2 - 2
    right = WIDTH - 1 - 2 - left - 2
    [[line]] = blocks(a_row(left, right))
    assert line == f"n  {'a' * left}  {'b' * right}"
    assert len(line) == WIDTH
    assert laid_out(a_row(left, right + 1)) == ["na", "nb"]
    assert laid_out(a_row(left, right + 1, left - 1)) == ["na", "nbc"]
    assert laid_out(a_row(left, right + 1, left)) == ["na", "nb", "nc"]


def test_a_column_wider_than_the_page_has_a_block_of_its_own():
    assert laid_out(a_row(2 * WIDTH, 1)) == ["na", "nb"]


def test_columns_are_as_wide_as_their_longest_cell():
    rows = [["element", "x"], ["0", "1.25"], ["10", "-1"]]
    assert list(blocks(rows)) == [["element     x", "      0  1.25", "     10    -1"]]
    assert list(blocks([["element"], ["0"]])) == [["element", "      0"]]


def test_lines_after_the_first_are_indented():
    # 19 words of four letters make 94 characters.
    text = " ".join(["word"] * 22)
    first, rest = " ".join(["word"] * 19), "word word word"
    assert wrap(text) == [first, "    " + rest]
    assert wrap(text, "- ") == ["- " + first, "  " + rest]
    assert wrap("one two", "x = ", 9) == ["x = one", "    two"]


def test_the_cells_of_a_page_are_escaped():
    assert html_cells(["<0>", "a & b", "1"]) == (
        '<th scope="row">&lt;0&gt;</th><td>a &amp; b</td><td>1</td>'
    )
