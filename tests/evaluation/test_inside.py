"""Activations and input gradients: against formulas by hand, central differences, and what they are used for."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import scipy.sparse

from mnist_nn import (
    Model,
    Network,
    NetworkConfig,
    Samples,
    TrainingConfig,
    activations,
    evaluate,
    input_gradient,
    load_data,
    predict,
    train,
)
from mnist_nn.engines import reference
from mnist_nn.errors import ConfigError, DataError, DivergedError
from mnist_nn.nn.losses import LOSSES, get_loss

DEEP = NetworkConfig(inputs=12, hidden=(7, 5), activation=("tanh", "leaky_relu"), outputs=4, dtype="float64")


@pytest.fixture(scope="module")
def learned() -> Network:
    few = load_data("mnist").train.take(range(3000))
    *_, last = train(Network.create(), few, TrainingConfig(epochs=3), engine="reference")
    return last.network


def test_activations_of_every_layer_by_hand() -> None:
    network, x = Network.create(DEEP, 1), np.random.default_rng(0).random((5, 12))
    a1, a2, o = activations(network, x)
    h1 = np.tanh(x @ network.weights[0].T + network.biases[0])
    z2 = h1 @ network.weights[1].T + network.biases[1]
    h2 = np.where(z2 > 0, z2, 0.01 * z2)
    np.testing.assert_allclose(a1, h1)
    np.testing.assert_allclose(a2, h2)
    np.testing.assert_allclose(o, 1 / (1 + np.exp(-(h2 @ network.weights[2].T + network.biases[2]))))


def test_any_number_of_images_in_any_form(monkeypatch: pytest.MonkeyPatch) -> None:
    network, images = Network.create(), load_data("mnist").test.images[:50]
    whole, gradient = activations(network, images), input_gradient(network, images, np.arange(50) % 10)
    monkeypatch.setattr(reference, "CHUNK", 7)
    for a, b in zip(whole, activations(Model(network), images.reshape(50, -1)), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)
    sparse = scipy.sparse.csr_array(images.reshape(50, -1) / 255)
    np.testing.assert_allclose(activations(network, sparse)[0], whole[0], rtol=1e-5, atol=1e-6)
    parts = input_gradient(network, Samples(images, np.arange(50) % 10))
    np.testing.assert_allclose(parts, gradient, rtol=1e-4, atol=1e-6)
    found = predict(network, images)
    np.testing.assert_allclose(whole[-1].argmax(axis=1), found.label)


@pytest.mark.parametrize(("name", "output"), LOSSES)
def test_input_gradients_are_central_differences(name: str, output: str) -> None:
    config = replace(DEEP, output=output)
    network, rng, s = Network.create(config, 1), np.random.default_rng(0), 1e-5
    x, labels = rng.random((3, 12)), np.array([2, 0, 3])
    loss = get_loss(name, output)

    def value(moved: np.ndarray) -> np.ndarray:
        z, _ = reference.forward(config, network.weights, network.biases, moved)
        return loss.descended(z[-1], network.output(z[-1]), np.eye(4)[labels])

    numeric = np.stack([(value(x + s * e) - value(x - s * e)) / (2 * s) for e in np.eye(12)], axis=1)
    np.testing.assert_allclose(input_gradient(network, x, labels, loss=name), numeric, rtol=1e-6, atol=1e-9)


def test_a_step_along_the_sign_fools_the_network_and_noise_of_that_size_does_not(learned: Network) -> None:
    few = load_data("mnist").test.take(range(300))
    x, slope = few.images.reshape(300, -1) / 255, input_gradient(learned, few).reshape(300, -1)
    noise = np.random.default_rng(0).choice([-1.0, 1.0], x.shape)
    plain, noisy, fooled = (
        evaluate(learned, Samples(np.clip(x + 0.1 * step, 0, 1), few.labels)).accuracy
        for step in (0, noise, np.sign(slope))
    )
    assert noisy > plain - 0.05
    assert fooled < plain - 0.2


def test_what_cannot_be_looked_at_is_refused(learned: Network, clouds: Callable[..., Samples]) -> None:
    image = np.zeros((1, 28, 28), np.uint8)
    refused: list[tuple[Callable[..., Any], tuple[Any, ...], type[Exception], str]] = [
        (activations, (5, image), ConfigError, "the network is 5; call activations"),
        (activations, (learned, np.zeros((1, 9, 9), np.uint8)), ConfigError, "a sample has 81 values"),
        (activations, (learned, image[:0]), DataError, "contain no pixels"),
        (activations, (learned, np.full((1, 784), np.nan)), DataError, "NaN"),
        (input_gradient, (learned, image), DataError, "the samples are an ndarray"),
        (input_gradient, (learned, image, [10]), DataError, "label 10"),
        (input_gradient, (learned, image, [1, 2]), DataError, "1 images but 2 labels"),
        (input_gradient, (learned, clouds(9)), ConfigError, "a sample has 4 values"),
    ]
    for ask, arguments, kind, said in refused:
        with pytest.raises(kind, match=said):
            ask(*arguments)
    with pytest.raises(ConfigError, match="hinge"):
        input_gradient(learned, image, [1], loss="hinge")
    huge = Network.of(learned.config, [p * np.float32(1e37) for p in learned.parameters])
    with pytest.raises(DivergedError, match="are not finite"):
        activations(Network.of(replace(huge.config, activation="identity"), huge.parameters), image + 255)
