"""Threads beside each other: they meet, they are let go where one fails, and their number is found by trying."""

import threading
import time
from typing import Any

import numba
import numpy as np
import pytest
from patience import PATIENCE

from mnist_nn.engines.compiled import jit
from mnist_nn.engines.compiled.records import Work
from mnist_nn.engines.compiled.threads import AGAIN, Pace, add_atomic, meet, side_by_side

pytestmark = pytest.mark.usefixtures("quick")
ROUNDS = 2_000


@numba.njit(**jit.OPTIONS)
def relay_kernel(work, numbers, rounds):
    """Each round, every thread writes its own number and after the meeting counts those of the others that stand."""
    late = 0
    for r in range(rounds):
        numbers[work.thread, 0] = r
        meet(work.arrived, work.threads)
        for other in range(work.threads):
            late += numbers[other, 0] != r
        meet(work.arrived, work.threads)
    numbers[work.thread, 1] = late


@numba.njit(**jit.OPTIONS)
def count_kernel(counter, rounds):
    for _ in range(rounds):
        add_atomic(counter, 1)


def jobs_for(threads: int, rounds: int) -> list[tuple[Any, ...]]:
    none, arrived = np.zeros((0, 2), np.int64), np.zeros(1, np.int64)
    numbers = np.full((threads, 2), -1)
    works = [Work(none, none[:, 0], np.zeros(1, np.float32), arrived, k, threads) for k in range(threads)]
    return [(work, numbers, rounds) for work in works]


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_no_thread_goes_on_before_all_have_come(threads: int) -> None:
    rounds = ROUNDS // threads**2
    jobs = jobs_for(threads, rounds)
    side_by_side(relay_kernel, jobs)
    assert jobs[0][1].tolist() == [[rounds - 1, 0]] * threads
    assert jobs[0][0].arrived[0] == (2 * rounds * threads if threads > 1 else 0)


def test_no_addition_is_lost() -> None:
    counter = np.zeros(1, np.int64)
    side_by_side(count_kernel, [(counter, 50_000)] * 3)
    assert counter[0] == 150_000


def test_threads_that_wait_for_one_that_failed_are_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = jobs_for(2, 3)
    jit.compile_for(relay_kernel, jobs[0])

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(jit, "run", interrupt)
    before = threading.active_count()
    with pytest.raises(KeyboardInterrupt):
        side_by_side(relay_kernel, jobs)
    end = time.monotonic() + PATIENCE
    while threading.active_count() > before and time.monotonic() < end:
        time.sleep(0.001)
    assert threading.active_count() == before


def take_turns(pace: Pace, seconds: dict[int, float], turns: int, kind: object = "a shape") -> list[int]:
    chosen = []
    for _ in range(turns):
        chosen.append(pace.choose(4, kind))
        pace.record(chosen[-1], seconds[chosen[-1]])
    return chosen


@pytest.mark.parametrize(("seconds", "quicker"), [({4: 1.0, 1: 2.0}, 4), ({4: 2.0, 1: 1.0}, 1)])
def test_each_number_of_threads_is_tried_and_the_quicker_kept(seconds: dict[int, float], quicker: int) -> None:
    chosen = take_turns(Pace(), seconds, 2 * AGAIN)
    assert set(chosen[:2]) == {1, 4}
    again = {AGAIN, 2 * AGAIN}  # the slower one's other chance
    assert [turn for turn, threads in enumerate(chosen, 1) if turn > 2 and threads != quicker] == sorted(again)


def test_what_turned_out_otherwise_is_learned_and_another_kind_is_tried_anew() -> None:
    pace = Pace()
    take_turns(pace, {4: 1.0, 1: 2.0}, 5)
    assert take_turns(pace, {4: 3.0, 1: 2.0}, 2) == [4, 1]
    assert set(take_turns(pace, {4: 1.0, 1: 2.0}, 2, "another shape")) == {1, 4}
