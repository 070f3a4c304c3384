"""Turns: first come, first served; who takes long steps aside, and not too many do."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from patience import PATIENCE, wait_for
from starlette.exceptions import HTTPException

from mnist_nn.server.turns import Turns


def test_a_turn_is_passed_on_to_whoever_waits() -> None:
    turns, said = Turns(1), []
    with ThreadPoolExecutor(2) as threads:

        def work(name: str, begun: Event, go: Event) -> None:
            begun.set()
            with turns.turn():
                assert go.wait(PATIENCE)
                for page in range(3):
                    said.append(f"{name}{page}")
                    turns.pass_on()

        events = [Event() for _ in range(3)]
        jobs = [threads.submit(work, "a", events[0], events[2])]
        assert events[0].wait(PATIENCE)
        wait_for(lambda: turns._free == 0, "nobody takes the turn")
        jobs.append(threads.submit(work, "b", events[1], events[2]))
        wait_for(lambda: len(turns._queue) == 1, "nobody waits")
        events[2].set()
        for job in jobs:
            job.result(PATIENCE)
    assert said == ["a0", "b0", "a1", "b1", "a2", "b2"]


def test_who_is_aside_leaves_the_turn_to_others_and_waits_for_one_again() -> None:
    turns, go = Turns(1), Event()
    with ThreadPoolExecutor(1) as threads:

        def take_long() -> None:
            with turns.turn(), turns.aside():
                assert go.wait(PATIENCE)

        job = threads.submit(take_long)
        wait_for(lambda: turns._aside == 1, "it is never aside")
        with turns.turn():
            go.set()
            wait_for(lambda: len(turns._queue) == 1, "it does not wait for a turn")
            assert not job.done()
        job.result(PATIENCE)


def test_as_many_are_aside_as_have_a_turn() -> None:
    turns = Turns(1)
    with turns.turn(), turns.aside(), turns.turn():
        with pytest.raises(HTTPException, match="1 other pictures") as refused, turns.aside():
            pass
        assert refused.value.status_code == 503
        assert turns._free == 0, "the turn is kept"
    assert turns._free == 1
    with turns.turn(), turns.aside():
        pass
