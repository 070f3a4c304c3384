"""A training run of the command line: how it starts or resumes, and the files that it writes.

It does not train; `mnist_nn.cli.commands.train` does, and passes every epoch to the run.
"""

import hashlib
import logging
import os
import shlex
import sys
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mnist_nn.cli.common.terminal import say
from mnist_nn.cli.train.previous_model import keep_previous, previous_path
from mnist_nn.errors import ConfigError, ModelFileError
from mnist_nn.nn.config import NetworkConfig, TrainingConfig, check, fit_data
from mnist_nn.nn.presets import configure
from mnist_nn.util.checks import per_layer

if TYPE_CHECKING:
    from mnist_nn.data import Dataset
    from mnist_nn.evaluation.calibration import Calibration
    from mnist_nn.evaluation.metrics import Evaluation
    from mnist_nn.model_file.recording import Recorder
    from mnist_nn.model_file.storage import Model
    from mnist_nn.nn.network import Network
    from mnist_nn.training.checkpoint import Checkpoint
    from mnist_nn.training.loop import Epoch
    from mnist_nn.training.tensorboard import EventLog
    from mnist_nn.util.files import Identity

_logger = logging.getLogger("mnist_nn")

MAY_DIFFER = ("epochs", "inputs", "outputs")  # the latter two are the data's
STARTED = "started_from"  # what a model file keeps of the model that it was trained further from
TEACHER = "teacher"  # and the path of the model whose answers it learns
TEACHER_SHARE = 0.9  # of the targets, unless told otherwise
DEFAULT_MODEL = Path("mnist-model.safetensors")
LARGE = 1_000_000_000  # bytes of a training that is announced, because even drawing its weights takes a while


@dataclass
class Run:
    """A training run: its settings, how far it got, and the files it is saved in.

    Parameters
    ----------
    path
        The model file.
    left
        The identity (`mnist_nn.util.files.identify`) of the model file as this run last wrote it, or found it when
        resuming. Any other file at ``path`` was written by another program, and is copied before it is replaced.
    calibration
        The calibration of the current weights; None unless training is finished.
    saved
        Time of the last attempt to save, by `time.monotonic`; ``save_seconds`` says how long it took, and
        ``save_failed`` whether it failed.
    recorder
        Writes the weights after every epoch; None if no recording is wanted.
    log
        Writes TensorBoard events into ``log_folder``; None if none are wanted, or after writing them has failed.
    started_from
        SHA-256 (hex) of the model file whose weights it started with; None if they were random.
    teacher, teacher_path
        The network whose answers it learns, and the path of its file; None without a teacher.
    """

    path: Path
    dataset: "Dataset"
    engine: str
    training: TrainingConfig
    checkpoint: "Checkpoint"
    left: "Identity | None" = None
    calibration: "Calibration | None" = None
    saved: float = 0.0
    save_seconds: float = 0.0
    save_failed: bool = False
    recorder: "Recorder | None" = None
    log: "EventLog | None" = field(default=None, repr=False)
    log_folder: Path | None = None
    started_from: str | None = None
    teacher: "Network | None" = None
    teacher_path: str | None = None

    @property
    def is_finished(self) -> bool:
        """Whether the training is finished."""
        return self.checkpoint.is_finished(self.training)

    @property
    def log_failed(self) -> bool:
        """Whether writing the events failed."""
        return self.log_folder is not None and self.log is None

    @property
    def data_option(self) -> str:
        """The option that gives another command the same data; empty for MNIST."""
        return "" if self.dataset.name == "mnist" else f" --data {shlex.quote(self.dataset.name)}"

    @property
    def how_to_resume(self) -> str:
        """A line that says how far the run got, with the command that continues it."""
        done = f"{self.checkpoint.epoch} of {self.training.epochs} epochs"
        model = "" if self.path == DEFAULT_MODEL else f" --model {shlex.quote(str(self.path))}"
        engine = "" if self.engine == "auto" else f" --engine {self.engine}"
        record = f" --record {shlex.quote(str(self.recorder.path))}" if self.recorder else ""
        log = f" --log-dir {shlex.quote(str(self.log_folder.parent))}" if self.log_folder else ""
        command = f"mnist-nn train --resume{model}{self.data_option}{engine}{record}{log}"
        return f"stopped after {done}; everything so far is saved in {self.path}. Continue with: {command}"

    def update(self, epoch: "Epoch") -> None:
        """Take over the state of the training, and pass it on to the recording and the events."""
        self.checkpoint = epoch.checkpoint
        if self.recorder:
            self.recorder.see(epoch.checkpoint)
        if self.log and epoch.complete:
            self._write_events("see", epoch.scores)

    def save(self, scores: dict[str, Any] | None = None) -> None:
        """Write the recording, if there is one, and then the model file.

        In this order, a process killed between the two leaves a recording that is ahead of the model, never one that
        lacks an epoch. If the recording cannot be written, the model is still saved, and then a ModelFileError is
        raised.
        """
        from mnist_nn.model_file.storage import Model, write
        from mnist_nn.util.files import identify

        begin = time.monotonic()
        model = Model.of(
            self.checkpoint,
            self.training,
            data={
                **self.dataset.origin,
                **({STARTED: self.started_from} if self.started_from else {}),
                **({TEACHER: self.teacher_path} if self.teacher_path else {}),
            },
            scores=scores or {},
            calibration=self.calibration,
            class_names=self.dataset.class_names,
        )
        refusal = self._record(model)
        if identify(self.path) != self.left:
            keep_previous(self.path)
        self.left = write(self.path, model)
        if refusal:
            raise ModelFileError(f"{refusal}; the model is saved in {self.path}") from refusal
        self.saved, self.save_failed = time.monotonic(), False
        self.save_seconds = self.saved - begin

    def _record(self, model: "Model") -> ModelFileError | None:
        """Write the recording, if there is one; return the error if that fails."""
        if self.recorder is None:
            return None
        try:
            self.recorder.save(model)
        except ModelFileError as error:
            return error
        return None

    def try_to_save(self) -> None:
        """Save during training; a failure is reported once, and saving is tried again later."""
        try:
            self.save()
        except ModelFileError as error:
            if not self.save_failed:
                say(
                    f"mnist-nn: {' '.join(str(error).split())}; training continues, and saving will be tried again",
                    file=sys.stderr,
                )
            self.saved, self.save_failed = time.monotonic(), True

    def finish(self, result: "Evaluation") -> None:
        """Save the trained model with its results on the test images."""
        results = {"accuracy": result.accuracy, "loss": result.loss, "descended": result.descended}
        try:
            self.save({"test_accuracy": result.accuracy, "test_interval": list(result.interval)})
        finally:
            self._write_events("finish", self.checkpoint.chosen, self.checkpoint.epoch, results)

    def close(self) -> None:
        """Close the event log, if there is one; all its events are then on the disk."""
        self._write_events("close")

    def _write_events(self, method: str, *arguments: Any) -> None:
        """Call a method of the event log; if it fails, say so once and continue without the log."""
        if self.log is None:
            return
        try:
            getattr(self.log, method)(*arguments)
        except ConfigError as error:
            with suppress(ConfigError):
                self.log.close()
            self.log = None
            say(f"mnist-nn: {error}; training continues without TensorBoard events", file=sys.stderr)


def start_run(
    held: ExitStack,
    path: Path,
    dataset: "Dataset",
    engine: str,
    preset: str | None,
    settings: dict[str, Any],
    source: Path | None = None,
    teacher: Path | None = None,
) -> Run:
    """Start a training from a preset and the settings that override it; nothing is written yet.

    With a ``source``, it starts with the weights of that model, and uses its settings unless others are given. With a
    ``teacher``, it learns the answers of that model.

    Until ``held`` is closed, no other process can write the model or the copy of the older one.

    Raises
    ------
    ConfigError
        If the settings are wrong, contradict each other, or need more memory than is available.
    ModelFileError
        If the model could not be written, or an older one could not be copied.
    FileInUseError
        If another process is writing them.
    """
    from mnist_nn.model_file.storage import keep_others_off
    from mnist_nn.nn.network import Network
    from mnist_nn.training.checkpoint import Checkpoint
    from mnist_nn.training.memory import check_memory, estimate_memory

    network, started_from = None, None
    if teacher is not None:
        settings = {"teacher_share": TEACHER_SHARE, **settings}
    if source is None:
        shape, training = configure("classic" if preset is None else preset, settings)
        shape = fit_data(shape, dataset.inputs, dataset.classes)
    else:
        network, training, started_from = _start_from(source, dataset, preset, settings)
        shape = network.config
    if teacher is None and training.teacher_share:
        if "teacher_share" in settings:
            raise ConfigError(
                "--teacher-share has no effect without --teacher MODEL; leave it out, or give a trained model"
            )
        training = replace(training, teacher_share=0.0, teacher_temperature=1.0)  # of the model that it starts from
    guide = None if teacher is None else _load_teacher(teacher, dataset)
    check_memory(shape, training, engine)
    if (needed := estimate_memory(shape, training, engine)) > LARGE:
        size = f"{shape.parameter_count:,}"
        _logger.info("training %s parameters takes about %.1f GB of memory and a long time", size, needed / 1e9)
    held.enter_context(keep_others_off(path))
    if path.is_file():
        held.enter_context(keep_others_off(previous_path(path)))
    start = Checkpoint.start(network or Network.create(shape, training.seed), training)
    taught = None if teacher is None else str(teacher)
    return Run(path, dataset, engine, training, start, started_from=started_from, teacher=guide, teacher_path=taught)


def _load_teacher(path: Path, dataset: "Dataset") -> "Network":
    """Load the network whose answers are to be learned, which must know the classes of the data."""
    from mnist_nn.engines.base import check_width
    from mnist_nn.model_file.storage import load

    model = load(path)
    check_width(model.network.config, dataset.inputs)
    if model.network.config.outputs != dataset.classes or model.class_names != dataset.class_names:
        raise ConfigError(
            f"the teacher {str(path)!r} has different classes from the data; "
            "give a model that was trained on data with the same classes"
        )
    return model.network


def _start_from(
    source: Path, dataset: "Dataset", preset: str | None, settings: dict[str, Any]
) -> tuple["Network", TrainingConfig, str]:
    """Take the network of a model, with a new output layer if the classes differ, and the settings to train it with.

    Returns them with the SHA-256 of the file.
    """
    from mnist_nn.engines.base import check_width
    from mnist_nn.model_file.storage import load

    model = load(source)
    config = model.network.config
    check_width(config, dataset.inputs)
    for name, value in settings.items():
        if name in vars(config) and _spread_like(name, value, config) != getattr(config, name):
            raise ConfigError(
                f"--{name.replace('_', '-')} cannot differ from the network in {str(source)!r}, which has "
                f"{_written(getattr(config, name))}; leave it out, or train without --from"
            )
    own = {name: value for name, value in settings.items() if name not in vars(config)}
    if preset is None and model.training:
        usual = model.training
    else:
        usual = configure("classic" if preset is None else preset, own)[1]
    kept = usual.to_dict()
    if usual is model.training:
        kept["prune_from"] = ()  # which was done then
    if dataset.describe_other(model.data):
        kept["subset"] = None  # a number of images of the data that the model was trained on
    training = TrainingConfig.from_dict({**kept, **own})
    check(config, training)
    same = config.outputs == dataset.classes and model.class_names == dataset.class_names
    network = model.network if same else model.network.with_new_outputs(dataset.classes, training.seed)
    if not same:
        say("mnist-nn: the classes differ from those of the model, so its output layer is new", file=sys.stderr)
    return network, training, hashlib.sha256(source.read_bytes()).hexdigest()


def check_halves(dataset: "Dataset") -> None:
    """Read both halves of a data set before training, and warn if there is only one class.

    Raises
    ------
    DataError
        If one of them is empty, damaged, or does not fit the other.
    """
    labels, _ = dataset.train.labels, dataset.test
    if (labels == labels[0]).all():
        _logger.warning(
            "all training labels are %d, so the network can only learn to give this label to every image", labels[0]
        )


def resume_run(
    held: ExitStack,
    path: Path,
    data: str | None,
    engine: str,
    preset: str | None,
    settings: dict[str, Any],
    reading: dict[str, Any],
    teacher: Path | None = None,
) -> Run:
    """Continue the training in a model file, on the same engine unless another is named.

    Settings, and how the data is read, may be given if they equal those in the file, so that a command line can be
    repeated. The teacher, if there is one, is loaded from where it was, unless another place is given.

    Until ``held`` is closed, no other process can write the model.

    Raises
    ------
    ConfigError
        If the file contains no training run, or if the data or a setting other than the epochs differ.
    ModelFileError
        If the file cannot be read, or could not be written.
    FileInUseError
        If another process is writing it.
    """
    from mnist_nn.engines import select
    from mnist_nn.model_file.storage import keep_others_off, load
    from mnist_nn.model_file.training_data import choose_data
    from mnist_nn.util.files import identify

    held.enter_context(keep_others_off(path))
    left, model = identify(path), load(path)
    if model.checkpoint is None or model.training is None:
        raise ConfigError(f"{path} contains no training run that could be continued; train without --resume")
    dataset = choose_data(model, data, **reading)
    if model.data.get("sha256") != dataset.digest:
        other = dataset.describe_other(model.data) or "the file does not say which data the model was trained on"
        raise ConfigError(
            f"{path} cannot be continued: {other}; give the data the model was trained on with --data, or leave "
            "--data out"
        )
    shape = model.checkpoint.shape
    asked = _ask(shape, model.training, preset, settings)
    _check_same(path, shape, model.training, asked)
    training = _lengthen(model.training, model.checkpoint, settings.get("epochs"))
    calibration = model.calibration
    if calibration and not model.checkpoint.is_finished(training):
        say(
            "mnist-nn: the calibration is dropped because the weights will change; calibrate again with "
            "mnist-nn calibrate",
            file=sys.stderr,
        )
        calibration = None
    engine = select.choose_to_resume(engine, model.checkpoint.engines)
    kept = str(teacher) if teacher else model.data.get(TEACHER)
    guide = None
    if kept and not model.checkpoint.is_finished(training):
        guide = _load_teacher_again(Path(kept), dataset)
    started = model.data.get(STARTED)
    return Run(path, dataset, engine, training, model.checkpoint, left, calibration, started_from=started,
               teacher=guide, teacher_path=kept)  # fmt: skip


def _load_teacher_again(path: Path, dataset: "Dataset") -> "Network":
    try:
        return _load_teacher(path, dataset)
    except ModelFileError as error:
        raise ModelFileError(
            f"{error}; it is the teacher of this training run, so say where it is now with --teacher"
        ) from error


def _lengthen(training: TrainingConfig, checkpoint: "Checkpoint", epochs: int | None) -> TrainingConfig:
    """Return a model file's training settings with the number of epochs from the command line, if it may change."""
    if epochs is None:
        return training
    done = checkpoint.epoch + (checkpoint.offset > 0)
    if epochs < done:
        raise ConfigError(
            f"--epochs {epochs} is too few: training has already reached epoch {done}; give at least {done}"
        )
    if epochs != training.epochs and training.schedule != "constant":
        raise ConfigError(
            f"--epochs {epochs} would change the {training.schedule} schedule of the epochs already done; "
            "leave --epochs out, or train from the beginning without --resume"
        )
    return replace(training, epochs=epochs)


def _check_same(path: Path, network: NetworkConfig, training: TrainingConfig, asked: dict[str, Any]) -> None:
    """Reject settings that differ from those of a model file; only the epochs may differ."""
    kept = {**vars(network), **vars(training)}
    others = [
        name
        for name, value in asked.items()
        if name not in MAY_DIFFER and _spread(name, value, network) != _spread(name, kept[name], network)
    ]
    if others:
        has = ", ".join(f"--{name.replace('_', '-')} {_written(kept[name])}" for name in others)
        raise ConfigError(
            f"{path} was trained with {has}, and --resume keeps its settings; give the same settings or "
            "none (only --epochs may differ)"
        )


def _ask(network: NetworkConfig, training: TrainingConfig, preset: str | None, typed: dict[str, Any]) -> dict[str, Any]:
    """Return the settings that a command line asks for, by name: all of them if it names a preset."""
    if preset is not None:
        return {name: value for record in configure(preset, typed) for name, value in vars(record).items()}
    shape = {name: value for name, value in typed.items() if name in vars(network)}
    rest = {name: value for name, value in typed.items() if name not in shape}
    joined = {
        **vars(NetworkConfig.from_dict({"hidden": network.hidden, **shape})),
        **vars(TrainingConfig.from_dict({**training.to_dict(), **rest})),
    }
    return {name: joined[name] for name in typed}


def _spread_like(name: str, value: Any, network: NetworkConfig) -> Any:
    """Return a setting of a network in the form of its configuration."""
    return getattr(NetworkConfig.from_dict({"hidden": network.hidden, name: value}), name)


def _spread(name: str, value: Any, network: NetworkConfig) -> Any:
    """Repeat a value that may stand for all hidden layers, so that there is one for each."""
    return per_layer(name, value, len(network.hidden)) if name == "dropout" and network.hidden else value


def _written(value: Any) -> str:
    """Format a value as it is typed."""
    return ",".join(map(str, value)) or "none" if isinstance(value, tuple) else str(value)


def attach_recorder(held: ExitStack, run: Run, path: Path, *, resume: bool, allow_gaps: bool = False) -> None:
    """Let a run record the weights after every epoch in a file, or continue its recording.

    Until ``held`` is closed, no other process can write the recording.

    Raises
    ------
    ConfigError
        If the path is the model file itself or a recording of another training run, or if the recording lacks epochs
        and gaps are not allowed.
    ModelFileError
        If the existing file is not a recording, or the file could not be written.
    FileInUseError
        If another process is writing it.
    """
    from mnist_nn.model_file.recording import Recorder, epoch_size, keep_others_off, load

    if path.resolve() == run.path.resolve():
        raise ConfigError(f"--record and --model both name {str(path)!r}; choose two different files")
    held.enter_context(keep_others_off(path))
    if path.is_file() and not resume:
        load(path)  # only a recording may be replaced by one
    size = epoch_size(len(run.dataset.train), run.training)
    run.recorder = Recorder.resume(path, size, run.checkpoint, run.training) if resume else Recorder(path, size)
    is_new = not run.recorder.moments
    run.recorder.see(run.checkpoint)
    _say_what_is_missing(run, path, is_new=is_new, allow_gaps=allow_gaps)


def _say_what_is_missing(run: Run, path: Path, *, is_new: bool, allow_gaps: bool) -> None:
    """Say which epochs a recording lacks, and reject gaps unless they are allowed."""
    at = run.checkpoint
    missing = run.recorder.missing(at) if run.recorder and not is_new else range(0)
    if is_new and at.epoch:
        say(f"mnist-nn: the recording in {path} is new, so it begins after epoch {at.epoch}", file=sys.stderr)
    if not missing:
        return
    lacks = f"{path} lacks some epochs that the model has already trained ({', '.join(map(str, missing))})"
    if not allow_gaps:
        raise ConfigError(
            f"{lacks}; continue without them with --allow-gaps, record to another file, or leave --record out"
        )
    say(f"mnist-nn: {lacks}; the recording continues without them", file=sys.stderr)


def attach_event_log(run: Run, directory: Path, *, resume: bool) -> None:
    """Let a run write TensorBoard events into its own folder inside a directory, or continue those there.

    Raises
    ------
    ConfigError
        If the engine does not exist, or the folder cannot be written to.
    MissingExtraError
        If tensorboardX is not installed.
    """
    from mnist_nn.engines import select
    from mnist_nn.training.tensorboard import EventLog, mark_of, run_folder

    select.create(run.engine, run.checkpoint.network.config.dtype)  # a name that cannot be must not leave a folder
    mark = mark_of(run.checkpoint.network.config, run.training, f"{run.dataset.digest} {os.path.realpath(run.path)}")
    run.log_folder = run_folder(directory, run.path.stem, mark, resume=resume)
    run.log = EventLog.begin(run.log_folder, mark, run.checkpoint, run.training)
