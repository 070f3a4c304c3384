"""Finds out which way up a page is if little can be read on it as given.

Such a page, for example one with a wrong camera orientation, is read in all four directions. A direction is chosen only
if it is the only one that reads well, and if it does so with digits that have a top. This module turns pages and boxes,
and runs no network.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_nn.imaging.clean.ink import Ink
from mnist_nn.reading.results import DIGIT, DOUBTFUL, Box, Number, find_worst

TURNS = (0, 90, 180, 270)  # degrees clockwise that set a page upright
HAVE_A_TOP = frozenset("23457")  # the others are digits upside down as well: 0, 1, 8, and 6 is a 9
TURN_IT = "most of this page cannot be read; it may lie on its side or upside down, so try turning it"


@dataclass(frozen=True)
class OrientationParameters:
    """How clear a direction must be; chosen on 16 pages with a quarter turn and 16 with a half turn.

    On these pages of MNIST's training digits, 0.94 to 1 of the digits were accepted the right way up, and at most 0.78
    in other directions, except for one page with only the digits 0, 1, 6 and 9.
    """

    read_well_share: float = 0.8
    """A direction reads well if more than this share of its digits is accepted."""
    numbers_share: float = 0.5
    """It must also have this many digits in accepted numbers."""
    least_digits: int = 2
    """Fewer digits than this mean nothing, because letters and signs look like a digit from some side."""
    least_with_top: int = 2
    """This many accepted digits must have a top: 0, 1, 6, 8 and 9 are also digits when upside down."""
    stands_out_digits: int = 8
    """A direction that does not read well still stands out if its accepted numbers have this many digits.

    Only numbers with a digit that has a top count."""
    stands_out_times: float = 3.0
    """It must also have this many times as many digits as any other direction; on 24 poor pages it had 4 to 70 times
    as many."""


ORIENTATION = OrientationParameters()


class _Count(NamedTuple):
    """The number of digits found, accepted, in accepted numbers, and in accepted numbers that show a top."""

    digits: int
    accepted: int
    in_numbers: int
    in_upright_numbers: int


def _count(numbers: Sequence[Number]) -> _Count:
    digits = [digit.decision for number in numbers for digit in number.digits]
    accepted = [number for number in numbers if number.decision == DIGIT]
    upright = (len(number.digits) for number in accepted if not _has_no_top(number))
    return _Count(len(digits), digits.count(DIGIT), sum(len(number.digits) for number in accepted), sum(upright))


def reads_well(numbers: Sequence[Number], parameters: OrientationParameters = ORIENTATION) -> bool:
    """Say whether most of what is written is accepted; an empty page counts as read well.

    Accepted numbers without a digit that has a top only count if nearly everything is accepted.

    Examples
    --------
    >>> reads_well([])
    True
    """
    p, of = parameters, _count(numbers)
    return of.accepted > p.read_well_share * of.digits or of.in_upright_numbers >= p.numbers_share * of.digits


def choose_turn(
    readings: Mapping[int, Sequence[Number]], parameters: OrientationParameters = ORIENTATION
) -> int | None:
    """Choose the direction for a page that does not read well as given.

    Parameters
    ----------
    readings
        For each of `TURNS`, the numbers read in that direction.
    parameters
        How clear a direction must be.

    Returns
    -------
    The clockwise turn in degrees; 0 if no other direction reads well or stands out, and None if one reads well but it
    is not clear which.
    """
    p = parameters
    outstanding = _find_outstanding(readings, p)
    if outstanding is not None:
        return outstanding
    well = [turn for turn in TURNS if turn and _is_clear(readings[turn], p)]
    if not well:
        return 0
    with_top = _count_with_top(readings[well[0]])
    return well[0] if len(well) == 1 and with_top >= p.least_with_top else None


def _find_outstanding(readings: Mapping[int, Sequence[Number]], p: OrientationParameters) -> int | None:
    """For a page that reads well in no direction, find the one in which far more is accepted than in any other."""
    counts = {turn: _count(numbers).in_upright_numbers for turn, numbers in readings.items()}
    second, first = sorted(counts, key=counts.__getitem__)[-2:]
    enough = max(p.stands_out_digits, p.stands_out_times * counts[second])
    return first if counts[first] >= enough else None


def _is_clear(numbers: Sequence[Number], p: OrientationParameters) -> bool:
    of = _count(numbers)
    shares = of.accepted > p.read_well_share * of.digits and of.in_numbers >= p.numbers_share * of.digits
    return shares and of.accepted >= p.least_digits


def _count_with_top(numbers: Sequence[Number]) -> int:
    """Count the digits in accepted numbers that are not digits when upside down."""
    return sum(digit.text in HAVE_A_TOP for number in numbers if number.decision == DIGIT for digit in number.digits)


def doubt_ambiguous(
    numbers: Sequence[Number], *, other_way: bool, parameters: OrientationParameters = ORIENTATION
) -> tuple[Number, ...]:
    """Mark numbers as doubtful that may be accepted only because the page is not upright.

    If most of a page is not accepted, these are all numbers whose digits have no top, unless other accepted digits
    show which way up it is. If another direction reads well (``other_way``), these are all numbers.
    """
    if not other_way and _count_with_top(numbers) >= parameters.least_with_top:
        return tuple(numbers)
    return tuple(
        _doubt(number) if other_way or (number.decision == DIGIT and _has_no_top(number)) else number
        for number in numbers
    )


def _has_no_top(number: Number) -> bool:
    return not HAVE_A_TOP.intersection(number.text)


def _doubt(number: Number) -> Number:
    reason = "; ".join(filter(None, (TURN_IT, number.reason)))
    return replace(number, decision=find_worst([DOUBTFUL, number.decision]), reason=reason)


def turn_pixels(pixels: npt.NDArray[Any], turned: int) -> npt.NDArray[Any]:
    """Turn a picture clockwise by 0, 90, 180 or 270 degrees.

    Examples
    --------
    >>> turn_pixels(np.array([[1, 2], [3, 4]]), 90).tolist()
    [[3, 1], [4, 2]]
    """
    return np.ascontiguousarray(np.rot90(pixels, -turned // 90))


def turn_ink(ink: Ink, turned: int) -> Ink:
    """Turn everything found about a page's ink clockwise: all of its arrays are pictures of the page."""
    parts = {part.name: getattr(ink, part.name) for part in fields(ink)}
    pictures: dict[str, Any] = {
        name: turn_pixels(part, turned) for name, part in parts.items() if isinstance(part, np.ndarray)
    }
    return replace(ink, **pictures)


def place_on_page(numbers: Sequence[Number], turned: int, shape: tuple[int, int]) -> tuple[Number, ...]:
    """Convert the boxes of numbers to pixels of the page before it was turned, whose shape is (height, width)."""
    if not turned:
        return tuple(numbers)
    return tuple(
        replace(
            number,
            box=turn_back(number.box, turned, shape),
            digits=tuple(replace(digit, box=turn_back(digit.box, turned, shape)) for digit in number.digits),
        )
        for number in numbers
    )


def turn_back(box: Box, turned: int, shape: tuple[int, int]) -> Box:
    """Return the position of a box of a turned page on the page as it was given.

    Parameters
    ----------
    box
        Left, top, right, bottom in pixels of the turned page.
    turned
        How many degrees clockwise the page was turned.
    shape
        Height and width of the page as it was given.

    Examples
    --------
    >>> turn_back((0, 0, 3, 1), 90, (10, 20)), turn_back((0, 0, 3, 1), 180, (10, 20))
    ((0, 7, 1, 10), (17, 9, 20, 10))
    """
    height, width = shape
    left, top, right, bottom = box
    return {
        0: box,
        90: (top, height - right, bottom, height - left),
        180: (width - right, height - bottom, width - left, height - top),
        270: (width - bottom, left, width - top, right),
    }[turned]
