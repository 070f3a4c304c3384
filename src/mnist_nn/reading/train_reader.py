"""How the reader model that ships with this package is made; ``mnist-nn train-reader`` runs it.

A network that has only ever seen digits sees digits everywhere. So it is trained with an eleventh output, for pictures
that are none, beside distorted copies of MNIST's digits; the eleventh output is then left out, because `calibrate`
fits one of its own on held-out digits.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from mnist_nn.data import Dataset, Samples
from mnist_nn.data.non_digits import non_digits
from mnist_nn.errors import ConfigError
from mnist_nn.evaluation.calibration_fit import calibrate
from mnist_nn.model_file.storage import Model
from mnist_nn.nn.config import NetworkConfig, TrainingConfig
from mnist_nn.nn.network import Network
from mnist_nn.nn.presets import preset
from mnist_nn.training.loop import Epoch, split, train
from mnist_nn.util import randomness

CLASSES = 10
NON_DIGIT_COUNTS = {"noise": 2_000, "scribbles": 6_000, "letters": 6_000, "punctuation": 4_000, "two digits": 4_000}
"""Non-digits of each kind beside 50,000 digits; most are of the kinds that look most like writing."""


def train_reader(data: Dataset, training: TrainingConfig | None = None) -> Iterator[tuple[Epoch, Model | None]]:
    """Train and calibrate a reader: yields every epoch, and with the last one the finished model.

    Parameters
    ----------
    data
        Digits; the preset holds out 10,000 training images to calibrate on.
    training
        Other settings than those of the preset ``reader``.

    Raises
    ------
    ConfigError
        If no images are held out.
    """
    shape, usual = preset("reader")
    training = training or usual
    key = randomness.fold(randomness.key(training.seed), randomness.CALIBRATION)
    learned, held_out = split(data.train, training)
    if held_out is None:
        raise ConfigError("a reader is calibrated on images it has not learned from; give validation, as 10000")
    eleven = NetworkConfig.from_dict({**shape.to_dict(), "outputs": CLASSES + 1})
    start = Network.create(eleven, training.seed)
    for epoch in train(start, _add_non_digits(learned, key), replace(training, validation=0, subset=None)):
        if epoch.checkpoint.is_finished(training):
            network = _drop_eleventh_output(epoch.network, shape)
            record = {"name": data.name, "sha256": data.digest}
            yield epoch, Model(network, training, data=record, calibration=calibrate(network, held_out, key))
        else:
            yield epoch, None


def _add_non_digits(digits: Samples, key: randomness.Key) -> Samples:
    """Put drawn pictures of no digits, all with the label 10, after the digits."""
    drawn = [
        non_digits(kind, count, randomness.fold(key, 7, number), digits.images)
        for number, (kind, count) in enumerate(NON_DIGIT_COUNTS.items())
    ]
    others = np.concatenate(drawn)
    labels = np.concatenate([digits.labels, np.full(len(others), CLASSES)])
    return Samples(np.concatenate([digits.images, others]), labels)


def _drop_eleventh_output(network: Network, shape: NetworkConfig) -> Network:
    """Leave the eleventh output out, and round to 11 significant bits, so that the file packs to half its size."""
    weights, biases = ((*arrays[:-1], arrays[-1][:CLASSES]) for arrays in (network.weights, network.biases))
    parameters = (p for pair in zip(weights, biases, strict=True) for p in pair)
    return Network.of(shape, (p.astype(np.float16) for p in parameters))
