"""What closes a number, parts its digits or stands beside two lines; digits, broken ones among them, do not."""

from dataclasses import replace

import numpy as np
import pytest

from mnist_nn.imaging.segment.marks import MARKS, find_closings, find_points, find_uprights

Box = tuple[float, float, float, float]
TWO = ((0, 0, 25, 40), (35, 0, 60, 40))
DASH, POINT, COMMA = (70, 18, 90, 22), (66, 35, 71, 40), (68, 36, 74, 48)


def closings(*boxes: Box, parts: tuple[Box, ...] = ()) -> dict[int, tuple[int, str]]:
    """The marks among boxes, each of one component; the last may have ``parts`` instead."""
    digits = np.array(boxes, np.float64)
    components = np.array([*boxes[:-1], *parts] if parts else boxes, np.float64)
    digit_of = np.minimum(np.arange(len(components)), len(boxes) - 1)
    return find_closings(digits, components, digit_of)


@pytest.mark.parametrize(
    ("box", "name"),
    [
        (DASH, "a dash"),
        ((70, 16, 88, 26), "a dash"),
        (POINT, "a point"),
        (COMMA, "a comma"),
    ],
)
def test_a_mark_after_a_number_closes_it(box: Box, name: str) -> None:
    assert closings(*TWO, box) == {2: (1, name)}


@pytest.mark.parametrize(
    "box",
    [
        (70, 0, 90, 4),  # the bar of a 5
        (70, 36, 90, 40),  # the foot of a 2
        (70, 0, 74, 40),  # a 1
        (70, 18, 85, 40),  # a small zero
        (66, 0, 71, 5),  # an apostrophe
        (200, 18, 220, 22),  # far away
        (70, 18, 200, 22),  # a line that fills the form
    ],
)
def test_what_is_no_mark_closes_nothing(box: Box) -> None:
    assert closings(*TWO, box) == {}


def test_a_mark_with_digits_on_both_sides_closes_nothing() -> None:
    for mark in (DASH, POINT, COMMA):
        assert closings(*TWO, mark, (95, 0, 120, 40)) == {}
        assert closings(*TWO, mark, (95 + 85, 0, 205, 40)) == {2: (1, closings(*TWO, mark)[2][1])}


def test_several_marks_close_the_same_number() -> None:
    assert closings(*TWO, POINT, (76, 18, 96, 22)) == {2: (1, "a point"), 3: (1, "a dash")}
    assert closings(*TWO, POINT, (76, 18, 96, 22), (102, 0, 120, 40)) == {}


def test_two_bars_above_each_other_are_an_equals_sign() -> None:
    bars = ((70, 12, 90, 16), (70, 24, 90, 28))
    assert closings(*TWO, (70, 12, 90, 28), parts=bars) == {2: (1, "an equals sign")}
    assert closings(*TWO, *bars) == {2: (1, "a dash"), 3: (1, "a dash")}


def test_a_dash_after_a_small_zero_is_measured_by_the_digits_before() -> None:
    assert closings(*TWO, (66, 20, 80, 38), (86, 26, 104, 30)) == {3: (2, "a dash")}


def test_the_line_below_is_not_closed() -> None:
    assert closings(*TWO, (70, 78, 90, 82)) == {}


def test_nothing_has_no_marks() -> None:
    assert find_closings(np.empty((0, 4)), np.empty((0, 4)), np.empty(0, np.intp)) == {}
    assert find_uprights(np.empty((0, 4)), 10.0) == {}


def test_an_upright_beside_two_lines_belongs_to_neither() -> None:
    rows = [(0.0, 0, 25, 40), (0, 60, 25, 100)]
    for upright in ((40.0, -5, 46, 104), (-20, 0, -14, 100)):
        assert find_uprights(np.array([*rows, upright]), 40.0) == {2: [0, 1]}


@pytest.mark.parametrize("one", [(40.0, 0, 46, 62), (40, 0, 90, 100), (200, 0, 206, 100)])
def test_a_digit_with_a_tail_and_what_is_wide_or_far_away_are_no_such_uprights(one: Box) -> None:
    assert find_uprights(np.array([(0.0, 0, 25, 40), (0, 60, 25, 100), one]), 40.0) == {}


def test_halves_of_a_broken_digit_are_no_two_lines() -> None:
    assert find_uprights(np.array([(0.0, 0, 25, 18), (0, 22, 25, 40), (40, -20, 46, 60)]), 40.0) == {}


def test_how_low_a_dash_is_is_a_parameter() -> None:
    row = np.array([*TWO, DASH], np.float64)
    assert find_closings(row, row, np.arange(3), replace(MARKS, dash_slenderness=9.0)) == {}


@pytest.mark.parametrize(
    ("mark", "is_one"),
    [
        (POINT, True),
        (COMMA, True),
        ((66, 0, 71, 12), True),  # an apostrophe
        ((58, 35, 63, 40), True),  # below a digit that leans over it
        (DASH, False),
        ((66, 0, 86, 5), False),  # the bar of a 5
        ((66, 18, 80, 40), False),  # a small zero
    ],
)
def test_points_have_digits_on_both_sides(mark: Box, is_one: bool) -> None:
    row = np.array([*TWO, mark, (95, 0, 120, 40)], np.float64)
    assert find_points(row, row, np.arange(4)) == [2] * is_one
    assert find_points(row[:3], row[:3], np.arange(3)) == []
