"""Which engine computes what: the one place that knows what ``auto`` means.

The compiled engine is the faster one once it runs, but loading it takes about half a second, and where its machine
code is not kept on disk, compiling it takes some ten seconds. NumPy starts at once. The table below says, for every
kind of work, how much of it is left to NumPy and why. Engines differ in their results by no more than rounding.
"""

import math
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from itertools import pairwise
from typing import Any, NamedTuple

from mnist_nn.engines.base import Array, Engine
from mnist_nn.errors import ConfigError
from mnist_nn.nn.config import NetworkConfig, TrainingConfig
from mnist_nn.nn.network import Network
from mnist_nn.util import checks

COMPILED, REFERENCE, AUTO = "compiled", "reference", "auto"
_COMPILED_PACKAGE = "mnist_nn.engines.compiled"


class Workload(NamedTuple):
    """A kind of work, and how much of it ``auto`` leaves to NumPy.

    Parameters
    ----------
    reason
        Why the limits are what they are.
    multiplications, updates
        Work below both limits is left to NumPy.
    unless_loaded
        Whether a compiled engine that has run in this process already is taken for any amount of work.
    unless_kept
        Whether it is taken for any amount of work where its machine code for the network lies ready.
    """

    reason: str
    multiplications: float = math.inf
    updates: float = math.inf
    unless_loaded: bool = False
    unless_kept: bool = False


TRAINING = Workload("a training run is long enough to repay loading and even compiling", multiplications=0)
FIT = Workload(
    "an estimator is often fitted to little data, which NumPy has learned in the time that loading takes; beyond "
    "20,000 updates, what NumPy costs at each adds up to more than that. Whether the engine is loaded does not count, "
    "because the same fit must end with the same bits in every process",
    multiplications=300_000_000,
    updates=20_000,
)
INFERENCE = Workload(
    "large matrix products are NumPy's best work: it has done so many before the compiled engine is loaded",
    multiplications=10_000_000_000,
    unless_loaded=True,
)
SERVING = Workload(
    "a server lives long enough to repay loading, but its first requests must not wait for a compiler",
    unless_kept=True,
)
DOUBLE_BELOW = 100_000_000  # multiplications that NumPy does in float64 in some hundredths of a second


def available() -> tuple[str, ...]:
    """Return the names of engines that may be asked for.

    Examples
    --------
    >>> available()
    ('auto', 'compiled', 'reference')
    """
    return (AUTO, COMPILED, REFERENCE)


def choose(
    name: str,
    workload: Workload,
    dtype: str = "float32",
    *,
    multiplications: float = 0,
    updates: float = 0,
    is_kept: Callable[[], bool] = lambda: False,
) -> str:
    """Return the name of the engine to take: ``name`` itself, or for ``auto`` what the table says.

    Parameters
    ----------
    name
        One of `available`.
    workload
        What the engine is for.
    dtype
        The network's type of numbers; float64 is for the reference engine alone.
    multiplications, updates
        How much work it is.
    is_kept
        Tells whether the machine code lies ready; asked only where the workload wants to know.

    Raises
    ------
    ConfigError
        If there is no such engine, or it cannot compute in this type.

    Examples
    --------
    >>> choose("auto", FIT, multiplications=1000), choose("auto", TRAINING, "float64")
    ('reference', 'reference')
    """
    name = checks.choice("engine", name, available())
    can_compile = os.environ.get("NUMBA_DISABLE_JIT", "0") in ("", "0")
    if name == COMPILED and dtype != "float32":
        raise ConfigError(f"the compiled engine computes in float32, not {dtype}; choose engine reference or auto")
    if name == COMPILED and not can_compile:
        raise ConfigError("NUMBA_DISABLE_JIT keeps the compiled engine from compiling; unset it, or choose reference")
    if name != AUTO:
        return name
    if dtype != "float32" or not can_compile:
        return REFERENCE
    if (workload.unless_loaded and is_loaded()) or (workload.unless_kept and is_kept()):
        return COMPILED
    return REFERENCE if multiplications < workload.multiplications and updates < workload.updates else COMPILED


def create(name: str = AUTO, dtype: str = "float32") -> Engine:
    """Create an engine by name; ``auto`` is the one to train with.

    Raises
    ------
    ConfigError
        If there is no such engine, or it cannot compute in this type.

    Examples
    --------
    >>> create("auto", "float64").name
    'reference'
    """
    return _create(choose(name, TRAINING, dtype))


def create_for_inference(name: str, network: NetworkConfig, samples: int) -> Engine:
    """Create an engine to run forward passes over this many samples.

    Examples
    --------
    >>> create_for_inference("reference", NetworkConfig(), 10_000).name
    'reference'
    """
    return _create(choose(name, INFERENCE, network.dtype, multiplications=samples * _multiplications(network)))


def choose_for_fit(name: str, network: NetworkConfig, training: TrainingConfig, samples: int) -> str:
    """Return the name of the engine that an estimator's fit trains with.

    Examples
    --------
    >>> choose_for_fit("auto", NetworkConfig(inputs=4, outputs=3), TrainingConfig(epochs=200, batch_size=150), 150)
    'reference'
    """
    work = training.epochs * samples * _multiplications(network)
    updates = training.epochs * math.ceil(samples / training.batch_size)
    return choose(name, FIT, network.dtype, multiplications=work, updates=updates)


def choose_to_resume(name: str, learned_so_far: Sequence[str]) -> str:
    """Return the engine to resume a training with: ``auto`` is the one that learned last, so that bits stay the same.

    Examples
    --------
    >>> choose_to_resume("auto", ("compiled", "reference")), choose_to_resume("auto", ())
    ('reference', 'auto')
    """
    return learned_so_far[-1] if name == AUTO and learned_so_far else name


def takes_double(network: Network, samples: int) -> bool:
    """Whether an estimator predicts so few samples that they are computed in float64, by the reference engine.

    Then a sample's probabilities do not depend on the samples beside it.

    Examples
    --------
    >>> takes_double(Network.create(), 100), takes_double(Network.create(), 10_000)
    (True, False)
    """
    return samples * network.parameter_count < DOUBLE_BELOW


def prepare_serving(name: str, network: Network, most: int) -> tuple[str, Callable[[Array], Array]]:
    """Make a network ready for a process that answers about few images at a time, for as long as it lives.

    Returns the engine's name, and a function from uint8 (n, inputs) to z_o (n, outputs).

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
    >>> import numpy as np
    >>> name, forward = prepare_serving("reference", Network.create(), 256)
    >>> name, forward(np.zeros((3, 784), np.uint8)).shape
    ('reference', (3, 10))
    """
    chosen = choose(name, SERVING, network.config.dtype, is_kept=lambda: is_kept(network))
    if chosen == COMPILED:
        return chosen, _compiled().prepare_batches(network, most)
    engine = _create(chosen)
    return chosen, lambda images: engine.forward(network, engine.place(images))


def prepare_single(name: str, network: Network) -> Callable[[Array], tuple[int, Array]] | None:
    """Make a network ready for one image at a time: uint8 in, its class and the probabilities of all classes out.

    None where the reference engine is to do it, which has no such path of its own.

    Examples
    --------
    >>> prepare_single("reference", Network.create()) is None
    True
    """
    work = _multiplications(network.config)
    chosen = choose(name, INFERENCE, network.config.dtype, multiplications=work)
    prepared: Callable[[Array], tuple[int, Array]] | None
    prepared = _compiled().prepare_single(network) if chosen == COMPILED else None
    return prepared


def is_loaded() -> bool:
    """Whether the compiled engine has run a forward pass in this process, so that the next one does not wait."""
    return _COMPILED_PACKAGE in sys.modules and bool(_compiled().is_loaded())


def is_kept(network: Network) -> bool:
    """Whether the machine code that serving such a network needs is in memory or on disk."""
    try:
        return bool(_compiled().is_kept(network))
    except ConfigError:  # where no folder can be written to, for one, nothing can be compiled
        return False


def _create(name: str) -> Engine:
    if name == COMPILED:
        return _compiled().CompiledEngine()  # type: ignore[no-any-return]
    return import_module("mnist_nn.engines.reference").ReferenceEngine()  # type: ignore[no-any-return]


def _compiled() -> Any:
    """The compiled engine's package, imported when it is first needed."""
    return import_module(_COMPILED_PACKAGE)


def _multiplications(network: NetworkConfig) -> int:
    """Multiplications that one sample costs in a forward pass."""
    return sum(a * b for a, b in pairwise(network.sizes))
