"""Which clock counts: wall time, or on a machine that others use too, the processor time of the process.

The choice is an environment variable, so that every process of a run follows it.
"""

import os
import resource
import time

CHOICE = "MNIST_NN_BENCHMARKS_CPU_TIME"


def is_cpu() -> bool:
    """Whether processor time counts."""
    return bool(os.environ.get(CHOICE))


def now() -> float:
    """Seconds on the clock that counts."""
    return time.process_time() if is_cpu() else time.perf_counter()


def of_children() -> float:
    """Seconds on the clock that counts, for processes that this one starts and waits for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime if is_cpu() else time.perf_counter()
