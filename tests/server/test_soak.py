"""Some seconds of what the benchmark does for half an hour: everything at once, and nothing grows."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from patience import wait_for

SECONDS = 10.0
WARM_UP = 3.0
ROUNDS = 5
RATE = 150.0  # requests a second: any machine that runs tests answers as many
ROOT = str(Path(__file__).parents[2])


@pytest.fixture
def soaking(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The benchmark is no part of the package: it is imported from the root of the repository."""
    monkeypatch.syspath_prepend(ROOT)
    return pytest.importorskip("benchmarks.serving.soak", reason="this copy of the tests came without the benchmarks")


@pytest.mark.slow
def test_nothing_grows_and_nothing_is_answered_wrongly(serve: Any, soaking: Any, apart: Callable[..., Any]) -> None:
    """A leak grows in every round, and caches, pools and a busy machine's queues only until they have their size."""
    grown = []
    with serve() as served:
        server = soaking.Server("ours", served.host, served.port, served.process, served.log)
        apart(asyncio.run, soaking.soak(server, RATE, WARM_UP, every=1, rest=0.5))
        before = served.usage()
        while len(grown) < ROUNDS and not (grown and grown[-1].is_none):
            seen = apart(asyncio.run, soaking.soak(server, RATE, SECONDS, every=0.1, seed=len(grown), rest=1))
            assert seen.answered > 0.9 * RATE * SECONDS
            assert seen.wrong == []
            grown.append(soaking.growth(seen.samples))
        assert grown[-1].is_none, grown
        wait_for(lambda: served.usage().files <= before.files, lambda: f"{before} before, {served.usage()} after")
        assert served.usage().threads <= before.threads + 4, "those that read start when they are needed"


def test_a_leak_would_be_seen(soaking: Any) -> None:
    """The measure itself: steps and peaks are no growth, four kilobytes a request are."""

    def samples(size: Any) -> list[Any]:
        return [soaking.Sample(t / 10, 14, 4, 100_000_000 + int(size(t / 10)), 0.0, 0) for t in range(100)]

    assert soaking.growth(samples(lambda t: 0 * t)).is_none
    assert soaking.growth(samples(lambda t: 9e6 * (t < 1.5))).is_none, "memory that is given back"
    assert soaking.growth(samples(lambda t: 9e6 * (4 < t < 4.6))).is_none, "a peak"
    assert not soaking.growth(samples(lambda t: RATE * t * 4096)).is_none
