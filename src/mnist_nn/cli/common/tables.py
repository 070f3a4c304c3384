"""How results look in a terminal: formatted values and tables. Nothing is computed here."""

import sys
from collections.abc import Sequence
from copy import copy
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from mnist_nn.cli.common import terminal
from mnist_nn.cli.common.terminal import printable

if TYPE_CHECKING:
    from mnist_nn.evaluation.comparison import Summary

PIPE_WIDTH = 1_000_000  # columns where nobody's window sets a limit: all are written side by side
GAP = 2  # columns of a terminal between two of a table
NARROWEST = 12  # of a first column that is folded


def console() -> Console:
    """Return a console for standard output; it drops colour and bold where only plain text may be written."""
    width = None if sys.stdout.isatty() else PIPE_WIDTH
    return Console(highlight=False, soft_wrap=True, width=width, color_system=None if terminal.is_plain() else "auto")


def table(*columns: str, **options: Any) -> Table:
    """Make a plain table with the first column aligned left and the others aligned right."""
    made = Table(box=None, pad_edge=False, header_style="bold", **options)
    for number, column in enumerate(columns):
        made.add_column(column, justify="right" if number else "left", no_wrap=number > 0, overflow="fold")
    return made


def print_table(out: Console, made: Table) -> None:
    """Print a whole table; one that is too wide for the terminal is split into blocks, each with the first column.

    A row's name may be wrapped, but no other cell is ever cut: the terminal itself wraps a column that is too wide.
    """
    first, *others = made.columns
    widths = [_measure(out, column) + GAP for column in others]
    name = min(_measure(out, first), max(NARROWEST, out.width - sum(widths)))
    for number, block in enumerate(_divide(widths, out.width - name)):
        part = copy(made)
        part.columns = [first, *(others[index] for index in block)]
        needed = name + sum(widths[index] for index in block)
        part.width = needed if needed > out.width else None
        if number:
            out.print()
        out.print(part)


def _measure(out: Console, column: Column) -> int:
    """Return how many terminal columns the widest cell takes."""
    return max(out.measure(cell).maximum for cell in (column.header, *column.cells))


def _divide(widths: Sequence[int], room: int) -> list[list[int]]:
    """Divide columns into blocks that fit, in order, with at least one column in each.

    Examples
    --------
    >>> _divide([5, 5, 5], 10), _divide([50], 10), _divide([], 10)
    ([[0, 1], [2]], [[0]], [[]])
    """
    blocks: list[list[int]] = [[]]
    for index, width in enumerate(widths):
        if blocks[-1] and sum(widths[i] for i in blocks[-1]) + width > room:
            blocks.append([])
        blocks[-1].append(index)
    return blocks


def foreign(text: object) -> str:
    r"""Escape text from outside for a cell, so that it is neither markup nor a terminal control sequence.

    Examples
    --------
    >>> foreign("[bold]\x1b[2J")
    '\\[bold]\\x1b[2J'
    """
    return escape(printable(str(text)))


def percent(share: float) -> str:
    """Format a share as a percentage with two decimals.

    Examples
    --------
    >>> percent(0.94567)
    '94.57 %'
    """
    return f"{100 * share:.2f} %"


def spread(summary: "Summary") -> str:
    """Format the mean of some shares, with their standard deviation if there are several, in few characters.

    Examples
    --------
    >>> from mnist_nn.evaluation.comparison import summarize
    >>> spread(summarize([0.94, 0.95])), spread(summarize([0.94]))
    ('94.50 ± 0.71 %', '94.00 %')
    """
    if summary.deviation is None:
        return percent(summary.mean)
    return f"{100 * summary.mean:.2f} ± {100 * summary.deviation:.2f} %"


def mean_with_deviation(summary: "Summary") -> str:
    """Format as `spread` does, and say what it is and of how many seeds.

    Examples
    --------
    >>> from mnist_nn.evaluation.comparison import summarize
    >>> mean_with_deviation(summarize([0.94, 0.95]))
    '94.50 ± 0.71 %  (mean ± standard deviation of 2 seeds)'
    """
    what = "1 seed" if summary.deviation is None else f"mean ± standard deviation of {summary.count} seeds"
    return f"{spread(summary)}  ({what})"


def interval(low: float, high: float) -> str:
    """Format a 95 % interval.

    Examples
    --------
    >>> interval(0.94, 0.95)
    '95 % interval 94.00 to 95.00 %'
    """
    return f"95 % interval {100 * low:.2f} to {100 * high:.2f} %"


def duration(seconds: float) -> str:
    """Format seconds the way a person would say them.

    Examples
    --------
    >>> duration(0.52), duration(75), duration(7260)
    ('0.52 s', '1 min 15 s', '2 h 1 min')
    """
    if seconds < 60:
        return f"{seconds:.2f} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
