"""Test vectors: pictures, and the predictions of the reference engine for them in double precision.

Every export contains some, so that whoever receives the file can check it without this package.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.data import Dataset, Samples
from mnist_nn.data.non_digits import KINDS, non_digits
from mnist_nn.errors import ModelFileError
from mnist_nn.evaluation.prediction import OUTPUTS, Predictions, predict
from mnist_nn.export.limits import collect_limits, count_passed_surely, make_pictures_beside
from mnist_nn.model_file.storage import Model
from mnist_nn.nn.config import DIGIT_SHAPE, NetworkConfig
from mnist_nn.nn.network import Network
from mnist_nn.util.randomness import key, uniform

Array = npt.NDArray[Any]
Pixels = npt.NDArray[np.uint8]
CLASSES = 10  # at most this many classes have a picture of their own
NOISE = 2
PASSED = "limits_passed"  # among the numbers of each picture


def predict_exactly(model: Model, images: Array) -> Predictions:
    """Predict with the reference engine in double precision: pixels of shape (n, …), or floats that the network takes.

    Examples
    --------
    >>> predict_exactly(Model(Network.create()), np.zeros((2, 784), np.uint8)).is_digit.tolist()
    [1.0, 1.0]
    """
    return predict(to_double(model.network), images, model.calibration)


def to_double(network: Network) -> Network:
    """Return the same weights as float64, which only the reference engine supports."""
    return Network.of(replace(network.config, dtype="float64"), network.parameters)


@dataclass(frozen=True, eq=False)
class Vectors:
    """Pictures of shape (n, inputs), their predictions, and how many limits each picture passes.

    ``passed`` is int64 of shape (n,), with `mnist_nn.export.limits.TOO_NEAR` where rounding may decide. It is None if
    the model is not calibrated, and in older files.
    """

    images: Pixels
    predictions: Predictions
    passed: npt.NDArray[np.int64] | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values; pixels become base64 text, picture by picture."""
        numbers = {name: values.tolist() for name, values in self.predictions.outputs().items()}
        counted = {} if self.passed is None else {PASSED: self.passed.tolist()}
        return {"count": len(self.images), "images": to_text(self.images), **numbers, **counted}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Vectors":
        """Build from plain values.

        Examples
        --------
        >>> vectors = make_vectors(Model(Network.create()), None)
        >>> bool((Vectors.from_dict(vectors.to_dict()).images == vectors.images).all())
        True
        """
        images = np.frombuffer(base64.b64decode(values["images"]), np.uint8).reshape(values["count"], -1)
        label = np.array(values["label"], np.int64)
        predictions = Predictions.of_outputs(label, *(np.array(values[name], float) for name in OUTPUTS[1:]))
        return cls(images, predictions, np.array(values[PASSED], np.int64) if PASSED in values else None)


def to_text(array: Array) -> str:
    """Encode the bytes of an array as base64."""
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def as_whole(numbers: Array, least: int, most: int) -> npt.NDArray[np.int64]:
    """Return numbers of a file as integers; a damaged file may have others.

    Raises
    ------
    ModelFileError
        If one is not a whole number from ``least`` to ``most``.

    Examples
    --------
    >>> as_whole(np.array([0.0, 255.0]), 0, 255)
    array([  0, 255])
    """
    if not ((numbers >= least) & (numbers <= most) & (numbers == np.rint(numbers))).all():
        raise ModelFileError(f"the file is damaged: a number in it is not a whole number from {least} to {most}")
    return numbers.astype(np.int64)


def make_vectors(model: Model, samples: Samples | None) -> Vectors:
    """Make the test vectors of a model: a picture of each class and of each kind of non-digit, a blank one, and noise.

    For a calibrated model there are also pictures close to each of its limits.

    Parameters
    ----------
    model
        The model.
    samples
        Test images that fit the model; None if there are none.
    """
    network, limits = to_double(model.network), collect_limits(model.calibration)

    def ask(rows: Array) -> Predictions:
        return predict(network, rows, model.calibration)

    plain = [*([] if samples is None else _from_data(samples)), _without_data(model.network.config)]
    beside = make_pictures_beside(np.concatenate(plain), ask, limits)
    images = np.concatenate([*plain[:-1], beside, plain[-1]])
    predictions = ask(images)
    return Vectors(images, predictions, count_passed_surely(predictions, limits) if limits else None)


def _without_data(config: NetworkConfig) -> Pixels:
    """Return a blank picture, one full of ink, and noise."""
    noise = (256 * uniform(key(config.inputs), NOISE * config.inputs)).astype(np.uint8)
    flat = np.repeat(np.array([0, 255], np.uint8), config.inputs)
    return np.concatenate([flat, noise]).reshape(-1, config.inputs)


def _from_data(samples: Samples) -> list[Pixels]:
    first = np.unique(samples.labels, return_index=True)[1][:CLASSES]
    pictures = [samples.images[first]]
    if samples.images.shape[1:] == DIGIT_SHAPE:
        pictures += [non_digits(kind, 1, key(0), samples.images[first]) for kind in KINDS if kind != "blank"]
    return [part.reshape(len(part), -1) for part in pictures]


def fits(config: NetworkConfig, data: Dataset) -> bool:
    """Say whether a data set has the image size and classes of a network."""
    same = data.inputs == config.inputs and data.classes <= config.outputs
    return same and bool(data.test.images.dtype == np.uint8)
