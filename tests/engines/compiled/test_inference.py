"""A network made ready for images as they come: what the reference engine says, whatever came before."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from mnist_nn import Network, NetworkConfig
from mnist_nn.engines import select
from mnist_nn.engines.compiled import inference
from mnist_nn.errors import ConfigError

SHAPES = [
    NetworkConfig(inputs=30, hidden=()),
    NetworkConfig(inputs=30, hidden=(12,)),
    NetworkConfig(inputs=784, hidden=(20,)),
    NetworkConfig(inputs=65, hidden=(70, 33), activation=("relu", "tanh"), outputs=3, output="softmax"),
]


def images_of(shape: NetworkConfig, count: int, ink: float) -> np.ndarray:
    rng = np.random.default_rng(count)
    pixels = rng.integers(1, 256, (count, shape.inputs)) * (rng.random((count, shape.inputs)) < ink)
    return pixels.astype(np.uint8)


def expected(network: Network, images: np.ndarray) -> np.ndarray:
    reference = select.create("reference")
    return reference.forward(network, reference.place(images))


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: "-".join(map(str, shape.sizes)))
def test_it_says_what_the_equations_say(shape: NetworkConfig) -> None:
    network = Network.create(shape, 3)
    forward = inference.prepare_batches(network, 40)
    for count, ink in [(1, 0.2), (0, 0.2), (40, 0.2), (7, 1.0), (40, 1.0), (3, 0.0), (97, 0.2), (40, 0.9), (1, 0.2)]:
        images = images_of(shape, count, ink)
        found = forward(images)
        assert found.shape == (count, shape.outputs)
        if count:
            np.testing.assert_allclose(found, expected(network, images), rtol=1e-4, atol=1e-4)


def test_room_is_made_for_what_comes_and_not_for_what_is_allowed() -> None:
    forward = inference.prepare_batches(Network.create(SHAPES[1], 3), 10**9)
    assert forward(images_of(SHAPES[1], inference.MOST + 1, 0.2)).shape == (inference.MOST + 1, 10)


def test_one_room_serves_several_threads() -> None:
    network = Network.create(SHAPES[2], 3)
    forward = inference.prepare_batches(network, 8)
    parts = [images_of(SHAPES[2], count, 0.2) for count in range(1, 30)]
    with ThreadPoolExecutor(4) as pool:
        for images, found in zip(parts, pool.map(forward, parts), strict=True):
            np.testing.assert_allclose(found, expected(network, images), rtol=1e-4, atol=1e-4)


def test_results_are_the_callers_own() -> None:
    network = Network.create(SHAPES[1], 3)
    forward = inference.prepare_batches(network, 8)
    first = forward(images_of(SHAPES[1], 4, 0.2))
    before = first.copy()
    forward(images_of(SHAPES[1], 5, 0.2))
    np.testing.assert_array_equal(first, before)


def test_what_it_does_not_take() -> None:
    forward = inference.prepare_batches(Network.create(SHAPES[1], 3), 8)
    with pytest.raises(ConfigError, match="29 values"):
        forward(np.zeros((2, 29), np.uint8))
    with pytest.raises(TypeError, match="float64"):
        forward(np.zeros((2, 30)))
