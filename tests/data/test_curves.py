"""Smooth lines go through their points, and corners stay corners."""

import hypothesis.extra.numpy as hnp
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mnist_nn.data.curves import catmull_rom

POINTS = hnp.arrays(np.float64, st.tuples(st.just(3), st.integers(2, 6), st.just(2)), elements=st.floats(-9, 9))


@given(points=POINTS, pieces=st.integers(1, 9))
def test_a_line_goes_through_its_points(points: np.ndarray, pieces: int) -> None:
    line = catmull_rom(points, pieces)
    assert line.shape == (3, (points.shape[1] - 1) * pieces + 1, 2)
    assert np.allclose(line[:, ::pieces], points)


@given(points=POINTS)
def test_lines_of_many_are_those_of_each(points: np.ndarray) -> None:
    assert np.allclose(catmull_rom(points, 4), [catmull_rom(one, 4) for one in points])


def test_points_in_a_row_stay_in_a_row() -> None:
    line = catmull_rom(np.array([[0.0, 0.0], [1.0, 2.0], [2.0, 4.0], [3.0, 6.0]]), 5)
    assert np.allclose(line[:, 1], 2 * line[:, 0])


def test_a_point_given_twice_is_a_corner() -> None:
    line = catmull_rom(np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 0.0], [4.0, 4.0]]), 8)
    assert np.abs(line - [4, 0]).sum(axis=1).min() == 0
    assert line[:9, 1].max() == 0  # straight up to it, no swing around it
