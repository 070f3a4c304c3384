"""Thin runs of ink and straight lines through points, for all modules that look for printed lines.

It does not know about pages.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import ndimage

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
FIT_ROUNDS = 3  # each without what lay too far from the last
NEAR_PX = 0.75  # points so near always count: pixels are no finer


def keep_thin(mask: Bools, thickness: int) -> Bools:
    """Keep the ink in vertical runs that are no longer than this.

    Examples
    --------
    >>> mask = np.array([[1, 1, 0], [1, 1, 1], [1, 0, 0]], bool)
    >>> keep_thin(mask, 2).astype(int).tolist()
    [[0, 1, 0], [0, 1, 1], [0, 0, 0]]
    """
    size = thickness + 1  # a filter of even size reaches one farther to one side; the second one reaches back
    eroded = ndimage.minimum_filter1d(mask.view(np.uint8), size, axis=0, mode="constant")
    back = -1 if size % 2 == 0 else 0
    opened = ndimage.maximum_filter1d(eroded, size, axis=0, mode="constant", origin=back).astype(bool)
    return np.asarray(mask & ~opened)


def fit_line(x: Floats, y: Floats) -> tuple[float, float]:
    """Return the slope and the value at 0 of the straight line through most points.

    Examples
    --------
    >>> slope, middle = fit_line(np.arange(6.0), np.array([1.0, 1.5, 2.0, 2.5, 3.0, 9.0]))
    >>> round(slope, 2), round(middle, 2)
    (0.5, 1.0)
    """
    near = np.ones(len(x), bool)
    for _ in range(FIT_ROUNDS):
        inside, values = x[near], y[near]
        centre = inside.mean()
        away = inside - centre
        slope = float((away * values).sum() / max((away**2).sum(), 1e-9))
        middle = float(values.mean() - slope * centre)
        distance = abs(y - middle - slope * x)
        last, near = near, distance <= max(NEAR_PX, 2 * middle_of(distance))
        if (near == last).all():
            break
    return slope, middle


def middle_of(values: npt.NDArray[Any]) -> float:
    """Return the median like `numpy.median`, but ten times as fast for the few values of a stroke.

    Examples
    --------
    >>> middle_of(np.array([3, 1, 2])), middle_of(np.array([3, 1, 2, 4]))
    (2.0, 2.5)
    """
    ordered = np.sort(values)
    return float(ordered[(len(values) - 1) // 2] + ordered[len(values) // 2]) / 2
