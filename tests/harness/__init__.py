"""The harness: every stored output of every chapter is checked against a fresh run.

It is built on nbval, and closes the holes through which plain nbval lets broken notebooks pass.
`CONTRIBUTING.md` lists those holes. The parts, each with one job:

- `notebook`: a notebook on disk, its cells and outputs;
- `normalise`: the canonical form of a notebook file;
- `lock`: the versions that the stored outputs are from;
- `setup_cell`: the text of the setup cell, with the repository's address and these versions;
- `rules`: what a notebook, and what a chapter, must look like, checked without running it;
- `kernels`: the kernels that cells run in, the same for checking and refreshing;
- `forks`, `forkserver`: kernels forked from a process that has imported the heavy libraries;
- `compare`: the strict comparison of two lists of outputs;
- `report`: what differs, in words for a person;
- `damage`, `mutants`: every way in which a stored output can be wrong, and whether it is noticed;
- `stress`: the book in all surroundings that must not matter; `lab` runs cells as JupyterLab does;
- `plugin`: the pytest plugin that turns all of this into test items;
- `refresh`: re-executes chapters and writes them back (`make refresh`);
- `environments`: other Python environments, to try there what a reader does, as on Colab.
"""

import sys

# jsonschema, which nbformat imports, would take two seconds to import this in every process, for a
# kind of address that the format of notebooks has not. It does without if there is no such module.
sys.modules.setdefault("rfc3987_syntax", None)
