"""How long tests wait: until something is so, however long that takes on a busy machine, and never for ever."""

import time
from collections.abc import Callable
from typing import TypeVar

PATIENCE = 240.0  # seconds for anything that takes a quiet machine a few

Value = TypeVar("Value")


def wait_for(ask: Callable[[], Value], never: str | Callable[[], str]) -> Value:
    """Wait until a function gives something that is true, and return it; where it never does, say so."""
    end = time.monotonic() + PATIENCE
    while not (value := ask()):
        assert time.monotonic() < end, never if isinstance(never, str) else never()
        time.sleep(0.02)
    return value
