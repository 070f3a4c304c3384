"""Bodies: as many bytes as the limit, compressed or not, and no more."""

import asyncio
import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import Any

import httpx
import pytest
from server_payloads import INFER
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from mnist_nn import Model
from mnist_nn.server import create_app
from mnist_nn.server.http.request_body import decompress, read_body
from mnist_nn.server.http.request_context import BODY_ERROR_KEY, CONTEXT_KEY, RequestContext
from mnist_nn.server.limits import Limits

Run = Callable[..., AbstractContextManager[httpx.Client]]
IMAGE: Any = {"name": "X", "shape": [1, 28, 28], "datatype": "UINT8", "data": [0] * 784}
CONTENT = json.dumps({"inputs": [IMAGE]}).encode()
LIMITS = Limits(body_limit=10_000, row_limit=3)


@pytest.fixture(scope="module")
def client(small_model: Model, in_process: Run) -> Iterator[httpx.Client]:
    with in_process(create_app(small_model, limits=LIMITS)) as client:
        yield client


@pytest.mark.parametrize("path", [INFER, "/read"])
def test_a_body_beyond_the_limit_is_413_however_it_comes(client: httpx.Client, path: str) -> None:
    large = b" " * 10_001
    bodies: list[Any] = [large, iter([large[:6000], large[6000:]])]
    packed = [{"content": gzip.compress(b" " * 10_000_000), "headers": {"Content-Encoding": "gzip"}}]
    for request in [{"content": body} for body in bodies] + packed:
        answer = client.post(path, **request)
        assert answer.status_code == 413
        assert "--body-limit" in answer.json()["error"]
        assert answer.headers["Connection"] == "close"


@pytest.mark.parametrize("packing", ["gzip", "deflate", "GZIP", "identity"])
def test_packed_bodies_are_unpacked(client: httpx.Client, packing: str) -> None:
    packed = {"gzip": gzip.compress, "deflate": zlib.compress, "identity": bytes}[packing.lower()](CONTENT)
    assert client.post(INFER, content=packed, headers={"Content-Encoding": packing}).status_code == 200


def test_unknown_packing_is_415(client: httpx.Client) -> None:
    answer = client.post(INFER, content=CONTENT, headers={"Content-Encoding": "br"})
    assert answer.status_code == 415
    assert "gzip or deflate" in answer.json()["error"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"not packed", 400),
        (gzip.compress(CONTENT, mtime=0)[:-5], 400),
        (gzip.compress(CONTENT, mtime=0) + b"more", 400),
        (b"", 400),
        (zlib.compress(b" " * 10_001), 413),
    ],
)
def test_packed_bodies_that_are_damaged_or_bombs_are_refused(body: bytes, status: int) -> None:
    with pytest.raises(HTTPException) as refusal:
        decompress(body, LIMITS)
    assert refusal.value.status_code == status


def test_who_waits_for_a_word_before_a_body_too_large_gets_it_and_is_hung_up_on(client: httpx.Client) -> None:
    headers = {"Expect": "100-continue", "Content-Length": "10001"}
    answer = client.post(INFER, content=b" " * 10_001, headers=headers)
    assert answer.status_code == 413
    assert answer.headers["Connection"] == "close"


def test_exactly_the_limit_is_allowed(client: httpx.Client) -> None:
    assert client.post(INFER, content=CONTENT.ljust(10_000)).status_code == 200


def receive_body(*messages: dict[str, Any], **scope: Any) -> bytes:
    """Read the body of a request that consists of these messages."""
    waiting = iter(messages)

    async def receive() -> dict[str, Any]:
        return next(waiting)

    context = RequestContext("1", "POST", headers=scope.pop("headers", {}))
    with ThreadPoolExecutor(1) as thread:  # a browser's tests leave a loop running in the main one
        work = read_body({CONTEXT_KEY: context, **scope}, receive, LIMITS)
        body: bytes = thread.submit(asyncio.run, work).result()
    assert context.bytes_in == sum(len(message.get("body", b"")) for message in messages)
    return body


def part(body: bytes, more_body: bool) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more_body}


def test_the_parts_of_a_body_are_put_together() -> None:
    assert receive_body(part(b"a", True), part(b"", True), part(b"b", False)) == b"ab"


def test_who_leaves_before_the_end_of_a_body_is_not_answered() -> None:
    with pytest.raises(ClientDisconnect):
        receive_body(part(b"a", True), {"type": "http.disconnect"})


def test_what_the_connection_says_of_a_body_is_the_response() -> None:
    with pytest.raises(HTTPException, match="too slow") as refusal:
        receive_body(part(b"a", True), **{BODY_ERROR_KEY: (408, "too slow")})
    assert refusal.value.status_code == 408
