"""Writes one number in one hand: digits, zeros that share a stroke, points between thousands, and signs at the ends.

It returns patches of ink and their positions; the sheet puts them on paper. Digits come from a glyph pool, and signs
are drawn here.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw
from scipy import ndimage

from mnist_nn.data.handwriting.glyphs import GlyphPool, Pose
from mnist_nn.data.handwriting.papers.dice import Dice, Range
from mnist_nn.imaging.boxes import tight_window

Floats = npt.NDArray[np.float32]
Stroke = Sequence[tuple[float, float]]

OVERSAMPLING = 4  # a sign is drawn so many times larger, and made smaller by areas
INKED = 0.35  # of full ink: from here on a pixel counts when the distance between two digits is measured
MOST_PEN, MOST_PEN_OF_ZERO = 0.35, 0.3  # of a digit's height, of a zero's width: a bold pen leaves holes open
REACH = 0.15  # of the height: rows so near each other count as one when that distance is measured


@dataclass(frozen=True)
class WritingRanges:
    """How a number is written, as ranges that each picture draws from; lengths are shares of the digits' height."""

    height_px: Range = (22.0, 64.0)
    """Digits of 4 to 6 mm, scanned at 150 to 300 dots per inch."""
    people_share: float = 0.5
    """Share of the numbers made of MNIST's digits; the others are by one simulated hand, with its pen and slant."""
    grey_share: float = 0.2
    """Share of the numbers of MNIST's digits that use the original grey pictures."""
    stroke: Range = (0.05, 0.16)
    """Width of the pen for MNIST's digits: from 0.3 mm on digits of 6 mm to a felt pen on digits of 4 mm."""
    slant: Range = (-0.15, 0.35)
    """Slant that is added to that of MNIST's digits; most people who slant their digits do so to the right."""
    least_stroke_px: float = 1.6
    """The finest pen, 0.3 mm at 150 dots per inch: finer pens are rare and leave gaps in a scan."""
    turn_radians: float = 0.04
    """Standard deviation of the turn of a digit."""
    spread: float = 0.06
    """Standard deviation of one digit's height beside the others'."""
    wander: float = 0.04
    """Standard deviation of a digit's foot above or below the line it stands on."""
    gap: Range = (0.04, 0.4)
    """Free space between two digits; below 0 they overlap."""
    touching_share: float = 0.0
    """Share of the numbers whose digits touch in places: their gaps come from ``touching_gap``."""
    touching_gap: Range = (-0.08, 0.1)
    joined_zeros_share: float = 0.0
    """Share of the runs of zeros written in one stroke: with bars between them, or with a shared side."""
    small_zeros_share: float = 0.0
    """Share of the numbers whose zeros are half as high as the other digits."""


class Hand(NamedTuple):
    """The properties that stay the same within one number.

    ``writer`` is the number of a hand in the pool, or None for MNIST's digits; ``grey`` says whether those are drawn
    unchanged. ``zero_height`` is relative to the height of the other digits.
    """

    height_px: float
    stroke_px: float
    slant: float
    gap: Range
    zero_height: float
    writer: int | None = None
    grey: bool = False


class Patch(NamedTuple):
    """Ink, float32 from 0 to 1, and the place of its top left corner; ``digits`` is the number of digits in it."""

    ink: Floats
    left: int
    top: int
    digits: int = 1

    @property
    def right(self) -> int:
        """The right end of the patch."""
        return self.left + int(self.ink.shape[1])


def draw_hand(pool: GlyphPool, dice: Dice, ranges: WritingRanges) -> Hand:
    """Draw what stays the same within one number."""
    height = dice.between(ranges.height_px)
    people = dice.chance(ranges.people_share) if pool.copies and len(pool.images) else len(pool.images) > 0
    writer = None if people else dice.whole(0, len(pool.hands) - 1)
    stroke = dice.between(ranges.stroke) if writer is None else float(pool.hands.pen_width[writer])
    slant = dice.between(ranges.slant) if writer is None else float(pool.hands.slant_tangent[writer])
    touching, small = dice.chance(ranges.touching_share), dice.chance(ranges.small_zeros_share)
    return Hand(
        height_px=height,
        stroke_px=max(ranges.least_stroke_px, height * stroke),
        slant=slant,
        gap=ranges.touching_gap if touching else ranges.gap,
        zero_height=dice.between((0.45, 0.7)) if small else 1.0,
        writer=writer,
        grey=people and dice.chance(ranges.grey_share),
    )


def write_apart(text: str, pool: GlyphPool, hand: Hand, dice: Dice, ranges: WritingRanges) -> list[Patch]:
    """Draw each digit separately, placed so that its foot stands at (0, 0), for boxes."""
    return [_stand(_glyph(digit, pool, hand, dice, ranges), 0, hand, dice, ranges) for digit in text]


def write_number(text: str, pool: GlyphPool, hand: Hand, dice: Dice, ranges: WritingRanges) -> list[Patch]:
    """Write digits and signs one after another, on a line at height 0, from 0 to the right.

    Parameters
    ----------
    text
        Digits, with any of the SIGNS between, before or after them.
    pool
        Where the digits come from.
    hand
        What stays the same through the number, of `draw_hand`.
    dice
        Decides the rest.
    ranges
        How much digits differ from each other.
    """
    gap = dice.between(hand.gap)
    written: list[Patch] = []
    for piece, digits in _pieces(text, dice, ranges):
        ink = _piece(piece, digits, pool, hand, dice, ranges)
        patch = _stand(ink, digits, hand, dice, ranges, SIGNS[piece].base if piece in SIGNS else 0.0)
        own = gap + dice.between((-0.06, 0.06)) if digits else dice.between((0.02, 0.2))
        written.append(_beside(written, patch, own * hand.height_px, hand.height_px))
    return written


def extent(patches: Iterable[Patch]) -> tuple[int, int, int, int]:
    """Return the left, top, right and bottom of all patches together."""
    boxes = [(p.left, p.top, p.right, p.top + len(p.ink)) for p in patches]
    left, top, right, bottom = zip(*boxes, strict=True)
    return min(left), min(top), max(right), max(bottom)


def _pieces(text: str, dice: Dice, ranges: WritingRanges) -> Iterator[tuple[str, int]]:
    """Part a text into what is written in one go, each with its number of digits."""
    place = 0
    joined = dice.chance(ranges.joined_zeros_share)
    while place < len(text):
        zeros = len(text) - place - len(text[place:].lstrip("0"))
        taken = min(zeros, 3) if joined and zeros > 1 else 1
        piece = text[place : place + taken]
        yield piece, sum(letter.isdigit() for letter in piece)
        place += taken


def _piece(piece: str, digits: int, pool: GlyphPool, hand: Hand, dice: Dice, ranges: WritingRanges) -> Floats:
    if not digits:
        return draw_sign(piece, hand, dice)
    if digits > 1:
        return draw_joined_zeros(digits, hand, dice)
    return _glyph(piece, pool, hand, dice, ranges)


def _glyph(digit: str, pool: GlyphPool, hand: Hand, dice: Dice, ranges: WritingRanges) -> Floats:
    """Draw one digit of the pool in the hand's height."""
    height = hand.height_px * (1 + ranges.spread * dice.bell()) * (hand.zero_height if digit == "0" else 1.0)
    label = np.array([int(digit)])
    if hand.writer is None:
        glyph = pool.people_glyphs(label, np.array([dice.between((0.0, 1.0))]))
    else:
        glyph = pool.pen_glyphs(np.array([hand.writer]), label, np.array([dice.whole(0, pool.copies - 1)]))
    return draw_glyph(pool, glyph, height, hand, turn_radians=ranges.turn_radians * dice.bell())


def draw_glyph(
    pool: GlyphPool, glyph: npt.NDArray[np.int64], height_px: float, hand: Hand, turn_radians: float = 0.0
) -> Floats:
    """Draw one glyph, its number an array of one, and cut it at its ink; the pen counts to the height."""
    one = np.ones(1, np.float32)
    pen = min(hand.stroke_px, MOST_PEN * height_px)
    pose = Pose(
        height_px=(height_px - pen) * one,
        width_ratio=one,
        slant_tangent=hand.slant * one,
        turn_radians=turn_radians * one,
        pen_px=pen * one,
        grey=np.array([hand.grey]),
    )
    beside = abs(hand.slant) * height_px + 2 * pen + 4
    rows, columns = math.ceil(height_px + 2 * pen + 4), math.ceil(float(pool.width_px(glyph, pose)[0]) + 2 * beside)
    middle = np.array([[(columns - 1) / 2, (rows - 1) / 2]])
    ink = pool.draw(glyph, pose, middle, (rows, columns))[0]
    return np.asarray(ink[tight_window(ink)])


def _stand(ink: Floats, digits: int, hand: Hand, dice: Dice, ranges: WritingRanges, base: float = 0.0) -> Patch:
    """Stand ink on the line, a little above or below."""
    wander = ranges.wander * dice.bell() if digits else 0.0
    return Patch(ink, 0, round((wander - base) * hand.height_px) - len(ink), digits)


def _beside(written: list[Patch], patch: Patch, gap_px: float, height_px: float) -> Patch:
    """Move a patch to the right until its ink is so far from all ink before it, in rows near each other."""
    if not written:
        return patch
    before = written[-1]
    top = min(before.top, patch.top)
    rows = max(before.top + len(before.ink), patch.top + len(patch.ink)) - top
    right, left = np.full(rows, -np.inf), np.full(rows, np.inf)
    for row, line in enumerate(before.ink >= INKED):
        right[before.top - top + row] = before.left + np.flatnonzero(line)[-1] + 1 if line.any() else -np.inf
    for row, line in enumerate(patch.ink >= INKED):
        left[patch.top - top + row] = np.flatnonzero(line)[0] if line.any() else np.inf
    reach = 2 * round(REACH * height_px) + 1
    way = float(np.max(ndimage.maximum_filter1d(right, reach) - left))
    if not math.isfinite(way):  # nothing of both is in the same rows, as with a point beside a raised stroke
        way = before.right
    least = before.left + 0.15 * height_px  # a digit never begins before the one it follows
    return patch._replace(left=round(max(way + gap_px, least)))


class Sign(NamedTuple):
    """Strokes of a sign in shares of the digits' height, x to the right and y up from the line; its own foot."""

    strokes: Sequence[Stroke]
    base: float = 0.0


_S = [(0.42, 0.78), (0.3, 0.9), (0.1, 0.85), (0.06, 0.68), (0.2, 0.52), (0.36, 0.4), (0.42, 0.24), (0.3, 0.08)]
_S += [(0.1, 0.08), (0.02, 0.22)]
SIGNS = {
    ".": Sign([[(0, 0), (0.03, 0.02)]]),
    ",": Sign([[(0.06, 0.06), (0.0, -0.14)]], base=-0.14),
    "'": Sign([[(0.05, 1.0), (0.0, 0.82)]], base=0.82),
    "-": Sign([[(0, 0.45), (0.45, 0.47)]], base=0.45),
    "=": Sign([[(0, 0.58), (0.5, 0.6)], [(0, 0.38), (0.5, 0.4)]], base=0.38),
    "$": Sign([_S, [(0.22, 1.05), (0.22, -0.1)]], base=-0.1),
    "#": Sign([[(0.18, 0.9), (0.08, 0)], [(0.42, 0.9), (0.3, 0)], [(0, 0.6), (0.5, 0.62)], [(0, 0.3), (0.48, 0.32)]]),
}
"""Signs that are written beside digits: points and commas, dashes, and signs for a currency and for a number."""


def draw_sign(name: str, hand: Hand, dice: Dice) -> Floats:
    """Draw one of the SIGNS, a little differently each time."""
    size = dice.between((0.85, 1.15))
    wobble = 0.02 if name in ".," else 0.03

    def move(point: tuple[float, float]) -> tuple[float, float]:
        x, y = point
        return size * x + dice.between((-wobble, wobble)), y + dice.between((-wobble, wobble))

    return draw_strokes([[move(point) for point in stroke] for stroke in SIGNS[name].strokes], hand)


def draw_joined_zeros(count: int, hand: Hand, dice: Dice) -> Floats:
    """Draw zeros in one stroke: a bar leads from each zero to the next, or two zeros share a side.

    Examples
    --------
    >>> from mnist_nn.util.randomness import key
    >>> ink = draw_joined_zeros(2, Hand(40.0, 4.0, 0.0, (0.1, 0.2), 1.0), Dice(key(1)))
    >>> ndimage.label(ink > 0.5)[1]  # one stroke
    1
    """
    height = hand.zero_height * dice.between((0.75, 1.0))
    wide = height * dice.between((0.45, 0.85))
    barred = dice.chance(0.5)
    stroke = hand.stroke_px / hand.height_px
    pitch = wide + dice.between((0.08, 0.3)) if barred else wide - stroke * dice.between((0.0, 0.6))
    angles = np.linspace(0.5 * math.pi, 2.5 * math.pi, 25)  # from the top, anticlockwise
    fine = hand._replace(stroke_px=min(hand.stroke_px, MOST_PEN_OF_ZERO * wide * hand.height_px))
    strokes = []
    for place in range(count):
        middle, own = (place + 0.5) * pitch, height * (1 + dice.between((-0.08, 0.08)))
        x, y = middle + wide / 2 * np.cos(angles), own / 2 * (1 + np.sin(angles))
        strokes.append(list(zip(x.tolist(), y.tolist(), strict=True)))
        if barred and place < count - 1:
            strokes[-1].append((middle + pitch, own * dice.between((0.92, 1.04))))
    return draw_strokes(strokes, fine)


def draw_strokes(strokes: Sequence[Stroke], hand: Hand) -> Floats:
    """Draw lines with a round pen and the slant of the hand.

    Parameters
    ----------
    strokes
        Points (x, y) in shares of the hand's height, y upwards from the line.
    hand
        Its height, pen and slant.

    Returns
    -------
    float32 from 0 to 1, cropped to the ink.
    """
    unit, thick = OVERSAMPLING * hand.height_px, OVERSAMPLING * hand.stroke_px
    paths = [np.array([(x + hand.slant * y, -y) for x, y in stroke]) * unit for stroke in strokes]
    points = np.concatenate(paths)
    low, high = points.min(axis=0), points.max(axis=0)
    pad = thick / 2 + 1
    size = np.ceil((high - low + 2 * pad) / OVERSAMPLING).astype(int)
    canvas = Image.new("L", (int(size[0]) * OVERSAMPLING, int(size[1]) * OVERSAMPLING))
    draw = ImageDraw.Draw(canvas)
    for path in paths:
        moved = path - low + pad
        draw.line(moved.ravel().tolist(), fill=255, width=max(1, round(thick)), joint="curve")
        for x, y in (moved[0], moved[-1]):
            draw.ellipse((x - thick / 2, y - thick / 2, x + thick / 2, y + thick / 2), fill=255)
    small = canvas.resize((int(size[0]), int(size[1])), Image.Resampling.BOX)
    return np.asarray(np.asarray(small) / np.float32(255))
