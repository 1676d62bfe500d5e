"""Pages made from the package itself: the table of all losses, the reference, and the index.

The table and the index come from `helpers.losses`, the reference from the docstrings, so that
none has to be kept in step with the code by hand.
"""

import inspect
from importlib import import_module

import numpy as np
from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform
from sphinx.util.docutils import SphinxDirective

import helpers
from helpers.losses import LOSSES

HEAD = """\
| curve | loss | `'mean'` divides by | use it for |
| --- | --- | --- | --- |"""
# Of a curve's drawing, in pixels; and how high it may go, in units of the loss.
WIDTH, HEIGHT, MOST, POINTS = 112, 56, 5.0, 57
SAID = 5  # of how many places the description says the height
# Docstrings name these without a link to Python's own documentation.
BUILTINS = (
    *("TypeError", "ValueError", "float", "bool"),
    *("matplotlib.figure.Figure", "numpy.ndarray", "numpy.dtype", "numpy.float64"),
    *("helpers.diagnosis.explanation.Step", "helpers.working.Remark"),
)


class LossTable(SphinxDirective):
    """`{loss-table} chapter …`: a row for every loss of some of the book's folders."""

    required_arguments = 1
    optional_arguments = 9

    def run(self):
        losses = [loss for loss in LOSSES if loss.chapter.split("/")[0] in self.arguments]
        table = self.parse_text_to_nodes("\n".join([HEAD, *map(_row, losses)]))
        for node in table:
            node["classes"].append("loss-table")
        return table


def _row(loss):
    """The row of one loss, as Markdown. One that has no sheet shows its formula in plain text."""
    module, sheet = loss.value.__module__, loss.sheet
    functions = (
        f"{{py:func}}`{loss.name} <{module}.{loss.name}>`, "
        f"{{py:func}}`gradient <{module}.{loss.name}_grad>`"
    )
    name = f"[{loss.torch_class}](../{loss.chapter}.ipynb)"
    if sheet is None:
        formula = loss.formula.replace("|", "\\|")
        return f"| | {name}<br>`{formula}`<br>{functions} | | |"
    along = f"over: {sheet.axis}"
    if sheet.names:
        along += "<br>— {}<br>‑ ‑ {}".format(*sheet.names)
    cells = [
        f"{thumbnail(loss)}{along}",
        f"{name}: {sheet.takes}<br>${sheet.tex}$<br>{functions}",
        sheet.mean,
        sheet.use,
    ]
    return f"| {' | '.join(cells)} |"


def thumbnail(loss):
    """A small drawing of the curve of a loss, which takes its colours from the page."""
    sheet = loss.sheet
    x = np.linspace(*sheet.span, POINTS)
    curves = [np.asarray(curve(x), float) for curve in sheet.curves]
    low = min(0.0, *(curve.min() for curve in curves))
    high = min(max(curve.max() for curve in curves), MOST)

    def places(x, y):
        across = (x - sheet.span[0]) / (sheet.span[1] - sheet.span[0]) * WIDTH
        up = (high - np.clip(y, low, 2 * high)) / (high - low) * (HEIGHT - 4) + 2
        return "L".join(f"{a:.4g} {b:.4g}" for a, b in zip(across, up, strict=True))

    span = np.array(sheet.span)
    paths = [f'<path class="axis" d="M{places(span, 0 * span)}"/>']
    if span[0] < 0 < span[1]:
        paths.append(f'<path class="axis" d="M{places(0 * span, np.array([low, high]))}"/>')
    for number, curve in enumerate(curves):
        paths.append(f'<path class="curve-{number}" d="M{places(x, curve)}"/>')
    said = slice(None, None, (POINTS - 1) // (SAID - 1))
    heights = [", ".join(f"{y:.2g}" for y in curve[said].round(3) + 0.0) for curve in curves]
    named = [f"{name}: {text}" for name, text in zip(sheet.names or [""], heights, strict=True)]
    label = f"{loss.torch_class} over {sheet.axis}, at {SAID} places from {span[0]:.3g} to "
    label += f"{span[1]:.3g}. " + "; ".join(text.removeprefix(": ") for text in named)
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    label = label.replace("`", "")
    return f'<svg class="curve" {size} role="img" aria-label="{label}">{"".join(paths)}</svg>'


class HelpersOf(SphinxDirective):
    """`{helpers-of} module …`: the reference of the public functions and classes of modules."""

    required_arguments = 1
    optional_arguments = 9

    def run(self):
        lines = ["```{eval-rst}"]
        for name in self.arguments:
            module = import_module(f"helpers.{name}")
            for public in public_names(module):
                kind = "class" if inspect.isclass(getattr(module, public)) else "function"
                lines += [f".. auto{kind}:: {module.__name__}.{public}", ""]
        return self.parse_text_to_nodes("\n".join([*lines, "```"]))


def public_names(module):
    """The public names of a module, in the order of the code, classes last.

    A module that `helpers` offers as a whole is public as a whole; of the others only what
    `helpers` itself offers.
    """
    own = [name for name, value in vars(module).items() if _is_of(value, module)]
    own.sort(key=lambda name: inspect.isclass(getattr(module, name)))
    whole = any(getattr(helpers, name) is module for name in helpers.__all__)
    return [name for name in own if not name.startswith("_") and (whole or name in helpers.__all__)]


def _is_of(value, module):
    """Whether a function or class was defined in a module."""
    return callable(value) and getattr(value, "__module__", None) == module.__name__


class IndexEntries(SphinxTransform):
    """In a loss's chapter, entries for the index: the loss, and each of its options."""

    default_priority = 400  # before Sphinx collects the entries of a page

    def apply(self):
        losses = [loss for loss in LOSSES if self.env.docname == loss.chapter]
        if losses:
            top, options = self._place(), self._place("options")
            entries = [("single", loss.torch_class, top, "main", None) for loss in losses]
            entries += [
                ("single", f"{option} (option); {loss.torch_class}", options, "", None)
                for loss in losses
                for option in loss.options
            ]
            self.document.insert(0, addnodes.index(entries=entries))

    def _place(self, wanted=None):
        """The id of the section that has the wanted one, or else of the first section."""
        ids = [section["ids"][0] for section in self.document.findall(nodes.section)]
        return wanted if wanted in ids else ids[0]


def ignore_builtins(app, config):
    """Let Sphinx's check of references pass over names that have no page here."""
    config.nitpick_ignore += [
        (f"py:{role}", name) for role in ("exc", "class", "obj") for name in BUILTINS
    ]


def setup(app):
    """Register the directives with Sphinx."""
    app.add_directive("loss-table", LossTable)
    app.add_directive("helpers-of", HelpersOf)
    app.add_transform(IndexEntries)
    app.connect("config-inited", ignore_builtins)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
