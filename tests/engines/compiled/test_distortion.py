"""The compiled engine's copies of images are those of the reference, to the bit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnist_nn import Network, NetworkConfig, Samples, TrainingConfig, train
from mnist_nn.data.augmentation import DISTORTIONS, Distortion, Warp, augment
from mnist_nn.engines.compiled.distortion import warp_images
from mnist_nn.engines.compiled.engine import CompiledEngine
from mnist_nn.engines.reference import ReferenceEngine
from mnist_nn.nn.config import FIGURES
from mnist_nn.util.randomness import key

FIGURE = {name: st.just(0.0) | st.floats(*bounds, width=32) for name, bounds in FIGURES.items() if bounds[0] == 0}
DISTORTED = st.builds(Distortion, **FIGURE, sigma=st.floats(0.125, 1000, width=32))
SIDES = (1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 28, 33)


def noise(side: int, count: int = 6) -> np.ndarray:
    return np.random.default_rng(side).integers(0, 256, (count, side, side), dtype=np.uint8)


@settings(max_examples=60)
@given(st.sampled_from(SIDES), DISTORTED, st.integers(0, 2**64 - 1))
def test_copies_are_the_same_to_the_bit(side: int, how: Distortion, seed: int) -> None:
    images = noise(side)
    assert np.array_equal(augment(images, key(seed), how, warp_images), augment(images, key(seed), how))


@pytest.mark.parametrize("name", DISTORTIONS)
def test_engines_give_the_same_copies(name: str) -> None:
    images = noise(28, 2100)[:, :, ::-1]
    first, second = (
        engine.distort(images, key(8), DISTORTIONS[name]) for engine in (ReferenceEngine(), CompiledEngine())
    )
    assert np.array_equal(first, second)


def test_points_that_are_no_numbers_read_nothing_outside() -> None:
    nowhere = Warp(0, np.full((3, 6), np.nan, np.float32), None, None, key(0))
    assert not warp_images(np.full((3, 28, 28), 255, np.uint8), nowhere).any(), "the corner of the border is blank"


def test_an_augmented_run_is_resumed_with_the_same_copies_by_the_other_engine() -> None:
    samples = Samples(noise(28, 60), np.arange(60) % 3)
    shape = NetworkConfig(hidden=(5,), outputs=3)
    config = TrainingConfig(epochs=3, batch_size=20, augmentation="elastic", augment="rotation=15,alpha=38,sigma=5.5")
    whole = list(train(Network.create(shape), samples, config, engine="reference"))
    *_, last = train(Network.create(shape), samples, config, engine="compiled", resume=whole[0].checkpoint)
    for p, q in zip(whole[-1].network.parameters, last.network.parameters, strict=True):
        np.testing.assert_allclose(p, q, atol=1e-5)
