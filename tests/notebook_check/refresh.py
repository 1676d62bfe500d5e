"""Re-execute notebooks and write them back in canonical form.

The cells run in the kernel that checks them, so what is stored is what a check finds.
"""

import argparse
import os
import pkgutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from nbformat import NotebookNode

from .compare import cell_problems
from .kernels import KernelError, NotebookKernel, start_fork_server
from .normalise import normalise, to_text
from .notebook import Notebook
from .settings import Settings

CELL_TIMEOUT = 120  # seconds


class RefreshError(Exception):
    """A notebook could not be refreshed. It was left as it is."""


def refresh(path: Path, fork_server: str = "") -> bool:
    """Re-execute one notebook; say whether the file changed. An error leaves it as it was."""
    notebook = Notebook.read(path)
    if stamp := notebook.settings.stamp:
        pkgutil.resolve_name(stamp)(notebook.nb)
    try:
        execute(notebook, fork_server)
    except RefreshError as error:
        raise RefreshError(f"{notebook.name}, {error}") from None
    text = to_text(normalise(notebook.nb))
    if text == notebook.text:
        return False
    _write_at_once(notebook.path, text)
    return True


def execute(notebook: Notebook, fork_server: str = "") -> None:
    """Execute all cells in a fresh kernel, in the notebook's folder, and keep the outputs."""
    kernel = NotebookKernel(notebook.path.parent, "" if notebook.extra else fork_server)
    try:
        for name, cell in notebook.code_cells():
            if problem := _execute(cell, kernel):
                source = "\n".join(f"    {line}" for line in cell.source.splitlines())
                raise RefreshError(f"{name} (id {cell.get('id')}):\n\n{source}\n\n{problem}")
    finally:
        kernel.stop()


def _execute(cell: NotebookNode, kernel: NotebookKernel) -> str:
    """Execute a cell and keep its outputs. Returns what is wrong: nothing, if all went well."""
    try:
        cell.outputs = kernel.run(cell.source, CELL_TIMEOUT)
    except KernelError as error:
        return str(error)
    return "\n".join(cell_problems(cell, cell.outputs))


def _write_at_once(path: Path, text: str) -> None:
    """Replace the file in one step, so that an interruption leaves the old or the new one."""
    new = path.with_name(f".{path.name}.new")
    try:
        new.write_bytes(text.encode("utf-8"))
        os.replace(new, path)
    finally:
        new.unlink(missing_ok=True)


def _all(settings: Settings) -> Iterator[Path]:
    """All notebooks of the project that can be executed here."""
    for path in settings.notebooks():
        if missing := settings.missing(Notebook.read(path).extra):
            print(f"left out, as {', '.join(missing)} is not installed:  {path}", flush=True)
        else:
            yield path


def main(arguments: Sequence[str] | None = None) -> int:
    """Refresh the notebooks that are named, or all of the project."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notebooks", nargs="*", type=Path, help="paths; all notebooks if none")
    settings = Settings.of(Path())
    paths = parser.parse_args(arguments).notebooks or _all(settings)
    server = start_fork_server(settings)
    try:
        for path in paths:
            changed = refresh(path, server.address)
            print(f"{'changed' if changed else 'the same'}:  {path}", flush=True)
    except (RefreshError, FileNotFoundError) as error:
        print(f"Refreshing stopped, and left this notebook as it was.\n{error}", file=sys.stderr)
        return 1
    finally:
        if reasons := server.stop():
            print(f"Kernels were not forked:\n{reasons}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
