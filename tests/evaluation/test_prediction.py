import numpy as np
import pytest

from mnist_nn import Network, NetworkConfig, Predictor, load_data
from mnist_nn.engines.select import create
from mnist_nn.errors import ConfigError, DataError

ENGINES = [("float32", "reference"), ("float32", "compiled"), ("float64", "auto")]


@pytest.mark.parametrize("output", ["sigmoid", "softmax"])
@pytest.mark.parametrize("hidden", [(), (20,), (30, 15)])
@pytest.mark.parametrize(
    ("dtype", "with_engine"), [("float32", "reference"), ("float32", "compiled"), ("float64", "auto")]
)
def test_it_agrees_with_the_engine(output: str, hidden: tuple[int, ...], dtype: str, with_engine: str) -> None:
    network = Network.create(NetworkConfig(hidden=hidden, output=output, dtype=dtype), seed=3)
    images = load_data("mnist").test.images[:20]
    engine = create("reference")
    z = engine.forward(network, engine.place(images))
    predict = Predictor(network, with_engine)
    found = [predict(image) for image in images]
    assert [one.label for one in found] == z.argmax(axis=1).tolist()
    np.testing.assert_allclose([one.probabilities for one in found], network.probabilities(z), rtol=1e-4)


def test_floats_are_taken_as_they_are() -> None:
    network, image = Network.create(seed=1), load_data("mnist").test.images[0]
    as_floats = (image / 255).astype(np.float32)
    np.testing.assert_allclose(Predictor(network)(as_floats)[1], Predictor(network)(image)[1], rtol=1e-5)


def test_what_is_no_image_is_refused() -> None:
    predict = Predictor(Network.create())
    with pytest.raises(ConfigError, match="784 inputs"):
        predict(np.zeros((27, 28), np.uint8))
    with pytest.raises(DataError, match="NaN"):
        predict(np.full(784, np.nan))


def test_an_image_full_of_ink_fits() -> None:
    network, image = Network.create(seed=1), np.full((28, 28), 255, np.uint8)
    found = Predictor(network, "compiled")(image)
    np.testing.assert_allclose(found.probabilities, Predictor(network, "reference")(image).probabilities, rtol=1e-4)


@pytest.mark.parametrize("engine", ["reference", "compiled"])
@pytest.mark.parametrize("dtype", [np.int64, np.int8, np.bool_, np.complex64, np.object_])
def test_values_of_another_type_are_refused_with_advice(dtype: type, engine: str) -> None:
    with pytest.raises(DataError, match=r"give uint8 pixels, as with astype\(numpy.uint8\), or floats"):
        Predictor(Network.create(), engine)(np.ones((28, 28), dtype))


def test_nested_lists_are_taken() -> None:
    predict, image = Predictor(Network.create(seed=1)), load_data("mnist").test.images[0] / 255
    np.testing.assert_array_equal(predict(image.tolist()).probabilities, predict(image).probabilities)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_floats_of_any_length_are_taken(dtype: type) -> None:
    predict, image = Predictor(Network.create(seed=1)), load_data("mnist").test.images[0]
    np.testing.assert_allclose(predict((image / 255).astype(dtype))[1], predict(image)[1], rtol=1e-2)
