"""What the user's terminal can show: whether a progress bar may be drawn, and whether colour may be used.

With ``NO_COLOR`` or ``TERM=dumb`` no escape sequences are written at all, and therefore no progress bar, which needs
them. ``FORCE_COLOR`` asks for colour even in a pipe.
"""

import os
import sys
from typing import TextIO
from unicodedata import category

OBEYED = ("Cc", "Cf", "Cs", "Zl", "Zp")  # Unicode's controls, directions of writing, halves of letters, ends of lines
PLAIN_TERMINALS = ("dumb", "unknown")


def is_plain() -> bool:
    """Say whether only plain text may be written: no colour, no bold, no cursor movement."""
    return bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM", "").lower() in PLAIN_TERMINALS


def printable(text: str) -> str:
    r"""Escape control sequences, for example in a file name, so that the terminal shows them instead of obeying them.

    Examples
    --------
    >>> print(printable("a\x1b[2Jb\n"), end="")
    a\x1b[2Jb
    """
    if text.isprintable():
        return text
    return "".join(repr(c)[1:-1] if category(c) in OBEYED and c != "\n" else c for c in text)


def say(*values: object, file: TextIO | None = None, sep: str = " ", end: str = "\n", flush: bool = False) -> None:
    """Print like ``print``, but escape control sequences first."""
    print(printable(sep.join(map(str, values))), file=file, end=end, flush=flush)


def can_draw() -> bool:
    """Say whether a progress bar may be drawn on standard error."""
    return sys.stderr.isatty() and not is_plain()
