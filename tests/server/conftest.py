"""A server as a person starts it: a process of its own, on a small model that was really trained."""

import http.client
import json
import select
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from threading import Event, Thread
from typing import Any, NamedTuple

import httpx
import numpy as np
import psutil
import pytest
from fastapi import FastAPI
from patience import PATIENCE, wait_for

from mnist_nn import Dataset, Model, load_model
from mnist_nn.evaluation.prediction import Predictions, predict
from mnist_nn.server import create_app
from mnist_nn.server.http.lifecycle import Server

NAME = "digits"


class Answer(NamedTuple):
    status: int
    headers: Message
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Usage(NamedTuple):
    """What the server's process holds: open files and sockets but the two to each decoder, threads, bytes of memory."""

    files: int
    threads: int
    rss: int


@dataclass
class Served:
    """A server that runs: where it listens, its process and its log."""

    url: str
    host: str
    port: int
    name: str
    process: psutil.Process
    log: Path
    at_rest: int = 0  # files that it holds when nobody is connected, where a test has looked

    @property
    def infer(self) -> str:
        return f"/v2/models/{self.name}/infer"

    def ask(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Answer:
        """Send one well-formed request on a connection of its own; what is no bytes goes as JSON."""
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        with closing(http.client.HTTPConnection(self.host, self.port, timeout=PATIENCE)) as connection:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())

    def connect(self, timeout: float = PATIENCE) -> socket.socket:
        return socket.create_connection((self.host, self.port), timeout)

    def raw(self, *parts: bytes, pause: float = 0) -> bytes:
        """Send bytes as they are, with pauses until something comes; return what came until the server hung up."""
        with self.connect() as connection:
            received = b""
            try:
                for number, part in enumerate(parts):
                    if number and _has_come(connection, pause):
                        break
                    connection.sendall(part)
                while block := connection.recv(65536):
                    received += block
            except (ConnectionError, TimeoutError):  # it hung up while we sent, or waits for more
                connection.settimeout(0)
                received += _rest(connection)
            return received

    def dribbled(self, begin: bytes, more: bytes) -> bytes:
        """Send a beginning, and a little more again and again until the server says something; return what it says."""
        with self.connect() as connection:
            connection.sendall(begin)
            wait_for(
                lambda: _has_come(connection, 0.1) or connection.sendall(more), "the server listens as long as we send"
            )
            received = b""
            while block := connection.recv(65536):
                received += block
            return received

    def usage(self) -> Usage:
        with self.process.oneshot():
            decoders = len(self.process.children())  # as many as pictures were read at once, and kept
            files = self.process.num_fds() - 2 * decoders
            return Usage(files, self.process.num_threads(), self.process.memory_info().rss)

    def memory_at_rest(self) -> int:
        """Return the bytes of memory that it holds once it has done whatever was asked of it before.

        A test that was hung up on may have left it work, whose memory is not that of the test to come.
        """
        wait_for(self._rests, "the server never rests")
        return self.usage().rss

    def _rests(self) -> bool:
        """Whether for a quarter of a second it has nobody connected, takes no memory, and next to no time."""
        if any(line.raddr for line in self.process.net_connections()):
            return False
        before, worked = self.usage(), sum(self.process.cpu_times()[:2])
        time.sleep(0.25)
        return self.usage() == before and sum(self.process.cpu_times()[:2]) - worked < 0.05

    def records(self) -> list[dict[str, Any]]:
        """Return the log's JSON lines."""
        lines = self.log.read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]


def _has_come(connection: socket.socket, seconds: float) -> bool:
    """Whether something has come, or does so before the time is up."""
    return bool(select.select([connection], [], [], seconds)[0])


def _rest(connection: socket.socket) -> bytes:
    try:
        return connection.recv(65536)
    except OSError:
        return b""


Serve = Callable[..., AbstractContextManager[Served]]
InProcess = Callable[..., AbstractContextManager[httpx.Client]]


@pytest.fixture(scope="session")
def model_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seed's network after a second of training, and calibrated."""
    path = tmp_path_factory.mktemp("served") / "small.safetensors"
    for words in (
        ("train", "--subset", 3000, "--validation", 0.1, "--epochs", 3, "--engine", "reference", "--quiet", "--model"),
        ("calibrate",),
    ):
        command = [sys.executable, "-m", "mnist_nn", *map(str, words), str(path)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=PATIENCE)
    return path


@pytest.fixture(scope="session")
def small_model(model_file: Path, mnist: Dataset) -> Model:
    model = load_model(model_file)
    assert model.calibration is not None
    assert (predict(model.network, mnist.test.images).probabilities.argmax(1) == mnist.test.labels).mean() > 0.8
    return model


@pytest.fixture(scope="session")
def expected(small_model: Model) -> Callable[[Any], Predictions]:
    """What the library itself says of images."""
    return lambda images: predict(small_model.network, np.asarray(images, np.uint8), small_model.calibration)


@pytest.fixture
def apart() -> Iterator[Callable[..., Any]]:
    """Run something in a thread of its own: a browser's tests leave a loop running in the main one."""
    with ThreadPoolExecutor(1) as thread:
        yield lambda work, *arguments: thread.submit(work, *arguments).result(timeout=2 * PATIENCE)


@pytest.fixture(scope="session")
def serve(model_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Serve:
    """Start a server, stop it in the end as a service manager would, and read its log."""

    @contextmanager
    def run(*options: object, model: Path = model_file, engine: str = "reference") -> Iterator[Served]:
        log = tmp_path_factory.mktemp("log") / "server.log"
        about = ("--port", 0, "--json", "--name", NAME, "--engine", engine)
        command = [sys.executable, "-m", "mnist_nn", "serve", model, *about]
        with (
            log.open("wb") as errors,
            subprocess.Popen(
                [*map(str, command), *map(str, options)], stdout=subprocess.PIPE, stderr=errors
            ) as started,
        ):
            try:
                yield _listening(started, log)
                assert started.poll() is None, f"the server fell: {log.read_text()[-4000:]}"
                started.send_signal(signal.SIGTERM)
                rest, _ = started.communicate(timeout=PATIENCE)
            finally:
                started.kill()
            text = log.read_text(encoding="utf-8")
            assert started.returncode == 0, text[-4000:]
            assert rest == b"", "one line on standard output, and no more"
            assert "Traceback" not in text, text[text.find("Traceback") :][:4000]
            assert "never retrieved" not in text, text[-4000:]

    return run


def _listening(started: subprocess.Popen[bytes], log: Path) -> Served:
    """Wait for the line that says where it listens."""
    assert started.stdout is not None
    with selectors.DefaultSelector() as waiting:
        waiting.register(started.stdout, selectors.EVENT_READ)
        waiting.select(PATIENCE)
    line = started.stdout.readline() if started.poll() is None else b""
    assert line, f"the server did not start: {log.read_text(encoding='utf-8')[-4000:]}"
    about = json.loads(line)
    assert about["pid"] == started.pid
    host, _, port = about["url"].removeprefix("http://").rstrip("/").rpartition(":")
    return Served(about["url"].rstrip("/"), host, int(port), about["name"], psutil.Process(started.pid), log)


@pytest.fixture(scope="session")
def served(serve: Serve) -> Iterator[Served]:
    """One server with its default settings for everybody who leaves it as it was."""
    with serve() as running:
        yield running


@pytest.fixture(scope="session")
def in_process() -> InProcess:
    """Serve an application in a thread of this process, and give a client that asks it."""

    @contextmanager
    def run(app: FastAPI) -> Iterator[httpx.Client]:
        listens = Event()
        server = Server(app, port=0, listening=lambda _: listens.set())
        thread = Thread(target=server.serve_until_stopped, daemon=True)
        thread.start()
        try:
            assert listens.wait(PATIENCE)
            with httpx.Client(base_url=server.url, timeout=PATIENCE) as client:
                yield client
        finally:
            server.stop()
            thread.join(PATIENCE)
            assert not thread.is_alive()

    return run


@pytest.fixture(scope="session")
def client(
    small_model: Model, in_process: Callable[..., AbstractContextManager[httpx.Client]]
) -> Iterator[httpx.Client]:
    """A client of one application with its default settings, for everybody who leaves it as it was."""
    with in_process(create_app(small_model)) as asking:
        yield asking
