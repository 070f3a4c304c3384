"""Which connected components belong together: to a digit, digits to a number, numbers to text lines in reading order.

Everything here works on boxes. Neighbours are linked by how they overlap, so a line of writing may run up or down, or
bend, without ever being compared to a fixed row of the page. Nothing is cut here.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mnist_nn.imaging.components import group_linked, weighted_median

Boxes = npt.NDArray[np.float64]  # (n, 4) in pixels: left, top, right, bottom
Lengths = npt.NDArray[np.float64]  # (n,) in pixels
Distances = npt.NDArray[np.float64]  # (n, n) in pixels
Groups = npt.NDArray[np.intp]  # (n,): the group of each, 0 .. groups - 1
Bools = npt.NDArray[np.bool_]
Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class TextLineParameters:
    """What belongs together. Chosen on pages made of MNIST's training digits (docs/reading.md)."""

    number_gap_heights: float = 0.75
    """Widest gap between the digits of a number, in heights of a digit."""
    digit_width_heights: float = 0.5
    """Width that every digit is given room for, in its height: a 1 stands as far apart as the others."""
    line_overlap_of_lower: float = 0.35
    """Least overlap of neighbours in a line, in heights of the lower one,"""
    line_overlap_of_higher: float = 0.2
    """and in heights of the higher: a digit is not a neighbour of a long stray line."""
    stack_overlap_widths: float = 0.5
    """Least overlap, in widths of the narrower, of the components of one digit that lie above each other."""
    stack_gap_heights: float = 0.22
    """Widest gap between them, in heights of a digit."""
    highest_digit_heights: float = 1.35
    """Height of the highest digit, in typical heights."""
    highest_writing_heights: float = 2.5
    """The same of all writing on a page: what is higher is no digit."""
    two_halves_heights: float = 2.3
    """Of a digit that is broken across, with the gap between them, in heights of one half."""
    whole_from_components: int = 4
    """So many components tell by their shape whether they are whole digits."""
    beside_gap_heights: float = 1.0
    """Widest gap between what is written beside each other, in heights of the higher."""
    break_gap_heights: float = 0.18
    """Widest gap between the components of a broken digit, in its height."""
    close_up_fragments: int = 4
    """So few digits in a close-up may be a single one that is badly broken."""


TEXT_LINES = TextLineParameters()


@dataclass(frozen=True, eq=False)
class NumberLayout:
    """Where a number is, and how large its digits are."""

    digits: Groups
    """Which digits of the page, from left to right."""
    box: Box
    """Left, top, right, bottom in pixels, the last two exclusive."""
    line: int
    """Which text line of the page, from 0."""
    height_px: float
    """Of its highest digit."""
    height_around_px: float
    """Of digits around here: more than its own, where it is a single low mark beside others, as a comma is."""


@dataclass(frozen=True, eq=False)
class Layout:
    """Which digit each connected component belongs to, and the numbers of the page in reading order."""

    digit_of: Groups
    """Shape (components,): the digit of each, from 0."""
    digits: int
    """How many there are."""
    numbers: tuple[NumberLayout, ...]


def lay_out(boxes: Boxes, areas: Lengths, *, close_up: bool, parameters: TextLineParameters = TEXT_LINES) -> Layout:
    """Group the connected components of a page, at least one, by their boxes.

    Parameters
    ----------
    boxes
        float64 of shape (n, 4), in pixels: left, top, right, bottom.
    areas
        float64 of shape (n,), in pixels.
    close_up
        Whether the picture shows no more than one number.
    parameters
        What belongs together.

    Examples
    --------
    >>> boxes = np.array([[50.0, 0, 60, 40], [0, 0, 20, 40], [30, 0, 45, 40], [0, 90, 20, 130]])
    >>> layout = lay_out(boxes, np.full(4, 100.0), close_up=False)
    >>> [(number.digits.tolist(), number.line) for number in layout.numbers]
    [([1, 2, 0], 0), ([3], 1)]
    """
    p = parameters
    height = digit_height(boxes, areas, p)
    digit_of = group_digits(boxes, height, p)
    digits = enclose(boxes, digit_of)
    number_of = np.zeros(len(digits), np.intp) if close_up else group_numbers(digits, height, p)
    number_boxes = enclose(digits, number_of)
    line = number_lines(number_boxes, p)
    around = heights_beside(digits, p)
    numbers = (
        _lay_out_number(digits, np.flatnonzero(number_of == number), int(line[number]), around, close_up, p)
        for number in np.lexsort([number_boxes[:, 0], line])
    )
    return Layout(digit_of, len(digits), tuple(numbers))


def _lay_out_number(
    boxes: Boxes, chosen: Groups, line: int, around: Lengths, close_up: bool, p: TextLineParameters
) -> NumberLayout:
    digits = chosen[np.argsort(boxes[chosen, 0] + boxes[chosen, 2], kind="stable")]
    left, top = (int(edge) for edge in boxes[digits, :2].min(axis=0))
    right, bottom = (int(edge) for edge in boxes[digits, 2:].max(axis=0))
    height = float(stacked_heights(boxes[digits], p).max())
    if close_up and len(digits) <= p.close_up_fragments:
        height = float(bottom - top)
    height_around = max(height, float(around[digits[0]])) if len(digits) == 1 else height
    return NumberLayout(digits, (left, top, right, bottom), line, height, height_around)


def enclose(boxes: Boxes, groups: Groups) -> Boxes:
    """Return the box around each group, shape (groups, 4)."""
    count = int(groups.max(initial=-1)) + 1
    around = np.tile([np.inf, np.inf, -np.inf, -np.inf], (count, 1))
    np.minimum.at(around[:, :2], groups, boxes[:, :2])
    np.maximum.at(around[:, 2:], groups, boxes[:, 2:])
    return around


def digit_height(boxes: Boxes, areas: Lengths, p: TextLineParameters = TEXT_LINES) -> float:
    """Return the typical height of a digit, in pixels.

    Where most components are higher than wide and there are several, they are digits; else they may be halves of some,
    and what lies right above each other counts together, unless that makes more than two halves: then it is lines.
    """
    tall, wide = boxes[:, 3] - boxes[:, 1], boxes[:, 2] - boxes[:, 0]
    alone, together = weighted_median(tall, areas), weighted_median(stacked_heights(boxes, p), areas)
    whole = len(boxes) >= p.whole_from_components and weighted_median(tall / wide, areas) >= 1
    return alone if whole or together > p.two_halves_heights * alone else together


def stacked_heights(boxes: Boxes, p: TextLineParameters = TEXT_LINES) -> Lengths:
    """Return the height of each with those right above and below it, as if they were one digit."""
    tall = boxes[:, 3] - boxes[:, 1]
    across, down, together = _overlap(boxes, 0), _overlap(boxes, 1), _height_together(boxes)
    apart = down <= p.line_overlap_of_lower * np.minimum.outer(tall, tall)
    stacked = apart & (-down <= p.break_gap_heights * together)
    group = group_linked(stacked & (-across <= p.break_gap_heights * together))
    around = enclose(boxes, group)
    return np.asarray((around[:, 3] - around[:, 1])[group])


def group_digits(boxes: Boxes, height: float, p: TextLineParameters = TEXT_LINES) -> Groups:
    """Join components that lie above each other, closely, and make no more than a digit's height together."""
    width = boxes[:, 2] - boxes[:, 0]
    across = _overlap(boxes, 0) >= p.stack_overlap_widths * np.minimum.outer(width, width)
    return group_linked(across & _one_digit_high(boxes, height, p))


def group_numbers(boxes: Boxes, height: float, p: TextLineParameters = TEXT_LINES) -> Groups:
    """Join digits that stand side by side with no wide gap between them, and the components of a broken digit."""
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
    """Return the height of the highest that stands closely beside each, not above or below; its own if it is that."""
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
