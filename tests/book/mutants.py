"""`make mutants`: damage every stored output in every way; the check must notice each.

What the run counts is stored for the book's page *How it is checked*.
"""

import ast
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.measured import store, table, versions_of
from tests.notebook_check.plugin import MutantsItem

from .contents import ROOT

OPTIONS = ("book", "--mutants", "-n", "logical", "--maxprocesses", "8")


def tallies(report: Path) -> Iterator[dict[str, dict[str, int]]]:
    """How many mutants of each kind were made and missed, for every notebook of pytest's report."""
    for told in ET.parse(report).iter("property"):
        if told.get("name") == MutantsItem.PROPERTY:
            yield ast.literal_eval(told.get("value"))


def counted(numbers: Sequence[dict[str, dict[str, int]]]) -> dict:
    """The tallies of all notebooks in one table, the most frequent damage first."""
    made, missed = Counter(), Counter()
    for tally in numbers:
        made.update(tally["made"])
        missed.update(tally["missed"])
    rows = [[kind, count, count - missed[kind]] for kind, count in made.most_common()]
    rows.append(["all", made.total(), made.total() - missed.total()])
    return table(["damage", "made", "noticed"], rows)


def main() -> int:
    """Run pytest, and store what it counted if all went well."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", *OPTIONS, f"--junitxml={report}"]
        code = subprocess.run(command, cwd=ROOT).returncode
        if code == 0:
            numbers = list(tallies(report))
            tables = {
                "damage": counted(numbers),
                "extent": table(["notebooks"], [[len(numbers)]]),
            }
            store("mutants", "make mutants", versions_of("nbval", "pytest", "torch"), tables)
    return code


if __name__ == "__main__":
    sys.exit(main())
