"""Which engine computes what: the one place that knows what ``auto`` means.

It means the compiled engine for every network in float32, and the reference engine for float64 or if no machine code
can be made. The results of the engines differ only by rounding.
"""

import logging
from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from typing import Any

from mnist_nn.engines.base import Array, Engine
from mnist_nn.engines.preparation import prepare_images
from mnist_nn.errors import ConfigError
from mnist_nn.nn.config import NetworkConfig
from mnist_nn.nn.network import Network
from mnist_nn.util import checks

COMPILED, REFERENCE, AUTO = "compiled", "reference", "auto"


_logger = logging.getLogger("mnist_nn")
DOUBLE_BELOW = 100_000_000  # multiplications that NumPy does in float64 in some hundredths of a second


def available() -> tuple[str, ...]:
    """Return the names of the engines that can be chosen.

    Examples
    --------
    >>> available()
    ('auto', 'compiled', 'reference')
    """
    return (AUTO, COMPILED, REFERENCE)


def choose(name: str, dtype: str = "float32") -> str:
    """Return the name of the engine to use: ``name`` itself or, for ``auto``, the fastest that works here.

    Parameters
    ----------
    name
        One of `available`.
    dtype
        The network's type of numbers; only the reference engine computes in float64.

    Raises
    ------
    ConfigError
        If there is no such engine, or it cannot compute in this type or on this machine.

    Examples
    --------
    >>> choose("auto", "float64"), choose("reference")
    ('reference', 'reference')
    """
    name = checks.choice("engine", name, available())
    if name == COMPILED and dtype != "float32":
        raise ConfigError(f"the compiled engine computes in float32, not {dtype}; choose engine reference or auto")
    if name == COMPILED:
        _compiled()
    if name != AUTO:
        return name
    return COMPILED if dtype == "float32" and _can_compile() else REFERENCE


def create(name: str = AUTO, dtype: str = "float32", threads: int | None = None) -> Engine:
    """Create an engine by name.

    ``threads`` is the largest number that the compiled engine uses, by default one per processor; results do not depend
    on it.

    Raises
    ------
    ConfigError
        If there is no such engine, or it cannot compute in this type or on this machine.

    Examples
    --------
    >>> create("auto", "float64").name
    'reference'
    """
    if choose(name, dtype) == COMPILED:
        return _compiled().CompiledEngine(threads)  # type: ignore[no-any-return]
    return import_module("mnist_nn.engines.reference").ReferenceEngine()  # type: ignore[no-any-return]


def choose_to_resume(name: str, learned_so_far: Sequence[str]) -> str:
    """Return the engine to resume training with: ``auto`` is the one used last, so that all bits stay the same.

    Examples
    --------
    >>> choose_to_resume("auto", ("compiled", "reference")), choose_to_resume("auto", ())
    ('reference', 'auto')
    """
    return learned_so_far[-1] if name == AUTO and learned_so_far else name


def takes_double(network: Network, samples: int) -> bool:
    """Say whether an estimator predicts so few samples that the reference engine computes them in float64.

    Then the probabilities of a sample do not depend on the other samples.

    Examples
    --------
    >>> takes_double(Network.create(), 100), takes_double(Network.create(), 10_000)
    (True, False)
    """
    return samples * network.parameter_count < DOUBLE_BELOW


def prepare_serving(name: str, network: Network, most: int) -> tuple[str, Callable[[Array], Array]]:
    """Prepare a network for a long-running process that answers requests of a few images each.

    Returns the engine's name, and a function from uint8 (n, inputs) to z_o (n, outputs).

    Parameters
    ----------
    name
        One of `available`.
    network
        The network.
    most
        The largest number of images in one pass; a call with more may take several passes.

    Examples
    --------
    >>> import numpy as np
    >>> name, forward = prepare_serving("reference", Network.create(), 256)
    >>> name, forward(np.zeros((3, 784), np.uint8)).shape
    ('reference', (3, 10))
    """
    chosen, config = choose(name, network.config.dtype), network.config
    if chosen == COMPILED:
        forward = _compiled().prepare_batches(network, most)
        return chosen, (lambda images: forward(prepare_images(config, images))) if config.prepare else forward
    engine = create(chosen, config.dtype)
    return chosen, lambda images: engine.forward(network, engine.place(prepare_images(config, images)))


def prepare_training(name: str, config: NetworkConfig, x: Any) -> None:
    """Prepare the code for training before the samples ``x`` are placed, because LLVM needs much memory meanwhile.

    Examples
    --------
    >>> import numpy as np
    >>> prepare_training("reference", NetworkConfig(), np.zeros((1, 28, 28), np.uint8))
    """
    if choose(name, config.dtype) == COMPILED:
        _compiled().prepare_training(config, x)


def prepare_single(name: str, network: Network, *, floats: bool = False) -> Callable[[Array], tuple[int, Array]] | None:
    """Prepare a network for one image at a time; the results are its class and the probabilities of all classes.

    It takes uint8 pixels, or float32 with ``floats``; in the latter case, the class is -1 if the image or the answer is
    not finite. Returns None for the reference engine, which has no such fast path.

    Examples
    --------
    >>> prepare_single("reference", Network.create()) is None
    True
    """
    if choose(name, network.config.dtype) != COMPILED:
        return None
    return _compiled().prepare_single(network, floats=floats)  # type: ignore[no-any-return]


@cache
def _can_compile() -> bool:
    """Whether the compiled engine runs here; where it does not, one line says why."""
    try:
        _compiled()
    except ConfigError as error:
        _logger.warning("NumPy computes instead: %s", error)
        return False
    return True


@cache
def _compiled() -> Any:
    """The compiled engine's package, imported when it is first needed, once it is known to run here."""
    try:
        package = import_module("mnist_nn.engines.compiled")
        package.check()
    except (ImportError, OSError) as error:
        raise ConfigError(f"the compiled engine cannot run here: {error}; choose engine reference") from error
    return package
