"""The calibration of whole numbers: it combines everything that two kinds of readers say about a number.

It belongs to the networks of one model file. `mnist_nn.reading.evidence` defines the features. This module has the
logistic score of these features, and counts of what each threshold on the score does.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.errors import ConfigError
from mnist_nn.evaluation.calibration import TABLE_COLUMNS, find_operating_point
from mnist_nn.evaluation.likeness import LooksSummary
from mnist_nn.evaluation.selective import OperatingPoint, ThresholdTest
from mnist_nn.nn.activations import sigmoid

Array = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class NumberCalibration:
    """A logistic score of a number's features, and its operating points.

    Parameters
    ----------
    features
        The names of the features, in the order of the weights.
    weights
        float64, shape (features,).
    bias
        The bias, which is added to the weighted sum.
    table
        float64, shape (rows, 3): threshold on the confidence (ascending), the error limit that it keeps, and coverage.
    test
        The counts for testing limits; None if there is only the table.
    looks
        A summary of the numbers that it was tested on; None for older calibrations.

    Raises
    ------
    ConfigError
        If the shapes do not fit together, or a value is not finite.
    """

    features: tuple[str, ...]
    weights: Array
    bias: float
    table: Array
    test: ThresholdTest | None = None
    looks: LooksSummary | None = None

    def __post_init__(self) -> None:
        if self.weights.shape != (len(self.features),) or self.table.shape[1:] != (len(TABLE_COLUMNS),):
            raise ConfigError(
                f"the calibration of numbers is damaged: {len(self.features)} features, weights of shape "
                f"{self.weights.shape} and a table of shape {self.table.shape} do not fit together; calibrate "
                "the model again"
            )
        values = np.concatenate([self.weights, [self.bias], self.table.ravel()])
        if not np.isfinite(values).all() or not len(self.table):
            raise ConfigError("the calibration of numbers contains impossible values; calibrate the model again")

    @property
    def least_error(self) -> float:
        """The smallest share of errors among accepted numbers that some threshold can keep."""
        return float(self.table[:, 1].min())

    def operating_point(self, max_error: float) -> OperatingPoint:
        """Return the lowest threshold that keeps errors among the accepted numbers at or below ``max_error``.

        Raises
        ------
        ConfigError
            If no threshold keeps the limit.
        """
        return find_operating_point(self.table, max_error, self.test)

    def score(self, features: Array) -> npt.NDArray[np.float64]:
        """Return the confidence, from 0 to 1 and of shape (n,), in numbers with features of shape (n, features).

        Examples
        --------
        >>> calibration = NumberCalibration(("margin",), np.array([2.0]), -1.0, np.array([[0.5, 0.01, 0.9]]))
        >>> calibration.score(np.array([[0.5], [3.0]])).round(3).tolist()
        [0.5, 0.993]
        """
        return np.asarray(sigmoid(np.asarray(features, np.float64) @ self.weights + self.bias))
