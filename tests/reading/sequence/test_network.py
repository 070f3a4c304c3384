"""What a sequence network says of lines, each window against the network asked about that window alone."""

import numpy as np
import pytest

from mnist_nn.evaluation.prediction import predict
from mnist_nn.nn.config import NetworkConfig
from mnist_nn.nn.network import Network
from mnist_nn.reading.sequence.network import predict_lines

SHAPE = NetworkConfig(inputs=1152, hidden=(16, 8), outputs=11, activation="relu", output="softmax")


@pytest.fixture(scope="module")
def network():
    return Network.create(SHAPE, seed=4)


def draw_lines(*widths):
    rng = np.random.default_rng(0)
    return [rng.integers(0, 256, (32, width), dtype=np.uint8) for width in widths]


def test_every_step_is_the_network_asked_about_its_window(network):
    (line,) = draw_lines(41)
    (log_p,) = predict_lines(network, [line])
    padded = np.pad(line, ((0, 0), (17, 18)))
    windows = np.stack([padded[:, 2 * step : 2 * step + 36] for step in range(20)])
    assert np.exp(log_p) == pytest.approx(predict(network, windows, engine="reference").probabilities, abs=1e-6)


def test_lines_come_back_in_their_order_and_length(network):
    lines = draw_lines(30, 2, 77)
    together = predict_lines(network, lines)
    assert [len(log_p) for log_p in together] == [15, 1, 38]
    for line, log_p in zip(lines, together, strict=True):
        assert log_p == pytest.approx(predict_lines(network, [line])[0], abs=1e-5)
        assert np.exp(log_p).sum(axis=1) == pytest.approx(1)
    assert predict_lines(network, []) == []
