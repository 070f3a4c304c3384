"""Short runs of the compiled engine, for the tests of its kernels and its promises."""

from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn import Network, NetworkConfig, TrainingConfig
from mnist_nn.engines.base import Plan, Tally
from mnist_nn.engines.compiled import CompiledEngine
from mnist_nn.nn.optimizers import OptimizerState, initial_state
from mnist_nn.util.randomness import key, permutation

Array = npt.NDArray[Any]
FULL = {"l2": 0.01, "max_norm": 1.0, "dropout": 0.3}
ENGINE = CompiledEngine()


def plan_of(shape: NetworkConfig, training: TrainingConfig, order: Array, rate: float = 0.05) -> Plan:
    updates = -(-len(order) // training.batch_size)
    return Plan.of(shape, training, order, np.full(updates, rate), key(3))


def draw_samples(count: int, inputs: int = 30, classes: int = 10, *, pixels: bool = True) -> tuple[Array, Array]:
    rng = np.random.default_rng(8)
    ink = rng.integers(0, 256, (count, inputs)) * (rng.random((count, inputs)) < 0.3)
    x = ink.astype(np.uint8) if pixels else (ink / 255 - 0.1).astype(np.float32)
    return x, rng.integers(0, classes, count)


def bits(network: Network, state: OptimizerState) -> list[bytes]:
    slots = [array for arrays in state.slots.values() for array in arrays]
    return [array.tobytes() for array in (*network.parameters, *slots)]


def learn(
    shape: NetworkConfig, training: TrainingConfig, samples: tuple[Array, Array], engine: CompiledEngine = ENGINE
) -> tuple[Network, OptimizerState, Tally]:
    network = Network.create(shape, 1)
    order = permutation(key(2), len(samples[0]))
    state = initial_state(training.optimizer, network.parameters)
    return engine.epoch(network, state, engine.place(*samples), plan_of(shape, training, order))


def learn_in_stretches(
    training: TrainingConfig, cuts: list[int], *, pixels: bool
) -> tuple[Network, OptimizerState, Tally]:
    shape = NetworkConfig(inputs=30, hidden=(20, 5), activation="tanh")
    network, order = Network.create(shape, 1), permutation(key(2), 100)
    placed, total = ENGINE.place(*draw_samples(100, pixels=pixels)), Tally()
    state = initial_state(training.optimizer, network.parameters)
    for first, last in zip([0, *cuts], [*cuts, 100], strict=True):
        plan = plan_of(shape, training, order[first:last])
        network, state, tally = ENGINE.epoch(network, state, placed, plan)
        total = total.plus(tally)
    return network, state, total
