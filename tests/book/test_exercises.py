"""The self-check of the book's exercises."""

import numpy as np
import pytest
import torch

from helpers import check_answer


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
