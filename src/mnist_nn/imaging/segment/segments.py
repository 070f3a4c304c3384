"""The ink of a number cut into segments, and the candidates: the runs of segments that could be one digit.

Ink that touches is offered whole and along its best seams; components that do not touch are offered joined and apart.
The cost of a candidate says how unnatural it is: 0 for ink as it lies, more for a cut through much ink or a wide gap.
Which candidates are digits is decided by those who read.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from mnist_nn.imaging.segment.cuts import CUTS, CutParameters, Seam, find_seams

Labels = npt.NDArray[np.int32]
Boxes = npt.NDArray[np.float64]
Between = list[float | None]  # of each two neighbours: the cost of the cut between them, None where they do not touch
Candidate = tuple[int, int]  # the first segment, and the one after the last


@dataclass(frozen=True)
class CandidateParameters:
    """What is cut, and what a candidate costs. Chosen on pages of MNIST's training digits (docs/reading.md).

    A cost of 1 takes as much off a candidate's score as `mnist_nn.reading.reader` says.
    """

    cut_from_heights: float = 0.75
    """Width, in heights, from which on connected ink may be several digits."""
    seams_per_height: float = 8
    """Seams that are offered for each height of width beyond."""
    widest_cut_heights: float = 1.6
    """Width of the widest digit, in heights of the number, of segments that were cut,"""
    widest_whole_heights: float = 1.8
    """and of components as they lie."""
    most_segments: int = 4
    """Of one digit, where it was cut."""
    most_components: int = 4
    """Of one digit, where it is broken."""
    cut_cost_per_height: float = 8.0
    """Of a cut, for each height of ink that it crosses,"""
    least_cut_cost: float = 1.0
    """and at least: what touches is usually one digit."""
    join_cost: float = 1.0
    """Of joining two components that do not touch,"""
    join_cost_per_height: float = 6.0
    """and more for each height between them."""
    low_heights: float = 0.6
    """A digit below so many heights costs more: it may be a comma,"""
    low_cost_per_height: float = 6.0
    """so much for each height that it lacks."""
    beyond_heights: float = 0.04
    """A stroke that reaches so many heights beyond both neighbours, above and below, may be a slash,"""
    beyond_cost: float = 1.0
    """which costs so much,"""
    slender_heights: float = 0.65
    """if it is no wider than this, in its own height."""


CANDIDATES = CandidateParameters()


@dataclass(frozen=True, eq=False)
class Segmentation:
    """The segments of a number from left to right, and the candidates for its digits."""

    labels: Labels
    """int32 of shape (height, width): the segment of each pixel, from 1; 0 where there is no ink."""
    count: int
    candidates: tuple[Candidate, ...]
    costs: tuple[float, ...]
    """Of each candidate."""


def segment_number(
    digits: Labels,
    count: int,
    height_px: float,
    height_around_px: float,
    *,
    parameters: CandidateParameters = CANDIDATES,
    cuts: CutParameters = CUTS,
) -> Segmentation:
    """Cut a number into segments, and offer the runs of them that could be one digit.

    Parameters
    ----------
    digits
        int32 of shape (height, width): the digit of each pixel, as the ink lies, from 1; 0 where there is no ink.
    count
        How many digits; they stand from left to right.
    height_px, height_around_px
        Of the number's digits, and of those around it, where that is more.
    parameters, cuts
        What candidates and seams cost.

    Examples
    --------
    >>> digits = np.zeros((20, 20), np.int32)
    >>> digits[:, 2:4], digits[:, 10:12] = 1, 2
    >>> found = segment_number(digits, 2, 20.0, 20.0)
    >>> found.count, dict(zip(found.candidates, found.costs))
    (2, {(0, 1): 0.0, (0, 2): 2.8, (1, 2): 0.0})
    """
    labels, between = cut_digits(digits, count, height_px, parameters, cuts)
    offers = dict(offer_candidates(labels, between, height_px, height_around_px, parameters))
    return Segmentation(labels, len(between) + 1, tuple(offers), tuple(offers.values()))


def cut_digits(
    digits: Labels, count: int, height: float, parameters: CandidateParameters = CANDIDATES, cuts: CutParameters = CUTS
) -> tuple[Labels, Between]:
    """Number the segments of digits 1 to ``count``, which stand from left to right, and tell what lies between them.

    Examples
    --------
    >>> digits = np.zeros((20, 50), np.int32)
    >>> digits[:, 2:5] = digits[:, 18:21] = digits[9, 2:21] = 1
    >>> digits[:, 40:43] = 2
    >>> segments, between = cut_digits(digits, 2, 20.0)
    >>> int(segments.max()), between[-1]
    (4, None)
    """
    p = parameters
    segments = np.zeros_like(digits)
    between: Between = []
    for digit, window in enumerate(ndimage.find_objects(digits, count), start=1):
        mask = digits[window] == digit
        found = _seams_of(mask, height, p, cuts)
        right_of = sum((np.arange(mask.shape[1]) >= seam.columns[:, None] for seam in found), np.zeros(mask.shape, int))
        used, number = np.unique(right_of[mask], return_inverse=True)
        segments[window][mask] = number + (len(between) + (digit > 1)) + 1
        between += [None] * (digit > 1)
        between += [max(p.least_cut_cost, p.cut_cost_per_height * found[seam - 1].cost) for seam in used[1:]]
    return segments, between


def _seams_of(mask: npt.NDArray[np.bool_], height: float, p: CandidateParameters, cuts: CutParameters) -> list[Seam]:
    tall, wide = mask.shape
    if wide < p.cut_from_heights * max(tall, height / 2):
        return []
    most = int(p.seams_per_height * max(0.0, wide / height - p.cut_from_heights)) + 1
    return find_seams(mask, height, most, cuts)


def offer_candidates(
    segments: Labels,
    between: Between,
    height: float,
    height_around: float,
    parameters: CandidateParameters = CANDIDATES,
) -> Iterator[tuple[Candidate, float]]:
    """Yield every run (start, stop) of segments that could be a digit, with its cost.

    Examples
    --------
    >>> segments = np.zeros((20, 20), np.int32)
    >>> segments[:, 2:4], segments[:, 10:12] = 1, 2
    >>> list(offer_candidates(segments, [None], 20.0, 20.0))
    [((0, 1), 0.0), ((0, 2), 2.8), ((1, 2), 0.0)]
    """
    boxes = np.array([(x.start, y.start, x.stop, y.stop) for y, x in ndimage.find_objects(segments)], np.float64)
    row = _Row(boxes, [None, *between, None], height, height_around, parameters)
    for start in range(len(boxes)):
        for stop in range(start + 1, len(boxes) + 1):
            if row.could_be_digit(start, stop):
                yield (start, stop), row.cost(start, stop)


@dataclass(frozen=True, eq=False)
class _Row:
    """The segments of a number from left to right: their boxes, and what lies before, between and after them."""

    boxes: Boxes
    ends: Between
    height: float
    height_around: float
    parameters: CandidateParameters

    def could_be_digit(self, start: int, stop: int) -> bool:
        """Whether a run is one segment, a component as it lies, or neither too large nor in too many components."""
        p = self.parameters
        whole = self.ends[start] is None and self.ends[stop] is None
        components = self.ends[start + 1 : stop].count(None) + 1
        if stop - start == 1 or (whole and components == 1):
            return True
        wide = self._width(start, stop) / self.height
        if whole:
            return bool(wide <= p.widest_whole_heights and components <= p.most_components)
        return bool(wide <= p.widest_cut_heights and stop - start <= p.most_segments)

    def cost(self, start: int, stop: int) -> float:
        """Half of the cuts at both ends, all joins within, and that the run is lower than digits are, or a slash."""
        p = self.parameters
        cuts = sum((self.ends[end] or 0.0) / 2 for end in (start, stop))
        joins = sum(self._join_cost(right) for right in range(start + 1, stop) if self.ends[right] is None)
        top, bottom = self._reach(start, stop)
        tall = (bottom - top) / self.height_around
        low = p.low_cost_per_height * max(0.0, p.low_heights - tall)
        return round(float(cuts + joins + low + p.beyond_cost * self._is_slash(start, stop)), 3)

    def _is_slash(self, start: int, stop: int) -> bool:
        """Whether a component as it lies reaches beyond those beside it, above and below, as a slash in a date does."""
        if not 0 < start < stop < len(self.boxes) or self.ends[start] is not None or self.ends[stop] is not None:
            return False
        p = self.parameters
        edges = [segment for segment, cost in enumerate(self.ends) if cost is None]
        before, after = edges[edges.index(start) - 1], edges[edges.index(stop) + 1]
        tops, bottoms = zip(*(self._reach(*ends) for ends in ((before, start), (stop, after))), strict=True)
        top, bottom = self._reach(start, stop)
        if self._width(start, stop) > p.slender_heights * (bottom - top):
            return False
        if min(np.subtract(bottoms, tops)) < p.low_heights * self.height:
            return False
        return bool(min(min(tops) - top, bottom - max(bottoms)) >= p.beyond_heights * self.height)

    def _width(self, start: int, stop: int) -> float:
        run = self.boxes[start:stop]
        return float(run[:, 2].max() - run[:, 0].min())

    def _reach(self, start: int, stop: int) -> tuple[float, float]:
        """From where to where the ink of a run reaches down the page."""
        run = self.boxes[start:stop]
        return float(run[:, 1].min()), float(run[:, 3].max())

    def _join_cost(self, right: int) -> float:
        gap = self.boxes[right, 0] - self.boxes[right - 1, 2]
        return self.parameters.join_cost + self.parameters.join_cost_per_height * max(0.0, float(gap)) / self.height
