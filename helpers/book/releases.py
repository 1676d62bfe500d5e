"""What each release of PyTorch returned for the loss calls of `book/versions/results.json`.

`make versions` measures the file; the page *Every release* shows it.
"""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

# How far apart two numbers may be that count as one, relative to the largest of their tensor: the
# last digits depend on the processor.
CLOSE = {"float16": 2e-3, "bfloat16": 2e-2, "float32": 2e-6, "float64": 1e-12}
# Where a result differs from another one in these alone, torch computes the same.
WORDS = {"error", "warning"}

Result = Mapping[str, Any]


def read(path: Path) -> dict[str, Any]:
    """The file of results: `calls`, `torch` and `made`, each in the order of the file."""
    results: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return results


def in_words_alone(one: Result, other: Result) -> bool:
    """Whether two results differ in nothing but the text of an error or a warning.

    >>> in_words_alone({"error": "ValueError: a"}, {"error": "ValueError: b"})
    True
    >>> in_words_alone({"error": "ValueError: a"}, {"value": 1.0})
    False
    """

    def computed(result: Result) -> dict[str, Any]:
        return {key: value for key, value in result.items() if key not in WORDS}

    refused = ("error" in one) == ("error" in other)
    return refused and same(computed(one), computed(other))


def same(one: Result, other: Result) -> bool:
    """Whether two results differ in nothing but last digits.

    >>> same({"value": 0.6931472}, {"value": 0.69314724})
    True
    >>> same({"value": 27.631021}, {"value": 100.0})
    False
    >>> same({"value": [0.0, "nan"]}, {"value": [-0.0, "nan"]})
    True
    >>> same({"error": "ValueError: a"}, {"error": "ValueError: b"})
    False
    """
    # A gradient has the dtype of its tensor, which is float32 in most calls with another result.
    close = CLOSE.get(one.get("dtype", "float32"), 0.0)
    room = {"value": close, "grad": max(close, CLOSE["float32"])}
    return one.keys() == other.keys() and all(
        _same_values(value, other[key], room.get(key, 0.0)) for key, value in one.items()
    )


def _same_values(one: Any, other: Any, close: float) -> bool:
    """Whether two values have one shape and close numbers."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(
            _same_values(one[key], other[key], close) for key in one
        )
    if _shape(one) != _shape(other):
        return False
    ones, others = _flat(one), _flat(other)
    numbers = [abs(n) for n in (*ones, *others) if isinstance(n, float)]
    room = close * max(numbers, default=0.0)
    return all(
        math.isclose(a, b, rel_tol=0, abs_tol=room)
        if isinstance(a, float) and isinstance(b, float)
        else type(a) is type(b) and a == b
        for a, b in zip(ones, others, strict=True)
    )


def _flat(value: Any) -> list[Any]:
    """The elements of nested lists."""
    return [leaf for part in value for leaf in _flat(part)] if isinstance(value, list) else [value]


def _shape(value: Any) -> Any:
    """Nested lists without their elements."""
    return [_shape(part) for part in value] if isinstance(value, list) else None


def changes(before: Mapping[str, Result], after: Mapping[str, Result]) -> list[str]:
    """The ids of the calls that return something else in another release."""
    return [key for key in after if key in before and not same(before[key], after[key])]
