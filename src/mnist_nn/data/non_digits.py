"""Pictures that are no digits, to learn refusal from: noise, scribbles, letters, punctuation, two digits in one box.

Each is drawn as a pen would, framed like a digit, and a pure function of a key and its number. Letters and signs that
people could take for a digit (O, I, S, Z, l, the slash, …) are not among them.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from mnist_nn.errors import unknown
from mnist_nn.imaging.boxes import tight_window
from mnist_nn.imaging.framing import SIDE, frame
from mnist_nn.util.randomness import Key, fold, uniform

Array = npt.NDArray[Any]
Point = tuple[float, float]
CANVAS = 112  # pixels of the square that a pen draws on, four for one of the framed picture
PEN_SIZE = 8.4  # canvas pixels for one of the grid
DRAWS_PER_PICTURE = 128  # more than any picture takes
GRID = 8  # the letters below stand on a grid of 0 to 8, x to the right, y downwards

T = np.arange(8)[:, None] / 8
CATMULL_ROM = np.hstack([-T + 2 * T**2 - T**3, 2 - 5 * T**2 + 3 * T**3, T + 4 * T**2 - 3 * T**3, T**3 - T**2]) / 2

LETTERS = {
    "A": "08 40 88,25 65", "E": "80 00 08 88,04 64", "F": "80 00 08,04 64", "H": "00 08,80 88,04 84",
    "K": "00 08,80 04 88", "M": "08 00 44 80 88", "N": "08 00 88 80", "P": "08 00 50 82 54 04",
    "R": "08 00 50 82 54 04,44 88", "T": "00 80,40 48", "V": "00 48 80", "W": "00 28 43 68 80", "X": "00 88,80 08",
    "Y": "00 44 80,44 48", "k": "20 28,73 25 78", "m": "08 03,04 22 43 48,44 62 83 88", "w": "03 28 44 68 83",
    "x": "13 78,73 18", "f": "71 50 32 38,13 63", "t": "30 37 58 77,13 63", "n": "13 18,15 33 63 75 78",
    "u": "13 16 38 67 73 78", "r": "23 28,25 43 73", "e": "15 75 63 33 15 27 48 77", "π": "03 83,23 18,63 68 78",
}  # fmt: skip
PUNCTUATION = {
    "?": "12 30 60 82 74 45 46,48 48", "#": "20 28,60 68,03 83,06 86", "%": "80 08,11 22 12,67 77 66",
    "*": "42 46,24 64,32 56,52 36",
    "+": "41 47,14 74", "=": "13 73,16 76", "-": "04 84", "~": "05 13 34 55 74 83", "^": "06 42 86", "<": "81 14 87",
    ">": "01 74 07", "&": "88 33 20 51 26 17 38 64", "@": "64 43 25 46 65 63 66 85 71 31 04 18 48",
}  # fmt: skip


def non_digits(kind: str, count: int, key: Key, digits: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Draw pictures of one kind.

    Parameters
    ----------
    kind
        One of KINDS.
    count
        How many.
    key
        Used as it is; the picture of each number is drawn with a key of its own.
    digits
        uint8 of shape (n, 28, 28), framed digits, for the kinds that are made of some.

    Returns
    -------
    uint8 of shape (count, 28, 28).

    Examples
    --------
    >>> from mnist_nn.util.randomness import key
    >>> letters = non_digits("letters", 3, key(1), np.zeros((1, 28, 28), np.uint8))
    >>> letters.shape, bool(letters.any(axis=(1, 2)).all())
    ((3, 28, 28), True)
    """
    if kind not in KINDS:
        raise unknown("kind of picture", kind, KINDS)
    pictures = [KINDS[kind](_Pen(fold(key, number)), digits) for number in range(count)]
    return np.array(pictures, np.uint8).reshape(count, SIDE, SIDE)


class _Pen:
    """Draws from one key, one after another."""

    def __init__(self, key: Key) -> None:
        self.draws = iter(uniform(key, DRAWS_PER_PICTURE).tolist())
        self.key = key

    def even(self, low: float, high: float) -> float:
        return low + (high - low) * float(next(self.draws))

    def whole(self, count: int) -> int:
        return int(self.even(0, count))


def _blank(_pen: _Pen, _digits: Array) -> Array:
    return np.zeros((SIDE, SIDE), np.uint8)


def _noise(pen: _Pen, _digits: Array) -> Array:
    """Grains of some size over a part of the picture."""
    grain, share = 2 ** pen.whole(3), pen.even(0.05, 0.6)
    cells = SIDE // grain
    field = uniform(fold(pen.key, 1), cells * cells).reshape(cells, cells) < share
    field[cells // 2, cells // 2] = True  # never blank
    return frame(field.repeat(grain, axis=0).repeat(grain, axis=1))


def _scribble(pen: _Pen, _digits: Array) -> Array:
    points = [(pen.even(0, GRID), pen.even(0, GRID)) for _ in range(8 + pen.whole(12))]
    return _drawn(pen, [points])


def _letter(pen: _Pen, _digits: Array) -> Array:
    return _sign(pen, LETTERS)


def _punctuation(pen: _Pen, _digits: Array) -> Array:
    return _sign(pen, PUNCTUATION)


def _sign(pen: _Pen, table: dict[str, str]) -> Array:
    name = list(table)[pen.whole(len(table))]
    wobble = pen.even(0.0, 0.6)

    def near(place: str) -> Point:
        return int(place[0]) + pen.even(-wobble, wobble), int(place[1]) + pen.even(-wobble, wobble)

    return _drawn(pen, [[near(place) for place in stroke.split()] for stroke in table[name].split(",")])


def _two_digits(pen: _Pen, digits: Array) -> Array:
    """Two digits side by side, apart or overlapping a little."""
    first, second = (digit[tight_window(digit)] for digit in (digits[pen.whole(len(digits))] for _ in range(2)))
    gap, drop = round(pen.even(-3, 6)), round(pen.even(-3, 3))
    height, width = max(len(first), len(second)) + abs(drop), first.shape[1] + second.shape[1] + gap
    both = np.zeros((height, width), np.uint8)
    for digit, top, left in ((first, max(-drop, 0), 0), (second, max(drop, 0), first.shape[1] + gap)):
        part = both[top : top + len(digit), left : left + digit.shape[1]]
        np.maximum(part, digit, out=part)
    return frame(both)


def _drawn(pen: _Pen, strokes: list[list[Point]]) -> Array:
    """Draw strokes given on the grid with a round pen, turned and slanted a little, and frame them."""
    turn, slant, wide, thick = pen.even(-0.3, 0.3), pen.even(-0.3, 0.3), pen.even(0.55, 1.1), pen.even(4, 13)
    round_off = pen.even(0, 1) < 0.5  # noqa: PLR2004 - every other hand draws curves
    canvas = Image.new("L", (CANVAS, CANVAS))
    draw = ImageDraw.Draw(canvas)
    for stroke in strokes:
        path = _place(_curve(stroke) if round_off else np.array(stroke), turn, slant, wide)
        draw.line(path.ravel().tolist(), fill=255, width=round(thick), joint="curve")
        for x, y in (path[0], path[-1]):
            draw.ellipse((x - thick / 2, y - thick / 2, x + thick / 2, y + thick / 2), fill=255)
    return frame(np.asarray(canvas))


def _place(path: Array, turn: float, slant: float, wide: float) -> Array:
    """From the grid to the canvas: widened, slanted and turned about the middle."""
    slanted = np.array([[wide, -slant], [0.0, 1.0]])
    turned = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    return np.asarray(CANVAS / 2 + PEN_SIZE * (path - GRID / 2) @ (turned @ slanted).T)


def _curve(points: list[Point]) -> Array:
    """A smooth line through points (Catmull and Rom, 1974), in eight short pieces from one to the next."""
    ends = np.array([points[0], *points, points[-1]])
    four = np.stack([ends[k : len(points) + k - 1] for k in range(4)])
    return np.concatenate([np.einsum("tk,kpa->pta", CATMULL_ROM, four).reshape(-1, 2), ends[-1:]])


KINDS: dict[str, Callable[[_Pen, Array], Array]] = {
    "blank": _blank,
    "noise": _noise,
    "scribbles": _scribble,
    "letters": _letter,
    "punctuation": _punctuation,
    "two digits": _two_digits,
}
