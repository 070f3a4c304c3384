"""Many training runs at once: blocks of runs on several threads, with the same bits for any number of threads.

Each run gives the same result as `mnist_nn.training.loop.train` with the same settings. Threads are enough because the
compiled engine lets other threads run while it computes, and because they share the images. A block of runs with the
same data places, splits and shuffles them once. Nothing is saved or printed here.
"""

import math
import queue
import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from typing import Any, NamedTuple

from mnist_nn.data import Samples
from mnist_nn.engines import select
from mnist_nn.errors import DivergedError
from mnist_nn.nn.config import NetworkConfig, TrainingConfig
from mnist_nn.nn.network import Network
from mnist_nn.training.checkpoint import Checkpoint
from mnist_nn.training.loop import Epoch, train_placed
from mnist_nn.training.memory import estimate_memory
from mnist_nn.training.placement import Placement, depends_on, make_targets
from mnist_nn.util.memory import check_available
from mnist_nn.util.processors import count_processors

BLOCK = 16  # runs; more would only make threads wait for each other at the end
KEPT = 4  # kinds of data at least, because most sweeps have few seeds
BLOCKS_PER_JOB = 3  # at least, so that no thread is left over with a long one


@dataclass(frozen=True)
class Trial:
    """A run to be done: the shape of a network, how it is trained, and the epoch to stop after, if not the last one.

    What stops early has the bits that the whole run has after that epoch.
    """

    shape: NetworkConfig
    training: TrainingConfig
    until: int | None = None

    def begin(self) -> Checkpoint:
        """Return the checkpoint at the start."""
        return Checkpoint.start(Network.create(self.shape, self.training.seed), self.training)

    def is_over(self, at: Checkpoint) -> bool:
        """Say whether the run ends at this checkpoint."""
        return at.is_finished(self.training) or (self.until is not None and at.epoch >= self.until)


class Outcome(NamedTuple):
    """The figures of a run that has ended, as plain numbers: those of the epoch whose weights are used.

    ``accuracy`` and ``loss`` are of the training images, ``epochs`` is how many were trained, and ``best_epoch`` is
    None without patience.
    """

    validation_accuracy: float | None
    validation_loss: float | None
    accuracy: float
    loss: float
    epochs: int
    best_epoch: int | None

    @classmethod
    def of(cls, at: Checkpoint) -> "Outcome":
        """Take the figures from the last checkpoint of a run."""
        row, best = at.chosen_scores, at.best.epoch if at.best else None
        return cls(row.validation_accuracy, row.validation_loss, row.accuracy, row.loss, at.epoch, best)


class Step(NamedTuple):
    """One result of `run_trials`: an epoch, or a part of one, of the trial with this number.

    The last step of a trial has ``is_last``; then ``result`` is the result of ``judge``. A trial that diverged has an
    ``error``, and None instead of an epoch.
    """

    trial: int
    epoch: Epoch | None
    is_last: bool
    result: Any = None
    error: DivergedError | None = None


def run_trials(
    trials: Sequence[Trial],
    samples: Samples,
    *,
    engine: str = "auto",
    jobs: int | None = None,
    judge: Callable[[Checkpoint], Any] | None = None,
    signs: bool = True,
    shelf: "Shelf | None" = None,
) -> Generator[Step, None, None]:
    """Run trials, yielding steps as they come; those of one trial are in order.

    Closing the generator ends all runs at their next safe point.

    Parameters
    ----------
    trials
        The trials to run; the results of a trial do not depend on the others.
    samples
        The training images and labels; each configuration takes its subset and hold-out from them.
    engine
        One of `mnist_nn.engines.select.available`.
    jobs
        Number of threads; None for one on each processor. Results do not depend on it.
    judge
        Called with the last checkpoint of each trial, on the thread that trained it.
    signs
        Whether checkpoints contain the signs of problems, which `mnist_nn.diagnose` reads.
    shelf
        Stores the prepared data of earlier calls with the same samples and engine, and that of this call.

    Raises
    ------
    ConfigError
        If a trial's settings contradict each other or the data, or training needs more memory than is available.
    DataError
        If the samples cannot be used for training.

    Examples
    --------
    >>> from mnist_nn import load_data
    >>> few = load_data("mnist").train.take(range(300))
    >>> trials = [Trial(NetworkConfig(), TrainingConfig(epochs=2, seed=seed)) for seed in range(3)]
    >>> steps = [step for step in run_trials(trials, few, jobs=2) if step.is_last]
    >>> sorted(step.trial for step in steps), steps[0].epoch.checkpoint.epoch
    ([0, 1, 2], 2)
    """
    jobs = min(jobs or count_processors(), max(len(trials), 1))
    _check_memory(trials, jobs, engine)
    work = _Work(trials, shelf or Shelf(samples, engine, jobs), judge, signs=signs)
    with ThreadPoolExecutor(jobs, thread_name_prefix="trials") as pool, closing(work):
        running = [pool.submit(work.run_block, block) for block in divide(trials, jobs)]
        for block in running:
            block.add_done_callback(work.steps.put)
        left = len(running)
        while left:
            step = work.steps.get()
            if isinstance(step, Step):
                yield step
            else:
                left -= 1
                step.result()  # raises what ended the block


def run_block(trials: Sequence[Trial], samples: Samples, engine: str = "auto", jobs: int = 1) -> list[Outcome | None]:
    """Run some trials to their ends, and return the figures of each; None for one that diverged.

    This is the unit of work to give to another process: arguments and results are plain data, and the same trials on
    the same samples give the same figures wherever and however often they are computed. `divide` makes blocks that
    share their preparation of the samples.

    Raises
    ------
    ConfigError, DataError
        As `run_trials`.

    Examples
    --------
    >>> from mnist_nn import load_data
    >>> few = load_data("mnist").train.take(range(300))
    >>> [outcome] = run_block([Trial(NetworkConfig(), TrainingConfig(epochs=2, validation=0.1))], few)
    >>> outcome.epochs, outcome.validation_accuracy is None
    (2, False)
    """
    steps = run_trials(trials, samples, engine=engine, jobs=jobs, judge=Outcome.of, signs=False)
    found = {step.trial: step.result for step in steps if step.is_last}
    return [found[number] for number in range(len(trials))]


def divide(trials: Sequence[Trial], jobs: int) -> list[list[int]]:
    """Divide trials into blocks with the same data and with the same seed, as far as the seed affects the data.

    Returns the numbers of the trials of each block, in the order in which they should begin.

    Examples
    --------
    >>> trials = [Trial(NetworkConfig(), TrainingConfig(validation=0.1, seed=seed)) for seed in (1, 2, 1, 2)]
    >>> divide(trials, 1)
    [[0, 2], [1, 3]]
    """
    groups: dict[Any, list[int]] = {}
    for number, trial in enumerate(trials):
        groups.setdefault(_name_data(trial), []).append(number)
    length = min(BLOCK, max(1, math.ceil(len(trials) / (BLOCKS_PER_JOB * jobs))))
    blocks = [group[at : at + length] for group in groups.values() for at in range(0, len(group), length)]
    return sorted(blocks)  # so that whoever needs the results in order need not wait long


def _name_data(trial: Trial) -> Any:
    return depends_on(trial.training), trial.shape.dtype, trial.shape.prepare


def _check_memory(trials: Sequence[Trial], jobs: int, engine: str) -> None:
    """Raise ConfigError if so many of the largest networks do not fit into the memory."""
    largest = max((estimate_memory(one.shape, one.training, engine) for one in trials), default=0)
    check_available(largest * jobs, f"training {jobs} networks at a time", "lower jobs or the size of the layers")


class Shelf:
    """Placements that blocks with the same data share, also those of several calls; only a few are kept.

    ``jobs`` is the number of threads that use it.
    """

    def __init__(self, samples: Samples, engine: str, jobs: int) -> None:
        self.samples, self.engine, self.jobs = samples, engine, jobs
        self.kept: dict[Any, Future[Placement]] = {}
        self.lock = threading.Lock()

    def get(self, trial: Trial) -> Placement:
        """Prepare the data of a trial, or wait for the thread that does it."""
        name = _name_data(trial)
        with self.lock:
            found = self.kept.pop(name, None)
            self.kept[name] = shared = found or Future()
            while len(self.kept) > max(self.jobs, KEPT):
                del self.kept[next(iter(self.kept))]
        if found is None:
            try:
                shared.set_result(self.prepare(trial))
            except BaseException as error:
                shared.set_exception(error)
                raise
        return shared.result().share(trial.training)

    def prepare(self, trial: Trial) -> Placement:
        """Split and place the samples for a trial."""
        threads = None if self.jobs == 1 else max(1, count_processors() // self.jobs)
        engine = select.create(self.engine, trial.shape.dtype, threads)
        placement = Placement.prepare(self.samples, trial.training, engine, trial.shape)
        if not trial.training.distorts:
            labels, smoothing = placement.training.labels, trial.training.label_smoothing
            targets = make_targets(labels, trial.shape.outputs, smoothing, soft=False)
            placement.place(targets, smoothing, trial.shape.dtype)
        return placement


class _Work:
    """What the threads share: the trials, their data, and the steps on their way to whoever consumes them."""

    def __init__(
        self, trials: Sequence[Trial], shelf: Shelf, judge: Callable[[Checkpoint], Any] | None, *, signs: bool
    ) -> None:
        self.trials, self.shelf, self.judge, self.signs = trials, shelf, judge, signs
        self.steps: queue.SimpleQueue[Step | Future[None]] = queue.SimpleQueue()
        self.stopped = threading.Event()

    def close(self) -> None:
        """Let every block end at its next step."""
        self.stopped.set()

    def run_block(self, block: Sequence[int]) -> None:
        """Run the trials of a block one after the other; if one fails, all blocks end."""
        try:
            placement = None if self.stopped.is_set() else self.shelf.get(self.trials[block[0]])
            for number in block:
                if placement and not self.stopped.is_set():
                    self.run(number, placement)
        except BaseException:
            self.close()
            raise

    def run(self, number: int, placement: Placement) -> None:
        trial = self.trials[number]
        running = train_placed(trial.shape, trial.training, placement, trial.begin(), steps=True, signs=self.signs)
        try:
            with closing(running) as epochs:
                for epoch in epochs:
                    if self.stopped.is_set():
                        return
                    is_last = epoch.complete and trial.is_over(epoch.checkpoint)
                    result = self.judge(epoch.checkpoint) if is_last and self.judge else None
                    self.steps.put(Step(number, epoch, is_last, result))
                    if is_last:
                        return
        except DivergedError as error:
            self.steps.put(Step(number, None, is_last=True, error=error))
