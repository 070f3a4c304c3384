"""Servers under the same load in turns: requests a second, times of answers, processor time of a request.

First every server answers every case once, and its answers are compared with the library's own. One that differs is
not raced.
"""

import asyncio
import statistics
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.serving.client import ask_once
from benchmarks.serving.contestants import OURS, Server, model_files, running
from benchmarks.serving.load import Measured, files_of, press
from benchmarks.serving.payloads import CASES, READING, Case, answered
from mnist_nn.data import load
from mnist_nn.evaluation.prediction import predict
from mnist_nn.model_file.storage import load as load_model

CLOSE = 1e-5  # by how much probabilities may differ: float32 sums in another order
WARM_UP = 1.0  # seconds of load before the first round


@dataclass(frozen=True)
class Settings:
    """How the race is run."""

    model: Path | None
    contestants: tuple[str, ...]
    connections: tuple[int, ...]
    rounds: int
    seconds: float
    server_cores: str | None
    load_cores: str | None


@dataclass
class Line:
    """One case at one number of connections: the rounds of every server."""

    case: str
    connections: int
    found: dict[str, list[Measured]] = field(default_factory=dict)

    def rate(self, name: str) -> float:
        """Requests a second: the median of the rounds."""
        return statistics.median(measured.rate for measured in self.found[name])

    def cell(self, name: str) -> str:
        """What the table shows of a server."""
        rounds = self.found.get(name)
        if not rounds:
            return "–"
        p50, p99 = (1e3 * statistics.median(getattr(one, key) for one in rounds) for key in ("p50", "p99"))
        processor = 1e6 * statistics.median(one.processor / max(one.requests, 1) for one in rounds)
        bad = sum(one.failed + one.broken for one in rounds)
        text = f"{self.rate(name):,.0f} · {p50:.2f} / {p99:.2f} · {processor:.0f}"
        return f"{text} · **{bad:,} failed**" if bad else text

    def to_dict(self) -> dict[str, Any]:
        """Return every round in plain JSON values."""
        return asdict(self)


def race(settings: Settings) -> list[Line]:
    """Race all cases."""
    with ExitStack() as opened:
        files = opened.enter_context(model_files(settings.model))
        servers = [opened.enter_context(running(name, files, settings.server_cores)) for name in settings.contestants]
        for server in servers:
            check(server, files[0])
        return [line for case in (*CASES, READING) for line in _lines(case, servers, settings)]


def _lines(case: Case, servers: Sequence[Server], settings: Settings) -> list[Line]:
    if case == READING:  # a service of ours alone
        servers = [server for server in servers if server.name == OURS]
    lines = []
    with files_of(case.requests()) as requests:
        for connections in settings.connections if servers else ():
            lines.append(line := Line(case.name, connections))
            for server in servers:
                press(server, requests, connections, WARM_UP, settings.load_cores)
            for _ in range(settings.rounds):
                for server in servers:
                    measured = press(server, requests, connections, settings.seconds, settings.load_cores)
                    line.found.setdefault(server.name, []).append(measured)
            cells = (f"{server.name} {line.cell(server.name)}" for server in servers)
            print(f"{case.name}, {connections} at once: {'; '.join(cells)}", flush=True)
    return lines


def check(server: Server, model: Path) -> None:
    """Make sure that a server answers as the library does.

    Raises
    ------
    ValueError
        If it does not.
    """
    loaded = load_model(model)
    for case in CASES:
        answer = asyncio.run(ask_once(server.host, server.port, case.requests()[0]))
        if answer.status != 200:  # noqa: PLR2004
            raise ValueError(f"{server.name} answers {case.name} with {answer.status}: {answer.body[:300]!r}")
        found = answered(answer.body, answer.header)
        expected = predict(loaded.network, load("mnist").test.images[: case.batch], loaded.calibration).probabilities
        same = np.array_equal(found["label"], expected.argmax(axis=1))
        if not same or np.abs(found["probabilities"] - expected).max() > CLOSE:
            raise ValueError(f"{server.name} answers {case.name} otherwise than the library does")


def table(lines: Sequence[Line], names: Sequence[str]) -> list[list[str]]:
    """Return head and rows; how many times as many requests ours answers stands behind each other server."""
    others = [name for name in names if name != OURS]
    head = ["case", "at once", *names, *(f"ours : {name}" for name in others if OURS in names)]
    rows = []
    for line in lines:
        ratios = [_ratio(line, name) for name in others if OURS in names]
        rows.append([line.case, str(line.connections), *map(line.cell, names), *ratios])
    return [head, *rows]


def _ratio(line: Line, name: str) -> str:
    return f"{line.rate(OURS) / line.rate(name):.2f}" if name in line.found else "–"
