"""Handles standard output and standard error that are closed, full, or gone with their terminal.

A message that cannot be written must not end a command, nor end up in a file that the command writes. Printing a result
may fail, however; see `mnist_nn.cli.program`.
"""

import io
import os
import sys
from typing import Any

STANDARD = (0, 1, 2)


class _Forgiving(io.FileIO):
    """A file whose writes never fail: text that cannot be written is dropped."""

    def write(self, data: Any) -> int:
        try:
            written = super().write(data)
        except OSError:
            written = None
        return len(memoryview(data)) if written is None else written


def mend() -> None:
    """Redirect closed streams to nowhere, and let no message on standard error fail.

    A Windows console is left unchanged: it takes characters, not bytes.
    """
    for descriptor in STANDARD:
        _occupy(descriptor)
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - for the whole process
    if sys.stderr is not None and os.name != "posix":
        return
    encoding = "utf-8" if sys.stderr is None else sys.stderr.encoding
    buffer = io.BufferedWriter(_Forgiving(2, "w", closefd=False))
    sys.stderr = io.TextIOWrapper(buffer, encoding, errors="replace", line_buffering=True, write_through=True)


def _occupy(descriptor: int) -> None:
    """Open a closed standard stream; otherwise the next file opened would take its number and receive the messages."""
    try:
        os.fstat(descriptor)
    except OSError:
        nowhere = os.open(os.devnull, os.O_RDWR)  # the lowest number that is free
        os.set_inheritable(nowhere, True)
