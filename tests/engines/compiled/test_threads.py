"""Threads beside each other: each has its job, they are let go where one fails, and their number is found by trying."""

import threading
import time

import numpy as np
import pytest
from patience import PATIENCE

from mnist_nn.engines.compiled.codes import FAR
from mnist_nn.engines.compiled.records import Words, Work
from mnist_nn.engines.compiled.threads import AGAIN, Pace, side_by_side


def jobs_for(threads: int) -> tuple[list[Words], list[Work]]:
    none, arrived = np.zeros(0, np.int64), np.zeros(1, np.int64)
    works = [
        Work(none, none, np.zeros(1, np.float32), np.zeros(1, np.float32), arrived, k, threads) for k in range(threads)
    ]
    return [Words(work) for work in works], works


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_every_job_has_a_thread_of_its_own(threads: int) -> None:
    jobs, works = jobs_for(threads)
    seen: list[tuple[Words, int]] = []
    together = threading.Barrier(threads)

    def kernel(job: Words) -> int:
        together.wait(PATIENCE)
        seen.append((job, threading.get_ident()))
        return 0

    side_by_side(kernel, jobs, works)
    assert {id(job) for job, _ in seen} == {id(job) for job in jobs}
    assert len({thread for _, thread in seen}) == threads
    assert works[0].arrived[0] == 0


def test_threads_that_wait_for_one_that_failed_are_let_go() -> None:
    jobs, works = jobs_for(2)
    before = threading.active_count()

    def kernel(job: Words) -> int:
        if job is jobs[0]:
            raise KeyboardInterrupt
        while works[0].arrived[0] < FAR:  # as a kernel that waits at the meeting
            time.sleep(0.001)
        return 0

    with pytest.raises(KeyboardInterrupt):
        side_by_side(kernel, jobs, works)
    end = time.monotonic() + PATIENCE
    while threading.active_count() > before and time.monotonic() < end:
        time.sleep(0.001)
    assert threading.active_count() <= before  # those of other tests may have ended meanwhile


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
