"""ONNX files as they are read again: ONNX Runtime is asked, and what it will not run is said in its words."""

from collections.abc import Callable

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import numpy_helper

from mnist_nn import Model
from mnist_nn.errors import ModelFileError
from mnist_nn.export import export
from mnist_nn.export.onnx.verify import VECTORS, read_vectors, run
from mnist_nn.export.vectors import make_vectors, predict_exactly

Make = Callable[..., Model]


def test_the_vectors_are_those_in_the_metadata(make_model: Make) -> None:
    model = make_model(inputs=30, outputs=4, calibrated=True)
    expected, found = make_vectors(model, None), read_vectors(export(model, "onnx"))
    assert np.array_equal(found.images, expected.images)
    assert np.array_equal(found.predictions.is_digit, expected.predictions.is_digit)


@pytest.mark.parametrize("calibrated", [False, True])
def test_the_graph_in_the_file_is_asked_and_not_the_model(make_model: Make, calibrated: bool) -> None:
    inside, beside = make_model(calibrated=calibrated), make_model(seed=1)
    images = np.random.default_rng(0).integers(0, 256, (5, 784), np.uint8)
    found, expected = run(beside, export(inside, "onnx"), images), predict_exactly(inside, images)
    assert found.runtime == f"ONNX Runtime {onnxruntime.__version__}"
    assert np.array_equal(found.predictions.label, expected.label)
    for name in ("probabilities", "is_digit", "confidence"):
        assert np.abs(getattr(found.predictions, name) - getattr(expected, name)).max() < 1e-5, name


def test_a_number_changed_in_the_graph_changes_what_it_says(make_model: Make) -> None:
    model, images = make_model(hidden=()), np.zeros((1, 784), np.uint8)
    graph = onnx.load_from_string(export(model, "onnx"))
    (bias,) = (constant for constant in graph.graph.initializer if tuple(constant.dims) == (10,))
    values = numpy_helper.to_array(bias).copy()
    values[7] += 100
    bias.CopyFrom(numpy_helper.from_array(values, bias.name))
    assert run(model, graph.SerializeToString(), images).predictions.label.tolist() == [7]


def test_a_graph_that_does_not_run_is_said(make_model: Make) -> None:
    graph = onnx.load_from_string(export(make_model(), "onnx"))
    graph.graph.node[-1].op_type = "Nonsense"
    with pytest.raises(ModelFileError, match=f"ONNX Runtime {onnxruntime.__version__} cannot run it: .*Nonsense"):
        run(make_model(), graph.SerializeToString(), np.zeros((1, 784), np.uint8))


def test_a_graph_of_somebody_else_carries_no_vectors(make_model: Make) -> None:
    graph = onnx.load_from_string(export(make_model(), "onnx"))
    kept = [prop for prop in graph.metadata_props if prop.key != VECTORS]
    del graph.metadata_props[:]
    graph.metadata_props.extend(kept)
    with pytest.raises(
        ModelFileError,
        match=r"that mnist-nn export wrote: KeyError .*; docs/how-to/scikit-learn.md shows how to check",
    ):
        read_vectors(graph.SerializeToString())
