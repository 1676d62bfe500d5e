"""The pytest plugin: every notebook that pytest finds is checked, rule by rule, cell by cell.

It takes the place of nbval's own collection, so `--nbval` is neither needed nor does it do harm.
"""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbval.plugin import IPyNbCell, IPyNbFile

from . import mutants
from .compare import cell_problems
from .forks import ForkServer, warm_up
from .kernels import KernelError, NotebookKernel, start_fork_server
from .notebook import Notebook
from .report import in_words
from .rules import Rule, rules_for
from .settings import Settings

# pytest itself would load nbval before this package has seen to it that this is quick; the option
# `-p no:nbval` keeps it from that.
pytest_plugins = ["nbval.plugin"]
REFUSED = {
    "nbval_lax": "--nbval-lax leaves outputs unchecked",
    "nbval_sanitize_with": "--nbval-sanitize-with rewrites outputs before they are compared",
    "sanitize_with": "--sanitize-with rewrites outputs before they are compared",
}
EXTRA = "extra"  # the marker of what needs the settings' extra modules
LEFT_OUT = "left out"
FORK_SERVER = pytest.StashKey[ForkServer]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the check."""
    parser.addoption(
        "--plain-kernels",
        action="store_true",
        help="start the notebooks' kernels one by one, not as forks of one process",
    )
    parser.addoption(
        "--extra",
        action="store_true",
        help="run only what needs the settings' extra modules, and fail where one is missing",
    )
    parser.addoption(
        "--mutants",
        action="store_true",
        help="damage every notebook in many ways, and report how often the check notices",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Refuse what would weaken the check, and keep nbval from collecting the notebooks again."""
    for option, reason in REFUSED.items():
        if config.getoption(option):
            raise pytest.UsageError(f"{reason}; notebooks are checked strictly here")
    config.option.nbval = False
    if not hasattr(config, "workerinput") and _asks_for_notebooks(config):
        warm_up(fork_server(config))


def _asks_for_notebooks(config: pytest.Config) -> bool:
    """Whether the run will execute notebooks, as far as its arguments say."""
    settings = Settings.of(config.rootpath)
    folder = settings.root / settings.folder
    paths = [Path(argument.partition("::")[0]).resolve() for argument in config.args]
    asked = (folder.is_relative_to(path) or path.is_relative_to(folder) for path in paths)
    without = config.getoption("collectonly") or config.getoption("extra")
    return any(asked) and not without


def fork_server(config: pytest.Config) -> str:
    """The address of the run's fork server, started if need be. The workers of xdist share one."""
    if hasattr(config, "workerinput"):
        return config.workerinput["fork_server"]
    if config.getoption("plain_kernels"):
        return ""
    if FORK_SERVER not in config.stash:
        config.stash[FORK_SERVER] = start_fork_server(Settings.of(config.rootpath))
    return config.stash[FORK_SERVER].address


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """Tell a new worker of xdist where the fork server is."""
    node.workerinput["fork_server"] = fork_server(node.config)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs extra modules where one is missing; with `--extra`, all the rest."""
    settings = Settings.of(config.rootpath)
    needy = [item for item in items if item.get_closest_marker(EXTRA)]
    if config.getoption("extra"):
        config.hook.pytest_deselected(items=[item for item in items if item not in set(needy)])
        items[:] = needy
    elif missing := settings.missing(settings.extra):
        reason = f"{LEFT_OUT} for want of {', '.join(missing)}"
        for item in needy:
            item.add_marker(pytest.mark.skip(reason=reason))


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print the table of the mutants, what was left out, and why kernels were not forked.

    That was slower, no less.
    """
    if tallies := list(_tallies(terminalreporter)):
        terminalreporter.section("mutants")
        for line in mutants.table(tallies):
            terminalreporter.write_line(line)
    if line := _left_out(terminalreporter, Settings.of(config.rootpath)):
        terminalreporter.write_line(line)
    if reasons := _stop_fork_server(config):
        terminalreporter.section("kernels were not forked")
        terminalreporter.write_line(reasons)


def _left_out(terminalreporter: pytest.TerminalReporter, settings: Settings) -> str:
    """A line on what was not run for want of extra modules; nothing if all was."""
    skipped = [
        (report.nodeid.partition("::")[0], report.longrepr[2].removeprefix("Skipped: "))
        for report in terminalreporter.getreports("skipped")
        if isinstance(report.longrepr, tuple) and LEFT_OUT in report.longrepr[2]
    ]
    if not skipped:
        return ""
    notebooks = {file for file, _ in skipped if file.endswith(".ipynb")}
    tests = sum(file not in notebooks for file, _ in skipped)
    what = f"the cells of {len(notebooks)} notebooks and {tests} tests were"
    return f"{what} {skipped[0][1]}; `{settings.extra_command}` runs them"


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


class NotebookError(Exception):
    """A notebook does not hold. The text is the whole message that a person gets."""


class NotebookFile(IPyNbFile):
    """A notebook: an item for each rule, then one for each code cell, which share a kernel."""

    def collect(self) -> Iterator[pytest.Item]:
        """The rules come first: they cost nothing, and what they find explains what follows."""
        self.notebook = Notebook.read(self.path)
        self.trouble = ""  # why no further cell can be executed
        self.actual: dict[str, list[NotebookNode]] = {}  # by cell id, from the cells that held
        for rule in rules_for(self.notebook):
            yield RuleItem.from_parent(self, name=rule.__name__, rule=rule)
        for number, (name, cell) in enumerate(self.notebook.code_cells(), start=1):
            yield self._needing(
                CellItem.from_parent(self, name=name, cell_num=number, cell=cell, options={})
            )
        if self.config.getoption("mutants"):
            yield self._needing(MutantsItem.from_parent(self, name="mutants"))

    def _needing(self, item: pytest.Item) -> pytest.Item:
        """The item, marked if the notebook needs extra modules."""
        if self.notebook.extra:
            item.add_marker(EXTRA)
        return item

    def setup(self) -> None:
        """Start no kernel, as nbval would: the first cell does, and rules need none."""
        self.kernel: NotebookKernel | None = None

    def running_kernel(self) -> NotebookKernel:
        """The notebook's kernel."""
        if self.kernel is None:
            startup = self.config.getoption("nbval_kernel_startup_timeout")
            address = "" if self.notebook.extra else fork_server(self.config)
            self.kernel = NotebookKernel(self.path.parent, address, startup)
        return self.kernel

    def teardown(self) -> None:
        """Stop the kernel, dead or alive, and whatever it left with it."""
        if self.kernel is not None:
            self.kernel.stop()
            self.kernel = None


class NotebookItem(pytest.Item):
    """What is checked of a notebook, and how it is reported."""

    def repr_failure(self, excinfo: pytest.ExceptionInfo) -> object:
        """The message of a `NotebookError` alone, and nothing in nbval's words."""
        if isinstance(excinfo.value, NotebookError):
            return str(excinfo.value)
        return pytest.Item.repr_failure(self, excinfo)

    def reportinfo(self) -> tuple[Path, int, str]:
        """How reports call the item."""
        return self.path, 0, f"{self.parent.notebook.name}: {self.name}"


class RuleItem(NotebookItem):
    """One rule, applied to one notebook."""

    def __init__(self, *, rule: Rule, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.rule = rule

    def runtest(self) -> None:
        """Fail with all that the rule finds."""
        notebook = self.parent.notebook
        if problems := list(self.rule(notebook)):
            rule = f"{notebook.name} breaks the rule: {self.rule.__doc__.splitlines()[0]}"
            fix = f"Fix the notebook, then bring it up to date with:  {notebook.refresh_command}"
            raise NotebookError("\n  ".join([rule, *problems]) + f"\n\n{fix}")


class CellItem(NotebookItem, IPyNbCell):
    """One code cell: executed, and all that it puts out compared with what is stored."""

    def runtest(self) -> None:
        """Execute the cell and compare."""
        if self.parent.trouble:
            raise NotebookError(self._report(f"not executed: {self.parent.trouble}"))
        timeout = self.config.getoption("nbval_cell_timeout")
        try:
            actual = self.parent.running_kernel().run(self.cell.source, timeout)
        except KernelError as error:
            self.parent.trouble = f"in {self.name}, {error}"
            raise NotebookError(self._report(str(error))) from None
        if problems := list(cell_problems(self.cell, actual)):
            raise NotebookError(self._report(in_words(problems)))
        self.parent.actual[self.cell.get("id")] = actual

    def _report(self, problem: str) -> str:
        """Which cell, what is wrong, how to accept it."""
        notebook = self.parent.notebook
        source = "\n".join(f"    {line}" for line in self.cell.source.splitlines())
        return (
            f"{notebook.name}, {self.name} (id {self.cell.get('id')}):\n\n{source}\n\n{problem}\n\n"
            f"If the actual output is right, store it with:  {notebook.refresh_command}"
        )


class MutantsItem(NotebookItem):
    """The mutation test of one notebook, after its cells: each damage to it must be noticed."""

    PROPERTY = "mutants"  # by which the numbers reach the summary, from the workers of xdist too

    def runtest(self) -> None:
        """Fail with the mutants that were missed."""
        notebook, actual = self.parent.notebook, self.parent.actual
        lacking = [name for name, cell in notebook.code_cells() if cell.get("id") not in actual]
        if lacking:
            raise NotebookError(
                f"{notebook.name}: {', '.join(lacking)} did not hold or did not run"
            )
        tally = mutants.tally(notebook, actual)
        self.user_properties.append((self.PROPERTY, tally.numbers()))
        if tally.missed:
            missed = [f"  {mutant.place}: {mutant.kind}" for mutant in tally.missed]
            raise NotebookError(
                "\n".join([f"{notebook.name}: the check missed damage in", *missed])
            )
