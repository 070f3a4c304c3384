"""The ink of a number cut into parts, and the runs of parts that could be one digit, each with its cost.

Ink that touches is offered whole and along its best seams; pieces that do not touch are offered joined and apart. The
cost of an offer says how unnatural it is: 0 for ink as it lies, more for a cut through much ink or a wide gap.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from mnist_nn.imaging.segment.cuts import Seam, seams

CUT_FROM = 0.75  # width, in heights, from which on a piece may be several digits
SEAMS = 8  # that are offered for each height of width beyond
WIDEST, WIDEST_WHOLE = 1.6, 1.8  # digit in heights of the number: of parts that were cut, of pieces as they lie
MOST_PARTS = 4  # of one digit, where it was cut
MOST_PIECES = 4  # of one digit, where it is broken
CUT_COST, LEAST_CUT_COST = 8.0, 1.0  # of a cut, for each height of ink that it crosses, and at least
JOIN_COST, GAP_COST = 1.0, 6.0  # of joining two pieces that do not touch, and more for each height between them
LOW, LOW_COST = 0.6, 6.0  # a digit below so many heights costs more, so much for each height that it lacks
BEYOND, BEYOND_COST = 0.04, 1.0  # a stroke that reaches so many heights beyond both neighbours, above and below,
SLENDER = 0.65  # and is so slender, in its own height

Labels = npt.NDArray[np.int32]
Boxes = npt.NDArray[np.float64]
Between = list[float | None]  # of each two neighbours: the cost of the cut between them, None where they do not touch


def cut(pieces: Labels, count: int, height: float) -> tuple[Labels, Between]:
    """Number the parts of pieces 1 to ``count``, which stand from left to right, and tell what lies between them.

    Examples
    --------
    >>> pieces = np.zeros((20, 50), np.int32)
    >>> pieces[:, 2:5] = pieces[:, 18:21] = pieces[9, 2:21] = 1
    >>> pieces[:, 40:43] = 2
    >>> parts, between = cut(pieces, 2, 20.0)
    >>> int(parts.max()), between[-1]
    (4, None)
    """
    parts = np.zeros_like(pieces)
    between: Between = []
    for piece, window in enumerate(ndimage.find_objects(pieces, count), start=1):
        mask = pieces[window] == piece
        found = _seams(mask, height)
        right_of = sum((np.arange(mask.shape[1]) >= seam.columns[:, None] for seam in found), np.zeros(mask.shape, int))
        used, number = np.unique(right_of[mask], return_inverse=True)
        parts[window][mask] = number + (len(between) + (piece > 1)) + 1
        between += [None] * (piece > 1)
        between += [max(LEAST_CUT_COST, CUT_COST * found[seam - 1].cost) for seam in used[1:]]
    return parts, between


def _seams(mask: npt.NDArray[np.bool_], height: float) -> list[Seam]:
    tall, wide = mask.shape
    if wide < CUT_FROM * max(tall, height / 2):
        return []
    return seams(mask, height, int(SEAMS * max(0.0, wide / height - CUT_FROM)) + 1)


@dataclass(frozen=True, eq=False)
class _Row:
    """The parts of a number from left to right: their boxes, and what lies before, between and after them."""

    boxes: Boxes
    ends: Between
    height: float
    usual: float

    def could_be_digit(self, start: int, stop: int) -> bool:
        """Whether a run is a single part, a piece as it lies, or not too large and not in too many pieces."""
        whole = self.ends[start] is None and self.ends[stop] is None
        pieces = self.ends[start + 1 : stop].count(None) + 1
        if stop - start == 1 or (whole and pieces == 1):
            return True
        wide = self._wide(start, stop) / self.height
        if whole:
            return bool(wide <= WIDEST_WHOLE and pieces <= MOST_PIECES)
        return bool(wide <= WIDEST and stop - start <= MOST_PARTS)

    def cost(self, start: int, stop: int) -> float:
        """Half of the cuts at both ends, all joins within, and that the run is lower than digits are, or a slash."""
        cuts = sum((self.ends[end] or 0.0) / 2 for end in (start, stop))
        joins = sum(self._join(right) for right in range(start + 1, stop) if self.ends[right] is None)
        top, bottom = self._reach(start, stop)
        tall = (bottom - top) / self.usual
        low = LOW_COST * max(0.0, LOW - tall)
        return round(float(cuts + joins + low + BEYOND_COST * self._beyond(start, stop)), 3)

    def _beyond(self, start: int, stop: int) -> bool:
        """Whether a piece as it lies reaches beyond those beside it, above and below: a slash in a date does."""
        if not 0 < start < stop < len(self.boxes) or self.ends[start] is not None or self.ends[stop] is not None:
            return False
        edges = [part for part, cost in enumerate(self.ends) if cost is None]
        before, after = edges[edges.index(start) - 1], edges[edges.index(stop) + 1]
        tops, bottoms = zip(*(self._reach(*ends) for ends in ((before, start), (stop, after))), strict=True)
        top, bottom = self._reach(start, stop)
        if self._wide(start, stop) > SLENDER * (bottom - top):
            return False
        if min(np.subtract(bottoms, tops)) < LOW * self.height:
            return False
        return bool(min(min(tops) - top, bottom - max(bottoms)) >= BEYOND * self.height)

    def _wide(self, start: int, stop: int) -> float:
        run = self.boxes[start:stop]
        return float(run[:, 2].max() - run[:, 0].min())

    def _reach(self, start: int, stop: int) -> tuple[float, float]:
        """From where to where the ink of a run reaches down the page."""
        run = self.boxes[start:stop]
        return float(run[:, 1].min()), float(run[:, 3].max())

    def _join(self, right: int) -> float:
        gap = self.boxes[right, 0] - self.boxes[right - 1, 2]
        return JOIN_COST + GAP_COST * max(0.0, float(gap)) / self.height


def spans(
    parts: Labels, between: Between, height: float, usual: float | None = None
) -> Iterator[tuple[tuple[int, int], float]]:
    """Yield every run (start, stop) of parts that could be a digit, with its cost.

    ``usual`` is the height of digits around here, where that is more than the ``height`` of the number.

    Examples
    --------
    >>> parts = np.zeros((20, 20), np.int32)
    >>> parts[:, 2:4], parts[:, 10:12] = 1, 2
    >>> list(spans(parts, [None], 20.0))
    [((0, 1), 0.0), ((0, 2), 2.8), ((1, 2), 0.0)]
    """
    boxes = np.array([(x.start, y.start, x.stop, y.stop) for y, x in ndimage.find_objects(parts)], np.float64)
    row = _Row(boxes, [None, *between, None], height, usual or height)
    for start in range(len(boxes)):
        for stop in range(start + 1, len(boxes) + 1):
            if row.could_be_digit(start, stop):
                yield (start, stop), row.cost(start, stop)
