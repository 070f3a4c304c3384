"""The ranges that composed lines are drawn from: all ranges of `lines`, `marks` and `scan` in one place, with reasons.

The ranges follow from how people write, from what is left of forms and cheques after cleaning, and from looking at the
pictures; no real line was measured. Pixels are those of a map of 32 rows.
"""

from dataclasses import dataclass

Range = tuple[float, float]

MAP_ROWS = 32
MOST_DIGITS = 12


@dataclass(frozen=True)
class LineRanges:
    """Ranges of uniform draws, and shares of lines or digits."""

    # What is written: numbers of forms and cheques, from house numbers to account numbers.
    length_shares: tuple[float, ...] = (6, 12, 14, 16, 14, 13, 9, 8, 3, 3, 1, 1)  # of 1, 2, … 12 digits, in 100 lines
    zero_share: float = 0.06  # of digits that are zeros beside the tenth that is
    repeat_share: float = 0.06  # of digits that repeat the one before, which CTC has to tell from one long digit
    round_line_share: float = 0.35  # of lines that end in zeros, as amounts do
    round_digit_share: float = 0.75  # of the last three digits of those
    clean_share: float = 0.2  # of lines without marks, residue, noise and touching digits: what most pages hold

    # Where it is written: the row finder scales text to some 24 rows, and errs.
    height_px: Range = (17, 28)
    middle_row: Range = (12.5, 18.5)
    least_room_px: float = -1.5  # above and below the text: rows are found so badly at times that digits are cut
    climb_px: Range = (-3, 3)  # of the base line from the first digit to the last
    base_wobble_px: Range = (-1.5, 1.5)
    left_margin_px: Range = (1, 20)
    right_margin_px: Range = (1, 20)

    # The hand: most of it comes from the pool; here is how a line departs from it.
    one_hand_share: float = 0.85  # of lines; the others are written by a hand for each digit
    all_pen_share: float = 0.3  # of lines in drawn digits alone
    no_pen_share: float = 0.25  # of lines in people's digits alone; in the others some labels are drawn
    mixed_pen_share: float = 0.35  # of labels that are drawn in a mixed line
    grey_share: float = 0.2  # of lines whose people's digits are MNIST's pictures as they are
    same_glyph_share: float = 0.3  # of lines in which all digits of a label look alike
    width_ratio: Range = (0.78, 1.25)
    digit_width_ratio: Range = (0.87, 1.15)
    people_slant: float = 0.6  # of a hand's slant that is given to people's digits, which have one of their own
    least_pen_px: float = 1.1
    turn_radians: Range = (-0.12, 0.12)
    bend_px: Range = (0, 1.2)
    digit_height: Range = (0.84, 1.08)
    small_zero_share: float = 0.35  # of lines
    small_zero: Range = (0.5, 0.9)
    raised_zero_share: float = 0.3  # of small zeros that do not stand on the base line
    tail_share: float = 0.2  # of lines whose 4, 7 and 9 reach below the others
    tail: Range = (1.05, 1.35)

    # Between digits: gaps of centre lines, so that digits touch below a pen's width and share a stroke at 0.
    touching_share: float = 0.5
    touching_gap_px: Range = (-2.5, 3.5)
    usual_pen_px: float = 2.5
    pen_gap: float = 1.0  # of what a pen is wider than usual goes into the gap, or bold digits could not be told apart
    apart_gap_px: Range = (2, 12)
    wide_share: float = 0.06  # of lines with a wide gap somewhere
    wide_gap_px: Range = (12, 30)
    gap_wobble_px: Range = (0.3, 2)
    most_overlap: float = 0.22  # of a digit's width
    cell_share: float = 0.1  # of lines with a cell for each digit
    cell_width: Range = (0.95, 1.7)  # of the text's height
    joined_zeros_share: float = 0.3  # of lines whose zeros are joined by a stroke at the top
    joined_digits_share: float = 0.02  # of other neighbours
    join_sag_px: Range = (-1, 2.5)

    # Signs that are no digits, and are not part of the label.
    grouped_share: float = 0.25  # of lines with a point or comma every three digits
    point_share: float = 0.02  # of other gaps
    before_share: float = 0.08  # of lines that begin with a dash, an equals sign, a $ or a #
    closing_share: float = 0.3  # of lines that end in a point, a dash, an equals sign, or a point and a dash
    dash_px: Range = (5, 25)

    # What cleaning leaves of forms and paper.
    ruling_share: float = 0.3  # of lines with a piece of a ruled line below or above
    ruling_strength: Range = (0.25, 1)
    ruling_px: Range = (0.8, 3)
    upright_share: float = 0.1  # of lines with a box's side at an end
    tick_share: float = 0.5  # of lines in cells with comb ticks or box sides between them
    neighbour_share: float = 0.08  # of lines with a bit of the line above or below
    pattern_share: float = 0.4  # of lines on safety paper
    pattern_period_px: Range = (3, 9)
    pattern_strength: Range = (0.03, 0.4)
    pattern_bend: Range = (0, 3)  # radians
    pattern_cut: Range = (0.1, 0.8)  # of a wave that is below the threshold

    # The pen's ink, and the scan.
    ink_strength: Range = (0.7, 1.1)
    ink_fading: Range = (0, 0.3)  # of the strength, along the line
    noise_share: float = 0.6
    noise: Range = (0, 0.11)
    soft_share: float = 0.3
    blur: Range = (0, 0.35)  # weight of both neighbours together, in half of what a pixel weighs
    soft_blur: Range = (0.3, 0.9)
    floor_share: float = 0.5
    floor: Range = (0, 0.25)  # grey that is cut off as noise
    gamma: Range = (0.7, 1.4)


LINES = LineRanges()
