"""A training run of the command line: how it starts or resumes, and the files that are written of it.

It does not train; `mnist_nn.cli.commands.train` does, and tells the run of every epoch.
"""

import os
import shlex
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mnist_nn.cli.train.previous_model import keep_previous, previous_path
from mnist_nn.errors import ConfigError, ModelFileError
from mnist_nn.nn.config import TrainingConfig
from mnist_nn.nn.presets import configure

if TYPE_CHECKING:
    from mnist_nn.data import Dataset
    from mnist_nn.evaluation.calibration import Calibration
    from mnist_nn.evaluation.metrics import Evaluation
    from mnist_nn.model_file.recording import Recorder
    from mnist_nn.training.checkpoint import Checkpoint
    from mnist_nn.training.loop import Epoch
    from mnist_nn.training.tensorboard import EventLog

DEFAULT_MODEL = Path("mnist-model.safetensors")


@dataclass
class Run:
    """What a training run is, how far it got, and the files that keep it.

    Parameters
    ----------
    path
        The model file.
    keeps_previous
        Whether the model file is copied before it is first replaced.
    calibration
        That of the weights as they are; None unless nothing is left to learn.
    saved
        When it was last saved or tried, by `time.monotonic`; ``save_failed`` says whether that failed.
    recorder
        Writes the weights of every epoch; None if no recording is wanted.
    log
        Writes TensorBoard events into ``log_folder``; None if none are wanted, or once they could not be written.
    """

    path: Path
    dataset: "Dataset"
    engine: str
    training: TrainingConfig
    checkpoint: "Checkpoint"
    keeps_previous: bool
    calibration: "Calibration | None" = None
    saved: float = 0.0
    save_failed: bool = False
    recorder: "Recorder | None" = None
    log: "EventLog | None" = field(default=None, repr=False)
    log_folder: Path | None = None

    @property
    def is_finished(self) -> bool:
        """Whether nothing is left to learn."""
        return self.checkpoint.is_finished(self.training)

    @property
    def log_failed(self) -> bool:
        """Whether events were wanted that could not be written."""
        return self.log_folder is not None and self.log is None

    @property
    def data_option(self) -> str:
        """The option that gives a command the same data; empty for MNIST."""
        return "" if self.dataset.name == "mnist" else f" --data {shlex.quote(self.dataset.name)}"

    @property
    def how_to_resume(self) -> str:
        """How far it got, and the command that continues it."""
        done = f"{self.checkpoint.epoch} of {self.training.epochs} epochs"
        model = "" if self.path == DEFAULT_MODEL else f" --model {shlex.quote(str(self.path))}"
        engine = "" if self.engine == "auto" else f" --engine {self.engine}"
        record = f" --record {shlex.quote(str(self.recorder.path))}" if self.recorder else ""
        log = f" --log-dir {shlex.quote(str(self.log_folder.parent))}" if self.log_folder else ""
        command = f"mnist-nn train --resume{model}{self.data_option}{engine}{record}{log}"
        return f"stopped after {done}; all of it is saved in {self.path}. Continue with: {command}"

    def update(self, epoch: "Epoch") -> None:
        """Take over where the training stands, and pass it on to the recording and the events."""
        self.checkpoint = epoch.checkpoint
        if self.recorder:
            self.recorder.see(epoch.checkpoint)
        if self.log and epoch.complete:
            self._write_events("see", epoch.scores)

    def save(self, scores: dict[str, Any] | None = None) -> None:
        """Write the model file, and the recording if there is one, as things stand."""
        from mnist_nn.model_file.storage import Model, save

        if self.keeps_previous:
            keep_previous(self.path)
            self.keeps_previous = False
        record = {"name": self.dataset.name, "sha256": self.dataset.digest}
        model = Model.of(self.checkpoint, self.training, data=record, scores=scores or {}, calibration=self.calibration)
        save(self.path, model)
        if self.recorder:
            self.recorder.save(model)
        self.saved, self.save_failed = time.monotonic(), False

    def try_to_save(self) -> None:
        """Save during training; a failure is reported once, and saving is tried again later."""
        try:
            self.save()
        except ModelFileError as error:
            if not self.save_failed:
                print(f"mnist-nn: {' '.join(str(error).split())}; training goes on and will try again", file=sys.stderr)
            self.saved, self.save_failed = time.monotonic(), True

    def finish(self, result: "Evaluation") -> None:
        """Save the trained model with its result on the test images."""
        self.save({"test_accuracy": result.accuracy, "test_interval": list(result.interval)})
        results = {"accuracy": result.accuracy, "loss": result.loss, "descended": result.descended}
        self._write_events("finish", self.checkpoint.chosen, self.checkpoint.epoch, results)

    def close(self) -> None:
        """Close the event log, if there is one; all its events are on the disk then."""
        self._write_events("close")

    def _write_events(self, method: str, *arguments: Any) -> None:
        """Call a method of the event log; if it fails, say so once and train without it."""
        if self.log is None:
            return
        try:
            getattr(self.log, method)(*arguments)
        except ConfigError as error:
            with suppress(ConfigError):
                self.log.close()
            self.log = None
            print(f"mnist-nn: {error}; training goes on without events", file=sys.stderr)


def start_run(path: Path, dataset: "Dataset", engine: str, preset: str, settings: dict[str, Any]) -> Run:
    """Start a training from a preset and the settings that win over it; nothing is written yet.

    Raises
    ------
    ConfigError
        If the settings are wrong, or do not go together.
    ModelFileError
        If the model could not be written, or an older one could not be kept.
    """
    from mnist_nn.model_file.storage import check_writable
    from mnist_nn.nn.network import Network
    from mnist_nn.training.checkpoint import Checkpoint

    network, training = configure(preset, settings)
    network = replace(network, inputs=dataset.inputs, outputs=dataset.classes)
    check_writable(path)
    if path.is_file():
        check_writable(previous_path(path))
    start = Checkpoint.start(Network.create(network, training.seed), training)
    return Run(path, dataset, engine, training, start, keeps_previous=True)


def resume_run(path: Path, dataset: "Dataset", engine: str, settings: dict[str, Any]) -> Run:
    """Continue the training in a model file, on the engine that it keeps unless another is named.

    Raises
    ------
    ConfigError
        If there is no training in the file, the data are others, or a setting but the epochs is given.
    ModelFileError
        If the file cannot be read, or could not be written.
    """
    from mnist_nn.engines import select
    from mnist_nn.model_file.storage import check_writable, load

    model = load(path)
    if model.checkpoint is None or model.training is None:
        raise ConfigError(f"{path} holds no training to continue; train without --resume")
    if model.data.get("sha256") != dataset.digest:
        raise ConfigError(f"{path} was trained on other data ({model.data.get('name')}); give the same --data")
    training = _lengthen(model.training, model.checkpoint, settings)
    check_writable(path)
    calibration = model.calibration
    if calibration and not model.checkpoint.is_finished(training):
        print(
            "mnist-nn: the calibration is dropped, because the weights change; fit a new one with calibrate",
            file=sys.stderr,
        )
        calibration = None
    engine = select.choose_to_resume(engine, model.checkpoint.engines)
    return Run(path, dataset, engine, training, model.checkpoint, keeps_previous=False, calibration=calibration)


def _lengthen(training: TrainingConfig, checkpoint: "Checkpoint", settings: dict[str, Any]) -> TrainingConfig:
    """Return the training of a model file with the epochs that were typed; no other setting may be."""
    others = ", ".join("--" + name.replace("_", "-") for name in settings if name != "epochs")
    if others:
        raise ConfigError(f"--resume keeps the settings of the model file; leave out {others} (--epochs may be given)")
    epochs = settings.get("epochs", training.epochs)
    done = checkpoint.epoch + (checkpoint.offset > 0)
    if epochs < done:
        raise ConfigError(f"--epochs {epochs} is less than what is done, which reaches into epoch {done}; give more")
    if epochs != training.epochs and training.schedule != "constant":
        raise ConfigError(
            f"--epochs {epochs} would change the {training.schedule} schedule of the epochs already done; "
            "leave it out, or train anew"
        )
    return replace(training, epochs=epochs)


def attach_recorder(run: Run, path: Path, *, resume: bool) -> None:
    """Let a run record the weights of every epoch in a file, or continue its recording there.

    Raises
    ------
    ConfigError
        If it is the model file itself.
    ModelFileError
        If something else than a recording is there, or it could not be written.
    """
    from mnist_nn.model_file.recording import Recorder, check_writable, epoch_size, load

    if path.resolve() == run.path.resolve():
        raise ConfigError(f"--record and --model both name {str(path)!r}; give them two files")
    check_writable(path)
    if path.is_file() and not resume:
        load(path)  # only a recording may be replaced by one
    size = epoch_size(len(run.dataset.train), run.training)
    run.recorder = Recorder.resume(path, size, run.checkpoint, run.training) if resume else Recorder(path, size)
    run.recorder.see(run.checkpoint)


def attach_event_log(run: Run, directory: Path, *, resume: bool) -> None:
    """Let a run write TensorBoard events into a folder of its own below a directory, or continue those there.

    Raises
    ------
    ConfigError
        If there is no such engine, or the folder cannot be written to.
    MissingExtraError
        If tensorboardX is not installed.
    """
    from mnist_nn.engines import select
    from mnist_nn.training.tensorboard import EventLog, mark_of, run_folder

    select.create(run.engine, run.checkpoint.network.config.dtype)  # a name that cannot be must not leave a folder
    mark = mark_of(run.checkpoint.network.config, run.training, f"{run.dataset.digest} {os.path.realpath(run.path)}")
    run.log_folder = run_folder(directory, run.path.stem, mark, resume=resume)
    run.log = EventLog.begin(run.log_folder, mark, run.checkpoint, run.training)
