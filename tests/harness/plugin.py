"""The pytest plugin: every notebook that pytest comes upon is checked, rule by rule, cell by cell.

It takes the place of nbval's own collection, so `--nbval` is neither needed nor does it do harm.
"""

import gc
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbval.plugin import IPyNbCell, IPyNbFile

from . import mutants
from .compare import cell_problems
from .forks import ForkServer, warm_up
from .kernels import ChapterKernel, KernelError, start_fork_server
from .notebook import BOOK, Notebook
from .report import in_words
from .rules import Rule, rules_for

# pytest itself would load nbval before all else; pyproject.toml keeps it from that, and so nbval is
# imported after this package has seen to it that this takes no longer than it must.
pytest_plugins = ["nbval.plugin"]
REFUSED = {
    "nbval_lax": "--nbval-lax leaves outputs unchecked",
    "nbval_sanitize_with": "--nbval-sanitize-with rewrites outputs before they are compared",
    "sanitize_with": "--sanitize-with rewrites outputs before they are compared",
}
STOP = (KeyboardInterrupt, pytest.exit.Exception)  # what ends a run
FORK_SERVER = pytest.StashKey[ForkServer]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the harness."""
    parser.addoption(
        "--plain-kernels",
        action="store_true",
        help="start the notebooks' kernels one by one, not as forks of one process",
    )
    parser.addoption(
        "--mutants",
        action="store_true",
        help="hold every notebook's mutants against what came, and print how many were caught",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Refuse what would weaken the check, and keep nbval from collecting the notebooks again."""
    for option, reason in REFUSED.items():
        if config.getoption(option):
            raise pytest.UsageError(f"{reason}; this book is checked strictly")
    config.option.nbval = False
    if not hasattr(config, "workerinput") and _asks_for_notebooks(config):
        warm_up(fork_server(config))


def _asks_for_notebooks(config: pytest.Config) -> bool:
    """Whether the run will execute notebooks, as far as its arguments tell."""
    paths = [Path(argument.partition("::")[0]).resolve() for argument in config.args]
    asked = (BOOK.is_relative_to(path) or path.is_relative_to(BOOK) for path in paths)
    return any(asked) and not config.getoption("collectonly")


def fork_server(config: pytest.Config) -> str:
    """The address of the run's fork server, started if need be. The workers of xdist share one."""
    if hasattr(config, "workerinput"):
        return config.workerinput["fork_server"]
    if config.getoption("plain_kernels"):
        return ""
    if FORK_SERVER not in config.stash:
        config.stash[FORK_SERVER] = start_fork_server()
    return config.stash[FORK_SERVER].address


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """Tell a new worker of xdist where the fork server is."""
    node.workerinput["fork_server"] = fork_server(node.config)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print the table of the mutants, and why kernels were not forked: that was slower, no less."""
    if tallies := list(_tallies(terminalreporter)):
        terminalreporter.section("mutants")
        for line in mutants.table(tallies):
            terminalreporter.write_line(line)
    if reasons := _stop_fork_server(config):
        terminalreporter.section("kernels were not forked")
        terminalreporter.write_line(reasons)


def _tallies(terminalreporter: pytest.TerminalReporter) -> Iterator[dict]:
    """How many mutants were made and missed, for every notebook."""
    reports = (terminalreporter.getreports(how) for how in ("passed", "failed"))
    for report in chain.from_iterable(reports):
        yield from (value for name, value in report.user_properties if name == MutantsItem.PROPERTY)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing running, also where nothing was reported."""
    _stop_fork_server(config)


def _stop_fork_server(config: pytest.Config) -> str:
    """End the fork server, if there is one. Returns why kernels were not forked."""
    if FORK_SERVER not in config.stash:
        return ""
    server = config.stash[FORK_SERVER]
    del config.stash[FORK_SERVER]
    return server.stop()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect notebooks."""
    if file_path.suffix == ".ipynb":
        return NotebookFile.from_parent(parent, path=file_path)
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop() -> None:
    """Keep what is there by now until the end.

    While the tests run, and again when they have run, Python looks for garbage, and need not look
    through all modules and items for that.
    """
    gc.freeze()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Run an item of a notebook. Nothing is set up for it, so it has one report, and not three.

    There are thousands, and workers of xdist send each report to the process that started them.
    """
    notebook = item.parent
    if not isinstance(notebook, NotebookFile):
        return None
    hook = item.ihook
    hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    call = pytest.CallInfo.from_call(item.runtest, when="call", reraise=STOP)
    hook.pytest_runtest_logreport(report=hook.pytest_runtest_makereport(item=item, call=call))
    hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    if nextitem is None or nextitem.parent is not notebook:
        notebook.stop()
    return True


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Stop the kernel of a notebook that was left halfway."""
    for notebook in {item.parent for item in getattr(session, "items", ())}:
        if isinstance(notebook, NotebookFile):
            notebook.stop()
    _leave_hypothesis_out(session.config.pluginmanager)


def _leave_hypothesis_out(plugins: pytest.PytestPluginManager) -> None:
    """Where no test used it, Hypothesis would be imported for a summary that has nothing to say."""
    if "hypothesis" not in sys.modules and plugins.has_plugin("hypothesispytest"):
        plugins.unregister(name="hypothesispytest")


class NotebookError(Exception):
    """A notebook does not hold. The text is the whole message that a person gets."""


class NotebookFile(IPyNbFile):
    """A notebook: an item for each rule, then one for each code cell, which share a kernel."""

    def collect(self) -> Iterator[pytest.Item]:
        """The rules come first: they cost nothing, and what they find explains what follows."""
        self.notebook = Notebook.read(self.path)
        self.kernel: ChapterKernel | None = None  # started by the first cell: rules need none
        self.trouble = ""  # why no further cell can be executed
        self.came: dict[str, list[NotebookNode]] = {}  # by cell id, from the cells that held
        for rule in rules_for(self.notebook):
            yield RuleItem.from_parent(self, name=rule.__name__, rule=rule)
        for number, (name, cell) in enumerate(self.notebook.code_cells(), start=1):
            yield CellItem.from_parent(self, name=name, cell_num=number, cell=cell, options={})
        if self.config.getoption("mutants"):
            yield MutantsItem.from_parent(self, name="mutants")

    def running_kernel(self) -> ChapterKernel:
        """The notebook's kernel."""
        if self.kernel is None:
            startup = self.config.getoption("nbval_kernel_startup_timeout")
            self.kernel = ChapterKernel(self.path.parent, startup, fork_server(self.config))
        return self.kernel

    def stop(self) -> None:
        """Stop the kernel, dead or alive, and whatever it left with it."""
        if self.kernel is not None:
            self.kernel.stop()
            self.kernel = None


class NotebookItem(pytest.Item):
    """What is checked of a notebook, and how reports tell it."""

    def repr_failure(self, excinfo: pytest.ExceptionInfo) -> object:
        """The message of a `NotebookError` alone, and nothing in nbval's words."""
        if isinstance(excinfo.value, NotebookError):
            return str(excinfo.value)
        return pytest.Item.repr_failure(self, excinfo)

    def reportinfo(self) -> tuple[Path, int, str]:
        """How reports call the item."""
        return self.path, 0, f"{self.parent.notebook.name}: {self.name}"


class RuleItem(NotebookItem):
    """One rule, held against one notebook."""

    def __init__(self, *, rule: Rule, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.rule = rule

    def runtest(self) -> None:
        """Fail with all that the rule finds."""
        notebook = self.parent.notebook
        if problems := list(self.rule(notebook)):
            rule = f"{notebook.name} breaks the rule: {self.rule.__doc__.splitlines()[0]}"
            mend = f"Mend the notebook, then bring it up to date with:  {notebook.accept}"
            raise NotebookError("\n  ".join([rule, *problems]) + f"\n\n{mend}")


class CellItem(NotebookItem, IPyNbCell):
    """One code cell: executed, and all that it puts out compared with what is stored."""

    def runtest(self) -> None:
        """Execute the cell and compare."""
        if self.parent.trouble:
            raise NotebookError(self._report(f"not executed: {self.parent.trouble}"))
        timeout = self.config.getoption("nbval_cell_timeout")
        try:
            came = self.parent.running_kernel().run(self.cell.source, timeout)
        except KernelError as error:
            self.parent.trouble = f"in {self.name}, {error}"
            raise NotebookError(self._report(str(error))) from None
        if problems := list(cell_problems(self.cell, came)):
            raise NotebookError(self._report(in_words(problems)))
        self.parent.came[self.cell.get("id")] = came

    def _report(self, problem: str) -> str:
        """Which cell, what was stored, what came, how to accept it."""
        notebook = self.parent.notebook
        source = "\n".join(f"    {line}" for line in self.cell.source.splitlines())
        return (
            f"{notebook.name}, {self.name} (id {self.cell.get('id')}):\n\n{source}\n\n{problem}\n\n"
            f"If what came is right, store it with:  {notebook.accept}"
        )


class MutantsItem(NotebookItem):
    """The mutation test of one notebook, after its cells: each damage to it must be noticed."""

    PROPERTY = "mutants"  # by which the numbers reach the summary, from the workers of xdist too

    def runtest(self) -> None:
        """Fail with the mutants that were missed."""
        notebook, came = self.parent.notebook, self.parent.came
        lacking = [name for name, cell in notebook.code_cells() if cell.get("id") not in came]
        if lacking:
            raise NotebookError(
                f"{notebook.name}: {', '.join(lacking)} did not hold or did not run"
            )
        tally = mutants.hold(notebook, came)
        self.user_properties.append((self.PROPERTY, tally.numbers()))
        if tally.missed:
            said = [f"  {mutant.place}: {mutant.kind}" for mutant in tally.missed]
            raise NotebookError(
                "\n".join([f"{notebook.name}: the harness missed damage in", *said])
            )
