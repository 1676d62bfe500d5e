"""JupyterLab, as `make lab` starts it: it opens the chapters, and their kernel finds `helpers`."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.notebook_check.compare import differences
from tests.notebook_check.notebook import Notebook

from .contents import BOOK, ROOT
from .lab import Kernel, Lab

CHAPTER = "regression/l1.ipynb"
CELLS = 4  # the setup cell, and the first that print


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """A fresh JupyterLab."""
    lab = Lab(tmp_path)
    yield lab
    lab.stop()


def test_a_chapter_opens_and_runs(lab: Lab) -> None:
    """Its page, its text, a kernel by the name that it stores, and its first cells."""
    assert b"jupyter-config-data" in lab.ask(f"/lab/tree/{CHAPTER}")
    stored = Notebook.read(BOOK / CHAPTER)
    opened = json.loads(lab.ask(f"/api/contents/{CHAPTER}"))["content"]
    assert [cell["id"] for cell in opened["cells"]] == [cell.id for cell in stored.nb.cells]

    kernel = Kernel(lab, CHAPTER, opened["metadata"]["kernelspec"]["name"])
    for _, cell in list(stored.code_cells())[:CELLS]:
        assert list(differences(cell.outputs, kernel.execute(cell.source))) == []
    (found,) = kernel.execute("import sys; print(sys.prefix, helpers.__file__)")
    assert found.text == f"{sys.prefix} {ROOT / 'helpers' / '__init__.py'}\n"
    kernel.stop()
