"""Turns pixels into predictions, with a model that is prepared once for the lifetime of a server."""

from collections.abc import Callable
from typing import NamedTuple

from mnist_nn.engines.select import prepare_serving
from mnist_nn.evaluation.prediction import Predictions, extend, interpret
from mnist_nn.model_file.storage import Model
from mnist_nn.server.inference.signature import Pixels


class PreparedModel(NamedTuple):
    """A model prepared to predict.

    Attributes
    ----------
    engine
        Name of the engine that does the arithmetic.
    multiplications
        Number of multiplications per image.
    predict
        Function from uint8 pixels of shape (n, inputs) to predictions.
    """

    engine: str
    multiplications: int
    predict: Callable[[Pixels], Predictions]


def prepare_model(model: Model, engine: str, most: int) -> PreparedModel:
    """Prepare a model for about ``most`` images at a time; more also work.

    Raises
    ------
    ConfigError
        If the engine does not exist, or cannot compute this model.

    Examples
    --------
    >>> import numpy as np
    >>> from mnist_nn.nn.network import Network
    >>> prepared = prepare_model(Model(Network.create()), "reference", 256)
    >>> prepared.engine, prepared.predict(np.zeros((2, 784), np.uint8)).probabilities.shape
    ('reference', (2, 10))
    """
    network = extend(model.network, model.calibration)
    name, forward = prepare_serving(engine, network, most)

    def predict(images: Pixels) -> Predictions:
        return interpret(model.network, forward(images), model.calibration)

    return PreparedModel(name, sum(W.size for W in network.weights), predict)
