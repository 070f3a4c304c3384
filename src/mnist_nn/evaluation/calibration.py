"""A network's calibration: what makes its probabilities mean what they say, and when it had better not decide.

A temperature for the probabilities, an eleventh output that tells digits from everything else, and a table of what
each threshold on the confidence costs. `calibration_fit` fits it, `prediction` applies it; it computes nothing of an
image itself. Formulas and sources are in docs/refusal.md.
"""

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_nn.errors import ConfigError

Array = npt.NDArray[Any]
Z_FEATURES = 3  # of the eleventh output, besides hidden units: log-sum-exp, largest and second largest of z_o


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
        Below this ``is_digit`` the decision is "not a digit"; one true digit in a hundred lies there.
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


def summarize(z: Array) -> Array:
    """Return the features that the eleventh output takes from z_o: log Σ exp z, and the two largest, shape (n, 3)."""
    top = np.sort(z, axis=1)[:, ::-1]
    total = top[:, 0] + np.log(np.exp(z - top[:, :1]).sum(axis=1))
    return np.column_stack([total, top[:, 0], top[:, 1]])
