"""What ``mnist-nn train --json`` prints."""

import math
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, WithJsonSchema

from mnist_nn.nn import config
from mnist_nn.util.documents import (
    Count,
    Document,
    Interval,
    NonNegative,
    Ordinal,
    OrNull,
    PathName,
    Positive,
    Sha256,
    Share,
    one_of,
)

if TYPE_CHECKING:
    from mnist_nn.cli.train.run import Run
    from mnist_nn.cli.train.seeds import SeedRuns
    from mnist_nn.evaluation.metrics import Evaluation


class NetworkSettings(Document):
    """The shape of a network."""

    inputs: Ordinal = Field(description="number of inputs: one for every pixel, unless they are prepared")
    hidden: tuple[Ordinal, ...] = Field(description="number of units of each hidden layer")
    outputs: Ordinal = Field(description="number of classes")
    activation: tuple[Annotated[str, one_of(config.ACTIVATIONS)], ...] = Field(
        description="activation of each hidden layer"
    )
    output: Annotated[str, one_of(config.OUTPUTS)] = Field(description="activation of the output layer")
    initializer: Annotated[str, one_of(config.INITIALIZERS)] = Field(description="how the weights were initialized")
    dtype: Annotated[str, one_of(config.DTYPES)] = Field(description="floating-point type of the arithmetic")
    prepare: str = Field(description="what pictures went through before the first layer; empty for nothing")


class TrainingSettings(Document):
    """Every setting of a training run."""

    loss: Annotated[str, one_of(config.LOSSES)] = Field(description="the loss")
    optimizer: Annotated[str, one_of(config.OPTIMIZERS)] = Field(description="the optimizer")
    learning_rate: Positive = Field(description="the learning rate that was used")
    schedule: Annotated[str, one_of(config.SCHEDULES)] = Field(
        description="how the learning rate falls during training"
    )
    epochs: Ordinal = Field(description="number of epochs that were asked for")
    batch_size: Ordinal = Field(description="number of samples per update")
    dropout: float | tuple[float, ...] = Field(
        description="share of the hidden units that are dropped: one for all layers, or a list with one for each"
    )
    l2: NonNegative = Field(description="λ of the penalty λ/2 · ΣW²")
    max_norm: float | None = Field(description="the largest norm of the weights into a hidden unit; null for no limit")
    label_smoothing: Share = Field(description="share of every label that was spread over all classes")
    teacher_share: Share = Field(description="share of the teacher's answers in the targets; 0 without a teacher")
    teacher_temperature: Positive = Field(description="temperature at which the teacher's answers were taken")
    prune_from: tuple[Ordinal, ...] = Field(
        description="widths of the hidden layers at the beginning, from which they were pruned; empty without pruning"
    )
    ema_decay: Share = Field(
        description="decay of the moving average if the model has averaged weights; 0 if it has the last weights"
    )
    augmentation: Annotated[str, one_of(config.AUGMENTATIONS)] = Field(
        description="how the training images are distorted"
    )
    augment: str = Field(description="figures that replace those of the augmentation, as `--augment` takes them")
    subset: Ordinal | None = Field(description="number of training images that were used; null for all")
    validation: Annotated[int | float, WithJsonSchema({"type": "number", "minimum": 0})] = Field(
        description="share (below 1) or number of the training images that were held out"
    )
    patience: Ordinal | None = Field(
        description="number of epochs without a better validation accuracy after which training stops; null if it "
        "does not stop early"
    )
    freeze: Count = Field(description="number of layers, from the first, that were not updated")
    class_weight: Annotated[str, one_of(config.CLASS_WEIGHTS)] = Field(
        description="whether samples were weighted so that all classes count the same"
    )
    seed: Count = Field(description="the random seed, which determines everything that is drawn at random")
    order_seed: Count | None = Field(
        description="the random seed of the order of samples, the subset and the held-out images; null for `seed`"
    )
    momentum: NonNegative | None = Field(description="momentum of `momentum` and `nesterov`; null for others")
    beta1: float = Field(description="decay rate of Adam's mean gradient")
    beta2: float = Field(description="decay rate of Adam's mean squared gradient")
    epsilon: float = Field(description="small number that keeps Adam from dividing by zero")


class DataSet(Document):
    """The data that a network was trained on."""

    name: str = Field(description="name of the data set, or the folder it was read from")
    sha256: Sha256 = Field(description="SHA-256 digest of the data")
    class_names: tuple[str, ...] | None = Field(
        description="names of the classes, in the order of the outputs; null if the classes are the numbers from 0"
    )


def _not_measured() -> float:
    """Return a placeholder for a field that must have a value but is not printed."""
    return math.nan


class HistoryRow(Document):
    """One epoch."""

    epoch: Ordinal = Field(description="number of the epoch, from 1")
    loss: float = Field(
        description="mean reported loss per sample, computed before the network learned from the sample"
    )
    descended: float = Field(description="mean descended loss per sample, computed in the same way")
    accuracy: Share = Field(
        description="share of the samples that were classified correctly, each judged before the network learned "
        "from it"
    )
    rate: float = Field(description="learning rate of the last update")
    seconds: NonNegative = Field(description="seconds of training")
    validation_loss: float = Field(
        default_factory=_not_measured, description="mean loss per held-out image; present if images were held out"
    )
    validation_accuracy: Share = Field(
        default_factory=_not_measured, description="accuracy on the held-out images; present if images were held out"
    )


class FindingDocument(Document):
    """A problem that was found in the training run."""

    name: str = Field(description="name of the rule, such as `dead_units`")
    seen: str = Field(description="what was measured")
    why: str = Field(description="why it happens")
    advice: str = Field(description="what to try")
    setting: dict[str, str | float | int] = Field(description="what to try, as a dictionary of settings; may be empty")
    source: str = Field(description="where the thresholds of the rule come from")


class SeedFigures(Document):
    """The results of the run with one seed."""

    seed: Count = Field(description="the random seed")
    test_accuracy: Share = Field(description="share of the test images that are classified correctly")
    test_loss: OrNull[float] = Field(description="mean reported loss per test image; null if it is too large")
    test_descended: OrNull[float] = Field(
        description="mean descended loss per test image; null if it is too large to represent"
    )
    loss: float = Field(description="mean reported loss per training image in the epoch whose weights are used")
    descended: float = Field(description="mean descended loss per training image in that epoch")
    accuracy: Share = Field(description="accuracy on the training images in that epoch")
    validation_loss: float | None = Field(
        description="mean loss per held-out image after that epoch; null if no images were held out"
    )
    validation_accuracy: Share | None = Field(
        description="accuracy on the held-out images after that epoch; null if no images were held out"
    )
    epochs: Ordinal = Field(description="number of complete epochs")
    best_epoch: Ordinal | None = Field(
        description="the epoch whose weights `--patience` kept; null without `--patience`"
    )
    training_seconds: NonNegative = Field(description="seconds of training alone")


class SeedsDocument(Document):
    """The results of the runs with several seeds."""

    mean: Share = Field(description="mean test accuracy of the runs")
    deviation: NonNegative | None = Field(description="its standard deviation over the runs; null for one run")
    interval: tuple[float, float] | None = Field(
        description="95 % interval of the mean by Student's t: low, high; null for one run"
    )
    median_seed: Count = Field(description="the seed of the run with the median test accuracy, whose model is saved")
    table: PathName = Field(description="path of the CSV file with the results of all runs")
    runs: list[SeedFigures] = Field(description="the runs that finished, in the order of their seeds")
    diverged: tuple[Count, ...] = Field(
        description="the seeds of runs that diverged; these runs are not part of any other number"
    )


class TrainDocument(Document):
    """The result of a training run, its settings and its history; with several seeds, those of the median run."""

    test_accuracy: Share = Field(description="share of the test images that are classified correctly")
    test_interval: Interval = Field(description="95 % Wilson interval of the test accuracy: low, high")
    test_loss: OrNull[float] = Field(
        description="mean reported loss per test image; null if it is too large to represent"
    )
    test_descended: OrNull[float] = Field(
        description="mean per test image of the loss that was descended; null if it is too large to represent"
    )
    loss_name: str = Field(description="name of the reported loss")
    descended_name: str = Field(description="name of the loss that was descended")
    epochs: Count = Field(description="number of complete epochs")
    best_epoch: Ordinal | None = Field(
        description="the epoch whose weights `--patience` kept; null without `--patience`"
    )
    seconds: NonNegative = Field(description="seconds that the command took")
    training_seconds: NonNegative = Field(description="seconds of training alone, including training before `--resume`")
    model: PathName = Field(description="path of the model file")
    engines: tuple[Annotated[str, one_of(("compiled", "reference"))], ...] = Field(
        description="the engines that did the training, in order; empty if a resumed file does not name them"
    )
    log_dir: PathName | None = Field(
        description="the folder with the TensorBoard events of this run; null without `--log-dir`"
    )
    network: NetworkSettings = Field(description="the shape of the network")
    training: TrainingSettings = Field(description="every setting of the training")
    data: DataSet = Field(description="the training data")
    diagnosis: list[FindingDocument] = Field(
        description="the problems that were found, the surest first; empty if there are none"
    )
    history: list[HistoryRow] = Field(description="one row per epoch")
    seeds: SeedsDocument | None = Field(description="the results of all runs; null without `--seeds`")


def train_document(run: "Run", result: "Evaluation", seconds: float, seeds: "SeedRuns | None" = None) -> TrainDocument:
    """Gather the result of a training run and its settings."""
    from mnist_nn.training.diagnosis.diagnose import diagnose

    at, network = run.checkpoint, run.checkpoint.network.config
    rate = config.resolve_learning_rate(network, run.training)
    return TrainDocument(
        test_accuracy=result.accuracy,
        test_interval=result.interval,
        test_loss=result.loss,
        test_descended=result.descended,
        loss_name=result.loss_name,
        descended_name=result.descended_name,
        epochs=at.epoch,
        best_epoch=at.best.epoch if at.best else None,
        seconds=seconds,
        training_seconds=float(sum(row.seconds for row in at.history)),
        model=run.path,
        engines=at.engines,
        log_dir=run.log_folder,
        network=NetworkSettings.model_validate(network),
        training=TrainingSettings.of(run.training, learning_rate=rate, momentum=config.momentum(run.training)),
        data=DataSet(name=run.dataset.name, sha256=run.dataset.digest, class_names=run.dataset.class_names),
        diagnosis=[FindingDocument.model_validate(vars(finding)) for finding in diagnose(at, run.training)],
        history=[HistoryRow(**row.to_dict()) for row in at.history],
        seeds=None if seeds is None else seeds_document(seeds),
    )


def seeds_document(seeds: "SeedRuns") -> SeedsDocument:
    """Gather the results of the runs with several seeds."""
    return SeedsDocument.of(
        seeds.summary,
        median_seed=seeds.median.training.seed,
        table=seeds.table,
        runs=[SeedFigures(**run.figures()) for run in seeds.runs],
        diverged=tuple(seed for seed, _ in seeds.diverged),
    )
