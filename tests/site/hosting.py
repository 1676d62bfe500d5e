"""A static host on this machine, with the ways of GitHub Pages.

The site lies in a folder of the host, text is sent with gzip, a reader's browser may keep files for
ten minutes, and a missing page is answered with the site's own `404.html`.
"""

import gzip
import mimetypes
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

FOLDER = "/losses/"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".xml": "application/xml",
    ".svg": "image/svg+xml",
    ".ico": "image/vnd.microsoft.icon",
    ".woff2": "font/woff2",
    ".ipynb": "application/octet-stream",
}
PACKED = {".woff2", ".png", ".jpg", ".pdf", ".inv", ".zip"}  # gzip would only make these longer


class StaticHost(ThreadingHTTPServer):
    """Serves the files of a folder at `http://localhost:<port>/losses/`."""

    daemon_threads = True

    def __init__(self, site: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.site = site.resolve()

    @property
    def address(self) -> str:
        """The site's address, with a slash at its end."""
        return f"http://localhost:{self.server_port}{FOLDER}"

    def file_for(self, url: str) -> Path | None:
        """The file that an address names, or nothing."""
        path = unquote(urlsplit(url).path)
        if not path.startswith(FOLDER):
            return None
        file = (self.site / path.removeprefix(FOLDER)).resolve()
        if file.is_dir() and path.endswith("/"):
            file /= "index.html"
        return file if file.is_file() and file.is_relative_to(self.site) else None

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a browser that closed the connection before the answer was sent."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Answer(BaseHTTPRequestHandler):
    """The answer to one request."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Send a file, or the page for what is missing."""
        file, status = self.server.file_for(self.path), HTTPStatus.OK
        if file is None:
            file, status = self.server.site / "404.html", HTTPStatus.NOT_FOUND
        packed = file.suffix not in PACKED and "gzip" in self.headers.get("Accept-Encoding", "")
        body = _body(file, file.stat().st_mtime_ns, packed) if file.is_file() else b""
        self.send_response(status)
        self.send_header("Content-Type", TYPES.get(file.suffix) or _guessed(file))
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=600")
        self.send_header("Vary", "Accept-Encoding")
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_HEAD(self) -> None:
        """Send the same without the body."""
        self.do_GET()

    def log_message(self, *args: object) -> None:
        """Write no log."""


@lru_cache(maxsize=1024)
def _body(file: Path, changed: int, packed: bool) -> bytes:
    """What is sent for a file, as it was when it last `changed`."""
    content = file.read_bytes()
    return gzip.compress(content, 6, mtime=0) if packed else content


def _guessed(file: Path) -> str:
    """The content type of a file by its name."""
    return mimetypes.guess_type(file.name)[0] or "application/octet-stream"


@contextmanager
def hosted(site: Path) -> Iterator[str]:
    """Serve a folder for a while; gives its address."""
    with StaticHost(site) as host:
        thread = threading.Thread(target=host.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield host.address
        finally:
            host.shutdown()
            thread.join()
