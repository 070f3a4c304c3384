"""The history of a training as TensorBoard events, with one folder per run, in the format of tensorboardX.

Events are written at once, not by a thread, so that errors of the disk are raised here and nothing can hang. The file
names of a run end in a mark that follows from its settings and its data; a resumed training finds its own files by it.
"""

import hashlib
import json
import math
import os
import re
import time
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from mnist_nn.errors import ConfigError, MissingExtraError
from mnist_nn.nn.config import NetworkConfig, TrainingConfig, momentum, resolve_learning_rate
from mnist_nn.nn.losses import get_loss
from mnist_nn.nn.network import Network
from mnist_nn.training.checkpoint import Checkpoint, Scores
from mnist_nn.util.io_errors import explain_io_errors

try:
    from tensorboardX import summary
    from tensorboardX.proto.event_pb2 import Event, SessionLog
    from tensorboardX.proto.summary_pb2 import Summary
    from tensorboardX.record_writer import RecordWriter
except ImportError as error:
    raise MissingExtraError(
        "--log-dir needs tensorboardX; install it with: pip install 'mnist-nn[tensorboard]'"
    ) from error

TAGS = {
    "loss": "loss/train",
    "validation_loss": "loss/validation",
    "descended": "descended/train",
    "accuracy": "accuracy/train",
    "validation_accuracy": "accuracy/validation",
    "rate": "training/rate",
    "seconds": "training/seconds",
}
FLUSH_EVERY = 1.0  # seconds between two times that events are forced onto the disk
FILE_VERSION = "brain.Event:2"  # from this one on, readers drop what is older than the start of a session
MOST_PICTURES = 400  # of units in one image
LENGTH = "epochs"  # no hyperparameter: a resumed run may be longer, and TensorBoard keeps the first value it read


class EventLog:
    """The events of one training, written as they happen.

    Parameters
    ----------
    folder
        The folder of the run, which TensorBoard shows under its name.
    mark
        The mark at the end of the file name.
    """

    def __init__(self, folder: Path, mark: str) -> None:
        self.folder = folder
        self._flushed = 0.0
        self._closed = False
        with _explain_refusal(folder):
            self._file = RecordWriter(str(folder / _file_name(mark)))
        self._write(file_version=FILE_VERSION)

    @classmethod
    def begin(cls, folder: Path, mark: str, at: Checkpoint, training: TrainingConfig) -> Self:
        """Write the settings of a run and the epochs that are done; events in older files of the run no longer count.

        A run that was killed may have logged epochs that are missing from its model file, or the other way round. That
        is why the whole history is written again, with the original times as far as they are known.
        """
        log = cls(folder, mark)
        log._write(session_log=SessionLog(status=SessionLog.START))
        log._add(*_configuration(at.network.config, training))
        moment = time.time() - sum(row.seconds for row in at.history)
        for row in at.history:
            moment += row.seconds
            log.see(row, moment)
        log.flush()
        return log

    def see(self, scores: Scores, moment: float | None = None) -> None:
        """Write the scores of an epoch, with its number as the step."""
        row = scores.to_dict()
        self._add(
            _scalars({tag: row[name] for name, tag in TAGS.items() if name in row}), step=scores.epoch, moment=moment
        )
        if time.monotonic() - self._flushed > FLUSH_EVERY:
            self.flush()

    def finish(self, network: Network, step: int, results: Mapping[str, float]) -> None:
        """Write the test results and a picture of the first layer's weights, and close the run."""
        self._add(_scalars({f"{name}/test": value for name, value in results.items()}), step=step)
        picture = weight_picture(network)
        if picture is not None:
            self._add(summary.image("weights/first_layer", picture, dataformats="HW"), step=step)
        self._add(summary.hparams({}, {})[2], step=step)  # says that the run ended well
        self.close()

    def flush(self) -> None:
        """Force everything written so far onto the disk."""
        with _explain_refusal(self.folder):
            self._file.flush()
        self._flushed = time.monotonic()

    def close(self) -> None:
        """Write the last events and close the file; calling it again does no harm."""
        if self._closed:
            return
        self._closed = True
        try:
            self.flush()
        finally:
            with suppress(OSError):  # flush has said so
                self._file.close()

    def _add(self, *summaries: Any, step: int = 0, moment: float | None = None) -> None:
        for one in summaries:
            self._write(step, moment, summary=one)

    def _write(self, step: int = 0, moment: float | None = None, **what: Any) -> None:
        event = Event(step=step, wall_time=moment or time.time(), **what).SerializeToString()
        with _explain_refusal(self.folder):
            self._file.write(event)


def run_folder(directory: Path, name: str, mark: str, *, resume: bool = False) -> Path:
    """Create the folder of a new run, ``NAME-1`` and so on, or find the latest one that a resumed training started.

    Examples
    --------
    >>> import tempfile
    >>> directory = Path(tempfile.mkdtemp())
    >>> [run_folder(directory, "digits", "a1b2").name for _ in range(2)]
    ['digits-1', 'digits-2']
    """
    with _explain_refusal(directory):
        runs = _runs(directory, name)
        begun = [n for n, folder in runs.items() if any(file.suffix == f".{mark}" for file in folder.iterdir())]
        if resume and begun:
            return runs[max(begun)]
        directory.mkdir(parents=True, exist_ok=True)
        for number in count(max(runs, default=0) + 1):
            folder = directory / f"{name}-{number}"
            with suppress(FileExistsError):  # another run, which began at the same moment
                folder.mkdir()
                break
    return folder


def mark_of(network: NetworkConfig, training: TrainingConfig, origin: str) -> str:
    """Compute a short identifier of a run from its settings (except its length), its data and the path of its model.

    Examples
    --------
    >>> short, long = (mark_of(NetworkConfig(), TrainingConfig(epochs=n), "digest, file") for n in (1, 2))
    >>> short == long, len(short)
    (True, 8)
    """
    settings = [network.to_dict(), replace(training, epochs=1).to_dict(), origin]
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:8]


def weight_picture(network: Network) -> npt.NDArray[np.uint8] | None:
    """Draw the weights into each unit of the first layer as pictures of the input's shape, side by side.

    Grey is 0; white is the unit's largest absolute weight, and black is the negative of that. The result is None if the
    inputs do not form a square.

    Examples
    --------
    >>> weight_picture(Network.create()).shape  # 20 pictures of 28 pixels and a line between them
    (115, 144)
    """
    side = math.isqrt(network.config.inputs)
    if side * side != network.config.inputs:
        return None
    units = network.weights[0][:MOST_PICTURES].reshape(-1, side, side)
    scale = np.abs(units).max(axis=(1, 2), keepdims=True)
    grey = np.rint(127.5 + 127.5 * units / np.where(scale > 0, scale, 1)).astype(np.uint8)
    columns = math.ceil(math.sqrt(len(grey)))
    rows = math.ceil(len(grey) / columns)
    picture = np.full((rows * (side + 1) - 1, columns * (side + 1) - 1), 255, np.uint8)
    for n, unit in enumerate(grey):
        top, left = (side + 1) * (n // columns), (side + 1) * (n % columns)
        picture[top : top + side, left : left + side] = unit
    return picture


def _file_name(mark: str) -> str:
    """Name a file; TensorBoard reads files whose names contain ``tfevents``, in alphabetical order."""
    return f"events.out.tfevents.{time.time():.3f}.{os.getpid()}.{mark}"


def _scalars(values: Mapping[str, float]) -> Any:
    """Put several numbers into one event."""
    return Summary(value=[value for tag, number in values.items() for value in summary.scalar(tag, number).value])


def _configuration(network: NetworkConfig, training: TrainingConfig) -> Iterable[Any]:
    """Describe the training, as text for people and as hyperparameters for comparing runs."""
    loss = get_loss(training.loss, network.output)
    settings = {
        **network.to_dict(),
        **training.to_dict(),
        "learning_rate": resolve_learning_rate(network, training),
        "momentum": momentum(training),
    }
    rows = [f"| {name} | {_plain(value)} |" for name, value in settings.items() if value is not None]
    names = f"loss printed: {loss.reported_name}; loss descended: {loss.descended_name}"
    yield summary.text("configuration", "\n".join([f"{names}\n", "| setting | value |", "|---|---|", *rows]))
    metrics = dict.fromkeys(("accuracy/test", "loss/test"), 0.0)
    compared = {name: _plain(value) for name, value in settings.items() if name != LENGTH}
    yield from summary.hparams(compared, metrics)[:2]


def _plain(value: Any) -> Any:
    """Format a list as it is typed."""
    return ",".join(map(str, value)) or "none" if isinstance(value, list) else value


def _runs(directory: Path, name: str) -> dict[int, Path]:
    """Find all runs with a name, by number."""
    if not directory.exists():
        return {}
    found = ((re.fullmatch(re.escape(name) + r"-(\d+)", folder.name), folder) for folder in directory.iterdir())
    return {int(match[1]): folder for match, folder in found if match and folder.is_dir()}


def _explain_refusal(folder: Path) -> AbstractContextManager[None]:
    return explain_io_errors(ConfigError, "write events to", folder, "choose another --log-dir DIR")
