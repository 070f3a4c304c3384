"""``mnist-nn train``: from the settings to a saved model and its test accuracy."""

import os
import shlex
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mnist_nn.cli import notices, options
from mnist_nn.cli.settings import with_settings
from mnist_nn.config import TrainingConfig
from mnist_nn.errors import ConfigError, DivergedError, MnistNNError, ModelFileError
from mnist_nn.presets import configure

if TYPE_CHECKING:
    from mnist_nn.checkpoints import Checkpoint
    from mnist_nn.data import Dataset
    from mnist_nn.recording import Recorder

DEFAULT_MODEL = Path("mnist-model.safetensors")
INTERRUPTED = 130
SAVE_EVERY = 5.0  # seconds that a killed run loses at most, beside the stretch it was in

ModelPath = Annotated[Path, typer.Option("--model", help="Where to save the model.", metavar="PATH", show_default=True)]
Resume = Annotated[
    bool, typer.Option("--resume", help="Go on with the run in the model file; only --epochs may differ.")
]
Record = Annotated[
    Path | None,
    typer.Option("--record", help="Also write the weights of every epoch, for the time machine.", metavar="PATH"),
]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress and no summary; only errors.")]


@with_settings
def train(
    model: ModelPath = DEFAULT_MODEL,
    preset: options.Preset = None,
    data: options.Data = "mnist",
    engine: options.Engine = "auto",
    resume: Resume = False,
    record: Record = None,
    json: options.Json = False,
    quiet: Quiet = False,
    *,
    settings: dict[str, Any],
) -> int:
    """Train a network and save it; with no options, the seed's network on all 60,000 images."""
    from mnist_nn.cli import summary
    from mnist_nn.data import load
    from mnist_nn.evaluation import evaluate

    begin = time.perf_counter()
    if quiet:
        notices.hush()
    dataset = load(data)
    if resume:
        run = _resumed(model, dataset, engine, {**settings, **({"preset": preset} if preset else {})})
    else:
        run = _fresh(model, dataset, engine, preset or "seed", settings)
    if record is not None:
        run.recorder = _recorder(run, record, resume=resume)
    stopped = _learn(run, quiet=quiet)
    if run.unfinished:
        run.save()
        if stopped:
            raise stopped
        print(f"mnist-nn: {_how_to_resume(run)}", file=sys.stderr)
        return INTERRUPTED
    try:
        result = evaluate(run.checkpoint.chosen, dataset.test, run.training.loss, engine=engine)
    except MnistNNError:  # what was learned is not lost for that
        run.save()
        raise
    run.save({"test_accuracy": result.accuracy, "test_interval": list(result.interval)})
    summary.show(run, result, time.perf_counter() - begin, json=json, quiet=quiet)
    return 0


@dataclass
class Run:
    """A training under way: what it is, how far it got, and the file that keeps it."""

    path: Path
    dataset: "Dataset"
    engine: str
    training: TrainingConfig
    checkpoint: "Checkpoint"
    keeps_previous: bool
    saved: float = 0.0
    save_failed: bool = False
    recorder: "Recorder | None" = None

    @property
    def unfinished(self) -> bool:
        """Whether there is more to learn."""
        return not self.checkpoint.finished(self.training)

    @property
    def data_option(self) -> str:
        """What a command must be given to look at the same data; nothing for MNIST."""
        return "" if self.dataset.name == "mnist" else f" --data {shlex.quote(self.dataset.name)}"

    def save(self, scores: dict[str, Any] | None = None) -> None:
        """Write the model file as things stand."""
        from mnist_nn.storage import Model, save

        if self.keeps_previous:
            _keep(self.path)
            self.keeps_previous = False
        record = {"name": self.dataset.name, "sha256": self.dataset.digest}
        model = Model.of(self.checkpoint, self.training, data=record, scores=scores or {})
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


def _previous(path: Path) -> Path:
    """Where the model that a new one takes the place of is kept; beside the file itself, if ``path`` is a link."""
    real = Path(os.path.realpath(path))
    return real.with_suffix(".previous" + real.suffix)


def _keep(path: Path) -> None:
    """Copy a model before its place is taken: training anew must not destroy what took hours to learn."""
    from mnist_nn.files import replacing

    previous = _previous(path)
    if not path.is_file() or (previous.exists() and not _is_complete(path)):
        return
    try:
        with path.open("rb") as old, replacing(previous) as copy:
            shutil.copyfileobj(old, copy)
    except OSError as error:
        raise ModelFileError(f"cannot keep the older model as {str(previous)!r}: {error.strerror or error}") from error


def _is_complete(path: Path) -> bool:
    """Say whether a model file holds a finished training, which alone may take the place of an older one."""
    from mnist_nn.storage import load

    try:
        return bool(load(path).scores)
    except ModelFileError:
        return False


def _fresh(path: Path, dataset: "Dataset", engine: str, preset: str, settings: dict[str, Any]) -> Run:
    from mnist_nn.checkpoints import Checkpoint
    from mnist_nn.network import Network
    from mnist_nn.storage import check_writable

    network, training = configure(preset, settings)
    network = replace(network, inputs=dataset.inputs, outputs=dataset.classes)
    check_writable(path)
    if path.is_file():
        check_writable(_previous(path))
    start = Checkpoint.start(Network.create(network, training.seed), training)
    return Run(path, dataset, engine, training, start, keeps_previous=True)


def _resumed(path: Path, dataset: "Dataset", engine: str, settings: dict[str, Any]) -> Run:
    from mnist_nn.storage import check_writable, load

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
    return Run(path, dataset, engine, replace(model.training, epochs=epochs), model.checkpoint, keeps_previous=False)


def _recorder(run: Run, path: Path, *, resume: bool) -> "Recorder":
    """Begin a recording, or go on with it."""
    from mnist_nn.recording import Recorder, check_writable, epoch_size

    if path.resolve() == run.path.resolve():
        raise ConfigError(f"--record and --model both name {str(path)!r}; give them two files")
    check_writable(path)
    size = epoch_size(len(run.dataset.train), run.training)
    recorder = Recorder.resume(path, size, run.checkpoint, run.training) if resume else Recorder(path, size)
    recorder.see(run.checkpoint)
    return recorder


def _learn(run: Run, *, quiet: bool) -> DivergedError | None:
    """Train to the end or until it must stop; the run then holds the last sound checkpoint."""
    from mnist_nn.cli import progress
    from mnist_nn.training import train as epochs

    watch = progress.silent if quiet else progress.bar if sys.stderr.isatty() else progress.lines
    run.saved = time.monotonic()
    with _patient_interrupt() as interrupted, watch(run.training) as show:
        steps = epochs(
            run.checkpoint.network,
            run.dataset.train,
            run.training,
            engine=run.engine,
            resume=run.checkpoint,
            steps=True,
        )
        try:
            for epoch in steps:
                run.checkpoint = epoch.checkpoint
                if run.recorder:
                    run.recorder.see(epoch.checkpoint)
                show(epoch)
                if interrupted:
                    break
                if time.monotonic() - run.saved > SAVE_EVERY:
                    run.try_to_save()
        except DivergedError as error:
            return error
    return None


def _how_to_resume(run: Run) -> str:
    done = f"{run.checkpoint.epoch} of {run.training.epochs} epochs"
    model = "" if run.path == DEFAULT_MODEL else f" --model {shlex.quote(str(run.path))}"
    engine = "" if run.engine == "auto" else f" --engine {run.engine}"
    command = f"mnist-nn train --resume{model}{run.data_option}{engine}"
    return f"stopped after {done}; all of it is saved in {run.path}. Go on with: {command}"


@contextmanager
def _patient_interrupt() -> Iterator[list[bool]]:
    """Let the first Ctrl-C ask for a stop at the next safe point, and the second one interrupt at once."""
    asked: list[bool] = []

    def handler(_signal: int, _frame: Any) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(True)

    before = {number: signal.signal(number, handler) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked
    finally:
        for number, action in before.items():
            signal.signal(number, action)
