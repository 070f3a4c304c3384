"""Amounts as banks crop them from cheques: on a safety pattern, tightly, with the signs that close an amount.

Zeros touch, share a side or are joined. Points separate the thousands, and a dash or ".-" ends the amount. It may begin
with a currency sign, and the line that it is written on may run through the foot of the digits.
"""

from dataclasses import dataclass

from mnist_nn.data.handwriting.glyphs import GlyphPool
from mnist_nn.data.handwriting.papers import grounds, sheets, writing
from mnist_nn.data.handwriting.papers.dice import Dice, Range
from mnist_nn.data.handwriting.papers.grounds import PatternRanges
from mnist_nn.data.handwriting.papers.sheets import Box, ScanRanges, Sheet
from mnist_nn.data.handwriting.papers.writing import Hand, WritingRanges

WRITING = WritingRanges(
    height_px=(20.0, 60.0),
    gap=(0.0, 0.3),
    touching_share=0.5,
    joined_zeros_share=0.4,
    small_zeros_share=0.15,
    spread=0.09,
    wander=0.06,
)
SCAN = ScanRanges(paper_grey=(150.0, 245.0), skew_degrees=(-2.0, 2.0), blur_px=(0.0, 0.9))
PATTERN = PatternRanges()


@dataclass(frozen=True)
class ChequeRanges:
    """How amounts look, as ranges that each picture draws from; lengths are shares of the digits' height."""

    pattern_share: float = 0.85
    """Share of amounts on a pattern. The others are on even paper, because banks remove the pattern where they can."""
    points_share: float = 0.5
    """Share of the amounts of more than three digits that have separated thousands."""
    closing_share: float = 0.5
    closings: tuple[str, ...] = (".-", "-", "=", "--", ".=", ".", ",-")
    opening_share: float = 0.2
    openings: tuple[str, ...] = ("$", "#", "-", "=")
    line_share: float = 0.6
    """Share of the amounts with the printed line that they stand on."""
    line_place: Range = (-0.2, 0.3)
    """Distance of that line below the foot of the digits: at the lower end of the range, it runs through them."""
    line_px: tuple[int, int] = (1, 3)
    line_strength: Range = (0.2, 0.9)
    tight_share: float = 0.6
    """Share of the picture's sides that are cut at the ink; the others have a margin."""
    tight_px: tuple[int, int] = (-1, 2)
    """Where such a side is cut; -1 removes one row of pixels of the ink."""
    margin: Range = (0.1, 0.9)

    writing: WritingRanges = WRITING
    scan: ScanRanges = SCAN
    pattern: PatternRanges = PATTERN


CHEQUES = ChequeRanges()


def draw_cheque(
    text: str,
    pool: GlyphPool,
    dice: Dice,
    ranges: ChequeRanges = CHEQUES,
) -> sheets.Pixels:
    """Draw an amount with the given digits.

    Returns
    -------
    uint8 of shape (height, width).
    """
    hand = writing.draw_hand(pool, dice, ranges.writing)
    patches = writing.write_number(spell(text, dice, ranges), pool, hand, dice, ranges.writing)
    left, top, right, bottom = writing.extent(patches)
    pad = round(hand.height_px) + 2
    sheet = Sheet(bottom - top + 2 * pad, right - left + 2 * pad)
    for patch in patches:
        sheet.write(patch.ink, patch.left - left + pad, patch.top - top + pad)
    if draw_line := dice.chance(ranges.line_share):
        _rule(sheet, pad - top, hand, dice, ranges)
    sheet.turn(sheets.draw_skew(dice, ranges.scan) if draw_line else 0.0)
    cut = _cut(sheet, hand, dice, ranges)
    ink, print_ = sheets.crop(sheet.ink, cut), sheets.crop(sheet.print, cut)
    tones, ground = sheets.draw_tones(dice, ranges.scan), None
    if dice.chance(ranges.pattern_share):
        ground = grounds.draw_pattern(ink.shape, dice, tones.depth, ranges.pattern)
    return sheets.scan(ink, print_, tones, dice, ranges.scan, ground)


def spell(text: str, dice: Dice, ranges: ChequeRanges) -> str:
    """Write an amount as text, with points between thousands and signs before and after it.

    Examples
    --------
    >>> from mnist_nn.util.randomness import key
    >>> every = ChequeRanges(points_share=1, closing_share=1, closings=(".-",), opening_share=1, openings=("$",))
    >>> spell("1250000", Dice(key(1)), every)
    '$1.250.000.-'
    """
    if dice.chance(ranges.points_share):
        text = f"{int(text):,}".replace(",", dice.choose((".", ".", ".", "'", ",")))
    opening = dice.choose(ranges.openings) if dice.chance(ranges.opening_share) else ""
    closing = dice.choose(ranges.closings) if dice.chance(ranges.closing_share) else ""
    return opening + text + closing


def _rule(sheet: Sheet, foot: int, hand: Hand, dice: Dice, ranges: ChequeRanges) -> None:
    """Print the line that the amount stands on."""
    top = round(foot + dice.between(ranges.line_place) * hand.height_px)
    thick = dice.whole(*ranges.line_px)
    sheet.rule(Box(0, top, sheet.width, top + thick), dice.between(ranges.line_strength))


def _cut(sheet: Sheet, hand: Hand, dice: Dice, ranges: ChequeRanges) -> Box:
    """Cut each side at the ink, or leave a margin there."""
    ink = sheets.bounds(sheet.ink)
    ways = [
        dice.whole(*ranges.tight_px)
        if dice.chance(ranges.tight_share)
        else dice.between(ranges.margin) * hand.height_px
        for _ in ink
    ]
    return Box(ink.left - ways[0], ink.top - ways[1], ink.right + ways[2], ink.bottom + ways[3])
