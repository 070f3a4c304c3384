"""The uncut ink of one number, with the paper around it and without other numbers.

It is for reading a number as a whole. `mnist_nn.imaging.segment.numbers` finds its possible digits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from mnist_nn.imaging.boxes import enclose_windows, tight_window
from mnist_nn.imaging.clean.ink import Bools, Floats, Ink
from mnist_nn.imaging.components import grow
from mnist_nn.imaging.segment.numbers import WrittenNumber

Window = tuple[slice, slice]


@dataclass(frozen=True)
class NumberInkParameters:
    """The margin around a number, in its heights. A line of 32 rows shows digits of 24 rows and their surroundings."""

    margin_above_heights: float = 0.3
    """Margin above and below, in heights of the number: what a line shows, and a little more in case the row is found
    too low."""
    margin_beside_heights: float = 0.15
    """Margin on the left and right, in heights of the number: enough for a point that belongs to it, but rarely for a
    neighbour."""


NUMBER_INK = NumberInkParameters()


class NumberInk(NamedTuple):
    """The ink of one number with some paper around it, at working size."""

    soft: Floats
    """float32 of shape (height, width), 1 in the middle of a stroke; other numbers are left out."""
    strokes: Bools
    """The same shape: the ink that certainly belongs to the number."""
    corner: tuple[int, int]
    """Top and left on the page, at working size."""


def draw_number(
    ink: Ink,
    numbers: Sequence[WrittenNumber],
    *,
    whole_width: bool = False,
    parameters: NumberInkParameters = NUMBER_INK,
) -> NumberInk:
    """Draw the ink of one number, which may have been found in several groups.

    Parameters
    ----------
    ink
        The page that the groups were found on.
    numbers
        The groups; at least one.
    whole_width
        Whether the page shows nothing but this number, so that ink beside it may be more of it.
    parameters
        How much paper is taken around it.

    Examples
    --------
    >>> from mnist_nn.imaging.clean.ink import find_ink
    >>> from mnist_nn.imaging.segment.numbers import find_numbers
    >>> page = np.full((80, 200), 220, np.uint8)
    >>> page[20:50, 20:24] = page[20:50, 34:38] = page[20:50, 130:134] = 30
    >>> ink = find_ink(page)
    >>> first, second = find_numbers(ink)
    >>> drawn = draw_number(ink, [first])
    >>> drawn.soft.shape, drawn.corner, int(drawn.strokes.sum())
    ((48, 26), (11, 16), 240)
    """
    digit_of = numbers[0].digit_of
    window = _widen(_enclose(ink, numbers, whole_width), digit_of.shape, parameters)
    labels = digit_of[window]
    strokes = np.isin(labels, np.concatenate([number.digits for number in numbers]))
    others = grow((labels > 0) & ~strokes, ink.rim_px) & ~grow(strokes, ink.rim_px)
    soft = np.where(others, np.float32(0), ink.soft[window])
    return NumberInk(soft, strokes, (window[0].start, window[1].start))


def _enclose(ink: Ink, numbers: Sequence[WrittenNumber], whole_width: bool) -> Window:
    """The rows and columns of all ink of the number; of all ink of the page from side to side, if it is all its own."""
    rows, columns = enclose_windows(number.window for number in numbers)
    return rows, tight_window(ink.strokes | ink.specks)[1] if whole_width else columns


def _widen(inside: Window, shape: tuple[int, ...], p: NumberInkParameters) -> Window:
    height = inside[0].stop - inside[0].start
    margins = round(p.margin_above_heights * height), round(p.margin_beside_heights * height)
    rows, columns = (
        slice(max(0, side.start - margin), min(length, side.stop + margin))
        for side, margin, length in zip(inside, margins, shape, strict=True)
    )
    return rows, columns
