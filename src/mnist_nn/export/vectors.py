"""Test vectors: pictures, and what the reference engine predicts of them in double precision.

Every export carries some, so that whoever gets the file can check it without this package.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.data import Dataset, Samples
from mnist_nn.data.non_digits import KINDS, non_digits
from mnist_nn.evaluation.prediction import OUTPUTS, Predictions, predict
from mnist_nn.model_file.storage import Model
from mnist_nn.nn.config import DIGIT_SHAPE, NetworkConfig
from mnist_nn.nn.network import Network
from mnist_nn.util.randomness import key, uniform

Array = npt.NDArray[Any]
Pixels = npt.NDArray[np.uint8]
CLASSES = 10  # at most this many classes have a picture of their own
NOISE = 2


def predict_exactly(model: Model, images: Array) -> Predictions:
    """Ask the reference engine, in double precision: pixels of shape (n, …), or floats that the network takes.

    Examples
    --------
    >>> predict_exactly(Model(Network.create()), np.zeros((2, 784), np.uint8)).is_digit.tolist()
    [1.0, 1.0]
    """
    return predict(to_double(model.network), images, model.calibration)


def to_double(network: Network) -> Network:
    """The same weights as float64, which the reference engine alone takes."""
    return Network.of(replace(network.config, dtype="float64"), network.parameters)


@dataclass(frozen=True, eq=False)
class Vectors:
    """Pictures of shape (n, inputs), and the predictions of them."""

    images: Pixels
    predictions: Predictions

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values; the pixels, picture by picture, are base64 text."""
        numbers = {name: values.tolist() for name, values in self.predictions.outputs().items()}
        return {"count": len(self.images), "images": to_text(self.images), **numbers}

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
        return cls(images, Predictions.of_outputs(label, *(np.array(values[name], float) for name in OUTPUTS[1:])))


def to_text(array: Array) -> str:
    """Write the bytes of an array as base64."""
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def make_vectors(model: Model, samples: Samples | None) -> Vectors:
    """Make the test vectors of a model: one picture of each class, one of each kind of non-digit, nothing, and noise.

    Parameters
    ----------
    model
        The model.
    samples
        Test images that fit it, None if there are none.
    """
    images = np.concatenate([*([] if samples is None else _from_data(samples)), _without_data(model.network.config)])
    return Vectors(images, predict_exactly(model, images))


def _without_data(config: NetworkConfig) -> Pixels:
    """Nothing, ink everywhere, and noise."""
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
    """Tell whether a data set has pictures and classes of such a network."""
    same = data.inputs == config.inputs and data.classes <= config.outputs
    return same and bool(data.test.images.dtype == np.uint8)
