"""Chooses the error limits that a reader keeps, for whole numbers, single digits or both, and their thresholds.

The thresholds come from the model's calibrations; `mnist_nn.reading.reader` applies them.
"""

import logging
from dataclasses import dataclass

from mnist_nn.errors import ConfigError
from mnist_nn.evaluation.calibration import Calibration, nearest_limit
from mnist_nn.evaluation.number_calibration import NumberCalibration
from mnist_nn.evaluation.selective import OperatingPoint
from mnist_nn.model_file.storage import Model
from mnist_nn.reading.evidence import FEATURES
from mnist_nn.reading.parameters import READING, ReadingParameters
from mnist_nn.util.checks import share

_logger = logging.getLogger("mnist_nn")


@dataclass(frozen=True)
class Limits:
    """The operating points for numbers and for digits; each is None if there is none.

    ``holds_numbers`` and ``holds_digits`` say which of them decide whether a number is accepted. Digits in doubtful
    numbers are always marked according to ``digit_threshold``.
    """

    numbers: OperatingPoint | None
    digits: OperatingPoint | None
    digit_threshold: float
    holds_numbers: bool
    holds_digits: bool

    def accepts(self, confidence: float) -> bool:
        """Say whether the limit on numbers allows a number with this confidence."""
        return not self.holds_numbers or self.numbers is None or confidence >= self.numbers.threshold

    def vouches_for_digits(self, confidence: float) -> bool:
        """Say whether a number with this confidence is accepted as a whole, whatever its single digits look like."""
        return self.holds_numbers and not self.holds_digits and self.accepts(confidence)


def choose_limits(
    model: Model,
    max_error: float | None = None,
    max_error_per_digit: float | None = None,
    parameters: ReadingParameters = READING,
) -> Limits:
    """Find the thresholds for the requested limits; if there are none, use the usual limit for numbers.

    Raises
    ------
    ConfigError
        If a limit cannot be kept, or the model has no calibration.
    """
    for name, limit in (("max_error", max_error), ("max_error_per_digit", max_error_per_digit)):
        if limit is not None:
            share(name, limit)
            _check_calibrated(model, name)
    if model.calibration is None:
        _logger.warning(
            "the model has no calibration, so its errors are not known and it accepts everything as a "
            "digit; add a calibration with: mnist-nn calibrate MODEL"
        )
        return Limits(None, None, parameters.uncalibrated_threshold, holds_numbers=False, holds_digits=True)
    per_digit = max_error_per_digit is not None
    digits = _find(model.calibration, max_error_per_digit, parameters.max_error_per_digit)
    numbers = None
    if not per_digit or max_error is not None:
        numbers = _find_for_numbers(model, model.calibration, max_error, parameters)
    return Limits(numbers, digits, digits.threshold, holds_numbers=numbers is not None, holds_digits=per_digit)


def _find_for_numbers(
    model: Model, calibration: Calibration, max_error: float | None, parameters: ReadingParameters
) -> OperatingPoint:
    """Find the threshold for numbers; if only digits are calibrated, it is that for digits."""
    numbers = model.number_calibration
    if numbers is None:
        point = _find(calibration, max_error, parameters.max_error_per_digit)
        if max_error is not None:
            _logger.warning(
                "only the digits of this model are calibrated: a number is accepted if the product of its digits' "
                "confidences reaches the threshold for a digit, and it has not been measured how often that is wrong"
            )
        return point
    if not set(numbers.features) <= set(FEATURES):
        raise ConfigError("another version made the calibration of numbers; calibrate the model again")
    return _find(numbers, max_error, parameters.max_error)


def _check_calibrated(model: Model, name: str) -> None:
    if model.calibration is None:
        raise ConfigError(
            f"{name} has no effect on a model without a calibration; leave it out, or add a calibration "
            "with: mnist-nn calibrate MODEL"
        )


def _find(calibration: Calibration | NumberCalibration, max_error: float | None, usual: float) -> OperatingPoint:
    """Look up the threshold; if the model cannot keep the usual limit, use its best one and log a warning."""
    if max_error is not None:
        return calibration.operating_point(max_error)
    limit = nearest_limit(calibration.table, usual, calibration.test)
    if limit > usual:
        _logger.warning("this model can keep errors to %.4f at best, not to %g", limit, usual)
    return calibration.operating_point(limit)
