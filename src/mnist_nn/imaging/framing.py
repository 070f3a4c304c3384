"""Turns the ink of one digit into a 28×28 picture, in the same way in which MNIST's pictures were made.

The six steps are those of the program that made QMNIST, which reconstructs MNIST's images from NIST's scans to within a
few grey levels (C. Yadav and L. Bottou, "Cold case: the lost MNIST digits", NeurIPS 2019). Every sum is computed in a
fixed order, so that another implementation gives the same bytes.
"""

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.errors import ImageError
from mnist_nn.imaging.boxes import tight_window

# These are MNIST's own: a network that learned from it knows no others, so there is nothing to vary.
SIDE = 28
DIGIT_SIDE = 20  # the digit itself fits in a square of this side
DOT_SIDE = 10  # a box smaller than this is padded, so that a dot does not become a blot
PIXEL_FOOTPRINT = 0.99  # of a source pixel, when its ink is spread over the smaller grid
EDGE_TOLERANCE = 1e-11  # a pixel edge this near to a grid line lies on it
PICTURE_AXES = 2

Ink = npt.NDArray[Any]


def frame(ink: Ink) -> npt.NDArray[np.uint8]:
    """Frame a digit as MNIST did: cropped, squared, resized to 20×20 and centred in 28×28 by its centre of mass.

    Parameters
    ----------
    ink
        Shape (height, width): bool, uint8 (0 to 255) or floats from 0 to 1; 0 is background, and larger values are more
        ink.

    Returns
    -------
    uint8 of shape (28, 28).

    Raises
    ------
    ImageError
        If there is no ink, or the array is not such a picture.

    Examples
    --------
    >>> stroke = np.zeros((100, 60), bool)
    >>> stroke[20:80, 28:34] = True
    >>> framed = frame(stroke)
    >>> framed.shape, np.flatnonzero(framed.any(axis=1))[[0, -1]].tolist()
    ((28, 28), [5, 24])
    """
    ink = _as_floats(ink)  # step 1, the tight box, is boxes.tight_window
    square = _double(_square(ink[tight_window(ink)]))
    small = _resample(square)
    digit = np.floor(small * (255.0 / min(1.0, float(small.max()))) + 0.5).clip(0, 255).astype(np.uint8)
    return _centre(digit)


def _as_floats(ink: Ink) -> Ink:
    ink = np.asarray(ink)
    if ink.ndim != PICTURE_AXES or not (ink.dtype in (bool, np.uint8) or ink.dtype.kind == "f"):
        raise ImageError(f"ink is {ink.dtype} of shape {ink.shape}; give bool, uint8 or floats, shape (height, width)")
    values = ink.astype(np.float64)
    least, most = (float(values.min()), float(values.max())) if values.size else (0.0, 0.0)
    if not 0 <= least <= most < np.inf:  # not a number is in no order
        raise ImageError("ink holds values below 0 or not finite; give 0 for background and up to 1 for ink")
    if not most:
        raise ImageError("there is no ink to frame; the picture is blank")
    return values / 255.0 if ink.dtype == np.uint8 else values


def _square(ink: Ink) -> Ink:
    """Step 2: add background to make a square; an odd row or column goes after the ink."""
    side = max(*ink.shape, DOT_SIDE)
    square = np.zeros((side, side), ink.dtype)
    rows, columns = (slice((side - length) // 2, (side - length) // 2 + length) for length in ink.shape)
    square[rows, columns] = ink
    return square


def _double(ink: Ink) -> Ink:
    """Step 3: double every pixel until the square is large enough to be scaled down."""
    while len(ink) < DIGIT_SIDE:
        ink = ink.repeat(2, axis=0).repeat(2, axis=1)
    return ink


def _resample(ink: Ink) -> Ink:
    """Step 4: spread every pixel's ink over the cells that it covers in a 20×20 grid, rows first, then columns."""
    spread = _spread(len(ink))
    return _sum_weighted(_sum_weighted(ink, spread).T, spread).T


def _sum_weighted(ink: Ink, spread: tuple[tuple[npt.NDArray[np.intp], Ink], ...]) -> Ink:
    """Sum the weighted rows of each cell, from the first to the last."""
    cells = np.zeros((DIGIT_SIDE, ink.shape[1]))
    for rows, weights in spread:  # the k-th row of every cell at once: additions keep their order within a cell
        cells += weights[:, None] * ink[rows]
    return cells


@cache
def _spread(side: int) -> tuple[tuple[npt.NDArray[np.intp], Ink], ...]:
    """Yield for k = 0, 1, …: the k-th source row of each of the 20 cells, and its weight (0 if there is none)."""
    scale = DIGIT_SIDE / side
    source = np.arange(side)
    start = DIGIT_SIDE / 2 + scale * (source - side / 2)
    end = start + PIXEL_FOOTPRINT * scale
    first = np.floor(start + EDGE_TOLERANCE).astype(np.intp)
    last = (np.ceil(end - EDGE_TOLERANCE) - 1).astype(np.intp)
    whole = first == last
    pairs = [
        sorted(
            [(int(i), scale if whole[i] else float(np.clip(cell + 1 - start[i], 0, 1))) for i in source[first == cell]]
            + [(int(i), float(np.clip(end[i] - cell, 0, 1))) for i in source[(last == cell) & ~whole]]
        )
        for cell in range(DIGIT_SIDE)
    ]
    most = max(map(len, pairs))
    padded = [cell + [(0, 0.0)] * (most - len(cell)) for cell in pairs]
    return tuple(
        (np.array([cell[k][0] for cell in padded]), np.array([cell[k][1] for cell in padded])) for k in range(most)
    )


def _centre(digit: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Steps 5 and 6: move the centre of mass of the bytes to the centre of the picture, (14, 15] in each direction."""
    mass = digit.astype(np.int64)
    halves = 2 * np.arange(DIGIT_SIDE) + 1  # pixel centres lie at i + 1/2; whole numbers keep the sums exact
    total = 2 * int(mass.sum())
    top, left = (int(15 - int((mass.sum(axis=axis) * halves).sum()) / total) for axis in (1, 0))
    framed = np.zeros((SIDE + 2 * DIGIT_SIDE, SIDE + 2 * DIGIT_SIDE), np.uint8)
    top, left = min(max(top, -DIGIT_SIDE), SIDE) + DIGIT_SIDE, min(max(left, -DIGIT_SIDE), SIDE) + DIGIT_SIDE
    framed[top : top + DIGIT_SIDE, left : left + DIGIT_SIDE] = digit
    return framed[DIGIT_SIDE : DIGIT_SIDE + SIDE, DIGIT_SIDE : DIGIT_SIDE + SIDE].copy()
