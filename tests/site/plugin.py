"""What pytest needs to know of the site's tests from the start: what to do without a browser."""

from pathlib import Path

import pytest

from book._ext import chromium

FOLDER = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests of the site first, and skip them if they ask for a browser and there is none.

    They take longest. Last, they would keep one worker of xdist busy when the others are done.
    """
    items.sort(key=lambda item: not item.path.is_relative_to(FOLDER))
    asking = [item for item in items if "browser" in getattr(item, "fixturenames", ())]
    try:
        if asking:
            chromium.path()
    except chromium.MissingError as missing:
        for item in asking:
            item.add_marker(pytest.mark.skip(reason=str(missing)))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one line that tests were skipped for want of a browser, and how to get one."""
    skipped = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])]
    try:
        if skipped:
            chromium.path()
    except chromium.MissingError as missing:
        if count := sum(str(missing) in reason for reason in skipped):
            terminalreporter.write_line(f"{count} tests of the site were skipped: {missing}")
