"""Seams between digits that touch."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from mnist_nn.imaging.segment.cuts import CUTS, find_seams

Bools = npt.NDArray[np.bool_]


def two_rings(scale: int) -> Bools:
    y, x = np.mgrid[0 : 20 * scale, 0 : 36 * scale] / scale
    mask: Bools = (
        (abs(np.hypot(x - 9, y - 10) - 8) < 1.2)
        | (abs(np.hypot(x - 27, y - 10) - 8) < 1.2)
        | ((abs(y - 10) < 0.6) & (abs(x - 18) < 2))
    )
    return mask


@pytest.mark.parametrize("scale", [1, 2, 5])
def test_the_best_seam_goes_where_two_digits_touch_at_any_size(scale: int) -> None:
    ink = two_rings(scale)
    best = min(find_seams(ink, 20.0 * scale, 4), key=lambda seam: abs(seam.columns.mean() / scale - 18))
    assert 14 * scale <= best.columns.mean() <= 22 * scale  # seams need not be straight
    assert best.cost < 0.2  # the rings are this thick where they touch
    assert len(best.columns) == len(ink)
    assert (abs(np.diff(best.columns)) <= max(scale, 2)).all()


def test_seams_are_as_cheap_as_promised() -> None:
    ink = two_rings(1)
    for seam in find_seams(ink, 20.0, 6):
        assert ink[np.arange(20), seam.columns].sum() / 20 == pytest.approx(seam.cost)


def test_the_dearest_seam_is_a_parameter() -> None:
    ink = np.ones((20, 36), bool)
    assert find_seams(ink, 20.0, 4) == []
    assert len(find_seams(ink, 20.0, 4, replace(CUTS, dearest_heights=2.0))) == 4
