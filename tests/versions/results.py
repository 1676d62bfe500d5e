"""The file of results: what each release returned for each call."""

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from helpers.book.releases import Result
from tests.versions.calls import CALLS, IDS
from tests.versions.releases import RELEASES, ROOT

PATH = ROOT / "book" / "versions" / "results.json"


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
