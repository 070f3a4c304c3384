"""Lines of boxes, combs and grids are found at any thickness, and strokes of a pen are not taken for them."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from mnist_nn import Dataset
from mnist_nn.imaging.clean.line_work import LINE_WORK, LineWork, find_line_work, trace_strokes

Bools = npt.NDArray[np.bool_]
Line = tuple[tuple[int, int], ...]


def draw(size: tuple[int, int], *lines: Line, thick: int = 2, skew: float = 0.0) -> Bools:
    """Draw lines in black on a page of this width and height, turned by some degrees."""
    picture = Image.new("L", (4 * size[0], 4 * size[1]))
    for line in lines:
        ImageDraw.Draw(picture).line([(4 * x, 4 * y) for x, y in line], 255, 4 * thick)
    return np.asarray(picture.rotate(skew).resize(size, Image.Resampling.BOX)) > 90


def find(page: Bools) -> LineWork:
    return find_line_work(page, np.zeros_like(page))


def box(left: int, top: int, right: int, bottom: int, thick: int) -> tuple[Line, ...]:
    """Four lines whose corners are square."""
    half = thick // 2
    level = (((left - half, row), (right + half, row)) for row in (top, bottom))
    upright = (((column, top - half), (column, bottom + half)) for column in (left, right))
    return (*level, *upright)


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 6), st.floats(-2, 2), st.integers(34, 90), st.integers(70, 300))
def test_the_box_of_a_field_is_found_whole(thick: int, skew: float, tall: int, wide: int) -> None:
    page = draw((wide + 40, tall + 40), *box(20, 20, 20 + wide, 20 + tall, thick), thick=thick, skew=skew)
    found = find(page)
    assert (len(found.level), len(found.upright)) == (2, 2)
    assert min(line.length for line in found.level) >= wide - 4
    assert min(line.length for line in found.upright) >= tall - 4


@pytest.mark.parametrize("thick", [2, 3, 4, 5])
def test_the_ticks_of_a_comb_are_found(thick: int) -> None:
    ticks = (((20 + 40 * cell, 36), (20 + 40 * cell, 60)) for cell in range(6))
    found = find(draw((240, 80), ((20 - thick // 2, 60), (220 + thick // 2, 60)), *ticks, thick=thick))
    assert (len(found.level), len(found.upright)) == (1, 6)


def test_a_single_cell_of_a_comb_is_found() -> None:
    cell: tuple[Line, ...] = (((20, 40), (20, 61)), ((60, 40), (60, 61)), ((19, 60), (61, 60)))
    found = find(draw((80, 80), *cell))
    assert (len(found.level), len(found.upright)) == (1, 2)


@pytest.mark.parametrize("bold", [4, 8])
def test_a_grid_with_bold_lines_is_found_whole(bold: int) -> None:
    page = np.zeros((454, 454), bool)
    for line in range(10):
        thick = 2 if line % 3 else bold
        place = 12 + 47 * line
        page[place : place + thick, 12 : 435 + bold] = page[12 : 435 + bold, place : place + thick] = True
    found = find(page)
    assert (len(found.level), len(found.upright)) == (10, 10)


@pytest.mark.parametrize("sides", ["left", "top", "both"])
def test_a_box_that_the_picture_cuts_is_found(sides: str) -> None:
    page = draw((240, 90), *box(20, 20, 220, 70, 3), thick=3) | draw((240, 90), ((120, 35), (105, 55)), thick=12)
    page = page[30 if sides != "left" else 0 :, 40 if sides != "top" else 0 :]
    found = find(page)
    assert (len(found.level), len(found.upright)) == {"left": (2, 1), "top": (1, 2), "both": (1, 1)}[sides]


def test_a_1_in_a_box_is_no_line_even_where_it_reaches_both_of_its_lines() -> None:
    for top, bottom in ((32, 58), (18, 72)):
        page = draw((160, 90), *box(20, 20, 140, 70, 2)) | draw((160, 90), ((80, top), (80, bottom)), thick=5)
        found = find(page)
        assert sorted(round(line.middle) for line in found.upright) == [20, 140]


@pytest.mark.parametrize("thick", [2, 5, 8])
@pytest.mark.parametrize("lean", [0, 2])
def test_dividers_from_edge_to_edge_are_found_and_a_lower_1_is_not(thick: int, lean: int) -> None:
    dividers = (((place, -4), (place + lean, 64)) for place in (60, 120))
    page = draw((180, 60), *dividers, thick=thick) | draw((180, 60), ((30, 6), (30, 54)), ((90, 8), (95, 52)), thick=4)
    assert sorted(round(line.middle / 10) for line in find(page).upright) == [6, 12]


def test_one_divider_from_edge_to_edge_is_found_only_beside_lower_ink() -> None:
    divider: Line = ((60, -4), (60, 64))
    for top, bottom, found in ((12, 48, 1), (1, 59, 0)):
        zero = draw((120, 60), ((25, top), (40, bottom), (20, bottom - 5), (35, top)), thick=4)
        assert len(find(draw((120, 60), divider, thick=4) | zero).upright) == found


def test_uprights_from_edge_to_edge_that_are_all_there_is_are_kept() -> None:
    assert find(draw((90, 60), ((30, -4), (30, 64)), ((60, -4), (60, 64)), thick=4)) == LineWork((), ())


def test_dividers_thicker_than_the_lines_around_them_are_found() -> None:
    inner = (((60 + 40 * cell, 20), (60 + 40 * cell, 70)) for cell in range(4))
    page = draw((260, 90), *box(20, 20, 220, 70, 4), thick=4) | draw((260, 90), *inner, thick=10)
    assert len(find(page).upright) == 6


@pytest.mark.parametrize("times", [2, 6])
def test_digits_alone_are_no_lines(mnist: Dataset, times: int) -> None:
    for digit in np.asarray(mnist.train.images[:60]).reshape(-1, 28, 28):
        page = np.pad((digit > 60).repeat(times, 0).repeat(times, 1), 8)
        assert find(page) == LineWork((), ())


def test_long_level_lines_are_found_by_themselves_and_upright_ones_are_not() -> None:
    page = draw((400, 100), ((20, 80), (380, 80)), ((200, 30), (200, 60)), thick=6)
    assert (len(find(page).level), len(find(page.T).upright)) == (1, 0)


def test_what_was_found_before_holds_what_ends_at_it() -> None:
    page = np.zeros((120, 300), bool)
    page[[20, 100]] = page[20:100, [40, 260]] = True
    known = np.zeros_like(page)
    known[[20, 100]] = True
    found = find_line_work(page, known)
    assert (len(found.level), len(found.upright)) == (0, 2)


def test_strokes_that_bend_or_slope_are_not_traced() -> None:
    y, x = np.mgrid[:120, :200]
    ring = abs(np.hypot(x - 100, y - 60) - 45) < 2
    slope = abs(y - 0.3 * x) < 2
    assert all(stroke.length < 45 for stroke in trace_strokes(ring))
    assert not trace_strokes(np.asarray(slope))


@pytest.mark.parametrize("shape", [(28, 28), (1, 1), (1, 500), (500, 1), (90, 3)])
def test_small_and_narrow_pictures_are_no_trouble(shape: tuple[int, int]) -> None:
    for page in (np.ones(shape, bool), np.zeros(shape, bool)):
        find(page)


def test_how_bold_a_line_may_be_is_a_parameter() -> None:
    page = draw((240, 120), *box(30, 20, 210, 100, 18), thick=18)
    bold = replace(LINE_WORK, thin_px=22)
    assert find(page) == LineWork((), ())
    assert len(find_line_work(page, np.zeros_like(page), bold).upright) == 2


def fence(columns: list[int], tall: int, *written: Line, skew: float = 0.0) -> LineWork:
    uprights = (((column, 30), (column, 30 + tall)) for column in columns)
    return find(draw((420, 120), *uprights, *written, thick=3, skew=skew))


WRITTEN: tuple[Line, ...] = tuple(((left, 40), (left + 20, 40), (left + 6, 66)) for left in (35, 85, 185, 235))


def test_dividers_that_nothing_holds_are_known_by_their_even_steps() -> None:
    assert len(fence([25, 75, 125, 175, 225, 275], 45, *WRITTEN).upright) == 6
    assert len(fence([25, 75, 125, 175, 225, 275], 45, *WRITTEN, skew=2.5).upright) == 6


@pytest.mark.parametrize(
    ("columns", "tall"),
    [([25, 75, 125], 45), ([25, 75, 105, 175, 240], 45), ([25, 75, 125, 175], 26)],
    ids=["too few", "uneven", "no higher than what is written"],
)
def test_ones_are_no_dividers(columns: list[int], tall: int) -> None:
    assert not fence(columns, tall, *WRITTEN, ((300, 35), (320, 75))).upright


def test_many_short_ticks_in_even_steps_are_printed() -> None:
    assert len(fence(list(range(20, 400, 40)), 25, *WRITTEN).upright) == 10


def test_sides_that_two_boxes_share_are_found_though_they_are_twice_as_thick() -> None:
    page = draw((180, 80), *box(10, 10, 170, 70, 4), thick=4)
    page[10:70, 58:66] = page[10:70, 114:122] = True
    assert len(find(page).upright) == 4


def test_the_last_side_of_a_box_is_found_though_a_digit_covers_the_other() -> None:
    page = draw((240, 80), *box(20, 10, 220, 70, 4), thick=4)
    page[10:70, 8:40] = True
    assert 220 in [round(line.middle) for line in find(page).upright]
