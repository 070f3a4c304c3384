"""A model and everything that serves it; created once for each application, and closed with it."""

import logging
import re
from dataclasses import dataclass

import numpy as np

from mnist_nn.errors import ConfigError
from mnist_nn.model_file.storage import Model, check_takes_pixels
from mnist_nn.model_file.training_data import warn_of_doubt
from mnist_nn.server.http.logs import RequestLog
from mnist_nn.server.http.metrics import Metrics
from mnist_nn.server.inference.batching import Batcher
from mnist_nn.server.inference.predictor import PreparedModel, prepare_model
from mnist_nn.server.inference.signature import ModelSignature
from mnist_nn.server.limits import Limits
from mnist_nn.server.pictures import Pictures

logger = logging.getLogger(__name__)
NAME_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass
class Service:
    """The service of an application.

    If the model does not read digits, ``pictures`` is a text that explains why. ``is_ready`` is False until the model
    is warm, and again once the server stops.
    """

    model: Model
    name: str
    limits: Limits
    metrics: Metrics
    log: RequestLog
    signature: ModelSignature
    prepared: PreparedModel
    batcher: Batcher
    pictures: Pictures | str
    is_ready: bool = False

    @classmethod
    def create(cls, model: Model, name: str, limits: Limits, log: RequestLog, engine: str) -> "Service":
        """Create a service; `warm_up` makes it ready.

        Raises
        ------
        ConfigError
            If the name cannot be part of an address, or the engine cannot compute this model.
        """
        if not NAME_PATTERN.fullmatch(name):
            raise ConfigError(
                f"the name {name[:100]!r} cannot be part of an address; use at most 100 letters, digits, and "
                "the characters . _ -"
            )
        check_takes_pixels(model, "a server")
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
        if isinstance(self.pictures, Pictures):
            self.pictures.open()
        self.prepared.predict(np.zeros((1, self.model.network.config.inputs), np.uint8))
        self.is_ready = True

    def replace_model(self, model: Model) -> None:
        """Answer with another model from now on; requests in progress still use the previous one.

        Any thread may call this. It takes as long as starting a server, and requests are answered meanwhile.

        Raises
        ------
        ConfigError
            If clients would notice the change: it has other inputs or outputs, or only one of the two models reads
            pictures.
        """
        check_takes_pixels(model, "a server")
        signature = ModelSignature.from_model(model)
        if signature != self.signature:
            raise ConfigError(
                f"it has {_describe(signature)}, but clients expect {_describe(self.signature)}; "
                "stop the server and start it with the new model"
            )
        prepared = prepare_model(model, self.prepared.engine, self.limits.batch_limit)
        prepared.predict(np.zeros((1, model.network.config.inputs), np.uint8))
        if isinstance(self.pictures, Pictures):
            self.pictures.use(model)
        self.batcher.use(prepared)
        self.model, self.prepared = model, prepared

    def close(self) -> None:
        """Let the threads end."""
        self.is_ready = False
        self.batcher.close()
        if isinstance(self.pictures, Pictures):
            self.pictures.close()


def _describe(signature: ModelSignature) -> str:
    names = [f"{tensor.name} {list(tensor.shape)}" for tensor in (signature.input, *signature.outputs)]
    return f"the input {names[0]} and the outputs {', '.join(names[1:])}"


def _make_pictures(model: Model, limits: Limits) -> Pictures | str:
    try:
        pictures = Pictures(model, limits)
    except ConfigError as error:  # it does not read digits
        logger.info("no pictures are read: %s", error)
        return str(error)
    warn_of_doubt(model)
    return pictures
