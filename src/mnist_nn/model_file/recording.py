"""Recordings of a training run: one file with the weights after every epoch, for the playground's time machine.

A recording is a model file with additional tensors ``moments/N/W1`` … and, in the JSON header, ``recording`` with one
row for each moment. Code that reads a model can therefore read a recording too, as the model at its end.
"""

import os
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from safetensors.numpy import load as load_tensors

from mnist_nn.errors import ConfigError, ModelFileError, shorten
from mnist_nn.model_file import storage
from mnist_nn.model_file.storage import DAMAGES, Model
from mnist_nn.model_file.tensors import build_network
from mnist_nn.nn.config import TrainingConfig
from mnist_nn.nn.network import Network
from mnist_nn.training.checkpoint import Checkpoint
from mnist_nn.util.files import write_whole
from mnist_nn.util.io_errors import explain_io_errors
from mnist_nn.util.locks import keep_others_off_still

ELSEWHERE = "choose another place with --record PATH"


@dataclass(frozen=True, eq=False)
class Moment:
    """The network after ``epoch`` complete epochs and ``offset`` samples of the next one.

    ``size`` is the number of samples in an epoch. `mnist-nn train` records at the end of each epoch, where ``offset``
    is 0; the playground also records in the middle of the first epoch.
    """

    epoch: int
    network: Network
    size: int
    offset: int = 0

    @property
    def row(self) -> dict[str, int]:
        """The entry for this moment in the header."""
        return {"epoch": self.epoch, "offset": self.offset, "size": self.size}


@dataclass(frozen=True, eq=False)
class Recording:
    """A model and the moments of its training, in order.

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
    """Keeps the network at the start and after every epoch, and writes all of them to a file with the model.

    Parameters
    ----------
    path
        The file.
    size
        Number of samples in an epoch.
    moments
        The networks recorded earlier, by epoch.
    """

    path: Path
    size: int
    moments: dict[int, Network] = field(default_factory=dict)

    @classmethod
    def resume(cls, path: Path, size: int, at: Checkpoint, config: TrainingConfig) -> "Recorder":
        """Continue a recording up to the current state of a training run; if there is none, begin one."""
        if not path.exists():
            return cls(path, size)
        older = load(path)
        recorded = older.model.training
        same = recorded is not None and replace(recorded, epochs=config.epochs) == config
        if not same or older.model.network.config != at.network.config:
            raise ConfigError(f"{path} is a recording of another training run; choose another file with --record")
        return cls(path, size, {m.epoch: m.network for m in older.moments if not m.offset and m.epoch <= at.epoch})

    def see(self, at: Checkpoint) -> None:
        """Keep the network if it is at the end of an epoch, or at the very start."""
        if at.offset == 0:
            self.moments[at.epoch] = at.network

    def missing(self, at: Checkpoint) -> list[int]:
        """Return the epochs between the first recorded one and the current one that are not recorded.

        Examples
        --------
        >>> start = Checkpoint.start(Network.create(), TrainingConfig())
        >>> recorder = Recorder(Path("film"), 60_000, dict.fromkeys((0, 1, 4), start.network))
        >>> recorder.missing(replace(start, epoch=5))
        [2, 3, 5]
        """
        return [epoch for epoch in range(min(self.moments, default=0), at.epoch + 1) if epoch not in self.moments]

    def save(self, model: Model) -> None:
        """Write the file."""
        moments = (Moment(epoch, network, self.size) for epoch, network in sorted(self.moments.items()))
        save(self.path, Recording(model, tuple(moments)))


def epoch_size(images: int, config: TrainingConfig) -> int:
    """Return how many of the training images are used in an epoch.

    Examples
    --------
    >>> epoch_size(60_000, TrainingConfig(subset=1000, validation=0.1))
    900
    """
    size = images if config.subset is None else config.subset
    held_out = round(config.validation * size) if config.validation < 1 else int(config.validation)
    return size - held_out


def keep_others_off(path: str | os.PathLike[str]) -> AbstractContextManager[None]:
    """Let no other process write a recording until the block ends; raise at once if it cannot be written.

    Raises
    ------
    ModelFileError
        If `save` could not write there.
    FileInUseError
        If another process is writing it.
    """
    return storage.keep_others_off(path, ELSEWHERE)


def save(path: str | os.PathLike[str], recording: Recording) -> Path:
    """Write a recording; an existing file stays intact until the new one is on the disk.

    Raises
    ------
    ModelFileError
        If the file cannot be written, or the recording is not valid.
    FileInUseError
        If another process is writing it.
    """
    data = to_bytes(recording)
    storage.check_writable(path, ELSEWHERE)
    with keep_others_off_still(path, ELSEWHERE), explain_io_errors(ModelFileError, "write", path, ELSEWHERE):
        write_whole(path, data)
    return Path(path)


def load(path: str | os.PathLike[str]) -> Recording:
    """Read a recording.

    Raises
    ------
    ModelFileError
        If the file cannot be read, or is not a recording.
    """
    with explain_io_errors(ModelFileError, "read", path, "make a recording with: mnist-nn train --record PATH"):
        data = storage.read(path)
    return storage.load_data(path, data, from_bytes)


def to_bytes(recording: Recording) -> bytes:
    """Serialize a recording."""
    data = storage.to_bytes(recording.model)
    header = {**storage.read_header(data), "recording": [moment.row for moment in recording.moments]}
    tensors = load_tensors(data) | {
        f"moments/{n}/{name}": parameter
        for n, moment in enumerate(recording.moments)
        for name, parameter in zip(moment.network.parameter_names, moment.network.parameters, strict=True)
    }
    return storage.pack(header, tensors)


def from_bytes(data: bytes) -> Recording:
    """Deserialize a recording; raise ModelFileError if the bytes are not a model file with a recording."""
    model = storage.from_bytes(data)
    rows, tensors = storage.read_header(data).get("recording"), load_tensors(data)
    if not rows:
        raise ModelFileError("this model file is not a recording; make one with: mnist-nn train --record PATH")
    try:
        return Recording(model, tuple(_build_moments(rows, model, tensors)))
    except DAMAGES as error:
        raise ModelFileError(
            f"this recording is damaged ({type(error).__name__}: {shorten(error)}); get a fresh copy"
        ) from error


def _build_moments(rows: list[dict[str, Any]], model: Model, tensors: dict[str, Any]) -> Iterable[Moment]:
    for n, row in enumerate(rows):
        network = build_network(model.network.config, tensors, f"moments/{n}/")
        yield Moment(int(row["epoch"]), network, int(row["size"]), int(row["offset"]))
