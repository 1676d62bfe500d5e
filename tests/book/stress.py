"""Does the book pass everywhere? `make stress` runs it in many surroundings and prints a table.

Nothing that a reader's machine decides may change an output: how many threads there are, which
instructions the processor has, the last bit of a sum, the time zone, the language, the terminal,
the folder, or what runs the cells. Each row of the table is one run of all chapters, compared with
the stored outputs as in every check. A run of all rows on all chapters is stored for the book's
page *How it is checked*.
"""

import argparse
import contextlib
import copy
import locale
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from jupyter_core.utils import ensure_event_loop
from nbformat import NotebookNode

from tests.environments import OTHERS, copy_checkout
from tests.measured import store, table, versions_of
from tests.notebook_check.compare import cell_problems
from tests.notebook_check.kernels import NotebookKernel, start_fork_server
from tests.notebook_check.normalise import laid_out
from tests.notebook_check.notebook import Notebook, may_raise
from tests.notebook_check.report import in_words

from .contents import BOOK, ROOT, SETTINGS, plain_chapters
from .lab import Kernel, Lab

RUNS = 10  # in a row, as things are
LOGS = ROOT / "_build" / "stress"
FAILED = "FAILED"
WORKERS = min(os.cpu_count() or 1, 8)
CELL_TIMEOUT = 600  # seconds: no cell is to be given up on a busy machine
UNFIT = str.maketrans(dict.fromkeys(" /\\:*?\"'&,", "-"))  # for a file's name
LEVELS = ("default", "avx2", "avx512")  # of ATEN_CPU_CAPABILITY, each with those before it


class NotPossibleError(Exception):
    """A row cannot be run on this machine. The text says why."""


# Executes a notebook in some way, and returns the outputs of its code cells.
Execute = Callable[[Notebook], list[list[NotebookNode]]]


@dataclass(frozen=True)
class Row:
    """One row of the table.

    Attributes:
        name: what is different in it.
        run: runs notebooks so, and returns what failed: nothing, if all passed.
    """

    name: str
    run: Callable[[Sequence[Path]], str]


# --- pytest in other surroundings -----------------------------------------------------------------


def checked(
    notebooks: Sequence[Path],
    /,
    *,
    root: Path = ROOT,
    within: Sequence[str] = (),
    **env: str | None,
) -> str:
    """Run the check as `make test` does, with other variables (None: without it), in a checkout.

    A command that this runs within starts with the words of `within`.
    """
    variables = {name: value for name, value in os.environ.items() if name not in env}
    variables |= {name: value for name, value in env.items() if value is not None}
    if root != ROOT:
        variables["PYTHONPATH"] = str(root)  # before the place that `helpers` are installed from
    paths = [root / path.relative_to(ROOT) for path in notebooks]
    command = [*within, sys.executable, "-m", "pytest", "-q", f"-n{WORKERS}", *map(str, paths)]
    ended = subprocess.run(command, cwd=root, env=variables, capture_output=True, text=True)
    return "" if ended.returncode == 0 else ended.stdout + ended.stderr


def variables(name: str, **env: str | None) -> Row:
    """A row with other environment variables."""
    return Row(name, lambda notebooks: checked(notebooks, **env))


def instructions(level: str) -> Row:
    """A row with torch's code for some processors."""

    def run(notebooks: Sequence[Path]) -> str:
        import torch

        has = torch.backends.cpu.get_cpu_capability().lower()
        if has in LEVELS and LEVELS.index(level) > LEVELS.index(has):
            raise NotPossibleError(f"this processor has {has} only")
        return checked(notebooks, ATEN_CPU_CAPABILITY=level)

    return Row(f"ATEN_CPU_CAPABILITY={level}", run)


def language(name: str) -> Row:
    """A row in a language. Where the system lacks it, programs see that it was asked for."""
    try:
        before = locale.setlocale(locale.LC_ALL)
        locale.setlocale(locale.LC_ALL, name)
        locale.setlocale(locale.LC_ALL, before)
        note = ""
    except locale.Error:
        note = " (not installed: set only)"
    return variables(f"LANG, LC_ALL={name}{note}", LANG=name, LC_ALL=name)


# --- other places ---------------------------------------------------------------------------------


def in_a_folder(name: str, notebooks: Sequence[Path]) -> str:
    """In a copy of the checkout, in a folder of that name."""
    with tempfile.TemporaryDirectory() as folder:
        return checked(notebooks, root=copy_checkout(Path(folder) / name))


def read_only(notebooks: Sequence[Path]) -> str:
    """In a copy of the checkout that cannot be written to."""
    with tempfile.TemporaryDirectory() as folder:
        root = copy_checkout(Path(folder) / "checkout")
        with _protected(root) as within:
            test = subprocess.run([*within, "touch", str(root / "new")], capture_output=True)
            if test.returncode == 0:
                raise NotPossibleError("this user can write everywhere, and may not mount")
            return checked(notebooks, root=root, within=within)


@contextlib.contextmanager
def _protected(root: Path) -> Iterator[list[str]]:
    """Protect a folder from writing; yields what a command must start with to see it so.

    Permissions bind all users but root, for whom it is mounted once more, read-only.
    """
    if os.geteuid() == 0:
        mount = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && cd "$0" && exec "$@"'
        yield ["unshare", "--mount", "sh", "-c", mount, str(root)]
        return
    subprocess.run(["chmod", "-R", "a-w", root], check=True)
    try:
        yield []
    finally:
        subprocess.run(["chmod", "-R", "u+w", root], check=True)


# --- other ways to run the cells ------------------------------------------------------------------


def compared(notebooks: Sequence[Path], execute: Execute) -> str:
    """Run notebooks in another way, and compare the outputs."""
    with ThreadPoolExecutor(WORKERS) as pool:
        found = pool.map(lambda path: _problems(Notebook.read(path), execute), notebooks)
        return "\n\n".join(filter(None, found))


def _problems(notebook: Notebook, execute: Execute) -> str:
    """What differs in one notebook."""
    try:
        actual = execute(notebook)
    except Exception as error:
        return f"{notebook.name}: {type(error).__name__}: {error}"
    found = []
    for (name, cell), outputs in zip(notebook.code_cells(), actual, strict=True):
        if problems := list(cell_problems(cell, outputs)):
            found.append(f"{notebook.name}, {name}:\n\n{in_words(problems)}")
    return "\n\n".join(found)


def by_command(*command: str, **env: str) -> Execute:
    """Cells run by a command that writes their outputs into the notebook, which it calls `{}`.

    It gets none of those that are stored. A command may fail on a notebook that announces errors,
    as papermill does when all cells have run; the comparison shows how far it got.
    """
    variables = os.environ | env

    def execute(notebook: Notebook) -> list[list[NotebookNode]]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "notebook.ipynb"
            path.write_text(laid_out(without_outputs(notebook.nb)), encoding="utf-8")
            run = [word.format(path) for word in command]
            ended = subprocess.run(run, cwd=folder, env=variables, capture_output=True, text=True)
            announced = any(may_raise(cell) for _, cell in notebook.code_cells())
            if ended.returncode and not announced:
                raise RuntimeError(f"{' '.join(run)} failed:\n{ended.stdout}{ended.stderr}")
            return [cell.outputs for _, cell in Notebook.read(path).code_cells()]

    return execute


def without_outputs(nb: NotebookNode) -> NotebookNode:
    """A copy of a notebook in which no cell was executed."""
    nb = copy.deepcopy(nb)
    for cell in nb.cells:
        if cell.cell_type == "code":
            cell.update(outputs=[], execution_count=None)
    return nb


def by_nbclient(notebooks: Sequence[Path]) -> str:
    """Cells run by nbclient's own command, in a narrow terminal."""
    script = str(Path(sys.executable).with_name("jupyter-execute"))
    return compared(notebooks, by_command(script, "--inplace", "{}", COLUMNS="60"))


def by_papermill(notebooks: Sequence[Path]) -> str:
    """Cells run by papermill, in a wide terminal."""
    if not OTHERS.is_dir():
        raise NotPossibleError("papermill is not there; `make stress` installs it")
    command = (sys.executable, "-m", "papermill", "{}", "{}", "--no-progress-bar")
    return compared(notebooks, by_command(*command, PYTHONPATH=str(OTHERS), COLUMNS="200"))


def by_jupyterlab(notebooks: Sequence[Path]) -> str:
    """Cells run by JupyterLab's server, spoken to as its page in the browser does."""
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(Path(folder))

        def execute(notebook: Notebook) -> list[list[NotebookNode]]:
            kernel = Kernel(lab, os.path.relpath(notebook.path, BOOK), "python3")
            try:
                return [kernel.execute(cell.source) for _, cell in notebook.code_cells()]
            finally:
                kernel.stop()

        try:
            return compared(notebooks, execute)
        finally:
            lab.stop()


# Prints tensors without the last bit of their numbers. The order in which a processor adds decides
# about that bit, and it may decide whether torch prints `1.` or `1.0000`: where it changes what is
# printed, another processor may change it too. Numbers that are exactly whole stay what they are.
WITHOUT_LAST_BIT = """
import numpy as np
import torch

def without_last_bit(tensor, indent, print_exactly=torch._tensor_str._tensor_str):
    bits = {torch.float32: 23, torch.float64: 52}.get(tensor.dtype)
    if bits:
        digits, exponent = np.frexp(tensor.detach().numpy())
        rounded = np.ldexp(np.round(digits * 2.0**bits), exponent - bits)
        tensor = torch.from_numpy(np.asarray(rounded))
    return print_exactly(tensor, indent)

torch._tensor_str._tensor_str = without_last_bit
"""


def begun_with(name: str, source: str) -> Row:
    """A row in which every notebook starts with a cell of its own."""

    def run(notebooks: Sequence[Path]) -> str:
        server = start_fork_server(SETTINGS)

        def execute(notebook: Notebook) -> list[list[NotebookNode]]:
            kernel = NotebookKernel(notebook.path.parent, server.address)
            try:
                assert kernel.run(source, CELL_TIMEOUT) == []
                return [kernel.run(cell.source, CELL_TIMEOUT) for _, cell in notebook.code_cells()]
            finally:
                kernel.stop()
                ensure_event_loop().close()  # The kernel's client has one in each thread.

        try:
            return compared(notebooks, execute)
        finally:
            server.stop()

    return Row(name, run)


def with_threads(number: int) -> Row:
    """A row with another number of threads, set when torch is there."""
    call = f"torch.set_num_threads({number})"
    return begun_with(call, f"import torch; {call}")


# --- the table ------------------------------------------------------------------------------------


def rows(runs: int = RUNS) -> list[Row]:
    """All rows, in order."""
    return [
        *(variables(f"as it is, run {number} of {runs}") for number in range(1, runs + 1)),
        *(variables(f"OMP_NUM_THREADS={n}", OMP_NUM_THREADS=str(n)) for n in (1, 2, 4)),
        *(with_threads(n) for n in (1, 2, 4)),
        *(instructions(level) for level in LEVELS),
        begun_with("tensors printed without the last bit", WITHOUT_LAST_BIT),
        *(variables(f"PYTHONHASHSEED={n}", PYTHONHASHSEED=n) for n in ("0", "1", "4294967295")),
        *(variables(f"TZ={zone}", TZ=zone) for zone in ("UTC", "Asia/Shanghai", "EST5EDT")),
        *(language(name) for name in ("C", "en_US.UTF-8", "zh_CN.UTF-8")),
        *(variables(f"COLUMNS={n}", COLUMNS=str(n), LINES="20") for n in (60, 200)),
        variables("no HOME", HOME=None, USERPROFILE=None),
        variables("a HOME that cannot be", HOME=f"{os.devnull}/none"),
        Row("a read-only checkout", read_only),
        Row("a folder 'ä 损失 & co'", lambda notebooks: in_a_folder("ä 损失 & co", notebooks)),
        Row("cells run by nbclient, 60 columns", by_nbclient),
        Row("cells run by papermill, 200 columns", by_papermill),
        Row("cells run by JupyterLab", by_jupyterlab),
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the rows and print the table. The exit code says whether all passed."""
    parser = argparse.ArgumentParser(prog="make stress", description=__doc__)
    parser.add_argument("words", nargs="*", help="only rows whose name has one of these in it")
    parser.add_argument("--runs", type=int, default=RUNS, help="how often to run it as it is")
    parser.add_argument("--chapter", type=Path, action="append", help="only this; may be repeated")
    options = parser.parse_args(arguments)
    notebooks = [path.resolve() for path in options.chapter or plain_chapters()]
    chosen = [
        row
        for row in rows(options.runs)
        if not options.words or any(word in row.name for word in options.words)
    ]
    LOGS.mkdir(parents=True, exist_ok=True)
    verdicts = [_verdict(row, notebooks) for row in chosen]
    failed = verdicts.count(FAILED)
    print(f"{failed} of {len(chosen)} failed" if failed else f"all {len(chosen)} passed or skipped")
    if not (failed or options.words or options.chapter):
        _keep(chosen, verdicts, len(notebooks))
    return 1 if failed else 0


def _keep(chosen: Sequence[Row], verdicts: Sequence[str], notebooks: int) -> None:
    """Store the table."""
    import torch

    versions = versions_of("torch", "numpy", "pandas", "matplotlib")
    extent = [notebooks, torch.backends.cpu.get_cpu_capability()]
    tables = {
        "surroundings": table(
            ["surroundings", "verdict"],
            ([row.name, verdict] for row, verdict in zip(chosen, verdicts, strict=True)),
        ),
        "extent": table(["notebooks", "instructions"], [extent]),
    }
    store("stress", "make stress", versions, tables)


def _verdict(row: Row, notebooks: Sequence[Path]) -> str:
    """Run a row, print how it went, and keep what differs in a file if it failed."""
    start = time.monotonic()
    try:
        problems = row.run(notebooks)
        verdict = FAILED if problems else "passed"
    except NotPossibleError as reason:
        problems, verdict = "", f"skipped: {reason}"
    print(f"  {row.name:44} {verdict}  ({time.monotonic() - start:.0f} s)", flush=True)
    if problems:
        log = LOGS / f"{row.name.translate(UNFIT)}.txt"
        log.write_text(problems, encoding="utf-8")
        print(f"    what differs: {log.relative_to(ROOT)}", flush=True)
    return verdict


if __name__ == "__main__":
    sys.exit(main())
