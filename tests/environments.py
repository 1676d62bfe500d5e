"""Python environments of their own, to try there what a reader does on another machine.

Nothing comes from the network: libraries are those of the running environment, and `helpers` are
installed from a copy of the checkout as it is now, uncommitted changes included.
"""

import os
import shutil
import subprocess
import venv
from collections.abc import Iterable
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement

from book._ext.repository import Repository
from tests.book.contents import ROOT, SETTINGS
from tests.notebook_check.forks import ForkServer
from tests.notebook_check.kernels import NotebookKernel, kernel_environment

OTHERS = ROOT / "_build" / "others"  # where make puts the tools of others.txt
INSTALLER = ("pip", "setuptools")
# Nothing counts that a person or a machine has set up for Python, pip or git.
DROPPED = ("PYTHON", "PIP_", "GIT_", "VIRTUAL_ENV", "COLAB_")
QUIET = {
    "PIP_CONFIG_FILE": os.devnull,
    "PIP_NO_INDEX": "1",
    "PIP_NO_BUILD_ISOLATION": "0",  # pip takes 0 for "no isolation": setuptools is not fetched
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


class Environment:
    """A Python environment in a folder. What is installed there is for it alone."""

    def __init__(self, folder: Path, libraries: Path, **variables: str) -> None:
        """Make it, with the libraries that `gather` put into a folder, and further variables."""
        venv.EnvBuilder(symlinks=True).create(folder)
        self.bin = folder / "bin"
        (self.packages,) = folder.glob("lib/python*/site-packages")
        # A folder that a .pth file names is searched, but its own .pth files are not read. By such
        # a file `helpers` are installed in the environment that the libraries are taken from.
        (self.packages / "libraries.pth").write_text(f"{libraries}\n", encoding="utf-8")
        pip = self.bin / "pip"
        pip.write_text(f'#!/bin/sh\nexec "{self.bin}/python" -m pip "$@"\n', encoding="utf-8")
        pip.chmod(0o755)
        outside = kernel_environment(SETTINGS).items()
        self.variables = {name: value for name, value in outside if not name.startswith(DROPPED)}
        self.variables |= QUIET | variables
        self.variables["PATH"] = f"{self.bin}{os.pathsep}{os.environ['PATH']}"
        self.fresh = set(self.packages.iterdir())

    def run(self, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command there, such as python or pip."""
        return subprocess.run(
            [self.bin / command, *arguments],
            cwd=self.packages.anchor,
            env=self.variables,
            capture_output=True,
            text=True,
            check=False,
        )

    def start_fork_server(self) -> ForkServer:
        """Start a server that forks kernels of this environment."""
        return ForkServer(SETTINGS, self.variables, str(self.bin / "python"))

    def start_kernel(self, folder: Path, fork_server: str = "") -> NotebookKernel:
        """Start a kernel there, forked if there is the address of a server."""
        python = str(self.bin / "python")
        return NotebookKernel(folder, fork_server, env=self.variables, python=python)

    def clear(self) -> None:
        """Remove whatever was installed there."""
        for path in set(self.packages.iterdir()) - self.fresh:
            path.unlink() if path.is_symlink() or path.is_file() else shutil.rmtree(path)


def gather(folder: Path, *names: str) -> Path:
    """Fill a folder with links to packages that are installed here, and all that they need."""
    folder.mkdir()
    for dist in _with_dependencies([*names, *INSTALLER]):
        for top in {file.parts[0] for file in dist.files} - {"..", "__pycache__"}:
            if not (link := folder / top).exists():
                link.symlink_to(dist.locate_file(top))
    return folder


def _with_dependencies(names: list[str]) -> Iterable[Distribution]:
    """The installed packages of these names, and all that they depend on."""
    found, wanted = {}, list(names)
    while wanted:
        dist = distribution(wanted.pop())
        if dist.name not in found:
            found[dist.name] = dist
            needed = map(Requirement, dist.requires or ())
            wanted += [r.name for r in needed if not r.marker or r.marker.evaluate({"extra": ""})]
    return found.values()


def copy_checkout(folder: Path) -> Path:
    """Copy the checkout, without what git ignores."""
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    patterns = shutil.ignore_patterns(".git", *(line.strip("/") for line in ignored))
    return shutil.copytree(ROOT, folder, ignore=patterns)


def publish_checkout(folder: Path, version: str) -> Repository:
    """Make a repository of a copy of the checkout, and tag it with a version."""
    copy_checkout(folder)
    repository = Repository(f"file://{folder}", version)
    who = ("-c", "user.name=test", "-c", "user.email=test@example.org")
    for command in (
        ("init", "--quiet"),
        ("add", "--all"),
        (*who, "commit", "--quiet", "--message=The checkout"),
        ("tag", repository.tag),
    ):
        subprocess.run(["git", *command], cwd=folder, env=os.environ | QUIET, check=True)
    return repository
