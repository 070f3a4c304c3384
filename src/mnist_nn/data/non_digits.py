"""Pictures that are not digits, for learning refusal: noise, scribbles, letters, signs, remains of forms and cuts.

Each picture looks like pen or print, is framed like a digit, and is a pure function of a key and its number. Signs that
people could mistake for a digit (O, I, S, Z, l, the slash, an upright line, …) are not among them.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from mnist_nn.data.curves import catmull_rom
from mnist_nn.errors import unknown
from mnist_nn.imaging.boxes import tight_window
from mnist_nn.imaging.framing import SIDE, frame
from mnist_nn.util.randomness import Key, fold, uniform

Array = npt.NDArray[Any]
Point = tuple[float, float]
CANVAS = 112  # pixels of the square that a pen draws on, four for one of the framed picture
PEN_SIZE = 8.4  # canvas pixels for one of the grid
CURVE_PIECES = 8  # straight pieces from one point of a curve to the next
DRAWS_PER_PICTURE = 128  # more than any picture takes
GRID = 8  # the letters below stand on a grid of 0 to 8, x to the right, y downwards

BROAD = 0.45  # times its height: what is at least so wide is no upright
UPRIGHT_ENDS = ("r -", "lr -", "- l", "- r", "r l", "r r", "r lr", "lr l", "lr r", "lr lr")
"""Whether a piece of the line remains on the left and on the right, at the top and at the foot."""
BOX_SIDES = ("lrtb", "lrt", "lrb", "lbt", "rbt", "lr", "lt", "lb", "rb", "tb")
"""Left, right, top and bottom; the upper right corner alone looks like a 7."""

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
        The number of pictures.
    key
        The random key, used unchanged; each picture is drawn with its own key, which is derived from it.
    digits
        uint8 of shape (n, 28, 28): framed digits, for the kinds that are made from digits.

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
    """Makes draws from one key, one after another."""

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


def _half(pen: _Pen, digits: Array) -> Array:
    """The lesser side of a digit that was cut, or the sides of two that were cut and touch each other."""
    first, second = (_cut(pen, _broad_digit(pen, digits)) for _ in range(2))
    lesser = min(first, key=np.sum)
    alone = pen.even(0, 1) < 0.6  # noqa: PLR2004 - two sides that touch are as large as a digit, and rarer
    return frame(lesser) if alone and _is_broad(lesser) else _beside(pen, first[1], second[0])


def _with_neighbour(pen: _Pen, digits: Array) -> Array:
    """A digit with a side of its neighbour, which the cut left with it."""
    digit, other = _broad_digit(pen, digits), _broad_digit(pen, digits)
    left, right = _cut(pen, other)
    digit = digit[tight_window(digit)]
    return _beside(pen, right, digit) if pen.even(0, 1) < 0.5 else _beside(pen, digit, left)  # noqa: PLR2004 - even


def _broad_digit(pen: _Pen, digits: Array) -> Array:
    """Choose a digit that is not a plain upright: half of an upright would still look like a 1."""
    start = pen.whole(len(digits))
    tried = (digits[(start + step) % len(digits)] for step in range(len(digits)))
    return next((digit for digit in tried if _is_broad(digit)), digits[start])


def _is_broad(ink: Array) -> bool:
    rows, columns = tight_window(ink)
    return bool(columns.stop - columns.start >= BROAD * (rows.stop - rows.start))


def _cut(pen: _Pen, digit: Array) -> tuple[Array, Array]:
    """The two sides of a digit, cut by a slanted line through its middle third."""
    ink = digit[tight_window(digit)]
    height, width = ink.shape
    at, slant = pen.even(1 / 3, 2 / 3) * width, pen.even(-0.2, 0.2)
    seam = at + slant * (np.arange(height) - height / 2)
    is_left = np.arange(width) < seam[:, None]
    left, right = np.where(is_left, ink, 0), np.where(is_left, 0, ink)
    return (left[tight_window(left)], right[tight_window(right)]) if left.any() and right.any() else (ink, ink)


def _beside(pen: _Pen, first: Array, second: Array) -> Array:
    """Two pieces of ink, framed as one: apart or overlapping a little."""
    gap, drop = round(pen.even(-2, 3)), round(pen.even(-3, 3))
    height, width = max(len(first), len(second)) + abs(drop), max(first.shape[1] + second.shape[1] + gap, 1)
    both = np.zeros((height, width), np.uint8)
    for ink, top, left in ((first, max(-drop, 0), 0), (second, max(drop, 0), max(first.shape[1] + gap, 0))):
        part = both[top : top + len(ink), left : left + ink.shape[1]]
        np.maximum(part, ink[: part.shape[0], : part.shape[1]], out=part)
    return frame(both)


def _upright(pen: _Pen, _digits: Array) -> Array:
    """An upright with remains of lines at one or both of its ends: of a box, a divider or a crossing.

    An upright alone may be a 1, and so may one with a foot; one with a bar to the left at its top may be a 7.
    """
    top, foot = UPRIGHT_ENDS[pen.whole(len(UPRIGHT_ENDS))].split()
    ends = []
    for y, side in ((0.0, top), (float(GRID), foot)):
        left, right = (pen.even(1.6, 4) if direction in side else 0.0 for direction in "lr")
        ends += [[(4 - left, y), (4 + right, y)]] if left + right else []
    return _printed(pen, [[(4.0, 0.0), (4.0, float(GRID))], *ends])


def _box(pen: _Pen, _digits: Array) -> Array:
    """A box, or what is left of one: some of its sides, or a corner."""
    width, over = pen.even(7.5, 16), pen.even(0, 1.5) * (pen.even(0, 1) < 0.5)  # noqa: PLR2004 - half of them cross
    left, right = GRID / 2 - width / 2, GRID / 2 + width / 2
    sides = {
        "l": [(left, -over), (left, GRID + over)],
        "r": [(right, -over), (right, GRID + over)],
        "t": [(left - over, 0.0), (right + over, 0.0)],
        "b": [(left - over, float(GRID)), (right + over, float(GRID))],
    }
    names = BOX_SIDES[pen.whole(len(BOX_SIDES))]
    return _printed(pen, [sides[name] for name in names], scale=GRID / width)


def _comb(pen: _Pen, _digits: Array) -> Array:
    """Two to five ticks of a comb, on their line or without it."""
    ticks, apart, high = 2 + pen.whole(4), pen.even(2, 5), pen.even(1.5, 5)
    places = [apart * number for number in range(ticks)]
    strokes = [[(x, 0.0), (x, high)] for x in places]
    if pen.even(0, 1) < 0.6:  # noqa: PLR2004 - a line is not always found
        over = pen.even(0, apart)
        strokes.append([(-over, high), (places[-1] + over, high)])
    middle = places[-1] / 2
    centred = [[(GRID / 2 + x - middle, GRID / 2 + y - high / 2) for x, y in stroke] for stroke in strokes]
    return _printed(pen, centred, scale=GRID / max(places[-1] + 2, GRID))


def _mark(pen: _Pen, digits: Array) -> Array:
    """A point, a comma, a dash, or several of these, as written between and behind digits."""
    return MARKS[pen.whole(len(MARKS))](pen, digits)


def _point(pen: _Pen, _digits: Array) -> Array:
    """A point, at the sizes that one has on a page, so that framing leaves small ones small."""
    width, height, turn = pen.even(2, 14), pen.even(0.7, 1.4), pen.even(0, math.pi)
    y, x = np.mgrid[:32, :32] - 15.5
    along, across = x * math.cos(turn) + y * math.sin(turn), y * math.cos(turn) - x * math.sin(turn)
    away = np.hypot(along, across / height) - width / 2
    return frame(np.clip(0.5 - away, 0, 1) + (np.hypot(x, y) < 1))


def _comma(pen: _Pen, _digits: Array) -> Array:
    """A comma that is as thick as a third of its height or more: a finer one is a stroke."""
    bend, lean = pen.even(0.3, 1.2), pen.even(0.5, 2)
    return _drawn(pen, [[(4.5, 1.5), (4.6 + bend, 3), (4.5 - lean, 6)]], thick=(18, 27))


def _dash(pen: _Pen, _digits: Array) -> Array:
    rise = [pen.even(-0.6, 0.6) for _ in range(4)]
    return _drawn(pen, [[(8 * x / 3, 4 + y) for x, y in enumerate(rise)]])


def _two_dashes(pen: _Pen, _digits: Array) -> Array:
    apart, lengths = pen.even(1.5, 4), (pen.even(4, 8), pen.even(4, 8))
    rows = zip((4 - apart / 2, 4 + apart / 2), lengths, strict=True)
    return _drawn(pen, [[(4 - length / 2, y + pen.even(-0.4, 0.4)), (4 + length / 2, y)] for y, length in rows])


def _dotted_dash(pen: _Pen, _digits: Array) -> Array:
    """A point and a dash, as behind an amount."""
    y = pen.even(-0.5, 3)
    return _drawn(pen, [[(0.0, 6.0), (0.1, 6.1)], [(pen.even(1.5, 3), 6 - y), (8.0, 6 - y + pen.even(-0.6, 0.6))]])


def _printed(pen: _Pen, strokes: list[list[Point]], scale: float = 1.0) -> Array:
    """Draw straight strokes as a printer does: nearly level and upright, with square ends."""
    thick, tilt = pen.even(2, 12), pen.even(-0.06, 0.06)
    canvas = Image.new("L", (CANVAS, CANVAS))
    draw = ImageDraw.Draw(canvas)
    for stroke in strokes:
        path = _place(GRID / 2 + scale * (np.array(stroke) - GRID / 2), tilt, 0.0, 1.0)
        draw.line(path.ravel().tolist(), fill=255, width=max(round(thick * max(scale, 0.5)), 2))
    return frame(np.asarray(canvas))


def _drawn(pen: _Pen, strokes: list[list[Point]], thick: tuple[float, float] = (4, 13)) -> Array:
    """Draw strokes given on the grid with a round pen, turned and slanted a little, and frame them."""
    turn, slant, wide, width = pen.even(-0.3, 0.3), pen.even(-0.3, 0.3), pen.even(0.55, 1.1), pen.even(*thick)
    round_off = pen.even(0, 1) < 0.5  # noqa: PLR2004 - every other hand draws curves
    canvas = Image.new("L", (CANVAS, CANVAS))
    draw = ImageDraw.Draw(canvas)
    for stroke in strokes:
        path = _place(catmull_rom(np.array(stroke), CURVE_PIECES) if round_off else np.array(stroke), turn, slant, wide)
        draw.line(path.ravel().tolist(), fill=255, width=round(width), joint="curve")
        for x, y in (path[0], path[-1]):
            draw.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=255)
    return frame(np.asarray(canvas))


def _place(path: Array, turn: float, slant: float, wide: float) -> Array:
    """From the grid to the canvas: widened, slanted and turned about the middle."""
    slanted = np.array([[wide, -slant], [0.0, 1.0]])
    turned = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    return np.asarray(CANVAS / 2 + PEN_SIZE * (path - GRID / 2) @ (turned @ slanted).T)


MARKS = (_point, _point, _comma, _comma, _dash, _two_dashes, _dotted_dash)

KINDS: dict[str, Callable[[_Pen, Array], Array]] = {
    "blank": _blank,
    "noise": _noise,
    "scribbles": _scribble,
    "letters": _letter,
    "punctuation": _punctuation,
    "two digits": _two_digits,
    "halves": _half,
    "neighbours": _with_neighbour,
    "uprights": _upright,
    "boxes": _box,
    "combs": _comb,
    "marks": _mark,
}
