"""Groups connected components into digits, digits into numbers, and numbers into text lines in reading order.

Everything here works on boxes. Neighbours are linked by their overlap, so a line of writing may slope or bend; it is
never compared with a fixed row of the page. Nothing is cut here.
"""

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from mnist_nn.imaging.components import group_linked, weighted_median
from mnist_nn.imaging.segment.marks import UPRIGHT, MarkParameters, find_closings, find_points, find_uprights
from mnist_nn.imaging.segment.spacing import SpacingParameters, join_even

Boxes = npt.NDArray[np.float64]  # (n, 4) in pixels: left, top, right, bottom
Lengths = npt.NDArray[np.float64]  # (n,) in pixels
Distances = npt.NDArray[np.float64]  # (n, n) in pixels
Groups = npt.NDArray[np.intp]  # (n,): the group of each, 0 .. groups - 1
Bools = npt.NDArray[np.bool_]
Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class TextLineParameters:
    """Parameters for grouping, chosen on pages made of MNIST's training digits (docs/explanation/reading.md)."""

    number_gap_heights: float = 0.75
    """Widest gap between the digits of a number, in heights of a digit."""
    digit_width_heights: float = 0.5
    """Least width that is assumed for every digit, as a share of its height, so that a 1 is spaced like the others."""
    line_overlap_of_lower: float = 0.35
    """Least vertical overlap of neighbours in a line, as a share of the height of the lower one."""
    line_overlap_of_higher: float = 0.2
    """The same as a share of the height of the higher one: a digit is not a neighbour of a long stray line."""
    stack_overlap_widths: float = 0.5
    """Least horizontal overlap of components of one digit that lie above each other, in widths of the narrower one."""
    stack_gap_heights: float = 0.22
    """Widest gap between such components, in heights of a digit."""
    highest_digit_heights: float = 1.35
    """Height of the highest digit, in typical heights."""
    highest_writing_heights: float = 2.5
    """The same for all writing on a page: anything higher is not a digit."""
    two_halves_heights: float = 2.3
    """Largest height of a digit that is broken into an upper and a lower half, with the gap, in heights of a half."""
    whole_from_components: int = 4
    """With at least this many components, their shape tells whether they are whole digits."""
    beside_gap_heights: float = 1.0
    """Widest gap between neighbours in a line, in heights of the higher one."""
    break_gap_heights: float = 0.18
    """Widest gap between the components of a broken digit, as a share of its height."""
    close_up_fragments: int = 4
    """At most this many digits in a close-up may be a single one that is badly broken."""
    marks: MarkParameters = field(default_factory=MarkParameters)
    spacing: SpacingParameters = field(default_factory=SpacingParameters)


TEXT_LINES = TextLineParameters()


@dataclass(frozen=True, eq=False)
class NumberLayout:
    """Where a number is, and how large its digits are."""

    digits: Groups
    """The numbers of its digits on the page, from left to right."""
    box: Box
    """Left, top, right, bottom in pixels, the last two exclusive."""
    line: int
    """The number of its text line on the page, from 0."""
    height_px: float
    """Height of its typical digit: one long tail does not make the others low."""
    height_around_px: float
    """Height of the digits near it. It exceeds its own if it is a single low mark beside others, such as a comma."""
    marks: tuple[str, ...] = ()
    """The names of the marks beside it that are not digits of it, from left to right."""
    points: tuple[int, ...] = ()
    """Which digits of the page are points, commas or apostrophes between its digits, from left to right."""


@dataclass(frozen=True, eq=False)
class Layout:
    """Which digit each connected component belongs to, and the numbers of the page in reading order.

    A mark or a point counts as a digit, but is not among the digits of any number.
    """

    digit_of: Groups
    """Shape (components,): the digit of each, from 0."""
    digits: int
    """The number of digits on the page."""
    numbers: tuple[NumberLayout, ...]


def lay_out(
    boxes: Boxes,
    areas: Lengths,
    *,
    close_up: bool,
    one_a_line: bool = False,
    printed: Bools | None = None,
    parameters: TextLineParameters = TEXT_LINES,
) -> Layout:
    """Group the connected components of a page, at least one, by their boxes.

    Parameters
    ----------
    boxes
        float64 of shape (n, 4), in pixels: left, top, right, bottom.
    areas
        float64 of shape (n,), in pixels.
    close_up
        Whether the picture shows no more than one number.
    one_a_line
        Whether all digits of a text line are one number, however wide the gaps between them.
    printed
        bool of the page's shape (height, width): printed lines, which separate the cells of a table.
    parameters
        The parameters for grouping.

    Examples
    --------
    >>> boxes = np.array([[50.0, 0, 60, 40], [0, 0, 20, 40], [30, 0, 45, 40], [0, 90, 20, 130]])
    >>> layout = lay_out(boxes, np.full(4, 100.0), close_up=False)
    >>> [(number.digits.tolist(), number.line) for number in layout.numbers]
    [([1, 2, 0], 0), ([3], 1)]
    >>> boxes[0, [0, 2]] += 200
    >>> for one_a_line in (False, True):
    ...     layout = lay_out(boxes, np.full(4, 100.0), close_up=False, one_a_line=one_a_line)
    ...     print([number.digits.tolist() for number in layout.numbers])
    [[1, 2], [0], [3]]
    [[1, 2, 0], [3]]
    """
    p = parameters
    height = digit_height(boxes, areas, p)
    digit_of = group_digits(boxes, height, p)
    digits = enclose(boxes, digit_of)
    marks = _find_marks(digits, boxes, digit_of, height, p)
    kept = np.setdiff1d(np.arange(len(digits)), list(marks))
    number_of = np.full(len(digits), -1)
    number_of[kept] = 0 if close_up else _join_digits(digits[kept], height, printed, p)
    if one_a_line:
        number_of[kept] = number_lines(enclose(digits[kept], number_of[kept]), p)[number_of[kept]]
    number_boxes = enclose(digits[kept], number_of[kept])
    line = number_lines(number_boxes, p)
    around = heights_beside(digits[kept], p)
    points = np.isin(kept, find_points(digits, boxes, digit_of, p.marks))
    numbers = (
        _lay_out_number(
            digits[kept], np.flatnonzero(number_of[kept] == number), int(line[number]), around, close_up, points, p
        )
        for number in np.lexsort([number_boxes[:, 0], line])
    )
    return Layout(digit_of, len(digits), tuple(_count_all(number, kept, marks) for number in numbers))


def _find_marks(
    digits: Boxes, boxes: Boxes, digit_of: Groups, height: float, p: TextLineParameters
) -> dict[int, tuple[list[int], str]]:
    """Find what is no digit of a number: for each mark, the digits whose numbers it stands beside, and its name."""
    uprights = find_uprights(digits, height, p.marks)
    closings = find_closings(digits, boxes, digit_of, p.marks)
    return {mark: (beside, UPRIGHT) for mark, beside in uprights.items()} | {
        mark: ([last], name) for mark, (last, name) in closings.items()
    }


def _join_digits(digits: Boxes, height: float, printed: Bools | None, p: TextLineParameters) -> Groups:
    """Say which number each digit belongs to."""
    near = group_numbers(digits, height, p)
    lines = number_lines(enclose(digits, near), p)
    return join_even(digits, near, lines, printed, p.spacing)


def _count_all(number: NumberLayout, kept: Groups, marks: dict[int, tuple[list[int], str]]) -> NumberLayout:
    """Count a number's digits among all of the page, and name the marks beside it."""
    digits = kept[number.digits]
    points = tuple(kept[list(number.points)].tolist())
    names = tuple(name for beside, name in marks.values() if set(beside) & set(digits.tolist()))
    return replace(number, digits=digits, marks=names, points=points)


def _lay_out_number(
    boxes: Boxes, chosen: Groups, line: int, around: Lengths, close_up: bool, is_point: Bools, p: TextLineParameters
) -> NumberLayout:
    ordered = chosen[np.argsort(boxes[chosen, 0] + boxes[chosen, 2], kind="stable")]
    inner = np.flatnonzero(~is_point[ordered])
    between = np.arange(len(ordered))
    between = is_point[ordered] & (between > inner.min(initial=len(ordered))) & (between < inner.max(initial=-1))
    digits, points = ordered[~between], ordered[between]
    left, top = (int(edge) for edge in boxes[digits, :2].min(axis=0))
    right, bottom = (int(edge) for edge in boxes[digits, 2:].max(axis=0))
    height = typical_height(stacked_heights(boxes[digits], p))
    if close_up and len(digits) <= p.close_up_fragments and _overlap_across(boxes[digits]):
        height = float(bottom - top)
    height_around = max(height, float(around[digits[0]])) if len(digits) == 1 else height
    return NumberLayout(digits, (left, top, right, bottom), line, height, height_around, points=tuple(points.tolist()))


def typical_height(heights: Lengths) -> float:
    """Return the typical height of a number's digits, weighted by height, so that small marks count little.

    Examples
    --------
    >>> typical_height(np.array([40.0, 41.0, 75.0, 39.0])), typical_height(np.array([40.0, 8.0, 8.0]))
    (41.0, 40.0)
    """
    return weighted_median(heights, heights)


def _overlap_across(boxes: Boxes) -> bool:
    """Whether any two lie above each other, if only in part, as what is left of a broken digit may."""
    return bool((_overlap(boxes, 0)[np.triu_indices(len(boxes), 1)] > 0).any())


def enclose(boxes: Boxes, groups: Groups) -> Boxes:
    """Return the box around each group, shape (groups, 4)."""
    count = int(groups.max(initial=-1)) + 1
    around = np.tile([np.inf, np.inf, -np.inf, -np.inf], (count, 1))
    np.minimum.at(around[:, :2], groups, boxes[:, :2])
    np.maximum.at(around[:, 2:], groups, boxes[:, 2:])
    return around


def digit_height(boxes: Boxes, areas: Lengths, p: TextLineParameters = TEXT_LINES) -> float:
    """Return the typical height of a digit, in pixels.

    If there are several components and most are higher than wide, they are digits. Otherwise they may be halves of
    digits: components right above each other count together, unless there are more than two, which then are lines.
    """
    tall, wide = boxes[:, 3] - boxes[:, 1], boxes[:, 2] - boxes[:, 0]
    areas = np.minimum(areas, tall * tall)  # a printed bar has more ink than many digits
    alone, together = weighted_median(tall, areas), weighted_median(stacked_heights(boxes, p), areas)
    whole = len(boxes) >= p.whole_from_components and weighted_median(tall / wide, areas) >= 1
    return alone if whole or together > p.two_halves_heights * alone else together


def stacked_heights(boxes: Boxes, p: TextLineParameters = TEXT_LINES) -> Lengths:
    """Return the height of each component together with those right above and below it, as if they were one digit."""
    tall = boxes[:, 3] - boxes[:, 1]
    across, down, together = _overlap(boxes, 0), _overlap(boxes, 1), _height_together(boxes)
    apart = down <= p.line_overlap_of_lower * np.minimum.outer(tall, tall)
    stacked = apart & (-down <= p.break_gap_heights * together)
    group = group_linked(stacked & (-across <= p.break_gap_heights * together))
    around = enclose(boxes, group)
    return np.asarray((around[:, 3] - around[:, 1])[group])


def group_digits(boxes: Boxes, height: float, p: TextLineParameters = TEXT_LINES) -> Groups:
    """Join components that are close above each other and together not higher than a digit."""
    width = boxes[:, 2] - boxes[:, 0]
    across = _overlap(boxes, 0) >= p.stack_overlap_widths * np.minimum.outer(width, width)
    return group_linked(across & _one_digit_high(boxes, height, p))


def group_numbers(boxes: Boxes, height: float, p: TextLineParameters = TEXT_LINES) -> Groups:
    """Join neighbouring digits without a wide gap between them, and the components of a broken digit."""
    tall = boxes[:, 3] - boxes[:, 1]
    lower, higher = np.minimum.outer(tall, tall), np.maximum.outer(tall, tall)
    size = np.maximum(higher, height / 2)
    narrow = np.maximum(0.0, p.digit_width_heights * tall - (boxes[:, 2] - boxes[:, 0])) / 2
    gap = -_overlap(boxes, 0) - np.add.outer(narrow, narrow)
    beside = _overlap(boxes, 1) >= np.maximum(p.line_overlap_of_lower * lower, p.line_overlap_of_higher * higher)
    broken = (-_overlap(boxes, 0) <= p.break_gap_heights * size) & _one_digit_high(boxes, height, p)
    return group_linked(beside & (gap <= p.number_gap_heights * size) | broken)


def _one_digit_high(boxes: Boxes, height: float, p: TextLineParameters) -> Bools:
    """Whether two components, closely above each other, are no higher together than a digit."""
    tall = boxes[:, 3] - boxes[:, 1]
    largest = p.highest_writing_heights * height
    most = p.highest_digit_heights * np.clip(np.maximum.outer(tall, tall), height, largest)
    close = -_overlap(boxes, 1) <= p.stack_gap_heights * most
    return close & (_height_together(boxes) <= most)


def number_lines(boxes: Boxes, p: TextLineParameters = TEXT_LINES) -> Groups:
    """Number the text line of each written number, from the top of the page to its bottom."""
    tall = boxes[:, 3] - boxes[:, 1]
    overlap = _overlap(boxes, 1) >= p.line_overlap_of_lower * np.minimum.outer(tall, tall)
    gap = np.where(overlap, boxes[None, :, 0] - boxes[:, None, 0], np.inf)
    gap[(gap <= 0) & ~((gap == 0) & np.triu(np.ones_like(overlap), 1))] = np.inf
    nearest = (gap == gap.min(axis=1, keepdims=True, initial=np.inf)) & np.isfinite(gap)
    group = group_linked(nearest)
    middle = (boxes[:, 1] + boxes[:, 3]) / 2
    count = int(group.max(initial=-1)) + 1
    order = np.argsort([middle[group == g].mean() for g in range(count)], kind="stable")
    return np.argsort(order)[group] if count else group


def heights_beside(boxes: Boxes, p: TextLineParameters = TEXT_LINES) -> Lengths:
    """Return, for each box, the height of the highest one closely beside it (not above or below), at least its own."""
    tall, wide = boxes[:, 3] - boxes[:, 1], boxes[:, 2] - boxes[:, 0]
    across, down = _overlap(boxes, 0), _overlap(boxes, 1)
    higher, narrower = np.maximum.outer(tall, tall), np.minimum.outer(wide, wide)
    near = (-across <= p.beside_gap_heights * higher) & (-down <= p.break_gap_heights * higher)
    beside = near & (across <= narrower / 2)
    return np.asarray(np.maximum(tall, np.where(beside, tall, 0.0).max(axis=1, initial=0.0)))


def _height_together(boxes: Boxes) -> Distances:
    """The height of the box around each two."""
    return np.maximum.outer(boxes[:, 3], boxes[:, 3]) - np.minimum.outer(boxes[:, 1], boxes[:, 1])


def _overlap(boxes: Boxes, axis: int) -> Distances:
    """By how much each two overlap along an axis; below 0, the gap between them."""
    start, stop = boxes[:, axis], boxes[:, axis + 2]
    return np.minimum.outer(stop, stop) - np.maximum.outer(start, start)
