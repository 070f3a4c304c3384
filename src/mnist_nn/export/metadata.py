"""What every export says of itself: who made it, what network it is, how good it was, when to believe it."""

import math
from dataclasses import replace
from importlib.metadata import version
from typing import Any

import numpy as np

from mnist_nn.errors import ConfigError, NotFiniteError
from mnist_nn.evaluation.calibration import Calibration
from mnist_nn.export.vectors import Vectors, predict_exactly
from mnist_nn.model_file.storage import Model
from mnist_nn.model_file.tensors import describe_calibration
from mnist_nn.nn.config import NetworkConfig
from mnist_nn.nn.network import Network

LIMITS = (0.002, 0.005, 0.01, 0.02, 0.05)  # shares of errors among accepted digits that have a threshold
LOWEST = -88.0  # the library's sigmoid stops here, as activations.py says
Facts = dict[str, Any]


def input_shape(config: NetworkConfig) -> tuple[int, ...]:
    """Give the shape of one input: a square picture where the inputs can be one, else a row.

    Examples
    --------
    >>> input_shape(NetworkConfig())
    (28, 28)
    """
    side = math.isqrt(config.inputs)
    return (side, side) if side * side == config.inputs else (config.inputs,)


def collect_facts(model: Model) -> Facts:
    """Collect plain JSON values.

    Examples
    --------
    >>> collect_facts(Model(Network.create()))["shape"]
    '784-20-10'
    """
    config = model.network.config
    return {
        "made_by": f"mnist-nn {version('mnist-nn')}",
        "shape": format_shape(config),
        "network": config.to_dict(),
        "test_accuracy": model.scores.get("test_accuracy"),
        "data": dict(model.data),
        "calibration": model.calibration and _refusal(model.calibration),
    }


def format_shape(config: NetworkConfig) -> str:
    """Write the widths of all layers."""
    return "-".join(map(str, config.sizes))


def _refusal(calibration: Calibration) -> Facts:
    thresholds = {str(limit): at for limit in LIMITS if (at := find_threshold(calibration, limit)) is not None}
    return {**describe_calibration(calibration), "thresholds": thresholds}


def find_threshold(calibration: Calibration, limit: float) -> float | None:
    """Look up the confidence from which on at most this share of answers is wrong; None if none reaches it."""
    try:
        return calibration.operating_point(limit).threshold
    except ConfigError:
        return None


def to_single(model: Model) -> Model:
    """The same model with float32 weights, for formats that have no others.

    Raises
    ------
    ConfigError
        If a weight is beyond the largest float32.
    """
    config = model.network.config
    if config.dtype == "float32":
        return model
    try:
        with np.errstate(over="ignore"):
            network = Network.of(replace(config, dtype="float32"), model.network.parameters)
    except NotFiniteError as error:
        raise ConfigError(
            "the model has weights beyond the largest float32, and this format has no larger ones; choose npz or "
            "safetensors"
        ) from error
    return replace(model, network=network, training=None, checkpoint=None)


def measure_rounding(model: Model, vectors: Vectors) -> float:
    """The most that a probability changes where float64 weights become float32."""
    found = predict_exactly(to_single(model), vectors.images)
    return float(np.abs(found.probabilities - vectors.predictions.probabilities).max())
