"""The application as it is put together: routes, life, documentation without the network, and what a request meets."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from importlib.metadata import version

import httpx
import pytest
from fastapi import FastAPI
from server_payloads import INFER

from mnist_nn import Model, Network, NetworkConfig
from mnist_nn.server.app import build_app
from mnist_nn.server.http.logs import RequestLog
from mnist_nn.server.limits import Limits

Run = Callable[..., AbstractContextManager[httpx.Client]]


def build(model: Model) -> FastAPI:
    return build_app(model, "digits", Limits(), RequestLog(None), "reference")


@pytest.fixture(scope="module")
def app(small_model: Model) -> FastAPI:
    return build(small_model)


@pytest.fixture(scope="module")
def asked(app: FastAPI, in_process: Run) -> Iterator[httpx.Client]:
    with in_process(app) as client:
        yield client


def test_it_is_ready_while_it_runs_and_closed_afterwards(small_model: Model, in_process: Run) -> None:
    app = build(small_model)
    service = app.state.service
    assert not service.is_ready
    with in_process(app) as client:
        assert client.get("/v2/health/live").status_code == 200
        assert service.is_ready
    assert not service.is_ready


def test_the_log_may_name_the_paths_that_there_are(app: FastAPI) -> None:
    assert {INFER, "/read", "/metrics", "/v2/health/live", "/docs"} <= app.state.paths
    other = build(Model(Network.create(NetworkConfig(inputs=4, outputs=3))))
    assert "/read" not in other.state.paths


def test_the_documentation_says_the_version_and_asks_nobody_else(asked: httpx.Client) -> None:
    assert asked.get("/openapi.json").json()["info"]["version"] == version("mnist-nn")
    page = asked.get("/docs").text
    assert "swagger" in page
    assert "https://" not in page
    assert asked.get("/redoc").status_code == 404


def test_an_address_with_a_slash_too_many_is_none(asked: httpx.Client) -> None:
    assert asked.get("/v2/health/live").status_code == 200
    assert asked.get("/v2/health/live/", follow_redirects=False).status_code == 404


def test_middleware_and_handlers_are_around_the_routes(asked: httpx.Client) -> None:
    refused = asked.post(INFER, content=b"{}")
    assert (refused.status_code, list(refused.json())) == (400, ["error"])
    assert f'route="{INFER}",status="400"' in asked.get("/metrics").text
