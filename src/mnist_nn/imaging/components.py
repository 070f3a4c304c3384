"""Connected components of ink, and what several steps ask of ink and boxes alike.

It is a leaf: it knows neither pages nor digits.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import ndimage
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

EIGHT_NEIGHBOURS = np.ones((3, 3), bool)  # pixels that meet at a corner are connected
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int32]
Groups = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Components:
    """The connected components of ink; component ``i`` has the label ``i + 1``.

    Attributes
    ----------
    labels
        int32 of shape (height, width): the label of each pixel, 0 where there is no ink.
    boxes
        float64 of shape (n, 4), in pixels: left, top, right, bottom, the last two exclusive.
    areas
        float64 of shape (n,), in pixels.
    """

    labels: Labels
    boxes: Floats
    areas: Floats

    @property
    def heights(self) -> Floats:
        """The height of each box, in pixels."""
        return self.boxes[:, 3] - self.boxes[:, 1]

    @property
    def lengths(self) -> Floats:
        """The longer side of each box, in pixels."""
        return np.maximum(self.heights, self.boxes[:, 2] - self.boxes[:, 0])

    def keep_largest(self, most: int) -> "Components":
        """Return these components, or only the ``most`` with the largest area if there are more."""
        if len(self.areas) <= most:
            return self
        chosen = np.sort(np.argsort(-self.areas, kind="stable")[:most])
        label = np.zeros(len(self.areas) + 1, np.int32)
        label[1 + chosen] = np.arange(1, most + 1)
        return Components(label[self.labels], self.boxes[chosen], self.areas[chosen])


def find_components(mask: Bools) -> Components:
    """Find the connected components of a mask of shape (height, width).

    Examples
    --------
    >>> mask = np.zeros((5, 9), bool)
    >>> mask[1:4, 1] = mask[2, 5:8] = True
    >>> find_components(mask).boxes.astype(int).tolist()
    [[1, 1, 2, 4], [5, 2, 8, 3]]
    """
    labels, count = ndimage.label(mask, EIGHT_NEIGHBOURS)
    boxes = [(x.start, y.start, x.stop, y.stop) for y, x in ndimage.find_objects(labels)]
    areas = np.bincount(labels.ravel(), minlength=count + 1)[1:].astype(np.float64)
    return Components(np.asarray(labels, np.int32), np.array(boxes, np.float64).reshape(-1, 4), areas)


def group_linked(linked: Bools) -> Groups:
    """Number the groups of what is linked, directly or through others, from 0.

    ``linked`` has the shape (n, n); a link in one direction counts for both.

    Examples
    --------
    >>> linked = np.zeros((4, 4), bool)
    >>> linked[0, 2] = linked[2, 3] = True
    >>> group_linked(linked).tolist()
    [0, 1, 0, 0]
    """
    links: Any = csr_array(linked)
    return np.asarray(connected_components(links, directed=False)[1], np.intp)


def weighted_median(values: Floats, weights: Floats) -> float:
    """Return the least value at which half of the weight is reached.

    Examples
    --------
    >>> weighted_median(np.array([1.0, 5.0, 9.0]), np.array([1.0, 1.0, 3.0]))
    9.0
    """
    order = np.argsort(values, kind="stable")
    total = np.cumsum(weights[order])
    return float(values[order[np.searchsorted(total, total[-1] / 2)]])
