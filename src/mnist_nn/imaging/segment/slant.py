"""Measures how far writing is slanted, and straightens unusually slanted writing.

Upright strokes fill few columns, while slanted ones spread over many. So the slant is the shear that gathers the ink in
the fewest columns (the largest sum of squares of the ink per column).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import ndimage

Floats = npt.NDArray[Any]


@dataclass(frozen=True)
class SlantParameters:
    """How far writing may lean, in columns per row. Chosen on MNIST's training digits (docs/explanation/reading.md)."""

    usual_slope: float = 0.3
    """Writing that leans at most this much, to either side, is left as it is, because MNIST contains it too."""
    furthest_slope: float = 1.2
    """Largest lean that is tried; nobody writes with more."""
    slope_step: float = 0.05
    """Step between the leans that are tried."""
    least_width_heights: float = 2.2
    """Least width, in heights: about three digits. The lean of a single digit, such as a 7, proves nothing."""
    sample_px: int = 4000
    """Pixels of ink that are examined at most; more would only take longer."""


SLANT = SlantParameters()


def measure_excess(ink: npt.NDArray[np.bool_], parameters: SlantParameters = SLANT) -> float:
    """Return how far the slant exceeds the usual one, in columns per row upwards; 0 for most writing.

    ``ink`` is bool of shape (height, width), without bare rows and columns around it.

    Examples
    --------
    >>> writing = np.zeros((40, 120), bool)
    >>> for row in range(40):
    ...     writing[row, [40 - row, 70 - row, 100 - row]] = True
    >>> round(measure_excess(writing), 2)
    0.7
    """
    lean = measure_lean(ink, parameters)
    return float(np.sign(lean) * max(0.0, abs(lean) - parameters.usual_slope))


def measure_lean(ink: npt.NDArray[np.bool_], parameters: SlantParameters = SLANT) -> float:
    """Return the slant of writing, in columns per row upwards; 0 if there is too little writing to tell.

    ``ink`` is bool of shape (height, width), without bare rows and columns around it.

    Examples
    --------
    >>> measure_lean(np.ones((40, 60), bool))
    0.0
    """
    p = parameters
    height, width = ink.shape
    if width < p.least_width_heights * height:
        return 0.0
    rows, columns = np.nonzero(ink)
    step = 1 + len(rows) // p.sample_px
    rows, columns = rows[::step], columns[::step]
    leans = np.arange(-p.furthest_slope, p.furthest_slope + p.slope_step / 2, p.slope_step)
    gathered = [_gather(columns + lean * rows, width / 400 + 1) for lean in leans]
    return float(leans[int(np.argmax(gathered))])


def _gather(columns: Floats, wide: float) -> float:
    """The sum of squares of the ink of each column."""
    counts = np.bincount(((columns - columns.min()) / wide).astype(np.intp))
    return float(np.square(counts, dtype=np.float64).sum())


def set_upright(ink: Floats, lean: float) -> Floats:
    """Shear ink back by this many columns per row, into a picture that is as wide as necessary.

    Examples
    --------
    >>> set_upright(np.eye(4)[::-1], 1.0)[:, 3].tolist()
    [1.0, 1.0, 1.0, 1.0]
    """
    height, width = ink.shape
    more = int(np.ceil(abs(lean) * (height - 1)))  # columns
    shift = -(lean * (height - 1) if lean < 0 else 0.0)
    back = np.array([[1.0, 0.0], [-lean, 1.0]])
    moved = ndimage.affine_transform(
        ink, back, np.array([0.0, -shift]), (height, width + more), order=1, mode="grid-constant"
    )
    return np.asarray(moved)
