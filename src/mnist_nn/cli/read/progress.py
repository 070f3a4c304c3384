"""The progress bar on standard error that is shown in a terminal while many files are read."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from mnist_nn.cli.common import terminal


class Advance(Protocol):
    """Moves the bar on."""

    def __call__(self, files: int = 1, /) -> None:
        """Move it by so many files."""


@contextmanager
def show_progress(count_files: Callable[[], int], *, quiet: bool) -> Iterator[Advance]:
    """Yield a function to call with the number of files that are done. Files are counted only if the bar is shown."""
    total = count_files() if terminal.can_draw() and not quiet else 1
    if total <= 1:
        yield lambda _files=1: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    # What is printed on standard output must go there even while the bar is drawn, unless both are one terminal.
    with Progress(*columns, console=Console(stderr=True), redirect_stdout=sys.stdout.isatty()) as progress:
        task = progress.add_task("reading", total=total)
        yield lambda files=1: progress.advance(task, files)
