"""What a person sees while a network trains: a bar in a terminal, a line per epoch elsewhere, or nothing.

Each is a context manager that gives a function to call with every `Epoch`. Everything goes to standard error.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

from mnist_nn.cli.common import terminal
from mnist_nn.nn.config import TrainingConfig

if TYPE_CHECKING:
    from mnist_nn.training.checkpoint import Scores
    from mnist_nn.training.loop import Epoch

Show = Callable[["Epoch"], None]


def describe(scores: "Scores", epochs: int) -> str:
    """Write the scores of an epoch in one line."""
    text = f"epoch {scores.epoch}/{epochs}  loss {scores.loss:.5f}  accuracy {100 * scores.accuracy:.2f} %"
    if scores.validation_accuracy is not None:
        text += f"  validation {100 * scores.validation_accuracy:.2f} %"
    return text


def show_progress(training: TrainingConfig, *, quiet: bool) -> AbstractContextManager[Show]:
    """Choose the way that suits whoever is watching."""
    if quiet:
        return show_nothing()
    return draw_bar(training) if terminal.can_draw() else print_lines(training)


@contextmanager
def show_nothing() -> Iterator[Show]:
    """Show nothing."""
    yield lambda _epoch: None


@contextmanager
def print_lines(training: TrainingConfig) -> Iterator[Show]:
    """Print a line when an epoch is complete."""

    def show(epoch: "Epoch") -> None:
        if epoch.complete:
            print(
                f"{describe(epoch.scores, training.epochs)}  {epoch.scores.seconds:.2f} s",
                file=sys.stderr,
                flush=True,
            )

    yield show


@contextmanager
def draw_bar(training: TrainingConfig) -> Iterator[Show]:
    """Draw one bar over the whole run, with the scores of the epoch so far."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (BarColumn(), TaskProgressColumn(), TextColumn("{task.description}"), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=False) as progress:
        task = progress.add_task("starting", total=1.0)

        def show(epoch: "Epoch") -> None:
            progress.update(task, completed=epoch.progress, description=describe(epoch.scores, training.epochs))

        yield show
