"""A network in whole numbers: int8 weights with a scale a row, activations in steps measured on training images.

These are the rules of the C header's int8 form, in NumPy: what its accuracy is measured with, and what it is checked
against. The last layer's result is exact, so its predictions follow from the same formulas as everywhere.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

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
    """Whole numbers for every layer.

    Parameters
    ----------
    rows
        Weights, int8 of shape (units, units before), the eleventh output's among the last where there is one.
    scales
        What one step of a row is worth, float32 of shape (units,).
    biases
        float32 of shape (units,).
    steps
        What one step of a hidden layer's activations is worth, float32, one a hidden layer.
    activation
        Names, one a hidden layer.
    """

    rows: tuple[Array, ...]
    scales: tuple[Array, ...]
    biases: tuple[Array, ...]
    steps: tuple[np.float32, ...]
    activation: tuple[str, ...]

    @classmethod
    def of(cls, model: Model, steps: tuple[np.float32, ...]) -> "Int8":
        """Round the weights of a model: each row's largest becomes 127."""
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
        """What a sum of products is worth, for every row: its scale times the step of what it is fed."""
        fed = (np.float32(1 / MOST_BYTE), *self.steps)
        return tuple(scale * step for scale, step in zip(self.scales, fed, strict=True))

    def predict(self, model: Model, images: Pixels) -> Predictions:
        """Ask it about pictures of shape (n, inputs); of the model only shape and calibration count."""
        q = images.astype(np.float64)  # whole numbers, whose products and sums a float64 holds exactly
        for k, name in enumerate(self.activation):
            z = (q @ self.rows[k].T).astype(np.float32) * self.factors[k] + self.biases[k]
            q = _count_steps(ACTIVATIONS[name].f(z), self.steps[k], signed=self.signed[k])
        step = float((np.float32(1 / MOST_BYTE), *self.steps)[-1])
        return predict_exactly(self._last_layer(model), q * step)

    def _last_layer(self, model: Model) -> Model:
        """The last layer by itself, with the weights that the whole numbers stand for."""
        W, b = self.rows[-1] * self.scales[-1][:, None].astype(np.float64), self.biases[-1]
        config, calibration = model.network.config, model.calibration
        shape = {"inputs": W.shape[1], "hidden": (), "activation": (), "dtype": "float64"}
        if calibration:
            weights = np.concatenate([W[-1], calibration.weights[-Z_FEATURES:]])
            calibration = replace(calibration, weights=weights)
        last = NetworkConfig.from_dict({**config.to_dict(), **shape})
        return Model(Network.of(last, [W[: config.outputs], b[: config.outputs]]), calibration=calibration)


def weights_with_refusal(model: Model) -> tuple[Array, ...]:
    """Weights as float32; the last layer has one more row where the model is calibrated: what h adds to the score."""
    *below, last = (W.astype(np.float32) for W in model.network.weights)
    if model.calibration:
        last = np.vstack([last, model.calibration.weights[None, :-Z_FEATURES].astype(np.float32)])
    return (*below, last)


def biases_with_refusal(model: Model) -> tuple[Array, ...]:
    """Biases as float32; that of the score follows those of the last layer where the model is calibrated."""
    *below, last = (b.astype(np.float32) for b in model.network.biases)
    return (*below, np.append(last, np.float32(0)) if model.calibration else last)


def measure_steps(model: Model, images: Pixels) -> tuple[np.float32, ...]:
    """Choose the steps so that the largest activation seen on some images is the largest whole number."""
    steps, a = [], images.reshape(len(images), -1) / np.float32(MOST_BYTE)
    network = model.network
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
    """The nearest whole number of steps, within the range; half a step goes up."""
    steps = np.floor(a / step + np.float32(0.5))
    return steps.clip(-MOST if signed else 0, MOST if signed else MOST_BYTE).astype(np.float64)
