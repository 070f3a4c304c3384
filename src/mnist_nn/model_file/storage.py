"""The model file: safetensors, with everything but the numbers in one JSON header. No pickle anywhere.

`save` and `load` are for files, `to_bytes` and `from_bytes` for bytes. docs/model-file.md describes the
format on half a page.
"""

import errno
import json
import math
import os
import platform
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from mnist_nn.errors import ConfigError, ModelFileError
from mnist_nn.evaluation.calibration import Z_FEATURES, Calibration
from mnist_nn.model_file.tensors import (
    build_calibration,
    build_checkpoint,
    build_network,
    build_training,
    collect_calibration_tensors,
    collect_checkpoint_tensors,
    describe_calibration,
    describe_checkpoint,
)
from mnist_nn.nn.config import NetworkConfig, TrainingConfig, check
from mnist_nn.nn.network import Network
from mnist_nn.training.checkpoint import Checkpoint
from mnist_nn.util.files import check_writable as check_place
from mnist_nn.util.files import replace_file
from mnist_nn.util.io_errors import explain_io_errors

FORMAT = 1
HEADER = "mnist_nn"
ELSEWHERE = "choose another place with --model PATH"
ANOTHER = "get a fresh copy, or train one with: mnist-nn train"


def _list_versions() -> dict[str, str]:
    return {"mnist-nn": version("mnist-nn"), "numpy": np.__version__, "python": platform.python_version()}


@dataclass(frozen=True, eq=False)
class Model:
    """What a model file holds.

    Parameters
    ----------
    network
        The network to use.
    training
        How it was trained, None if it was not.
    checkpoint
        Where to go on; ``checkpoint.history`` has a row an epoch. None if it was not trained here.
    data
        Name and SHA-256 digest of the training data.
    scores
        Results worth keeping, such as the test accuracy.
    versions
        Of the programs that wrote the file.
    calibration
        What `mnist_nn.evaluation.calibration` found for this network, None if it was not calibrated.
    """

    network: Network
    training: TrainingConfig | None = None
    checkpoint: Checkpoint | None = None
    data: Mapping[str, str] = field(default_factory=dict)
    scores: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=_list_versions)
    calibration: Calibration | None = None

    @classmethod
    def of(cls, checkpoint: Checkpoint, training: TrainingConfig, **rest: Any) -> "Model":
        """Make the model of a training run at a checkpoint."""
        return cls(checkpoint.chosen, training, checkpoint, **rest)


def save(path: str | os.PathLike[str], model: Model) -> Path:
    """Write a model file; the old one, if any, stays whole until the new one is on disk.

    Raises
    ------
    ModelFileError
        If the file cannot be written: no such folder, no permission, disk full; or the model is not a sound one.

    Examples
    --------
    >>> import tempfile
    >>> path = save(Path(tempfile.mkdtemp()) / "model.safetensors", Model(Network.create()))
    >>> load(path).network.config.hidden
    (20,)
    """
    data = to_bytes(model)
    with explain_io_errors(ModelFileError, "write", path, ELSEWHERE), replace_file(path) as file:
        file.write(data)
    return Path(path)


def check_writable(path: str | os.PathLike[str]) -> None:
    """Raise ModelFileError now if `save` could not write there later; the file itself is not touched."""
    with explain_io_errors(ModelFileError, "write", path, ELSEWHERE):
        check_place(path)


def load(path: str | os.PathLike[str]) -> Model:
    """Read a model file.

    Raises
    ------
    ModelFileError
        If the file is not there, cannot be read or is not a sound model file.
    """
    with explain_io_errors(ModelFileError, "read", path, "train one with: mnist-nn train --model PATH"):
        data = read(path)
    try:
        return from_bytes(data)
    except ModelFileError as error:
        raise ModelFileError(f"{os.fspath(path)!r}: {error}") from error


def to_bytes(model: Model) -> bytes:
    """Serialise a model; ModelFileError if it is one that `from_bytes` would refuse.

    Examples
    --------
    >>> network = Network.create()
    >>> again = from_bytes(to_bytes(Model(network))).network
    >>> all((p == q).all() for p, q in zip(network.parameters, again.parameters))
    True
    """
    header = {
        "format": FORMAT,
        "network": model.network.config.to_dict(),
        "training": model.training and model.training.to_dict(),
        "checkpoint": model.checkpoint and describe_checkpoint(model.checkpoint),
        "history": [row.to_dict() for row in model.checkpoint.history] if model.checkpoint else [],
        "data": dict(model.data),
        "scores": dict(model.scores),
        "versions": dict(model.versions),
        "calibration": model.calibration and describe_calibration(model.calibration),
    }
    try:
        _check(model)
    except (ValueError, OverflowError) as error:
        raise ModelFileError(f"the model cannot be written: {error}") from error
    tensors = dict(zip(model.network.parameter_names, model.network.parameters, strict=True))
    if model.checkpoint:
        tensors |= collect_checkpoint_tensors(model.checkpoint)
    if model.calibration:
        tensors |= collect_calibration_tensors(model.calibration)
    contiguous = {name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}
    try:
        return save_tensors(contiguous, {HEADER: json.dumps(header, allow_nan=False)})
    except ValueError as error:
        raise ModelFileError(f"the model cannot be written: {error}; its scores must be finite plain values") from error


def from_bytes(data: bytes) -> Model:
    """Deserialise a model; ModelFileError if the bytes are not a sound model file."""
    try:
        header = read_header(data)
        tensors = load_tensors(data)
        network = build_network(NetworkConfig.from_dict(header["network"]), tensors)
        training = build_training(header["training"]) if header["training"] else None
        checkpoint = build_checkpoint(header, training, network, tensors) if header["checkpoint"] and training else None
        calibration = build_calibration(header["calibration"], tensors) if header.get("calibration") else None
        origin, scores, versions = (dict(header[name]) for name in ("data", "scores", "versions"))
        model = Model(network, training, checkpoint, origin, scores, versions, calibration)
        _check(model)
    except (SafetensorError, ConfigError) as error:
        raise ModelFileError(f"this is not a sound model file: {error}; {ANOTHER}") from error
    except (KeyError, ValueError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise ModelFileError(
            f"the header of this model file is damaged: {type(error).__name__} {error}; {ANOTHER}"
        ) from error
    return model


def read_header(data: bytes) -> dict[str, Any]:
    """Read the JSON document in the bytes of a model file; ModelFileError if there is none of a known format.

    Examples
    --------
    >>> read_header(to_bytes(Model(Network.create())))["network"]["hidden"]
    [20]
    """
    # safetensors begins with the length of its JSON header, a little-endian uint64.
    length = int.from_bytes(data[:8], "little")
    if length > len(data) - 8:
        raise ModelFileError(f"this is not a model file, or only a part of one; {ANOTHER}")
    text = json.loads(data[8 : 8 + length]).get("__metadata__", {}).get(HEADER)
    if text is None:
        raise ModelFileError("these are tensors without the header of mnist-nn; load a file that mnist-nn saved")
    header = json.loads(text)
    if header["format"] != FORMAT:
        raise ModelFileError(
            f"this model file has format {header['format']!r} and this version reads format {FORMAT}; upgrade mnist-nn"
        )
    return dict(header)


def _check(model: Model) -> None:
    """Raise ValueError or OverflowError where the parts of a model, each sound by itself, contradict each other."""
    if model.training:
        check(model.network.config, model.training)
    if model.calibration and len(model.calibration.weights) != len(model.network.weights[-1].T) + Z_FEATURES:
        raise ValueError("the calibration is of another network")
    at = model.checkpoint
    if at is None:
        return
    counts = (at.epoch, at.offset, at.state.updates, *at.tally, at.seconds)
    accuracy = at.best.accuracy if at.best else 0.0
    measured = [value for row in at.history for value in row.to_dict().values()]
    if not (all(map(math.isfinite, (*counts, accuracy, *measured))) and at.state.finite):
        raise ValueError("the checkpoint holds NaN or infinity")
    if min(counts) < 0 or at.state.updates >= 2**63:
        raise ValueError("the checkpoint holds a count that cannot be")
    if [row.epoch for row in at.history] != list(range(1, at.epoch + 1)):
        raise ValueError(f"the history has {len(at.history)} rows, which are not those of {at.epoch} epochs")
    if at.tally.samples != at.offset:
        raise ValueError(f"the tally counts {at.tally.samples} samples where {at.offset} are learned")
    if at.best and not 1 <= at.best.epoch <= at.epoch:
        raise ValueError(f"the best epoch is {at.best.epoch} of {at.epoch}")


def read(path: str | os.PathLike[str]) -> bytes:
    """Read a regular file whole; OSError if it is something else."""
    if not stat.S_ISREG(Path(path).stat().st_mode):  # a device or a pipe might never end
        raise OSError(errno.EINVAL, "it is not a regular file", os.fspath(path))
    return Path(path).read_bytes()
