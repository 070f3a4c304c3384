"""Signs stand where they are told, in the line's height, and say how much room they took."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from mnist_nn.data.handwriting.signs import Signs
from mnist_nn.util.randomness import key

COUNT = 30
ROWS = np.arange(COUNT)
LEFT = np.full(COUNT, 20.0)


def signs(slant: float = 0.0) -> Signs:
    one = np.ones(COUNT)
    ink = np.zeros((COUNT, 32, 90), np.float32)
    return Signs(ink, ROWS, 15.5 * one, 20 * one, 2 * one, slant * one, (5, 25))


def box(ink: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.int64], ...]:
    """First and last row and column with ink of every line."""
    rows, columns = (ink > 0.5).any(axis=2), (ink > 0.5).any(axis=1)
    return (rows.argmax(axis=1), 31 - rows[:, ::-1].argmax(axis=1), columns.argmax(axis=1),
            89 - columns[:, ::-1].argmax(axis=1))  # fmt: skip


WRITERS: dict[str, Callable[[Signs], npt.NDArray[np.float64]]] = {
    "point": lambda to: to.write_point(ROWS, LEFT, key(1)),
    "dash": lambda to: to.write_dash(ROWS, LEFT, key(1), 1),
    "equals": lambda to: to.write_dash(ROWS, LEFT, key(1), 2),
    "dollar": lambda to: to.write_dollar(ROWS, LEFT, key(1)),
    "hash": lambda to: to.write_hash(ROWS, LEFT, key(1)),
}


@pytest.mark.parametrize("name", WRITERS)
def test_a_sign_ends_where_it_says(name: str) -> None:
    to = signs()
    end = WRITERS[name](to)
    _, _, left, right = box(to.ink)
    assert (left >= 15).all()
    assert (right <= end + 3).all()
    assert (right > 20).all()


@pytest.mark.parametrize("name", WRITERS)
def test_a_slanted_sign_leans_with_its_line(name: str) -> None:
    upright, slanted = signs(), signs(0.5)
    WRITERS[name](upright)
    WRITERS[name](slanted)
    y, x = np.mgrid[:32, :90]
    for line in range(COUNT):
        before, after = (np.average(x, weights=to.ink[line]) for to in (upright, slanted))
        row = np.average(y, weights=slanted.ink[line])
        assert abs(before - after - 0.5 * (row - 15.5)) < 1


def test_points_lie_low_and_are_small() -> None:
    to = signs()
    WRITERS["point"](to)
    top, foot, left, right = box(to.ink)
    assert (top > 20).all()
    assert (foot - top < 10).all()
    assert (right - left < 8).all()


def test_dashes_are_level_and_an_equals_sign_is_two() -> None:
    one, two = signs(), signs()
    WRITERS["dash"](one)
    WRITERS["equals"](two)
    top, foot, left, right = box(one.ink)
    assert (foot - top <= 5).all()
    assert (right - left >= 3).all()
    high = [np.diff((line.max(axis=1) > 0.5).astype(int), prepend=0) for line in two.ink]
    assert sum((steps == 1).sum() == 2 for steps in high) > COUNT // 3  # the others are joined by their slopes
    assert (two.ink.sum(axis=(1, 2)) > 1.4 * one.ink.sum(axis=(1, 2))).all()


def test_a_dollar_is_higher_than_wide_and_in_the_middle() -> None:
    to = signs()
    WRITERS["dollar"](to)
    top, foot, left, right = box(to.ink)
    assert (foot - top > right - left).all()
    assert np.abs((top + foot) / 2 - 15.5).max() < 2
