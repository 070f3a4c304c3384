"""Converts sequence networks and the calibration of numbers to the JSON values and tensors of a model file, and back.

`mnist_nn.model_file.storage` writes them to a file; `mnist_nn.reading.sequence` uses them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from mnist_nn.errors import ConfigError
from mnist_nn.evaluation.likeness import LooksSummary
from mnist_nn.evaluation.number_calibration import NumberCalibration
from mnist_nn.imaging.windows import WINDOWS
from mnist_nn.model_file.tensors import Tensors, build_network, build_test, collect_test_tensors, describe_test
from mnist_nn.nn.config import NetworkConfig
from mnist_nn.nn.network import Network

SYMBOLS = 11  # the ten digits and the blank
PREFIX = "sequences/"
NUMBERS_PREFIX = "number_calibration/"


def check_reads_lines(network: NetworkConfig) -> None:
    """Raise ConfigError unless a network takes a window of a line and distinguishes ten digits and the blank.

    Examples
    --------
    >>> check_reads_lines(NetworkConfig(inputs=1152, hidden=(8,), outputs=11, output="softmax"))
    """
    inputs = WINDOWS.rows * WINDOWS.columns
    if (network.inputs, network.outputs, network.output) != (inputs, SYMBOLS, "softmax"):
        raise ConfigError(
            f"a sequence network has {network.inputs} inputs and {network.outputs} {network.output} "
            f"outputs, but reading lines needs {inputs} inputs and {SYMBOLS} softmax outputs, as mnist-nn "
            "train-reader makes them"
        )


def describe_sequences(networks: Sequence[Network]) -> list[dict[str, Any]]:
    """Return everything about sequence networks except their arrays, as JSON values."""
    return [{"network": network.config.to_dict(), "window": asdict(WINDOWS)} for network in networks]


def collect_sequence_tensors(networks: Sequence[Network]) -> Tensors:
    """Return the arrays of sequence networks by their names in the file, at half precision if that loses nothing."""
    return {
        f"{PREFIX}{number}/{name}": _halve(array)
        for number, network in enumerate(networks)
        for name, array in zip(network.parameter_names, network.parameters, strict=True)
    }


def _halve(array: Any) -> Any:
    with np.errstate(over="ignore"):
        half = array.astype(np.float16)
    return half if np.array_equal(half, array) else array


def build_sequences(rows: Sequence[Mapping[str, Any]], tensors: Tensors) -> tuple[Network, ...]:
    """Build sequence networks from their JSON values and the tensors of a file."""
    return tuple(_build_sequence(row, f"{PREFIX}{number}/", tensors) for number, row in enumerate(rows))


def _build_sequence(row: Mapping[str, Any], prefix: str, tensors: Tensors) -> Network:
    config = NetworkConfig.from_dict(row["network"])
    if row["window"] != asdict(WINDOWS):
        raise ValueError(
            f"a sequence network takes windows of {row['window']}, but this version uses {asdict(WINDOWS)}"
        )
    arrays = {
        name: array.astype(config.dtype) if array.dtype == np.float16 else array
        for name, array in tensors.items()
        if name.startswith(prefix)
    }
    return build_network(config, arrays, prefix)


def describe_number_calibration(calibration: NumberCalibration) -> dict[str, Any]:
    """Return everything about a calibration of numbers except its arrays, as JSON values."""
    return {
        "features": list(calibration.features),
        "bias": calibration.bias,
        **describe_test(calibration.test),
        **_describe_looks(calibration.looks),
    }


def collect_number_tensors(calibration: NumberCalibration) -> Tensors:
    """Return the arrays of a calibration of numbers by their names in the file."""
    arrays = {f"{NUMBERS_PREFIX}{name}": getattr(calibration, name) for name in ("weights", "table")}
    return arrays | collect_test_tensors(calibration.test, NUMBERS_PREFIX) | _collect_looks_tensors(calibration.looks)


def build_number_calibration(header: Mapping[str, Any], tensors: Tensors) -> NumberCalibration:
    """Build a calibration of numbers from the header and the tensors of a model file."""
    weights, table = (tensors[f"{NUMBERS_PREFIX}{name}"] for name in ("weights", "table"))
    features, bias = tuple(map(str, header["features"])), float(header["bias"])
    test, looks = build_test(header, tensors, NUMBERS_PREFIX), _build_looks(header, tensors)
    return NumberCalibration(features, weights, bias, table, test, looks)


def _describe_looks(looks: LooksSummary | None) -> dict[str, Any]:
    return {"looks": {"names": list(looks.names), "answers": looks.answers, "units": looks.units}} if looks else {}


def _collect_looks_tensors(looks: LooksSummary | None) -> Tensors:
    """Return a summary as one array of ranks and the value of each feature at these ranks."""
    return {f"{NUMBERS_PREFIX}looks": np.column_stack([looks.ranks, looks.values])} if looks else {}


def _build_looks(header: Mapping[str, Any], tensors: Tensors) -> LooksSummary | None:
    """Build a summary; older files have none, and then the result is None."""
    described = header.get("looks")
    if not described:
        return None
    array, names = tensors[f"{NUMBERS_PREFIX}looks"], tuple(map(str, described["names"]))
    answers, units = int(described["answers"]), int(described["units"])
    return LooksSummary(names, array[:, 0].astype(np.int64), array[:, 1:], answers, units)
