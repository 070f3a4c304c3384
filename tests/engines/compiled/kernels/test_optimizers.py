"""The optimizers in vector form against their recurrences in float64, and the limit of norms."""

from typing import Any, NamedTuple

import numba
import numpy as np
import numpy.typing as npt
import pytest

from mnist_nn import Network, NetworkConfig, TrainingConfig
from mnist_nn.engines import select
from mnist_nn.engines.base import Plan
from mnist_nn.engines.compiled.codes import OPTIMIZERS as KINDS
from mnist_nn.engines.compiled.kernels.optimizers import (
    addition,
    descend,
    limit_norms,
    prepare_step,
    without_decay,
)
from mnist_nn.engines.compiled.kernels.options import LANES, OPTIONS
from mnist_nn.engines.compiled.kernels.simd.vector import load
from mnist_nn.engines.compiled.records import Recipe
from mnist_nn.nn.config import OPTIMIZERS
from mnist_nn.nn.optimizers import initial_state
from mnist_nn.util.randomness import key

Array = npt.NDArray[Any]
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("quick")]  # Numba compiles for seconds
WIDE = (0, 0)
SIZE, UPDATES = LANES * len(WIDE), 4
MU, BETA2, EPSILON, ETA = 0.8, 0.95, 1e-3, 0.1
RNG = np.random.default_rng(0)


class Slots(NamedTuple):
    """What an optimizer sees of a kernel's memory."""

    p: Array
    m: Array
    v: Array


@numba.njit(**OPTIONS)
def update_kernel(memory, sums, gradients, recipe, is_bias, columns):
    """Learn one gradient after the other at index 16, and add them all up in other memory."""
    for u in range(UPDATES):
        step = prepare_step(recipe, ETA, u + 1)
        if is_bias:
            step = without_decay(step)
        g = load(gradients, u * SIZE, columns)
        descend(memory, LANES, g, step, columns)
        descend(sums, LANES, g, addition(), columns)


def make_recipe(name: str, coupled: float, decoupled: float) -> Recipe:
    return Recipe(
        loss=0,
        kind=KINDS[name],
        batch=1,
        part=1,
        as_pairs=False,
        by_sample=False,
        is_scaled=False,
        is_lazy=False,
        momentum=MU,
        beta2=BETA2,
        epsilon=EPSILON,
        coupled=coupled,
        decoupled=decoupled,
        longest=1.0,
        key0=0,
        key1=0,
        thresholds=np.zeros(1, np.int64),
        factors=np.zeros(1, np.float32),
    )


def make_slots() -> Slots:
    """Room for a vector before and behind, which nothing may touch."""
    return Slots(*(np.zeros(SIZE + 2 * LANES, np.float32) for _ in range(3)))


def recur(name: str, p: Array, gradients: Array, coupled: float, decoupled: float) -> Array:
    """Parameters after the updates, as the papers have it."""
    m = v = np.zeros_like(p)
    for t, gradient in enumerate(gradients, 1):
        g, p = gradient + coupled * p, p * (1 - ETA * decoupled)
        if name == "sgd":
            p = p - ETA * g
        elif name == "momentum":
            m = MU * m + g
            p = p - ETA * m
        elif name == "nesterov":
            m = MU * m + g
            p = p - ETA * (g + MU * m)
        else:
            m, v = MU * m + (1 - MU) * g, BETA2 * v + (1 - BETA2) * g**2
            p = p - ETA * m / (1 - MU**t) / (np.sqrt(v / (1 - BETA2**t)) + EPSILON)
    return p


def test_every_optimizer_has_its_kind() -> None:
    assert set(KINDS) == set(OPTIMIZERS)


@pytest.mark.parametrize("is_bias", [True, False])
@pytest.mark.parametrize(("coupled", "decoupled"), [(0.0, 0.0), (0.2, 0.0), (0.0, 0.3)])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_updates_are_those_of_the_recurrence(name: str, coupled: float, decoupled: float, is_bias: bool) -> None:
    memory, sums = make_slots(), make_slots()
    start, gradients = RNG.normal(size=SIZE), RNG.normal(size=(UPDATES, SIZE)).astype(np.float32)
    inside = slice(LANES, LANES + SIZE)
    memory.p[inside] = start
    update_kernel(memory, sums, gradients, make_recipe(name, coupled, decoupled), is_bias, WIDE)
    decays = (0.0, 0.0) if is_bias else (coupled, decoupled)
    expected = recur(name, start.astype(np.float32).astype(np.float64), gradients.astype(np.float64), *decays)
    np.testing.assert_allclose(memory.p[inside], expected, rtol=0, atol=2e-6)
    np.testing.assert_allclose(sums.p[inside], gradients.sum(axis=0), rtol=0, atol=2e-6)
    for array in (*memory, *sums):
        assert not np.delete(array, np.arange(SIZE + 2 * LANES)[inside]).any()


@numba.njit(**OPTIONS)
def limit_kernel(p, start, rows, longest, columns):
    limit_norms(p, start, rows, longest, columns)


@pytest.mark.parametrize("longest", [0.5, 3.0, 100.0])
def test_columns_are_no_longer_than_allowed_and_short_ones_stay_to_the_bit(longest: float) -> None:
    weights = (RNG.normal(size=(9, SIZE)) * np.linspace(0, 2, SIZE)).astype(np.float32)
    p = np.concatenate([np.full(LANES, 7), weights.ravel(), np.full(LANES, 7)]).astype(np.float32)
    limit_kernel(p, LANES, 9, np.float32(longest), WIDE)
    found = p[LANES:-LANES].reshape(9, SIZE)
    lengths = np.sqrt((weights.astype(np.float64) ** 2).sum(axis=0))
    np.testing.assert_allclose(found, weights * np.minimum(1, longest / np.maximum(lengths, 1e-30)), rtol=1e-6)
    short = lengths < longest * (1 - 1e-6)
    assert found[:, short].tobytes() == weights[:, short].tobytes()
    assert short.any()
    assert (p[:LANES] == 7).all()
    assert (p[-LANES:] == 7).all()


@pytest.mark.parametrize("beta2", [0.9, 0.999, 0.9999999])
def test_adam_keeps_its_digits_when_beta2_is_close_to_one(beta2: float) -> None:
    # float32(1) - float32(0.999) is 1.3e-5 off, and 1 - 0.9999999 a fifth: the difference is to be taken in float64.
    shape, training = NetworkConfig(inputs=30), TrainingConfig(optimizer="adam", batch_size=8, beta2=beta2)
    network = Network.create(shape, 1)
    x, t = RNG.integers(0, 256, (40, 30)).astype(np.uint8), RNG.integers(0, 10, 40)
    plan = Plan.of(shape, training, np.arange(40), np.full(5, 0.001), key(3))
    states = [
        engine.epoch(network, initial_state("adam", network.parameters), engine.place(x, t), plan)[1]
        for engine in map(select.create, ("compiled", "reference"))
    ]
    for found, expected in zip(*(state.slots["v"] for state in states), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6 * expected.max())
