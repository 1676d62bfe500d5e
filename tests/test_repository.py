"""The repository's address, and the links that are made from it."""

from pathlib import Path

import pytest

import helpers
from book._ext.repository import PYPROJECT, Repository, read_repository

CHAPTER = "book/regression/l1.ipynb"


def pyproject(folder: Path, address: str) -> Path:
    """A `pyproject.toml` with an address in it."""
    path = folder / "pyproject.toml"
    path.write_text(
        f'[project]\nversion = "1.2.3"\n[tool.losses-by-hand]\nrepository = {address}\n',
        encoding="utf-8",
    )
    return path


def test_the_address_is_read_with_the_version(tmp_path: Path) -> None:
    """Both come from the one file."""
    path = pyproject(tmp_path, '"https://github.com/us/losses"')
    assert read_repository(path) == Repository("https://github.com/us/losses", "1.2.3")


def test_no_address(tmp_path: Path) -> None:
    """An empty address means that there is none."""
    assert read_repository(pyproject(tmp_path, '""')) is None


@pytest.mark.parametrize(
    "address",
    [
        "https://github.com/us/losses/",
        "https://github.com/us/losses.git",
        "https://github.com/us",
        "https://github.com/us/losses/tree/main",
        "http://github.com/us/losses",
        "git@github.com:us/losses",
        "github.com/us/losses",
        "https://<host>/<owner>/<name>",
        " ",
    ],
)
def test_another_form_of_address_is_refused(tmp_path: Path, address: str) -> None:
    """The message says where it stands, what it must be, and what it is."""
    with pytest.raises(ValueError, match=r"repository must be .*<owner>/<name>") as caught:
        read_repository(pyproject(tmp_path, f'"{address}"'))
    assert str(caught.value).endswith(f"got {address!r}")


def test_an_address_that_is_no_text_is_refused(tmp_path: Path) -> None:
    """Such as a list."""
    with pytest.raises(ValueError, match=r"got \['a'\]"):
        read_repository(pyproject(tmp_path, '["a"]'))


def test_the_books_own_address_can_be_read() -> None:
    """It is empty or has the right form, and the version is that of `helpers`."""
    repository = read_repository()
    assert repository is None or repository.version == helpers.__version__
    assert f'\nversion = "{helpers.__version__}"\n' in PYPROJECT.read_text(encoding="utf-8")


def test_links_on_github() -> None:
    """All that point into the repository name the version's tag."""
    repository = Repository("https://github.com/Us/losses", "1.2.3")
    assert repository.requirement == "git+https://github.com/Us/losses@v1.2.3"
    assert repository.colab(CHAPTER) == (
        "https://colab.research.google.com/github/Us/losses/blob/v1.2.3/book/regression/l1.ipynb"
    )
    assert repository.binder(CHAPTER) == (
        "https://mybinder.org/v2/gh/Us/losses/v1.2.3?labpath=book/regression/l1.ipynb"
    )
    assert repository.pages == "https://us.github.io/losses/"


def test_the_site_of_a_repository_that_is_named_like_it() -> None:
    """GitHub serves that one at the root."""
    assert Repository("https://github.com/Us/us.github.io", "1").pages == "https://us.github.io/"


def test_links_elsewhere() -> None:
    """Colab and GitHub Pages know GitHub only; Binder takes any repository."""
    repository = Repository("https://git.example.org/us/losses", "1.2.3")
    assert repository.colab(CHAPTER) is None
    assert repository.pages is None
    assert repository.binder(CHAPTER) == (
        "https://mybinder.org/v2/git/https%3A%2F%2Fgit.example.org%2Fus%2Flosses/v1.2.3"
        "?labpath=book/regression/l1.ipynb"
    )
