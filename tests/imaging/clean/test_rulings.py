"""Printed lines: found at any slope up to five degrees, and taken off the strokes that are written over them."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnist_nn import Dataset
from mnist_nn.imaging.clean.remove_rulings import without_rules
from mnist_nn.imaging.clean.rulings import find_rules

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float32]
HEIGHT, WIDTH = 300, 420
PEN = 0.8


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


def found(page: Bools) -> Bools:
    return page & find_rules(page).bands(page.shape)


@settings(deadline=None, max_examples=25)
@given(st.floats(-0.085, 0.085), st.integers(1, 3), st.integers(25, 60), st.booleans())
def test_lines_alone_are_found_whole(slope: float, thick: int, step: int, upright: bool) -> None:
    lines = ruled(slope, step, thick)
    page = lines.T if upright else lines
    rim = 40  # a line that leaves the page soon after it has come in is too short to be told
    inner = slice(rim, -rim)
    assert found(page)[inner, inner].sum() >= 0.99 * page[inner, inner].sum()


def test_writing_alone_has_no_lines(mnist: Dataset) -> None:
    assert not any(find_rules(written(mnist)))


def test_a_bent_line_is_followed() -> None:
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    page: Bools = abs(y - 150 - 6 * ((x - WIDTH / 2) / (WIDTH / 2)) ** 2) <= 1
    assert found(page).sum() >= 0.95 * page.sum()


def test_a_long_stroke_is_no_line() -> None:
    page = np.zeros((HEIGHT, WIDTH), bool)
    page[60:240, 200:212] = True  # a one, more than half as high as the picture
    page[100:110, 40:200] = True  # the bar of a seven
    assert not any(find_rules(page))


@pytest.mark.parametrize("shape", [(28, 28), (1, 1), (1, 500), (500, 1), (90, 3)])
def test_small_and_narrow_pictures_are_no_trouble(shape: tuple[int, int]) -> None:
    for page in (np.ones(shape, bool), np.zeros(shape, bool)):
        rules = find_rules(page)
        assert rules.bands(shape).shape == shape
        assert without_rules(page.astype(np.float32), rules, 1.0, 0.0).shape == shape


@pytest.mark.parametrize(("width", "height", "digit", "pen"), [(168, 60, 40, 2), (1200, 900, 250, 8), (400, 80, 50, 3)])
def test_thin_ones_in_narrow_crops_and_close_ups_are_no_lines(width: int, height: int, digit: int, pen: int) -> None:
    mask = np.zeros((height, width), bool)
    top = (height - digit) // 2
    for left in range(width // 10, width - pen, width // 5):
        mask[top : top + digit, left : left + pen] = True
    assert not any(find_rules(mask))


# Lines taken off


def on_paper(mnist: Dataset, slope: float, squared: bool, dark: float) -> tuple[Floats, Bools, Bools]:
    """A page with lines so dark beside the pen, what is written on it, and its lines."""
    writing, lines = written(mnist), ruled(slope, 37, 2)
    if squared:
        lines |= upright_lines(slope)
    page = np.maximum(PEN * writing, dark * PEN * lines)
    page += 0.01 * np.random.default_rng(0).standard_normal(page.shape)
    return page.astype(np.float32), writing, lines


@pytest.mark.parametrize("slope", [0.0, 0.03, -0.07])
@pytest.mark.parametrize("squared", [False, True])
@pytest.mark.parametrize(("dark", "strong"), [(0.2, 0.9), (0.5, 0.9), (0.8, 0.5)])
def test_what_is_written_over_lines_is_ink_as_it_is_beside_them(
    mnist: Dataset, slope: float, squared: bool, dark: float, strong: float
) -> None:
    page, writing, lines = on_paper(mnist, slope, squared, dark)
    bare = without_rules(page, find_rules(page > 0.1), PEN, 0.01)
    assert (bare[writing & lines] > strong * PEN).mean() >= 0.9
    assert (bare[writing & ~lines] > PEN / 2).mean() >= 0.995
    assert (bare[lines & ~writing] > 0.1).mean() <= 0.2  # where a line has hardly come in before it leaves the page


@pytest.mark.parametrize("squared", [False, True])
def test_strokes_go_on_across_lines_as_dark_as_the_pen(mnist: Dataset, squared: bool) -> None:
    page, writing, lines = on_paper(mnist, 0.03, squared, 1.0)
    bare = without_rules(page, find_rules(page > 0.1), PEN, 0.01)
    assert (bare[writing] > PEN / 2).mean() >= 0.9
    assert (bare[lines & ~writing] > PEN / 2).mean() <= 0.25  # what lies between two strokes stays


def test_a_line_that_fades_is_taken_off_as_dark_as_it_is() -> None:
    line = np.linspace(0.6, 0.2, WIDTH, dtype=np.float32)
    page = np.zeros((HEIGHT, WIDTH), np.float32)
    page[150:153] = line
    assert without_rules(page, find_rules(page > 0.1), PEN, 0.0).max() < 0.1


def test_a_page_keeps_what_is_no_line(mnist: Dataset) -> None:
    page = (PEN * written(mnist)).astype(np.float32)
    np.testing.assert_array_equal(without_rules(page, find_rules(page > 0.1), PEN, 0.0), page)
