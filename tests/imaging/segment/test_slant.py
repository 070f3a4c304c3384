"""How far writing leans, and writing set upright."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_nn.imaging.segment.slant import SLANT, measure_excess, set_upright


@pytest.mark.parametrize("lean", [-1.0, -0.6, 0.0, 0.2, 0.7, 1.0])
def test_only_what_leans_far_is_set_upright(lean: float) -> None:
    writing = np.zeros((40, 300), bool)
    for row in range(40):
        for left in range(60, 220, 30):
            writing[row, round(left + lean * (20 - row)) + np.arange(4)] = True
    expected = np.sign(lean) * max(0.0, abs(lean) - SLANT.usual_slope)
    assert measure_excess(writing) == pytest.approx(expected, abs=0.06)


@given(st.floats(-SLANT.furthest_slope, SLANT.furthest_slope), st.integers(1, 12), st.integers(1, 12))
def test_setting_upright_loses_no_ink(lean: float, height: int, width: int) -> None:
    ink = np.random.default_rng(0).random((height, width))
    moved = set_upright(ink, lean)
    assert moved.sum() == pytest.approx(ink.sum())
    assert len(moved) == height


def test_the_usual_slant_is_a_parameter() -> None:
    writing = np.zeros((40, 120), bool)
    for row in range(40):
        writing[row, [40 - row, 70 - row, 100 - row]] = True
    assert measure_excess(writing, replace(SLANT, usual_slope=0.8)) == pytest.approx(measure_excess(writing) - 0.5)
