"""When to believe a network: probabilities that mean what they say, and "I don't know" where that is the answer.

A `Calibration` is a temperature for the probabilities, an eleventh output that tells digits from what is none, and a
table of what each threshold costs; `calibration_fit` fits it. Formulas and sources are in docs/refusal.md.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_nn import engines
from mnist_nn.errors import ConfigError
from mnist_nn.nn.activations import sigmoid
from mnist_nn.nn.config import NetworkConfig
from mnist_nn.nn.network import Network

Array = npt.NDArray[Any]
MORE = 3  # what the score takes besides hidden units: log-sum-exp, largest and second largest of z_o


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
    return opinion_of(network, calibration, z_of(extended(network, calibration), images, engine))


def opinion_of(network: Network, calibration: Calibration | None, z: Array) -> Opinion:
    """Turn z_o of a network as `extended` gives it, shape (n, outputs), into opinions.

    Examples
    --------
    >>> opinion_of(Network.create(), None, np.zeros((1, 10))).confidence.round(2).tolist()
    [0.1]
    """
    if calibration is None:
        probabilities = network.probabilities(z)
        return Opinion(probabilities, np.ones(len(z)), probabilities.max(axis=1))
    z = z.astype(np.float64)
    z, linear = z[:, :-1], z[:, -1]
    score = linear + summary(z) @ calibration.weights[-MORE:] + calibration.bias
    probabilities = network.probabilities(z / calibration.temperature)
    is_digit = sigmoid(score)
    return Opinion(probabilities, is_digit, probabilities.max(axis=1) * is_digit)


def z_of(network: Network, images: Array, engine: str = "auto") -> Array:
    """Run the forward pass: z_o of all images, shape (n, outputs)."""
    runner = engines.for_inference(engine, network.config, len(images))
    return runner.forward(network, runner.place(images))


@lru_cache(maxsize=4)
def extended(network: Network, calibration: Calibration | None) -> Network:
    """Return the network with one more output unit, the linear part of the score; without a calibration as it is.

    Examples
    --------
    >>> network = Network.create()
    >>> extended(network, None) is network
    True
    """
    if calibration is None:
        return network
    config = NetworkConfig.from_dict({**network.config.to_dict(), "outputs": network.config.outputs + 1})
    row = calibration.weights[None, :-MORE].astype(config.dtype)
    weights = (*network.weights[:-1], np.vstack([network.weights[-1], row]))
    biases = (*network.biases[:-1], np.append(network.biases[-1], np.zeros(1, config.dtype)))
    return Network(config, weights, biases)


def summary(z: Array) -> Array:
    """log Σ exp z, and the two largest: shape (n, 3)."""
    top = np.sort(z, axis=1)[:, ::-1]
    total = top[:, 0] + np.log(np.exp(z - top[:, :1]).sum(axis=1))
    return np.column_stack([total, top[:, 0], top[:, 1]])
