"""A contestant in a process of its own, asked for one round at a time, so that the rounds of all interleave.

Thread counts are settled by the environment and the processor affinity before the process starts, and so before any
library is imported.
"""

import gc
import multiprocessing
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from multiprocessing.connection import Connection
from typing import Any, Self

import numpy as np

from benchmarks import clock
from benchmarks.peers import peer
from benchmarks.task import Images, Parameters, Task, rows_of

POOLS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "NUMBA_NUM_THREADS")
SINGLES = 200  # images that a round of the one-image case goes through again and again


@contextmanager
def limited(threads: int) -> Iterator[None]:
    """Keep this process and all that it starts to so many processors and threads."""
    environment, cores = dict(os.environ), os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()
    os.environ.update(dict.fromkeys(POOLS, str(threads)))
    os.environ["XLA_FLAGS"] = f"--xla_cpu_multi_thread_eigen={'false' if threads == 1 else 'true'}"
    os.environ["JAX_PLATFORMS"] = "cpu"
    try:
        if cores:
            os.sched_setaffinity(0, sorted(cores)[-threads:])
        yield
    finally:
        os.environ.clear()
        os.environ.update(environment)
        if cores:
            os.sched_setaffinity(0, cores)


class Worker:
    """The near end: a contestant's name, and its methods as calls that wait for the answer."""

    def __init__(self, name: str, threads: int) -> None:
        self.name = name
        context = multiprocessing.get_context("spawn")
        self._pipe, far = context.Pipe()
        self._process = context.Process(target=_serve, args=(far, name, threads), daemon=True)
        self._process.start()

    def ask(self, verb: str, *arguments: Any) -> Any:
        """Call a method of `Corner` over there."""
        self._pipe.send((verb, arguments))
        answer, failure = self._pipe.recv()
        if failure:
            raise RuntimeError(f"{self.name}: {failure}")
        return answer

    def close(self) -> None:
        """Let the process end."""
        self._pipe.send(None)
        self._process.join(10)
        self._process.kill()


class Field:
    """Contestants that stay for the cases to come; they are started when first asked for."""

    def __init__(self) -> None:
        self._workers: dict[tuple[str, int], Worker] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._send_home(lambda _: True)

    def of(self, names: tuple[str, ...], threads: int) -> list[Worker]:
        """Return these contestants; those with another number of threads go home."""
        self._send_home(lambda key: key[1] != threads)
        with limited(threads):
            for name in names:
                if (name, threads) not in self._workers:
                    self._workers[name, threads] = Worker(name, threads)
        return [self._workers[name, threads] for name in names]

    def _send_home(self, leaves: Callable[[tuple[str, int]], bool]) -> None:
        for key in [key for key in self._workers if leaves(key)]:
            self._workers.pop(key).close()


class Corner:
    """The far end: what the contest asks of a contestant."""

    def __init__(self, name: str, threads: int) -> None:
        self.peer = peer(name)(Images.of("train"), threads)
        self.threads = threads
        self.test = Images.of("test").pixels

    def train(self, task: Task, samples: int) -> float:
        """Train anew from the initial weights; return the seconds of the training alone."""
        self.peer.begin(task, task.initial())
        self.peer.take(rows_of(samples))
        return _timed(self.peer.learn)

    def enlarge(self, times: int) -> None:
        """Take the training images several times over; their floats are left out."""
        images = Images.of("train")
        more = Images(np.tile(images.pixels, (times, 1)), images.x, np.tile(images.t, times))
        self.peer = type(self.peer)(more, self.threads)

    def parameters(self) -> Parameters:
        """Return the weights after the last training."""
        return self.peer.parameters()

    def classify(self, task: Task, parameters: Parameters) -> Any:
        """Prepare to classify the test images; return the scores."""
        self.classifier = self.peer.classifier(task, parameters)
        self.placed = self.peer.place(self.test)
        self.chunks = [self.placed]
        self.singles = [self.peer.place(self.test[i : i + 1]) for i in range(SINGLES)]
        scores = np.asarray(self.classifier(self.placed))
        singles = [int(np.asarray(self.classifier(x)).argmax()) for x in self.singles]
        if np.count_nonzero(scores[:SINGLES].argmax(axis=1) != singles) > 1:
            raise ValueError("a single image and many get other answers")
        return scores

    def cut(self, size: int) -> float:
        """Place the images in chunks of this size from now on; return the seconds of a pass after a first one."""
        self.chunks = [self.peer.place(self.test[i : i + size]) for i in range(0, len(self.test), size)]
        self.infer(1)
        return self.infer(3)

    def infer(self, passes: int) -> float:
        """Classify all test images, placed beforehand."""
        return _timed(lambda: [self.classifier(chunk) for _ in range(passes) for chunk in self.chunks])

    def infer_pixels(self, passes: int) -> float:
        """Classify all test images, from their bytes."""
        return _timed(lambda: [self.classifier(self.peer.place(self.test)) for _ in range(passes)])

    def one(self, passes: int) -> float:
        """Classify single images, placed beforehand."""
        return _timed(lambda: [self.classifier(x) for _ in range(passes) for x in self.singles])

    def one_pixels(self, passes: int) -> float:
        """Classify single images, from their bytes."""
        place, rows = self.peer.place, [self.test[i : i + 1] for i in range(SINGLES)]
        return _timed(lambda: [self.classifier(place(x)) for _ in range(passes) for x in rows])


def _timed(run: Callable[[], Any]) -> float:
    gc.collect()
    gc.disable()
    begin = clock.now()
    run()
    seconds = clock.now() - begin
    gc.enable()
    return seconds


def _serve(pipe: Connection, name: str, threads: int) -> None:
    corner = _answer(partial(Corner, name, threads))
    while (request := pipe.recv()) is not None:
        verb, arguments = request
        pipe.send(corner if corner[1] else _answer(lambda: getattr(corner[0], verb)(*arguments)))  # noqa: B023


def _answer(call: Callable[[], Any]) -> tuple[Any, str]:
    """Return the value, or the failure in words."""
    try:
        return call(), ""
    except Exception as error:  # noqa: BLE001 (whatever a library raises is told to the other end)
        return None, f"{type(error).__name__}: {error}"
