"""Ctrl-C during training: the first one stops it at the next safe point, the second one at once.

SIGTERM and SIGHUP count as Ctrl-C. The command decides what to save.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mnist_nn.cli.common.interruption import hearing


@contextmanager
def defer_interrupt() -> Iterator[list[bool]]:
    """Make the first Ctrl-C request a stop at the next safe point, and the second one interrupt at once.

    A shell script starts its background jobs with Ctrl-C ignored. Training reacts to it all the same, because whoever
    sends it by hand wants the work saved.
    """
    asked: list[bool] = []

    def handler(_signal: int, _frame: Any) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(True)

    with hearing(handler, even_ignored=(signal.SIGINT, signal.SIGTERM)):
        yield asked
