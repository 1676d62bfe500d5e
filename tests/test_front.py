"""The README's picture and links are today's, and a release's README has whole links."""

import re
from xml.etree import ElementTree as ET

import pytest

from book._ext.repository import Repository, read_repository
from tests import front

GITHUB = Repository("https://github.com/us/losses", "1.2.3")


@pytest.fixture(scope="module")
def text() -> str:
    """What the README's example prints."""
    return front.session()


def readme() -> str:
    """The README as it is."""
    return front.README.read_text(encoding="utf-8")


@pytest.mark.parametrize("theme", front.PICTURES)
def test_the_picture_is_what_explain_prints_today(theme: str, text: str) -> None:
    """Character by character; `make front` draws it anew."""
    drawn = front.PICTURES[theme].read_text(encoding="utf-8")
    assert drawn == front.picture(text, theme)
    shown = "".join(ET.fromstring(drawn).itertext()).replace("\xa0", " ")
    assert [line for line in text.splitlines() if line.strip() not in shown] == []


def test_the_picture_changes_with_what_is_printed(text: str) -> None:
    """One digit is another picture, and so is the other theme."""
    light = front.picture(text, "light")
    assert front.picture(text.replace("0.524911", "0.524912"), "light") != light
    assert front.picture(text, "dark") != light


def test_the_picture_is_of_a_mistake_and_loads_nothing(text: str) -> None:
    """It names cause and fix, and asks no other host for anything."""
    assert re.search(r"^MISTAKE\?", text, re.MULTILINE)
    assert re.search(r"^FIX: ", text, re.MULTILINE)
    for path in front.PICTURES.values():
        assert (
            re.findall(r"(?:url\(|href=.)(?!#)|@import|@font-face", path.read_text("utf-8")) == []
        )


def test_its_text_for_those_who_cannot_see_it_has_its_numbers(text: str) -> None:
    """Every number there stands in the picture."""
    (alt,) = re.findall(r'alt="([^"]+)"', readme())
    numbers = re.findall(r"-?\d+\.\d+", alt)
    assert len(numbers) == 2
    assert [number for number in numbers if number not in text] == []


def test_the_readme_is_stamped() -> None:
    """Its links are those of the address in `pyproject.toml`."""
    assert front.stamped(readme(), read_repository()) == readme()


def test_with_an_address_the_readme_leads_to_the_site() -> None:
    """And to Colab, to PyPI and to the tests."""
    stamped = front.stamped(readme(), GITHUB)
    assert 'pip install "pytorch-losses-by-hand[explain]"' in stamped
    for link in (
        "(https://us.github.io/losses/)",
        "(https://us.github.io/losses/overview/mistakes.html)",
        "(https://colab.research.google.com/github/us/losses/blob/v1.2.3/book/",
        "(https://pypi.org/project/pytorch-losses-by-hand/)",
        "(https://github.com/us/losses/actions/workflows/publish.yml/badge.svg)",
    ):
        assert link in stamped
    assert front.stamped(stamped, None) == front.stamped(readme(), None)


def test_a_readme_without_its_blocks_is_refused() -> None:
    """The links would be missing."""
    with pytest.raises(ValueError, match="no block <!-- links"):
        front.stamped(readme().replace("<!-- /links -->", ""), None)


def test_on_pypi_every_link_is_whole() -> None:
    """There is no checkout that a path could start in."""
    whole = front.whole(front.stamped(readme(), GITHUB), GITHUB)
    targets = re.findall(r'(?:\]\(|src=")([^)"]+)|srcset="([^"]+)', whole)
    assert len(targets) > 8
    assert [one or other for one, other in targets if "://" not in (one or other)] == []
    assert '"https://github.com/us/losses/raw/v1.2.3/book/_assets/explain-dark.svg"' in whole
    assert "(https://github.com/us/losses/blob/v1.2.3/LICENSE)" in whole


@pytest.mark.parametrize(
    ("repository", "tag", "says"),
    [(None, "v1.2.3", "names no address"), (GITHUB, "v1.2.4", "v1.2.4 is not the tag")],
)
def test_no_release_without_address_or_of_another_tag(
    repository: Repository | None, tag: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The README stays as it is."""
    before = readme()
    monkeypatch.setattr(front, "read_repository", lambda: repository)
    with pytest.raises(SystemExit, match=says):
        front.ready(tag)
    assert readme() == before
