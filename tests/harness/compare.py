"""The strict comparison of a cell's stored outputs with the ones that came."""

import difflib
import json
import re
from collections.abc import Iterator, Sequence

from nbformat import NotebookNode

from .normalise import merge_streams

SVG = "image/svg+xml"
DRAWN_BY = re.compile(r"Matplotlib v([\w.+-]+)")
_MOST_LINES, _MOST_COLUMNS = 40, 160  # of a difference, in a message


def differences(stored: Sequence[NotebookNode], came: Sequence[NotebookNode]) -> list[str]:
    """Say in what two lists of outputs differ; say nothing if they are the same.

    Everything counts: how many outputs there are, their order, their kinds, every MIME type, every
    character, and the metadata. Only a traceback does not, which is cut to its last line in a
    chapter, and a picture that another version of matplotlib drew (see `same_picture`).
    """
    stored, came = merge_streams(stored), merge_streams(came)
    found = []
    for number, (old, new) in enumerate(zip(stored, came, strict=False), start=1):
        found += [f"output {number}, {problem}" for problem in _output_differences(old, new)]
    for number, old in enumerate(stored[len(came) :], start=len(came) + 1):
        found.append(f"output {number} is stored, but did not come:\n{_shown('-', old)}")
    for number, new in enumerate(came[len(stored) :], start=len(stored) + 1):
        found.append(f"output {number} came, but is not stored:\n{_shown('+', new)}")
    return found


def same_picture(stored: str, came: str) -> bool:
    """Whether two SVG texts show the same.

    They are compared character by character if one version of matplotlib drew both (or if neither
    says what drew it). Otherwise only the description beside the picture counts, since a new
    version draws the same data in other strokes.
    """
    versions = [DRAWN_BY.search(svg) for svg in (stored, came)]
    if all(versions) and versions[0].group(1) != versions[1].group(1):
        return True
    return stored == came


def _fields(output: NotebookNode) -> dict[str, str]:
    """What counts in an output, by name."""
    if output.output_type == "stream":
        return {output.name: output.text}
    if output.output_type == "error":
        return {"error name": output.ename, "error message": output.evalue}
    return {mime: _as_text(data) for mime, data in output.data.items()} | {
        "metadata": _as_text(output.metadata)
    }


def _as_text(data: object) -> str:
    """Text as it is; JSON data as text, so that 1, 1.0 and true stay different."""
    return data if isinstance(data, str) else json.dumps(data, sort_keys=True)


def _output_differences(stored: NotebookNode, came: NotebookNode) -> Iterator[str]:
    """In what one output differs from the one that came in its place."""
    old, new = _fields(stored), _fields(came)
    if stored.output_type != came.output_type or old.keys() != new.keys():
        yield f"another kind of output:\n{_shown('-', stored)}\n{_shown('+', came)}"
        return
    for name in old:
        same = same_picture if name == SVG else str.__eq__
        if not same(old[name], new[name]):
            yield f"{name}:\n{_diff(old[name], new[name])}"


def _shown(sign: str, output: NotebookNode) -> str:
    """A whole output as lines of a difference."""
    lines = [f"({output.output_type})"]
    for name, text in _fields(output).items():
        lines += [f"{name}: {line}" for line in text.splitlines()]
    return _cut([f"{sign} {line}" for line in lines])


def _diff(stored: str, came: str) -> str:
    """The lines in which two texts differ: `-` is stored, `+` came."""
    old, new = stored.splitlines(), came.splitlines()
    if old == new:  # then a line end differs, which only a repr shows
        old, new = [repr(stored)], [repr(came)]
    return _cut(list(difflib.unified_diff(old, new, "stored", "came", n=1, lineterm="")))


def _cut(lines: list[str]) -> str:
    """The lines as one text, shortened to what a person reads."""
    shown = [line if len(line) <= _MOST_COLUMNS else line[:_MOST_COLUMNS] + " …" for line in lines]
    if len(shown) > _MOST_LINES:
        shown[_MOST_LINES:] = [f"… and {len(lines) - _MOST_LINES} more lines"]
    return "\n".join(shown)
