"""Checks an ONNX file with ONNX Runtime."""

import io
import json
from collections.abc import Callable
from contextlib import redirect_stdout
from typing import Any, TypeVar

import numpy as np
import onnx
import onnxruntime

from mnist_nn.errors import ModelFileError, shorten
from mnist_nn.evaluation.prediction import Predictions
from mnist_nn.export.limits import Limits
from mnist_nn.export.limits import read_limits as read_from_facts
from mnist_nn.export.metadata import input_shape
from mnist_nn.export.onnx.write import PREFIX
from mnist_nn.export.vectors import Pixels, Vectors
from mnist_nn.export.verification import Ran
from mnist_nn.model_file.storage import Model

VECTORS = f"{PREFIX}vectors"
Read = TypeVar("Read")


def read_vectors(content: bytes) -> Vectors:
    """Read the test vectors in the metadata."""
    return _read(content, VECTORS, Vectors.from_dict)


def read_limits(content: bytes) -> Limits:
    """Read the limits in the metadata."""
    return _read(content, f"{PREFIX}calibration", read_from_facts)


def _read(content: bytes, name: str, build: Callable[[Any], Read]) -> Read:
    try:
        properties = {prop.key: prop.value for prop in onnx.load_from_string(content).metadata_props}
        return build(json.loads(properties[name]))
    except Exception as error:  # those of protobuf have no class that can be named here
        raise ModelFileError(
            f"this is not an ONNX file that mnist-nn export wrote: {type(error).__name__} {shorten(error)}; "
            "docs/how-to/scikit-learn.md shows how to check the file of an estimator"
        ) from error


def run(model: Model, content: bytes, images: Pixels) -> Ran:
    """Run the file in ONNX Runtime."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    try:
        with redirect_stdout(io.StringIO()):  # it prints what the error below says
            session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        names = [output.name for output in session.get_outputs()]
        values = session.run(names, {"X": images.reshape(-1, *input_shape(model.network.config))})
    except Exception as error:  # its errors have no common class of their own
        reason = shorten(str(error).partition("\n")[0])
        raise ModelFileError(f"ONNX Runtime {onnxruntime.__version__} cannot run it: {reason}") from error
    found = dict(zip(names, map(np.asarray, values), strict=True))
    return Ran(f"ONNX Runtime {onnxruntime.__version__}", Predictions.of_outputs(**found))
