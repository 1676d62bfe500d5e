"""The self-check behind the book's exercises."""

import re
from hashlib import sha256
from typing import Any

import numpy as np

from helpers import checks
from helpers.working import ArrayLike

DIGITS = 4  # significant ones: what is compared of a sealed answer


def check_answer(answer: Any, expected: Any, tolerance: float = 1e-4) -> str:
    """Say whether an answer to an exercise is right, and if not, what is off.

    Args:
        answer: a number or array (a torch tensor too); `...` stands for "not answered yet".
        expected: what it should be, sealed by `helpers.book.seal`: the check then does not give
            the answer away, and four significant digits count, the last give or take one. Or the
            numbers themselves.
        tolerance: of numbers, the largest difference that still counts as right; this share of the
            expected number is allowed on top. NaN and infinities must be met exactly.

    Returns:
        'not answered yet', 'right', or 'not yet' with what is off.

    Raises:
        TypeError: one of the two is no array of numbers.

    >>> check_answer(..., "b8736b")
    'not answered yet'
    >>> check_answer(2.5, "b8736b")
    'right'
    >>> check_answer([1.0, 2.0], 2.5)
    'not yet: the answer has shape (2,), expected ()'
    """
    if answer is ...:
        return "not answered yet"
    answer = checks.real("answer", answer)
    sealed = _is_sealed(expected)
    expected = np.asarray(expected) if sealed else checks.real("expected", expected)
    if answer.shape != expected.shape:
        return f"not yet: the answer has shape {answer.shape}, expected {expected.shape}"
    if sealed:
        opened = [_opens(*pair) for pair in zip(answer.flat, expected.flat, strict=True)]
        wrong = ~np.array(opened, bool).reshape(answer.shape)
    else:
        wrong = ~np.isclose(answer, expected, rtol=tolerance, atol=tolerance, equal_nan=True)
    if not wrong.any():
        return "right"
    size = "" if sealed else f"off by up to {np.abs(answer[wrong] - expected[wrong]).max():.4g}"
    place = f"in {np.count_nonzero(wrong)} of {answer.size} entries" if answer.ndim else ""
    return f"not yet: {size} {place}".replace("  ", " ").rstrip(": ")


def _is_sealed(expected: Any) -> bool:
    """Whether these are texts that `seal` made."""
    texts = np.asarray(expected)
    return texts.dtype.kind == "U" and all(re.fullmatch("[0-9a-f]{6}", x) for x in texts.flat)


def seal(answer: ArrayLike) -> Any:
    """Seal the right answer to an exercise, so that a check can show it without giving it away.

    Args:
        answer: a number or array of any shape.

    Returns:
        A text for each number, nested as the numbers are: `check_answer` takes it as `expected`.

    Raises:
        TypeError: `answer` is no array of numbers.

    >>> seal(2.5)
    'b8736b'
    """
    answer = checks.real("answer", answer)
    return np.array([_seal(_rounded(x)) for x in answer.flat], "U6").reshape(answer.shape).tolist()


def _opens(number: float, sealed: str) -> bool:
    """Whether a number is the sealed one, give or take one in its last digit."""
    rounded = _rounded(number)
    size = np.floor(np.log10(abs(rounded))) if rounded and np.isfinite(rounded) else 0.0
    unit = 10 ** (size - DIGITS + 1)
    return any(_seal(_rounded(rounded + k * unit)) == sealed for k in (0, 1, -1))


def _rounded(number: float) -> float:
    """A number to four significant digits; what is 0 but for rounding is 0."""
    number = 0.0 if abs(number) < 1e-12 else float(number)
    return float(f"{number:.{DIGITS - 1}e}")


def _seal(number: float) -> str:
    """The first six hexadecimal digits of a number's hash."""
    return sha256(repr(number).encode()).hexdigest()[:6]
