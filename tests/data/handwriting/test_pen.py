"""Paths follow from hand and copy, and points lie evenly along them."""

import numpy as np
import pytest

from mnist_nn.data.handwriting.pen import FormDraws, resample, trace
from mnist_nn.data.handwriting.styles import FAMILIES, draw_hands
from mnist_nn.util.randomness import key

HANDS = draw_hands(6, key(3), "train")


def one(writer: int, copy: int) -> list[np.ndarray]:
    return trace(HANDS, np.array([writer]), np.array([copy]), 5, 0)


def test_a_path_does_not_depend_on_who_writes_beside_it() -> None:
    together = trace(HANDS, np.arange(6), np.zeros(6, np.int64), 5, 0)
    for writer in range(6):
        for stroke, alone in zip(together, one(writer, 0), strict=True):
            assert np.allclose(stroke[writer], alone[0], atol=1e-6)


def test_a_hand_repeats_itself_more_than_another_does() -> None:
    same = np.mean([np.abs(one(w, 0)[0] - one(w, 1)[0]).mean() for w in range(6)])
    other = np.mean([np.abs(one(w, 0)[0] - one((w + 1) % 6, 0)[0]).mean() for w in range(6)])
    assert 0 < same < other / 1.5


@pytest.mark.parametrize("family", FAMILIES)
def test_numbers_of_a_form_stay_in_the_familys_intervals(family: str) -> None:
    hands = draw_hands(50, key(4), family)
    draws = FormDraws(hands, np.repeat(np.arange(50), 8), np.tile(np.arange(8), 50), 3)
    for _ in range(10):
        shares = (draws(2.0, 7.0) - 2) / 5
        inside = [(shares >= start - 1e-5) & (shares <= end + 1e-5) for start, end in FAMILIES[family]]
        assert np.any(inside, axis=0).all()


def test_hooks_are_short_and_at_the_ends() -> None:
    *_, first = (stroke for stroke in one(0, 0)[:1])
    assert np.hypot(*(first[0, 0] - first[0, 1])) <= HANDS.hook_length[0]
    assert np.hypot(*(first[0, -1] - first[0, -2])) <= HANDS.hook_length[0]


def test_resampled_points_are_evenly_spaced_and_on_the_path() -> None:
    turn = np.linspace(0, np.pi, 40)
    arc = np.stack([np.cos(turn), np.sin(turn)], axis=-1)[None]
    points = resample([arc], np.pi / 29)[0]
    assert np.allclose(np.hypot(*points.T), 1, atol=1e-3)
    steps = np.hypot(*np.diff(points, axis=0).T)
    assert np.allclose(steps, np.pi / 29, rtol=0.04)


def test_a_shorter_path_has_fewer_points_and_then_its_last() -> None:
    paths = np.array([[[0.0, 0.0], [1.0, 0.0]], [[0.0, 0.0], [9.0, 0.0]]])
    both, alone = resample([paths], 0.5), resample([paths[:1]], 0.5)
    assert alone[0].tolist() == both[0, : len(alone[0])].tolist()
    assert (both[0, len(alone[0]) :] == [1, 0]).all()


def test_no_point_lies_where_the_pen_is_lifted() -> None:
    first, second = np.array([[[0.0, 0.0], [1.0, 0.0]]] * 3), np.array([[[5.0, 0.0], [6.0, 0.0]]] * 3)
    points = resample([first, second], 0.05)
    assert ((points[..., 0] <= 1) | (points[..., 0] >= 5)).all()
    assert points[:, [0, -1], 0].tolist() == [[0, 6]] * 3
