"""The elements of forms: points, strokes, arcs and corners.

A form is a function that takes draws and returns strokes; the numbers in it are ranges. Lengths are relative to the
height of the digit, with x to the right and y downwards from 0 (top) to 1 (foot). A repeated point is a corner.
"""

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Point = tuple[Any, Any]  # each a number, or an array with one for every digit
Stroke = list[Point]
Strokes = list[Stroke]


class Ranges(Protocol):
    """Draws one number per digit from a range, in the intervals of the digit's family."""

    def __call__(self, low: float, high: float) -> Array:
        """Return float32 of shape (n,)."""
        ...


Form = Callable[[Ranges], Strokes]


def arc(centre: Point, radii: Point, start: float | Array, sweep: float | Array, points: int = 9) -> Stroke:
    """Return points of an ellipse from an angle in degrees: 0 is right, 90 is down, a negative sweep turns left."""
    turns = [np.radians(start + sweep * k / (points - 1)) for k in range(points)]
    return [(centre[0] + radii[0] * np.cos(turn), centre[1] + radii[1] * np.sin(turn)) for turn in turns]


def corner(x: float | Array, y: float | Array) -> Stroke:
    """Repeat a point, so that smooth lines have a corner there."""
    return [(x, y), (x, y)]
