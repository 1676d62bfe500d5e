"""Pages made from the package itself: the table of all losses, the reference, and the index.

The table and the index come from `helpers.losses`, the reference from the docstrings, so that
none has to be kept in step with the code by hand.
"""

import inspect
from importlib import import_module

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform
from sphinx.util.docutils import SphinxDirective

import helpers
from helpers.losses import LOSSES

DOCUMENTATION = "https://docs.pytorch.org/docs/2.13/generated/torch.nn"
HEAD = "| loss, and its formula for one element | in `helpers` | PyTorch |\n| --- | --- | --- |"
# Docstrings name these without a link to Python's own documentation.
BUILTINS = (
    *("TypeError", "ValueError", "float", "bool"),
    *("matplotlib.figure.Figure", "numpy.ndarray", "numpy.dtype", "numpy.float64"),
    *("helpers.diagnosis.explanation.Step", "helpers.working.Remark"),
)


class LossTable(SphinxDirective):
    """`{loss-table}`: a row for every loss."""

    def run(self):
        return self.parse_text_to_nodes("\n".join([HEAD, *map(_row, LOSSES)]))


def _row(loss):
    """The row of one loss, as Markdown."""
    formula, module = loss.formula.replace("|", "\\|"), loss.value.__module__
    cells = [
        f"[{loss.torch_class}](../{loss.chapter}.ipynb)<br>`{formula}`",
        f"{{py:func}}`{loss.name} <{module}.{loss.name}>`, "
        f"{{py:func}}`gradient <{module}.{loss.name}_grad>`",
        f"[documentation]({DOCUMENTATION}.{loss.torch_class}.html)",
    ]
    return f"| {' | '.join(cells)} |"


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
