"""`python -m tests.range`: the tests of the package's numbers, which need no part of the book.

They need torch, NumPy, pandas, pytest and hypothesis, in any of the supported versions and on any
system. `make range` and the workflows run them. Further arguments go to pytest.
"""

import sys

import pytest

OPTIONS = (
    "--noconftest",  # It loads the checks of the book and of the site.
    "--doctest-modules",
    *("-p", "tests.range.differs"),
    *("-o", "addopts=", "-p", "no:cacheprovider", "-q"),
)
PARTS = (
    *("tests/losses", "tests/diagnosis", "helpers"),
    *(
        f"tests/test_{name}.py"
        for name in ("checks", "frameworks", "legacy", "rounding", "working")
    ),
)
# These need the tools of the notebooks, or what only chapters use.
LEFT_OUT = (
    "tests/diagnosis/test_afterwards.py",
    "tests/diagnosis/test_display.py",
    "helpers/book",
)


def arguments() -> list[str]:
    """What pytest is told."""
    return [*OPTIONS, *PARTS, *(f"--ignore={path}" for path in LEFT_OUT)]


if __name__ == "__main__":
    sys.exit(pytest.main([*arguments(), *sys.argv[1:]]))
