"""What a user waits for: whole commands from typing to the prompt, and whole scripts from start to an accuracy.

Every measurement is a process of its own, with warm caches: each command runs once before it is timed.
"""

import itertools
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from benchmarks.task import Images
from benchmarks.worker import limited

TARGETS = (0.95, 0.97, 0.98)
RECIPES = ((128, 32), (512, 128))  # hidden units and batch size that each script may choose from
COMPILING = 300  # seconds that a command may take when it must compile first
PATIENCE = 30  # seconds that a script may take


@dataclass(frozen=True)
class Command:
    """A command, its median wall time in seconds, and the limit that we set ourselves."""

    name: str
    seconds: float
    limit: float


def commands(times: int, threads: int) -> list[Command]:
    """Time the command line."""
    with tempfile.TemporaryDirectory() as folder, limited(threads):
        image, model = Path(folder, "seven.png"), Path(folder, "model.safetensors")
        Image.fromarray(Images.of("test").pixels[0].reshape(28, 28)).save(image)
        program = [str(Path(sys.executable).with_name("mnist-nn"))]
        train = [*program, "train", "--quiet", "--model", str(model)]
        return [
            Command("mnist-nn train, preset seed, 10 epochs", _median(train, times), 2.5),
            Command("mnist-nn --help", _median([*program, "--help"], times), 0.3),
            Command("mnist-nn predict, one image", _median([*program, "predict", str(model), str(image)], times), 0.6),
        ]


def _median(command: list[str], times: int) -> float:
    _seconds(command)
    return statistics.median(_seconds(command) for _ in range(times))


def _seconds(command: list[str]) -> float:
    begin = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, timeout=COMPILING)
    return time.perf_counter() - begin


@dataclass(frozen=True)
class Arrival:
    """When a script passed an accuracy, in seconds from its start, and by which recipe."""

    name: str
    target: float
    seconds: float
    recipe: str


def arrivals(names: Sequence[str], threads: int, times: int) -> list[Arrival]:
    """Time every peer's scripts, in rounds; the best of the recipes counts for each accuracy."""
    runs: dict[tuple[str, tuple[int, int]], list[list[float]]] = {}
    with limited(threads):
        for _ in range(times):
            for name, recipe in itertools.product(names, RECIPES):
                runs.setdefault((name, recipe), []).append(_passes(name, recipe, threads))
    return [_arrival(name, i, runs) for i in range(len(TARGETS)) for name in names]


def _arrival(name: str, target: int, runs: dict[tuple[str, tuple[int, int]], list[list[float]]]) -> Arrival:
    medians = {r: statistics.median(run[target] for run in all_) for (n, r), all_ in runs.items() if n == name}
    (hidden, batch), seconds = min(medians.items(), key=lambda item: item[1])
    return Arrival(name, TARGETS[target], seconds, f"784-{hidden}-10, Adam, batch {batch}")


def _passes(name: str, recipe: tuple[int, int], threads: int) -> list[float]:
    """Run one script; it prints an accuracy after each part of an epoch, and we look at the clock."""
    command = [sys.executable, "-m", "benchmarks.script", name, *map(str, recipe), str(threads)]
    begin, seconds = time.perf_counter(), [float("inf")] * len(TARGETS)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        for line in process.stdout or ():
            now = time.perf_counter() - begin
            seconds = [min(s, now) if float(line) >= target else s for s, target in zip(seconds, TARGETS, strict=True)]
            if float(line) >= TARGETS[-1] or now > PATIENCE:
                process.kill()
    return seconds
