"""From the ink of a page to its numbers, each cut finely into parts that a reader may put together as digits.

No network decides anything here: what could be a digit is offered, with a cost for what would be unnatural, and the
reader chooses.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy import ndimage

from mnist_nn.imaging import framing
from mnist_nn.imaging.clean.ink import RIM, Floats, Ink
from mnist_nn.imaging.clean.light import CLOSE_UP
from mnist_nn.imaging.components import Bools, Pieces, pieces
from mnist_nn.imaging.segment import text_lines as lines
from mnist_nn.imaging.segment.segments import Labels, cut, spans
from mnist_nn.imaging.segment.slant import excess, set_upright

MOST_PIECES = 2000  # of ink on a page that are looked at, the largest first: each is compared with each
POINT, LARGEST_POINT = 0.6, 2.0  # size of a point, in the thickness of the strokes
LEAST_POINT = 3  # pixels
INNERMOST = 0.9  # of the pixels of strokes are nearer to their rims than the pen's middle
FEW = 4  # pieces of a close-up that may be a single broken digit

Box = tuple[int, int, int, int]


@dataclass(frozen=True, eq=False)
class Glyph:
    """The ink of what may be one digit: its box on the page (left, top, right, bottom), and the ink from 0 to 1."""

    box: Box
    ink: Floats


@dataclass(frozen=True, eq=False)
class Word:
    """The ink of one number, cut into parts from left to right, with the runs of parts that could be a digit.

    ``box`` is (left, top, right, bottom) in pixels of the page, the last two exclusive; ``line`` counts from 0. Each of
    ``spans`` is the (start, stop) of consecutive parts: every single part, the ink as it lies, and what may be joined.
    ``costs`` says of each how unnatural it is, 0 for ink as it lies. ``points`` counts the specks between its digits
    that a pen may have made.
    """

    box: Box
    line: int
    parts: int
    spans: tuple[tuple[int, int], ...]
    costs: tuple[float, ...]
    points: int
    _strokes: Labels = field(repr=False)  # the part of each pixel of a stroke, counted from 1
    _rims: Labels = field(repr=False)  # the same with the soft ink around strokes
    _grey: Floats = field(repr=False)
    _corner: tuple[int, int] = field(repr=False)  # top, left at working size
    _scale: float = field(repr=False)
    _lean: float = field(repr=False)

    def glyph(self, start: int, stop: int) -> Glyph:
        """Return the ink of parts ``start`` to ``stop - 1`` alone, set upright where the writing leans far."""
        window = framing.window((self._strokes > start) & (self._strokes <= stop))
        around = tuple(slice(max(0, side.start - RIM), side.stop + RIM) for side in window)
        rims = self._rims[around]
        ink = np.where((rims > start) & (rims <= stop), self._grey[around], np.float32(0))
        box = _on_page(window, self._corner, self._scale)
        return Glyph(box, set_upright(ink, self._lean) if self._lean else ink)


def find_words(ink: Ink) -> tuple[Word, ...]:
    """Find the numbers on a page, in reading order: lines from top to bottom, in each from left to right.

    Examples
    --------
    >>> from mnist_nn.imaging.clean.ink import find_ink
    >>> page = np.full((80, 120), 220, np.uint8)
    >>> page[20:50, 20:24] = page[20:50, 34:38] = 30
    >>> [(word.box, word.parts, word.spans) for word in find_words(find_ink(page))]
    [((20, 20, 38, 50), 2, ((0, 1), (0, 2), (1, 2)))]
    """
    found = _largest(pieces(ink.strokes))
    if len(found.areas) == 0:
        return ()
    height = lines.digit_height(found.boxes, found.areas)
    digits = lines.pieces_of_digits(found.boxes, height)
    boxes = lines.joined(found.boxes, digits)
    close_up = max(ink.page.shape) < CLOSE_UP
    numbers = np.zeros(len(boxes), np.intp) if close_up else lines.numbers(boxes, height)
    word_boxes = lines.joined(boxes, numbers)
    line = lines.lines(word_boxes)
    order = np.lexsort([word_boxes[:, 0], line])
    digit_of = np.concatenate([[0], digits + 1])[found.labels].astype(np.int32)
    beside = lines.heights_beside(boxes)
    return tuple(
        _word(ink, digit_of, boxes, np.flatnonzero(numbers == number), int(line[number]), beside) for number in order
    )


def _largest(found: Pieces) -> Pieces:
    """All pieces, or the largest where there are too many to compare each with each."""
    if len(found.areas) <= MOST_PIECES:
        return found
    chosen = np.sort(np.argsort(-found.areas, kind="stable")[:MOST_PIECES])
    number = np.zeros(len(found.areas) + 1, np.int32)
    number[1 + chosen] = np.arange(1, MOST_PIECES + 1)
    return Pieces(number[found.labels], found.boxes[chosen], found.areas[chosen])


def _word(ink: Ink, digit_of: Labels, boxes: lines.Boxes, digits: lines.Groups, line: int, beside: lines.Boxes) -> Word:
    """Cut the digits of one number out of the page, and apart; ``digit_of`` says of each pixel whose it is, from 1.

    A single mark is compared with the height of what stands ``beside`` it: it may be a comma.
    """
    digits = digits[np.argsort(boxes[digits, 0] + boxes[digits, 2], kind="stable")]
    left, top, right, bottom = _around(boxes[digits])
    corner = max(0, top - RIM), max(0, left - RIM)
    window = slice(corner[0], bottom + RIM), slice(corner[1], right + RIM)
    place = np.zeros(len(boxes) + 1, np.int32)
    place[digits + 1] = np.arange(1, len(digits) + 1)
    height = float(lines.full_heights(boxes[digits]).max())
    if max(ink.page.shape) < CLOSE_UP and len(digits) <= FEW:
        height = float(bottom - top)  # of a digit that is badly broken
    strokes, between = cut(place[digit_of[window]], len(digits), height)
    usual = max(height, float(beside[digits[0]])) if len(digits) == 1 else height
    runs = dict(spans(strokes, between, height, usual))
    grey = ink.grey[window]
    inside = framing.window(strokes > 0)
    return Word(
        box=_on_page(inside, corner, ink.scale),
        line=line,
        parts=len(between) + 1,
        spans=tuple(runs),
        costs=tuple(runs.values()),
        points=_points(np.asarray(strokes > 0), ink.specks[window]),
        _strokes=strokes,
        _rims=_spread(strokes, grey),
        _grey=grey,
        _corner=corner,
        _scale=ink.scale,
        _lean=excess(strokes[inside] > 0),
    )


def _points(inked: Bools, specks: Bools) -> int:
    """Count the specks in the gaps of a number that are as large as a point: decimals and times have some."""
    if not specks.any():
        return 0
    found, gaps = pieces(specks), ~np.asarray(inked.any(axis=0))
    thick = 2 * float(np.quantile(ndimage.distance_transform_edt(inked)[inked], INNERMOST))
    rows, columns = framing.window(inked)
    wide = found.boxes[:, 2] - found.boxes[:, 0]
    large = np.minimum(wide, found.heights) >= max(LEAST_POINT, POINT * thick)
    large &= np.maximum(wide, found.heights) <= LARGEST_POINT * thick
    return sum(
        bool(gaps[int(left) : int(right)].all() and columns.start < left < columns.stop and rows.start < bottom)
        for left, _, right, bottom in found.boxes[large]
    )


def _spread(strokes: Labels, grey: Floats) -> Labels:
    """Give the soft ink around strokes to the part that it lies at."""
    rims = strokes
    for _ in range(RIM):
        rims = np.where((rims == 0) & (grey > 0), ndimage.maximum_filter(rims, 3), rims)
    return rims


def _around(boxes: lines.Boxes) -> Box:
    left, top = boxes[:, :2].min(axis=0)
    right, bottom = boxes[:, 2:].max(axis=0)
    return int(left), int(top), int(right), int(bottom)


def _on_page(window: tuple[slice, slice], corner: tuple[int, int], scale: float) -> Box:
    """The box of a window of a word, in pixels of the page."""
    top, left, bottom, right = (
        (place + offset) / scale
        for place, offset in zip(
            (window[0].start, window[1].start, window[0].stop, window[1].stop), (*corner, *corner), strict=True
        )
    )
    return int(left), int(top), int(np.ceil(right)), int(np.ceil(bottom))
