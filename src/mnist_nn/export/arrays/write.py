"""Weights as plain arrays: a model file without training state, and an .npz file that needs only NumPy."""

import io
import json
from dataclasses import replace
from typing import Any

import numpy as np
from safetensors.numpy import load as load_tensors

from mnist_nn.data import Dataset
from mnist_nn.export.metadata import collect_facts
from mnist_nn.export.vectors import PASSED, Vectors
from mnist_nn.model_file.storage import Model, pack, read_header, to_bytes
from mnist_nn.model_file.tensors import collect_calibration_tensors


def write_safetensors(model: Model, vectors: Vectors, _data: Dataset | None) -> bytes:
    """Write a model file with network, calibration, settings and scores, but without checkpoint and history.

    Examples
    --------
    >>> from mnist_nn.export.vectors import make_vectors
    >>> from mnist_nn.nn.network import Network
    >>> from mnist_nn.model_file.storage import from_bytes
    >>> model = Model(Network.create())
    >>> from_bytes(write_safetensors(model, make_vectors(model, None), None)).network.config.hidden
    (20,)
    """
    plain = to_bytes(replace(model, checkpoint=None))
    header = {**read_header(plain), "vectors": vectors.to_dict()}
    return pack(header, load_tensors(plain))


def write_npz(model: Model, vectors: Vectors, _data: Dataset | None) -> bytes:
    """Write a file for ``numpy.load`` with W1, b1, …, a JSON text named ``json``, and the test vectors."""
    arrays: dict[str, Any] = dict(zip(model.network.parameter_names, model.network.parameters, strict=True))
    if model.calibration:
        arrays |= {name.replace("/", "_"): p for name, p in collect_calibration_tensors(model.calibration).items()}
    arrays |= {"json": np.array(json.dumps(collect_facts(model))), "vectors_images": vectors.images}
    arrays |= {f"vectors_{name}": values for name, values in vectors.predictions.outputs().items()}
    if vectors.passed is not None:
        arrays[f"vectors_{PASSED}"] = vectors.passed
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()
