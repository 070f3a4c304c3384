"""Ink that was left out, cut or may be printed counts against the number beside it, and against no other."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from mnist_nn.imaging.clean.ink import find_ink
from mnist_nn.imaging.segment.doubts import (
    CUT,
    DOUBTS,
    LEFT_OUT_AS_LINE,
    LEFT_OUT_AT_EDGE,
    LEFT_OUT_BY_SIZE,
    MAY_BE_PRINTED,
)
from mnist_nn.imaging.segment.numbers import SEGMENT, find_numbers

Window = tuple[int, int, int, int]
NUMBER = ((40, 40, 46, 80), (64, 40, 70, 80))  # left, top, right, bottom of two strokes
RULED = ((0, 30, 300, 32), (0, 90, 300, 92))


def doubts(*windows: Window, size: tuple[int, int] = (140, 300)) -> tuple[str, ...]:
    """What is against the first number of a page on which these windows are ink."""
    page = np.full(size, 225, np.uint8)
    for left, top, right, bottom in windows:
        page[top:bottom, left:right] = 40
    return find_numbers(find_ink(page))[0].doubts


def test_nothing_is_against_a_number_by_itself() -> None:
    assert doubts(*NUMBER) == ()
    assert doubts(*NUMBER, *RULED) == ()


@pytest.mark.parametrize(("left", "found"), [(90, (LEFT_OUT_AT_EDGE,)), (200, ())])
def test_high_ink_that_was_left_out_at_the_edge_counts_beside_a_number(left: int, found: tuple[str, ...]) -> None:
    assert doubts(*NUMBER, (left, 0, left + 8, 84)) == found


def test_ink_that_is_lower_than_half_a_digit_does_not_count() -> None:
    low = ((40, 80, 46, 120), (64, 80, 70, 120))
    assert doubts(*low, (90, 0, 98, 105)) == (LEFT_OUT_AT_EDGE,)
    assert doubts(*low, (90, 0, 98, 95)) == ()


def test_a_number_that_the_picture_may_cut_is_doubtful_and_one_that_fills_it_is_not() -> None:
    cut = ((40, 80, 46, 120), (64, 76, 70, 116), (88, 76, 94, 116))
    assert doubts(*cut, size=(120, 300)) == (CUT,)
    assert doubts((40, 0, 46, 50), (64, 10, 70, 60), (88, 10, 94, 60), size=(70, 300)) == ()


@pytest.mark.parametrize(("window", "found"), [((90, 32, 97, 90), True), ((90, 40, 97, 82), False)])
def test_an_upright_from_line_to_line_may_be_printed(window: Window, *, found: bool) -> None:
    assert doubts(*RULED, *NUMBER, window) == ((MAY_BE_PRINTED,) if found else ())


def test_a_low_tick_on_a_line_may_be_printed() -> None:
    assert doubts(RULED[1], *NUMBER, (90, 64, 96, 90)) == (MAY_BE_PRINTED,)


def test_a_line_as_high_as_a_digit_that_was_left_out_counts() -> None:
    y, x = np.mgrid[:72, :200]
    page = np.full(y.shape, 225.0)
    for left in (60, 100):
        page[(abs(x - left) < 3) & (y >= 6) & (y < 66)] = 40
    page[abs(x - 140) < 2] = 40  # from edge to edge, as a ruling
    number = find_numbers(find_ink(page.astype(np.uint8)))[0]
    assert number.doubts == (LEFT_OUT_AS_LINE,)


def test_a_frame_around_a_number_is_not_beside_it() -> None:
    frame = ((20, 20, 120, 30), (20, 100, 120, 110), (20, 20, 30, 110), (110, 20, 120, 110))
    assert doubts(*NUMBER, *frame) == ()


def test_what_counts_is_a_parameter() -> None:
    page: npt.NDArray[np.uint8] = np.full((140, 300), 225, np.uint8)
    for left, top, right, bottom in (*NUMBER, (90, 0, 98, 84)):
        page[top:bottom, left:right] = 40
    near = replace(SEGMENT, doubts=replace(DOUBTS, beside_heights=0.2))
    assert find_numbers(find_ink(page), near)[0].doubts == ()
    assert LEFT_OUT_BY_SIZE not in find_numbers(find_ink(page))[0].doubts
