"""Turns the ink of one number into a line of 32 rows, scaled and placed as sequence networks have learned to see it.

The position of the row of digits can only be guessed, so several guesses (`Fit`) may be made and the readings averaged.
Nothing is read here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

from mnist_nn.imaging.boxes import tight_window
from mnist_nn.imaging.components import find_components, weighted_median
from mnist_nn.imaging.segment.slant import measure_lean

Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]
Map = npt.NDArray[np.uint8]

ROWS = 32  # of a line, as sequence networks take it


class Fit(NamedTuple):
    """One way to scale and place a line. The defaults are in the middle of what sequence networks were trained on."""

    text_rows: float = 24.0
    """Height of the row of digits, in rows of the line."""
    lower_rows: float = 1.0
    """How far the middle of the row is below the middle of the line."""
    width_factor: float = 1.0
    """Factor by which the line is stretched horizontally."""
    floor: float = 0.15
    """Ink up to this value counts as paper; it is left over from patterns and noise."""
    upright_share: float = 0.0
    """Share of the slant that is removed."""


@dataclass(frozen=True)
class LineParameters:
    """Parameters for making lines from ink. Fits and percentiles were chosen on composed lines."""

    page_fits: tuple[Fit, ...] = (Fit(),)
    """Fits for a number on a page, where there may be many: each fit costs a pass through the networks."""
    field_fits: tuple[Fit, ...] = (
        Fit(),
        Fit(lower_rows=0),
        Fit(lower_rows=2),
        Fit(text_rows=27),
        Fit(text_rows=22),
        Fit(width_factor=1.15),
        Fit(width_factor=0.9),
        Fit(upright_share=0.5),
    )
    """Fits for a field with one number: everything that may be off by a few rows or columns is varied."""
    least_height_share: float = 0.2
    """Components below this share of the typical height are points, dashes and dust, and are not used to find the
    row."""
    row_percentile: float = 2.0
    """Share of the ink's pixels, in per cent, that is left out above and below the row, such as tails."""
    tail_share: float = 0.35
    """Ink that reaches farther below most digits than this share of the row height is a tail, and the row ends
    there."""
    widest_gap_heights: float = 0.8
    """A gap without ink is shown at most this wide, in heights of the row: the networks learned from few wider ones."""
    least_row_px: float = 6.0
    """The least height of a row: a lower one is scaled as if it had this height, so that dust does not become a
    digit."""
    left_columns: int = 8
    """Empty columns added on the left, so that the network sees the whole first digit."""
    right_columns: int = 10
    """Empty columns added on the right."""
    widest_columns: int = 2500
    """Largest width of a line, which limits time and memory; a hundred digits fit into it."""


LINE = LineParameters()


class Line(NamedTuple):
    """A line of ink, and how it was made."""

    map: Map
    """uint8 of shape (32, width): 0 for paper, 255 for ink."""
    scale: float
    """Columns of the map per pixel of the original ink."""
    start: int
    """Column of the map at which the ink begins."""
    shown: npt.NDArray[np.intp]
    """The columns of the ink that are shown, ascending: not the middle of wide gaps."""

    def find_column(self, column: float) -> float:
        """Find the column of the ink, in its pixels, that a column of the map shows, ignoring the slant."""
        return float(np.interp((column - self.start) / self.scale, np.arange(len(self.shown)), self.shown))


def make_lines(ink: Floats, strokes: Bools, fits: Sequence[Fit], parameters: LineParameters = LINE) -> list[Line]:
    """Make a line from a number's ink for every fit; none if it would be too wide.

    Parameters
    ----------
    ink
        float32 of shape (height, width), 0 for paper and 1 for ink: the number with some paper around it.
    strokes
        bool of the same shape: the pixels that certainly belong to the number; there must be some.
    fits
        How to scale and place the line.
    parameters
        The parameters for finding the row, and for the margins at the sides.

    Examples
    --------
    >>> ink = np.zeros((60, 80), np.float32)
    >>> ink[6:54, 10:14] = ink[6:54, 40:44] = 1
    >>> (line,) = make_lines(ink, ink > 0.5, [Fit()])
    >>> line.map.shape, np.flatnonzero(line.map.any(axis=1))[[0, -1]].tolist()
    ((32, 58), [5, 28])
    >>> line.find_column(8 + 42 / 2)
    42.0
    """
    top, bottom = find_row(strokes, parameters)
    lean = measure_lean(strokes[tight_window(strokes)]) if any(fit.upright_share for fit in fits) else 0.0
    height = max(bottom - top, parameters.least_row_px)
    shown = _close_gaps(strokes, round(parameters.widest_gap_heights * height))
    bytes_ = np.rint(ink[:, shown].clip(0, 1) * 255).astype(np.uint8)
    lines = [_make_line(bytes_, shown, (top + bottom) / 2, height, fit, lean, parameters) for fit in fits]
    return [line for line in lines if line is not None]


def find_row(strokes: Bools, parameters: LineParameters = LINE) -> tuple[float, float]:
    """Find where the row of digits begins and ends, in pixels from the top.

    Examples
    --------
    >>> strokes = np.zeros((60, 80), bool)
    >>> strokes[10:50, 10:14] = strokes[10:50, 40:44] = strokes[54:58, 60:64] = True
    >>> find_row(strokes)
    (10.0, 50.0)
    """
    p = parameters
    found = find_components(strokes)
    high = found.heights >= p.least_height_share * weighted_median(found.heights, found.areas)
    counts = np.concatenate([[False], high])[found.labels].sum(axis=1)
    share = np.cumsum(counts) / counts.sum()
    top = int(np.searchsorted(share, p.row_percentile / 100, "right"))
    bottom = int(np.searchsorted(share, 1 - p.row_percentile / 100)) + 1
    left, _, right, bottoms = found.boxes[high].T
    usual_bottom = weighted_median(bottoms, right - left)
    has_tail = bottom > usual_bottom + p.tail_share * (usual_bottom - top)
    return float(top), usual_bottom if has_tail else float(bottom)


def _close_gaps(strokes: Bools, widest: int) -> npt.NDArray[np.intp]:
    """Choose the columns to show: all but the middle of gaps that are wider than ``widest`` pixels."""
    inked = np.flatnonzero(strokes.any(axis=0))
    shown = np.ones(strokes.shape[1], bool)
    for left, right in pairwise(inked):
        spare = right - left - 1 - widest
        if spare > 0:
            start = left + 1 + widest // 2
            shown[start : start + spare] = False
    return np.flatnonzero(shown)


def _make_line(
    ink: Map, shown: npt.NDArray[np.intp], middle: float, height: float, fit: Fit, lean: float, p: LineParameters
) -> Line | None:
    scale = fit.text_rows / height
    columns = max(1, round(ink.shape[1] * scale * fit.width_factor))
    if columns > p.widest_columns:
        return None
    rows = _resize(ink, middle + (ROWS / 2 + np.array([-ROWS, 0.0]) - fit.lower_rows) / scale, columns)
    start = p.left_columns
    if lean and fit.upright_share:
        rows, moved = _shear(rows, lean * fit.upright_share * fit.width_factor)
        start += moved
    strength = (rows - 255 * fit.floor) / (1 - fit.floor)
    line = np.pad(np.rint(strength.clip(0, 255)).astype(np.uint8), ((0, 0), (p.left_columns, p.right_columns)))
    return Line(line, columns / ink.shape[1], start, shown)


def _resize(ink: Map, rows: npt.NDArray[np.float64], columns: int) -> Floats:
    """Scale the ink between two heights to the rows of a line; outside its edges there is paper."""
    above, below = max(0, int(np.ceil(-rows[0]))), max(0, int(np.ceil(rows[1] - len(ink))))
    room = Image.fromarray(np.pad(ink, ((above, below), (0, 0))))
    box = (0.0, float(rows[0]) + above, float(ink.shape[1]), float(rows[1]) + above)
    return np.asarray(room.resize((columns, ROWS), Image.Resampling.BILINEAR, box), np.float32)


def _shear(ink: Floats, lean: float) -> tuple[Floats, int]:
    """Remove a slant, in columns per row upwards, from a line; also return how many columns were added on each side."""
    shift = lean * (ROWS / 2 - 0.5 - np.arange(ROWS))  # columns that each row leans to the right
    room = int(np.ceil(np.abs(shift).max()))
    wide = np.pad(ink, ((0, 0), (room, room + 1)))
    at = np.arange(ink.shape[1] + 2 * room) + shift[:, None]
    at = at.clip(0, wide.shape[1] - 2)
    whole = at.astype(np.intp)
    left, right = (np.take_along_axis(wide, whole + step, axis=1) for step in (0, 1))
    return np.asarray(left + (at - whole) * (right - left), np.float32), room
