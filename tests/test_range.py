"""The supported versions: what README says of them, what `make range` tests, what pip is told."""

import re
import tomllib

from tests.book.contents import ROOT
from tests.book.lock import pinned
from tests.range.__main__ import OF_THE_BOOK, arguments
from tests.versions.releases import RELEASES

NAMES = ("torch", "numpy", "pandas")
ENDS = {
    path.stem: dict(re.findall(r"^([a-z]+)==(\S+)$", path.read_text(encoding="utf-8"), re.M))
    for path in (ROOT / "tests" / "range").glob("*.txt")
}
BOOK = tuple(pinned(name) for name in NAMES)
DEPENDENCIES = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def floors() -> dict[str, str]:
    """The oldest versions that pyproject.toml allows."""
    optional = DEPENDENCIES["optional-dependencies"]["explain"]
    return dict(text.split(">=") for text in (*DEPENDENCIES["dependencies"], *optional))


def test_the_table_of_the_readme_lists_what_is_tested() -> None:
    """The ends and the book's own versions, and nothing else."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    table = text.partition("| torch | NumPy | pandas |")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| ([\d.]+)[^|]* \| ([\d.]+) \| ([\d.]+) \|$", table, re.M)
    tested = [tuple(end[name] for name in NAMES) for end in ENDS.values()]
    assert sorted(rows) == sorted([*tested, BOOK])


def test_both_ends_are_tested() -> None:
    """The oldest that pyproject.toml allows, together, and the newest torch; no upper bound."""
    oldest = ENDS["torch-2.0"]
    for name, floor in floors().items():
        assert re.fullmatch(r"[\d.]+", floor), name
        assert oldest[name].startswith(f"{floor}."), name
    assert RELEASES[-1].torch in {end["torch"] for end in ENDS.values()}
    assert {end["torch"] for end in ENDS.values()} <= {release.torch for release in RELEASES}


def test_the_package_is_tested_without_the_book_and_covered_with_it() -> None:
    """Every path exists; those of the book are left out, unless they are asked for."""
    alone, all_of_it = arguments(), arguments(with_book=True)
    paths = [word for word in all_of_it if re.match("(tests|helpers)(/|$)", word)]
    assert [path for path in (*paths, *OF_THE_BOOK) if not (ROOT / path).exists()] == []
    assert {"tests/losses", "tests/diagnosis", "helpers"} <= set(alone)
    left_out = set(paths) - set(alone)
    assert left_out == {path for path in paths if path.startswith("tests/book/")}
    assert left_out
    assert {f"--ignore={path}" for path in OF_THE_BOOK} <= set(alone)
    assert not [word for word in all_of_it if word.startswith("--ignore")]
