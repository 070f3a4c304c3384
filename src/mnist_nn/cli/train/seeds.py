"""Training with several seeds: all runs side by side, a table of their results, and the model of the median run.

Each run gives the same result as ``mnist-nn train`` with that seed alone. `mnist_nn.experiments.runs` trains them.
"""

import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mnist_nn.cli.common.terminal import say
from mnist_nn.errors import ConfigError, DivergedError
from mnist_nn.nn.config import LAST_SEED, TrainingConfig
from mnist_nn.util.checks import integer

if TYPE_CHECKING:
    from mnist_nn.cli.train.run import Run
    from mnist_nn.evaluation.comparison import Summary
    from mnist_nn.evaluation.metrics import Evaluation
    from mnist_nn.training.checkpoint import Checkpoint

COLUMNS = (
    "seed",
    "test_accuracy",
    "test_loss",
    "test_descended",
    "loss",
    "descended",
    "accuracy",
    "validation_loss",
    "validation_accuracy",
    "epochs",
    "best_epoch",
    "training_seconds",
)


@dataclass(frozen=True, eq=False)
class SeedRun:
    """A finished run: its settings, its last checkpoint and its results on the test images."""

    training: TrainingConfig
    checkpoint: "Checkpoint"
    result: "Evaluation"

    def figures(self) -> dict[str, Any]:
        """Return the results of the run by name; training results are those of the epoch whose weights are used."""
        at, result = self.checkpoint, self.result
        row = at.chosen_scores
        return {
            "seed": self.training.seed,
            "test_accuracy": result.accuracy,
            "test_loss": result.loss,
            "test_descended": result.descended,
            "loss": row.loss,
            "descended": row.descended,
            "accuracy": row.accuracy,
            "validation_loss": row.validation_loss,
            "validation_accuracy": row.validation_accuracy,
            "epochs": at.epoch,
            "best_epoch": at.best.epoch if at.best else None,
            "training_seconds": sum(one.seconds for one in at.history),
        }


@dataclass(frozen=True, eq=False)
class SeedRuns:
    """All runs that finished, in the order of their seeds, and what went wrong with the others."""

    asked: int
    runs: tuple[SeedRun, ...]
    diverged: tuple[tuple[int, DivergedError], ...]
    table: Path

    @property
    def summary(self) -> "Summary":
        """Mean, standard deviation and interval of the test accuracy."""
        from mnist_nn.evaluation.comparison import summarize

        return summarize([run.result.accuracy for run in self.runs])

    @property
    def median(self) -> SeedRun:
        """The run with the median test accuracy."""
        from mnist_nn.evaluation.comparison import find_median

        return self.runs[find_median([run.result.accuracy for run in self.runs])]

    @property
    def is_complete(self) -> bool:
        """Whether every run has ended, by itself or by divergence."""
        return len(self.runs) + len(self.diverged) == self.asked


def table_path(model: Path) -> Path:
    """Return the path of the table with the results of all runs, beside the model.

    Examples
    --------
    >>> print(table_path(Path("digits.safetensors")))
    digits.seeds.csv
    """
    return model.with_suffix(".seeds.csv")


def choose_seeds(first: int, count: int) -> range:
    """Return the seeds of the runs: the first one and those that follow it.

    Examples
    --------
    >>> choose_seeds(5, 3)
    range(5, 8)
    """
    integer("--seeds", count, 1)
    if first + count - 1 > LAST_SEED:
        raise ConfigError(f"--seeds {count} from --seed {first} on goes beyond {LAST_SEED}; give a smaller --seed")
    return range(first, first + count)


def train_seeds(run: "Run", count: int, jobs: int | None, interrupted: list[bool], *, quiet: bool) -> SeedRuns:
    """Train a run's network with several seeds, and write the results of the runs that finished.

    Raises
    ------
    ConfigError
        If the settings are wrong, or the table cannot be written.
    DivergedError
        If all of them diverged.
    """
    from mnist_nn.cli.train.progress import show_trials
    from mnist_nn.cli.train.trials import finish_trials
    from mnist_nn.evaluation.metrics import evaluate
    from mnist_nn.experiments.runs import Trial

    seeds = choose_seeds(run.training.seed, count)
    shape = run.checkpoint.network.config
    trials = [Trial(shape, replace(run.training, seed=seed)) for seed in seeds]
    test, loss = run.dataset.test, run.training.loss

    def judge(at: "Checkpoint") -> "Evaluation":
        return evaluate(at.chosen, test, loss, engine=run.engine)

    names = [f"seed {seed}" for seed in seeds]
    with show_trials(len(trials), quiet=quiet) as show:
        last = finish_trials(
            trials, run.dataset.train, names, show, interrupted, engine=run.engine, jobs=jobs, judge=judge
        )
    done = [
        SeedRun(trials[number].training, step.epoch.checkpoint, step.result)
        for number, step in sorted(last.items())
        if step.epoch
    ]
    diverged = tuple((seeds[number], step.error) for number, step in sorted(last.items()) if step.error)
    if len(diverged) == len(trials):
        raise diverged[0][1]
    found = SeedRuns(len(trials), tuple(done), diverged, table_path(run.path))
    write_table(found.table, done)
    for seed, error in diverged:
        say(f"mnist-nn: with seed {seed}, {' '.join(str(error).split())}", file=sys.stderr)
    return found


def write_table(path: Path, runs: Iterable[SeedRun]) -> None:
    """Write a row for each run; a result that was not measured leaves its cell empty."""
    from mnist_nn.util.csv_rows import encode_rows
    from mnist_nn.util.files import write_whole
    from mnist_nn.util.io_errors import explain_io_errors

    figures = [run.figures() for run in runs]
    rows = [[row[name] for name in COLUMNS] for row in figures]
    with explain_io_errors(ConfigError, "write", path, "choose another place with --model FILE"):
        write_whole(path, encode_rows([COLUMNS, *rows]))
