"""A model and all that works for it: made once for each application, and closed with it."""

import re
from dataclasses import dataclass

import numpy as np

from mnist_nn.errors import ConfigError
from mnist_nn.model_file.storage import Model
from mnist_nn.nn.config import reads_digits
from mnist_nn.server.http.logs import RequestLog
from mnist_nn.server.http.metrics import Metrics
from mnist_nn.server.inference.batching import Batcher
from mnist_nn.server.inference.predictor import PreparedModel, prepare_model
from mnist_nn.server.inference.signature import Contract
from mnist_nn.server.limits import Limits
from mnist_nn.server.pictures import Pictures

NAMES = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass
class Service:
    """What an application serves.

    ``pictures`` is None where the model is of something else than 28×28 digits. ``is_ready`` is False before the model
    is warm and once the server stops.
    """

    model: Model
    name: str
    limits: Limits
    metrics: Metrics
    log: RequestLog
    contract: Contract
    prepared: PreparedModel
    batcher: Batcher
    pictures: Pictures | None
    is_ready: bool = False

    @classmethod
    def of(cls, model: Model, name: str, limits: Limits, log: RequestLog, engine: str) -> "Service":
        """Make it all ready but for the first pass.

        Raises
        ------
        ConfigError
            If the name cannot stand in an address, or the engine is none for this model.
        """
        if not NAMES.fullmatch(name):
            raise ConfigError(
                f"the name {name[:100]!r} is none for an address; give at most 100 letters, digits, . _ or -"
            )
        metrics, prepared = Metrics(), prepare_model(model, engine, limits.batch_limit)
        batcher = Batcher(prepared, limits.batch_limit, metrics.passed)
        return cls(model, name, limits, metrics, log, Contract.of(model), prepared, batcher, _pictures(model, limits))

    def warm(self) -> None:
        """Take threads, and run the first pass, which is the slowest."""
        self.batcher.open()
        if self.pictures:
            self.pictures.open()
        self.prepared.predict(np.zeros((1, self.model.network.config.inputs), np.uint8))
        self.is_ready = True

    def close(self) -> None:
        """Give the threads back."""
        self.is_ready = False
        self.batcher.close()
        if self.pictures:
            self.pictures.close()


def _pictures(model: Model, limits: Limits) -> Pictures | None:
    return Pictures(model, limits) if reads_digits(model.network.config) else None
