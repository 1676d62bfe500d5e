"""The pictures: the same bytes every time, and a text that changes whenever the data do."""

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
