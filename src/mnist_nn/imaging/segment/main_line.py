"""Finds the ink of a field's own line, and leaves out bits of the lines above and below it.

A field contains one number, so the line with the most ink is the right one. Everything here works on boxes.
`mnist_nn.imaging.segment.doubts` examines the ink beside the line.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_nn.imaging.components import group_linked, weighted_median

Boxes = npt.NDArray[np.float64]  # (n, 4) in pixels: left, top, right, bottom
Lengths = npt.NDArray[np.float64]  # (n,) in pixels
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class MainLineParameters:
    """Parameters for a field's line, chosen on generated fields and register cells (docs/explanation/reading.md)."""

    alike_overlap: float = 0.5
    """Digits side by side overlap by at least this share of the higher one's height. Parts of other lines are lower."""
    cut_weight: float = 0.5
    """Weight of ink that is cut off by the edge of the picture: the number that is meant is whole."""
    least_inside: float = 0.5
    """Ink belongs to a line if at least this share of its height, or of the line's if that is less, is inside the
    line."""
    near_heights: float = 0.35
    """Whole ink also belongs to the line if it ends at most this far above or below, in heights of the line: a comma
    or a tail."""
    digit_heights: float = 0.6
    """Whole ink at least this high, in heights of the line, may be digits of another line that was meant."""


MAIN_LINE = MainLineParameters()


class MainLine(NamedTuple):
    """Which components of a field belong to its line, bool of shape (n,), and whether others may also be digits."""

    belongs: Bools
    several: bool


def find_main_line(boxes: Boxes, areas: Lengths, height: int, parameters: MainLineParameters = MAIN_LINE) -> MainLine:
    """Find the right line of a field: the one with the most ink; ink that is not cut off counts double.

    Parameters
    ----------
    boxes
        float64 of shape (n, 4), in pixels, at least one: left, top, right, bottom of each connected component.
    areas
        float64 of shape (n,), in pixels.
    height
        Height of the picture in pixels; ink that touches its upper or lower edge, but not both, is cut off.
    parameters
        The parameters of lines.

    Examples
    --------
    >>> boxes = np.array([[0.0, 20, 20, 60], [30, 22, 45, 61], [5, 62, 25, 72]])
    >>> [find_main_line(boxes, np.array([300.0, 300, 150]), height).belongs.tolist() for height in (72, 100)]
    [[True, True, False], [True, True, True]]
    """
    p = parameters
    top, bottom = boxes[:, 1], boxes[:, 3]
    tall = bottom - top
    shared = np.minimum.outer(bottom, bottom) - np.maximum.outer(top, top)
    group = group_linked(shared >= p.alike_overlap * np.maximum.outer(tall, tall))
    cut = (top <= 0) != (bottom >= height)
    ink = np.bincount(group, np.where(cut, p.cut_weight, 1.0) * areas * np.minimum(tall, weighted_median(tall, areas)))
    main = group == ink.argmax()
    first, last = (weighted_median(edge[main], tall[main]) for edge in (top, bottom))
    inside = np.minimum(bottom, last) - np.maximum(top, first)
    belongs = main | (inside >= p.least_inside * np.minimum(tall, last - first))
    beyond = np.maximum(first - top, bottom - last)
    belongs |= ~cut & (beyond <= p.near_heights * (last - first))
    several = ~belongs & ~cut & (tall >= p.digit_heights * (last - first))
    return MainLine(belongs, bool(several.any()))
