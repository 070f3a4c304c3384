"""A training under way, as the command line keeps it: how it begins or goes on, and all that is written of it."""

import os
import shlex
import shutil
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
    """What a training is, how far it got, and the files that keep it.

    ``calibration`` is that of the weights as they are: only where nothing is left to learn is there one.
    ``log_folder`` is where its events are; ``log`` is None if none are wanted, or once they could not be written.
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
    def unfinished(self) -> bool:
        """Whether there is more to learn."""
        return not self.checkpoint.finished(self.training)

    @property
    def log_failed(self) -> bool:
        """Whether events were wanted that could not be written."""
        return self.log_folder is not None and self.log is None

    @property
    def data_option(self) -> str:
        """What a command must be given to look at the same data; nothing for MNIST."""
        return "" if self.dataset.name == "mnist" else f" --data {shlex.quote(self.dataset.name)}"

    @property
    def how_to_resume(self) -> str:
        """Say how far it got, and the command that goes on."""
        done = f"{self.checkpoint.epoch} of {self.training.epochs} epochs"
        model = "" if self.path == DEFAULT_MODEL else f" --model {shlex.quote(str(self.path))}"
        engine = "" if self.engine == "auto" else f" --engine {self.engine}"
        record = f" --record {shlex.quote(str(self.recorder.path))}" if self.recorder else ""
        log = f" --log-dir {shlex.quote(str(self.log_folder.parent))}" if self.log_folder else ""
        command = f"mnist-nn train --resume{model}{self.data_option}{engine}{record}{log}"
        return f"stopped after {done}; all of it is saved in {self.path}. Go on with: {command}"

    def see(self, epoch: "Epoch") -> None:
        """Take note of where the training stands."""
        self.checkpoint = epoch.checkpoint
        if self.recorder:
            self.recorder.see(epoch.checkpoint)
        if self.log and epoch.complete:
            self._log("see", epoch.scores)

    def save(self, scores: dict[str, Any] | None = None) -> None:
        """Write the model file as things stand."""
        from mnist_nn.model_file.storage import Model, save

        if self.keeps_previous:
            _keep(self.path)
            self.keeps_previous = False
        record = {"name": self.dataset.name, "sha256": self.dataset.digest}
        model = Model.of(self.checkpoint, self.training, data=record, scores=scores or {}, calibration=self.calibration)
        save(self.path, model)
        if self.recorder:
            self.recorder.save(model)
        self.saved, self.save_failed = time.monotonic(), False

    def try_to_save(self) -> None:
        """Save in the midst of training; what goes wrong is said once and tried again later."""
        try:
            self.save()
        except ModelFileError as error:
            if not self.save_failed:
                print(f"mnist-nn: {' '.join(str(error).split())}; training goes on and will try again", file=sys.stderr)
            self.saved, self.save_failed = time.monotonic(), True

    def finish(self, result: "Evaluation") -> None:
        """Save the trained model with what the test came to."""
        self.save({"test_accuracy": result.accuracy, "test_interval": list(result.interval)})
        results = {"accuracy": result.accuracy, "loss": result.loss, "descended": result.descended}
        self._log("finish", self.checkpoint.chosen, self.checkpoint.epoch, results)

    def close(self) -> None:
        """Let go of the event log, if there is one; what it was given is on the disk then."""
        self._log("close")

    def _log(self, verb: str, *arguments: Any) -> None:
        """Tell the event log; if it fails that is said, and the training goes on without it."""
        if self.log is None:
            return
        try:
            getattr(self.log, verb)(*arguments)
        except ConfigError as error:
            with suppress(ConfigError):
                self.log.close()
            self.log = None
            print(f"mnist-nn: {error}; training goes on without events", file=sys.stderr)


def fresh(path: Path, dataset: "Dataset", engine: str, preset: str, settings: dict[str, Any]) -> Run:
    """Begin a training."""
    from mnist_nn.model_file.storage import check_writable
    from mnist_nn.nn.network import Network
    from mnist_nn.training.checkpoint import Checkpoint

    network, training = configure(preset, settings)
    network = replace(network, inputs=dataset.inputs, outputs=dataset.classes)
    check_writable(path)
    if path.is_file():
        check_writable(_previous(path))
    start = Checkpoint.start(Network.create(network, training.seed), training)
    return Run(path, dataset, engine, training, start, keeps_previous=True)


def resumed(path: Path, dataset: "Dataset", engine: str, settings: dict[str, Any]) -> Run:
    """Go on with the training in a model file, with its engine; of the settings only the epochs may be given."""
    from mnist_nn.engines import select
    from mnist_nn.model_file.storage import check_writable, load

    model = load(path)
    if model.checkpoint is None or model.training is None:
        raise ConfigError(f"{path} holds no training to go on with; train without --resume")
    if model.data.get("sha256") != dataset.digest:
        raise ConfigError(f"{path} was trained on other data ({model.data.get('name')}); give the same --data")
    epochs = settings.pop("epochs", model.training.epochs)
    if settings:
        names = ", ".join("--" + name.replace("_", "-") for name in settings)
        raise ConfigError(f"--resume keeps the settings of the model file; leave out {names} (--epochs may be given)")
    done = model.checkpoint.epoch + (model.checkpoint.offset > 0)
    if epochs < done:
        raise ConfigError(f"--epochs {epochs} is less than what is done, which reaches into epoch {done}; give more")
    if epochs != model.training.epochs and model.training.schedule != "constant":
        raise ConfigError(
            f"--epochs {epochs} would change the {model.training.schedule} schedule of the epochs already done; "
            "leave it out, or train anew"
        )
    check_writable(path)
    training = replace(model.training, epochs=epochs)
    calibration = model.calibration
    if calibration and not model.checkpoint.finished(training):
        print("mnist-nn: the calibration goes, as the weights change; fit it anew with calibrate", file=sys.stderr)
        calibration = None
    engine = select.choose_to_resume(engine, model.checkpoint.engines)
    return Run(path, dataset, engine, training, model.checkpoint, keeps_previous=False, calibration=calibration)


def record_into(run: Run, path: Path, *, resume: bool) -> None:
    """Begin a recording of a run, or go on with it."""
    from mnist_nn.model_file.recording import Recorder, check_writable, epoch_size, load

    if path.resolve() == run.path.resolve():
        raise ConfigError(f"--record and --model both name {str(path)!r}; give them two files")
    check_writable(path)
    if path.is_file() and not resume:
        load(path)  # only a recording may be replaced by one
    size = epoch_size(len(run.dataset.train), run.training)
    run.recorder = Recorder.resume(path, size, run.checkpoint, run.training) if resume else Recorder(path, size)
    run.recorder.see(run.checkpoint)


def log_into(run: Run, directory: Path, *, resume: bool) -> None:
    """Begin the events of a run in a folder of its own, or go on with them."""
    from mnist_nn.engines import select
    from mnist_nn.training.tensorboard import EventLog, mark_of, run_folder

    select.create(run.engine, run.checkpoint.network.config.dtype)  # a name that cannot be must not leave a folder
    mark = mark_of(run.checkpoint.network.config, run.training, f"{run.dataset.digest} {os.path.realpath(run.path)}")
    run.log_folder = run_folder(directory, run.path.stem, mark, resume=resume)
    run.log = EventLog.begin(run.log_folder, mark, run.checkpoint, run.training)


def _previous(path: Path) -> Path:
    """Where the model that a new one takes the place of is kept; beside the file itself, if ``path`` is a link."""
    real = Path(os.path.realpath(path))
    return real.with_suffix(".previous" + real.suffix)


def _keep(path: Path) -> None:
    """Copy a model before its place is taken: training anew must not destroy what took hours to learn."""
    from mnist_nn.util.files import replace_file
    from mnist_nn.util.io_errors import explain_io_errors

    previous = _previous(path)
    if not path.is_file() or (previous.exists() and not _is_complete(path)):
        return
    remedy = "make room, or choose another place with --model PATH"
    explained = explain_io_errors(ModelFileError, "keep the older model as", previous, remedy)
    with explained, path.open("rb") as old, replace_file(previous) as copy:
        shutil.copyfileobj(old, copy)


def _is_complete(path: Path) -> bool:
    """Say whether a model file holds a finished training, which alone may take the place of an older one."""
    from mnist_nn.model_file.storage import load

    try:
        return bool(load(path).scores)
    except ModelFileError:
        return False
