"""The panels of larger pictures: what is drawn into them, and what their description says."""

import xml.etree.ElementTree

import numpy as np
import pytest

from helpers import plot

X = np.linspace(-2, 2, 41)


def described(draw, *names):
    """What the description says of one panel after something was drawn into it."""
    picture = plot.stacked("y", xlabel="x")
    draw(picture.panels[0])
    assert picture.svg() == picture.svg()
    return repr(picture).splitlines()[2:]


def test_stacked_panels_share_their_x_and_the_first_is_the_highest():
    picture = plot.stacked("loss", "slope", xlabel="error")
    upper, lower = (panel.axes for panel in picture.panels)
    assert upper.get_shared_x_axes().joined(upper, lower)
    assert (upper.get_ylabel(), lower.get_ylabel()) == ("loss", "slope")
    assert (upper.get_xlabel(), lower.get_xlabel()) == ("", "error")
    picture.svg()
    heights = [axes.get_position().height for axes in (upper, lower)]
    assert heights[0] / heights[1] == pytest.approx(1.5, rel=0.01)


def test_panels_side_by_side_share_their_y():
    picture = plot.beside("before", "after", xlabel="class", ylabel="p")
    left, right = (panel.axes for panel in picture.panels)
    assert left.get_shared_y_axes().joined(left, right)
    assert [axes.get_title() for axes in (left, right)] == ["before", "after"]
    assert (left.get_ylabel(), right.get_ylabel()) == ("p", "")
    assert left.get_xlabel() == right.get_xlabel() == "class"


def test_panels_side_by_side_may_have_axes_of_their_own():
    picture = plot.beside("a", "b", xlabel=["class", "p"], ylabel=["p", "loss"])
    left, right = (panel.axes for panel in picture.panels)
    assert not left.get_shared_y_axes().joined(left, right)
    assert [axes.get_ylabel() for axes in (left, right)] == ["p", "loss"]
    assert [axes.get_xlabel() for axes in (left, right)] == ["class", "p"]
    with pytest.raises(ValueError, match="shorter"):
        plot.beside("a", "b", ylabel=["p"])


@pytest.mark.parametrize("picture", [plot.stacked("y"), plot.beside("a", "b")])
def test_a_picture_is_as_wide_as_the_text(picture):
    root = xml.etree.ElementTree.fromstring(picture.svg())
    assert root.get("width") == "552pt"  # 736 pixels of 0.75 points
    assert picture.figure.get_facecolor() == (0, 0, 0, 0)


def test_a_line_has_its_name_at_its_end_or_where_it_is_wanted():
    assert described(lambda panel: panel.line(X, X**2, "square")) == [
        "  line 'square': 41 points, x from -2 to 2",
        "    y from 4 to 4, least 0, most 4, checksum 29.4",
        "  words 'square' at (2, 4)",
    ]
    assert described(lambda panel: panel.line(X, X**2, "square", at=-1))[-1] == (
        "  words 'square' at (-1, 1)"
    )


def test_a_line_is_broken_where_it_jumps():
    def draw(panel):
        panel.line(X, np.sign(X), jumps={0: 0})

    assert described(draw) == [
        "  line: 43 points, x from -2 to 2",
        "    y from -1 to 1, least -1, most 1, checksum 10.744186, 1 not finite",  # 21 · 22 / 43
        "  points 'open ends': (0, -1), (0, 1)",
        "  points 'value there': (0, 0)",
    ]


def test_a_line_jumps_to_no_value_and_goes_straight_on_up_to_the_jump():
    def draw(panel):
        panel.line([0.0, 1.0, 2.0, 3.0], [0.0, 1.0, 10.0, 12.0], jumps={1.5: None})

    assert described(draw)[-1] == "  points 'open ends': (1.5, 1.5), (1.5, 9)"


def test_names_at_the_ends_of_lines_keep_a_line_apart():
    picture = plot.stacked("y")
    (panel,) = picture.panels
    for look, end in enumerate([1.0, 1.01, 1.02, 3.0]):
        panel.line([0.0, 1.0], [0.0, end], f"to {end}", look=look)
    picture.svg()
    heights = [
        panel.axes.transData.transform(words.xy)[1] + words.xyann[1] for words in panel.axes.texts
    ]
    assert np.diff(heights).min() >= 1.25 * 12 - 1e-9
    assert panel.axes.texts[3].xyann == (7, 0)  # The far one stays where it was.


def test_points_have_words_looks_and_rings():
    def draw(panel):
        panel.points([0, 1], [2, 3], ["a", "b"], look=[0, 1], label="labels", ringed=[1])

    assert described(draw) == [
        "  points 'labels': (0, 2)",
        "  points 'labels': (1, 3)",
        "  points 'ringed': (1, 3)",
        "  words 'a' at (0, 2)",
        "  words 'b' at (1, 3)",
    ]
    picture = plot.stacked("y")
    draw(picture.panels[0])
    first, second, ring = picture.panels[0].axes.lines
    assert (first.get_color(), first.get_marker()) == (plot.PALETTE[0], "o")
    assert (second.get_color(), second.get_marker()) == (plot.PALETTE[1], "s")
    assert ring.get_markerfacecolor() == "none"


def test_many_points_are_summed_up():
    assert described(lambda panel: panel.points(X, X**2, label="cloud")) == [
        "  points 'cloud': 41",
        "    x from -2 to 2, least -2, most 2, checksum 14",
        "    y from 4 to 4, least 0, most 4, checksum 29.4",
    ]


@pytest.mark.parametrize(
    ("offset", "side", "leads"),
    [
        ((7, 0), ("left", "center"), False),
        ((-40, 0), ("right", "center"), True),
        ((0, 8), ("center", "bottom"), False),
        ((30, -30), ("left", "top"), True),
    ],
)
def test_words_stand_on_the_side_that_their_offset_says(offset, side, leads):
    picture = plot.stacked("y")
    picture.panels[0].note(0, 0, "here", offset)
    (words,) = picture.panels[0].axes.texts
    assert (words.get_ha(), words.get_va()) == side
    assert (words.arrow_patch is not None) == leads


def test_levels_uprights_and_areas():
    def draw(panel):
        panel.level(0.69, "log 2")
        panel.upright(1, "margin")
        panel.area([0.0, 1.0, 2.0], [0.0, 1.0, 0.5], "cost", low=-1.0)

    lines = described(draw)
    assert "  line 'log 2': 2 points, x from 0 to 1" in lines
    assert "    y from 0.69 to 0.69, least 0.69, most 0.69, checksum 1.035" in lines
    assert "  line 'margin': 2 points, x from 1 to 1" in lines
    assert "  area 'cost': 9 corners" in lines
    assert "  words 'cost' at (1, 1)" in lines


def test_bars_with_their_heights_and_arrows():
    def draw(panel):
        panel.bars(["a", "b"], [0.75, -0.25], label="p", number="{:+.1f}")
        panel.arrows([0, 1], [0.75, -0.25], 0, [0.5, -0.5], ["up", "down"])

    assert described(draw) == [
        "  2 bars 'p'",
        "    from 0.75 to -0.25, least -0.25, most 0.75, checksum 0.125",
        "  words '+0.8' at (0, 0.75)",
        "  words '-0.2' at (1, -0.25)",
        "  arrow from (0, 0.75) to (0, 1.25)",
        "  arrow from (1, -0.25) to (1, -0.75)",
        "  words 'up' at (0, 1.25)",
        "  words 'down' at (1, -0.75)",
    ]


def test_arrows_are_within_the_picture():
    picture = plot.stacked("y")
    picture.panels[0].arrows([0.0], [0.0], 3.0, -2.0)
    assert picture.panels[0].axes.get_xlim()[1] > 3
    assert picture.panels[0].axes.get_ylim()[0] < -2


def test_bars_share_the_place_of_their_name():
    picture = plot.stacked("y")
    for which in range(2):
        picture.panels[0].bars(["a"], [1.0], look=which, share=(which, 2))
    edges = [
        (bars[0].get_x(), bars[0].get_x() + bars[0].get_width())
        for bars in picture.panels[0].axes.containers
    ]
    np.testing.assert_allclose(edges, [(-0.35, 0), (0, 0.35)], atol=1e-15)


def test_rings_are_round_in_a_plane():
    picture = plot.beside("plane")
    (panel,) = picture.panels
    panel.plane()
    panel.ring(1, 2, 0.5, "margin")
    assert panel.axes.get_aspect() == 1
    assert repr(picture).splitlines()[2:] == [
        "  ring of radius 0.5 around (1, 2)",
        "  words 'margin' at (1, 2.5)",
    ]


def test_cells_have_their_numbers_names_and_the_first_row_on_top():
    picture = plot.stacked("sample")
    (panel,) = picture.panels
    panel.cells([[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]], ["n0", "n1"], ["a", "b", "c"], number="{:.0f}")
    assert [words.get_text() for words in panel.axes.texts] == list("012345")
    assert [words.get_color() for words in panel.axes.texts] == ["black"] * 5 + ["white"]
    assert [tick.get_text() for tick in panel.axes.get_xticklabels()] == ["a", "b", "c"]
    low, high = panel.axes.get_ylim()
    assert low > high
    assert repr(picture).splitlines()[2:] == [
        "  2 × 3 cells",
        f"    from 0 to 5, least 0, most 5, checksum {70 / 6:.9g}",
    ]


def test_cells_have_words_below_their_numbers():
    picture = plot.stacked("sample")
    (panel,) = picture.panels
    panel.cells([[0.0, 1.0]], words=[["right", ""]])
    (words,) = [text for text in panel.axes.texts if text.get_text() == "right"]
    assert (words.xy, words.xyann, words.get_va()) == ((0.5, 0.5), (0, -9), "top")
    assert repr(picture).splitlines()[-1] == "  words 'right' at (0.5, 0.5)"


@pytest.mark.parametrize(
    "draw",
    [
        lambda panel, by: panel.line(X, X + by),
        lambda panel, by: panel.points([0], [1 + by]),
        lambda panel, by: panel.level(1 + by),
        lambda panel, by: panel.area(X, X + by),
        lambda panel, by: panel.bars(["a"], [1 + by]),
        lambda panel, by: panel.arrows([0], [0], 0, 1 + by),
        lambda panel, by: panel.ring(0, 0, 1 + by),
        lambda panel, by: panel.cells([[1 + by]], number=""),
        lambda panel, by: panel.note(1 + by, 0, "here"),
    ],
)
def test_a_change_shows_in_the_description(draw):
    assert described(lambda panel: draw(panel, 0)) != described(lambda panel: draw(panel, 0.01))


@pytest.mark.parametrize(
    ("draw", "error", "message"),
    [
        (lambda panel: panel.line(X, X[1:]), ValueError, r"y: expected the shape of x, \(41,\)"),
        (lambda panel: panel.points(["a"], [1]), TypeError, "x: expected an array of numbers"),
        (lambda panel: panel.bars(["a"], [1, 2]), ValueError, "heights: expected the shape of"),
        (lambda panel: panel.cells([1, 2]), ValueError, r"values: expected two dimensions, got"),
        (lambda panel: panel.points([1, 2], [1, 2], ["a"]), ValueError, "zip"),
        (lambda panel: panel.cells([[1, 2]], words=[["a"]]), ValueError, "words: expected the sha"),
    ],
)
def test_bad_input_is_refused(draw, error, message):
    with pytest.raises(error, match=message):
        described(draw)


def _luminance(colour):
    """The relative luminance of WCAG 2."""
    channels = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


@pytest.mark.parametrize("ink", [*plot.INKS, plot.GREY])
def test_words_can_be_read_on_white(ink):
    assert 1.05 / (_luminance(ink) + 0.05) >= 4.5
