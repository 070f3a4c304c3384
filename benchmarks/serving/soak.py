"""A server under a steady load of everything for long: does it stay as quick and as small as it was?

The load is the `mixture` at a fixed share of what the server answers at most, arriving at random moments; `hostile`
pictures may come beside it, one after the other, while capacity is measured too. Memory, files and threads of the
server's own process are read every few seconds; its decoders come and go.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import theilslopes

from benchmarks.serving.client import PATIENCE, Answer, Channel, Tally, arrivals
from benchmarks.serving.contestants import Server
from benchmarks.serving.mixture import HUNG_UP, Kind, in_turns, mixture

CONNECTIONS = 32
WARM_UP = 0.2  # of the time: caches fill, pools of threads and of memory reach their size
CONFIDENCE = 0.95
LARGEST = 0.02  # growth over the whole time, as a share of the memory, that is still none
REST = 3.0  # seconds after which nothing of the load may be left in the server
HOSTILE_PATIENCE = 600.0  # seconds to wait beside hostile pictures, of which only processor time is limited
LATE = 30.0  # seconds of work that may wait for a connection; what comes then is left out, and counts as wrong
Turns = Iterator[tuple[Kind, bytes]]


class Sample(NamedTuple):
    """The server at one moment, and how many requests it has answered since the beginning."""

    seconds: float
    files: int
    threads: int
    rss: int
    processor: float
    answered: int


class Growth(NamedTuple):
    """Bytes that memory grew by after the warm-up, the ends of a 95 % interval, and its usual size."""

    grown: float
    low: float
    high: float
    size: float

    @property
    def is_none(self) -> bool:
        """Whether it is so little that it does not count."""
        return self.grown <= LARGEST * self.size


def growth(samples: Sequence[Sample]) -> Growth:
    """Estimate how much the memory grew between the end of the warm-up and the end.

    The line is Theil and Sen's, the median of the slopes between all pairs of samples: single steps and peaks do not
    move it, a leak does.

    Examples
    --------
    >>> at_rest = [Sample(t, 20, 5, 100_000_000 + t % 3 * 4096, 0, 0) for t in range(50)]
    >>> leaking = [one._replace(rss=int(one.rss + 200_000 * one.seconds)) for one in at_rest]
    >>> growth(at_rest).is_none, growth(leaking).is_none, round(growth(leaking).grown / 1e6)
    (True, False, 8)
    """
    begin = samples[0].seconds + WARM_UP * (samples[-1].seconds - samples[0].seconds)
    times, sizes = np.array([(one.seconds, one.rss) for one in samples if one.seconds >= begin]).T
    slope, _, low, high = theilslopes(sizes, times, CONFIDENCE)
    lasted = times[-1] - times[0]
    grown, least, most = (float(value * lasted) for value in (slope, low, high))
    return Growth(grown, least, most, float(np.median(sizes)))


@dataclass
class Soak:
    """Everything that a soak saw: the server before, during and after, and what came of each kind of request."""

    rate: float
    before: Sample
    after: Sample
    samples: list[Sample] = field(default_factory=list)
    tallies: dict[str, Tally] = field(default_factory=dict)
    statuses: dict[str, Counter[int]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    @property
    def answered(self) -> int:
        """Requests that came to an end."""
        return sum(len(tally.times) for tally in self.tallies.values())

    def add(self, kind: Kind, answer: Answer, seconds: float) -> None:
        """Count one request."""
        self.tallies.setdefault(kind.name, Tally()).add(answer, seconds)
        self.statuses.setdefault(kind.name, Counter())[answer.status] += 1
        if answer.status != kind.status or kind.says not in answer.body:
            wanted = f"{kind.status} {kind.says.decode()}".strip()
            self.wrong.append(f"{kind.name}: {answer.status} and not {wanted}, {answer.body[:200]!r}")

    def to_dict(self) -> dict[str, Any]:
        """Return what is kept, in plain JSON values."""
        about = {"rate": self.rate, "answered": self.answered, "wrong": len(self.wrong), "examples": self.wrong[:20]}
        kinds = {name: _figures(tally, self.statuses[name]) for name, tally in self.tallies.items()}
        moments = {"before": self.before._asdict(), "after": self.after._asdict()}
        samples = [one._asdict() for one in self.samples]
        return about | {"kinds": kinds, "growth": growth(self.samples)._asdict()} | moments | {"samples": samples}


def _figures(tally: Tally, statuses: Counter[int]) -> dict[str, Any]:
    times = {"p50": tally.percentile(0.5), "p99": tally.percentile(0.99), "longest": max(tally.times)}
    return {"requests": len(tally.times), **times, "statuses": dict(sorted(statuses.items()))}


async def capacity(server: Server, seconds: float, hostile: Sequence[Kind] = ()) -> float:
    """Measure how many requests of the mixture a second the server answers at most."""
    now = _sample(server, 0, 0)
    seen, turns, begin = Soak(0, now, now), _turns(), time.perf_counter()
    attacking = asyncio.create_task(_attack(server, hostile, begin + seconds, Soak(0, now, now)))

    async def one() -> None:
        channel = Channel(server.host, server.port, HOSTILE_PATIENCE if hostile else PATIENCE)
        while (now := time.perf_counter()) < begin + seconds:
            kind, request = next(turns)
            seen.add(kind, await _ask(channel, kind, request), time.perf_counter() - now)
        channel.close()

    await asyncio.gather(*(one() for _ in range(CONNECTIONS)))
    most = seen.answered / (time.perf_counter() - begin)
    attacking.cancel()
    await asyncio.gather(attacking, return_exceptions=True)
    return most


async def _attack(server: Server, kinds: Sequence[Kind], until: float, seen: Soak) -> None:
    """Send hostile pictures, each once the one before is answered."""
    turns = ((kind, request) for kind in cycle(kinds) for request in kind.requests)
    for kind, request in turns:
        if (begin := time.perf_counter()) >= until:
            break
        channel = Channel(server.host, server.port, HOSTILE_PATIENCE)
        try:
            seen.add(kind, await channel.ask(request), time.perf_counter() - begin)
        finally:
            channel.close()


async def soak(
    server: Server,
    rate: float,
    seconds: float,
    every: float,
    seed: int = 0,
    rest: float = REST,
    hostile: Sequence[Kind] = (),
) -> Soak:
    """Keep a server under load, look at it ``every`` so many seconds, and once more when it has come to rest."""
    now = _sample(server, 0, 0)
    seen, begin = Soak(rate, now, now), time.perf_counter()
    waiting: asyncio.Queue[tuple[float, Kind, bytes] | None] = asyncio.Queue(int(LATE * rate) + CONNECTIONS)

    async def one() -> None:
        channel = Channel(server.host, server.port, HOSTILE_PATIENCE if hostile else PATIENCE)
        while item := await waiting.get():
            due, kind, request = item
            seen.add(kind, await _ask(channel, kind, request), time.perf_counter() - begin - due)
        channel.close()

    async def look() -> None:
        while True:
            seen.samples.append(_sample(server, time.perf_counter() - begin, seen.answered))
            await asyncio.sleep(every)

    looking = asyncio.create_task(look())
    attacking = asyncio.create_task(_attack(server, hostile, begin + seconds, seen))
    asking = asyncio.gather(*(one() for _ in range(CONNECTIONS)))
    await _come(waiting, begin, seconds, seen, seed)
    await asking
    await attacking
    looking.cancel()
    await asyncio.sleep(rest)
    seen.after = _sample(server, time.perf_counter() - begin, seen.answered)
    return seen


async def _come(waiting: asyncio.Queue[Any], begin: float, seconds: float, seen: Soak, seed: int) -> None:
    """Let requests come at their moments, then send everybody home."""
    turns = _turns()
    for due in arrivals(seen.rate, seed):
        if due > seconds:
            break
        if (early := begin + due - time.perf_counter()) > 0:
            await asyncio.sleep(early)
        if waiting.full():
            seen.wrong.append("left out, because the server is too slow by far")
        else:
            waiting.put_nowait((due, *next(turns)))
    for _ in range(CONNECTIONS):
        await waiting.put(None)


def _turns() -> Turns:
    kinds = mixture()
    supplies = {kind.name: cycle(kind.requests) for kind in kinds}
    return ((kind, next(supplies[kind.name])) for kind in cycle(in_turns(kinds)))


async def _ask(channel: Channel, kind: Kind, request: bytes) -> Answer:
    return await (channel.hang_up(request) if kind.status == HUNG_UP else channel.ask(request))


def _sample(server: Server, seconds: float, answered: int) -> Sample:
    return Sample(seconds, *server.own_usage(), answered)
