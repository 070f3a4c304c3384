"""Finds the numbers in the ink of a page, each cut into small segments that a reader may combine into digits.

No network is used here: possible digits are offered with a cost for everything unnatural, and the reader chooses.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from mnist_nn.imaging.boxes import enclose_windows, tight_window
from mnist_nn.imaging.clean.ink import Floats, Ink
from mnist_nn.imaging.components import Components, Labels, find_components, grow
from mnist_nn.imaging.segment.cuts import CutParameters
from mnist_nn.imaging.segment.doubts import SEVERAL_LINES, DoubtParameters, Doubts
from mnist_nn.imaging.segment.main_line import MainLineParameters, find_main_line
from mnist_nn.imaging.segment.points import PointParameters, locate_points
from mnist_nn.imaging.segment.segments import Candidate, CandidateParameters, segment_number
from mnist_nn.imaging.segment.slant import SlantParameters, measure_excess, set_upright
from mnist_nn.imaging.segment.text_lines import Box, NumberLayout, TextLineParameters, lay_out


@dataclass(frozen=True)
class SegmentParameters:
    """The parameters of all steps from the ink of a page to its numbers."""

    most_components: int = 2000
    """At most this many components are examined, the largest first: comparing all pairs takes quadratic time."""
    main_line: MainLineParameters = field(default_factory=MainLineParameters)
    text_lines: TextLineParameters = field(default_factory=TextLineParameters)
    cuts: CutParameters = field(default_factory=CutParameters)
    candidates: CandidateParameters = field(default_factory=CandidateParameters)
    points: PointParameters = field(default_factory=PointParameters)
    slant: SlantParameters = field(default_factory=SlantParameters)
    doubts: DoubtParameters = field(default_factory=DoubtParameters)


SEGMENT = SegmentParameters()


@dataclass(frozen=True, eq=False)
class Glyph:
    """The ink of what may be one digit."""

    box: Box
    """Left, top, right, bottom in pixels of the page, the last two exclusive."""
    ink: Floats
    """float32 of shape (height, width), from 0 to 1."""


@dataclass(frozen=True, eq=False)
class WrittenNumber:
    """The ink of one number, cut into segments from left to right, with the candidates for its digits."""

    box: Box
    """Left, top, right, bottom in pixels of the page, the last two exclusive."""
    line: int
    """The number of its text line on the page, from 0."""
    segments: int
    """The number of segments."""
    candidates: tuple[Candidate, ...]
    """The (start, stop) of runs of segments: each segment alone, connected ink, and ink that may be joined."""
    costs: tuple[float, ...]
    """The cost of each candidate, which says how unnatural it is: 0 for unchanged ink."""
    misfits: frozenset[Candidate]
    """Candidates that may not be digits, because they have a part as low as a comma, or are as long as a slash."""
    points: tuple[float, ...]
    """Columns of the page, from left to right, where points, commas or apostrophes may be between its digits."""
    doubts: tuple[str, ...]
    """Reasons against it from the ink on and beside it: ink that was left out, was cut, or may be printed."""
    marks: tuple[str, ...]
    """Marks beside it that are not among its digits, such as a dash that ends an amount."""
    window: tuple[slice, slice] = field(repr=False)
    """The rows and columns of its box, at the size to which the page was reduced."""
    digits: npt.NDArray[np.intp] = field(repr=False)
    """Indices of its digits among the digits of the page, from left to right."""
    digit_of: Labels = field(repr=False)
    """int32 of shape (height, width) at working size: the digit that each pixel belongs to, counted from 1. It is 0
    where there is no ink, and one more than the number of digits for ink of other lines, which is in no number."""
    _windows: tuple[tuple[slice, ...], ...] = field(repr=False)  # the rows and columns of each segment
    _rims: Labels = field(repr=False)  # the segment of each pixel, from 1, with the soft ink around strokes
    _grey: Floats = field(repr=False)
    _rim_px: int = field(repr=False)
    _corner: tuple[int, int] = field(repr=False)  # top, left at working size
    _scale: float = field(repr=False)
    _lean: float = field(repr=False)

    def draw(self, start: int, stop: int) -> Glyph:
        """Draw the ink of segments ``start`` to ``stop - 1`` alone, set upright where the writing leans far."""
        window = enclose_windows(self._windows[start:stop])
        around = tuple(slice(max(0, side.start - self._rim_px), side.stop + self._rim_px) for side in window)
        rims = self._rims[around]
        ink = np.where((rims > start) & (rims <= stop), self._grey[around], np.float32(0))
        box = _on_page(window, self._corner, self._scale)
        return Glyph(box, set_upright(ink, self._lean) if self._lean else ink)


def find_numbers(
    ink: Ink, parameters: SegmentParameters = SEGMENT, *, one_a_line: bool = False
) -> tuple[WrittenNumber, ...]:
    """Find the numbers on a page, in reading order: text lines from top to bottom, in each from left to right.

    With ``one_a_line``, all ink of a text line is one number, as in the boxes of a form. The picture then counts as one
    field, so bits of the lines above and below it are left out.

    Examples
    --------
    >>> from mnist_nn.imaging.clean.ink import find_ink
    >>> page = np.full((80, 120), 220, np.uint8)
    >>> page[20:50, 20:24] = page[20:50, 34:38] = 30
    >>> [(number.box, number.segments, number.candidates) for number in find_numbers(find_ink(page))]
    [((20, 20, 38, 50), 2, ((0, 1), (0, 2), (1, 2)))]
    """
    everything = find_components(ink.strokes).keep_largest(parameters.most_components)
    if len(everything.areas) == 0:
        return ()
    found, several = _take_main_line(everything, parameters.main_line) if one_a_line else (everything, ())
    layout = lay_out(
        found.boxes,
        found.areas,
        close_up=ink.close_up,
        one_a_line=one_a_line,
        printed=ink.rulings | ink.specks,
        parameters=parameters.text_lines,
    )
    digit_of = np.concatenate([[0], layout.digit_of + 1])[found.labels].astype(np.int32)
    digit_of[(everything.labels > 0) & (found.labels == 0)] = layout.digits + 1
    doubts = Doubts(ink, found, parameters.doubts)
    against = (
        doubts.find(number.box, number.height_px, np.flatnonzero(np.isin(layout.digit_of, number.digits)))
        for number in layout.numbers
    )
    return tuple(
        _cut_apart(ink, digit_of, layout.digits + 1, number, several + reasons, parameters)
        for number, reasons in zip(layout.numbers, against, strict=True)
    )


def _take_main_line(found: Components, p: MainLineParameters) -> tuple[Components, tuple[str, ...]]:
    """The ink of a field's line, and what is against it."""
    belongs, several = find_main_line(found.boxes, found.areas, len(found.labels), p)
    return found.keep(np.flatnonzero(belongs)), (SEVERAL_LINES,) if several else ()


def _cut_apart(
    ink: Ink, digit_of: Labels, digits: int, number: NumberLayout, doubts: tuple[str, ...], p: SegmentParameters
) -> WrittenNumber:
    """Cut the digits of one number out of the page, and apart; ``digit_of`` counts them from 1."""
    left, top, right, bottom = number.box
    corner = max(0, top - ink.rim_px), max(0, left - ink.rim_px)
    window = slice(corner[0], bottom + ink.rim_px), slice(corner[1], right + ink.rim_px)
    place = np.zeros(digits + 1, np.int32)
    place[number.digits + 1] = np.arange(1, len(number.digits) + 1)
    found = segment_number(
        place[digit_of[window]],
        len(number.digits),
        number.height_px,
        number.height_around_px,
        parameters=p.candidates,
        cuts=p.cuts,
    )
    grey, strokes = ink.grey[window], np.asarray(found.labels > 0)
    inside = tight_window(strokes)
    return WrittenNumber(
        box=_on_page(inside, corner, ink.scale),
        line=number.line,
        segments=found.count,
        candidates=found.candidates,
        costs=found.costs,
        misfits=found.misfits,
        points=_place_points(number, digit_of, locate_points(strokes, ink.specks[window], p.points), corner, ink.scale),
        doubts=doubts,
        marks=number.marks,
        window=_shift(inside, corner),
        digits=number.digits + 1,
        digit_of=digit_of,
        _windows=tuple(ndimage.find_objects(found.labels)),
        _rims=_spread(found.labels, grey, ink.rim_px),
        _grey=grey,
        _rim_px=ink.rim_px,
        _corner=corner,
        _scale=ink.scale,
        _lean=measure_excess(strokes[inside], p.slant),
    )


def _place_points(
    number: NumberLayout, digit_of: Labels, specks: tuple[float, ...], corner: tuple[int, int], scale: float
) -> tuple[float, ...]:
    """Where the points of a number are, larger ones and specks, in columns of the page."""
    windows = ndimage.find_objects(digit_of)
    middles = [(windows[point][1].start + windows[point][1].stop) / 2 for point in number.points]
    return tuple(sorted(column / scale for column in (*middles, *(corner[1] + speck for speck in specks))))


def _spread(strokes: Labels, grey: Floats, rim_px: int) -> Labels:
    """Give the soft ink around strokes to the segment that it lies at."""
    rims = strokes
    for _ in range(rim_px):
        rims = np.where((rims == 0) & (grey > 0), grow(rims, 1), rims)
    return rims


def _shift(window: tuple[slice, slice], corner: tuple[int, int]) -> tuple[slice, slice]:
    rows, columns = (slice(side.start + by, side.stop + by) for side, by in zip(window, corner, strict=True))
    return rows, columns


def _on_page(window: tuple[slice, slice], corner: tuple[int, int], scale: float) -> Box:
    """The box of a window of a number, in pixels of the page."""
    top, left, bottom, right = (
        (place + offset) / scale
        for place, offset in zip(
            (window[0].start, window[1].start, window[0].stop, window[1].stop), (*corner, *corner), strict=True
        )
    )
    return int(left), int(top), int(np.ceil(right)), int(np.ceil(bottom))
