"""A model and everything that works for it: made once for each application, and closed with it."""

import re
from dataclasses import dataclass

import numpy as np

from mnist_nn.errors import ConfigError
from mnist_nn.model_file.storage import Model
from mnist_nn.server.http.logs import RequestLog
from mnist_nn.server.http.metrics import Metrics
from mnist_nn.server.inference.batching import Batcher
from mnist_nn.server.inference.predictor import PreparedModel, prepare_model
from mnist_nn.server.inference.signature import ModelSignature
from mnist_nn.server.limits import Limits
from mnist_nn.server.pictures import Pictures

NAME_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass
class Service:
    """What an application serves.

    ``pictures`` is None where the model does not read 28×28 digits. ``is_ready`` is False before the model
    is warm and once the server stops.
    """

    model: Model
    name: str
    limits: Limits
    metrics: Metrics
    log: RequestLog
    signature: ModelSignature
    prepared: PreparedModel
    batcher: Batcher
    pictures: Pictures | None
    is_ready: bool = False

    @classmethod
    def create(cls, model: Model, name: str, limits: Limits, log: RequestLog, engine: str) -> "Service":
        """Put it together; `warm_up` makes it ready.

        Raises
        ------
        ConfigError
            If the name cannot be part of an address, or the engine cannot compute this model.
        """
        if not NAME_PATTERN.fullmatch(name):
            raise ConfigError(
                f"the name {name[:100]!r} cannot be part of an address; give at most 100 letters, digits, . _ or -"
            )
        metrics, prepared = Metrics(), prepare_model(model, engine, limits.batch_limit)
        batcher = Batcher(prepared, limits.batch_limit, metrics.observe_batch)
        return cls(
            model,
            name,
            limits,
            metrics,
            log,
            ModelSignature.from_model(model),
            prepared,
            batcher,
            _make_pictures(model, limits),
        )

    def warm_up(self) -> None:
        """Start the threads, and run the first pass, which is the slowest."""
        self.batcher.open()
        if self.pictures:
            self.pictures.open()
        self.prepared.predict(np.zeros((1, self.model.network.config.inputs), np.uint8))
        self.is_ready = True

    def close(self) -> None:
        """Let the threads end."""
        self.is_ready = False
        self.batcher.close()
        if self.pictures:
            self.pictures.close()


def _make_pictures(model: Model, limits: Limits) -> Pictures | None:
    try:
        return Pictures(model, limits)
    except ConfigError:  # it does not read digits
        return None
