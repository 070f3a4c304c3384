"""The parameters of reading can be varied, and are what a reader goes by."""

from dataclasses import FrozenInstanceError, replace

import pytest

from mnist_nn.reading.parameters import READING, ReadingParameters
from mnist_nn.reading.reader import Reader
from mnist_nn.reading.reader_model import load_reader_model


def test_the_defaults_cannot_be_changed_in_place() -> None:
    assert ReadingParameters() == READING
    with pytest.raises(FrozenInstanceError):
        READING.max_error = 0.5  # type: ignore[misc]


def test_a_reader_takes_its_thresholds_from_them() -> None:
    lax = ReadingParameters(max_error=0.05, max_error_per_digit=0.02, uncalibrated_threshold=0.8)
    assert Reader(parameters=lax).threshold < Reader().threshold
    assert Reader(parameters=lax).limits.numbers.threshold < Reader().limits.numbers.threshold
    plain = replace(load_reader_model(), calibration=None)
    assert Reader(plain, parameters=lax).threshold == 0.8
