from dataclasses import replace

import numpy as np
import pytest

from mnist_nn import Network, NetworkConfig, Samples, TrainingConfig, load_data, train
from mnist_nn.evaluation.gradient_check import gradient_norms
from mnist_nn.training.diagnosis.signs import Signs, is_due, measure

FEW = load_data("mnist").train.take(range(150))


def put(network: Network, layer: int, W: np.ndarray, b: np.ndarray) -> Network:
    weights, biases = list(network.weights), list(network.biases)
    weights[layer], biases[layer] = W, b
    return replace(network, weights=tuple(weights), biases=tuple(biases))


def test_dead_units_are_those_that_answer_nothing() -> None:
    network = Network.create(NetworkConfig(hidden=(10, 6), activation=("relu", "tanh")))
    b = np.where(np.arange(10) < 3, -1e3, network.biases[0]).astype(np.float32)
    signs = measure(put(network, 0, network.weights[0], b), FEW, TrainingConfig(), 1)
    assert signs.dead == (pytest.approx(0.3), 0.0)
    b = np.where(np.arange(6) < 2, 50, 0).astype(np.float32)
    assert measure(put(network, 1, network.weights[1], b), FEW, TrainingConfig(), 1).saturated[1] == pytest.approx(
        2 / 6
    )


def test_equal_units_are_counted() -> None:
    network = Network.create(NetworkConfig(hidden=(5,), initializer="zeros"))
    assert measure(network, FEW, TrainingConfig(), 1).equal == (1.0,)
    assert measure(Network.create(NetworkConfig(hidden=(5,))), FEW, TrainingConfig(), 1).equal == (0.0,)


def test_gradients_are_those_of_the_gradient_check() -> None:
    network, config = Network.create(NetworkConfig(hidden=(9,))), TrainingConfig()
    signs = measure(network, FEW, config, 1)
    sizes = [W.size for W in network.weights]
    lengths = np.array(signs.gradients) * np.sqrt(sizes)
    whole = gradient_norms(network, config, FEW)
    assert (lengths < whole).all(), "those of the biases are left out"
    assert (lengths > 0.7 * whole).all()


def test_what_the_data_is_like_is_kept() -> None:
    samples = Samples(np.full((12, 4), 50.0, np.float32), np.array([0, 1] * 6))
    signs = measure(Network.create(NetworkConfig(inputs=4, outputs=3)), samples, TrainingConfig(), 1)
    assert (signs.input_rms, signs.input_spread, signs.label_kinds, signs.largest_class) == (50.0, 0.0, 2, 0.5)
    assert signs.unnamed == 1, "a constant input has one answer, and class 2 has no images"
    assert Signs.from_dict(signs.to_dict()) == signs


def test_signs_are_measured_seldom_and_at_the_end() -> None:
    config = TrainingConfig(epochs=6, batch_size=50)
    *_, last = train(Network.create(), FEW, config)
    assert [signs.epoch for signs in last.checkpoint.signs] == [1, 2, 4, 6]
    longer = replace(config, epochs=9)
    *_, last = train(Network.create(), FEW, longer, resume=last.checkpoint)
    assert [signs.epoch for signs in last.checkpoint.signs] == [1, 2, 4, 8, 9]
    assert not is_due(6, finished=False)


def test_weights_of_any_size_are_measured() -> None:
    network = Network.create(NetworkConfig(hidden=(4,), dtype="float64"))
    huge = put(network, 0, network.weights[0] * 1e120, network.biases[0])
    signs = measure(huge, FEW, TrainingConfig(), 1)
    assert np.isfinite([value for row in (signs.weights, signs.gradients) for value in row]).all()
    assert signs.equal == (0.0,)
