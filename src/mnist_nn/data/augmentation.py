"""Distorted copies of images for training: rotated, slanted, stretched, bent, thickened, thinned or blurred.

A distortion is a pure function of a key and the sample's row number, so every epoch sees new copies, and a run that is
stopped and resumed sees the same ones. The slow part, `warp_images`, also exists as a kernel of the compiled engine,
which gives the same bits. This module knows nothing about labels or networks.
"""

from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from threading import Event
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_nn.errors import DataError, unknown
from mnist_nn.util.processors import count_processors
from mnist_nn.util.randomness import Key, fold, threefry

Array = npt.NDArray[Any]
DRAWS = 2
"""The version of the random draws, which is stored in every saved run; if the draws change, so does this number."""
IMAGES_AT_ONCE = 100  # images at a time: their coordinates stay in a core's cache
IMAGES_OF_AN_ENGINE = 2000  # the same for an engine's own code, which needs no room
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
        Grey values from 0 to 1 are raised to the power 2^u, with u drawn from -weight to weight: strokes become
        thicker or thinner.
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


class Warp(NamedTuple):
    """Where the pixels of copies come from: everything that an engine needs to make the copies.

    Parameters
    ----------
    row
        The number of the first of these images in its data set.
    coefficients
        a, b, c, d, down and right of each image, float32 of shape (n, 6). With y and x counted from the middle, pixel
        (y, x) of the copy comes from row a (y - down) + b (x - right) and column c (y - down) + d (x - right).
    smooth, bend
        Matrices of shape (side, side) that smooth the noise along rows and, times α, along columns; None without
        elastic displacement.
    key
        Key of the noise.
    """

    row: int
    coefficients: Array
    smooth: Array | None
    bend: Array | None
    key: Key


def augment(
    images: npt.NDArray[np.uint8],
    key: Key,
    how: str | Distortion,
    warp: Callable[[Array, Warp], Array] | None = None,
    stop: Event | None = None,
) -> npt.NDArray[np.uint8]:
    """Return a distorted copy of every image.

    Parameters
    ----------
    images
        uint8 of shape (n, side, side), 0 for background.
    key
        The random key, used unchanged: `mnist_nn.training.loop` folds the run's key with ``randomness.AUGMENT`` and the
        epoch.
    how
        One of DISTORTIONS by name, or a `Distortion`.
    warp
        An engine's replacement for `warp_images` that gives the same copies.
    stop
        Once this is set, no more copies are made.

    Returns
    -------
    uint8 of the same shape.

    Raises
    ------
    ConfigError
        If there is no distortion of this name.
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
    if isinstance(how, str) and how not in DISTORTIONS:
        raise unknown("augmentation", how, DISTORTIONS)
    distortion = DISTORTIONS[how] if isinstance(how, str) else how
    check_square(images)
    copies, at_once = np.empty_like(images, order="C"), IMAGES_OF_AN_ENGINE if warp else IMAGES_AT_ONCE

    def write(start: int) -> None:
        if stop is None or not stop.is_set():
            part = slice(start, min(start + at_once, len(images)))
            copies[part] = _distort(images[part], start, key, distortion, warp or warp_images)

    with ThreadPoolExecutor(count_processors()) as pool:
        deque(pool.map(write, range(0, len(images), at_once)), maxlen=0)
    return copies


def make_distortion(name: str, figures: Mapping[str, float]) -> Distortion | None:
    """Return a named distortion with some of its values replaced; None if it changes nothing.

    Examples
    --------
    >>> make_distortion("elastic", {"alpha": 38.0}).alpha, make_distortion("none", {})
    (38.0, None)
    """
    named: Any = DISTORTIONS.get(name, Distortion())
    found: Distortion = replace(named, **figures)
    return None if replace(found, sigma=Distortion.sigma) == Distortion() else found


def check_square(images: Array) -> None:
    """Raise DataError unless images are uint8 of shape (n, side, side)."""
    if images.dtype != np.uint8 or images.shape[1:] != images.shape[1:2] * 2:
        raise DataError(
            f"augmentation needs square pictures of uint8, but these are {images.dtype} of shape "
            f"{images.shape}; leave augmentation out for such data"
        )


def _distort(
    images: Array, row: int, key: Key, how: Distortion, warp: Callable[[Array, Warp], Array]
) -> npt.NDArray[np.uint8]:
    """Distort a few images, the first of which has the number ``row`` in its data set."""
    draw = _Draws(key, np.arange(row, row + len(images), dtype=np.uint32))
    copies = warp(images, _plan(images.shape[1], row, key, draw, how))
    if not (how.blur or how.weight or how.framed):
        return copies
    pixels, (blur, weight) = copies.astype(np.float32) / np.float32(255), draw(3)
    if how.blur:
        pixels = _blur(pixels, how.blur * (blur + 1) / 2)
    if how.weight:
        pixels = _full(pixels) ** (2.0 ** (how.weight * weight))[:, None, None]
    if how.framed:
        pixels = _full(_frame(pixels, draw))
    return np.asarray(np.floor(pixels * 255 + np.float32(0.5)).clip(0, 255), dtype=np.uint8)


class _Draws:
    """Uniform draws from (-1, 1), float32: two for each of some rows, numbered by their purpose."""

    def __init__(self, key: Key, rows: Array) -> None:
        self.key, self.rows = key, rows

    def __call__(self, slot: int) -> tuple[Array, Array]:
        first, second = threefry(self.key, self.rows, np.uint32(slot))
        return _even(first), _even(second)


def _even(words: Array) -> Array:
    return np.asarray((words >> np.uint32(8)).astype(np.float32) * np.float32(2.0**-23) - np.float32(1 - 2.0**-24))


def _plan(side: int, row: int, key: Key, draw: _Draws, how: Distortion) -> Warp:
    """Draw how each image is turned, slanted, stretched and shifted."""
    (turn, slant), (high, wide), (down, right) = (draw(slot) for slot in range(3))
    turn = np.radians(how.rotation, dtype=np.float32) * turn
    cos, sin, slant = np.cos(turn), np.sin(turn), np.float32(how.slant) * slant
    high, wide = (np.exp2(-np.log2(np.float32(1 + how.stretch)) * drawn) for drawn in (high, wide))
    shift = np.float32(how.shift)
    six = (high * cos, high * sin, wide * (slant * cos - sin), wide * (cos + slant * sin), shift * down, shift * right)
    smooth = _gauss(side, how.sigma) if how.alpha else None
    bend = None if smooth is None else np.float32(how.alpha) * smooth
    return Warp(row, np.stack(six, axis=1).astype(np.float32), smooth, bend, fold(key, 1))


def warp_images(images: Array, warp: Warp) -> Array:
    """Make the copies that a `Warp` describes: uint8 of shape (n, side, side) in and out.

    Every product and every sum is rounded separately and in this order, so that the compiled engine gets the same bits.
    """
    rows, columns = _locate(images.shape[1], warp)
    brightness = _sample(images.astype(np.float32), rows, columns)
    return np.asarray(brightness + np.float32(0.5)).astype(np.uint8)


def _locate(side: int, warp: Warp) -> tuple[Array, Array]:
    """Return where each pixel of the copies comes from: row and column, each of shape (n, side, side)."""
    a, b, c, d, down, right = (column[:, None, None] for column in warp.coefficients.T)
    middle = np.float32((side - 1) / 2)
    grid = np.arange(side, dtype=np.float32) - middle
    y, x = grid[None, :, None] - down, grid[None, None, :] - right
    rows, columns = y * a + x * b + middle, y * c + x * d + middle
    if warp.smooth is not None and warp.bend is not None:
        numbers = np.arange(warp.row, warp.row + len(rows), dtype=np.uint32)
        words = threefry(warp.key, numbers, np.arange(side * side, dtype=np.uint32)[:, None])
        noise = (_even(word).reshape(side, side, -1) for word in words)
        by_row, by_column = (_smooth(n, warp.smooth, warp.bend) for n in noise)
        rows, columns = rows + by_row, columns + by_column
    return rows, columns


@cache
def _gauss(side: int, sigma: float) -> Array:
    """Return a matrix that smooths along one axis; its rows are normal curves."""
    offset = np.arange(side)[:, None] - np.arange(side)[None, :]
    return np.asarray(np.exp(-(offset**2) / (2 * sigma**2)) / (sigma * np.sqrt(2 * np.pi)), dtype=np.float32)


def _smooth(noise: Array, smooth: Array, bend: Array) -> Array:
    """Return bend @ noise @ smooth, (n, side, side), of noise of shape (side, side, n).

    The terms of every sum are added in order, which `matmul` does not guarantee.
    """
    half, whole, term = np.zeros_like(noise), np.zeros_like(noise), np.empty_like(noise)
    for k in range(len(smooth)):
        half += np.multiply(noise[:, k, None], smooth[k, :, None], out=term)
    for k in range(len(smooth)):
        whole += np.multiply(bend[:, k, None, None], half[k], out=term)
    return np.moveaxis(whole, 2, 0)


def _sample(pixels: Array, rows: Array, columns: Array) -> Array:
    """Interpolate pixels bilinearly; outside the border there is background."""
    n, side, _ = pixels.shape
    wide = side + 2
    flat = np.pad(pixels, ((0, 0), (1, 1), (1, 1))).ravel()
    rows, columns = (np.clip(at + np.float32(1), 0, np.float32(side) + np.float32(0.999)) for at in (rows, columns))
    top, left = rows.astype(np.int32), columns.astype(np.int32)
    down, right = rows - top.astype(np.float32), columns - left.astype(np.float32)
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
    # Not a matrix product, whose bits depend on how many rows it has.
    centre = [(pixels.sum(axis=axis) * grid).sum(axis=1) / mass for axis in (2, 1)]
    target = [np.float32(side / 2) + drawn / 2 for drawn in draw(4)]
    rows = centre[0][:, None] + scale[:, None] * (grid - target[0][:, None])
    columns = centre[1][:, None] + scale[:, None] * (grid - target[1][:, None])
    shape = pixels.shape
    return _sample(pixels, np.broadcast_to(rows[:, :, None], shape), np.broadcast_to(columns[:, None, :], shape))


def _extent(flags: Array) -> Array:
    """Return the distance from the first True to the last in each row."""
    return np.asarray(flags.shape[1] - flags[:, ::-1].argmax(axis=1) - flags.argmax(axis=1))
