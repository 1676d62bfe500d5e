"""The settings: which project a notebook belongs to, and what it asks for."""

from pathlib import Path

import pytest

from .notebook import Notebook
from .rules import RULES, rules_for
from .settings import Settings

OWN_RULES = (print,)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose notebooks are in the folder `pages`."""
    (tmp_path / "pages" / "one").mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text(
        "[tool.notebook-check]\n"
        'folder = "pages"\n'
        f'rules = "{__name__}:OWN_RULES"\n'
        'setup-tag = "first"\n'
        'refresh = "redo {}"\n',
        encoding="utf-8",
    )
    return tmp_path


def test_they_are_those_of_the_nearest_project(project: Path) -> None:
    """A `pyproject.toml` without the table is passed by."""
    (project / "pages" / "pyproject.toml").write_text("[tool.other]\n", encoding="utf-8")
    settings = Settings.of(project / "pages" / "one" / "a.ipynb")
    assert (settings.root, settings.folder, settings.setup_tag) == (project, "pages", "first")


def test_without_a_project_all_has_its_default(tmp_path: Path) -> None:
    """The root is the notebook's own folder."""
    settings = Settings.of(tmp_path / "a.ipynb")
    assert (settings.root, settings.own_rules, settings.setup_tag) == (tmp_path, (), None)


def test_a_key_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    """A misspelt key would leave its setting at the default, unnoticed."""
    table = "[tool.notebook-check]\nfoldr = 'a'\n"
    (tmp_path / "pyproject.toml").write_text(table, encoding="utf-8")
    with pytest.raises(TypeError, match="foldr"):
        Settings.of(tmp_path / "a.ipynb")


def test_the_rules_of_the_project_bind_its_folder_alone(project: Path) -> None:
    """What lies elsewhere keeps the rules for all."""
    inside, outside = (Notebook(project / name, "") for name in ("pages/a.ipynb", "a.ipynb"))
    assert rules_for(inside) == RULES + OWN_RULES
    assert rules_for(outside) == RULES


def test_checkpoints_are_no_notebooks(project: Path) -> None:
    """Copies that Jupyter makes are left out; the others come in alphabetical order."""
    folder = project / "pages"
    (folder / ".ipynb_checkpoints").mkdir()
    for name in ("b.ipynb", "one/c.ipynb", "a.ipynb", ".ipynb_checkpoints/a.ipynb"):
        (folder / name).touch()
    found = Settings.of(folder).notebooks()
    assert [path.relative_to(folder).as_posix() for path in found] == [
        "a.ipynb",
        "b.ipynb",
        "one/c.ipynb",
    ]


def test_the_command_that_refreshes_a_notebook_names_it_from_the_root(project: Path) -> None:
    """The command is to be typed at the root of the project."""
    assert Notebook(project / "pages" / "a.ipynb", "").refresh_command == "redo pages/a.ipynb"
