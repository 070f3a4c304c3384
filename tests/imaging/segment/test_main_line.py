"""Of a field's ink, its line is found; bits of other lines are left out, and other whole lines are told."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_nn.imaging.segment.main_line import find_main_line

LINE = [[10.0, 30, 30, 70], [40, 32, 45, 71], [55, 28, 75, 68]]
AREAS = [300.0, 150, 320]


def find(*others: list[float], height: int = 100) -> tuple[list[bool], bool]:
    found = find_main_line(np.array([*LINE, *others]), np.array([*AREAS, *[400.0] * len(others)]), height)
    assert found.belongs[:3].all()
    return found.belongs[3:].tolist(), found.several


@given(st.integers(1, 24), st.booleans(), st.integers(0, 60))
def test_bits_at_the_upper_and_lower_edge_are_left_out_silently(reach: int, lower: bool, left: int) -> None:
    rows = [100.0 - reach, 100] if lower else [0.0, reach]
    assert find([left, rows[0], left + 30, rows[1]]) == ([False], False)


def test_another_whole_line_is_told_and_lower_writing_is_not() -> None:
    assert find([10, 80, 30, 118], height=120) == ([False], True)
    assert find([10, 95, 30, 110], height=120) == ([False], False)


@pytest.mark.parametrize("part", [[80.0, 66, 84, 80], [80, 20, 95, 28], [80, 30, 100, 99], [80, 0, 84, 100]])
def test_commas_broken_parts_tails_and_what_fills_the_picture_belong_to_the_line(part: list[float]) -> None:
    assert find(part) == ([True], False)


def test_a_number_that_fills_its_picture_is_its_line() -> None:
    boxes = np.array([[0.0, 0, 20, 40], [25, 1, 40, 40], [45, 0, 60, 38]])
    assert find_main_line(boxes, np.full(3, 200.0), 40).belongs.all()
