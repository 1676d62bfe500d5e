"""The tests held against mutants, each in a process of its own.

Starting Python, importing torch and collecting the tests takes seconds; running the few tests that
can notice a mutant takes milliseconds. So one process does the first and is forked for each mutant:

- A mutant of a function is tried within a `Session` of pytest that has collected all tests. The
  child gives the function its changed code and runs the tests that run the changed lines, those of
  its module first, up to the first failure.
- A mutant of a table or a constant is tried `outside`: the child imports the changed module, and
  pytest collects the tests anew. So is a mutant of a function that the tests have used as they were
  collected.
"""

import ast
import contextlib
import functools
import importlib
import json
import mmap
import os
import re
import signal
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import FunctionType

import pytest
from coverage import Coverage, CoverageData

from tests.mutation.mutants import HELPERS, Mutant

ROOT = HELPERS.parent
OTHERS = ("subprocess", "tests.environments", "tests.mutation", "book._ext")
IMPORTS = re.compile(r"^(?:from|import) ([\w.]+)", re.MULTILINE)
OPTIONS = ["-q", "--tb=no", "--assert=plain", "-p", "no:cacheprovider", "-s"]
# A mutant that computes for ten times as long as without it, and 15 s more, runs for ever. One that
# has not ended after ten times that waits for ever; a busy machine may take a part of that time.
PATIENCE, AT_LEAST, WAIT = 10, 15, 10
SURVIVED, KILLED = 0, 1
# Some lines are run by thousands of tests. What neither those of its module notice nor the most
# telling of the others, survives. But a signature may be compared in any of them.
MOST_TESTS = 150


def test_files() -> list[str]:
    """The files with the tests of the helpers, their own examples included.

    Not those that start other programs, which would not see a mutant.
    """
    found = [*(ROOT / "tests").glob("test_*.py"), *HELPERS.glob("*.py")]
    return [str(path.relative_to(ROOT)) for path in sorted(found) if _is_tried(path)]


def _is_tried(path: Path) -> bool:
    imports = set(IMPORTS.findall(path.read_text(encoding="utf-8")))
    of_helpers = path.parent == HELPERS or imports & {"helpers", "tests.reference"}
    return bool(of_helpers) and not any(name.startswith(OTHERS) for name in imports)


def fork(work: Callable[[], int], seconds: float) -> int:
    """Start `work` in a child that may compute for so many seconds; return the child's number."""
    pid = os.fork()
    if pid:
        return pid
    # Nothing may leave the child: neither an exception nor what it prints.
    status = KILLED
    try:
        signal.setitimer(signal.ITIMER_PROF, seconds)
        signal.setitimer(signal.ITIMER_REAL, WAIT * seconds)
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        status = work()
    finally:
        os._exit(status)


def verdicts(trials: Iterable[tuple], jobs: int):
    """Run trials `(key, work, seconds)`, so many at a time; yield each key with its verdict.

    The seconds are what the work takes with no mutant; it gets many times as much.
    """
    running = {}

    def one():
        pid, status = os.wait()
        return running.pop(pid), _verdict(status)

    for key, work, seconds in trials:
        if len(running) == jobs:
            yield one()
        running[fork(work, PATIENCE * seconds + AT_LEAST)] = key
    while running:
        yield one()


def _verdict(status: int) -> str:
    if os.WIFSIGNALED(status):
        return "timeout" if os.WTERMSIG(status) in (signal.SIGPROF, signal.SIGALRM) else "killed"
    return "survived" if os.WEXITSTATUS(status) == SURVIVED else "killed"


# -------------------------------------------------------------------------- within a pytest session


@dataclass(frozen=True)
class Baseline:
    """A run of all tests as they are: the file of each, how long it takes, which lines it runs.

    `data` is where coverage.py keeps the lines. Its contexts are the numbers of the tests, and the
    names of the files for what is run while they are collected.
    """

    files: list[str]
    seconds: list[float]
    data: Path

    @functools.cached_property
    def _contexts(self) -> dict[str, dict[int, list[str]]]:
        data = CoverageData(self.data)
        data.read()
        measured = data.measured_files()
        return {Path(file).stem: data.contexts_by_lineno(file) for file in measured}

    def _running(self, mutant: Mutant) -> set[str]:
        """The contexts in which the changed statement is run."""
        contexts = self._contexts.get(mutant.module, {})
        return {context for line in mutant.lines for context in contexts.get(line, ())}

    def tests(self, mutant: Mutant, kills: memoryview) -> list[int]:
        """The numbers of the tests that run what a mutant changes, the most telling ones alone.

        First those of its module, then the others; of both those that have killed the most mutants
        in the least time.
        """

        running = self._running(mutant)
        if mutant.in_signature:
            # Some tests compare signatures of what the catalogue leads to, and run none of it.
            running = running.union(*self._contexts["catalogue"].values())
        numbers = [int(context) for context in running if context.isdigit()]
        numbers.sort(key=lambda number: self.seconds[number] / (1 + kills[number]))
        own = [number for number in numbers if mutant.module in self.files[number]]
        others = [number for number in numbers if mutant.module not in self.files[number]]
        most = None if mutant.in_signature else MOST_TESTS
        return own + others[:most]

    def collected(self, mutant: Mutant) -> list[str]:
        """The files that run what a mutant changes while they are collected."""
        return sorted(context for context in self._running(mutant) if context.endswith(".py"))

    def concerned(self, mutant: Mutant) -> list[str]:
        """The files that use the module of a mutant: its own tests first, then the quickest."""
        contexts = {c for found in self._contexts[mutant.module].values() for c in found}
        seconds = {context: 0.0 for context in contexts if context.endswith(".py")}
        for number, (file, duration) in enumerate(zip(self.files, self.seconds, strict=True)):
            if str(number) in contexts or mutant.module in file:
                seconds[file] = seconds.get(file, 0.0) + duration
        return sorted(seconds, key=lambda file: (mutant.module not in file, seconds[file]))

    def seconds_of(self, files: list[str]) -> float:
        """How long the tests of some files take, without their collection."""
        pairs = zip(self.files, self.seconds, strict=True)
        return sum(seconds for file, seconds in pairs if file in files)


class Session:
    """A plugin of a pytest session that collects all tests, and runs them against mutants.

    `results` is told every mutant with its verdict, and keeps the baseline.
    """

    def __init__(self, mutants: list[Mutant], jobs: int, results):
        self.mutants, self.jobs, self.results = mutants, jobs, results
        self.coverage = _coverage(results.lines_path.with_suffix(".collected"))

    @pytest.hookimpl(wrapper=True)
    def pytest_collection(self):
        """Note the lines that run while the tests are collected."""
        if self.results.baseline:
            return (yield)
        self.coverage.start()
        try:
            return (yield)
        finally:
            self.coverage.stop()

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self, collector: pytest.Collector):
        """Note them by file."""
        if isinstance(collector, pytest.File) and not self.results.baseline:
            self.coverage.switch_context(str(collector.path.relative_to(ROOT)))
        return (yield)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """In place of running all tests once."""
        if session.testsfailed:
            raise pytest.UsageError("Without any mutant the tests cannot be collected.")
        baseline = self.results.baseline or self._baseline(session)
        # How often each test has killed a mutant, which its children write and this process reads.
        kills = memoryview(mmap.mmap(-1, 4 * len(session.items))).cast("I")

        def trials():
            for mutant in self.mutants:
                numbers = baseline.tests(mutant, kills)
                seconds = sum(baseline.seconds[number] for number in numbers)
                yield mutant, functools.partial(_try, session, numbers, kills, mutant), seconds

        for mutant, verdict in verdicts(trials(), self.jobs):
            # A file may have used the function as it was, while it was collected.
            again = verdict == "survived" and baseline.collected(mutant)
            self.results.tell(mutant, "survived inside" if again else verdict)
        return True

    def _baseline(self, session: pytest.Session) -> Baseline:
        """Run all tests in a child: after a backward pass here, autograd would fail in the rest."""
        reader, writer = os.pipe()
        # One of its own: in a child, coverage.py forgets what its parent has seen.
        coverage = _coverage(self.results.lines_path)
        pid = fork(lambda: _record(session, coverage, writer), 3600)
        os.close(writer)
        with open(reader) as stream:
            text = stream.read()
        os.waitpid(pid, 0)
        answer = json.loads(text or '{"failed": "all"}')
        if "failed" in answer:
            raise pytest.UsageError(f"Without any mutant these fail: {answer['failed']}")
        data = CoverageData(self.results.lines_path)
        data.read()
        data.update(self.coverage.get_data())
        files = [str(item.path.relative_to(ROOT)) for item in session.items]
        self.results.keep(files, answer["seconds"])
        return self.results.baseline


def _coverage(file: Path) -> Coverage:
    """What notes the lines of the helpers that are run, and keeps them in a file."""
    return Coverage(data_file=file, source=[str(HELPERS)])


def _record(session: pytest.Session, coverage: Coverage, writer: int) -> int:
    seconds, failed = [], []
    coverage.start()
    for number, (item, following) in enumerate(_with_next(session.items)):
        coverage.switch_context(str(number))
        start, failures = time.perf_counter(), session.testsfailed
        session.ihook.pytest_runtest_protocol(item=item, nextitem=following)
        seconds.append(time.perf_counter() - start)
        if session.testsfailed > failures:
            failed.append(item.nodeid)
    coverage.stop()
    coverage.save()
    with open(writer, "w") as stream:
        json.dump({"failed": failed} if failed else {"seconds": seconds}, stream)
    return SURVIVED


def _with_next(items: list[pytest.Item]):
    return zip(items, [*items[1:], None], strict=True)


def _try(session: pytest.Session, numbers: list[int], kills: memoryview, mutant: Mutant) -> int:
    change(mutant)
    for item, following in _with_next([session.items[number] for number in numbers]):
        session.ihook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.testsfailed:
            kills[session.items.index(item)] += 1
            return KILLED
    return SURVIVED


def change(mutant: Mutant) -> None:
    """Give a function that is in use already the code and the defaults that a mutant has."""
    module = importlib.import_module(f"helpers.{mutant.module}")
    definition = _definition(ast.parse(mutant.source(), str(mutant.path)), mutant.place)
    definition.decorator_list = []
    code = compile(ast.Module([definition], []), str(mutant.path), "exec")
    namespace = dict(vars(module))
    exec(code, namespace)
    changed, function = namespace[definition.name], _function(module, mutant.place)
    function.__code__ = changed.__code__
    function.__defaults__, function.__kwdefaults__ = changed.__defaults__, changed.__kwdefaults__


def _definition(tree: ast.Module, place: str) -> ast.FunctionDef:
    """The definition of a function or a method in a module."""
    node = tree
    for name in place.split("."):
        node = next(part for part in node.body if getattr(part, "name", None) == name)
    return node


def _function(module, place: str) -> FunctionType:
    """The function itself, below its decorators."""
    found = module
    for name in place.split("."):
        found = vars(found)[name]
    for wrapped in ("fget", "func", "__func__"):  # a property, a cached one, a class method
        found = getattr(found, wrapped, None) or found
    while hasattr(found, "__wrapped__"):
        found = found.__wrapped__
    return found


# -------------------------------------------------------------------------- in a session of its own


def outside(mutant: Mutant, files: list[str]) -> int:
    """Import a mutant in place of its module, and run the files of tests up to a failure."""
    original = SourceFileLoader.get_code

    def get_code(loader, name):
        if name == f"helpers.{mutant.module}":
            return compile(mutant.source(), loader.path, "exec")
        return original(loader, name)

    SourceFileLoader.get_code = get_code
    for file in files:
        with contextlib.suppress(SystemExit):
            status = pytest.main([*OPTIONS, "-x", file])
            if status not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
                return KILLED
    return SURVIVED
