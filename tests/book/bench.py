"""`make bench`, second part: how long a check of the whole book takes, here and by other tools.

It prints what it measures, and stores it for the book's page *What it costs*.

All ways execute all cells of all chapters. They take turns, several rounds in one run, and the
median counts, so that what else the machine does falls on all of them. The other tools are used as
their documentation says. Two of them are not among the project's requirements: `make bench` puts
them into a folder of their own.
"""

import argparse
import contextlib
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.environments import OTHERS
from tests.measured import Cell, markdown, store, table, versions_of
from tests.notebook_check.notebook import Notebook, may_raise

from .contents import BOOK, ROOT, chapters, plain_chapters

CELL_TIMEOUT = 600  # seconds: no cell is to be given up on a busy machine
YARDSTICK = "nbval, 2 processes"
VERSIONS = ("nbval", "nbmake", "papermill", "jupyter-book", "pytest", "pytest-xdist", "torch")

Cells = dict[str, list[bool]]  # for each notebook, whether its cells passed


@dataclass(frozen=True)
class Way:
    """A way to execute the chapters: what it compares, and a command."""

    name: str
    compares: str
    command: Sequence[object]
    folder: Path = ROOT
    path: Sequence[Path] = (ROOT,)
    prepare: Callable[[], None] = lambda: None


@dataclass
class Times:
    """What the rounds of a way took: seconds, and seconds of all cores together."""

    compares: str
    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


def ways(scratch: Path) -> Iterator[Way]:
    """All ways. They may write to `scratch`."""
    pytest = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    pytest += [f"--junitxml={_report(scratch)}", *plain_chapters()]
    own = [*pytest, "-n2", f"--nbval-cell-timeout={CELL_TIMEOUT}"]
    yield Way("this check, 2 processes", "all", own)
    yield Way("this check, 2 processes, without forks", "all", [*own, "--plain-kernels"])
    # The other plugins get a configuration that is empty, and nothing of this check.
    settings = scratch / "pytest.ini"
    settings.write_text("[pytest]\n", encoding="utf-8")
    pytest += ["--noconftest", "-c", settings, "--rootdir", ROOT]
    nbval = [*pytest, "--nbval", "--nbval-current-env", f"--nbval-cell-timeout={CELL_TIMEOUT}"]
    two = ["-n2", "--dist=loadfile"]
    yield Way("nbval, 1 process", "most", nbval)
    yield Way(YARDSTICK, "most", [*nbval, *two])
    nbmake = [*pytest, "--nbmake", f"--nbmake-timeout={CELL_TIMEOUT}", *two]
    others = (ROOT, OTHERS)
    yield Way("nbmake, 2 processes", "nothing", nbmake, path=others)
    one_by_one = _call(papermill, scratch / "done.ipynb")
    yield Way("papermill, one by one", "nothing", one_by_one, path=others)
    site = scratch / "site"
    jupyter_book = Path(sys.executable).with_name("jupyter-book")
    build = [jupyter_book, "build", "-W", "-n", "--keep-going", site / "book"]
    yield Way(
        "Jupyter Book, site included", "nothing", build, site, prepare=lambda: copy_site(site)
    )
    yield Way("floor: one process for all chapters", "nothing", _call(floor))


def _call(function: Callable, *arguments: object) -> list[str]:
    """The command that calls a function of this module."""
    name, told = function.__name__, ", ".join(repr(str(each)) for each in arguments)
    return [sys.executable, "-c", f"from tests.book.bench import {name}; {name}({told})"]


def papermill(done: str) -> None:
    """Execute all chapters with papermill, one after the other.

    When all cells have run, it raises an exception for an error too that the notebook announces.
    """
    from papermill import PapermillExecutionError, execute_notebook

    for path in plain_chapters():
        with contextlib.suppress(PapermillExecutionError):
            execute_notebook(path, done, cwd=path.parent, progress_bar=False)
        for name, cell in Notebook.read(Path(done)).code_cells():
            if cell.execution_count is None and cell.source:
                sys.exit(f"{path}, {name} was not executed")


def floor() -> None:
    """Execute all chapters in this process: imports once, no isolation, nothing compared."""
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    shell = InteractiveShell.instance()
    for path in plain_chapters():
        os.chdir(path.parent)
        shell.reset()
        for name, cell in Notebook.read(path).code_cells():
            with capture_output() as caught:
                result = shell.run_cell(cell.source)
            if not result.success and not may_raise(cell):
                sys.exit(f"{path}, {name}:\n{caught.stdout}")


def copy_site(site: Path) -> None:
    """Copy what the site is built from, and have its chapters executed."""
    shutil.rmtree(site, ignore_errors=True)
    left_out = shutil.ignore_patterns(".*", "_build", "node_modules", "__pycache__")
    shutil.copytree(ROOT, site, ignore=left_out)
    (site / "node_modules").symlink_to(ROOT / "node_modules")
    config = site / "book" / "_config.yml"
    off = 'execute_notebooks: "off"'
    others = [
        path.relative_to(BOOK).as_posix() for path in chapters() if path not in plain_chapters()
    ]
    on = f'execute_notebooks: "force"\n  timeout: {CELL_TIMEOUT}\n  exclude_patterns: {others}'
    text = config.read_text(encoding="utf-8")
    if off not in text:
        raise ValueError(f"{config} does not say {off}")
    config.write_text(text.replace(off, on), encoding="utf-8")


def go(way: Way, times: Times) -> None:
    """Go a way once. It must arrive."""
    way.prepare()
    env = dict(os.environ, PYTHONPATH=os.pathsep.join(map(str, way.path)))
    env.pop("PYTHONDONTWRITEBYTECODE", None)  # else every process compiles what it imports
    command = list(map(str, way.command))
    cpu, start = _cpu(), time.perf_counter()
    done = subprocess.run(command, cwd=way.folder, env=env, capture_output=True, text=True)
    seconds = time.perf_counter() - start
    if done.returncode:
        said = f"{done.stdout}\n{done.stderr}".strip().splitlines()[-50:]
        raise RuntimeError("\n".join([f"{way.name} failed:", *said]))
    times.seconds.append(seconds)
    times.cpu.append(_cpu() - cpu)


def _cpu() -> float:
    """The seconds of all cores that ended processes have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _report(scratch: Path) -> Path:
    """Where pytest reports its verdicts."""
    return scratch / "report.xml"


def verdicts(report: Path) -> Cells:
    """Which cells passed, by pytest's report. Rules are left out, which only this check has."""
    cells = defaultdict(list)
    for case in ET.parse(report).iter("testcase"):
        if case.get("name").startswith("Cell "):
            cells[case.get("classname")].append(all(part.tag == "properties" for part in case))
    return dict(cells)


def measure(rounds: int) -> tuple[dict[str, Times], dict[str, Cells]]:
    """Go all ways in turn, so many rounds. Returns the times, and which cells passed."""
    times, cells = {}, {}
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        scratch = Path(folder)
        for number in range(1, rounds + 1):
            for way in ways(scratch):
                _report(scratch).unlink(missing_ok=True)
                go(way, times.setdefault(way.name, Times(way.compares)))
                if _report(scratch).exists():
                    cells[way.name] = verdicts(_report(scratch))
                told = f"round {number}: {way.name}: {times[way.name].seconds[-1]:.0f} s"
                print(told, file=sys.stderr, flush=True)
    return times, {name: passed for name, passed in cells.items() if passed}


def lines(times: dict[str, Times]) -> Iterator[list[Cell]]:
    """The lines of the table."""
    whole = statistics.median(times[YARDSTICK].seconds)
    for name, taken in times.items():
        seconds, cpu = statistics.median(taken.seconds), statistics.median(taken.cpu)
        yield [name, taken.compares, round(seconds), round(seconds / whole, 2), round(cpu)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args(arguments).rounds
    times, cells = measure(rounds)
    passed = cells[YARDSTICK]
    count = sum(map(len, passed.values()))
    same = all(verdicts == passed for verdicts in cells.values())
    head = ["way", "outputs compared", "seconds", "ratio", "seconds of all cores"]
    tables = {
        "ways": table(head, lines(times)),
        "extent": table(["notebooks", "cells", "rounds"], [[len(passed), count, rounds]]),
    }
    for stored in tables.values():
        print(f"{markdown(stored)}\n")
    versions = versions_of(*VERSIONS, path=[*sys.path, str(OTHERS)])
    told = "the same" if same else "NOT the same"
    print(f"The verdict on each cell was {told} by {', '.join(cells)}.")
    if same:
        store("check", "make bench", versions, tables)
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
