"""Which thresholds a reader keeps to, by what was asked for and by what its model is calibrated for."""

from dataclasses import replace

import numpy as np
import pytest

from mnist_nn.errors import ConfigError
from mnist_nn.evaluation.calibration import Calibration
from mnist_nn.evaluation.number_calibration import NumberCalibration
from mnist_nn.model_file.storage import Model
from mnist_nn.nn.network import Network
from mnist_nn.reading.limits import choose_limits

DIGITS = Calibration(1.0, np.zeros(23), 0.0, 0.1, np.array([[0.6, 0.05, 1.0], [0.8, 0.01, 0.9], [0.95, 0.002, 0.5]]))
NUMBERS = NumberCalibration(("digits",), np.zeros(1), 0.0, np.array([[0.5, 0.05, 0.9], [0.7, 0.01, 0.6]]))
BOTH = Model(Network.create(), calibration=DIGITS, number_calibration=NUMBERS)
DIGITS_ALONE = replace(BOTH, number_calibration=None)


def test_numbers_keep_to_the_usual_limit_if_nothing_is_asked_for() -> None:
    limits = choose_limits(BOTH)
    assert (limits.holds_numbers, limits.holds_digits) == (True, False)
    assert limits.numbers is not None
    assert (limits.numbers.threshold, limits.digit_threshold) == (0.7, 0.8)
    assert limits.accepts(0.7)
    assert not limits.accepts(0.69)
    assert limits.vouches_for_digits(0.7)


def test_a_limit_for_numbers_leaves_the_mark_of_digits_as_it_is() -> None:
    limits = choose_limits(BOTH, 0.05)
    assert limits.numbers is not None
    assert (limits.numbers.threshold, limits.digit_threshold) == (0.5, 0.8)


def test_a_limit_for_digits_alone_leaves_numbers_to_their_digits() -> None:
    limits = choose_limits(BOTH, None, 0.002)
    assert (limits.numbers, limits.holds_numbers, limits.holds_digits) == (None, False, True)
    assert limits.digit_threshold == 0.95
    assert limits.accepts(0.0)
    assert not limits.vouches_for_digits(1.0)


def test_both_limits_hold_where_both_are_given() -> None:
    limits = choose_limits(BOTH, 0.05, 0.002)
    assert (limits.holds_numbers, limits.holds_digits, limits.digit_threshold) == (True, True, 0.95)
    assert not limits.accepts(0.4)
    assert not limits.vouches_for_digits(1.0)


def test_numbers_of_a_model_for_digits_alone_need_the_confidence_of_a_digit(caplog: pytest.LogCaptureFixture) -> None:
    assert choose_limits(DIGITS_ALONE).numbers == DIGITS.operating_point(0.01)
    assert not caplog.text
    assert choose_limits(DIGITS_ALONE, 0.05).numbers == DIGITS.operating_point(0.05)
    assert "only the digits of this model are calibrated" in caplog.text


def test_a_model_that_cannot_keep_to_the_usual_limit_does_what_it_can(caplog: pytest.LogCaptureFixture) -> None:
    weak = replace(BOTH, number_calibration=replace(NUMBERS, table=np.array([[0.9, 0.04, 0.2]])))
    limits = choose_limits(weak)
    assert limits.numbers is not None
    assert limits.numbers.threshold == 0.9
    assert "0.0400 at best" in caplog.text
    with pytest.raises(ConfigError, match=r"reaches 0\.0400"):
        choose_limits(weak, 0.01)


@pytest.mark.parametrize("limits", [(0.01, None), (None, 0.01)])
def test_a_limit_needs_a_calibration(limits: tuple[float | None, float | None]) -> None:
    with pytest.raises(ConfigError, match="no effect on a model without a calibration"):
        choose_limits(Model(Network.create()), *limits)


def test_a_model_without_calibration_accepts_by_what_its_parameters_say(caplog: pytest.LogCaptureFixture) -> None:
    limits = choose_limits(Model(Network.create()))
    assert (limits.numbers, limits.digits, limits.digit_threshold) == (None, None, 0.9)
    assert "mnist-nn calibrate" in caplog.text


def test_a_calibration_of_other_features_is_refused() -> None:
    with pytest.raises(ConfigError, match="another version made"):
        choose_limits(replace(BOTH, number_calibration=replace(NUMBERS, features=("colour",))))
