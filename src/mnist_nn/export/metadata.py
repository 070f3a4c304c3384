"""The facts that every export states: the program that made it, its network, its accuracy, and when to believe it."""

import math
from dataclasses import replace
from importlib.metadata import version
from typing import Any

import numpy as np

from mnist_nn.errors import ConfigError, NotFiniteError
from mnist_nn.evaluation.calibration import Calibration
from mnist_nn.evaluation.selective import SELECTIVE
from mnist_nn.export.limits import NOT_A_DIGIT, collect_limits
from mnist_nn.export.vectors import Vectors, predict_exactly
from mnist_nn.model_file.storage import Model
from mnist_nn.model_file.tensors import describe_calibration
from mnist_nn.nn.config import NetworkConfig
from mnist_nn.nn.network import Network

LOWEST = -88.0  # the library's sigmoid stops here, as activations.py says
Facts = dict[str, Any]


def input_shape(config: NetworkConfig) -> tuple[int, ...]:
    """Return the shape of one input: a square picture if the number of inputs allows it, else a row.

    Examples
    --------
    >>> input_shape(NetworkConfig())
    (28, 28)
    """
    side = math.isqrt(config.inputs)
    return (side, side) if side * side == config.inputs else (config.inputs,)


def collect_facts(model: Model) -> Facts:
    """Collect the facts as plain JSON values.

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
        **({"class_names": list(model.class_names)} if model.class_names else {}),
    }


def format_shape(config: NetworkConfig) -> str:
    """Format the widths of all layers."""
    return "-".join(map(str, config.sizes))


def _refusal(calibration: Calibration) -> Facts:
    limits = collect_limits(calibration)
    thresholds = {name: at for name, at in limits.items() if name != NOT_A_DIGIT}
    return {**describe_calibration(calibration), "thresholds": thresholds, "level": SELECTIVE.level}


def to_single(model: Model) -> Model:
    """Return the same model with float32 weights, for formats that have only float32.

    Raises
    ------
    ConfigError
        If a weight is above the largest float32.
    """
    config = model.network.config
    if config.dtype == "float32":
        return model
    try:
        with np.errstate(over="ignore"):
            network = Network.of(replace(config, dtype="float32"), model.network.parameters)
    except NotFiniteError as error:
        raise ConfigError(
            "the model has weights above the largest float32, and this format only has float32; choose npz "
            "or safetensors"
        ) from error
    return replace(model, network=network, training=None, checkpoint=None)


def measure_rounding(model: Model, vectors: Vectors) -> float:
    """Return the largest change of a probability caused by rounding float64 weights to float32."""
    found = predict_exactly(to_single(model), vectors.images)
    return float(np.abs(found.probabilities - vectors.predictions.probabilities).max())
