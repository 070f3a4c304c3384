"""Fit a calibration on images that a network has not learned from, and on pictures that are no digits.

Three fits: a temperature for the probabilities, an eleventh output that tells digits from what is none, and a table of
what each threshold costs. Formulas and sources are in docs/refusal.md.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.data import Samples
from mnist_nn.data.augmentation import augment
from mnist_nn.data.non_digits import KINDS, non_digits
from mnist_nn.errors import DataError
from mnist_nn.evaluation.calibration import Calibration, Opinion, opinions, summary, z_of
from mnist_nn.evaluation.metrics import wilson_interval
from mnist_nn.nn.activations import ACTIVATIONS, sigmoid
from mnist_nn.nn.config import NetworkConfig
from mnist_nn.nn.network import Network
from mnist_nn.util import randomness

Array = npt.NDArray[Any]
Key = randomness.Key
LEAST_DIGITS = 200
ROWS = 400  # thresholds in the table
LOST = 0.01  # share of true digits that may be called "not a digit"
PENALTY = 1.0  # λ of the logistic regression's ridge, on standardised features
EXAMPLES = 800  # pictures of each kind of non-digit


def calibrate(network: Network, held_out: Samples, key: Key) -> Calibration:
    """Fit temperature, eleventh output and thresholds on digits the network has not learned from.

    One half of the digits, and distorted copies of them, and pictures that are no digits fit the temperature and the
    eleventh output; the other half says what each threshold costs.

    Parameters
    ----------
    network
        A network for 28×28 images.
    held_out
        Digits it has not learned from, at least 200.
    key
        Decides the halves, the distortions and the non-digits.

    Raises
    ------
    DataError
        If the held-out images are too few or no 28×28 pictures.
    """
    if len(held_out) < LEAST_DIGITS or held_out.images.shape[1:] != (28, 28) or network.config.outputs > 10:  # noqa: PLR2004
        raise DataError(
            f"calibration needs a network of digits and at least {LEAST_DIGITS} held-out 28×28 images; these are "
            f"{len(held_out)} of shape {held_out.images.shape[1:]}"
        )
    order = randomness.permutation(randomness.fold(key, 0), len(held_out))
    fitting, judging = (
        _pairs(held_out.take(part), randomness.fold(key, n)) for n, part in enumerate(np.array_split(order, 2), 1)
    )
    others = np.concatenate(
        [non_digits(kind, EXAMPLES, randomness.fold(key, 3, n), fitting[0].images) for n, kind in enumerate(KINDS)]
    )
    temperature = _temperature(network, fitting)
    weights, bias = _eleventh(network, np.concatenate([part.images for part in fitting]), others)
    draft = Calibration(temperature, weights, bias, 0.0, np.array([[0.0, 1.0, 1.0]]))
    return replace(draft, not_a_digit=_lowest(network, draft, judging[0]), table=_table(network, draft, judging))


def _pairs(samples: Samples, key: Key) -> tuple[Samples, Samples]:
    """Digits as they are, and their distorted copies."""
    return samples, Samples(augment(samples.images, key, "affine"), samples.labels)


def _features(network: Network, images: Array) -> Array:
    """What the eleventh output sees: the last hidden layer's activations, then `_more`; float64."""
    config = network.config
    if config.hidden:
        shape = {"hidden": config.hidden[:-1], "outputs": config.hidden[-1], "activation": config.activation[:-1]}
        lower = NetworkConfig.from_dict({**config.to_dict(), **shape, "output": "sigmoid"})
        z_h = z_of(Network(lower, network.weights[:-1], network.biases[:-1]), images)
        hidden = ACTIVATIONS[config.activation[-1]].f(z_h)
    else:
        hidden = images.reshape(len(images), -1) / np.float64(255)
    return np.column_stack([hidden.astype(np.float64), summary(z_of(network, images).astype(np.float64))])


def _temperature(network: Network, parts: tuple[Samples, ...]) -> float:
    """Minimise the mean negative log-likelihood over log T by golden sections; it has one minimum."""
    z = np.concatenate([z_of(network, part.images) for part in parts]).astype(np.float64)
    labels = np.concatenate([part.labels for part in parts])

    def cost(log_t: float) -> float:
        chosen = network.probabilities(z / np.exp(log_t))[np.arange(len(z)), labels]
        return float(-np.log(np.maximum(chosen, 1e-300)).mean())

    low, high, ratio = -3.0, 3.0, (5**0.5 - 1) / 2
    for _ in range(40):
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        low, high = (low, right) if cost(left) < cost(right) else (left, high)
    return float(np.exp((low + high) / 2))


def _eleventh(network: Network, digits: Array, others: Array) -> tuple[Array, float]:
    """Logistic regression, digits against the rest with equal weight, by Newton's method; (weights, bias)."""
    features = _features(network, np.concatenate([digits, others]))
    mean, spread = features.mean(axis=0), np.maximum(features.std(axis=0), 1e-6)
    x = np.column_stack([(features - mean) / spread, np.ones(len(features))])
    t = np.repeat([1.0, 0.0], [len(digits), len(others)])
    share = np.where(t > 0, len(t) / (2 * len(digits)), len(t) / (2 * len(others)))
    ridge = np.diag([PENALTY] * features.shape[1] + [1e-9])
    w = np.zeros(x.shape[1])
    for _ in range(25):
        p = sigmoid(x @ w)
        gradient = x.T @ (share * (p - t)) + ridge @ w
        curvature = (x * (share * np.maximum(p * (1 - p), 1e-6))[:, None]).T @ x + ridge
        w -= np.linalg.solve(curvature, gradient)
    weights = w[:-1] / spread
    return weights, float(w[-1] - weights @ mean)


def _lowest(network: Network, calibration: Calibration, digits: Samples) -> float:
    return float(np.quantile(opinions(network, calibration, digits.images).is_digit, LOST))


def _table(network: Network, calibration: Calibration, parts: tuple[Samples, ...]) -> Array:
    """For each threshold the error of the worse part, by the upper end of its interval, and the first's coverage."""
    judged = [(opinions(network, calibration, part.images), part.labels) for part in parts]
    thresholds = np.unique(
        np.quantile(np.concatenate([opinion.confidence for opinion, _ in judged]), np.linspace(0, 1, ROWS))
    )
    rows = []
    for threshold in thresholds:
        errors, coverage = zip(*(_cost(opinion, labels, threshold) for opinion, labels in judged), strict=True)
        rows.append((threshold, max(errors), coverage[0]))
    return np.array(rows)


def _cost(opinion: Opinion, labels: Array, threshold: float) -> tuple[float, float]:
    accepted = opinion.confidence >= threshold
    wrong = accepted & (opinion.probabilities.argmax(axis=1) != labels)
    count = max(int(accepted.sum()), 1)
    return wilson_interval(int(wrong.sum()), count)[1], float(accepted.mean())
