"""Finds marks that are not digits: a point, comma or dash that closes an amount; points in a number; stray uprights.

They are recognized by their boxes alone: by their size, their position beside the digits to their left, and what
follows them. What a mark with digits on both sides means is left to the readers: 18.90 is not 1890.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_nn.imaging.components import weighted_median

Boxes = npt.NDArray[np.float64]  # (n, 4) in pixels: left, top, right, bottom

POINT, COMMA, DASH, EQUALS, UPRIGHT = "a point", "a comma", "a dash", "an equals sign", "an upright line"
EQUALS_PARTS = 2


@dataclass(frozen=True)
class MarkParameters:
    """Parameters for marks that end a number and for stray uprights.

    They were chosen on numbers drawn with MNIST's training digits.

    A height is that of the highest of the digits before the mark.
    """

    digits_before: int = 3
    """The height of the line is measured on this many digits to the left, because the last one may be a small zero."""
    reach_heights: float = 1.2
    """A mark is at most this far from the digit before it."""
    free_heights: float = 2.0
    """Nothing else follows a mark within this distance: a mark with digits on both sides does not end a number."""
    point_heights: float = 0.25
    """A point is at most this large in both directions. A pen makes 0.1 to 0.2."""
    comma_heights: float = 0.45
    """A comma is at most this high."""
    comma_width_heights: float = 0.3
    """A comma is at most this wide."""
    foot_from_heights: float = 0.6
    """The top of a point or comma is at least this far below the top of the line."""
    below_heights: float = 0.4
    """The middle of a mark is at most this far below the digits before it."""
    foot_below_heights: float = 0.15
    """A point ends at most this far above or below the foot of the line."""
    apostrophe_heights: float = 0.4
    """An apostrophe between thousands is at most this high, and at most half as wide."""
    overhang_heights: float = 0.25
    """A slanted digit reaches at most this far over a point after it."""
    head_heights: float = 0.2
    """Its top is at most this far above or below the top of the line."""
    dash_slenderness: float = 1.8
    """A dash is at least this many times as wide as high, so a leaning one is not a dash."""
    dash_heights: float = 0.3
    """A dash is at most this high."""
    dash_width_heights: tuple[float, float] = (0.15, 2.5)
    """Range of the width of a dash: a shorter mark is a point, and a longer one is a line of a form."""
    dash_centre_heights: tuple[float, float] = (0.25, 0.85)
    """Range of a dash's middle, from the top of the line: the bar of a 5 or 7 is above it."""
    equals_heights: float = 0.55
    """An equals sign is at most this high."""
    upright_heights: float = 1.6
    """An upright beside two lines is at least this many times as high as digits."""
    upright_slenderness: float = 2.5
    """It is at least this many times as high as wide."""
    upright_gap_heights: float = 3.0
    """It is at most this far from both lines. Because of its height, it would be linked to digits 2.5 heights away."""
    full_digit_heights: float = 0.6
    """Digits in the two lines are at least this high, in heights of a digit. Halves of a broken digit are lower."""


MARKS = MarkParameters()


class _Line(NamedTuple):
    """The end of the line that a mark may close: its last digit, and the top and foot of the line."""

    last: int
    top: float
    foot: float


def find_closings(
    digits: Boxes, parts: Boxes, digit_of: npt.NDArray[np.intp], parameters: MarkParameters = MARKS
) -> dict[int, tuple[int, str]]:
    """Find the points, commas and dashes that close numbers.

    Parameters
    ----------
    digits
        Shape (n, 4), in pixels: the boxes of what may be digits.
    parts
        Shape (m, 4): the boxes of their connected components.
    digit_of
        Shape (m,): the digit of each component.
    parameters
        The parameters of marks.

    Returns
    -------
    For each mark, by its index in ``digits``, from left to right: the last digit of the number that it closes, and the
    name of the mark.

    Examples
    --------
    >>> row = np.array([[0.0, 0, 25, 40], [35, 0, 60, 40], [70, 18, 90, 22]])
    >>> find_closings(row, row, np.arange(3))
    {2: (1, 'a dash')}
    """
    p = parameters
    possible: dict[int, tuple[_Line, str]] = {}
    for mark in _find_low(digits, p):
        line = _line_before(digits, mark, p)
        kind = _name(digits[mark], parts[digit_of == mark], line, p) if line else ""
        if line and kind:
            possible[mark] = line, kind
    closing: set[int] = set()
    for mark in sorted(possible, key=lambda mark: digits[mark, 0], reverse=True):
        if closing.issuperset(_followers(digits, mark, possible[mark][0], p)):
            closing.add(mark)
    found: dict[int, tuple[int, str]] = {}
    for mark in sorted(closing, key=lambda mark: digits[mark, 0]):
        line, kind = possible[mark]
        found[mark] = found[line.last][0] if line.last in found else line.last, kind
    return found


def find_points(
    digits: Boxes, parts: Boxes, digit_of: npt.NDArray[np.intp], parameters: MarkParameters = MARKS
) -> list[int]:
    """Find the points, commas and apostrophes that digits follow; the parameters are those of `find_closings`.

    Examples
    --------
    >>> row = np.array([[0.0, 0, 25, 40], [30, 35, 35, 40], [40, 0, 65, 40], [70, 0, 75, 12], [80, 0, 105, 40]])
    >>> find_points(row, row, np.arange(5))
    [1, 3]
    """
    p, found = parameters, []
    tall, wide = digits[:, 3] - digits[:, 1], digits[:, 2] - digits[:, 0]
    low = (
        tall <= p.comma_heights * weighted_median(tall, tall) if len(tall) else tall > 0
    )  # beside most, not a long tail
    digits = digits - np.outer(np.where(low, 0, np.minimum(p.overhang_heights * tall, wide / 2)), [0, 0, 1, 0])
    for mark in np.intersect1d(_find_low(digits, p), np.flatnonzero(low)).tolist():
        line = _line_before(digits, mark, p)
        if line is None or not len(_followers(digits, mark, line, p)):
            continue
        kind = _name(digits[mark], parts[digit_of == mark], line, p)
        if kind in {POINT, COMMA} or _is_apostrophe(digits[mark], line, p):
            found.append(mark)
    return sorted(found, key=lambda mark: float(digits[mark, 0]))


def _is_apostrophe(box: npt.NDArray[np.float64], line: _Line, p: MarkParameters) -> bool:
    height = line.foot - line.top
    wide, tall = (box[2] - box[0]) / height, (box[3] - box[1]) / height
    hangs = abs(box[1] - line.top) <= p.head_heights * height
    return bool(hangs and tall <= p.apostrophe_heights and wide <= p.apostrophe_heights / 2)


def _find_low(digits: Boxes, p: MarkParameters) -> list[int]:
    """Find what is low enough beside what ends to its left, near it: all that can be a mark."""
    tall = digits[:, 3] - digits[:, 1]
    gap = digits[:, None, 0] - digits[None, :, 2]
    near = (gap >= 0) & (gap <= (p.reach_heights + p.free_heights) * tall)
    highest = np.where(near, tall, 0.0).max(axis=1, initial=0.0)
    return [int(mark) for mark in np.flatnonzero(tall <= p.equals_heights * highest)]


def _line_before(digits: Boxes, mark: int, p: MarkParameters) -> _Line | None:
    """Find the line that ends before a mark, by the last of its digits; None if there is none."""
    left, top, right, bottom = digits.T
    tall = bottom - top
    middle = (top[mark] + bottom[mark]) / 2
    row = (right <= left[mark]) & (tall >= tall[mark])
    row &= (top <= middle) & (middle <= bottom + p.below_heights * tall)
    before = np.flatnonzero(row)
    before = before[np.argsort(-right[before], kind="stable")][: p.digits_before]
    if not len(before):
        return None
    highest = before[int(tall[before].argmax())]
    if left[mark] - right[before[0]] > p.reach_heights * tall[highest]:
        return None
    return _Line(int(before[0]), float(top[highest]), float(bottom[highest]))


def _name(box: npt.NDArray[np.float64], parts: Boxes, line: _Line, p: MarkParameters) -> str:
    """Name a mark by its size and place, in heights of the line; empty for what is none."""
    height = line.foot - line.top
    wide, tall = (box[2] - box[0]) / height, (box[3] - box[1]) / height
    top, foot = (box[1] - line.top) / height, (box[3] - line.top) / height
    if p.dash_centre_heights[0] <= (top + foot) / 2 <= p.dash_centre_heights[1]:
        if _is_flat(box, p) and tall <= p.dash_heights and p.dash_width_heights[0] <= wide <= p.dash_width_heights[1]:
            return DASH
        if len(parts) == EQUALS_PARTS and all(_is_flat(part, p) for part in parts) and tall <= p.equals_heights:
            return EQUALS
    if top < p.foot_from_heights:
        return ""
    if max(wide, tall) <= p.point_heights and abs(foot - 1) <= p.foot_below_heights:
        return POINT
    return COMMA if tall <= p.comma_heights and wide <= p.comma_width_heights and foot >= 1 else ""


def _is_flat(box: npt.NDArray[np.float64], p: MarkParameters) -> bool:
    return bool(box[2] - box[0] >= p.dash_slenderness * (box[3] - box[1]))


def _followers(digits: Boxes, mark: int, line: _Line, p: MarkParameters) -> list[int]:
    """What stands to the right of a mark in its line, near it."""
    left, top, right, bottom = digits.T
    in_line = np.minimum(bottom, line.foot) > np.maximum(top, line.top)
    from_middle = left >= (left[mark] + right[mark]) / 2
    near = left <= right[mark] + p.free_heights * (line.foot - line.top)
    return np.flatnonzero(in_line & from_middle & near).tolist()


def find_uprights(digits: Boxes, height: float, parameters: MarkParameters = MARKS) -> dict[int, list[int]]:
    """Find the upright lines that stand beside two lines of text and belong to neither, each with the digits beside it.

    Examples
    --------
    >>> rows = np.array([[0.0, 0, 25, 40], [0, 60, 25, 100], [40, 0, 44, 100]])
    >>> find_uprights(rows, 40.0)
    {2: [0, 1]}
    """
    p = parameters
    left, top, right, bottom = digits.T
    tall = bottom - top
    slender = (tall >= p.upright_heights * height) & (tall >= p.upright_slenderness * (right - left))
    full = np.flatnonzero((tall >= p.full_digit_heights * height) & (tall <= p.upright_heights * height))
    found: dict[int, list[int]] = {}
    for one in np.flatnonzero(slender).tolist():
        gap = np.maximum(left[full] - right[one], left[one] - right[full])
        shared = np.minimum(bottom[full], bottom[one]) - np.maximum(top[full], top[one])
        beside = full[(gap <= p.upright_gap_heights * height) & (gap >= 0) & (shared >= tall[full] / 2)]
        if len(beside) and top[beside].max() >= bottom[beside].min():
            found[one] = beside.tolist()
    return found
