"""Ink taken apart: one number for each digit of MNIST, reading order, broken and touching digits, and whole pages."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest

from mnist_nn import Dataset
from mnist_nn.imaging.clean.ink import find_ink
from mnist_nn.imaging.framing import frame
from mnist_nn.imaging.segment.numbers import SEGMENT, WrittenNumber, find_numbers
from mnist_nn.imaging.segment.segments import CandidateParameters
from mnist_nn.imaging.segment.text_lines import TextLineParameters

Pixels = npt.NDArray[np.uint8]
Box = tuple[int, int, int, int]


def overlap(a: Box, b: Box) -> float:
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    shared = max(0, width) * max(0, height)
    return shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared)


def as_it_lies(number: WrittenNumber) -> list[tuple[int, int]]:
    """The cheapest way through a number, the longer of two candidates that cost the same first."""
    best: list[tuple[float, list[tuple[int, int]]]] = [(0.0, [])]
    for segment in range(1, number.segments + 1):
        ways = [
            (best[start][0] + cost, [*best[start][1], (start, stop)])
            for (start, stop), cost in zip(number.candidates, number.costs, strict=True)
            if stop == segment
        ]
        best.append(min(ways, key=lambda way: (round(way[0], 6), len(way[1]))))
    return best[-1][1]


class Sheet:
    """Paper to write MNIST digits on, twice their size unless told."""

    def __init__(self, digits: Pixels, height: int = 600, width: int = 900) -> None:
        self.digits = digits
        self.ink = np.zeros((height, width))
        self.boxes: list[Box] = []

    def write(self, numbers: list[int], left: int, bottom: int, *, gap: int = 8, times: int = 2, rise: int = 0) -> None:
        for number in numbers:
            mask = self.digits[number] > 100
            rows, columns = (np.flatnonzero(mask.any(axis=axis))[[0, -1]] for axis in (1, 0))
            digit = self.digits[number, rows[0] : rows[1] + 1, columns[0] : columns[1] + 1] / 255
            large = digit.repeat(times, 0).repeat(times, 1)
            top = bottom - len(large)
            part = self.ink[top:bottom, left : left + large.shape[1]]
            np.maximum(part, large, out=part)
            self.boxes.append((left, top, left + large.shape[1], bottom))
            left += large.shape[1] + gap
            bottom -= rise

    def photo(self, *, shadow: float = 0.0, lines: str = "", noise: float = 0.0, chalk: bool = False) -> Pixels:
        y, x = np.mgrid[0 : self.ink.shape[0], 0 : self.ink.shape[1]]
        page = np.full(self.ink.shape, 0.9)
        if "ruled" in lines:
            page[(y + 0.03 * x) % 45 < 2] = 0.55
        if "squared" in lines:
            page[((y + 0.02 * x) % 35 < 2) | ((x - 0.02 * y) % 35 < 2)] = 0.6
        page *= 1 - 0.8 * self.ink
        page *= 1 - shadow / (1 + np.exp(-(x + 0.5 * y - 0.6 * self.ink.shape[1]) / 25))
        page += noise * np.random.default_rng(0).standard_normal(page.shape)
        pixels = np.clip(np.rint(255 * page), 0, 255).astype(np.uint8)
        return 255 - pixels if chalk else pixels


@pytest.fixture(scope="module")
def digits(mnist: Dataset) -> Pixels:
    return np.asarray(mnist.train.images[:400]).reshape(-1, 28, 28)


def assert_one_number(digit: Pixels) -> None:
    (number,) = find_numbers(find_ink(digit))
    assert (0, number.segments) in number.candidates
    assert {(segment, segment + 1) for segment in range(number.segments)} <= set(number.candidates)
    assert min(number.costs) >= 0


@pytest.mark.slow
def test_every_digit_is_one_number_and_offered_whole(digits: Pixels) -> None:
    for digit in digits:
        assert_one_number(digit)


@pytest.mark.slow
def test_every_test_digit_is_one_number_and_offered_whole(mnist: Dataset) -> None:
    digits = np.asarray(mnist.test.images).reshape(-1, 28, 28)
    in_five_pieces = 7454  # more than a digit is ever joined of
    for digit in np.delete(digits, in_five_pieces, axis=0):
        assert_one_number(digit)


def test_a_five_whose_bar_is_apart_is_one_digit_first_of_all() -> None:
    page = np.full((120, 200), 235, np.uint8)
    page[30:36, 60:85] = 40  # the bar
    page[42:60, 60:66] = page[56:62, 60:85] = page[60:84, 79:85] = page[80:86, 58:85] = 40
    page[30:86, 110:116] = 40  # a one beside it
    (number,) = find_numbers(find_ink(page))
    assert [number.draw(*span).box for span in as_it_lies(number)] == [(58, 30, 85, 86), (110, 30, 116, 86)]


def test_a_broken_zero_is_offered_whole() -> None:
    y, x = np.mgrid[0:100, 0:120]
    ring = abs(np.hypot(x - 50, (y - 50) * 0.8) - 25) < 3
    ring[:, 47:54] = False
    (number,) = find_numbers(find_ink(np.where(ring, 30, 220).astype(np.uint8)))
    assert number.segments >= 2
    assert (0, number.segments) in number.candidates


def test_dust_is_dropped(digits: Pixels) -> None:
    sheet = Sheet(digits)
    sheet.write([0, 1, 2, 3], 200, 300)
    page = sheet.photo()
    rng = np.random.default_rng(3)
    dusty = page.copy()
    for y, x in zip(rng.integers(0, 598, 200), rng.integers(0, 898, 200), strict=True):
        dusty[y : y + 2, x : x + 2] = 60
    clean, found = find_numbers(find_ink(page)), find_numbers(find_ink(dusty))
    assert len(found) == len(clean) == 1
    np.testing.assert_allclose(found[0].box, clean[0].box, atol=4)


@pytest.mark.parametrize("rise", [0, 4, -4])  # 4 pixels a digit are 5 degrees
def test_numbers_come_in_reading_order_though_lines_run_up_or_down(digits: Pixels, rise: int) -> None:
    sheet = Sheet(digits, 700, 1300)
    for line in range(4):
        for place in range(2):
            first = 10 * line + 5 * place
            bottom = 220 + 100 * line - rise * 7 * place
            sheet.write(list(range(first, first + 5)), 100 + 350 * place, bottom, gap=10, rise=rise)
    numbers = find_numbers(find_ink(sheet.photo()))
    assert [number.line for number in numbers] == [0, 0, 1, 1, 2, 2, 3, 3]
    read = [number.draw(*span).box for number in numbers for span in as_it_lies(number)]
    assert len(read) == len(sheet.boxes)
    assert all(overlap(a, b) > 0.6 for a, b in zip(read, sheet.boxes, strict=True))


def test_a_wide_gap_parts_numbers_and_a_narrow_one_does_not(digits: Pixels) -> None:
    sheet = Sheet(digits)
    sheet.write([0, 2, 3], 50, 300, gap=14)
    sheet.write([4, 5], sheet.boxes[-1][2] + 50, 300, gap=14)
    assert [len(as_it_lies(number)) for number in find_numbers(find_ink(sheet.photo()))] == [3, 2]


@pytest.mark.parametrize(
    "way",
    [
        {},
        {"shadow": 0.55, "noise": 0.02},
        {"lines": "ruled"},
        {"lines": "squared"},
        {"lines": "ruled", "shadow": 0.5, "noise": 0.015},
        {"chalk": True, "noise": 0.02},
    ],
    ids=lambda way: " ".join(map(str, way)) or "plain",
)
def test_the_digits_of_a_page_are_found_where_they_are(digits: Pixels, way: dict[str, object]) -> None:
    sheet = Sheet(digits)
    for line in range(5):
        sheet.write(list(range(8 * line, 8 * line + 8)), 90, 120 + 95 * line, gap=12)
    found = find_numbers(find_ink(sheet.photo(**way)))  # type: ignore[arg-type]
    read = [number.draw(*span).box for number in found for span in as_it_lies(number)]
    found = [max(overlap(true, box) for box in read) for true in sheet.boxes]
    assert np.mean(np.array(found) > 0.6) >= 0.95
    assert len(read) <= len(sheet.boxes) + 2


def test_touching_digits_can_be_taken_apart(digits: Pixels) -> None:
    sheet = Sheet(digits, 800, 900)
    for line in range(8):
        sheet.write(list(range(4 * line, 4 * line + 4)), 90, 120 + 90 * line, gap=-3, times=2)
    numbers = find_numbers(find_ink(sheet.photo()))
    offered = [number.draw(*span).box for number in numbers for span in number.candidates]
    found = [max(overlap(true, box) for box in offered) for true in sheet.boxes]
    assert np.mean(np.array(found) > 0.6) >= 0.9
    assert len(offered) < 15 * len(sheet.boxes)


def test_segments_of_a_number_stand_from_left_to_right_and_their_glyphs_hold_all_ink_once(digits: Pixels) -> None:
    sheet = Sheet(digits)
    sheet.write(list(range(6)), 90, 300, gap=-2)
    ink = find_ink(sheet.photo())
    for number in find_numbers(ink):
        glyphs = [number.draw(segment, segment + 1) for segment in range(number.segments)]
        middles = [glyph.box[0] + glyph.box[2] for glyph in glyphs]
        assert sum(b < a for a, b in pairwise(middles)) <= number.segments // 4  # cuts may slant
        whole = number.draw(0, number.segments)
        assert sum(float(glyph.ink.sum()) for glyph in glyphs) == pytest.approx(float(whole.ink.sum()), rel=1e-5)


def test_a_glyph_has_no_ink_of_its_neighbours(digits: Pixels) -> None:
    sheet = Sheet(digits)
    sheet.write([0, 1, 2], 90, 300, gap=4)
    (number,) = find_numbers(find_ink(sheet.photo()))
    for place, span in enumerate(as_it_lies(number)):
        alone = Sheet(digits)
        alone.write([place], 90, 300)
        (single,) = find_numbers(find_ink(alone.photo()))
        a, b = frame(number.draw(*span).ink), frame(single.draw(0, single.segments).ink)
        assert abs(a.astype(float) - b).mean() < 2


def test_writing_that_leans_far_is_set_upright_and_other_writing_is_left_alone(digits: Pixels) -> None:
    sheet = Sheet(digits, 300, 900)
    sheet.write([0, 1, 2, 3, 4, 5], 150, 200, gap=14)
    page = sheet.photo()
    leaning = np.full_like(page, page[0, 0])
    for row in range(len(page)):
        leaning[row] = np.roll(page[row], 200 - row)  # 45 degrees
    plain, leant = (find_numbers(find_ink(pixels))[0] for pixels in (page, leaning))
    upright = [plain.draw(*span) for span in as_it_lies(plain)]
    assert all(glyph.ink.shape[1] <= glyph.box[2] - glyph.box[0] + 4 for glyph in upright)
    widths = [frame(leant.draw(*span).ink).any(axis=0).sum() for span in as_it_lies(leant)]
    assert np.mean(widths) < 20  # framed as it leans, each of them would be 20 pixels wide


def test_every_parameter_reaches_its_step(digits: Pixels) -> None:
    sheet = Sheet(digits)
    sheet.write([0, 1], 90, 300)
    ink = find_ink(sheet.photo())
    assert len(find_numbers(ink)) == 1
    apart = TextLineParameters(number_gap_heights=-0.5)
    assert len(find_numbers(ink, replace(SEGMENT, text_lines=apart))) == 2
    (few,) = find_numbers(ink, replace(SEGMENT, most_components=1))
    assert few.box[2] - few.box[0] < 100
    free = CandidateParameters(join_cost=0.0, join_cost_per_height=0.0)
    (usual,), (cheap,) = find_numbers(ink), find_numbers(ink, replace(SEGMENT, candidates=free))
    assert sum(cheap.costs) < sum(usual.costs)
