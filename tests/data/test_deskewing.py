"""Upright copies of pictures, beside the formula in floats, and what it must leave alone."""

import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnist_nn import load_data
from mnist_nn.data.deskewing import deskew, measure_shifts
from mnist_nn.errors import DataError

Pixels = npt.NDArray[np.uint8]


@pytest.fixture(scope="module")
def digits() -> Pixels:
    return load_data("mnist").test.images[:300]


def measure_slant(picture: npt.NDArray[np.float64]) -> float:
    """Covariance of rows and columns by the variance of the rows, by their definition."""
    rows, columns = np.mgrid[: len(picture), : len(picture)]
    m = picture.sum()
    y, x = (picture * rows).sum() / m, (picture * columns).sum() / m
    return float((picture * (rows - y) * (columns - x)).sum() / (picture * (rows - y) ** 2).sum())


def shear(picture: npt.NDArray[np.float64], slant: float) -> npt.NDArray[np.float64]:
    """Move row r by slant · (r - ȳ) to the left, with NumPy's own linear interpolation."""
    side = len(picture)
    middle = (picture.sum(axis=1) * np.arange(side)).sum() / picture.sum()
    columns, wide = np.arange(side), np.arange(-1, side + 1)
    return np.array([
        np.interp(columns + slant * (row - middle), wide, np.pad(ink, 1), left=0, right=0)
        for row, ink in enumerate(picture)
    ])  # fmt: skip


def test_pictures_are_sheared_by_their_own_slant(digits: Pixels) -> None:
    expected = np.array([shear(one, measure_slant(one)) for one in digits.astype(float)])
    assert abs(deskew(digits).astype(float) - expected).max() <= 5, "1/256 of a column and 1/1024 of the slant"


def test_digits_stand_upright_and_where_they_were(digits: Pixels) -> None:
    before, after = digits.astype(float), deskew(digits).astype(float)
    slants = np.abs([measure_slant(one) for one in after])
    assert slants.max() < 0.02 < np.abs([measure_slant(one) for one in before]).mean()
    assert abs(after.sum(axis=2) - before.sum(axis=2)).max() < 30, "the ink of every row, but for rounding"
    columns = np.arange(28)
    means = [(one.sum(axis=1) @ columns) / one.sum(axis=(1, 2)) for one in (before, after)]
    assert abs(means[0] - means[1]).max() < 0.05


@pytest.mark.parametrize("ink", [0, 1, 255])
def test_a_picture_of_one_grey_stays_as_it_is(ink: int) -> None:
    picture = np.full((2, 28, 28), ink, np.uint8)
    assert (deskew(picture) == picture).all()


def test_a_dash_stays_as_it_is() -> None:
    picture = np.zeros((1, 28, 28), np.uint8)
    picture[0, 14, 3:25] = 200
    assert (deskew(picture) == picture).all()


@settings(max_examples=50)
@given(st.integers(1, 6), st.randoms(use_true_random=False))
def test_integers_of_any_size_give_the_same_bytes(side: int, draw: object) -> None:
    """Python's integers have no limit, so what 64 bits hold is seen."""
    image = [[draw.choice([0, 0, 1, 255]) for _ in range(side)] for _ in range(side)]  # type: ignore[attr-defined]
    ink = [(image[r][c], r, c) for r in range(side) for c in range(side)]
    m, y, x = sum(p for p, _, _ in ink), sum(p * r for p, r, _ in ink), sum(p * c for p, _, c in ink)
    xy, yy = sum(p * r * c for p, r, c in ink), sum(p * r * r for p, r, _ in ink)
    slant = max(-1024, min(1024, 1024 * (m * xy - x * y) // max(m * yy - y * y, 1)))
    shifts = [slant * (r * m - y) // (4 * max(m, 1)) for r in range(side)]
    assert measure_shifts(np.array([image], np.uint8)).tolist() == [shifts]
    upright = [
        [((256 - s % 256) * at(row, c + s // 256) + s % 256 * at(row, c + s // 256 + 1) + 128) // 256
         for c in range(side)]
        for row, s in zip(image, shifts, strict=True)
    ]  # fmt: skip
    assert deskew(np.array([image], np.uint8)).tolist() == [upright]


def at(row: list[int], column: int) -> int:
    return row[column] if 0 <= column < len(row) else 0


def test_the_largest_moments_fit_64_bits() -> None:
    side = 64
    picture = np.zeros((1, side, side), np.uint8)
    picture[0, : side // 2, : side // 2] = picture[0, side // 2 :, side // 2 :] = 255
    slant = measure_slant(picture[0].astype(float))
    expected = [math.floor(math.floor(1024 * slant) * (row - 31.5) / 4) for row in range(side)]
    assert measure_shifts(picture)[0].tolist() == pytest.approx(expected, abs=1)


def test_flat_rows_and_floats_are_pictures_too(digits: Pixels) -> None:
    upright = deskew(digits)
    assert (deskew(digits.reshape(-1, 784)) == upright.reshape(-1, 784)).all()
    assert (deskew(digits / np.float32(255)) == upright).all()
    assert deskew(digits[:0]).shape == (0, 28, 28)


@pytest.mark.parametrize(
    ("images", "said"),
    [
        (np.full((1, 4, 4), 1.5), "floats from 0 to 1"),
        (np.full((1, 4, 4), np.nan), "floats from 0 to 1"),
        (np.zeros((1, 4, 4), np.int64), "needs pixels"),
        (np.zeros((1, 4, 5), np.uint8), "only square pictures are deskewed"),
    ],
    ids=["large", "nan", "integers", "wide"],
)
def test_what_is_no_picture_is_refused(images: npt.NDArray[np.uint8], said: str) -> None:
    with pytest.raises(DataError, match=said):
        deskew(images)
