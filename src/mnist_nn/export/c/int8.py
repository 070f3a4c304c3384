"""A network in integers: int8 weights with one scale per row, and activations in steps measured on training images.

This is the C header's int8 form in NumPy. It is used to measure that form's accuracy and to check it. The last layer's
result is exact, so the usual formulas turn it into predictions.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.engines.preparation import prepare_images
from mnist_nn.evaluation.calibration import Z_FEATURES
from mnist_nn.evaluation.prediction import Predictions
from mnist_nn.export.vectors import Pixels, predict_exactly
from mnist_nn.model_file.storage import Model
from mnist_nn.nn.activations import ACTIVATIONS
from mnist_nn.nn.config import NetworkConfig
from mnist_nn.nn.network import Network

Array = npt.NDArray[Any]
MOST = 127  # of an int8
MOST_BYTE = 255  # of a uint8
MOST_INPUTS = (2**31 - 1) // (MOST * MOST_BYTE)  # of a unit: more could overflow 32 bits
NEVER_NEGATIVE = ("sigmoid", "relu")  # activations that are stored as uint8, the others as int8


@dataclass(frozen=True, eq=False)
class Int8:
    """The integers of every layer.

    Parameters
    ----------
    rows
        Weights of each layer, int8 of shape (units, previous units). If there is an eleventh output, it is in the last
        layer.
    scales
        The value of one step in each row, float32 of shape (units,).
    biases
        Biases of each layer, float32 of shape (units,).
    steps
        The value of one step of the activations, float32, one for each hidden layer.
    activation
        Names of the activations, one for each hidden layer.
    """

    rows: tuple[Array, ...]
    scales: tuple[Array, ...]
    biases: tuple[Array, ...]
    steps: tuple[np.float32, ...]
    activation: tuple[str, ...]

    @classmethod
    def of(cls, model: Model, steps: tuple[np.float32, ...]) -> "Int8":
        """Round the weights of a model; the largest weight of each row becomes 127."""
        pairs = [_round(W) for W in weights_with_refusal(model)]
        return cls(
            tuple(rows for rows, _ in pairs),
            tuple(scales for _, scales in pairs),
            biases_with_refusal(model),
            steps,
            model.network.config.layer_activations[:-1],
        )

    @property
    def signed(self) -> tuple[bool, ...]:
        """Whether a hidden layer's activations can be negative."""
        return tuple(name not in NEVER_NEGATIVE for name in self.activation)

    @property
    def factors(self) -> tuple[Array, ...]:
        """Return the value of one unit of each row's sum of products: the row's scale times the step of its input."""
        fed = (np.float32(1 / MOST_BYTE), *self.steps)
        return tuple(scale * step for scale, step in zip(self.scales, fed, strict=True))

    def predict(self, model: Model, images: Pixels) -> Predictions:
        """Predict pictures of shape (n, inputs); only shape and calibration of the model are used."""
        q = prepare_images(model.network.config, images).astype(np.float64)
        # q are whole numbers, whose products and sums a float64 holds exactly
        for k, name in enumerate(self.activation):
            z = (q @ self.rows[k].T).astype(np.float32) * self.factors[k] + self.biases[k]
            q = _count_steps(ACTIVATIONS[name].f(z), self.steps[k], signed=self.signed[k])
        step = float((np.float32(1 / MOST_BYTE), *self.steps)[-1])
        return predict_exactly(self._last_layer(model), q * step)

    def _last_layer(self, model: Model) -> Model:
        """Return the last layer as a network of its own, with the weights that the integers stand for."""
        W, b = self.rows[-1] * self.scales[-1][:, None].astype(np.float64), self.biases[-1]
        config, calibration = model.network.config, model.calibration
        shape = {"inputs": W.shape[1], "hidden": (), "activation": (), "dtype": "float64", "prepare": ""}
        if calibration:
            weights = np.concatenate([W[-1], calibration.weights[-Z_FEATURES:]])
            calibration = replace(calibration, weights=weights)
        last = NetworkConfig.from_dict({**config.to_dict(), **shape})
        return Model(Network.of(last, [W[: config.outputs], b[: config.outputs]]), calibration=calibration)


def weights_with_refusal(model: Model) -> tuple[Array, ...]:
    """Return weights as float32; for a calibrated model the last layer has one more row, which scores digits."""
    *below, last = (W.astype(np.float32) for W in model.network.weights)
    if model.calibration:
        last = np.vstack([last, model.calibration.weights[None, :-Z_FEATURES].astype(np.float32)])
    return (*below, last)


def biases_with_refusal(model: Model) -> tuple[Array, ...]:
    """Return biases as float32; for a calibrated model the score's bias follows those of the last layer."""
    *below, last = (b.astype(np.float32) for b in model.network.biases)
    return (*below, np.append(last, np.float32(0)) if model.calibration else last)


def measure_steps(model: Model, images: Pixels) -> tuple[np.float32, ...]:
    """Choose the steps so that the largest activation on some images becomes the largest integer."""
    network = model.network
    steps, a = [], prepare_images(network.config, images).reshape(len(images), -1) / np.float32(MOST_BYTE)
    for name, W, b in zip(network.config.activation, network.weights, network.biases, strict=False):
        a = ACTIVATIONS[name].f(a @ W.T + b)
        most = MOST_BYTE if name in NEVER_NEGATIVE else MOST
        steps.append(np.float32(np.abs(a).max() / most) or np.float32(1))
    return tuple(steps)


def _round(W: Array) -> tuple[Array, Array]:
    scales = np.abs(W).max(axis=1) / np.float32(MOST)
    scales[scales == 0] = 1
    return np.rint(W / scales[:, None]).astype(np.int8), scales.astype(np.float32)


def _count_steps(a: Array, step: np.float32, *, signed: bool) -> Array:
    """Round to the nearest number of steps within the range; half a step is rounded up."""
    steps = np.floor(a / step + np.float32(0.5))
    return steps.clip(-MOST if signed else 0, MOST if signed else MOST_BYTE).astype(np.float64)
