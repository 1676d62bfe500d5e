"""The introduction lists what there is: the chapters, and the parts of a chapter."""

import re

from .contents import BOOK, contents
from .shape import SECTIONS

PAGE = (BOOK / "introduction.md").read_text(encoding="utf-8")


def test_it_lists_every_chapter_in_the_order_of_the_contents() -> None:
    """But for itself, and for the further pages of the reference, which the first one lists."""
    chapters = PAGE.partition("\n## The chapters\n")[2].partition("\n(sources)=\n")[0]
    first, *wanted = [path.relative_to(BOOK).as_posix() for path in contents()]
    assert first == "introduction.md"
    wanted = [name for name in wanted if not name.startswith("reference/helpers_")]
    assert re.findall(r"\]\(([\w/]+\.(?:md|ipynb))\)", chapters) == wanted


def test_it_lists_the_sections_of_a_chapter_in_their_order() -> None:
    """Those that the rules ask for."""
    parts = PAGE.partition("\n## How to read\n")[2].partition("\n(run)=\n")[0]
    assert tuple(re.findall(r"^\*(.+)\*\n:", parts, re.MULTILINE)) == SECTIONS
