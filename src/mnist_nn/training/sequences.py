"""Training on lines with the CTC loss, for any network, with the same engines that learn single digits.

Every window of a line is a sample. Its soft targets follow from the network's outputs for the whole line (`nn.ctc`,
docs/explanation/ctc.md). This module does not know where lines come from: it requests them by the number of the update,
so that a run depends only on its settings and can be stopped anywhere and resumed.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from mnist_nn.engines import select
from mnist_nn.engines.base import Engine, Plan, check_width
from mnist_nn.errors import ConfigError, DivergedError, NotFiniteError
from mnist_nn.imaging.windows import WINDOWS, cut_windows_of_lines
from mnist_nn.nn import schedules
from mnist_nn.nn.config import NetworkConfig, TrainingConfig, check
from mnist_nn.nn.ctc import ctc_posteriors, greedy, log_softmax
from mnist_nn.nn.network import Network
from mnist_nn.nn.optimizers import get_optimizer, initial_state
from mnist_nn.training.checkpoint import Checkpoint
from mnist_nn.training.divergence import explain_divergence
from mnist_nn.util import randomness

Array = npt.NDArray[Any]
AHEAD = 2
"""Number of updates whose lines are composed in advance, so that one may be late."""
ALL = 2**40
"""Windows of one batch: more than an update ever has, so that all its windows are one batch."""
LEAST_ERROR = 0.01
"""The least error of an output for which its window is learned."""


class Lines(Protocol):
    """Lines of ink and their labels.

    ``maps`` are uint8 of shape (lines, 32, greatest width), 0 for paper. ``widths`` of shape (lines,) are in pixels.
    ``labels`` of shape (lines, most digits) and ``lengths`` of shape (lines,) give the digits. ``centres``, of the same
    shape as ``labels``, are the columns of the digits' centres.
    """

    @property
    def maps(self) -> npt.NDArray[np.uint8]: ...  # noqa: D102 - the class says what they are
    @property
    def widths(self) -> npt.NDArray[Any]: ...  # noqa: D102
    @property
    def labels(self) -> npt.NDArray[Any]: ...  # noqa: D102
    @property
    def lengths(self) -> npt.NDArray[Any]: ...  # noqa: D102
    @property
    def centres(self) -> npt.NDArray[Any]: ...  # noqa: D102


@dataclass(frozen=True, kw_only=True)
class SequenceTraining:
    """How a network learns lines: AdamW, with a short warm-up of the learning rate and then a cosine down to zero.

    Parameters
    ----------
    updates, lines_per_update
        Number of updates, and number of lines over which the gradient of each update is averaged.
    learning_rate, warm_up_updates
        Largest learning rate, and number of updates until it is reached. Without a warm-up, the first steps produce
        dead ReLU units.
    guided_updates
        Number of updates at the start that know where the digits are and learn windows one by one. CTC has to find the
        positions by itself, which takes about 100,000 lines in which nothing else is learned (docs/explanation/ctc.md).
    decay, beta2
        Weight decay and the second constant of AdamW. 0.98 forgets gradients after 50 updates, because gradients of CTC
        change quickly while the network finds out where the digits are.
    seed
        Random seed of the initial weights; the code that composes the lines uses it too.
    """

    updates: int = 24_000
    lines_per_update: int = 64
    learning_rate: float = 1e-3
    warm_up_updates: int = 100
    guided_updates: int = 800
    decay: float = 1e-2
    beta2: float = 0.98
    seed: int = 0

    def as_training_config(self) -> TrainingConfig:
        """Express this as a TrainingConfig, which engines and model files know, with each update as an epoch.

        Examples
        --------
        >>> SequenceTraining(updates=100).as_training_config().schedule
        'cosine'
        """
        return TrainingConfig(
            loss="cross_entropy",
            optimizer="adamw",
            learning_rate=self.learning_rate,
            schedule="cosine",
            epochs=self.updates,
            batch_size=self.lines_per_update,
            l2=self.decay,
            beta2=self.beta2,
            seed=self.seed,
        )

    def rate(self, update: int) -> float:
        """Return the learning rate of an update, counted from 0.

        Examples
        --------
        >>> [round(SequenceTraining(updates=200).rate(u), 6) for u in (0, 99, 199)]
        [1e-05, 0.000508, 0.0]
        """
        rise = min(1.0, (update + 1) / self.warm_up_updates)
        return rise * float(schedules.rates("cosine", self.learning_rate, np.array([update / self.updates]))[0])


@dataclass(frozen=True, eq=False)
class SequenceUpdate:
    """One result of `train_sequences`, after an update, with a checkpoint to continue from.

    ``loss`` is the mean CTC loss per digit in nats. ``whole`` is the share of lines that the most probable classes read
    without any error. Both are measured on this update's lines before the network learned from them. ``windows`` is how
    many windows these lines have.
    """

    loss: float
    whole: float
    windows: int
    checkpoint: Checkpoint

    @property
    def updates(self) -> int:
        """Number of updates made so far."""
        return self.checkpoint.state.updates

    @property
    def network(self) -> Network:
        """The network at this point."""
        return self.checkpoint.network


class Reading(NamedTuple):
    """A network's outputs for lines: log-probabilities of shape (lines, most steps, classes), and each line's steps."""

    log_probabilities: Array
    steps: Array

    @property
    def inside(self) -> npt.NDArray[np.bool_]:
        """Which steps exist, shape (lines, most steps): the windows of all lines, one after the other."""
        return np.asarray(np.arange(self.log_probabilities.shape[1]) < self.steps[:, None])


def train_sequences(
    network: Network,
    compose: Callable[[int], Lines],
    training: SequenceTraining,
    *,
    engine: str = "auto",
    resume: Checkpoint | None = None,
) -> Iterator[SequenceUpdate]:
    """Train a network on lines, yielding a `SequenceUpdate` after each update.

    Parameters
    ----------
    network
        The network to start from. It needs softmax outputs, the last of which is the blank, and one input for each
        pixel of a window.
    compose
        Function that returns the lines of an update by its number, from 0. It must always return the same lines for a
        number, and it is called from another thread.
    training
        How to train.
    engine
        One of `mnist_nn.engines.select.available`.
    resume
        Continue from this checkpoint; ``network`` then only provides the configuration.

    Raises
    ------
    ConfigError
        If network, training and checkpoint do not fit together.
    DivergedError
        If a weight or the optimizer's state is no longer finite. Everything yielded before remains valid.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> maps = np.zeros((1, 32, 40), np.uint8)
    >>> maps[:, 4:28, 18:22] = 255
    >>> one = SimpleNamespace(
    ...     maps=maps, widths=np.array([40]), labels=np.array([[1]]), lengths=np.array([1]), centres=np.array([[19.5]])
    ... )
    >>> shape = NetworkConfig(inputs=1152, hidden=(8,), activation="relu", outputs=11, output="softmax")
    >>> training = SequenceTraining(updates=60, warm_up_updates=5, learning_rate=0.01)
    >>> *_, last = train_sequences(Network.create(shape), lambda update: one, training, engine="reference")
    >>> last.updates, last.whole
    (60, 1.0)
    """
    config = training.as_training_config()
    _check(network.config, config, resume)
    learner = _Learner(select.create(engine, network.config.dtype), training, config)
    at = resume or Checkpoint(network, initial_state(config.optimizer, network.parameters))
    for lines in _compose_ahead(compose, range(at.state.updates, training.updates)):
        update = learner.learn(at, lines)
        at = update.checkpoint
        yield update


def read_lines(network: Network, lines: Lines, engine: Engine) -> Reading:
    """Run a network along lines, window by window.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> lines = SimpleNamespace(maps=np.zeros((2, 32, 30), np.uint8), widths=np.array([30, 21]))
    >>> network = Network.create(NetworkConfig(inputs=1152, hidden=(), outputs=11, output="softmax"))
    >>> reading = read_lines(network, lines, select.create("reference"))
    >>> reading.log_probabilities.shape, reading.steps.tolist()
    ((2, 15, 11), [15, 10])
    """
    return _read(network, engine.place(cut_windows_of_lines(lines.maps, lines.widths)), lines, engine)


def share_read_whole(reading: Reading, lines: Lines) -> float:
    """Return the share of lines in which the most probable classes give every digit right."""
    texts = greedy(reading.log_probabilities, reading.steps)
    right = [
        text == tuple(labels[:length].tolist())
        for text, labels, length in zip(texts, lines.labels, lines.lengths.tolist(), strict=True)
    ]
    return float(np.mean(right))


def find_errors(log_probabilities: Array, targets: Array) -> npt.NDArray[np.intp]:
    """Find the windows to learn from: those whose output error o - l is not negligible, but at least one.

    Most windows lie between digits, and the network soon knows that. What they would add to the gradient is below the
    noise of a batch, while their backward pass takes more than half of the time.

    Examples
    --------
    >>> find_errors(np.log([[0.999, 0.001], [0.9, 0.1]]), np.array([[1.0, 0.0], [1.0, 0.0]])).tolist()
    [1]
    """
    error = abs(np.exp(log_probabilities) - targets).max(axis=1)
    found = np.flatnonzero(error > LEAST_ERROR)
    return found if len(found) else np.array([error.argmax()])


def place_labels(lines: Lines, steps: Array, classes: int) -> Array:
    """Return targets that show where the digits are: each at the two windows around its centre, blanks elsewhere.

    They have the shape (lines, most steps, classes), like the posteriors of CTC.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> line = SimpleNamespace(labels=np.array([[1]]), lengths=np.array([1]), centres=np.array([[7.0]]))
    >>> place_labels(line, np.array([6]), 3)[0].argmax(axis=1).tolist()
    [2, 2, 2, 1, 1, 2]
    """
    where = np.full((len(steps), int(steps.max())), classes - 1)
    digits = np.arange(lines.labels.shape[1]) < lines.lengths[:, None]
    line = np.nonzero(digits)[0]
    middle = np.rint((lines.centres[digits] - 0.5) / WINDOWS.step).astype(np.intp)  # as window t is centred at 2 t + ½
    for window in (middle, middle + 1):
        where[line, np.clip(window, 0, steps[line] - 1)] = lines.labels[digits]
    return np.asarray(np.eye(classes)[where])


def _read(network: Network, placed: Any, lines: Lines, engine: Engine) -> Reading:
    steps = WINDOWS.steps(lines.widths)
    empty = np.zeros((len(steps), int(steps.max()), network.config.outputs), network.config.dtype)
    reading = Reading(empty, steps)
    empty[reading.inside] = log_softmax(engine.forward(network, placed))
    return reading


def _shares(losses: Array, lengths: Array) -> Array:
    """Return the weight of each line's windows: all lines count the same, but impossible ones count nothing."""
    possible = np.isfinite(losses)
    return np.asarray(possible / (np.maximum(lengths, 1) * max(int(possible.sum()), 1)))


def _check(shape: NetworkConfig, config: TrainingConfig, resume: Checkpoint | None) -> None:
    check(shape, config)
    check_width(shape, WINDOWS.inputs)
    if shape.output != "softmax":
        raise ConfigError(f"CTC needs softmax outputs, not {shape.output}; create the network with output softmax")
    if resume is None:
        return
    if resume.network.config != shape:
        raise ConfigError("the checkpoint is from a network of another shape; resume with the network it was made with")
    if set(resume.state.slots) != set(get_optimizer(config.optimizer).slots):
        raise ConfigError(f"the checkpoint was not made by {config.optimizer}; resume with the same optimizer")


def _compose_ahead(compose: Callable[[int], Lines], updates: range) -> Iterator[Lines]:
    """Yield the lines of each update in order, while another thread composes those of the next updates."""
    pool = ThreadPoolExecutor(1, "lines")
    try:
        waiting = deque(pool.submit(compose, update) for update in updates[:AHEAD])
        for update in updates:
            lines = waiting.popleft().result()
            if update + AHEAD < updates.stop:
                waiting.append(pool.submit(compose, update + AHEAD))
            yield lines
    finally:
        pool.shutdown(cancel_futures=True)


@dataclass(frozen=True, eq=False)
class _Learner:
    """What stays the same over a whole run."""

    engine: Engine
    training: SequenceTraining
    config: TrainingConfig

    def learn(self, at: Checkpoint, lines: Lines) -> SequenceUpdate:
        begin = time.perf_counter()
        windows = cut_windows_of_lines(lines.maps, lines.widths)
        with np.errstate(all="ignore"):  # a run that diverged is found by its weights, and said in words
            reading = _read(at.network, self.engine.place(windows), lines, self.engine)
            losses, gamma = ctc_posteriors(reading.log_probabilities, reading.steps, lines.labels, lines.lengths)
            shares = _shares(losses, lines.lengths)
            if at.state.updates < self.training.guided_updates:
                gamma = place_labels(lines, reading.steps, at.network.config.outputs).astype(gamma.dtype)
            targets, weights = gamma[reading.inside], np.repeat(shares, reading.steps)
            wrong = find_errors(reading.log_probabilities[reading.inside], targets)
            weights = len(wrong) * weights[wrong]  # an engine takes the mean over the samples it is given
            after = self.update(at, self.engine.place(windows[wrong], targets[wrong], weights), len(wrong))
        loss = float(losses[shares > 0] @ shares[shares > 0])
        after = replace(after, seconds=at.seconds + time.perf_counter() - begin)
        return SequenceUpdate(loss, share_read_whole(reading, lines), len(windows), after)

    def update(self, at: Checkpoint, placed: Any, count: int) -> Checkpoint:
        rates = np.array([self.training.rate(at.state.updates)])
        plan = replace(Plan.of(at.network.config, self.config, np.arange(count), rates, NO_KEY), batch_size=ALL)
        try:
            network, state, _ = self.engine.epoch(at.network, at.state, placed, plan)
        except NotFiniteError as error:
            raise self.explain_divergence(at) from error
        if not state.finite:
            raise self.explain_divergence(at)
        return replace(at, network=network, state=state, engines=at.engines_after(self.engine.name))

    def explain_divergence(self, at: Checkpoint) -> DivergedError:
        eta, dtype = self.training.learning_rate, at.network.config.dtype
        return explain_divergence(self.config, eta, dtype, f"update {at.state.updates + 1}")


NO_KEY = randomness.key(0)  # of dropout, which lines are learned without
