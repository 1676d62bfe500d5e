"""Every page at a desk: see `looking`."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser

from .building import PAGES
from .looking import look


@pytest.mark.parametrize("name", PAGES)
def test_page(browser: Browser, address: str, name: str, axe_themes: Callable) -> None:
    """Nothing is wrong with the page."""
    sight = look(browser, address, name, "desk", axe_themes("desk", name))
    assert not sight.problems, "\n".join(sight.problems)
