"""Every derivative of every allowed combination against a central difference, with the losses written out once more."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count, pairwise, permutations, product

import numpy as np
import pytest

from mnist_nn import NetworkConfig, TrainingConfig
from mnist_nn.engines.reference import gradients
from mnist_nn.errors import ConfigError
from mnist_nn.nn.config import ACTIVATIONS, LOSSES, OUTPUTS, check
from mnist_nn.nn.losses import get_loss

STEP = 1e-5
TOLERANCE = 1e-6
MARGIN = 1e-3  # a step moves a weighted input by about 1e-5, so none of them comes near a kink of ReLU
LAMBDA = 0.3
KEPT = 0.6

BENDS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": lambda z: (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z)),
    "relu": lambda z: np.where(z > 0, z, 0 * z),
    "leaky_relu": lambda z: np.where(z > 0, z, z / 100),
    "identity": lambda z: z,
    "softmax": lambda z: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True),
}


def squared_error(o: np.ndarray, l: np.ndarray) -> float:
    return sum((o[n, i] - l[n, i]) ** 2 / o.shape[1] for n, i in np.ndindex(o.shape)) / len(o)


def yes_no_entropy(o: np.ndarray, l: np.ndarray) -> float:
    return -(l * np.log(o) + (1 - l) * np.log(1 - o)).sum() / len(o)


def class_entropy(o: np.ndarray, l: np.ndarray) -> float:
    return -np.log((o * l).sum(axis=1)).sum() / len(o)


# What each pair is to descend; the seed's rule descends the summed binary cross-entropy.
DESCENDED = {
    ("classic_mse", "sigmoid"): yes_no_entropy,
    ("mse", "sigmoid"): squared_error,
    ("mse", "softmax"): squared_error,
    ("cross_entropy", "sigmoid"): yes_no_entropy,
    ("cross_entropy", "softmax"): class_entropy,
}


@dataclass(frozen=True)
class Problem:
    """Parameters W1, b1, W2, b2, …, a batch, and dropout masks (none without dropout)."""

    config: NetworkConfig
    parameters: list[np.ndarray]
    x: np.ndarray
    l: np.ndarray
    masks: list[np.ndarray]

    def layers(self) -> tuple[list[np.ndarray], np.ndarray]:
        """The weighted inputs of the hidden layers, and the outputs."""
        a, hidden = self.x, []
        for k, name in enumerate(self.config.layer_activations):
            W, b = self.parameters[2 * k : 2 * k + 2]
            z = np.einsum("ni,ji->nj", a, W) + b
            a = BENDS[name](z)
            if k < len(self.config.hidden):
                hidden.append(z)
                a = a * self.masks[k] if self.masks else a
        return hidden, a

    def value(self, data_loss: Callable[[np.ndarray, np.ndarray], float], l2: float) -> float:
        penalty = sum((W**2).sum() for W in self.parameters[0::2])
        return data_loss(self.layers()[1], self.l) + l2 / 2 * penalty


def draw(config: NetworkConfig, dropout: bool, seed: int, batch: int = 4) -> Problem:
    rng = np.random.default_rng(seed)
    shapes = [shape for a, b in pairwise(config.sizes) for shape in ((b, a), (b,))]
    masks = [(rng.random((batch, units)) < KEPT) / KEPT for units in config.hidden] if dropout else []
    return Problem(
        config,
        [rng.normal(0, 0.7, shape) for shape in shapes],
        rng.normal(0, 1, (batch, config.inputs)),
        np.eye(config.outputs)[rng.integers(0, config.outputs, batch)],
        masks,
    )


def problem(hidden: Sequence[int], activation: Sequence[str], output: str, *, dropout: bool) -> Problem:
    """The first problem drawn whose weighted inputs all keep away from the kinks of ReLU."""
    config = NetworkConfig(
        inputs=5, hidden=tuple(hidden), outputs=3, activation=tuple(activation), output=output, dtype="float64"
    )
    for seed in count():
        drawn = draw(config, dropout, seed)
        if all(np.abs(z).min() > MARGIN for z in drawn.layers()[0]):
            return drawn
    raise AssertionError


def numeric_gradients(p: Problem, data_loss: Callable[[np.ndarray, np.ndarray], float], l2: float) -> list[np.ndarray]:
    found = [np.empty_like(array) for array in p.parameters]
    for array, slope in zip(p.parameters, found, strict=True):
        for entry in np.ndindex(array.shape):
            kept = array[entry]
            array[entry] = kept + STEP
            above = p.value(data_loss, l2)
            array[entry] = kept - STEP
            below = p.value(data_loss, l2)
            array[entry] = kept
            slope[entry] = (above - below) / (2 * STEP)
    return found


def relative_errors(p: Problem, pair: tuple[str, str], data_loss: Callable, l2: float) -> list[float]:
    """One for each parameter array: the distance over the length of the numeric gradient."""
    W, b = p.parameters[0::2], p.parameters[1::2]
    analytic, _ = gradients(p.config, W, b, p.x, p.l, get_loss(*pair), p.masks, l2)
    numeric = numeric_gradients(p, data_loss, l2)
    assert [g.shape for g in analytic] == [g.shape for g in numeric]
    return [float(np.linalg.norm(g - n) / np.linalg.norm(n)) for g, n in zip(analytic, numeric, strict=True)]


def allowed(pair: tuple[str, str]) -> bool:
    try:
        check(NetworkConfig(output=pair[1]), TrainingConfig(loss=pair[0]))
    except ConfigError:
        return False
    return True


def test_every_allowed_pair_of_loss_and_output_is_proved_here() -> None:
    assert {pair for pair in product(LOSSES, OUTPUTS) if allowed(pair)} == set(DESCENDED)


def test_every_activation_is_proved_here() -> None:
    assert set(BENDS) == {*ACTIVATIONS, *OUTPUTS}


@pytest.mark.parametrize("dropout", [False, True], ids=["all units", "dropout"])
@pytest.mark.parametrize("l2", [0.0, LAMBDA], ids=["plain", "l2"])
@pytest.mark.parametrize("pair", DESCENDED, ids="-".join)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_gradients_are_the_slopes_of_the_descended_loss(
    activation: str, pair: tuple[str, str], l2: float, dropout: bool
) -> None:
    p = problem((4, 4), (activation, activation), pair[1], dropout=dropout)
    assert max(relative_errors(p, pair, DESCENDED[pair], l2)) < TOLERANCE


@pytest.mark.parametrize("pair", DESCENDED, ids="-".join)
@pytest.mark.parametrize("activations", list(permutations(ACTIVATIONS, 2)), ids="-".join)
def test_gradients_with_two_different_activations(activations: tuple[str, str], pair: tuple[str, str]) -> None:
    p = problem((4, 3), activations, pair[1], dropout=True)
    assert max(relative_errors(p, pair, DESCENDED[pair], LAMBDA)) < TOLERANCE


@pytest.mark.parametrize("l2", [0.0, LAMBDA], ids=["plain", "l2"])
@pytest.mark.parametrize("pair", DESCENDED, ids="-".join)
def test_gradients_without_a_hidden_layer(pair: tuple[str, str], l2: float) -> None:
    p = problem((), (), pair[1], dropout=False)
    assert max(relative_errors(p, pair, DESCENDED[pair], l2)) < TOLERANCE


@pytest.mark.parametrize("pair", DESCENDED, ids="-".join)
def test_gradients_with_all_five_activations_in_a_row(pair: tuple[str, str]) -> None:
    p = problem((4, 3, 4, 3, 4), ACTIVATIONS, pair[1], dropout=False)
    assert max(relative_errors(p, pair, DESCENDED[pair], LAMBDA)) < TOLERANCE


def test_the_seeds_rule_does_not_descend_the_error_that_it_reports() -> None:
    p = problem((4, 4), ("sigmoid", "sigmoid"), "sigmoid", dropout=False)
    assert min(relative_errors(p, ("classic_mse", "sigmoid"), squared_error, 0.0)) > 0.5


def test_a_forgotten_penalty_would_be_noticed() -> None:
    p = problem((4, 4), ("sigmoid", "sigmoid"), "sigmoid", dropout=False)
    weights_errors = relative_errors(p, ("mse", "sigmoid"), squared_error, 0.0)
    W, b = p.parameters[0::2], p.parameters[1::2]
    penalised, _ = gradients(p.config, W, b, p.x, p.l, get_loss("mse", "sigmoid"), (), LAMBDA)
    plain, _ = gradients(p.config, W, b, p.x, p.l, get_loss("mse", "sigmoid"))
    assert max(weights_errors) < TOLERANCE
    assert all(np.abs(g - h).max() > 0.1 for g, h in zip(penalised[0::2], plain[0::2], strict=True))
    assert all(np.array_equal(g, h) for g, h in zip(penalised[1::2], plain[1::2], strict=True))
