"""Distortions: exact where they can be, and accuracy that falls with them."""

import numpy as np
import pytest

from mnist_nn import Network, Samples, TrainingConfig, load_data, train
from mnist_nn.errors import ConfigError, DataError
from mnist_nn.evaluation.robustness import add_noise, measure_robustness, rotate, shift

DIGITS = load_data("mnist").test.take(range(120))


def test_distortions_by_hand() -> None:
    pictures = DIGITS.images[:9]
    for quarter in range(-2, 3):
        assert np.array_equal(rotate(pictures, 90 * quarter), np.rot90(pictures, -quarter, axes=(1, 2)))
    assert np.array_equal(shift(pictures, 3, (1, 0))[:, 3:], pictures[:, :-3])
    assert np.array_equal(shift(pictures, 2, (0, -1))[:, :, :-2], pictures[:, :, 2:])
    assert not shift(pictures, 28, (0, 1)).any()
    assert not shift(pictures, 99, (-1, 0)).any()
    assert np.array_equal(shift(pictures, 0, (1, 0)), pictures)
    grey = np.full((40, 20, 20), 128, np.uint8)
    assert add_noise(grey, 0.1).std() == pytest.approx(25.5, rel=0.02)
    assert np.array_equal(add_noise(grey, 0.1), add_noise(grey, 0.1))


def test_accuracy_falls_with_every_distortion() -> None:
    *_, last = train(Network.create(), load_data("mnist"), TrainingConfig(epochs=3, subset=5000), engine="reference")
    rotation, moved, noise = measure_robustness(last.network, DIGITS, engine="reference")
    plain = float(moved.accuracy[0])
    assert plain == rotation.accuracy[6] == noise.accuracy[0] > 0.7
    assert (rotation.amounts[6], rotation.samples) == (0, 120)
    assert max(rotation.accuracy[[0, 12]]) < plain - 0.2
    assert moved.accuracy[6] < plain - 0.4
    assert noise.accuracy[5] <= plain


def test_only_pictures_can_be_distorted() -> None:
    with pytest.raises(DataError, match="needs pictures of uint8"):
        measure_robustness(Network.create(), Samples(np.zeros((2, 784)), [0, 1]))
    with pytest.raises(ConfigError, match="the network is 5; call measure_robustness"):
        measure_robustness(5, DIGITS)  # type: ignore[arg-type]
