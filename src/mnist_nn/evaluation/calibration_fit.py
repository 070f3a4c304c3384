"""Fit a calibration on images that a network has not learned from, and on pictures that are no digits.

Three fits: a temperature for the probabilities, an eleventh output that tells digits from everything else, and a table
of what each threshold costs. Formulas and sources are in docs/refusal.md.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar

from mnist_nn.data import Samples
from mnist_nn.data.augmentation import augment
from mnist_nn.data.non_digits import KINDS, non_digits
from mnist_nn.errors import DataError
from mnist_nn.evaluation.calibration import Calibration, summarize
from mnist_nn.evaluation.metrics import wilson_interval
from mnist_nn.evaluation.prediction import Predictions, forward, predict
from mnist_nn.nn.activations import ACTIVATIONS, sigmoid
from mnist_nn.nn.config import DIGIT_CLASSES, DIGIT_SHAPE, NetworkConfig
from mnist_nn.nn.network import Network
from mnist_nn.util import randomness

Array = npt.NDArray[Any]
Key = randomness.Key
LEAST_DIGITS = 200
LOG_T = 3.0  # temperatures are looked for from exp(-3) to exp(3)
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
    if (
        len(held_out) < LEAST_DIGITS
        or held_out.images.shape[1:] != DIGIT_SHAPE
        or network.config.outputs > DIGIT_CLASSES
    ):
        raise DataError(
            f"calibration needs a network of digits and at least {LEAST_DIGITS} held-out 28×28 images; these are "
            f"{len(held_out)} of shape {held_out.images.shape[1:]}"
        )
    order = randomness.permutation(randomness.fold(key, 0), len(held_out))
    halves = [held_out.take(rows) for rows in np.array_split(order, 2)]
    fitting, testing = (_with_copies(half, randomness.fold(key, n)) for n, half in enumerate(halves, 1))
    others = np.concatenate(
        [non_digits(kind, EXAMPLES, randomness.fold(key, 3, n), halves[0].images) for n, kind in enumerate(KINDS)]
    )
    digits, labels = (np.concatenate(columns) for columns in zip(*((s.images, s.labels) for s in fitting), strict=True))
    hidden, z = run_network(network, np.concatenate([digits, others]))
    temperature = fit_temperature(network, z[: len(digits)], labels)
    weights, bias = fit_digit_output(np.column_stack([hidden, summarize(z)]), len(digits))
    draft = Calibration(temperature, weights, bias, 0.0, np.array([[0.0, 1.0, 1.0]]))
    tested = [(predict(network, half.images, draft), half.labels) for half in testing]
    not_a_digit = float(np.quantile(tested[0][0].is_digit, LOST))
    return replace(draft, not_a_digit=not_a_digit, table=tabulate_thresholds(tested))


def _with_copies(samples: Samples, key: Key) -> tuple[Samples, Samples]:
    """Digits as they are, and their distorted copies."""
    return samples, Samples(augment(samples.images, key, "affine"), samples.labels)


def run_network(network: Network, images: Array) -> tuple[Array, Array]:
    """Return the activations of the last hidden layer, or the pixels where there is none, and z_o; both float64."""
    config = network.config
    if config.hidden:
        shape = {"hidden": config.hidden[:-1], "outputs": config.hidden[-1], "activation": config.activation[:-1]}
        lower = NetworkConfig.from_dict({**config.to_dict(), **shape, "output": "sigmoid"})
        z_h = forward(Network(lower, network.weights[:-1], network.biases[:-1]), images)
        hidden = ACTIVATIONS[config.activation[-1]].f(z_h)
    else:
        hidden = images.reshape(len(images), -1) / np.array(255, config.dtype)
    z_o = hidden @ network.weights[-1].T + network.biases[-1]
    return hidden.astype(np.float64), z_o.astype(np.float64)


def fit_temperature(network: Network, z: Array, labels: Array) -> float:
    """Minimise the mean negative log-likelihood over log T, which has one minimum."""

    def cost(log_t: float) -> float:
        likelihood = network.probabilities(z / np.exp(log_t))[np.arange(len(z)), labels]
        return float(-np.log(np.maximum(likelihood, 1e-300)).mean())

    found = minimize_scalar(cost, bounds=(-LOG_T, LOG_T), method="bounded", options={"xatol": 1e-8})
    return float(np.exp(found.x))


def fit_digit_output(features: Array, digits: int) -> tuple[Array, float]:
    """Fit the eleventh output: logistic regression by Newton's method, with a small ridge.

    The first ``digits`` rows of the features are digits and the rest is not; both sides weigh the same. Returns
    weights and bias.
    """
    others = len(features) - digits
    mean, spread = features.mean(axis=0), np.maximum(features.std(axis=0), 1e-6)
    x = np.column_stack([(features - mean) / spread, np.ones(len(features))])
    t = np.repeat([1.0, 0.0], [digits, others])
    share = np.where(t > 0, len(t) / (2 * digits), len(t) / (2 * others))
    ridge = np.diag([PENALTY] * features.shape[1] + [1e-9])
    w = np.zeros(x.shape[1])
    for _ in range(25):
        p = sigmoid(x @ w)
        gradient = x.T @ (share * (p - t)) + ridge @ w
        curvature = (x * (share * np.maximum(p * (1 - p), 1e-6))[:, None]).T @ x + ridge
        w -= np.linalg.solve(curvature, gradient)
    weights = w[:-1] / spread
    return weights, float(w[-1] - weights @ mean)


def tabulate_thresholds(tested: Sequence[tuple[Predictions, Array]]) -> Array:
    """Say what each threshold costs on some sets of predictions and true labels: float64 of shape (rows, 3).

    The error is that of the worse set, by the upper end of its interval, and the coverage that of the first.
    """
    confidence = np.concatenate([predictions.confidence for predictions, _ in tested])
    rows = []
    for threshold in np.unique(np.quantile(confidence, np.linspace(0, 1, ROWS))):
        errors, coverage = zip(*(_cost(*one, threshold) for one in tested), strict=True)
        rows.append((threshold, max(errors), coverage[0]))
    return np.array(rows)


def _cost(predictions: Predictions, labels: Array, threshold: float) -> tuple[float, float]:
    """Upper end of the interval of the error among the accepted, and the share that is accepted."""
    accepted = predictions.confidence >= threshold
    wrong = accepted & (predictions.label != labels)
    count = max(int(accepted.sum()), 1)
    return wilson_interval(int(wrong.sum()), count)[1], float(accepted.mean())
