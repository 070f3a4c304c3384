"""Whole numbers: their own rules, followed by hand."""

from collections.abc import Callable

import numpy as np
import pytest

from mnist_nn import Model, Network, NetworkConfig
from mnist_nn.export.c.int8 import Int8, biases_with_refusal, measure_steps, weights_with_refusal
from mnist_nn.export.vectors import predict_exactly

Make = Callable[..., Model]


def test_whole_numbers_follow_their_own_rules(make_model: Make) -> None:
    """One hidden layer by hand: sums of int8 times uint8 or int8, each worth its row's scale times the step."""
    model = make_model(inputs=6, hidden=(4,), outputs=3, activation="tanh", output="softmax")
    images = np.random.default_rng(0).integers(0, 256, (50, 6), np.uint8)
    whole = Int8.of(model, measure_steps(model, images))
    (W1, W2), (b1, b2) = model.network.weights, model.network.biases
    scale1, scale2 = np.abs(W1).max(axis=1) / 127, np.abs(W2).max(axis=1) / 127
    a = np.tanh(images @ np.rint(W1.T / scale1) * scale1 / 255 + b1)
    step = np.abs(np.tanh(images / 255 @ W1.T + b1)).max() / 127
    q = np.clip(np.floor(a / step + 0.5), -127, 127)
    z = q @ np.rint(W2.T / scale2) * scale2 * step + b2
    expected = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    assert np.abs(whole.predict(model, images).probabilities - expected).max() < 1e-5
    assert np.abs(predict_exactly(model, images).probabilities - expected).max() < 0.05


def test_the_largest_weight_of_each_row_becomes_127() -> None:
    config = NetworkConfig(inputs=3, hidden=(), outputs=3)
    W = np.array([[0.5, -1.0, 0.25], [0, 0, 0], [2.0, 0.01, 127 / 64]], np.float32)
    whole = Int8.of(Model(Network.of(config, [W, np.array([1, 2, 3], np.float32)])), ())
    assert whole.rows[0].dtype == np.int8
    assert whole.rows[0].tolist() == [[64, -127, 32], [0, 0, 0], [127, 1, 126]]
    assert whole.scales[0] == pytest.approx([1 / 127, 1, 2 / 127])
    assert whole.factors[0] == pytest.approx([1 / 127 / 255, 1 / 255, 2 / 127 / 255])
    assert whole.biases[0].tolist() == [1, 2, 3]


@pytest.mark.parametrize(("activation", "most", "signed"), [("relu", 255, False), ("tanh", 127, True)])
def test_the_largest_activation_seen_becomes_the_largest_whole_number(activation: str, most: int, signed: bool) -> None:
    config = NetworkConfig(inputs=2, hidden=(1,), outputs=2, activation=activation)
    one = np.array([[1.0, 0.0]], np.float32)
    network = Network.of(config, [one, np.zeros(1), np.ones((2, 1), np.float32), np.zeros(2)])
    images = np.array([[51, 0], [102, 255]], np.uint8)
    (step,) = measure_steps(Model(network), images)
    seen = 0.4 if activation == "relu" else np.tanh(0.4)
    assert step == pytest.approx(seen / most)
    whole = Int8.of(Model(network), (step,))
    assert whole.signed == (signed,)
    assert whole.factors[1] == pytest.approx([step / 127] * 2)


def test_what_is_above_the_largest_whole_number_becomes_it() -> None:
    config = NetworkConfig(inputs=1, hidden=(1,), outputs=2, activation="relu", output="softmax")
    weights = [np.ones((1, 1)), np.zeros(1), np.array([[1.0], [0.0]]), np.zeros(2)]
    model = Model(Network.of(config, [w.astype(np.float32) for w in weights]))
    whole = Int8.of(model, (np.float32(0.5 / 255),))
    black, middle, white = whole.predict(model, np.array([[0], [102], [255]], np.uint8)).probabilities[:, 0]
    assert black == 0.5
    assert middle == pytest.approx(1 / (1 + np.exp(-0.4)), abs=1e-6)
    assert white == pytest.approx(1 / (1 + np.exp(-0.5)), abs=1e-6), "0.5 is the most that an activation can be"


def test_a_layer_that_is_never_active_has_steps_all_the_same(make_model: Make) -> None:
    assert measure_steps(make_model(inputs=4, outputs=2, activation="relu", scale=0.0), np.zeros((1, 4))) == (1,)


def test_the_score_of_a_calibrated_model_is_one_output_more(make_model: Make) -> None:
    plain, calibrated = (make_model(hidden=(6,), calibrated=calibrated) for calibrated in (False, True))
    assert [W.shape for W in weights_with_refusal(plain)] == [(6, 784), (10, 6)]
    assert [W.shape for W in weights_with_refusal(calibrated)] == [(6, 784), (11, 6)]
    assert calibrated.calibration
    assert weights_with_refusal(calibrated)[1][10] == pytest.approx(calibrated.calibration.weights[:6])
    assert [len(b) for b in biases_with_refusal(plain)] == [6, 10]
    assert biases_with_refusal(calibrated)[1][10] == 0
