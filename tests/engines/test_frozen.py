"""Frozen layers: not a bit of them changes, and those behind them learn as if the frozen ones were their data."""

from typing import Any

import numpy as np
import pytest
import scipy.sparse
from compiled_runs import draw_samples

from mnist_nn import Network, NetworkConfig, Samples, TrainingConfig, train
from mnist_nn.engines.frozen import FrozenLayers, apply_frozen, rest_config, take_rest
from mnist_nn.engines.reference import ReferenceEngine
from mnist_nn.errors import ConfigError
from mnist_nn.training.loop import Epoch

COUNT = 60
SHAPE = NetworkConfig(inputs=30, hidden=(20, 16), activation=("tanh", "relu"), output="softmax")
X, LABELS = draw_samples(COUNT)
FLOATS, _ = draw_samples(COUNT, pixels=False)


def learn(network: Network, x: Any, training: TrainingConfig, engine: str = "reference") -> Epoch:
    *_, last = train(network, Samples(x, LABELS), training, engine=engine)
    return last


@pytest.mark.parametrize("engine", ["compiled", "reference"])
@pytest.mark.parametrize("x", [X, FLOATS, scipy.sparse.csr_array(FLOATS)], ids=["pixels", "floats", "sparse"])
@pytest.mark.parametrize(
    "options",
    [
        {"batch_size": 1, "l2": 0.01, "max_norm": 0.5},
        {"batch_size": 8, "optimizer": "adamw", "l2": 0.1, "dropout": (0.3, 0.2), "validation": 0.2, "patience": 3},
        {"batch_size": 60, "optimizer": "momentum", "ema_decay": 0.5, "label_smoothing": 0.1},
    ],
    ids=["sgd", "adamw", "momentum"],
)
def test_frozen_layers_keep_every_bit_and_the_others_learn(engine: str, x: Any, options: dict[str, Any]) -> None:
    start = Network.create(SHAPE, 1)
    for frozen in (1, 2):
        training = TrainingConfig(loss="cross_entropy", freeze=frozen, epochs=2, **options)
        last = learn(start, x, training, engine)
        same = [a.tobytes() == b.tobytes() for a, b in zip(start.parameters, last.network.parameters, strict=True)]
        assert same == [True] * 2 * frozen + [False] * (6 - 2 * frozen)
        kept = [array for slot in last.checkpoint.state.slots.values() for array in slot[: 2 * frozen]]
        assert not any(array.any() for array in kept), "there is nothing to remember of what never moves"


@pytest.mark.parametrize("engine", ["compiled", "reference"])
def test_the_rest_learns_as_a_network_of_its_own_on_what_the_frozen_layer_answers(engine: str) -> None:
    start, settings = Network.create(SHAPE, 1), {"loss": "cross_entropy", "batch_size": 7, "l2": 0.01, "epochs": 2}
    found = learn(start, X, TrainingConfig(freeze=1, dropout=(0.5, 0.3), **settings), engine)
    answers = np.tanh(X / np.float32(255) @ start.weights[0].T + start.biases[0])
    rest = Network.of(rest_config(SHAPE, 1), start.parameters[2:])
    alone = learn(rest, answers, TrainingConfig(dropout=0.3, **settings), engine)
    for p, q in zip(found.network.parameters[2:], alone.network.parameters, strict=True):
        np.testing.assert_allclose(p, q, rtol=0, atol=1e-5)
    assert found.scores.loss == pytest.approx(alone.scores.loss, rel=1e-5)


def test_a_run_that_is_resumed_anywhere_ends_with_the_same_bits() -> None:
    start = Network.create(SHAPE, 1)
    training = TrainingConfig(loss="cross_entropy", freeze=1, epochs=3, optimizer="adam", batch_size=4)
    whole = [*train(start, X, LABELS, training, engine="reference")]
    for stop in whole[:-1]:
        *_, again = train(start, X, LABELS, training, engine="reference", resume=stop.checkpoint)
        for p, q in zip(again.network.parameters, whole[-1].network.parameters, strict=True):
            assert p.tobytes() == q.tobytes()


def test_a_teacher_sees_the_images_themselves() -> None:
    start, teacher = Network.create(SHAPE, 1), Network.create(NetworkConfig(inputs=30, hidden=(9,)), 2)
    training = TrainingConfig(loss="cross_entropy", freeze=1, epochs=1, teacher_share=0.9, validation=0.2)
    *_, frozen = train(start, X, LABELS, training, engine="reference", teacher=teacher)
    engine = FrozenLayers(ReferenceEngine(), start, 1)
    np.testing.assert_allclose(
        engine.forward(teacher, engine.place(X)), ReferenceEngine().forward(teacher, ReferenceEngine().place(X))
    )
    np.testing.assert_allclose(
        engine.forward(start, engine.place(X)), ReferenceEngine().forward(start, ReferenceEngine().place(X)), rtol=1e-5
    )
    assert frozen.network.weights[0].tobytes() == start.weights[0].tobytes()


def test_layers_of_one_unit_can_be_frozen_and_the_output_layer_cannot() -> None:
    narrow = NetworkConfig(inputs=30, hidden=(1,), activation="leaky_relu")
    network = Network.create(narrow, 1)
    assert apply_frozen(network, X, 1).shape == (COUNT, 1)
    assert take_rest(network, 1).config.sizes == (1, 10)
    assert learn(network, X, TrainingConfig(freeze=1, epochs=1)).network.weights[0].tobytes() == (
        network.weights[0].tobytes()
    )
    with pytest.raises(ConfigError, match="its output layer has to learn; give at most 1"):
        learn(network, X, TrainingConfig(freeze=2))
