"""Weak ink is a stroke where it is connected to strong ink and is no shadow."""

from dataclasses import replace

import numpy as np
import pytest

from mnist_nn.imaging.clean.light import Shadow
from mnist_nn.imaging.clean.strokes import STROKES, find_front_strokes, find_strokes, measure_veil

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


def test_print_that_shows_through_is_told_from_ink_and_fading_ink_is_not() -> None:
    rim = np.linspace(0.24, 0.8, 400, dtype=np.float32)
    written, behind = np.full(900, 0.78, np.float32), np.full(900, 0.29, np.float32)
    veil = measure_veil(np.concatenate([written, behind, rim]), 0.8)
    assert 0.29 < veil < 0.6
    assert measure_veil(np.concatenate([written, rim]), 0.8) == 0
    assert measure_veil(np.linspace(0.24, 0.8, 3000, dtype=np.float32), 0.8) == 0
    assert measure_veil(np.concatenate([written[:90], behind[:90], rim[::10]]), 0.8) == 0


def test_what_shows_through_is_left_out_where_it_meets_ink_too() -> None:
    page = np.zeros((60, 90), np.float32)
    page[10:50, 30:60], page[5:55, 40:50] = 0.3, 0.8
    strokes, front = find_front_strokes(page, 0.8, 0.0, None)
    assert (strokes == (page > 0.5)).all()
    assert (front == np.where(page > 0.5, page, 0)).all()
