"""A number's ink uncut: its own, with what lies around it, and without other numbers."""

import numpy as np
import numpy.typing as npt
import pytest

from mnist_nn.imaging.clean.ink import find_ink
from mnist_nn.imaging.segment.number_ink import NUMBER_INK, draw_number
from mnist_nn.imaging.segment.numbers import find_numbers


def draw_page(*lefts: int, top: int = 40, shape: tuple[int, int] = (120, 400)) -> npt.NDArray[np.uint8]:
    page = np.full(shape, 220, np.uint8)
    for left in lefts:
        page[top : top + 40, left : left + 6] = 30
    return page


def test_each_number_is_drawn_with_paper_around_it_and_without_the_other() -> None:
    ink = find_ink(draw_page(60, 84, 250, 274))
    groups = find_numbers(ink)
    assert len(groups) == 2
    for group, lefts in zip(groups, ((60, 84), (250, 274)), strict=True):
        drawn = draw_number(ink, [group])
        assert np.count_nonzero(drawn.strokes) == 2 * 6 * 40
        rows, columns = np.nonzero(drawn.strokes)
        assert (rows.min() + drawn.corner[0], columns.min() + drawn.corner[1]) == (40, lefts[0])
        assert rows.min() == round(40 * NUMBER_INK.margin_above_heights)
        assert drawn.soft[drawn.strokes].min() > 0.9
        assert drawn.soft.shape == drawn.strokes.shape


def test_a_number_beside_is_left_out_even_where_the_margins_reach_it() -> None:
    ink = find_ink(draw_page(60, 84, 250, 274))
    first, second = find_numbers(ink)
    both = draw_number(ink, [first, second])
    assert np.count_nonzero(both.strokes) == 4 * 6 * 40
    alone = draw_number(ink, [first], whole_width=True)
    assert alone.soft.shape[1] > 200
    assert not alone.soft[:, 250 - alone.corner[1] - 2 : 280 - alone.corner[1] + 2].any()


def test_margins_end_with_the_page() -> None:
    ink = find_ink(draw_page(60, 84, top=4))
    (group,) = find_numbers(ink)
    assert draw_number(ink, [group]).corner[0] == 0


def test_the_whole_width_takes_what_was_dropped_beside_the_number() -> None:
    page = draw_page(60, 84)
    page[76:80, 300:304] = 30  # a speck
    ink = find_ink(page)
    assert ink.specks.any()
    (group,) = find_numbers(ink)
    assert draw_number(ink, [group]).soft.shape[1] < 100
    drawn = draw_number(ink, [group], whole_width=True)
    assert drawn.soft[:, 300 - drawn.corner[1] : 304 - drawn.corner[1]].max() == pytest.approx(1, abs=0.1)


def test_pixels_are_of_the_working_size() -> None:
    small = draw_page(300, 310, top=200, shape=(1000, 750))
    ink = find_ink(small.repeat(4, axis=0).repeat(4, axis=1))
    (group,) = find_numbers(ink)
    assert ink.scale < 1
    drawn = draw_number(ink, [group])
    rows, columns = np.nonzero(drawn.strokes)
    assert columns.min() + drawn.corner[1] == pytest.approx(1200 * ink.scale, abs=1.5)
    assert rows.min() + drawn.corner[0] == pytest.approx(800 * ink.scale, abs=1.5)
