"""The site, its address and the browser, for the tests of this folder."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from .browsing import running_browser
from .building import PAGES, built_site
from .hosting import hosted
from .looking import THEMES, WIDTHS


@pytest.fixture(scope="session")
def site() -> Path:
    """The folder of the built site."""
    return built_site()


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """Where the site is served."""
    with hosted(site) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium. Whatever asks for it is skipped where there is none."""
    with running_browser() as browser:
        yield browser


@pytest.fixture(scope="session")
def axe_themes(pytestconfig: pytest.Config) -> Callable[[str, str], list[str]]:
    """In which themes axe looks at a page of some size.

    axe takes some seconds for a long page. So it takes the sizes and themes in turn, from page to
    page; with `--thorough` it looks at every page in all of them.
    """

    def themes(size: str, name: str) -> list[str]:
        looks = [(size, theme) for size in WIDTHS for theme in THEMES]
        turn = looks[PAGES.index(name) % len(looks)]
        thorough = pytestconfig.getoption("thorough")
        return [theme for theme in THEMES if thorough or turn == (size, theme)]

    return themes
