"""Training runs side by side on the command line: with progress, until all have ended or Ctrl-C stops them."""

from collections.abc import Callable, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any

from mnist_nn.cli.train.progress import ShowTrial

if TYPE_CHECKING:
    from mnist_nn.data import Samples
    from mnist_nn.experiments.runs import Step, Trial
    from mnist_nn.training.checkpoint import Checkpoint


def finish_trials(
    trials: "Sequence[Trial]",
    samples: "Samples",
    names: Sequence[str],
    show: ShowTrial,
    interrupted: Sequence[bool],
    *,
    engine: str,
    jobs: int | None,
    judge: "Callable[[Checkpoint], Any] | None" = None,
) -> "dict[int, Step]":
    """Train until every trial has ended; return the last step of each finished trial, by its number.

    Parameters
    ----------
    trials, samples, engine, jobs, judge
        See `mnist_nn.experiments.runs.run_trials`.
    names
        The name that is shown for each trial while it runs.
    show
        Called with every step and the name of its trial.
    interrupted
        Gets an entry when the runs should end at their next safe point.
    """
    from mnist_nn.experiments.runs import run_trials

    last = {}
    with closing(run_trials(trials, samples, engine=engine, jobs=jobs, judge=judge)) as steps:
        for step in steps:
            show(step, names[step.trial])
            if step.is_last:
                last[step.trial] = step
            if interrupted:
                break
    return last
