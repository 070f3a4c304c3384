"""How long tests wait: until something is so, however long that takes on a busy machine, and never for ever."""

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

PATIENCE = 240.0  # seconds for anything that takes a quiet machine a few

Value = TypeVar("Value")


def wait_for(ask: Callable[[], Value], never: str | Callable[[], str]) -> Value:
    """Wait until a function gives something that is true, and return it; where it never does, say so."""
    end = time.monotonic() + PATIENCE
    while not (value := ask()):
        assert time.monotonic() < end, never if isinstance(never, str) else never()
        time.sleep(0.02)
    return value


@contextmanager
def ended(process: subprocess.Popen[Any], how: signal.Signals = signal.SIGTERM) -> Iterator[None]:
    """Tell a program in the end that it is to end, and see that it does, whatever goes wrong here or there."""
    with process:
        try:
            yield
        finally:
            process.send_signal(how)
            try:
                process.wait(PATIENCE)
            finally:
                process.kill()
