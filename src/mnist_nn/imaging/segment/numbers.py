"""From the ink of a page to its numbers, each cut finely into segments that a reader may put together as digits.

No network decides anything here: what could be a digit is offered, with a cost for what would be unnatural, and the
reader chooses.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy import ndimage

from mnist_nn.imaging.boxes import tight_window
from mnist_nn.imaging.clean.ink import Floats, Ink
from mnist_nn.imaging.components import Labels, find_components
from mnist_nn.imaging.segment.cuts import CutParameters
from mnist_nn.imaging.segment.points import PointParameters, count_points
from mnist_nn.imaging.segment.segments import Candidate, CandidateParameters, segment_number
from mnist_nn.imaging.segment.slant import SlantParameters, measure_excess, set_upright
from mnist_nn.imaging.segment.text_lines import Box, NumberLayout, TextLineParameters, lay_out


@dataclass(frozen=True)
class SegmentParameters:
    """What every step from the ink of a page to its numbers depends on."""

    most_components: int = 2000
    """That are looked at, the largest first: each is compared with each, which takes time by their square."""
    text_lines: TextLineParameters = field(default_factory=TextLineParameters)
    cuts: CutParameters = field(default_factory=CutParameters)
    candidates: CandidateParameters = field(default_factory=CandidateParameters)
    points: PointParameters = field(default_factory=PointParameters)
    slant: SlantParameters = field(default_factory=SlantParameters)


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
    """Which text line of the page, from 0."""
    segments: int
    """How many there are."""
    candidates: tuple[Candidate, ...]
    """The (start, stop) of consecutive segments: every single one, the ink as it lies, and what may be joined."""
    costs: tuple[float, ...]
    """How unnatural each candidate is, 0 for ink as it lies."""
    points: int
    """How many specks between its digits a pen may have made."""
    _strokes: Labels = field(repr=False)  # the segment of each pixel of a stroke, from 1
    _rims: Labels = field(repr=False)  # the same with the soft ink around strokes
    _grey: Floats = field(repr=False)
    _rim_px: int = field(repr=False)
    _corner: tuple[int, int] = field(repr=False)  # top, left at working size
    _scale: float = field(repr=False)
    _lean: float = field(repr=False)

    def draw(self, start: int, stop: int) -> Glyph:
        """Draw the ink of segments ``start`` to ``stop - 1`` alone, set upright where the writing leans far."""
        window = tight_window((self._strokes > start) & (self._strokes <= stop))
        around = tuple(slice(max(0, side.start - self._rim_px), side.stop + self._rim_px) for side in window)
        rims = self._rims[around]
        ink = np.where((rims > start) & (rims <= stop), self._grey[around], np.float32(0))
        box = _on_page(window, self._corner, self._scale)
        return Glyph(box, set_upright(ink, self._lean) if self._lean else ink)


def find_numbers(ink: Ink, parameters: SegmentParameters = SEGMENT) -> tuple[WrittenNumber, ...]:
    """Find the numbers on a page, in reading order: text lines from top to bottom, in each from left to right.

    Examples
    --------
    >>> from mnist_nn.imaging.clean.ink import find_ink
    >>> page = np.full((80, 120), 220, np.uint8)
    >>> page[20:50, 20:24] = page[20:50, 34:38] = 30
    >>> [(number.box, number.segments, number.candidates) for number in find_numbers(find_ink(page))]
    [((20, 20, 38, 50), 2, ((0, 1), (0, 2), (1, 2)))]
    """
    found = find_components(ink.strokes).keep_largest(parameters.most_components)
    if len(found.areas) == 0:
        return ()
    layout = lay_out(found.boxes, found.areas, close_up=ink.close_up, parameters=parameters.text_lines)
    digit_of = np.concatenate([[0], layout.digit_of + 1])[found.labels].astype(np.int32)
    return tuple(_cut_apart(ink, digit_of, layout.digits, number, parameters) for number in layout.numbers)


def _cut_apart(ink: Ink, digit_of: Labels, digits: int, number: NumberLayout, p: SegmentParameters) -> WrittenNumber:
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
        points=count_points(strokes, ink.specks[window], p.points),
        _strokes=found.labels,
        _rims=_spread(found.labels, grey, ink.rim_px),
        _grey=grey,
        _rim_px=ink.rim_px,
        _corner=corner,
        _scale=ink.scale,
        _lean=measure_excess(strokes[inside], p.slant),
    )


def _spread(strokes: Labels, grey: Floats, rim_px: int) -> Labels:
    """Give the soft ink around strokes to the segment that it lies at."""
    rims = strokes
    for _ in range(rim_px):
        rims = np.where((rims == 0) & (grey > 0), ndimage.maximum_filter(rims, 3), rims)
    return rims


def _on_page(window: tuple[slice, slice], corner: tuple[int, int], scale: float) -> Box:
    """The box of a window of a number, in pixels of the page."""
    top, left, bottom, right = (
        (place + offset) / scale
        for place, offset in zip(
            (window[0].start, window[1].start, window[0].stop, window[1].stop), (*corner, *corner), strict=True
        )
    )
    return int(left), int(top), int(np.ceil(right)), int(np.ceil(bottom))
