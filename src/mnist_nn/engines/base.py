"""The interface of all engines: the plan of a stretch, the tally of its results, and the engine itself as a protocol.

Nothing is computed here. `mnist_nn.engines.select` decides which engine does which work.
"""

from dataclasses import dataclass
from threading import Event
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from mnist_nn.data.augmentation import Distortion
from mnist_nn.errors import ConfigError
from mnist_nn.nn.config import NetworkConfig, TrainingConfig, dropout_rates
from mnist_nn.nn.losses import Loss
from mnist_nn.nn.network import Network
from mnist_nn.nn.optimizers import Constants, OptimizerState
from mnist_nn.util.randomness import Key

Array = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Plan:
    """Everything that an engine needs to know to run a stretch of an epoch.

    Parameters
    ----------
    order
        Row numbers of the samples in the order in which they are learned, int64, shape (n,).
    batch_size
        Samples per update; the last batch of the stretch may be smaller.
    rates
        Learning rate of each update, float64, shape (updates,).
    loss, optimizer, constants, l2, max_norm
        As in the training configuration.
    dropout
        Rate of each hidden layer.
    dropout_key
        Key of this epoch's dropout masks.
    """

    order: npt.NDArray[np.int64]
    batch_size: int
    rates: npt.NDArray[np.float64]
    loss: str
    optimizer: str
    constants: Constants
    l2: float
    max_norm: float | None
    dropout: tuple[float, ...]
    dropout_key: Key

    @property
    def coupled_decay(self) -> float:
        """The λ that is part of the gradient."""
        return 0.0 if self.optimizer == "adamw" else self.l2

    @property
    def decoupled_decay(self) -> float:
        """The λ of the weight decay that is subtracted from the weights directly, as adamw does."""
        return self.l2 if self.optimizer == "adamw" else 0.0

    @classmethod
    def of(
        cls,
        network: NetworkConfig,
        config: TrainingConfig,
        order: npt.NDArray[np.int64],
        rates: npt.NDArray[np.float64],
        dropout_key: Key,
    ) -> "Plan":
        """Combine a configuration with the order, the rates and the key of one stretch."""
        return cls(
            order=order,
            batch_size=config.batch_size,
            rates=rates,
            loss=config.loss,
            optimizer=config.optimizer,
            constants=Constants.of(config),
            l2=config.l2,
            max_norm=config.max_norm,
            dropout=dropout_rates(network, config),
            dropout_key=dropout_key,
        )


class Tally(NamedTuple):
    """The sums over a stretch, each sample judged before the update that it caused.

    Losses are multiplied by the samples' weights; right answers are counted.
    """

    samples: int = 0
    reported: float = 0.0
    descended: float = 0.0
    correct: int = 0

    @classmethod
    def of(
        cls, loss: Loss, z: Array, o: Array, l: Array, w: Array | float = 1.0, labels: Array | None = None
    ) -> "Tally":
        """Add up samples, given their z_o, o and targets, each (n, outputs); losses are multiplied by w, shape (n,).

        An answer is right if it is the label or, without ``labels``, the largest target.
        """
        right = l.argmax(axis=1) if labels is None else labels
        correct = int(np.count_nonzero(z.argmax(axis=1) == right))
        with np.errstate(all="ignore"):  # a run that diverged is found by its weights, and said in words
            reported, descended = (
                float((f(z, o, l) * w).sum(dtype=np.float64)) for f in (loss.reported, loss.descended)
            )
        return cls(len(z), reported, descended, correct)

    def plus(self, other: "Tally") -> "Tally":
        """Add the tallies of two stretches."""
        return Tally(
            self.samples + other.samples,
            self.reported + other.reported,
            self.descended + other.descended,
            self.correct + other.correct,
        )


class Engine(Protocol):
    """The four functions of an engine; placed data are whatever its `place` returns."""

    name: str

    def place(self, x: Array, t: Array | None = None, weights: Array | None = None, labels: Array | None = None) -> Any:
        """Convert samples to the engine's own form, once.

        Parameters
        ----------
        x
            Samples, shape (n, …), flattened to (n, inputs). uint8 values are pixels and are divided by 255; floats are
            used unchanged. A CSR matrix of floats, from scipy.sparse, stays sparse if the engine can use it in that
            form.
        t
            The targets, for training: labels, int64, shape (n,), or soft targets, floats of shape (n, outputs): the
            probability of every class, with rows that sum to one.
        weights
            The factor for the gradient and the losses of each sample, shape (n,); None for 1.
        labels
            The right answers if the targets are soft, int64 of shape (n,); None for the largest target of each sample.
        """
        ...

    def distort(self, images: Array, key: Key, how: Distortion, stop: Event | None = None) -> Array:
        """Return distorted copies of images, the same in every engine: see `mnist_nn.data.augmentation.augment`."""
        ...

    def forward(self, network: Network, placed: Any) -> Array:
        """Return z_o, the weighted inputs of the output layer, shape (n, outputs), in the network's dtype."""
        ...

    def epoch(
        self, network: Network, state: OptimizerState, placed: Any, plan: Plan
    ) -> tuple[Network, OptimizerState, Tally]:
        """Learn the samples of a plan; the arguments are not changed."""
        ...


def is_csr(x: Any) -> bool:
    """Say whether samples are a compressed sparse row matrix of scipy.sparse, without importing it."""
    return getattr(x, "format", None) == "csr"


def as_rows(x: Any) -> Any:
    """Flatten samples to (n, inputs); a sparse matrix already has this form."""
    return x if is_csr(x) else x.reshape(len(x), -1)


def as_inputs(rows: Any, dtype: str) -> Array:
    """Turn rows into inputs of a network: pixels scaled to [0, 1], floats unchanged, sparse rows made dense."""
    x = rows.toarray() if is_csr(rows) else rows
    if x.dtype == np.uint8:
        return np.asarray(np.true_divide(x, 255, dtype=dtype))
    return np.asarray(x.astype(dtype, casting="same_kind", copy=False))


def as_targets(t: Array, outputs: int, dtype: str) -> Array:
    """Turn labels into one-hot rows, (n, outputs); soft targets already have this form."""
    return np.eye(outputs, dtype=dtype)[t] if t.ndim == 1 else t.astype(dtype)


def check_targets(classes: tuple[int, ...], network: NetworkConfig) -> None:
    """Raise ConfigError if soft targets, of shape (n, *classes), are not as wide as the network."""
    if classes not in {(), (network.outputs,)}:
        raise ConfigError(
            f"soft targets have {' × '.join(map(str, classes))} probabilities, but the network has "
            f"{network.outputs} outputs; give one probability for each output"
        )


def check_width(network: NetworkConfig, values: int) -> None:
    """Raise ConfigError unless samples of this many values fit the network."""
    if values != network.inputs:
        raise ConfigError(
            f"a sample has {values} values, but the network has {network.inputs} inputs; give it data of "
            "its own size, or create a network with as many inputs"
        )
