"""Trains the reader model that ships with this package; ``mnist-nn train-reader`` runs it.

The model learns from distorted copies of MNIST's digits, of digits in generated handwriting, and of MNIST digits drawn
with other pens. A network that has only seen digits sees digits everywhere. That is why it is trained with an eleventh
output for pictures that are not digits. This output is removed afterwards, because `calibrate` fits its own on held-out
digits.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from mnist_nn.data import Dataset, Samples
from mnist_nn.data.handwriting.framed import draw_digits, draw_single_digits, redraw_digits
from mnist_nn.data.non_digits import non_digits
from mnist_nn.errors import ConfigError
from mnist_nn.evaluation.calibration_fit import calibrate
from mnist_nn.model_file.storage import Model
from mnist_nn.nn.config import NetworkConfig, TrainingConfig
from mnist_nn.nn.network import Network
from mnist_nn.nn.presets import preset
from mnist_nn.training.checkpoint import Checkpoint
from mnist_nn.training.loop import Epoch, train
from mnist_nn.training.placement import split
from mnist_nn.util import randomness
from mnist_nn.util.randomness import fold

CLASSES = 10
NON_DIGIT_COUNTS = {
    "noise": 2_000, "scribbles": 6_000, "letters": 6_000, "punctuation": 4_000, "two digits": 4_000, "halves": 4_000,
    "neighbours": 4_000, "uprights": 4_000, "boxes": 3_000, "combs": 2_000, "marks": 3_000,
}  # fmt: skip
"""Shares of the kinds of non-digits; most are of the kinds that look most like writing."""


@dataclass(frozen=True)
class ReaderExamples:
    """How many other examples than MNIST's digits train and calibrate a reader; chosen by the cost of a run."""

    drawn_digits: int = 40_000
    """Digits in 2,000 generated handwritings: nearly as many as MNIST's 50,000, because they contain forms that MNIST
    lacks."""
    redrawn_digits: int = 20_000
    """Number of MNIST's first digits that are drawn again, each with another pen."""
    calibration_digits: int = 5_000
    """Digits in different handwritings: of the family ``calibrate`` for fitting, and as many of the family ``test`` for
    testing."""
    non_digits: Mapping[str, int] = field(default_factory=lambda: dict(NON_DIGIT_COUNTS))
    """Number of pictures of each kind of non-digit."""


EXAMPLES = ReaderExamples()


def train_reader(
    data: Dataset,
    training: TrainingConfig | None = None,
    resume: Checkpoint | None = None,
    examples: ReaderExamples = EXAMPLES,
) -> Iterator[tuple[Epoch, Model | None]]:
    """Train and calibrate a reader; yield every epoch, and the finished model with the last one.

    Parameters
    ----------
    data
        The digits; the preset holds out 10,000 training images for calibration.
    training
        Training settings; None for those of the preset ``reader``.
    resume
        Continue from this checkpoint of an epoch that was yielded before.
    examples
        The other examples that it learns from.

    Raises
    ------
    ConfigError
        If no images are held out.
    """
    shape, usual = preset("reader")
    training = training or usual
    key = fold(randomness.key(training.seed), randomness.CALIBRATION)
    learned, held_out = split(data.train, training)
    if held_out is None:
        raise ConfigError(
            "a reader must be calibrated on images that it has not learned from; set validation, for example to 10000"
        )
    eleven = NetworkConfig.from_dict({**shape.to_dict(), "outputs": CLASSES + 1})
    start = Network.create(eleven, training.seed)
    samples = _add_examples(learned, key, examples)
    for epoch in train(start, samples, replace(training, validation=0, subset=None), resume=resume):
        if epoch.checkpoint.is_finished(training):
            network = _drop_eleventh_output(epoch.network, shape)
            record = {"name": data.name, "sha256": data.digest}
            calibration = calibrate(network, held_out, key, _draw_hands(key, examples))
            yield epoch, Model(network, training, data=record, calibration=calibration)
        else:
            yield epoch, None


def _add_examples(digits: Samples, key: randomness.Key, examples: ReaderExamples) -> Samples:
    """Append generated digits, digits drawn again, and non-digits (with label 10) to the digits."""
    redrawn = redraw_digits(digits.take(range(min(examples.redrawn_digits, len(digits)))), fold(key, 9), "train")
    parts = [digits, draw_digits(examples.drawn_digits, fold(key, 8), "train"), redrawn]
    images = np.concatenate([part.images for part in parts])
    others = [
        non_digits(kind, count, fold(key, 7, number), images)
        for number, (kind, count) in enumerate(examples.non_digits.items())
    ]
    labels = [*(part.labels for part in parts), np.full(sum(map(len, others)), CLASSES)]
    return Samples(np.concatenate([images, *others]), np.concatenate(labels))


def _draw_hands(key: randomness.Key, examples: ReaderExamples) -> tuple[Samples, Samples]:
    """Return digits for fitting and testing a calibration, in handwriting of families that training has not seen."""
    return (
        draw_single_digits(examples.calibration_digits, fold(key, 10), "calibrate"),
        draw_single_digits(examples.calibration_digits, fold(key, 11), "test"),
    )


def _drop_eleventh_output(network: Network, shape: NetworkConfig) -> Network:
    """Remove the eleventh output, and round to 11 significant bits, which halves the size of the file."""
    weights, biases = ((*arrays[:-1], arrays[-1][:CLASSES]) for arrays in (network.weights, network.biases))
    parameters = (p for pair in zip(weights, biases, strict=True) for p in pair)
    return Network.of(shape, (p.astype(np.float16) for p in parameters))
