"""Points between the digits of a number are found, and dust is not."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from mnist_nn.imaging.segment.points import POINTS, locate_points

Bools = npt.NDArray[np.bool_]


def strokes() -> Bools:
    mask = np.zeros((40, 60), bool)
    mask[5:35, 5:10] = mask[5:35, 45:50] = True
    return mask


def dot(top: int, left: int, side: int) -> Bools:
    mask = np.zeros((40, 60), bool)
    mask[top : top + side, left : left + side] = True
    return mask


@pytest.mark.parametrize(
    ("specks", "points"),
    [
        (dot(30, 25, 5), 1),
        (dot(30, 25, 5) | dot(12, 25, 5), 2),  # a colon
        (dot(30, 25, 2), 0),  # dust
        (dot(20, 18, 14), 0),  # a blot
        (dot(30, 53, 5), 0),  # after the last digit
        (dot(0, 25, 4), 0),  # above the digits
        (dot(0, 0, 0), 0),
    ],
)
def test_specks_as_large_as_a_pen_makes_them_count_between_digits(specks: Bools, points: int) -> None:
    assert len(locate_points(strokes(), specks)) == points


def test_how_large_a_point_is_is_a_parameter() -> None:
    assert locate_points(strokes(), dot(30, 25, 5), replace(POINTS, least_px=6)) == ()
