"""Printed lines: found at any slope up to five degrees, taken out, and the strokes across them left in."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnist_nn import Dataset
from mnist_nn.imaging.rules import find_rules

Bools = npt.NDArray[np.bool_]
HEIGHT, WIDTH = 300, 420


def ruled(slope: float, step: int, thick: int, offset: int = 7) -> Bools:
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    lines: Bools = np.rint(y + slope * (x - WIDTH / 2) + offset).astype(int) % step < thick
    return lines


def upright_lines(slope: float) -> Bools:
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    lines: Bools = np.rint(x - slope * (y - HEIGHT / 2) + 11).astype(int) % 37 < 2
    return lines


def written(mnist: Dataset) -> Bools:
    """Six rows of digits, 40 pixels high."""
    page = np.zeros((HEIGHT, WIDTH), bool)
    digits = np.asarray(mnist.train.images[:48]).reshape(-1, 28, 28) > 100
    for number, digit in enumerate(digits):
        top, left = 10 + 48 * (number // 8), 10 + 50 * (number % 8)
        page[top : top + 44, left : left + 44] |= digit.repeat(2, 0).repeat(2, 1)[6:50, 6:50]
    return page


@settings(deadline=None, max_examples=25)
@given(st.floats(-0.085, 0.085), st.integers(1, 3), st.integers(25, 60), st.booleans())
def test_lines_alone_are_found_whole(slope: float, thick: int, step: int, upright: bool) -> None:
    lines = ruled(slope, step, thick)
    page = lines.T if upright else lines
    found = find_rules(page, page)
    rim = 40  # a line that leaves the page soon after it has come in is too short to be told
    inner = slice(rim, -rim)
    assert (found <= page).all()
    assert found[inner, inner].sum() >= 0.99 * page[inner, inner].sum()


@pytest.mark.parametrize("slope", [0.0, 0.03, -0.07])
@pytest.mark.parametrize("squared", [False, True])
def test_writing_stays_where_lines_cross_it(mnist: Dataset, slope: float, squared: bool) -> None:
    writing = written(mnist)
    lines = ruled(slope, 37, 2)
    if squared:
        lines |= upright_lines(slope)
    page = writing | lines
    left = page & ~find_rules(page, page)
    assert (left & writing).sum() >= 0.95 * writing.sum()
    beside = lines & ~writing
    assert (left & beside).sum() <= 0.2 * beside.sum()  # what lies right at strokes stays with them


def test_writing_alone_has_no_lines(mnist: Dataset) -> None:
    writing = written(mnist)
    assert not find_rules(writing, writing).any()


def test_a_bent_line_is_followed() -> None:
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    page: Bools = abs(y - 150 - 6 * ((x - WIDTH / 2) / (WIDTH / 2)) ** 2) <= 1
    assert find_rules(page, page).sum() >= 0.95 * page.sum()


def test_a_long_stroke_is_no_line() -> None:
    page = np.zeros((HEIGHT, WIDTH), bool)
    page[60:240, 200:212] = True  # a one, more than half as high as the picture
    page[100:110, 40:200] = True  # the bar of a seven
    assert not find_rules(page, page).any()


@pytest.mark.parametrize("shape", [(28, 28), (1, 1), (1, 500), (500, 1), (90, 3)])
def test_small_and_narrow_pictures_are_no_trouble(shape: tuple[int, int]) -> None:
    for page in (np.ones(shape, bool), np.zeros(shape, bool)):
        assert find_rules(page, page).shape == shape


def test_light_lines_are_found_in_fainter_ink(mnist: Dataset) -> None:
    writing, lines = written(mnist), ruled(0.02, 37, 2)
    broken = lines & (np.random.default_rng(0).random(lines.shape) < 0.5)
    page = writing | broken
    left = page & ~find_rules(page, writing | lines)
    assert (left & broken & ~writing).sum() <= 0.2 * (broken & ~writing).sum()


@pytest.mark.parametrize(("width", "height", "digit", "pen"), [(168, 60, 40, 2), (1200, 900, 250, 8), (400, 80, 50, 3)])
def test_thin_ones_in_narrow_crops_and_close_ups_are_no_lines(width: int, height: int, digit: int, pen: int) -> None:
    mask = np.zeros((height, width), bool)
    top = (height - digit) // 2
    for left in range(width // 10, width - pen, width // 5):
        mask[top : top + digit, left : left + pen] = True
    assert not find_rules(mask, mask).any()
