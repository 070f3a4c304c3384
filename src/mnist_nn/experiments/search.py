"""Decides what a sweep trains next: all configurations in one round, or rounds that depend on earlier results.

A search yields the candidates of a round and receives their results in the same order. It depends on nothing else, so a
sweep that was killed repeats the rounds that are already in its table, and continues with the same candidates.
"""

import math
from collections.abc import Generator, Sequence

from mnist_nn.errors import ConfigError
from mnist_nn.experiments.space import Configuration
from mnist_nn.experiments.sweep import Candidate, ConfigurationResult, rank_results

FACTOR = 3  # a round of successive halving keeps one in so many, as in the papers on it
Rounds = Generator[list[Candidate], Sequence[ConfigurationResult], None]


def search_all(configurations: Sequence[Configuration]) -> Rounds:
    """Train all configurations in one round."""
    yield [Candidate(number, one) for number, one in enumerate(configurations, start=1)]


def search_by_halving(configurations: Sequence[Configuration]) -> Rounds:
    """Train all for a few epochs, and only the best third of each round for three times as many.

    This is successive halving (Jamieson and Talwalkar, AISTATS 2016), with a round that ends before the next one
    begins. The best third is chosen by `rank_results`, without configurations that have a run that diverged. Each round
    trains from the seed again, which gives the bits that a continued run would have.

    Parameters
    ----------
    configurations
        The configurations, all with the same number of epochs, which only the last round trains completely.

    Raises
    ------
    ConfigError
        If there are too few epochs to divide.
    """
    left = [Candidate(number, one) for number, one in enumerate(configurations, start=1)]
    rungs = list_rungs(configurations[0].training.epochs, len(left))
    for rung, (until, _) in enumerate(rungs):
        results = yield [one._replace(rung=rung, until=until) for one in left]
        kept = rungs[rung + 1][1] if rung + 1 < len(rungs) else 0
        best = {one.number for one in rank_results([one for one in results if not one.diverged])[:kept]}
        left = [one for one in left if one.number in best]
        if not left:
            return


def list_rungs(epochs: int, count: int) -> list[tuple[int, int]]:
    """List the rounds of successive halving: the epoch after which runs stop, and the number of configurations.

    Examples
    --------
    >>> list_rungs(10, 20)
    [(2, 20), (4, 7), (10, 3)]
    >>> list_rungs(10, 1)
    [(10, 1)]
    """
    if epochs < FACTOR:
        raise ConfigError(f"search halving first trains a third of the epochs; give at least {FACTOR} epochs")
    rungs = [(epochs, count)]
    while rungs[-1][1] >= FACTOR and epochs >= FACTOR ** len(rungs):
        rungs.append((epochs, math.ceil(rungs[-1][1] / FACTOR)))
    last = len(rungs) - 1
    return [(math.ceil(epochs / FACTOR ** (last - rung)), size) for rung, (_, size) in enumerate(rungs)]
