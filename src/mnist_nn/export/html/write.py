"""A model as one page to draw on. It needs no server and no other file, so it works from a folder or a USB stick.

The page runs the modules of playground/page/core, bundled here, so framing and arithmetic have only one source.
"""

import math
from base64 import b64encode
from hashlib import sha256
from importlib.resources import files
from typing import Any

import numpy as np

from mnist_nn.data import Dataset
from mnist_nn.errors import ConfigError
from mnist_nn.evaluation.calibration import Calibration, nearest_limit
from mnist_nn.export.html.bundle import bundle
from mnist_nn.export.limits import NOT_A_DIGIT, collect_limits
from mnist_nn.export.metadata import collect_facts, to_single
from mnist_nn.export.vectors import Vectors, to_text
from mnist_nn.model_file.storage import Model
from mnist_nn.model_file.tensors import describe_calibration
from mnist_nn.model_file.training_data import DIGITS, check_learned_digits, warn_of_doubt
from mnist_nn.nn.config import DIGIT_SHAPE
from mnist_nn.util.templates import render, trust

PAGE = "export/html/page/page.js"
MAX_ERROR = 0.01  # of the digits that the page accepts, the share that may be wrong


def write(model: Model, vectors: Vectors, _data: Dataset | None) -> bytes:
    """Write the page.

    Raises
    ------
    ConfigError
        If the network does not take 28×28 pictures, which the page turns drawings into, or has learned Fashion-MNIST.

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
            f"the page turns drawings into 28×28 pixels, but this network takes {inputs}; choose the format onnx or c"
        )
    named = model.class_names not in {None, DIGITS}
    if not named:
        check_learned_digits(model)
        warn_of_doubt(model)
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
        title="Draw a picture" if named else "Draw a digit",
        document=_document(model, vectors),
        core=trust(core),
        page=trust(page),
    ).encode()


def hash_source(text: str) -> str:
    """Return the hash of a script or a style sheet for the page's security policy, which allows no others.

    Examples
    --------
    >>> hash_source("")
    'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='
    """
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _document(model: Model, vectors: Vectors) -> dict[str, Any]:
    network, facts = to_single(model).network, collect_facts(model)
    refusal = model.calibration and _refusal(model.calibration)
    if model.calibration and refusal:
        limits = collect_limits(model.calibration, [refusal["max_error"]])
        facts["calibration"]["thresholds"] = {name: at for name, at in limits.items() if name != NOT_A_DIGIT}
    return {
        **facts,
        "network": network.config.to_dict(),
        "weights": [to_text(W.astype("<f4")) for W in network.weights],
        "biases": [to_text(b.astype("<f4")) for b in network.biases],
        "refusal": refusal,
        "vectors": vectors.to_dict(),
    }


def _refusal(calibration: Calibration) -> dict[str, Any]:
    """Return the calibration with the one threshold that the page uses: for MAX_ERROR or the least reachable error."""
    limit = nearest_limit(calibration.table, MAX_ERROR, calibration.test)
    point = calibration.operating_point(limit)
    row = np.array([[point.threshold, point.error, point.coverage]])
    return {
        **describe_calibration(calibration),
        "weights": to_text(calibration.weights.astype("<f8")),
        "table": to_text(row.astype("<f8")),
        "max_error": limit,
    }
