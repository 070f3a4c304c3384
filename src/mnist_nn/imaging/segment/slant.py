"""How far writing leans, and how to set upright what leans further than people usually write.

Upright strokes fill few columns to the top; leaning ones spread over many. So the lean is the shear that gathers the
ink in the fewest columns (the greatest sum of squares of the ink of each column).
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import ndimage

USUAL = 0.3  # columns a row, to either side: leans like this are in MNIST and in what networks learn from it
FURTHEST = 1.2  # columns a row: what leans further is no writing
STEP = 0.05
LEAST_WIDTH = 2.2  # in heights, of about three digits: the lean of a single one, as of a 7, says nothing
MANY = 4000  # pixels of ink are enough to tell

Floats = npt.NDArray[Any]


def excess(ink: npt.NDArray[np.bool_]) -> float:
    """Return by how much the writing leans beyond the usual, in columns a row upwards: 0 for most writing.

    Examples
    --------
    >>> writing = np.zeros((40, 120), bool)
    >>> for row in range(40):
    ...     writing[row, [40 - row, 70 - row, 100 - row]] = True
    >>> round(excess(writing), 2)
    0.7
    """
    height, width = ink.shape
    if width < LEAST_WIDTH * height:
        return 0.0
    rows, columns = np.nonzero(ink)
    step = 1 + len(rows) // MANY
    rows, columns = rows[::step], columns[::step]
    leans = np.arange(-FURTHEST, FURTHEST + STEP / 2, STEP)
    gathered = [_gathered(columns + lean * rows, width / 400 + 1) for lean in leans]
    lean = float(leans[int(np.argmax(gathered))])
    return float(np.sign(lean) * max(0.0, abs(lean) - USUAL))


def _gathered(columns: Floats, wide: float) -> float:
    """The sum of squares of the ink of each column."""
    counts = np.bincount(((columns - columns.min()) / wide).astype(np.intp))
    return float(np.square(counts, dtype=np.float64).sum())


def set_upright(ink: Floats, lean: float) -> Floats:
    """Shear ink back by so many columns a row, into a picture as wide as it needs.

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
