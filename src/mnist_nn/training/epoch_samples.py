"""The samples of every epoch as an engine takes them: placed once, or distorted anew for each epoch.

Distorted copies of the next epoch are made and placed by another thread while this epoch is trained, so at most one
epoch is ready in advance. `mnist_nn.training.loop` trains on them.
"""

from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from typing import Any

import numpy.typing as npt

from mnist_nn.data import Samples
from mnist_nn.data.augmentation import Distortion
from mnist_nn.engines.base import Engine
from mnist_nn.engines.frozen import FrozenLayers
from mnist_nn.engines.preparation import Preparation
from mnist_nn.training.distillation import Teacher
from mnist_nn.util.randomness import AUGMENT, Key, fold

Array = npt.NDArray[Any]


class EpochSamples:
    """Placed samples, by the number of the epoch.

    Parameters
    ----------
    engine
        The engine that places and distorts them.
    samples
        The training samples.
    targets
        The targets, in the form that `Engine.place` takes; with a teacher, of shape (n, outputs).
    teacher
        The teacher whose answers are blended into the targets of each epoch; None for no teacher.
    distortion
        How the images are distorted; None for unchanged images.
    key
        The key of the run.
    epochs
        Number of epochs; no copies are made for epochs after them.
    placed
        The samples as the engine placed them, if they are not distorted.
    preparation, dtype
        How the images become inputs, after they are distorted, and the type of these; None if they are taken as they
        are.
    """

    def __init__(
        self,
        engine: Engine,
        samples: Samples,
        targets: Array,
        teacher: Teacher | None,
        distortion: Distortion | None,
        key: Key,
        epochs: int,
        placed: Any = None,
        preparation: Preparation | None = None,
        dtype: str = "float32",
    ) -> None:
        self._engine, self._samples, self._targets, self._teacher = engine, samples, targets, teacher
        self._distortion, self._key, self._epochs = distortion, key, epochs
        self._preparation, self._dtype = preparation, dtype
        self._stop = Event()
        self._pool = ThreadPoolExecutor(1)
        self._epoch: int | None = None if placed is None else 0
        self._placed = placed
        self._next: tuple[int, Future[Any]] | None = None

    def get(self, epoch: int) -> Any:
        """Return the placed samples of an epoch, counted from 0, and have those of the next one made."""
        if self._epoch is not None and self._distortion is None:
            return self._placed
        if self._epoch != epoch:
            self._placed = None  # which makes room
            ready = self._next is not None and self._next[0] == epoch
            self._placed = self._next[1].result() if ready and self._next else self._place(epoch)
            self._epoch, self._next = epoch, None
            if self._distortion is not None and epoch + 1 < self._epochs:
                self._next = (epoch + 1, self._pool.submit(self._place, epoch + 1))
        return self._placed

    def close(self) -> None:
        """Stop making samples, and discard those that are being made."""
        self._stop.set()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _place(self, epoch: int) -> Any:
        images = self._samples.images
        if self._distortion is not None:
            images = self._engine.distort(images, fold(self._key, AUGMENT, epoch), self._distortion, self._stop)
        targets = self._targets
        if self._teacher is not None:
            engine = self._engine.inner if isinstance(self._engine, FrozenLayers) else self._engine
            targets = self._teacher.targets(engine, images, targets)
        if self._preparation is not None:
            images = self._preparation.apply(images, self._dtype)
        return self._engine.place(images, targets, self._samples.weights, self._samples.labels)
