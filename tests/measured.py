"""What the measuring commands leave behind, for the book's pages to show.

Each has a file in `book/measured`, which its next run replaces. It says which command wrote it,
when, on what kind of machine and with which versions. It names no host and no folder.
"""

import json
import os
import platform
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from importlib.metadata import distributions
from pathlib import Path

from tests.book.contents import BOOK

FOLDER = BOOK / "measured"
CPUINFO = Path("/proc/cpuinfo")

Cell = str | int | float
Table = dict[str, list]


def table(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Table:
    """A table as it is stored."""
    return {"head": list(head), "rows": [list(row) for row in rows]}


def markdown(stored: Table) -> str:
    """A stored table for the terminal."""
    head = stored["head"]
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *stored["rows"]]
    return "\n".join(f"| {' | '.join(map(str, cells))} |" for cells in lines)


def store(
    name: str,
    command: str,
    versions: Mapping[str, str],
    tables: Mapping[str, Table],
    folder: Path = FOLDER,
) -> None:
    """Write what a command has measured."""
    found = {
        "command": command,
        "date": str(date.today()),
        "machine": machine(),
        "load": round(os.getloadavg()[0], 1),
        "versions": {"Python": platform.python_version(), **versions},
        "tables": dict(tables),
    }
    folder.mkdir(exist_ok=True)
    text = json.dumps(found, indent=1, ensure_ascii=False)
    text = re.sub(r"\[\n *([^][{}]+?)\n *\]", _on_one_line, text)
    (folder / f"{name}.json").write_text(f"{text}\n", encoding="utf-8")


def _on_one_line(row: re.Match[str]) -> str:
    """A row of a table."""
    cells = re.sub(r"\n *", " ", row[1])
    return f"[{cells}]"


def machine() -> str:
    """The kind of processor, its cores, and the system."""
    told = CPUINFO.read_text(encoding="utf-8") if CPUINFO.exists() else ""
    model = re.search(r"^model name\s*: (.+)$", told, re.MULTILINE)
    kind = model[1] if model else platform.machine()
    return f"{kind}, {os.cpu_count()} cores, {platform.system()}"


def versions_of(*packages: str, path: Sequence[str] | None = None) -> dict[str, str]:
    """The installed versions of packages, in this order."""
    found = distributions() if path is None else distributions(path=list(path))
    known = {each.name.lower().replace("_", "-"): each.version for each in found}
    return {name: known[name].partition("+")[0] for name in packages}
