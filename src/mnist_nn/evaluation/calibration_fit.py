"""Fits a calibration to images that a network has not learned from, and to pictures that are not digits.

It fits a temperature for the probabilities and an eleventh output that tells digits from everything else. Then it tests
thresholds on digits that nothing was fitted on. Formulas and sources are in docs/explanation/refusal.md.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar

from mnist_nn.data import Samples
from mnist_nn.data.augmentation import augment
from mnist_nn.data.non_digits import KINDS, non_digits
from mnist_nn.errors import DataError
from mnist_nn.evaluation.calibration import LIMITS, Calibration, summarize
from mnist_nn.evaluation.logistic import fit_logistic
from mnist_nn.evaluation.prediction import forward, predict
from mnist_nn.evaluation.selective import choose_thresholds, count_thresholds
from mnist_nn.nn.activations import ACTIVATIONS
from mnist_nn.nn.config import DIGIT_CLASSES, DIGIT_SHAPE, NetworkConfig
from mnist_nn.nn.network import Network
from mnist_nn.util import randomness

Array = npt.NDArray[Any]
Key = randomness.Key
LEAST_DIGITS = 200
LOG_T = 3.0  # temperatures are looked for from exp(-3) to exp(3)
LOST = 0.01  # share of true digits that may be called "not a digit"
PENALTY = 1.0  # λ of the logistic regression's ridge, on standardised features
EXAMPLES = 400  # pictures of each kind of non-digit


def calibrate(
    network: Network, held_out: Samples, key: Key, hands: tuple[Samples, Samples] | None = None
) -> Calibration:
    """Fit the temperature, the eleventh output and the thresholds on digits that the network has not learned from.

    One half of the digits, distorted copies of them, and pictures that are not digits are used to fit the temperature
    and the eleventh output and to choose the thresholds. The other half is used to test the thresholds, separately on
    plain digits, on distorted copies and on digits in other handwriting.

    Parameters
    ----------
    network
        A network for 28×28 images.
    held_out
        At least 200 digits that the network has not learned from.
    key
        Random key for the halves, the distortions and the non-digits.
    hands
        Digits in other handwriting than those held out, for fitting and for testing. Nobody's handwriting may be in
        both.

    Raises
    ------
    DataError
        If there are too few held-out images, or they are not 28×28 pictures.
    """
    if (
        len(held_out) < LEAST_DIGITS
        or held_out.images.shape[1:] != DIGIT_SHAPE
        or network.config.outputs > DIGIT_CLASSES
    ):
        raise DataError(
            f"calibration needs a network of digits and at least {LEAST_DIGITS} held-out images of 28×28 "
            f"pixels; got {len(held_out)} of shape {held_out.images.shape[1:]}"
        )
    order = randomness.permutation(randomness.fold(key, 0), len(held_out))
    halves = [held_out.take(rows) for rows in np.array_split(order, 2)]
    fitting, testing = (_with_copies(half, randomness.fold(key, n)) for n, half in enumerate(halves, 1))
    if hands:
        fitting, testing = ((*sets, other) for sets, other in zip((fitting, testing), hands, strict=True))
    written = np.concatenate([fitting[0].images, *(samples.images for samples in fitting[2:])])
    others = np.concatenate(
        [non_digits(kind, EXAMPLES, randomness.fold(key, 3, n), written) for n, kind in enumerate(KINDS)]
    )
    digits, labels = (np.concatenate(columns) for columns in zip(*((s.images, s.labels) for s in fitting), strict=True))
    hidden, z = run_network(network, np.concatenate([digits, others]))
    temperature = fit_temperature(network, z[: len(digits)], labels)
    weights, bias = fit_digit_output(np.column_stack([hidden, summarize(z)]), len(digits))
    draft = Calibration(temperature, weights, bias, 0.0, np.array([[0.0, 1.0, 1.0]]))
    confidence = [predict(network, half.images, draft).confidence for half in fitting]
    tested = [predict(network, half.images, draft) for half in testing]
    test = count_thresholds(
        choose_thresholds(np.concatenate(confidence)),
        [(found.confidence, found.label == half.labels) for found, half in zip(tested, testing, strict=True)],
    )
    not_a_digit = float(np.quantile(tested[0].is_digit, LOST))
    return replace(draft, not_a_digit=not_a_digit, table=test.tabulate(LIMITS), test=test)


def _with_copies(samples: Samples, key: Key) -> tuple[Samples, ...]:
    """Return the digits and distorted copies of them."""
    return samples, Samples(augment(samples.images, key, "affine"), samples.labels)


def run_network(network: Network, images: Array) -> tuple[Array, Array]:
    """Return the activations of the last hidden layer (or the pixels, if there is none) and z_o, both float64."""
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
    """Minimize the mean negative log-likelihood over log T, which has a single minimum."""

    def cost(log_t: float) -> float:
        likelihood = network.probabilities(z / np.exp(log_t))[np.arange(len(z)), labels]
        return float(-np.log(np.maximum(likelihood, 1e-300)).mean())

    found = minimize_scalar(cost, bounds=(-LOG_T, LOG_T), method="bounded", options={"xatol": 1e-8})
    return float(np.exp(found.x))


def fit_digit_output(features: Array, digits: int) -> tuple[Array, float]:
    """Fit the eleventh output by logistic regression with a small ridge penalty.

    The first ``digits`` rows of the features are digits, and the rest are not; both groups have the same total weight.
    Returns weights and bias.
    """
    others = len(features) - digits
    t = np.repeat([1.0, 0.0], [digits, others])
    share = np.where(t > 0, len(t) / (2 * digits), len(t) / (2 * others))
    return fit_logistic(features, t, PENALTY, share)
