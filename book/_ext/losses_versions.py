"""The page *Every release*: what torch's losses returned, from `book/versions/results.json`.

`{release-grid}` is the table losses × releases, `{releases-of-losses}` a paragraph for each loss
that chapters link to, `{release-changes}` what each release changed, with both numbers.
`{releases-of-book}` is the table of the releases that the chapters ran on, from `book.json` there.
"""

import html
import json
from functools import cache
from itertools import pairwise
from pathlib import Path

from sphinx.util.docutils import SphinxDirective

from helpers.book import releases
from helpers.losses import LOSSES

COMPUTED, SAID = "●", "○"
# The order in which a result is told.
PARTS = ("value", "dtype", "grad", "warning", "error", "unsteady")
CLASSES = {"grad": "gradient"}


@cache
def history(path):
    """For each release after the first: the one before it, and what changed, by loss."""
    results = releases.read(path)
    calls, columns = results["calls"], results["torch"]
    of_loss = {loss.torch_class: [] for loss in LOSSES}
    for key, call in calls.items():
        of_loss[call["loss"]].append(key)
    changed = {}
    for before, after in pairwise(columns):
        differing = set(releases.changes(columns[before], columns[after]))
        changed[after] = (
            before,
            {
                loss: [
                    (calls[key]["code"], columns[before][key], columns[after][key])
                    for key in keys
                    if key in differing
                ]
                for loss, keys in of_loss.items()
                if differing.intersection(keys)
            },
        )
    return changed


def mark(rows):
    """The mark of a loss in a release: whether a number changed, or only words."""
    words = all(releases.in_words_alone(before, after) for _, before, after in rows)
    return SAID if words else COMPUTED


def anchor(release, loss):
    """The id of a loss's changes in a release."""
    return f"release-{release}-{loss.lower()}"


def linked(release, loss, text):
    """A link to a loss's changes in a release, on this page."""
    return f'<a href="#{anchor(release, loss)}">{text}</a>'


def grid(changed):
    """The table: a row for each loss, a column for each release."""
    head = "".join(f'<th scope="col"><span>{release}</span></th>' for release in changed)
    yield "```{raw} html"
    yield f'<div class="release-grid"><table><thead><tr><th></th>{head}</tr></thead><tbody>'
    for loss in (loss.torch_class for loss in LOSSES):
        cells = "".join(
            f"<td>{linked(release, loss, mark(losses[loss])) if loss in losses else ''}</td>"
            for release, (_, losses) in changed.items()
        )
        yield f'<tr><th scope="row"><a href="#releases-{loss.lower()}">{loss}</a></th>{cells}</tr>'
    yield from ("</tbody></table></div>", "```")


def by_loss(changed):
    """A paragraph for each loss, with links to all its changes, the newest first."""
    for loss in LOSSES:
        name = loss.torch_class
        links = [
            f"{linked(release, name, release)} {mark(losses[name])}"
            for release, (_, losses) in reversed(changed.items())
            if name in losses
        ]
        chapter = f"[{name}](../{loss.chapter}.ipynb)"
        yield from (f"(releases-{name.lower()})=", "", f"**{chapter}**: {', '.join(links)}", "")


def by_release(changed):
    """A section for each release, the newest first, with its changes by loss."""
    for release, (before, losses) in reversed(changed.items()):
        yield from (f"(release-{release})=", "", f"## {release}, after {before}", "")
        if not losses:
            yield from ("None of the calls returned anything else.", "")
        for loss, rows in losses.items():
            yield from ("```{raw} html", changes_of(release, loss, rows), "```", "")


def changes_of(release, loss, rows):
    """The changes of one loss in one release, those of numbers before those of words."""
    ordered = sorted(rows, key=lambda row: releases.in_words_alone(row[1], row[2]))
    calls = "".join(
        f"<pre>{html.escape(code)}</pre><dl>{told(before, after)}</dl>"
        for code, before, after in ordered
    )
    count = f"{len(rows)} call{'s' if len(rows) > 1 else ''}"
    return (
        f'<details class="release"><summary>{mark(rows)} {loss}: {count}</summary>'
        f'<span id="{anchor(release, loss)}"></span>{calls}</details>'
    )


def told(before, after):
    """A change: of each result only what differs in the other."""
    keys = [
        key
        for key in PARTS
        if (key in before or key in after)
        and not releases.same(
            {k: v for k, v in before.items() if k in (key, "dtype")},
            {k: v for k, v in after.items() if k in (key, "dtype")},
        )
    ]
    return "".join(
        f"<dt>{when}</dt><dd>{'<br>'.join(part(key, result) for key in keys if key in result)}</dd>"
        for when, result in (("before", before), ("after", after))
    )


def part(key, result):
    """One part of a result, as text."""
    value = result[key]
    if key in releases.WORDS:
        return html.escape(value)
    if key == "unsteady":
        return "what happened to stand in memory"
    text = json.dumps(value, ensure_ascii=False).replace('"', "")
    return f"{CLASSES.get(key, key)} <code>{html.escape(text)}</code>"


def of_book(runs):
    """The table of the releases that the chapters ran on, and the cells that differ there."""
    yield from (
        "| torch | NumPy | date | cells that differ |",
        "| --- | --- | --- | --- |",
    )
    for release, run in runs.items():
        differ = run["differ"]
        count = sum(map(len, differ.values()))
        versions = f"{release} | {run['numpy']} | {run['date']}"
        notebooks = f"{len(differ)} notebook{'' if len(differ) == 1 else 's'}"
        yield f"| {versions} | {count} of {run['cells']}, in {notebooks} |"
    yield ""
    for release, run in reversed(runs.items()):
        if run["differ"]:
            yield from ("```{raw} html", cells_of(release, run), "```", "")


def cells_of(release, run):
    """The cells that differ in a release, by chapter, each with the first line that does."""
    chapters = "".join(
        f'<p><a href="../{stem(chapter)}.html">{stem(chapter)}</a></p><dl>'
        + "".join(
            f"<dt>{name}</dt><dd>{'<br>'.join(map(html.escape, lines))}</dd>"
            for name, lines in cells.items()
        )
        + "</dl>"
        for chapter, cells in run["differ"].items()
    )
    return (
        f'<details class="release"><summary>The cells on torch {release}</summary>'
        f"{chapters}</details>"
    )


def stem(chapter):
    """The path of a chapter without its suffix."""
    return chapter.removesuffix(".ipynb")


class _Releases(SphinxDirective):
    """What the directives share: they parse lines of Markdown made from a file of results."""

    file = "results.json"
    read = staticmethod(history)

    def run(self):
        path = Path(self.env.srcdir) / "versions" / self.file
        self.env.note_dependency(str(path))
        return self.parse_text_to_nodes(
            "\n".join(type(self).lines(type(self).read(path))), allow_section_headings=True
        )


class ReleaseGrid(_Releases):
    """`{release-grid}`: the table losses × releases."""

    lines = staticmethod(grid)


class ReleasesOfLosses(_Releases):
    """`{releases-of-losses}`: a paragraph for each loss."""

    lines = staticmethod(by_loss)


class ReleaseChanges(_Releases):
    """`{release-changes}`: a section for each release."""

    lines = staticmethod(by_release)


class ReleasesOfBook(_Releases):
    """`{releases-of-book}`: the releases that the chapters ran on."""

    file = "book.json"
    read = staticmethod(releases.read)
    lines = staticmethod(of_book)


def setup(app):
    """Register the directives with Sphinx."""
    app.add_directive("release-grid", ReleaseGrid)
    app.add_directive("releases-of-losses", ReleasesOfLosses)
    app.add_directive("release-changes", ReleaseChanges)
    app.add_directive("releases-of-book", ReleasesOfBook)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
