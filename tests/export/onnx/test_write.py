"""ONNX files: sound by ONNX's own checker, readable by people, and right in ONNX Runtime for every configuration."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mnist_nn import Dataset, Model, Network, NetworkConfig
from mnist_nn.export import export
from mnist_nn.export.onnx.write import IR_VERSION, OPSET
from mnist_nn.export.vectors import predict_exactly
from mnist_nn.nn.config import ACTIVATIONS

Make = Callable[..., Model]


@st.composite
def configurations(draw: st.DrawFn, inputs: tuple[int, ...] = (4, 12)) -> dict[str, Any]:
    hidden = tuple(draw(st.lists(st.integers(1, 9), max_size=3)))
    return {
        "inputs": draw(st.sampled_from(inputs)),
        "hidden": hidden,
        "outputs": draw(st.integers(3, 5)),
        "activation": tuple(draw(st.sampled_from(ACTIVATIONS)) for _ in hidden),
        "output": draw(st.sampled_from(["sigmoid", "softmax"])),
        "dtype": draw(st.sampled_from(["float32", "float64"])),
        "calibrated": draw(st.booleans()),
        "scale": draw(st.sampled_from([0.0, 0.1, 1.0, 3.0])),
        "seed": draw(st.integers(0, 99)),
    }


def session(content: bytes) -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(how=configurations())
def test_every_configuration_answers_as_the_reference_engine(
    check: Callable[..., Any], make_model: Make, small_data: Callable[[int], Dataset], how: dict[str, Any]
) -> None:
    found = check(make_model(**how), "onnx", small_data(how["inputs"]))
    assert found.good, found


def test_the_checker_finds_nothing_and_every_shape_is_known(reader: Model) -> None:
    model = onnx.load_from_string(export(reader, "onnx"))
    onnx.checker.check_model(model, full_check=True)
    assert [(opset.domain, opset.version) for opset in model.opset_import] == [("", OPSET)]
    assert model.ir_version == IR_VERSION
    known = {value.name for value in (*model.graph.value_info, *model.graph.output)}
    assert {name for node in model.graph.node for name in node.output} - known == set()
    for value in model.graph.value_info:
        shape = value.type.tensor_type.shape
        assert all(side.dim_value or side.dim_param for side in shape.dim), value.name


def test_runtimes_of_early_2023_read_it() -> None:
    # ONNX Runtime 1.15 (May 2023) reads IR 9 and operator set 19 at most, and refuses what is newer.
    assert IR_VERSION <= 9
    assert OPSET <= 19
    needed = next(row for row in onnx.helper.VERSION_TABLE if row[2] >= OPSET)
    assert needed[1] == IR_VERSION, "the file format that came with the operator set"


@pytest.mark.parametrize("calibrated", [False, True])
@pytest.mark.parametrize("output", ["sigmoid", "softmax"])
def test_every_operator_is_one_of_the_operator_set(make_model: Make, output: str, calibrated: bool) -> None:
    names = tuple(ACTIVATIONS)
    how = {"inputs": 12, "outputs": 3, "hidden": (4,) * len(names), "activation": names, "output": output}
    model = onnx.load_from_string(export(make_model(calibrated=calibrated, **how), "onnx"))
    onnx.checker.check_model(model, full_check=True)
    for node in model.graph.node:
        schema = onnx.defs.get_schema(node.op_type, OPSET)
        assert schema.min_input <= len(node.input) <= schema.max_input, node.op_type
        assert {attribute.name for attribute in node.attribute} <= set(schema.attributes), node.op_type


def test_names_and_forms_are_those_of_classifiers(reader: Model) -> None:
    own = session(export(reader, "onnx"))
    assert [(x.name, x.type, x.shape) for x in own.get_inputs()] == [("X", "tensor(uint8)", ["N", 28, 28])]
    assert [(y.name, y.type, y.shape) for y in own.get_outputs()] == [
        ("label", "tensor(int64)", ["N"]),
        ("probabilities", "tensor(float)", ["N", 10]),
        ("is_digit", "tensor(float)", ["N"]),
        ("confidence", "tensor(float)", ["N"]),
    ]


def test_without_a_calibration_there_are_label_and_probabilities(make_model: Make) -> None:
    assert [y.name for y in session(export(make_model(), "onnx")).get_outputs()] == ["label", "probabilities"]


@pytest.mark.parametrize(("inputs", "shape"), [(64, [8, 8]), (30, [30]), (1, [1, 1])])
def test_pictures_that_cannot_be_square_come_as_rows(make_model: Make, inputs: int, shape: list[int]) -> None:
    (x,) = session(export(make_model(inputs=inputs), "onnx")).get_inputs()
    assert x.shape == ["N", *shape]


@pytest.mark.parametrize("count", [0, 1, 2, 1000])
def test_any_number_of_pictures_goes_in_at_once(reader: Model, mnist: Dataset, count: int) -> None:
    images = mnist.test.images[:count]
    found = session(export(reader, "onnx")).run(["label", "is_digit"], {"X": images})
    assert [value.shape for value in found] == [(count,), (count,)]
    if count:
        assert (found[0] == predict_exactly(reader, images).label).all()


def test_what_it_is_and_how_good_stands_in_the_metadata(reader: Model) -> None:
    model = Model(reader.network, scores={"test_accuracy": 0.5}, calibration=reader.calibration)
    about = {prop.key: prop.value for prop in onnx.load_from_string(export(model, "onnx")).metadata_props}
    assert about["mnist_nn.shape"] == "784-256-128-10"
    assert about["mnist_nn.made_by"].startswith("mnist-nn ")
    assert json.loads(about["mnist_nn.test_accuracy"]) == 0.5
    refusal = json.loads(about["mnist_nn.calibration"])
    assert reader.calibration
    assert refusal["not_a_digit"] == reader.calibration.not_a_digit
    assert refusal["thresholds"]["0.01"] == reader.calibration.operating_point(0.01).threshold
    assert json.loads(about["mnist_nn.vectors"])["count"] >= 17


@pytest.mark.parametrize("bias", [-1000, -60, 0, 60, 1000])
@pytest.mark.parametrize("output", ["sigmoid", "softmax"])
def test_outputs_far_from_zero_keep_their_ratios(check: Callable[..., Any], output: str, bias: float) -> None:
    # σ(-60) is 1e-26: a runtime that rounds σ to 1e-8 before it divides by the sum would answer 1/3 for each.
    config = NetworkConfig(inputs=4, hidden=(), outputs=3, output=output)
    W = np.array([[0.0, 0, 0, 0], [1, 1, 1, 1], [-1, 2, 0, 0]])
    assert check(Model(Network.of(config, [W, np.full(3, bias)])), "onnx").good
