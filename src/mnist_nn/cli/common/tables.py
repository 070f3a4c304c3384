"""How results look in a terminal: small pieces of text and tables, nothing computed."""

import sys
from typing import Any

from rich.console import Console
from rich.table import Table

from mnist_nn.cli.common import terminal

PIPE_WIDTH = 200  # columns where nobody's window sets a limit


def console() -> Console:
    """Return a console for standard output; it drops colour and bold where only letters may be written."""
    width = None if sys.stdout.isatty() else PIPE_WIDTH
    return Console(highlight=False, soft_wrap=True, width=width, color_system=None if terminal.is_plain() else "auto")


def table(*columns: str, **options: Any) -> Table:
    """Make a plain table: the first column to the left, the others to the right."""
    made = Table(box=None, pad_edge=False, header_style="bold", **options)
    for number, column in enumerate(columns):
        made.add_column(column, justify="right" if number else "left", no_wrap=number > 0, overflow="fold")
    return made


def percent(share: float) -> str:
    """Write a share with two decimals.

    Examples
    --------
    >>> percent(0.94567)
    '94.57 %'
    """
    return f"{100 * share:.2f} %"


def interval(low: float, high: float) -> str:
    """Write a 95 % interval.

    Examples
    --------
    >>> interval(0.94, 0.95)
    '95 % interval 94.00 to 95.00 %'
    """
    return f"95 % interval {100 * low:.2f} to {100 * high:.2f} %"


def duration(seconds: float) -> str:
    """Write seconds as a person would say them.

    Examples
    --------
    >>> duration(0.52), duration(75), duration(7260)
    ('0.52 s', '1 min 15 s', '2 h 1 min')
    """
    if seconds < 60:
        return f"{seconds:.2f} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
