"""A model as one page to draw on: no server, no other file, no request, it works from a folder or a memory stick.

The page runs the modules of playground/page/core, bundled here, so framing and arithmetic have one source.
"""

import math
from base64 import b64encode
from hashlib import sha256
from importlib.resources import files
from typing import Any

import numpy as np

from mnist_nn.data import Dataset
from mnist_nn.errors import ConfigError
from mnist_nn.evaluation.calibration import Calibration
from mnist_nn.export.html.bundle import bundle
from mnist_nn.export.metadata import collect_facts, to_single
from mnist_nn.export.vectors import Vectors, to_text
from mnist_nn.model_file.storage import Model
from mnist_nn.model_file.tensors import describe_calibration
from mnist_nn.nn.config import DIGIT_SHAPE
from mnist_nn.util.templates import render, trust

PAGE = "export/html/page/page.js"
MAX_ERROR = 0.01  # of the digits that the page accepts, the share that may be wrong


def write(model: Model, vectors: Vectors, _data: Dataset | None) -> bytes:
    """Write the page.

    Raises
    ------
    ConfigError
        If the network does not take 28×28 pictures, which is what drawings become.

    Examples
    --------
    >>> from mnist_nn.export.vectors import make_vectors
    >>> from mnist_nn.nn.network import Network
    >>> model = Model(Network.create())
    >>> len(write(model, make_vectors(model, None), None)) < 300_000
    True
    """
    inputs = model.network.config.inputs
    if inputs != math.prod(DIGIT_SHAPE):
        raise ConfigError(
            f"the page frames drawings as 28×28 pixels, and this network takes {inputs}; choose onnx or c"
        )
    scripts = bundle(PAGE)
    page = f"\n{scripts.pop(PAGE)}"
    core = f"\n{''.join(scripts.values())}"
    style = files(__package__).joinpath("templates", "page.css").read_text("utf-8")
    return render(
        __package__,
        "page.html",
        made_by=collect_facts(model)["made_by"],
        script_hashes=[hash_source(core), hash_source(page)],
        style_hash=hash_source(style),
        style=trust(style),
        document=_document(model, vectors),
        core=trust(core),
        page=trust(page),
    ).encode()


def hash_source(text: str) -> str:
    """Name a script or a style sheet for the page's policy, which lets no other run.

    Examples
    --------
    >>> hash_source("")
    'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='
    """
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _document(model: Model, vectors: Vectors) -> dict[str, Any]:
    network = to_single(model).network
    return {
        **collect_facts(model),
        "network": network.config.to_dict(),
        "weights": [to_text(W.astype("<f4")) for W in network.weights],
        "biases": [to_text(b.astype("<f4")) for b in network.biases],
        "refusal": model.calibration and _refusal(model.calibration),
        "vectors": vectors.to_dict(),
    }


def _refusal(calibration: Calibration) -> dict[str, Any]:
    """The calibration with the one threshold that the page uses: for MAX_ERROR, or the least that can be had."""
    limit = max(MAX_ERROR, float(calibration.table[:, 1].min()))
    row = calibration.table[np.flatnonzero(calibration.table[:, 1] <= limit)[:1]]
    return {
        **describe_calibration(calibration),
        "weights": to_text(calibration.weights.astype("<f8")),
        "table": to_text(row.astype("<f8")),
        "max_error": limit,
    }
