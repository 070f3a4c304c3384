"""The log: a line of JSON for each request, and for faults; nothing of what was in them."""

import io
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import httpx
import pytest
from server_payloads import INFER, page_of_digits

from mnist_nn import Dataset, Model
from mnist_nn.server import create_app
from mnist_nn.server.http import logs
from mnist_nn.server.inference import batching

Run = Callable[..., AbstractContextManager[httpx.Client]]
FIELDS = ("time", "id", "method", "route", "status", "ms", "bytes_in", "bytes_out", "rows")


def test_every_request_is_one_line(in_process: Run, small_model: Model) -> None:
    stream = io.StringIO()
    image = {"name": "X", "shape": [2, 28, 28], "datatype": "UINT8", "data": [0] * 1568}
    with in_process(create_app(small_model, log=stream)) as client:
        answer = client.post(INFER, json={"inputs": [image]}, headers={"X-Request-ID": "mine"})
        client.get("/v2?key=secret")
        client.get("/secret/path")
        client.request("BREW", "/v2")
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [tuple(line) for line in lines] == [FIELDS] * 4
    assert [(line["method"], line["route"], line["status"]) for line in lines] == [
        ("POST", INFER, 200),
        ("GET", "/v2", 200),
        ("GET", "other", 404),
        ("other", "other", 400),
    ]
    first = lines[0]
    assert (first["id"], first["rows"], first["bytes_out"]) == ("mine", 2, len(answer.content))
    assert first["bytes_in"] == int(answer.request.headers["Content-Length"])
    assert first["ms"] > 0
    assert first["time"].endswith("+00:00")
    assert "secret" not in stream.getvalue()


def test_a_fault_of_ours_is_a_500_in_one_line_with_its_traceback_in_the_log(
    in_process: Run, small_model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: Any) -> None:
        raise ZeroDivisionError("ours")

    stream = io.StringIO()
    app = create_app(small_model)
    image = {"name": "X", "shape": [1, 28, 28], "datatype": "UINT8", "data": [0] * 784}
    with logs.log_to(stream), in_process(app) as client:
        monkeypatch.setattr(batching.Batcher, "_ask", broken)
        answer = client.post(INFER, json={"inputs": [image]}, headers={"X-Request-ID": "mine"})
    assert answer.status_code == 500
    assert "its log has details" in answer.json()["error"]
    (line,) = map(json.loads, stream.getvalue().splitlines())
    assert (line["level"], line["message"]) == ("error", "request mine failed")
    assert line["traceback"].endswith("ZeroDivisionError: ours")


def test_a_client_that_leaves_is_no_fault(in_process: Run, small_model: Model) -> None:
    stream, faults = io.StringIO(), io.StringIO()
    app = create_app(small_model, log=stream)

    def leaves() -> Iterator[bytes]:
        yield bytes(100)
        raise ConnectionError("that is enough")

    with logs.log_to(faults), in_process(app) as client:
        with pytest.raises(ConnectionError):
            client.post(INFER, content=leaves())
        assert client.get("/v2").status_code == 200
    left, _ = sorted(map(json.loads, stream.getvalue().splitlines()), key=lambda line: -line["status"])
    assert (left["status"], left["bytes_in"]) == (499, 100)
    assert faults.getvalue() == ""


def test_the_log_has_a_line_a_request_and_no_secret(serve: Any, mnist: Dataset) -> None:
    asked = [
        ("GET", "/v2", None),
        ("POST", "/read?length=7331", page_of_digits(mnist, 1, 1)),
        ("GET", "/hunter2", None),
    ]
    with serve() as served:
        answers = [served.ask(*one, {"X-Request-ID": f"number-{place}"}) for place, one in enumerate(asked)]
        assert [answer.headers["X-Request-ID"] for answer in answers] == ["number-0", "number-1", "number-2"]
    text = served.log.read_text(encoding="utf-8")
    assert "hunter2" not in text
    assert "7331" not in text
    records = {record["id"]: record for record in served.records() if record.get("id")}
    assert set(records) == {"number-0", "number-1", "number-2"}
    for (method, _, body), answer, record in zip(asked, answers, records.values(), strict=True):
        assert (record["method"], record["status"]) == (method, answer.status)
        assert (record["bytes_in"], record["bytes_out"]) == (len(body or b""), len(answer.body))
    assert all(json.loads(line) for line in text.splitlines() if not line.startswith("mnist-nn: "))


def test_quiet_says_nothing_of_requests(serve: Any) -> None:
    with serve("--quiet") as served:
        assert served.ask("GET", "/v2").status == 200
        assert served.ask("GET", "/nothing").status == 404
    assert not [record for record in served.records() if "method" in record]
