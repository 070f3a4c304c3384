"""People who send nonsense, lie about it, dawdle, or leave: the right status, nothing held, nothing fallen.

Everything goes over raw sockets to a server with low limits, and where a time must be up to one with short deadlines.
After every test the server's process must hold no more files than before and no more threads than its pools have, and
read a digit as well as ever.
"""

import gzip
import io
import json
import random
import re
import socket
import struct
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from functools import cache
from typing import Any

import numpy as np
import pytest
from patience import PATIENCE, wait_for
from PIL import Image

from mnist_nn import Dataset
from mnist_nn.evaluation.prediction import Predictions

BODY = 600_000
OPTIONS = {
    "header-seconds": PATIENCE,  # so that nothing here is late because the machine is slow
    "body-seconds": PATIENCE,
    "answer-seconds": PATIENCE,
    "idle-seconds": 2,
    "body-limit": BODY,
    "header-limit": 16_384,
    "row-limit": 64,
    "pixel-limit": 1_000_000,
    "page-limit": 3,
    "connection-limit": 300,
}
HASTE = {"header-seconds": 1, "body-seconds": 1, "answer-seconds": 1}
THREADS = 12  # of the interpreter, the arithmetic and the pools, however many requests there were
LINE = re.compile(r"[^\n]{10,500}")
Served = Any


@pytest.fixture(scope="module")
def hostile(serve: Any, mnist: Dataset) -> Iterator[Served]:
    with serve(*words(OPTIONS)) as running:
        yield at_rest(running, mnist)


@pytest.fixture(scope="module")
def hasty(serve: Any, mnist: Dataset) -> Iterator[Served]:
    """One that waits a second for everything, which may be too short for anybody on a busy machine."""
    with serve(*words(OPTIONS | HASTE)) as running:
        yield at_rest(running, mnist)


def words(options: dict[str, float]) -> list[object]:
    return [word for name, value in options.items() for word in (f"--{name}", value)]


def at_rest(server: Served, mnist: Dataset) -> Served:
    """Look what files the server holds when it has worked and nobody is connected."""
    assert asked(server, "/read", png(mnist.test.images[0])).status == 200
    wait_for(lambda: not any(line.raddr for line in server.process.net_connections()), "somebody is connected")
    server.at_rest = server.usage().files
    return server


def asked(server: Served, path: str, body: Any) -> Any:
    """Send a request, and once more where the server was too hasty."""
    return wait_for(lambda: (answer := server.ask("POST", path, body)).status != 408 and answer, "it is always 408")


@pytest.fixture(autouse=True)
def unharmed(request: pytest.FixtureRequest, mnist: Dataset, expected: Callable[[Any], Predictions]) -> Iterator[None]:
    """Whatever a test does, the server afterwards holds what it held in the beginning, and is right."""
    server = request.getfixturevalue("hasty" if "hasty" in request.fixturenames else "hostile")
    written = server.log.stat().st_size
    yield

    def is_at_rest() -> bool:
        now = server.usage()
        return now.files <= server.at_rest and now.threads <= THREADS

    wait_for(is_at_rest, lambda: f"left behind: {server.usage()}, and not {server.at_rest} files")
    images = mnist.test.images[:3]
    answer = asked(server, server.infer, tensor(images))
    assert answer.status == 200, answer
    outputs = {output["name"]: output["data"] for output in answer.json["outputs"]}
    assert outputs["label"] == expected(images).probabilities.argmax(axis=1).tolist()
    said = server.log.read_bytes()[written:].decode()
    assert "Traceback" not in said, said[-3000:].replace("\\n", "\n")


def together(calls: list[Callable[[], Any]]) -> list[Any]:
    """Make all calls at once, each in a thread."""
    results: list[Any] = [None] * len(calls)

    def run(place: int) -> None:
        results[place] = calls[place]()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    return results


def tensor(images: Any, **changed: Any) -> dict[str, Any]:
    images = np.asarray(images)
    x = {"name": "X", "datatype": "UINT8", "shape": list(images.shape), "data": images.ravel().tolist()}
    return {"inputs": [x | changed]}


def blank(**changed: Any) -> dict[str, Any]:
    """A request for one empty picture, with something about its tensor changed."""
    return tensor(np.zeros((1, 28, 28), np.uint8), **changed)


def post(
    path: str, body: bytes, *headers: str, length: object = None, version: str = "1.1", close: bool = True
) -> bytes:
    """A request as it goes over the wire, which may lie about its length."""
    size = len(body) if length is None else length
    lines = [f"POST {path} HTTP/{version}", "Host: localhost", *headers]
    lines += [f"Content-Length: {size}"] * (size != "") + ["Connection: close"] * close
    return "\r\n".join([*lines, "", ""]).encode() + body


def get(path: str, *headers: str, close: bool = True) -> bytes:
    lines = [f"GET {path} HTTP/1.1", "Host: localhost", *headers, *["Connection: close"] * close]
    return "\r\n".join([*lines, "", ""]).encode()


def statuses(received: bytes) -> list[int]:
    return [int(found) for found in re.findall(rb"HTTP/1\.[01] (\d{3}) ", received)]


def check(received: bytes, *allowed: int) -> None:
    """One answer with one of these statuses, and one line that says what is wrong."""
    assert statuses(received), f"no answer: {received[:200]!r}"
    status, body = statuses(received)[-1], received.rpartition(b"\r\n\r\n")[2]
    assert status in allowed, received[:2000]
    assert LINE.fullmatch(json.loads(body)["error"]), body


def png(pixels: Any) -> bytes:
    file = io.BytesIO()
    Image.fromarray(255 - np.asarray(pixels)).save(file, "png")
    return file.getvalue()


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def bomb(side: int) -> bytes:
    """A PNG of side × side black pixels; its kilobytes become gigabytes if somebody unpacks them."""
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    pixels = zlib.compress(bytes(side + 1) * min(side, 200), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


ZEROS = [0] * 784
BAD_JSON: dict[str, bytes | Any] = {
    "nothing": b"",
    "spaces": b"   ",
    "cut": b'{"inputs": [{"name": "X"',
    "two documents": b"{}{}",
    "a list": [],
    "null": None,
    "a number": 1,
    "text": "X",
    "utf-16": json.dumps(blank()).encode("utf-16"),
    "latin-1": b'{"inputs": "\xe4\xf6"}',
    "lone surrogate": b'{"inputs": [{"name": "\\ud800"}]}',
    "deep lists": b"[" * 200_000 + b"]" * 200_000,
    "deep objects": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "deep inside": b'{"inputs":[{"name":"X","datatype":"UINT8","shape":[1,28,28],"data":'
    + b"[" * 100_000
    + b"]" * 100_000
    + b"}]}",
    "digits without end": b'{"inputs":[{"name":"X","datatype":"UINT8","shape":[1,28,28],"data":['
    + b"9" * 300_000
    + b"]}]}",
    "no inputs": {},
    "inputs null": {"inputs": None},
    "inputs text": {"inputs": "X"},
    "inputs empty": {"inputs": []},
    "input null": {"inputs": [None]},
    "input twice": {"inputs": blank()["inputs"] * 2},
    "other name": blank(name="Y"),
    "name a list": blank(name=["X"]),
    "other datatype": blank(datatype="BYTES"),
    "no such datatype": blank(datatype="UINT9"),
    "datatype missing": blank(datatype=None),
    "shape missing": blank(shape=None),
    "shape text": blank(shape="1,28,28"),
    "shape of text": blank(shape=["1", "28", "28"]),
    "shape of fractions": blank(shape=[1.5, 28, 28]),
    "shape of truth": blank(shape=[True, 28, 28]),
    "shape negative": blank(shape=[-1, 28, 28]),
    "shape huge": blank(shape=[2**62, 28, 28]),
    "shape beyond all": blank(shape=[10**400, 28, 28]),
    "shape of others": blank(shape=[1, 27, 28]),
    "shape flat": blank(shape=[784 * 28]),
    "too few values": blank(data=ZEROS[:-1]),
    "too many values": blank(data=[*ZEROS, 0]),
    "no values": blank(data=[]),
    "data missing": blank(data=None),
    "data an object": blank(data={"0": 0}),
    "data text": blank(data="0" * 784),
    "a value of text": blank(data=[*ZEROS[:-1], "0"]),
    "a value null": blank(data=[*ZEROS[:-1], None]),
    "a value above": blank(data=[*ZEROS[:-1], 256]),
    "a value below": blank(data=[*ZEROS[:-1], -1]),
    "a value far above": blank(data=[*ZEROS[:-1], 10**30]),
    "a fraction": blank(data=[*ZEROS[:-1], 0.5]),
    "nan": blank(data=[*ZEROS[:-1], float("nan")]),
    "infinity": blank(data=[*ZEROS[:-1], float("inf")]),
    "ragged": blank(data=[[ZEROS[:28]] * 27 + [ZEROS[:27]]]),
    "outputs text": blank() | {"outputs": "label"},
    "outputs null inside": blank() | {"outputs": [None]},
    "no such output": blank() | {"outputs": [{"name": "logits"}]},
    "output nameless": blank() | {"outputs": [{}]},
    "parameters a list": blank() | {"parameters": []},
    "too many rows": tensor(np.zeros((65, 28, 28), np.uint8)),
    "bytes announced and none": blank(data=None, parameters={"binary_data_size": 784}),
}


TOO_MANY = ("too many rows", "shape huge")


@pytest.mark.parametrize("name", BAD_JSON)
def test_what_is_no_request_is_400(hostile: Served, name: str) -> None:
    body = BAD_JSON[name]
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    received = hostile.raw(post(hostile.infer, body, "Content-Type: application/json"))
    check(received, 413 if name in TOO_MANY else 400)


def binary(header: Any, content: bytes) -> tuple[bytes, int]:
    text = json.dumps(header).encode()
    return text + content, len(text)


def announced(size: Any) -> dict[str, Any]:
    x = {"name": "X", "datatype": "UINT8", "shape": [1, 28, 28], "parameters": {"binary_data_size": size}}
    return {"inputs": [x]}


@pytest.mark.parametrize("size", [783, 785, 0, -1, -784, 2**63, 10**40, "784", None, 784.0, True, [784]])
def test_a_size_that_lies_is_400(hostile: Served, size: Any) -> None:
    body, length = binary(announced(size), bytes(784))
    check(hostile.raw(post(hostile.infer, body, f"Inference-Header-Content-Length: {length}")), 400)


@pytest.mark.parametrize("length", [0, 1, -1, 10**6, 10**40, "abc", "", "1e2", "٣", "+5", "0x10"])
def test_a_header_length_that_lies_is_400(hostile: Served, length: object) -> None:
    body, _ = binary(announced(784), bytes(784))
    head, _, rest = post(hostile.infer, body).partition(b"\r\n\r\n")
    line = f"\r\nInference-Header-Content-Length: {length}".encode()
    check(hostile.raw(head + line + b"\r\n\r\n" + rest), 400)


@pytest.mark.parametrize("content", [b"", bytes(783), bytes(785), bytes(2 * 784)])
def test_bytes_that_do_not_fit_are_400(hostile: Served, content: bytes) -> None:
    body, length = binary(announced(784), content)
    check(hostile.raw(post(hostile.infer, body, f"Inference-Header-Content-Length: {length}")), 400)


@pytest.mark.parametrize("length", ["abc", "-5", "1 2", "0x10", "9" * 40, "5, 6"])
def test_a_length_that_is_none_is_400(hostile: Served, length: str) -> None:
    received = hostile.raw(post(hostile.infer, b"{}", length=length))
    assert statuses(received) in ([400], [413]), received


def test_two_lengths_are_400(hostile: Served) -> None:
    body = json.dumps(blank()).encode()
    received = hostile.raw(post(hostile.infer, body, f"Content-Length: {len(body) - 1}"))
    assert statuses(received) == [400]


def test_a_length_and_chunks_are_400(hostile: Served) -> None:
    """Two readings of one request are how it is smuggled past a proxy."""
    received = hostile.raw(post(hostile.infer, b"2\r\n{}\r\n0\r\n\r\n", "Transfer-Encoding: chunked"))
    assert statuses(received) == [400], received


def chunked(body: bytes, size: int) -> bytes:
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(f"{len(part):x}\r\n".encode() + part + b"\r\n" for part in parts) + b"0\r\n\r\n"


def test_chunks_are_put_together(hostile: Served) -> None:
    body = chunked(json.dumps(blank()).encode(), 100)
    received = hostile.raw(post(hostile.infer, body, "Transfer-Encoding: chunked", length=""))
    assert statuses(received) == [200], received


@pytest.mark.parametrize(
    "body", [b"zz\r\n{}\r\n0\r\n\r\n", b"-2\r\n{}\r\n0\r\n\r\n", b"2\r\n{}XX0\r\n\r\n", b"f" * 40 + b"\r\n"]
)
def test_chunks_that_are_none_are_400(hostile: Served, body: bytes) -> None:
    received = hostile.raw(post(hostile.infer, body, "Transfer-Encoding: chunked", length=""))
    assert statuses(received) in ([400], [413]), received


def test_chunks_count_towards_the_limit(hostile: Served) -> None:
    body = chunked(b" " * (2 * BODY), 4096)
    check(hostile.raw(post(hostile.infer, body, "Transfer-Encoding: chunked", length="")), 413)


@pytest.mark.parametrize("path", ["infer", "read"])
def test_a_body_too_large_is_refused_before_it_comes(hostile: Served, path: str) -> None:
    path = hostile.infer if path == "infer" else "/read"
    check(hostile.raw(post(path, b"{", length=10 * 2**30)), 413)  # one that waited for it would say 408


@pytest.mark.parametrize("body", ["short of it", "all of it", "more than it"])
def test_after_413_the_connection_closes(hostile: Served, body: str) -> None:
    """Whatever of the body has come: what follows is never read as a request."""
    sizes = {"short of it": BODY // 2, "all of it": BODY + 10, "more than it": BODY + 10}
    following = get("/v2") if body == "more than it" else b""
    received = hostile.raw(post("/read", b" " * sizes[body], length=BODY + 10, close=False) + following)
    check(received, 413)
    assert statuses(received) == [413]
    assert b"\r\nconnection: close\r\n" in received


@pytest.mark.parametrize("path", ["/nowhere", "/v2", "/read?length=0"])
def test_a_response_that_waits_for_no_body_closes_the_connection(hostile: Served, path: str) -> None:
    with hostile.connect() as connection:
        connection.sendall(post(path, b"{", length=1000, close=False))
        received = connection.recv(65536)
        assert b"\r\nconnection: close\r\n" in received, received
        assert has_been_closed(connection)
    assert statuses(hostile.raw(post(path, b"{}", close=False), get("/v2"), pause=0.2))[0] >= 400


def test_a_response_is_read_by_a_client_that_goes_on_sending(hostile: Served) -> None:
    """The server takes what comes for a moment: closed at once, the system would take the response back."""
    with hostile.connect() as connection:
        connection.sendall(post("/read", b"", length=10 * BODY))
        for _ in range(10):
            connection.sendall(bytes(BODY // 10))
            time.sleep(0.02)
        check(connection.recv(65536), 413)


def test_one_that_asks_first_is_told_before_it_sends(hostile: Served) -> None:
    received = hostile.raw(post("/read", b"", "Expect: 100-continue", length=BODY + 1))
    assert statuses(received) == [413], received


def test_one_that_asks_first_may_go_on(hostile: Served) -> None:
    body = json.dumps(blank()).encode()
    with hostile.connect() as connection:
        connection.sendall(post(hostile.infer, b"", "Expect: 100-continue", length=len(body)))
        assert statuses(connection.recv(4096)) == [100]
        connection.sendall(body)
        assert statuses(connection.recv(4096)) == [200]


def test_a_body_at_the_limit_is_read(hostile: Served, mnist: Dataset) -> None:
    picture = png(mnist.test.images[0])
    assert statuses(hostile.raw(post("/read", picture.ljust(BODY, b"\0")))) == [200]
    assert statuses(hostile.raw(post("/read", picture.ljust(BODY + 1, b"\0")))) == [413]


@pytest.mark.parametrize(
    "headers",
    [("X-Long: " + "a" * 20_000,), tuple(f"X-{number}: a" for number in range(5000))],
    ids=["one long", "many"],
)
def test_headers_too_large_are_431(hostile: Served, headers: tuple[str, ...]) -> None:
    assert statuses(hostile.raw(get("/v2", *headers)))[:1] == [431]


def test_headers_without_end_are_431(hostile: Served) -> None:
    before = hostile.memory_at_rest()
    with hostile.connect() as connection:
        connection.sendall(b"GET /v2 HTTP/1.1\r\n" + 100 * (b"X-More: " + b"a" * 1000 + b"\r\n"))
        assert statuses(connection.recv(4096)) == [431]
        with pytest.raises(ConnectionError):  # it listens for a moment more, so that the answer is read, and hangs up
            flood(connection, b"X-More: " + b"a" * 1000 + b"\r\n")
        assert hostile.usage().rss - before < 4 * 2**20


def flood(connection: socket.socket, content: bytes) -> None:
    wait_for(lambda: connection.sendall(content), "the server never hangs up")


def test_lines_after_a_body_are_431(hostile: Served) -> None:
    before = hostile.memory_at_rest()
    with hostile.connect() as connection:
        connection.sendall(post(hostile.infer, b"", "Transfer-Encoding: chunked", length="") + b"2\r\n{}\r\n0\r\n")
        with pytest.raises(ConnectionError):
            flood(connection, b"a:b\r\n" * 1000)
    assert hostile.usage().rss - before < 5 * 2**20


@pytest.mark.parametrize("length", [40, 2])
def test_a_body_for_another_protocol_is_no_second_request(hostile: Served, length: int) -> None:
    wanted = post(hostile.infer, b"", "Connection: Upgrade", "Upgrade: h2c", length=length, close=False)
    check(hostile.raw(wanted, get("/v2/health/live"), pause=0.2), 400)


def test_a_request_without_a_host_is_400(hostile: Served) -> None:
    check(hostile.raw(b"GET /v2 HTTP/1.1\r\n\r\n"), 400)
    assert statuses(hostile.raw(b"GET /v2 HTTP/1.0\r\n\r\n")) == [200]


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:1", "127.0.0.1", "127.0.0.1:8000", "[::1]:8000", "localhost."]
)
def test_it_answers_to_the_names_that_it_listens_on(hostile: Served, host: str) -> None:
    assert statuses(hostile.raw(f"GET /v2 HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())) == [200]


@pytest.mark.parametrize("host", ["rebound.example", "rebound.example:8000", "localhost.rebound.example", "192.0.2.1"])
@pytest.mark.parametrize("version", ["1.0", "1.1"])
@pytest.mark.parametrize("path", ["/v2", "/read", "/v2/health/live", "/docs", "/nowhere"])
def test_a_page_whose_name_leads_here_gets_nothing(hostile: Served, host: str, path: str, version: str) -> None:
    received = hostile.raw(f"GET {path} HTTP/{version}\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    check(received, 421)
    assert b"--allow-host" in received


@pytest.mark.parametrize(
    "hosts", [["localhost", "localhost"], ["localhost", "rebound.example"], [""], ["a b"], ["localhost/"], ["[::1"]]
)
def test_two_hosts_and_a_host_that_is_none_are_400(hostile: Served, hosts: list[str]) -> None:
    lines = "".join(f"Host: {host}\r\n" for host in hosts)
    check(hostile.raw(f"GET /v2 HTTP/1.1\r\n{lines}Connection: close\r\n\r\n".encode()), 400)


def test_it_answers_to_what_it_is_told(serve: Any) -> None:
    with serve("--allow-host", "Digits.example", "--allow-host", "2001:DB8::1", "--host", "0.0.0.0") as served:  # noqa: S104
        for host, status in [
            ("digits.example", 200), ("[2001:db8:0::1]:80", 200), ("192.0.2.7:80", 200), ("localhost", 200),
            (socket.gethostname(), 200), ("digits.example.org", 421),
        ]:  # fmt: skip
            request = f"GET /v2 HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
            assert statuses(served.raw(request.encode())) == [status], host


def test_an_upgrade_that_is_not_had_is_ignored(hostile: Served) -> None:
    headers = ("Connection: Upgrade", "Upgrade: h2c")
    assert statuses(hostile.raw(get("/v2/health/live", *headers, close=False))) == [200]


def test_a_long_address_is_414_or_431(hostile: Served) -> None:
    assert statuses(hostile.raw(get("/" + "a" * 20_000))) in ([414], [431])


@pytest.mark.parametrize(
    ("begin", "more"),
    [(b"", b""), (b"GE", b""), (b"GET /v2", b"a"), (b"GET /v2 HTTP/1.1\r\nHost: localhost\r\nX: ", b"a")],
    ids=["silent", "begun", "in the address", "in a header"],
)
def test_slow_headers_are_given_up(hasty: Served, begin: bytes, more: bytes) -> None:
    """Whether it sends nothing more or a byte now and then, the same time is up."""
    received = hasty.dribbled(begin, more)
    assert statuses(received) == [408], received
    assert b"in 1 seconds" in received


@pytest.mark.parametrize("body", [b"", b'{"inputs": '])
def test_a_slow_body_is_408(hasty: Served, body: bytes) -> None:
    received = hasty.dribbled(post(hasty.infer, body, length=10_000), b" ")
    check(received, 408)
    assert b"in 1 seconds" in received


def test_slow_people_do_not_keep_others_waiting(hostile: Served) -> None:
    with ExitStack() as opened:
        for number in range(100):
            connection = opened.enter_context(hostile.connect())
            connection.sendall(post(hostile.infer, b"{", length=1000) if number % 2 else b"GET /v2 HTT")
        assert hostile.ask("POST", hostile.infer, blank()).status == 200
        assert hostile.usage().files >= hostile.at_rest + 100, "they are waited for all the while"


def test_hundreds_of_idle_connections(hostile: Served) -> None:
    with ExitStack() as opened:
        connections = [opened.enter_context(hostile.connect()) for _ in range(250)]
        for connection in connections[::2]:
            connection.sendall(get("/v2/health/live", close=False))
        assert all(statuses(connection.recv(4096)) == [200] for connection in connections[::2])
        assert hostile.usage().files >= hostile.at_rest + 125
        assert hostile.ask("POST", hostile.infer, blank()).status == 200
        wait_for(lambda: hostile.usage().files <= hostile.at_rest + 125, "idle connections are never given up")


def test_hundreds_who_never_ask_are_given_up(hasty: Served) -> None:
    with ExitStack() as opened:
        connections = [opened.enter_context(hasty.connect()) for _ in range(250)]
        assert all(statuses(connection.recv(4096)) == [408] for connection in connections)


LIMIT = int(OPTIONS["connection-limit"])


@pytest.mark.parametrize("begun", [b"", b"GET /v2 HTT", get("/v2/health/live", close=False)])
def test_who_is_idle_longest_makes_room_for_the_next(hostile: Served, begun: bytes) -> None:
    """Silent, in the middle of their headers, or between two requests: they are owed nothing."""
    with ExitStack() as opened:
        connections = [opened.enter_context(hostile.connect()) for _ in range(LIMIT + 20)]
        for connection in connections:
            with suppress(ConnectionError):
                connection.sendall(begun)
        assert hostile.ask("GET", "/v2/health/live").status == 200
        assert hostile.ask("POST", hostile.infer, blank()).status == 200
        assert all(has_been_closed(connection) for connection in connections[:20])
        wait_for(lambda: hostile.usage().files <= hostile.at_rest + LIMIT, "the limit limits nothing")


def has_been_closed(connection: socket.socket) -> bool:
    """Wait until the server hangs up, whatever it says before."""
    try:
        while connection.recv(4096):
            pass
    except ConnectionError:
        pass
    return True


@pytest.fixture(scope="module")
def cramped(serve: Any) -> Iterator[Served]:
    """One with room for few, who may take their time."""
    options = {"connection-limit": 5, "header-seconds": PATIENCE, "body-seconds": PATIENCE, "idle-seconds": PATIENCE}
    with serve(*words(options)) as running:
        yield running


def test_whoever_asks_whether_it_lives_is_answered_when_nobody_else_is(cramped: Served) -> None:
    with ExitStack() as opened:
        busy = [opened.enter_context(cramped.connect()) for _ in range(5)]
        for connection in busy:
            connection.sendall(post(cramped.infer, b"{", length=3))
        silent = [opened.enter_context(cramped.connect()) for _ in range(100)]
        wait_for(lambda: cramped.ask("GET", "/v2").status == 503, "somebody gives way who is owed an answer")
        assert "--connection-limit" in cramped.ask("POST", cramped.infer, blank()).json["error"]
        for _ in range(3):
            answer = cramped.ask("GET", "/v2/health/live?please")
            assert (answer.status, answer.headers["Connection"]) == (200, "close")
        assert all(has_been_closed(connection) for connection in silent[:30])
        for connection in busy:
            connection.sendall(b" }")
            assert statuses(connection.recv(4096)) == [400], "it was listened to all the while"
    wait_for(lambda: cramped.ask("GET", "/v2").status == 200, "nobody is ever welcome again")


@pytest.mark.parametrize("share", [0, 1, 10, 50, 90, 99])
@pytest.mark.parametrize("how", ["closes", "resets", "half"])
def test_people_who_leave_in_the_middle_of_a_request(hostile: Served, how: str, share: int) -> None:
    request = post(hostile.infer, json.dumps(blank()).encode())
    connection = hostile.connect()
    connection.sendall(request[: len(request) * share // 100])
    leave(connection, how)


def leave(connection: socket.socket, how: str) -> None:
    if how == "resets":
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    if how == "half":
        connection.shutdown(socket.SHUT_WR)
        try:
            while connection.recv(65536):
                pass
        except ConnectionError:
            pass
    connection.close()


def half_closed(server: Served, request: bytes) -> bytes:
    """Send everything, say that nothing follows, and listen."""
    with server.connect() as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while block := connection.recv(65536):
            received += block
        return received


@pytest.mark.parametrize("version", ["1.1", "1.0"])
@pytest.mark.parametrize("close", [True, False])
def test_who_only_listens_any_more_is_answered(hostile: Served, close: bool, version: str) -> None:
    request = post(hostile.infer, json.dumps(blank()).encode(), close=close, version=version)
    assert statuses(half_closed(hostile, request)) == [200]


def test_all_that_was_asked_before_is_answered(hostile: Served) -> None:
    request = post(hostile.infer, json.dumps(blank()).encode(), close=False)
    assert statuses(half_closed(hostile, 3 * request)) == [200] * 3
    assert statuses(half_closed(hostile, 2 * request + request[:30])) == [200] * 2, "the third was never asked"


def test_who_waits_long_for_a_picture_is_answered_too(hostile: Served, mnist: Dataset) -> None:
    """It may hear on the way that the server goes on, which every client of HTTP/1.1 must overlook."""
    received = half_closed(hostile, post("/read", png(np.tile(mnist.test.images[0], (12, 12)))))
    assert set(statuses(received)[:-1]) <= {100}
    assert statuses(received)[-1] == 200


@pytest.mark.parametrize("path", ["infer", "read", "/metrics", "/openapi.json"])
@pytest.mark.parametrize("how", ["closes", "resets"])
def test_people_who_leave_before_the_answer(hostile: Served, mnist: Dataset, how: str, path: str) -> None:
    requests = {
        "infer": post(hostile.infer, json.dumps(tensor(mnist.test.images[:50])).encode()),
        "read": post("/read", png(np.tile(mnist.test.images[0], (6, 6)))),
    }
    for _ in range(5):
        connection = hostile.connect()
        connection.sendall(requests.get(path, get(path)))
        leave(connection, how)


def test_people_who_do_not_take_their_answer(hasty: Served) -> None:
    """They ask without end and never listen: buffers fill, and the server gives them up."""
    request = get("/openapi.json", close=False) * 100
    with hasty.connect(0.5) as connection, pytest.raises(ConnectionError):
        wait_for(lambda: sent(connection, request), "the server waits for ever for somebody who does not listen")


def sent(connection: socket.socket, content: bytes) -> None:
    """Send as much as there is room for."""
    with suppress(TimeoutError):
        connection.sendall(content)


def test_an_answer_that_is_not_taken_is_given_up_at_the_end(hasty: Served) -> None:
    """A little of it waits in the kernel: too little to be noticed while it is written, enough to stop a close."""
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        connection.settimeout(0.2)
        connection.connect((hasty.host, hasty.port))
        for _ in range(30):  # one after the other, as long as there is room
            sent(connection, get("/openapi.json", close=False))
            time.sleep(0.02)
        wait_for(lambda: hasty.usage().files <= hasty.at_rest, "the server waits for ever to be read")


def test_pipelined_requests_are_answered_in_order(hostile: Served, mnist: Dataset, expected: Any) -> None:
    images = mnist.test.images[:8]
    bodies = [json.dumps(tensor(image[None]) | {"id": str(number)}).encode() for number, image in enumerate(images)]
    requests = [post(hostile.infer, body, close=body is bodies[-1]) for body in bodies]
    received = hostile.raw(b"".join(requests))
    assert statuses(received) == [200] * len(images)
    answers = [json.loads(found) for found in re.findall(rb"\r\n\r\n(\{.*?\})(?=HTTP/1|$)", received, re.DOTALL)]
    assert [answer["id"] for answer in answers] == [str(number) for number in range(len(images))]
    labels = [output["data"][0] for answer in answers for output in answer["outputs"] if output["name"] == "label"]
    assert labels == expected(images).probabilities.argmax(axis=1).tolist()


def test_a_good_request_behind_a_bad_one(hostile: Served) -> None:
    """A body that was not as long as it said is the beginning of the next request, which is then none."""
    body = json.dumps(blank()).encode()
    received = hostile.raw(post(hostile.infer, body, length=len(body) - 5, close=False) + get("/v2"))
    assert statuses(received) == [400, 400], received


def test_http_1_0_is_answered_and_ended(hostile: Served) -> None:
    received = hostile.raw(post(hostile.infer, json.dumps(blank()).encode(), version="1.0", close=False))
    assert statuses(received) == [200]
    assert statuses(hostile.raw(b"GET /v2/health/live HTTP/1.0\r\n\r\n")) == [200]


@pytest.mark.parametrize(
    "request_",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),  # TLS
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: a\x00b\r\n\r\n",
        b"\r\n\r\n\r\n\r\nhello\r\n\r\n",
        bytes(range(256)) * 4,
    ],
    ids=["tls", "http/2", "no path", "http/9.9", "no colon", "nul", "hello", "noise"],
)
def test_what_is_no_http_is_400(hostile: Served, request_: bytes) -> None:
    received = hostile.raw(request_)
    assert statuses(received) == [400], received


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "PROPFIND", "CONNECT"])
@pytest.mark.parametrize("path", ["infer", "/read", "/v2"])
def test_other_methods_are_405(hostile: Served, method: str, path: str) -> None:
    received = hostile.raw(get(hostile.infer if path == "infer" else path).replace(b"GET", method.encode(), 1))
    assert statuses(received) in ([405], *[[400]] * (method == "CONNECT")), received


def test_an_unknown_method_is_refused(hostile: Served) -> None:
    assert statuses(hostile.raw(get("/v2").replace(b"GET", b"BREW", 1))) in ([400], [405], [501])


@pytest.mark.parametrize(
    "path", ["/../../etc/passwd", "/v2/models/%2e%2e/infer", "/v2/models/" + "%00" * 9, "/%ff%fe", "//"]
)
def test_strange_addresses_are_404(hostile: Served, path: str) -> None:
    check(hostile.raw(get(path)), 404, 405)


@pytest.mark.parametrize("name", ["x", "x" * 1000, "a b", "ä", "\x7f", "<script>"])
def test_request_ids_come_back_if_they_are_clean(hostile: Served, name: str) -> None:
    received = hostile.raw(get("/v2/health/live", f"X-Request-ID: {name}"))
    assert statuses(received)[0] in {200, 400}
    found = re.search(rb"\r\nx-request-id: ([\x21-\x7e]{1,200})\r\n", received, re.IGNORECASE)
    assert found
    if name == "x":
        assert found[1] == b"x"
    elif len(name) > 200 or not name.isascii() or not name.isprintable():
        assert found[1] != name.encode()


def test_packed_bodies_are_unpacked_up_to_the_limit(hostile: Served) -> None:
    body = json.dumps(blank()).encode()
    for name, packed in [("gzip", gzip.compress(body)), ("deflate", zlib.compress(body))]:
        assert statuses(hostile.raw(post(hostile.infer, packed, f"Content-Encoding: {name}"))) == [200]


@cache
def packed_bomb(name: str) -> bytes:
    """A hundred megabytes in a hundred kilobytes."""
    content = bytes(100 * 2**20)
    return gzip.compress(content, 6) if name == "gzip" else zlib.compress(content, 6)


@pytest.mark.parametrize("name", ["gzip", "deflate"])
@pytest.mark.parametrize("path", ["infer", "/read"])
def test_a_packed_bomb_is_413(hostile: Served, name: str, path: str) -> None:
    packed, before = packed_bomb(name), hostile.memory_at_rest()
    check(hostile.raw(post(hostile.infer if path == "infer" else path, packed, f"Content-Encoding: {name}")), 413)
    assert hostile.usage().rss - before < 20 * 2**20


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("gzip", b"no gzip at all"),
        ("gzip", gzip.compress(json.dumps(blank()).encode())[:-20]),
        ("gzip", gzip.compress(b"{}")[:-4] + b"\0\0\0\0"),
        ("gzip", b""),
        ("deflate", b"\x00\x01\x02"),
    ],
    ids=["none", "cut", "checksum", "nothing", "deflate"],
)
def test_what_cannot_be_unpacked_is_400(hostile: Served, name: str, body: bytes) -> None:
    check(hostile.raw(post(hostile.infer, body, f"Content-Encoding: {name}")), 400)


@pytest.mark.parametrize("name", ["br", "zstd", "nonsense", "gzip, gzip, gzip, gzip"])
def test_a_packing_that_is_not_known_is_415(hostile: Served, name: str) -> None:
    check(hostile.raw(post(hostile.infer, b"{}", f"Content-Encoding: {name}")), 415)


@pytest.mark.parametrize("side", [1001, 20_000, pytest.param(60_000, marks=pytest.mark.slow)])
def test_a_picture_bomb_is_refused_before_it_is_unpacked(hostile: Served, side: int) -> None:
    picture, before = bomb(side), hostile.memory_at_rest()
    check(hostile.raw(post("/read", picture, "Content-Type: image/png")), 413, 422)
    assert hostile.usage().rss - before < 20 * 2**20


def pictures(mnist: Dataset) -> dict[str, bytes]:
    good = png(mnist.test.images[0])
    pages = io.BytesIO()
    page = Image.fromarray(mnist.test.images[0])
    page.save(pages, "tiff", save_all=True, append_images=[page] * 10)
    return {
        "nothing": b"",
        "text": b"hello",
        "cut": good[: len(good) // 2],
        "damaged": good.replace(b"IDAT", b"IDAX"),
        "zeros": bytes(10_000),
        "too many pages": pages.getvalue(),
        "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
    }


@pytest.mark.parametrize("name", ["nothing", "text", "cut", "damaged", "zeros", "too many pages", "svg"])
def test_what_is_no_picture_is_refused(hostile: Served, mnist: Dataset, name: str) -> None:
    check(hostile.raw(post("/read", pictures(mnist)[name])), 400, 413, 415, 422)


def mutated(content: bytes, rng: random.Random) -> bytes:
    """Flip, cut, insert and repeat, as a bad disk or a bad person would."""
    changed = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 4, 16))):
        place = rng.randrange(len(changed))
        changed[place : place + rng.choice((0, 1, 1, 4))] = rng.choice(
            (b"", b"\0", b"\xff" * 4, b"\x7f\xff\xff\xff", rng.randbytes(3), bytes(changed[:8]))
        )
        if rng.random() < 0.1:
            del changed[max(1, place) :]
    return bytes(changed)


@pytest.mark.slow
@pytest.mark.parametrize("form", ["png", "jpeg", "gif", "bmp", "tiff", "webp", "ppm", "pdf"])
def test_damaged_pictures_are_read_or_refused(hostile: Served, mnist: Dataset, form: str) -> None:
    rng, file = random.Random(form), io.BytesIO()  # noqa: S311 (nothing secret)
    Image.fromarray(255 - np.pad(mnist.test.images[0], 20)).save(file, form)
    for _ in range(25):
        received = hostile.raw(post("/read", mutated(file.getvalue(), rng)))
        assert statuses(received)[-1:] in ([200], [400], [413], [415], [422]), received


def form_of(*parts: bytes, boundary: str = "b") -> tuple[str, bytes]:
    head = b"--b\r\nContent-Disposition: form-data; name=picture; filename=a.png\r\n\r\n"
    return f"Content-Type: multipart/form-data{boundary}", b"".join(
        head + part + b"\r\n" for part in parts
    ) + b"--b--\r\n"


def test_forms_that_are_none_are_400(hostile: Served, mnist: Dataset) -> None:
    picture = png(mnist.test.images[0])
    kind, body = form_of(picture, boundary="; boundary=b")
    assert statuses(hostile.raw(post("/read", body, kind))) == [200]
    for kind, body in (
        form_of(picture, boundary=""),
        form_of(picture, boundary="; boundary=other"),
        form_of(picture, picture, boundary="; boundary=b"),
        form_of(*[b""] * 5000, boundary="; boundary=b"),
        ("Content-Type: multipart/form-data; boundary=b", b"--b\r\n" * 1000),
    ):
        received = hostile.raw(post("/read", body, kind))
        check(received, 400)
        assert b"nothing at this address" not in received


@pytest.mark.parametrize(
    "query", ["length=-1", "length=0", "length=abc", "length=99999999999999999999", "checksum=sha", "max_error=2",
              "max_error=nan", "max_error=-0.1", "max_error=1e999", "length=3&length=4x", "pattern=%00", "one_of=%ff",
              "one_of=%D9%A3", "field=2"],
)  # fmt: skip
def test_options_that_cannot_be_are_refused(hostile: Served, mnist: Dataset, query: str) -> None:
    check(hostile.raw(post(f"/read?{query}", png(mnist.test.images[0]))), 400, 422)


def test_a_bad_neighbour_spoils_nothing(hostile: Served, mnist: Dataset, expected: Any) -> None:
    """Good and bad requests at once, which the server may put together into one forward pass."""
    images = mnist.test.images[:40]
    bad = [blank(data=[*ZEROS[:-1], 256]), blank(shape=[1, 27, 28]), blank() | {"outputs": [{"name": "no"}]}]

    def ask(number: int) -> Any:
        return lambda: hostile.ask(
            "POST", hostile.infer, bad[number % 3] if number % 4 == 3 else tensor(images[number : number + 1])
        )

    answers = together([ask(number) for number in range(40)])
    labels = expected(images).probabilities.argmax(axis=1).tolist()
    for number, answer in enumerate(answers):
        assert answer.status == (400 if number % 4 == 3 else 200), answer
        if number % 4 != 3:
            outputs = {output["name"]: output["data"] for output in answer.json["outputs"]}
            assert outputs["label"] == [labels[number]]


def test_memory_is_what_it_was_after_much_of_it(hostile: Served, mnist: Dataset) -> None:
    """All of the above again and again: the second half of it must not need more memory than the first."""
    bad = [body if isinstance(body, bytes) else json.dumps(body).encode() for body in BAD_JSON.values()]
    requests = [post(hostile.infer, body) for body in bad if len(body) < 50_000]
    requests += [post("/read", body) for body in pictures(mnist).values()]
    requests += [get("/nothing"), get("/v2", "X-Long: " + "a" * 20_000), b"nonsense\r\n\r\n"]
    sizes = []
    for _ in range(24):
        for request in requests:
            assert statuses(hostile.raw(request))
        for request in requests:
            with hostile.connect() as connection:
                connection.sendall(request[: len(request) // 2])
        sizes.append(hostile.usage().rss)
    assert min(sizes[16:]) - min(sizes[8:16]) < 2**20, sizes
