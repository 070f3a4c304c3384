"""Trains a sequence network of the reader; ``mnist-nn train-reader`` trains two, with different seeds.

It learns only from lines composed of MNIST's training digits and of digits in generated handwriting. A run saves itself
in a file, and continues from there when it is started again.
"""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from mnist_nn.data.handwriting.glyphs import GlyphPool
from mnist_nn.data.handwriting.lines import Lines, compose_lines
from mnist_nn.data.samples import Samples
from mnist_nn.engines import select
from mnist_nn.errors import ConfigError
from mnist_nn.imaging.windows import WINDOWS
from mnist_nn.model_file.storage import Model, load, save
from mnist_nn.nn.config import DIGIT_CLASSES, NetworkConfig
from mnist_nn.nn.network import Network
from mnist_nn.training.checkpoint import Checkpoint
from mnist_nn.training.sequences import (
    SequenceTraining,
    SequenceUpdate,
    read_lines,
    share_read_whole,
    train_sequences,
)
from mnist_nn.util import randomness

SHAPE = NetworkConfig(
    inputs=WINDOWS.inputs, hidden=(512, 256, 128), activation="relu", outputs=DIGIT_CLASSES + 1, output="softmax"
)
"""Ten digits and the blank.

With one layer less, or with half the width, lines of unseen digits are read less well (docs/explanation/ctc.md).
"""
REPORT_S = 30.0  # between two reports
SAVE_S = 120.0  # between two savings: what a run that is killed loses at most
PEN_DIGITS = 20_000  # of drawn hands: a thousand people
UNSEEN_LINES = 500  # that every report reads
UNSEEN_DIGITS = 2_000  # of either kind that those lines are made of
UNSEEN_FAMILY = "calibrate"  # of hands that the run does not learn from


KEPT_SCORES = ("updates", "of", "loss", "whole", "unseen", "lines_per_second")


@dataclass(frozen=True, eq=False)
class SequenceReport:
    """The progress of training a sequence network.

    ``loss`` (nats per digit) and ``whole`` (share of lines read without an error) are means over the updates since the
    last report; each line is measured before the network learns from it. ``unseen`` is the share of `UNSEEN_LINES`
    lines, made of held-out digits and other handwriting, that are read without an error. ``network`` comes with the
    last report, rounded to 11 significant bits.
    """

    updates: int
    of: int
    loss: float
    whole: float
    unseen: float
    lines_per_second: float
    seconds_left: float
    network: Network | None = None


def train_sequence(
    path: Path, learned: Samples, held_out: Samples, data: Mapping[str, str], training: SequenceTraining
) -> Iterator[SequenceReport]:
    """Train a sequence network; yield a report every half minute and one at the end.

    Parameters
    ----------
    path
        A model file in which the run is saved every two minutes, when it is stopped, and when it is finished. An
        existing run is continued, and a finished one is only reported.
    learned, held_out
        Digits to compose lines from, framed as 28×28 images; the held-out ones are only used for reports.
    data
        Name and digest of the data set, which are saved in the file.
    training
        The training settings; the seed decides weights, handwriting and lines.

    Raises
    ------
    ConfigError
        If the file contains a run with other settings or other data.
    ModelFileError
        If the file cannot be read or written.
    DivergedError
        If the training diverges.
    """
    kept = _load(path, data, training)
    if kept and not kept.checkpoint:
        yield SequenceReport(**kept.scores, seconds_left=0.0, network=kept.network)
        return
    run = _Run(path, data, training, compose_unseen_lines(held_out, training.seed))
    pool = GlyphPool.of(learned.images, learned.labels, _key(training.seed, 0), "train", PEN_DIGITS)
    yield from run.follow(
        train_sequences(
            Network.create(SHAPE, training.seed),
            lambda update: compose_lines(training.lines_per_update, _key(training.seed, 1, update), pool),
            training,
            resume=kept.checkpoint if kept else None,
        )
    )


def compose_unseen_lines(held_out: Samples, seed: int, count: int = UNSEEN_LINES) -> Lines:
    """Compose lines from digits and handwriting that a run with this seed does not learn from."""
    few = held_out.take(range(min(len(held_out), UNSEEN_DIGITS)))
    pool = GlyphPool.of(few.images, few.labels, _key(seed, 2), UNSEEN_FAMILY, UNSEEN_DIGITS)
    return compose_lines(count, _key(seed, 3), pool)


def _key(seed: int, *purpose: int) -> randomness.Key:
    return randomness.fold(randomness.key(seed), randomness.LINES, *purpose)


def _load(path: Path, data: Mapping[str, str], training: SequenceTraining) -> Model | None:
    """Load a saved run, if there is one; a run with other settings raises an error."""
    if not path.exists():
        return None
    kept = load(path)
    if (kept.training, kept.data, kept.network.config) != (training.as_training_config(), dict(data), SHAPE):
        raise ConfigError(
            f"{path} contains a run with other settings or other data; choose another folder, or delete this one"
        )
    return kept


@dataclass(eq=False)
class _Run:
    """Follows a run: makes reports and saves it."""

    path: Path
    data: Mapping[str, str]
    training: SequenceTraining
    unseen: Lines
    at: Checkpoint | None = None

    def follow(self, updates: Iterator[SequenceUpdate]) -> Iterator[SequenceReport]:
        recent: list[tuple[float, float]] = []
        reported = saved = time.monotonic()
        try:
            for update in updates:
                self.at, now = update.checkpoint, time.monotonic()
                recent.append((update.loss, update.whole))
                if update.updates == self.training.updates:
                    yield self.finish(recent, now - reported)
                elif now - reported > REPORT_S:
                    yield self.report(update.network, recent, now - reported)
                    reported, recent = time.monotonic(), []
                if now - saved > SAVE_S:
                    self.keep()
                    saved = time.monotonic()
        finally:
            self.keep()

    def report(self, network: Network, recent: list[tuple[float, float]], seconds: float) -> SequenceReport:
        loss, whole = np.mean(recent, axis=0).tolist()
        pace = len(recent) / seconds
        made, of = self.at.state.updates if self.at else 0, self.training.updates
        reading = read_lines(network, self.unseen, select.create())
        unseen = share_read_whole(reading, self.unseen)
        return SequenceReport(made, of, loss, whole, unseen, pace * self.training.lines_per_update, (of - made) / pace)

    def finish(self, recent: list[tuple[float, float]], seconds: float) -> SequenceReport:
        """Report on the finished network, and save it without the state of the run."""
        assert self.at  # noqa: S101 - the last update was made
        network = Network.of(SHAPE, (p.astype(np.float16) for p in self.at.network.parameters))
        last = self.report(network, recent, seconds)
        scores = {name: getattr(last, name) for name in KEPT_SCORES}
        save(self.path, Model(network, self.training.as_training_config(), data=dict(self.data), scores=scores))
        self.at = None
        return replace(last, network=network)

    def keep(self) -> None:
        """Save the state of the run, unless it is finished or has not begun."""
        if self.at:
            save(self.path, Model.of(self.at, self.training.as_training_config(), data=dict(self.data)))
