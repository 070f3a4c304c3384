"""Hands (simulated writers): the ranges for a hand's width, slant, pen and care, in three families.

A family has its own intervals of every range and its own forms of every digit, so that the hands of ``test`` differ
from those of ``train`` and ``calibrate``. No strokes are drawn here.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.data.handwriting.draws import Draws
from mnist_nn.data.handwriting.forms.families import FORMS
from mnist_nn.errors import unknown
from mnist_nn.util.randomness import Key

Array = npt.NDArray[Any]
Range = tuple[float, float]

FAMILIES: dict[str, tuple[Range, ...]] = {
    "train": ((0.06, 0.34), (0.46, 0.86)),
    "calibrate": ((0.03, 0.06), (0.34, 0.40), (0.86, 0.93)),
    "test": ((0.0, 0.03), (0.40, 0.46), (0.93, 1.0)),
}
"""The intervals of every range that belong to a family, as shares of the range.

The training family has most of each range. The other families use a gap in its middle and the values beyond both of its
ends, which training never sees: finer and bolder pens, shorter and longer upstrokes, less and more slant. The test
family goes further than the calibration family.
"""


@dataclass(frozen=True)
class HandRanges:
    """The ranges for hands. Lengths are shares of a digit's height, unless a name has another unit.

    The bounds follow from the pens that people use: a fineliner is 3 % of the height of a large digit, a felt pen 22 %
    of the height of a small one. The ranges go a little further, and so do those of upstrokes (`forms`).
    """

    width_ratio: Range = (0.72, 1.35)  # of a digit, times that of its form: narrow to wide writers
    slant_tangent: Range = (-0.22, 0.5)  # left-handed and upright, to the slanted scripts of schools
    pen_width: Range = (0.025, 0.23)
    bold_power: float = 1.8  # pen widths are drawn as u ** this: most pens are fine
    jitter: Range = (0.006, 0.035)  # deviation of a form's points from digit to digit: careful to hasty
    hook_share: Range = (0.0, 0.35)  # of strokes that end in a small hook, as of a pen lifted too late
    hook_length: Range = (0.03, 0.1)
    repeat: float = 0.22  # how much a form's numbers vary within a hand, as a share of their range


HAND = HandRanges()


def family_value(draw: Array, low: float, high: float, family: str) -> Array:
    """Map uniform draws to the intervals of a range that belong to a family.

    Parameters
    ----------
    draw
        Floats from 0 to 1, any shape.
    low, high
        The whole range.
    family
        One of FAMILIES.

    Returns
    -------
    Floats of the same shape.

    Raises
    ------
    ConfigError
        There is no such family.

    Examples
    --------
    >>> family_value(np.array([0.0, 0.999]), 0.0, 100.0, "test").round(1).tolist()
    [0.0, 100.0]
    """
    if family not in FAMILIES:
        raise unknown("family of hands", family, FAMILIES)
    starts, ends = np.array(FAMILIES[family], np.float32).T
    lengths = ends - starts
    before = np.cumsum(lengths) - lengths
    place = draw * np.float32(lengths.sum())
    interval = np.searchsorted(before, place, side="right") - 1
    return np.asarray(low + (high - low) * (starts[interval] + place - before[interval]))


@dataclass(frozen=True)
class Hands:
    """Simulated writers, one per row.

    Attributes
    ----------
    family
        One of FAMILIES.
    key
        The random key for drawing their forms.
    width_ratio, slant_tangent, pen_width, jitter, hook_share, hook_length
        float32 of shape (n,), as in `HandRanges`.
    forms
        int64 of shape (n, 10): which of the family's forms of a digit the hand writes.
    """

    family: str
    key: Key
    width_ratio: Array
    slant_tangent: Array
    pen_width: Array
    jitter: Array
    hook_share: Array
    hook_length: Array
    forms: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.pen_width)


def draw_hands(count: int, key: Key, family: str, ranges: HandRanges = HAND) -> Hands:
    """Draw writers of a family.

    Raises
    ------
    ConfigError
        There is no such family.

    Examples
    --------
    >>> from mnist_nn.util.randomness import key
    >>> hands = draw_hands(100, key(1), "train")
    >>> bool((hands.pen_width > 0.03).all() and (hands.pen_width < 0.21).all())
    True
    """
    draws = Draws(key, np.arange(count))

    def value(bounds: Range, power: float = 1.0) -> Array:
        return family_value(draws.even() ** np.float32(power), *bounds, family)

    return Hands(
        family,
        key,
        width_ratio=value(ranges.width_ratio),
        slant_tangent=value(ranges.slant_tangent),
        pen_width=value(ranges.pen_width, ranges.bold_power),
        jitter=value(ranges.jitter),
        hook_share=value(ranges.hook_share),
        hook_length=value(ranges.hook_length),
        forms=np.stack([draws.whole(len(FORMS[family][label])) for label in range(10)], axis=1),
    )
