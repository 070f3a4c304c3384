"""Thinning against a literal loop over its published steps, distances against every point in turn."""

import hypothesis.extra.numpy as hnp
import numpy as np
import numpy.typing as npt
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from mnist_nn import load_data
from mnist_nn.data.handwriting.centre_lines import (
    distances_to_points,
    enlarge,
    follow,
    has_filled_loop,
    has_lost_loop,
    thin,
)

DIGITS = load_data("mnist").train.images[:40]
INK = hnp.arrays(np.bool_, st.tuples(st.integers(1, 10), st.integers(1, 9), st.integers(1, 9)))


def thin_by_pixel(ink: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Zhang and Suen's two passes, a pixel at a time."""
    ink = np.pad(ink, 1)
    while True:
        before = ink.copy()
        for second in (False, True):
            gone = []
            for y, x in zip(*np.nonzero(ink), strict=True):
                around = [
                    bool(ink[y + dy, x + dx])
                    for dy, dx in ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))
                ]
                p2, _, p4, _, p6, _, p8, _ = around
                steps = sum(not a and b for a, b in zip(around, around[1:] + around[:1], strict=True))
                blocked = (
                    (p2 and p4 and p8) or (p2 and p6 and p8) if second else (p2 and p4 and p6) or (p4 and p6 and p8)
                )
                if 2 <= sum(around) <= 6 and steps == 1 and not blocked:
                    gone.append((y, x))
            for place in gone:
                ink[place] = False
        if (ink == before).all():
            return ink[1:-1, 1:-1]


@given(ink=INK)
@settings(max_examples=60)
def test_thinning_is_zhang_and_suens(ink: npt.NDArray[np.bool_]) -> None:
    assert np.array_equal(thin(ink), [thin_by_pixel(picture) for picture in ink])


def test_a_digits_line_is_thin_and_hangs_together_as_the_digit_does() -> None:
    ink = enlarge(DIGITS)
    lines = thin(ink)
    assert (lines <= ink).all()
    assert lines.sum() < 0.35 * ink.sum()
    eight = np.ones((3, 3))
    for picture, line in zip(ink, lines, strict=True):
        assert ndimage.label(picture, eight)[1] == ndimage.label(line, eight)[1]


def test_enlarging_keeps_the_shape() -> None:
    ink = enlarge(DIGITS)
    assert ink.shape == (40, 56, 56)
    small = ink.reshape(40, 28, 2, 28, 2).mean(axis=(2, 4)) > 0.5
    assert (small == (DIGITS > 110)).mean() > 0.98


@given(points=hnp.arrays(np.float32, (2, 3, 2), elements=st.floats(0, 8, width=32)))
def test_distances_are_those_to_the_nearest_point(points: npt.NDArray[np.float32]) -> None:
    y, x = np.mgrid[:9, :9]
    away = [np.min([np.hypot(x - px, y - py) for px, py in of.tolist()], axis=0) for of in points]
    assert np.abs(distances_to_points(points, 9) / 20 - away).max() <= 0.026


def test_far_away_is_the_greatest_byte() -> None:
    assert distances_to_points(np.zeros((1, 1, 2)), 30)[0, 29, 29] == 255


def test_points_follow_the_line_and_leave_no_gap() -> None:
    lines = thin(enlarge(DIGITS))
    points, counts = follow(lines)
    for line, path, count in zip(lines, points, counts, strict=True):
        away = ndimage.distance_transform_edt(~line)
        rows, columns = np.round(path[:count]).astype(int).T[::-1]
        assert away[rows, columns].max() <= 2
        near = distances_to_points(path[None, :count])[0] / 20
        assert near[line].max() <= 2.3
        assert (path[count:] == path[count - 1]).all()


def test_a_staircase_becomes_a_slope() -> None:
    line = np.zeros((1, 40, 40), bool)
    line[0, np.arange(32) // 4 + 8, np.arange(32)] = True
    points, counts = follow(line)
    path = points[0, : counts[0]]
    inner = path[(path[:, 0] > 4) & (path[:, 0] < 28)]
    residual = inner[:, 1] - np.polyval(np.polyfit(inner[:, 0], inner[:, 1], 1), inner[:, 0])
    assert np.abs(residual).max() < 0.3  # the stairs are half a pixel off


def test_a_blank_picture_has_a_dot_in_its_middle() -> None:
    points, counts = follow(np.zeros((1, 56, 56), bool))
    assert counts.tolist() == [1]
    assert points[0].tolist() == [[28, 28]]


def test_a_loop_full_of_ink_is_found_and_an_open_one_is_none() -> None:
    y, x = np.mgrid[:56, :56]
    from_loop = np.hypot(x - 28, y - 36)
    stem = (abs(x - 19) <= 2) & (y > 8) & (y < 40)
    full, hollow = stem | (from_loop < 11), stem | ((from_loop < 11) & (from_loop > 6))
    ink = np.stack([full, hollow, stem])
    assert has_filled_loop(ink, thin(ink)).tolist() == [True, False, False]


def test_most_loops_are_kept_and_a_zero_without_its_round_is_found() -> None:
    train = load_data("mnist").train
    labels = train.labels[:200]
    fields = np.stack(
        [
            distances_to_points(path[None, :count])[0]
            for path, count in zip(*follow(thin(enlarge(train.images[:200]))), strict=True)
        ]
    )
    lost = has_lost_loop(fields, labels)
    assert not lost[~np.isin(labels, (0, 6, 8, 9))].any()
    assert 0.02 < lost[np.isin(labels, (0, 6, 8, 9))].mean() < 0.5
    ones = fields[labels == 1]
    assert has_lost_loop(ones, np.zeros(len(ones), np.int64)).all()
