"""From pixels to answers: a model that is made ready once, for as long as a server lives."""

from collections.abc import Callable
from typing import NamedTuple

from mnist_nn import engines
from mnist_nn.evaluation.calibration import extended, opinion_of
from mnist_nn.export.test_vectors import Answers
from mnist_nn.model_file.storage import Model
from mnist_nn.server.inference.signature import Pixels


class Answering(NamedTuple):
    """How a model answers.

    Attributes
    ----------
    engine
        Name of the engine that does the arithmetic.
    multiplications
        What an image costs.
    ask
        Uint8 pixels of shape (n, inputs) in, answers out.
    """

    engine: str
    multiplications: int
    ask: Callable[[Pixels], Answers]


def prepare(model: Model, engine: str, most: int) -> Answering:
    """Make a model ready for about ``most`` images at a time; more are taken, too.

    Raises
    ------
    ConfigError
        If there is no such engine, or it cannot compute what the model is made of.

    Examples
    --------
    >>> import numpy as np
    >>> from mnist_nn.nn.network import Network
    >>> answering = prepare(Model(Network.create()), "reference", 256)
    >>> answering.engine, answering.ask(np.zeros((2, 784), np.uint8)).probabilities.shape
    ('reference', (2, 10))
    """
    network = extended(model.network, model.calibration)
    name, forward = engines.prepared(engine, network, most)

    def ask(images: Pixels) -> Answers:
        found = opinion_of(model.network, model.calibration, forward(images))
        return Answers(found.probabilities.argmax(axis=1), *found)

    return Answering(name, sum(W.size for W in network.weights), ask)
