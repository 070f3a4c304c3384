"""The fits against other ways to find what they should find."""

from functools import cache

import numpy as np
import pytest

from mnist_nn import Network, NetworkConfig, Samples, TrainingConfig, train
from mnist_nn.data import load
from mnist_nn.data.non_digits import non_digits
from mnist_nn.errors import DataError
from mnist_nn.evaluation import calibration_fit
from mnist_nn.evaluation.calibration import Calibration, summarize
from mnist_nn.evaluation.calibration_fit import calibrate
from mnist_nn.evaluation.prediction import forward
from mnist_nn.training.placement import split
from mnist_nn.util.randomness import key

DATA = load("mnist")


@cache
def small(hidden: tuple[int, ...] = (30,), output: str = "softmax") -> tuple[Network, Samples, Calibration]:
    """A network of a second's training, its held-out digits and its calibration."""
    settings = TrainingConfig(loss="cross_entropy", batch_size=16, epochs=4, validation=4000, subset=24000)
    start = Network.create(NetworkConfig(hidden=hidden, activation="relu", output=output))
    *_, last = train(start, DATA.train, settings, engine="reference")
    held_out = split(DATA.train, settings)[1]
    assert held_out is not None
    return last.network, held_out, calibrate(last.network, held_out, key(0))


@pytest.mark.slow
def test_the_temperature_is_the_best_of_a_grid() -> None:
    network, held_out, _ = small()
    z = forward(network, held_out.images).astype(float)
    grid = np.linspace(0.3, 3, 271)
    cost = [-np.log(network.probabilities(z / t)[np.arange(len(z)), held_out.labels]).mean() for t in grid]
    found = calibration_fit.fit_temperature(network, z, held_out.labels)
    assert found == pytest.approx(grid[np.argmin(cost)], abs=0.011)


def test_the_eleventh_output_is_where_the_gradient_of_its_loss_is_zero() -> None:
    network, held_out, _ = small()
    others = non_digits("letters", 300, key(1), held_out.images)
    hidden, z_o = calibration_fit.run_network(network, np.concatenate([held_out.images, others]))
    features = np.column_stack([hidden, summarize(z_o)])
    weights, bias = calibration_fit.fit_digit_output(features, len(held_out))
    spread, t = features.std(axis=0), np.repeat([1, 0], [len(held_out), len(others)])
    share = np.where(t, len(t) / 2 / len(held_out), len(t) / 2 / len(others))
    step = 1e-4
    for entry in (0, 5, len(weights) - 1):

        def loss(change: float, entry: int = entry) -> float:
            w = weights.copy()
            w[entry] += change
            z = features @ w + bias - change * features[:, entry].mean()  # the standardised weight alone moves
            likelihood = np.logaddexp(0, -z) * t + np.logaddexp(0, z) * (1 - t)
            return float((share * likelihood).sum() + ((w * spread) ** 2).sum() / 2)

        slope = (loss(step) - loss(-step)) / (2 * step * spread[entry])
        assert abs(slope) < 1e-2


def test_equal_keys_fit_equally(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibration_fit, "EXAMPLES", 100)  # equal bits need no good fit
    network, held_out, _ = small()
    fitted, again = (calibrate(network, held_out, key(0)) for _ in range(2))
    assert again.temperature == fitted.temperature
    assert np.array_equal(again.weights, fitted.weights)
    assert np.array_equal(again.table, fitted.table)


def test_too_few_digits_are_said() -> None:
    network, held_out, _ = small()
    with pytest.raises(DataError, match="at least 200"):
        calibrate(network, held_out.take(range(100)), key(0))


def test_other_pictures_are_said() -> None:
    images = np.zeros((300, 8, 8), np.uint8)
    network = Network.create(NetworkConfig(inputs=64))
    with pytest.raises(DataError, match="28×28"):
        calibrate(network, Samples(images, np.zeros(300, np.int64)), key(0))


def test_a_limit_holds_for_other_hands_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibration_fit, "EXAMPLES", 50)
    network, held_out, alone = small()
    fit, test = held_out.take(range(500)), held_out.take(range(500, 1000))
    mislabelled = Samples(test.images, (test.labels + 1) % 10)
    assert calibrate(network, held_out, key(0), (fit, test)).least_error < 0.1
    assert calibrate(network, held_out, key(0), (fit, mislabelled)).least_error > 0.5
    assert alone.least_error < 0.1


def test_the_fit_knows_other_hands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibration_fit, "EXAMPLES", 50)
    network, held_out, alone = small()
    fit, test = held_out.take(range(500)), held_out.take(range(500, 1000))
    mislabelled = Samples(fit.images, (fit.labels + 1) % 10)
    assert calibrate(network, held_out, key(0), (mislabelled, test)).temperature > 1.2 * alone.temperature
