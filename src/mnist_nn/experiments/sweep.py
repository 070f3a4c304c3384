"""A sweep: the rows of its table, in a fixed order, and the choice of the best configuration.

Every configuration is trained with the same seeds. The choice uses only the held-out images; the test images are not
used here. Nothing is written or printed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from mnist_nn.evaluation.comparison import Summary, summarize
from mnist_nn.experiments.runs import Outcome, Trial
from mnist_nn.experiments.space import Configuration

NUMBERED = ("configuration", "seed")


class Candidate(NamedTuple):
    """A configuration to train with every seed, and its number from 1.

    With successive halving it comes once in each round, from ``rung`` 0 on, that it reaches; its runs then stop after
    the epoch ``until``.
    """

    number: int
    configuration: Configuration
    rung: int = 0
    until: int | None = None


@dataclass(frozen=True)
class ConfigurationResult:
    """A configuration, its number from 1, and its accuracy on the held-out images with each seed.

    ``losses`` are on the held-out images too. ``diverged`` counts the runs that diverged, which have neither. ``rung``
    is that of the candidate.
    """

    number: int
    configuration: Configuration
    accuracies: tuple[float, ...]
    losses: tuple[float, ...]
    diverged: int
    rung: int = 0

    @property
    def summary(self) -> Summary | None:
        """Mean, deviation and interval of the held-out accuracy; None if every run diverged."""
        return summarize(self.accuracies) if self.accuracies else None


def plan_trials(candidates: Sequence[Candidate], seeds: Sequence[int]) -> list[Trial]:
    """List all runs: each candidate with every seed."""
    return [
        Trial(one.configuration.shape, replace(one.configuration.training, seed=seed), one.until)
        for one in candidates
        for seed in seeds
    ]


def list_columns(names: Iterable[str]) -> tuple[str, ...]:
    """Return the columns of the table for the settings that vary.

    Examples
    --------
    >>> list_columns(["l2"])[:4]
    ('configuration', 'seed', 'l2', 'validation_accuracy')
    """
    return (*NUMBERED, *names, *Outcome._fields)


def make_row(candidate: Candidate, seed: int, names: Iterable[str], outcome: Outcome | None) -> list[str]:
    """Make the row of a run that ended; the results of one that diverged are empty, and so are settings it lacks."""
    results = outcome or [None] * len(Outcome._fields)
    return [*identify(candidate, seed, names), *("" if value is None else repr(value) for value in results)]


def identify(candidate: Candidate, seed: int, names: Iterable[str]) -> list[str]:
    """Make the first cells of a row, which say of which run it is.

    Examples
    --------
    >>> from mnist_nn import NetworkConfig, TrainingConfig
    >>> identify(Candidate(3, Configuration({"l2": 0.1}, NetworkConfig(), TrainingConfig())), 7, ["l2", "momentum"])
    ['3', '7', '0.1', '']
    """
    settings = candidate.configuration.settings
    return [str(candidate.number), str(seed), *(write_value(settings.get(name)) for name in names)]


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


def order_rows(done: int, rows: Iterable[tuple[int, list[str]]]) -> Iterator[list[list[str]]]:
    """Yield rows in the order of their trials, each as soon as all rows before it are there.

    Parameters
    ----------
    done
        How many trials, from the first on, have been written already.
    rows
        The number of the trial, from 0, and its row, as they come.

    Examples
    --------
    >>> list(order_rows(1, [(2, ["c"]), (1, ["b"]), (3, ["d"])]))
    [[['b'], ['c']], [['d']]]
    """
    waiting: dict[int, list[str]] = {}
    for number, row in rows:
        waiting[number] = row
        ready = []
        while done in waiting:
            ready.append(waiting.pop(done))
            done += 1
        if ready:
            yield ready


def gather_results(candidates: Sequence[Candidate], rows: Iterable[Mapping[str, str]]) -> list[ConfigurationResult]:
    """Gather the rows of a whole round by candidate, in their order."""
    by_number: dict[int, list[Mapping[str, str]]] = {}
    for row in rows:
        by_number.setdefault(int(row["configuration"]), []).append(row)
    results = []
    for one in candidates:
        finished = [row for row in by_number[one.number] if row["validation_accuracy"]]
        accuracies, losses = (
            tuple(float(row[name]) for row in finished) for name in ("validation_accuracy", "validation_loss")
        )
        diverged = len(by_number[one.number]) - len(finished)
        results.append(ConfigurationResult(one.number, one.configuration, accuracies, losses, diverged, one.rung))
    return results


def rank_results(results: Sequence[ConfigurationResult]) -> list[ConfigurationResult]:
    """Sort by mean accuracy on the held-out images; if equal, by lower mean loss, then by number.

    Those of a later rung come first, because they were trained longer. Configurations with a run that diverged come
    last.
    """
    return sorted(results, key=_rank)


def choose_best(results: Sequence[ConfigurationResult]) -> ConfigurationResult | None:
    """Choose the first configuration by `rank_results`; None if every configuration has a run that diverged."""
    sound = [one for one in results if not one.diverged]
    return rank_results(sound)[0] if sound else None


def _rank(result: ConfigurationResult) -> tuple[int, int, float, float]:
    n = max(len(result.accuracies), 1)
    return result.diverged, -result.rung, -sum(result.accuracies) / n, sum(result.losses) / n
