"""Ruled and squared paper, tables and frames: where their lines are.

Printed lines are straight, however the camera is held. So every point of thin ink votes for the straight lines through
it (a Hough transform over a few slopes near the level), and what many points agree on is followed on the page itself:
a line is there where nearly every column of it is ink. That tells it from a row of digits, which has gaps.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import ndimage

LEAST_PAGE = 64  # pixels of the longer side; smaller pictures show a digit, not paper
VOTING_SIDE = 800  # pages with a longer side vote in reduced size
STEEPEST = 0.1  # slope of a line: five degrees and a bit
THIN = 100  # a line is at most a THIN-th of the longer side thick
LEAST_LENGTH = 0.3  # of a line, in the longer side of the page,
EDGE_TO_EDGE = 0.95  # or in the side that it runs along, where that is less: strokes are shorter, in narrow crops too
LEAST_RUN = 0.2  # of that side it has to go on without a gap, which a row of digits does not
LEAST_THIN = 0.15  # of that side has to be line alone, crossed by nothing
WINDOW = 0.06  # of that side: pieces of a line that are looked at one by one
FILLED = 0.75  # of a piece has to be ink
SLACKS = (4, 2, 2)  # pixels up or down that a line may lie from where it is expected, round after round
ENOUGH = 200  # points to fit a curve to
MOST_LINES = 200  # each way
SPILL = 1  # pixels beside a line that are still its own

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Line:
    """A line from left to right: its centre in every column, whether it is there, and its thickness."""

    centre: Floats
    there: Bools
    thick: float


class Rules(NamedTuple):
    """The printed lines of a page: level ones, and upright ones as if the page were turned over at its diagonal."""

    level: tuple[Line, ...] = ()
    upright: tuple[Line, ...] = ()

    def bands(self, shape: tuple[int, ...], *, more: int = 0) -> Bools:
        """Return the pixels of a page that lines cover, and ``more`` pixels on both sides."""
        bands = np.zeros(shape, bool)
        _mark(bands, self.level, SPILL + more)
        _mark(bands.T, self.upright, SPILL + more)
        return bands


def find_rules(ink: Bools) -> Rules:
    """Find the printed lines in all the ink of a page, even faint ink, in which a light line has fewer gaps.

    Examples
    --------
    >>> page = np.zeros((200, 300), bool)
    >>> page[100:102] = page[80:130, 150:156] = True
    >>> rules = find_rules(page)
    >>> len(rules.level), len(rules.upright), np.flatnonzero(rules.bands(page.shape)[:, 9]).tolist()
    (1, 0, [99, 100, 101, 102])
    """
    if max(ink.shape) < LEAST_PAGE or not _reaches_far(ink):
        return Rules()
    return Rules(tuple(_lines(ink)), tuple(_lines(ink.T)))


def _reaches_far(mask: Bools) -> bool:
    """Whether there could be a line at all: a quick no for most pictures of a single digit."""
    for axis in (0, 1):
        inked = np.flatnonzero(mask.any(axis=axis))
        if inked.size and inked[-1] - inked[0] >= _least(mask if axis else mask.T):
            return True
    return False


def _mark(bands: Bools, lines: Iterable[Line], beside: int) -> None:
    """Mark the pixels of lines from left to right, and some beside them."""
    for line in lines:
        reach = line.thick / 2 + beside
        columns = np.flatnonzero(line.there)
        first = np.ceil(line.centre[columns] - reach).astype(np.intp)
        for row in range(int(2 * reach) + 1):
            rows = first + row
            inside = (rows >= 0) & (rows < len(bands)) & (rows <= line.centre[columns] + reach)
            bands[rows[inside], columns[inside]] = True


def _lines(mask: Bools) -> Iterator[Line]:
    for row, slope in _elected(mask):
        line = _follow(mask, row, slope)
        if line is not None:
            yield line


def _elected(mask: Bools) -> Iterator[tuple[float, float]]:
    """Straight lines that many points of thin ink lie on: the row in the middle of the page, and the slope."""
    factor = -(-max(mask.shape) // VOTING_SIDE)
    small = _reduce(mask, factor)
    thin = _thin(small, max(3, max(small.shape) // THIN))
    edge = thin & ~_moved(thin, 1)  # one point a column
    y, x = np.nonzero(edge)
    x = x - small.shape[1] / 2
    slopes = np.arange(-STEEPEST, STEEPEST + 1e-9, 4 / max(small.shape[1], 40))
    margin = int(STEEPEST * small.shape[1] / 2) + 2
    votes = np.stack(
        [np.bincount(np.rint(y - s * x).astype(np.intp) + margin, minlength=len(small) + 2 * margin) for s in slopes]
    )
    votes[:, 1:-1] += votes[:, :-2] + votes[:, 2:]
    away = abs(slopes[:, None] - slopes) * small.shape[1] / 2 + 2
    rows = np.arange(votes.shape[1])
    for _ in range(MOST_LINES):
        best, row = divmod(int(votes.argmax()), votes.shape[1])
        if votes[best, row] < LEAST_THIN * small.shape[1]:
            return
        yield (row - margin + 0.5) * factor, float(slopes[best])
        votes[abs(rows - row) <= away[best][:, None]] = 0


def _follow(mask: Bools, row: float, slope: float) -> Line | None:
    """See how far an elected line is really there, and where exactly."""
    width = mask.shape[1]
    thickest = max(4, max(mask.shape) // THIN)
    x = np.arange(width)
    centre = row + slope * (x - width / 2)
    if _there(mask, centre, SLACKS[0]).sum() < _least(mask):
        return None
    thick = 0.0
    for slack in SLACKS:
        start, found = _nearest(mask, centre, slack)
        above, below = (_run(mask, start, way * np.arange(thickest + 1)) for way in (-1, 1))
        count = above + below - 1
        alone = found & (count <= thickest)
        if alone.sum() < LEAST_THIN * width:
            return None
        offset = start - centre + (below - above) / 2
        centre = centre + _curve(x[alone] / width - 0.5, offset[alone], x / width - 0.5)
        thick = float(np.median(count[alone]))
    there = _there(mask, centre, 1)
    goes_on = there.sum() >= _least(mask) and _longest(there) >= LEAST_RUN * width
    return Line(centre, there, thick) if goes_on else None


def _least(mask: Bools) -> float:
    """How long a line from left to right must be."""
    return float(min(LEAST_LENGTH * max(mask.shape), EDGE_TO_EDGE * mask.shape[1]))


def _there(mask: Bools, centre: Floats, reach: int) -> Bools:
    """The columns in which there is a line: nearly all around have ink."""
    inked = _strip(mask, centre, np.arange(-reach, reach + 1)).any(axis=0)
    return _filled(np.asarray(inked), max(16, round(WINDOW * mask.shape[1])))


def _nearest(mask: Bools, centre: Floats, reach: int) -> tuple[Floats, Bools]:
    """In every column, the row of the ink nearest to a line, and whether there is any within reach."""
    offsets = np.array(sorted(range(-reach, reach + 1), key=abs))
    strip = _strip(mask, centre, offsets)
    return np.rint(centre) + offsets[strip.argmax(axis=0)], np.asarray(strip.any(axis=0))


def _run(mask: Bools, centre: Floats, offsets: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """In every column, how much ink there is from the centre on without a break."""
    run: npt.NDArray[np.intp] = np.logical_and.accumulate(_strip(mask, centre, offsets)).sum(axis=0)
    return run


def _strip(mask: Bools, centre: Floats, offsets: npt.NDArray[np.intp]) -> Bools:
    """The rows around a line, made level; what lies beyond the page is empty."""
    rows = np.rint(centre).astype(np.intp) + offsets[:, None]
    inside = (rows >= 0) & (rows < len(mask))
    strip: Bools = mask[np.clip(rows, 0, len(mask) - 1), np.arange(mask.shape[1])] & inside
    return strip


def _curve(x: Floats, y: Floats, at: Floats) -> Floats:
    """The parabola through most points, and its value elsewhere."""
    step = 1 + len(x) // ENOUGH
    x, y = x[::step], y[::step]
    near = np.ones(len(x), bool)
    for _ in range(3):
        terms = np.stack([np.ones(near.sum()), x[near], x[near] ** 2], axis=1)
        fit = np.linalg.lstsq(terms, y[near], rcond=None)[0]
        distance = abs(y - (fit[0] + fit[1] * x + fit[2] * x**2))
        near = distance <= max(1.0, 2 * float(np.median(distance)))
    return np.asarray(fit[0] + fit[1] * at + fit[2] * at**2)


def _filled(inked: Bools, window: int) -> Bools:
    """Columns inside a window that is filled well enough."""
    window = min(window, len(inked))
    sums = np.cumsum(np.pad(inked, (1, 0)), dtype=np.intp)
    full = (sums[window:] - sums[:-window]) >= FILLED * window
    count = np.cumsum(np.pad(full, (window, window)), dtype=np.intp)
    return np.asarray(count[window : window + len(inked)] > count[: len(inked)])


def _longest(there: Bools) -> int:
    """The length of the longest run."""
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


def _thin(mask: Bools, thick: int) -> Bools:
    """Ink in vertical runs that are no longer than this."""
    size = 2 * (thick // 2) + 1
    eroded = ndimage.minimum_filter1d(mask.view(np.uint8), size, axis=0, mode="constant")
    opened: Bools = ndimage.maximum_filter1d(eroded, size, axis=0, mode="constant").astype(bool)
    return np.asarray(mask & ~opened)


def _moved(mask: Bools, rows: int) -> Bools:
    """The mask moved down (or up, below 0); background comes in."""
    moved = np.zeros_like(mask)
    if rows >= 0:
        moved[rows:] = mask[: len(mask) - rows]
    else:
        moved[:rows] = mask[-rows:]
    return moved
