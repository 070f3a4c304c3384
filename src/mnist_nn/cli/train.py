"""``mnist-nn train``: from the settings to a saved model and its test accuracy."""

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
from mnist_nn.errors import ConfigError, DivergedError
from mnist_nn.presets import configure

if TYPE_CHECKING:
    from mnist_nn.data import Dataset
    from mnist_nn.training import Checkpoint

DEFAULT_MODEL = Path("mnist-model.safetensors")
INTERRUPTED = 130
SAVE_EVERY = 5.0  # seconds that a killed run loses at most, beside the stretch it was in

ModelPath = Annotated[Path, typer.Option("--model", help="Where to save the model.", metavar="PATH", show_default=True)]
Resume = Annotated[
    bool, typer.Option("--resume", help="Go on with the run in the model file; only --epochs may differ.")
]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress and no summary; only errors.")]


@with_settings
def train(
    model: ModelPath = DEFAULT_MODEL,
    preset: options.Preset = None,
    data: options.Data = "mnist",
    engine: options.Engine = "auto",
    resume: Resume = False,
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
        run = _resumed(model, dataset, {**settings, **({"preset": preset} if preset else {})})
    else:
        run = _fresh(model, dataset, preset or "seed", settings)
    stopped = _learn(run, engine, quiet=quiet)
    if run.unfinished:
        run.save()
        if stopped:
            raise stopped
        print(f"mnist-nn: {_how_to_resume(run)}", file=sys.stderr)
        return INTERRUPTED
    result = evaluate(run.checkpoint.chosen, dataset.test, run.training.loss, engine=engine)
    run.save({"test_accuracy": result.accuracy, "test_interval": list(result.interval)})
    summary.show(run, result, time.perf_counter() - begin, json=json, quiet=quiet)
    return 0


@dataclass
class Run:
    """A training under way: what it is, how far it got, and the file that keeps it."""

    path: Path
    dataset: "Dataset"
    training: TrainingConfig
    checkpoint: "Checkpoint"
    keeps_previous: bool
    saved: float = 0.0

    @property
    def unfinished(self) -> bool:
        """Whether there is more to learn."""
        return not self.checkpoint.finished(self.training)

    def save(self, scores: dict[str, Any] | None = None) -> None:
        """Write the model file as things stand."""
        from mnist_nn.storage import Model, save

        if self.keeps_previous and self.path.is_file():
            # Training anew must not destroy what an earlier run took hours to learn.
            self.path.replace(self.path.with_suffix(".previous" + self.path.suffix))
        self.keeps_previous = False
        record = {"name": self.dataset.name, "sha256": self.dataset.digest}
        save(self.path, Model.of(self.checkpoint, self.training, data=record, scores=scores or {}))
        self.saved = time.monotonic()


def _fresh(path: Path, dataset: "Dataset", preset: str, settings: dict[str, Any]) -> Run:
    from mnist_nn.network import Network
    from mnist_nn.storage import check_writable
    from mnist_nn.training import Checkpoint

    network, training = configure(preset, settings)
    network = replace(network, inputs=dataset.inputs, outputs=dataset.classes)
    check_writable(path)
    return Run(
        path, dataset, training, Checkpoint.start(Network.create(network, training.seed), training), keeps_previous=True
    )


def _resumed(path: Path, dataset: "Dataset", settings: dict[str, Any]) -> Run:
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
    if epochs != model.training.epochs and model.training.schedule != "constant":
        raise ConfigError(
            f"--epochs {epochs} would change the {model.training.schedule} schedule of the epochs already done; "
            "leave it out, or train anew"
        )
    check_writable(path)
    return Run(path, dataset, replace(model.training, epochs=epochs), model.checkpoint, keeps_previous=False)


def _learn(run: Run, engine: str, *, quiet: bool) -> DivergedError | None:
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
            engine=engine,
            resume=run.checkpoint,
            steps=True,
        )
        try:
            for epoch in steps:
                run.checkpoint = epoch.checkpoint
                show(epoch)
                if interrupted:
                    break
                if time.monotonic() - run.saved > SAVE_EVERY:
                    run.save()
        except DivergedError as error:
            return error
    return None


def _how_to_resume(run: Run) -> str:
    done = f"{run.checkpoint.epoch} of {run.training.epochs} epochs"
    option = "" if run.path == DEFAULT_MODEL else f" --model {run.path}"
    data = "" if run.dataset.name == "mnist" else f" --data {run.dataset.name}"
    return f"stopped after {done}; all of it is saved in {run.path}. Go on with: mnist-nn train --resume{option}{data}"


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
