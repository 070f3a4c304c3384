"""Ctrl-C and the other signals that ask a program to end: it stops at once while starting, and cleanly later.

SIGTERM counts as Ctrl-C, and so does SIGHUP, which arrives when a terminal or a connection closes. Windows has no
SIGHUP and ends processes without SIGTERM. A signal that is already ignored, like SIGHUP under nohup, stays ignored.
Each command decides what to do when it is interrupted.
"""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from mnist_nn.cli.common.exit_codes import INTERRUPTED

SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
"""The signals that ask a program to end, as far as the operating system has them."""
Handler = Callable[[int, Any], None]


def stop_at_once(_signal: int, _frame: Any) -> None:
    """End the process with a one-line message. Use only while no work is in progress: no file is closed or removed."""
    with suppress(OSError):
        os.write(2, b"mnist-nn: stopped at once; nothing more was saved\n")
    os._exit(INTERRUPTED)


def interrupt(_signal: int, _frame: Any) -> None:
    """Raise KeyboardInterrupt, as Python does for Ctrl-C alone."""
    raise KeyboardInterrupt


def listen(handler: Handler, *, even_ignored: tuple[int, ...] = ()) -> dict[int, Any]:
    """Install a handler for the signals that are not ignored, and for those named; return the previous handlers."""
    if threading.current_thread() is not threading.main_thread():  # where Python hears no signals
        return {}
    heard = [number for number in SIGNALS if number in even_ignored or signal.getsignal(number) is not signal.SIG_IGN]
    return {number: signal.signal(number, handler) for number in heard}


@contextmanager
def hearing(handler: Handler, *, even_ignored: tuple[int, ...] = ()) -> Iterator[None]:
    """Install a handler for the signals until the block ends; see `listen`."""
    before = listen(handler, even_ignored=even_ignored)
    try:
        yield
    finally:
        for number, action in before.items():
            signal.signal(number, action)
