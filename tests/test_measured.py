"""What the measuring commands store, and what the pages make of it."""

import json
import re
from pathlib import Path

import losses_measured
import pytest

from helpers.losses import LOSSES
from tests import measured
from tests.book.contents import BOOK

FILES = {path.stem: path for path in sorted(measured.FOLDER.glob("*.json"))}
PAGES = [BOOK / "reference" / f"{name}.md" for name in ("how_it_is_checked", "what_it_costs")]


def found(name: str) -> dict:
    """What a file says."""
    return json.loads(FILES[name].read_text(encoding="utf-8"))


def test_pages_show_every_file_and_every_table() -> None:
    """Each table once, and each file with the sentence on how it was measured."""
    text = "".join(path.read_text(encoding="utf-8") for path in PAGES)
    shown = re.findall(r"^```\{measured\} (\w+) ([\w-]+)$", text, re.MULTILINE)
    stored = [(name, table) for name in FILES for table in found(name)["tables"]]
    assert sorted(pair for pair in shown if pair[0] in FILES) == sorted(stored)
    sentences = re.findall(r"^```\{measured-with\} (\w+)$", text, re.MULTILINE)
    assert sorted(sentences) == sorted(losses_measured.COMMANDS)
    assert {name for name, _ in shown} == set(sentences) >= FILES.keys()
    assert not re.search(r"\d{4}-\d\d-\d\d|^\|", text, re.MULTILINE), "a number copied by hand"


@pytest.mark.parametrize("name", FILES)
def test_a_file_says_how_it_was_measured_and_names_no_machine(name: str) -> None:
    """The kind of processor, no host, no folder; every row is as long as its head."""
    stored = found(name)
    assert stored["command"] == losses_measured.COMMANDS[name]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", stored["date"])
    assert re.fullmatch(r"[^,/]+, \d+ cores, \w+", stored["machine"])
    assert stored["versions"]["Python"]
    assert not re.search(r"(?<![\w.-])/(home|root|tmp|work|usr)/", FILES[name].read_text("utf-8"))
    for table in stored["tables"].values():
        assert {len(row) for row in table["rows"]} == {len(table["head"])}


@pytest.mark.parametrize("table", ["beside-torch", "per-element"])
def test_every_loss_was_measured(table: str) -> None:
    """In the order of the list."""
    rows = found("helpers")["tables"][table]["rows"]
    assert [row[0] for row in rows] == [f"`{loss.name}`" for loss in LOSSES]


def test_no_damage_was_missed_and_no_surrounding_failed() -> None:
    """Otherwise the commands fail and store nothing."""
    assert [row for row in found("mutants")["tables"]["damage"]["rows"] if row[1] != row[2]] == []
    if "stress" in FILES:
        verdicts = [row[1] for row in found("stress")["tables"]["surroundings"]["rows"]]
        assert [v for v in verdicts if not re.match("passed|skipped: ", v)] == []


def test_what_is_stored_comes_back_as_a_page_shows_it(tmp_path: Path) -> None:
    """Words to the left, numbers to the right."""
    table = measured.table(["way", "seconds"], [["this", 1234], ["that", 0.5]])
    assert measured.markdown(table).splitlines()[-1] == "| that | 0.5 |"
    measured.store("some", "make some", {"torch": "2"}, {"ways": table}, tmp_path)
    stored = json.loads((tmp_path / "some.json").read_text(encoding="utf-8"))
    assert list(losses_measured.table(stored, "ways")) == [
        *("| way | seconds |", "| --- | ---: |", "| this | 1,234 |", "| that | 0.5 |")
    ]
    (sentence,) = losses_measured.circumstances(stored)
    assert re.fullmatch(
        r"Measured by `make some` on [\d-]+: .+ cores, \w+, load [\d.]+; Python [\d.]+, torch 2\.",
        sentence,
    )
