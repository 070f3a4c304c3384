"""Thin pens become as thick as MNIST's; MNIST's own digits, and whatever else is thick enough, stay as they are."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_nn import Dataset
from mnist_nn.evaluation.prediction import predict
from mnist_nn.imaging.framing import frame
from mnist_nn.imaging.thicken import PEN, thicken
from mnist_nn.reading.reader_model import load_reader_model

Floats = npt.NDArray[np.float64]


def ring(side: int, pen: float) -> Floats:
    """A zero as high as its picture, with a soft edge."""
    y, x = np.mgrid[:side, :side] + 0.5 - side / 2
    away = abs(np.hypot(x, y) - (side - pen) / 2)
    return np.asarray((pen / 2 + 0.5 - away).clip(0, 1))


def grow_plainly(ink: Floats, radius: int) -> Floats:
    """The maximum over a disk, pixel by pixel."""
    grown = np.zeros([length + 2 * radius for length in ink.shape])
    for y in range(-radius, radius + 1):
        for x in range(-radius, radius + 1):
            if x * x + y * y <= radius * radius:
                part = grown[radius + y : radius + y + ink.shape[0], radius + x : radius + x + ink.shape[1]]
                np.maximum(part, ink, out=part)
    return grown


def thickness(ink: Floats) -> float:
    """Of a ring: its area by its length, in its longer side."""
    return float((ink > 0.5 * ink.max()).sum() / (np.pi * max(ink.shape)) / max(ink.shape))


def test_at_most_one_in_a_thousand_of_mnists_own_digits_is_touched(mnist: Dataset) -> None:
    digits = np.asarray(mnist.train.images[::6]).reshape(-1, 28, 28)
    assert sum(thicken(digit) is not digit for digit in digits) <= len(digits) / 1000


@pytest.mark.parametrize("side", [60, 100, 160, 350, 900])
def test_a_thin_ring_becomes_as_thick_as_mnists_strokes_at_any_size(side: int) -> None:
    for pen in (1.5, 0.02 * side, 0.03 * side):
        thick = thicken(ring(side, pen))
        assert max(thick.shape) < 200, "large ink is made smaller"
        assert 0.7 < thickness(thick) / (PEN.target_per_mille / 1000) < 1.3


@given(st.integers(30, 150), st.floats(0.5, 30))
def test_ink_is_returned_as_it_is_or_grown_by_a_disk(side: int, pen: float) -> None:
    ink = ring(side, pen)
    thick = thicken(ink)
    if thick is not ink:
        rows, columns = (np.flatnonzero(ink.any(axis=axis)) for axis in (1, 0))
        box = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        np.testing.assert_array_equal(thick, grow_plainly(box, (len(thick) - len(box)) // 2))


def test_a_thick_ring_a_dot_and_a_blank_are_returned_as_they_are() -> None:
    for ink in (ring(100, 10.0), ring(100, 6.5), np.ones((3, 3)), np.zeros((9, 9))):
        assert thicken(ink) is ink


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.float32])
def test_every_kind_of_ink_keeps_its_kind(dtype: npt.DTypeLike) -> None:
    ink = (ring(100, 2.0) * (255 if dtype == np.uint8 else 1)).astype(dtype)
    thick = thicken(ink)
    assert thick.shape != ink.shape
    assert thick.dtype == ink.dtype
    assert thick.max() == ink.max()


def test_what_is_thin_and_how_thick_it_becomes_are_parameters() -> None:
    ink = ring(100, 6.5)
    assert thicken(ink, replace(PEN, thin_per_mille=80)).shape != ink.shape
    assert len(thicken(ring(100, 2.0), replace(PEN, target_per_mille=60))) < len(thicken(ring(100, 2.0)))


def test_faint_ink_is_measured_by_its_own_strength() -> None:
    np.testing.assert_allclose(thicken(0.3 * ring(100, 2.0)), 0.3 * thicken(ring(100, 2.0)))


def test_what_was_thin_is_then_read_with_more_confidence() -> None:
    model = load_reader_model()
    y, x = np.mgrid[:120, :120] + 0.5
    seven = np.minimum(np.where(x > 30, abs(y - 20), np.hypot(x - 30, y - 20)), abs((x - 90) + (y - 20) * 0.4) * 0.93)
    ink = ((1.5 - seven).clip(0, 1) * ((y > 18) & (y < 110) & (x < 92))).astype(np.float32)
    found = predict(model.network, np.stack([frame(ink), frame(thicken(ink))]), model.calibration)
    assert found.probabilities[1].argmax() == 7
    assert found.confidence[1] > max(0.9, found.confidence[0])
