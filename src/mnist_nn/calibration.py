"""When to believe a network: probabilities that mean what they say, and "I don't know" where that is the answer.

`calibrate` fits three things on images the network has not learned from: a temperature for its probabilities, an
eleventh output that tells digits from what is none, and a table of what each threshold costs. Formulas and sources are
in docs/refusal.md.
"""

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_nn import engines, randomness
from mnist_nn.activations import ACTIVATIONS
from mnist_nn.augmentation import augment
from mnist_nn.config import NetworkConfig
from mnist_nn.data import Samples
from mnist_nn.errors import ConfigError, DataError
from mnist_nn.evaluation import wilson_interval
from mnist_nn.network import Network
from mnist_nn.nondigits import KINDS, non_digits

Array = npt.NDArray[Any]
Key = randomness.Key
MORE = 3  # what the score takes besides hidden units: log-sum-exp, largest and second largest of z_o
LEAST_DIGITS = 200
ROWS = 400  # thresholds in the table
LOST = 0.01  # share of true digits that may be called "not a digit"
PENALTY = 1.0  # λ of the logistic regression's ridge, on standardised features
EXAMPLES = 800  # pictures of each kind of non-digit


class Opinion(NamedTuple):
    """What a network thinks of n images.

    Attributes
    ----------
    probabilities
        Of each class if the image is a digit, tempered: shape (n, classes), rows sum to 1.
    is_digit
        Probability that it is a digit at all: shape (n,).
    confidence
        Probability that the best class is right: the product of the two, shape (n,).
    """

    probabilities: Array
    is_digit: Array
    confidence: Array


class OperatingPoint(NamedTuple):
    """A threshold on the confidence, and what it did to held-out digits.

    ``error`` is the share of errors among the accepted, by the upper end of its 95 % interval; ``coverage`` is the
    share that was accepted.
    """

    threshold: float
    error: float
    coverage: float


@dataclass(frozen=True, eq=False)
class Calibration:
    """What `calibrate` found; it belongs to one network.

    Parameters
    ----------
    temperature
        z_o is divided by it before the output activation (Guo et al., ICML 2017).
    weights, bias
        Of the eleventh output: float64, shape (units of the last hidden layer + 3,).
    not_a_digit
        Below this ``is_digit`` the verdict is "not a digit"; one true digit in a hundred lies there.
    table
        float64, shape (rows, 3): threshold on the confidence, ascending; error; coverage.
    """

    temperature: float
    weights: Array
    bias: float
    not_a_digit: float
    table: Array

    def __post_init__(self) -> None:
        values = (np.array([self.temperature, self.bias, self.not_a_digit]), self.weights, self.table)
        if self.weights.ndim != 1 or self.table.shape[1:] != (len(OperatingPoint._fields),) or not len(self.table):
            raise ConfigError(
                f"the calibration has weights of shape {self.weights.shape} and a table of {self.table.shape}, not "
                "(n,) and (rows, 3); calibrate the model again"
            )
        if not all(np.isfinite(value).all() for value in values) or self.temperature <= 0:
            raise ConfigError("the calibration holds numbers that cannot be; calibrate the model again")

    @property
    def least_error(self) -> float:
        """The smallest share of errors among the accepted that some threshold keeps to."""
        return float(self.table[:, 1].min())

    def operating_point(self, max_error: float) -> OperatingPoint:
        """Return the lowest threshold that keeps errors among the accepted at or below ``max_error``.

        Raises
        ------
        ConfigError
            If no threshold reaches it on the held-out digits.
        """
        good = np.flatnonzero(self.table[:, 1] <= max_error)
        if not 0 < max_error < 1 or not len(good):
            least = math.ceil(self.least_error * 10_000) / 10_000
            raise ConfigError(
                f"max_error is {max_error}; this model's calibration reaches {least:.4f} at best, "
                f"so give a share from {least:.4f} up to but not including 1"
            )
        return OperatingPoint(*(float(value) for value in self.table[good[0]]))


def opinions(
    network: Network, calibration: Calibration | None, images: npt.NDArray[np.uint8], *, engine: str = "auto"
) -> Opinion:
    """Ask a network about images, all in one forward pass.

    Parameters
    ----------
    network
        The network.
    calibration
        Its calibration; without one the probabilities are the network's own and ``is_digit`` is 1.
    images
        uint8 of shape (n, 28, 28), or whatever the network takes.
    engine
        One of `mnist_nn.engines.available`.

    Examples
    --------
    >>> opinion = opinions(Network.create(), None, np.zeros((2, 28, 28), np.uint8))
    >>> opinion.probabilities.shape, opinion.is_digit.tolist()
    ((2, 10), [1.0, 1.0])
    """
    if calibration is None:
        probabilities = network.probabilities(_z(network, images, engine))
        return Opinion(probabilities, np.ones(len(images)), probabilities.max(axis=1))
    z = _z(_with_eleventh(network, calibration), images, engine).astype(np.float64)
    z, linear = z[:, :-1], z[:, -1]
    score = linear + _more(z) @ calibration.weights[-MORE:] + calibration.bias
    probabilities = network.probabilities(z / calibration.temperature)
    is_digit = _sigmoid(score)
    return Opinion(probabilities, is_digit, probabilities.max(axis=1) * is_digit)


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


def _z(network: Network, images: Array, engine: str = "auto") -> Array:
    runner = engines.for_inference(engine, network.config, len(images))
    return runner.forward(network, runner.place(images))


@lru_cache(maxsize=4)
def _with_eleventh(network: Network, calibration: Calibration) -> Network:
    """The same network with one more output unit: the linear part of the score."""
    config = NetworkConfig.from_dict({**network.config.to_dict(), "outputs": network.config.outputs + 1})
    row = calibration.weights[None, :-MORE].astype(config.dtype)
    weights = (*network.weights[:-1], np.vstack([network.weights[-1], row]))
    biases = (*network.biases[:-1], np.append(network.biases[-1], np.zeros(1, config.dtype)))
    return Network(config, weights, biases)


def _more(z: Array) -> Array:
    """log Σ exp z, and the two largest: shape (n, 3)."""
    top = np.sort(z, axis=1)[:, ::-1]
    total = top[:, 0] + np.log(np.exp(z - top[:, :1]).sum(axis=1))
    return np.column_stack([total, top[:, 0], top[:, 1]])


def _features(network: Network, images: Array) -> Array:
    """What the eleventh output sees: the last hidden layer's activations, then `_more`; float64."""
    config = network.config
    if config.hidden:
        shape = {"hidden": config.hidden[:-1], "outputs": config.hidden[-1], "activation": config.activation[:-1]}
        lower = NetworkConfig.from_dict({**config.to_dict(), **shape, "output": "sigmoid"})
        z_h = _z(Network(lower, network.weights[:-1], network.biases[:-1]), images)
        hidden = ACTIVATIONS[config.activation[-1]].f(z_h)
    else:
        hidden = images.reshape(len(images), -1) / np.float64(255)
    return np.column_stack([hidden.astype(np.float64), _more(_z(network, images).astype(np.float64))])


def _temperature(network: Network, parts: tuple[Samples, ...]) -> float:
    """Minimise the mean negative log-likelihood over log T by golden sections; it has one minimum."""
    z = np.concatenate([_z(network, part.images) for part in parts]).astype(np.float64)
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
        p = _sigmoid(x @ w)
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


def _sigmoid(z: Array) -> Array:
    return np.asarray(ACTIVATIONS["sigmoid"].f(z))
