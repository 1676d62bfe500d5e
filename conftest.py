"""Loads the check of the notebooks, wherever pytest is started and whatever it is asked to run."""

import os

import pytest

# The tests use torch in several processes at once. Without this their threads wait busily for one
# another, and take each other's time; torch reads it when it is imported.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

pytest_plugins = ["tests.notebook_check.plugin", "tests.site.plugin"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option to run what takes long."""
    words = "run the tests that take long, too, and look at every page in every size and theme"
    parser.addoption("--thorough", action="store_true", help=words)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip what takes long, if it is not asked for."""
    if not config.getoption("thorough"):
        for item in items:
            if item.get_closest_marker("thorough"):
                item.add_marker(pytest.mark.skip(reason="runs with --thorough only"))
