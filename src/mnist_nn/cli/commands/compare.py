"""``mnist-nn compare``: find out whether one network is better than another, or only luckier."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mnist_nn.cli.common import help_page, options
from mnist_nn.cli.common.exit_codes import INTERRUPTED
from mnist_nn.cli.common.terminal import say
from mnist_nn.cli.train.interrupt import defer_interrupt
from mnist_nn.errors import ConfigError

if TYPE_CHECKING:
    from mnist_nn.cli.compare.result import Comparison
    from mnist_nn.data import Dataset
    from mnist_nn.experiments.runs import Trial

FEWEST, USUAL = 2, 10  # seeds

_SIDE = "A model file, or a configuration in quotes: a preset, options of mnist-nn train, or both."
SideA = Annotated[str, typer.Argument(help=_SIDE, metavar="A")]
SideB = Annotated[str, typer.Argument(help="The model or configuration to compare it with.", metavar="B")]
Seeds = Annotated[
    int | None,
    typer.Option(
        "--seeds",
        help="Train both with N seeds and compare the runs; with model files, their settings are trained again.",
        metavar="N",
        show_default=f"{USUAL}, or no training for two model files",
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", help="Show no progress.", rich_help_panel=help_page.OUTPUT)]


def compare(
    a: SideA,
    b: SideB,
    seeds: Seeds = None,
    data: options.ModelData = None,
    engine: options.Engine = "auto",
    jobs: options.Jobs = None,
    json: options.Json = False,
    quiet: Quiet = False,
) -> int:
    """Compare two models or two configurations.

    Trains configurations with several seeds. Says whether there is a proven difference in test accuracy, how large it
    is, and how many seeds would prove a difference of half a percentage point.

    For example: mnist-nn compare "classic" "classic --hidden 40" --seeds 10
    """
    paths = [_find_file(side) for side in (a, b)]
    if seeds is None and all(paths):
        if jobs is not None:
            raise ConfigError("--jobs has no effect on two model files without --seeds N; leave it out")
        found = _compare_models([path for path in paths if path], data, engine)
    else:
        seeds = USUAL if seeds is None else seeds
        if seeds < FEWEST:
            raise ConfigError(f"--seeds is {seeds}; give at least {FEWEST}, because one pair cannot show a difference")
        made = _compare_configurations((a, b), paths, seeds, data, engine=engine, jobs=jobs, quiet=quiet)
        if made is None:
            say("mnist-nn: stopped; nothing is compared", file=sys.stderr)
            return INTERRUPTED
        found = made
    if json:
        from mnist_nn.cli.documents.compare import compare_document
        from mnist_nn.util.documents import as_json

        print(as_json(compare_document(found)))
    else:
        from mnist_nn.cli.compare.result import describe

        say(describe(found))
    return 0


def _find_file(side: str) -> Path | None:
    """Return the path if a side names a file; any other text is a configuration."""
    path = Path(side)
    try:
        return path if path.is_file() or path.suffix == ".safetensors" else None
    except (OSError, ValueError):  # longer than a path may be
        return None


def _compare_models(paths: list[Path], data: str | None, engine: str) -> "Comparison":
    """Compare two models by their answers to the same test images."""
    from mnist_nn.cli.common.other_data import say_other_data
    from mnist_nn.cli.compare.result import Comparison, Side
    from mnist_nn.engines.base import check_width
    from mnist_nn.evaluation.comparison import compare_answers
    from mnist_nn.evaluation.prediction import predict
    from mnist_nn.model_file.storage import load
    from mnist_nn.model_file.training_data import choose_data

    models = [load(path) for path in paths]
    dataset = choose_data(models[0], data)
    test = dataset.test
    right = []
    for model in models:
        check_width(model.network.config, test.inputs)
        say_other_data(model, dataset)
        right.append(predict(model.network, test.images, engine=engine).label == test.labels)
    found = compare_answers(*right)
    a, b = (Side(str(path), (float(answers.mean()),)) for path, answers in zip(paths, right, strict=True))
    return Comparison(a, b, dataset.name, found.difference, answers=found)


def _compare_configurations(
    names: tuple[str, str],
    paths: list[Path | None],
    count: int,
    data: str | None,
    *,
    engine: str,
    jobs: int | None,
    quiet: bool,
) -> "Comparison | None":
    """Train both sides with the same seeds and compare the runs in pairs; None if Ctrl-C came first."""
    from mnist_nn.cli.compare.result import Comparison, Side
    from mnist_nn.cli.train.progress import show_trials
    from mnist_nn.cli.train.trials import finish_trials
    from mnist_nn.data import load
    from mnist_nn.evaluation.comparison import compare_runs
    from mnist_nn.evaluation.metrics import evaluate

    dataset = load("mnist" if data is None else data)
    test = dataset.test
    trials = [trial for name, path in zip(names, paths, strict=True) for trial in _plan(name, path, count, dataset)]
    called = [f"{side}, seed {number}" for side in "AB" for number in range(count)]
    with defer_interrupt() as interrupted, show_trials(len(trials), quiet=quiet) as show:
        last = finish_trials(
            trials, dataset.train, called, show, interrupted, engine=engine, jobs=jobs,
            judge=lambda at: evaluate(at.chosen, test, engine=engine).accuracy,
        )  # fmt: skip
    if len(last) < len(trials):
        return None
    pairs = {seed: (last[seed].result, last[count + seed].result) for seed in range(count)}
    whole = {seed: pair for seed, pair in pairs.items() if None not in pair}
    if len(whole) < FEWEST:
        error = next(step.error for step in last.values() if step.error)
        raise ConfigError(f"runs diverged with all seeds but {len(whole)}, so nothing can be compared: {error}")
    a, b = (tuple(accuracies) for accuracies in zip(*whole.values(), strict=True))
    diverged = tuple(seed for seed in pairs if seed not in whole)
    return Comparison(
        Side(names[0], a), Side(names[1], b), dataset.name, compare_runs(a, b), seeds=tuple(whole), diverged=diverged
    )


def _plan(name: str, path: Path | None, count: int, dataset: "Dataset") -> "list[Trial]":
    """Return the runs of a side: its settings with every seed."""
    from mnist_nn.cli.common.training_options import parse_configuration
    from mnist_nn.experiments.runs import Trial
    from mnist_nn.model_file.storage import load
    from mnist_nn.nn.config import fit_data
    from mnist_nn.nn.presets import configure

    if path is None:
        preset, settings = parse_configuration(name)
        if "seed" in settings:
            raise ConfigError(
                f"{name!r} names a seed, but both sides are trained with the seeds from 0 on; leave it out"
            )
        shape, training = configure(preset, settings)
    else:
        model = load(path)
        if model.training is None:
            raise ConfigError(f"{name!r} does not say how it was trained; give its settings as a configuration")
        shape, training = model.checkpoint.shape if model.checkpoint else model.network.config, model.training
    shape = fit_data(shape, dataset.inputs, dataset.classes)
    return [Trial(shape, replace(training, seed=seed)) for seed in range(count)]
