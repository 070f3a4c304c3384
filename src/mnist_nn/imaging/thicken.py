"""Thickens strokes that are much thinner than MNIST's, relative to the digit, because a network knows no thin strokes.

It comes before framing. The width of the pen is computed from whole numbers of pixels, and ink grows by the maximum
over a disk with a whole radius, so that another implementation gives the same values.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from mnist_nn.imaging.boxes import tight_window

Ink = npt.NDArray[Any]


@dataclass(frozen=True)
class PenParameters:
    """Limits for thin pens. The values were chosen on MNIST's training digits, and every export contains the same ones.

    A share is in thousandths of the longer side of a digit's box, so that all arithmetic uses whole numbers.
    """

    thin_per_mille: int = 43
    """A pen below this is thin, as in 30 of the 60,000 digits. Their median is 98, and the 5th percentile is 64."""
    target_per_mille: int = 100
    """The width that a thin pen gets. Of 400 digits drawn with pens of 14 to 40, 0.70 to 0.90 are accepted and right
    without thickening, 0.97 to 0.98 with a target of 70, and 0.98 to 0.99 with 100."""
    most_side_px: int = 160
    """Larger ink is first reduced by the maximum of blocks, which limits the time; framing needs 20."""


PEN = PenParameters()


def thicken(ink: Ink, parameters: PenParameters = PEN) -> Ink:
    """Thicken the strokes of a digit if its pen was thin; return other ink unchanged.

    The width of the pen is measured on the pixels with more than half of the strongest ink: twice their area divided by
    their perimeter, counted in pixels and in pixel edges.

    Parameters
    ----------
    ink
        Shape (height, width), bool or numbers, 0 for background.
    parameters
        The limits for thin pens, and their new width.

    Returns
    -------
    An array of the same dtype; its shape is different if strokes were thickened.

    Examples
    --------
    >>> thin = np.zeros((100, 60), np.uint8)
    >>> thin[10:90, 30:32] = 255
    >>> thick = thicken(thin)
    >>> thick.shape, int((thick[40] > 0).sum())
    ((86, 8), 8)
    >>> thicken(thick) is thick
    True
    """
    if not ink.any():
        return ink
    p, digit = parameters, ink[tight_window(ink)]
    area, perimeter, side = _measure(digit)
    if 2000 * area >= p.thin_per_mille * side * perimeter:
        return ink
    reduced = _reduce(digit, -(-max(digit.shape) // p.most_side_px))
    radius = _find_radius(*_measure(reduced), p.target_per_mille)
    return _grow(reduced, radius) if radius > 0 else ink


def measure_pen(ink: Ink) -> float:
    """Measure the width of the pen in pixels as `thicken` does: twice the area divided by the perimeter; 0 without ink.

    Examples
    --------
    >>> ink = np.zeros((28, 28), np.uint8)
    >>> ink[4:24, 12:15] = 255
    >>> round(measure_pen(ink), 2)
    2.61
    """
    area, perimeter, _ = _measure(ink) if ink.any() else (0, 1, 0)
    return 2 * area / perimeter


def _measure(ink: Ink) -> tuple[int, int, int]:
    """Return area, perimeter and longer side, in pixels, of everything with more than half of the strongest ink."""
    strokes = np.zeros([side + 2 for side in ink.shape], bool)
    strokes[1:-1, 1:-1] = 2 * ink.astype(np.float64) > ink.max()
    edges = np.count_nonzero(strokes[1:] != strokes[:-1]) + np.count_nonzero(strokes[:, 1:] != strokes[:, :-1])
    return int(np.count_nonzero(strokes)), int(edges), max(strokes[tight_window(strokes)].shape)


def _find_radius(area: int, perimeter: int, side: int, target_per_mille: int) -> int:
    """Return half of the width that the pen lacks, rounded to whole pixels."""
    lack = target_per_mille * side * perimeter - 2000 * area  # in thousandths of a pixel, times the perimeter
    return (lack + 1000 * perimeter) // (2000 * perimeter)


def _reduce(ink: Ink, block: int) -> Ink:
    """Reduce ink to the maximum of each square block of this size, starting at the upper left corner."""
    if block == 1:
        return ink
    height, width = (-(-length // block) for length in ink.shape)
    padded = np.pad(ink, [(0, height * block - ink.shape[0]), (0, width * block - ink.shape[1])])
    return np.asarray(padded.reshape(height, block, width, block).max(axis=(1, 3)))


def _grow(ink: Ink, radius: int) -> Ink:
    """Take the maximum over a disk around each pixel, row by row of the disk."""
    padded = np.pad(ink, radius)
    values = padded.astype(np.uint8) if padded.dtype == bool else padded
    grown = values.copy()
    for down in range(-radius, radius + 1):
        reach = int((radius * radius - down * down) ** 0.5)
        rows = ndimage.maximum_filter1d(values, 2 * reach + 1, axis=1, mode="constant")
        above, below = max(0, down), max(0, -down)
        target = grown[above : len(grown) - below]
        np.maximum(target, rows[below : len(rows) - above], out=target)
    return grown.astype(ink.dtype)
