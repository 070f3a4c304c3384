"""The seam between mathematics and speed: what an engine is, and how to get one.

An engine runs whole stretches of an epoch, because a seam at every sample would cost 60,000 Python calls. It draws no
random numbers of its own, prints nothing and returns new weights. Back ends are imported when they are asked for.
"""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from itertools import pairwise
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from mnist_nn.errors import ConfigError, unknown
from mnist_nn.nn.config import NetworkConfig, TrainingConfig, dropout_rates
from mnist_nn.nn.losses import Loss
from mnist_nn.nn.network import Network
from mnist_nn.nn.optimizers import Constants, OptimizerState
from mnist_nn.util.randomness import Key

Array = npt.NDArray[Any]
SMALL_WORK = 10_000_000_000  # multiplications that NumPy does in the time it takes to load the compiled engine


@dataclass(frozen=True, eq=False)
class Plan:
    """All that an engine needs to know to run a stretch of an epoch.

    Parameters
    ----------
    order
        Row numbers of the samples in the order they are learned, int64, shape (n,).
    batch_size
        Samples an update; the last batch of the stretch may be smaller.
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
        """λ that enters the gradient."""
        return 0.0 if self.optimizer == "adamw" else self.l2

    @property
    def decoupled_decay(self) -> float:
        """λ that is taken off the weights directly, as adamw does."""
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
        """Join a configuration with the order, the rates and the key of one stretch."""
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
    """What a stretch added up as it went, each sample seen before the update it caused.

    Losses are multiplied by the samples' weights; right answers are counted.
    """

    samples: int = 0
    reported: float = 0.0
    descended: float = 0.0
    correct: int = 0

    @classmethod
    def of(cls, rule: Loss, z: Array, o: Array, l: Array, w: Array | float = 1.0) -> "Tally":
        """Add up the samples whose z_o, o and one-hot labels are given, each (n, outputs), losses times w of (n,)."""
        correct = int(np.count_nonzero(z.argmax(axis=1) == l.argmax(axis=1)))
        with np.errstate(all="ignore"):  # a run that diverged is found by its weights, and said in words
            reported, descended = (
                float((f(z, o, l) * w).sum(dtype=np.float64)) for f in (rule.reported, rule.descended)
            )
        return cls(len(z), reported, descended, correct)

    def plus(self, other: "Tally") -> "Tally":
        """Add two stretches."""
        return Tally(
            self.samples + other.samples,
            self.reported + other.reported,
            self.descended + other.descended,
            self.correct + other.correct,
        )


class Engine(Protocol):
    """The three verbs of an engine; `Placed` data is whatever its `place` returns."""

    name: str

    def place(self, x: Array, t: npt.NDArray[np.int64] | None = None, weights: Array | None = None) -> Any:
        """Put samples into the engine's own form, once.

        Parameters
        ----------
        x
            Samples, shape (n, …), flattened to (n, inputs). uint8 are pixels and count as x / 255; floats are
            taken as they are. A CSR matrix of floats, from scipy.sparse, stays sparse where the engine can use it so.
        t
            Labels, int64, shape (n,), where the data is for training.
        weights
            What the gradient and the losses of each sample are multiplied by, shape (n,); None for 1.
        """
        ...

    def forward(self, network: Network, placed: Any) -> Array:
        """Return z_o, the weighted inputs of the output layer, shape (n, outputs), in the network's dtype."""
        ...

    def epoch(
        self, network: Network, state: OptimizerState, placed: Any, plan: Plan
    ) -> tuple[Network, OptimizerState, Tally]:
        """Learn the samples of a plan; the arguments stay as they are."""
        ...


def is_csr(x: Any) -> bool:
    """Whether samples are a compressed sparse matrix of scipy.sparse, which need not be imported to tell."""
    return getattr(x, "format", None) == "csr"


def as_rows(x: Any) -> Any:
    """Flatten samples to (n, inputs); a sparse matrix is that already."""
    return x if is_csr(x) else x.reshape(len(x), -1)


def as_inputs(rows: Any, dtype: str) -> Array:
    """Turn rows into inputs of a network: pixels scaled to [0, 1], floats as they are, a sparse matrix made dense."""
    x = rows.toarray() if is_csr(rows) else rows
    if x.dtype == np.uint8:
        return np.asarray(np.true_divide(x, 255, dtype=dtype))
    return np.asarray(x.astype(dtype, casting="same_kind", copy=False))


def check_width(network: NetworkConfig, values: int) -> None:
    """Raise ConfigError unless samples of this many values fit the network."""
    if values != network.inputs:
        raise ConfigError(
            f"a sample has {values} values and the network {network.inputs} inputs; "
            "give it data of its own size, or create a network with as many inputs"
        )


def _reference() -> Engine:
    return import_module("mnist_nn.engines.reference").ReferenceEngine()  # type: ignore[no-any-return]


def _compiled() -> Engine:
    return import_module("mnist_nn.engines.compiled").CompiledEngine()  # type: ignore[no-any-return]


_ENGINES: dict[str, Callable[[], Engine]] = {"compiled": _compiled, "reference": _reference}


def available() -> tuple[str, ...]:
    """Return the names that `get` takes.

    Examples
    --------
    >>> available()
    ('auto', 'compiled', 'reference')
    """
    return ("auto", *_ENGINES)


def get(name: str = "auto", dtype: str = "float32") -> Engine:
    """Return an engine by name; ``auto`` is the fastest for the network's type of numbers.

    Raises
    ------
    ConfigError
        If there is no such engine, or it cannot compute in this type.

    Examples
    --------
    >>> get("auto", "float64").name
    'reference'
    """
    if name not in available():
        raise unknown("engine", name, available())
    can_compile = os.environ.get("NUMBA_DISABLE_JIT", "0") in ("", "0")
    if name == "auto":
        name = "compiled" if dtype == "float32" and can_compile else "reference"
    if name == "compiled" and dtype != "float32":
        raise ConfigError(f"the compiled engine computes in float32, not {dtype}; choose engine reference or auto")
    if name == "compiled" and not can_compile:
        raise ConfigError("NUMBA_DISABLE_JIT keeps the compiled engine from compiling; unset it, or choose reference")
    return _ENGINES[name]()


def for_inference(name: str, network: NetworkConfig, samples: int) -> Engine:
    """Return an engine to run forward passes on.

    ``auto`` is the reference engine where it has answered before the compiled one would be loaded, which takes about
    half a second, or compiled, which takes some; once that has run a forward pass, it is the faster one for any work.

    Examples
    --------
    >>> for_inference("reference", NetworkConfig(), 10_000).name
    'reference'
    """
    multiplications = samples * sum(a * b for a, b in pairwise(network.sizes))
    kernels = sys.modules.get("mnist_nn.engines.compiled.kernels")
    is_ready = kernels is not None and bool(kernels.infer.overloads)
    if name == "auto" and not is_ready and multiplications < SMALL_WORK:
        name = "reference"
    return get(name, network.dtype)


def prepared(name: str, network: Network, most: int) -> tuple[str, Callable[[Array], Array]]:
    """Make a network ready for a process that answers about few images at a time, for as long as it lives.

    Returns the engine's name, and a function from uint8 (n, inputs) to z_o (n, outputs). ``auto`` is the compiled
    engine where its machine code for such networks lies ready, and NumPy where it would have to be compiled first.

    Parameters
    ----------
    name
        One of `available`.
    network
        The network.
    most
        Images of one pass; a call with more may take several.

    Examples
    --------
    >>> name, forward = prepared("reference", Network.create(), 256)
    >>> name, forward(np.zeros((3, 784), np.uint8)).shape
    ('reference', (3, 10))
    """
    try:
        engine = get(name, network.config.dtype)
    except ConfigError:
        if name != "auto":
            raise
        engine = get("reference")  # where no folder can be written to, for one, nothing can be compiled
    if engine.name == "compiled":
        compiled = import_module("mnist_nn.engines.compiled.inference")
        if name != "auto" or compiled.is_kept(network):
            return "compiled", compiled.prepared(network, most)
        engine = get("reference")
    return engine.name, lambda images: engine.forward(network, engine.place(images))
