"""The setup cell: the first code cell of every chapter, the same in all of them.

Its text is made here, from `pyproject.toml`, and `make refresh` stamps it into the chapters.
"""

import tomllib
from pathlib import Path

from nbformat import NotebookNode

from .notebook import ROOT, tags

TAG = "setup"

_TEMPLATE = """\
import importlib.util

if importlib.util.find_spec("helpers") is None:
{install}

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

import helpers
from helpers import explain"""

# Where the book has no address yet, there is nothing to install from.
_RAISE = """\
    raise ModuleNotFoundError(
        "helpers is missing: run `pip install .` in a clone of this book's repository"
    )"""

_INSTALL = '    %pip install --quiet "{name} @ git+{address}@v{version}"'


def setup_source(pyproject: Path = ROOT / "pyproject.toml") -> str:
    """The text of the setup cell, for the repository's address that `pyproject.toml` gives."""
    settings = tomllib.loads(pyproject.read_text(encoding="utf-8"))
    project, address = settings["project"], settings["tool"]["losses-by-hand"]["repository"]
    if not address:
        return _TEMPLATE.format(install=_RAISE)
    install = _INSTALL.format(name=project["name"], address=address, version=project["version"])
    return _TEMPLATE.format(install=install)


def stamp(nb: NotebookNode) -> None:
    """Give every cell that is tagged as the setup cell its text, in place."""
    for cell in nb.cells:
        if TAG in tags(cell):
            cell.source = setup_source()
