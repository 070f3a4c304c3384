"""Distorted copies of images for training: rotated, slanted, stretched, bent, thickened, thinned or blurred.

A distortion is a pure function of a key and the sample's row number, so every epoch sees new copies, and a run that is
stopped and resumed sees the same ones. This module knows nothing about labels or networks.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.errors import DataError, unknown
from mnist_nn.util.randomness import Key, fold, threefry

Array = npt.NDArray[Any]
IMAGES_AT_ONCE = 500  # images at a time: their coordinates stay in a core's cache
DIGIT_SIDE = 20  # a framed digit's longer side, as in MNIST
BOX_INK = 0.15  # of full ink: less does not count as part of the digit's box


@dataclass(frozen=True)
class Distortion:
    """How far copies may differ from their image; each value is drawn uniformly up to this bound.

    Parameters
    ----------
    rotation
        Degrees, in either direction.
    slant
        Tangent of the slant, in either direction.
    stretch
        Change of width and of height, independently, as a share.
    shift
        Pixels in each direction.
    alpha, sigma
        Elastic displacement and its smoothness in pixels (Simard, Steinkraus and Platt, ICDAR 2003); 0 for none.
    blur
        Standard deviation of a Gaussian blur in pixels.
    weight
        Grey values are raised to a power of two up to this exponent, so that strokes become thicker or thinner.
    framed
        Whether the copy is scaled and centred again, like a digit that is read from a page.
    """

    rotation: float = 0.0
    slant: float = 0.0
    stretch: float = 0.0
    shift: float = 0.0
    alpha: float = 0.0
    sigma: float = 4.0
    blur: float = 0.0
    weight: float = 0.0
    framed: bool = False


DISTORTIONS = {
    "affine": Distortion(rotation=12.0, slant=0.25, stretch=0.12, shift=1.0),
    "elastic": Distortion(rotation=10.0, slant=0.15, stretch=0.10, shift=1.0, alpha=34.0),
    # For reading pages: what is left after framing when a person writes aslant, with another pen, far from the camera.
    "reading": Distortion(
        rotation=18.0, slant=0.40, stretch=0.15, shift=0.8, alpha=24.0, blur=0.9, weight=1.0, framed=True
    ),
}


def augment(images: npt.NDArray[np.uint8], key: Key, name: str) -> npt.NDArray[np.uint8]:
    """Return a distorted copy of every image.

    Parameters
    ----------
    images
        uint8 of shape (n, side, side), 0 for background.
    key
        The random key, used unchanged: `mnist_nn.training.loop` folds the run's key with ``randomness.AUGMENT`` and the
        epoch.
    name
        One of DISTORTIONS.

    Returns
    -------
    uint8 of the same shape.

    Raises
    ------
    DataError
        If the images are not square pictures of uint8.

    Examples
    --------
    >>> from mnist_nn.util.randomness import key
    >>> bar = np.zeros((1, 28, 28), np.uint8)
    >>> bar[0, 4:24, 12:16] = 255
    >>> copy = augment(bar, key(1), "affine")
    >>> copy.shape, bool((copy != bar).any())
    ((1, 28, 28), True)
    """
    if name not in DISTORTIONS:
        raise unknown("augmentation", name, DISTORTIONS)
    check_square(images)
    starts = range(0, len(images), IMAGES_AT_ONCE)

    def copies(start: int) -> Array:
        rows = np.arange(start, min(start + IMAGES_AT_ONCE, len(images)))
        return _distort(images[rows], rows, key, DISTORTIONS[name])

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return np.concatenate([np.empty_like(images[:0]), *pool.map(copies, starts)])


def check_square(images: Array) -> None:
    """Raise DataError unless images are uint8 of shape (n, side, side)."""
    if images.dtype != np.uint8 or images.shape[1:] != images.shape[1:2] * 2:
        raise DataError(
            f"augmentation needs square pictures of uint8, but these are {images.dtype} of shape "
            f"{images.shape}; leave augmentation out for such data"
        )


def _distort(images: Array, rows: Array, key: Key, how: Distortion) -> Array:
    draw = _Draws(key, rows)
    pixels = images.astype(np.float32) / np.float32(255)
    pixels = _sample(pixels, *_coordinates(images.shape[1], draw, how))
    if how.blur:
        pixels = _blur(pixels, how.blur * (draw(6) + 1) / 2)
    if how.weight:
        pixels = _full(pixels) ** (2.0 ** (how.weight * draw(7)))[:, None, None]
    if how.framed:
        pixels = _full(_frame(pixels, draw))
    return np.asarray(np.floor(pixels * 255 + np.float32(0.5)).clip(0, 255), dtype=np.uint8)


class _Draws:
    """Uniform draws from (-1, 1), float32, for the rows of a chunk."""

    def __init__(self, key: Key, rows: Array) -> None:
        self.key, self.rows = key, rows.astype(np.uint32)

    def __call__(self, slot: int) -> Array:
        word, _ = threefry(self.key, self.rows, np.uint32(slot))
        return _even(word)

    def pairs(self, count: int) -> tuple[Array, Array]:
        """Draw two numbers for each of ``count`` places, each of shape (rows, count)."""
        first, second = threefry(fold(self.key, 1), self.rows[:, None], np.arange(count, dtype=np.uint32)[None, :])
        return _even(first), _even(second)


def _even(words: Array) -> Array:
    return np.asarray((words >> np.uint32(8)).astype(np.float32) * np.float32(2.0**-23) - np.float32(1 - 2.0**-24))


def _coordinates(side: int, draw: _Draws, how: Distortion) -> tuple[Array, Array]:
    """Return where each pixel of the copy comes from: row and column, each of shape (n, side, side)."""
    turn = np.radians(how.rotation, dtype=np.float32) * draw(0)
    cos, sin, slant = np.cos(turn), np.sin(turn), how.slant * draw(1)
    high, wide = (np.exp2(-np.log2(1 + how.stretch) * draw(slot)) for slot in (2, 3))
    down, right = (how.shift * draw(slot)[:, None, None] for slot in (4, 5))
    middle = np.float32((side - 1) / 2)
    grid = np.arange(side, dtype=np.float32) - middle
    y, x = grid[None, :, None] - down, grid[None, None, :] - right
    rows = (high * cos)[:, None, None] * y + (high * sin)[:, None, None] * x + middle
    columns = (wide * (slant * cos - sin))[:, None, None] * y + (wide * (cos + slant * sin))[:, None, None] * x + middle
    if how.alpha:
        smooth = how.alpha * _gauss(side, how.sigma)
        bend = (pair.reshape(-1, side, side) for pair in draw.pairs(side * side))
        rows, columns = (at + smooth @ b @ (smooth.T / how.alpha) for at, b in zip((rows, columns), bend, strict=True))
    return rows, columns


@cache
def _gauss(side: int, sigma: float) -> Array:
    """Return a matrix that smooths along one axis; its rows are normal curves."""
    offset = np.arange(side)[:, None] - np.arange(side)[None, :]
    return np.asarray(np.exp(-(offset**2) / (2 * sigma**2)) / (sigma * np.sqrt(2 * np.pi)), dtype=np.float32)


def _sample(pixels: Array, rows: Array, columns: Array) -> Array:
    """Interpolate pixels bilinearly; outside the border there is background."""
    n, side, _ = pixels.shape
    wide = side + 2
    flat = np.pad(pixels, ((0, 0), (1, 1), (1, 1))).ravel()
    rows, columns = (np.clip(at + np.float32(1), 0, np.float32(side + 0.999)) for at in (rows, columns))
    top, left = rows.astype(np.int32), columns.astype(np.int32)
    down, right = rows - top, columns - left
    first = top * wide + left + (np.arange(n, dtype=np.int32) * (wide * wide))[:, None, None]
    upper = flat.take(first) * (1 - right) + flat.take(first + 1) * right
    lower = flat.take(first + wide) * (1 - right) + flat.take(first + wide + 1) * right
    return np.asarray(upper * (1 - down) + lower * down)


def _blur(pixels: Array, sigmas: Array) -> Array:
    side = pixels.shape[1]
    offset = np.arange(side, dtype=np.float32)[:, None] - np.arange(side, dtype=np.float32)
    curves = np.exp(-(offset**2)[None] / (2 * np.maximum(sigmas, 0.05) ** 2)[:, None, None])
    curves /= curves.sum(axis=2, keepdims=True)
    return np.asarray(curves @ pixels @ curves.transpose(0, 2, 1))


def _full(pixels: Array) -> Array:
    """Scale every picture so that its darkest ink becomes full ink."""
    return np.asarray(pixels / np.maximum(pixels.max(axis=(1, 2), keepdims=True), np.float32(1e-6)))


def _frame(pixels: Array, draw: _Draws) -> Array:
    """Scale each digit to 20 pixels and move its centre of mass to the middle, to within half a pixel."""
    side = pixels.shape[1]
    ink = pixels > BOX_INK
    sides = [_extent(np.asarray(ink.any(axis=axis))) for axis in (1, 2)]
    scale = np.maximum(np.maximum(*sides), 1).astype(np.float32) / np.float32(DIGIT_SIDE * side / 28)
    grid, mass = np.arange(side, dtype=np.float32), np.maximum(pixels.sum(axis=(1, 2)), np.float32(1e-6))
    centre = [(pixels.sum(axis=axis) @ grid) / mass for axis in (2, 1)]
    target = [np.float32(side / 2) + draw(slot) / 2 for slot in (8, 9)]
    rows = centre[0][:, None] + scale[:, None] * (grid - target[0][:, None])
    columns = centre[1][:, None] + scale[:, None] * (grid - target[1][:, None])
    shape = pixels.shape
    return _sample(pixels, np.broadcast_to(rows[:, :, None], shape), np.broadcast_to(columns[:, None, :], shape))


def _extent(flags: Array) -> Array:
    """Return the distance from the first True to the last in each row."""
    return np.asarray(flags.shape[1] - flags[:, ::-1].argmax(axis=1) - flags.argmax(axis=1))
