"""Test vectors: what is on them, that the predictions are the reference engine's, and the form in which they travel."""

import base64
from collections.abc import Callable

import numpy as np
import pytest

from mnist_nn import Dataset, Model, NetworkConfig, load_data
from mnist_nn.evaluation.prediction import predict
from mnist_nn.export.vectors import Vectors, fits, make_vectors, predict_exactly, to_double, to_text

Make = Callable[..., Model]


def test_vectors_hold_a_picture_of_every_digit_and_of_what_is_none(reader: Model) -> None:
    vectors = make_vectors(reader, load_data("mnist").test)
    assert vectors.images.shape[1] == 784
    assert set(vectors.predictions.label[:10].tolist()) == set(range(10))
    assert (vectors.predictions.is_digit > 0.9).sum() >= 8
    assert (vectors.predictions.is_digit < 0.5).sum() >= 5


def test_vectors_are_what_the_library_answers(reader: Model) -> None:
    vectors = make_vectors(reader, load_data("mnist").test)
    own = predict(reader.network, vectors.images, reader.calibration)
    assert np.abs(own.probabilities - vectors.predictions.probabilities).max() < 1e-5
    assert np.abs(own.is_digit - vectors.predictions.is_digit).max() < 1e-5


def test_vectors_survive_json_bit_for_bit(make_model: Make) -> None:
    vectors = make_vectors(make_model(calibrated=True), load_data("mnist").test)
    again = Vectors.from_dict(vectors.to_dict())
    assert np.array_equal(again.images, vectors.images)
    found, expected = again.predictions.outputs(), vectors.predictions.outputs()
    assert all(np.array_equal(found[name], expected[name]) for name in expected)


def test_without_data_they_are_nothing_ink_everywhere_and_noise(make_model: Make) -> None:
    images = make_vectors(make_model(inputs=30, outputs=4), None).images
    assert (images.dtype, images.shape) == (np.uint8, (4, 30))
    assert [set(row.tolist()) for row in images[:2]] == [{0}, {255}]
    assert images[2:].std(axis=1).min() > 30
    assert not np.array_equal(images[2], images[3])


def test_pixels_travel_as_base64_picture_by_picture(make_model: Make) -> None:
    values = make_vectors(make_model(inputs=30, outputs=4), None).to_dict()
    pixels = base64.b64decode(values["images"])
    assert (values["count"], len(pixels)) == (4, 120)
    assert pixels[:60] == bytes(30) + b"\xff" * 30
    assert base64.b64decode(to_text(np.array([[1, 2], [3, 4]], np.uint8).T)) == bytes([1, 3, 2, 4])


def test_exact_predictions_are_those_of_the_equations_in_double_precision(make_model: Make) -> None:
    model = make_model(inputs=4, hidden=(3,), outputs=2, activation="tanh", output="softmax")
    images = np.array([[0, 255, 3, 70], [9, 9, 9, 9]], np.uint8)
    (W1, W2), (b1, b2) = model.network.weights, model.network.biases
    assert W1.dtype == np.float32
    z = np.tanh(images / 255 @ W1.astype(float).T + b1) @ W2.astype(float).T + b2
    expected = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    assert np.abs(predict_exactly(model, images).probabilities - expected).max() < 1e-15
    assert to_double(model.network).weights[0].dtype == np.float64


@pytest.mark.parametrize(
    ("inputs", "outputs", "right"), [(12, 3, True), (12, 4, True), (12, 2, False), (13, 3, False), (784, 10, False)]
)
def test_data_fits_with_as_many_pixels_and_no_more_classes(
    small_data: Callable[[int], Dataset], inputs: int, outputs: int, right: bool
) -> None:
    assert fits(NetworkConfig(inputs=inputs, outputs=outputs), small_data(12)) is right
