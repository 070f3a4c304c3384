"""Weak ink is a stroke where it is connected to strong ink and is no shadow."""

from dataclasses import replace

import numpy as np
import pytest

from mnist_nn.imaging.clean.light import Shadow
from mnist_nn.imaging.clean.strokes import STROKES, find_strokes

INK = np.zeros((40, 60), np.float32)
INK[10:20, 10:14] = 0.9
INK[20:30, 10:14] = 0.4  # weak, below strong ink
INK[10:30, 40:44] = 0.4  # weak, alone


def test_weak_ink_is_kept_where_it_holds_strong_ink() -> None:
    found = find_strokes(INK, 0.9, 0.0, None)
    np.testing.assert_array_equal(found, (INK > 0) & (np.arange(60) < 30))


def test_ink_that_meets_at_a_corner_is_connected() -> None:
    ink = np.array([[0.9, 0.0], [0.0, 0.4]], np.float32)
    assert find_strokes(ink, 0.9, 0.0, None).tolist() == [[True, False], [False, True]]


def test_what_is_no_darker_than_paper_near_it_is_a_shadow() -> None:
    ground = np.full(INK.shape, 200, np.float32)
    assert not find_strokes(INK, 0.9, 0.0, Shadow(np.zeros_like(INK), ground)).any()
    assert find_strokes(INK, 0.9, 0.0, Shadow(200 * INK, ground)).any()


def test_noise_is_no_weak_ink() -> None:
    assert not find_strokes(INK, 0.9, 0.2, None)[20:30].any()


@pytest.mark.parametrize(("strong", "kept"), [(0.4, True), (0.55, False)])
def test_how_strong_ink_must_be_is_a_parameter(strong: float, kept: bool) -> None:
    found = find_strokes(INK, 0.9, 0.0, None, replace(STROKES, strong_share_of_ink=strong))
    assert found[10:30, 40:44].all() == kept
