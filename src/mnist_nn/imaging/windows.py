"""Cuts windows from a line: the inputs of a network, one after another, as it moves along the line.

A line is a map of ink with 32 rows. Windows overlap, and the first and the last extend over the ends into paper. No
network is used here.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class WindowShape:
    """The size and position of windows on a line.

    docs/explanation/reading.md explains the values.

    ``rows``
        Height of a line in pixels: digits have about 24, which leaves room for tails above and below.
    ``columns``
        Width of a window in pixels: a digit of average width, with half of its neighbour on each side.
    ``step``
        Pixels from one window to the next. A 1 with its gap is about 8 wide, so that every digit has four steps, and
        the blank between two equal digits has its own step.
    """

    rows: int = 32
    columns: int = 36
    step: int = 2

    @property
    def left(self) -> int:
        """Number of empty columns before the line; they centre window t on the columns of step t.

        Examples
        --------
        >>> WindowShape().left
        17
        """
        return (self.columns - self.step) // 2

    @property
    def inputs(self) -> int:
        """Number of pixels in a window.

        Examples
        --------
        >>> WindowShape().inputs
        1152
        """
        return self.rows * self.columns

    def steps(self, widths: Any) -> Any:
        """Return the number of windows for lines of these widths in pixels (a number or an array).

        Examples
        --------
        >>> WindowShape().steps(101)
        50
        """
        return widths // self.step


WINDOWS = WindowShape()


def cut_windows(line: Pixels, shape: WindowShape = WINDOWS) -> Pixels:
    """Return the windows of one line.

    Parameters
    ----------
    line
        Ink, uint8 (rows, width), 0 for paper.
    shape
        The size and position of windows.

    Returns
    -------
    uint8 (steps, rows × columns), row after row of each window.

    Examples
    --------
    >>> cut_windows(np.full((32, 10), 255, np.uint8)).shape
    (5, 1152)
    """
    return cut_windows_of_lines(line[None], np.array([line.shape[1]]), shape)


def cut_windows_of_lines(maps: Pixels, widths: npt.NDArray[np.integer[Any]], shape: WindowShape = WINDOWS) -> Pixels:
    """Return the windows of many lines, those of each line after those of the line before.

    Parameters
    ----------
    maps
        Ink, uint8 (lines, rows, greatest width), 0 for paper, also after a line's end.
    widths
        Width of each line in pixels, whole numbers, shape (lines,).
    shape
        The size and position of windows.

    Returns
    -------
    uint8 (all steps, rows × columns), row after row of each window.

    Examples
    --------
    >>> cut_windows_of_lines(np.zeros((2, 32, 10), np.uint8), np.array([10, 6])).shape
    (8, 1152)
    """
    lines, rows, width = maps.shape
    padded = np.zeros((lines, rows, width + shape.columns), np.uint8)
    padded[:, :, shape.left : shape.left + width] = maps
    seen = np.lib.stride_tricks.sliding_window_view(padded, shape.columns, axis=2)[:, :, :: shape.step]
    steps = shape.steps(widths)
    found = np.empty((int(steps.sum()), rows, shape.columns), np.uint8)
    start = 0
    for line, count in zip(seen, steps.tolist(), strict=True):
        found[start : start + count] = line[:, :count].swapaxes(0, 1)
        start += count
    return found.reshape(-1, rows * shape.columns)
