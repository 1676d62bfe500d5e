"""The repository's address, and every link that follows from it.

The address stands once, in `pyproject.toml`. The site's buttons, the setup cell of the chapters and
the tests all read it here.

Links to a chapter and the setup cell's `pip install` name the same tag, `v<version>`: a chapter and
the `helpers` that it installs are of one state, whatever has changed since. The workflow that
publishes the site makes the tag, so the links of a published site are never dead.
"""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"
ADDRESS = re.compile(r"https://[\w.:-]+/[\w.-]+/[\w.-]+(?<!\.git)", re.ASCII)


@dataclass(frozen=True)
class Repository:
    """Where the book's source is, and the book's version."""

    address: str  # https://<host>/<owner>/<name>
    version: str

    @property
    def tag(self) -> str:
        """The tag of the book's version."""
        return f"v{self.version}"

    @property
    def requirement(self) -> str:
        """What `pip install` takes to install `helpers` as they were at the tag."""
        return f"git+{self.address}@{self.tag}"

    @property
    def pages(self) -> str | None:
        """The address of the site on GitHub Pages, with a slash at its end; None elsewhere."""
        if not self._on_github:
            return None
        owner, name = self._path.split("/")
        site = f"{owner.lower()}.github.io"
        return f"https://{site}/" if name.lower() == site else f"https://{site}/{name}/"

    def colab(self, path: str) -> str | None:
        """The link that opens a notebook in Colab, which reads from GitHub only; None elsewhere.

        `path` is the notebook's path in the repository, such as `book/regression/l1.ipynb`.
        """
        if not self._on_github:
            return None
        return (
            f"https://colab.research.google.com/github/{self._path}/blob/{self.tag}/{quote(path)}"
        )

    def binder(self, path: str) -> str:
        """The link that opens a notebook in JupyterLab on Binder."""
        source = f"gh/{self._path}" if self._on_github else f"git/{quote(self.address, safe='')}"
        return f"https://mybinder.org/v2/{source}/{self.tag}?labpath={quote(path)}"

    @property
    def _path(self) -> str:
        """`<owner>/<name>`."""
        return urlsplit(self.address).path.strip("/")

    @property
    def _on_github(self) -> bool:
        return urlsplit(self.address).hostname == "github.com"


def read_repository(pyproject: Path = PYPROJECT) -> Repository | None:
    """What `pyproject.toml` says; None if it names no address yet.

    Raises ValueError for an address of another form than `https://<host>/<owner>/<name>`.
    """
    settings = tomllib.loads(pyproject.read_text(encoding="utf-8"))
    address = settings["tool"]["losses-by-hand"]["repository"]
    if address == "":
        return None
    if not (isinstance(address, str) and ADDRESS.fullmatch(address)):
        raise ValueError(
            f"{pyproject.name}: [tool.losses-by-hand] repository must be "
            '"https://<host>/<owner>/<name>", without a slash or .git at its end, or empty; '
            f"got {address!r}"
        )
    return Repository(address, settings["project"]["version"])
