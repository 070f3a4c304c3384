"""Otsu's method: splits a histogram into the two classes that differ most."""

from typing import Any

import numpy as np
import numpy.typing as npt

GREY_LEVELS = 256


def otsu_split(counts: npt.NDArray[Any]) -> int:
    """Return the last bin of the lower class.

    The split maximizes the variance between the classes (N. Otsu, *A threshold selection method from gray-level
    histograms*, IEEE Transactions on Systems, Man, and Cybernetics 9, 1979).

    Examples
    --------
    >>> otsu_split(np.array([5, 9, 1, 0, 0, 2, 6, 1]))
    2
    """
    total, sums = np.cumsum(counts), np.cumsum(counts * np.arange(len(counts)))
    below, above = total[:-1], total[-1] - total[:-1]
    means = sums[:-1] / np.maximum(below, 1), (sums[-1] - sums[:-1]) / np.maximum(above, 1)
    return int((below * above * (means[0] - means[1]) ** 2.0).argmax())
