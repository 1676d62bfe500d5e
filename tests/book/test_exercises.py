"""The self-check of the book's exercises."""

from hashlib import sha256

import numpy as np
import pytest
import torch

from helpers import check_answer
from helpers.book import seal


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (2.5, 2.5),
        (2, 2.00009),
        ([1.0, 2.0], torch.tensor([1.0, 2.0])),
        (torch.tensor(0.4243, requires_grad=True), 0.42426),
        (0.00009, 0.0),
        # Of numbers above 1 the digits count.
        (12345.0, 12346.0),
        (np.inf, np.inf),
        ([np.nan, -np.inf], [np.nan, -np.inf]),
        ([], []),
    ],
)
def test_right(answer, expected):
    assert check_answer(answer, expected) == "right"


@pytest.mark.parametrize(
    ("answer", "expected", "reply"),
    [
        (..., 1.0, "not answered yet"),
        (0.5, 0.25, "not yet: off by up to 0.25"),
        ([1.0, 2.0, 4.0], [1.0, 2.5, 3.0], "not yet: off by up to 1 in 2 of 3 entries"),
        ([1.0, 2.0], 1.0, "not yet: the answer has shape (2,), expected ()"),
        (np.nan, 1.0, "not yet: off by up to nan"),
        (np.inf, -np.inf, "not yet: off by up to inf"),
        (5.0, np.inf, "not yet: off by up to inf"),
        ([np.inf, 1.0], [np.inf, 2.0], "not yet: off by up to 1 in 1 of 2 entries"),
    ],
)
def test_not_right(answer, expected, reply):
    assert check_answer(answer, expected) == reply


def test_tolerance():
    assert check_answer(1.05, 1.0, tolerance=0.1) == "right"
    assert check_answer(1.05, 1.0, tolerance=0.01) == "not yet: off by up to 0.05"


def test_an_answer_that_is_no_number():
    with pytest.raises(TypeError, match=r"^answer: expected an array of numbers, got str$"):
        check_answer("2.5", 2.5)
    with pytest.raises(TypeError, match=r"^expected: expected an array of numbers, got str$"):
        check_answer(2.5, "2.5")


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        (2.1269, 2.126928),
        (2.127, 2.126928),
        (2.126, 2.126928),  # one off in the last of four digits
        (2.128, 2.126928),
        (-0.04743, -0.0474255),
        (12350, 12346.0),
        (0.99995, 1.0),
        (0.9999, 1.0),
        (1e-17, 0.0),
        (torch.tensor([0.5, 2.0], requires_grad=True), [0.5, 2.0]),
        ([[np.nan, -np.inf]], [[np.nan, -np.inf]]),
    ],
)
def test_a_sealed_answer_is_right(answer, right):
    assert check_answer(answer, seal(right)) == "right"


@pytest.mark.parametrize(
    ("answer", "right", "reply"),
    [
        (..., 2.5, "not answered yet"),
        (2.129, 2.126928, "not yet"),
        (2.125, 2.126928, "not yet"),
        (-2.127, 2.126928, "not yet"),
        (0.002, 0.0, "not yet"),
        (np.nan, 2.5, "not yet"),
        (np.inf, -np.inf, "not yet"),
        ([1.0, 2.0, 4.0], [1.0, 2.5, 3.0], "not yet: in 2 of 3 entries"),
        ([2.5], 2.5, "not yet: the answer has shape (1,), expected ()"),
        ([2.5], [[2.5]], "not yet: the answer has shape (1,), expected (1, 1)"),
    ],
)
def test_a_sealed_answer_is_not_right(answer, right, reply):
    assert check_answer(answer, seal(right)) == reply


def test_a_seal_does_not_show_the_answer():
    def hashed(text):
        return sha256(text).hexdigest()[:6]

    assert seal([[0.25, -1], [12345.6, -0.0]]) == [
        [hashed(b"0.25"), hashed(b"-1.0")],
        [hashed(b"12350.0"), hashed(b"0.0")],
    ]
    assert seal(2.5) == hashed(b"2.5")


def test_what_cannot_be_sealed():
    with pytest.raises(TypeError, match=r"^answer: expected an array of numbers, got str$"):
        seal("2.5")


def test_a_text_that_is_no_seal():
    with pytest.raises(TypeError, match=r"^expected: expected an array of numbers, got list$"):
        check_answer([1.0, 2.0], ["b8736b", "2.5"])
