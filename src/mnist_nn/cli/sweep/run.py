"""A sweep of the command line: its table, which grows run by run and can be continued, and the files made from it."""

import csv as csv_files
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cached_property, partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from mnist_nn.cli.predict.table import Table, open_table
from mnist_nn.cli.read.settings import ANOTHER, is_device
from mnist_nn.cli.train.interrupt import defer_interrupt
from mnist_nn.errors import ConfigError, MissingExtraError
from mnist_nn.experiments.space import Axis, Configuration, Settings
from mnist_nn.util.processors import count_processors

if TYPE_CHECKING:
    from mnist_nn.cli.train.progress import ShowTrial
    from mnist_nn.data import Dataset
    from mnist_nn.evaluation.comparison import Summary
    from mnist_nn.evaluation.metrics import Evaluation
    from mnist_nn.experiments.runs import Outcome, Shelf, Trial
    from mnist_nn.experiments.search import Rounds
    from mnist_nn.experiments.sweep import Candidate, ConfigurationResult
    from mnist_nn.model_file.storage import Model
    from mnist_nn.training.checkpoint import Checkpoint
    from mnist_nn.util.cluster import Cluster

HELD_OUT = "0.1"  # of the training images, unless --validation says otherwise
NOT_VARIED = ("seed", "order_seed", "validation")  # all configurations are judged alike
DRAWS = ("random", "tpe")  # searches that draw configurations without end
Rows = Sequence[dict[str, str]]


@dataclass(frozen=True, eq=False)
class SweepResult:
    """A finished sweep: the results of all configurations, the best one, and its accuracy on the test images.

    ``runs`` is the number of rows in the table. ``page`` and ``parquet`` are None if the package that writes them is
    not installed; ``left_out`` says what is missing.
    """

    axes: tuple[Axis, ...]
    results: tuple["ConfigurationResult", ...]
    runs: int
    best: "ConfigurationResult"
    test: "Summary"
    table: Path
    model: Path
    page: Path | None
    parquet: Path | None
    left_out: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Search:
    """How a sweep chooses configurations: ``begin`` begins its rounds, with at most ``most`` candidates in all."""

    begin: Callable[[], "Rounds"]
    most: int


@dataclass(frozen=True, eq=False)
class Sweep:
    """The plan of a sweep: the axes, the search for configurations, and the seeds of each."""

    axes: tuple[Axis, ...]
    search: Search
    seeds: range
    dataset: "Dataset"
    settings: dict[str, Any]
    place: str
    """The name of the data set, or the path of its files."""

    @property
    def names(self) -> list[str]:
        """The settings that vary."""
        return [axis.name for axis in self.axes]

    def run(
        self,
        path: Path,
        *,
        engine: str,
        jobs: int | None,
        resume: bool,
        force: bool,
        quiet: bool,
        cluster: "Cluster | None" = None,
    ) -> SweepResult | None:
        """Train the runs that the table lacks, and choose the best configuration; None if Ctrl-C came first.

        The workers of a ``cluster`` train them or, without a cluster, threads of this process.

        Raises
        ------
        ConfigError
            If the table must not be written or continued, or if every configuration diverged.
        """
        from mnist_nn.cli.train.progress import show_trials
        from mnist_nn.experiments.sweep import choose_best, list_columns
        from mnist_nn.model_file.storage import keep_others_off

        if is_device(path):
            raise ConfigError(f"{str(path)!r} is not a file, but a sweep has to read its table again; {ANOTHER}")
        with ExitStack() as held:
            held.enter_context(keep_others_off(model_path(path), ANOTHER))
            table = held.enter_context(
                open_table(
                    path, list_columns(self.names), self.settings | {"engine": engine}, force=force, resume=resume
                )
            )
            interrupted = held.enter_context(defer_interrupt())
            runs = self.search.most * len(self.seeds)
            with show_trials(runs, done=table.done, quiet=quiet) as show:
                train = Training(self, table, show, interrupted, engine, jobs, cluster)
                results = train.finish_rounds(read_table(path))
            if results is None:
                return None
            best = choose_best(results)
            if best is None:
                raise ConfigError(
                    "some runs of every configuration diverged, so none can be chosen; sweep over lower learning rates"
                )
            return self._finish(table, tuple(results), best, engine=engine, jobs=jobs)

    def _finish(
        self,
        table: Table,
        results: tuple["ConfigurationResult", ...],
        best: "ConfigurationResult",
        *,
        engine: str,
        jobs: int | None,
    ) -> SweepResult:
        """Train the best configuration again, test it, save its median model, and write the page.

        A model that is there is copied first, unless an earlier run of this sweep has saved it.
        """
        from mnist_nn.cli.train.previous_model import keep_previous
        from mnist_nn.evaluation.comparison import summarize
        from mnist_nn.model_file.storage import write

        path, runs = table.path, len(read_table(table.path))
        model, tests = self._test(best, engine=engine, jobs=jobs)
        if table.done < runs:
            keep_previous(model_path(path))
        write(model_path(path), model)
        left_out: list[str] = []
        made = SweepResult(self.axes, results, runs, best, summarize(tests), path, model_path(path), None, None, ())
        parquet = _try(left_out, _write_parquet, path)
        page = _try(left_out, _write_page, made, self.dataset.name)
        return replace(made, page=page, parquet=parquet, left_out=tuple(left_out))

    def _test(self, best: "ConfigurationResult", *, engine: str, jobs: int | None) -> tuple["Model", list[float]]:
        """Test the best configuration only; its model is the run with the median held-out accuracy."""
        from mnist_nn.evaluation.comparison import find_median
        from mnist_nn.evaluation.metrics import evaluate
        from mnist_nn.experiments.runs import run_trials
        from mnist_nn.experiments.sweep import Candidate, plan_trials
        from mnist_nn.model_file.storage import Model

        trials = plan_trials([Candidate(best.number, best.configuration)], self.seeds)
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


@dataclass(frozen=True, eq=False)
class Training:
    """The training of a sweep: its rounds, as far as they are not in the table yet."""

    sweep: Sweep
    table: Table
    show: "ShowTrial"
    interrupted: Sequence[bool]
    engine: str
    jobs: int | None
    cluster: "Cluster | None"

    @cached_property
    def shelf(self) -> "Shelf":
        """The data that all rounds share."""
        from mnist_nn.experiments.runs import Shelf

        return Shelf(self.sweep.dataset.train, self.engine, self.jobs or count_processors())

    def finish_rounds(self, earlier: Rows) -> "list[ConfigurationResult] | None":
        """Go through all rounds; return the last result of each configuration, or None if Ctrl-C came first.

        ``earlier`` are the rows that the table has.
        """
        from mnist_nn.experiments.sweep import gather_results

        found: dict[int, ConfigurationResult] = {}
        rounds, reply, start = self.sweep.search.begin(), None, 0
        while candidates := _send(rounds, reply):
            end = start + len(candidates) * len(self.sweep.seeds)
            rows = self.finish_round(candidates, earlier[start:end], start)
            if rows is None:
                return None
            reply, start = gather_results(candidates, rows), end
            found |= {one.number: one for one in reply}
        return [found[number] for number in sorted(found)]

    def finish_round(self, candidates: "Sequence[Candidate]", earlier: Rows, start: int) -> Rows | None:
        """Append the rows of a round that the table lacks, in their order; return all of the round.

        ``start`` is the number of runs in the rounds before.
        """
        from mnist_nn.experiments.sweep import identify, list_columns, make_row, order_rows, plan_trials

        names, columns = self.sweep.names, list_columns(self.sweep.names)
        runs = [(one, seed) for one in candidates for seed in self.sweep.seeds]
        for (candidate, seed), row in zip(runs, earlier, strict=False):
            if list(row.values())[: len(names) + 2] != identify(candidate, seed, names):
                raise ConfigError(
                    f"{str(self.table.path)!r} has other runs than this search would try next, so it was begun in "
                    f"another environment; {ANOTHER}"
                )
        trials, done = plan_trials(candidates, self.sweep.seeds), len(earlier)
        titles = [f"configuration {one.number}, seed {seed}" for one, seed in runs]

        def list_rows() -> Iterator[tuple[int, list[str]]]:
            for number, outcome in self.run(trials[done:], titles[done:], start + done):
                candidate, seed = runs[done + number]
                yield done + number, make_row(candidate, seed, names, outcome)

        rows = list(earlier)
        for ready in order_rows(done, list_rows()):
            self.table.write(ready)
            rows += [dict(zip(columns, row, strict=True)) for row in ready]
        return rows if len(rows) == len(trials) else None

    def run(
        self, trials: "Sequence[Trial]", titles: Sequence[str], before: int
    ) -> "Iterator[tuple[int, Outcome | None]]":
        """Run trials; yield the number of each that ended and its figures, None if it diverged. Ctrl-C ends it.

        ``titles`` say what each is called, and ``before`` is the number of runs that came before these.
        """
        from contextlib import closing

        from mnist_nn.experiments.elsewhere import TrainingSetup, run_elsewhere
        from mnist_nn.experiments.runs import Outcome, Step, run_trials

        if self.cluster:
            setup = TrainingSetup(self.sweep.place, self.sweep.dataset.digest, self.engine)
            with closing(run_elsewhere(self.cluster, setup, trials, lambda: bool(self.interrupted))) as outcomes:
                for number, outcome in outcomes:
                    self.show(Step(before + number, None, is_last=True, result=outcome), titles[number])
                    yield number, outcome
            return
        running = run_trials(
            trials,
            self.sweep.dataset.train,
            engine=self.engine,
            jobs=self.jobs,
            judge=Outcome.of,
            signs=False,
            shelf=self.shelf,
        )
        with closing(running) as steps:
            for step in steps:
                self.show(step._replace(trial=before + step.trial), titles[step.trial])
                if step.is_last:
                    yield step.trial, step.result
                if self.interrupted:
                    return


def _send(rounds: "Rounds", reply: "Sequence[ConfigurationResult] | None") -> "list[Candidate]":
    """Send the results of a round, and return the next one; empty if there is none."""
    try:
        return rounds.send(reply)  # type: ignore[arg-type]  # None begins them
    except StopIteration:
        return []


def read_table(path: Path) -> Rows:
    """Read the rows of a table by column."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv_files.DictReader(file))


def prepare_sweep(
    preset: str, typed: dict[str, str], data: str, *, search: str, trials: int | None, seeds: int
) -> Sweep:
    """Read the typed options, load the data, and build all configurations.

    Raises
    ------
    ConfigError
        If a setting cannot be read, or a combination of them is wrong.
    """
    from mnist_nn.cli.common.training_options import parse_value, takes_whole_numbers
    from mnist_nn.cli.train.seeds import choose_seeds
    from mnist_nn.data import load
    from mnist_nn.experiments.space import parse_axis

    axes = [
        parse_axis(name, text, partial(parse_value, name), is_whole=takes_whole_numbers(name))
        for name, text in ({"validation": HELD_OUT} | typed).items()
    ]
    fixed = {axis.name: axis.values[0] for axis in axes if len(axis.values) == 1}
    varied = [axis for axis in axes if axis.name not in fixed]
    for axis in varied:
        if axis.name in NOT_VARIED:
            raise ConfigError(
                f"--{axis.name.replace('_', '-')} is the same for all configurations of a sweep; give one value"
            )
    if not fixed["validation"]:
        raise ConfigError("--validation 0 leaves no images to choose by; hold some out, for example with 0.1")
    first = fixed.pop("seed", 0)
    _check_trials(search, trials)
    dataset = load(data)
    build = _Builder(preset, fixed, dataset.inputs, dataset.classes)
    chosen = _choose_search(search, varied, trials, first, build)
    kept = {
        "mnist-nn": version("mnist-nn"),
        "data": dataset.digest,
        "preset": preset,
        "search": search,
        "trials": trials,
        "seeds": seeds,
        **({"optuna": version("optuna")} if search == "tpe" else {}),
        **typed,
    }
    return Sweep(tuple(varied), chosen, choose_seeds(first, seeds), dataset, kept, _place_data(data))


def _place_data(data: str) -> str:
    """Return the name of a data set, or the path that leads to it from any folder."""
    from mnist_nn.data.sources import NAMES
    from mnist_nn.util.files import expand_path

    path = expand_path(data)
    is_name = data in NAMES or not (path.exists() or path.parent.name)
    return data if is_name else str(path.absolute())


class _Builder(NamedTuple):
    """What all configurations of a sweep have in common."""

    preset: str
    fixed: Settings
    inputs: int
    outputs: int

    def build(self, varied: Sequence[Settings]) -> list[Configuration]:
        """Build the configurations of some settings, each once."""
        from mnist_nn.experiments.space import build_configurations

        return build_configurations(self.preset, self.fixed, varied, self.inputs, self.outputs)


def _check_trials(search: str, trials: int | None) -> None:
    """Reject a search that does not know how many configurations to draw, or need not know it."""
    if search in DRAWS and trials is None:
        raise ConfigError(f"--search {search} needs to know how many configurations to draw; give --trials N")
    if search == "grid" and trials is not None:
        raise ConfigError("--trials has no effect with --search grid, which trains every combination; leave it out")


def _choose_search(search: str, varied: Sequence[Axis], trials: int | None, seed: int, common: _Builder) -> Search:
    """Prepare the search; configurations that can be known beforehand are built, so that wrong ones are found now."""
    from functools import partial

    from mnist_nn.experiments.search import list_rungs, search_all, search_by_halving
    from mnist_nn.experiments.space import draw_settings, list_corners, list_grid

    if search == "tpe":
        from mnist_nn.experiments.tpe import import_optuna, search_by_tpe

        import_optuna()
        common.build(list_corners(varied))
        count = trials or 1
        return Search(partial(search_by_tpe, varied, lambda one: common.build([one])[0], count, seed), count)
    drawn = list_grid(varied) if trials is None else draw_settings(varied, trials, seed)
    found = common.build(list(drawn))
    if search != "halving":
        return Search(partial(search_all, found), len(found))
    if any(axis.name == "epochs" for axis in varied):
        raise ConfigError("--search halving varies the epochs itself; give one value of --epochs")
    rungs = list_rungs(found[0].training.epochs, len(found))
    return Search(partial(search_by_halving, found), sum(count for _, count in rungs))


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
            "no Parquet file was written, because that needs pyarrow; install it with: pip install 'mnist-nn[parquet]'"
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
    """Write an extra file, or note that a package it needs is not installed."""
    try:
        return write(*arguments)  # type: ignore[no-any-return]
    except MissingExtraError as error:
        left_out.append(str(error))
        return None
