"""Where digits that touch could be cut apart: the seams from top to bottom that cross the least ink.

A seam is a path of one pixel a row that may step sideways, so it follows slanted and curved gaps. Its price is the
ink that it crosses and a little for each sidestep; the cheapest seam through every pixel of the middle row is found in
two passes over the rows (dynamic programming). Large ink is looked at in reduced size: a cut need not be finer.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

FINE = 48  # rows that are enough to find a seam
SIDESTEP = 0.15  # pixels of ink that a step to the side costs
LONGER = 2**0.5 - 1  # a sidestep goes through so much more ink
WANDERING = 0.01  # and that each row costs, ink or not
APART = 0.15  # least distance of two seams, in heights of a digit
DEAREST = 0.8  # most ink that a seam may cross, in heights of a digit
MARGIN = 0.07  # of a digit's height that has to be left on both sides of a seam

Floats = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Seam:
    """One possible cut: the column of each row, and the ink it crosses in heights of a digit."""

    columns: npt.NDArray[np.intp]
    cost: float


def seams(ink: npt.NDArray[np.bool_], height: float, most: int) -> list[Seam]:
    """Find the best ways to cut ink into a left and a right part, from left to right.

    Examples
    --------
    >>> ink = np.zeros((20, 27), bool)
    >>> ink[:, :3] = ink[:, 24:] = ink[9] = ink[10, :12] = ink[10, 16:] = True
    >>> [(int(seam.columns[0]), seam.cost) for seam in seams(ink, 20.0, 1)]
    [(12, 0.05)]
    """
    factor = -(-len(ink) // FINE)
    found = _seams(_reduced(ink, factor), height / factor, most)
    rows = np.minimum(np.arange(len(ink)) // factor, -(-len(ink) // factor) - 1)
    return [Seam(seam.columns[rows] * factor + factor // 2, seam.cost) for seam in found]


def _reduced(ink: npt.NDArray[np.bool_], factor: int) -> Floats:
    """The share of ink in each block of pixels."""
    if factor == 1:
        return ink.astype(np.float64)
    return np.asarray(Image.fromarray(ink.view(np.uint8) * np.uint8(255)).reduce(factor)) / 255.0


def _seams(ink: Floats, height: float, most: int) -> list[Seam]:
    price = ink + WANDERING
    down, up = _cheapest(price), _cheapest(price[::-1])[::-1]
    middle = len(ink) // 2
    through = down[middle] + up[middle] - price[middle]
    margin = max(1, round(MARGIN * height))
    through[:margin] = through[len(through) - margin :] = np.inf
    found: list[Seam] = []
    while len(found) < most and through.min() <= DEAREST * height:
        column = int(through.argmin())
        above = _trace(down[: middle + 1][::-1], price[: middle + 1][::-1], column)[::-1]
        columns = np.concatenate([above, _trace(up[middle:], price[middle:], column)[1:]])
        found.append(Seam(columns, float(ink[np.arange(len(ink)), columns].sum() / height)))
        apart = round(APART * height)
        through[max(0, column - apart) : column + apart + 1] = np.inf
    return sorted(found, key=lambda seam: float(seam.columns.mean()))


def _cheapest(price: Floats) -> Floats:
    """The price of the cheapest way from the first row to every pixel."""
    total = np.pad(price, ((0, 0), (1, 1)), constant_values=np.inf)
    for before, row in pairwise(total):
        sideways = np.minimum(before[:-2], before[2:]) + SIDESTEP + LONGER * row[1:-1]
        row[1:-1] += np.minimum(before[1:-1], sideways)
    return total[:, 1:-1]


def _trace(totals: Floats, price: Floats, column: int) -> npt.NDArray[np.intp]:
    """Walk from a pixel of the first row given along the way that led to it."""
    columns = [column]
    for before, paid in zip(totals[1:], price, strict=False):
        start = max(0, column - 1)
        sidestep = SIDESTEP + LONGER * paid[column]
        near = before[start : column + 2] + sidestep
        near[column - start] -= sidestep
        column = start + int(near.argmin())
        columns.append(column)
    return np.array(columns)
