"""The meeting point of threads: nobody goes on before all have come, and no arrival is lost."""

import threading
from typing import Any

import numba
import numpy as np
import pytest

from mnist_nn.engines.compiled.codes import FAR
from mnist_nn.engines.compiled.kernels.meeting import add_atomic, meet
from mnist_nn.engines.compiled.kernels.options import OPTIONS
from mnist_nn.engines.compiled.records import Work

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("quick")]  # Numba compiles for seconds
ROUNDS = 2_000


@numba.njit(**OPTIONS)
def relay_kernel(work, numbers, rounds):
    """Each round, every thread writes its own number and after the meeting counts those of the others that stand."""
    late = 0
    for r in range(rounds):
        numbers[work.thread, 0] = r
        meet(work)
        for other in range(work.threads):
            late += numbers[other, 0] != r
        meet(work)
    numbers[work.thread, 1] = late


@numba.njit(**OPTIONS)
def count_kernel(counter, rounds):
    for _ in range(rounds):
        add_atomic(counter, 1)


def run(kernel: Any, jobs: list[tuple[Any, ...]]) -> None:
    threads = [threading.Thread(target=kernel, args=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def works_for(threads: int) -> list[Work]:
    none, arrived = np.zeros(0, np.int64), np.zeros(1, np.int64)
    return [
        Work(none, none, np.zeros(1, np.float32), np.zeros(1, np.float32), arrived, k, threads) for k in range(threads)
    ]


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_no_thread_goes_on_before_all_have_come(threads: int) -> None:
    rounds, works, numbers = ROUNDS // threads**2, works_for(threads), np.full((threads, 2), -1)
    relay_kernel(works_for(1)[0], numbers.copy(), 1)  # compiled before the threads begin
    run(relay_kernel, [(work, numbers, rounds) for work in works])
    assert numbers.tolist() == [[rounds - 1, 0]] * threads
    assert works[0].arrived[0] == (2 * rounds * threads if threads > 1 else 0)


def test_no_addition_is_lost() -> None:
    counter = np.zeros(1, np.int64)
    count_kernel(counter, 0)
    run(count_kernel, [(counter, 50_000)] * 3)
    assert counter[0] == 150_000


def test_whoever_is_released_waits_no_more() -> None:
    works = works_for(2)
    works[0].arrived[0] = FAR
    relay_kernel(works[0], np.zeros((2, 2), np.int64), 3)
