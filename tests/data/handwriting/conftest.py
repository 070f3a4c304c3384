"""A small pool of people's and drawn digits."""

import pytest

from mnist_nn import Dataset
from mnist_nn.data.handwriting.glyphs import GlyphPool
from mnist_nn.util.randomness import key


@pytest.fixture(scope="session")
def small_pool(mnist: Dataset) -> GlyphPool:
    return GlyphPool.of(mnist.train.images[:100], mnist.train.labels[:100], key(5), "train", pen_digits=100)
