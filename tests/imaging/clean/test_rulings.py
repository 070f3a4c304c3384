"""Rulings are found at any slope up to five degrees, and strokes are not taken for them."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnist_nn.imaging.clean.rulings import RULINGS, find_rulings

Bools = npt.NDArray[np.bool_]
HEIGHT, WIDTH = 300, 420


def ruled(slope: float, step: int, thick: int, offset: int = 7) -> Bools:
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    lines: Bools = np.rint(y + slope * (x - WIDTH / 2) + offset).astype(int) % step < thick
    return lines


def found(page: Bools) -> Bools:
    return page & find_rulings(page).cover(page.shape)


@settings(deadline=None, max_examples=25)
@given(st.floats(-0.085, 0.085), st.integers(1, 3), st.integers(25, 60), st.booleans())
def test_lines_alone_are_found_whole(slope: float, thick: int, step: int, upright: bool) -> None:
    lines = ruled(slope, step, thick)
    page = lines.T if upright else lines
    rim = 40  # a line that leaves the page soon after it has come in is too short to be told
    inner = slice(rim, -rim)
    assert found(page)[inner, inner].sum() >= 0.99 * page[inner, inner].sum()


def test_writing_alone_has_no_rulings(written: Bools) -> None:
    assert not find_rulings(written)


def test_a_bent_line_is_followed() -> None:
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    page: Bools = abs(y - 150 - 6 * ((x - WIDTH / 2) / (WIDTH / 2)) ** 2) <= 1
    assert found(page).sum() >= 0.95 * page.sum()


def test_a_long_stroke_is_no_line() -> None:
    page = np.zeros((HEIGHT, WIDTH), bool)
    page[60:240, 200:212] = True  # a one, more than half as high as the picture
    page[100:110, 40:200] = True  # the bar of a seven
    assert not find_rulings(page)


@pytest.mark.parametrize("shape", [(28, 28), (1, 1), (1, 500), (500, 1), (90, 3)])
def test_small_and_narrow_pictures_are_no_trouble(shape: tuple[int, int]) -> None:
    for page in (np.ones(shape, bool), np.zeros(shape, bool)):
        assert find_rulings(page).cover(shape).shape == shape


@pytest.mark.parametrize(("width", "height", "digit", "pen"), [(168, 60, 40, 2), (1200, 900, 250, 8), (400, 80, 50, 3)])
def test_thin_ones_in_narrow_crops_and_close_ups_are_no_lines(width: int, height: int, digit: int, pen: int) -> None:
    mask = np.zeros((height, width), bool)
    top = (height - digit) // 2
    for left in range(width // 10, width - pen, width // 5):
        mask[top : top + digit, left : left + pen] = True
    assert not find_rulings(mask)


def test_the_steepest_slope_is_a_parameter() -> None:
    page = ruled(0.15, 60, 2)
    few, all_of_them = (find_rulings(page, replace(RULINGS, steepest_slope=slope)).level for slope in (0.1, 0.2))
    assert len(few) <= 1
    assert len(all_of_them) > 3


def test_short_lines_end_at_the_edge_of_the_picture_inside_its_margin() -> None:
    page = np.zeros((160, 280), bool)
    page[50:110, [100, 101, 180, 181]] = page[60:100, 136:142] = True  # a picture of 60 by 180 pixels, and 50 around
    assert not find_rulings(page).upright
    found = find_rulings(page, margin_px=50).upright
    assert [round(float(ruling.centre[80])) for ruling in found] == [100, 180]
    assert all(np.flatnonzero(ruling.there)[[0, -1]].tolist() == [50, 109] for ruling in found)


def test_a_1_in_a_small_picture_is_no_line_and_dividers_are() -> None:
    page = np.zeros((80, 140), bool)
    page[18:66, 20:23] = page[[20, 21, 40, 62, 63], 50:80] = page[20:40, 50:53] = page[40:64, 77:80] = (
        True  # a 1 and a 2
    )
    assert not find_rulings(page).upright
    page[8:74, 10:12] = page[8:74, 110:112] = True
    assert sorted(round(line.centre.mean()) for line in find_rulings(page).upright) == [10, 110]
