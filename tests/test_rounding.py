"""Printed numbers and the intervals that rounded inputs allow."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import helpers
from helpers import Interval, rounding_interval
from helpers.rounding import Printed

H = 0.05  # half a unit of the first digit after the point


def test_a_monotone_function_has_its_ends_in_the_corners():
    """x - 2y grows with x and falls with y."""
    found = rounding_interval(lambda x, y: x - 2 * y, [0.3, 0.1], 1)
    assert found.low == pytest.approx((0.3 - H) - 2 * (0.1 + H), rel=1e-12)
    assert found.high == pytest.approx((0.3 + H) - 2 * (0.1 - H), rel=1e-12)


def test_a_valley_inside_the_box_is_found():
    """x² between -0.05 and 0.15 has its valley at 0; |x - y| is 0 where the boxes overlap."""
    found = rounding_interval(lambda x: x**2, [0.05], [1])
    assert found.low == pytest.approx(0.0, abs=1e-12)
    assert found.high == pytest.approx(0.1**2, rel=1e-12)
    found = rounding_interval(lambda x, y: abs(x - y), [0.5, 0.52], 1)
    assert found.low == pytest.approx(0.0, abs=1e-8)
    assert found.high == pytest.approx(0.02 + 2 * H, rel=1e-12)


def test_a_hill_inside_the_box_is_found():
    """The entropy of p and 1 - p is largest at p = 1/2, wherever that lies in the box."""
    for middle in (0.46, 0.5, 0.54):
        found = rounding_interval(lambda p: -p * np.log(p) - (1 - p) * np.log(1 - p), [middle], 1)
        assert found.high == pytest.approx(np.log(2), rel=1e-10)


def test_each_element_of_an_array_has_its_own_ends():
    """The softmax of two numbers: one falls where the other grows."""
    x = [[1.0, 2.0]]
    found = rounding_interval(lambda x: helpers.softmax(x, 1), [x], 1)
    first = [1 / (1 + np.exp(1 + 2 * H)), 1 / (1 + np.exp(1 - 2 * H))]
    assert found.low == pytest.approx(np.array([[first[0], 1 - first[1]]]), rel=1e-12)
    assert found.high == pytest.approx(np.array([[first[1], 1 - first[0]]]), rel=1e-12)


def test_exact_inputs_are_passed_on_as_they_are():
    """Class numbers stay integers; inputs may be rounded to different digits."""
    target = np.array([1, 0])

    def loss(x, y, scale):
        assert y is target
        return scale * helpers.nll_loss(x, y)

    found = rounding_interval(loss, [[[-1.0, -0.5], [-0.2, -2.0]], target, 1.0], [1, None, 2])
    assert found.low == pytest.approx(0.995 * (0.35 - H), rel=1e-12)
    assert found.high == pytest.approx(1.005 * (0.35 + H), rel=1e-12)


@given(st.lists(st.floats(-3, 3), min_size=1, max_size=4), st.integers(0, 3), st.randoms())
def test_inputs_that_round_to_the_printed_ones_stay_inside(values, decimals, random):
    """Whatever the inputs were, their result lies in the interval of their rounded selves."""
    rounded = np.round(values, decimals)
    found = rounding_interval(lambda x: helpers.log_softmax(x, 0)[0], [rounded], decimals)
    half = 0.5 * 10.0**-decimals
    inputs = rounded + np.array([random.uniform(-half, half) for _ in values])
    value = helpers.log_softmax(inputs, 0)[0]
    assert found.low - 1e-12 <= value <= found.high + 1e-12


def test_the_search_starts_at_the_best_corner():
    """Where every step along a single input loses at two corners, the better one counts."""
    for lean in (1.0, -1.0):
        found = rounding_interval(lambda x, y, lean=lean: x * y + lean * (x + y) / 50, [0, 0], 1)
        assert found.high == pytest.approx(H * H + 2 * H / 50, rel=1e-12)


def test_a_place_inside_the_box_along_every_input_is_found():
    """Of a slanted valley: along one input the lowest place depends on the other."""

    def slanted(x, y):
        return (x - 0.01) ** 2 + (y + 0.02) ** 2 + (x - 0.01) * (y + 0.02)

    found = rounding_interval(slanted, [0.0, 0.0], 1)
    assert found.low == pytest.approx(0, abs=1e-14)
    assert found.high == pytest.approx(slanted(H, H), rel=1e-12)


def test_the_search_stays_inside_the_box():
    """No input is tried that would not be printed so."""
    tried = []

    def valley(x):
        tried.append(float(x))
        return (x - 0.31) ** 2

    found = rounding_interval(valley, [0.3], 1)
    assert min(tried) == pytest.approx(0.3 - H, rel=1e-12)
    assert max(tried) == pytest.approx(0.3 + H, rel=1e-12)
    assert found.low == pytest.approx(0.0, abs=1e-15)


def test_inputs_have_four_digits_unless_it_is_said_otherwise():
    """As torch prints tensors. Exact inputs leave one result."""
    found = rounding_interval(lambda x: 2 * x, [0.5])
    assert (found.low, found.high) == (pytest.approx(0.9999), pytest.approx(1.0001))
    assert rounding_interval(lambda x: 2 * x, [1.5], None) == Interval(3.0, 3.0)
    assert type(found.low) is type(found.high) is float


def test_an_interval_as_text():
    """With seven digits, arrays in brackets."""
    assert repr(Interval(1 / 3, -0.0)) == "Interval(low=0.3333333, high=0)"
    interval = Interval(np.array([[0.0, 0.5]]), np.array([[1.0, 2.0]]))
    assert repr(interval) == "Interval(low=[[0, 0.5]], high=[[1, 2]])"


def test_an_interval_allows_what_rounds_into_it():
    """The ends count, and every element must fit."""
    interval = Interval(0.0951, 0.09545)
    assert interval.allows(0.0951)
    assert interval.allows(0.0955)
    assert not interval.allows(0.0956)
    assert not interval.allows(0.0949)
    assert interval.allows(0.1, decimals=1)
    both = Interval(np.array([0.0, 1.0]), np.array([0.1, 1.1]))
    assert both.allows(np.array([0.05, 1.05]))
    assert not both.allows(np.array([0.05, 1.2]))


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((1.0, [0.5], 1), TypeError, "function: expected a function, got float"),
        ((abs, 0.5, 1), TypeError, "inputs: expected a list or tuple of inputs, got float"),
        (
            (abs, [0.5], [1, 2]),
            ValueError,
            "decimals: expected one for each of the 1 inputs, got 2",
        ),
        ((abs, [0.5], 1.5), TypeError, "decimals: expected an integer, got float 1.5"),
        ((abs, ["a"], 1), TypeError, "inputs[0]: expected an array of numbers, got str"),
    ],
)
def test_bad_arguments_are_refused(arguments, error, message):
    """By name, with what was expected and what came."""
    with pytest.raises(error) as caught:
        rounding_interval(*arguments)
    assert str(caught.value) == message


def test_printed_numbers_keep_their_digits():
    """As torch, NumPy and people print."""
    printed = Printed("[[0.70, -1.],\n [2, 6.1442e-06]]")
    assert printed.tokens.tolist() == [["0.70", "-1."], ["2", "6.1442e-06"]]
    assert printed.values.tolist() == [[0.7, -1.0], [2.0, 6.1442e-06]]
    assert printed.half_units == pytest.approx(np.array([[5e-3, 0], [0, 5e-11]]))
    assert not printed.whole
    assert Printed("[1 2 3]").whole
    assert Printed("[1 2 3]").values.tolist() == [1, 2, 3]
    assert Printed("[1.725174 1.4539648]").values.tolist() == [1.725174, 1.4539648]


def test_exponents_and_names_may_be_large_letters():
    """As some programs print them."""
    printed = Printed("[-1.5E-3, INF, NaN, +2]")
    np.testing.assert_array_equal(printed.values, [-1.5e-3, np.inf, np.nan, 2])
    assert printed.half_units.tolist() == [pytest.approx(5e-5), 0, 0, 0]
    assert Printed("[-1, +2]").whole


def test_values_as_text():
    """Each with the digits of the number in its place; what is not whole does not look so."""
    texts = Printed("[0.70, 2, 2., 1e+01, 0.0, 0.0, 0.0]").like(
        [-0.001, 1.5, 3.0, 125.0, np.inf, -np.inf, np.nan]
    )
    assert texts.tolist() == ["-0.00", "1.5", "3", "1e+02", "inf", "-inf", "nan"]
    assert Printed("0.00").like(-0.0).tolist() == "0.00"
    assert Printed("[[1, 2], [3, 4]]").like(7).tolist() == [["7", "7"], ["7", "7"]]


def test_values_show_as_printed_or_not():
    """Each with the digits of the number in its place."""
    printed = Printed("[0.70, 1., 2.5e-01]")
    assert printed.shown_by([0.7049, 1.0, 0.2549])
    assert not printed.shown_by([0.7051, 1.0, 0.25])
    assert not printed.shown_by([0.7, 1.001, 0.25])
    assert not printed.shown_by([[0.7, 1.0, 0.25]])
    assert Printed("0.42").shown_by(0.425, slack=1e-3)
    assert not Printed("0.42").shown_by(0.4260, slack=1e-3)
    assert Printed("2.1269281").shown_by(2.126928011, slack=1e-6)
    assert not Printed("2.1269281").shown_by(2.126938011, slack=1e-6)
    assert not Printed("0.42").shown_by(np.nan, slack=1e-3)
    assert Printed("0.000").shown_by(-0.0)
    assert Printed("[1., inf, nan]").shown_by([1.0, np.inf, np.nan])


def test_a_digit_beyond_float64_counts():
    """Both texts are the same float64."""
    assert float("2.0334282107562287") == float("2.0334282107562288")
    assert Printed("2.0334282107562287").shown_by(2.0334282107562287)
    assert not Printed("2.0334282107562288").shown_by(2.0334282107562287)


BRACKETS = "one number, or numbers in matching brackets"
LENGTHS = "numbers, in brackets of equal lengths"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", BRACKETS),
        ("abc", BRACKETS),
        ("[1, 2", BRACKETS),
        ("1]", BRACKETS),
        ("1 2", BRACKETS),
        ("[1] [2]", BRACKETS),
        ("]", LENGTHS),
        ("[]", LENGTHS),
        ("[1, [2, 3]]", LENGTHS),
        ("[[1], [2, 3]]", LENGTHS),
    ],
)
def test_what_is_no_number_is_refused(text, expected):
    """Text, unbalanced brackets, rows of different lengths."""
    message = f"text: expected {expected}, got {text!r}"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        Printed(text)


def test_an_interval_may_end_where_rounding_does():
    # 0.09545 is between 0.0954 and 0.0955, and rounds to both.
    assert Interval(0.09545, 0.0955).allows(0.0954)
    assert Interval(0.0954, 0.09545).allows(0.0955)
    assert not Interval(0.00006, 0.0001).allows(0.0)
    assert not Interval(-0.0001, -0.00006).allows(0.0)


def test_inputs_of_several_lengths_stay_apart():
    def weighted(x, y, z):
        return sum(x) + 10 * sum(y) + 100 * sum(z)

    found = rounding_interval(weighted, [[1.0, 2.0], [3.0], [4.0, 5.0]], decimals=1)
    assert found.low == pytest.approx(933 - 212 * H, rel=1e-12)
    assert found.high == pytest.approx(933 + 212 * H, rel=1e-12)
