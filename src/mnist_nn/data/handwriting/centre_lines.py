"""Finds the centre lines of digits in pictures, and the distance of every pixel from them.

With these distances, a digit can be drawn again with a pen of any width. All pictures are processed at once; where a
pixel is one bit, eight pictures share a byte.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import ndimage

Array = npt.NDArray[Any]
Bits = npt.NDArray[np.uint8]

FIELD_SIDE = 56  # pixels of a field's side: two for one of a framed picture
LEVELS_PER_PIXEL = 20  # of a stored distance; 255 is 12.75 field pixels and more
SMOOTHING = 2  # field pixels: the steps of the grid go, a loop four pixels wide stays
DEEP_SHARE = 0.03  # of a centre line: a filled loop is at least so much of it
DEEP = 1.7  # times the typical depth of the ink: chosen by eye on training digits, of which a tenth lies above
LOOPS = {0: 1, 6: 1, 8: 2, 9: 1}  # that a digit has
LINE_LEVELS = 30  # of the distance, that make a line without gaps of its pixels
INK_LEVEL = 110  # grey value, of 255, that counts as ink: strokes keep their width and small loops stay open


def thin(ink: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Thin strokes to lines one pixel wide (T. Y. Zhang and C. Y. Suen, Communications of the ACM 27, 1984).

    Parameters
    ----------
    ink
        bool of shape (n, rows, columns).

    Returns
    -------
    bool of the same shape: a part of the ink, connected where the ink was.

    Examples
    --------
    >>> bar = np.zeros((1, 7, 9), bool)
    >>> bar[0, 2:5, 1:8] = True
    >>> np.argwhere(thin(bar)[0]).tolist()
    [[3, 2], [3, 3], [3, 4], [3, 5]]
    """
    bits = np.packbits(np.pad(_pictures_last(ink), ((1, 1), (1, 1), (0, 0))), axis=2)
    changed = True
    while changed:
        changed = False
        for second in (False, True):
            gone = _removable(bits, second=second)
            changed |= bool(gone.any())
            bits[1:-1, 1:-1] &= ~gone
    return np.moveaxis(np.unpackbits(bits, axis=2, count=len(ink))[1:-1, 1:-1], 2, 0).astype(bool)


def _pictures_last(pictures: Array) -> Array:
    """Move the pictures to the last axis, so that neighbours in memory are the same pixel of other pictures."""
    return np.ascontiguousarray(np.moveaxis(pictures, 0, 2))


def _removable(bits: Bits, *, second: bool) -> Bits:
    """Find the pixels that one of the two passes takes away: shape (rows, columns, n / 8)."""
    around = [
        bits[1 + y : bits.shape[0] - 1 + y, 1 + x : bits.shape[1] - 1 + x]
        for y, x in ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))
    ]
    north, _, east, _, south, _, west, _ = around
    one_step, more_steps = _count([~a & b for a, b in zip(around, around[1:] + around[:1], strict=True)])
    _, two_of_ink = _count(around)
    _, two_of_paper = _count([~pixel for pixel in around])
    open_sides = (north & west) & (east | south) if second else (east & south) & (north | west)
    inside = bits[1:-1, 1:-1]
    return np.asarray(inside & two_of_ink & two_of_paper & one_step & ~more_steps & ~open_sides)


def _count(flags: list[Bits]) -> tuple[Bits, Bits]:
    """Return where at least one is set, and where at least two are set."""
    one, two = np.zeros_like(flags[0]), np.zeros_like(flags[0])
    for flag in flags:
        two |= one & flag
        one |= flag
    return one, two


def enlarge(images: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Return the ink of framed pictures, uint8 of shape (n, 28, 28), at twice the size: bool of shape (n, 56, 56)."""
    rows = _double(images.astype(np.uint16).transpose(1, 0, 2))
    grey = _double(rows.transpose(2, 1, 0))
    return np.asarray(grey > 16 * INK_LEVEL).transpose(1, 2, 0)


def _double(lines: Array) -> Array:
    """Replace each value along the first axis by two interpolated ones, at a quarter of the way to its neighbours."""
    padded = np.pad(lines, [(1, 1), (0, 0), (0, 0)], mode="edge")
    pairs = np.stack([3 * lines + padded[:-2], 3 * lines + padded[2:]], axis=1)
    return pairs.reshape(-1, *lines.shape[1:])


def follow(lines: npt.NDArray[np.bool_]) -> tuple[Array, npt.NDArray[np.int64]]:
    """Turn lines of pixels into points close together, without the steps of the grid.

    Every pixel of a line moves to the mean of the nearby pixels of that line (within SMOOTHING), and a point is added
    between neighbours.

    Parameters
    ----------
    lines
        bool of shape (n, rows, columns); a picture without a line has a dot in its middle.

    Returns
    -------
    Points, x and y, float32 of shape (n, most, 2), the last ones repeated; and how many there are: shape (n,).

    Examples
    --------
    >>> line = np.zeros((1, 5, 9), bool)
    >>> line[0, 2, :4] = line[0, 3, 4:] = True
    >>> points, counts = follow(line)
    >>> int(counts[0]), (10 * points[0, :9, 1]).round().tolist()
    (17, [20.0, 20.0, 22.0, 24.0, 26.0, 28.0, 30.0, 30.0, 30.0])
    """
    lines = lines.copy()
    lines[~lines.any(axis=(1, 2)), lines.shape[1] // 2, lines.shape[2] // 2] = True
    picture, row, column = np.nonzero(lines)
    around = np.pad(lines, ((0, 0), (SMOOTHING, SMOOTHING), (SMOOTHING, SMOOTHING)))
    offsets = [(y, x) for y in range(-SMOOTHING, SMOOTHING + 1) for x in range(-SMOOTHING, SMOOTHING + 1)]
    near = np.stack([around[picture, row + SMOOTHING + y, column + SMOOTHING + x] for y, x in offsets], axis=1)
    moves = near @ np.array(offsets, np.float32) / near.sum(axis=1, keepdims=True)
    points = np.stack([column + moves[:, 1], row + moves[:, 0]], axis=1).astype(np.float32)
    number = np.full(around.shape, -1, np.int32)
    number[picture, row + SMOOTHING, column + SMOOTHING] = np.arange(len(points))
    ways = ((0, 1), (1, 0), (1, 1), (1, -1))
    beside = np.stack([number[picture, row + SMOOTHING + y, column + SMOOTHING + x] for y, x in ways], axis=1)
    first, way = np.nonzero(beside >= 0)
    second = beside[first, way]
    points = np.concatenate([points, (points[first] + points[second]) / 2])
    return _by_picture(points, np.concatenate([picture, picture[first]]), len(lines))


def _by_picture(points: Array, picture: npt.NDArray[np.int64], count: int) -> tuple[Array, npt.NDArray[np.int64]]:
    """Give each picture a row of its points; shorter rows repeat their last point."""
    order = np.argsort(picture, kind="stable")
    counts = np.bincount(picture, minlength=count)
    places = np.minimum(np.arange(counts.max()), counts[:, None] - 1) + (np.cumsum(counts) - counts)[:, None]
    return points[order][places], counts


def has_filled_loop(ink: npt.NDArray[np.bool_], lines: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Say whether strokes are much thicker in one place than elsewhere, because a loop is filled with ink.

    The centre line of such a digit looks like another digit: a 6 becomes a 1, and an 8 becomes a 0.

    Parameters
    ----------
    ink, lines
        bool of shape (n, rows, columns): strokes and their centre lines.

    Returns
    -------
    bool of shape (n,).

    Examples
    --------
    >>> ink = np.zeros((2, 30, 30), bool)
    >>> ink[:, 2:28, 10:15] = True
    >>> ink[1, 16:28, 10:24] = True
    >>> has_filled_loop(ink, thin(ink)).tolist()
    [False, True]
    """
    depths = (ndimage.distance_transform_edt(one)[line] for one, line in zip(ink, lines, strict=True))
    found = [bool(d.size) and np.quantile(d, 1 - DEEP_SHARE) >= DEEP * np.median(d) for d in depths]
    return np.array(found, np.bool_)


def has_lost_loop(fields: npt.NDArray[np.uint8], labels: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Say whether a centre line has fewer loops than its digit, because a loop was filled with ink or left open.

    Parameters
    ----------
    fields
        Distances to the centre lines, uint8 of shape (n, 56, 56).
    labels
        The digits, int64 of shape (n,).

    Examples
    --------
    >>> field = np.full((1, 56, 56), 255, np.uint8)
    >>> field[0, 10:40, [20, 21, 35, 36]] = field[0, [10, 11, 38, 39], 20:36] = 0
    >>> [bool(has_lost_loop(field, np.array([label]))[0]) for label in (0, 1, 8)]
    [False, False, True]
    """
    lost = np.zeros(len(fields), np.bool_)
    for row in np.flatnonzero(np.isin(labels, list(LOOPS))):
        lost[row] = ndimage.label(fields[row] > LINE_LEVELS)[1] <= LOOPS[int(labels[row])]
    return lost


def distances_to_points(points: Array, side: int = FIELD_SIDE) -> npt.NDArray[np.uint8]:
    """Return the distance of every pixel of a square to the nearest point, for paths whose points lie close together.

    Parameters
    ----------
    points
        float of shape (n, q, 2): x and y, where pixel centres are at whole numbers.
    side
        Number of pixels along a side of the square.

    Returns
    -------
    uint8 of shape (n, side, side), where LEVELS_PER_PIXEL is the distance of one pixel.

    Examples
    --------
    >>> distances_to_points(np.array([[[0.5, 0.0]]]), 2).tolist()
    [[[10, 10], [22, 22]]]
    """
    grid = np.arange(side, dtype=np.float32)
    places = np.moveaxis(points.astype(np.float32), 1, 0)[..., None]  # the loop's axis first: slices stay whole
    x, y = ((grid - places[:, :, axis]) ** 2 for axis in (0, 1))
    least = np.full((len(points), side, side), np.float32(1e6))
    both = np.empty_like(least)
    for x_square, y_square in zip(x, y, strict=True):
        np.add(y_square[:, :, None], x_square[:, None], out=both)
        np.minimum(least, both, out=least)
    return np.asarray((np.sqrt(least) * LEVELS_PER_PIXEL).round().clip(0, 255).astype(np.uint8))
