"""Re-execute chapters and write them back in canonical form: `make refresh [CHAPTER=path]`."""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbval.kernel import CURRENT_ENV_KERNEL_NAME

from . import setup_cell
from .kernels import ChapterKernelManager, kernel_environment, one_kernel, start_fork_server
from .normalise import normalise, to_text
from .notebook import Notebook, chapters, may_raise

CELL_TIMEOUT = 120  # seconds


class RefreshError(Exception):
    """A chapter could not be refreshed. It was left as it is."""


def refresh(path: Path, fork_server: str = "") -> bool:
    """Re-execute one notebook; say whether the file changed. An error leaves it as it was."""
    notebook = Notebook.read(path)
    nb = notebook.nb
    setup_cell.stamp(nb)
    execute(nb, notebook, fork_server)
    text = to_text(normalise(nb))
    if text == notebook.text:
        return False
    _write_at_once(notebook.path, text)
    return True


def execute(nb: NotebookNode, notebook: Notebook, fork_server: str = "") -> None:
    """Execute all cells in a fresh kernel, in the notebook's folder, and keep the outputs."""
    current: list[NotebookNode] = []  # the cell that was started last
    client = NotebookClient(
        nb,
        kernel_name=CURRENT_ENV_KERNEL_NAME,
        kernel_manager_class=ChapterKernelManager,
        config=one_kernel(fork_server),
        shutdown_kernel="immediate",
        timeout=CELL_TIMEOUT,
        record_timing=False,
        store_widget_state=False,
        on_cell_start=lambda cell, cell_index: current.append(cell),
    )
    with tempfile.TemporaryDirectory(prefix="losses-by-hand-ipython-") as folder:
        try:
            client.execute(
                cwd=str(notebook.path.parent),
                env=kernel_environment(folder),
                stderr=subprocess.DEVNULL,  # the kernel's own log; what cells write there is kept
            )
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            raise RefreshError(_where(notebook, current[-1:]) + _what(error)) from None
    for cell in nb.cells:
        if may_raise(cell) and not any(output.output_type == "error" for output in cell.outputs):
            what = "the cell is tagged raises-exception, but raised nothing"
            raise RefreshError(_where(notebook, [cell]) + what)


def _what(error: Exception) -> str:
    """What went wrong, without the traceback."""
    if isinstance(error, CellExecutionError):
        return f"{error.ename}: {error.evalue}"
    return str(error).splitlines()[0]


def _where(notebook: Notebook, cells: list[NotebookNode]) -> str:
    """The file and the cell, with its source."""
    for name, cell in notebook.code_cells():
        if any(cell is other for other in cells):
            source = "\n".join(f"    {line}" for line in cell.source.splitlines())
            return f"{notebook.name}, {name} (id {cell.get('id')}):\n\n{source}\n\n"
    return f"{notebook.name}: "


def _write_at_once(path: Path, text: str) -> None:
    """Replace the file in one step, so that an interruption leaves the old or the new one."""
    new = path.with_name(f".{path.name}.new")
    try:
        new.write_bytes(text.encode("utf-8"))
        os.replace(new, path)
    finally:
        new.unlink(missing_ok=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Refresh the chapters that are named, or all."""
    parser = argparse.ArgumentParser(prog="make refresh", description=__doc__)
    parser.add_argument("chapters", nargs="*", type=Path, help="paths; all chapters if none")
    paths = parser.parse_args(arguments).chapters or chapters()
    server = start_fork_server()
    try:
        for path in paths:
            changed = refresh(path, server.address)
            print(f"{'changed' if changed else 'the same'}:  {path}", flush=True)
    except (RefreshError, FileNotFoundError) as error:
        print(f"make refresh stopped, and left this chapter as it was.\n{error}", file=sys.stderr)
        return 1
    finally:
        if reasons := server.stop():
            print(f"Kernels were not forked:\n{reasons}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
