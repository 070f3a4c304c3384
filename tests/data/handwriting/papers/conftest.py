"""A small pool of digits for the tests of papers."""

import pytest

from mnist_nn import Dataset
from mnist_nn.data.handwriting.glyphs import GlyphPool
from mnist_nn.util.randomness import key


@pytest.fixture(scope="session")
def pool(mnist: Dataset) -> GlyphPool:
    return GlyphPool.of(mnist.train.images[:300], mnist.train.labels[:300], key(4), "train", pen_digits=400)
