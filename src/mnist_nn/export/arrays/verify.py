"""Checks files of plain arrays: reads them as any other program would, and runs the reference engine on them."""

import io
import json
from typing import Any
from zipfile import ZipFile, is_zipfile

import numpy as np

from mnist_nn.errors import ModelFileError, shorten
from mnist_nn.evaluation.prediction import OUTPUTS, Predictions
from mnist_nn.export.limits import Limits, collect_limits, read_limits
from mnist_nn.export.vectors import PASSED, Pixels, Vectors, predict_exactly
from mnist_nn.export.verification import Ran
from mnist_nn.model_file.storage import Model, from_bytes, read_header
from mnist_nn.model_file.tensors import CALIBRATION_ARRAYS, build_calibration, build_network
from mnist_nn.nn.config import NetworkConfig


def read_safetensors_vectors(content: bytes) -> Vectors:
    """Read the test vectors in a stripped model file."""
    from_bytes(content)
    header = read_header(content)
    if "vectors" not in header:
        raise ModelFileError("this model file contains no test vectors")
    return Vectors.from_dict(header["vectors"])


def read_safetensors_limits(content: bytes) -> Limits:
    """Read the limits of a model file's calibration."""
    return collect_limits(from_bytes(content).calibration)


def run_safetensors(_model: Model, content: bytes, images: Pixels) -> Ran:
    """Run the network in a model file."""
    return Ran(f"the reference engine, NumPy {np.__version__}", predict_exactly(from_bytes(content), images))


def read_npz_vectors(content: bytes) -> Vectors:
    """Read the test vectors in an .npz file."""
    arrays = _arrays(content)
    predictions = Predictions.of_outputs(*(arrays[f"vectors_{name}"] for name in OUTPUTS))
    return Vectors(arrays["vectors_images"], predictions, arrays.get(f"vectors_{PASSED}"))


def read_npz_limits(content: bytes) -> Limits:
    """Read the limits in the JSON text of an .npz file."""
    return read_limits(json.loads(str(_arrays(content)["json"]))["calibration"])


def run_npz(_model: Model, content: bytes, images: Pixels) -> Ran:
    """Run the network in an .npz file."""
    return Ran(f"the reference engine, NumPy {np.__version__}", predict_exactly(_model_in(_arrays(content)), images))


def _model_in(arrays: dict[str, Any]) -> Model:
    about = json.loads(str(arrays["json"]))
    calibration = about["calibration"]
    if calibration:
        named = {f"calibration/{name}": arrays[f"calibration_{name}"] for name in CALIBRATION_ARRAYS}
        # the test of its limits stays in the model file
        calibration = build_calibration({**calibration, "test_sizes": None}, named)
    return Model(build_network(NetworkConfig.from_dict(about["network"]), arrays), calibration=calibration)


def _arrays(content: bytes) -> dict[str, Any]:
    if not is_zipfile(io.BytesIO(content)):
        raise ModelFileError(
            "this is not an .npz file that mnist-nn wrote: it is not a zip archive, or only part of one"
        )
    try:
        _check_sizes(content)
        with np.load(io.BytesIO(content)) as file:
            arrays = dict(file)
        _model_in(arrays)
    except Exception as error:  # NumPy lets through what Python's own parser raises
        raise ModelFileError(f"this is not an .npz file that mnist-nn wrote: {shorten(error)}") from error
    return arrays


def _check_sizes(content: bytes) -> None:
    """Reject an archive that claims more bytes than it has; files written here are not compressed."""
    with ZipFile(io.BytesIO(content)) as archive:
        claimed = sum(member.file_size for member in archive.infolist())
    if claimed > len(content):
        raise ValueError(f"it claims to hold {claimed:,} bytes, but the file has only {len(content):,}")
