"""Momentum that moves rows only when they are needed, against moving all of them with every update."""

from dataclasses import replace

import numpy as np
import pytest

from mnist_nn import Network, NetworkConfig, TrainingConfig
from mnist_nn.engines import select
from mnist_nn.engines.base import Plan
from mnist_nn.engines.compiled import CompiledEngine
from mnist_nn.engines.compiled.codes import LATE
from mnist_nn.nn.optimizers import initial_state
from mnist_nn.util.randomness import key, permutation

INPUTS = 30


@pytest.mark.parametrize("optimizer", ["momentum", "nesterov"])
@pytest.mark.parametrize("count", [1, LATE - 1, LATE, LATE + 1, 5 * LATE])
def test_rows_that_move_late_are_where_the_equations_say(optimizer: str, count: int) -> None:
    rng = np.random.default_rng(count)
    x = (rng.integers(1, 256, (count, INPUTS)) * (rng.random((count, INPUTS)) < 0.2)).astype(np.uint8)
    x[0, 0], x[:, -1] = 9, 0  # ink where the pair lies that makes a number even, and a pixel that never has any
    shape, training = NetworkConfig(inputs=INPUTS, hidden=(20,), outputs=4), TrainingConfig(optimizer=optimizer)
    labels, rates = rng.integers(0, 4, count), np.linspace(0.05, 0.01, count)
    plan = Plan.of(shape, training, permutation(key(1), count), rates, key(2))
    found = []
    for dtype, engine in (("float32", CompiledEngine(1)), ("float64", select.create("reference"))):
        start = Network.create(shape, 1)
        network = Network.of(replace(shape, dtype=dtype), start.parameters)
        state = initial_state(optimizer, network.parameters)
        for _ in range(2):
            network, state, _ = engine.epoch(network, state, engine.place(x, labels), plan)
        found.append([*network.parameters, *(p for slot in state.slots.values() for p in slot)])
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=3e-6)
