"""Writes signs beside the digits of a line, which are not part of its label: points, commas, dashes, =, $ and #.

The caller says where a sign goes; `lines` draws which line has which signs. A sign is written with the line's pen and
slant, and its own proportions are given with it.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.data.handwriting.draws import Draws
from mnist_nn.data.handwriting.marks import Marks, draw_marks
from mnist_nn.util.randomness import Key

Array = npt.NDArray[Any]
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Signs:
    """Writes signs on a canvas.

    Attributes
    ----------
    ink
        The canvas: float32 of shape (n, rows, columns).
    numbers
        The numbers of the lines, which determine their draws: shape (n,).
    middle, height, pen, slant
        The row in the middle of the text, its height, the pen's width (all in pixels) and the slant of each line.
    dash_px
        Range of a dash's length.
    """

    ink: Array
    numbers: Rows
    middle: Array
    height: Array
    pen: Array
    slant: Array
    dash_px: tuple[float, float]

    def _shear(self, rows: Rows, x: Array, y: Array) -> Array:
        return np.asarray(x - self.slant[rows] * (y - self.middle[rows]))

    def _stroke(self, rows: Rows, x0: Array, y0: Array, x1: Array, y1: Array, pen: Array | None = None) -> None:
        pen = self.pen[rows] if pen is None else pen
        draw_marks(self.ink, Marks(rows, self._shear(rows, x0, y0), y0, self._shear(rows, x1, y1), y1, pen))

    def write_point(self, rows: Rows, right: Array, key: Key) -> Array:
        """Write a point or a comma on the base line, to the right of ``right``; return the next free column."""
        draws = Draws(key, self.numbers[rows])
        x = right + self.pen[rows] + draws.even(0, 3)
        y = self.middle[rows] + self.height[rows] / 2 + draws.even(-2, 2.5)
        comma = draws.chance(0.35)
        dx = np.where(comma, -draws.even(0.5, 3), draws.even(0, 1))
        dy = np.where(comma, draws.even(2, 5), draws.even(0, 0.8))
        self._stroke(rows, x, y, x + dx, y + dy, self.pen[rows] * draws.even(0.9, 1.5))
        return np.asarray(x + draws.even(1, 6))

    def write_dash(self, rows: Rows, left: Array, key: Key, lines: int) -> Array:
        """Write a dash (one line) or an equals sign (two lines); return where it ends."""
        draws = Draws(key, self.numbers[rows])
        y = self.middle[rows] + draws.even(-2, 3)
        length = draws.even(*self.dash_px)
        for _ in range(lines):
            x = left + draws.even(-1, 1)
            self._stroke(rows, x, y, x + length * draws.even(0.8, 1.1), y + draws.even(-1.5, 1.5))
            y = y + draws.even(3, 6)
        return np.asarray(left + length * 1.1)

    def write_dollar(self, rows: Rows, left: Array, key: Key) -> Array:
        """Write an S with two strokes through it, which may coincide; return where it ends."""
        draws = Draws(key, self.numbers[rows])
        height, wide = self.height[rows] * draws.even(0.8, 1), self.height[rows] * draws.even(0.35, 0.55)
        middle = self.middle[rows]
        s_form = ((1, 0.12), (0.5, 0), (0.05, 0.22), (0.5, 0.48), (0.95, 0.74), (0.5, 1), (0, 0.86))
        for (x0, y0), (x1, y1) in pairwise(s_form):
            top = middle - height / 2
            self._stroke(rows, left + wide * x0, top + height * y0, left + wide * x1, top + height * y1)
        for _ in range(2):
            x = left + wide * draws.even(0.35, 0.65)
            self._stroke(rows, x, middle - height * draws.even(0.5, 0.65), x, middle + height * draws.even(0.5, 0.65))
        return np.asarray(left + wide)

    def write_hash(self, rows: Rows, left: Array, key: Key) -> Array:
        """Write two upright and two level strokes; return where they end."""
        draws = Draws(key, self.numbers[rows])
        side, middle = self.height[rows] * draws.even(0.5, 0.9), self.middle[rows]
        for share in (0.3, 0.7):
            x, y = left + side * share, middle + side * (share - 0.5)
            self._stroke(rows, x, middle - side / 2, x + draws.even(-1, 1), middle + side / 2)
            self._stroke(rows, left, y, left + side, y + draws.even(-1, 1))
        return np.asarray(left + side)
