"""The playground's HTTP server, for a browser on this machine; it serves the assets of a `site` and nothing else.

It answers only GET and HEAD, and only for its own hosts. It limits connections and waiting times. `site` lists the
files; the server for models is `mnist_nn.server`.
"""

import gzip
import io
import socket
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from threading import BoundedSemaphore, Lock
from typing import Any

from mnist_nn.playground.site import OCTET_STREAM, Site
from mnist_nn.util.addresses import resolve_address, url
from mnist_nn.util.hosts import allowed_hosts, check_host

POLICY = "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'none'"
CONNECTIONS = 64  # each has a thread; a browser opens six
REQUEST_SECONDS = 10.0  # from one answer to the end of the next request's headers
ANSWER_SECONDS = 60.0  # for the largest file, 10 MB


class Server(ThreadingHTTPServer):
    """Serves the assets of a site, and nothing else, at ``url``.

    At most `CONNECTIONS` are open. To make room for the next one, the one that has been idle longest is closed; if none
    is idle, the next one waits.

    Raises
    ------
    ConfigError
        If nothing can listen there, or one of ``allow_hosts`` is not a host.
    """

    daemon_threads = True
    request_queue_size = CONNECTIONS

    def __init__(
        self,
        site: Site,
        host: str,
        port: int,
        *,
        allow_hosts: Iterable[str] = (),
        request_seconds: float = REQUEST_SECONDS,
    ) -> None:
        self.site = site
        self.hosts = allowed_hosts(host, port, allow_hosts)
        self.request_seconds = request_seconds
        self._free = BoundedSemaphore(CONNECTIONS)
        self._idle: dict[socket.socket, None] = {}  # in the order in which they became idle
        self._lock = Lock()
        with resolve_address(host, port) as (family, address):
            self.address_family = family
            super().__init__(address, _Handler)

    def server_bind(self) -> None:
        """Bind without asking a name server for this machine's name, which can take long."""
        TCPServer.server_bind(self)
        host, port = self.server_address[:2]
        self.server_name, self.server_port = str(host), int(port)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Start a thread for a connection, once there is room for it."""
        is_free = self._free.acquire(blocking=False)
        while not is_free:
            self._close_idle()
            is_free = self._free.acquire(timeout=0.1)
        self.note(request, idle=True)
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Handle a connection, and let the next one have its place."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.note(request, idle=False)
            self._free.release()

    def _close_idle(self) -> None:
        """Close the connection that has been idle longest, if there is one; its thread sees that, and ends."""
        with self._lock, suppress(StopIteration, OSError):
            longest = next(iter(self._idle))
            del self._idle[longest]
            longest.shutdown(socket.SHUT_RDWR)

    def note(self, connection: socket.socket, *, idle: bool) -> None:
        """Note whether a connection is waiting for a request."""
        with self._lock:
            self._idle.pop(connection, None)
            if idle:
                self._idle[connection] = None

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore browsers that leave a page before it is loaded."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)

    @property
    def url(self) -> str:
        """The address for a browser on this machine."""
        return f"{url(str(self.server_address[0]), self.server_port)}/"


class _Deadline(io.RawIOBase):
    """Reads from a connection until a moment, ``until``: a client that sends a byte now and then gets no more time."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self.until = 0.0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """Raise TimeoutError if no data arrives in time."""
        self._connection.settimeout(max(self.until - time.monotonic(), 0.001))
        return self._connection.recv_into(buffer)


class _Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD."""

    server: Server
    protocol_version = "HTTP/1.1"
    server_version = "mnist-nn"
    sys_version = ""

    def setup(self) -> None:
        """Set up reading with a deadline."""
        super().setup()
        self._deadline = _Deadline(self.connection)
        self.rfile = io.BufferedReader(self._deadline)

    def handle_one_request(self) -> None:
        """Wait for a request, answer it, and become idle again."""
        self._deadline.until = time.monotonic() + self.server.request_seconds
        super().handle_one_request()
        self.server.note(self.connection, idle=True)

    def parse_request(self) -> bool:
        """Reject a request for another host; a request with a body is the last one on its connection."""
        if not super().parse_request():
            return False
        self.server.note(self.connection, idle=False)
        self.connection.settimeout(ANSWER_SECONDS)
        if "Content-Length" in self.headers or "Transfer-Encoding" in self.headers:
            self.close_connection = True
        named = self.headers.get_all("Host", [])
        is_needed = named or self.request_version != "HTTP/1.0"
        if is_needed and (error := check_host(named, self.server.hosts)):
            self.send_error(error.status, explain=error.message)
            return False
        return True

    def do_GET(self) -> None:
        """Send an asset."""
        self._respond(body=True)

    def do_HEAD(self) -> None:
        """Send an asset's headers."""
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
        """Do not log requests."""


def _list_headers(name: str, media_type: str, size: int, *, compressed: bool) -> Iterator[tuple[str, str]]:
    yield "Content-Type", media_type
    yield "Content-Length", str(size)
    yield "Content-Security-Policy", f"{POLICY}; frame-ancestors 'none'"
    yield "X-Content-Type-Options", "nosniff"
    yield "Referrer-Policy", "no-referrer"
    yield "Cache-Control", "max-age=3600" if name.endswith("images.gz") else "no-cache"
    if compressed:
        yield "Content-Encoding", "gzip"
