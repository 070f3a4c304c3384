"""Papers as people have them: forms, dates, decimals, small writing beside large, a lamp on a whiteboard."""

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageDraw

from mnist_nn.reading.reader import MAY_HOLD_POINTS, Reader

LIGHT, PEN = 232.0, 40.0  # grey levels


class Sheet:
    """White paper that digits of MNIST, and strokes of a pen, are put on."""

    def __init__(self, digits: list[Image.Image], size: tuple[int, int]) -> None:
        self.digits = digits
        self.ink = Image.new("L", size)

    def write(self, text: str, left: int, top: int, height: int, gap: float = 0.25) -> list[int]:
        """Write digits, all as high; return where each begins, and where the next would."""
        starts = [left]
        for letter in text:
            digit = self.digits[int(letter)]
            wide = round(digit.width * height / digit.height)
            large = digit.resize((wide, height), Image.Resampling.BICUBIC)
            self.ink.paste(large, (starts[-1], top), large)
            starts.append(starts[-1] + wide + round(gap * height))
        return starts

    def stroke(self, *places: tuple[float, float], wide: int) -> None:
        ImageDraw.Draw(self.ink).line(places, 255, wide)

    def page(self, noise: float = 2.0) -> npt.NDArray[np.uint8]:
        ink = np.asarray(self.ink) / 255
        grain = np.random.default_rng(5).normal(0, noise, ink.shape)
        return np.clip(LIGHT + (PEN - LIGHT) * ink + grain, 0, 255).astype(np.uint8)


def form(digits: list[Image.Image], text: str, *, apart: int) -> Sheet:
    """Write a digit into each box of a form; the boxes stand side by side, or share their uprights (apart 0)."""
    sheet, side, top = Sheet(digits, (80 + (90 + apart) * len(text), 300)), 90, 100
    for place, letter in enumerate(text):
        left = 40 + (side + apart) * place
        corners = [(left, top), (left + side, top), (left + side, top + side), (left, top + side), (left, top)]
        sheet.stroke(*corners, wide=3)
        wide = 52 * digits[int(letter)].width // digits[int(letter)].height
        sheet.write(letter, left + (side - wide) // 2, top + 18, 52)
    return sheet


@pytest.mark.parametrize("apart", [0, 20])
@pytest.mark.parametrize("text", ["2075", "64374840", "978030640615"])
def test_the_boxes_of_a_form_are_not_read_as_ones(
    digits: list[Image.Image], reader: Reader, text: str, apart: int
) -> None:
    page = form(digits, text, apart=apart).page()
    assert "".join(number.text for number in reader(page).numbers) == text
    (number,) = Reader(length=len(text))(page).numbers
    assert number.text == text, "whoever knows the length has the boxes as one number"


def test_handwritten_ones_between_two_lines_are_read(digits: list[Image.Image], reader: Reader) -> None:
    sheet = Sheet(digits, (700, 300))
    for row in (100, 160):
        sheet.stroke((0, row), (700, row), wide=3)
    for place, lean in enumerate((-4, 3, 7, -1, 5)):
        sheet.stroke((200 + 50 * place + lean, 102), (200 + 50 * place - lean, 158), wide=4)
    assert reader(sheet.page()).text == "11111"


def test_the_slashes_of_a_date_are_not_taken_for_ones(digits: list[Image.Image], reader: Reader) -> None:
    sheet = Sheet(digits, (900, 260))
    left = 60
    for part in ("22", "09", "2026"):
        left = sheet.write(part, left, 90, 60)[-1]
        if part != "2026":
            sheet.stroke((left + 18, 82), (left, 158), wide=6)
            left += 38
    (number,) = reader(sheet.page()).numbers
    assert number.decision != "digit"
    slashes = [digit for digit in number.digits if digit.decision != "digit"]
    assert len(slashes) == 2
    assert all("taller than its neighbours" in digit.reason for digit in slashes)


@pytest.mark.parametrize(("sign", "heights"), [(".", [152]), (":", [112, 145])])
def test_decimals_and_times_are_not_read_as_whole_numbers(
    digits: list[Image.Image], reader: Reader, sign: str, heights: list[int]
) -> None:
    sheet, side = Sheet(digits, (700, 260)), 8
    middle = sheet.write("18", 60, 90, 70)[-1]
    sheet.write("35", middle + 22, 90, 70)
    for height in heights:
        ImageDraw.Draw(sheet.ink).ellipse((middle, height, middle + side, height + side), 255)
    (number,) = reader(sheet.page()).numbers
    assert (number.text, number.decision) == ("1835", "doubtful"), sign
    assert number.reason.startswith(MAY_HOLD_POINTS), sign


@pytest.mark.parametrize(
    ("parts", "decision"), [(("1", "835"), "digit"), (("18", "350"), "digit"), (("183", "50"), "doubtful")]
)
def test_points_between_thousands_are_left_out(
    digits: list[Image.Image], parts: tuple[str, str], decision: str
) -> None:
    sheet, side = Sheet(digits, (700, 260)), 12
    middle = sheet.write(parts[0], 60, 90, 70)[-1]
    sheet.write(parts[1], middle + 30, 90, 70)
    ImageDraw.Draw(sheet.ink).ellipse((middle + 4, 148, middle + 4 + side, 148 + side), 255)
    (number,) = Reader(field=True)(sheet.page()).numbers
    assert (number.text, number.decision) == ("".join(parts), decision)
    assert number.note.startswith("points between thousands") == (decision == "digit")


@pytest.mark.parametrize("down", [-4, 4, 12])
def test_a_comma_is_not_taken_for_a_one(digits: list[Image.Image], reader: Reader, down: int) -> None:
    sheet = Sheet(digits, (700, 260))
    middle = sheet.write("18", 60, 90, 70)[-1]
    sheet.write("35", middle + 22, 90, 70)
    sheet.stroke((middle + 8, 150 + down), (middle, 172 + down), wide=8)
    numbers = reader(sheet.page()).numbers
    assert {number.text for number in numbers if number.decision == "digit"} <= {"1835"}
    assert any(number.decision != "digit" for number in numbers), "the comma is in it, or below it by itself"


def test_a_number_without_points_has_none_in_dust(digits: list[Image.Image], reader: Reader) -> None:
    sheet = Sheet(digits, (700, 260))
    starts = sheet.write("1835", 60, 90, 70)
    for place in range(60):
        ImageDraw.Draw(sheet.ink).point((starts[0] + 4 * place, 90 + 37 * place % 70), 255)
    (number,) = reader(sheet.page()).numbers
    assert (number.text, number.decision) == ("1835", "digit")


def test_small_writing_beside_large_is_read(digits: list[Image.Image], reader: Reader) -> None:
    sheet = Sheet(digits, (1000, 700))
    sheet.write("25", 80, 60, 380)
    sheet.write("40291", 120, 600, 40)
    assert reader(sheet.page()).text == "25\n40291"


@pytest.mark.parametrize("light", [50, 60, 80])
def test_a_lamp_on_a_whiteboard_is_paper(digits: list[Image.Image], reader: Reader, light: int) -> None:
    sheet = Sheet(digits, (1000, 700))
    sheet.write("3874", 120, 250, 110)
    y, x = np.mgrid[:700, :1000]
    lamp = light * np.exp(-((x - 520) ** 2 + (y - 260) ** 2) / (2 * 130**2))
    ink = np.asarray(sheet.ink) / 255
    board = np.clip(180 + lamp - 75 * ink + np.random.default_rng(2).normal(0, 2, ink.shape), 0, 255)
    reading = reader(board.astype(np.uint8))
    assert (reading.text, reading.decision) == ("3874", "digit")


@pytest.mark.parametrize("dark", [True, False])
@pytest.mark.parametrize("scale", [1, 3, 6])
def test_digits_and_numbers_cut_out_at_their_ink_are_read(
    digits: list[Image.Image], reader: Reader, scale: int, dark: bool
) -> None:
    def read(picture: Image.Image) -> str:
        large = np.asarray(picture.resize((picture.width * scale, picture.height * scale), Image.Resampling.BICUBIC))
        return reader(255 - large if dark else large).text

    assert [read(digit) for digit in digits] == list("0123456789")
    sheet = Sheet(digits, (200, 60))
    sheet.write("7302", 10, 20, 20)
    assert read(sheet.ink.crop(sheet.ink.getbbox())) == "7302"


def safety_paper(size: tuple[int, int], contrast: float, seed: int) -> npt.NDArray[np.float64]:
    """Bent gratings across each other, a stain, and the blur of a scanner: grey levels around that of the paper."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[: size[1], : size[0]]
    turns = rng.uniform(0, np.pi, 3)
    waves = [np.sin((np.cos(t) * x + np.sin(t) * y) / rng.uniform(0.9, 1.8) + 2 * np.sin(y / 25 + t)) for t in turns]
    stain = np.exp(-((x - size[0] / 3) ** 2 + (y - size[1] / 2) ** 2) / 2 / 40**2)
    return 190 + contrast * sum(waves) / len(waves) - 12 * stain + rng.normal(0, 2, y.shape)


@pytest.mark.slow
@pytest.mark.parametrize("contrast", [25.0, 45.0])
def test_numbers_on_a_safety_pattern_are_read_and_the_pattern_is_not(
    digits: list[Image.Image], reader: Reader, contrast: float
) -> None:
    read = []
    for seed in range(6):
        sheet = Sheet(digits, (300, 90))
        sheet.write("5286", 40, 20, 45)
        paper = safety_paper((300, 90), contrast, seed)
        assert reader(np.clip(paper, 0, 255).astype(np.uint8)).decision == "nothing there"
        read.append(reader(np.clip(paper - 110.0 * np.asarray(sheet.ink) / 255, 0, 255).astype(np.uint8)).text)
    assert read.count("5286") >= 5, read
