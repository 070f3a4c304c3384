"""Finds printed line work: the boxes, combs, dividers and bold grids of forms, which differ from pen strokes.

A printed line is straight and even, and it ends at another line or at the edge of the picture. So all straight
horizontal and vertical strokes are traced first, even short ones. Those that meet other lines at their ends are line
work. A pen stroke is seldom straight, and hardly ever meets others at both ends. Long thin lines are found earlier, by
their length alone (`mnist_nn.imaging.clean.rulings`). `mnist_nn.imaging.clean.remove_rulings` removes lines.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from mnist_nn.imaging.clean.straight import fit_line, keep_thin, middle_of
from mnist_nn.imaging.components import EIGHT_NEIGHBOURS, group_linked

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class LineWorkParameters:
    """Parameters for printed line work.

    They were chosen on generated fields around the digits that training holds out (docs/explanation/reading.md).
    """

    least_page_side_px: int = 40
    """Pictures whose longer side is below this show a digit, not a form."""
    least_length_px: int = 5
    """A straight stroke is at least this long: the shortest tick of a comb in the smallest field that can be read."""
    shortness: int = 90
    """It is also at least as long as the longer side divided by this, so that there are not too many strokes."""
    thinness: int = 60
    """A printed line is at most as thick as the longer side divided by this. The outlines of a Sudoku are bolder than
    rulings."""
    thin_px: int = 12
    """A printed line may be this thick on a page of any size, including the blur of a lens."""
    least_length_thicknesses: float = 1.2
    """A stroke shorter than this many times its thickness has no direction."""
    steepest_slope: float = 0.1
    """Steepest slope of a level line: a little more than five degrees, as for rulings."""
    most_strokes: int = 600
    """Number of straight strokes that are examined in each direction, the longest first. A large form has some
    hundreds."""

    most_crooked_px: float = 0.75
    """Largest mean distance of a printed line's middle from a straight line. A pen is less steady."""
    most_crooked_share: float = 0.006
    """This share of the length is added to that distance, because paper is not flat."""
    most_gap_px: int = 2
    """A line continues across a gap of at most this many pixels."""
    known_share: float = 0.6
    """A stroke belongs to the lines already found if this share of it lies on them."""
    wholly_known_share: float = 0.95
    """A long stroke is already complete if this share of it lies on them."""
    touching_px: float = 2.5
    """A line that ends within this distance of the border of another one meets it."""
    edge_px: float = 2.0
    """A line that ends within this distance of the edge of the picture reaches the edge."""

    long_share_of_side: float = 0.3
    """A level line of at least this share of the longer side may be longer than any stroke of a pen."""
    long_thicknesses: float = 12.0
    """It is also at least this many times as long as thick. A thick stroke in a close-up is shorter."""
    long_heights: float = 2.0
    """It is also at least this many times as long as the other ink is high. The bar of a seven that fills its
    picture is shorter."""
    stray_share: float = 0.02
    """This share of the other ink, at its top and at its bottom, may be dust. It is ignored when the height of that ink
    is measured."""
    least_box_side_px: int = 24
    """Least side of a separate box, which must have room for a digit: a zero as small as MNIST's also has straight
    sides."""
    cut_length_thicknesses: float = 10.0
    """Lines that are held only by the edge of the picture are at least this many times as long as thick. A digit
    that fills its picture is bolder."""
    least_rest_share: float = 0.15
    """At least this share of the ink is not part of such lines, so that there is something in the box."""
    square_slope: float = 0.035
    """Printed lines meet squarely, within two degrees."""
    alike_thickness_px: float = 1.5
    """Lines of one form are equally thick, to within this many pixels or the share below, whichever is more."""
    alike_thickness_share: float = 0.4
    """The same as a share of their thickness."""
    alike_length_px: float = 1.5
    """Ticks of a comb are equally long, to within this many pixels or the share below, whichever is more."""
    alike_length_share: float = 0.06
    """The same as a share of their length. Handwriting is not that regular."""
    nearly_alike_share: float = 0.25
    """A stroke beside such ticks is also a tick if its length differs by at most this share, because a digit may touch
    it."""
    alike_lean_px: float = 1.5
    """Similar lines lean equally: over their whole length, they differ by at most this many pixels."""
    least_across_px: int = 24
    """Shorter uprights do not count as dividers, and are not compared with printed ones."""
    across_thicknesses: float = 4.0
    """An upright from edge to edge of the picture is printed only if it is at least this many times as long as
    thick."""
    most_rest_share: float = 0.85
    """It is printed if the height of the other ink is at most this share of the picture's height, or if there is
    another upright like it: two ones are seldom cut off in the same way at both ends."""
    least_rest_across_share: float = 0.05
    """At least this share of the ink is not part of such lines; otherwise the picture shows nothing else."""
    nearly_across_share: float = 0.75
    """Beside such an upright, one that touches a single edge and covers this share of the picture is printed too:
    light may have faded its other end."""
    dividers_least: int = 3
    """At least this many similar uprights from one printed line to the next are dividers, however thick they are."""
    divider_thickness_share: float = 0.25
    """Their thickness differs by at most this share, or by as many pixels as that of other lines."""
    divider_lean_px: float = 4.0
    """The lean of a further divider may differ by this many pixels, because a digit that touches it changes the
    measurement."""
    divider_spacing_share: float = 0.15
    """It stands where the even spacing of the other dividers puts it, to within this share of the spacing."""
    fence_least: int = 4
    """At least this many similar, evenly spaced uprights are dividers even if they do not end at printed lines."""
    fence_heights: float = 1.0
    """Their length is at least this many times the height of all other ink. The ones in a number are hardly ever so
    long."""
    fence_sure: int = 7
    """This many are dividers however long they are: nobody writes seven ones so regularly."""
    mates_least: int = 2
    """An upright is also printed if this many printed ones have the same length and the same vertical position. A
    digit may touch it."""


LINE_WORK = LineWorkParameters()


class Stroke(NamedTuple):
    """A straight stroke from left to right: ``row = middle + slope * column``, between ``start`` and ``stop``."""

    start: float
    stop: float
    middle: float
    slope: float
    thickness: float

    @property
    def length(self) -> float:
        """The length in pixels."""
        return self.stop - self.start


class LineWork(NamedTuple):
    """The lines of a form: horizontal ones, and vertical ones with the page mirrored at its diagonal."""

    level: tuple[Stroke, ...]
    upright: tuple[Stroke, ...]


def find_line_work(ink: Bools, known: Bools, parameters: LineWorkParameters = LINE_WORK) -> LineWork:
    """Find the lines of boxes, combs, tables and grids.

    Parameters
    ----------
    ink
        bool of shape (height, width): all ink, even faint ink.
    known
        bool of the same shape: the lines that were found already, at which other lines may end.
    parameters
        The parameters of line work.

    Examples
    --------
    >>> page = np.zeros((60, 120), bool)
    >>> page[10:50, 10:110] = True
    >>> page[13:47, 13:107] = False  # the box of a field
    >>> page[20:40, 50:54] = True  # a one in it
    >>> found = find_line_work(page, np.zeros_like(page))
    >>> [(line.start, line.stop, line.thickness) for line in found.upright]
    [(10.0, 50.0, 3.0), (10.0, 50.0, 3.0)]
    """
    p = parameters
    if max(ink.shape) < p.least_page_side_px:
        return LineWork((), ())
    level, upright = trace_strokes(ink, p), trace_strokes(ink.T, p)
    return _Form(level, upright, ink, known, p).choose() if level or upright else LineWork((), ())


def trace_strokes(ink: Bools, parameters: LineWorkParameters = LINE_WORK) -> list[Stroke]:
    """Trace straight, nearly horizontal strokes, the longest first.

    Examples
    --------
    >>> page = np.zeros((60, 120), bool)
    >>> page[20:24, 10:90] = True
    >>> [tuple(stroke) for stroke in trace_strokes(page)]
    [(10.0, 90.0, 21.5, 0.0, 4.0)]
    """
    p = parameters
    side = max(ink.shape)
    thin = keep_thin(ink, max(p.thin_px, side // p.thinness))
    labels, count = ndimage.label(_keep_long(thin, max(p.least_length_px, side // p.shortness)), EIGHT_NEIGHBOURS)
    windows = ndimage.find_objects(labels)
    order = sorted(range(count), key=lambda index: windows[index][1].start - windows[index][1].stop)
    strokes: list[Stroke] = []
    for index in order[: p.most_strokes]:
        seed = labels[windows[index]] == index + 1
        stroke = _trace(ink, seed, windows[index][0].start, windows[index][1].start, p)
        if stroke is not None and not any(_is_part(stroke, other) for other in strokes):
            strokes.append(stroke)
    return strokes


def _keep_long(thin: Bools, length: int) -> Bools:
    """Keep what goes on from left to right for so long, up or down by a row now and then."""
    size = length // 2 * 2 + 1
    near = ndimage.maximum_filter1d(thin.view(np.uint8), 3, axis=0, mode="constant")
    eroded = ndimage.minimum_filter1d(near, size, axis=1, mode="constant")
    opened = ndimage.maximum_filter1d(eroded, size, axis=1, mode="constant").astype(bool)
    return np.asarray(thin & opened)


def _trace(ink: Bools, seed: Bools, top: int, left: int, p: LineWorkParameters) -> Stroke | None:
    """Fit a straight line to a seed, and go on along it as far as there is ink; None if it is not straight."""
    tall = seed.sum(axis=0)
    columns = np.flatnonzero(tall)
    middles = (seed * np.arange(len(seed))[:, None]).sum(axis=0)[columns] / tall[columns] + top
    x = np.asarray(columns + float(left), np.float64)
    slope, middle = fit_line(x, np.asarray(middles, np.float64))
    thickness = middle_of(tall[columns])
    crooked = float(abs(middles - middle - slope * x).mean())
    if abs(slope) > p.steepest_slope or crooked > p.most_crooked_px + p.most_crooked_share * len(x):
        return None
    start, stop = _go_on(ink, middle, slope, (int(x[0]), int(x[-1]) + 1), p.most_gap_px)
    stroke = Stroke(float(start), float(stop), middle, slope, thickness)
    return stroke if stroke.length >= max(p.least_length_px, p.least_length_thicknesses * thickness) else None


def _go_on(ink: Bools, middle: float, slope: float, span: tuple[int, int], gap: int) -> tuple[int, int]:
    """How far ink goes on along a line, to the left of a span and to its right."""
    x = np.arange(ink.shape[1])
    rows = np.rint(middle + slope * x).astype(np.intp)
    inside = (rows >= 0) & (rows < len(ink))
    there = ink[rows.clip(0, len(ink) - 1), x] & inside
    return span[0] - _run(there[: span[0]][::-1], gap), span[1] + _run(there[span[1] :], gap)


def _run(there: Bools, gap: int) -> int:
    """How long it goes on from the beginning, without more than ``gap`` missing in a row."""
    present = np.flatnonzero(there)
    if not len(present):
        return 0
    breaks = np.flatnonzero(np.diff(present, prepend=-1) > gap + 1)
    reached = present if not len(breaks) else present[: breaks[0]]
    return int(reached[-1]) + 1 if len(reached) else 0


def _is_part(stroke: Stroke, other: Stroke) -> bool:
    """Whether a stroke is a piece of another one that was traced before."""
    shared = min(stroke.stop, other.stop) - max(stroke.start, other.start)
    centre = (stroke.start + stroke.stop) / 2
    apart = abs(stroke.middle - other.middle + (stroke.slope - other.slope) * centre)
    return shared >= 0.8 * stroke.length and apart <= (stroke.thickness + other.thickness) / 2 + 1


class _Form:
    """Straight strokes, level and upright, and which of them hold which."""

    def __init__(
        self, level: Sequence[Stroke], upright: Sequence[Stroke], ink: Bools, known: Bools, p: LineWorkParameters
    ) -> None:
        self.p, self.ink, self.known = p, ink, known
        self.strokes = [*level, *upright]
        self.levels = len(level)
        table = np.array(self.strokes, np.float64).reshape(-1, 5)
        self.start, self.stop, self.middle, self.slope, self.thick = table.T
        self.length = self.stop - self.start
        self.is_level = np.arange(len(table)) < self.levels
        self.limit = np.asarray(np.where(self.is_level, ink.shape[1], ink.shape[0]), np.float64)
        self.held_by = np.stack([self._find_holders(end) for end in (self.start, self.stop)])
        at_edge = [self.start <= p.edge_px, self.stop >= self.limit - p.edge_px]
        self.at_edge = np.stack(at_edge)
        self.share_known = np.array([self._share_known(place) for place in range(len(self.strokes))], np.float64)

    def _find_holders(self, end: Floats) -> Bools:
        """Which strokes (columns) hold the ends of which (rows): of the other direction, and near to the end."""
        across = self.middle + self.slope * end  # where the end lies across its own direction
        place = self.middle[None] + self.slope[None] * across[:, None]  # of the holder, along this one's direction
        reach = self.thick[None] / 2 + self.p.touching_px
        near = abs(end[:, None] - place) <= reach
        slack = self.thick[:, None] / 2 + self.p.touching_px
        within = (across[:, None] >= self.start[None] - slack) & (across[:, None] <= self.stop[None] + slack)
        return np.asarray(near & within & (self.is_level[:, None] != self.is_level[None]))

    def _share_known(self, place: int) -> float:
        """How much of a stroke lies on lines that were found before."""
        stroke = self.strokes[place]
        x = np.arange(int(stroke.start), int(stroke.stop))
        rows = np.rint(stroke.middle + stroke.slope * x).astype(np.intp)
        known = self.known if place < self.levels else self.known.T
        return float(known[rows.clip(0, len(known) - 1), x].mean())

    def choose(self) -> LineWork:
        """Choose the strokes that are printed and were not completely known before."""
        known = self.share_known >= self.p.known_share
        long = self._find_long()
        printed = known | long | self._find_cups()
        printed |= self._find_closed(printed)
        printed |= self._find_ticks(printed)
        printed |= self._find_across(long)
        printed |= self._find_dividers(printed) | self._find_fences()
        printed |= self._find_mates(printed)
        printed |= self._find_closed(printed)
        printed |= self._find_last_sides(printed)
        far = self.length >= self.p.long_share_of_side * max(self.ink.shape)
        goes_on = known & far & (self.share_known < self.p.wholly_known_share)
        new = np.flatnonzero(printed & (~known | goes_on)).tolist()
        level = tuple(self.strokes[index] for index in new if index < self.levels)
        upright = tuple(self.strokes[index] for index in new if index >= self.levels)
        return LineWork(level, upright)

    def _find_long(self) -> Bools:
        """Which level strokes are longer than any stroke of a pen, beside what else there is."""
        p = self.p
        long = self.is_level & (self.length >= p.long_share_of_side * max(self.ink.shape))
        long &= self.length >= p.long_thicknesses * self.thick
        if long.any():
            long &= self.length >= p.long_heights * self._measure_height(self.ink & ~self._draw(long))
        return np.asarray(long)

    def _find_across(self, long: Bools) -> Bools:
        """Which uprights go from the upper edge of the picture to the lower one, as dividers do, beside other ink."""
        p = self.p
        chosen = ~self.is_level & (self.length >= max(p.least_across_px, p.nearly_across_share * len(self.ink)))
        chosen &= (self.length >= p.across_thicknesses * self.thick) & self.at_edge.any(axis=0)
        whole = chosen & self.at_edge.all(axis=0)
        rest = self.ink & ~self.known & ~self._draw(long | chosen)
        if not whole.any() or rest.sum() < p.least_rest_across_share * self.ink.sum():
            return np.zeros(len(self.strokes), bool)
        height = self._measure_height(rest)
        places = np.flatnonzero(chosen)
        alike = self._are_alike(places, long=False) & whole[places]
        found = np.zeros(len(self.strokes), bool)
        found[places] = alike.sum(axis=1) > (1 if height > p.most_rest_share * len(self.ink) else 0)
        beside = np.minimum(self.middle, self.ink.shape[1] - self.middle) <= self.thick / 2 + p.edge_px
        return np.asarray(found | (found.any() & chosen & beside))

    def _find_dividers(self, printed: Bools) -> Bools:
        """Which uprights go from one printed line to the next, several alike, in even steps where they lean."""
        p = self.p
        found = np.zeros(len(self.strokes), bool)
        tall = ~self.is_level & (self.length >= p.least_across_px)
        places = np.flatnonzero((self.held_by & printed).any(axis=2).all(axis=0) & tall)
        lean, thick, across = (self.slope * self.length)[places], self.thick[places], self.middle[places]
        alike: Bools = abs(np.subtract.outer(thick, thick)) <= np.maximum(
            p.alike_thickness_px, p.divider_thickness_share * thick
        )
        turned = abs(np.subtract.outer(lean, lean))
        sure = (alike & (turned <= p.alike_lean_px)).sum(axis=1) >= p.dividers_least
        if sure.sum() > 1:
            steps, even = self._count_steps(abs(np.subtract.outer(across, across)), across[sure])
            near = alike & (turned <= p.divider_lean_px) & even & (steps > 0) & sure
            found[places] = sure | near.any(axis=1)
        return found

    def _find_fences(self) -> Bools:
        """Which uprights stand beside each other in even steps, alike, and higher than what is written between them."""
        p = self.p
        places = np.flatnonzero(~self.is_level & (self.length >= p.least_across_px))
        alike = self._stand_alike(places).sum(axis=1)
        fences = np.zeros(len(self.strokes), bool)
        fences[places] = alike >= p.fence_least
        if fences.any():
            height = self._measure_height(self.ink & ~self._draw(fences))
            fences[places] &= (alike >= p.fence_sure) | (self.length[places] >= p.fence_heights * height)
        across = self.middle[fences]
        if len(across) < p.fence_least:
            return np.zeros(len(self.strokes), bool)
        _, even = self._count_steps(np.diff(np.sort(across)), across)
        return np.asarray(fences & even.all())

    def _count_steps(self, distances: Floats, across: Floats) -> tuple[Floats, Bools]:
        """How many steps some distances are, where a step is the usual one between uprights, and which are even."""
        steps = distances / max(1.0, float(np.median(np.diff(np.sort(across)))))
        count = np.rint(steps)
        return count, np.asarray(abs(steps - count) <= self.p.divider_spacing_share)

    def _find_mates(self, printed: Bools) -> Bools:
        """Which uprights are as long and as high in the picture as several printed ones: a box that a digit touches."""
        p = self.p
        places = np.flatnonzero(~self.is_level & (self.length >= p.least_across_px))
        mates = np.zeros(len(self.strokes), bool)
        mates[places] = (self._stand_alike(places) & printed[places]).sum(axis=1) >= p.mates_least
        return mates

    def _find_last_sides(self, printed: Bools) -> Bools:
        """Which uprights go from the end of one printed line to that of another, as the side of a box does."""
        holders = self.held_by & printed & self.is_side
        corners = (holders & self.held_by.any(axis=0).T).any(axis=2).all(axis=0)
        return np.asarray(corners & ~self.is_level & (self.length >= self.p.least_box_side_px))

    def _stand_alike(self, places: npt.NDArray[np.intp]) -> Bools:
        """Which of some uprights are alike and stand as high in the picture as which."""
        p = self.p
        centre, across = (self.start + self.stop)[places] / 2, self.middle[places]
        drift = self.slope[places] * np.subtract.outer(across, across)  # of level lines, which are square to them
        apart = abs(np.subtract.outer(centre, centre) + drift)
        most = np.maximum(p.alike_length_px, p.alike_length_share * self.length[places])
        return self._are_alike(places) & (apart <= most)

    def _measure_height(self, rest: Bools) -> float:
        """How high some ink is, without dust above and below it; of none, the height of the picture."""
        rows = np.cumsum(rest.sum(axis=1))
        first, last = np.searchsorted(rows, [self.p.stray_share * rows[-1], (1 - self.p.stray_share) * rows[-1]])
        return float(last - first if rows[-1] else len(rows))

    def _draw(self, chosen: Bools) -> Bools:
        """The pixels of some strokes."""
        drawn = np.zeros(self.ink.shape, bool)
        for place in np.flatnonzero(chosen).tolist():
            stroke, page = self.strokes[place], drawn if place < self.levels else drawn.T
            x = np.arange(int(stroke.start), int(stroke.stop))
            reach = stroke.thickness / 2 + 1
            top = np.rint(stroke.middle + stroke.slope * x - reach).astype(np.intp)
            for row in range(int(2 * reach) + 1):
                page[(top + row).clip(0, len(page) - 1), x] = True
        return drawn

    def _find_closed(self, printed: Bools) -> Bools:
        """Which strokes hold each other all around, or are held at both ends by what is printed."""
        alive = self._prune(self.length >= self.p.least_box_side_px, edges=False)
        alive = self._prune(alive & self._are_printed_in_boxes(alive), edges=False)
        closed = alive & self._in_boxes(alive)
        fits = self._fits(printed)
        closed |= self._prune(printed | fits, edges=False) & fits
        cut = self._prune(self.length >= self.p.cut_length_thicknesses * self.thick, edges=True)
        return np.asarray(closed | (cut & self._in_corners(cut)))

    def _prune(self, alive: Bools, *, edges: bool) -> Bools:
        """Which strokes are held at both ends by others that are, or by the edge of the picture."""
        while True:
            held = (self.held_by & alive).any(axis=2)
            still = alive & (held | (self.at_edge & edges)).all(axis=0)
            if (still == alive).all():
                return alive
            alive = still

    def _in_boxes(self, alive: Bools) -> Bools:
        """Which of them belong to groups of at least two level and two upright ones."""
        group = group_linked(self._link(alive))
        level, upright = (np.bincount(group, alive & way, len(group)) for way in (self.is_level, ~self.is_level))
        return np.asarray(alive & (level[group] > 1) & (upright[group] > 1))

    def _are_printed_in_boxes(self, alive: Bools) -> Bools:
        """Which of them go from corner to corner, cross others, or have their like: a long 1 in a box does not."""
        holds = self.held_by & alive
        corners = (holds & holds.any(axis=0).T).any(axis=2).all(axis=0)
        crossing = (self._find_crossings() & alive).any(axis=1)
        return np.asarray(corners | crossing | self._fits(alive))

    def _find_crossings(self) -> Bools:
        """Which strokes (columns) cross which (rows), not at an end of either."""
        middle = self.middle + self.slope * (self.start + self.stop) / 2
        place = self.middle[None] + self.slope[None] * middle[:, None]  # of the other, along this one's direction
        slack = (self.thick[:, None] + self.thick[None]) / 2 + self.p.touching_px
        inside = (place > self.start[:, None] + slack) & (place < self.stop[:, None] - slack)
        return np.asarray(inside & inside.T & (self.is_level[:, None] != self.is_level[None]))

    def _in_corners(self, alive: Bools) -> Bools:
        """Which of them belong to groups with a corner, where two end at each other, and leave room for other ink."""
        holds = self._link(alive)
        group = group_linked(holds)
        corners = np.bincount(group, (holds & holds.T).any(axis=1), minlength=len(group))
        rest = 1 - float((self.length * self.thick)[alive].sum()) / max(1.0, float(self.ink.sum()))
        return np.asarray(alive & (corners[group] > 0) & (rest >= self.p.least_rest_share))

    def _link(self, alive: Bools) -> Bools:
        """Which of them (columns) hold an end of which (rows)."""
        return np.asarray(self.held_by.any(axis=0) & alive & alive[:, None])

    def _fits(self, printed: Bools) -> Bools:
        """Which strokes are held at both ends, squarely, by printed ones as thick as they are, and have their like."""
        p = self.p
        square = abs(self.slope[:, None] + self.slope[None]) <= p.square_slope
        fits = (self.held_by & printed & square & self.is_side).any(axis=2).all(axis=0)
        lean = abs(np.subtract.outer(self.slope, self.slope)) * self.length[:, None]
        apart = abs(np.subtract.outer(self.thick, self.thick))
        same = self.is_level[:, None] == self.is_level[None]
        same &= (lean <= p.alike_lean_px) & (apart <= p.alike_thickness_px)
        return np.asarray(fits & ((same & fits).sum(axis=1) > 1))

    def _find_cups(self) -> Bools:
        """Which strokes are a level one with two alike standing on its ends, or hanging from them: a comb's cell."""
        cups = np.zeros(len(self.strokes), bool)
        wide = self.is_level & (self.length >= self.p.least_box_side_px)
        holders = self.held_by & self.as_thick
        corners = holders & (holders.any(axis=0).T)
        for base in np.flatnonzero(wide & corners.any(axis=2).all(axis=0)).tolist():
            left, right = (np.flatnonzero(end)[0] for end in corners[:, base])
            one_side = (holders[:, left, base] & holders[:, right, base]).any()
            if one_side and self._are_alike(np.array([left, right]))[0, 1]:
                cups[[base, left, right]] = True
        return cups

    def _are_alike(self, chosen: npt.NDArray[np.intp], *, long: bool = True, upright: bool = True) -> Bools:
        """Which of some strokes are as thick as which, and as ``upright`` and as ``long``."""
        p = self.p
        lean, thick, length = (self.slope * self.length)[chosen], self.thick[chosen], self.length[chosen]
        alike = (abs(np.subtract.outer(lean, lean)) <= p.alike_lean_px) | (not upright)
        alike &= abs(np.subtract.outer(thick, thick)) <= p.alike_thickness_px
        most = np.maximum(p.alike_length_px, p.alike_length_share * length)
        return np.asarray(alike & ((abs(np.subtract.outer(length, length)) <= most) | (not long)))

    @cached_property
    def as_thick(self) -> Bools:
        """Which strokes (columns) are as thick as which (rows)."""
        p = self.p
        most = np.maximum(p.alike_thickness_px, p.alike_thickness_share * self.thick[None])
        return np.asarray(abs(np.subtract.outer(self.thick, self.thick)) <= most)

    @cached_property
    def is_side(self) -> Bools:
        """Which strokes (columns) are as thick as which (rows), or half as thick as the side that two boxes share."""
        p, own, other = self.p, self.thick[:, None], self.thick[None]
        most = np.maximum(p.alike_thickness_px, p.alike_thickness_share * np.maximum(own, other))
        return np.asarray((abs(own - other) <= most) | (abs(own - 2 * other) <= p.alike_thickness_px))

    def _find_ticks(self, printed: Bools) -> Bools:
        """Which strokes stand on a printed line, alike, as the ticks of a comb do."""
        p = self.p
        turned = abs(self.slope[:, None] + self.slope[None]) * self.length[:, None]
        square = turned <= np.maximum(p.alike_lean_px, p.square_slope * self.length[:, None])
        # a line that the picture cuts may be thicker than what is seen of it
        cut = self.is_level & (np.minimum(self.middle, len(self.ink) - 1 - self.middle) <= p.edge_px)
        holders = self.held_by & printed & square & (self.as_thick | cut)
        one = holders.any(axis=2).any(axis=0) & ~printed
        chosen = np.flatnonzero(one)
        base = np.asarray(holders.any(axis=0))[chosen].astype(int)
        shared = base @ base.T > 0
        same = shared & self._are_alike(chosen)
        ticks = np.zeros(len(self.strokes), bool)
        alike = same.sum(axis=1) > 1
        length = self.length[chosen]
        near: Bools = abs(np.subtract.outer(length, length)) <= p.nearly_alike_share * length
        near &= shared & self._are_alike(chosen, long=False, upright=False)
        ticks[chosen] = alike | (near & alike).any(axis=1)
        return ticks
