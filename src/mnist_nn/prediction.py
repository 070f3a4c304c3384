"""One image at a time, as soon as it comes: NumPy has answered before a compiled engine would be loaded.

For many images at once, `mnist_nn.evaluation` and the engines are the place.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_nn.activations import ACTIVATIONS, OUTPUTS
from mnist_nn.engines import check_width
from mnist_nn.errors import DataError
from mnist_nn.network import Network

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

    Examples
    --------
    >>> from mnist_nn import load_data
    >>> predict = Predictor(Network.create())
    >>> prediction = predict(load_data("mnist").test.images[0])
    >>> prediction.probabilities.shape, round(float(prediction.probabilities.sum()), 3)
    ((10,), 1.0)
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self._first, *self._hidden = zip(network.weights, network.biases, strict=True)
        self._functions = [ACTIVATIONS[name].f for name in network.config.activation]
        self._output = OUTPUTS[network.config.output]
        self._pixel = np.array(1 / 255, network.config.dtype)

    def __call__(self, image: Array) -> Prediction:
        """Classify one image: uint8 pixels of any shape, counted as x / 255, or floats as they are.

        Raises
        ------
        ConfigError
            If the image has another number of values than the network inputs.
        DataError
            If a value is NaN or infinite.
        """
        check_width(self.network.config, image.size)
        x = image.ravel()
        if x.dtype == np.uint8:
            x = x * self._pixel
        elif not np.isfinite(x).all():
            raise DataError("the image holds NaN or infinity; give finite numbers")
        W, b = self._first
        z = W.dot(x) + b
        for f, (W, b) in zip(self._functions, self._hidden, strict=True):
            z = W.dot(f(z)) + b
        o = self._output(z)
        return Prediction(int(z.argmax()), o / max(o.sum(), np.finfo(o.dtype).tiny))
