"""Deskewing: a picture is sheared by its own moments so that the strokes of a slanted digit stand upright.

The mean column of the ink in row r of a digit is about x̄ + s (r - ȳ), where the slant s is the covariance of rows and
columns divided by the variance of the rows. Row r is moved by s (r - ȳ) to the left, so that this line becomes upright
and the centre of mass (ȳ, x̄) stays where it is (LeCun and others, Gradient-based learning applied to document
recognition, 1998). All numbers are integers, so that every runtime gets the same bytes.
"""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.errors import DataError

Array = npt.NDArray[Any]
SLANT_STEPS = 1024
"""The slant is counted in 1/1024 of a column for a row; it is at most 1, because no handwriting slants more."""
COLUMN_STEPS = 256  # in which rows are moved
AT_ONCE = 2000  # pictures, whose rows stay in a core's cache
WHITE = 255


def deskew(images: Array) -> npt.NDArray[np.uint8]:
    """Return upright copies of pictures.

    Parameters
    ----------
    images
        uint8 of shape (n, side, side) or (n, side²), 0 for background. Floats are multiplied by 255 and rounded.

    Returns
    -------
    uint8 of the same shape. Ink that leaves the picture is lost.

    Raises
    ------
    DataError
        If floats are not from 0 to 1, or the pictures are not square.

    Examples
    --------
    >>> slanted = np.eye(28, dtype=np.uint8)[None, :, ::-1] * 200
    >>> sorted({int(row.argmax()) for row in deskew(slanted)[0]})
    [13]
    """
    pixels = _as_bytes(images)
    side = math.isqrt(math.prod(pixels.shape[1:]))
    if side * side != math.prod(pixels.shape[1:]):
        raise DataError(f"only square pictures are deskewed, but these have the shape {pixels.shape[1:]}")
    squares, upright = pixels.reshape(-1, side, side), np.empty((len(pixels), side, side), np.uint8)
    for start in range(0, len(squares), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        upright[part] = _shear(squares[part], measure_shifts(squares[part]))
    return upright.reshape(pixels.shape)


def measure_shifts(squares: Array) -> npt.NDArray[np.int64]:
    """Return how far each row has to move to the left, in 1/256 of a column: int64 of shape (n, side).

    Examples
    --------
    >>> measure_shifts(np.ones((1, 3, 3), np.uint8)).tolist()
    [[0, 0, 0]]
    """
    side = squares.shape[1]
    rows = np.arange(side)
    ink = squares.sum(axis=2, dtype=np.int64)  # of each row, (n, side)
    columns = (squares.astype(np.float32) @ rows.astype(np.float32)).astype(np.int64)  # Σ ink · column; exact
    m, y, yy = ink.sum(axis=1), ink @ rows, ink @ rows**2
    x, xy = columns.sum(axis=1), columns @ rows
    covariance, variance = m * xy - x * y, m * yy - y * y
    slant = (SLANT_STEPS * covariance // np.maximum(variance, 1)).clip(-SLANT_STEPS, SLANT_STEPS)
    steps = SLANT_STEPS // COLUMN_STEPS
    distance = rows * m[:, None] - y[:, None]  # from the centre of mass, times m
    return np.asarray(slant[:, None] * distance // (steps * np.maximum(m, 1))[:, None])


def _shear(squares: Array, shifts: Array) -> Array:
    """Move every row to the left, interpolating linearly between two columns; outside there is background."""
    n, side, _ = squares.shape
    wide = np.pad(squares.reshape(n * side, side), ((0, 0), (side, side + 1)))
    whole, part = np.divmod(shifts.ravel(), COLUMN_STEPS)
    windows = np.lib.stride_tricks.sliding_window_view(wide, side + 1, axis=1)
    taken = windows[np.arange(n * side), whole.clip(-side, side) + side].astype(np.uint16)
    part = part.astype(np.uint16)[:, None]
    mixed = (COLUMN_STEPS - part) * taken[:, :-1] + part * taken[:, 1:]  # at most 256 · 255, which 16 bits hold
    return np.asarray((mixed + COLUMN_STEPS // 2) // COLUMN_STEPS).astype(np.uint8).reshape(n, side, side)


def _as_bytes(images: Array) -> Array:
    if images.dtype == np.uint8:
        return images
    if images.dtype.kind != "f" or not ((images >= 0) & (images <= 1)).all():
        raise DataError(
            "the network deskews its pictures, so it needs pixels: uint8, or floats from 0 to 1; give such pictures"
        )
    return np.asarray(np.rint(images * WHITE)).astype(np.uint8)
