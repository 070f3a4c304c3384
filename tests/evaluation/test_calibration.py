"""Calibration: the parts against independent ways to compute them, and the promise it makes on unseen digits."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from mnist_nn import Model, Network, NetworkConfig, Reader, Samples, TrainingConfig, train
from mnist_nn.data import load
from mnist_nn.data.augmentation import augment
from mnist_nn.data.non_digits import KINDS, non_digits
from mnist_nn.errors import ConfigError
from mnist_nn.evaluation import calibration_fit
from mnist_nn.evaluation.calibration import Calibration
from mnist_nn.evaluation.calibration_fit import calibrate
from mnist_nn.evaluation.prediction import predict
from mnist_nn.reading.reader_model import load_reader_model
from mnist_nn.training.placement import split
from mnist_nn.util.randomness import key

DATA = load("mnist")


@cache
def small() -> tuple[Network, Samples, Calibration]:
    """A network of a second's training, its held-out digits and its calibration."""
    network, held_out = trained((30,), "softmax", subset=24000, epochs=4)
    return network, held_out, calibrate(network, held_out, key(0))


def trained(hidden: tuple[int, ...], output: str, *, subset: int, epochs: int) -> tuple[Network, Samples]:
    """A network and the sixth of its digits that were held out."""
    settings = TrainingConfig(loss="cross_entropy", batch_size=16, epochs=epochs, validation=subset // 6, subset=subset)
    start = Network.create(NetworkConfig(hidden=hidden, activation="relu", output=output))
    *_, last = train(start, DATA.train, settings, engine="reference")
    held_out = split(DATA.train, settings)[1]
    assert held_out is not None
    return last.network, held_out


def test_without_calibration_everything_is_a_digit() -> None:
    network, held_out, _ = small()
    predictions = predict(network, held_out.images[:50])
    assert (predictions.is_digit == 1).all()
    assert np.allclose(predictions.confidence, predictions.probabilities.max(axis=1))


@pytest.mark.parametrize(
    ("hidden", "output"), [((30,), "softmax"), ((24, 12), "softmax"), ((), "softmax"), ((30,), "sigmoid")]
)
def test_the_score_is_the_written_formula(
    hidden: tuple[int, ...], output: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calibration_fit, "EXAMPLES", 100)  # a formula needs no good fit
    network, held_out = trained(hidden, output, subset=2400, epochs=1)
    fitted = calibrate(network, held_out, key(0))
    images = held_out.images[:40]
    h = images.reshape(40, -1) / 255.0
    for W, b in zip(network.weights[:-1], network.biases[:-1], strict=True):
        h = np.maximum(h @ W.T.astype(float) + b, 0)
    z = h @ network.weights[-1].T.astype(float) + network.biases[-1]
    top = np.sort(z, axis=1)
    features = np.column_stack([h, np.log(np.exp(z).sum(axis=1)), top[:, -1], top[:, -2]])
    is_digit = 1 / (1 + np.exp(-(features @ fitted.weights + fitted.bias)))
    o = np.exp(z / fitted.temperature) if output == "softmax" else 1 / (1 + np.exp(-z / fitted.temperature))
    predictions = predict(network, images, fitted)
    assert np.allclose(predictions.is_digit, is_digit, atol=1e-4)
    assert np.allclose(predictions.probabilities, o / o.sum(axis=1, keepdims=True), atol=1e-4)
    assert np.allclose(predictions.confidence, predictions.is_digit * predictions.probabilities.max(axis=1))


@pytest.mark.slow
@pytest.mark.parametrize("max_error", [0.03, 0.05])
def test_the_promise_holds_on_digits_nobody_saw(max_error: float) -> None:
    network, _, fitted = small()
    point = fitted.operating_point(max_error)
    for images in (DATA.test.images[:4000], augment(DATA.test.images[:4000], key(9), "affine")):
        predictions = predict(network, images, fitted)
        accepted = predictions.confidence >= point.threshold
        wrong = predictions.probabilities.argmax(axis=1) != DATA.test.labels[:4000]
        assert (wrong & accepted).sum() <= max_error * accepted.sum()
        assert accepted.any()


def test_the_shipped_reader_refuses_what_is_no_digit_and_keeps_its_promise() -> None:
    model = load_reader_model()
    assert model.calibration is not None
    predictions = predict(model.network, DATA.test.images, model.calibration)
    at_95 = np.quantile(predictions.confidence, 0.05)
    learned = ("blank", "noise", "scribbles", "letters", "punctuation", "two digits")  # train-reader teaches more
    assert set(learned) <= set(KINDS)
    for number, kind in enumerate(learned):
        pictures = non_digits(kind, 200, key(1000 + number), DATA.test.images)
        refused = predict(model.network, pictures, model.calibration).confidence < at_95
        assert refused.mean() >= 0.95, kind
    accepted = predictions.confidence >= model.calibration.operating_point(0.01).threshold
    wrong = predictions.probabilities.argmax(axis=1) != DATA.test.labels
    assert accepted.mean() > 0.85, "of MNIST's; the limit holds on drawn hands as well, which costs a tenth of these"
    assert wrong[accepted].mean() <= 0.01


def test_a_blank_is_hardly_a_digit() -> None:
    model = load_reader_model()
    predictions = predict(model.network, np.zeros((1, 28, 28), np.uint8), model.calibration)
    assert predictions.is_digit[0] < 0.25


def test_a_stricter_limit_accepts_less() -> None:
    _, _, fitted = small()
    strict, easy = fitted.operating_point(0.03), fitted.operating_point(0.08)
    assert strict.threshold >= easy.threshold
    assert strict.coverage <= easy.coverage
    assert strict.error <= 0.03


def fixed(table: list[list[float]], weights: int = 33) -> Calibration:
    return Calibration(1.0, np.zeros(weights), 0.0, 0.5, np.array(table))


def test_the_lowest_threshold_that_is_good_enough_is_taken() -> None:
    point = fixed([[0.1, 0.2, 1.0], [0.5, 0.05, 0.8], [0.9, 0.01, 0.3]]).operating_point(0.05)
    assert point[:3] == (0.5, 0.05, 0.8)


@pytest.mark.parametrize("max_error", [0.0, -1.0, 1.0, 0.001, float("nan")])
def test_a_limit_out_of_reach_says_what_is_in_reach(max_error: float) -> None:
    with pytest.raises(ConfigError, match=r"0\.0100 to below 1"):
        fixed([[0.1, 0.2, 1.0], [0.9, 0.01, 0.3]]).operating_point(max_error)


@pytest.mark.parametrize("table", [[[np.nan, 0.1, 1.0]], [[0.1, 0.1]]])
def test_a_calibration_that_cannot_be_is_refused(table: list[list[float]]) -> None:
    with pytest.raises(ConfigError, match="calibrat"):
        fixed(table)


def test_a_weak_model_reads_at_the_least_error_it_reaches_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    network, _, fitted = small()
    caplog.set_level("WARNING", "mnist_nn")
    weak = replace(fitted, table=np.array([[0.1, 0.2, 1.0], [0.9, 0.04, 0.3]]), test=None)
    assert Reader(Model(network, calibration=weak)).threshold == 0.9
    assert "0.0400" in caplog.text
    with pytest.raises(ConfigError, match=r"0\.0400"):
        Reader(Model(network, calibration=weak), max_error=0.01)
