"""Checks notebooks: every stored output is compared with that of a fresh run.

A pytest plugin, built on nbval, which closes the holes through which plain nbval lets broken
notebooks pass. It knows nothing of the project whose notebooks it checks; that is in the table
`[tool.notebook-check]` of the project's `pyproject.toml`. The parts, each with one job:

- `settings`: that table;
- `notebook`: a notebook on disk, its cells and outputs;
- `normalise`: the canonical form of a notebook file;
- `rules`: what a notebook must look like, checked without running it;
- `kernels`: the kernel that executes cells, the same for checking and refreshing;
- `forks`, `forkserver`: kernels forked from a process that has imported the heavy libraries;
- `compare`: the strict comparison of two lists of outputs;
- `report`: what differs, in words for a person;
- `damage`, `mutants`: every way in which a stored output can be wrong, and whether it is noticed;
- `plugin`: the pytest plugin that turns all of this into test items;
- `refresh`: re-executes notebooks and writes them back.
"""

import sys

# jsonschema, which nbformat imports, looks for this module, which builds a parser as it is
# imported, for a kind of address that the format of notebooks does not have; without it, jsonschema
# leaves such addresses unchecked. Measured on a check of 32 notebooks by two processes, three
# rounds in turn, medians: 45.8 s of processor time, 53.6 s (17% more) where it is imported.
sys.modules.setdefault("rfc3987_syntax", None)
