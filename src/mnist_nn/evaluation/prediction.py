"""A network's predictions: one record, one function that makes it for many images, and a fast path for a single image.

The reader, the server, the exports, the report and the estimator all predict with this module.
`mnist_nn.evaluation.metrics` says how many predictions are right.
"""

import math
import os
from collections.abc import Callable
from functools import cached_property, lru_cache
from importlib import import_module
from typing import Any, NamedTuple, NoReturn

import numpy as np
import numpy.typing as npt

from mnist_nn.data import Dataset, Samples, check_pixels
from mnist_nn.data.coercion import as_images
from mnist_nn.doors import NetworkLike, as_network
from mnist_nn.engines import select
from mnist_nn.engines.base import check_width
from mnist_nn.engines.preparation import prepare_images
from mnist_nn.errors import ConfigError, DataError, DivergedError
from mnist_nn.evaluation.calibration import Z_FEATURES, Calibration, summarize
from mnist_nn.nn.activations import ACTIVATIONS, sigmoid
from mnist_nn.nn.config import NetworkConfig
from mnist_nn.nn.network import Network
from mnist_nn.util.arrays import as_array, as_bytes
from mnist_nn.util.calls import shows_call

Array = npt.NDArray[Any]
CALL = "predict(network, images)"
FROM_FILES = "to read a picture file call mnist_nn.Reader()(path)"
PART = 4_000_000  # values of images that are converted at a time
BATCHES = 240  # images: a part is whole batches of the compiled engine, so that an image stays in its batch
COLOURS = ((3,), (4,))  # the end of the shape of a picture in colours


class Predictions(NamedTuple):
    """A network's predictions for n images.

    Attributes
    ----------
    label
        The most probable class: int64 of shape (n,). It is taken from z, because probabilities that round to 1 cannot
        be told apart.
    probabilities
        The probability of each class if the image is a digit, with the temperature if the network is calibrated: shape
        (n, classes); rows sum to 1.
    is_digit
        Probability that the image is a digit at all, or 1 if the network is not calibrated: shape (n,).
    confidence
        Probability that the label is right: the largest probability times ``is_digit``, shape (n,).
    z
        Logits, the weighted inputs of the output layer: shape (n, classes), or (n, 0) if another runtime made the
        predictions and does not give them.
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
        """Build predictions from the outputs of another runtime; outputs that it leaves out follow from the others.

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
        """Probability of the most probable class, shape (n,); without a calibration it is the confidence."""
        return np.asarray(self.probabilities.max(axis=1), np.float64)

    def outputs(self) -> dict[str, Array]:
        """Return the outputs of exports and of the server, with their names and in their order."""
        return {name: getattr(self, name) for name in OUTPUTS}

    def take(self, rows: Any) -> "Predictions":
        """Return the predictions for some of the images."""
        return Predictions(*(values[rows] for values in self))


OUTPUTS = ("label", "probabilities", "is_digit", "confidence")
_USUAL = _BYTES, _FLOATS = np.dtype(np.uint8), np.dtype(np.float32)


class Prediction(NamedTuple):
    """A network's prediction for one image: the most probable class, and all probabilities of shape (classes,)."""

    label: int
    probabilities: Array

    @property
    def confidence(self) -> float:
        """The largest probability."""
        return float(self.probabilities.max())


@shows_call(CALL)
def predict(
    network: NetworkLike,
    images: Any,
    calibration: Calibration | None = None,
    *,
    engine: str = "auto",
    threads: int | None = None,
) -> Predictions:
    """Predict images, all in one forward pass.

    Parameters
    ----------
    network
        The network; a model brings its own.
    images
        uint8 of shape (n, 28, 28), or of the size that the network takes, in any form that `Samples` takes; or samples,
        or a data set, which stands for its test half. A single image, or Pillow images with light ink on dark, work
        too.
    calibration
        The network's calibration, such as ``model.calibration``. Without one, there is no temperature and ``is_digit``
        is 1.
    engine
        One of `mnist_nn.engines.select.available`.
    threads
        The most that the compiled engine uses; None for all processors.

    Raises
    ------
    ConfigError
        If it is not a network, or takes images of another size.
    DataError
        If these are not images, or one contains NaN or infinity.
    DivergedError
        If the weights are so large that the network's answers are not finite.

    Examples
    --------
    >>> found = predict(Network.create(), np.zeros((2, 28, 28), np.uint8))
    >>> found.probabilities.shape, found.is_digit.tolist()
    ((2, 10), [1.0, 1.0])
    """
    network = as_network(network, CALL)
    images = as_images(_as_batch(images, network.config.inputs))
    check_pixels(images)
    if math.prod(images.shape[1:]) != network.config.inputs:
        _refuse_size(network.config, images.shape[1:])
    return interpret(network, forward(extend(network, calibration), images, engine, threads), calibration)


def forward(network: Network, images: Any, engine: str = "auto", threads: int | None = None) -> Array:
    """Run the forward pass and return z_o, shape (n, outputs); raise DivergedError if a value is not finite.

    Images are converted to the engine's form in parts, which takes less memory and less time.
    """
    runner, count = select.create(engine, network.config.dtype, threads), images.shape[0]
    step = max(PART // network.config.inputs // BATCHES * BATCHES, BATCHES)
    with np.errstate(all="ignore"):  # what is too large is said in words
        z = np.concatenate([
            runner.forward(network, runner.place(prepare_images(network.config, images[i : i + step])))
            for i in range(0, max(count, 1), step)
        ])  # fmt: skip
    _check_finite(network, z)
    return z


@np.errstate(all="ignore")  # of outputs that are far apart, one becomes 0; what is not finite is said in words
def interpret(network: Network, z: Array, calibration: Calibration | None = None) -> Predictions:
    """Turn z_o into predictions; a calibrated network must have been extended with `extend`.

    Raises
    ------
    DivergedError
        If z_o, or something computed from it, is not finite.

    Examples
    --------
    >>> interpret(Network.create(), np.zeros((1, 10))).confidence.round(2).tolist()
    [0.1]
    """
    _check_finite(network, z)
    if calibration is None:
        probabilities = network.probabilities(z)
        return Predictions(z.argmax(axis=1), probabilities, np.ones(len(z)), probabilities.max(axis=1), z)
    z = z.astype(np.float64)
    z, linear = z[:, :-1], z[:, -1]
    score = linear + summarize(z) @ calibration.weights[-Z_FEATURES:] + calibration.bias
    probabilities = network.probabilities(z / calibration.temperature)
    is_digit = sigmoid(score)
    _check_finite(network, probabilities, is_digit)
    return Predictions(z.argmax(axis=1), probabilities, is_digit, probabilities.max(axis=1) * is_digit, z)


def _check_finite(network: Network, *answers: Array) -> None:
    if not all(np.isfinite(one).all() for one in answers):
        largest = max(float(abs(p).max(initial=0)) for p in network.parameters)
        raise DivergedError(
            f"the network's answers are not finite, because its weights, up to {largest:.1e}, are too large "
            f"for {network.config.dtype}; use another model, or train this one again"
        )


@lru_cache(maxsize=4)
def extend(network: Network, calibration: Calibration | None) -> Network:
    """Add an output unit for the linear part of the score; without a calibration, return the network unchanged.

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
    """A network prepared to classify single images within microseconds; to classify many at once, use `predict`.

    Parameters
    ----------
    network
        Any network, or a model for its network; it is not copied.
    engine
        One of `mnist_nn.engines.select.available`.

    Examples
    --------
    >>> from mnist_nn import load_data
    >>> predict = Predictor(Network.create())
    >>> prediction = predict(load_data("mnist").test.images[0])
    >>> prediction.probabilities.shape, round(float(prediction.probabilities.sum()), 3)
    ((10,), 1.0)
    """

    @shows_call("Predictor(network)")
    def __init__(self, network: NetworkLike, engine: str = "auto") -> None:
        self.network = as_network(network, "Predictor(network)")
        self._engine = engine
        self._inputs = self.network.config.inputs
        self._floats = _prepare_numpy(self.network, careful=True)
        self._bytes = self._floats
        if not self.network.can_overflow:
            self._bytes = select.prepare_single(engine, self.network) or _prepare_numpy(self.network, careful=False)

    @cached_property
    def _float32(self) -> Callable[[Array], tuple[int, Array]] | None:
        """The fast function for images in float32, prepared with the first of them."""
        return select.prepare_single(self._engine, self.network, floats=True)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.network, self._engine)  # what is made ready is made again

    def __call__(self, image: Any) -> Prediction:
        """Classify one image: uint8 pixels of any shape, which are divided by 255, or floats, which are used unchanged.

        Lists, tables and Pillow images also work, if they have the network's size and light ink on dark. For other
        pictures and for picture files, use `mnist_nn.Reader`.

        Raises
        ------
        ConfigError
            If the image does not have as many values as the network has inputs, or is several images.
        DataError
            If the values are neither uint8 nor floats, or one is NaN or infinite.
        DivergedError
            If the network's answer is not finite.
        """
        if type(image) is not np.ndarray or image.size != self._inputs or image.dtype not in _USUAL:
            image = _as_image(image, self._inputs)
            if image.size != self._inputs:
                self._refuse(image)
        if self.network.config.prepare:
            image = prepare_images(self.network.config, image.reshape(1, -1))
        if image.dtype == _BYTES:
            return Prediction(*self._bytes(image))
        if image.dtype == _FLOATS and self._float32 is not None:
            label, probabilities = self._float32(image)
            if label >= 0:  # else what is not finite is said below
                return Prediction(label, probabilities)
        if image.dtype.kind != "f":
            raise DataError(
                f"the image is {image.dtype}; give uint8 pixels, for example with astype(numpy.uint8), "
                "or floats from 0 to 1, for example with astype(numpy.float32)"
            )
        if not np.isfinite(image).all():
            raise DataError("the image contains NaN or infinity; give finite numbers")
        return Prediction(*self._floats(image))

    def _refuse(self, image: Array) -> NoReturn:
        """Raise the error for an image of the wrong size; for several images at once, it points to `predict`."""
        inputs = self._inputs
        if image.size > inputs and image.size % inputs == 0 and math.prod(image.shape[1:]) == inputs:
            raise ConfigError(
                f"these are {len(image)} images of {inputs} values, but a predictor takes one; for many at once "
                "call mnist_nn.predict(network, images)"
            )
        _refuse_size(self.network.config, image.shape)


def _refuse_size(config: NetworkConfig, shape: tuple[int, ...]) -> NoReturn:
    """Raise the error for an image of this shape, which does not fit; for a picture, it points to the reader."""
    side = math.isqrt(config.inputs)
    if len(shape) == len(("rows", "columns")) and shape[0] > 1 and side**2 == config.inputs:
        raise ConfigError(
            f"the image is {shape[1]}×{shape[0]}, but the network takes {side}×{side} pixels, framed as in MNIST "
            f"({config.inputs} inputs); to read a picture of any size call mnist_nn.Reader()(picture)"
        )
    check_width(config, math.prod(shape))
    raise AssertionError("it fits")  # the caller has looked


def _as_batch(images: Any, inputs: int) -> Any:
    """Return what `mnist_nn.data.coercion.as_images` takes, of samples, Pillow images, or a single image."""
    if isinstance(images, Samples | Dataset):
        return images.images if isinstance(images, Samples) else images.test.images
    if isinstance(images, str | os.PathLike) or _is_pillow(images):
        return _as_image(images, inputs)[None]
    if isinstance(images, list | tuple) and images and all(map(_is_pillow, images)):
        return [_as_image(image, inputs) for image in images]
    values = as_array("images", images, DataError)
    if values.dtype.kind in "US":
        raise DataError(f"the images are text; {FROM_FILES}")
    fits = math.prod(values.shape[1:]) == inputs
    is_one = not fits and (math.prod(values.shape) == inputs or values.ndim == 1)
    return values[None] if is_one else values


def _as_image(image: Any, inputs: int) -> Array:
    """Turn anything that can only be one image into an array: a Pillow or colour image, a list, or a table."""
    if isinstance(image, str | os.PathLike):
        raise DataError(f"the image is the path {os.fspath(image)!r}, but a network takes pixels; {FROM_FILES}")
    if _is_pillow(image):
        return np.asarray(_grey().as_grey(image, ground=0))
    values = as_array("the pixels of the image", image, DataError)
    if values.dtype == np.uint8 and values.shape[2:] in COLOURS and math.prod(values.shape[:2]) == inputs:
        return np.asarray(_grey().as_grey(values, ground=0))
    return as_bytes("the pixels of the image", values, DataError) if values.dtype.kind in "biu" else values


def _is_pillow(image: Any) -> bool:
    return hasattr(image, "getexif")


def _grey() -> Any:
    """Return the function that reads pictures; it is imported late because it loads Pillow, which arrays don't need."""
    return import_module("mnist_nn.imaging.load.grey")


def _prepare_numpy(network: Network, *, careful: bool) -> Callable[[Array], tuple[int, Array]]:
    """Prepare everything that does not depend on the image, and return the forward pass, with checks if it may fail."""
    (W1, b1), *rest = zip(network.weights, network.biases, strict=True)
    later = [(ACTIVATIONS[name].f, W, b) for name, (W, b) in zip(network.config.activation, rest, strict=True)]
    pixel = np.array(1 / 255, network.config.dtype)

    def compute(image: Array) -> Array:
        x = image.ravel()
        z = W1.dot(x * pixel if x.dtype == np.uint8 else x) + b1
        for f, W, b in later:
            z = W.dot(f(z)) + b
        return np.asarray(z)

    def classify(image: Array) -> tuple[int, Array]:
        z = compute(image)
        return int(z.argmax()), network.probabilities(z)

    def classify_carefully(image: Array) -> tuple[int, Array]:
        with np.errstate(all="ignore"):  # what is too large is said in words
            z = compute(image)
        _check_finite(network, z)
        return int(z.argmax()), network.probabilities(z)

    return classify_carefully if careful else classify
