"""A sweep: the rows of its table, in an order that nothing changes, and the choice of the best configuration.

Every configuration is trained with the same seeds. The choice is made by the held-out images alone; the test images are
not used here. Nothing is written or printed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mnist_nn.evaluation.comparison import Summary, summarize
from mnist_nn.experiments.runs import Step, Trial
from mnist_nn.experiments.space import Configuration

RESULTS = ("validation_accuracy", "validation_loss", "accuracy", "loss", "epochs", "best_epoch")
NUMBERED = ("configuration", "seed")


@dataclass(frozen=True)
class ConfigurationResult:
    """A configuration, its number from 1, and its accuracy on the held-out images with each seed.

    ``losses`` are on the held-out images too. ``diverged`` counts the runs that diverged, which have neither.
    """

    number: int
    configuration: Configuration
    accuracies: tuple[float, ...]
    losses: tuple[float, ...]
    diverged: int

    @property
    def summary(self) -> Summary | None:
        """Mean, deviation and interval of the held-out accuracy; None if every run diverged."""
        return summarize(self.accuracies) if self.accuracies else None


def plan_trials(configurations: Sequence[Configuration], seeds: Sequence[int]) -> list[Trial]:
    """List all runs: each configuration with every seed."""
    return [Trial(one.shape, replace(one.training, seed=seed)) for one in configurations for seed in seeds]


def list_columns(names: Iterable[str]) -> tuple[str, ...]:
    """Return the columns of the table for the settings that vary.

    Examples
    --------
    >>> list_columns(["l2"])[:4]
    ('configuration', 'seed', 'l2', 'validation_accuracy')
    """
    return (*NUMBERED, *names, *RESULTS)


def make_row(number: int, configuration: Configuration, seed: int, names: Iterable[str], step: Step) -> list[str]:
    """Make the row of a finished run; the results of one that diverged are empty, and so are settings it lacks."""
    settings = [write_value(configuration.settings.get(name)) for name in names]
    if step.epoch is None:
        return [str(number), str(seed), *settings, *[""] * len(RESULTS)]
    at = step.epoch.checkpoint
    scores = at.history[(at.best.epoch if at.best else at.epoch) - 1]
    best = at.best.epoch if at.best else None
    results = (scores.validation_accuracy, scores.validation_loss, scores.accuracy, scores.loss, at.epoch, best)
    return [str(number), str(seed), *settings, *("" if value is None else repr(value) for value in results)]


def write_value(value: Any) -> str:
    """Write the value of a setting as it is typed for a sweep; empty if it has none.

    Examples
    --------
    >>> write_value((30, 20)), write_value(()), write_value(0.001), write_value(None)
    ('30/20', 'none', '0.001', '')
    """
    if isinstance(value, tuple):
        return "/".join(map(write_value, value)) or "none"
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def order_rows(trials: int, done: int, rows: Iterable[tuple[int, list[str]]]) -> Iterator[list[list[str]]]:
    """Yield rows in the order of their trials, as soon as none before them is missing.

    Parameters
    ----------
    trials
        Number of all trials.
    done
        How many of them, from the first on, have been written already.
    rows
        The number of the trial, from 0, and its row, as they come.

    Examples
    --------
    >>> list(order_rows(4, 1, [(2, ["c"]), (1, ["b"]), (3, ["d"])]))
    [[['b'], ['c']], [['d']]]
    """
    waiting: dict[int, list[str]] = {}
    for number, row in rows:
        waiting[number] = row
        ready = []
        while done < trials and done in waiting:
            ready.append(waiting.pop(done))
            done += 1
        if ready:
            yield ready


def gather_results(
    configurations: Sequence[Configuration], rows: Iterable[Mapping[str, str]]
) -> list[ConfigurationResult]:
    """Gather the rows of a whole table by configuration, in their order."""
    by_number: dict[int, list[Mapping[str, str]]] = {}
    for row in rows:
        by_number.setdefault(int(row["configuration"]), []).append(row)
    results = []
    for number, configuration in enumerate(configurations, start=1):
        finished = [row for row in by_number[number] if row["validation_accuracy"]]
        accuracies, losses = (
            tuple(float(row[name]) for row in finished) for name in ("validation_accuracy", "validation_loss")
        )
        diverged = len(by_number[number]) - len(finished)
        results.append(ConfigurationResult(number, configuration, accuracies, losses, diverged))
    return results


def rank_results(results: Sequence[ConfigurationResult]) -> list[ConfigurationResult]:
    """Sort by mean accuracy on the held-out images; if equal, by lower mean loss, then by number.

    Configurations of which a run diverged come last.
    """
    return sorted(results, key=_rank)


def choose_best(results: Sequence[ConfigurationResult]) -> ConfigurationResult | None:
    """Choose the first by `rank_results`; None if a run of every configuration diverged."""
    sound = [one for one in results if not one.diverged]
    return rank_results(sound)[0] if sound else None


def _rank(result: ConfigurationResult) -> tuple[int, float, float]:
    n = max(len(result.accuracies), 1)
    return result.diverged, -sum(result.accuracies) / n, sum(result.losses) / n
