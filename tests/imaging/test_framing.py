"""Framing against MNIST itself, and against a literal loop over the published steps."""

import math

import hypothesis.extra.numpy as hnp
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_nn import load_data
from mnist_nn.errors import ImageError
from mnist_nn.imaging import framing
from mnist_nn.imaging.boxes import tight_window
from mnist_nn.imaging.framing import frame

TEST = load_data("mnist").test.images


def distance(a: npt.NDArray[np.uint8], b: npt.NDArray[np.uint8]) -> float:
    return float(np.abs(a.astype(int) - b.astype(int)).mean())


def pixel_by_pixel(ink: npt.NDArray[np.float64]) -> npt.NDArray[np.uint8]:
    """The six steps with plain loops, every source pixel giving its ink to the cells it touches."""
    rows, columns = np.nonzero(ink)
    ink = ink[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    side = max(*ink.shape, 10)
    square = np.zeros((side, side))
    top, left = int((side - ink.shape[0]) / 2), int((side - ink.shape[1]) / 2)
    square[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    while len(square) < 20:
        square = np.kron(square, np.ones((2, 2)))
    scale = 20 / len(square)
    small = np.zeros((20, 20))
    for i, j in np.ndindex(square.shape):
        for a, wa in touched(i, scale, len(square)):
            for b, wb in touched(j, scale, len(square)):
                small[a, b] += square[i, j] * wa * wb
    digit = np.floor(255 * small / min(1, small.max()) + 0.5).clip(0, 255)
    y, x = ((digit.sum(axis=axis) * (np.arange(20) + 0.5)).sum() / digit.sum() for axis in (1, 0))
    framed = np.zeros((68, 68))
    framed[20 + int(15 - y) :, 20 + int(15 - x) :][:20, :20] = digit
    return framed[20:48, 20:48].astype(np.uint8)


def inked(ink: npt.NDArray[np.bool_]) -> float:
    """How much ink the digit has before it is centred."""
    small = framing._resample(framing._double(framing._square(ink[tight_window(ink)].astype(float))))
    return float(np.floor(255 * small / min(1, small.max()) + 0.5).sum())


def touched(i: int, scale: float, side: int) -> list[tuple[int, float]]:
    start = 10 + scale * (i - side / 2)
    end = start + 0.99 * scale
    first, last = math.floor(start + 1e-11), math.ceil(end - 1e-11) - 1
    if first == last:
        return [(first, scale)]
    return [(first, min(max(first + 1 - start, 0), 1)), (last, min(max(end - last, 0), 1))]


@given(
    hnp.arrays(np.float64, st.tuples(st.integers(1, 45), st.integers(1, 45)), elements=st.sampled_from([0.0, 0.3, 1.0]))
)
def test_it_agrees_with_a_literal_loop(ink: npt.NDArray[np.float64]) -> None:
    if ink.any():
        assert np.abs(frame(ink).astype(int) - pixel_by_pixel(ink)).max() <= 1


def test_digits_that_are_framed_stay() -> None:
    distances = [distance(frame(image), image) for image in TEST[:500]]
    assert np.mean(distances) < 0.02
    assert max(distances) < 0.4


@pytest.mark.parametrize(("factor", "mean"), [(2, 2.0), (6, 2.5), (15, 2.5)])
def test_enlarged_digits_come_back(factor: int, mean: float) -> None:
    """A digit may land a pixel aside where its centre of mass lies on an edge; the mean says that few do."""
    distances = [distance(frame(image.repeat(factor, 0).repeat(factor, 1)), image) for image in TEST[:200]]
    assert np.mean(distances) < mean
    assert np.median(distances) < mean


@given(st.integers(0, 9_999), st.integers(0, 30), st.integers(0, 30))
def test_where_the_ink_lies_does_not_matter(row: int, top: int, left: int) -> None:
    moved = np.pad(TEST[row], ((top, 7), (left, 3)))
    assert np.array_equal(frame(moved), frame(TEST[row]))


@given(hnp.arrays(bool, st.tuples(st.integers(1, 60), st.integers(1, 60))))
def test_the_digit_fits_in_20_pixels_and_its_mass_is_centred(ink: npt.NDArray[np.bool_]) -> None:
    if not ink.any():
        return
    framed = frame(ink)
    assert framed.dtype == np.uint8
    assert framed.max() == 255
    for axis in (0, 1):
        where = np.flatnonzero(framed.any(axis=axis))
        assert where[-1] - where[0] < 20
        if framed.sum() < inked(ink):
            continue  # so lopsided that its far end falls outside, as it would have for MNIST
        mass = framed.astype(float).sum(axis=axis)
        assert 14 < (mass * (np.arange(28) + 0.5)).sum() / mass.sum() <= 15


def test_bytes_booleans_and_floats_are_the_same_ink() -> None:
    bar = np.zeros((40, 40), bool)
    bar[5:35, 18:24] = True
    assert np.array_equal(frame(bar), frame(bar * np.uint8(255)))
    assert np.array_equal(frame(bar), frame(bar.astype(np.float32)))


def test_a_dot_stays_small() -> None:
    assert 0 < np.count_nonzero(frame(np.ones((1, 1)))) <= 16


@pytest.mark.parametrize(
    ("ink", "words"),
    [
        (np.zeros((5, 5)), "no ink"),
        (np.zeros((0, 5)), "no ink"),
        (np.ones(5), "shape"),
        (np.ones((5, 5), np.int64), "int64"),
        (np.full((5, 5), np.nan), "finite"),
        (np.full((5, 5), -1.0), "below 0"),
    ],
)
def test_what_cannot_be_framed_is_said(ink: npt.NDArray[np.float64], words: str) -> None:
    with pytest.raises(ImageError, match=words):
        frame(ink)
