"""Explorers: below a chapter's opening picture stands a button that makes it move.

Which losses have one stands in `KINDS`; where it goes, in their entries in the list of losses. The
notebooks know nothing of it. `_assets/static/book.js` loads the scripts when a person asks for one.
"""

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from helpers.losses import LOSSES

# The losses of each kind of explorer, which is the name of its script.
KINDS = {
    "one_number": (
        "l1_loss",
        "mse_loss",
        "smooth_l1_loss",
        "huber_loss",
        "binary_cross_entropy",
        "binary_cross_entropy_with_logits",
        "soft_margin_loss",
        "hinge_embedding_loss",
        "margin_ranking_loss",
        "poisson_nll_loss",
        "gaussian_nll_loss",
    ),
    "classes": ("cross_entropy", "nll_loss", "multi_margin_loss"),
    "plane": ("cosine_embedding_loss", "triplet_margin_loss", "pairwise_distance"),
}
KIND_OF = {name: kind for kind, names in KINDS.items() for name in names}
PAGE = "overview/explorers"


def explorable(chapter=None):
    """Return the losses that have an explorer, those of a chapter or all, in the list's order."""
    return [loss for loss in LOSSES if loss.name in KIND_OF and chapter in (None, loss.chapter)]


def buttons(losses):
    """Return the buttons that open the explorers of losses; without scripts they are hidden."""
    boxes = (
        f'<div class="explorer" data-loss="{loss.name}" data-kind="{KIND_OF[loss.name]}">'
        f'<button type="button">Move the numbers of {loss.torch_class}</button></div>'
        for loss in losses
    )
    return f'<div class="explorers">{"".join(boxes)}</div>'


def add_buttons(app, doctree, docname):
    """Put the buttons of a chapter's losses below its first picture."""
    losses = explorable(docname)
    picture = next(iter(doctree.findall(nodes.image)), None)
    if not losses or picture is None:
        return
    cell = picture
    while not isinstance(cell.parent, nodes.section):
        cell = cell.parent
    place = cell.parent.index(cell) + 1
    cell.parent.insert(place, nodes.raw("", buttons(losses), format="html"))


class Explorers(SphinxDirective):
    """`{explorers}`: all of them, each below a small curve, with a link to its chapter."""

    def run(self):
        from losses_reference import thumbnail

        lines = []
        for loss in explorable():
            lines += [f"## {loss.torch_class}", ""]
            lines += [f"Use it for {loss.sheet.use}. [The chapter](../{loss.chapter}.ipynb)", ""]
            lines += ["```{raw} html", thumbnail(loss) + buttons([loss]), "```", ""]
        return self.parse_text_to_nodes("\n".join(lines), allow_section_headings=True)


def setup(app):
    """Register the directive and the hook with Sphinx."""
    app.add_directive("explorers", Explorers)
    app.connect("doctree-resolved", add_buttons)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
