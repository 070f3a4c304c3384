"""Training runs on the workers of a cluster, in blocks that share their preparation of the data.

A worker loads the data itself, by its name, and makes sure that it is the data of the machine that asks.
"""

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from functools import lru_cache
from typing import NamedTuple

from mnist_nn.data import Samples, load
from mnist_nn.errors import ClusterError, MnistNNError
from mnist_nn.experiments.runs import Outcome, Trial, divide, run_block
from mnist_nn.util.cluster import Cluster, name_worker


class TrainingSetup(NamedTuple):
    """What a worker needs besides the runs: the name or path of the data, its digest, and the engine."""

    data: str
    digest: str
    engine: str


class TrialBlock(NamedTuple):
    """Runs of one block, and their numbers in the list of all."""

    numbers: tuple[int, ...]
    trials: tuple[Trial, ...]


def run_elsewhere(
    cluster: Cluster, setup: TrainingSetup, trials: Sequence[Trial], stop: Callable[[], bool]
) -> Generator[tuple[int, Outcome | None]]:
    """Run trials on a cluster; yield the number of each and its figures, None if it diverged.

    ``stop`` is asked while blocks are computed; once it says so, the others are given up.

    Raises
    ------
    ClusterError
        If the cluster fails, or a worker has other data than this machine.
    """
    numbers = divide(trials, max(1, cluster.count_threads()))
    blocks = [TrialBlock(tuple(block), tuple(trials[number] for number in block)) for block in numbers]
    with closing(cluster.map_blocks(train_block, setup, blocks, stop)) as done:
        for block, outcomes in done:
            yield from zip(block.numbers, outcomes, strict=True)


def train_block(setup: TrainingSetup, block: TrialBlock) -> list[Outcome | None]:
    """Train the runs of a block on a worker."""
    return run_block(block.trials, _load(setup.data, setup.digest), setup.engine)


@lru_cache(maxsize=1)
def _load(name: str, digest: str) -> Samples:
    try:
        dataset = load(name)
        found = dataset.digest
    except MnistNNError as error:
        raise ClusterError(f"the worker at {name_worker()} cannot load the data: {error}") from error
    if found != digest:
        raise ClusterError(f"the worker at {name_worker()} has other data in {name!r} than this machine; copy it there")
    return dataset.train
