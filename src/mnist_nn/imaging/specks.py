"""What is too small, too thin or too large to be writing: dust, the splinters of printed lines, edges of the sheet."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import ndimage

LEAST_LENGTH = 6.0  # pixels: a page on which most ink is smaller holds no writing
SPECK = 0.16  # of the typical height of what is written
SPLINTER = 0.3  # of the typical thickness, for what lies along a printed line
STRAY, STRAY_LENGTH = 0.5, 3.0  # of the typical thickness, and typical heights: of a line that is left
TOUCHING = 3  # pixels from a printed line
EDGE = 1.6  # typical heights: what lies at the edge of the picture and is larger belongs to the edge
THIN = 100  # a printed line is at most a THIN-th of the longer side thick; ends of it may be left at the edge
CROP = 0.6  # of the page: a digit that was cut out along its edges fills so much of what was cut out

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


def find_specks(mask: Bools, rules: Bools) -> Bools:
    """Find the ink that is no writing; ``rules`` are the printed lines already taken out."""
    found = pieces(mask)
    if len(found.areas) == 0:
        return mask
    if found.areas[found.longer < LEAST_LENGTH].sum() > found.areas.sum() / 2:
        return mask
    edge = _at_edge(found.boxes, mask.shape)
    inner = found.areas * (~edge & (found.longer >= LEAST_LENGTH))
    weights = inner if inner.any() else found.areas
    if typical(found.longer, weights) < LEAST_LENGTH:
        return mask
    height = typical(found.heights, weights)
    thickness = found.areas / found.longer
    thin = thickness / typical(thickness, found.areas)
    drop = (found.longer < SPECK * height) | (thin < SPLINTER) & _beside(found, rules)
    drop |= (thin < STRAY) & (found.longer > STRAY_LENGTH * height)
    if rules.any():
        drop |= edge & (found.areas < max(mask.shape) / THIN * found.longer)
    if inner.any():
        drop |= edge & (found.longer > EDGE * height)
    elif np.ptp(found.boxes.reshape(-1, 2), axis=0).max() < CROP * max(mask.shape):
        return mask
    chosen: Any = np.concatenate([[False], drop])
    return np.asarray(chosen[found.labels])


def _at_edge(boxes: Floats, shape: tuple[int, ...]) -> Bools:
    return np.asarray((boxes[:, :2] == 0).any(axis=1) | (boxes[:, 2:] == [shape[1], shape[0]]).any(axis=1))


def _beside(found: Pieces, rules: Bools) -> Bools:
    """Which pieces lie along printed lines."""
    beside = np.zeros(len(found.areas) + 1, bool)
    if rules.any():
        beside[found.labels[ndimage.maximum_filter(rules, 2 * TOUCHING + 1)]] = True
    return beside[1:]
