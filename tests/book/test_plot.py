"""The pictures: the same bytes every time, and a text that changes whenever the data do."""

import functools
import itertools
import xml.etree.ElementTree

import matplotlib as mpl
import numpy as np
import pytest

from helpers import plot

X = np.linspace(-2, 2, 41)


def curve(change=None):
    """A picture of two curves with gradients, one number of which may be changed."""
    loss = {"square": X**2, "size": np.abs(X)}
    gradient = {"square": 2 * X, "size": np.sign(X)}
    if change:
        name, index, by = change
        (gradient if name == "gradient" else loss)["square"][index] += by
    return plot.curves(X, loss, gradient, xlabel="difference")


PICTURES = {
    "curves": curve(),
    "one curve": plot.curves(X, {"square": X**2}),
    "image": plot.image(np.arange(6.0).reshape(2, 3), title="a title"),
    "bars": plot.bars(["a", "b"], {"p": [0.25, 0.75], "q": [0.5, 0.5]}),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_shows_as_svg_with_a_description(name):
    bundle = PICTURES[name]._repr_mimebundle_()
    assert set(bundle) == {"image/svg+xml", "text/plain"}
    assert bundle["text/plain"].startswith("Picture: ")
    assert max(map(len, bundle["text/plain"].splitlines())) <= 100
    root = xml.etree.ElementTree.fromstring(bundle["image/svg+xml"])
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert f"Matplotlib v{mpl.__version__}" in bundle["image/svg+xml"]
    assert "<dc:date>" not in bundle["image/svg+xml"]
    # matplotlib writes the text of a label as a comment beside its strokes.
    assert f"<!-- {PICTURES[name].figure.axes[0].get_ylabel()} -->" in bundle["image/svg+xml"]


def test_the_same_data_give_the_same_bytes():
    first = curve()
    assert first.svg() == first.svg() == curve().svg()
    assert repr(first) == repr(curve())


@pytest.mark.parametrize("panel", ["loss", "gradient"])
@pytest.mark.parametrize("index", range(0, 41, 5))
def test_a_change_of_one_point_shows_in_the_description(panel, index):
    assert repr(curve((panel, index, 1e-4))) != repr(curve())


def test_exchanged_points_show_in_the_description():
    y = X**2 + np.arange(X.size)
    swapped = y.copy()
    swapped[[3, 7]] = y[[7, 3]]
    assert repr(plot.curves(X, {"y": y})) != repr(plot.curves(X, {"y": swapped}))


def test_noise_of_the_last_bit_does_not_show_in_the_description():
    y = np.exp(X)
    assert repr(plot.curves(X, {"y": y})) == repr(plot.curves(X, {"y": y * (1 + 1e-15)}))
    noise = np.where(X == 0, 1e-17, 0)
    assert repr(plot.curves(X, {"y": 0 * X})) == repr(plot.curves(X, {"y": noise}))


@pytest.mark.parametrize(
    ("picture", "words"),
    [
        (curve(), ["x 'difference', y 'gradient'", "line 'size': 41 points, x from -2 to 2"]),
        (PICTURES["image"], ["axes 'a title': x 'column', y 'row'", "image of 2 × 3", "most 5"]),
        (PICTURES["bars"], ["ticks a, b", "2 bars 'p'", "from 0.25 to 0.75"]),
        (plot.curves([0.0, 1.0], {"y": [np.inf, 1.0]}), ["1 not finite"]),
        (plot.curves([0.0, 1.0], {"y": [np.nan, np.inf]}), ["no finite value among 2"]),
    ],
)
def test_the_description_names_what_is_drawn(picture, words):
    for word in words:
        assert word in repr(picture)


def test_labels_and_legend_are_drawn():
    upper, lower = curve().figure.axes
    assert [text.get_text() for text in upper.get_legend().get_texts()] == ["square", "size"]
    assert (upper.get_ylabel(), lower.get_ylabel()) == ("loss", "gradient")
    assert lower.get_xlabel() == "difference"


def test_lines_differ_in_colour_and_dashes():
    many = plot.curves(X, {str(i): X + i for i in range(6)}).figure.axes[0].lines
    assert len({line.get_color() for line in many}) == 6
    assert len({str(line._unscaled_dash_pattern) for line in many}) == 6


BARS = {"p": [0.25, 0.75], "q": [0.5, 0.5], "r": [0.1, 0.2]}


def test_a_line_has_the_data_and_the_panels_share_an_axis():
    upper, lower = curve().figure.axes
    close = functools.partial(np.testing.assert_allclose, rtol=0, atol=1e-6)
    close(upper.lines[0].get_xydata(), np.stack([X, X**2], 1))
    close(lower.lines[1].get_xydata(), np.stack([X, np.sign(X)], 1))
    assert upper.get_shared_x_axes().joined(upper, lower)
    assert upper.get_xlabel() == ""


def test_the_same_loss_looks_the_same_in_both_panels():
    def look(line):
        return line.get_color(), line._unscaled_dash_pattern

    upper, lower = curve().figure.axes
    assert list(map(look, upper.lines)) == list(map(look, lower.lines))


@pytest.mark.parametrize(
    ("losses", "gradient", "drawn"),
    [
        ({"a": X}, None, True),
        ({"a": X, "b": X}, None, True),
        ({"a": X, "b": X}, {"a": X, "b": X}, True),
        # One loss above one gradient: the labels of the axes say which is which.
        ({"a": X}, {"a": X}, False),
    ],
)
def test_a_legend_is_drawn_where_it_says_something(losses, gradient, drawn):
    upper, *lower = plot.curves(X, losses, gradient).figure.axes
    assert (upper.get_legend() is not None) is drawn
    assert [axes.get_legend() for axes in lower] == [None] * len(lower)


def test_sizes():
    assert curve().figure.get_size_inches().tolist() == [5.2, 5.4]
    assert PICTURES["one curve"].figure.get_size_inches().tolist() == [5.2, 2.7]
    assert PICTURES["image"].figure.get_size_inches().tolist() == [5.2, 3.6]
    assert PICTURES["bars"].figure.get_size_inches().tolist() == [5.2, 3.0]


def test_bars_stand_side_by_side_around_the_place_of_their_group():
    [axes] = plot.bars(["a", "b"], BARS, xlabel="group").figure.axes
    edges = np.array(
        [[(bar.get_x(), bar.get_x() + bar.get_width()) for bar in bars] for bars in axes.containers]
    )
    # Three bars share 0.8, and leave 0.2 to the next group.
    thirds = -0.4 + 0.8 / 3 * np.arange(4)
    for place in (0, 1):
        np.testing.assert_allclose(edges[:, place, 0], place + thirds[:-1], atol=1e-15)
        np.testing.assert_allclose(edges[:, place, 1], place + thirds[1:], atol=1e-15)
    assert [[bar.get_height() for bar in bars] for bars in axes.containers] == [*BARS.values()]
    assert len({bars[0].get_facecolor() for bars in axes.containers}) == 3
    assert axes.get_xticks().tolist() == [0, 1]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("group", "loss")
    assert [text.get_text() for text in axes.get_legend().get_texts()] == list(BARS)


def test_one_kind_of_bars_needs_no_legend_and_none_are_no_error():
    [axes] = plot.bars(["a", "b"], {"p": [0.25, 0.75]}).figure.axes
    assert axes.get_legend() is None
    assert {bar.get_width() for bar in axes.containers[0]} == {0.8}
    assert repr(plot.bars(["a", "b"], {})) == "Picture: 1 axes\naxes: x '', y 'loss'"


def test_two_kinds_of_bars_need_a_legend():
    [axes] = plot.bars(["a"], {"p": [0.25], "q": [0.75]}).figure.axes
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["p", "q"]


def test_more_bars_than_colours():
    [axes] = plot.bars(["a"], {str(i): [i] for i in range(7)}).figure.axes
    colours = [bars[0].get_facecolor() for bars in axes.containers]
    assert colours[6] == colours[0] != colours[1]


def test_an_image_has_its_values_labels_and_a_scale():
    values = np.arange(6.0).reshape(2, 3)
    axes, scale = plot.image(values, title="a title", colorbar="loss of a pixel").figure.axes
    np.testing.assert_array_equal(axes.images[0].get_array(), values)
    assert axes.images[0].get_cmap().name == "cividis"
    assert (axes.get_title(), axes.get_xlabel(), axes.get_ylabel()) == ("a title", "column", "row")
    assert scale.get_ylabel() == "loss of a pixel"
    assert plot.image(values).figure.axes[1].get_ylabel() == "loss"


def test_lines_of_a_grid_are_drawn_where_they_help_to_read():
    def grid(axes):
        return [axis.get_gridlines()[0].get_visible() for axis in (axes.xaxis, axes.yaxis)]

    assert grid(curve().figure.axes[0]) == [True, True]
    assert grid(PICTURES["bars"].figure.axes[0]) == [False, True]
    assert grid(PICTURES["image"].figure.axes[0]) == [False, False]


def test_the_style():
    picture = curve()
    axes = picture.figure.axes[0]
    assert picture.figure.get_facecolor() == axes.get_facecolor() == (0, 0, 0, 0)
    spines = {side: spine.get_visible() for side, spine in axes.spines.items()}
    assert spines == {"left": True, "bottom": True, "right": False, "top": False}
    assert axes.lines[0].get_linewidth() == 1.8
    assert axes.xaxis.label.get_fontfamily() == ["DejaVu Sans"]
    assert axes.xaxis.label.get_fontsize() == 10
    assert axes.xaxis.get_gridlines()[0].get_alpha() == 0.3
    assert not axes.get_legend().get_frame_on()
    svg = picture.svg()
    assert "<text" not in svg  # Letters are paths, so that every browser shows the same.
    assert "fill: none" in svg[svg.index("patch_1") :].partition("/>")[0]  # a clear background


def test_a_busy_machine_is_no_matter_of_pictures(monkeypatch):
    # matplotlib warns where the place of a legend has taken it more than a second.
    before = curve().svg()
    monkeypatch.setattr("matplotlib.legend.time.perf_counter", itertools.count(step=2).__next__)
    assert curve().svg() == before


def test_a_second_drawing_moves_nothing():
    picture = plot.curves(X, {"a long name of a curve": 1e6 * X}, ylabel="y\ny")
    before = [axes.get_position().bounds for axes in picture.figure.axes]
    picture.svg()
    assert [axes.get_position().bounds for axes in picture.figure.axes] == before


def test_the_descriptions_in_full():
    assert repr(PICTURES["image"]) == (
        "Picture: 2 axes\n"
        "axes 'a title': x 'column', y 'row'\n"
        "  image of 2 × 3\n"
        # (0·1 + 1·2 + 2·3 + 3·4 + 4·5 + 5·6) / 6
        f"    from 0 to 5, least 0, most 5, checksum {70 / 6:.9g}\n"
        "axes: x '', y 'loss'"
    )
    assert repr(PICTURES["bars"]) == (
        "Picture: 1 axes\n"
        "axes: x '', y 'loss', ticks a, b\n"
        "  2 bars 'p'\n"
        "    from 0.25 to 0.75, least 0.25, most 0.75, checksum 0.875\n"
        "  2 bars 'q'\n"
        "    from 0.5 to 0.5, least 0.5, most 0.5, checksum 0.75"
    )
    assert repr(plot.curves([0.0, 1.0, 2.0], {"y": [1.0, np.inf, -1.0]}, ylabel="up")) == (
        "Picture: 1 axes\n"
        "axes: x 'input', y 'up'\n"
        "  line 'y': 3 points, x from 0 to 2\n"
        f"    y from 1 to -1, least -1, most 1, checksum {(1 - 3) / 3:.9g}, 1 not finite"
    )
    assert repr(plot.curves([], {"y": []})) == (
        "Picture: 1 axes\n"
        "axes: x 'input', y 'loss'\n"
        "  line 'y': 0 points\n"
        "    y no finite value among 0"
    )


def test_what_a_person_adds_is_described_too():
    picture = plot.curves([0.0, 1.0], {"y": [1.0, 3.0]})
    picture.figure.axes[0].axhline(2, label="the mean")  # whose data are lists
    assert repr(picture).splitlines()[-2:] == [
        "  line 'the mean': 2 points, x from 0 to 1",
        "    y from 2 to 2, least 2, most 2, checksum 3",
    ]


def test_seven_digits_are_drawn_six_are_told_and_nine_of_the_checksum():
    described = repr(plot.curves([0.0], {"y": [0.123456789123]}))
    assert described.splitlines()[-1] == (
        "    y from 0.123457 to 0.123457, least 0.123457, most 0.123457, checksum 0.1234568"
    )
    described = repr(plot.curves([0.0, 1.0], {"y": [0.1234567, 0.1234567]}))
    assert described.splitlines()[-1].endswith("checksum 0.18518505")
    # 4·10⁻¹⁰ is taken for rounding, 6·10⁻¹⁰ is not.
    described = repr(plot.curves([0.0, 1.0], {"y": [4e-10, -6e-10]}))
    assert described.splitlines()[-1] == (
        "    y from 0 to -1e-09, least -1e-09, most 0, checksum 0"
    )


def test_what_processors_differ_by_is_not_drawn():
    values = np.array([0.31, 2.0 / 3, 17.0, 1e-5])
    other = values * (1 + np.array([1, -1, 1, -1]) * 2e-16)
    assert (other != values).any()
    first, second = (plot.curves(np.arange(4.0), {"y": y}) for y in (values, other))
    assert first.svg() == second.svg()
    assert plot.curves(np.arange(4.0), {"y": [*values[:3], 2e-4]}).svg() != first.svg()


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: plot.curves(X, {"y": X}, [X]),
            TypeError,
            "gradient: expected a mapping from names to curves, got list",
        ),
        (
            lambda: plot.curves("x", {"y": X}),
            TypeError,
            "x: expected an array of numbers, got str",
        ),
        (
            lambda: plot.curves(X, {"y": "x"}),
            TypeError,
            "y: expected an array of numbers, got str",
        ),
        (
            lambda: plot.image(X),
            ValueError,
            "values: expected two dimensions, got shape (41,)",
        ),
        (
            lambda: plot.image("x"),
            TypeError,
            "values: expected an array of numbers, got str",
        ),
        (
            lambda: plot.bars(["a"], {"p": [1, 2]}),
            ValueError,
            "p: expected the shape of labels, (1,), got shape (2,)",
        ),
        (
            lambda: plot.bars(["a"], {"p": "x"}),
            TypeError,
            "p: expected an array of numbers, got str",
        ),
        (
            lambda: plot.bars(["a"], [1]),
            TypeError,
            "values: expected a mapping from names to heights, got list",
        ),
    ],
)
def test_messages(call, error, message):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == message


def test_matplotlibs_own_settings_stay_as_they_are():
    before = dict(mpl.rcParams)
    curve().svg()
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: plot.curves(X, X**2), TypeError, "loss: expected a mapping"),
        (lambda: plot.curves(X, {"y": X[1:]}), ValueError, r"y: expected the shape of x, \(41,\)"),
        (lambda: plot.image(X), ValueError, "values: expected two dimensions"),
        (lambda: plot.bars(["a"], {"p": [1, 2]}), ValueError, "p: expected the shape of labels"),
        (lambda: plot.bars(["a"], [1]), TypeError, "values: expected a mapping"),
    ],
)
def test_bad_input_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()
