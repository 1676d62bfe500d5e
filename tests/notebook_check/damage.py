"""Every way in which stored outputs can be wrong. Each kind of damage is a small function.

A kind is given something whole and yields damaged copies of it. What it is given is a text, one
output, a cell, a notebook, or the text of a file; the tables at the end name the kinds. All of it
is deterministic. A kind may yield what it was given (two equal lines exchanged, say): whoever asks
for damage leaves that out.
"""

import json
import re
from collections.abc import Callable, Iterator
from itertools import islice, pairwise

from nbformat import NotebookNode
from nbformat.v4 import new_output

from .notebook import may_raise, tags

NUMBER = r"(?<![\w.])(?P<sign>[+-]?)(?P<digits>\d+\.?\d*|\.\d+)(?P<exponent>e[+-]?\d+)?"
FRACTION = r"(?P<whole>\d)\.(?P<next>\d)"
DTYPES = ("float32", "float64", "float16", "int64", "int32", "uint8", "bool", "complex64")
CATEGORIES = ("UserWarning", "FutureWarning", "DeprecationWarning", "RuntimeWarning")
ERRORS = ("ValueError", "TypeError", "RuntimeError", "IndexError")
# Minus, Cyrillic letters, digits in full width, a one dot leader: they look like the others.
LOOKALIKES = str.maketrans("-aceopx017.", "\u2212\u0430\u0441\u0435\u043e\u0440\u0445０１７\u2024")
ROW = r"\s*<tr.*?</tr>"
FIELD = r"\s*<t[hd].*?</t[hd]>"
HIDING_TAGS = (
    *("nbval-skip", "nbval-ignore-output", "skip-execution", "skip"),
    *("remove-cell", "remove-output", "remove-input"),
)
HIDING_OPTIONS = (
    {"remove_code_outputs": True},
    {"output_stderr": "remove"},
    {"image": {"alt": "a picture of something", "width": "0"}},
)
HIDING_LINES = (
    *("# NBVAL_SKIP", "# NBVAL_IGNORE_OUTPUT", "#PYTEST_VALIDATE_IGNORE_OUTPUT"),
    *("%%capture", "import warnings; warnings.simplefilter('ignore')"),
)

Text = Callable[[str], Iterator[str]]


# --- texts ----------------------------------------------------------------------------------------


def each(pattern: str, new: str | Callable[[re.Match[str]], str]) -> Text:
    """Damage to every match of a pattern, one at a time: it is replaced with `new`."""
    compiled = re.compile(pattern, re.DOTALL)
    make = new if callable(new) else lambda match: match.expand(new)

    def damage(text: str) -> Iterator[str]:
        for match in compiled.finditer(text):
            yield text[: match.start()] + make(match) + text[match.end() :]

    return damage


def exchanged(pattern: str) -> Text:
    """Damage to every two neighbouring matches of a pattern: each takes the other's place."""
    compiled = re.compile(pattern, re.DOTALL)

    def damage(text: str) -> Iterator[str]:
        for one, two in pairwise(compiled.finditer(text)):
            between = text[one.end() : two.start()]
            yield text[: one.start()] + two[0] + between + one[0] + text[two.end() :]

    return damage


def among(names: tuple[str, ...]) -> Text:
    """Damage to every one of some names: it becomes the next of them."""
    following = dict(zip(names, (*names[1:], names[0]), strict=True))
    return each(rf"\b({'|'.join(names)})\b", lambda match: following[match[0]])


def digit(by: int) -> Text:
    """Damage to every digit, up or down."""
    return each(r"\d", lambda match: str((int(match[0]) + by) % 10))


def other_sign(match: re.Match[str]) -> str:
    """A number with the other sign."""
    return match[0][1:] if match["sign"] == "-" else "-" + match[0].removeprefix("+")


def cut_off(text: str) -> Iterator[str]:
    """Only a part of the text: nothing, half of it, all but its last character."""
    yield from (text[:end] for end in (0, len(text) // 2, len(text.rstrip()) - 1))


def lookalike(text: str) -> Iterator[str]:
    """One character in every word replaced by another one that looks like it."""
    for word in re.finditer(r"\S+", text):
        pairs = zip(word[0], word[0].translate(LOOKALIKES), strict=True)
        changed = next((n for n, (old, new) in enumerate(pairs, word.start()) if old != new), None)
        if changed is not None:
            yield text[:changed] + text[changed].translate(LOOKALIKES) + text[changed + 1 :]


def column_lost(html: str) -> Iterator[str]:
    """A column of a table is missing."""
    rows = [re.findall(FIELD, row, re.DOTALL) for row in re.findall(ROW, html, re.DOTALL)]
    for column in range(max(map(len, rows), default=0)):
        damaged = html
        for row in rows:
            if column < len(row):
                kept = "".join(row[:column] + row[column + 1 :])
                damaged = damaged.replace("".join(row), kept, 1)
        yield damaged


# --- an output: what it is replaced with ----------------------------------------------------------


def output_lost(output: NotebookNode) -> Iterator[list[NotebookNode]]:
    """Nothing is in its place."""
    yield []


def output_twice(output: NotebookNode) -> Iterator[list[NotebookNode]]:
    """The output stands there twice."""
    yield [output, output]


def output_added(output: NotebookNode) -> Iterator[list[NotebookNode]]:
    """Before or after it stands one that no run gave."""
    for added in (
        new_output("stream", name="stdout", text="0\n"),
        new_output("stream", name="stderr", text="UserWarning: no\n"),
        new_output("display_data", data={"text/plain": "0"}),
        new_output("error", ename="ValueError", evalue="no", traceback=["ValueError: no"]),
    ):
        yield [added, output]
        yield [output, added]


def other_stream(output: NotebookNode) -> Iterator[list[NotebookNode]]:
    """Text on another stream."""
    if output.output_type == "stream":
        yield [NotebookNode(output, name="stderr")]
        yield [NotebookNode(output, name="out")]


def stream_in_two(output: NotebookNode) -> Iterator[list[NotebookNode]]:
    """A stream is stored in two pieces."""
    if output.output_type == "stream":
        half = len(output.text) // 2
        yield [NotebookNode(output, text=part) for part in (output.text[:half], output.text[half:])]


def other_kind(output: NotebookNode) -> Iterator[list[NotebookNode]]:
    """The same content as an output of another kind."""
    kind = output.output_type
    text = {"stream": "text", "error": "evalue"}.get(kind)
    data = {"text/plain": output[text]} if text else output.data
    if kind != "stream":
        yield [new_output("stream", name="stdout", text=data.get("text/plain", "") + "\n")]
    if kind != "display_data":
        yield [new_output("display_data", data=data)]
    if kind != "execute_result":
        yield [new_output("execute_result", data=data, execution_count=1)]


def other_type(output: NotebookNode) -> Iterator[list[NotebookNode]]:
    """A MIME type of it is lost, added, renamed, or has the content of another."""
    data = output.get("data", {})
    others = ("text/html", "text/markdown", "text/latex", "application/json", "metadata")
    for mime, content in data.items():
        rest = {name: value for name, value in data.items() if name != mime}
        yield [NotebookNode(output, data=rest)]
        for other in others:
            yield [NotebookNode(output, data={**rest, other: content})]
            yield [NotebookNode(output, data={**data, other: content})]
    for one, two in pairwise(data):
        yield [NotebookNode(output, data={**data, one: data[two], two: data[one]})]


def text_as_data(output: NotebookNode) -> Iterator[list[NotebookNode]]:
    """What is text is stored as JSON data: 2 instead of "2", a list of lists of lines."""
    for mime, content in output.get("data", {}).items():
        yield [NotebookNode(output, data={**output.data, mime: [[content]]})]
        try:
            value = json.loads(content)
        except json.JSONDecodeError:
            continue
        yield [NotebookNode(output, data={**output.data, mime: value})]


def with_metadata(output: NotebookNode) -> Iterator[list[NotebookNode]]:
    """Metadata that no run gave."""
    if "metadata" in output:
        yield [NotebookNode(output, metadata={"isolated": True})]


def results_count(output: NotebookNode) -> Iterator[list[NotebookNode]]:
    """The number of a result is another one, or missing."""
    if output.output_type == "execute_result":
        yield [NotebookNode(output, execution_count=None)]
        yield [NotebookNode(output, execution_count=output.execution_count + 1)]


def error_name(output: NotebookNode) -> Iterator[list[NotebookNode]]:
    """The error is one of another class."""
    if output.output_type == "error":
        for name in (*ERRORS, output.ename.lower(), ""):
            traceback = [f"{name}: {output.evalue}"]
            yield [NotebookNode(output, ename=name, traceback=traceback)]


def error_traceback(output: NotebookNode) -> Iterator[list[NotebookNode]]:
    """The last line of the traceback says something else, is missing, or is not the only one."""
    if output.output_type == "error":
        for traceback in ([], ["ValueError: no"], ["File x.py", *output.traceback]):
            yield [NotebookNode(output, traceback=traceback)]


# --- a cell ---------------------------------------------------------------------------------------


def outputs_exchanged(cell: NotebookNode) -> Iterator[NotebookNode]:
    """Two neighbouring outputs, each in the other's place."""
    for n, (one, two) in enumerate(pairwise(cell.outputs)):
        yield NotebookNode(cell, outputs=[*cell.outputs[:n], two, one, *cell.outputs[n + 2 :]])


def never_executed(cell: NotebookNode) -> Iterator[NotebookNode]:
    """No outputs, no execution count, or neither."""
    yield NotebookNode(cell, execution_count=None)
    yield NotebookNode(cell, outputs=[])
    yield NotebookNode(cell, outputs=[], execution_count=None)


def executed_at_another_time(cell: NotebookNode) -> Iterator[NotebookNode]:
    """Another execution count."""
    yield from (NotebookNode(cell, execution_count=cell.execution_count + n) for n in (-1, 1))


def error_announced_or_not(cell: NotebookNode) -> Iterator[NotebookNode]:
    """A cell that raises nothing has the tag raises-exception, or one that does has not."""
    others = [tag for tag in tags(cell) if tag != "raises-exception"]
    new = others if may_raise(cell) else [*others, "raises-exception"]
    yield _with_metadata(cell, tags=sorted(new))


def hidden_by_tag(cell: NotebookNode) -> Iterator[NotebookNode]:
    """A tag that exempts the cell from a check, or takes it off the site."""
    for tag in HIDING_TAGS:
        yield _with_metadata(cell, tags=sorted([*tags(cell), tag]))


def hidden_by_metadata(cell: NotebookNode) -> Iterator[NotebookNode]:
    """Metadata that fold the output or take it off the site, or that an editor left."""
    yield _with_metadata(cell, collapsed=True)
    yield _with_metadata(cell, jupyter={"outputs_hidden": True})
    yield _with_metadata(cell, execution={"iopub.status.busy": "2026-01-31T12:00:00Z"})
    yield from (_with_metadata(cell, mystnb=options) for options in HIDING_OPTIONS)


def hidden_by_source(cell: NotebookNode) -> Iterator[NotebookNode]:
    """A comment, a magic or a filter that takes something away from a check."""
    yield from (NotebookNode(cell, source=f"{line}\n{cell.source}") for line in HIDING_LINES)


def alternative_text_lost(cell: NotebookNode) -> Iterator[NotebookNode]:
    """A picture without its alternative text."""
    if "mystnb" in cell.metadata:
        kept = {key: value for key, value in cell.metadata.items() if key != "mystnb"}
        yield NotebookNode(cell, metadata=kept)


def bad_id(cell: NotebookNode) -> Iterator[NotebookNode]:
    """No id, or one that is not allowed."""
    yield NotebookNode({key: value for key, value in cell.items() if key != "id"})
    yield NotebookNode(cell, id="not valid!")


def other_cell_type(cell: NotebookNode) -> Iterator[NotebookNode]:
    """Text that nobody executes, with the outputs that the code had."""
    yield from (NotebookNode(cell, cell_type=kind) for kind in ("raw", "markdown"))


def _with_metadata(cell: NotebookNode, **changed: object) -> NotebookNode:
    """The cell with some metadata changed; those that are empty are left out."""
    metadata = {**cell.metadata, **changed}
    return NotebookNode(cell, metadata={key: value for key, value in metadata.items() if value})


# --- a notebook -----------------------------------------------------------------------------------


def _code(nb: NotebookNode) -> list[int]:
    """The places of the code cells."""
    return [place for place, cell in enumerate(nb.cells) if cell.cell_type == "code"]


def _with_cells(nb: NotebookNode, new: dict[int, NotebookNode]) -> NotebookNode:
    """The notebook with other cells at some places."""
    return NotebookNode(nb, cells=[new.get(place, cell) for place, cell in enumerate(nb.cells)])


def _between_neighbours(*keys: str) -> Callable[[NotebookNode], Iterator[NotebookNode]]:
    """Damage to every two neighbouring code cells: of these keys, each has what the other had."""

    def damage(nb: NotebookNode) -> Iterator[NotebookNode]:
        for a, b in pairwise(_code(nb)):
            one, two = nb.cells[a], nb.cells[b]
            yield _with_cells(
                nb,
                {
                    a: NotebookNode(one, **{key: two[key] for key in keys}),
                    b: NotebookNode(two, **{key: one[key] for key in keys}),
                },
            )

    return damage


def output_moved(nb: NotebookNode) -> Iterator[NotebookNode]:
    """The last output of a cell stands in the next one."""
    for a, b in pairwise(_code(nb)):
        one, two = nb.cells[a], nb.cells[b]
        if one.outputs:
            less = NotebookNode(one, outputs=one.outputs[:-1])
            more = NotebookNode(two, outputs=[one.outputs[-1], *two.outputs])
            yield _with_cells(nb, {a: less, b: more})


def cells_exchanged(nb: NotebookNode) -> Iterator[NotebookNode]:
    """Two neighbouring code cells, each in the other's place."""
    for a, b in pairwise(_code(nb)):
        yield _with_cells(nb, {a: nb.cells[b], b: nb.cells[a]})


def cell_lost(nb: NotebookNode) -> Iterator[NotebookNode]:
    """A code cell is missing, or became text, and those below it keep their numbers.

    Not the last one: its loss leaves nothing in the notebook that is wrong.
    """
    for place in _code(nb)[:-1]:
        yield NotebookNode(nb, cells=nb.cells[:place] + nb.cells[place + 1 :])
        kept = {key: nb.cells[place][key] for key in ("id", "metadata", "source")}
        for kind in ("raw", "markdown"):
            yield _with_cells(nb, {place: NotebookNode(kept, cell_type=kind)})


def cell_twice(nb: NotebookNode) -> Iterator[NotebookNode]:
    """A code cell stands there twice."""
    for place in _code(nb):
        yield NotebookNode(nb, cells=nb.cells[: place + 1] + nb.cells[place:])


def notebook_metadata(nb: NotebookNode) -> Iterator[NotebookNode]:
    """Another kernel, another language, options for the site, another age of the format."""
    for key, value in (
        ("kernelspec", {"display_name": "Mine", "language": "python", "name": "mine"}),
        ("language_info", {"name": "julia"}),
        ("mystnb", {"remove_code_outputs": True}),
        ("widgets", {"state": {}}),
    ):
        yield NotebookNode(nb, metadata={**nb.metadata, key: value})
    yield NotebookNode(nb, nbformat_minor=nb.nbformat_minor - 1)


def unknown_key(nb: NotebookNode) -> Iterator[NotebookNode]:
    """A key that the format does not know: of the notebook, of a cell, of an output."""
    yield NotebookNode(nb, transient={})
    for place in _code(nb)[:3]:
        cell = nb.cells[place]
        yield _with_cells(nb, {place: NotebookNode(cell, transient={})})
        outputs = [NotebookNode(output, transient={}) for output in cell.outputs]
        yield _with_cells(nb, {place: NotebookNode(cell, outputs=outputs)})


# --- the text of a file ---------------------------------------------------------------------------


def other_layout(text: str) -> Iterator[str]:
    """The same data, laid out otherwise: somebody's editor wrote it."""
    yield text.replace("\n", "\r\n")
    yield "\ufeff" + text
    yield text + "\n"
    yield text.removesuffix("\n")
    yield json.dumps(json.loads(text), indent=2) + "\n"
    yield text.replace("\n  ", "\n\t", 1)


def key_twice(text: str) -> Iterator[str]:
    """A key of the JSON text stands there twice: which one counts, depends on the reader."""
    for key in ("text", "outputs", "execution_count"):
        for match in islice(re.finditer(rf'^ +"{key}": ', text, re.MULTILINE), 3):
            yield f"{text[: match.start()]}{match[0]}[],\n{text[match.start() :]}"


def other_escapes(text: str) -> Iterator[str]:
    """A character of the JSON text written as its number."""
    for match in islice(re.finditer(r"(?<!\\)[^\x00-\x7f\\]", text), 3):
        yield f"{text[: match.start()]}\\u{ord(match[0]):04x}{text[match.end() :]}"


# --- the kinds ------------------------------------------------------------------------------------

TEXTS: dict[str, Text] = {
    "digit up": digit(1),
    "digit down": digit(-1),
    "digit lost": each(r"\d", ""),
    "digit added": each(NUMBER, r"\g<sign>\g<digits>0\g<exponent>"),
    "sign": each(NUMBER, other_sign),
    "exponent's sign": each(r"(?<=\de)[+-]", lambda match: "+-"[match[0] == "+"]),
    "exponent lost": each(r"(?<=\d)e[+-]?\d+", ""),
    "exponent added": each(NUMBER + r"(?<!e.\d\d)(?<!\.)", r"\g<0>e+01"),
    "decimal point moved": each(FRACTION, r"\g<whole>\g<next>."),
    "decimal point lost": each(r"(?<=\d)\.", ""),
    "number not finite": each(NUMBER, "nan"),
    "minus nought": each(r"(?<![\w.-])0(?![\w])", "-0"),
    "numbers exchanged": exchanged(NUMBER),
    "dtype": among(DTYPES),
    "dtype lost": each(r",? ?dtype=[\w.]+", ""),
    "warning's category": among(CATEGORIES),
    "warning lost": each(r"[^\n]*Warning[^\n]*\n?", ""),
    "word lost": each(r"\w+", ""),
    "word twice": each(r"\w+", r"\g<0> \g<0>"),
    "letter's case": each(r"\b[^\W\d_]", lambda match: match[0].swapcase()),
    "punctuation lost": each(r"[^\w\s]", ""),
    "brackets": each(r"[(\[]", lambda match: "[("[match[0] == "["]),
    "lookalike": lookalike,
    "space lost": each(r"[ \t]", ""),
    "space twice": each(r"[ \t]+", r"\g<0> "),
    "other space": each(r" ", "\u00a0"),
    "space at a line's end": each(r"(?=\n|\Z)", " "),
    "line end": each(r"\n", "\r\n"),
    "line lost": each(r"[^\n]*\n|[^\n]+\Z", ""),
    "line twice": each(r"[^\n]*\n", r"\g<0>\g<0>"),
    "line added": each(r"\n|\Z", "\n\n"),
    "lines exchanged": exchanged(r"[^\n]+"),
    "cut off": cut_off,
    "invisible character": each(r"\Z", "\u200b"),
    "colours": each(r"\S+", "\x1b[31m\\g<0>\x1b[0m"),
}
TABLES: dict[str, Text] = {
    "table's cell emptied": each(r"(?<=<td>)[^<]+", ""),
    "table's cells exchanged": exchanged(FIELD),
    "table's heading": each(r"<(/?)th>", r"<\1td>"),
    "table's row lost": each(ROW, ""),
    "table's row twice": each(ROW, r"\g<0>\g<0>"),
    "table's rows exchanged": exchanged(ROW),
    "table's column lost": column_lost,
    "table lost": each(r"<table.*?</table>", ""),
}
PICTURES: dict[str, Text] = {
    "picture's data": each(r"(?<=\d)\d(?=[^\n\d]*\n)", lambda match: str((int(match[0]) + 1) % 10)),
    "picture's line lost": each(r"[^\n]*\n", ""),
    "picture's lines exchanged": exchanged(r"[^\n]+"),
    "picture's colour": each(r"#[0-9a-f]{6}", "#0072b3"),
    "picture's text": each(r"(?<=<!-- )[^-]+", "no "),
    "picture's maker": each(r"(?<=Matplotlib v)\d", "9"),
    "picture cut off": cut_off,
}
OUTPUTS: dict[str, Callable[[NotebookNode], Iterator[list[NotebookNode]]]] = {
    "output lost": output_lost,
    "output twice": output_twice,
    "output added": output_added,
    "output's stream": other_stream,
    "output's kind": other_kind,
    "output's MIME type": other_type,
    "output's metadata": with_metadata,
    "text as data": text_as_data,
    "stream in two": stream_in_two,
    "result's count": results_count,
    "error's name": error_name,
    "error's traceback": error_traceback,
}
CELLS: dict[str, Callable[[NotebookNode], Iterator[NotebookNode]]] = {
    "outputs exchanged": outputs_exchanged,
    "never executed": never_executed,
    "execution count": executed_at_another_time,
    "error announced or not": error_announced_or_not,
    "hidden by a tag": hidden_by_tag,
    "hidden by metadata": hidden_by_metadata,
    "hidden by its source": hidden_by_source,
    "alternative text lost": alternative_text_lost,
    "cell's id": bad_id,
    "cell's type": other_cell_type,
}
NOTEBOOKS: dict[str, Callable[[NotebookNode], Iterator[NotebookNode]]] = {
    "cells' counts exchanged": _between_neighbours("execution_count"),
    "cells' outputs exchanged": _between_neighbours("outputs"),
    "output moved": output_moved,
    "cells exchanged": cells_exchanged,
    "cell lost": cell_lost,
    "cell twice": cell_twice,
    "notebook's metadata": notebook_metadata,
    "unknown key": unknown_key,
}
FILES: dict[str, Text] = {
    "file's layout": other_layout,
    "file's keys": key_twice,
    "file's escapes": other_escapes,
}
KINDS = (*TEXTS, *TABLES, *PICTURES, *OUTPUTS, *CELLS, *NOTEBOOKS, *FILES)
