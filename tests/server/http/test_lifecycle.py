"""A server starts, says where it listens, hears signals, and stops in good order."""

import signal
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from queue import Queue
from typing import Any

import httpx
import numpy as np
import pytest
from patience import PATIENCE, wait_for
from server_payloads import INFER, count_requests, infer_request, page_of_digits

from mnist_nn import Dataset, Model
from mnist_nn.errors import ConfigError
from mnist_nn.server import Limits, create_app
from mnist_nn.server.http.lifecycle import Server

Run = Callable[..., AbstractContextManager[httpx.Client]]


def test_an_application_may_start_again(small_model: Model, in_process: Run, mnist: Dataset) -> None:
    app = create_app(small_model, limits=Limits(row_limit=10_000))
    many = infer_request(np.repeat(mnist.test.images[:1], 5000, axis=0).reshape(-1, 28, 28))
    for _ in range(2):
        with in_process(app) as client:
            assert client.post(INFER, json=many).status_code == 200


def test_work_is_ended_before_the_server_ends(serve: Any, mnist: Dataset) -> None:
    """It stops while a page is read, a body never comes and others are just connected; `serve` looks at its exit."""
    picture = page_of_digits(mnist, 30, 30)
    with ExitStack() as opened, ThreadPoolExecutor(1) as pool:
        with serve("--stop-seconds", PATIENCE, "--header-seconds", PATIENCE, "--body-seconds", 1) as served:
            silent, slow = (opened.enter_context(served.connect()) for _ in range(2))
            alone, before = served.ask("POST", "/read", picture), count_requests(served)
            answer = pool.submit(served.ask, "POST", "/read", picture)
            slow.sendall(f"POST {served.infer} HTTP/1.1\r\nHost: l\r\nContent-Length: 9\r\n\r\n{{".encode())
            wait_for(lambda: count_requests(served) > before + 2, "they never came")
        assert answer.result(PATIENCE)[::2] == alone[::2]
        with pytest.raises(OSError, match="refused"):
            socket.create_connection((served.host, served.port), PATIENCE)
        assert silent.recv(4096) == b""
    assert "error" not in {record.get("level") for record in served.records()}


def test_it_says_where_it_listens_when_it_does(small_model: Model) -> None:
    announced: Queue[str] = Queue()
    server = Server(create_app(small_model), port=0, listening=announced.put)
    with ThreadPoolExecutor(1) as thread:
        running = thread.submit(server.serve_until_stopped)
        url = announced.get(timeout=PATIENCE)
        assert url == server.url
        assert httpx.get(f"{url}/v2/health/ready", timeout=PATIENCE).status_code == 200
        server.stop()
        assert running.result(PATIENCE) is None, "no signal ended it"


def test_a_signal_stops_it_and_is_remembered(small_model: Model) -> None:
    server = Server(create_app(small_model), port=0)
    server.handle_exit(signal.SIGTERM, None)
    assert (server.stopped_by, server.should_exit, server.force_exit) == (signal.SIGTERM, True, False)
    server.handle_exit(signal.SIGINT, None)
    assert (server.stopped_by, server.force_exit) == (signal.SIGINT, True), "the second waits for nobody"
    server.close()


def test_handlers_of_signals_are_given_back(small_model: Model) -> None:
    server, before = Server(create_app(small_model), port=0), signal.getsignal(signal.SIGTERM)
    with server.capture_signals():
        assert signal.getsignal(signal.SIGTERM) == server.handle_exit
    assert signal.getsignal(signal.SIGTERM) == before
    server.close()


def test_limits_that_uvicorn_has_are_its_options(small_model: Model) -> None:
    server = Server(create_app(small_model, limits=Limits(idle_seconds=7, stop_seconds=3)), port=0)
    assert (server.config.timeout_keep_alive, server.config.timeout_graceful_shutdown) == (7, 3)
    assert server.config.ws == "none"
    server.close()


def test_where_nobody_can_listen_is_said(small_model: Model) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(ConfigError, match="port"):
        Server(create_app(small_model), port=taken.getsockname()[1])
