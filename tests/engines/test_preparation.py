"""Prepared inputs beside their definition, and the network that a prepared one becomes."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from mnist_nn import Network, NetworkConfig, load_data
from mnist_nn.data.deskewing import deskew
from mnist_nn.engines import reference
from mnist_nn.engines.preparation import Preparation, check_inputs, prepare_images
from mnist_nn.engines.reference import ReferenceEngine
from mnist_nn.errors import ConfigError, DataError
from mnist_nn.nn.config import fit_data
from mnist_nn.nn.losses import get_loss
from mnist_nn.nn.preparation import Steps

Array = npt.NDArray[np.float64]
LINEAR = [
    "crop=24",
    "crop=24,pool=2",
    "standardize",
    "components=30",
    "deskew,crop=20,pool=2,components=40,standardize",
]


@pytest.fixture(scope="module")
def digits() -> npt.NDArray[np.uint8]:
    return load_data("mnist").train.images[:200]


def prepare(text: str, images: npt.NDArray[np.uint8]) -> Preparation:
    return Preparation.measure(Steps.parse(text), images)


def create(text: str, seed: int = 1, **shape: object) -> Network:
    config = NetworkConfig(hidden=(9,), dtype="float64", prepare=text, **shape)  # type: ignore[arg-type]
    network = Network.create(fit_data(config, 784, 10), seed)
    rng = np.random.default_rng(seed)
    return Network.of(network.config, [p + 0.1 * rng.standard_normal(p.shape) for p in network.parameters])


def test_blocks_are_means_of_the_middle(digits: npt.NDArray[np.uint8]) -> None:
    found = prepare("crop=24,pool=3", digits).apply(digits, "float64").reshape(-1, 8, 8)
    assert found[:, 2, 5] == pytest.approx(digits[:, 8:11, 17:20].mean(axis=(1, 2)) / 255)


def test_floats_are_taken_as_they_are(digits: npt.NDArray[np.uint8]) -> None:
    text = "crop=24,pool=2,standardize"
    by_floats = prepare(text, digits / 255).apply(digits.reshape(-1, 784) / 255, "float64")
    np.testing.assert_allclose(by_floats, prepare(text, digits).apply(digits, "float64"), atol=1e-12)


def test_standardized_inputs_have_mean_0_and_mean_variance_1(digits: npt.NDArray[np.uint8]) -> None:
    found = prepare("pool=2,standardize", digits).apply(digits, "float64")
    assert found.mean(axis=0) == pytest.approx(np.zeros(196), abs=1e-12)
    assert found.var(axis=0).mean() == pytest.approx(1)


def test_components_have_no_covariance_and_the_largest_variances(digits: npt.NDArray[np.uint8]) -> None:
    found = prepare("pool=2,components=12", digits).apply(digits, "float64")
    pixels = prepare("pool=2", digits).apply(digits, "float64")
    covariance = found.T @ found / len(found)
    assert covariance == pytest.approx(np.diag(covariance.diagonal()), abs=1e-12)
    assert covariance.diagonal() == pytest.approx(np.linalg.eigvalsh(np.cov(pixels.T, bias=True))[::-1][:12])


@pytest.mark.parametrize("text", LINEAR)
def test_a_folded_network_answers_to_pictures_as_before_to_prepared_inputs(
    digits: npt.NDArray[np.uint8], text: str
) -> None:
    preparation, network, engine = prepare(text, digits), create(text), ReferenceEngine()
    folded = preparation.fold(network)
    assert folded.config == replace(network.config, inputs=784, prepare=Steps.parse(text).folded.text)
    z = engine.forward(network, engine.place(preparation.apply(digits, "float64")))
    seen = prepare_images(folded.config, digits)
    np.testing.assert_allclose(engine.forward(folded, engine.place(seen)), z, atol=1e-10)


@pytest.mark.parametrize("text", LINEAR)
def test_the_gradient_is_that_of_the_folded_network_by_the_chain_rule(digits: npt.NDArray[np.uint8], text: str) -> None:
    """From V to W = V A and b' = b - V c: ∂L/∂V = ∂L/∂W Aᵀ - ∂L/∂b cᵀ, and ∂L/∂b is the same."""
    preparation, network, rows = prepare(text, digits), create(text, output="softmax"), digits[:20]
    loss, targets = get_loss("cross_entropy", "softmax"), np.eye(10)[np.arange(20) % 10]

    def differentiate(of: Network, x: Array) -> list[Array]:
        return reference.gradients(of.config, of.weights, of.biases, x, targets, loss)[0]

    prepared = differentiate(network, preparation.apply(rows, "float64"))
    upright = deskew(rows) if "deskew" in text else rows
    plain = differentiate(preparation.fold(network), upright.reshape(-1, 784) / 255)
    c = -preparation.apply(np.zeros((1, 784)), "float64")  # of a blank picture: A 0 - c
    A = preparation.apply(np.eye(784), "float64") + c if "deskew" not in text else _linear_part(preparation, c)
    np.testing.assert_allclose(prepared[0], plain[0] @ A - plain[1][:, None] * c, atol=1e-9)
    for one, other in zip(prepared[1:], plain[1:], strict=True):
        np.testing.assert_allclose(one, other, atol=1e-9)


def _linear_part(preparation: Preparation, c: Array) -> Array:
    """The same without deskewing, which is no matrix."""
    steps = replace(preparation.steps, deskew=False)
    return replace(preparation, steps=steps).apply(np.eye(784), "float64") + c


def test_the_network_of_a_preparation_without_linear_steps_stays_what_it_is(digits: npt.NDArray[np.uint8]) -> None:
    preparation, network = prepare("deskew", digits), create("deskew")
    assert preparation.fold(network) is network
    assert (preparation.apply(digits, "float32") == deskew(digits)).all()


def test_a_network_that_still_learns_takes_no_pictures(digits: npt.NDArray[np.uint8]) -> None:
    with pytest.raises(ConfigError, match="takes no pictures itself; train it, and use the network of an epoch"):
        prepare_images(create("crop=24,pool=2").config, digits)


def test_a_network_of_another_width_is_refused() -> None:
    config = NetworkConfig(inputs=100, prepare="crop=24,pool=2")
    with pytest.raises(ConfigError, match="makes 144 inputs of a sample's 784 values, but the network has 100"):
        check_inputs(config, 784)
    with pytest.raises(ConfigError, match="a sample has 5 values, but the network has 784 inputs"):
        check_inputs(NetworkConfig(), 5)


def test_equal_images_cannot_be_standardized() -> None:
    with pytest.raises(DataError, match="all images are equal"):
        prepare("standardize", np.full((3, 4, 4), 7, np.uint8))
