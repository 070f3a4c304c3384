"""What a network says of images: one record, one function that makes it for many, and a fast path for single ones.

Everything that asks a network goes through here: the reader, the server, the exports, the report and the estimator.
Whether a prediction is right is for `mnist_nn.evaluation.metrics`.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_nn.engines import select
from mnist_nn.engines.base import check_width
from mnist_nn.errors import DataError
from mnist_nn.evaluation.calibration import Z_FEATURES, Calibration, summarize
from mnist_nn.nn.activations import ACTIVATIONS, sigmoid
from mnist_nn.nn.config import NetworkConfig
from mnist_nn.nn.network import Network

Array = npt.NDArray[Any]


class Predictions(NamedTuple):
    """What a network says of n images.

    Attributes
    ----------
    label
        The likeliest class: int64 of shape (n,). It is taken from z, because probabilities that round to 1 could not
        be told apart.
    probabilities
        Of each class if the image is a digit, tempered if the network is calibrated: shape (n, classes), rows sum to 1.
    is_digit
        Probability that it is a digit at all, 1 where the network is not calibrated: shape (n,).
    confidence
        Probability that the label is right: the largest probability times ``is_digit``, shape (n,).
    z
        Weighted inputs of the output layer: shape (n, classes), or (n, 0) where another runtime predicted and does not
        tell.
    """

    label: npt.NDArray[np.int64]
    probabilities: Array
    is_digit: Array
    confidence: Array
    z: Array

    @classmethod
    def of_outputs(
        cls, label: Array, probabilities: Array, is_digit: Array | None = None, confidence: Array | None = None
    ) -> "Predictions":
        """Put together what another runtime gave out; what it leaves out follows from the rest.

        Examples
        --------
        >>> Predictions.of_outputs(np.array([1]), np.array([[0.25, 0.75]])).confidence.tolist()
        [0.75]
        """
        if is_digit is None:
            is_digit = np.ones(len(probabilities))
        if confidence is None:
            confidence = probabilities.max(axis=1) * is_digit
        return cls(label, probabilities, is_digit, confidence, np.empty((len(probabilities), 0)))

    @property
    def top_probability(self) -> npt.NDArray[np.float64]:
        """Probability of the likeliest class, shape (n,); the confidence where the network is not calibrated."""
        return np.asarray(self.probabilities.max(axis=1), np.float64)

    def outputs(self) -> dict[str, Array]:
        """Return what exports and the server give out, under the names and in the order that they have there."""
        return {name: getattr(self, name) for name in OUTPUTS}

    def take(self, rows: Any) -> "Predictions":
        """Take the predictions of some of the images."""
        return Predictions(*(values[rows] for values in self))


OUTPUTS = ("label", "probabilities", "is_digit", "confidence")


class Prediction(NamedTuple):
    """What a network says of one image: its likeliest class, and the probability of every class, shape (classes,)."""

    label: int
    probabilities: Array

    @property
    def confidence(self) -> float:
        """The largest probability."""
        return float(self.probabilities.max())


def predict(
    network: Network, images: Any, calibration: Calibration | None = None, *, engine: str = "auto"
) -> Predictions:
    """Ask a network about images, all in one forward pass.

    Parameters
    ----------
    network
        The network.
    images
        uint8 of shape (n, 28, 28), or whatever the network takes.
    calibration
        Its calibration; without one the probabilities are the network's own and ``is_digit`` is 1.
    engine
        One of `mnist_nn.engines.select.available`.

    Examples
    --------
    >>> found = predict(Network.create(), np.zeros((2, 28, 28), np.uint8))
    >>> found.probabilities.shape, found.is_digit.tolist()
    ((2, 10), [1.0, 1.0])
    """
    return interpret(network, forward(extend(network, calibration), images, engine), calibration)


def forward(network: Network, images: Any, engine: str = "auto") -> Array:
    """Run the forward pass: z_o of all images, shape (n, outputs)."""
    runner = select.create_for_inference(engine, network.config, images.shape[0])
    return runner.forward(network, runner.place(images))


def interpret(network: Network, z: Array, calibration: Calibration | None = None) -> Predictions:
    """Turn z_o of a network, extended by `extend` if it has a calibration, into predictions.

    Examples
    --------
    >>> interpret(Network.create(), np.zeros((1, 10))).confidence.round(2).tolist()
    [0.1]
    """
    if calibration is None:
        probabilities = network.probabilities(z)
        return Predictions(z.argmax(axis=1), probabilities, np.ones(len(z)), probabilities.max(axis=1), z)
    z = z.astype(np.float64)
    z, linear = z[:, :-1], z[:, -1]
    score = linear + summarize(z) @ calibration.weights[-Z_FEATURES:] + calibration.bias
    probabilities = network.probabilities(z / calibration.temperature)
    is_digit = sigmoid(score)
    return Predictions(z.argmax(axis=1), probabilities, is_digit, probabilities.max(axis=1) * is_digit, z)


@lru_cache(maxsize=4)
def extend(network: Network, calibration: Calibration | None) -> Network:
    """Give a network one more output unit, the linear part of the score; without a calibration it stays as it is.

    Examples
    --------
    >>> network = Network.create()
    >>> extend(network, None) is network
    True
    """
    if calibration is None:
        return network
    config = NetworkConfig.from_dict({**network.config.to_dict(), "outputs": network.config.outputs + 1})
    row = calibration.weights[None, :-Z_FEATURES].astype(config.dtype)
    weights = (*network.weights[:-1], np.vstack([network.weights[-1], row]))
    biases = (*network.biases[:-1], np.append(network.biases[-1], np.zeros(1, config.dtype)))
    return Network(config, weights, biases)


class Predictor:
    """A network made ready to classify single images, some microseconds each.

    Parameters
    ----------
    network
        Any network; it is not copied.
    engine
        One of `mnist_nn.engines.select.available`; ``auto`` is the compiled one if it has run a forward pass already.

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
        self._floats = _prepare_numpy(network)
        self._bytes = select.prepare_single(engine, network) or self._floats

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
            check_width(self.network.config, image.size)
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


def _prepare_numpy(network: Network) -> Callable[[Array], tuple[int, Array]]:
    """Prepare what does not depend on the image, and return the forward pass over the rest."""
    (W1, b1), *rest = zip(network.weights, network.biases, strict=True)
    later = [(ACTIVATIONS[name].f, W, b) for name, (W, b) in zip(network.config.activation, rest, strict=True)]
    pixel = np.array(1 / 255, network.config.dtype)

    def classify(image: Array) -> tuple[int, Array]:
        x = image.ravel()
        z = W1.dot(x * pixel if x.dtype == np.uint8 else x) + b1
        for f, W, b in later:
            z = W.dot(f(z)) + b
        return int(z.argmax()), network.probabilities(z)

    return classify
