"""Gives pictures turns at reading, and limits how many are worked on at once and how many slow ones wait.

A picture has a turn while a page of it is decoded and read. Between two pages it goes to the end of the queue, and if
decoding takes long, it gives its turn to others meanwhile, so that no picture keeps others waiting for long. `pictures`
does the reading.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from threading import Condition

from starlette.exceptions import HTTPException

RETRY_SECONDS = 10  # until one of those that take long is likely to be done


class Turns:
    """Turns that threads take, first come, first served.

    Parameters
    ----------
    limit
        The number of pictures that have a turn at once. The same number may be aside, where they wait for something
        slow.

    Examples
    --------
    >>> turns = Turns(1)
    >>> with turns.turn(), turns.aside(), turns.turn():
    ...     pass  # in practice another thread takes the turn that was given away
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._changed = Condition()
        self._free = limit
        self._aside = 0
        self._queue: deque[object] = deque()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn, and keep it inside the block."""
        self._take()
        try:
            yield
        finally:
            self._give_back()

    def pass_on(self) -> None:
        """Give the turn to the next picture, and wait for another turn."""
        self._give_back()
        self._take()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Give the turn away inside the block, and wait for another one after it.

        Raises
        ------
        HTTPException
            503 if the limit of pictures that are aside is reached; the turn is kept.
        """
        with self._changed:
            if self._aside >= self.limit:
                raise HTTPException(
                    HTTPStatus.SERVICE_UNAVAILABLE,
                    f"{self._aside} other pictures that take long to decode are in progress, which is the limit "
                    "(--reading-limit); try again later, or send a simpler picture",
                    {"Retry-After": str(RETRY_SECONDS)},
                )
            self._aside += 1
        self._give_back()
        try:
            yield
        finally:
            self._take()
            with self._changed:
                self._aside -= 1

    def _take(self) -> None:
        ticket = object()
        with self._changed:
            self._queue.append(ticket)
            self._changed.wait_for(lambda: self._free and self._queue[0] is ticket)
            self._queue.popleft()
            self._free -= 1
            self._changed.notify_all()  # the next in the queue may go on too

    def _give_back(self) -> None:
        with self._changed:
            self._free += 1
            self._changed.notify_all()
