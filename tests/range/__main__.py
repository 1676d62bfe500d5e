"""`python -m tests.range`: the tests of the package's numbers, which need no part of the book.

They need torch, NumPy, pandas, pytest and hypothesis, in any of the supported versions and on any
system. `make range` and the workflows run them. With `--with-book` those that need the tools of the
notebooks run too, which `make coverage` asks for. Further arguments go to pytest.
"""

import sys
import tomllib
from pathlib import Path

import pytest

PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"
OPTIONS = (
    "--noconftest",  # It loads the checks of the book and of the site.
    "--doctest-modules",
    *("-p", "tests.range.differs"),
    *("-o", "addopts=", "-p", "no:cacheprovider", "-q"),
)
# These need the tools of the notebooks, or what only chapters use.
OF_THE_BOOK = (
    "tests/book",
    "tests/diagnosis/test_afterwards.py",
    "tests/diagnosis/test_display.py",
    "helpers/book",
)


def arguments(with_book: bool = False) -> list[str]:
    """What pytest is told: the tests that mutmut runs, and the examples in docstrings.

    With the book, those of pictures too, which mutmut leaves alone.
    """
    settings = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["tool"]["mutmut"]
    tests = [*settings["pytest_add_cli_args_test_selection"], "helpers"]
    if with_book:
        return [*OPTIONS, *tests, "tests/book/test_plot.py"]
    tests = [path for path in tests if not path.startswith(OF_THE_BOOK)]
    return [*OPTIONS, *tests, *(f"--ignore={path}" for path in OF_THE_BOOK)]


if __name__ == "__main__":
    given = sys.argv[1:]
    more = [word for word in given if word != "--with-book"]
    sys.exit(pytest.main([*arguments("--with-book" in given), *more]))
