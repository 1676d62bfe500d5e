"""Numbers, sentences and tables as text of at most 88 columns."""

import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

WIDTH = 88


def number(value: Any) -> str:
    """A number with up to seven significant digits; other values as they are."""
    if isinstance(value, bool | np.bool_):
        return "yes" if value else ""
    if isinstance(value, str):
        return value
    return f"{value + 0.0:.7g}"  # + 0.0 turns -0 into 0


def short(value: Any) -> str:
    """A number with up to four significant digits, a whole one with all; other values as `number`.

    Whole numbers from ten million on are floating ones that happen to be whole.
    """
    if isinstance(value, str | bool | np.bool_):
        return number(value)
    if isinstance(value, int | np.integer):
        return str(value)
    if value == np.round(value) and abs(value) < 1e7:
        return f"{value + 0.0:.0f}"
    return f"{value:.4g}"


def blocks(rows: Sequence[Sequence[str]]) -> Iterator[list[str]]:
    """Rows of text laid out in columns, in as many blocks as the width needs."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    blocks: list[list[int]] = []
    current: list[int] = []
    used = widths[0]
    for i in range(1, len(widths)):
        if current and used + 2 + widths[i] > WIDTH:
            blocks.append(current)
            current, used = [], widths[0]
        current.append(i)
        used += 2 + widths[i]
    blocks.append(current)
    for block in blocks:
        yield ["  ".join(row[i].rjust(widths[i]) for i in (0, *block)) for row in rows]


def wrap(text: str, start: str = "", width: int = WIDTH) -> list[str]:
    """Lines of at most the width, the first after `start`, the others indented."""
    indent = " " * (len(start) or 4)
    return textwrap.wrap(text, width, initial_indent=start, subsequent_indent=indent)
