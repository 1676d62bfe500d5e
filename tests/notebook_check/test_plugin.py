"""What the plugin does before and after the notebooks; `test_samples.py` runs it on notebooks."""

from types import SimpleNamespace

import pytest

from . import plugin
from .test_samples import ROOT


@pytest.mark.parametrize("option", plugin.REFUSED)
def test_each_weakening_option_is_refused(option: str) -> None:
    """The message says what the option would do."""
    config = SimpleNamespace(getoption=lambda name: name == option)
    with pytest.raises(pytest.UsageError, match=plugin.REFUSED[option]):
        plugin.pytest_configure(config)


@pytest.mark.parametrize(
    ("argument", "asks"),
    [
        ("", True),
        ("book", True),
        ("book/regression/l1.ipynb::Cell 1", True),
        ("tests", False),
        ("helpers/checks.py::helpers.checks.array", False),
    ],
)
def test_the_imports_begin_if_a_run_asks_for_notebooks(argument: str, asks: bool) -> None:
    """A run of other tests does without."""
    config = SimpleNamespace(
        args=[str(ROOT / argument)], getoption=lambda name: False, rootpath=ROOT
    )
    assert plugin._asks_for_notebooks(config) == asks


def test_the_workers_of_a_run_share_a_server() -> None:
    """The process that xdist started first starts it, and tells all others."""
    server = SimpleNamespace(address="somewhere")
    config = SimpleNamespace(stash={plugin.FORK_SERVER: server}, getoption=lambda name: False)
    node = SimpleNamespace(config=config, workerinput={})
    plugin.pytest_configure_node(node)
    worker = SimpleNamespace(workerinput=node.workerinput)
    assert plugin.fork_server(worker) == "somewhere"
