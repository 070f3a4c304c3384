"""Ctrl-C during a training: the first stops it at the next safe point, the second at once.

SIGTERM counts as Ctrl-C. What is saved then is for the command.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def defer_interrupt() -> Iterator[list[bool]]:
    """Let the first Ctrl-C ask for a stop at the next safe point, and the second one interrupt at once."""
    asked: list[bool] = []

    def handler(_signal: int, _frame: Any) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(True)

    before = {number: signal.signal(number, handler) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked
    finally:
        for number, action in before.items():
            signal.signal(number, action)
