"""The model file: a safetensors file, with everything except the arrays in a JSON header. It never uses pickle.

`save` and `load` are for files, and `to_bytes` and `from_bytes` for bytes. docs/reference/model-file.md describes the
format.
"""

import errno
import json
import logging
import math
import os
import platform
import stat
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar, cast, overload

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from mnist_nn.errors import ConfigError, ModelFileError, quote, shorten
from mnist_nn.evaluation.calibration import Z_FEATURES, Calibration
from mnist_nn.evaluation.number_calibration import NumberCalibration
from mnist_nn.model_file import checksum
from mnist_nn.model_file.checksum import ANOTHER
from mnist_nn.model_file.sequences import (
    build_number_calibration,
    build_sequences,
    check_reads_lines,
    collect_number_tensors,
    collect_sequence_tensors,
    describe_number_calibration,
    describe_sequences,
)
from mnist_nn.model_file.tensors import (
    Tensors,
    build_calibration,
    build_checkpoint,
    build_network,
    build_training,
    collect_calibration_tensors,
    collect_checkpoint_tensors,
    describe_calibration,
    describe_checkpoint,
)
from mnist_nn.nn.config import NetworkConfig, TrainingConfig, check, find_own
from mnist_nn.nn.network import Network, TableNetwork
from mnist_nn.training.checkpoint import Checkpoint
from mnist_nn.training.loop import Epoch
from mnist_nn.util import checks, locks
from mnist_nn.util.calls import shows_call
from mnist_nn.util.files import Identity, write_whole
from mnist_nn.util.files import check_writable as check_place
from mnist_nn.util.io_errors import explain_io_errors

FORMAT = 1
HEADER = "mnist_nn"
TABLE = "table"  # the kind of data of an estimator that takes no pixels
SAVE = "save_model(path, Model.of(epoch.checkpoint, config)), or save_model(path, network) to save only a network"
ELSEWHERE = "choose another place with --model PATH"
DAMAGES = (KeyError, ValueError, TypeError, AttributeError, OverflowError, RecursionError)  # that a header can raise

Loaded = TypeVar("Loaded")
_logger = logging.getLogger("mnist_nn")


def _list_versions() -> dict[str, str]:
    return {"mnist-nn": version("mnist-nn"), "numpy": np.__version__, "python": platform.python_version()}


@dataclass(frozen=True, eq=False)
class Model:
    """The contents of a model file.

    Parameters
    ----------
    network
        The network to use.
    training
        How the network was trained; None if it was not.
    checkpoint
        The state from which training can continue; ``checkpoint.history`` has one row per epoch. None if the network
        was not trained with this package.
    data
        Name and SHA-256 digest of the training data, and the options for reading it, if any were given; ``kind`` is
        ``table`` for an estimator whose inputs are not pixels.
    scores
        Results to keep, such as the test accuracy.
    versions
        The versions of the programs that wrote the file.
    calibration
        The network's calibration (`mnist_nn.evaluation.calibration`); None if it was not calibrated.
    sequences
        Networks that read whole numbers as lines of ink, trained independently of each other; may be empty.
    number_calibration
        The calibration of whole numbers; None if numbers were not calibrated.
    class_names
        The names of the classes in the order of the outputs; None if they are the numbers from 0.
    """

    network: Network
    training: TrainingConfig | None = None
    checkpoint: Checkpoint | None = None
    data: Mapping[str, str] = field(default_factory=dict)
    scores: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=_list_versions)
    calibration: Calibration | None = None
    sequences: tuple[Network, ...] = ()
    number_calibration: NumberCalibration | None = None
    class_names: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        checks.instance("the network", self.network, Network, "Model(network), or load_model(path) for a file")
        if isinstance(self.network, TableNetwork):
            object.__setattr__(self, "data", {**self.data, "kind": TABLE})

    def name_class(self, label: int) -> str:
        """Return the name of a class in the training data.

        Examples
        --------
        >>> model = Model(Network.create())
        >>> model.name_class(3)
        '3'
        """
        return self.class_names[label] if self.class_names else str(label)

    @classmethod
    def of(cls, checkpoint: Checkpoint | Epoch, training: TrainingConfig, **rest: Any) -> "Model":
        """Make the model of a training run at a checkpoint, or at an epoch, which contains one.

        Raises
        ------
        ConfigError
            If the arguments are something else.
        """
        at: Any = getattr(checkpoint, "checkpoint", checkpoint)
        checks.instance("the checkpoint", at, Checkpoint, "Model.of(epoch.checkpoint, config)")
        checks.instance("the configuration", training, TrainingConfig, "Model.of(epoch.checkpoint, config)")
        return cls(at.chosen, training, at, **rest)


def check_takes_pixels(model: Model, what: str) -> None:
    """Raise ConfigError if a model's estimator was fitted on a table; ``what`` names the thing that needs pixels."""
    if model.data.get("kind") == TABLE:
        raise ConfigError(
            "this model belongs to an estimator fitted on a table: its inputs are not pixels (bytes divided by 255), "
            f"or its classes have names, but {what} needs pixels and numbered classes; save the estimator itself, with "
            "joblib or skops"
        )


ModelLike = Model | Network | str | os.PathLike[str]


def as_model(value: object, call: str) -> Model:
    """Return a model from a model, the path of its file, or a network.

    Parameters
    ----------
    value
        The argument that was given.
    call
        The right call, for the message.

    Raises
    ------
    ConfigError
        If it is something else.
    ModelFileError
        If it is a path, and there is no valid model file.

    Examples
    --------
    >>> as_model(Network.create(), "Reader(model)").training is None
    True
    """
    if isinstance(value, Network):
        return Model(value)
    if isinstance(value, str | os.PathLike):
        return load(value)
    checks.instance("the model", value, Model, call)
    return cast("Model", value)


@overload
def save(path: str | os.PathLike[str], model: Model | Network, /) -> Path: ...
@overload
def save(path: Model | Network, model: str | os.PathLike[str], /) -> Path: ...
@overload
def save(path: str | os.PathLike[str], model: Model | Network) -> Path: ...
@shows_call("save_model(path, model)")
def save(path: Any, model: Any) -> Path:
    """Write a model file; an existing file stays intact until the new one is on the disk.

    Parameters
    ----------
    path
        Where to write.
    model
        The model, or only a network. The two arguments may come in either order.

    Raises
    ------
    ConfigError
        If the arguments are not a path and a model.
    ModelFileError
        If the file cannot be written (no such folder, no permission, disk full), or the model is not valid.
    FileInUseError
        If another process is writing it, such as a training run that saves its model there.

    Examples
    --------
    >>> import tempfile
    >>> path = save(Path(tempfile.mkdtemp()) / "model.safetensors", Model(Network.create()))
    >>> load(path).network.config.hidden
    (20,)
    """
    if isinstance(path, Model | Network):
        path, model = model, path
    checks.path("the path", path, SAVE)
    check_writable(path)
    with locks.keep_others_off_still(path, ELSEWHERE):
        write(path, Model(model) if isinstance(model, Network) else model)
    return Path(path)


def write(path: str | os.PathLike[str], model: Model) -> Identity:
    """Write a model file without keeping other processes off, and return its identity.

    The identity (`mnist_nn.util.files.identify`) tells it apart from any other file that is written there later.
    """
    data = to_bytes(model)
    with explain_io_errors(ModelFileError, "write", path, ELSEWHERE):
        return write_whole(path, data)


def check_writable(path: str | os.PathLike[str], remedy: str = ELSEWHERE) -> None:
    """Raise ModelFileError now if `save` could not write there later; the file itself is not changed."""
    with explain_io_errors(ModelFileError, "write", path, remedy):
        check_place(path)


def keep_others_off(path: str | os.PathLike[str], remedy: str = ELSEWHERE) -> AbstractContextManager[None]:
    """Let no other process write a model file until the block ends; raise at once if it cannot be written.

    Raises
    ------
    ModelFileError
        If `save` could not write there.
    FileInUseError
        If another process is writing it.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "model.safetensors"
    >>> with keep_others_off(path):
    ...     path = save(path, Model(Network.create()))
    """
    check_writable(path, remedy)
    return locks.keep_others_off(path, remedy)


@shows_call("load_model(path)")
def load(path: str | os.PathLike[str]) -> Model:
    """Read a model file. An older file without a checksum is read too, and a message is logged.

    Raises
    ------
    ConfigError
        If it is not a path.
    ModelFileError
        If the file does not exist, cannot be read, is not a valid model file, or has changed since it was written.
    """
    checks.path("the path", path, "load_model(path)")
    with explain_io_errors(ModelFileError, "read", path, "train one with: mnist-nn train --model PATH"):
        data = read(path)
    return load_data(path, data, from_bytes)


def load_data(path: str | os.PathLike[str], data: bytes, build: Callable[[bytes], Loaded]) -> Loaded:
    """Build the contents of a file from its bytes; errors name the file."""
    try:
        loaded = build(data)
    except ModelFileError as error:
        raise ModelFileError(f"{os.fspath(path)!r}: {error}") from error
    if not checksum.is_sealed(data):
        _logger.info(
            "%r has no checksum because an older version wrote it, so damage may go unnoticed", os.fspath(path)
        )
    return loaded


def _check_no_own_parts(model: Model) -> None:
    """Reject what only lives in this program: a file with it could not be read in another one."""
    if own := find_own(model.network.config):
        raise ModelFileError(
            f"{own[0]} is your own function, which a model file cannot contain; keep the weights with "
            "numpy.savez(path, *network.parameters), and build the network again with Network.of(config, arrays)"
        )
    if own := find_own(model.training) if model.training else []:
        raise ModelFileError(
            f"{own[0]} is your own function, which a model file cannot contain; save the network without its training: "
            "save_model(path, epoch.network)"
        )


def to_bytes(model: Model) -> bytes:
    """Serialize a model; raise ModelFileError if `from_bytes` would reject it.

    Examples
    --------
    >>> network = Network.create()
    >>> again = from_bytes(to_bytes(Model(network))).network
    >>> all((p == q).all() for p, q in zip(network.parameters, again.parameters))
    True
    """
    checks.instance("the model", model, Model, SAVE)
    _check_no_own_parts(model)
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
        **_describe_reader(model),
        **({"class_names": list(model.class_names)} if model.class_names else {}),
    }
    try:
        _check(model)
    except (ValueError, OverflowError) as error:
        raise ModelFileError(f"the model cannot be written: {error}") from error
    try:
        return pack(header, _collect_tensors(model))
    except ValueError as error:
        raise ModelFileError(
            f"the model cannot be written: {error}; its scores must be finite numbers or other plain values"
        ) from error


def pack(header: Mapping[str, Any], tensors: Tensors) -> bytes:
    """Write a JSON document and tensors as a model file, with its checksum.

    Raises
    ------
    ValueError
        If the document contains a value that JSON does not have, such as NaN.

    Examples
    --------
    >>> read_header(pack({"format": 1, "made": "by hand"}, {"W1": np.eye(2)}))
    {'format': 1, 'made': 'by hand'}
    """
    text = json.dumps({checksum.NAME: checksum.PLACE, **header}, allow_nan=False)
    contiguous = {name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}
    return checksum.seal(save_tensors(contiguous, {HEADER: text}))


def _describe_reader(model: Model) -> dict[str, Any]:
    """Return the entries that only a reader of numbers has, so that files of other models stay the same."""
    described: dict[str, Any] = {}
    if model.sequences:
        described["sequences"] = describe_sequences(model.sequences)
    if model.number_calibration:
        described["number_calibration"] = describe_number_calibration(model.number_calibration)
    return described


def _collect_tensors(model: Model) -> dict[str, Any]:
    tensors = dict(zip(model.network.parameter_names, model.network.parameters, strict=True))
    if model.checkpoint:
        tensors |= collect_checkpoint_tensors(model.checkpoint)
    if model.calibration:
        tensors |= collect_calibration_tensors(model.calibration)
    if model.number_calibration:
        tensors |= collect_number_tensors(model.number_calibration)
    return tensors | collect_sequence_tensors(model.sequences)


def from_bytes(data: bytes) -> Model:
    """Deserialize a model; raise ModelFileError if the bytes are not a valid model file."""
    try:
        header = read_header(data)
        tensors = load_tensors(data)
        network = build_network(NetworkConfig.from_dict(header["network"]), tensors)
        training = build_training(header["training"]) if header["training"] else None
        checkpoint = build_checkpoint(header, training, network, tensors) if header["checkpoint"] and training else None
        calibration = build_calibration(header["calibration"], tensors) if header.get("calibration") else None
        origin, scores, versions = (dict(header[name]) for name in ("data", "scores", "versions"))
        sequences = build_sequences(header.get("sequences") or (), tensors)
        numbers = header.get("number_calibration")
        number_calibration = build_number_calibration(numbers, tensors) if numbers else None
        names = header.get("class_names")
        model = Model(
            network,
            training,
            checkpoint,
            origin,
            scores,
            versions,
            calibration,
            sequences,
            number_calibration,
            tuple(map(str, names)) if names else None,
        )
        _check(model)
    except (SafetensorError, ConfigError) as error:
        raise ModelFileError(f"this model file is damaged ({shorten(error)}); {ANOTHER}") from error
    except DAMAGES as error:
        raise ModelFileError(
            f"the header of this model file is damaged ({type(error).__name__}: {shorten(error)}); {ANOTHER}"
        ) from error
    return model


def read_header(data: bytes) -> dict[str, Any]:
    """Read the JSON document in the bytes of a model file, check the checksum, and leave it out of the result.

    Raises
    ------
    ModelFileError
        If the bytes are damaged, or contain no such document in a known format.

    Examples
    --------
    >>> read_header(to_bytes(Model(Network.create())))["network"]["hidden"]
    [20]
    """
    # safetensors begins with the length of its JSON header, a little-endian uint64.
    length = int.from_bytes(data[:8], "little")
    if length > len(data) - 8:
        raise ModelFileError(f"this is not a model file, or only part of one; {ANOTHER}")
    text = json.loads(data[8 : 8 + length]).get("__metadata__", {}).get(HEADER)
    if text is None:
        raise ModelFileError("this safetensors file was not made by mnist-nn; load a file that mnist-nn saved")
    header = json.loads(text)
    checksum.check_seal(data, named=header.pop(checksum.NAME, None) is not None)
    if header["format"] != FORMAT:
        raise ModelFileError(
            f"this model file has format {quote(header['format'])}, but this version reads only format "
            f"{FORMAT}; upgrade mnist-nn"
        )
    return dict(header)


def _check(model: Model) -> None:
    """Raise ValueError or OverflowError if the parts of a model, each valid by itself, contradict each other."""
    if model.training:
        check(model.network.config, model.training)
    if model.calibration and len(model.calibration.weights) != len(model.network.weights[-1].T) + Z_FEATURES:
        raise ValueError("the calibration belongs to another network")
    names = model.class_names
    if names is not None and not len(names) == len(set(names)) == model.network.config.outputs:
        raise ValueError(f"there are {len(set(names))} class names, but {model.network.config.outputs} outputs")
    for network in model.sequences:
        check_reads_lines(network.config)
    if model.checkpoint:
        _check_checkpoint(model.checkpoint)


def _check_checkpoint(at: Checkpoint) -> None:
    """Raise ValueError if a checkpoint contradicts itself."""
    counts = (at.epoch, at.offset, at.state.updates, *at.tally, at.seconds)
    accuracy = at.best.accuracy if at.best else 0.0
    measured = [value for row in at.history for value in row.to_dict().values()]
    if not (all(map(math.isfinite, (*counts, accuracy, *measured))) and at.state.finite):
        raise ValueError("the checkpoint contains NaN or infinity")
    if min(counts) < 0 or at.state.updates >= 2**63:
        raise ValueError("the checkpoint contains an impossible count")
    if len(at.history) != at.epoch or any(row.epoch != n for n, row in enumerate(at.history, 1)):
        raise ValueError(f"the history has {len(at.history)} rows, but {at.epoch} epochs are complete")
    if at.tally.samples != at.offset:
        raise ValueError(f"the tally counts {at.tally.samples} samples, but {at.offset} of this epoch are done")
    if at.prune_to and not all(a <= b for a, b in zip(at.prune_to, at.network.config.hidden, strict=True)):
        raise ValueError(f"the network is to be pruned to {at.prune_to}, but has {at.network.config.hidden}")
    if at.best and not 1 <= at.best.epoch <= at.epoch:
        raise ValueError(f"the best epoch is {at.best.epoch}, but only {at.epoch} epochs are complete")


def read(path: str | os.PathLike[str]) -> bytes:
    """Read a whole regular file; raise OSError if it is something else."""
    if not stat.S_ISREG(Path(path).stat().st_mode):  # a device or a pipe might never end
        raise OSError(errno.EINVAL, "it is not a regular file", os.fspath(path))
    return Path(path).read_bytes()
