"""A number on clean, ruled or squared paper, with free paper around it.

It stands for a picture of a note, a line of an exercise book or the corner of a whiteboard. Whole pages of numbers are
drawn by the benchmark.
"""

from dataclasses import dataclass

from mnist_nn.data.handwriting.glyphs import GlyphPool
from mnist_nn.data.handwriting.papers import sheets, writing
from mnist_nn.data.handwriting.papers.dice import Dice, Range
from mnist_nn.data.handwriting.papers.sheets import Box, ScanRanges, Sheet
from mnist_nn.data.handwriting.papers.writing import WritingRanges

WRITING = WritingRanges(touching_share=0.15)
SCAN = ScanRanges(paper_grey=(170.0, 252.0), noise_grey=(0.5, 6.0), light_share=(0.0, 0.3))


@dataclass(frozen=True)
class PlainRanges:
    """How the paper looks, as ranges that each picture draws from; lengths are shares of the digits' height."""

    margin: Range = (0.35, 1.5)
    ruled_pitch: Range = (1.2, 2.2)
    squared_pitch: Range = (0.45, 1.1)
    ruling_px: tuple[int, int] = (1, 2)
    ruling_strength: Range = (0.12, 0.6)

    writing: WritingRanges = WRITING
    scan: ScanRanges = SCAN


PLAIN = PlainRanges()
RULINGS = ("clean", "ruled", "squared")


def draw_plain(
    text: str,
    ruling: str,
    pool: GlyphPool,
    dice: Dice,
    ranges: PlainRanges = PLAIN,
) -> sheets.Pixels:
    """Draw a number on paper of one of the RULINGS.

    Returns
    -------
    uint8 of shape (height, width).
    """
    hand = writing.draw_hand(pool, dice, ranges.writing)
    patches = writing.write_number(text, pool, hand, dice, ranges.writing)
    left, top, right, bottom = writing.extent(patches)
    before, above, after, below = (round(dice.between(ranges.margin) * hand.height_px) for _ in range(4))
    pad = round(0.2 * hand.height_px)  # cut away again, so that the rulings of a turned sheet reach its edges
    sheet = Sheet(above + bottom - top + below + 2 * pad, before + right - left + after + 2 * pad)
    for patch in patches:
        sheet.write(patch.ink, before + pad + patch.left - left, above + pad + patch.top - top)
    if ruling != "clean":
        foot = above + pad - top
        pitch = (ranges.ruled_pitch if ruling == "ruled" else ranges.squared_pitch), hand.height_px
        _rule(sheet, max(14.0, dice.between(pitch[0]) * pitch[1]), foot, dice, ranges, upright=ruling == "squared")
    sheet.turn(sheets.draw_skew(dice, ranges.scan))
    cut = Box(pad, pad, sheet.width - pad, sheet.height - pad)
    ink, print_ = sheets.crop(sheet.ink, cut), sheets.crop(sheet.print, cut)
    return sheets.scan(ink, print_, sheets.draw_tones(dice, ranges.scan), dice, ranges.scan)


def _rule(sheet: Sheet, pitch: float, foot: int, dice: Dice, ranges: PlainRanges, *, upright: bool) -> None:
    """Rule the sheet; ruled paper has a line near the foot of the digits, squared paper has them anywhere."""
    thick, strength = dice.whole(*ranges.ruling_px), dice.between(ranges.ruling_strength)
    start = (dice.between((0.0, pitch)) if upright else foot + dice.between((-0.05, 0.2)) * pitch) % pitch
    for place in range(int((sheet.height - start) / pitch) + 1):
        top = round(start + place * pitch)
        sheet.rule(Box(0, top, sheet.width, top + thick), strength)
    if upright:
        for place in range(int(sheet.width / pitch) + 1):
            left = round(start / 2 + place * pitch)
            sheet.rule(Box(left, 0, left + thick, sheet.height), strength)
