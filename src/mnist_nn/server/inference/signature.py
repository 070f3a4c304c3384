"""What goes into a served model and what comes out: the same names, types and shapes as its ONNX export has."""

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
class Tensor:
    """A tensor of the Open Inference Protocol; -1 in its shape is for as many images as a request has."""

    name: str
    datatype: str
    shape: tuple[int, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {"name": self.name, "datatype": self.datatype, "shape": list(self.shape)}


@dataclass(frozen=True)
class Contract:
    """The input and the outputs of a model."""

    input: Tensor
    outputs: tuple[Tensor, ...]

    @classmethod
    def of(cls, model: Model) -> "Contract":
        """Say what a model takes and gives; without a calibration it cannot refuse.

        Examples
        --------
        >>> from mnist_nn.nn.network import Network
        >>> contract = Contract.of(Model(Network.create()))
        >>> contract.input.shape, [tensor.name for tensor in contract.outputs]
        ((-1, 28, 28), ['label', 'probabilities'])
        """
        config = model.network.config
        outputs = [Tensor(LABEL, "INT64", (-1,)), Tensor(PROBABILITIES, "FP32", (-1, config.outputs))]
        if model.calibration:
            outputs += [Tensor(name, "FP32", (-1,)) for name in CALIBRATED]
        return cls(Tensor(INPUT, "UINT8", (-1, *input_shape(config))), tuple(outputs))

    @property
    def values(self) -> int:
        """Pixels of an image."""
        return math.prod(self.input.shape[1:])
