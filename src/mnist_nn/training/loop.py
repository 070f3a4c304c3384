"""Training as a generator: the code that consumes it logs, saves, draws or stops; nothing here calls back.

All randomness of a run is decided here, from the seeds alone: the subset, the held-out images, the order of samples in
every epoch, and the keys of the dropout masks. A `Checkpoint` contains everything that the rest of a run depends on, so
a run that is stopped anywhere and resumed ends with the same bits as one that was never stopped.
"""

import math
import time
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any, cast, overload

import numpy as np
import numpy.typing as npt

from mnist_nn.data import Samples, spread
from mnist_nn.data.augmentation import DRAWS, check_square, make_distortion
from mnist_nn.doors import NetworkLike, SamplesLike, as_network, as_samples, split_labels
from mnist_nn.engines import select
from mnist_nn.engines.base import Plan, Tally, as_inputs, as_rows
from mnist_nn.engines.frozen import FrozenLayers
from mnist_nn.engines.preparation import check_inputs
from mnist_nn.errors import ConfigError, DataError, DivergedError, NotFiniteError
from mnist_nn.nn import schedules
from mnist_nn.nn.config import NetworkConfig, TrainingConfig, check, find_own, resolve_learning_rate
from mnist_nn.nn.losses import get_loss
from mnist_nn.nn.network import Network
from mnist_nn.nn.optimizers import get_optimizer
from mnist_nn.training.averaging import update_average
from mnist_nn.training.checkpoint import Checkpoint, Scores
from mnist_nn.training.diagnosis.signs import is_due, measure
from mnist_nn.training.distillation import Teacher, check_teacher
from mnist_nn.training.divergence import explain_divergence
from mnist_nn.training.early_stopping import keep_best
from mnist_nn.training.epoch_samples import EpochSamples
from mnist_nn.training.memory import check_memory
from mnist_nn.training.placement import Placement, make_targets
from mnist_nn.training.pruning import LOOKED_AT, plan_widths, prune
from mnist_nn.util import checks, randomness
from mnist_nn.util.calls import shows_call

LARGE = 100.0  # inputs beyond this are named where a training diverges
CALL = "train(network, samples, TrainingConfig(epochs=3))"
CALL_WITH_TEACHER = "train(network, samples, TrainingConfig(teacher_share=0.9), teacher=trained)"


@dataclass(frozen=True, eq=False)
class Epoch:
    """One result of `train`: the scores so far in this epoch, and a checkpoint to continue from.

    ``complete`` is False for the steps inside an epoch that `train` yields if ``steps`` is true.
    """

    scores: Scores
    checkpoint: Checkpoint
    complete: bool
    progress: float

    @property
    def network(self) -> Network:
        """The network to use at this point: with patience the best so far, with ``ema_decay`` an averaged one."""
        return self.checkpoint.chosen


@overload
def train(
    network: NetworkLike,
    samples: SamplesLike,
    config: TrainingConfig | None = None,
    /,
    *,
    engine: str = ...,
    teacher: NetworkLike | None = ...,
    resume: Checkpoint | None = ...,
    steps: bool = ...,
) -> Iterator[Epoch]: ...
@overload
def train(
    network: NetworkLike,
    samples: SamplesLike,
    *,
    config: TrainingConfig | None = None,
    engine: str = ...,
    teacher: NetworkLike | None = ...,
    resume: Checkpoint | None = ...,
    steps: bool = ...,
) -> Iterator[Epoch]: ...
@overload
def train(
    network: NetworkLike,
    samples: Any,
    labels: npt.ArrayLike,
    config: TrainingConfig | None = None,
    *,
    engine: str = ...,
    teacher: NetworkLike | None = ...,
    resume: Checkpoint | None = ...,
    steps: bool = ...,
) -> Iterator[Epoch]: ...
@shows_call(CALL)
def train(
    network: NetworkLike,
    samples: Any,
    labels: Any = None,
    config: TrainingConfig | None = None,
    *,
    engine: str = "auto",
    teacher: NetworkLike | None = None,
    resume: Checkpoint | None = None,
    steps: bool = False,
) -> Iterator[Epoch]:
    """Train a network, yielding an `Epoch` after each pass over the data.

    Call it as ``train(network, samples, config)`` or, with arrays, as ``train(network, images, labels, config)``.
    Training only starts when the first epoch is requested, for example by a loop.

    Parameters
    ----------
    network
        The network to start from, which is not changed; or a model, for its network.
    samples
        The training images and labels. A data set or its name, such as ``"mnist"``, stands for its training half. The
        configuration's subset and held-out images are taken from them. If the samples have weights, these are divided
        by their mean; the gradient of each sample is multiplied by its weight, and losses and the validation accuracy
        become weighted means.
    labels
        The label of each image, if ``samples`` are only images (in any form that `Samples` takes).
    config
        How to train; None trains like the classic network.
    engine
        One of `mnist_nn.engines.select.available`.
    teacher
        A trained network whose answers the network learns besides the labels, by the configuration's ``teacher_share``;
        or a model, for its network.
    resume
        Continue from this checkpoint; ``network`` then only provides the configuration.
    steps
        Also yield inside an epoch, after each stretch that the engine processes in one go.

    Raises
    ------
    ConfigError
        If network, training and data do not fit together, one of them has the wrong type, or training would need more
        memory than is available.
    DataError
        If these are not samples, a label has no output, or a pixel is NaN or infinite.
    DivergedError
        If a weight, a loss or the optimizer's state is no longer finite. Everything yielded before remains valid.

    Examples
    --------
    >>> from mnist_nn import load_data
    >>> few = load_data("mnist").train.take(range(500))
    >>> for epoch in train(Network.create(), few, TrainingConfig(epochs=3)):
    ...     pass
    >>> epoch.scores.epoch, epoch.scores.accuracy > 0.5
    (3, True)
    """
    labels, config = cast("tuple[Any, Any]", split_labels(TrainingConfig, labels, config))
    config = TrainingConfig() if config is None else config
    checks.instance("the configuration", config, TrainingConfig, CALL)
    start, learned = as_network(network, CALL), as_samples(samples, labels, CALL, "train")
    at = getattr(resume, "checkpoint", resume) or Checkpoint.start(start, config)
    checks.instance("resume", at, Checkpoint, "train(network, samples, config, resume=epoch.checkpoint)")
    shape = at.shape if at.preparation or at.prune_to else start.config  # start may be what the network has become
    guide = None
    if teacher is not None:
        guide = Teacher.of(as_network(teacher, CALL_WITH_TEACHER), learned.inputs, shape, config)
    return _train(shape, learned, config, engine, guide, at, steps=steps)


def _train(
    shape: NetworkConfig,
    samples: Samples,
    config: TrainingConfig,
    engine: str,
    teacher: Teacher | None,
    at: Checkpoint,
    *,
    steps: bool,
) -> Iterator[Epoch]:
    check_inputs(shape, samples.inputs)
    check(shape, config)
    is_auto = checks.find_name(engine, [select.AUTO]) is not None
    learner = select.create(select.REFERENCE if is_auto and find_own(config) else engine, shape.dtype)
    if config.freeze:
        learner = FrozenLayers(learner, at.network, config.freeze)
    placement = Placement.prepare(samples, config, learner, shape, at.preparation)
    yield from train_placed(shape, config, placement, at, teacher=teacher, steps=steps)


def train_placed(
    shape: NetworkConfig,
    config: TrainingConfig,
    samples: Placement,
    at: Checkpoint,
    *,
    teacher: Teacher | None = None,
    steps: bool = False,
    signs: bool = True,
) -> Generator[Epoch, None, None]:
    """Train as `train` does, on samples that are prepared already and that other runs may share.

    Parameters
    ----------
    shape, config
        The network, and how to train it; the samples must have been prepared for its subset, hold-out, class weights,
        frozen layers and seed.
    samples
        The samples.
    at
        Where to start: `Checkpoint.start`, or a checkpoint of the same run.
    teacher
        The network whose answers are learned in addition to the labels, if any.
    steps
        Also yield inside an epoch.
    signs
        Whether to measure the signs of what may go wrong, on which nothing else depends. With one epoch, this takes a
        sixth of the time.
    """
    run = replace(_Run.prepare(shape, config, samples, teacher), signs=signs)
    run.check_start(at)
    if samples.preparation is not None and samples.preparation.steps.is_linear:
        at = replace(at, preparation=samples.preparation)
    if not at.is_finished(config):
        check_teacher(teacher, config, at.teacher)
        at = replace(at, teacher=None if teacher is None else teacher.digest)
    with closing(run.placed):
        while not at.is_finished(config):
            at = run.step(at)
            complete = at.offset == 0
            if complete or steps:
                yield Epoch(at.history[-1] if complete else run.compute_scores(at), at, complete, run.progress(at))


@dataclass(frozen=True, eq=False)
class _Run:
    """What stays the same over a whole run."""

    config: TrainingConfig
    shape: NetworkConfig
    samples: Placement
    placed: EpochSamples
    eta: float
    signs: bool = True

    @classmethod
    def prepare(
        cls, shape: NetworkConfig, config: TrainingConfig, samples: Placement, teacher: Teacher | None
    ) -> "_Run":
        check(shape, config)
        if (own := find_own(config)) and samples.engine.name != select.REFERENCE:
            raise ConfigError(f"{own[0]} is your own, which the compiled engine cannot run; choose engine reference")
        if config.freeze and not isinstance(samples.engine, FrozenLayers):
            raise ConfigError("freeze has no effect on networks that share their samples; train this one alone")
        widest = replace(shape, hidden=config.first_widths) if config.first_widths else shape
        check_memory(widest, config, samples.engine.name)
        check_inputs(shape, samples.training.inputs)
        if samples.largest_label >= shape.outputs:
            raise DataError(
                f"label {samples.largest_label} is too large for the network's {shape.outputs} outputs; create a "
                "network with one output for each class"
            )
        few = samples.see(samples.training.images[:1], shape.dtype)
        select.prepare_training(samples.engine.name, widest, few)
        distortion = make_distortion(config.augmentation, config.figures)
        if distortion is not None:
            check_square(samples.training.images)
        labels, smoothing = samples.training.labels, config.label_smoothing
        targets = make_targets(labels, shape.outputs, smoothing, soft=teacher is not None)
        ready = samples.place(targets, smoothing, shape.dtype) if distortion is None and teacher is None else None
        placed = EpochSamples(samples.engine, samples.training, targets, teacher, distortion,
                              randomness.key(config.seed), config.epochs, ready, samples.preparation,
                              shape.dtype)  # fmt: skip
        return cls(config, shape, samples, placed, resolve_learning_rate(shape, config))

    @property
    def size(self) -> int:
        return self.samples.size

    def check_start(self, at: Checkpoint) -> None:
        """Reject a checkpoint of another network, another optimizer or other data."""
        if at.shape != self.shape:
            raise ConfigError(
                "the checkpoint is from a network of another shape; resume with the network it was made with"
            )
        if set(at.state.slots) != set(get_optimizer(self.config.optimizer).slots):
            raise ConfigError(f"the checkpoint was not made by {self.config.optimizer}; resume with the same optimizer")
        if at.draws != DRAWS and self.config.distorts and not at.is_finished(self.config):
            raise ConfigError(
                "the checkpoint is from an earlier version, which distorted the images in another way, so its training "
                "cannot be continued with the same bits; train from the beginning"
            )
        if at.offset >= self.size or at.offset % self.config.batch_size:
            raise ConfigError(
                f"the checkpoint stopped at sample {at.offset} of its epoch, where no batch of this run begins; "
                "resume with the same data and the same batch size"
            )

    def step(self, at: Checkpoint) -> Checkpoint:
        """Train on the next stretch; afterwards, offset 0 means that the epoch is complete."""
        key, data_key = randomness.key(self.config.seed), randomness.key(self.config.data_seed)
        order = self.samples.shuffle(randomness.fold(data_key, randomness.SHUFFLE, at.epoch))
        shape = at.network.config  # which pruning changes
        length = stretch(shape, self.config.batch_size)
        stop = min(at.offset - at.offset % length + length, self.size)
        dropout_key = randomness.fold(key, randomness.DROPOUT, at.epoch)
        plan = Plan.of(shape, self.config, order[at.offset : stop], self.compute_rates(at, stop), dropout_key)
        at = self.learn(at, self.placed.get(at.epoch), plan)
        return at if at.offset < self.size else self.close(at)

    def compute_rates(self, at: Checkpoint, stop: int) -> npt.NDArray[np.float64]:
        """Return the learning rate of each update in a stretch."""
        starts = np.arange(at.offset, stop, self.config.batch_size)
        return schedules.rates(self.config.schedule, self.eta, (at.epoch + starts / self.size) / self.config.epochs)

    def learn(self, at: Checkpoint, placed: Any, plan: Plan) -> Checkpoint:
        begin = time.perf_counter()
        try:
            with np.errstate(all="ignore"):
                network, state, tally = self.samples.engine.epoch(at.network, at.state, placed, plan)
        except NotFiniteError as error:
            raise self.explain_divergence(at) from error
        total = at.tally.plus(tally)
        if not (math.isfinite(total.reported) and math.isfinite(total.descended) and state.finite):
            raise self.explain_divergence(at)
        seconds = at.seconds + time.perf_counter() - begin
        return replace(at, network=network, state=state, offset=at.offset + len(plan.order),
                       tally=total, seconds=seconds, engines=at.engines_after(self.samples.engine.name))  # fmt: skip

    def explain_divergence(self, at: Checkpoint) -> DivergedError:
        images = self.samples.training.images
        largest = 1.0 if images.dtype == np.uint8 else float(abs(images).max())
        scale = f", and scale the inputs, which go up to {largest:g}, to about 1" if largest > LARGE else ""
        return explain_divergence(self.config, self.eta, self.shape.dtype, f"epoch {at.epoch + 1}", scale)

    def compute_scores(self, at: Checkpoint) -> Scores:
        n = at.tally.samples
        means = at.tally.reported / n, at.tally.descended / n, at.tally.correct / n
        return Scores(at.epoch + 1, *means, float(self.compute_rates(at, at.offset + 1)[0]), at.seconds)

    def close(self, at: Checkpoint) -> Checkpoint:
        """Prune the network if it is time, score the finished epoch on held-out images, and move to the next one."""
        at = self.prune(at)
        last = (self.size - 1) // self.config.batch_size * self.config.batch_size  # where the last update began
        scores, best, average = self.compute_scores(replace(at, offset=last)), at.best, None
        if self.config.ema_decay:
            average = update_average(at.average, at.network, self.count_since(at), self.config.ema_decay)
        if self.samples.held_out is not None:
            value, accuracy = self.score_held_out(average or at.network)
            if not math.isfinite(value):
                raise self.explain_divergence(at)
            scores = replace(scores, validation_loss=value, validation_accuracy=accuracy)
            if self.config.patience is not None and at.network.config == self.shape:
                best = keep_best(best, average or at.network, at.epoch + 1, accuracy)
        history = (*at.history, scores)
        after = replace(at, epoch=at.epoch + 1, offset=0, tally=Tally(), seconds=0.0, best=best, history=history,
                        average=average)  # fmt: skip
        return self.look(after)

    def prune(self, at: Checkpoint) -> Checkpoint:
        """Remove the units that the plan no longer has after this epoch, and the average, which still has them."""
        widths = self.plan_widths(at, at.epoch + 1)
        if not at.prune_to or widths == at.network.config.hidden:
            return at
        images = self.samples.training.images
        rows = spread(self.size, LOOKED_AT)
        x = as_inputs(as_rows(self.samples.see(images[rows], self.shape.dtype)), self.shape.dtype)
        network, state = prune(at.network, at.state, widths, x)
        return replace(at, network=network, state=state, average=None)

    def plan_widths(self, at: Checkpoint, epoch: int) -> tuple[int, ...]:
        """Return the widths of the hidden layers after so many epochs; they never grow."""
        if not at.prune_to:
            return at.network.config.hidden
        planned = plan_widths(self.config.first_widths, at.prune_to, epoch, self.config.epochs)
        return tuple(map(min, planned, at.network.config.hidden))

    def count_since(self, at: Checkpoint) -> int:
        """Return how many epochs the average has, the one that ends included: those since the last pruning."""
        last = at.epoch + 1
        if not at.prune_to:
            return last
        start, hidden = self.config.first_widths, at.network.config.hidden
        same = (e for e in range(1, last) if plan_widths(start, at.prune_to, e, self.config.epochs) == hidden)
        return last - next(same, last) + 1

    def look(self, at: Checkpoint) -> Checkpoint:
        """Measure the signs of what may go wrong, where they are due."""
        if not self.signs or not is_due(at.epoch, finished=at.is_finished(self.config)):
            return at
        kept = tuple(signs for signs in at.signs if is_due(signs.epoch, finished=False))
        signs = measure(at.network, self.samples.training, self.config, at.epoch, self.samples.see)
        return replace(at, signs=(*kept, signs))

    def score_held_out(self, network: Network) -> tuple[float, float]:
        samples = self.samples
        z = samples.engine.forward(network, samples.held_out)
        labels, weights = samples.held_out_labels, samples.held_out_weights
        onehot = np.eye(self.shape.outputs, dtype=z.dtype)[labels]
        loss = get_loss(self.config.loss, self.shape.output)
        tally = Tally.of(loss, z, network.output(z), onehot, 1.0 if weights is None else weights)
        return tally.reported / tally.samples, float(np.average(z.argmax(axis=1) == labels, weights=weights))

    def progress(self, at: Checkpoint) -> float:
        return (at.epoch + at.offset / self.size) / self.config.epochs


def stretch(shape: NetworkConfig, batch_size: int) -> int:
    """Return how many samples an engine trains on in one go: a whole number of batches.

    A stretch is long enough that starting it costs nothing, and short enough that a progress bar moves and Ctrl-C takes
    effect. Its length depends only on the configuration, never on the consumer, so that the sums of a run are always
    split at the same places.
    """
    samples = min(max(3_000_000_000 // shape.parameter_count, 8), 15_000)
    return math.ceil(samples / batch_size) * batch_size
