"""How the playground's files are served: with the right headers, and nothing else is."""

import gzip
import http.client
import re
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from email.message import Message
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
from patience import PATIENCE

from mnist_nn.errors import ConfigError
from mnist_nn.playground.server import CONNECTIONS, POLICY, Server
from mnist_nn.playground.site import Site


@pytest.fixture(scope="module")
def server(site: Site) -> Iterator[Server]:
    with running(site) as server:
        yield server


class Answer(NamedTuple):
    status: int
    headers: Message
    body: bytes


@pytest.fixture(scope="module")
def hasty(site: Site) -> Iterator[Server]:
    """One that waits a second for a request."""
    with running(site, request_seconds=1) as server:
        yield server


@contextmanager
def running(site: Site, **options: Any) -> Iterator[Server]:
    with Server(site, "127.0.0.1", 0, **options) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join(PATIENCE)


def ask(server: Server, path: str, method: str = "GET", **headers: str) -> Answer:
    with closing(http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=PATIENCE)) as connection:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/app.js?again", "text/javascript; charset=utf-8"),
        ("/ui/style.css", "text/css; charset=utf-8"),
        ("/icon.svg", "image/svg+xml"),
        ("/data/manifest.json", "application/json"),
    ],
)
def test_the_page_has_its_types_and_is_never_stale(server: Server, path: str, kind: str) -> None:
    answer = ask(server, path)
    assert (answer.status, answer.headers["Content-Type"]) == (200, kind)
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'self';")
    assert answer.headers["Content-Encoding"] is None
    assert len(answer.body) == int(answer.headers["Content-Length"])


def test_gzipped_data_are_sent_as_they_are(server: Server, site: Site) -> None:
    answer = ask(server, "/data/test-labels.gz", **{"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Encoding"] is None
    assert answer.body == site["data/test-labels.gz"].read()


def test_text_is_gzipped_for_those_who_can_read_it(server: Server, site: Site) -> None:
    answer = ask(server, "/ui/style.css", **{"Accept-Encoding": "gzip, br"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.body) == site["ui/style.css"].read()


@pytest.mark.parametrize(
    "path",
    [
        "/../pyproject.toml",
        "/%2e%2e/errors.py",
        "//etc/passwd",
        "/core",
        "/core/",
        "/data",
        "/index.htm",
        "/core/../app.js",
    ],
)
def test_no_path_leads_anywhere_else(server: Server, path: str) -> None:
    assert ask(server, path).status == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_nothing_can_be_written(server: Server, method: str) -> None:
    assert ask(server, "/", method).status == 501


def test_head_sends_headers_alone(server: Server) -> None:
    answer = ask(server, "/app.js", "HEAD")
    assert answer.status == 200
    assert int(answer.headers["Content-Length"]) > 0
    assert answer.body == b""


def test_the_page_itself_forbids_what_the_server_forbids(site: Site) -> None:
    page = site["index.html"].read().decode()
    assert re.sub(r"\s+", " ", POLICY) in re.sub(r"\s+", " ", page)


@pytest.mark.parametrize(("host", "shown"), [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("localhost", None)])  # noqa: S104
def test_the_url_is_one_that_a_browser_here_can_open(site: Site, host: str, shown: str | None) -> None:
    with Server(site, host, 0) as here:
        address = urlsplit(here.url)
        assert shown in {None, address.hostname}
        assert address.port == here.server_port > 0


def test_a_port_in_use_is_named(server: Server, site: Site) -> None:
    with pytest.raises(ConfigError, match=rf"port {server.server_port}: .*in use; choose another address"):
        Server(site, "127.0.0.1", server.server_port)
    with pytest.raises(ConfigError, match=r"'no\.such\.host\.invalid'"):
        Server(site, "no.such.host.invalid", 0)


def test_a_browser_that_leaves_is_not_spoken_of(
    server: Server, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    left = threading.Event()
    shutdown = server.shutdown_request
    monkeypatch.setattr(server, "shutdown_request", lambda request: (shutdown(request), left.set()))
    with socket.create_connection(server.server_address[:2], PATIENCE) as browser:
        browser.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # it leaves with a reset
        browser.sendall(b"GET /data/train-images.gz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        browser.recv(10)
    assert left.wait(PATIENCE)
    assert capsys.readouterr().err == ""


def connect(server: Server, content: bytes = b"") -> socket.socket:
    connection = socket.create_connection(server.server_address[:2], PATIENCE)
    connection.sendall(content)
    return connection


def rest(connection: socket.socket) -> bytes:
    """What comes until the server hangs up."""
    received = b""
    with connection, suppress(ConnectionError):
        while block := connection.recv(65536):
            received += block
    return received


def status(server: Server, *hosts: str, version: str = "1.1") -> int:
    lines = "".join(f"Host: {host}\r\n" for host in hosts)
    head = f"GET /icon.svg HTTP/{version}\r\n{lines}Connection: close\r\n\r\n"
    return int(rest(connect(server, head.encode())).split()[1])


def test_it_answers_to_its_own_names_alone(server: Server, site: Site) -> None:
    for host in ("localhost", "127.0.0.1:1234", "[::1]"):
        assert status(server, host) == 200
    for host in ("rebound.example", "rebound.example:8000", "192.0.2.1"):
        assert status(server, host) == status(server, host, version="1.0") == 421
    assert status(server, "localhost", "localhost") == status(server) == status(server, "a b") == 400
    assert status(server, version="1.0") == 200
    with running(site, allow_hosts=["play.example"]) as told:
        assert status(told, "Play.example:80") == 200


def test_a_refusal_says_how_it_is_allowed(server: Server) -> None:
    answer = ask(server, "/", Host="rebound.example")
    assert answer.status == 421
    assert b"--allow-host" in answer.body


@pytest.mark.parametrize(
    ("begin", "more"), [(b"", b""), (b"GE", b""), (b"GET /", b"a"), (b"GET / HTTP/1.1\r\nX: ", b"a")],
    ids=["silent", "begun", "in the address", "in a header"],
)  # fmt: skip
def test_who_is_slow_is_given_up(hasty: Server, begin: bytes, more: bytes) -> None:
    """A byte now and then gives no more time."""
    with connect(hasty, begin) as connection:
        connection.settimeout(0.2)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            with suppress(TimeoutError):
                assert connection.recv(100) == b""
                return
            with suppress(ConnectionError):
                connection.sendall(more)
        pytest.fail("it listens as long as somebody sends")


def test_who_has_been_answered_may_ask_again_but_not_late(hasty: Server) -> None:
    request = b"GET /icon.svg HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with connect(hasty, request) as connection:
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")
        time.sleep(0.1)
        connection.sendall(request)
        assert rest(connection).count(b"HTTP/1.1 200") <= 1


def test_a_body_is_no_second_request(server: Server) -> None:
    body = b"GET /app.js HTTP/1.1\r\nHost: localhost\r\n\r\n"
    head = f"GET /icon.svg HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n"
    assert rest(connect(server, head.encode() + body)).count(b"HTTP/1.1 ") == 1


def test_many_who_are_idle_make_room_and_take_no_more_threads(server: Server) -> None:
    with ExitStack() as opened:
        idle = [opened.enter_context(connect(server)) for _ in range(CONNECTIONS + 20)]
        assert ask(server, "/icon.svg").status == 200
        assert all(rest(connection) == b"" for connection in idle[:20]), "who was idle longest goes first"
        assert sum("process_request_thread" in thread.name for thread in threading.enumerate()) <= CONNECTIONS
    assert ask(server, "/icon.svg").status == 200


def test_who_takes_a_file_slowly_is_not_hung_up_on_for_others(server: Server, site: Site) -> None:
    with ExitStack() as opened:
        request = b"GET /data/train-images.gz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        slow = connect(server, request)
        head = slow.recv(1000)
        for _ in range(CONNECTIONS + 5):
            opened.enter_context(connect(server))
        received = head + rest(slow)
    assert received.endswith(site["data/train-images.gz"].read())
