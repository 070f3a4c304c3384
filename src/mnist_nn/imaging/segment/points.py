"""Finds where there may be points or colons between the digits of a number.

Specks as large as those of a pen are only found, not read, so that a number is not accepted without its point.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from mnist_nn.imaging.boxes import tight_window
from mnist_nn.imaging.components import Bools, find_components


@dataclass(frozen=True)
class PointParameters:
    """The size of a point. Chosen on drawn papers (docs/explanation/reading.md)."""

    least_thicknesses: float = 0.6
    """Least size of a point in both directions, in thicknesses of the strokes."""
    least_px: float = 3
    """Least size of a point in pixels: dust is smaller."""
    largest_thicknesses: float = 2.0
    """Largest size, in the thickness of the strokes."""
    inner_share: float = 0.9
    """This share of the strokes' pixels is nearer to an edge than the middle of the pen, which gives its thickness."""


POINTS = PointParameters()


def locate_points(strokes: Bools, specks: Bools, parameters: PointParameters = POINTS) -> tuple[float, ...]:
    """Find the specks in the gaps of a number that are as large as a point: the column of each one's middle.

    Parameters
    ----------
    strokes, specks
        bool of shape (height, width), the window of a number: its ink, and the specks that were dropped.
    parameters
        How large a point is.

    Examples
    --------
    >>> strokes, specks = np.zeros((2, 40, 60), bool)
    >>> strokes[5:35, 5:10] = strokes[5:35, 45:50] = specks[30:35, 25:30] = True
    >>> locate_points(strokes, specks)
    (27.5,)
    """
    if not specks.any():
        return ()
    p = parameters
    found, gaps = find_components(specks), ~np.asarray(strokes.any(axis=0))
    thick = 2 * float(np.quantile(ndimage.distance_transform_edt(strokes)[strokes], p.inner_share))
    rows, columns = tight_window(strokes)
    wide = found.boxes[:, 2] - found.boxes[:, 0]
    large = np.minimum(wide, found.heights) >= max(p.least_px, p.least_thicknesses * thick)
    large &= np.maximum(wide, found.heights) <= p.largest_thicknesses * thick
    return tuple(
        float(left + right) / 2
        for left, _, right, bottom in found.boxes[large]
        if gaps[int(left) : int(right)].all() and columns.start < left < columns.stop and rows.start < bottom
    )
