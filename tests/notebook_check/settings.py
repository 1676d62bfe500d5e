"""The settings of a project: the table `[tool.notebook-check]` of its `pyproject.toml`."""

import importlib.util
import pkgutil
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path


@dataclass(frozen=True, eq=False)
class Settings:
    """How a project has its notebooks checked. Without a table, all has its default.

    A key of the table has `-` for `_`. What is an object of the project's own code is written as
    `package.module:name`.

    Attributes:
        root: the folder of `pyproject.toml`; for notebooks of no project, their own folder.
        folder: where the notebooks are, relative to `root`.
        rules: a tuple of rules that the notebooks in `folder` keep, beside those for all.
        stamp: a function that refreshing calls with a notebook before it executes the cells.
        setup_tag: the tag of cells that may run shell commands.
        refresh: the command that stores new outputs; `{}` is the notebook.
        preload: modules that nearly all notebooks import.
        preload_later: modules that are imported late or by a few.
        optional: of these, modules that may be missing.
        extra: modules that not every environment has. A notebook that imports one is executed in a
            kernel that is not forked, and not at all where one that it imports is missing.
        extra_command: the command that installs these and runs what needs them.
        reseed: functions that give a forked process random seeds of its own.
        environment: variables of the kernels, which the caller's environment may override.
        unset: variables that the kernels do not get from the caller.
    """

    root: Path
    folder: str = "."
    rules: str = ""
    stamp: str = ""
    setup_tag: str | None = None
    refresh: str = f"python -m {__package__}.refresh {{}}"
    preload: tuple[str, ...] = ()
    preload_later: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    extra_command: str = "pytest --extra"
    reseed: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    unset: tuple[str, ...] = ()

    @classmethod
    def of(cls, path: Path) -> "Settings":
        """The settings for a notebook or a folder: those of the nearest project around it."""
        path = path.resolve()
        return _settings(path if path.is_dir() else path.parent)

    @cached_property
    def own_rules(self) -> tuple:
        """The project's rules."""
        return pkgutil.resolve_name(self.rules) if self.rules else ()

    def includes(self, path: Path) -> bool:
        """Whether a notebook, or whatever is at a path, lies in the folder of the notebooks."""
        return path.is_relative_to(self.root / self.folder)

    def missing(self, modules: Iterable[str]) -> list[str]:
        """Those of some modules that are not installed."""
        return [name for name in modules if importlib.util.find_spec(name) is None]

    def notebooks(self) -> Iterator[Path]:
        """The notebooks in alphabetical order, without Jupyter's checkpoints."""
        for path in sorted((self.root / self.folder).rglob("*.ipynb")):
            if ".ipynb_checkpoints" not in path.parts:
                yield path


@cache
def _settings(folder: Path) -> Settings:
    """The settings that a folder is under."""
    for place in (folder, *folder.parents):
        file = place / "pyproject.toml"
        if file.is_file():
            tools = tomllib.loads(file.read_text(encoding="utf-8")).get("tool", {})
            if (table := tools.get("notebook-check")) is not None:
                return Settings(place, **{key.replace("-", "_"): table[key] for key in table})
    return Settings(folder)
