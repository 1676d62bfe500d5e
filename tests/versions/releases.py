"""The releases of PyTorch, and an environment with one, which is removed again."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
FOLDER = ROOT / "_build" / "versions"


@dataclass(frozen=True)
class Release:
    """A release, the versions of Python that it has wheels for (best first), and its NumPy."""

    torch: str
    pythons: tuple[str, ...]
    numpy: str = "numpy<2"


# The last patch of each minor release. Packages of releases before 1.0 are no longer served. One
# Python serves many of them, so that what changes is torch.
RELEASES = (
    *(Release(v, ("3.7", "3.6")) for v in ("1.0.1", "1.1.0", "1.2.0", "1.3.1", "1.4.0")),
    *(Release(v, ("3.7", "3.8")) for v in ("1.5.1", "1.6.0", "1.7.1")),
    *(Release(v, ("3.7", "3.9")) for v in ("1.8.1", "1.9.1", "1.10.2")),
    *(Release(v, ("3.7", "3.10")) for v in ("1.11.0", "1.12.1", "1.13.1")),
    *(Release(v, ("3.11", "3.10")) for v in ("2.0.1", "2.1.2")),
    *(Release(v, ("3.11", "3.12")) for v in ("2.2.2",)),
    *(Release(v, ("3.11", "3.12"), "numpy") for v in ("2.3.1", "2.4.1")),
    *(
        Release(v, ("3.11", "3.13"), "numpy")
        for v in ("2.5.1", "2.6.0", "2.7.1", "2.8.0", "2.9.1", "2.10.0")
    ),
    *(
        Release(v, ("3.11", "3.13"), "numpy")
        for v in ("2.11.0", "2.12.1", "2.13.0", "2.14.1", "2.15.0")
    ),
)


def find_python(version: str) -> Path | None:
    """An interpreter of this version: on the PATH, of pyenv, or of uv."""
    on_path = shutil.which(f"python{version}")
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    candidates = [
        *([Path(on_path)] if on_path else []),
        *sorted(pyenv.glob(f"versions/{version}.*/bin/python")),
    ]
    if uv := shutil.which("uv"):
        found = subprocess.run([uv, "python", "find", version], capture_output=True, text=True)
        candidates += [Path(line) for line in found.stdout.splitlines()]
    return next((path for path in candidates if _version(path) == version), None)


def _version(python: Path) -> str | None:
    """The minor version of an interpreter, or None if it does not run: so is a shim of pyenv's."""
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        return subprocess.run(
            [python, "-c", code], capture_output=True, text=True, check=True
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None


class CannotInstallError(Exception):
    """There is no Python for a release, or pip failed."""


@contextmanager
def environment(release: Release, *more: str) -> Iterator[Path]:
    """An environment with a release; yields its interpreter, and is removed afterwards.

    It has the release's NumPy, or else what `more` names.

    Variables such as `PIP_INDEX_URL` reach pip as they are.

    Raises:
        CannotInstallError: none of its versions of Python is here.
        subprocess.CalledProcessError: pip failed; the error holds what it wrote.
    """
    python = next(filter(None, map(find_python, release.pythons)), None)
    if python is None:
        raise CannotInstallError(f"needs Python {' or '.join(release.pythons)}, which is not here")
    folder = FOLDER / release.torch
    shutil.rmtree(folder, ignore_errors=True)
    try:
        inner = folder / "bin" / "python"
        _run(python, "-m", "venv", folder)
        packages = (f"torch=={release.torch}", *(more or (release.numpy,)))
        _run(inner, "-m", "pip", "install", "--no-cache-dir", *packages)
        yield inner
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(*command: object) -> None:
    """Run a program and keep what it writes for the error."""
    words = [str(word) for word in command]
    subprocess.run(words, check=True, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
