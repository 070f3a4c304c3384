"""The inputs and outputs of a served model, with the same names, types and shapes as in its ONNX export."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.evaluation.prediction import OUTPUTS
from mnist_nn.export.metadata import input_shape
from mnist_nn.model_file.storage import Model

Array = npt.NDArray[Any]
Pixels = npt.NDArray[np.uint8]
INPUT = "X"
LABEL, PROBABILITIES, *CALIBRATED = OUTPUTS
DATATYPES: dict[str, np.dtype[Any]] = {"UINT8": np.dtype("u1"), "INT64": np.dtype("<i8"), "FP32": np.dtype("<f4")}


@dataclass(frozen=True)
class TensorSpec:
    """A tensor of the Open Inference Protocol; -1 in its shape stands for the number of images."""

    name: str
    datatype: str
    shape: tuple[int, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {"name": self.name, "datatype": self.datatype, "shape": list(self.shape)}


@dataclass(frozen=True)
class ModelSignature:
    """The input and the outputs of a model."""

    input: TensorSpec
    outputs: tuple[TensorSpec, ...]

    @classmethod
    def from_model(cls, model: Model) -> "ModelSignature":
        """Describe a model; without a calibration, it has no output for pictures that are not digits.

        Examples
        --------
        >>> from mnist_nn.nn.network import Network
        >>> signature = ModelSignature.from_model(Model(Network.create()))
        >>> signature.input.shape, [tensor.name for tensor in signature.outputs]
        ((-1, 28, 28), ['label', 'probabilities'])
        """
        config = model.network.config
        outputs = [TensorSpec(LABEL, "INT64", (-1,)), TensorSpec(PROBABILITIES, "FP32", (-1, config.outputs))]
        if model.calibration:
            outputs += [TensorSpec(name, "FP32", (-1,)) for name in CALIBRATED]
        return cls(TensorSpec(INPUT, "UINT8", (-1, *input_shape(config))), tuple(outputs))

    @property
    def pixels_per_image(self) -> int:
        """Number of values of one image."""
        return math.prod(self.input.shape[1:])
