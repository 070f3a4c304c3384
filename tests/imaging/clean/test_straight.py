"""Thin runs are told to the pixel, and lines are fitted to most points."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_nn.imaging.clean.straight import fit_line, keep_thin, middle_of


@given(st.integers(1, 9), st.integers(1, 9))
def test_runs_as_long_as_the_limit_are_thin(run: int, limit: int) -> None:
    mask = np.zeros((30, 3), bool)
    mask[10 : 10 + run, 1] = True
    np.testing.assert_array_equal(keep_thin(mask, limit), mask & (run <= limit))


@given(st.floats(-0.2, 0.2), st.floats(-50, 50))
def test_a_line_is_fitted_though_some_points_lie_elsewhere(slope: float, middle: float) -> None:
    x = np.arange(60.0)
    y = middle + slope * x
    y[::10] += 4
    assert fit_line(x, y) == pytest.approx((slope, middle), abs=0.05)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=9))
def test_the_middle_is_the_median(values: list[float]) -> None:
    assert middle_of(np.array(values)) == np.median(values)
