"""Servers in processes of their own, on the processors they are given; what they cost in time, memory and files."""

import json
import selectors
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import psutil

from benchmarks.serving.payloads import NAME
from mnist_nn.export import export
from mnist_nn.model_file.storage import load, save
from mnist_nn.reading.reader_model import load_reader_model

STARTING = 60.0  # seconds
OURS = "mnist-nn serve"
LOGGING = "mnist-nn serve, with its log"
PEER = "ONNX Runtime"
PEERS = "ONNX Runtime, 2 processes"
CONTESTANTS = (OURS, LOGGING, PEER, PEERS)
PAIR = (OURS, PEER)


class Usage(NamedTuple):
    """What a server holds and has used: open files, threads, bytes of memory, seconds of the processors."""

    files: int
    threads: int
    rss: int
    processor: float


@dataclass
class Server:
    """A server that runs."""

    name: str
    host: str
    port: int
    process: psutil.Process
    log: Path

    def own_usage(self) -> Usage:
        """Look at the process alone, without what it starts."""
        return _usage(self.process)

    def usage(self) -> Usage:
        """Add up the process and its children."""
        family = [self.process, *self.process.children(recursive=True)]
        return Usage(*(sum(values) for values in zip(*map(_usage, family), strict=True)))


def _usage(process: psutil.Process) -> Usage:
    with process.oneshot():
        times = process.cpu_times()
        rss = process.memory_info().rss
        return Usage(process.num_fds(), process.num_threads(), rss, times.user + times.system)


def pinned(command: Sequence[object], cores: str | None) -> list[str]:
    """Put taskset before a command, where there is one and processors are named."""
    words = [str(word) for word in command]
    return ["taskset", "--cpu-list", cores, *words] if cores and shutil.which("taskset") else words


@contextmanager
def model_files(model: Path | None) -> Iterator[tuple[Path, Path]]:
    """Give the model as a file of ours and as ONNX; by default the one that the package ships for reading."""
    with tempfile.TemporaryDirectory() as folder:
        loaded = load(model) if model else load_reader_model()
        ours = save(Path(folder, "model.safetensors"), loaded)
        theirs = ours.with_suffix(".onnx")
        theirs.write_bytes(export(loaded, "onnx"))
        yield ours, theirs


@contextmanager
def running(name: str, files: tuple[Path, Path], cores: str | None, options: Sequence[object] = ()) -> Iterator[Server]:
    """Start a contestant, wait until it is ready, and stop it in the end."""
    ours = [sys.executable, "-m", "mnist_nn", "serve", files[0], "--port", 0, "--json", "--name", NAME, *options]
    peer = [sys.executable, "-m", "benchmarks.serving.peer", files[1]]
    command = {OURS: [*ours, "--quiet"], LOGGING: ours, PEER: peer, PEERS: [*peer, "--processes", 2]}[name]
    with ExitStack() as opened:
        log = Path(opened.enter_context(tempfile.TemporaryDirectory()), "log")
        errors = opened.enter_context(log.open("wb"))
        started = opened.enter_context(subprocess.Popen(pinned(command, cores), stdout=subprocess.PIPE, stderr=errors))
        opened.callback(_stop, started)
        url = urlsplit(_announced(started, log)["url"])
        server = Server(name, url.hostname or "", url.port or 0, psutil.Process(started.pid), log)
        _wait(server)
        yield server


def _announced(started: subprocess.Popen[bytes], log: Path) -> dict[str, Any]:
    assert started.stdout is not None  # noqa: S101 (it was asked for)
    with selectors.DefaultSelector() as waiting:
        waiting.register(started.stdout, selectors.EVENT_READ)
        heard = waiting.select(STARTING)
    line = started.stdout.readline() if heard else b""
    if not line:
        raise RuntimeError(f"the server did not start: {log.read_text()[-2000:]}")
    found: dict[str, Any] = json.loads(line)
    return found


def _wait(server: Server) -> None:
    until = time.monotonic() + STARTING
    while True:
        try:
            with urllib.request.urlopen(f"http://{server.host}:{server.port}/v2/health/ready", timeout=5):
                return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def _stop(started: subprocess.Popen[bytes]) -> None:
    """Ask it to end, as a service manager does; the children of one that does not listen go with it."""
    family = psutil.Process(started.pid).children(recursive=True)
    started.terminate()
    try:
        started.wait(20)
    except subprocess.TimeoutExpired:
        started.kill()
    for child in family:
        if child.is_running():
            child.kill()
