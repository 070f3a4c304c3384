"""The equations against HIPS autograd, and the update rules against their recurrences, both written out literally.

Losses here are taken from the outputs, as they stand in the book; the package takes them from the weighted inputs.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise, product

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad

from mnist_nn import Network, NetworkConfig, TrainingConfig
from mnist_nn.engines.base import Plan
from mnist_nn.engines.reference import ReferenceEngine, gradients
from mnist_nn.nn.config import ACTIVATIONS, OPTIMIZERS, drop_unused
from mnist_nn.nn.dropout import dropout_mask
from mnist_nn.nn.losses import get_loss
from mnist_nn.nn.optimizers import initial_state
from mnist_nn.util.randomness import key

Arrays = Sequence[np.ndarray]

FUNCTIONS: dict[str, Callable] = {
    "sigmoid": lambda z: 1 / (1 + anp.exp(-z)),
    "tanh": anp.tanh,
    "relu": lambda z: anp.where(z > 0, z, 0.0),
    "leaky_relu": lambda z: anp.where(z > 0, z, 0.01 * z),
    "identity": lambda z: z,
    "softmax": lambda z: anp.exp(z) / anp.sum(anp.exp(z), axis=1, keepdims=True),
}

EXPRESSIONS: dict[tuple[str, str], Callable] = {
    ("classic_mse", "sigmoid"): lambda o, l: -anp.sum(l * anp.log(o) + (1 - l) * anp.log(1 - o), axis=1),
    ("mse", "sigmoid"): lambda o, l: anp.mean((o - l) ** 2, axis=1),
    ("mse", "softmax"): lambda o, l: anp.mean((o - l) ** 2, axis=1),
    ("cross_entropy", "sigmoid"): lambda o, l: -anp.sum(l * anp.log(o) + (1 - l) * anp.log(1 - o), axis=1),
    ("cross_entropy", "softmax"): lambda o, l: -anp.sum(l * anp.log(o), axis=1),
}


def objective(
    p: Arrays, config: NetworkConfig, pair: tuple[str, str], x: np.ndarray, l: np.ndarray, masks: Arrays, l2: float
):
    """Mean loss of a batch with the penalty λ/2 ΣW²."""
    a = x
    for k, name in enumerate(config.layer_activations):
        a = FUNCTIONS[name](anp.dot(a, p[2 * k].T) + p[2 * k + 1])
        if masks and k < len(masks):
            a = a * masks[k]
    return anp.mean(EXPRESSIONS[pair](a, l)) + l2 / 2 * sum(anp.sum(W**2) for W in p[0::2])


oracle = grad(objective)


def shape(hidden: Sequence[int], activation: Sequence[str], output: str) -> NetworkConfig:
    return NetworkConfig(
        inputs=5, hidden=tuple(hidden), outputs=3, activation=tuple(activation), output=output, dtype="float64"
    )


def draw_parameters(config: NetworkConfig, seed: int = 0) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.normal(0, 0.6, s) for a, b in pairwise(config.sizes) for s in ((b, a), (b,))]


def draw_samples(config: NetworkConfig, count: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.normal(0, 1, (count, config.inputs)), rng.integers(0, config.outputs, count)


def assert_close(found: Arrays, expected: Arrays) -> None:
    assert len(found) == len(expected)
    for f, e in zip(found, expected, strict=True):
        assert np.linalg.norm(e) > 0  # nothing is proved by zeros
        np.testing.assert_allclose(f, e, rtol=1e-10, atol=1e-12)


# Gradients


@pytest.mark.parametrize(("l2", "dropout"), list(product([0.0, 0.2], [False, True])))
@pytest.mark.parametrize("pair", EXPRESSIONS, ids="-".join)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_gradients_equal_those_of_autograd(activation: str, pair: tuple[str, str], l2: float, dropout: bool) -> None:
    config = shape((4, 6), (activation, "tanh"), pair[1])
    p, (x, labels) = draw_parameters(config), draw_samples(config, 6)
    rng = np.random.default_rng(2)
    masks = [(rng.random((6, units)) < 0.7) / 0.7 for units in config.hidden] if dropout else []
    l = np.eye(3)[labels]
    found, _ = gradients(config, p[0::2], p[1::2], x, l, get_loss(*pair), masks, l2)
    assert_close(found, oracle(p, config, pair, x, l, masks, l2))


# Updates: each rule yields the parameters after every update, from a function that gives the gradients

Recurrence = Callable[[list[np.ndarray], Callable[[Arrays, int], Arrays], Arrays, float], Iterator[list[np.ndarray]]]


def sgd(p: list[np.ndarray], slope: Callable, etas: Arrays, _decay: float) -> Iterator[list[np.ndarray]]:
    for i, eta in enumerate(etas):
        p = [w - eta * g for w, g in zip(p, slope(p, i), strict=True)]
        yield p


def momentum(p: list[np.ndarray], slope: Callable, etas: Arrays, _decay: float) -> Iterator[list[np.ndarray]]:
    v = [0.0 * w for w in p]
    for i, eta in enumerate(etas):
        v = [0.8 * u + g for u, g in zip(v, slope(p, i), strict=True)]
        p = [w - eta * u for w, u in zip(p, v, strict=True)]
        yield p


def nesterov(p: list[np.ndarray], slope: Callable, etas: Arrays, _decay: float) -> Iterator[list[np.ndarray]]:
    v = [0.0 * w for w in p]
    for i, eta in enumerate(etas):
        g = slope(p, i)
        v = [0.8 * u + d for u, d in zip(v, g, strict=True)]
        p = [w - eta * (d + 0.8 * u) for w, d, u in zip(p, g, v, strict=True)]
        yield p


def adam(p: list[np.ndarray], slope: Callable, etas: Arrays, decay: float) -> Iterator[list[np.ndarray]]:
    """With beta1 0.8, beta2 0.95, epsilon 1e-3; the decay acts on weights, which have two axes, and not on biases."""
    m, v = [0.0 * w for w in p], [0.0 * w for w in p]
    for i, eta in enumerate(etas):
        g = slope(p, i)
        p = [w - eta * decay * w if w.ndim == 2 else w for w in p]
        m = [0.8 * a + 0.2 * d for a, d in zip(m, g, strict=True)]
        v = [0.95 * a + 0.05 * d**2 for a, d in zip(v, g, strict=True)]
        m_hat = [a / (1 - 0.8 ** (i + 1)) for a in m]
        v_hat = [a / (1 - 0.95 ** (i + 1)) for a in v]
        p = [w - eta * a / (b**0.5 + 1e-3) for w, a, b in zip(p, m_hat, v_hat, strict=True)]
        yield p


RECURRENCES: dict[str, Recurrence] = {
    "sgd": sgd,
    "momentum": momentum,
    "nesterov": nesterov,
    "adam": adam,
    "adamw": adam,
}
DROPOUT_KEY = key(99)
ETAS = np.array([0.3, 0.1, 0.2, 0.05, 0.4, 0.15, 0.25])


def settings(optimizer: str, **rest: object) -> TrainingConfig:
    constants = {"momentum": 0.8, "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-3}
    return TrainingConfig.from_dict(drop_unused({"optimizer": optimizer, "batch_size": 4, **constants, **rest}))


def literal_run(
    config: NetworkConfig, training: TrainingConfig, order: np.ndarray, etas: np.ndarray
) -> list[np.ndarray]:
    """Parameters after the updates, by autograd and the recurrence."""
    p, (x, labels) = draw_parameters(config), draw_samples(config, 30)
    rates = (training.dropout,) * len(config.hidden)
    coupled, decoupled = (0.0, training.l2) if training.optimizer == "adamw" else (training.l2, 0.0)

    def slope(now: Arrays, i: int) -> Arrays:
        rows = order[4 * i : 4 * i + 4]
        masks = [dropout_mask(DROPOUT_KEY, rows, k, units, rate) / (1 - rate)
                 for k, (units, rate) in enumerate(zip(config.hidden, rates, strict=True))]  # fmt: skip
        return oracle(now, config, (training.loss, config.output), x[rows], np.eye(3)[labels[rows]], masks, coupled)

    *_, last = RECURRENCES[training.optimizer](p, slope, etas, decoupled)
    return last


def engine_run(
    config: NetworkConfig, training: TrainingConfig, order: np.ndarray, etas: np.ndarray
) -> list[np.ndarray]:
    network, engine = Network.of(config, draw_parameters(config)), ReferenceEngine()
    plan = Plan.of(config, training, order, etas, DROPOUT_KEY)
    state = initial_state(training.optimizer, network.parameters)
    after, _, _ = engine.epoch(network, state, engine.place(*draw_samples(config, 30)), plan)
    return list(after.parameters)


def shuffled(seed: int = 5) -> np.ndarray:
    """26 of the 30 samples: six batches of four and a last one of two."""
    return np.random.default_rng(seed).permutation(30)[:26]


def test_every_optimizer_has_its_recurrence() -> None:
    assert set(RECURRENCES) == set(OPTIMIZERS)


@pytest.mark.parametrize("dropout", [0.0, 0.4])
@pytest.mark.parametrize("l2", [0.0, 0.1])
@pytest.mark.parametrize("optimizer", RECURRENCES)
def test_seven_updates_equal_the_recurrence(optimizer: str, l2: float, dropout: float) -> None:
    config = shape((4, 6), ("tanh", "sigmoid"), "softmax")
    training = settings(optimizer, loss="cross_entropy", l2=l2, dropout=dropout)
    order = shuffled()
    assert_close(engine_run(config, training, order, ETAS), literal_run(config, training, order, ETAS))


@pytest.mark.parametrize("pair", EXPRESSIONS, ids="-".join)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_updates_of_every_loss_and_activation(activation: str, pair: tuple[str, str]) -> None:
    config = shape((5,), (activation,), pair[1])
    training = settings("sgd", loss=pair[0], l2=0.05)
    order = shuffled()
    assert_close(engine_run(config, training, order, ETAS), literal_run(config, training, order, ETAS))


@pytest.mark.parametrize("pair", EXPRESSIONS, ids="-".join)
def test_updates_without_a_hidden_layer(pair: tuple[str, str]) -> None:
    config, training, order = shape((), (), pair[1]), settings("nesterov", loss=pair[0], l2=0.05), shuffled()
    assert_close(engine_run(config, training, order, ETAS), literal_run(config, training, order, ETAS))


def test_decay_of_adamw_is_not_that_of_adam() -> None:
    config, order = shape((4,), ("tanh",), "softmax"), shuffled()
    adam, adamw = (
        engine_run(config, settings(o, loss="cross_entropy", l2=0.1), order, ETAS) for o in ("adam", "adamw")
    )
    assert max(np.abs(a - b).max() for a, b in zip(adam, adamw, strict=True)) > 1e-3


def shortened(W: np.ndarray, limit: float) -> np.ndarray:
    """Each row, the weights into one unit, no longer than the limit."""
    return np.array([row * min(1.0, limit / np.sqrt(np.dot(row, row))) for row in W])


@pytest.mark.parametrize("optimizer", RECURRENCES)
def test_max_norm_shortens_the_weights_into_hidden_units_after_each_update(optimizer: str) -> None:
    config, order = shape((4, 6), ("tanh", "relu"), "softmax"), shuffled()[:4]
    training = settings(optimizer, loss="cross_entropy", l2=0.1, max_norm=1.1)
    W1, b1, W2, b2, W3, b3 = literal_run(config, training, order, ETAS[:1])
    lengths = np.linalg.norm(W1, axis=1)
    assert lengths.min() < 1.1 < lengths.max()
    assert np.linalg.norm(W3, axis=1).max() > 1.1
    expected = [shortened(W1, 1.1), b1, shortened(W2, 1.1), b2, W3, b3]
    assert_close(engine_run(config, training, order, ETAS[:1]), expected)


def test_max_norm_holds_over_many_updates() -> None:
    config, order = shape((4, 6), ("tanh", "relu"), "softmax"), shuffled()
    W1, _, W2, *_ = engine_run(config, settings("sgd", loss="cross_entropy", max_norm=0.5), order, ETAS)
    assert max(np.linalg.norm(W, axis=1).max() for W in (W1, W2)) <= 0.5 + 1e-12
    free = engine_run(config, replace(settings("sgd", loss="cross_entropy"), max_norm=None), order, ETAS)
    assert np.linalg.norm(free[0], axis=1).max() > 0.5
