"""Rows as people write them: tails, small zeros, wide gaps, marks after an amount, and pages that lie on their side."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageDraw

from mnist_nn import Dataset
from mnist_nn.evaluation.prediction import predict
from mnist_nn.reading.orientation import TURN_IT
from mnist_nn.reading.reader import Reader
from mnist_nn.reading.reader_model import load_reader_model
from mnist_nn.reading.results import Reading

HIGH = 40  # pixels, of a digit
BASE = 60  # row on which a line of digits stands
Pixels = npt.NDArray[np.uint8]
Size = tuple[float, float]  # of a digit: its height, and how far its foot is below the line, in heights of the others
Write = Callable[..., Image.Image]


@pytest.fixture(scope="module")
def write(mnist: Dataset) -> Write:
    """Write digits of MNIST's training set, for each the one that the model is surest of."""
    images, labels = mnist.train.images[:3000], mnist.train.labels[:3000]
    seen = predict(load_reader_model().network, images, load_reader_model().calibration)
    right = seen.probabilities.argmax(axis=1) == labels
    best = [Image.fromarray(images[np.where((labels == d) & right, seen.confidence, 0).argmax()]) for d in range(10)]
    digits = [picture.crop(picture.getbbox()) for picture in best]

    def row(
        text: str, *, gap: float = 0.25, sizes: dict[int, Size] | None = None, gaps: dict[int, float] | None = None
    ) -> Image.Image:
        ink = Image.new("L", (40 + len(text) * 100, 130))
        left = 20
        for place, letter in enumerate(text):
            high, below = (sizes or {}).get(place, (1.0, 0.0))
            digit = digits[int(letter)]
            wide = digit.width * HIGH * min(high, 1.0) / digit.height  # a tail makes a digit longer, not wider
            digit = digit.resize((round(wide), round(high * HIGH)), Image.Resampling.BICUBIC)
            ink.paste(digit, (left, BASE + round(below * HIGH) - digit.height), digit)
            left += digit.width + round((gaps or {}).get(place, gap) * HIGH)
        return ink.crop((0, 0, left + 100, 130))

    return row


def page(ink: Image.Image) -> Pixels:
    """Dark ink on grainy paper."""
    strokes = np.asarray(ink) / 255
    grain = np.random.default_rng(5).normal(0, 2, strokes.shape)
    return np.clip(232 - 190 * strokes + grain, 0, 255).astype(np.uint8)


def draw(ink: Image.Image, *lines: tuple[float, float, float, float], after: int | None = None) -> Image.Image:
    """Draw strokes: columns from the end of the ink, or from ``after`` on, rows from the foot of the line."""
    start = int(np.flatnonzero(np.asarray(ink).any(axis=0))[-1]) if after is None else after
    for x0, y0, x1, y1 in lines:
        ImageDraw.Draw(ink).line((start + x0, BASE + y0, start + x1, BASE + y1), 255, 4)
    return ink


@pytest.fixture(scope="module")
def reader() -> Reader:
    """It accepts more than usual: whether there is one number, and of which digits, is in question here."""
    return Reader(max_error=0.05)


def accepted(reading: Reading) -> list[str]:
    return [number.text for number in reading.numbers if number.decision == "digit"]


@pytest.mark.parametrize("tailed", [0, 3, 5])
def test_a_long_tail_leaves_its_neighbours_as_high_as_they_are(write: Write, reader: Reader, tailed: int) -> None:
    text = "".join("7" if place == tailed else "402865"[place] for place in range(6))
    assert accepted(reader(page(write(text, sizes={tailed: (1.7, 0.7)})))) == [text]


@pytest.mark.parametrize("below", [-0.5, -0.25, 0.0])
def test_zeros_at_half_height_are_zeros(write: Write, reader: Reader, below: float) -> None:
    small = dict.fromkeys((3, 5, 6), (0.5, below))
    reading = reader(page(write("13802006", sizes=small)))
    assert reading.text.replace(" ", "") == "13802006" or below == -0.5, "what stands above may be a degree sign"
    assert accepted(reading) in ([], ["13802006"])


def test_a_number_written_wide_is_one_number_and_a_wider_gap_parts_two(write: Write, reader: Reader) -> None:
    assert accepted(reader(page(write("40286", gap=1.0)))) == ["40286"]
    assert accepted(reader(page(write("402865", gap=0.9, gaps={2: 1.9})))) == ["402", "865"]
    assert accepted(reader(page(write("402865", gap=0.2, gaps={2: 1.2})))) == ["402", "865"]


MARKS: dict[str, list[tuple[float, float, float, float]]] = {
    "a dash": [(10, -20, 30, -21)],
    "a comma": [(14, -4, 9, 8)],
    "a point and a dash": [(10, -6, 16, -6), (10, -3, 16, -3), (22, -20, 44, -20)],
    "an equals sign": [(10, -26, 32, -26), (10, -14, 32, -14)],
}


@pytest.mark.parametrize("name", MARKS)
def test_what_closes_an_amount_is_left_out_and_said(write: Write, reader: Reader, name: str) -> None:
    (number,) = reader(page(draw(write("350"), *MARKS[name]))).numbers
    assert (number.text, number.decision, number.reason) == ("350", "digit", "")
    assert number.note.startswith(f"{name} beside it ")


@pytest.mark.parametrize("name", MARKS)
def test_the_same_between_digits_is_not_left_out(write: Write, reader: Reader, name: str) -> None:
    ink = write("3508", gaps={1: 1.5})
    inked = np.flatnonzero(np.asarray(ink).any(axis=0))
    marked = draw(ink, *MARKS[name], after=int(inked[np.diff(inked).argmax()]))
    reading = reader(page(marked))
    assert reading.decision != "digit"
    assert "3508" not in accepted(reading)
    assert not any(number.note for number in reading.numbers)


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_page_that_does_not_lie_upright_is_read_turned(write: Write, reader: Reader, turn: int) -> None:
    upright = page(write("2430475"))
    lying = np.ascontiguousarray(np.rot90(upright, turn // 90))  # counterclockwise, so it is turned back clockwise
    given, turned = reader(upright), reader(lying)
    assert (given.turned, turned.turned) == (0, turn)
    assert turned.text == given.text == "2430475"
    assert turned.decision == given.decision == "digit"
    assert [number.confidence for number in turned.numbers] == [number.confidence for number in given.numbers]
    for digit in turned.numbers[0].digits:
        left, top, right, bottom = digit.box
        ink = np.argwhere(lying[top - 3 : bottom + 3, left - 3 : right + 3] < 130)
        np.testing.assert_allclose(
            [*ink.min(axis=0), *ink.max(axis=0)], [3, 3, bottom - top + 2, right - left + 2], atol=2
        )


def test_a_page_on_its_side_that_could_lie_either_way_is_not_accepted(write: Write, reader: Reader) -> None:
    reading = reader(np.ascontiguousarray(np.rot90(page(write("1060891")))))
    assert accepted(reading) == []
    assert any(TURN_IT in number.reason for number in reading.numbers)
