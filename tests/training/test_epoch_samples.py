"""Copies for every epoch: those of the next one while this one is trained, and no others."""

from threading import Event
from typing import Any

import numpy as np
import pytest

from mnist_nn import Samples
from mnist_nn.data.augmentation import DISTORTIONS, Distortion
from mnist_nn.engines.reference import ReferenceEngine
from mnist_nn.training.epoch_samples import EpochSamples
from mnist_nn.util.randomness import AUGMENT, Key, fold, key

IMAGES = np.random.default_rng(3).integers(0, 256, (30, 12, 12), dtype=np.uint8)
SAMPLES = Samples(IMAGES, np.arange(30) % 3)
AFFINE = DISTORTIONS["affine"]


class Noting(ReferenceEngine):
    """An engine that notes which copies it was asked for."""

    def __init__(self) -> None:
        self.keys: list[Key] = []

    def distort(self, images: Any, key: Key, how: Distortion, stop: Event | None = None) -> Any:
        self.keys.append(key)
        return super().distort(images, key, how, stop)


def prepare(engine: ReferenceEngine, how: Distortion | None = AFFINE, epochs: int = 3) -> EpochSamples:
    return EpochSamples(engine, SAMPLES, SAMPLES.labels, None, how, key(7), epochs)


def keys(*epochs: int) -> list[Key]:
    return [fold(key(7), AUGMENT, epoch) for epoch in epochs]


def test_each_epoch_has_its_own_copies() -> None:
    prepared = prepare(ReferenceEngine())
    for epoch in (0, 0, 1, 2):
        expected = ReferenceEngine().distort(IMAGES, *keys(epoch), AFFINE)
        assert np.array_equal(prepared.get(epoch).x, expected.reshape(30, -1))
    prepared.close()


def test_one_epoch_is_made_ahead_and_none_after_the_last() -> None:
    engine = Noting()
    prepared = prepare(engine)
    for epoch, made in ((0, keys(0, 1)), (1, keys(0, 1, 2)), (2, keys(0, 1, 2))):
        prepared.get(epoch)
        prepared._pool.submit(int).result()  # after what is being made
        assert engine.keys == made
    prepared.close()


def test_a_run_may_begin_anywhere() -> None:
    engine = Noting()
    prepared = prepare(engine)
    prepared.get(2)
    prepared.close()
    assert engine.keys == keys(2)


def test_images_that_are_not_distorted_are_placed_once() -> None:
    prepared = prepare(Noting(), None)
    assert prepared.get(0) is prepared.get(1)
    assert np.array_equal(prepared.get(2).x, IMAGES.reshape(30, -1))
    prepared.close()


def test_what_goes_wrong_ahead_is_said_when_it_is_asked_for() -> None:
    class Failing(Noting):
        def place(self, *given: Any) -> Any:
            if len(self.keys) > 1:
                raise MemoryError("no room for copies")
            return super().place(*given)

    prepared = prepare(Failing())
    prepared.get(0)
    with pytest.raises(MemoryError, match="no room"):
        prepared.get(1)
    prepared.close()
