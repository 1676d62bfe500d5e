"""What an explanation shows of a call: its options, and its table, as text and as HTML."""

import html
import inspect
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from helpers import checks
from helpers.text import number
from helpers.working import Loss

# A longer table is shown by its first and last rows.
ROWS_AT_MOST, FIRST_ROWS, LAST_ROWS = 16, 10, 4


def options_text(loss: Loss, options: Mapping[str, Any]) -> str:
    """The options as they would stand in a call: without those at their defaults, or learnt."""

    def text(value: Any) -> str:
        if isinstance(value, str | bool):
            return repr(value)
        if callable(value):
            return getattr(value, "__name__", type(value).__name__)
        array = checks.real("option", value)
        if array.ndim == 0:
            return number(float(array))
        items = [number(x) for x in array.ravel()[:8]]
        return f"[{', '.join(items)}{', …' if array.size > 8 else ''}]"

    def is_default(name: str, value: Any) -> bool:
        default = inspect.signature(loss.value).parameters[name].default
        return value is None if default is None else bool(value == default)

    return ", ".join(
        f"{name}={text(value)}"
        for name, value in options.items()
        if not callable(loss.attributes.get(name))
        and (name == "reduction" or not is_default(name, value))
    )


def cells(table: Any) -> list[list[str]]:
    """The table as rows of text: a header, then the rows, shortened in the middle when long."""
    position = table.index.name or "element"
    rows = [[position, *table.columns]]
    long = len(table) > ROWS_AT_MOST
    shown: Iterable[int | None]
    shown = [*range(FIRST_ROWS), None, *range(-LAST_ROWS, 0)] if long else range(len(table))
    for i in shown:
        if i is None:
            rest = len(table) - FIRST_ROWS - LAST_ROWS
            rows.append([f"… {rest} more", *[""] * len(table.columns)])
            continue
        label, row = table.index[i], table.iloc[i]
        label = f"[{', '.join(map(str, label))}]" if isinstance(label, tuple) else str(label)
        texts = [number(value) for value in row]
        if row.get("ignored", False):
            # What an ignored target does not have is NaN in its row.
            texts = ["" if text == "nan" else text for text in texts[:-1]] + texts[-1:]
        rows.append([label, *texts])
    return rows


def html_cells(row: Sequence[str]) -> str:
    """The cells of one row of the HTML table; the first one is its header."""
    label, *values = (html.escape(text) for text in row)
    return f'<th scope="row">{label}</th>' + "".join(f"<td>{value}</td>" for value in values)
