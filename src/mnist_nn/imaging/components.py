"""Connected components of ink, and helpers for ink and boxes that several steps share.

It knows neither pages nor digits.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import ndimage

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
        int32 of shape (height, width): the label of each pixel, or 0 without ink.
    boxes
        float64 of shape (n, 4), in pixels: left, top, right and bottom; the last two are exclusive.
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
        """Return these components or, if there are more than ``most``, those with the largest area."""
        if len(self.areas) <= most:
            return self
        return self.keep(np.sort(np.argsort(-self.areas, kind="stable")[:most]))

    def keep(self, chosen: Groups) -> "Components":
        """Return some of these components, renumbered in the order given."""
        label = np.zeros(len(self.areas) + 1, np.int32)
        label[1 + chosen] = np.arange(1, len(chosen) + 1)
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
    areas = np.bincount(labels[mask], minlength=count + 1)[1:].astype(np.float64)
    return Components(np.asarray(labels, np.int32), np.array(boxes, np.float64).reshape(-1, 4), areas)


def measure_widths(found: Components) -> Floats:
    """Return the width of each component's strokes in pixels: twice its area divided by the length of its outline.

    The outline counts the sides of pixels without ink beside them, so a stroke of one pixel has width 1.

    Examples
    --------
    >>> mask = np.zeros((30, 60), bool)
    >>> mask[5:25, 4:8] = mask[2:28, 20:22] = mask[2:4, 20:56] = True
    >>> measure_widths(find_components(mask)).round(1).tolist()
    [1.9, 3.3]
    """
    padded = np.pad(found.labels, 1)
    labels, place = padded.ravel(), np.flatnonzero(padded)  # ink alone is looked at: most of a page is paper
    down = padded.shape[1]
    bare = sum((labels[place + step] == 0).view(np.uint8) for step in (-down, down, -1, 1))
    outline = np.bincount(labels[place], bare, len(found.areas) + 1)[1:]
    return np.asarray(2 * found.areas / np.maximum(outline, 1))


def grow(values: npt.NDArray[Any], px: int) -> npt.NDArray[Any]:
    """Return the largest value within this many pixels of each pixel, in all directions.

    ``values`` are bool or numbers of shape (height, width). This is `scipy.ndimage.maximum_filter`, but faster for a
    few pixels.

    Examples
    --------
    >>> grow(np.array([[False, False, True], [False, False, False]]), 1).astype(int).tolist()
    [[0, 1, 1], [0, 1, 1]]
    """
    for axis in (0, 1):
        before = np.moveaxis(values, axis, 0)
        after = before.copy(order="K")
        for step in range(1, px + 1):
            np.maximum(after[step:], before[:-step], out=after[step:])
            np.maximum(after[:-step], before[step:], out=after[:-step])
        values = np.moveaxis(after, 0, axis)
    return values


def group_linked(linked: Bools) -> Groups:
    """Number the groups of things that are linked, directly or through others, from 0.

    ``linked`` has the shape (n, n); a link in one direction counts for both.

    Examples
    --------
    >>> linked = np.zeros((4, 4), bool)
    >>> linked[0, 2] = linked[2, 3] = True
    >>> group_linked(linked).tolist()
    [0, 1, 0, 0]
    """
    # As `scipy.sparse.csgraph` does, which takes longer to import than a page takes to be cut.
    one, other = np.nonzero(linked)
    first, before = np.arange(len(linked)), None  # the first of each group, as far as is known
    while before is None or (first != before).any():
        before = first.copy()
        np.minimum.at(first, one, first[other])
        np.minimum.at(first, other, first[one])
        first = first[first]
    return np.unique(first, return_inverse=True)[1]


def weighted_median(values: Floats, weights: Floats) -> float:
    """Return the smallest value at which half of the total weight is reached.

    Examples
    --------
    >>> weighted_median(np.array([1.0, 5.0, 9.0]), np.array([1.0, 1.0, 3.0]))
    9.0
    """
    order = np.argsort(values, kind="stable")
    total = np.cumsum(weights[order])
    return float(values[order[np.searchsorted(total, total[-1] / 2)]])
