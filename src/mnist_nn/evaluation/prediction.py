"""One image at a time, as soon as it comes: NumPy has answered before a compiled engine would be loaded.

For many images at once, `mnist_nn.evaluation.metrics` and the engines are the place.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_nn import engines
from mnist_nn.errors import DataError
from mnist_nn.nn.activations import ACTIVATIONS
from mnist_nn.nn.network import Network

Array = npt.NDArray[Any]


class Prediction(NamedTuple):
    """The class of an image, and the probability of every class, which sum to one: shape (outputs,)."""

    digit: int
    probabilities: Array


class Predictor:
    """A network made ready to classify single images, some microseconds each.

    Parameters
    ----------
    network
        Any network; it is not copied.
    engine
        One of `mnist_nn.engines.available`; ``auto`` is the compiled one if it has run a forward pass already.

    Examples
    --------
    >>> from mnist_nn import load_data
    >>> predict = Predictor(Network.create())
    >>> prediction = predict(load_data("mnist").test.images[0])
    >>> prediction.probabilities.shape, round(float(prediction.probabilities.sum()), 3)
    ((10,), 1.0)
    """

    def __init__(self, network: Network, engine: str = "auto") -> None:
        self.network = network
        self._inputs = network.config.inputs
        self._floats = _with_numpy(network)
        self._bytes = self._floats
        if engines.for_inference(engine, network.config, 1).name == "compiled":
            self._bytes = import_module("mnist_nn.engines.compiled.inference").single(network)

    def __call__(self, image: npt.ArrayLike) -> Prediction:
        """Classify one image: uint8 pixels of any shape, counted as x / 255, or floats as they are.

        Raises
        ------
        ConfigError
            If the image has another number of values than the network inputs.
        DataError
            If the values are neither uint8 nor floats, or one is NaN or infinite.
        """
        image = np.asarray(image)
        if image.size != self._inputs:
            engines.check_width(self.network.config, image.size)
        if image.dtype == np.uint8:
            return Prediction(*self._bytes(image))
        if image.dtype.kind != "f":
            raise DataError(
                f"the image is {image.dtype}; give uint8 pixels, as with astype(numpy.uint8), "
                "or floats from 0 to 1, as with astype(numpy.float32)"
            )
        if not np.isfinite(image).all():
            raise DataError("the image holds NaN or infinity; give finite numbers")
        return Prediction(*self._floats(image))


def _with_numpy(network: Network) -> Callable[[Array], tuple[int, Array]]:
    """Prepare what does not depend on the image, and return the forward pass over the rest."""
    (W1, b1), *rest = zip(network.weights, network.biases, strict=True)
    later = [(ACTIVATIONS[name].f, W, b) for name, (W, b) in zip(network.config.activation, rest, strict=True)]
    pixel = np.array(1 / 255, network.config.dtype)

    def look(image: Array) -> tuple[int, Array]:
        x = image.ravel()
        z = W1.dot(x * pixel if x.dtype == np.uint8 else x) + b1
        for f, W, b in later:
            z = W.dot(f(z)) + b
        return int(z.argmax()), network.probabilities(z)

    return look
