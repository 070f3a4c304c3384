"""Straight strokes on lines of digits: points, commas, dashes, joins, ticks and the sides of boxes.

The caller says where a stroke goes. Strokes that do not depend on the place of a digit are also chosen here.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Marks:
    """Strokes on several lines, at most one on each: rows, ends and widths in pixels, each of shape (n,)."""

    rows: Rows
    x0: Array
    y0: Array
    x1: Array
    y1: Array
    pen_px: Array
    strength: Array | float = 1.0


def draw_marks(canvas: Array, marks: Marks) -> None:
    """Draw strokes with round ends onto the canvas, keeping darker pixels that are already there.

    Parameters
    ----------
    canvas
        Ink from 0 to 1: float32 of shape (lines, rows, columns), changed in place.
    marks
        The strokes; parts outside the canvas are left out.

    Examples
    --------
    >>> canvas = np.zeros((1, 5, 9), np.float32)
    >>> ones = np.ones(1)
    >>> draw_marks(canvas, Marks(np.array([0]), 2 * ones, 2 * ones, 6 * ones, 2 * ones, ones))
    >>> canvas[0, 2].round(3).tolist()
    [0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0]
    """
    if not len(marks.rows):
        return
    reach = marks.pen_px / 2 + 1
    left = np.floor(np.minimum(marks.x0, marks.x1) - reach).astype(np.int64)
    width = int(np.ceil((np.maximum(marks.x0, marks.x1) + reach - left).max())) + 1
    x = np.arange(width, dtype=np.float32)[None, None] + (left - marks.x0)[:, None, None].astype(np.float32)
    y = np.arange(canvas.shape[1], dtype=np.float32)[None, :, None] - marks.y0[:, None, None].astype(np.float32)
    dx, dy = ((b - a)[:, None, None].astype(np.float32) for a, b in ((marks.x0, marks.x1), (marks.y0, marks.y1)))
    share = ((x * dx + y * dy) / (dx * dx + dy * dy + np.float32(1e-6))).clip(0, 1)
    away = np.sqrt((x - share * dx) ** 2 + (y - share * dy) ** 2)
    ink = ((marks.pen_px / 2 + 0.5)[:, None, None].astype(np.float32) - away).clip(0, 1)
    ink *= np.broadcast_to(np.asarray(marks.strength, np.float32), len(marks.rows))[:, None, None]
    paste(canvas, marks.rows, left, ink)


def paste(canvas: Array, rows: Rows, left: Rows, patches: Array) -> None:
    """Paste patches of full height onto lines, keeping the darker of two pixels. Parts outside are left out."""
    wide, limit = patches.shape[2], canvas.shape[2]
    for row, start, patch in zip(rows.tolist(), left.tolist(), patches, strict=True):
        first, last = max(start, 0), min(start + wide, limit)
        if first < last:
            part = canvas[row, :, first:last]
            np.maximum(part, patch[:, first - start : last - start], out=part)
