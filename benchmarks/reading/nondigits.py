"""Pictures of what is no digit, to see whether the reader refuses them.

They share no code with the generators that a model's calibration is fitted to. Every picture follows from the seed, its
kind and its number, and from the fonts that the machine has: Pillow's own is always among them.
"""

import math
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage

from benchmarks.reading.canvases import SIDE, Pixels, random

FINE = 3  # pictures are drawn so many times larger and then made smaller, for soft edges
# Left out because a digit looks like them: B 8, D O Q U 0, F T 7, G 6, I 1, J L, P 9, S 5, Y 4, Z 2, C.
LETTERS = "AEHKMNRVWXkmnwx"
MARKS = "&%#@*+=:;~"
FONTS = (  # looked for beside Pillow's own
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/truetype/dejavu/DejaVuSerif.ttf",
    "/usr/share/fonts/truetype/liberation/LiberationSans-Italic.ttf",
    "/usr/share/fonts/truetype/liberation/LiberationSerif-Regular.ttf",
)
# Capital letters as strokes in a unit square, for letters that look written by hand.
STROKES: dict[str, list[list[tuple[float, float]]]] = {
    "A": [[(0, 1), (0.5, 0), (1, 1)], [(0.2, 0.62), (0.8, 0.62)]],
    "E": [[(1, 0), (0, 0), (0, 1), (1, 1)], [(0, 0.5), (0.8, 0.5)]],
    "H": [[(0, 0), (0, 1)], [(1, 0), (1, 1)], [(0, 0.5), (1, 0.5)]],
    "K": [[(0, 0), (0, 1)], [(0.9, 0), (0, 0.55)], [(0.25, 0.42), (1, 1)]],
    "M": [[(0, 1), (0.1, 0), (0.5, 0.7), (0.9, 0), (1, 1)]],
    "N": [[(0, 1), (0, 0), (1, 1), (1, 0)]],
    "R": [[(0, 1), (0, 0), (0.7, 0), (0.9, 0.25), (0.7, 0.5), (0, 0.5)], [(0.4, 0.5), (1, 1)]],
    "W": [[(0, 0), (0.25, 1), (0.5, 0.3), (0.75, 1), (1, 0)]],
    "X": [[(0, 0), (1, 1)], [(1, 0), (0, 1)]],
}

Points = npt.NDArray[np.float64]


def blank(rng: np.random.Generator) -> Pixels:
    """Black, white, some grey, or a smooth change from one grey to another."""
    kind = rng.integers(4)
    if kind == 3:  # noqa: PLR2004 (the fourth of the four)
        angle, (low, high) = rng.uniform(0, 2 * math.pi), rng.uniform(0, 255, 2)
        y, x = np.mgrid[0:SIDE, 0:SIDE] / SIDE - 0.5
        along = (math.cos(angle) * x + math.sin(angle) * y) / math.sqrt(2) + 0.5
        return np.asarray(np.rint(low + (high - low) * along.clip(0, 1)), np.uint8)
    return np.full((SIDE, SIDE), (0, 255, rng.integers(256))[kind], np.uint8)


def noise(rng: np.random.Generator) -> Pixels:
    """Grey noise, fine or in blobs, or black and white dots."""
    grains = rng.standard_normal((SIDE, SIDE))
    kind = rng.integers(3)
    if kind == 0:
        return np.clip(128 + rng.uniform(10, 60) * grains, 0, 255).astype(np.uint8)
    if kind == 1:
        blobs = ndimage.gaussian_filter(grains, rng.uniform(1, 6))
        return np.asarray(np.clip(128 + 60 * blobs / blobs.std(), 0, 255), np.uint8)
    share, paper = rng.uniform(0.002, 0.1), int(rng.choice([0, 255]))
    return np.where(rng.random((SIDE, SIDE)) < share, 255 - paper, paper).astype(np.uint8)


def scribble(rng: np.random.Generator) -> Pixels:
    """A tangle, a zigzag, a spiral of several turns, or many lines across each other."""
    kind = rng.integers(4)
    if kind == 0:
        t, waves = np.linspace(0, 1, 400), np.arange(1, 8)
        turns = 2 * math.pi * (waves[:, None] * t + rng.random((2, 7, 1)))
        lines = [(np.cos(turns) * (rng.standard_normal((2, 7, 1)) / np.sqrt(waves)[:, None])).sum(axis=1).T]
    elif kind == 1:
        teeth = int(rng.integers(6, 13))
        x = np.linspace(0, 1, teeth) + rng.normal(0, 0.02, teeth)
        lines = [np.column_stack([x, np.arange(teeth) % 2 + rng.normal(0, 0.12, teeth)])]
    elif kind == 2:  # noqa: PLR2004 (the third of the four)
        t = np.linspace(0, rng.uniform(3, 5), 400)
        lines = [np.column_stack([t * np.cos(2 * math.pi * t), t * np.sin(2 * math.pi * t)]) * rng.choice([-1, 1])]
    else:
        lines = list(rng.random((int(rng.integers(6, 11)), 2, 2)))
    return _drawn(lines, rng)


def written_letter(rng: np.random.Generator) -> Pixels:
    """A capital letter as from a pen: its strokes bent a little, leaning, wider or narrower."""
    strokes = STROKES[str(rng.choice(list(STROKES)))]
    lean, width = rng.uniform(-0.25, 0.25), rng.uniform(0.6, 1.1)
    lines = []
    for stroke in strokes:
        points = np.array(stroke) + rng.normal(0, 0.04, (len(stroke), 2))
        lines.append(np.column_stack([points[:, 0] * width - lean * points[:, 1], points[:, 1]]))
    return _drawn(lines, rng)


def printed_letter(rng: np.random.Generator) -> Pixels:
    """A letter in one of the machine's fonts, turned by up to 10 degrees."""
    return _printed(LETTERS, rng)


def punctuation(rng: np.random.Generator) -> Pixels:
    """A mark or a sign in one of the machine's fonts."""
    return _printed(MARKS, rng)


KINDS: dict[str, Callable[[np.random.Generator], Pixels]] = {
    "blank": blank,
    "noise": noise,
    "scribble": scribble,
    "printed letter": printed_letter,
    "written letter": written_letter,
    "punctuation": punctuation,
}


def picture(kind: str, number: int, seed: int) -> Pixels:
    """Make one picture of a kind: uint8 of shape (200, 200)."""
    return KINDS[kind](random(seed, kind, number))


def two_digits(first: Pixels, second: Pixels, number: int, seed: int) -> Pixels:
    """Write two digits so near that they touch or overlap a little, as one blot of ink on a canvas."""
    rng = random(seed, "two digits", number)
    size = (84, 84)
    larger = [Image.fromarray(one).resize(size, Image.Resampling.BICUBIC) for one in (first, second)]
    crops = [_cropped(np.asarray(one)) for one in larger]
    height = max(len(crop) for crop in crops)
    shared = int(rng.integers(2, 9))
    canvas = np.zeros((SIDE, SIDE), np.uint8)
    left, top = (SIDE - sum(crop.shape[1] for crop in crops) + shared) // 2, (SIDE - height) // 2
    for crop in crops:
        part = canvas[top + height - len(crop) : top + height, left : left + crop.shape[1]]
        np.maximum(part, crop, out=part)
        left += crop.shape[1] - shared
    return canvas if rng.random() < 0.5 else 255 - canvas  # noqa: PLR2004 (either colour)


def fonts() -> list[str]:
    """Name the fonts in use."""
    return ["Pillow's own", *(Path(name).stem for name in FONTS if Path(name).exists())]


def _cropped(ink: Pixels) -> Pixels:
    rows, columns = (np.flatnonzero((ink > 127).any(axis=axis)) for axis in (1, 0))  # noqa: PLR2004 (half of full ink)
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _drawn(lines: Sequence[Points], rng: np.random.Generator) -> Pixels:
    """Draw lines with a round pen, 60 to 140 pixels high or wide, dark on light or light on dark."""
    every = np.concatenate(list(lines))
    low, extent = every.min(axis=0), float(np.ptp(every, axis=0).max())
    size = rng.uniform(60, 140)
    pen = max(2.0, size * rng.uniform(0.04, 0.1)) * FINE
    image = Image.new("L", (SIDE * FINE, SIDE * FINE))
    brush = ImageDraw.Draw(image)
    shift = (SIDE - size * np.ptp(every, axis=0) / extent) / 2
    for line in lines:
        points = [tuple(point) for point in ((line - low) / extent * size + shift) * FINE]
        brush.line(points, fill=255, width=round(pen), joint="curve")
        for x, y in (points[0], points[-1]):
            brush.ellipse((x - pen / 2, y - pen / 2, x + pen / 2, y + pen / 2), fill=255)
    return _finished(image, rng)


def _printed(characters: str, rng: np.random.Generator) -> Pixels:
    size = float(rng.uniform(60, 140))
    usable = [None, *(name for name in FONTS if Path(name).exists())]
    font = _font(usable[int(rng.integers(len(usable)))], round(size * FINE))
    image = Image.new("L", (SIDE * FINE, SIDE * FINE))
    character = characters[int(rng.integers(len(characters)))]
    ImageDraw.Draw(image).text((SIDE * FINE / 2, SIDE * FINE / 2), character, 255, font, anchor="mm")
    return _finished(image.rotate(float(rng.uniform(-10, 10)), Image.Resampling.BICUBIC), rng)


@cache
def _font(name: str | None, size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.truetype(name, size) if name else ImageFont.load_default(size)


def _finished(image: Image.Image, rng: np.random.Generator) -> Pixels:
    """Give ink and paper their greys."""
    ink = np.asarray(image.reduce(FINE), np.float64) / 255
    paper, pen = rng.uniform(0, 60), rng.uniform(150, 255)
    if rng.random() < 0.5:  # noqa: PLR2004 (either colour)
        paper, pen = 255 - paper, 255 - pen
    return np.rint(paper + (pen - paper) * ink).astype(np.uint8)
