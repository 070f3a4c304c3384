"""Threads that run a kernel side by side, and a meeting point for them, so that cores can share one batch.

Every thread runs the same kernel on its own columns and waits here after each step. The wait spins, because a step
takes microseconds and the operating system would take longer to wake a thread.
"""

import os
import threading
from typing import Any

from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

from mnist_nn.engines.compiled import jit
from mnist_nn.engines.compiled.jit import inline
from mnist_nn.engines.compiled.records import Work
from mnist_nn.engines.compiled.simd.vector import pointer_to

SPINS = 2_000  # some tens of microseconds: then the other thread is likely waiting for this very processor
FAR = 2**40  # more meetings than any run has
WORTH_A_THREAD = 10_000_000  # multiplications per batch below which a second thread costs more than it saves
AGAIN = 20  # stretches after which the slower number of threads gets another chance

_sched_yield: Any = types.ExternalFunction("sched_yield", types.intc()) if os.name == "posix" else None


@inline
def give_way():
    """Let another thread have this processor for a moment."""
    if _sched_yield is not None:
        _sched_yield()


@intrinsic
def add_atomic(typingctx, array, amount):
    """Add to element 0 of an int64 array and return what it was; all threads see one order of additions."""

    def codegen(context, builder, sig, args):
        pointer = pointer_to(context, builder, array, args[0], types.intp, ir.IntType(64)(0))
        return builder.atomic_rmw("add", pointer, args[1], "seq_cst")

    return types.int64(array, types.int64), codegen


@inline
def meet(arrived, threads):
    """Wait until all threads have come here; ``arrived`` counts arrivals and only ever grows."""
    if threads == 1:
        return
    ticket = add_atomic(arrived, 1)
    if ticket >= FAR:  # released: one of the others will never come
        return
    everyone = (ticket // threads + 1) * threads
    spins = 0
    while add_atomic(arrived, 0) < everyone:
        spins += 1
        if spins % SPINS == 0:
            give_way()


class Pace:
    """Which number of threads is quicker, found by trying: on a busy machine a second one only waits for its turn.

    The choice may change at any time, because results do not depend on it.
    """

    def __init__(self) -> None:
        self.kind: object = None
        self.seconds: dict[int, float] = {}
        self.turns = 0

    def choose(self, most: int, kind: object) -> int:
        """Return 1 or ``most``: each is tried once, then the quicker one is taken, and now and then the other again."""
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
        """Remember how long a sample took."""
        self.seconds[threads] = seconds


def side_by_side(compiled: Any, jobs: list[tuple[Any, ...]]) -> None:
    """Run a kernel on every job, each on a thread of its own; the kernels hold no lock."""
    if len(jobs) > 1:
        jit.compile_for(compiled, jobs[0])
    others = [threading.Thread(target=compiled, args=job, daemon=True) for job in jobs[1:]]
    try:
        for thread in others:
            thread.start()
        jit.run(compiled, *jobs[0])
    except BaseException:
        _release(jobs)
        raise
    for thread in others:
        thread.join()


def _release(jobs: list[tuple[Any, ...]]) -> None:
    """Let threads go on that wait for one that will never come; what they compute is thrown away."""
    for job in jobs:
        for work in (argument for argument in job if isinstance(argument, Work)):
            work.arrived[0] += FAR
