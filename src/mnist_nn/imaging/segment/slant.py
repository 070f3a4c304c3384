"""How far writing leans, and how to set upright what leans further than people usually write.

Upright strokes fill few columns to the top; leaning ones spread over many. So the lean is the shear that gathers the
ink in the fewest columns (the greatest sum of squares of the ink of each column).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import ndimage

Floats = npt.NDArray[Any]


@dataclass(frozen=True)
class SlantParameters:
    """How far writing may lean, in columns per row. Chosen on MNIST's training digits (docs/reading.md)."""

    usual_slope: float = 0.3
    """Leans like this, to either side, are in MNIST and in what networks learn from it."""
    furthest_slope: float = 1.2
    """What leans further is no writing."""
    slope_step: float = 0.05
    """Between the leans that are tried."""
    least_width_heights: float = 2.2
    """About three digits: the lean of a single one, as of a 7, says nothing."""
    sample_px: int = 4000
    """Pixels of ink that are enough to tell."""


SLANT = SlantParameters()


def measure_excess(ink: npt.NDArray[np.bool_], parameters: SlantParameters = SLANT) -> float:
    """Return by how much the writing leans beyond the usual, in columns per row upwards: 0 for most writing.

    ``ink`` is bool of shape (height, width), without bare rows and columns around it.

    Examples
    --------
    >>> writing = np.zeros((40, 120), bool)
    >>> for row in range(40):
    ...     writing[row, [40 - row, 70 - row, 100 - row]] = True
    >>> round(measure_excess(writing), 2)
    0.7
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
    lean = float(leans[int(np.argmax(gathered))])
    return float(np.sign(lean) * max(0.0, abs(lean) - p.usual_slope))


def _gather(columns: Floats, wide: float) -> float:
    """The sum of squares of the ink of each column."""
    counts = np.bincount(((columns - columns.min()) / wide).astype(np.intp))
    return float(np.square(counts, dtype=np.float64).sum())


def set_upright(ink: Floats, lean: float) -> Floats:
    """Shear ink back by so many columns per row, into a picture as wide as it needs.

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
