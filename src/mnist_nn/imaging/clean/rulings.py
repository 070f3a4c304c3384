"""Finds the rulings on a page: the printed lines of ruled and squared paper, tables and frames.

Rulings are straight, however the camera is held. So every point of thin ink votes for the straight lines through it (a
Hough transform with a few nearly horizontal slopes). Lines with many votes are followed on the page itself: a ruling
has ink in nearly every column, unlike a row of digits, which has gaps. `mnist_nn.imaging.clean.remove_rulings` removes
rulings under ink.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mnist_nn.imaging.clean.line_work import LINE_WORK, LineWorkParameters, Stroke, find_line_work
from mnist_nn.imaging.clean.straight import fit_line, keep_thin
from mnist_nn.imaging.components import find_components, weighted_median

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class RulingParameters:
    """Parameters for finding and removing rulings.

    They were chosen on the digits that training holds out (docs/explanation/reading.md).
    """

    least_page_side_px: int = 64
    """Pictures whose longer side is below this show a digit, not paper."""
    voting_side_px: int = 800
    """A page with a longer side is reduced to this size for the voting, which is faster and still separates lines."""
    steepest_slope: float = 0.1
    """Steepest slope of a ruling, in rows per column: a little more than five degrees, as when a camera is held by
    hand."""
    thinness: int = 100
    """A ruling is at most as thick as the longer side divided by this."""
    thin_px: int = 4
    """A ruling may be this thick on a page of any size."""
    thin_in_voting_px: int = 3
    """A ruling may be this thick at the size used for voting."""
    least_length_share_of_longer_side: float = 0.3
    """A ruling is at least this long, as a share of the longer side. Strokes are shorter."""
    edge_to_edge_share: float = 0.95
    """If the page is narrower than that, as in crops, a ruling covers at least this share of its side."""
    pen_heights: float = 1.35
    """An upright that ends in free paper is a ruling only if it is higher than this many heights of other ink, or if
    there is another one like it. In a small picture, a 1 is as long as a ruling."""
    free_px: int = 3
    """Such an upright ends at least this far from printed lines and from the edge of the picture, and another one like
    it begins and ends at most this far above or below."""
    same_lean_px: float = 1.5
    """From top to bottom, such an upright and another one like it lean equally to within this many pixels."""
    least_run_share: float = 0.2
    """Unlike a row of digits, a ruling runs without a gap over at least this share of its side of the page."""
    least_thin_share: float = 0.15
    """Over at least this share of that side, the ruling is alone and nothing crosses it."""
    window_share: float = 0.06
    """Length of the stretches that are examined one by one, as a share of that side."""
    least_window_px: int = 16
    """Such a stretch is at least this long."""
    filled_share_of_window: float = 0.75
    """At least this share of a stretch is ink: a dotted or faint ruling has gaps."""
    slacks_px: tuple[int, ...] = (4, 2, 2)
    """How far above or below its expected place a ruling may lie, for each round of following it."""
    curve_points: int = 200
    """Number of points that a parabola is fitted to; more would only take longer."""
    most_each_way: int = 200
    """At most this many rulings are followed in each direction; squared paper has no more."""
    line_work: LineWorkParameters = LINE_WORK
    """Parameters for lines of boxes, combs and grids, however short or bold."""
    spill_px: int = 1
    """Pixels on each side that still belong to a ruling, because its edges are seldom sharp."""

    least_settled_px: int = 4
    """A short line is located by the columns that contain nothing else, if there are at least this many."""

    profile_blocks: int = 4
    """Number of stretches of a ruling whose darkness is measured separately, because a ruling may fade."""
    least_block_px: int = 100
    """Each stretch is at least this long."""
    profile_columns: int = 500
    """Number of columns in which a ruling is measured; more would only take longer."""
    profile_steps_per_px: int = 4
    """Number of distances from the centre per pixel that are distinguished: a sloping ruling shows its profile
    finely."""
    profile_share: float = 0.35
    """The darkness of a ruling is that of its pixels at this quantile, even where more than half of it is written
    over."""
    least_profile_px: int = 3
    """At least this many pixels at a distance are needed to tell what is typical there."""
    end_thicknesses: float = 1.5
    """At each end, this many thicknesses of a ruling are not measured, because they may belong to the line that it
    ends at."""
    blur_px: int = 3
    """Pixels beside a ruling that it may have darkened."""
    ink_over_ruling_sigmas: float = 2.5
    """A pixel that is darker than the ruling by fewer standard deviations of the paper is part of the ruling."""
    ink_over_ruling_share: float = 0.15
    """A pixel that is darker by less than this share of the ruling's own darkness is also part of it."""
    least_share_of_ink_over_ruling: float = 0.3
    """Where a pen crosses a ruling, its ink is made as dark as beside it, assuming that the pen adds at least this
    share of it."""
    join_share_of_sides: float = 0.8
    """A ruling that has at least this share of the darkness of the ink on both of its sides may have that ink on it."""


RULINGS = RulingParameters()


@dataclass(frozen=True, eq=False)
class Ruling:
    """A printed line from left to right.

    Attributes
    ----------
    centre
        float64 of shape (width,): the row of its centre in every column of the page.
    there
        bool of shape (width,): whether the ruling exists in each column.
    thickness_px
        Its typical thickness.
    """

    centre: Floats
    there: Bools
    thickness_px: float


@dataclass(frozen=True, eq=False)
class Rulings:
    """The rulings of a page: horizontal ones, and vertical ones with the page mirrored at its diagonal."""

    level: tuple[Ruling, ...] = ()
    upright: tuple[Ruling, ...] = ()
    spill_px: int = RULINGS.spill_px

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self.level or self.upright)

    def cover(self, shape: tuple[int, ...], *, margin_px: int = 0) -> Bools:
        """Return the pixels of a page that rulings cover, with a margin on both sides: bool of this shape."""
        covered = np.zeros(shape, bool)
        _mark(covered, self.level, self.spill_px + margin_px)
        _mark(covered.T, self.upright, self.spill_px + margin_px)
        return covered


def find_rulings(ink: Bools, parameters: RulingParameters = RULINGS, *, margin_px: int = 0) -> Rulings:
    """Find the rulings in all ink of a page, including faint ink, in which a light ruling has fewer gaps.

    Parameters
    ----------
    ink
        bool of shape (height, width).
    parameters
        The parameters of rulings.
    margin_px
        Width of the margin that was added around the picture; short lines end at its edge.

    Examples
    --------
    >>> page = np.zeros((200, 300), bool)
    >>> page[100:102] = page[80:130, 150:156] = True
    >>> rulings = find_rulings(page)
    >>> len(rulings.level), len(rulings.upright), np.flatnonzero(rulings.cover(page.shape)[:, 9]).tolist()
    (1, 0, [99, 100, 101, 102])
    """
    long = _find_long(ink, parameters, margin_px)
    factor = -(-max(ink.shape) // parameters.voting_side_px)
    own = tuple(slice(margin_px, side - margin_px) for side in ink.shape)
    known = _reduce(long.cover(ink.shape, margin_px=parameters.spill_px)[own], factor)
    short = find_line_work(_reduce(ink[own], factor), known, parameters.line_work)
    level = (_settle(ink[own], stroke, factor, parameters) for stroke in short.level)
    upright = (_settle(ink[own].T, stroke, factor, parameters) for stroke in short.upright)
    levels, uprights = ([_surround(ruling, margin_px) for ruling in way] for way in (level, upright))
    return Rulings((*long.level, *levels), (*long.upright, *uprights), parameters.spill_px)


def _surround(ruling: Ruling, margin_px: int) -> Ruling:
    """A ruling of a picture, in the same picture with a margin, in which it does not go on."""
    centre, there = np.pad(ruling.centre, margin_px, "edge") + margin_px, np.pad(ruling.there, margin_px)
    return Ruling(centre, there, ruling.thickness_px)


def _find_long(ink: Bools, p: RulingParameters, margin_px: int) -> Rulings:
    """The thin lines that are longer than strokes are, faint and dotted ones as well."""
    if max(ink.shape) < p.least_page_side_px or not _reaches_far(ink, p):
        return Rulings(spill_px=p.spill_px)
    level, upright = Rulings(tuple(_find_level(ink, p)), spill_px=p.spill_px), tuple(_find_level(ink.T, p))
    return Rulings(level.level, _drop_pen_strokes(upright, level.cover(ink.shape), ink, margin_px, p), p.spill_px)


def _drop_pen_strokes(
    upright: tuple[Ruling, ...], levels: Bools, ink: Bools, margin_px: int, p: RulingParameters
) -> tuple[Ruling, ...]:
    """Leave out uprights that end in free paper, are as high as a digit, and have no like: a 1 in a small picture."""
    ends = [_find_ends(one, ink) for one in upright]
    free = [all(_is_free(*end, levels, margin_px, p) for end in pair) for pair in ends]
    if not any(free):
        return upright
    found = find_components(ink & ~levels)
    highest = p.pen_heights * weighted_median(found.heights, found.areas)
    return tuple(
        one
        for one, pair, is_free in zip(upright, ends, free, strict=True)
        if not is_free or pair[1][0] - pair[0][0] > highest or any(_are_twins(pair, other, p) for other in ends)
    )


End = tuple[int, float]  # of an upright: row and column


def _find_ends(upright: Ruling, ink: Bools) -> tuple[End, End]:
    """Where an upright has its first and its last ink."""
    inked = np.flatnonzero(upright.there & _strip(ink.T, upright.centre, np.arange(-1, 2)).any(axis=0))
    first, last = (inked[0], inked[-1]) if len(inked) else (0, 0)
    return (int(first), float(upright.centre[first])), (int(last), float(upright.centre[last]))


def _is_free(row: int, column: float, levels: Bools, margin_px: int, p: RulingParameters) -> bool:
    """Whether an end is neither at the edge of the picture nor at a printed line."""
    reach, middle = p.free_px, round(column)
    if not margin_px + reach <= row < len(levels) - margin_px - reach:
        return False
    return not levels[row - reach : row + reach + 1, max(0, middle - reach) : middle + reach + 1].any()


def _are_twins(one: tuple[End, End], other: tuple[End, End], p: RulingParameters) -> bool:
    """Whether two uprights in different places are parallel, and begin and end in the same rows."""
    lean, other_lean = (pair[1][1] - pair[0][1] for pair in (one, other))
    apart = abs(one[0][1] - other[0][1]) > p.free_px
    return (
        apart
        and abs(lean - other_lean) <= p.same_lean_px
        and all(abs(a[0] - b[0]) <= p.free_px for a, b in zip(one, other, strict=True))
    )


def _settle(mask: Bools, stroke: Stroke, factor: int, p: RulingParameters) -> Ruling:
    """See where exactly a straight stroke is that was traced in reduced size."""
    width = mask.shape[1]
    x = np.arange(width)
    centre = factor * (stroke.middle + 0.5 + stroke.slope * (x + 0.5 - factor / 2) / factor) - 0.5
    first, last = int(max(0, factor * stroke.start)), int(min(width, factor * stroke.stop))
    inner, thickest = slice(first, last), round(factor * (stroke.thickness + 2))
    thickness = factor * stroke.thickness
    for slack in p.slacks_px:
        start, found = _find_nearest(mask[:, inner], centre[inner], slack)
        above, below = (_measure_run(mask[:, inner], start, way * np.arange(thickest + 1)) for way in (-1, 1))
        count = above + below - 1
        alone = found & (count <= thickest)
        if alone.sum() < p.least_settled_px:
            break
        offset = start - centre[inner] + (below - above) / 2
        slope, middle = fit_line(x[inner][alone].astype(np.float64), offset[alone])
        centre = centre + middle + slope * x
        thickness = float(np.median(count[alone]))
    reach = p.spill_px + factor - 1
    there = (x >= first - reach) & (x < last + reach)
    return Ruling(centre, there, thickness)


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
    thin = keep_thin(small, max(p.thin_in_voting_px, max(small.shape) // p.thinness))
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


def _move_down(mask: Bools) -> Bools:
    """The mask one row further down; background comes in."""
    moved = np.zeros_like(mask)
    moved[1:] = mask[:-1]
    return moved
