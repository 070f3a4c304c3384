"""A sweep of the command line: its table, which grows run by run and can be continued, and the files made from it."""

import csv as csv_files
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mnist_nn.cli.predict.table import Table, open_table
from mnist_nn.cli.read.settings import ANOTHER, is_device
from mnist_nn.cli.train.interrupt import defer_interrupt
from mnist_nn.errors import ConfigError, MissingExtraError
from mnist_nn.experiments.space import Axis, Configuration

if TYPE_CHECKING:
    from mnist_nn.data import Dataset
    from mnist_nn.evaluation.comparison import Summary
    from mnist_nn.evaluation.metrics import Evaluation
    from mnist_nn.experiments.sweep import ConfigurationResult
    from mnist_nn.model_file.storage import Model
    from mnist_nn.training.checkpoint import Checkpoint

HELD_OUT = "0.1"  # of the training images, unless --validation says otherwise
NOT_VARIED = ("seed", "validation")  # all configurations are judged alike


@dataclass(frozen=True, eq=False)
class SweepResult:
    """A finished sweep: the results of all configurations, the best one, and its accuracy on the test images.

    ``page`` and ``parquet`` are None if what writes them is not installed; ``left_out`` says what is missing.
    """

    axes: tuple[Axis, ...]
    results: tuple["ConfigurationResult", ...]
    best: "ConfigurationResult"
    test: "Summary"
    table: Path
    model: Path
    page: Path | None
    parquet: Path | None
    left_out: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Sweep:
    """What is to be trained: the axes, the configurations that follow, and the seeds of each."""

    axes: tuple[Axis, ...]
    configurations: tuple[Configuration, ...]
    seeds: range
    dataset: "Dataset"
    settings: dict[str, Any]

    @property
    def names(self) -> list[str]:
        """The settings that vary."""
        return [axis.name for axis in self.axes]

    def run(
        self, path: Path, *, engine: str, jobs: int | None, resume: bool, force: bool, quiet: bool
    ) -> SweepResult | None:
        """Train what the table lacks, and choose the best; None if Ctrl-C came first.

        Raises
        ------
        ConfigError
            If the table may not be written or continued, or every configuration diverged.
        """
        from mnist_nn.experiments.sweep import choose_best, gather_results, list_columns
        from mnist_nn.model_file.storage import keep_others_off

        if is_device(path):
            raise ConfigError(f"{str(path)!r} is not a file, but a sweep reads its table again; {ANOTHER}")
        with ExitStack() as held:
            held.enter_context(keep_others_off(model_path(path), ANOTHER))
            table = held.enter_context(
                open_table(
                    path, list_columns(self.names), self.settings | {"engine": engine}, force=force, resume=resume
                )
            )
            interrupted = held.enter_context(defer_interrupt())
            self._train(table, interrupted, engine=engine, jobs=jobs, quiet=quiet)
            with path.open(newline="", encoding="utf-8") as file:
                rows = list(csv_files.DictReader(file))
            if len(rows) < len(self.configurations) * len(self.seeds):
                return None
            results = gather_results(self.configurations, rows)
            best = choose_best(results)
            if best is None:
                raise ConfigError(
                    "runs of every configuration diverged, so none can be chosen; sweep over lower learning rates"
                )
            is_ours = table.done == len(rows)  # then an earlier run has saved its model
            return self._finish(path, tuple(results), best, is_ours=is_ours, engine=engine, jobs=jobs)

    def _train(self, table: Table, interrupted: Sequence[bool], *, engine: str, jobs: int | None, quiet: bool) -> None:
        """Append the rows of the runs that the table lacks, in the order of the configurations."""
        from contextlib import closing

        from mnist_nn.cli.train.progress import show_trials
        from mnist_nn.experiments.runs import run_trials
        from mnist_nn.experiments.sweep import make_row, order_rows, plan_trials

        trials = plan_trials(self.configurations, self.seeds)
        left = trials[table.done :]

        def list_rows() -> Iterator[tuple[int, list[str]]]:
            for step in steps:
                number = table.done + step.trial
                place, seed = divmod(number, len(self.seeds))
                show(step, f"configuration {place + 1}, seed {self.seeds[seed]}")
                if step.is_last:
                    one = self.configurations[place]
                    yield number, make_row(place + 1, one, self.seeds[seed], self.names, step)
                if interrupted:
                    return

        with (
            show_trials(len(trials), done=table.done, quiet=quiet) as show,
            closing(run_trials(left, self.dataset.train, engine=engine, jobs=jobs)) as steps,
        ):
            for rows in order_rows(len(trials), table.done, list_rows()):
                table.write(rows)

    def _finish(
        self,
        path: Path,
        results: tuple["ConfigurationResult", ...],
        best: "ConfigurationResult",
        *,
        is_ours: bool,
        engine: str,
        jobs: int | None,
    ) -> SweepResult:
        """Train the best configuration again, test it, save its median model, and write the page.

        A model that is there is copied first, unless it ``is_ours``.
        """
        from mnist_nn.cli.train.previous_model import keep_previous
        from mnist_nn.evaluation.comparison import summarize
        from mnist_nn.model_file.storage import write

        model, tests = self._test(best, engine=engine, jobs=jobs)
        if not is_ours:
            keep_previous(model_path(path))
        write(model_path(path), model)
        left_out: list[str] = []
        made = SweepResult(self.axes, results, best, summarize(tests), path, model_path(path), None, None, ())
        parquet = _try(left_out, _write_parquet, path)
        page = _try(left_out, _write_page, made, self.dataset.name)
        return SweepResult(**{**vars(made), "page": page, "parquet": parquet, "left_out": tuple(left_out)})

    def _test(self, best: "ConfigurationResult", *, engine: str, jobs: int | None) -> tuple["Model", list[float]]:
        """Open the test images for the best configuration alone; the model is the median by held-out accuracy."""
        from mnist_nn.evaluation.comparison import find_median
        from mnist_nn.evaluation.metrics import evaluate
        from mnist_nn.experiments.runs import run_trials
        from mnist_nn.experiments.sweep import plan_trials
        from mnist_nn.model_file.storage import Model

        trials = plan_trials([best.configuration], self.seeds)
        test, loss = self.dataset.test, best.configuration.training.loss

        def judge(at: "Checkpoint") -> "Evaluation":
            return evaluate(at.chosen, test, loss, engine=engine)

        steps = run_trials(trials, self.dataset.train, engine=engine, jobs=jobs, judge=judge)
        last = {step.trial: step for step in steps if step.is_last}
        middle = find_median(best.accuracies)
        result, at = last[middle].result, last[middle].epoch.checkpoint  # type: ignore[union-attr]
        model = Model.of(
            at,
            trials[middle].training,
            data=self.dataset.origin,
            scores={"test_accuracy": result.accuracy, "test_interval": list(result.interval)},
            class_names=self.dataset.class_names,
        )
        return model, [last[number].result.accuracy for number in range(len(trials))]


def prepare_sweep(
    preset: str, typed: dict[str, str], data: str, *, search: str, trials: int | None, seeds: int
) -> Sweep:
    """Read what was typed, load the data, and build all configurations.

    Raises
    ------
    ConfigError
        If a setting cannot be read, or a combination of them is wrong.
    """
    from mnist_nn.cli.common.training_options import parse_value, takes_whole_numbers
    from mnist_nn.cli.train.seeds import choose_seeds
    from mnist_nn.data import load
    from mnist_nn.experiments.space import build_configurations, draw_settings, list_grid, parse_axis

    axes = [
        parse_axis(name, text, lambda part, name=name: parse_value(name, part), is_whole=takes_whole_numbers(name))  # type: ignore[misc]
        for name, text in ({"validation": HELD_OUT} | typed).items()
    ]
    fixed = {axis.name: axis.values[0] for axis in axes if len(axis.values) == 1}
    varied = [axis for axis in axes if axis.name not in fixed]
    for axis in varied:
        if axis.name in NOT_VARIED:
            raise ConfigError(f"--{axis.name} is the same for all configurations of a sweep; give one value")
    if not fixed["validation"]:
        raise ConfigError("--validation 0 leaves no images to choose by; hold some out, for example with 0.1")
    first = fixed.pop("seed", 0)
    if search == "random":
        if trials is None:
            raise ConfigError("--search random needs to know how many configurations to draw; give --trials N")
        settings = list(draw_settings(varied, trials, first))
    elif trials is not None:
        raise ConfigError("--trials has no effect with --search grid, which trains every combination; leave it out")
    else:
        settings = list(list_grid(varied))
    dataset = load(data)
    configurations = build_configurations(preset, fixed, settings, dataset.inputs, dataset.classes)
    kept = {
        "mnist-nn": version("mnist-nn"),
        "data": dataset.digest,
        "preset": preset,
        "search": search,
        "trials": trials,
        "seeds": seeds,
        **{name: typed.get(name) for name in sorted(typed)},
    }
    return Sweep(tuple(varied), tuple(configurations), choose_seeds(first, seeds), dataset, kept)


def model_path(table: Path) -> Path:
    """Return where the model of the best configuration is saved.

    Examples
    --------
    >>> print(model_path(Path("mnist-sweep.csv")))
    mnist-sweep.safetensors
    """
    return table.with_suffix(".safetensors")


def _write_parquet(path: Path) -> Path:
    """Write the table once more as Parquet, with a type for each column."""
    from mnist_nn.util.files import replace_file
    from mnist_nn.util.io_errors import explain_io_errors

    try:
        from pyarrow import csv, parquet
    except ImportError as error:
        raise MissingExtraError(
            "no Parquet file was written, which needs pyarrow; install it with: pip install 'mnist-nn[parquet]'"
        ) from error
    target = path.with_suffix(".parquet")
    explained = explain_io_errors(ConfigError, "write", target, "make room, then continue with --resume")
    with explained, replace_file(target) as file:
        parquet.write_table(csv.read_csv(path), file)
    return target


def _write_page(made: SweepResult, data: str) -> Path:
    """Write the page with the response curves."""
    from mnist_nn.report.sweep import build_sweep_page
    from mnist_nn.util.files import write_whole
    from mnist_nn.util.io_errors import explain_io_errors

    target = made.table.with_suffix(".html")
    html = build_sweep_page(made.axes, made.results, made.best, made.test, name=made.table.name, data=data)
    with explain_io_errors(ConfigError, "write", target, "make room, then continue with --resume"):
        write_whole(target, html.encode())
    return target


def _try(left_out: list[str], write: Any, *arguments: Any) -> Path | None:
    """Write an extra file; if what it needs is not installed, note that instead."""
    try:
        return write(*arguments)  # type: ignore[no-any-return]
    except MissingExtraError as error:
        left_out.append(str(error))
        return None
