"""Connected ink: its pieces, and what is typical of them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

EIGHT = np.ones((3, 3), bool)  # pixels that meet at a corner are connected
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Pieces:
    """Connected ink, every array with one entry a piece: its box (left, top, right, bottom) and its area."""

    labels: npt.NDArray[np.int32]
    boxes: Floats
    areas: Floats

    @property
    def heights(self) -> Floats:
        """Of the boxes."""
        return self.boxes[:, 3] - self.boxes[:, 1]

    @property
    def longer(self) -> Floats:
        """The longer side of each box."""
        return np.maximum(self.heights, self.boxes[:, 2] - self.boxes[:, 0])


def pieces(mask: Bools) -> Pieces:
    """Take connected ink apart.

    Examples
    --------
    >>> mask = np.zeros((5, 9), bool)
    >>> mask[1:4, 1] = mask[2, 5:8] = True
    >>> pieces(mask).boxes.astype(int).tolist()
    [[1, 1, 2, 4], [5, 2, 8, 3]]
    """
    labels, count = ndimage.label(mask, EIGHT)
    boxes = [(x.start, y.start, x.stop, y.stop) for y, x in ndimage.find_objects(labels)]
    areas = np.bincount(labels.ravel(), minlength=count + 1)[1:].astype(np.float64)
    return Pieces(np.asarray(labels, np.int32), np.array(boxes, np.float64).reshape(-1, 4), areas)


def typical(values: Floats, weights: Floats) -> float:
    """Return the weighted median.

    Examples
    --------
    >>> typical(np.array([1.0, 5.0, 9.0]), np.array([1.0, 1.0, 3.0]))
    9.0
    """
    order = np.argsort(values, kind="stable")
    total = np.cumsum(weights[order])
    return float(values[order[np.searchsorted(total, total[-1] / 2)]])
