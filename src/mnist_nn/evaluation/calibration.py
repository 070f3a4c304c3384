"""A network's calibration: it makes probabilities mean what they say, and tells when not to decide.

It consists of a temperature for the probabilities, an eleventh output that tells digits from everything else, and
counts of what each threshold on the confidence does to held-out digits. `calibration_fit` fits it and `prediction`
applies it; this module does not look at images. Formulas and sources are in docs/explanation/refusal.md.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.errors import ConfigError
from mnist_nn.evaluation.selective import OperatingPoint, ThresholdTest, out_of_reach

Array = npt.NDArray[Any]
Z_FEATURES = 3  # of the eleventh output, besides hidden units: log-sum-exp, largest and second largest of z_o
TABLE_COLUMNS = ("threshold", "error", "coverage")
LIMITS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05)
"""Limits on the share of errors that people may ask for; the table has a row for each of them."""


@dataclass(frozen=True, eq=False)
class Calibration:
    """The result of `calibrate`; it belongs to one network.

    Parameters
    ----------
    temperature
        z_o is divided by this number before the output activation (Guo et al., ICML 2017).
    weights, bias
        Weights and bias of the eleventh output: float64, shape (units of the last hidden layer + 3,).
    not_a_digit
        If ``is_digit`` is below this, the decision is "not a digit"; this happens to one true digit in a hundred.
    table
        float64, shape (rows, 3): threshold on the confidence (ascending), the error limit that it keeps, and coverage.
    test
        The counts for testing limits; None for older calibrations, which have only the table.
    """

    temperature: float
    weights: Array
    bias: float
    not_a_digit: float
    table: Array
    test: ThresholdTest | None = None

    def __post_init__(self) -> None:
        values = (np.array([self.temperature, self.bias, self.not_a_digit]), self.weights, self.table)
        if self.weights.ndim != 1 or self.table.shape[1:] != (len(TABLE_COLUMNS),) or not len(self.table):
            raise ConfigError(
                f"the calibration is damaged: its weights have shape {self.weights.shape} and its table has "
                f"shape {self.table.shape}, not (n,) and (rows, 3); calibrate the model again"
            )
        if not all(np.isfinite(value).all() for value in values) or self.temperature <= 0:
            raise ConfigError("the calibration contains impossible numbers; calibrate the model again")

    @property
    def least_error(self) -> float:
        """The smallest share of errors among accepted answers that some threshold can keep."""
        return float(self.table[:, 1].min())

    def operating_point(self, max_error: float) -> OperatingPoint:
        """Return the lowest threshold that keeps errors among the accepted at or below ``max_error``.

        Raises
        ------
        ConfigError
            If no threshold keeps the limit on the held-out digits, or there are too few digits to prove it.
        """
        return find_operating_point(self.table, max_error, self.test)


def find_operating_point(table: Array, max_error: float, test: ThresholdTest | None = None) -> OperatingPoint:
    """Find the threshold that keeps errors at or below ``max_error``, by a test or, without one, in the table.

    Raises
    ------
    ConfigError
        If there is no such threshold.

    Examples
    --------
    >>> find_operating_point(np.array([[0.1, 0.2, 1.0], [0.9, 0.01, 0.5]]), 0.05)[:3]
    (0.9, 0.01, 0.5)
    """
    if test is not None:
        return test.operating_point(max_error)
    good = np.flatnonzero(table[:, 1] <= max_error)
    if not 0 < max_error < 1 or not len(good):
        raise out_of_reach(max_error, float(table[:, 1].min()))
    threshold, error, coverage = table[good[0]].tolist()
    return OperatingPoint(threshold, error, coverage)


def nearest_limit(table: Array, wanted: float, test: ThresholdTest | None = None) -> float:
    """Find a limit that can be kept: the one asked for or a stricter one, or else the smallest possible.

    Without a test, the table has measured errors, and a limit can be kept if one of them is below it.

    Examples
    --------
    >>> table = np.array([[0.6, 0.02, 0.9], [0.9, 0.004, 0.5]])
    >>> nearest_limit(table, 0.01), nearest_limit(table, 0.001)
    (0.01, 0.004)
    """
    kept = table[:, 1][table[:, 1] <= wanted]
    if not len(kept):
        return float(table[:, 1].min())
    return wanted if test is None else float(kept.max())


def summarize(z: Array) -> Array:
    """Return the features that the eleventh output takes from z_o: log Σ exp z and the two largest z, shape (n, 3)."""
    top = np.sort(z, axis=1)[:, ::-1]
    total = top[:, 0] + np.log(np.exp(z - top[:, :1]).sum(axis=1))
    return np.column_stack([total, top[:, 0], top[:, 1]])
