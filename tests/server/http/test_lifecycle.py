"""A server starts, says where it listens, hears signals, and stops in good order."""

import os
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from pathlib import Path
from queue import Queue
from threading import Event
from typing import Any

import httpx
import numpy as np
import pytest
from patience import PATIENCE, ended, wait_for
from server_payloads import INFER, count_requests, infer_request, page_of_digits

from mnist_nn import Dataset, Model, Network, NetworkConfig, load_model, save_model
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
    picture = page_of_digits(mnist, 12, 12)
    with ExitStack() as opened, ThreadPoolExecutor(1) as pool:
        with serve("--stop-seconds", PATIENCE, "--header-seconds", PATIENCE, "--body-seconds", 1) as served:
            silent, slow = (opened.enter_context(served.connect()) for _ in range(2))
            alone, before = served.ask("POST", "/read", picture), count_requests(served)
            answer = pool.submit(served.ask, "POST", "/read", picture)
            slow.sendall(f"POST {served.infer} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{{".encode())
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


def test_few_open_files_are_made_as_many_as_are_needed(small_model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    limits, app = [(100, 1 << 20)], create_app(small_model, limits=Limits(connection_limit=5000))
    monkeypatch.setattr(resource, "getrlimit", lambda _: limits[-1])
    monkeypatch.setattr(resource, "setrlimit", lambda _, limit: limits.append(limit))
    for _ in range(2):
        Server(app, port=0).close()
    assert len(limits) == 2, "it is raised once"
    assert limits[-1][0] > 5000
    assert limits[-1][1] == 1 << 20
    limits.append((100, 4096))
    with pytest.raises(ConfigError, match=r"5,000 connections .* need 5,192 open files, .* 4,096"):
        Server(app, port=0)


def labels(served: Any, images: Any) -> list[int]:
    """What the server calls images, and that every other output is there."""
    answer = served.ask("POST", served.infer, infer_request(images))
    assert answer.status == 200, answer
    return next(output["data"] for output in answer.json["outputs"] if output["name"] == "label")


def last_words(served: Any) -> str:
    said = [record for record in served.records() if "message" in record]
    return f"{said[-1]['level']}: {said[-1]['message']}" if said else ""


@pytest.fixture
def replaceable(small_model: Model, tmp_path: Path) -> tuple[Path, Model]:
    """A model file, and a model of the same kind that says something else: whatever it sees, the last class."""
    shifted = small_model.network.biases[-1].copy()
    shifted[-1] += 1000
    network = replace(small_model.network, biases=(*small_model.network.biases[:-1], shifted))
    return save_model(tmp_path / "model.safetensors", small_model), replace(small_model, network=network)


def test_a_new_model_is_served_without_losing_a_request(
    serve: Any, replaceable: tuple[Path, Model], mnist: Dataset
) -> None:
    path, nines = replaceable
    images, picture, lost = mnist.test.images[:3], page_of_digits(mnist, 2, 2), []
    with serve(model=path) as served, ThreadPoolExecutor(4) as pool:
        before, ended = labels(served, images), Event()

        def ask_on(path: str, body: Any) -> None:
            while not ended.is_set():
                if (answer := served.ask("POST", path, body)).status != 200:
                    lost.append(answer)

        asking = [pool.submit(ask_on, served.infer, infer_request(images)) for _ in range(2)]
        asking += [pool.submit(ask_on, "/read", picture)]
        for model, wanted in ((nines, [9, 9, 9]), (load_model(path), before)):
            save_model(path, model)
            served.process.send_signal(signal.SIGHUP)
            wait_for(lambda wanted=wanted: labels(served, images) == wanted, lambda: f"still old: {last_words(served)}")
        ended.set()
        for one in asking:
            one.result(PATIENCE)
    assert lost == []
    assert last_words(served) == "info: the model has been loaded again"


@pytest.mark.parametrize("what", ["gone", "damaged", "of another shape", "of clothes"])
def test_a_file_that_cannot_be_served_leaves_the_model_that_is(
    serve: Any, replaceable: tuple[Path, Model], mnist: Dataset, what: str
) -> None:
    path, nines = replaceable
    images = mnist.test.images[:3]
    with serve(model=path) as served:
        before = labels(served, images)
        if what == "gone":
            path.unlink()
        elif what == "damaged":
            path.write_bytes(path.read_bytes()[:-1])
        elif what == "of another shape":
            save_model(path, Model(Network.create(NetworkConfig(outputs=26))))
        else:
            save_model(path, replace(nines, data={"name": "fashion-mnist"}))
        served.process.send_signal(signal.SIGHUP)
        wait_for(lambda: last_words(served).startswith("error: the server keeps the previous model"), "it is silent")
        assert labels(served, images) == before
        assert served.ask("POST", "/read", page_of_digits(mnist, 1, 2)).status == 200
        reasons = {
            "gone": "No such file", "damaged": "model.safetensors", "of another shape": "[-1, 26], but clients expect",
            "of clothes": "which holds no digits",
        }  # fmt: skip
        assert reasons[what] in last_words(served)


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="there are no terminals here")
def test_a_terminal_that_is_closed_ends_a_server_and_a_signal_in_it_does_not(model_file: Path) -> None:
    """It would otherwise go on behind the back of whoever closed the window."""
    terminal, its_end = os.openpty()
    command = [sys.executable, "-m", "mnist_nn", "serve", str(model_file), "--port", "0", "--engine", "reference"]
    streams = {"stdin": its_end, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    running = subprocess.Popen(command, start_new_session=True, **streams)  # type: ignore[call-overload]
    with ended(running, signal.SIGKILL):
        os.close(its_end)
        assert b"Serving" in running.stdout.readline()
        running.send_signal(signal.SIGHUP)
        assert any(b"loaded again" in line for line in running.stderr)
        os.close(terminal)
        running.send_signal(signal.SIGHUP)
        assert running.wait(PATIENCE) == 130
