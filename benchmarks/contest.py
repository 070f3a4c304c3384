"""The rules of the contest: all learn the same thing, their rounds interleave, and medians count.

First each contestant trains on the same few samples, and its loss is compared; who learned something else is shown
without a time. Then rounds go round the contestants, so that what disturbs the machine disturbs all alike.
"""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from benchmarks.peers import OURS
from benchmarks.task import Array, Images, Parameters, Task
from benchmarks.worker import SINGLES, Worker

CLOSE = 0.03  # relative difference of losses that rounding and an optimiser's epsilon may cause
CHUNKS = (500, 2_000, 10_000)
CHECK = 128  # samples after which losses are compared, and at least 32 updates, in whole scans
AGREE = 0.999  # share of images on which all must give the same answer


@dataclass(frozen=True)
class Pace:
    """How long to measure: seconds of a round, and rounds."""

    seconds: float = 0.1
    rounds: int = 5

    def times(self, seconds: float, most: int = 1_000_000) -> int:
        """How often something that takes so long fits into a round, at least once."""
        return int(np.clip(self.seconds / max(seconds, 1e-9), 1, most))


@dataclass
class Entry:
    """One contestant in one case: what it learned, and its microseconds a sample in every round."""

    name: str
    samples: int = 0
    check: float = 0.0
    note: str = ""
    rounds: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """Microseconds a sample; infinite for one that may not be compared."""
        return statistics.median(self.rounds) if self.rounds and not self.note else float("inf")


@dataclass
class Case:
    """One line of a table; ``details`` says what the entries' checks are."""

    group: str
    name: str
    threads: int
    entries: list[Entry]
    details: str = ""

    @property
    def ours(self) -> Entry:
        """Our own entry."""
        return next(entry for entry in self.entries if entry.name == OURS)

    @property
    def best(self) -> Entry:
        """The quickest of the others."""
        return min((entry for entry in self.entries if entry.name != OURS), key=lambda entry: entry.median)

    @property
    def ratio(self) -> float:
        """How many times quicker than the best of the others we are; below 1 we are behind."""
        return self.best.median / self.ours.median if self.ours.rounds else 0.0

    def times(self, name: str) -> float:
        """How many times quicker than a named contestant we are; NaN if it did not take part."""
        found = [entry.median / self.ours.median for entry in self.entries if entry.name == name]
        return found[0] if found else float("nan")


def race(entries: list[Entry], runs: Sequence[Callable[[], float]], pace: Pace) -> None:
    """Let the rounds go round; each run returns its seconds."""
    for _ in range(pace.rounds):
        for entry, run in zip(entries, runs, strict=True):
            if not entry.note:
                _try(entry, partial(_round, entry, run))


def _round(entry: Entry, run: Callable[[], float]) -> None:
    entry.rounds.append(run() / entry.samples * 1e6)


def train(group: str, task: Task, racers: list[Worker], threads: int, images: Images, pace: Pace) -> Case:
    """Race through one training task."""
    entries = [Entry(worker.name) for worker in racers]
    count = -(-max(CHECK, 32 * task.batch) // task.quantum) * task.quantum
    for entry, worker in zip(entries, racers, strict=True):
        _try(entry, partial(_learn, entry, worker, task, count, images, pace))
    _same_loss(entries)
    runs = [partial(worker.ask, "train", task, entry.samples) for entry, worker in zip(entries, racers, strict=True)]
    race(entries, runs, pace)
    name = f"{task}, batch {task.batch}, {task.optimizer}"
    return Case(group, name, threads, entries, "loss of all")


def _learn(entry: Entry, worker: Worker, task: Task, count: int, images: Images, pace: Pace) -> None:
    """Warm up, learn the samples of the comparison, and settle how many samples a round has."""
    worker.ask("train", task, task.quantum)
    seconds = worker.ask("train", task, count)
    entry.check = task.loss(worker.ask("parameters"), images.x[:2000], images.t[:2000])
    most = 60_000 // task.quantum
    entry.samples = task.quantum * pace.times(seconds / count * task.quantum, most)


def _same_loss(entries: list[Entry]) -> None:
    middle = statistics.median(entry.check for entry in entries if not entry.note)
    for entry in entries:
        if not entry.note and not abs(entry.check - middle) <= CLOSE * middle:
            entry.note = f"learned something different: loss {entry.check:.4f}, the others {middle:.4f}"


def infer(
    group: str, task: Task, parameters: Parameters, racers: list[Worker], threads: int, verb: str, pace: Pace
) -> Case:
    """Race through one way of classifying the test images."""
    entries = [Entry(worker.name) for worker in racers]
    answers: dict[str, Array] = {}
    for entry, worker in zip(entries, racers, strict=True):
        _try(entry, partial(_answer, entry, worker, task, parameters, answers, verb))
    _same_answers(entries, answers)
    passes = {entry.name: 0 for entry in entries}
    for entry, worker in zip(entries, racers, strict=True):
        if not entry.note:
            worker.ask(verb, 1)
            passes[entry.name] = pace.times(worker.ask(verb, 1))
            entry.samples = passes[entry.name] * (SINGLES if verb.startswith("one") else 10_000)
    runs = [partial(worker.ask, verb, passes[entry.name]) for entry, worker in zip(entries, racers, strict=True)]
    race(entries, runs, pace)
    return Case(group, str(task), threads, entries, "same answers")


def _answer(
    entry: Entry, worker: Worker, task: Task, parameters: Parameters, answers: dict[str, Array], verb: str
) -> None:
    """Classify once, and where many images are placed beforehand, find the chunk size that suits best."""
    answers[entry.name] = worker.ask("classify", task, parameters)
    if verb == "infer":
        seconds = {size: worker.ask("cut", size) for size in CHUNKS}
        worker.ask("cut", min(seconds, key=seconds.__getitem__))


def _same_answers(entries: list[Entry], answers: dict[str, Array]) -> None:
    ours = answers[OURS].argmax(axis=1)
    for entry in entries:
        if not entry.note:
            entry.check = float((answers[entry.name].argmax(axis=1) == ours).mean())
            if entry.check < AGREE:
                entry.note = f"answers differ: {entry.check:.2%} the same"


def _try(entry: Entry, run: Callable[[], object]) -> None:
    """Run; a failure becomes the entry's note, and the others race on."""
    try:
        run()
    except RuntimeError as error:
        entry.note = str(error).splitlines()[0][:200]
