"""What is no writing is dropped, and writing is kept."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from numpy.testing import assert_array_equal

from mnist_nn.imaging.clean.specks import SPECKS, find_specks

Bools = npt.NDArray[np.bool_]


def bars(*windows: tuple[int, int, int, int]) -> Bools:
    mask = np.zeros((200, 300), bool)
    for left, top, right, bottom in windows:
        mask[top:bottom, left:right] = True
    return mask


NOTHING = bars()


@pytest.mark.parametrize(
    ("window", "dropped"),
    [
        ((100, 100, 103, 103), True),  # dust
        ((60, 60, 80, 66), False),  # the bar of a five
        ((0, 20, 12, 180), True),  # the edge of the sheet
        ((0, 60, 8, 100), False),  # a one at the edge of the picture
        ((100, 0, 102, 190), True),  # what is left of a line
    ],
)
def test_what_is_no_writing_is_dropped(window: tuple[int, int, int, int], dropped: bool) -> None:
    writing = [(150, 80, 157, 120), (180, 80, 187, 120), (180, 113, 200, 120)]
    found = find_specks(bars(*writing, window), NOTHING)
    left, top, right, bottom = window
    assert found[top:bottom, left:right].all() == dropped
    assert not (found & bars(*writing)).any()


def test_bold_lines_around_writing_are_dropped_and_do_not_tell_its_height() -> None:
    strokes = np.zeros((200, 200), bool)
    strokes[5:195, 5:195] = True
    strokes[11:97, 11:97] = strokes[11:97, 103:189] = strokes[103:189, 11:97] = strokes[103:189, 103:189] = False
    writing = np.zeros_like(strokes)
    writing[40:65, 50:54] = writing[40:65, 140:144] = writing[130:155, 50:54] = writing[130:155, 60:64] = True
    dropped = find_specks(strokes | writing, np.zeros_like(strokes))
    assert_array_equal(dropped, strokes)


def test_a_large_zero_around_one_other_component_is_writing() -> None:
    strokes = np.zeros((200, 200), bool)
    strokes[20:180, 40:160] = True
    strokes[30:170, 50:150] = False
    strokes[80:120, 95:105] = True
    assert not find_specks(strokes, np.zeros_like(strokes)).any()


def test_splinters_are_dropped_only_beside_rulings() -> None:
    writing, splinter, rulings = (150, 80, 157, 120), (60, 100, 90, 101), bars((0, 103, 300, 105))
    mask = bars(writing, splinter)
    assert find_specks(mask, rulings)[100, 60:90].all()
    assert not find_specks(mask, NOTHING)[100, 60:90].any()


def test_a_page_of_dust_alone_is_all_dust() -> None:
    dust = np.random.default_rng(0).random((200, 300)) < 0.02
    assert_array_equal(find_specks(dust, NOTHING), dust)


def test_what_is_dust_depends_on_the_parameters() -> None:
    writing, dot = (150, 80, 157, 120), (100, 100, 105, 105)
    mask = bars(writing, dot)
    assert find_specks(mask, NOTHING)[100:105, 100:105].all()
    assert not find_specks(mask, NOTHING, replace(SPECKS, speck_share_of_height=0.1)).any()


@pytest.mark.parametrize(("window", "dropped"), [((200, 80, 300, 122), False), ((200, 60, 300, 200), True)])
def test_joined_digits_that_the_picture_cuts_at_its_side_are_writing(
    window: tuple[int, int, int, int], dropped: bool
) -> None:
    writing = [(150, 80, 157, 120), (180, 80, 187, 120), (100, 80, 107, 120), (120, 80, 140, 120), (60, 80, 90, 120)]
    left, top, right, bottom = window
    found = find_specks(bars(*writing, window), NOTHING)
    assert found[top:bottom, left:right].all() == dropped


def test_crumbs_where_rulings_cross_are_dropped() -> None:
    writing, crumb = (20, 40, 28, 80), (98, 58, 106, 64)
    rulings = np.zeros((200, 300), bool)
    rulings[60:62], rulings[:, 100:102] = True, True
    mask = bars(writing, crumb) & ~rulings
    dropped = find_specks(mask, rulings)
    assert dropped[58:64, 98:106].sum() == mask[58:64, 98:106].sum() > 0
    assert not dropped[40:80, 20:28].any()


def test_low_dividers_from_ruling_to_ruling_are_dropped_and_a_one_between_them_is_not() -> None:
    rulings, one = bars((0, 50, 300, 52), (0, 70, 300, 72)), (100, 54, 103, 68)
    dividers = [(left, 52, left + 2, 70) for left in (40, 80, 120)]
    assert not (find_specks(bars(*dividers, one), rulings) ^ bars(*dividers)).any()
    assert not find_specks(bars(*dividers[:2], one), rulings).any()  # two could be a pair of ones


def ring(left: int, top: int, right: int, bottom: int) -> Bools:
    outside, inside = bars((left, top, right, bottom)), bars((left + 5, top + 5, right - 5, bottom - 5))
    return outside & ~inside


def test_zeros_that_are_joined_and_cut_at_the_edge_are_writing_beside_a_low_mark() -> None:
    joined = ring(20, 150, 60, 212) | ring(55, 150, 95, 212) | ring(90, 150, 130, 212)
    dash = bars((140, 170, 160, 176))
    assert not find_specks(joined | dash, NOTHING).any()


@pytest.mark.parametrize(
    "cover",
    [bars((0, 0, 90, 200)), bars((0, 0, 6, 200), (0, 194, 300, 200)), ring(60, -9, 240, 190)],
    ids=["shadow", "corner of a sheet", "something large"],
)
def test_what_covers_an_edge_is_no_writing(cover: Bools) -> None:
    digits = bars((120, 80, 126, 112), (140, 80, 146, 112), (140, 106, 158, 112))
    found = find_specks(cover | digits, NOTHING)
    assert_array_equal(found, cover & ~digits)
