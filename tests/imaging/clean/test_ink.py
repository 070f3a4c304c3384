"""Ink told from paper: any polarity, light and noise; MNIST's own pictures as they are; nothing on blank pictures."""

import sys
from collections.abc import Callable
from dataclasses import replace
from types import FrameType
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import ndimage

from mnist_nn import Dataset
from mnist_nn.imaging.clean.ink import CLEAN, find_ink
from mnist_nn.imaging.clean.strokes import StrokeParameters
from mnist_nn.imaging.clean.threshold import ThresholdParameters
from mnist_nn.imaging.framing import frame
from mnist_nn.imaging.segment.numbers import find_numbers

Pixels = npt.NDArray[np.uint8]
Field = npt.NDArray[np.float64]


def on_canvas(digit: Pixels, side: int = 200) -> Pixels:
    canvas = np.zeros((side, side), np.uint8)
    start = (side - 28) // 2
    canvas[start : start + 28, start : start + 28] = digit
    return canvas


def as_page(values: Field) -> Pixels:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def digits(mnist: Dataset) -> Pixels:
    return np.asarray(mnist.train.images[:300]).reshape(-1, 28, 28)


@pytest.mark.slow
@pytest.mark.parametrize("way", ["28×28", "200×200", "dark on light"])
def test_digits_of_mnist_come_back_as_they_were(digits: Pixels, way: str) -> None:
    def given_as(digit: Pixels) -> Pixels:
        return digit if way == "28×28" else on_canvas(digit) if way == "200×200" else 255 - on_canvas(digit)

    differences = []
    for digit in digits[:150]:
        ink = find_ink(given_as(digit))
        assert ink.dark == (way == "dark on light")
        differences.append(abs(frame(ink.grey).astype(float) - digit).mean())
    assert np.median(differences) < 0.3  # grey levels a pixel
    assert np.mean(np.array(differences) > 1.5) <= 0.03  # MNIST has dust, which is dropped, and the frame moves with it


def test_chalk_is_ink_in_the_negative(digits: Pixels) -> None:
    chalk, pen = find_ink(on_canvas(digits[0])), find_ink(255 - on_canvas(digits[0]))
    np.testing.assert_array_equal(chalk.strokes, pen.strokes)
    assert abs(chalk.grey - pen.grey).max() < 0.02


@pytest.mark.slow
@settings(deadline=None, max_examples=40)
@given(
    number=st.integers(0, 299),
    contrast=st.floats(0.3, 0.9),
    level=st.floats(40, 110),
    slope=st.tuples(st.floats(-20, 20), st.floats(-20, 20)),
    invert=st.booleans(),
)
def test_the_box_depends_neither_on_polarity_nor_on_level_nor_on_an_even_slope_of_light(
    digits: Pixels, number: int, contrast: float, level: float, slope: tuple[float, float], invert: bool
) -> None:
    y, x = np.mgrid[-1:1:200j, -1:1:200j]
    page = as_page(
        level - 30 + slope[0] * x + slope[1] * y + contrast * (235 - level) / 255 * on_canvas(digits[number])
    )
    (plain,) = find_numbers(find_ink(on_canvas(digits[number])))
    (number,) = find_numbers(find_ink(255 - page if invert else page))
    np.testing.assert_allclose(number.box, plain.box, atol=1)


def test_noise_is_smoothed_away_and_drops_no_stroke(digits: Pixels) -> None:
    rng = np.random.default_rng(4)
    for digit in digits[:30]:
        numbers = find_numbers(find_ink(as_page(on_canvas(digit) + 25.0 * rng.standard_normal((200, 200)))))
        (clean,) = find_numbers(find_ink(on_canvas(digit)))
        assert len(numbers) == 1
        np.testing.assert_allclose(numbers[0].box, clean.box, atol=2)


def test_a_digit_in_deep_shadow_is_as_strong_as_one_in_the_light(digits: Pixels) -> None:
    y, x = np.mgrid[0:400, 0:800]
    page = np.ones((400, 800))
    for left in (150, 550):
        page[150:206, left : left + 56] -= 0.75 * digits[1].repeat(2, 0).repeat(2, 1) / 255
    light = 230 * (1 - 0.6 / (1 + np.exp(-(x + 0.3 * y - 400) / 15)))
    ink = find_ink(as_page(page * light))
    bright, shaded = ink.grey[150:206, 150:206], ink.grey[150:206, 550:606]
    assert abs(bright - shaded).mean() < 0.02
    assert len(find_numbers(ink)) == 2


SIZES = [(28, 28), (3, 3), (1, 1), (1, 3000), (3000, 1), (200, 200), (300, 450)]
FLAT: dict[str, Callable[[int, int], Field]] = {
    "black": lambda h, w: np.zeros((h, w)),
    "white": lambda h, w: np.full((h, w), 255.0),
    "grey": lambda h, w: np.full((h, w), 128.0),
    "quiet": lambda h, w: 200 + 3 * np.random.default_rng(1).standard_normal((h, w)),
    "noise": lambda h, w: 128 + 20 * np.random.default_rng(2).standard_normal((h, w)),
    "uniform noise": lambda h, w: np.random.default_rng(3).uniform(0, 255, (h, w)),
    "gradient": lambda h, w: np.linspace(90, 240, w) * np.ones((h, 1)),
}


@pytest.mark.parametrize("size", SIZES, ids=lambda size: "×".join(map(str, size)))
@pytest.mark.parametrize("kind", FLAT)
def test_blank_pictures_hold_nothing(kind: str, size: tuple[int, int]) -> None:
    ink = find_ink(as_page(FLAT[kind](*size)))
    assert find_numbers(ink) == ()
    assert not ink.grey.any()


def shadow(h: int, w: int, soft: float, depth: float) -> Field:
    y, x = np.mgrid[0:h, 0:w]
    return np.asarray(215 * (1 - depth / (1 + np.exp(-np.clip((x + 0.4 * y - 0.6 * w) / soft, -50, 50)))))


@pytest.mark.slow
@pytest.mark.parametrize("depth", [0.2, 0.5, 0.8])
@pytest.mark.parametrize("soft", [1.0, 8.0, 60.0])
def test_the_edge_of_a_shadow_is_no_ink(soft: float, depth: float) -> None:
    page = shadow(480, 640, soft, depth) + 2 * np.random.default_rng(0).standard_normal((480, 640))
    assert find_numbers(find_ink(as_page(page))) == ()


def test_a_sheet_on_a_dark_table_holds_what_is_written_on_it_and_nothing_else(digits: Pixels) -> None:
    page = np.full((600, 800), 50.0)
    page[60:540, 90:720] = 225
    blank = as_page(page + 3 * np.random.default_rng(5).standard_normal(page.shape))
    assert find_numbers(find_ink(blank)) == ()
    page[250:306, 350:406] -= 0.8 * digits[2].repeat(2, 0).repeat(2, 1)
    (number,) = find_numbers(find_ink(as_page(page)))
    assert 350 <= number.box[0] < number.box[2] <= 406
    assert 250 <= number.box[1] < number.box[3] <= 306


def squared_paper(step: int, dark: float) -> Field:
    """Paper with squares, a little out of focus, half of it in shadow: 0 to 255."""
    y, x = np.mgrid[0:500, 0:700]
    lines = ((y + 0.01 * x) % step < 2) | ((x - 0.01 * y) % step < 2)
    page = ndimage.gaussian_filter(1 - dark * lines, 1.0) * shadow(500, 700, 20.0, 0.5)
    return page + 2 * np.random.default_rng(6).standard_normal(page.shape)


@pytest.mark.slow
@pytest.mark.parametrize("dark", [0.2, 0.5])
@pytest.mark.parametrize("step", [14, 25])
def test_squares_however_dense_are_neither_ink_nor_noise(digits: Pixels, step: int, dark: float) -> None:
    page = squared_paper(step, dark)
    assert find_numbers(find_ink(as_page(page))) == ()
    ink = np.zeros(page.shape)
    for place, digit in enumerate(digits[:8]):
        top, left = 80 + 200 * (place // 4), 80 + 150 * (place % 4)
        ink[top : top + 56, left : left + 56] = digit.repeat(2, 0).repeat(2, 1) / 255
    strokes = find_ink(as_page(page * (1 - 0.8 * ink))).strokes
    assert strokes[ink > 0.8].mean() >= 0.9
    assert (strokes & (ndimage.maximum_filter(ink, 9) == 0)).sum() <= 0.1 * (ink > 0.8).sum()


@pytest.mark.slow
@pytest.mark.parametrize("scale", [3, 10, 40])
def test_a_digit_that_fills_the_picture_is_no_shadow(digits: Pixels, scale: int) -> None:
    differences = []
    for digit in digits[:12]:
        page = digit[2:-2, 2:-2].repeat(scale, 0).repeat(scale, 1)
        (number,) = find_numbers(find_ink(page))
        assert (0, number.segments) in number.candidates
        differences.append(abs(frame(number.draw(0, number.segments).ink).astype(float) - digit).mean())
    assert max(differences) < 20  # a pixel up or to the side makes 10; hollow strokes make 30
    assert np.median(differences) < 8


@pytest.mark.parametrize("dark", [False, True])
def test_ink_that_was_cut_out_is_found_where_it_is(digits: Pixels, dark: bool) -> None:
    for digit in digits[:40]:
        rows, columns = (np.flatnonzero(digit.any(axis=axis)) for axis in (1, 0))
        picture = digit[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].repeat(4, 0).repeat(4, 1)
        ink = find_ink(255 - picture if dark else picture)
        assert ink.dark == dark
        assert ink.margin_px > 0
        assert {a.shape for a in (ink.page, ink.evened, ink.mask, ink.rulings, ink.specks, ink.grey)} == {picture.shape}
        assert ink.strokes[picture > 200].mean() > 0.95
        assert ink.strokes[picture < 30].mean() < 0.03


def test_large_pictures_that_were_cut_out_keep_to_the_working_size(digits: Pixels) -> None:
    picture = digits[0][digits[0].any(axis=1)][:, digits[0].any(axis=0)].repeat(100, 0).repeat(100, 1)
    ink = find_ink(picture)
    assert ink.margin_px > 0
    assert np.prod([side + 2 * ink.margin_px for side in ink.page.shape]) <= 1.01 * CLEAN.working_area_px
    (number,) = find_numbers(ink)
    np.testing.assert_allclose(number.box, (0, 0, picture.shape[1], picture.shape[0]), atol=60)


def test_large_pages_are_worked_on_in_reduced_size_and_reported_in_their_own(digits: Pixels) -> None:
    page = np.full((3000, 4000), 230, np.uint8)
    page[1400:1680, 2000:2280] -= (digits[0] * 0.8).astype(np.uint8).repeat(10, 0).repeat(10, 1)
    ink = find_ink(page)
    assert ink.page.size == CLEAN.working_area_px
    assert ink.scale == 0.5
    rows, columns = (np.flatnonzero((digits[0] > 128).any(axis=axis)) for axis in (1, 0))
    expected = [2000 + 10 * columns[0], 1400 + 10 * rows[0], 2010 + 10 * columns[-1], 1410 + 10 * rows[-1]]
    (number,) = find_numbers(ink)
    np.testing.assert_allclose(number.box, expected, atol=14)


@pytest.mark.slow
@settings(deadline=None, max_examples=150)
@given(arrays(np.uint8, st.tuples(st.integers(1, 70), st.integers(1, 70))))
def test_no_picture_is_too_odd(pixels: Pixels) -> None:
    ink = find_ink(pixels)
    assert {a.shape for a in (ink.page, ink.evened, ink.mask, ink.rulings, ink.specks, ink.grey)} == {pixels.shape}
    assert ((ink.grey >= 0) & (ink.grey <= 1)).all()
    assert not (ink.rulings & ink.specks).any()
    for number in find_numbers(ink):
        glyph = number.draw(0, number.segments)
        assert glyph.ink.any()
        left, top, right, bottom = glyph.box
        assert 0 <= left < right <= pixels.shape[1]
        assert 0 <= top < bottom <= pixels.shape[0]


def calls_between_modules(run: Callable[[], object]) -> list[str]:
    """The modules of imaging whose functions are called from another one, but for the leaves that all may ask."""
    entered: list[str] = []

    def watch(frame: FrameType, event: str, _: Any) -> None:
        name, caller = frame.f_globals.get("__name__", ""), frame.f_back
        if event != "call" or "." in frame.f_code.co_qualname or not name.startswith("mnist_nn.imaging."):
            return
        if caller and caller.f_globals.get("__name__", "").startswith("mnist_nn.imaging.") and name not in LEAVES:
            entered.extend([name] * (caller.f_globals["__name__"] != name))

    sys.setprofile(watch)
    try:
        run()
    finally:
        sys.setprofile(None)
    return entered


LEAVES = {f"mnist_nn.imaging.{name}" for name in ("boxes", "components", "clean.noise", "clean.otsu", "clean.straight")}


def test_every_parameter_reaches_its_step(digits: Pixels) -> None:
    page = 255 - on_canvas(digits[0])
    assert find_ink(page, replace(CLEAN, working_area_px=100 * 100)).page.shape == (100, 100)
    faint = find_ink(page, replace(CLEAN, threshold=ThresholdParameters(least_contrast=1.1)))
    assert not faint.mask.any()
    hard = find_ink(page, replace(CLEAN, strokes=StrokeParameters(rim_px=0)))
    assert hard.rim_px == 0
    assert (hard.grey > 0).sum() < (find_ink(page).grey > 0).sum()


def test_a_page_enters_each_step_once() -> None:
    page = np.full((300, 420), 220, np.uint8)
    page[::40] = 150  # ruled
    page[100:140, 200:206] = page[100:140, 220:226] = 30
    entered = calls_between_modules(lambda: find_ink(page))
    steps = ["margin", "light", "threshold", "rulings", "line_work", "remove_rulings", "strokes", "specks"]
    assert entered == [f"mnist_nn.imaging.clean.{step}" for step in steps]
