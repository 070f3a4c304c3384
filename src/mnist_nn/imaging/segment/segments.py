"""Cuts the ink of a number into segments, and offers candidates: runs of segments that could be one digit.

Connected ink is offered whole and cut along its best seams; separate components are offered joined and apart. The cost
of a candidate says how unnatural it is: 0 for unchanged ink, and more for a cut through much ink or for a wide gap. The
readers decide which candidates are digits.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from mnist_nn.imaging.components import EIGHT_NEIGHBOURS
from mnist_nn.imaging.segment.cuts import CUTS, CutParameters, Seam, find_seams

Labels = npt.NDArray[np.int32]
Boxes = npt.NDArray[np.float64]
Between = list[float | None]  # of each two neighbours: the cost of the cut between them, None where they do not touch
Candidate = tuple[int, int]  # the first segment, and the one after the last


@dataclass(frozen=True)
class CandidateParameters:
    """Parameters for cutting ink, and for the costs of candidates.

    Chosen on pages of MNIST's training digits (docs/explanation/reading.md).

    `mnist_nn.reading.parameters` says how much a cost of 1 lowers the score of a candidate.
    """

    cut_from_heights: float = 0.75
    """Connected ink wider than this, in heights, may be several digits."""
    seams_per_height: float = 8
    """Number of seams that are offered for each height by which the ink is wider than that."""
    widest_cut_heights: float = 1.6
    """Width of the widest digit that is made of cut segments, in heights of the number."""
    widest_whole_heights: float = 1.8
    """Width of the widest digit that is made of uncut components, in heights of the number."""
    most_segments: int = 4
    """A digit is made of at most this many cut segments."""
    most_components: int = 4
    """A broken digit is made of at most this many components."""
    cut_cost_per_height: float = 8.0
    """Cost of a cut for each height of ink that it crosses."""
    least_cut_cost: float = 1.0
    """Least cost of a cut: connected ink is usually one digit."""
    join_cost: float = 1.0
    """Cost of joining two components that do not touch."""
    join_cost_per_height: float = 6.0
    """Additional cost of joining them for each height of the gap between them."""
    low_heights: float = 0.6
    """A digit lower than this many heights costs more, because it may be a comma."""
    low_cost_per_height: float = 6.0
    """Cost of such a digit for each height that it lacks."""
    mark_heights: float = 0.45
    """A joined part that is lower than this many heights may be a comma or a dash. The halves of a broken digit are
    higher."""
    beyond_heights: float = 0.04
    """A stroke that reaches this many heights above and below both of its neighbours may be a slash."""
    beyond_cost: float = 1.0
    """Cost of a candidate that may be a slash or the side of a box."""
    slender_heights: float = 0.65
    """A slash is at most this wide, as a share of its own height."""
    stroke_width_heights: float = 0.35
    """Three quarters of a slash's rows are at most this wide, as a share of its height: it has a single stroke in
    each row, unlike a 9."""
    bar_heights: float = 1.4
    """An upright that is this many times as high as the digits of its number may be the side of a box."""
    bar_width_share: float = 0.2
    """The side of a box is at most this wide, as a share of its height: a 7 or 9 with a long tail is wider."""
    ring_hole_share: float = 0.12
    """Ink that encloses this share of its box is a small zero and not a comma, so it may be low. Training zeros at
    half height enclose 0.15 or more, blots and the hooks of commas less than 0.05."""
    ring_gap_share: float = 0.06
    """A ring may have a gap of twice this share of its own height."""
    ring_centre_share: float = 0.25
    """The middle of a ring is below this share of the height of its high neighbours: a degree sign is above it."""
    ring_low_share: float = 0.6
    """A digit that reaches beyond its neighbour is no slash if the neighbour is a ring lower than this share of its
    height."""


CANDIDATES = CandidateParameters()


@dataclass(frozen=True, eq=False)
class Segmentation:
    """The segments of a number from left to right, and the candidates for its digits."""

    labels: Labels
    """int32 of shape (height, width): the segment of each pixel, from 1; 0 where there is no ink."""
    count: int
    candidates: tuple[Candidate, ...]
    costs: tuple[float, ...]
    """The cost of each candidate."""
    misfits: frozenset[Candidate] = frozenset()
    """Candidates that may not be digits, because they have a part that is as low as a comma, or are as long as a
    slash."""


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
        int32 of shape (height, width): the digit of each pixel in the uncut ink, from 1; 0 without ink.
    count
        The number of digits, from left to right.
    height_px, height_around_px
        Height of the number's digits, and of the digits around it if that is more.
    parameters, cuts
        The costs of candidates and seams.

    Examples
    --------
    >>> digits = np.zeros((20, 20), np.int32)
    >>> digits[:, 2:4], digits[:, 10:12] = 1, 2
    >>> found = segment_number(digits, 2, 20.0, 20.0)
    >>> found.count, dict(zip(found.candidates, found.costs))
    (2, {(0, 1): 0.0, (0, 2): 2.8, (1, 2): 0.0})
    """
    labels, between = cut_digits(digits, count, height_px, parameters, cuts)
    offers = list(offer_candidates(labels, between, height_px, height_around_px, parameters))
    runs, costs = [run for run, *_ in offers], [cuts + rest for _, cuts, rest, _ in offers]
    misfits = frozenset(run for run, _, rest, misfit in offers if misfit)
    return Segmentation(labels, len(between) + 1, tuple(runs), tuple(round(cost, 3) for cost in costs), misfits)


def cut_digits(
    digits: Labels, count: int, height: float, parameters: CandidateParameters = CANDIDATES, cuts: CutParameters = CUTS
) -> tuple[Labels, Between]:
    """Number the segments of digits 1 to ``count`` from left to right, and measure what lies between them.

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
) -> Iterator[tuple[Candidate, float, float, bool]]:
    """Yield every run (start, stop) of segments that could be a digit, with its costs.

    The first cost is that of its cuts, and the second all others. The last value says whether it may be or hold a mark.

    Examples
    --------
    >>> segments = np.zeros((20, 20), np.int32)
    >>> segments[:, 2:4], segments[:, 10:12] = 1, 2
    >>> list(offer_candidates(segments, [None], 20.0, 20.0))
    [((0, 1), 0.0, 0.0, False), ((0, 2), 0.0, 2.8, False), ((1, 2), 0.0, 0.0, False)]
    """
    boxes = np.array([(x.start, y.start, x.stop, y.stop) for y, x in ndimage.find_objects(segments)], np.float64)
    row = _Row(segments, boxes, [None, *between, None], height, height_around, parameters)
    for start in range(len(boxes)):
        for stop in range(start + 1, len(boxes) + 1):
            if row.could_be_digit(start, stop):
                rest = row.cost_of_rest(start, stop)
                yield (start, stop), row.cost_of_cuts(start, stop), rest, rest > 0 and row.may_hold_mark(start, stop)


@dataclass(frozen=True, eq=False)
class _Row:
    """The segments of a number from left to right: their boxes, and what lies before, between and after them."""

    labels: Labels
    boxes: Boxes
    ends: Between
    height: float
    height_around: float
    parameters: CandidateParameters

    def could_be_digit(self, start: int, stop: int) -> bool:
        """Say whether a run is one segment, a whole component, or neither too large nor in too many components."""
        p = self.parameters
        whole = self.ends[start] is None and self.ends[stop] is None
        components = self.ends[start + 1 : stop].count(None) + 1
        if stop - start == 1 or (whole and components == 1):
            return True
        wide = self._width(start, stop) / self.height
        if whole:
            return bool(wide <= p.widest_whole_heights and components <= p.most_components)
        return bool(wide <= p.widest_cut_heights and stop - start <= p.most_segments)

    def cost_of_cuts(self, start: int, stop: int) -> float:
        """Return half of the cost of the cuts at both ends."""
        return round(sum((self.ends[end] or 0.0) / 2 for end in (start, stop)), 3)

    def cost_of_rest(self, start: int, stop: int) -> float:
        """Return the cost of all joins inside a run, and of being lower than digits or a slash."""
        p = self.parameters
        joins = sum(self._join_cost(right) for right in range(start + 1, stop) if self.ends[right] is None)
        top, bottom = self._reach(start, stop)
        tall = (bottom - top) / self.height_around
        low = p.low_cost_per_height * max(0.0, p.low_heights - tall)
        if low and self._is_ring(start, stop) and self._stands_in_line(start, stop):
            low = 0.0
        beyond = self._is_slash(start, stop) or self._is_bar(start, stop)
        return round(float(joins + low + p.beyond_cost * beyond), 3)

    def may_hold_mark(self, start: int, stop: int) -> bool:
        """Say whether a run that costs something may be a comma, a dash or a slash, or was joined with one."""
        edges = [start, *(edge for edge in range(start + 1, stop) if self.ends[edge] is None), stop]
        parts, low = list(pairwise(edges)), self.parameters.mark_heights * self.height_around
        return len(parts) == 1 or any(
            self._reach_height(*part) < low or self._is_slash(*part) or self._is_bar(*part) for part in parts
        )

    def _is_bar(self, start: int, stop: int) -> bool:
        """Whether a run is an upright much higher than the digits of its number, as the side of a box is."""
        p, tall = self.parameters, self._reach_height(start, stop)
        return tall >= p.bar_heights * self.height and self._width(start, stop) <= p.bar_width_share * tall

    def _is_ring(self, start: int, stop: int) -> bool:
        """Whether a run encloses paper as a zero does, but for a narrow gap."""
        ink = self._cut_out(start, stop)
        gap = max(1, round(self.parameters.ring_gap_share * len(ink)))
        padded = np.pad(ink, gap + 1)
        hole = ndimage.binary_fill_holes(ndimage.binary_closing(padded, EIGHT_NEIGHBOURS, gap)) & ~padded
        return bool(hole.sum() >= self.parameters.ring_hole_share * ink.size)

    def _row_widths(self, start: int, stop: int) -> npt.NDArray[np.intp]:
        """The distance from the first to the last pixel of ink, in each row of a run."""
        ink = self._cut_out(start, stop)
        ink = ink[ink.any(axis=1)]
        return np.asarray(ink.shape[1] - ink.argmax(axis=1) - ink[:, ::-1].argmax(axis=1))

    def _cut_out(self, start: int, stop: int) -> npt.NDArray[np.bool_]:
        """The ink of a run alone, within its box."""
        left, top = self.boxes[start:stop, :2].min(axis=0).astype(int)
        right, bottom = self.boxes[start:stop, 2:].max(axis=0).astype(int)
        run = self.labels[top:bottom, left:right]
        return np.asarray((run > start) & (run <= stop))

    def _stands_in_line(self, start: int, stop: int) -> bool:
        """Whether a low run stands as low as the nearest high ones beside it, if there are any."""
        p = self.parameters
        high = [run for run in self._whole_runs() if self._reach_height(*run) >= p.low_heights * self.height_around]
        beside = [run for run in high if run[1] <= start][-1:] + [run for run in high if run[0] >= stop][:1]
        middle = sum(self._reach(start, stop)) / 2
        tops = [top + p.ring_centre_share * (bottom - top) for top, bottom in (self._reach(*run) for run in beside)]
        return not tops or middle >= min(tops)

    def _whole_runs(self) -> list[Candidate]:
        """The runs that are digits as the ink lies, from left to right."""
        return list(pairwise(edge for edge, cost in enumerate(self.ends) if cost is None))

    def _is_slash(self, start: int, stop: int) -> bool:
        """Whether a component as it lies reaches beyond those beside it, above and below, as a slash in a date does."""
        if not 0 < start < stop < len(self.boxes) or self.ends[start] is not None or self.ends[stop] is not None:
            return False
        p = self.parameters
        beside = [run for run in self._whole_runs() if stop in run[:1] or start in run[1:]]
        tops, bottoms = zip(*(self._reach(*run) for run in beside), strict=True)
        top, bottom = self._reach(start, stop)
        if self._width(start, stop) > p.slender_heights * (bottom - top):
            return False
        if np.quantile(self._row_widths(start, stop), 0.75) > p.stroke_width_heights * (bottom - top):
            return False
        low = [run for run in beside if self._reach_height(*run) < p.ring_low_share * (bottom - top)]
        if min(np.subtract(bottoms, tops)) < p.low_heights * self.height or any(self._is_ring(*run) for run in low):
            return False
        return bool(min(min(tops) - top, bottom - max(bottoms)) >= p.beyond_heights * self.height)

    def _width(self, start: int, stop: int) -> float:
        run = self.boxes[start:stop]
        return float(run[:, 2].max() - run[:, 0].min())

    def _reach(self, start: int, stop: int) -> tuple[float, float]:
        """From where to where the ink of a run reaches down the page."""
        run = self.boxes[start:stop]
        return float(run[:, 1].min()), float(run[:, 3].max())

    def _reach_height(self, start: int, stop: int) -> float:
        top, bottom = self._reach(start, stop)
        return bottom - top

    def _join_cost(self, right: int) -> float:
        gap = self.boxes[right, 0] - self.boxes[right - 1, 2]
        return self.parameters.join_cost + self.parameters.join_cost_per_height * max(0.0, float(gap)) / self.height
