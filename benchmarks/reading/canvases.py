"""The test digits put on a canvas of 200×200 pixels: moved, larger, smaller, turned, slanted, inverted, noisy.

A digit keeps MNIST's own pixels unless its variant says otherwise, so it is 20 pixels high and has most of the canvas
around it.
"""

import math
import zlib
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from PIL import Image

Pixels = npt.NDArray[np.uint8]

SIDE = 200
MOST_SHIFT = 6  # pixels
HALF, LARGER, LARGE = 0.5, 1.7, 5.0
TURN, SLANT = 15, 20  # degrees, to either side
NOISE = (5.0, 30.0)  # standard deviation of the noise, in grey levels


def random(seed: int, name: str, number: int) -> np.random.Generator:
    """Make the generator of one picture: it depends on nothing that came before."""
    return np.random.default_rng([seed, zlib.crc32(name.encode()), number])


def put(image: Pixels, *, across: int = 0, down: int = 0) -> Pixels:
    """Paste a picture into the middle of a black canvas, or so many pixels from there.

    Examples
    --------
    >>> canvas = put(np.full((28, 28), 255, np.uint8), across=2)
    >>> canvas.shape, np.flatnonzero(canvas.any(axis=0))[[0, -1]].tolist()
    ((200, 200), [88, 115])
    """
    canvas = np.zeros((SIDE, SIDE), np.uint8)
    top, left = (SIDE - image.shape[0]) // 2 + down, (SIDE - image.shape[1]) // 2 + across
    canvas[top : top + image.shape[0], left : left + image.shape[1]] = image
    return canvas


def _shifted(image: Pixels, rng: np.random.Generator) -> Pixels:
    across, down = rng.integers(-MOST_SHIFT, MOST_SHIFT + 1, 2)
    return put(image, across=int(across), down=int(down))


def _scaled(image: Pixels, scale: float) -> Pixels:
    side = round(image.shape[0] * scale)
    return put(np.asarray(Image.fromarray(image).resize((side, side), Image.Resampling.BICUBIC)))


def _turned(image: Pixels, rng: np.random.Generator) -> Pixels:
    canvas = Image.fromarray(put(image))
    return np.asarray(canvas.rotate(TURN * int(rng.choice([-1, 1])), Image.Resampling.BICUBIC))


def _slanted(image: Pixels, rng: np.random.Generator) -> Pixels:
    lean = math.tan(math.radians(SLANT)) * int(rng.choice([-1, 1]))
    way = (1, lean, -lean * SIDE / 2, 0, 1, 0)
    canvas = Image.fromarray(put(image))
    return np.asarray(canvas.transform((SIDE, SIDE), Image.Transform.AFFINE, way, Image.Resampling.BICUBIC))


def _noisy(image: Pixels, rng: np.random.Generator) -> Pixels:
    noise = rng.standard_normal((SIDE, SIDE)) * rng.uniform(*NOISE)
    return np.clip(np.rint(put(image) + noise), 0, 255).astype(np.uint8)


VARIANTS: dict[str, Callable[[Pixels, np.random.Generator], Pixels]] = {
    "28×28": lambda image, _: image,
    "plain": lambda image, _: put(image),
    "shifted": _shifted,
    "half size": lambda image, _: _scaled(image, HALF),
    "1.7×": lambda image, _: _scaled(image, LARGER),
    "5×": lambda image, _: _scaled(image, LARGE),
    "dark on light": lambda image, _: 255 - put(image),
    "rotated": _turned,
    "slanted": _slanted,
    "noisy": _noisy,
}


def canvas(variant: str, image: Pixels, number: int, seed: int) -> Pixels:
    """Make one variant of a digit; ``number`` is the image's place in its set."""
    return VARIANTS[variant](image, random(seed, variant, number))
