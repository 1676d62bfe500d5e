"""The setup cell: the first code cell of every chapter, the same in all of them.

Its text is made here, and `make refresh` stamps it into the chapters. On Colab, where `helpers` is
missing, it installs them from the repository's address, in the book's version.
"""

from nbformat import NotebookNode

import helpers
from _ext.repository import Repository, read_repository
from tests.notebook_check.notebook import tags

from .contents import SETTINGS
from .lock import pinned

TAG = SETTINGS.setup_tag

# Colab sets this variable in every runtime.
_INSTALL = """\
import os
from importlib.util import find_spec

if "COLAB_RELEASE_TAG" in os.environ and find_spec("helpers") is None:
    !pip install -qq {requirement}
"""

# Where the book has no address yet, there is nothing to install from.
_RAISE = """\
from importlib.util import find_spec

if find_spec("helpers") is None:
    raise ModuleNotFoundError("helpers is missing: run `pip install .` in a copy of the project")
"""

_IMPORTS = """
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

import helpers
from helpers import explain

helpers.check_versions(helpers="{helpers}", torch="{torch}")"""


def setup_source() -> str:
    """The text of the setup cell, for the repository's address that `pyproject.toml` gives."""
    return source_for(read_repository())


def source_for(repository: Repository | None) -> str:
    """The text of the setup cell that installs from a repository, if there is one."""
    install = _INSTALL.format(requirement=repository.requirement) if repository else _RAISE
    return install + _IMPORTS.format(helpers=helpers.__version__, torch=pinned("torch"))


def stamp(nb: NotebookNode) -> None:
    """Give every cell that is tagged as the setup cell its text, in place."""
    for cell in nb.cells:
        if TAG in tags(cell):
            cell.source = setup_source()
