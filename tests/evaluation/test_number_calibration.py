"""The score of whole numbers, and the thresholds on it."""

from typing import Any

import numpy as np
import pytest

from mnist_nn.errors import ConfigError
from mnist_nn.evaluation.number_calibration import NumberCalibration

TABLE = np.array([[0.2, 0.08, 1.0], [0.7, 0.02, 0.8], [0.95, 0.004, 0.5]])


def make(**changes: Any) -> NumberCalibration:
    return NumberCalibration(
        **{"features": ("a", "b"), "weights": np.array([1.0, -2.0]), "bias": 0.5, "table": TABLE} | changes
    )


def test_the_score_is_the_logistic_function_of_the_weighted_features() -> None:
    features = np.array([[0.0, 0.0], [3.0, 1.0], [-50.0, 40.0]])
    linear = features @ [1.0, -2.0] + 0.5
    assert make().score(features) == pytest.approx(1 / (1 + np.exp(-linear)))


def test_the_lowest_threshold_that_keeps_to_the_error_is_taken() -> None:
    assert make().operating_point(0.05)[:3] == (0.7, 0.02, 0.8)
    assert make().operating_point(0.5).threshold == 0.2
    assert make().least_error == 0.004
    with pytest.raises(ConfigError, match=r"0\.0040 at best"):
        make().operating_point(0.001)


@pytest.mark.parametrize(
    "changes",
    [
        {"features": ("a",)},
        {"weights": np.zeros((2, 1))},
        {"weights": np.array([np.nan, 0.0])},
        {"bias": np.inf},
        {"table": np.zeros((1, 2))},
        {"table": np.zeros((0, 3))},
        {"table": np.full((1, 3), np.nan)},
    ],
)
def test_what_cannot_be_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="calibrate the model again"):
        make(**changes)
