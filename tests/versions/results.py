"""The file of results: what each release returned for each call."""

import json
import math
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tests.versions.calls import CALLS, IDS
from tests.versions.releases import RELEASES, ROOT

PATH = ROOT / "book" / "versions" / "results.json"
# How far apart two numbers may be that count as one, relative to the largest of their tensor: the
# last digits depend on the processor.
CLOSE = {"float16": 2e-3, "bfloat16": 2e-2, "float32": 2e-6, "float64": 1e-12}

Result = Mapping[str, Any]


class Results:
    """The results, as they stand in the file and as they change.

    `torch` has by release and id what a call returned, in the form that `tests.versions.probes`
    describes, or `{"unsteady": true}` where that depends on memory that nobody wrote. `made` says
    by release with which Python and NumPy, and when.
    """

    def __init__(self, path: Path = PATH) -> None:
        self.path = path
        stored = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        self.calls = stored.get("calls", {})
        self.torch = stored.get("torch", {})
        self.made = stored.get("made", {})

    def take_calls(self) -> None:
        """Take over the calls of today; what others returned is forgotten."""
        today = {
            f"{loss}/{name}": {"loss": loss, "code": code}
            for loss, calls in CALLS.items()
            for name, code in calls.items()
        }
        same = {key for key, call in today.items() if self.calls.get(key) == call}
        self.torch = {
            release: {key: result for key, result in column.items() if key in same}
            for release, column in self.torch.items()
        }
        self.calls = today

    def has(self, release: str) -> bool:
        """Whether a release has a result for every call."""
        return self.torch.get(release, {}).keys() == IDS.keys()

    def put(self, release: str, column: Mapping[str, Result], made: Mapping[str, Any]) -> None:
        """Take what a release returned."""
        self.torch[release], self.made[release] = dict(column), dict(made)

    def write(self) -> None:
        """Write the file, a line for each call and each result, in the order of the releases."""
        releases = [release.torch for release in RELEASES if release.torch in self.torch]
        columns = {
            release: {key: self.torch[release][key] for key in IDS if key in self.torch[release]}
            for release in releases
        }
        parts = {
            "calls": _block(map(_line, self.calls.items())),
            "torch": _block(
                f"{json.dumps(release)}: {_block(map(_line, column.items()))}"
                for release, column in columns.items()
            ),
            "made": _block(_line((release, self.made[release])) for release in releases),
        }
        text = _block(f"{json.dumps(key)}: {part}" for key, part in parts.items()) + "\n"
        self.path.parent.mkdir(parents=True, exist_ok=True)
        new = self.path.with_suffix(".new")
        new.write_text(text, encoding="utf-8")
        os.replace(new, self.path)


def _line(entry: tuple[str, Any]) -> str:
    """An entry of an object, without a space that is not needed."""
    text = json.dumps(entry[1], ensure_ascii=False, separators=(",", ":"))
    return f"{json.dumps(entry[0])}: {text}"


def _block(lines: Iterable[str]) -> str:
    """An object with a line for each entry."""
    return "{\n" + ",\n".join(lines) + "\n}"


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
