"""What an explanation shows, as text of at most 88 columns and as HTML.

What is wrong and what would mend it comes first: the message, the causes, the fixes. Numbers in
tables have four significant digits, whole ones all of theirs.
"""

from __future__ import annotations

import html
import inspect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from helpers import checks
from helpers.findings import Fix
from helpers.text import blocks, number, short, wrap
from helpers.working import Loss, Remark

ROWS_AT_MOST = 16  # of a longer table, those that contribute most are shown


@dataclass(frozen=True)
class Table:
    """A table as rows of text, the first one its header, under a caption that may be empty."""

    caption: str
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Shown:
    """What is shown of an explanation; its fields are those of `Explanation`, in their order."""

    title: str
    formula: str
    error: str
    causes: Sequence[str]
    fixes: Sequence[Fix]
    mistakes: Sequence[Remark]
    tables: Sequence[Table]
    conclusion: Sequence[tuple[str, str]]
    remarks: Sequence[Remark]


def options_text(loss: Loss, options: Mapping[str, Any]) -> str:
    """The options as they would stand in a call: without those at their defaults, or learnt."""
    return ", ".join(
        f"{name}={_option(value)}"
        for name, value in options.items()
        if not callable(loss.attributes.get(name))
        and (name == "reduction" or not _is_default(loss, name, value))
    )


def _option(value: Any) -> str:
    """The value of an option as it would be typed, shortened where it is long."""
    if isinstance(value, str | bool) or value is None:
        return repr(value)
    if callable(value):
        return getattr(value, "__name__", type(value).__name__)
    try:
        array = checks.real("option", value)
    except (TypeError, ValueError):
        return checks.describe(value)
    if array.ndim == 0:
        return number(float(array))
    items = [number(x) for x in array.ravel()[:8]]
    return f"[{', '.join(items)}{', …' if array.size > 8 else ''}]"


def _is_default(loss: Loss, name: str, value: Any) -> bool:
    """Whether an option has the value that it has where it is not given."""
    default = inspect.signature(loss.value).parameters[name].default
    return value is None if default is None else bool(np.ndim(value) == 0 and value == default)


def cells(table: Any) -> list[list[str]]:
    """A DataFrame as rows of text: a header, then the rows, each after its position."""
    rows = [[table.index.name or "element", *table.columns]]
    for label, row in zip(table.index, table.itertuples(index=False, name=None), strict=True):
        place = f"[{', '.join(map(str, label))}]" if isinstance(label, tuple) else str(label)
        texts = [short(value) for value in row]
        if "ignored" in table.columns and row[list(table.columns).index("ignored")]:
            # What an ignored target does not have is NaN in its row.
            texts = ["" if text == "nan" else text for text in texts[:-1]] + texts[-1:]
        rows.append([place, *texts])
    return rows


# ------------------------------------------------------------------------------------------- text


def text(shown: Shown) -> str:
    """An explanation as text."""
    parts = (_head, _wrong, _text_tables, _numbers, _text_remarks)
    sections = [list(part(shown)) for part in parts]
    lines = [line.rstrip() for section in sections if section for line in (*section, "")]
    return "\n".join(lines[:-1])


def noticed(remarks: Sequence[tuple[str, Remark]]) -> str:
    """What was noticed in several places, each with its file and line; nothing without any."""
    return "\n\n".join("\n".join(_noticed(*one)) for one in remarks)


def _noticed(where: str, remark: Remark) -> Iterator[str]:
    """What was noticed at a place, and what would mend it."""
    yield f"{where}:"
    yield from wrap(remark.text, "MISTAKE? " if remark.kind == "mistake" else "- ")
    if remark.fix:
        yield from _fix(remark.fix)


def _head(shown: Shown) -> Iterator[str]:
    """What was called, and its formula."""
    yield from wrap(shown.title)
    if shown.formula:
        yield from wrap(shown.formula, "each element: ")


def _wrong(shown: Shown) -> Iterator[str]:
    """What torch said, why, and what would mend it."""
    if shown.error:
        yield from wrap(shown.error, "REFUSED: ")
    for cause in shown.causes:
        yield from wrap(cause, "CAUSE: ")
    for one in _mending(shown):
        if isinstance(one, Fix):
            yield from _fix(one)
        else:
            yield from wrap(one.text, "MISTAKE? ")


def _mending(shown: Shown) -> Iterator[Fix | Remark]:
    """Mistakes and fixes in the order in which they are shown.

    The fixes of a refused call follow its causes. What a mistake has comes with it, and what is
    left may mend a computed call in another way.
    """
    if shown.error:
        yield from shown.fixes
    for mistake in shown.mistakes:
        yield mistake
        if mistake.fix:
            yield mistake.fix
    if not shown.error:
        yield from shown.fixes


def _fix(fix: Fix) -> Iterator[str]:
    """A fix: how sure it is and why, its code on lines of its own, and what it gives."""
    yield from wrap(fix.why, "FIX: " if fix.sure else "PERHAPS: ")
    # Code is not wrapped: it is there to be copied.
    yield from (f"    {line}" for line in fix.code.splitlines())
    yield f"    # gives {_value(fix.value)}"


def _value(value: Any) -> str:
    """What a fix returned."""
    return number(float(value)) if np.ndim(value) == 0 else f"an array of shape {np.shape(value)}"


def _text_tables(shown: Shown) -> Iterator[str]:
    """The tables, each in as many blocks as the width needs."""
    for i, table in enumerate(shown.tables):
        if i:
            yield ""
        yield from wrap(table.caption)
        for j, block in enumerate(blocks(table.rows)):
            yield from ([""] if j else [])
            yield from block


def _numbers(shown: Shown) -> Iterator[str]:
    """The lines below the tables."""
    for name, value in shown.conclusion:
        yield from wrap(value, f"{name:<40}  " if len(name) <= 40 else f"{name}  ")


def _text_remarks(shown: Shown) -> Iterator[str]:
    """The other remarks."""
    for remark in shown.remarks:
        yield from wrap(remark.text, "- ")
        if remark.fix:
            yield from _fix(remark.fix)


# ------------------------------------------------------------------------------------------- HTML

# The colours are those of GitHub's themes; their contrast to the ground is at least 4.5. A page has
# its theme in `data-theme`, JupyterLab in `data-jp-theme-light`; else the reader's system does.
_DARK = """\
--e-ink: #e6edf3; --e-soft: #9da7b3; --e-line: #444c56;
--e-bad: #ff8b84; --e-good: #5fd07a; --e-box: #1f262e;"""
STYLE = f"""
.explanation {{
--e-ink: #1f2328; --e-soft: #59636e; --e-line: #d1d9e0;
--e-bad: #b3261e; --e-good: #116329; --e-box: #f6f8fa;
color: var(--e-ink); max-width: 736px; font-size: 0.9em; }}
@media screen and (prefers-color-scheme: dark) {{
:root:not([data-theme=light]) body:not([data-theme=light], [data-jp-theme-light=true])
.explanation {{ {_DARK} }} }}
@media screen {{
[data-theme=dark] .explanation, [data-jp-theme-light=false] .explanation {{ {_DARK} }} }}
.explanation .wide {{ overflow-x: auto; }}
.explanation table {{ border-collapse: collapse; font-size: 0.92em; margin: 0.4em 0;
color: inherit; background: none; }}
.explanation caption {{ caption-side: top; text-align: left; color: var(--e-soft); }}
.explanation th, .explanation td {{ border: 0; border-bottom: 1px solid var(--e-line);
padding: 0.2em 0.5em; text-align: right; background: none; color: inherit; }}
.explanation tbody :is(th, td) {{ white-space: nowrap; }}
.explanation .conclusion :is(th, td) {{ text-align: left; white-space: normal; }}
.explanation .bad, .explanation .good {{ border-left: 4px solid var(--e-bad);
background: var(--e-box); padding: 0.4em 0.8em; margin: 0.5em 0; overflow-wrap: anywhere; }}
.explanation .good {{ border-color: var(--e-good); }}
.explanation .bad b {{ color: var(--e-bad); }}
.explanation .good b {{ color: var(--e-good); }}
.explanation pre {{ margin: 0.3em 0; padding: 0.4em 0.6em; overflow-x: auto; user-select: all;
background: none; color: inherit; border: 1px solid var(--e-line); }}
.explanation code {{ background: none; border: 0; color: inherit; overflow-wrap: anywhere; }}
"""


def page(shown: Shown) -> str:
    """An explanation as HTML, with its style, for a notebook or a page."""
    parts = (_page_head, _page_wrong, _page_tables, _page_remarks)
    lines = [line for part in parts for line in part(shown)]
    return "\n".join([f'<div class="explanation"><style>{STYLE}</style>', *lines, "</div>"])


def _page_head(shown: Shown) -> Iterator[str]:
    """What was called, and its formula."""
    formula = f"<br>each element: {_code(shown.formula)}" if shown.formula else ""
    yield f"<div>{_code(shown.title)}{formula}</div>"


def _code(words: str) -> str:
    """Words in the letters of code."""
    return f"<code>{html.escape(words)}</code>"


def _box(kind: str, head: str, words: str) -> str:
    """A paragraph that stands out; `kind` is 'bad' or 'good'."""
    return f'<div class="{kind}"><b>{head}</b> {html.escape(words)}</div>'


def _page_wrong(shown: Shown) -> Iterator[str]:
    """What torch said, why, and what would mend it."""
    if shown.error:
        yield _box("bad", "Refused:", shown.error)
    for cause in shown.causes:
        yield _box("bad", "Cause:", cause)
    for one in _mending(shown):
        yield _page_fix(one) if isinstance(one, Fix) else _box("bad", "Mistake?", one.text)


def _page_fix(fix: Fix) -> str:
    """A fix, its code in a box of its own that one click selects."""
    head = "Fix:" if fix.sure else "Perhaps:"
    return (
        f'<div class="good"><b>{head}</b> {html.escape(fix.why)}'
        f"<pre><code>{html.escape(fix.code)}</code></pre>"
        f"gives {html.escape(_value(fix.value))}</div>"
    )


def _page_tables(shown: Shown) -> Iterator[str]:
    """The tables, then the conclusion in one of its own, which a phone need not scroll."""
    for table in shown.tables:
        yield from _page_table(table)
    if shown.conclusion:
        rows = "".join(f"<tr>{_page_row(row)}</tr>" for row in shown.conclusion)
        yield f'<table class="conclusion"><tbody>{rows}</tbody></table>'


def _page_table(table: Table) -> Iterator[str]:
    """A table in a box that scrolls where a phone is too narrow for it."""
    header, *rows = table.rows
    caption = f"<caption>{html.escape(table.caption)}</caption>" if table.caption else ""
    yield f'<div class="wide"><table class="dataframe">{caption}'
    head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in header)
    yield f"<thead><tr>{head}</tr></thead>"
    yield from ("<tbody>", *(f"<tr>{_page_row(row)}</tr>" for row in rows), "</tbody>")
    yield "</table></div>"


def _page_row(row: Sequence[str]) -> str:
    """The cells of a row; the first one is its header."""
    label, *values = (html.escape(words) for words in row)
    return f'<th scope="row">{label}</th>' + "".join(f"<td>{value}</td>" for value in values)


def _page_remarks(shown: Shown) -> Iterator[str]:
    """The other remarks."""
    if shown.remarks:
        yield "<ul>"
        for remark in shown.remarks:
            fix = _page_fix(remark.fix) if remark.fix else ""
            yield f"<li>{html.escape(remark.text)}{fix}</li>"
        yield "</ul>"
