"""Runs a kernel in several threads, and finds how many of them are fastest; they meet in kernels/meeting.py."""

import threading
from collections.abc import Callable

from mnist_nn.engines.compiled.codes import FAR
from mnist_nn.engines.compiled.records import Words, Work

WORTH_A_THREAD = 10_000_000  # multiplications per batch below which a second thread costs more than it saves
AGAIN = 20  # stretches after which the slower number of threads gets another chance


class Pace:
    """Finds by trying which number of threads is faster: on a busy machine, a second thread only waits for its turn.

    The choice may change at any time, because results do not depend on it.
    """

    def __init__(self) -> None:
        self.kind: object = None
        self.seconds: dict[int, float] = {}
        self.turns = 0

    def choose(self, most: int, kind: object) -> int:
        """Return 1 or ``most``: each is tried once, then the faster one is used, and the other now and then."""
        if kind != self.kind:
            self.kind, self.seconds, self.turns = kind, {}, 0
        self.turns += 1
        options = (most, 1)
        untried = [threads for threads in options if threads not in self.seconds]
        if untried:
            return untried[0]
        quicker, other = sorted(options, key=self.seconds.__getitem__)
        return other if self.turns % AGAIN == 0 else quicker

    def record(self, threads: int, seconds: float) -> None:
        """Remember how long each sample took."""
        self.seconds[threads] = seconds


def side_by_side(kernel: Callable[[Words], int], jobs: list[Words], works: list[Work]) -> None:
    """Run a kernel on every job, each in its own thread; the threads meet through their ``works``."""
    others = [threading.Thread(target=kernel, args=(job,), daemon=True) for job in jobs[1:]]
    try:
        for thread in others:
            thread.start()
        kernel(jobs[0])
    except BaseException:
        _release(works)
        raise
    for thread in others:
        thread.join()


def _release(works: list[Work]) -> None:
    """Let threads go on that wait for one that will never come; what they compute is thrown away."""
    for work in works:
        work.arrived[0] += FAR
