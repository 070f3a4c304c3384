"""``mnist-nn train``: train a network, save it and measure its test accuracy."""

import sys
import time
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Annotated, Any

import typer

from mnist_nn.cli.common import help_page, log_messages, options
from mnist_nn.cli.common.exit_codes import INTERRUPTED
from mnist_nn.cli.common.other_data import say_remarks
from mnist_nn.cli.common.terminal import say
from mnist_nn.cli.common.training_options import with_settings
from mnist_nn.cli.train.interrupt import defer_interrupt
from mnist_nn.cli.train.run import (
    DEFAULT_MODEL,
    Run,
    attach_event_log,
    attach_recorder,
    check_halves,
    resume_run,
    start_run,
)
from mnist_nn.errors import ConfigError, DivergedError, MnistNNError

SAVE_EVERY = 5.0  # seconds of training that a killed run loses at most, besides the stretch it was in
SAVE_FACTOR = 10.0  # times that a save took until the next one, if that is longer: a network may have gigabytes

ModelPath = Annotated[
    Path,
    typer.Option("--model", help="Where to save the model.", metavar="FILE", rich_help_panel=help_page.OUTPUT),
]
Resume = Annotated[
    bool,
    typer.Option("--resume", help="Continue the training in the model file; of its settings, change only --epochs."),
]
ResumeIfExists = Annotated[
    bool,
    typer.Option(
        "--resume-if-exists",
        help="Continue if there is a model file, otherwise start a new run; useful if a command is run several times.",
    ),
]
From = Annotated[
    Path | None,
    typer.Option(
        "--from",
        help="Start with the weights of this model; if the classes differ, the output layer is new.",
        metavar="MODEL",
        show_default="random weights",
    ),
]
Teacher = Annotated[
    Path | None,
    typer.Option(
        "--teacher",
        help="Also learn from the answers of this trained model (see --teacher-share); it must take the same data.",
        metavar="MODEL",
        show_default="none",
    ),
]
Record = Annotated[
    Path | None,
    typer.Option(
        "--record",
        help="Also record the weights after every epoch, for the playground's time machine.",
        metavar="FILE",
        rich_help_panel=help_page.OUTPUT,
    ),
]
AllowGaps = Annotated[
    bool,
    typer.Option(
        "--allow-gaps",
        help="Continue a recording even if it lacks epochs that the model has already trained.",
        rich_help_panel=help_page.OUTPUT,
    ),
]
LogDir = Annotated[
    Path | None,
    typer.Option(
        "--log-dir",
        help="Also write the history as TensorBoard events, in a new folder inside this one.",
        metavar="DIR",
        rich_help_panel=help_page.OUTPUT,
    ),
]
Seeds = Annotated[
    int | None,
    typer.Option(
        "--seeds",
        help="Train with N seeds, starting at --seed; report how much results vary, and save the median run's model.",
        metavar="N",
        show_default="one run",
    ),
]


@with_settings()
def train(
    model: ModelPath = DEFAULT_MODEL,
    preset: options.Preset = None,
    data: options.TrainingData = None,
    as_is: options.AsIs = False,
    label_column: options.LabelColumn = None,
    transpose: options.Transpose = False,
    label_base: options.LabelBase = 0,
    source: From = None,
    teacher: Teacher = None,
    engine: options.Engine = "auto",
    seeds: Seeds = None,
    jobs: options.Jobs = None,
    resume: Resume = False,
    resume_if_exists: ResumeIfExists = False,
    record: Record = None,
    allow_gaps: AllowGaps = False,
    log_dir: LogDir = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    *,
    settings: dict[str, Any],
) -> int:
    """Train a network and save it.

    Without options it uses the preset classic: 20 hidden units, 10 passes over all 60,000 images, and one update per
    sample.

    For example: mnist-nn train --preset small --epochs 5
    """
    from mnist_nn.data import load
    from mnist_nn.util.files import is_there

    begin = time.perf_counter()
    resume = resume or (resume_if_exists and is_there(model))
    _check_resume(resume=resume, again=resume or resume_if_exists, source=source, record=record, gaps=allow_gaps)
    single = {"resume": resume, "resume-if-exists": resume_if_exists, "from": source, "teacher": teacher}
    _check_seeds(seeds, jobs, {**single, "record": record, "log-dir": log_dir})
    if quiet:
        log_messages.show_errors_only()
    reading = options.collect_reading(
        as_is=as_is, label_column=label_column, transpose=transpose, label_base=label_base
    )
    with ExitStack() as held:
        if resume:
            run = resume_run(held, model, data, engine, preset, settings, reading, teacher)
        else:
            dataset = load("mnist" if data is None else data, **reading)
            if not quiet:
                say_remarks(dataset)
            run = start_run(held, model, dataset, engine, preset, settings, source, teacher)
        check_halves(run.dataset)
        if record is not None:
            attach_recorder(held, run, record, resume=resume, allow_gaps=allow_gaps)
        if log_dir is not None:
            attach_event_log(run, log_dir, resume=resume)
        held.enter_context(closing(run))
        if seeds is not None:
            return _train_seeds(run, seeds, jobs, begin, json=json, quiet=quiet)
        return _train_and_test(run, begin, json=json, quiet=quiet)


def _check_resume(*, resume: bool, again: bool, source: Path | None, record: Path | None, gaps: bool) -> None:
    """Reject options that contradict each other; ``again`` says whether the command may continue a run."""
    if gaps and not (record and again):
        raise ConfigError(
            "--allow-gaps has no effect without --resume and --record FILE; leave --allow-gaps out, or add both"
        )
    if source is not None and resume:
        raise ConfigError(
            "--from has no effect with --resume, which continues with the file's own weights; leave it out"
        )


def _check_seeds(seeds: int | None, jobs: int | None, others: dict[str, Any]) -> None:
    """Reject options that do not work with several runs, and --jobs for a single run."""
    if seeds is None and jobs is not None:
        raise ConfigError("--jobs has no effect without --seeds N; leave it out")
    for name, given in others.items():
        if given and seeds is not None:
            raise ConfigError(f"--{name} works with one run only, but --seeds trains several; leave one of them out")


def _train_seeds(run: Run, seeds: int, jobs: int | None, begin: float, *, json: bool, quiet: bool) -> int:
    """Train with several seeds; the run then is the one with the median result, and is saved."""
    from mnist_nn.cli.train import summary
    from mnist_nn.cli.train.seeds import train_seeds

    with defer_interrupt() as interrupted:
        found = train_seeds(run, seeds, jobs, interrupted, quiet=quiet)
        if not found.is_complete:
            done = f"stopped after {len(found.runs)} of {seeds} runs"
            say(f"mnist-nn: {done}; their results are in {found.table}, and no model is saved", file=sys.stderr)
            return INTERRUPTED
        median = found.median
        run.training, run.checkpoint = median.training, median.checkpoint
        run.finish(median.result)
    summary.show(run, median.result, time.perf_counter() - begin, json=json, quiet=quiet, seeds=found)
    return 2 if found.diverged else 0


def _train_and_test(run: Run, begin: float, *, json: bool, quiet: bool) -> int:
    from mnist_nn.cli.train import summary
    from mnist_nn.evaluation.metrics import evaluate

    with defer_interrupt() as interrupted:
        stopped = _learn(run, interrupted, quiet=quiet)
        if not run.is_finished:
            run.save()
            if stopped:
                raise stopped
            say(f"mnist-nn: {run.how_to_resume}", file=sys.stderr)
            return INTERRUPTED
        try:
            result = evaluate(run.checkpoint.chosen, run.dataset.test, run.training.loss, engine=run.engine)
        except (MnistNNError, KeyboardInterrupt):  # what was learned must not be lost
            run.save()
            raise
        run.finish(result)
    summary.show(run, result, time.perf_counter() - begin, json=json, quiet=quiet)
    return 2 if run.log_failed else 0


def _learn(run: Run, interrupted: list[bool], *, quiet: bool) -> DivergedError | None:
    """Train to the end, or until Ctrl-C or divergence; the run then holds the last good checkpoint."""
    from mnist_nn.cli.train import progress
    from mnist_nn.training.loop import train as epochs

    run.saved = time.monotonic()
    with progress.show_progress(run.training, quiet=quiet) as show:
        steps = epochs(
            run.checkpoint.network,
            run.dataset.train,
            run.training,
            engine=run.engine,
            teacher=run.teacher,
            resume=run.checkpoint,
            steps=True,
        )
        try:
            for epoch in steps:
                run.update(epoch)
                show(epoch)
                if interrupted:
                    break
                if time.monotonic() - run.saved > max(SAVE_EVERY, SAVE_FACTOR * run.save_seconds):
                    run.try_to_save()
        except DivergedError as error:
            return error
    return None
