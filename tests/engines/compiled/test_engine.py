"""What the compiled engine promises beyond what the reference says: arguments untouched, whole bits, plain errors."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from compiled_runs import ENGINE, FULL, bits, draw_samples, learn, plan_of

from mnist_nn import Dataset, Network, NetworkConfig, Samples, TrainingConfig, evaluate, train
from mnist_nn.engines import select
from mnist_nn.errors import ConfigError, DivergedError
from mnist_nn.nn.optimizers import initial_state
from mnist_nn.util.randomness import key, permutation

Array = npt.NDArray[Any]


# Arguments


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
@pytest.mark.parametrize("pixels", [True, False])
def test_arguments_stay_as_they_are(optimizer: str, pixels: bool) -> None:
    shape, training = NetworkConfig(inputs=30), TrainingConfig(optimizer=optimizer, batch_size=4, **FULL)
    network, samples = Network.create(shape, 1), draw_samples(20, pixels=pixels)
    state = initial_state(optimizer, network.parameters)
    plan = plan_of(shape, training, permutation(key(2), 20))
    before = [*bits(network, state), *(a.tobytes() for a in (*samples, plan.order, plan.rates))]
    placed = ENGINE.place(*samples)
    first = ENGINE.epoch(network, state, placed, plan)
    again = ENGINE.epoch(network, state, placed, plan)
    assert [*bits(network, state), *(a.tobytes() for a in (*samples, plan.order, plan.rates))] == before
    assert bits(*first[:2]) == bits(*again[:2]) != bits(network, state)
    assert first[2] == again[2]


@pytest.mark.parametrize("pixels", [True, False])
def test_how_the_arrays_lie_does_not_matter(pixels: bool) -> None:
    shape, training = NetworkConfig(inputs=30), TrainingConfig(batch_size=4)
    x, t = draw_samples(40, pixels=pixels)
    expected = learn(shape, training, (x, t))
    strided = np.repeat(x, 2, axis=1)[:, ::2]
    read_only, labels = x.copy(), t.copy()
    read_only.flags.writeable = labels.flags.writeable = False
    wide = x if pixels else x.astype(np.float64)
    for samples in [(strided, t), (read_only, labels), (wide, t.astype(np.uint8)), (x.reshape(40, 5, 6), t)]:
        found = learn(shape, training, samples)
        assert bits(*found[:2]) == bits(*expected[:2])
        assert found[2] == expected[2]


def test_float64_is_refused() -> None:
    with pytest.raises(ConfigError, match="float32, not float64"):
        select.create("compiled", "float64")
    network = Network.create(NetworkConfig(inputs=4, dtype="float64"))
    with pytest.raises(ConfigError, match="float32, not float64"):
        next(iter(train(network, Samples(np.zeros((5, 4)), np.arange(5)), engine="compiled")))
    assert select.create("auto", "float32").name == "compiled"


@pytest.mark.parametrize("pixels", [True, False])
def test_samples_of_another_width_are_refused(pixels: bool) -> None:
    shape, training = NetworkConfig(inputs=29), TrainingConfig()
    with pytest.raises(ConfigError, match="30 values, but the network has 29"):
        learn(shape, training, draw_samples(5, pixels=pixels))
    with pytest.raises(ConfigError, match="30 values, but the network has 29"):
        ENGINE.forward(Network.create(shape), ENGINE.place(draw_samples(5, pixels=pixels)[0]))


# Bits


@pytest.mark.parametrize(
    "training",
    [
        TrainingConfig(batch_size=10, max_norm=1.0, l2=1e-4, dropout=0.2, subset=20_000, epochs=2),
        TrainingConfig(batch_size=600, max_norm=1.0, optimizer="adam", epochs=2, validation=100, patience=3),
    ],
    ids=["small batches", "large batches"],
)
def test_a_run_that_is_cut_anywhere_and_resumed_ends_with_the_same_bits(
    training: TrainingConfig, clouds: Callable[..., Samples]
) -> None:
    samples = clouds(25_000, 6, 3)
    network = Network.create(NetworkConfig(inputs=6, hidden=(9,), outputs=3), 1)
    steps = list(train(network, samples, training, engine="compiled", steps=True))
    assert len(steps) == 4
    for step in steps[:-1]:
        *_, last = train(network, samples, training, engine="compiled", resume=step.checkpoint)
        ends = [(e.checkpoint.network, e.checkpoint.state) for e in (steps[-1], last)]
        assert bits(*ends[0]) == bits(*ends[1])
        rows = [replace(e.scores, seconds=0.0) for e in (steps[-1], last)]
        assert rows[0] == rows[1]


# Numbers that run away


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu", "leaky_relu", "identity"])
@pytest.mark.parametrize("batch_size", [1, 50])
def test_a_run_that_diverges_says_so(activation: str, batch_size: int, clouds: Callable[..., Samples]) -> None:
    network = Network.create(NetworkConfig(inputs=4, hidden=(5, 5), outputs=3, activation=activation), 1)
    training = TrainingConfig(
        loss="mse" if activation == "sigmoid" else "classic_mse", l2=10.0, learning_rate=1e30, batch_size=batch_size
    )
    with pytest.raises(DivergedError, match="diverged in epoch 1"):
        list(train(network, clouds(200), training, engine="compiled"))


# The whole


@pytest.mark.slow
def test_the_accuracy_after_a_default_run_is_the_references(mnist: Dataset) -> None:
    accuracies = []
    for engine in ("compiled", "reference"):
        *_, last = train(Network.create(), mnist.train, engine=engine)
        accuracies.append(evaluate(last.network, mnist.test, engine=engine).accuracy)
    assert accuracies[0] > 0.94
    assert abs(accuracies[0] - accuracies[1]) < 0.002
