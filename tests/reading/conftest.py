"""What tests of the reader share: clear digits to draw papers with, a reader, and networks that have learned lines."""

import numpy as np
import pytest
from PIL import Image
from small_sequence_networks import train_networks

from mnist_nn import Dataset, Network
from mnist_nn.evaluation.prediction import predict
from mnist_nn.reading.reader import Reader
from mnist_nn.reading.reader_model import load_reader_model


@pytest.fixture(scope="module")
def digits(mnist: Dataset) -> list[Image.Image]:
    """For each digit the one that the model is surest of, cut out."""
    images, labels = mnist.test.images[:2000], mnist.test.labels[:2000]
    seen = predict(load_reader_model().network, images, load_reader_model().calibration)
    right = seen.probabilities.argmax(axis=1) == labels
    best = [images[np.where((labels == digit) & right, seen.confidence, 0).argmax()] for digit in range(10)]
    pictures = map(Image.fromarray, best)
    return [picture.crop(picture.getbbox()) for picture in pictures]


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


@pytest.fixture(scope="session")
def sequence_networks(mnist: Dataset) -> tuple[Network, Network]:
    return train_networks(mnist)
