"""What every export says of itself."""

import json
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version

import numpy as np
import pytest

from mnist_nn import Model, NetworkConfig
from mnist_nn.errors import ConfigError
from mnist_nn.export import export
from mnist_nn.export.metadata import (
    collect_facts,
    format_shape,
    input_shape,
    measure_rounding,
    to_single,
)
from mnist_nn.export.vectors import make_vectors

Make = Callable[..., Model]
TABLE = np.array([(0.2, 0.3, 1.0), (0.4, 0.05, 0.8), (0.6, 0.01, 0.5)])  # threshold, share of errors, coverage


def test_weights_that_no_float32_holds_are_said(make_model: Make) -> None:
    model = make_model(dtype="float64", scale=1e60)
    with pytest.raises(ConfigError, match="above the largest float32"):
        export(model, "onnx")
    assert export(model, "npz")


@pytest.fixture
def model(make_model: Make) -> Model:
    """A model whose thresholds are written down here."""
    made = make_model(inputs=12, hidden=(5, 4), outputs=3, calibrated=True)
    assert made.calibration
    return replace(
        made,
        calibration=replace(made.calibration, table=TABLE),
        scores={"test_accuracy": 0.5},
        data={"name": "mine", "sha256": "0" * 64},
    )


def test_facts_are_plain_json(model: Model) -> None:
    facts = collect_facts(model)
    assert json.loads(json.dumps(facts)) == facts
    assert facts["made_by"] == f"mnist-nn {version('mnist-nn')}"
    assert (facts["shape"], facts["test_accuracy"]) == ("12-5-4-3", 0.5)
    assert facts["data"] == {"name": "mine", "sha256": "0" * 64}
    assert NetworkConfig.from_dict(facts["network"]) == model.network.config
    assert facts["calibration"]["thresholds"] == {"0.01": 0.6, "0.02": 0.6, "0.05": 0.4}
    assert model.calibration
    assert facts["calibration"]["not_a_digit"] == model.calibration.not_a_digit


def test_a_model_that_is_not_calibrated_has_nothing_to_say_of_it(make_model: Make) -> None:
    assert collect_facts(make_model())["calibration"] is None


@pytest.mark.parametrize(("inputs", "shape"), [(784, (28, 28)), (12, (12,)), (16, (4, 4)), (1, (1, 1))])
def test_inputs_are_a_square_where_they_can_be_one(inputs: int, shape: tuple[int, ...]) -> None:
    config = NetworkConfig(inputs=inputs, hidden=())
    assert input_shape(config) == shape
    assert format_shape(config) == f"{inputs}-10"


def test_double_precision_is_rounded_to_the_nearest_single_one(make_model: Make) -> None:
    model = make_model(inputs=12, outputs=3, dtype="float64")
    single = to_single(model)
    assert single.network.config.dtype == "float32"
    assert np.array_equal(single.network.weights[0], model.network.weights[0].astype(np.float32))
    assert to_single(single) is single
    assert 0 < measure_rounding(model, make_vectors(model, None)) < 1e-6
    assert measure_rounding(single, make_vectors(single, None)) == 0
