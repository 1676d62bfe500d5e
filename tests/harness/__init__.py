"""The harness: every stored output of every chapter is checked against a fresh run.

It is built on nbval, and closes the holes through which plain nbval lets broken notebooks pass.
`CONTRIBUTING.md` lists those holes. The parts, each with one job:

- `notebook`: a notebook on disk, its cells and outputs;
- `normalise`: the canonical form of a notebook file;
- `lock`: the versions that the stored outputs are from;
- `setup_cell`: the text of the setup cell, with the repository's address and these versions;
- `rules`: what a notebook, and what a chapter, must look like, checked without running it;
- `kernels`: the kernels that cells run in, the same for checking and refreshing;
- `compare`: the strict comparison of two lists of outputs;
- `report`: what differs, in words for a person;
- `damage`, `mutants`: every way in which a stored output can be wrong, and whether it is noticed;
- `plugin`: the pytest plugin that turns all of this into test items;
- `refresh`: re-executes chapters and writes them back (`make refresh`);
- `environments`: other Python environments, to try there what a reader does, as on Colab.
"""
