"""Finds where touching digits could be cut apart: seams from top to bottom that cross the least ink.

A seam is a path of one pixel per row that may step sideways, so it follows slanted and curved gaps. It costs the ink
that it crosses plus a little for each sidestep. Dynamic programming finds the cheapest seam through every pixel of the
middle row in two passes over the rows. Large ink is reduced first, because a cut need not be finer. The readers decide
which cuts to make.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

LONGER_DIAGONAL = 2**0.5 - 1  # a sidestep goes through so much more ink than a step straight down

Floats = npt.NDArray[Any]


@dataclass(frozen=True)
class CutParameters:
    """Parameters for seams.

    Chosen on pages made of MNIST's training digits (docs/explanation/reading.md).
    """

    rows_enough_px: int = 48
    """Higher ink is reduced to about this many rows, because a cut need not be finer."""
    sidestep_cost_px: float = 0.15
    """Cost of a step to the side, in pixels of ink: a seam bends only where that saves ink."""
    row_cost_px: float = 0.01
    """Cost of each row, with or without ink, so that the straightest of several seams through paper is the cheapest."""
    apart_heights: float = 0.15
    """Least distance of two seams, in heights of a digit."""
    dearest_heights: float = 0.8
    """Most ink that a seam may cross, in heights of a digit. A seam that follows a whole stroke is not a cut."""
    margin_heights: float = 0.07
    """Least width of what remains on each side of a seam, in heights of a digit."""


CUTS = CutParameters()


@dataclass(frozen=True, eq=False)
class Seam:
    """One possible cut."""

    columns: npt.NDArray[np.intp]
    """Shape (height,): the column of each row."""
    cost: float
    """The ink that it crosses, in heights of a digit."""


def find_seams(ink: npt.NDArray[np.bool_], height_px: float, most: int, parameters: CutParameters = CUTS) -> list[Seam]:
    """Find at most ``most`` best ways to cut ink into a left and a right part, from left to right.

    Parameters
    ----------
    ink
        bool of shape (height, width).
    height_px
        Height of a digit, in pixels of ``ink``.
    most
        Largest number of seams.
    parameters
        The costs of a seam.

    Examples
    --------
    >>> ink = np.zeros((20, 27), bool)
    >>> ink[:, :3] = ink[:, 24:] = ink[9] = ink[10, :12] = ink[10, 16:] = True
    >>> [(int(seam.columns[0]), seam.cost) for seam in find_seams(ink, 20.0, 1)]
    [(12, 0.05)]
    """
    factor = -(-len(ink) // parameters.rows_enough_px)
    found = _find_reduced(_reduce(ink, factor), height_px / factor, most, parameters)
    rows = np.minimum(np.arange(len(ink)) // factor, -(-len(ink) // factor) - 1)
    return [Seam(seam.columns[rows] * factor + factor // 2, seam.cost) for seam in found]


def _reduce(ink: npt.NDArray[np.bool_], factor: int) -> Floats:
    """The share of ink in each block of pixels."""
    if factor == 1:
        return ink.astype(np.float64)
    return np.asarray(Image.fromarray(ink.view(np.uint8) * np.uint8(255)).reduce(factor)) / 255.0


def _find_reduced(ink: Floats, height: float, most: int, p: CutParameters) -> list[Seam]:
    price = ink + p.row_cost_px
    down, up = _add_up(price, p), _add_up(price[::-1], p)[::-1]
    middle = len(ink) // 2
    through = down[middle] + up[middle] - price[middle]
    margin = max(1, round(p.margin_heights * height))
    through[:margin] = through[len(through) - margin :] = np.inf
    found: list[Seam] = []
    while len(found) < most and through.min() <= p.dearest_heights * height:
        column = int(through.argmin())
        above = _trace(down[: middle + 1][::-1], price[: middle + 1][::-1], column, p)[::-1]
        columns = np.concatenate([above, _trace(up[middle:], price[middle:], column, p)[1:]])
        found.append(Seam(columns, float(ink[np.arange(len(ink)), columns].sum() / height)))
        apart = round(p.apart_heights * height)
        through[max(0, column - apart) : column + apart + 1] = np.inf
    return sorted(found, key=lambda seam: float(seam.columns.mean()))


def _add_up(price: Floats, p: CutParameters) -> Floats:
    """The price of the cheapest way from the first row to every pixel."""
    total = np.pad(price, ((0, 0), (1, 1)), constant_values=np.inf)
    for before, row in pairwise(total):
        sideways = np.minimum(before[:-2], before[2:]) + p.sidestep_cost_px + LONGER_DIAGONAL * row[1:-1]
        row[1:-1] += np.minimum(before[1:-1], sideways)
    return total[:, 1:-1]


def _trace(totals: Floats, price: Floats, column: int, p: CutParameters) -> npt.NDArray[np.intp]:
    """Walk from a pixel of the first row given along the way that led to it."""
    columns = [column]
    for before, paid in zip(totals[1:], price, strict=False):
        start = max(0, column - 1)
        sidestep = p.sidestep_cost_px + LONGER_DIAGONAL * paid[column]
        near = before[start : column + 2] + sidestep
        near[column - start] -= sidestep
        column = start + int(near.argmin())
        columns.append(column)
    return np.array(columns)
