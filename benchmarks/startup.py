"""What a user waits for: whole commands from typing to the prompt, and whole scripts from start to an accuracy.

Every measurement is a process of its own, with warm caches: each command runs once before it is timed.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from benchmarks import clock
from benchmarks.task import Images
from benchmarks.worker import limited

TARGETS = (0.95, 0.97, 0.98)
RECIPES = ((128, 32), (512, 128))  # hidden units and batch size that each script may choose from
COMPILING = 300  # seconds that a command may take when it must compile first


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
            Command("mnist-nn train, preset classic, 10 epochs", _median(train, times), 2.5),
            Command("mnist-nn --help", _median([*program, "--help"], times), 0.3),
            Command("mnist-nn predict, one image", _median([*program, "predict", str(model), str(image)], times), 0.6),
        ]


def _median(command: list[str], times: int) -> float:
    _seconds(command)
    return statistics.median(_seconds(command) for _ in range(times))


def _seconds(command: list[str]) -> float:
    begin = clock.of_children()
    subprocess.run(command, check=True, capture_output=True, timeout=COMPILING)
    return clock.of_children() - begin


@dataclass(frozen=True)
class Arrival:
    """When a script passed an accuracy, in seconds from its start, and by which recipe."""

    name: str
    target: float
    seconds: float
    recipe: str


def arrivals(names: Sequence[str], threads: int, patience: float) -> list[Arrival]:
    """Time every peer's scripts; the best of the recipes counts for each accuracy."""
    with limited(threads):
        runs = {(n, recipe): _passes(n, recipe, threads, patience) for recipe in RECIPES for n in names}
    return [_arrival(name, i, runs) for i in range(len(TARGETS)) for name in names]


def _arrival(name: str, target: int, runs: dict[tuple[str, tuple[int, int]], list[float]]) -> Arrival:
    found = {recipe: run[target] for (n, recipe), run in runs.items() if n == name}
    (hidden, batch), seconds = min(found.items(), key=lambda item: item[1])
    return Arrival(name, TARGETS[target], seconds, f"784-{hidden}-10, Adam, batch {batch}")


def _passes(name: str, recipe: tuple[int, int], threads: int, patience: float) -> list[float]:
    """Run one script; after each part of an epoch it prints its processor time and its accuracy."""
    command = [sys.executable, "-m", "benchmarks.script", name, *map(str, recipe), str(threads)]
    begin, seconds = time.perf_counter(), [float("inf")] * len(TARGETS)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        for line in process.stdout or ():
            used, accuracy = map(float, line.split())
            now = used if clock.is_cpu() else time.perf_counter() - begin
            passed = [now if accuracy >= target else float("inf") for target in TARGETS]
            seconds = [min(pair) for pair in zip(seconds, passed, strict=True)]
            if accuracy >= TARGETS[-1] or now > patience:
                process.kill()
    return seconds
