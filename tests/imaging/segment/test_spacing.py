"""Gaps that are alike make one number of a line; wider ones and printed lines part it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_nn.imaging.segment.spacing import SPACING, Boxes, join_even


def row(*gaps: float, width: float = 20, height: float = 40) -> Boxes:
    """Digits side by side with these gaps."""
    lefts = np.concatenate([[0.0], np.cumsum(np.add(gaps, width))])
    return np.stack([lefts, 0 * lefts, lefts + width, 0 * lefts + height], axis=1)


def numbers(digits: Boxes) -> list[int]:
    alone = np.arange(len(digits))
    return join_even(digits, alone, np.zeros(len(digits), np.intp)).tolist()


@given(st.lists(st.floats(30, 42), min_size=2, max_size=9), st.floats(0.5, 3))
def test_gaps_that_are_alike_make_one_number_at_any_size(gaps: list[float], scale: float) -> None:
    assert set(numbers(row(*gaps) * scale)) == {0}


@pytest.mark.parametrize("gaps", [(36,), (36, 70), (36, 8, 36), (70, 70, 70)])
def test_other_gaps_tell_nothing(gaps: tuple[float, ...]) -> None:
    assert numbers(row(*gaps)) == list(range(len(gaps) + 1))


def test_a_clearly_wider_gap_parts_two_numbers() -> None:
    assert numbers(row(36, 34, 58, 35, 37)) == [0, 0, 0, 1, 1, 1]


def test_narrow_ones_stand_as_far_apart_as_others() -> None:
    digits = row(36, 36, 36)
    digits[1, [0, 2]] += (8, -8)  # a 1 in the middle of its room
    assert set(numbers(digits)) == {0}


def test_lines_are_looked_at_apart() -> None:
    digits = np.concatenate([row(36, 36), row(36) + np.array([0, 60, 0, 60])])
    assert join_even(digits, np.arange(5), np.array([0, 0, 0, 1, 1])).tolist() == [0, 0, 0, 1, 2]


def test_a_printed_upright_parts_boxes_and_a_level_line_does_not() -> None:
    digits, alone, line = row(36, 36), np.arange(3), np.zeros(3, np.intp)
    printed = np.zeros((40, 140), bool)
    printed[38:, :] = True
    assert join_even(digits, alone, line, printed).tolist() == [0, 0, 0]
    printed[:, 38:41] = True
    assert join_even(digits, alone, line, printed).tolist() == [0, 1, 1]


def test_how_wide_a_gap_may_be_is_a_parameter() -> None:
    digits, alone, line = row(70, 70), np.arange(3), np.zeros(3, np.intp)
    wide = replace(SPACING, widest_gap_heights=2.0)
    assert join_even(digits, alone, line, parameters=wide).tolist() == [0, 0, 0]
