"""``mnist-nn train``: from the settings to a saved model and its test accuracy."""

import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any

import typer

from mnist_nn.cli.common import help_page, log_messages, options
from mnist_nn.cli.common.exit_codes import INTERRUPTED
from mnist_nn.cli.common.training_options import with_settings
from mnist_nn.cli.train.interrupt import defer_interrupt
from mnist_nn.cli.train.run import DEFAULT_MODEL, Run, attach_event_log, attach_recorder, resume_run, start_run
from mnist_nn.errors import DivergedError, MnistNNError

SAVE_EVERY = 5.0  # seconds of training that a killed run loses at most, besides the stretch it was in

ModelPath = Annotated[
    Path,
    typer.Option("--model", help="Where to save the model.", metavar="FILE", rich_help_panel=help_page.OUTPUT),
]
Resume = Annotated[
    bool,
    typer.Option("--resume", help="Continue the training in the model file; only --epochs may differ."),
]
Record = Annotated[
    Path | None,
    typer.Option(
        "--record",
        help="Also write the weights of every epoch, for the playground's time machine.",
        metavar="FILE",
        rich_help_panel=help_page.OUTPUT,
    ),
]
LogDir = Annotated[
    Path | None,
    typer.Option(
        "--log-dir",
        help="Also write the history as TensorBoard events, in a new folder below this one.",
        metavar="DIR",
        rich_help_panel=help_page.OUTPUT,
    ),
]
Quiet = Annotated[
    bool,
    typer.Option(
        "--quiet",
        help="Show no progress and no summary, only errors.",
        rich_help_panel=help_page.OUTPUT,
    ),
]


@with_settings()
def train(
    model: ModelPath = DEFAULT_MODEL,
    preset: options.Preset = None,
    data: options.Data = "mnist",
    engine: options.Engine = "auto",
    resume: Resume = False,
    record: Record = None,
    log_dir: LogDir = None,
    json: options.Json = False,
    quiet: Quiet = False,
    *,
    settings: dict[str, Any],
) -> int:
    """Train a network and save it.

    Without options it trains the preset classic: 20 hidden units, 10 passes over all 60,000 images, one update per
    sample.

    For example: mnist-nn train --preset small --epochs 5
    """
    from mnist_nn.data import load

    begin = time.perf_counter()
    if quiet:
        log_messages.show_errors_only()
    dataset = load(data)
    if resume:
        given = settings if preset is None else {**settings, "preset": preset}
        run = resume_run(model, dataset, engine, given)
    else:
        run = start_run(model, dataset, engine, "classic" if preset is None else preset, settings)
    if record is not None:
        attach_recorder(run, record, resume=resume)
    if log_dir is not None:
        attach_event_log(run, log_dir, resume=resume)
    with closing(run):
        return _train_and_test(run, begin, json=json, quiet=quiet)


def _train_and_test(run: Run, begin: float, *, json: bool, quiet: bool) -> int:
    from mnist_nn.cli.train import summary
    from mnist_nn.evaluation.metrics import evaluate

    stopped = _learn(run, quiet=quiet)
    if not run.is_finished:
        run.save()
        if stopped:
            raise stopped
        print(f"mnist-nn: {run.how_to_resume}", file=sys.stderr)
        return INTERRUPTED
    try:
        result = evaluate(run.checkpoint.chosen, run.dataset.test, run.training.loss, engine=run.engine)
    except MnistNNError:  # what was learned must not be lost
        run.save()
        raise
    run.finish(result)
    summary.show(run, result, time.perf_counter() - begin, json=json, quiet=quiet)
    return 2 if run.log_failed else 0


def _learn(run: Run, *, quiet: bool) -> DivergedError | None:
    """Train to the end, or until Ctrl-C or divergence; the run then holds the last sound checkpoint."""
    from mnist_nn.cli.train import progress
    from mnist_nn.training.loop import train as epochs

    run.saved = time.monotonic()
    with defer_interrupt() as interrupted, progress.show_progress(run.training, quiet=quiet) as show:
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
                run.update(epoch)
                show(epoch)
                if interrupted:
                    break
                if time.monotonic() - run.saved > SAVE_EVERY:
                    run.try_to_save()
        except DivergedError as error:
            return error
    return None
