"""A page without its printed lines: how dark a line is by itself is taken off whatever is written over it.

Ruled paper does not hide writing, it only darkens it. A line is alone for most of its length, so the typical pixel at
each distance from its centre tells what the line looks like; what is darker than that has ink on it, even where a
stroke runs along the line. Where a pen is hardly darker than the line, a stroke is what goes on at both of its sides.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_nn.imaging.clean.rulings import SPILL, Line, Rules

BLOCKS = 4  # pieces of a line that its darkness is measured in
LEAST_BLOCK = 100  # pixels
COLUMNS = 500  # of a line are enough to measure it
FINE = 4  # distances that are told apart in a pixel: a line that slopes shows its profile finely
TYPICAL = 0.35  # of what lies at a distance is no darker than the line alone, though more than half be written over
LEAST_SEEN = 3  # pixels at a distance, to tell
BLUR = 3  # pixels beside a line that it may have darkened
NOTHING = 2.5  # standard deviations of the paper, by which a line may be darker than it is typically,
VARIES = 0.15  # or shares of its darkness
LEAST_OVER = 0.3  # of the ink's level that a pen is darker than a line, at least, for its ink to be made as dark again
SIDES = 0.8  # of the ink at both sides: a line so dark may have ink on it

Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.intp]


def without_rules(evened: Floats, rules: Rules, level: float, sigma: float) -> Floats:
    """Take printed lines off a page.

    Parameters
    ----------
    evened
        0 for paper, up to 1 for ink.
    rules
        The lines that were found on it.
    level, sigma
        How strong full ink is, and the noise of the paper.

    Examples
    --------
    >>> from mnist_nn.imaging.clean.rulings import find_rules
    >>> page = np.zeros((200, 300), np.float32)
    >>> page[100:102] = 0.4
    >>> page[80:130, 150:156] = 0.9
    >>> bare = without_rules(page, find_rules(page > 0), 0.9, 0.0)
    >>> float(bare[100, 40]), round(float(bare[100, 152]), 2)
    (0.0, 0.9)
    """
    printed = np.zeros_like(evened)
    for line in rules.level:
        _print(printed, evened, line)
    for line in rules.upright:
        _print(printed.T, evened.T, line)
    bare = evened.copy()
    where = printed > 0
    line_alone, there = printed[where], evened[where]
    over = there - line_alone
    over[over <= np.maximum(NOTHING * sigma, VARIES * line_alone)] = 0
    bare[where] = np.minimum(1, over * (level / np.maximum(level - line_alone, LEAST_OVER * level)))
    for line in rules.level:
        _join(bare, evened, line)
    for line in rules.upright:
        _join(bare.T, evened.T, line)
    return bare


class _Strip(NamedTuple):
    """The pixels around a line, column by column: where they are on the page, and how far from the line's centre."""

    rows: Indices
    columns: Indices
    away: npt.NDArray[np.float32]


def _strip(height: int, line: Line, reach: int, step: int = 1) -> _Strip:
    """Take a line's pixels, shape (distances, columns) each; where the page ends, its last row stands in."""
    ends = np.flatnonzero(line.there)
    columns = np.arange(ends[0], ends[-1] + 1, step)
    centre = line.centre[columns]
    rows = np.rint(centre).astype(np.intp) + np.arange(-reach, reach + 1)[:, None]
    rows = np.clip(rows, 0, height - 1)
    return _Strip(rows, np.broadcast_to(columns, rows.shape), (rows - centre).astype(np.float32))


def _print(printed: Floats, evened: Floats, line: Line) -> None:
    """Draw a line as dark as it is by itself, over those drawn before."""
    reach = int(np.ceil(line.thick / 2)) + SPILL + BLUR
    strip = _strip(len(evened), line, reach)
    at = np.clip(FINE * (strip.away + (reach + 1)), 0, 2 * FINE * (reach + 1) - 0.001)
    low = at.astype(np.intp)
    part = at - low
    profile = _profile(evened, line, reach)
    place = np.arange(strip.rows.shape[1])
    value = profile[low, place] * (1 - part) + profile[low + 1, place] * part
    pixels = strip.rows, strip.columns
    printed[pixels] = np.maximum(printed[pixels], value)


def _profile(evened: Floats, line: Line, reach: int) -> Floats:
    """How dark a line is by itself, at each distance from its centre and in every column."""
    width = int(np.ptp(np.flatnonzero(line.there))) + 1
    rows, columns, away = _strip(len(evened), line, reach, -(-width // COLUMNS))
    bins = 2 * FINE * (reach + 1) + 1
    blocks = max(1, min(BLOCKS, width // LEAST_BLOCK))
    block = (columns - columns[0, 0]) * blocks // width
    place = np.rint(FINE * (away + (reach + 1))).astype(np.intp).clip(0, bins - 1) + block * bins
    typical = _typical(place.ravel(), evened[rows, columns].ravel(), blocks * bins).reshape(blocks, bins)
    middles = (np.arange(blocks) + 0.5) * width / blocks
    known = np.stack([_filled(row) for row in typical])
    return np.stack([np.interp(np.arange(width), middles, column) for column in known.T]).astype(np.float32)


def _typical(place: Indices, values: Floats, places: int) -> npt.NDArray[Any]:
    """What is typical of the values at each place; not a number where there are too few."""
    order = np.lexsort((values, place))
    number = np.bincount(place, minlength=places)
    first = np.cumsum(number) - number
    chosen = np.minimum(first + (TYPICAL * number).astype(np.intp), len(values) - 1)
    return np.where(number >= LEAST_SEEN, np.maximum(values[order[chosen]], 0), np.nan)


def _filled(row: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """What is not known, from what is known on both sides."""
    known = np.flatnonzero(~np.isnan(row))
    return np.interp(np.arange(len(row)), known, row[known]) if len(known) else np.zeros(len(row))


def _join(bare: Floats, evened: Floats, line: Line) -> None:
    """Go on with strokes across a line where it is as dark as they are, so that nothing tells whether they stop."""
    strip = _strip(len(evened), line, int(np.ceil(line.thick / 2)) + SPILL + 1)
    pixels = strip.rows, strip.columns
    ink, here = bare[pixels], evened[pixels]
    sides = np.minimum(np.maximum.accumulate(ink), np.maximum.accumulate(ink[::-1])[::-1])
    bare[pixels] = np.where((sides > ink) & (SIDES * sides <= here), np.minimum(sides, here), ink)
