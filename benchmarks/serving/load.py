"""Load from outside: wrk where it is installed, else the client of this folder, always in a process of its own."""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.serving.contestants import Server, pinned

SCRIPT = Path(__file__).with_name("post.lua")


@dataclass
class Measured:
    """What one round of load found."""

    requests: int
    seconds: float
    p50: float
    p99: float
    failed: int
    broken: int
    processor: float = 0.0  # seconds of it that the server took

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds


def tool() -> str:
    """Name what makes the load."""
    wrk = shutil.which("wrk")
    if wrk is None:
        return "the asyncio client of benchmarks/serving, because wrk is not installed"
    done = subprocess.run([wrk, "--version"], capture_output=True, text=True, check=False)
    return " ".join(done.stdout.split()[:2])


@contextmanager
def files_of(requests: Sequence[bytes]) -> Iterator[list[Path]]:
    """Lay requests down as files, a request a file."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, str(number)) for number in range(len(requests))]
        for path, request in zip(paths, requests, strict=True):
            path.write_bytes(request)
        yield paths


def press(server: Server, requests: Sequence[Path], connections: int, seconds: float, cores: str | None) -> Measured:
    """Send the requests in turns over so many connections at once, each as soon as the last is answered."""
    if shutil.which("wrk"):
        url, length = f"http://{server.host}:{server.port}", f"{max(1, round(seconds))}s"
        command = ["wrk", "-t", 1, "-c", connections, "-d", length, "--timeout", "30s", "-s", SCRIPT, url, "--"]
    else:
        module = "benchmarks.serving.client"
        command = [sys.executable, "-m", module, server.host, server.port, connections, seconds]
    before = server.usage()
    done = subprocess.run(pinned([*command, *requests], cores), capture_output=True, text=True, check=False)
    after = server.usage()
    found = [line for line in done.stdout.splitlines() if line.startswith("JSON")]
    if not found:
        raise RuntimeError(f"no figures from {command[0]}: {(done.stderr or done.stdout)[-1000:]}")
    return Measured(**json.loads(found[-1][4:]), processor=after.processor - before.processor)
