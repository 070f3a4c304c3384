"""A training as a film: one file with the weights of every epoch, for the playground's time machine.

A recording is a model file with more in it: the tensors ``moments/N/W1`` … and, in the JSON header, ``recording``
with a row for each. So whatever reads a model reads a recording too, as the model at its end.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from mnist_nn.errors import ConfigError, ModelFileError
from mnist_nn.model_file import storage
from mnist_nn.model_file.storage import HEADER, Model
from mnist_nn.model_file.tensors import build_network
from mnist_nn.nn.config import TrainingConfig
from mnist_nn.nn.network import Network
from mnist_nn.training.checkpoint import Checkpoint
from mnist_nn.util.files import check_writable as check_place
from mnist_nn.util.files import replace_file
from mnist_nn.util.io_errors import explain_io_errors

ELSEWHERE = "choose another place with --record PATH"


@dataclass(frozen=True, eq=False)
class Moment:
    """The network as it was after ``epoch`` complete epochs and ``offset`` samples of the next one.

    ``size`` is the number of samples in an epoch. `mnist-nn train` records at the ends of epochs, where ``offset`` is
    0; the playground also in the middle of the first one.
    """

    epoch: int
    network: Network
    size: int
    offset: int = 0

    @property
    def row(self) -> dict[str, int]:
        """What the header says of it."""
        return {"epoch": self.epoch, "offset": self.offset, "size": self.size}


@dataclass(frozen=True, eq=False)
class Recording:
    """A model and the moments on the way to it, in the order in which they came.

    Examples
    --------
    >>> start = Moment(0, Network.create(), size=60_000)
    >>> again = from_bytes(to_bytes(Recording(Model(start.network), (start,))))
    >>> again.moments[0].epoch, bool((again.moments[0].network.weights[0] == start.network.weights[0]).all())
    (0, True)
    """

    model: Model
    moments: tuple[Moment, ...]


@dataclass(eq=False)
class Recorder:
    """Keeps the network at the start and after every epoch, and writes them to a file with the model.

    Parameters
    ----------
    path
        The file.
    size
        Samples in an epoch.
    moments
        What was recorded before, by epoch.
    """

    path: Path
    size: int
    moments: dict[int, Network] = field(default_factory=dict)

    @classmethod
    def resume(cls, path: Path, size: int, at: Checkpoint, config: TrainingConfig) -> "Recorder":
        """Go on with a recording up to where a training stands; if there is none, begin one."""
        if not path.exists():
            return cls(path, size)
        older = load(path)
        recorded = older.model.training
        same = recorded is not None and replace(recorded, epochs=config.epochs) == config
        if not same or older.model.network.config != at.network.config:
            raise ConfigError(f"{path} records another training; give --record another file")
        return cls(path, size, {m.epoch: m.network for m in older.moments if not m.offset and m.epoch <= at.epoch})

    def see(self, at: Checkpoint) -> None:
        """Keep the network if it stands at the end of an epoch, or at the very start."""
        if at.offset == 0:
            self.moments[at.epoch] = at.network

    def save(self, model: Model) -> None:
        """Write the file."""
        moments = (Moment(epoch, network, self.size) for epoch, network in sorted(self.moments.items()))
        save(self.path, Recording(model, tuple(moments)))


def epoch_size(images: int, config: TrainingConfig) -> int:
    """Return how many of the training images an epoch learns from.

    Examples
    --------
    >>> epoch_size(60_000, TrainingConfig(subset=1000, validation=0.1))
    900
    """
    size = images if config.subset is None else config.subset
    held_out = round(config.validation * size) if config.validation < 1 else int(config.validation)
    return size - held_out


def check_writable(path: str | os.PathLike[str]) -> None:
    """Raise ModelFileError now if `save` could not write there later; the file itself is not touched."""
    with explain_io_errors(ModelFileError, "write", path, ELSEWHERE):
        check_place(path)


def save(path: str | os.PathLike[str], recording: Recording) -> Path:
    """Write a recording; the old file, if any, stays whole until the new one is on disk.

    Raises
    ------
    ModelFileError
        If the file cannot be written, or the recording is not a sound one.
    """
    data = to_bytes(recording)
    with explain_io_errors(ModelFileError, "write", path, ELSEWHERE), replace_file(path) as file:
        file.write(data)
    return Path(path)


def load(path: str | os.PathLike[str]) -> Recording:
    """Read a recording.

    Raises
    ------
    ModelFileError
        If the file cannot be read, or holds no recording.
    """
    with explain_io_errors(ModelFileError, "read", path, "make a recording with: mnist-nn train --record PATH"):
        data = storage.read(path)
    try:
        return from_bytes(data)
    except ModelFileError as error:
        raise ModelFileError(f"{os.fspath(path)!r}: {error}") from error


def to_bytes(recording: Recording) -> bytes:
    """Serialise a recording."""
    data = storage.to_bytes(recording.model)
    header = {**storage.read_header(data), "recording": [moment.row for moment in recording.moments]}
    tensors = load_tensors(data) | {
        f"moments/{n}/{name}": np.ascontiguousarray(parameter)
        for n, moment in enumerate(recording.moments)
        for name, parameter in zip(moment.network.parameter_names, moment.network.parameters, strict=True)
    }
    return save_tensors(tensors, {HEADER: json.dumps(header, allow_nan=False)})


def from_bytes(data: bytes) -> Recording:
    """Deserialise a recording; ModelFileError if the bytes are no model file, or one without a recording."""
    model = storage.from_bytes(data)
    rows, tensors = storage.read_header(data).get("recording"), load_tensors(data)
    if not rows:
        raise ModelFileError("this model file holds no recording; make one with: mnist-nn train --record PATH")
    try:
        return Recording(model, tuple(_build_moments(rows, model, tensors)))
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise ModelFileError(f"this recording is damaged: {type(error).__name__} {error}; get a fresh copy") from error


def _build_moments(rows: list[dict[str, Any]], model: Model, tensors: dict[str, Any]) -> Iterable[Moment]:
    for n, row in enumerate(rows):
        network = build_network(model.network.config, tensors, f"moments/{n}/")
        yield Moment(int(row["epoch"]), network, int(row["size"]), int(row["offset"]))
