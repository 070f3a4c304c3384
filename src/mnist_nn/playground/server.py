"""The playground in this machine's browser: an HTTP server of the assets of a `site`, and of nothing else.

It answers GET and HEAD alone. What there is to serve, `site` says; the server of models is in `mnist_nn.server`.
"""

import gzip
import sys
from collections.abc import Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any

from mnist_nn.playground.site import OCTET_STREAM, Site
from mnist_nn.util.addresses import resolve_address, url

POLICY = "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'none'"


class Server(ThreadingHTTPServer):
    """Serves the assets of a site and nothing else; ``url`` is where."""

    daemon_threads = True

    def __init__(self, site: Site, host: str, port: int) -> None:
        self.site = site
        with resolve_address(host, port) as (family, address):
            self.address_family = family
            super().__init__(address, _Handler)

    def server_bind(self) -> None:
        """Bind without asking a name server for this machine's name, which may take long."""
        TCPServer.server_bind(self)
        host, port = self.server_address[:2]
        self.server_name, self.server_port = str(host), int(port)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a browser that leaves a page before it is all there."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    @property
    def url(self) -> str:
        """The address for a browser on this machine."""
        return f"{url(str(self.server_address[0]), self.server_port)}/"


class _Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD."""

    server: Server
    protocol_version = "HTTP/1.1"
    server_version = "mnist-nn"
    sys_version = ""

    def do_GET(self) -> None:
        """Send an asset."""
        self._respond(body=True)

    def do_HEAD(self) -> None:
        """Send its headers."""
        self._respond(body=False)

    def _respond(self, *, body: bool) -> None:
        name = self.path.partition("?")[0].removeprefix("/") or "index.html"
        asset = self.server.site.get(name)
        if asset is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        content, compressed = (
            asset.read(),
            asset.media_type != OCTET_STREAM and "gzip" in self.headers.get("Accept-Encoding", ""),
        )
        content = gzip.compress(content, 6, mtime=0) if compressed else content
        self.send_response(HTTPStatus.OK)
        for header, value in _list_headers(name, asset.media_type, len(content), compressed=compressed):
            self.send_header(header, value)
        self.end_headers()
        if body:
            self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 the base class calls it so
        """Say nothing of every request."""


def _list_headers(name: str, media_type: str, size: int, *, compressed: bool) -> Iterator[tuple[str, str]]:
    yield "Content-Type", media_type
    yield "Content-Length", str(size)
    yield "Content-Security-Policy", f"{POLICY}; frame-ancestors 'none'"
    yield "X-Content-Type-Options", "nosniff"
    yield "Referrer-Policy", "no-referrer"
    yield "Cache-Control", "max-age=3600" if name.endswith("images.gz") else "no-cache"
    if compressed:
        yield "Content-Encoding", "gzip"
