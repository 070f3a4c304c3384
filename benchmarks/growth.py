"""How the time of training grows with samples, width and depth, beside the lines that theory gives.

Theory counts the multiply-adds that the ink of a sample needs and the bytes that an update must move, and divides
them by the peak rates that `roofline` measured in the same run; whichever takes longer is the least time possible.
"""

from dataclasses import asdict, dataclass
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np

from benchmarks.contest import Pace
from benchmarks.peers import OURS
from benchmarks.report import RESULTS, Section, number
from benchmarks.roofline import measure
from benchmarks.task import Images, Task
from benchmarks.worker import Field, Worker, limited

SAMPLES = (1_000, 3_000, 10_000, 30_000, 60_000, 180_000, 600_000)
WIDTHS = (20, 64, 128, 256, 512, 1024, 2048, 4096)
DEPTHS = (1, 2, 3, 4, 6, 8)
CAPACITY = {"L1": 32 * 2**10, "L2": 2**20, "L3": 16 * 2**20}
"""Bytes for which a level is taken to be enough; beyond the last it is memory."""


@dataclass(frozen=True)
class Ink:
    """Pixels of an average image that are not zero, and how many pixels take part as if all were equally busy."""

    pixels: float
    busy: float

    @classmethod
    def of(cls, images: Images) -> "Ink":
        """Count them: Σp and (Σp)² / Σp², p the share of images in which a pixel has ink."""
        p = (images.pixels > 0).mean(axis=0)
        return cls(float(p.sum()), float(p.sum() ** 2 / (p * p).sum()))


@dataclass(frozen=True)
class Point:
    """One measurement: what was varied, its value, and µs per sample as measured and at the machine's peak."""

    curve: str
    value: int
    microseconds: float
    least: float


def grow(field: Field, threads: int, *, quick: bool) -> Section:
    """Measure all curves, draw them, and return them as a section."""
    pace = Pace(0.05, 2) if quick else Pace(0.2, 3)
    with limited(1), get_context("spawn").Pool(1) as pool:
        roof = pool.apply(measure)
    ink = Ink.of(Images.of("train"))
    (ours,) = field.of((OURS,), threads)
    points = _by_shape(ours, pace, ink, roof, quick=quick) + _by_samples(ours, pace, ink, roof, quick=quick)
    ours.ask("enlarge", 1)
    if not quick:
        draw(points, RESULTS / "growth.svg")
    table = [["curve", "value", "µs per sample", "minimum possible", "share of it"]]
    table += [
        [p.curve, f"{p.value:,}", number(p.microseconds), number(p.least), f"{p.least / p.microseconds:.0%}"]
        for p in points
    ]
    peaks = ", ".join(f"{level} {roof[level]:.0f} GB/s" for level in (*CAPACITY, "memory"))
    lines = [f"Measured peaks of one core: {roof['gflops']:.0f} GFLOP/s in float32; read {peaks}."]
    measured = {"roofline": roof, "ink": asdict(ink), "points": [asdict(point) for point in points]}
    return Section(f"growth-{threads}", "How cost grows", lines, table, measured)


def _by_shape(ours: Worker, pace: Pace, ink: Ink, roof: dict[str, float], *, quick: bool) -> list[Point]:
    found = []
    for batch, optimizer, style in ((1, "sgd", "online"), (128, "momentum", "batch 128")):
        tasks = [("width", width, (width,)) for width in WIDTHS] + [("layers", n, (128,) * n) for n in DEPTHS]
        for curve, value, hidden in tasks[::3] if quick else tasks:
            task = Task(hidden, batch, optimizer)
            found.append(_point(ours, f"{curve}, {style}", value, task, pace, ink, roof))
    return found


def _by_samples(ours: Worker, pace: Pace, ink: Ink, roof: dict[str, float], *, quick: bool) -> list[Point]:
    task, found = Task((20,), 1, "sgd", sigmoid=True), []
    for samples in SAMPLES[:4] if quick else SAMPLES:
        if samples > 60_000:  # noqa: PLR2004 (all that there are)
            ours.ask("enlarge", samples // 60_000)
        ours.ask("train", task, samples)
        seconds = min(ours.ask("train", task, samples) for _ in range(pace.rounds))
        least = least_time(task, ink, roof)
        found.append(Point("samples an epoch, online, hidden 20", samples, seconds / samples * 1e6, least))
    return found


def _point(ours: Worker, curve: str, value: int, task: Task, pace: Pace, ink: Ink, roof: dict[str, float]) -> Point:
    ours.ask("train", task, task.quantum)
    seconds = ours.ask("train", task, task.quantum)
    samples = task.quantum * pace.times(seconds, 60_000 // task.quantum)
    seconds = float(np.median([ours.ask("train", task, samples) for _ in range(pace.rounds)]))
    return Point(curve, value, seconds / samples * 1e6, least_time(task, ink, roof))


def least_time(task: Task, ink: Ink, roof: dict[str, float]) -> float:
    """Return the microseconds a sample that one core needs at its peak.

    A zero pixel needs nothing. The first layer has two multiply-adds for each pixel of ink and unit (forward, and the
    weight's gradient), the others three for each weight (and the error going back). An update reads and writes each
    weight that changes, and its velocity; with batches, all of them once a batch. A cache need only hold the rows of
    the pixels that are busy.
    """
    first, *rest = [a * b for a, b in pairwise(task.config.sizes)]
    touched = first * ink.pixels / task.config.inputs
    operations = 2 * (2 * touched + 3 * sum(rest))
    state = first + sum(rest)
    moved = 4 * (3 * touched + 4 * sum(rest)) if task.batch == 1 else 4 * (2 + 4) * state / task.batch
    held = 4 * (first * ink.busy / task.config.inputs + sum(rest))
    level = next((name for name, size in CAPACITY.items() if held <= size), "memory")
    return max(operations / roof["gflops"], moved / roof[level]) / 1e3


def draw(points: list[Point], path: Path) -> None:
    """Draw a panel for each of samples, width and depth."""
    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "mnist-nn"
    from matplotlib import pyplot as plt  # noqa: PLC0415 (after the choice of back end)

    figure, panels = plt.subplots(1, 3, figsize=(13, 4.2), constrained_layout=True)
    for panel, start, label in zip(panels, ("samples", "width", "layers"), PANELS, strict=True):
        for curve in dict.fromkeys(point.curve for point in points if point.curve.startswith(start)):
            _curve(panel, curve, [point for point in points if point.curve == curve], per_epoch=start == "samples")
        panel.set(xscale="log", yscale="log", xlabel=label[0], ylabel=label[1])
        if start == "layers":
            panel.set_xticks(DEPTHS, map(str, DEPTHS))
            panel.tick_params(axis="x", which="minor", labelbottom=False)
        panel.grid(visible=True, which="major", alpha=0.3)
        panel.legend(fontsize=8)
    path.parent.mkdir(exist_ok=True)
    figure.savefig(path, metadata={"Date": None})


PANELS = (
    ("samples an epoch", "milliseconds an epoch"),
    ("units of the hidden layer", "µs per sample"),
    ("hidden layers of 128", "µs per sample"),
)


def _curve(panel: Any, name: str, points: list[Point], *, per_epoch: bool) -> None:
    x = np.array([point.value for point in points])
    scale = x / 1e3 if per_epoch else np.ones(len(x))
    (line,) = panel.plot(x, scale * [point.microseconds for point in points], "o-", label=name)
    panel.plot(x, scale * [point.least for point in points], "--", color=line.get_color(), label="least possible")
