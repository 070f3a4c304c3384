"""Strokes lie where they are told, as wide as told, and darken only."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mnist_nn.data.handwriting.marks import Marks, draw_marks, paste

PLACE = st.floats(-10, 40)


@settings(max_examples=40)
@given(ends=st.tuples(PLACE, PLACE, PLACE, PLACE), pen=st.floats(0.5, 6))
def test_a_stroke_is_all_that_is_within_half_a_pen(ends: tuple[float, float, float, float], pen: float) -> None:
    canvas = np.zeros((2, 20, 30), np.float32)
    draw_marks(canvas, Marks(np.array([1]), *(np.array([end]) for end in ends), np.array([pen])))
    x0, y0, x1, y1 = ends
    t = np.linspace(0, 1, 400)
    y, x = np.mgrid[:20, :30]
    away = np.min(np.hypot(x[..., None] - (x0 + t * (x1 - x0)), y[..., None] - (y0 + t * (y1 - y0))), axis=-1)
    assert np.abs(canvas[1] - np.clip(pen / 2 + 0.5 - away, 0, 1)).max() < 0.09  # half of a step between the points
    assert not canvas[0].any()


def test_the_darker_of_both_stays() -> None:
    canvas = np.full((1, 5, 5), 0.4, np.float32)
    one = np.ones(1)
    draw_marks(canvas, Marks(np.array([0]), 0 * one, 2 * one, 4 * one, 2 * one, one, np.float32(0.3)))
    assert (canvas == np.float32(0.4)).all()


def test_patches_are_cut_at_the_canvas() -> None:
    canvas = np.zeros((3, 2, 6), np.float32)
    paste(canvas, np.array([0, 1, 2]), np.array([-2, 4, 9]), np.ones((3, 2, 4), np.float32))
    assert canvas[:, 0].astype(int).tolist() == [[1, 1, 0, 0, 0, 0], [0, 0, 0, 0, 1, 1], [0] * 6]


def test_nothing_to_draw_changes_nothing() -> None:
    canvas = np.zeros((1, 2, 2), np.float32)
    none = np.zeros(0)
    draw_marks(canvas, Marks(np.zeros(0, np.int64), none, none, none, none, none))
    assert not canvas.any()
