"""What a server counts."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import httpx
from prometheus_client.parser import text_string_to_metric_families

from mnist_nn import Model
from mnist_nn.server import create_app

Run = Callable[..., AbstractContextManager[httpx.Client]]
INFER = "/v2/models/digits/infer"


def figures(client: httpx.Client) -> dict[tuple[str, frozenset[str]], float]:
    answer = client.get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    return {
        (sample.name, frozenset(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_requests_are_counted_by_route_and_status(in_process: Run, small_model: Model) -> None:
    image = {"name": "X", "shape": [3, 28, 28], "datatype": "UINT8", "data": [0] * 2352}
    with in_process(create_app(small_model)) as client, in_process(create_app(small_model)) as other:
        for _ in range(2):
            client.post(INFER, json={"inputs": [image]})
        client.post(INFER, content=b"{}")
        client.get("/any/thing")
        client.get("/any/thing/else")
        found = figures(client)
        assert found["mnist_nn_requests_total", frozenset(("POST", INFER, "200"))] == 2
        assert found["mnist_nn_requests_total", frozenset(("POST", INFER, "400"))] == 1
        assert found["mnist_nn_requests_total", frozenset(("GET", "other", "404"))] == 2
        assert found["mnist_nn_request_seconds_count", frozenset([INFER])] == 3
        assert found["mnist_nn_batch_rows_sum", frozenset()] == 6
        assert found["mnist_nn_batch_rows_count", frozenset()] == 2
        assert found["mnist_nn_refused_total", frozenset(["400"])] == 1
        assert found["mnist_nn_requests_in_flight", frozenset()] == 1, "the one that asks"
        assert found["process_resident_memory_bytes", frozenset()] > 10_000_000
        assert ("mnist_nn_requests_total", frozenset(("POST", INFER, "200"))) not in figures(other), "each has its own"
