"""The kinds of pictures that handwriting arrives in, each drawn with a few strokes, and the correct answers.

The tests hold the reader to them, and the gallery shows them. What is read on them is not said here.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter

Pixels = npt.NDArray[np.uint8]
Points = list[tuple[float, float]]
OVERSAMPLING = 4
INK, PAPER = 30, 236  # grey levels


class Drawing:
    """Paper, and a pen on it; everything is drawn larger and made smaller, so that edges are soft."""

    def __init__(self, digits: list[Image.Image], width: int, height: int) -> None:
        self.digits, self.size = digits, (width, height)
        self.layer = Image.new("L", (width * OVERSAMPLING, height * OVERSAMPLING))
        self.pen = ImageDraw.Draw(self.layer)

    def write(self, letter: str, left: float, top: float, height: float) -> float:
        """Write an MNIST digit; return where it ends."""
        digit = self.digits[int(letter)]
        width = digit.width * height / digit.height
        large = digit.resize((round(width * OVERSAMPLING), round(height * OVERSAMPLING)), Image.Resampling.BICUBIC)
        self.layer.paste(255, (round(left * OVERSAMPLING), round(top * OVERSAMPLING)), large)
        return left + width

    def spell(self, text: str, left: float, top: float, height: float, gap: float) -> float:
        for letter in text:
            left = self.write(letter, left, top, height) + gap
        return left

    def stroke(self, points: Points, width: float) -> None:
        """Draw with a round pen."""
        wide = width * OVERSAMPLING
        path = [(x * OVERSAMPLING, y * OVERSAMPLING) for x, y in points]
        self.pen.line(path, 255, round(wide), joint="curve")
        for x, y in path:
            self.pen.ellipse((x - wide / 2, y - wide / 2, x + wide / 2, y + wide / 2), 255)

    def bar(self, left: float, top: float, right: float, bottom: float, strength: int = 255) -> None:
        """Print a filled box; right and bottom are outside."""
        corners = [left * OVERSAMPLING, top * OVERSAMPLING, right * OVERSAMPLING - 1, bottom * OVERSAMPLING - 1]
        self.pen.rectangle(corners, strength)

    def box(self, left: float, top: float, right: float, bottom: float, width: float) -> None:
        for sides in (
            (left, top, right, top + width),
            (left, bottom - width, right, bottom),
            (left, top, left + width, bottom),
            (right - width, top, right, bottom),
        ):
            self.bar(*sides)

    @property
    def ink(self) -> npt.NDArray[np.float64]:
        return np.asarray(self.layer.resize(self.size, Image.Resampling.BOX)) / 255

    def page(self) -> Pixels:
        return np.rint(PAPER + (INK - PAPER) * self.ink).astype(np.uint8)


def loop(x: float, y: float, wide: float, high: float, start: float = -90, stop: float = 270) -> Points:
    """Points of an ellipse, by angles in degrees; clockwise from the right."""
    angles = np.radians(np.linspace(start, stop, 25))
    return list(zip(x + wide * np.cos(angles), y + high * np.sin(angles), strict=True))


def cut(page: Pixels) -> Pixels:
    """Cut a picture at its ink, leaving nothing around it."""
    rows, columns = (np.flatnonzero((page < (INK + PAPER) / 2).any(axis=axis)) for axis in (1, 0))
    return page[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def box_sides(digits: list[Image.Image]) -> tuple[Pixels, str]:
    """A box whose sides are thicker than its top and bottom."""
    drawing = Drawing(digits, 216, 58)
    drawing.box(9, 8, 207, 50, 2)
    drawing.bar(9, 8, 13, 50)
    drawing.bar(203, 8, 207, 50)
    drawing.spell("3650", 48, 18, 22, 12)
    return drawing.page(), "3650"


def box_of_three_pixels(digits: list[Image.Image]) -> tuple[Pixels, str]:
    """A box of lines three pixels thick."""
    drawing = Drawing(digits, 230, 64)
    drawing.box(9, 8, 221, 56, 3)
    drawing.spell("962", 56, 19, 26, 16)
    return drawing.page(), "962"


def number_cut_at_its_ink(digits: list[Image.Image]) -> tuple[Pixels, str]:
    """The zeros hang together and are higher than the digit before them."""
    drawing = Drawing(digits, 200, 60)
    drawing.write("5", 8, 16, 26)
    middles = (54, 83, 112)
    for middle in middles:
        drawing.stroke(loop(middle, 29, 11.5, 15), 4)
    for middle in middles[:-1]:
        drawing.stroke([(middle + 11, 28), (middle + 18, 27)], 4)
    return cut(drawing.page()), "5000"


def three_cut_at_its_box(digits: list[Image.Image]) -> tuple[Pixels, str]:
    """A digit cut out at its bounding box: no paper is left at the edges."""
    drawing = Drawing(digits, 140, 140)
    drawing.write("3", 30, 20, 90)
    return cut(drawing.page()), "3"


def one_white_on_black_cut_at_its_box(digits: list[Image.Image]) -> tuple[Pixels, str]:
    """The same of a bold 1, white on black: it fills the picture."""
    drawing = Drawing(digits, 140, 140)
    drawing.stroke([(64, 20), (55, 112)], 11)
    return 255 - cut(drawing.page()), "1"


def safety_pattern(digits: list[Image.Image]) -> tuple[Pixels, str]:
    """A number on the waves of safety paper."""
    drawing = Drawing(digits, 220, 72)
    drawing.spell("4739", 18, 16, 40, 14)
    y, x = np.mgrid[:72, :220]
    waves = np.sin(1.1 * y + 2.2 * np.sin(x / 21)) + 0.3 * np.sin(0.9 * x - 0.3 * y)
    page = 172 + 31 * waves - 95 * drawing.ink + np.random.default_rng(11).normal(0, 4, y.shape)
    return np.clip(page, 0, 255).astype(np.uint8), "4739"


def one_with_a_flag(digits: list[Image.Image]) -> tuple[Pixels, str]:
    """A 1 with a long upstroke, as in much of Europe."""
    drawing = Drawing(digits, 120, 170)
    drawing.stroke([(34, 66), (68, 26), (66, 146)], 9)
    return drawing.page(), "1"


def crossed_curled_seven(digits: list[Image.Image]) -> tuple[Pixels, str]:
    """A 7 with a bar and a curl."""
    drawing = Drawing(digits, 150, 170)
    curl = [(34, 62), (34, 36), *loop(58, 36, 24, 14, 180, 330), (88, 32)]
    drawing.stroke([*curl, (66, 84), (40, 140)], 10)
    drawing.stroke([(36, 96), (110, 82)], 10)
    return drawing.page(), "7"


def long_tail(digits: list[Image.Image]) -> tuple[Pixels, str]:
    """A 7 that reaches far below its neighbours."""
    drawing = Drawing(digits, 490, 150)
    left = drawing.spell("38206", 20, 34, 40, 12)
    drawing.stroke([(left + 4, 38), (left + 26, 36), (left + 6, 138)], 5)
    drawing.spell("594", left + 42, 34, 40, 12)
    return drawing.page(), "382067594"


def bold_grid(digits: list[Image.Image]) -> tuple[Pixels, str]:
    """Nine by nine cells, every third line bold, some cells filled in."""
    cell, rows = 46, {0: {2: "7", 6: "4"}, 3: {1: "2", 4: "9"}, 5: {7: "6"}, 8: {0: "3", 5: "8"}}
    side = 9 * cell + 32
    drawing = Drawing(digits, side, side)
    for line in range(10):
        thick, place = (9 if line % 3 == 0 else 2), 16 + line * cell
        drawing.bar(16, place - thick / 2, 16 + 9 * cell, place + thick / 2)
        drawing.bar(place - thick / 2, 16, place + thick / 2, 16 + 9 * cell)
    for row, cells in rows.items():
        for column, letter in cells.items():
            drawing.write(letter, 16 + column * cell + 15, 16 + row * cell + 12, 24)
    soft = Image.fromarray(drawing.page()).filter(ImageFilter.GaussianBlur(1.1))
    return np.asarray(soft), " ".join(letter for cells in rows.values() for letter in cells.values())


def sideways_page(digits: list[Image.Image]) -> tuple[Pixels, str]:
    """A page that lies on its side."""
    drawing = Drawing(digits, 420, 150)
    drawing.spell("7040305", 30, 50, 36, 22)
    return np.ascontiguousarray(np.rot90(drawing.page())), "7040305"


def touching_zeros(digits: list[Image.Image]) -> tuple[Pixels, str]:
    """Each zero has a side in common with the next."""
    drawing = Drawing(digits, 200, 96)
    drawing.write("4", 14, 20, 52)
    for place in range(3):
        drawing.stroke(loop(82 + 35 * place, 47, 17.5, 24), 5.5)
    return drawing.page(), "4000"


def dash_after_an_amount(digits: list[Image.Image]) -> tuple[Pixels, str]:
    """A dash that closes an amount."""
    drawing = Drawing(digits, 260, 84)
    left = drawing.spell("720", 20, 20, 42, 16)
    drawing.stroke([(left + 6, 44), (left + 40, 42)], 4.5)
    return drawing.page(), "720"


def small_zeros(digits: list[Image.Image]) -> tuple[Pixels, str]:
    """Zeros about half as high as the digits beside them."""
    drawing = Drawing(digits, 370, 96)
    left = 20.0
    for letter in "2500800":
        high = 25 if letter == "0" else 46
        left = drawing.write(letter, left, 72 - high, high) + 12
    return drawing.page(), "2500800"


KINDS: tuple[Callable[[list[Image.Image]], tuple[Pixels, str]], ...] = (
    box_sides,
    box_of_three_pixels,
    number_cut_at_its_ink,
    three_cut_at_its_box,
    one_white_on_black_cut_at_its_box,
    safety_pattern,
    one_with_a_flag,
    crossed_curled_seven,
    long_tail,
    bold_grid,
    sideways_page,
    touching_zeros,
    dash_after_an_amount,
    small_zeros,
)
"""Draws a picture from ten cut-out digits, one of each, and gives it with the number that it shows."""


def find_typical_digits(images: npt.NDArray[np.uint8], labels: npt.NDArray[np.integer]) -> list[Image.Image]:
    """Find for each digit the image that is nearest to the mean of its kind, and cut it out; no model has a say.

    Parameters
    ----------
    images
        uint8 of shape (n, 28, 28).
    labels
        Shape (n,).
    """
    found = []
    for digit in range(10):
        own = images[labels == digit].astype(np.float64)
        nearest = int(((own - own.mean(axis=0)) ** 2).sum(axis=(1, 2)).argmin())
        picture = Image.fromarray(own[nearest].astype(np.uint8))
        found.append(picture.crop(picture.getbbox()))
    return found
