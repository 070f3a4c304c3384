"""Draws scanned form fields: a number in one box, in a box per digit, over a comb, between dividers or on a line.

The picture is one field cut out of a form, loosely or so tightly that its own lines are cut. Ink may touch and cross
the lines. It draws no pages.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from mnist_nn.data.handwriting.glyphs import GlyphPool
from mnist_nn.data.handwriting.papers import sheets, writing
from mnist_nn.data.handwriting.papers.dice import Dice, Range
from mnist_nn.data.handwriting.papers.sheets import Box, ScanRanges, Sheet
from mnist_nn.data.handwriting.papers.writing import Hand, WritingRanges

WRITING = WritingRanges(touching_share=0.2)
SCAN = ScanRanges()


@dataclass(frozen=True)
class FieldRanges:
    """How fields look, as ranges that each picture draws from; lengths are shares of the digits' height."""

    digits: tuple[int, int] = (1, 10)
    line_px: tuple[int, int] = (1, 5)
    """From hairlines to the bold frames of tax forms."""
    line_share_of_height: float = 0.13
    """No line is thicker than this, because it would hide small digits."""
    line_strength: Range = (0.2, 1.0)
    """As a share of full ink: from drop-out colours, which a grey scan leaves pale, to black."""
    room_above: Range = (0.12, 0.6)
    room_below: Range = (0.1, 0.55)
    room_beside: Range = (0.15, 1.6)
    """Free space inside one box around a whole number, on either side of it."""
    cell_width: Range = (0.85, 1.6)
    """Width of the boxes for one digit each: a little or much wider than the widest digit."""
    cell_gap: Range = (0.08, 0.5)
    """Space between boxes that stand apart."""
    tick_height: Range = (0.15, 0.6)
    """Height of a tick of a comb, as a share of the height of the cell."""
    drift: float = 0.07
    """Standard deviation of a digit's place in its cell: some touch the lines and a few cross them."""
    empty_share: float = 0.25
    """Share of the fields with more cells than digits, filled from either end."""
    most_empty: int = 4
    caption_share: float = 0.15
    """Share of the fields whose printed caption, or its lower half, is in the picture."""
    margin: Range = (0.08, 0.6)
    """Margin around a field that is cut out loosely."""
    loose_share: float = 0.6
    """Share of the fields cut out loosely; each side of the others is cut on its own line or inside it."""

    writing: WritingRanges = WRITING
    scan: ScanRanges = SCAN


FIELDS = FieldRanges()


class Frame(NamedTuple):
    """Where the print of a field is, and the place (left, foot) and width of each digit's cell."""

    box: Box
    cells: list[Box]


def draw_field(
    text: str,
    layout: str,
    pool: GlyphPool,
    dice: Dice,
    ranges: FieldRanges = FIELDS,
) -> sheets.Pixels:
    """Draw one field with a number in it.

    Parameters
    ----------
    text
        The digits.
    layout
        One of LAYOUTS.
    pool
        The pool of digits to draw from.
    dice
        The random draws that decide everything within the ranges.
    ranges
        How fields may look.

    Returns
    -------
    uint8 of shape (height, width).
    """
    hand = writing.draw_hand(pool, dice, ranges.writing)
    line = _draw_line(hand, dice, ranges)
    together = layout in {"box", "line"}
    if together:
        patches = writing.write_number(text, pool, hand, dice, ranges.writing)
        sheet, frame = _frame_together(patches, hand, line, dice, ranges)
    else:
        patches = writing.write_apart(text, pool, hand, dice, ranges.writing)
        sheet, frame = _frame_cells(patches, layout, hand, line, dice, ranges)
    LAYOUTS[layout](sheet, frame, line, dice, ranges)
    _fill(sheet, frame, patches, hand, dice, ranges, together=together)
    if dice.chance(ranges.caption_share):
        _caption(sheet, frame, hand, dice)
    return _cut_out(sheet, frame, hand, line, dice, ranges)


class Line(NamedTuple):
    """How the lines of one field are printed."""

    thick_px: int
    strength: float


def _draw_line(hand: Hand, dice: Dice, ranges: FieldRanges) -> Line:
    most = max(1, min(ranges.line_px[1], int(ranges.line_share_of_height * hand.height_px)))
    return Line(dice.whole(ranges.line_px[0], most), dice.between(ranges.line_strength))


def _frame_together(
    patches: list[writing.Patch], hand: Hand, line: Line, dice: Dice, ranges: FieldRanges
) -> tuple[Sheet, Frame]:
    """Lay one cell around the whole number."""
    left, _, right, _ = writing.extent(patches)
    height = hand.height_px
    before, after = (dice.between(ranges.room_beside) * height for _ in range(2))
    above, below = dice.between(ranges.room_above) * height, dice.between(ranges.room_below) * height
    pad = height + line.thick_px
    box = Box(pad, pad, pad + before + right - left + after, pad + above + height + below)
    sheet = Sheet(round(box.bottom + pad), round(box.right + pad))
    return sheet, Frame(box, [Box(box.left + before - left, box.top, box.right, box.bottom - below)])


def _frame_cells(
    patches: list[writing.Patch], layout: str, hand: Hand, line: Line, dice: Dice, ranges: FieldRanges
) -> tuple[Sheet, Frame]:
    """Lay a cell for each digit, and a few empty ones at one end."""
    height = hand.height_px
    empty = dice.whole(1, ranges.most_empty) if dice.chance(ranges.empty_share) else 0
    first = empty if dice.chance(0.5) else 0
    wide = max(dice.between(ranges.cell_width) * height, *(p.ink.shape[1] * 0.95 for p in patches)) + line.thick_px
    apart = dice.between(ranges.cell_gap) * height if layout == "boxes apart" else 0.0
    above, below = dice.between(ranges.room_above) * height, dice.between(ranges.room_below) * height
    pad = height + line.thick_px
    count = len(patches) + empty
    box = Box(pad, pad, pad + count * wide + (count - 1) * apart, pad + above + height + below)
    lefts = [box.left + place * (wide + apart) for place in range(count)]
    cells = [Box(left, box.top, left + wide, box.bottom - below) for left in lefts]
    sheet = Sheet(round(box.bottom + pad), round(box.right + pad))
    ordered = cells[first : first + len(patches)]  # those with a digit come first, the empty ones after them
    return sheet, Frame(box, ordered + [cell for cell in cells if cell not in ordered])


def _fill(
    sheet: Sheet,
    frame: Frame,
    patches: list[writing.Patch],
    hand: Hand,
    dice: Dice,
    ranges: FieldRanges,
    *,
    together: bool,
) -> None:
    """Write the number into its cells."""
    drift = ranges.drift * hand.height_px
    if together:
        cell, down = frame.cells[0], dice.bell() * drift
        for patch in patches:
            sheet.write(patch.ink, round(cell.left) + patch.left, round(cell.bottom + down) + patch.top)
        return
    for patch, cell in zip(patches, frame.cells, strict=False):
        across, down = dice.bell() * drift, dice.bell() * drift
        left = (cell.left + cell.right - patch.ink.shape[1]) / 2
        sheet.write(patch.ink, round(left + across), round(cell.bottom + down) + patch.top)


def _print_box(sheet: Sheet, box: Box, line: Line) -> None:
    left, top, right, bottom = (round(side) for side in box)
    thick = line.thick_px
    for side in (
        Box(left, top, right, top + thick),
        Box(left, bottom - thick, right, bottom),
        Box(left, top, left + thick, bottom),
        Box(right - thick, top, right, bottom),
    ):
        sheet.rule(side, line.strength)


def _print_upright(sheet: Sheet, x: float, top: float, bottom: float, line: Line) -> None:
    left = round(x - line.thick_px / 2)
    sheet.rule(Box(left, top, left + line.thick_px, bottom), line.strength)


def _one_box(sheet: Sheet, frame: Frame, line: Line, _draws: Dice, _ranges: FieldRanges) -> None:
    _print_box(sheet, frame.box, line)


def _boxes(sheet: Sheet, frame: Frame, line: Line, _draws: Dice, _ranges: FieldRanges) -> None:
    for cell in frame.cells:
        _print_box(sheet, cell._replace(bottom=frame.box.bottom), line)


def _dividers(sheet: Sheet, frame: Frame, line: Line, dice: Dice, _ranges: FieldRanges) -> None:
    """Uprights between the cells, with a box around all, or with a line below, or alone."""
    around = dice.choose(("box", "line", "nothing"), (0.6, 0.2, 0.2))
    if around == "box":
        _print_box(sheet, frame.box, line)
    elif around == "line":
        sheet.rule(frame.box._replace(top=frame.box.bottom - line.thick_px), line.strength)
    thinner = line._replace(thick_px=dice.whole(1, line.thick_px))
    for x in _inner(frame):
        _print_upright(sheet, x, frame.box.top, frame.box.bottom, thinner)


def _comb(sheet: Sheet, frame: Frame, line: Line, dice: Dice, ranges: FieldRanges) -> None:
    """A line below with ticks between the cells; the outer ticks are as high, or the sides are whole."""
    top, bottom = frame.box.top, frame.box.bottom
    tick = bottom - dice.between(ranges.tick_height) * (bottom - top)
    if dice.chance(0.35):
        _print_box(sheet, frame.box, line)
    else:
        sheet.rule(frame.box._replace(top=bottom - line.thick_px), line.strength)
        side = top if dice.chance(0.3) else tick
        for x in (frame.box.left + line.thick_px / 2, frame.box.right - line.thick_px / 2):
            _print_upright(sheet, x, side, bottom, line)
    for x in _inner(frame):
        _print_upright(sheet, x, tick, bottom, line)


def _line(sheet: Sheet, frame: Frame, line: Line, _draws: Dice, _ranges: FieldRanges) -> None:
    sheet.rule(frame.box._replace(top=frame.box.bottom - line.thick_px), line.strength)


def _inner(frame: Frame) -> list[float]:
    """Where one cell ends and the next begins."""
    return sorted(cell.left for cell in frame.cells)[1:]


LAYOUTS: dict[str, Callable[[Sheet, Frame, Line, Dice, FieldRanges], None]] = {
    "box": _one_box,
    "boxes": _boxes,
    "boxes apart": _boxes,
    "comb": _comb,
    "dividers": _dividers,
    "line": _line,
}

CAPTIONS = ("Date", "Name", "Nr.", "No.", "Total", "Amount", "Betrag", "Code", "Fecha", "Kg", "Student ID", "EUR")


def _caption(sheet: Sheet, frame: Frame, hand: Hand, dice: Dice) -> None:
    """Print a word above the field, or before it."""
    words, size = dice.choose(CAPTIONS), max(8, round(hand.height_px * dice.between((0.22, 0.4))))
    patch = _set(words, size) * np.float32(dice.between((0.4, 1.0)))
    if dice.chance(0.7):
        left, top = frame.box.left + dice.between((0.0, 0.5)) * hand.height_px, frame.box.top - len(patch) - size / 4
    else:
        left = frame.box.left - patch.shape[1] - size / 2
        top = (frame.box.top + frame.box.bottom - len(patch)) / 2
    sheet.stamp(patch, round(left), round(top))


@cache
def _set(words: str, size_px: int) -> sheets.Floats:
    """Set words in the font that Pillow brings along."""
    font = ImageFont.load_default(size_px)
    left, top, right, bottom = font.getbbox(words)
    canvas = Image.new("L", (round(right - left) + 2, round(bottom - top) + 2))
    ImageDraw.Draw(canvas).text((1 - left, 1 - top), words, fill=255, font=font)
    return np.asarray(np.asarray(canvas) / np.float32(255))


def _cut_out(sheet: Sheet, frame: Frame, hand: Hand, line: Line, dice: Dice, ranges: FieldRanges) -> sheets.Pixels:
    """Turn the sheet a little, cut the field out, loosely or on its own lines, and scan it; the ink stays whole."""
    degrees = sheets.draw_skew(dice, ranges.scan)
    box = sheets.turn_box(sheet, degrees, frame.box)
    sheet.turn(degrees)
    written = sheets.bounds(sheet.ink)
    loose = dice.chance(ranges.loose_share)
    ways = [_draw_margin(hand, line, dice, ranges, loose=loose) for _ in box]
    cut = Box(
        max(0, min(box.left - ways[0], written.left)),
        max(0, min(box.top - ways[1], written.top)),
        min(sheet.width, max(box.right + ways[2], written.right)),
        min(sheet.height, max(box.bottom + ways[3], written.bottom)),
    )
    ink, print_ = sheets.crop(sheet.ink, cut), sheets.crop(sheet.print, cut)
    return sheets.scan(ink, print_, sheets.draw_tones(dice, ranges.scan), dice, ranges.scan)


def _draw_margin(hand: Hand, line: Line, dice: Dice, ranges: FieldRanges, *, loose: bool) -> float:
    """Draw how far outside the field's line the picture ends; below 0 it ends inside."""
    if loose:
        return dice.between(ranges.margin) * hand.height_px
    return dice.choose((0.0, -line.thick_px / 2, -line.thick_px - dice.between((0.0, 0.1)) * hand.height_px))
