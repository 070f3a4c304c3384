from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from mnist_nn import Network, NetworkConfig, Predictor, Reader, evaluate, load_data
from mnist_nn.engines.select import create
from mnist_nn.errors import ConfigError, DataError, DivergedError
from mnist_nn.evaluation.prediction import OUTPUTS, Predictions, extend, forward, interpret, predict
from mnist_nn.reading.reader_model import load_reader_model

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


@pytest.mark.parametrize("output", ["sigmoid", "softmax"])
def test_an_image_in_float32_is_answered_as_by_the_equations(output: str) -> None:
    network = Network.create(NetworkConfig(inputs=30, hidden=(20, 70), outputs=17, output=output), seed=1)
    quick, slow = Predictor(network, "compiled"), Predictor(network, "reference")
    for image in np.random.default_rng(0).normal(size=(20, 5, 6)).astype(np.float32):
        (label, probabilities), expected = quick(image), slow(image)
        assert label == expected.label
        np.testing.assert_allclose(probabilities, expected.probabilities, rtol=2e-5, atol=1e-7)


@pytest.mark.parametrize("place", [0, 29])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_one_value_that_is_not_finite_is_enough(value: float, place: int) -> None:
    image = np.zeros(30, np.float32)
    image[place] = value
    for engine in ("compiled", "reference"):
        with pytest.raises(DataError, match="NaN or infinity"):
            Predictor(Network.create(NetworkConfig(inputs=30)), engine)(image)


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
    with pytest.raises(DataError, match=r"give uint8 pixels, for example with astype\(numpy.uint8\), or floats"):
        Predictor(Network.create(), engine)(np.ones((28, 28), dtype))


def test_nested_lists_are_taken() -> None:
    predict, image = Predictor(Network.create(seed=1)), load_data("mnist").test.images[0] / 255
    np.testing.assert_array_equal(predict(image.tolist()).probabilities, predict(image).probabilities)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_floats_of_any_length_are_taken(dtype: type) -> None:
    predict, image = Predictor(Network.create(seed=1)), load_data("mnist").test.images[0]
    np.testing.assert_allclose(predict((image / 255).astype(dtype))[1], predict(image)[1], rtol=1e-2)


# Numbers that are too large


def make_too_large(**config: Any) -> Network:
    """A network of finite weights whose answers are not."""
    shape = NetworkConfig(activation="relu", **config)
    return Network.of(shape, [1e25 * p for p in Network.create(shape, seed=1).parameters])


@pytest.mark.parametrize("output", ["sigmoid", "softmax"])
def test_answers_that_overflow_are_one_error_wherever_they_arise(output: str) -> None:
    network, images = make_too_large(output=output), load_data("mnist").test.images[:3]
    asked: list[Callable[[], Any]] = [
        lambda: predict(network, images),
        lambda: forward(network, images, "compiled"),
        lambda: Predictor(network)(images[0]),
        lambda: Predictor(network, "compiled")(images[0]),
        lambda: Predictor(network)((images[0] / 255).astype(np.float32)),
        lambda: interpret(network, np.full((1, 10), np.inf, np.float32)),
        lambda: evaluate(network, images, [0, 1, 2]),
        lambda: Reader(network)(255 - np.pad(images[0], 20)),
    ]
    for ask in asked:
        with pytest.raises(DivergedError, match=r"its weights, up to \d\.\de\+\d+, are too large"):
            ask()


def test_a_calibration_that_overflows_is_the_same_error() -> None:
    model = load_reader_model()
    assert model.calibration is not None
    cold = replace(model.calibration, temperature=1e-320)
    with pytest.raises(DivergedError, match="answers are not finite"):
        predict(model.network, load_data("mnist").test.images[:3], cold)


# Many images


@pytest.mark.parametrize("output", ["sigmoid", "softmax"])
def test_without_a_calibration_the_network_speaks_for_itself(output: str) -> None:
    network = Network.create(NetworkConfig(output=output), seed=2)
    images = load_data("mnist").test.images[:30]
    engine = create("reference")
    z = engine.forward(network, engine.place(images))
    found = predict(network, images, engine="reference")
    np.testing.assert_array_equal(found.z, z)
    np.testing.assert_array_equal(found.label, z.argmax(axis=1))
    np.testing.assert_array_equal(found.probabilities, network.probabilities(z))
    np.testing.assert_array_equal(found.is_digit, np.ones(30))
    np.testing.assert_array_equal(found.confidence, found.probabilities.max(axis=1))
    np.testing.assert_array_equal(found.top_probability, found.probabilities.max(axis=1))


def test_one_forward_pass_gives_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    model, passes = load_reader_model(), []
    engine = create("reference")
    run = type(engine).forward
    monkeypatch.setattr(type(engine), "forward", lambda *given: passes.append(1) or run(*given))
    found = predict(model.network, load_data("mnist").test.images[:10], model.calibration, engine="reference")
    assert len(passes) == 1
    assert (found.z.shape, found.probabilities.shape) == ((10, 10), (10, 10))


def test_a_calibrated_prediction_is_the_interpreted_z_of_the_extended_network() -> None:
    model = load_reader_model()
    images = load_data("mnist").test.images[:10]
    extended = extend(model.network, model.calibration)
    assert extended.config.outputs == 11
    found = predict(model.network, images, model.calibration)
    again = interpret(model.network, forward(extended, images), model.calibration)
    for one, other in zip(found, again, strict=True):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_allclose(found.confidence, found.top_probability * found.is_digit)


def test_labels_are_told_apart_where_probabilities_round_to_the_same() -> None:
    z = np.array([[40.0, 41.0, 0.0]])
    found = interpret(Network.create(NetworkConfig(outputs=3)), z)
    assert found.probabilities[0, 0] == found.probabilities[0, 1]
    assert found.label.tolist() == [1]


def test_what_another_runtime_gives_out_is_completed() -> None:
    probabilities = np.array([[0.25, 0.75], [0.5, 0.5]])
    found = Predictions.of_outputs(np.array([1, 0]), probabilities, np.array([1.0, 0.5]))
    assert found.confidence.tolist() == [0.75, 0.25]
    assert found.z.shape == (2, 0)
    assert tuple(found.outputs()) == OUTPUTS
    assert found.take([1]).label.tolist() == [0]
