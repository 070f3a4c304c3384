"""The tight box around ink.

Cutting, framing and drawing share this module, which needs only NumPy.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt


def tight_window(ink: npt.NDArray[Any]) -> tuple[slice, slice]:
    """Return the rows and columns of the tight box around everything that is not 0; there must be something.

    Examples
    --------
    >>> tight_window(np.array([[0, 0, 0], [0, 1, 1]]))
    (slice(1, 2, None), slice(1, 3, None))
    """
    rows, columns = (_span(np.asarray(ink.any(axis=axis))) for axis in (1, 0))
    return rows, columns


def _span(there: npt.NDArray[np.bool_]) -> slice:
    """Return the slice from the first True to the last."""
    return slice(int(there.argmax()), len(there) - int(there[::-1].argmax()))


def enclose_windows(windows: Iterable[tuple[slice, ...]]) -> tuple[slice, slice]:
    """Return the rows and columns that enclose several windows; there must be at least one window.

    Examples
    --------
    >>> enclose_windows([(slice(1, 5), slice(7, 9)), (slice(3, 6), slice(2, 8))])
    (slice(1, 6, None), slice(2, 9, None))
    """
    rows, columns = (
        slice(min(side.start for side in sides), max(side.stop for side in sides))
        for sides in zip(*windows, strict=True)
    )
    return rows, columns
