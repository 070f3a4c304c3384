"""The tight box around ink.

It is a leaf that cutting, framing and drawing share, and it needs nothing but NumPy.
"""

from typing import Any

import numpy as np
import numpy.typing as npt


def tight_window(ink: npt.NDArray[Any]) -> tuple[slice, slice]:
    """Return the rows and columns of the tight box around whatever is not 0; there must be some.

    Examples
    --------
    >>> tight_window(np.array([[0, 0, 0], [0, 1, 1]]))
    (slice(1, 2, None), slice(1, 3, None))
    """
    rows, columns = (np.flatnonzero(ink.any(axis=axis)) for axis in (1, 0))
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)
