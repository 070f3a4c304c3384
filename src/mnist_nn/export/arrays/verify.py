"""Check files of plain arrays: read them as anybody would, and ask the reference engine."""

import io
import json
from typing import Any
from zipfile import BadZipFile, is_zipfile

import numpy as np

from mnist_nn.errors import ConfigError, ModelFileError
from mnist_nn.evaluation.prediction import OUTPUTS, Predictions
from mnist_nn.export.vectors import Pixels, Vectors, predict_exactly
from mnist_nn.export.verification import Ran
from mnist_nn.model_file.storage import Model, from_bytes, read_header
from mnist_nn.model_file.tensors import CALIBRATION_ARRAYS, build_calibration, build_network
from mnist_nn.nn.config import NetworkConfig


def read_safetensors_vectors(content: bytes) -> Vectors:
    """Read the test vectors that a stripped model file carries."""
    from_bytes(content)
    header = read_header(content)
    if "vectors" not in header:
        raise ModelFileError("this model file carries no test vectors")
    return Vectors.from_dict(header["vectors"])


def run_safetensors(_model: Model, content: bytes, images: Pixels) -> Ran:
    """Ask the network in a model file."""
    return Ran(f"the reference engine, NumPy {np.__version__}", predict_exactly(from_bytes(content), images))


def read_npz_vectors(content: bytes) -> Vectors:
    """Read the test vectors that an .npz file carries."""
    arrays = _arrays(content)
    predictions = Predictions.of_outputs(*(arrays[f"vectors_{name}"] for name in OUTPUTS))
    return Vectors(arrays["vectors_images"], predictions)


def run_npz(_model: Model, content: bytes, images: Pixels) -> Ran:
    """Ask the network in an .npz file."""
    return Ran(f"the reference engine, NumPy {np.__version__}", predict_exactly(_model_in(_arrays(content)), images))


def _model_in(arrays: dict[str, Any]) -> Model:
    about = json.loads(str(arrays["json"]))
    calibration = about["calibration"]
    if calibration:
        named = {f"calibration/{name}": arrays[f"calibration_{name}"] for name in CALIBRATION_ARRAYS}
        calibration = build_calibration(calibration, named)
    return Model(build_network(NetworkConfig.from_dict(about["network"]), arrays), calibration=calibration)


def _arrays(content: bytes) -> dict[str, Any]:
    if not is_zipfile(io.BytesIO(content)):
        raise ModelFileError(
            "this is not an .npz file that mnist-nn wrote: it is no zip archive, or only a part of one"
        )
    try:
        with np.load(io.BytesIO(content)) as file:
            arrays = dict(file)
        _model_in(arrays)
    except (BadZipFile, ValueError, KeyError, TypeError, EOFError, AttributeError, ConfigError) as error:
        raise ModelFileError(f"this is not an .npz file that mnist-nn wrote: {error}") from error
    return arrays
