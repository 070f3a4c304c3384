"""The names, types and shapes of the tensors."""

from typing import Any

import onnx
import pytest

from mnist_nn import Model, Network, NetworkConfig
from mnist_nn.export.onnx.write import write
from mnist_nn.export.vectors import make_vectors
from mnist_nn.server.inference.signature import ModelSignature

KINDS = {onnx.TensorProto.UINT8: "UINT8", onnx.TensorProto.INT64: "INT64", onnx.TensorProto.FLOAT: "FP32"}


@pytest.mark.parametrize("calibrated", [True, False])
@pytest.mark.parametrize("inputs", [784, 30])
def test_a_model_has_the_tensors_of_its_onnx_export(small_model: Model, calibrated: bool, inputs: int) -> None:
    """One signature, whether a model is asked over HTTP or in ONNX Runtime."""
    network = small_model.network if inputs == 784 else Network.create(NetworkConfig(inputs=inputs))
    calibration = small_model.calibration if calibrated and inputs == 784 else None
    model = Model(network, calibration=calibration)
    graph = onnx.load_from_string(write(model, make_vectors(model, None), None)).graph

    def tensors(values: Any) -> list[dict[str, Any]]:
        kinds = [(value.name, value.type.tensor_type) for value in values]
        return [
            {
                "name": name,
                "datatype": KINDS[kind.elem_type],
                "shape": [size.dim_value or -1 for size in kind.shape.dim],
            }
            for name, kind in kinds
        ]

    signature = ModelSignature.from_model(model)
    assert [signature.input.to_dict()] == tensors(graph.input)
    assert [tensor.to_dict() for tensor in signature.outputs] == tensors(graph.output)


def test_an_image_has_as_many_values_as_the_network_has_inputs() -> None:
    for inputs in (784, 30):
        model = Model(Network.create(NetworkConfig(inputs=inputs)))
        assert ModelSignature.from_model(model).pixels_per_image == inputs
