"""The setup cell: the first code cell of every chapter, the same in all of them.

Its text is made here, and `make refresh` stamps it into the chapters. It asks for the distribution,
not for a module called `helpers`: others have that name too. On Colab, where the distribution is
missing, it installs it from the repository's address, in the book's version. What is imported in
its place, a file of the reader's or PyPI's `helpers`, stops it and is named.
"""

from nbformat import NotebookNode

import helpers
from book._ext.repository import Repository, read_repository
from tests.notebook_check.notebook import tags

from .contents import SETTINGS
from .lock import pinned

TAG = SETTINGS.setup_tag
DISTRIBUTION = "pytorch-losses-by-hand"

# Colab sets this variable in every runtime.
_INSTALL = """\
import os
from importlib.metadata import distributions as installed

if os.getenv("COLAB_RELEASE_TAG") and not [*installed(name="{distribution}")]:
    !pip install -qq {requirement}
"""

# Where the book has no address yet, there is nothing to install from.
_RAISE = """\
from importlib.metadata import distributions as installed

if not [*installed(name="{distribution}")]:
    missing = "helpers is missing: run `pip install .` in a copy of the project"
    raise ModuleNotFoundError(missing)
"""

_IMPORTS = """\
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

import helpers

assert hasattr(helpers, "explain"), f"{{helpers.__file__}} hides {distribution}"
explain = helpers.explain
helpers.check_versions(helpers="{helpers}", torch="{torch}")"""


def setup_source() -> str:
    """The text of the setup cell, for the repository's address that `pyproject.toml` gives."""
    return source_for(read_repository())


def source_for(repository: Repository | None) -> str:
    """The text of the setup cell that installs from a repository, if there is one."""
    return ((_INSTALL if repository else _RAISE) + _IMPORTS).format(
        distribution=DISTRIBUTION,
        requirement=repository and repository.requirement,
        helpers=helpers.__version__,
        torch=pinned("torch"),
    )


def stamp(nb: NotebookNode) -> None:
    """Give every cell that is tagged as the setup cell its text, in place."""
    for cell in nb.cells:
        if TAG in tags(cell):
            cell.source = setup_source()
