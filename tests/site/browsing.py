"""A browser that Playwright drives, and a watch on what a page does in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response, sync_playwright

from book._ext import chromium

# Without what a browser fetches for itself, all requests are the page's.
QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
WITHIN_THE_PAGE = ("data:", "blob:")
LEFT_BY_THE_READER = "net::ERR_ABORTED"  # who went on to another page before all had come
NOTE_VIOLATIONS = """
addEventListener("securitypolicyviolation", event => {
  (globalThis.violations ??= []).push(`${event.effectiveDirective} ${event.blockedURI}`);
});
"""
# Sections far below the screen are laid out when a reader comes near.
LAY_OUT = """async () => {
  document.documentElement.classList.add("whole");
  for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
}"""


def lay_out(page: Page) -> None:
    """Lay out the whole page, as if a reader had been everywhere."""
    page.evaluate("document.fonts.ready.then(() => null)")
    page.evaluate(LAY_OUT)


@contextmanager
def running_browser() -> Iterator[Browser]:
    """Run Chromium for a while.

    Not for longer than a test file needs it: Playwright keeps an event loop running, which the
    kernels of notebooks in the same process would trip over.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.path(), args=QUIET)
        yield browser
        browser.close()


class Watch:
    """Notes what a page fetches, and what it does that no page of the site may do."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.origin = _origin(address)
        self.responses: list[Response] = []
        self._noted: list[str] = []
        page.add_init_script(NOTE_VIOLATIONS)
        page.on("request", self._note_request)
        page.on("requestfailed", self._note_failure)
        page.on("response", self._note_response)
        page.on("console", self._note_message)
        page.on("pageerror", lambda error: self._noted.append(f"error in a script: {error}"))

    def problems(self) -> list[str]:
        """What was noted since the last call."""
        violations = self.page.evaluate("(globalThis.violations ?? []).splice(0)")
        self._noted += [f"against the Content-Security-Policy: {v}" for v in violations]
        noted, self._noted = self._noted, []
        return noted

    def _note_request(self, request: Request) -> None:
        if _origin(request.url) not in (self.origin, *WITHIN_THE_PAGE):
            self._noted.append(f"foreign request: {request.url}")

    def _note_failure(self, request: Request) -> None:
        if request.failure != LEFT_BY_THE_READER:
            self._noted.append(f"failed request: {request.url}: {request.failure}")

    def _note_response(self, response: Response) -> None:
        self.responses.append(response)
        if response.status >= 400:
            self._noted.append(f"failed request: {response.url}: {response.status}")

    def _note_message(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._noted.append(f"console {message.type}: {message.text}")


def _origin(url: str) -> str:
    """Scheme, host and port of an address; the scheme alone where there is no host."""
    scheme, host, *_ = urlsplit(url)
    return f"{scheme}://{host}" if host else f"{scheme}:"
