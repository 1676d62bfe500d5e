"""Where the book is, its chapters, and its table of contents."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import yaml

from tests.notebook_check.notebook import Notebook
from tests.notebook_check.settings import Settings

SETTINGS = Settings.of(Path(__file__))
ROOT = SETTINGS.root
BOOK = ROOT / SETTINGS.folder


def chapters() -> list[Path]:
    """The notebooks of the book, in alphabetical order."""
    return list(SETTINGS.notebooks())


def plain_chapters() -> list[Path]:
    """Those that need nothing beyond requirements.txt, and so run wherever the book does."""
    return [path for path in chapters() if not Notebook.read(path).extra]


@lru_cache
def contents(toc: Path = BOOK / "_toc.yml") -> list[Path]:
    """The files that the table of contents names, in order, with their suffix if they exist."""

    def entries(node: object) -> Iterator[str]:
        if isinstance(node, dict):
            yield from (node[key] for key in ("root", "file") if key in node)
            node = list(node.values())
        if isinstance(node, list):
            for child in node:
                yield from entries(child)

    stems = [toc.parent / entry for entry in entries(yaml.safe_load(toc.read_text("utf-8")))]
    return [_with_suffix(stem) for stem in stems]


def _with_suffix(stem: Path) -> Path:
    """The notebook or Markdown file that an entry of the table of contents stands for."""
    candidates = [stem.with_name(stem.name + suffix) for suffix in (".ipynb", ".md")]
    return next((path for path in candidates if path.is_file()), stem)
