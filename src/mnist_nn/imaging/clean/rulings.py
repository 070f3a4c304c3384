"""Where the rulings of a page are: the printed lines of ruled and squared paper, tables and frames.

Rulings are straight, however the camera is held. So every point of thin ink votes for the straight lines through it (a
Hough transform over a few slopes near the level), and what many points agree on is followed on the page itself: a
ruling is there where nearly every column of it is ink. That tells it from a row of digits, which has gaps. How a ruling
is taken off the ink written over it is for `mnist_nn.imaging.clean.remove_rulings`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class RulingParameters:
    """What is a ruling, and how it is taken off. Chosen on the digits that training holds out (docs/reading.md)."""

    least_page_side_px: int = 64
    """Pictures whose longer side is below this show a digit, not paper."""
    voting_side_px: int = 800
    """Pages with a longer side vote in reduced size: so fine tells lines apart, and votes are fast."""
    steepest_slope: float = 0.1
    """Rows per column: five degrees and a bit, as a camera is held by hand."""
    thinness: int = 100
    """A ruling is at most the thinness-th part of the longer side thick."""
    thin_px: int = 4
    """A ruling may be so thick on a page of any size,"""
    thin_in_voting_px: int = 3
    """and so thick where it is voted for."""
    least_length_share_of_longer_side: float = 0.3
    """Strokes are shorter,"""
    edge_to_edge_share: float = 0.95
    """and where the page is narrower than that, as in crops, a ruling goes on from edge to edge."""
    least_run_share: float = 0.2
    """Of the side that it runs along, a ruling goes on without a gap, which a row of digits does not."""
    least_thin_share: float = 0.15
    """Of that side has to be ruling alone, crossed by nothing."""
    window_share: float = 0.06
    """Of that side: the stretches that are looked at one by one,"""
    least_window_px: int = 16
    """which are at least so long,"""
    filled_share_of_window: float = 0.75
    """and of which so much has to be ink: a dotted or faint ruling has gaps."""
    slacks_px: tuple[int, ...] = (4, 2, 2)
    """How far up or down a ruling may lie from where it is expected, round after round of following it."""
    curve_points: int = 200
    """Points that a parabola is fitted to; more would only take longer."""
    most_each_way: int = 200
    """Rulings: squared paper has no more."""
    spill_px: int = 1
    """Pixels beside a ruling that are still its own: it is seldom as sharp as its thickness."""

    profile_blocks: int = 4
    """Stretches of a ruling whose darkness is measured on their own: it may fade,"""
    least_block_px: int = 100
    """each at least so long."""
    profile_columns: int = 500
    """Columns of a ruling that measure it; more would only take longer."""
    profile_steps_per_px: int = 4
    """Distances from the centre that are told apart: a ruling that slopes shows its profile finely."""
    profile_share: float = 0.35
    """Of the pixels at a distance are no darker than the ruling alone, even where more than half is written over."""
    least_profile_px: int = 3
    """Pixels at a distance that tell what is typical there."""
    blur_px: int = 3
    """Pixels beside a ruling that it may have darkened."""
    ink_over_ruling_sigmas: float = 2.5
    """What is darker than the ruling by less, in standard deviations of the paper, is the ruling,"""
    ink_over_ruling_share: float = 0.15
    """or by less than so much of the ruling's own darkness."""
    least_share_of_ink_over_ruling: float = 0.3
    """A pen is taken for at least so much darker than a ruling when its ink is made as dark as beside it."""
    join_share_of_sides: float = 0.8
    """A ruling that is so dark, in the ink at both of its sides, may have that ink on it."""


RULINGS = RulingParameters()


@dataclass(frozen=True, eq=False)
class Ruling:
    """A printed line from left to right.

    Attributes
    ----------
    centre
        float64 of shape (width,): the row of its centre in every column of the page.
    there
        bool of shape (width,): whether it is there.
    thickness_px
        Its typical thickness.
    """

    centre: Floats
    there: Bools
    thickness_px: float


@dataclass(frozen=True, eq=False)
class Rulings:
    """The rulings of a page: level ones, and upright ones as if the page were turned over at its diagonal."""

    level: tuple[Ruling, ...] = ()
    upright: tuple[Ruling, ...] = ()
    spill_px: int = RULINGS.spill_px

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self.level or self.upright)

    def cover(self, shape: tuple[int, ...], *, margin_px: int = 0) -> Bools:
        """Return the pixels of a page that rulings cover, and a margin on both sides: bool of this shape."""
        covered = np.zeros(shape, bool)
        _mark(covered, self.level, self.spill_px + margin_px)
        _mark(covered.T, self.upright, self.spill_px + margin_px)
        return covered


def find_rulings(ink: Bools, parameters: RulingParameters = RULINGS) -> Rulings:
    """Find the rulings in all the ink of a page, even faint ink, in which a light ruling has fewer gaps.

    ``ink`` is bool of shape (height, width).

    Examples
    --------
    >>> page = np.zeros((200, 300), bool)
    >>> page[100:102] = page[80:130, 150:156] = True
    >>> rulings = find_rulings(page)
    >>> len(rulings.level), len(rulings.upright), np.flatnonzero(rulings.cover(page.shape)[:, 9]).tolist()
    (1, 0, [99, 100, 101, 102])
    """
    if max(ink.shape) < parameters.least_page_side_px or not _reaches_far(ink, parameters):
        return Rulings(spill_px=parameters.spill_px)
    return Rulings(tuple(_find_level(ink, parameters)), tuple(_find_level(ink.T, parameters)), parameters.spill_px)


def _reaches_far(mask: Bools, p: RulingParameters) -> bool:
    """Whether there could be a ruling at all: a quick no for most pictures of a single digit."""
    for axis in (0, 1):
        inked = np.flatnonzero(mask.any(axis=axis))
        if inked.size and inked[-1] - inked[0] >= _least_length(mask if axis else mask.T, p):
            return True
    return False


def _mark(covered: Bools, rulings: Iterable[Ruling], beside: int) -> None:
    """Mark the pixels of rulings from left to right, and some beside them."""
    for ruling in rulings:
        reach = ruling.thickness_px / 2 + beside
        columns = np.flatnonzero(ruling.there)
        first = np.ceil(ruling.centre[columns] - reach).astype(np.intp)
        for row in range(int(2 * reach) + 1):
            rows = first + row
            inside = (rows >= 0) & (rows < len(covered)) & (rows <= ruling.centre[columns] + reach)
            covered[rows[inside], columns[inside]] = True


def _find_level(mask: Bools, p: RulingParameters) -> Iterator[Ruling]:
    for row, slope in _elect(mask, p):
        ruling = _follow(mask, row, slope, p)
        if ruling is not None:
            yield ruling


def _elect(mask: Bools, p: RulingParameters) -> Iterator[tuple[float, float]]:
    """Straight lines that many points of thin ink lie on: the row in the middle of the page, and the slope."""
    factor = -(-max(mask.shape) // p.voting_side_px)
    small = _reduce(mask, factor)
    thin = _keep_thin(small, max(p.thin_in_voting_px, max(small.shape) // p.thinness))
    edge = thin & ~_move_down(thin)  # one point per column
    y, x = np.nonzero(edge)
    x = x - small.shape[1] / 2
    slopes = np.arange(-p.steepest_slope, p.steepest_slope + 1e-9, 4 / max(small.shape[1], 40))
    margin = int(p.steepest_slope * small.shape[1] / 2) + 2
    votes = np.stack(
        [np.bincount(np.rint(y - s * x).astype(np.intp) + margin, minlength=len(small) + 2 * margin) for s in slopes]
    )
    votes[:, 1:-1] += votes[:, :-2] + votes[:, 2:]
    away = abs(slopes[:, None] - slopes) * small.shape[1] / 2 + 2
    rows = np.arange(votes.shape[1])
    for _ in range(p.most_each_way):
        best, row = divmod(int(votes.argmax()), votes.shape[1])
        if votes[best, row] < p.least_thin_share * small.shape[1]:
            return
        yield (row - margin + 0.5) * factor, float(slopes[best])
        votes[abs(rows - row) <= away[best][:, None]] = 0


def _follow(mask: Bools, row: float, slope: float, p: RulingParameters) -> Ruling | None:
    """See how far an elected line is really there, and where exactly."""
    width = mask.shape[1]
    thickest = max(p.thin_px, max(mask.shape) // p.thinness)
    x = np.arange(width)
    centre = row + slope * (x - width / 2)
    if _where_it_is(mask, centre, p.slacks_px[0], p).sum() < _least_length(mask, p):
        return None
    thickness = 0.0
    for slack in p.slacks_px:
        start, found = _find_nearest(mask, centre, slack)
        above, below = (_measure_run(mask, start, way * np.arange(thickest + 1)) for way in (-1, 1))
        count = above + below - 1
        alone = found & (count <= thickest)
        if alone.sum() < p.least_thin_share * width:
            return None
        offset = start - centre + (below - above) / 2
        centre = centre + _fit_curve(x[alone] / width - 0.5, offset[alone], x / width - 0.5, p.curve_points)
        thickness = float(np.median(count[alone]))
    there = _where_it_is(mask, centre, 1, p)
    goes_on = there.sum() >= _least_length(mask, p) and _longest_run(there) >= p.least_run_share * width
    return Ruling(centre, there, thickness) if goes_on else None


def _least_length(mask: Bools, p: RulingParameters) -> float:
    """How long a ruling from left to right must be, in pixels."""
    return float(min(p.least_length_share_of_longer_side * max(mask.shape), p.edge_to_edge_share * mask.shape[1]))


def _where_it_is(mask: Bools, centre: Floats, reach: int, p: RulingParameters) -> Bools:
    """The columns in which there is a ruling: nearly all around have ink."""
    inked = _strip(mask, centre, np.arange(-reach, reach + 1)).any(axis=0)
    window = max(p.least_window_px, round(p.window_share * mask.shape[1]))
    return _fill(np.asarray(inked), window, p.filled_share_of_window)


def _find_nearest(mask: Bools, centre: Floats, reach: int) -> tuple[Floats, Bools]:
    """In every column, the row of the ink nearest to a line, and whether there is any within reach."""
    offsets = np.array(sorted(range(-reach, reach + 1), key=abs))
    strip = _strip(mask, centre, offsets)
    return np.rint(centre) + offsets[strip.argmax(axis=0)], np.asarray(strip.any(axis=0))


def _measure_run(mask: Bools, centre: Floats, offsets: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """In every column, how much ink there is from the centre on without a break."""
    run: npt.NDArray[np.intp] = np.logical_and.accumulate(_strip(mask, centre, offsets)).sum(axis=0)
    return run


def _strip(mask: Bools, centre: Floats, offsets: npt.NDArray[np.intp]) -> Bools:
    """The rows around a line, made level; what lies beyond the page is empty."""
    rows = np.rint(centre).astype(np.intp) + offsets[:, None]
    inside = (rows >= 0) & (rows < len(mask))
    strip: Bools = mask[np.clip(rows, 0, len(mask) - 1), np.arange(mask.shape[1])] & inside
    return strip


def _fit_curve(x: Floats, y: Floats, at: Floats, points: int) -> Floats:
    """The parabola through most points, and its value elsewhere."""
    step = 1 + len(x) // points
    x, y = x[::step], y[::step]
    near = np.ones(len(x), bool)
    for _ in range(3):
        terms = np.stack([np.ones(near.sum()), x[near], x[near] ** 2], axis=1)
        fit = np.linalg.lstsq(terms, y[near], rcond=None)[0]
        distance = abs(y - (fit[0] + fit[1] * x + fit[2] * x**2))
        near = distance <= max(1.0, 2 * float(np.median(distance)))
    return np.asarray(fit[0] + fit[1] * at + fit[2] * at**2)


def _fill(inked: Bools, window: int, share: float) -> Bools:
    """Columns inside a window of which enough is inked."""
    window = min(window, len(inked))
    sums = np.cumsum(np.pad(inked, (1, 0)), dtype=np.intp)
    full = (sums[window:] - sums[:-window]) >= share * window
    count = np.cumsum(np.pad(full, (window, window)), dtype=np.intp)
    return np.asarray(count[window : window + len(inked)] > count[: len(inked)])


def _longest_run(there: Bools) -> int:
    ends = np.flatnonzero(np.diff(there, prepend=False, append=False))
    return int(np.diff(ends)[::2].max(initial=0))


def _reduce(mask: Bools, factor: int) -> Bools:
    """One pixel for factor² pixels, ink if any of them is."""
    if factor == 1:
        return mask
    height, width = (-(-side // factor) * factor for side in mask.shape)
    padded = np.pad(mask, [(0, height - mask.shape[0]), (0, width - mask.shape[1])])
    rows = np.logical_or.reduce([padded[i::factor] for i in range(factor)])
    return np.asarray(np.logical_or.reduce([rows[:, i::factor] for i in range(factor)]))


def _keep_thin(mask: Bools, thickness: int) -> Bools:
    """Ink in vertical runs that are no longer than this."""
    size = 2 * (thickness // 2) + 1
    eroded = ndimage.minimum_filter1d(mask.view(np.uint8), size, axis=0, mode="constant")
    opened: Bools = ndimage.maximum_filter1d(eroded, size, axis=0, mode="constant").astype(bool)
    return np.asarray(mask & ~opened)


def _move_down(mask: Bools) -> Bools:
    """The mask one row further down; background comes in."""
    moved = np.zeros_like(mask)
    moved[1:] = mask[:-1]
    return moved
