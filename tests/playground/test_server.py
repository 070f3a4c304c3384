"""How the playground's files are served: with the right headers, and nothing else is."""

import gzip
import http.client
import re
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import closing
from email.message import Message
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest
from patience import PATIENCE

from mnist_nn.errors import ConfigError
from mnist_nn.playground.server import POLICY, Server
from mnist_nn.playground.site import Site


@pytest.fixture(scope="module")
def server(site: Site) -> Iterator[Server]:
    with Server(site, "127.0.0.1", 0) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield running
        running.shutdown()
        thread.join(PATIENCE)


class Answer(NamedTuple):
    status: int
    headers: Message
    body: bytes


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
    with Server(site, host, 0) as running:
        address = urlsplit(running.url)
        assert shown in {None, address.hostname}
        assert address.port == running.server_port > 0


def test_a_port_in_use_is_named(server: Server, site: Site) -> None:
    with pytest.raises(ConfigError, match=rf"port {server.server_port}: .*in use; choose others"):
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
        browser.sendall(b"GET /train-images.gz HTTP/1.1\r\nHost: here\r\n\r\n")
        browser.recv(10)
    assert left.wait(PATIENCE)
    assert capsys.readouterr().err == ""
