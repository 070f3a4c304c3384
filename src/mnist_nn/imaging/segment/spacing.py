"""Finds widely spaced numbers: digits of one line that are unusually far apart, but evenly.

The line's own gaps then tell how wide a gap between two numbers is. Lines with usual spacing are not changed.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mnist_nn.imaging.components import Bools, weighted_median

Boxes = npt.NDArray[np.float64]  # (n, 4) in pixels: left, top, right, bottom
Box = npt.NDArray[np.float64]  # one of them
Groups = npt.NDArray[np.intp]


@dataclass(frozen=True)
class SpacingParameters:
    """Parameters for comparing gaps, chosen on numbers drawn with MNIST's training digits."""

    least_digits: int = 3
    """A line needs at least this many digits, so that there are two gaps to compare."""
    widest_gap_heights: float = 1.5
    """Digits that are farther apart than this are columns of a table and not a number."""
    narrowest_share: float = 0.6
    """If a gap of the line is narrower than this share of the middle gap, the wide gaps separate numbers."""
    widest_share: float = 1.5
    """A gap wider than this share of the middle gap also separates numbers."""
    lowest_share: float = 0.4
    """A digit lower than this share of the middle height is dirt, and the spacing says nothing."""
    digit_width_heights: float = 0.5
    """Width assumed for every digit, as a share of its height, because a 1 gets as much room as other digits."""
    upright_share: float = 0.6
    """A printed line that fills at least this share of a gap from top to bottom separates boxes of a form or cells
    of a table."""


SPACING = SpacingParameters()


def join_even(
    digits: Boxes,
    number_of: Groups,
    line_of: Groups,
    printed: Bools | None = None,
    parameters: SpacingParameters = SPACING,
) -> Groups:
    """Join the numbers of a line that are really one widely spaced number.

    Parameters
    ----------
    digits
        Shape (n, 4), in pixels: the boxes of the digits.
    number_of
        Shape (n,): the number of each, from 0.
    line_of
        The text line of each number.
    printed
        bool of the page's shape (height, width): printed lines, which separate digits in different boxes.
    parameters
        The parameters for comparing gaps.

    Returns
    -------
    The number of each digit, from 0, shape (n,).

    Examples
    --------
    >>> row = np.array([[0.0, 0, 20, 40], [56, 0, 76, 40], [112, 0, 132, 40], [220, 0, 240, 40]])
    >>> join_even(row, np.arange(4), np.zeros(4, np.intp)).tolist()
    [0, 0, 0, 1]
    """
    joined = number_of.copy()
    for line in range(int(line_of.max(initial=-1)) + 1):
        row = np.flatnonzero(line_of[number_of] == line)
        row = row[np.argsort(digits[row, 0] + digits[row, 2], kind="stable")]
        limit = _find_limit(digits[row], parameters)
        for left, right, gap in zip(row, row[1:], _gaps(digits[row], parameters), strict=False):
            if gap <= limit and not _is_parted(digits[left], digits[right], printed, parameters):
                joined[joined == joined[right]] = joined[left]
    return np.unique(joined, return_inverse=True)[1]


def _find_limit(row: Boxes, p: SpacingParameters) -> float:
    """Find the widest gap within a number of this line; 0 where its gaps say nothing."""
    if len(row) < p.least_digits:
        return 0.0
    tall, gaps = row[:, 3] - row[:, 1], _gaps(row, p)
    middle, height = float(np.median(gaps)), weighted_median(tall, tall)
    if gaps.min() < p.narrowest_share * middle or tall.min() < p.lowest_share * height:
        return 0.0
    limit = min(p.widest_share * middle, p.widest_gap_heights * height)
    return limit if (gaps <= limit).sum() >= p.least_digits - 1 else 0.0


def _gaps(row: Boxes, p: SpacingParameters) -> npt.NDArray[np.float64]:
    """From each digit to the next, in pixels, each given its room."""
    wide, tall = row[:, 2] - row[:, 0], row[:, 3] - row[:, 1]
    room = np.maximum(0.0, p.digit_width_heights * tall - wide) / 2
    return row[1:, 0] - row[:-1, 2] - room[1:] - room[:-1]


def _is_parted(left: Box, right: Box, printed: Bools | None, p: SpacingParameters) -> bool:
    """Whether a printed upright stands in the gap between two digits."""
    if printed is None:
        return False
    top, bottom = int(max(left[1], right[1])), int(min(left[3], right[3]))
    between = printed[top:bottom, int(left[2]) : int(right[0])]
    return bool(between.size and between.mean(axis=0).max() >= p.upright_share)
