"""Whether there may be decimal points or colons between the digits of a number: specks as large as a pen makes them.

They are not read, only counted, so that a number is not accepted without its point.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from mnist_nn.imaging.boxes import tight_window
from mnist_nn.imaging.components import Bools, find_components


@dataclass(frozen=True)
class PointParameters:
    """How large a point is. Chosen on drawn papers (docs/reading.md)."""

    least_thicknesses: float = 0.6
    """Least size of a point both ways, in the thickness of the strokes,"""
    least_px: float = 3
    """and in pixels: dust is smaller."""
    largest_thicknesses: float = 2.0
    """Largest size, in the thickness of the strokes."""
    inner_share: float = 0.9
    """Of the pixels of strokes are nearer to their rims than the pen's middle, which tells its thickness."""


POINTS = PointParameters()


def count_points(strokes: Bools, specks: Bools, parameters: PointParameters = POINTS) -> int:
    """Count the specks in the gaps of a number that are as large as a point: decimals and times have some.

    Parameters
    ----------
    strokes, specks
        bool of shape (height, width), the window of a number: its ink, and what was dropped.
    parameters
        How large a point is.

    Examples
    --------
    >>> strokes, specks = np.zeros((2, 40, 60), bool)
    >>> strokes[5:35, 5:10] = strokes[5:35, 45:50] = specks[30:35, 25:30] = True
    >>> count_points(strokes, specks)
    1
    """
    if not specks.any():
        return 0
    p = parameters
    found, gaps = find_components(specks), ~np.asarray(strokes.any(axis=0))
    thick = 2 * float(np.quantile(ndimage.distance_transform_edt(strokes)[strokes], p.inner_share))
    rows, columns = tight_window(strokes)
    wide = found.boxes[:, 2] - found.boxes[:, 0]
    large = np.minimum(wide, found.heights) >= max(p.least_px, p.least_thicknesses * thick)
    large &= np.maximum(wide, found.heights) <= p.largest_thicknesses * thick
    return sum(
        bool(gaps[int(left) : int(right)].all() and columns.start < left < columns.stop and rows.start < bottom)
        for left, _, right, bottom in found.boxes[large]
    )
