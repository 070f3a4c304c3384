"""Many networks: one epoch of each, several seeds, and a sweep that is killed again and again."""

import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from mnist_nn import Network, NetworkConfig, TrainingConfig, load_data, train
from mnist_nn.experiments.runs import Outcome, Trial, run_trials

SHAPE = NetworkConfig()
SINGLE = 3  # runs that are measured alone


def stack(_folder: Path, jobs: int, *, full: bool) -> dict[str, Any]:
    """Train many networks of a sweep for one epoch: each with data of its own, and all with one order and hold-out."""
    count = 1000 if full else 20
    training = TrainingConfig(epochs=1)
    alone = _train_alone(training)
    return {
        "networks": count,
        "epochs": 1,
        "seconds_of_a_single_epoch": alone,
        "own_order": _time_epochs(training, count, jobs, alone),
        "shared_order": _time_epochs(replace(training, order_seed=0), count, jobs, alone),
    }


def grow(_folder: Path, jobs: int, *, full: bool) -> dict[str, Any]:
    """Train more and more networks for one epoch; in theory, the time is that of single epochs, divided by the jobs."""
    training = TrainingConfig(epochs=1, order_seed=0)
    alone = _train_alone(training)
    counts = (10, 100, 1000, 10_000) if full else (2, 4, 8, 16)
    return {"seconds_of_a_single_epoch": alone,
            "networks": {count: _time_epochs(training, count, jobs, alone) for count in counts}}  # fmt: skip


def _time_epochs(training: TrainingConfig, count: int, jobs: int, alone: float) -> dict[str, float]:
    samples = load_data("mnist").train
    trials = [Trial(SHAPE, replace(training, seed=seed)) for seed in range(count)]
    begin = time.perf_counter()
    for _ in run_trials(trials, samples, jobs=jobs, judge=Outcome.of, signs=False):
        pass
    seconds = time.perf_counter() - begin
    return {
        "seconds": round(seconds, 3),
        "microseconds_per_network_and_sample": round(seconds * 1e6 / count / len(samples), 4),
        "against_single_epochs": round(seconds / (alone * count / jobs), 3),
    }


def repeat(_folder: Path, jobs: int, *, full: bool) -> dict[str, Any]:
    """Train the classic network with many seeds, against the time that as many single runs spend in the kernel."""
    count, epochs = (50, 10) if full else (6, 2)
    training = TrainingConfig(epochs=epochs)
    alone = _train_alone(training)
    trials = [Trial(SHAPE, replace(training, seed=seed)) for seed in range(count)]
    begin = time.perf_counter()
    for _ in run_trials(trials, load_data("mnist").train, jobs=jobs, judge=Outcome.of, signs=False):
        pass
    seconds = time.perf_counter() - begin
    return {
        "seeds": count,
        "epochs": epochs,
        "seconds": round(seconds, 3),
        "kernel_seconds_of_a_single_run": round(alone, 4),
        "against_kernel_time": round(seconds / (alone * count / jobs), 3),
    }


def _train_alone(training: TrainingConfig) -> float:
    """Return the seconds that the engine takes for a run that has the machine to itself: the least of a few."""
    samples = load_data("mnist").train
    return min(
        sum(epoch.scores.seconds for epoch in train(Network.create(SHAPE, seed), samples, training))
        for seed in range(SINGLE)
    )


def kill(folder: Path, jobs: int, *, full: bool) -> dict[str, Any]:
    """Kill a sweep at random moments, continue it each time, and compare its table with that of an unbroken one."""
    count, kills = (200, 20) if full else (16, 3)
    draw = random.Random(0)  # noqa: S311 moments, not secrets
    found: dict[str, Any] = {"configurations": count, "kills": kills}
    for search in ("grid", "tpe", "halving"):
        whole, unbroken = _time_sweep(folder / f"{search}-whole.csv", search, count, jobs)
        broken, struck = folder / f"{search}-broken.csv", 0
        begin = time.perf_counter()
        while struck < kills:
            running = _begin_sweep(broken, search, count, jobs)
            try:
                running.wait(draw.uniform(0.5, 1.5) * (unbroken / kills + 2))
                break
            except subprocess.TimeoutExpired:
                os.kill(running.pid, signal.SIGKILL)
                running.wait()
                struck += 1
        _time_sweep(broken, search, count, jobs)
        found[search] = {
            "killed": struck,
            "same_table": broken.read_bytes() == whole,
            "seconds_unbroken": round(unbroken, 2),
            "seconds_with_kills": round(time.perf_counter() - begin, 2),
        }
    return found


def _time_sweep(path: Path, search: str, count: int, jobs: int) -> tuple[bytes, float]:
    begin = time.perf_counter()
    if _begin_sweep(path, search, count, jobs).wait():
        raise SystemExit(f"the sweep {path.name} failed")
    return path.read_bytes(), time.perf_counter() - begin


def _begin_sweep(path: Path, search: str, count: int, jobs: int) -> subprocess.Popen[bytes]:
    some = ["--rate", f"log:0.003:0.3:{count}"]
    drawn = ["--rate", "log:0.003:0.3", "--hidden", "10,20,30", "--trials", str(count), "--search", search]
    return subprocess.Popen([
        sys.executable, "-m", "mnist_nn", "sweep", *(some if search == "grid" else drawn), "--csv", str(path),
        "--subset", "2000", "--epochs", "3", "--seeds", "2", "--jobs", str(jobs), "--resume", "--quiet",
    ])  # fmt: skip
