"""A client that sends ready-made bytes and costs little, so that a server's limits are seen and not its own.

Closed loop: each connection asks again as soon as it has its answer. Open loop: requests come when a clock says so,
whether or not earlier ones are answered, and their time counts from then, so that a server that stalls looks as slow
as it is.
"""

import asyncio
import json
import random
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import cycle, islice
from typing import NamedTuple

PATIENCE = 60.0  # seconds to wait for an answer


class Answer(NamedTuple):
    """Status and body, and how long the JSON part of a body with binary tensors is."""

    status: int
    body: bytes
    header: int | None = None


BROKEN = Answer(0, b"")  # the connection ended, or no answer came in time


class Channel(asyncio.Protocol):
    """A connection that is opened when it is needed and asks one thing at a time."""

    def __init__(self, host: str, port: int, patience: float = PATIENCE) -> None:
        self._host, self._port, self._patience = host, port, patience
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[Answer] | None = None
        self._received = bytearray()

    async def ask(self, request: bytes) -> Answer:
        """Send bytes; return the answer, or `BROKEN`."""
        loop = asyncio.get_running_loop()
        try:
            if self._transport is None or self._transport.is_closing():
                self._received.clear()
                self._transport, _ = await loop.create_connection(lambda: self, self._host, self._port)
            self._answer = loop.create_future()
            self._transport.write(request)
            return await asyncio.wait_for(self._answer, self._patience)
        except (OSError, TimeoutError):
            self.close()
            return BROKEN

    async def hang_up(self, part: bytes) -> Answer:
        """Send the beginning of a request on a new connection, and leave."""
        with suppress(OSError):
            _, writer = await asyncio.open_connection(self._host, self._port)
            writer.write(part)
            await writer.drain()
            writer.close()
            await writer.wait_closed()
        return BROKEN

    def close(self) -> None:
        """Hang up."""
        if self._transport:
            self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 (asyncio's signature)
        self._transport = None
        self._give(BROKEN)

    def data_received(self, data: bytes) -> None:
        self._received += data
        end = self._received.find(b"\r\n\r\n")
        if end < 0:
            return
        head = bytes(self._received[:end]).lower()
        size = _number(head, b"content-length:") or 0
        if len(self._received) < end + 4 + size:
            return
        body = bytes(self._received[end + 4 : end + 4 + size])
        del self._received[: end + 4 + size]
        if b"connection: close" in head and self._transport:
            self._transport.close()
        self._give(Answer(int(head[9:12]), body, _number(head, b"inference-header-content-length:")))

    def _give(self, answer: Answer) -> None:
        if self._answer and not self._answer.done():
            self._answer.set_result(answer)


async def ask_once(host: str, port: int, request: bytes) -> Answer:
    """Ask on a connection of its own."""
    channel = Channel(host, port)
    answer = await channel.ask(request)
    channel.close()
    return answer


def _number(head: bytes, name: bytes) -> int | None:
    at = head.find(b"\r\n" + name)
    return None if at < 0 else int(head[at + 2 + len(name) :].split(b"\r\n", 1)[0])


@dataclass
class Tally:
    """What came of many requests: seconds each took, and how many failed or broke off."""

    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    failed: int = 0
    broken: int = 0

    def add(self, answer: Answer, seconds: float) -> None:
        """Count one."""
        self.times.append(seconds)
        self.failed += answer.status >= 400  # noqa: PLR2004
        self.broken += answer is BROKEN

    def percentile(self, share: float) -> float:
        """The time within which this share of requests was answered."""
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


async def closed_loop(host: str, port: int, requests: Sequence[bytes], connections: int, seconds: float) -> Tally:
    """Ask as fast as answers come."""
    tally, begin = Tally(), time.perf_counter()

    async def one(number: int) -> None:
        channel, mine = Channel(host, port), islice(cycle(requests), number % len(requests), None)
        while (now := time.perf_counter()) < begin + seconds:
            tally.add(await channel.ask(next(mine)), time.perf_counter() - now)
        channel.close()

    await asyncio.gather(*(one(number) for number in range(connections)))
    tally.seconds = time.perf_counter() - begin
    return tally


def arrivals(rate: float, seed: int) -> Iterator[float]:
    """Moments at which requests come, in seconds from the start: at random, as independent users do.

    Examples
    --------
    >>> moments = arrivals(100, seed=0)
    >>> 9 < [next(moments) for _ in range(1000)][-1] < 11
    True
    """
    draw, at = random.Random(seed), 0.0  # noqa: S311 (nothing secret)
    while True:
        at += draw.expovariate(rate)
        yield at


def main() -> None:
    """Run one closed loop as ``python -m benchmarks.serving.client HOST PORT CONNECTIONS SECONDS FILE…``, like wrk."""
    import sys  # noqa: PLC0415
    from pathlib import Path  # noqa: PLC0415

    host, port, connections, seconds, *paths = sys.argv[1:]
    requests = [Path(path).read_bytes() for path in paths]
    tally = asyncio.run(closed_loop(host, int(port), requests, int(connections), float(seconds)))
    figures = {"requests": len(tally.times), "seconds": tally.seconds, "failed": tally.failed, "broken": tally.broken}
    print("JSON" + json.dumps(figures | {"p50": tally.percentile(0.5), "p99": tally.percentile(0.99)}))


if __name__ == "__main__":
    main()
