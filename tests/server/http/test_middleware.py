"""What every request passes through: HEAD, the Host header, and more requests than a server takes at once."""

import json
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import Any

import httpx
import numpy as np
import pytest
from patience import PATIENCE, wait_for
from server_payloads import INFER, infer_request, page_of_digits

from mnist_nn import Dataset, Model
from mnist_nn.errors import ConfigError
from mnist_nn.server import Limits, create_app

Run = Callable[..., AbstractContextManager[httpx.Client]]

LIMIT = 4
CROWD = 60
Served = Any


@pytest.mark.slow
def test_who_comes_when_all_hands_are_full_is_told_to_come_again(serve: Any, mnist: Dataset) -> None:
    picture = page_of_digits(mnist, 4, 4)
    with serve("--request-limit", LIMIT, "--reading-limit", 1) as served:
        alone = served.ask("POST", "/read", picture)
        with ThreadPoolExecutor(CROWD) as pool:
            answers = list(pool.map(lambda _: served.ask("POST", "/read", picture), range(CROWD)))
        counts = Counter(answer.status for answer in answers)
        assert set(counts) == {200, 503}
        assert counts[200] >= LIMIT // 2, "pictures leave the other half to images"
        for answer in answers:
            if answer.status == 200:
                assert answer.body == alone.body
            else:
                assert int(answer.headers["Retry-After"]) >= 1
                assert "--request-limit" in answer.json["error"]
        assert served.ask("GET", "/v2/health/ready").status == 200
        assert served.ask("POST", "/read", picture).body == alone.body
        metrics = served.ask("GET", "/metrics").body.decode()
        assert f'{{method="POST",route="/read",status="503"}} {counts[503]}' in metrics


@pytest.mark.parametrize("path", ["/", "/v2", "/v2/health/ready", "/metrics", "/openapi.json", "/docs"])
def test_head_is_get_without_the_body(client: httpx.Client, path: str) -> None:
    answer = client.head(path)
    assert (answer.status_code, answer.content) == (200, b"")
    assert client.head(INFER).status_code == 405
    assert answer.headers["Content-Type"] == client.get(path).headers["Content-Type"]


def test_requests_beyond_the_limit_are_sent_away(in_process: Run, small_model: Model) -> None:
    content = json.dumps(infer_request(np.zeros((1, 28, 28)))).encode()
    with in_process(create_app(small_model, limits=Limits(request_limit=1))) as client:

        def slowly() -> Iterator[bytes]:
            yield content[:100]
            wait_for(lambda: "in_flight 2.0" in client.get("/metrics").text, "who only looks is not let in")
            sent_away = client.post(INFER, content=content)
            assert sent_away.status_code == 503
            assert sent_away.headers["Retry-After"] == "1"
            assert "--request-limit" in sent_away.json()["error"]
            yield content[100:]

        assert client.post(INFER, content=slowly()).status_code == 200
        assert client.post(INFER, content=content).status_code == 200


def ask_bare(client: httpx.Client, head: bytes) -> bytes:
    """Send a request as it is, and return the response."""
    with socket.create_connection((client.base_url.host, client.base_url.port), PATIENCE) as connection:
        connection.sendall(head)
        return connection.recv(4096)


def test_a_request_without_a_host_is_refused_unless_it_is_an_old_one(client: httpx.Client) -> None:
    refused = ask_bare(client, b"GET /v2 HTTP/1.1\r\n\r\n")
    assert refused.startswith(b"HTTP/1.1 400 ")
    assert b"send a Host header" in refused
    assert ask_bare(client, b"GET /v2 HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 200 ")


def test_who_names_no_host_and_waits_before_the_body_is_hung_up_on(client: httpx.Client) -> None:
    head = f"POST {INFER} HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n"
    refused = ask_bare(client, head.encode())
    assert refused.startswith(b"HTTP/1.1 400 ")
    assert b"connection: close" in refused.lower()


PAGE = "https://app.example"


@pytest.fixture(scope="module")
def open_client(small_model: Model, in_process: Run) -> Iterator[httpx.Client]:
    with in_process(create_app(small_model, allow_origins=[PAGE.upper(), "http://localhost:3000"])) as client:
        yield client


def preflight(client: httpx.Client, origin: str, **headers: str) -> httpx.Response:
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST", **headers}
    return client.options(INFER, headers=asked)


@pytest.mark.parametrize("origin", [PAGE, "http://localhost:3000"])
def test_pages_of_an_origin_that_is_allowed_may_read_the_answers(open_client: httpx.Client, origin: str) -> None:
    wanted = {"Access-Control-Request-Headers": "content-type,inference-header-content-length"}
    assert preflight(open_client, origin, **wanted).headers["access-control-allow-origin"] == origin
    answer = open_client.post(INFER, json=infer_request(np.zeros((1, 28, 28))), headers={"Origin": origin})
    for found in (answer, open_client.post(INFER, content=b"{}", headers={"Origin": origin})):
        assert found.headers["access-control-allow-origin"] == origin
        assert "Inference-Header-Content-Length" in found.headers["access-control-expose-headers"]
    assert answer.status_code == 200


def test_other_pages_may_not(open_client: httpx.Client, client: httpx.Client) -> None:
    for asked, origin in ((open_client, "https://other.example"), (open_client, f"{PAGE}:8443"), (client, PAGE)):
        for answer in (preflight(asked, origin), asked.get("/v2", headers={"Origin": origin})):
            assert "access-control-allow-origin" not in answer.headers
        assert preflight(asked, origin).status_code >= 400


def test_all_pages_may_where_all_are_allowed(small_model: Model, in_process: Run) -> None:
    with in_process(create_app(small_model, allow_origins=["*"])) as client:
        assert client.get("/v2", headers={"Origin": PAGE}).headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("origin", ["app.example", "https://app.example/", "https://*.example", "null", "", "https://"])
def test_what_is_no_origin_is_refused(small_model: Model, origin: str) -> None:
    with pytest.raises(ConfigError, match="is not an origin; give a scheme and a host"):
        create_app(small_model, allow_origins=[origin])
