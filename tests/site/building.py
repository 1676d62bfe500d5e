"""The site, built for its tests in a folder of its own."""

import os
import shutil
import subprocess
import sysconfig
from pathlib import Path

from filelock import FileLock

from tests.book.contents import contents

from . import hosting

ROOT = Path(__file__).parents[2]
BOOK = ROOT / "book"
FOLDER = ROOT / "_build" / "site-test"
SITE = FOLDER / "_build" / "html"
# Where the pages believe that they are. example.org is reserved: nothing is ever there.
ADDRESS = f"https://example.org{hosting.FOLDER}"


def built_site() -> Path:
    """Build the site and return its folder; what the same test run has built stays.

    The workers of pytest-xdist share it: the first one builds, the others wait. What earlier runs
    have built is thrown away, so that no page of theirs is taken for one of today's; the parsed
    chapters are kept, which saves half of the time.
    """
    FOLDER.mkdir(parents=True, exist_ok=True)
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    done = FOLDER / "built-by"
    with FileLock(FOLDER / "lock"):
        if not (done.is_file() and done.read_text() == run):
            shutil.rmtree(SITE, ignore_errors=True)
            _build()
            done.write_text(run)
    return SITE


def _build() -> None:
    """Build as `make book` does."""
    jupyter_book = Path(sysconfig.get_path("scripts"), "jupyter-book")
    command = [jupyter_book, "build", BOOK, "-W", "-n", "--keep-going", "--path-output", FOLDER]
    settings = {"cwd": ROOT, "env": os.environ | {"SITE_URL": ADDRESS}, "encoding": "utf-8"}
    done = subprocess.run(command, capture_output=True, check=False, **settings)
    if done.returncode:
        raise RuntimeError(f"the site cannot be built:\n{done.stdout}\n{done.stderr}")


def pages(site: Path) -> list[str]:
    """Every page of a built site, by its path from the site's root."""
    return sorted(page.relative_to(site).as_posix() for page in site.rglob("*.html"))


def _chapters() -> list[str]:
    """The pages that the book's table of contents lists, in its order."""
    return [path.relative_to(BOOK).with_suffix(".html").as_posix() for path in contents()]


CHAPTERS = _chapters()
# Old addresses, which send a visitor on; the site's root sends to the first page.
MOVED = ["index.html", *(f"book/{name}" for name in CHAPTERS)]
PAGES = [*CHAPTERS, "404.html", "genindex.html", "search.html"]
