"""The pages of measurements, from the files that the measuring commands leave in `book/measured`.

`{measured} <file> <table>` is a table of a file. `{measured-with} <file>` is the sentence that says
how it was measured: by which command, when, on what kind of machine, how busy that was, and with
which versions. Where the file is missing, it says so, and there is no table.
"""

import json
from pathlib import Path

from sphinx.util.docutils import SphinxDirective

# The files, and the command that writes each.
COMMANDS = {
    "helpers": "make bench",
    "check": "make bench",
    "mutants": "make mutants",
    "stress": "make stress",
    "site": "make site-test",
}


def cell(value):
    """A cell of a table: whole numbers in groups of three digits, others as they were stored."""
    return f"{value:,}" if isinstance(value, int) else str(value)


def table(found, name):
    """The lines of a table."""
    head, rows = found["tables"][name]["head"], found["tables"][name]["rows"]
    columns = zip(*rows, strict=True)
    numbers = [not any(isinstance(value, str) for value in column) for column in columns]
    yield f"| {' | '.join(head)} |"
    yield f"| {' | '.join('---:' if right else '---' for right in numbers)} |"
    for row in rows:
        yield f"| {' | '.join(map(cell, row))} |"


def circumstances(found):
    """The sentence on how it was measured."""
    versions = ", ".join(f"{name} {version}" for name, version in found["versions"].items())
    machine = f"{found['machine']}, load {found['load']}"
    yield f"Measured by `{found['command']}` on {found['date']}: {machine}; {versions}."


class _Measured(SphinxDirective):
    """What the directives share: they parse lines of Markdown made from a file."""

    required_arguments = 1

    def run(self):
        name, *table = self.arguments
        if name not in COMMANDS:
            raise self.error(f"no command writes {name}.json")
        path = Path(self.env.srcdir, "measured", f"{name}.json")
        self.env.note_dependency(str(path))
        if path.is_file():
            lines = self.lines(json.loads(path.read_text(encoding="utf-8")), *table)
        else:
            lines = () if table else [f"Not measured yet: `{COMMANDS[name]}` does it."]
        return self.parse_text_to_nodes("\n".join(lines))


class Table(_Measured):
    """`{measured}`: a table."""

    required_arguments = 2
    lines = staticmethod(table)


class Circumstances(_Measured):
    """`{measured-with}`: how it was measured."""

    lines = staticmethod(circumstances)


def setup(app):
    """Register the directives with Sphinx."""
    app.add_directive("measured", Table)
    app.add_directive("measured-with", Circumstances)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
