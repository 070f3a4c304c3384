"""Shows the progress of training: a bar in a terminal, one line per epoch elsewhere, or nothing.

Each is a context manager that yields a function to call with every `Epoch`. Everything goes to standard error.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

from mnist_nn.cli.common import terminal
from mnist_nn.cli.common.terminal import say
from mnist_nn.nn.config import TrainingConfig

if TYPE_CHECKING:
    from mnist_nn.experiments.runs import Step
    from mnist_nn.reading.calibrate_numbers import KindResult
    from mnist_nn.reading.reader_stages import NumberStep, SequenceStep
    from mnist_nn.training.checkpoint import Scores
    from mnist_nn.training.loop import Epoch

Show = Callable[["Epoch"], None]
ShowTrial = Callable[["Step", str], None]
LINE_SECONDS = 10.0  # after which a long epoch gets a line before it is complete


def describe(scores: "Scores", epochs: int) -> str:
    """Describe the scores of an epoch in one line."""
    text = f"epoch {scores.epoch}/{epochs}  loss {scores.loss:.5f}  accuracy {100 * scores.accuracy:.2f} %"
    if scores.validation_accuracy is not None:
        text += f"  validation {100 * scores.validation_accuracy:.2f} %"
    return text


def show_progress(training: TrainingConfig, *, quiet: bool) -> AbstractContextManager[Show]:
    """Choose how to show progress: a bar, lines, or nothing."""
    if quiet:
        return show_nothing()
    return draw_bar(training) if terminal.can_draw() else print_lines(training)


@contextmanager
def show_stages(
    training: TrainingConfig, *, quiet: bool
) -> Iterator[Callable[["Epoch | SequenceStep | NumberStep"], None]]:
    """Show epochs as `show_progress` does, and one line for each report of another stage."""
    from mnist_nn.reading.reader_stages import SequenceStep
    from mnist_nn.training.loop import Epoch

    with show_progress(training, quiet=quiet) as show:

        def show_step(step: "Epoch | SequenceStep | NumberStep") -> None:
            if isinstance(step, Epoch):
                show(step)
            elif not quiet:
                lines = [describe_sequence(step)] if isinstance(step, SequenceStep) else map(describe_kind, step.kinds)
                say(*lines, sep="\n", file=sys.stderr, flush=True)

        yield show_step


def describe_sequence(step: "SequenceStep") -> str:
    """Describe the report of a sequence network in one line."""
    report = step.report
    return (
        f"sequence network {step.number}  update {report.updates}/{report.of}  loss per digit "
        f"{report.loss:.4f}  whole lines {100 * report.whole:.1f} %, unseen {100 * report.unseen:.1f} % "
        f" {report.lines_per_second:.0f} lines/s  {report.seconds_left / 60:.0f} min left"
    )


def describe_kind(result: "KindResult") -> str:
    """Describe in one line what the calibration of numbers found for a kind of paper."""
    held = "" if result.held else "; for this kind alone that does not prove the limit"
    return (
        f"numbers, {result.kind}  accepted {result.accepted}/{result.answers}, wrong {result.wrong} "
        f"(at most {100 * result.bound:.2f} %){held}"
    )


@contextmanager
def show_nothing() -> Iterator[Show]:
    """Show nothing."""
    yield lambda _epoch: None


@contextmanager
def print_lines(training: TrainingConfig) -> Iterator[Show]:
    """Print one line when an epoch is complete, and one every 10 seconds until it is."""
    printed = time.monotonic()

    def show(epoch: "Epoch") -> None:
        nonlocal printed
        if not epoch.complete and time.monotonic() - printed < LINE_SECONDS:
            return
        text, seconds = describe(epoch.scores, training.epochs), epoch.scores.seconds
        text += f"  {seconds:.2f} s" if epoch.complete else describe_rest(epoch, training.epochs)
        say(text, file=sys.stderr, flush=True)
        printed = time.monotonic()

    yield show


def describe_rest(epoch: "Epoch", epochs: int) -> str:
    """Describe how much of an epoch is done, and how long the whole epoch will take at this rate."""
    from mnist_nn.cli.common.tables import duration

    done = epoch.progress * epochs - (epoch.scores.epoch - 1)
    return f"  {100 * done:.2g} % of the epoch, which takes about {duration(epoch.scores.seconds / done)}"


@contextmanager
def draw_bar(training: TrainingConfig) -> Iterator[Show]:
    """Draw one progress bar for the whole run, with the scores of the epoch so far."""
    with open_bar(1.0) as update:
        yield lambda epoch: update(epoch.progress, describe(epoch.scores, training.epochs))


@contextmanager
def show_trials(count: int, *, done: int = 0, quiet: bool) -> Iterator[ShowTrial]:
    """Show how many of several runs are done: one bar for all runs in a terminal, one line per run elsewhere.

    ``done`` of them were finished earlier. Yields a function to call with every `Step` and the name of its run.
    """
    if quiet:
        yield lambda _step, _name: None
    elif terminal.can_draw():
        with open_bar(float(count)) as update:
            yield _make_trial_bar(count, done, update)
    else:
        yield _print_trial


def _make_trial_bar(count: int, before: int, update: Callable[[float, str], None]) -> ShowTrial:
    running: dict[int, float] = {}
    done = before

    def show(step: "Step", _name: str) -> None:
        nonlocal done
        running.pop(step.trial, None)
        if step.is_last:
            done += 1
        elif step.epoch:
            running[step.trial] = step.epoch.progress
        update(done + sum(running.values()), f"{done} of {count} runs")

    return show


def _print_trial(step: "Step", name: str) -> None:
    if step.is_last and step.epoch:
        line = describe(step.epoch.scores, step.epoch.scores.epoch)
        seconds = sum(row.seconds for row in step.epoch.checkpoint.history)
        say(f"{name}  {line}  {seconds:.2f} s", file=sys.stderr, flush=True)


@contextmanager
def open_bar(total: float) -> Iterator[Callable[[float, str], None]]:
    """Draw a bar on standard error; yields a function that sets how much is done, and the words beside the bar."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (BarColumn(), TaskProgressColumn(), TextColumn("{task.description}"), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=False) as progress:
        task = progress.add_task("starting", total=total)
        yield lambda done, words: progress.update(task, completed=done, description=words)
