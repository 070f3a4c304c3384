"""What every contestant is given: the network, the rule and the rates to train with, and the images.

Both are plain values and arrays, so that they cross from one process to another.
"""

import math
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from mnist_nn import Network, NetworkConfig, TrainingConfig
from mnist_nn.data import load
from mnist_nn.nn.losses import get_loss

Array = npt.NDArray[Any]
Rows = npt.NDArray[np.int64]
Parameters = tuple[Array, ...]
"""W1, b1, W2, b2, …, float32, W of shape (units, inputs)."""

WORK = 20_000_000  # multiplications that a compiled loop takes in one go, about a millisecond


@dataclass(frozen=True)
class Task:
    """A network and how it is trained: ReLU with softmax, or sigmoid with sigmoid, always with delta o - l."""

    hidden: tuple[int, ...]
    batch: int
    optimizer: str
    sigmoid: bool = False

    @property
    def config(self) -> NetworkConfig:
        """The shape, as our library writes it."""
        if self.sigmoid:
            return NetworkConfig(hidden=self.hidden)
        return NetworkConfig(hidden=self.hidden, activation="relu", output="softmax")

    @property
    def training(self) -> TrainingConfig:
        """The rule, as our library writes it."""
        return TrainingConfig(
            loss="cross_entropy",
            optimizer=self.optimizer,
            batch_size=self.batch,
            learning_rate=self.rate,
            momentum=self.momentum,
        )

    @property
    def rate(self) -> float:
        """The learning rate eta, one that trains well at this batch size."""
        if self.optimizer == "adam":
            return 0.001
        return (0.005 if self.optimizer == "momentum" else 0.05) * math.sqrt(min(self.batch, 64))

    @property
    def momentum(self) -> float | None:
        """0.9 where it has a part."""
        return 0.9 if self.optimizer == "momentum" else None

    @property
    def updates(self) -> int:
        """Updates in a row for which a contestant may compile a loop: all sample counts are multiples of it."""
        work = sum(W.size for W in self.initial()[0::2]) * self.batch
        return 1 << int(np.clip(np.log2(WORK / work), 3, 10))

    @property
    def quantum(self) -> int:
        """The samples of so many updates."""
        return self.updates * self.batch

    def initial(self) -> Parameters:
        """Weights that all start from."""
        return _initial(self.config)

    def loss(self, parameters: Parameters, x: Array, t: Rows) -> float:
        """Mean loss a sample, the same formula for all contestants."""
        z = forward(parameters, x, sigmoid=self.sigmoid)
        l = np.eye(10, dtype=np.float32)[t]
        return float(get_loss("cross_entropy", self.config.output).descended(z, z, l).mean())

    def __str__(self) -> str:
        return "-".join(map(str, self.config.sizes))


@cache
def _initial(config: NetworkConfig) -> Parameters:
    return Network.create(config, seed=1).parameters


def forward(parameters: Parameters, x: Array, *, sigmoid: bool) -> Array:
    """Compute z_o of rows x in NumPy, with which every contestant is judged."""
    *hidden, last = zip(parameters[0::2], parameters[1::2], strict=True)
    for W, b in hidden:
        z = x @ W.T + b
        x = 1 / (1 + np.exp(-z)) if sigmoid else np.maximum(z, 0)
    return np.asarray(x @ last[0].T + last[1])


@dataclass(frozen=True, eq=False)
class Images:
    """MNIST as bytes and as float32 rows in [0, 1], with labels."""

    pixels: npt.NDArray[np.uint8]
    x: npt.NDArray[np.float32]
    t: Rows

    @classmethod
    def of(cls, part: str) -> "Images":
        """Take the images of ``train`` or ``test``."""
        samples = getattr(load("mnist"), part)
        pixels = np.ascontiguousarray(samples.images.reshape(len(samples), -1))
        return cls(pixels, scaled(pixels), samples.labels)


def scaled(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """x / 255, as every contestant's floats are made."""
    return np.multiply(pixels, np.float32(1 / 255), dtype=np.float32)


def rows_of(count: int, epoch: int = 0) -> Rows:
    """Order of the samples in an epoch, the same for all."""
    return np.random.default_rng(epoch).permutation(max(count, 60_000))[:count]


class Peer(Protocol):
    """A contestant. Only `learn`, and what `classifier` returns, are ever timed; the rest is preparation.

    One that cannot train has no `begin`, `take` and `learn`.
    """

    name: str

    def __init__(self, images: Images, threads: int) -> None:
        """Put the training images into the library's own best form."""

    def begin(self, task: Task, parameters: Parameters) -> None:
        """Start from these weights, with a fresh optimiser."""

    def take(self, rows: Rows) -> None:
        """Put the order of the samples to learn next into the library's own form."""

    def learn(self) -> None:
        """Learn them, and return when all is computed."""

    def parameters(self) -> Parameters:
        """Return what was learned."""
        ...

    def place(self, pixels: npt.NDArray[np.uint8]) -> Any:
        """Put images to classify into the library's own best form."""

    def classifier(self, task: Task, parameters: Parameters) -> Any:
        """Return a function from placed images to scores, (n, 10), whose largest is the answer."""
