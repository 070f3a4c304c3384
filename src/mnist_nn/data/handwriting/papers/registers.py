"""A number in a cell of an old register's table: pale paper with stains, ink that has run, rulings at the edges.

Neighbours reach into the picture, and the back of the page shows through. A cell holds one number.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from mnist_nn.data.handwriting.glyphs import GlyphPool
from mnist_nn.data.handwriting.papers import grounds, sheets, writing
from mnist_nn.data.handwriting.papers.dice import Dice, Range
from mnist_nn.data.handwriting.papers.grounds import AgeRanges
from mnist_nn.data.handwriting.papers.sheets import Box, ScanRanges, Sheet
from mnist_nn.data.handwriting.papers.writing import Hand, WritingRanges

WRITING = WritingRanges(
    height_px=(22.0, 70.0), stroke=(0.05, 0.14), slant=(-0.1, 0.6), gap=(0.0, 0.3), touching_share=0.3, wander=0.06
)
SCAN = ScanRanges(paper_grey=(150.0, 225.0), pen_grey=(25.0, 110.0), blur_px=(0.4, 1.6), jpeg_share=0.8)
AGE = AgeRanges()


@dataclass(frozen=True)
class RegisterRanges:
    """How cells of registers look, as ranges that each picture draws from; lengths are shares of the digits' height."""

    room: Range = (0.15, 0.9)
    """Space between the number and each ruling."""
    ruling_share: float = 0.7
    """Share of the cell's sides whose ruling is in the picture."""
    ruling_px: tuple[int, int] = (1, 4)
    ruling_strength: Range = (0.15, 0.8)
    beyond: Range = (0.0, 0.25)
    """How far the picture reaches beyond a ruling."""
    neighbour_share: float = 0.35
    """Share of the cells that digits of the row above or below reach into."""
    neighbour_reach: Range = (0.08, 0.25)
    bleeding_px: Range = (0.0, 1.1)
    """Standard deviation of the distance that ink has run into the paper."""
    back_share: float = 0.3
    back_strength: Range = (0.05, 0.2)

    writing: WritingRanges = WRITING
    scan: ScanRanges = SCAN
    age: AgeRanges = AGE


REGISTERS = RegisterRanges()


def draw_register(
    text: str,
    pool: GlyphPool,
    dice: Dice,
    ranges: RegisterRanges = REGISTERS,
) -> sheets.Pixels:
    """Draw one cell with a number in it.

    Returns
    -------
    uint8 of shape (height, width).
    """
    hand = writing.draw_hand(pool, dice, ranges.writing)
    patches = writing.write_number(text, pool, hand, dice, ranges.writing)
    sheet, cell = _lay_out(patches, hand, dice, ranges)
    if dice.chance(ranges.neighbour_share):
        _write_neighbour(sheet, cell, pool, hand, dice, ranges)
    cut = _rule(sheet, cell, hand, dice, ranges)
    degrees = sheets.draw_skew(dice, ranges.scan)
    sheet.turn(degrees)
    ink, print_ = sheets.crop(sheet.ink, cut), sheets.crop(sheet.print, cut)
    ink = _bleed(ink, dice.between(ranges.bleeding_px))
    ground = grounds.draw_age(ink.shape, dice, ranges.age)
    if dice.chance(ranges.back_share):
        ground *= 1 - dice.between(ranges.back_strength) * ndimage.gaussian_filter(ink[:, ::-1], 2.0)
    return sheets.scan(ink, print_, sheets.draw_tones(dice, ranges.scan), dice, ranges.scan, ground)


def _lay_out(patches: list[writing.Patch], hand: Hand, dice: Dice, ranges: RegisterRanges) -> tuple[Sheet, Box]:
    """Write the number and say where its cell is."""
    left, top, right, bottom = writing.extent(patches)
    room = [dice.between(ranges.room) * hand.height_px for _ in range(4)]
    pad = round(hand.height_px) + 4
    cell = Box(pad, pad, pad + room[0] + right - left + room[2], pad + room[1] + bottom - top + room[3])
    sheet = Sheet(round(cell.bottom) + pad, round(cell.right) + pad)
    for patch in patches:
        sheet.write(
            patch.ink, round(cell.left + room[0]) + patch.left - left, round(cell.top + room[1]) + patch.top - top
        )
    return sheet, cell


def _write_neighbour(sheet: Sheet, cell: Box, pool: GlyphPool, hand: Hand, dice: Dice, ranges: RegisterRanges) -> None:
    """Let digits of the row above or below reach into the cell, by less than anybody takes for a digit."""
    patches = writing.write_number(str(dice.whole(10, 999)), pool, hand, dice, ranges.writing)
    reach = dice.between(ranges.neighbour_reach) * hand.height_px
    left, top, _, bottom = writing.extent(patches)
    across = round(cell.left + dice.between((0.0, 0.6)) * (cell.right - cell.left)) - left
    down = round(cell.top + reach) - bottom if dice.chance(0.5) else round(cell.bottom - reach) - top
    for patch in patches:
        sheet.write(patch.ink, across + patch.left, down + patch.top)


def _rule(sheet: Sheet, cell: Box, hand: Hand, dice: Dice, ranges: RegisterRanges) -> Box:
    """Print the rulings of the cell, and say where the picture is cut: beyond a ruling, or where it would be."""
    strength = dice.between(ranges.ruling_strength)
    sides = []
    for side, (place, outwards) in enumerate(zip(cell, (-1, -1, 1, 1), strict=True)):
        if not dice.chance(ranges.ruling_share):
            sides.append(place)
            continue
        thick = dice.whole(*ranges.ruling_px)
        upright = Box(place, 0, place + thick, sheet.height)
        sheet.rule(Box(0, place, sheet.width, place + thick) if side % 2 else upright, strength)
        sides.append(place + outwards * dice.between(ranges.beyond) * hand.height_px + (thick if outwards > 0 else 0))
    return Box(*sides)


def _bleed(ink: sheets.Floats, spread_px: float) -> sheets.Floats:
    """Let ink run: strokes grow softer, a little wider, and uneven."""
    soft = ndimage.gaussian_filter(ink, spread_px)
    return np.asarray(np.clip(soft * np.float32(1 + 0.35 * min(spread_px, 1.0)), 0, 1), np.float32)
