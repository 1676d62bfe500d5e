"""The self-check behind the book's exercises."""

import numpy as np

from helpers import checks


def check_answer(answer, expected, tolerance=1e-4):
    """Say whether an answer to an exercise is right, and if not, what is off.

    Args:
        answer: a number or array (a torch tensor too); `...` stands for "not answered yet".
        expected: what it should be.
        tolerance: the largest difference that still counts as right; this share of the expected
            number is allowed on top. NaN and infinities must be met exactly.

    Returns:
        'not answered yet', 'right', or 'not yet' with what is off.

    Raises:
        TypeError: one of the two is no array of numbers.

    >>> check_answer(..., 2.5)
    'not answered yet'
    >>> check_answer(2.5, 2.5)
    'right'
    >>> check_answer([1.0, 2.0], 2.5)
    'not yet: the answer has shape (2,), expected ()'
    """
    if answer is ...:
        return "not answered yet"
    answer, expected = checks.real("answer", answer), checks.real("expected", expected)
    if answer.shape != expected.shape:
        return f"not yet: the answer has shape {answer.shape}, expected {expected.shape}"
    wrong = ~np.isclose(answer, expected, rtol=tolerance, atol=tolerance, equal_nan=True)
    if wrong.any():
        which = (
            "" if answer.ndim == 0 else f" in {np.count_nonzero(wrong)} of {answer.size} entries"
        )
        return f"not yet: off by up to {np.abs(answer[wrong] - expected[wrong]).max():.4g}{which}"
    return "right"
