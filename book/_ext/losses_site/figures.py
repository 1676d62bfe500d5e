"""Figures: each is written with its size, and none is without a text for those who cannot see it.

An SVG says its size in its own first tag. The page has to repeat it, or its text moves when the
picture arrives.
"""

import re
from pathlib import Path

from docutils import nodes
from sphinx.util import logging

from .places import where

logger = logging.getLogger(__name__)

SVG_SIZE = {
    side: re.compile(rb"<svg\b[^>]*?\s" + side.encode() + rb'="([\d.]+)(pt|px)?"')
    for side in ("width", "height")
}


class SizedImage(nodes.image):
    """An image that is written with `width` and `height` attributes.

    Docutils writes the size as a `style` instead, which would squeeze the picture on a phone.
    """


def visit_sized_image(translator, node):
    """Write an image tag with the size of the picture."""
    translator.visit_image(node)
    width, height = node["pixels"]
    tag = translator.body[-1]
    translator.body[-1] = tag.replace("<img ", f'<img width="{width}" height="{height}" ', 1)


def depart_sized_image(translator, node):
    """Nothing is left to write."""


def prepare_images(app, doctree, docname):
    """Find the size of each SVG, and warn of each picture that has no alternative text."""
    for node in list(doctree.findall(nodes.image)):
        if not node.get("alt"):
            logger.warning(
                "a picture has no alt text; in a notebook, the cell's metadata give it: "
                '{"mystnb": {"image": {"alt": "what the picture shows"}}}',
                location=where(node),
            )
        pixels = _svg_size(Path(app.srcdir, node["uri"])) if node["uri"].endswith(".svg") else None
        if pixels and "width" not in node and "height" not in node:
            node.replace_self(SizedImage(**node.attributes, pixels=pixels))


def _svg_size(path):
    """Return an SVG's width and height in CSS pixels, or None if it names none."""
    head = path.read_bytes()[:2000]
    found = [pattern.search(head) for pattern in SVG_SIZE.values()]
    if not all(found):
        return None
    return [round(float(match[1]) * (4 / 3 if match[2] == b"pt" else 1)) for match in found]


def setup(app):
    """Register the sized image with Sphinx."""
    app.add_node(SizedImage, html=(visit_sized_image, depart_sized_image))
    app.connect("doctree-resolved", prepare_images)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
