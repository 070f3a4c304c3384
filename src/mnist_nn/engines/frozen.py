"""Trains with frozen layers: their outputs are computed once, and the later layers learn them as their data.

So frozen layers keep every bit, are the same in every engine, and cost nothing after the samples are placed. They have
no dropout, weight decay or norm limit.
"""

from dataclasses import replace
from threading import Event
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_nn.data.augmentation import Distortion
from mnist_nn.engines import reference
from mnist_nn.engines.base import Engine, Plan, Tally, as_rows, check_width
from mnist_nn.nn.activations import ACTIVATIONS
from mnist_nn.nn.config import NetworkConfig
from mnist_nn.nn.network import Network
from mnist_nn.nn.optimizers import OptimizerState

Array = npt.NDArray[Any]


class Placed(NamedTuple):
    """The original images, and the outputs of the frozen layers in the other engine's form."""

    images: Any
    answers: Any


class FrozenLayers:
    """An engine that does not change the first ``frozen`` layers of a network; another engine trains the rest.

    Parameters
    ----------
    engine
        The engine that trains the other layers.
    network
        A network of the run, for its frozen layers.
    frozen
        The number of frozen layers: at least one, and not the output layer.
    """

    def __init__(self, engine: Engine, network: Network, frozen: int) -> None:
        self.name = engine.name
        self.inner, self._network, self._frozen = engine, network, frozen

    def place(
        self, x: Array, t: Array | None = None, weights: Array | None = None, labels: Array | None = None
    ) -> Placed:
        """See `mnist_nn.engines.base.Engine`."""
        return Placed(x, self.inner.place(apply_frozen(self._network, x, self._frozen), t, weights, labels))

    def distort(self, images: Array, key: Any, how: Distortion, stop: Event | None = None) -> Array:
        """See `mnist_nn.engines.base.Engine`."""
        return self.inner.distort(images, key, how, stop)

    def forward(self, network: Network, placed: Placed) -> Array:
        """See `mnist_nn.engines.base.Engine`; a network without these layers, such as a teacher, runs as a whole."""
        if not _begin_alike(network, self._network, self._frozen):
            return self.inner.forward(network, self.inner.place(placed.images))
        return self.inner.forward(take_rest(network, self._frozen), placed.answers)

    def epoch(
        self, network: Network, state: OptimizerState, placed: Placed, plan: Plan
    ) -> tuple[Network, OptimizerState, Tally]:
        """See `mnist_nn.engines.base.Engine`."""
        first = 2 * self._frozen  # a weight matrix and a bias vector for each layer
        rest = OptimizerState(state.updates, {name: slot[first:] for name, slot in state.slots.items()})
        learned, after, tally = self.inner.epoch(
            take_rest(network, self._frozen), rest, placed.answers, replace(plan, dropout=plan.dropout[self._frozen :])
        )
        slots = {name: (*state.slots[name][:first], *slot) for name, slot in after.slots.items()}
        whole = Network.of(network.config, [*network.parameters[:first], *learned.parameters])
        return whole, OptimizerState(after.updates, slots), tally


def _begin_alike(one: Network, other: Network, layers: int) -> bool:
    """Whether the first layers of two networks are the same."""
    shapes = [(network.config.sizes[: layers + 1], network.config.activation[:layers]) for network in (one, other)]
    pairs = zip(one.parameters[: 2 * layers], other.parameters, strict=False)
    return shapes[0] == shapes[1] and all(np.array_equal(p, q) for p, q in pairs)


def apply_frozen(network: Network, x: Any, frozen: int) -> Array:
    """Return the activations of the last frozen layer, shape (n, units), in the network's type.

    Examples
    --------
    >>> apply_frozen(Network.create(), np.zeros((3, 784), np.uint8), 1).shape
    (3, 20)
    """
    config, rows = network.config, as_rows(x)
    check_width(config, rows.shape[1])
    found = np.empty((rows.shape[0], config.hidden[frozen - 1]), config.dtype)
    for part, inputs in reference.take_parts(rows, config.dtype):
        z, _ = reference.forward(config, network.weights[:frozen], network.biases[:frozen], inputs)
        found[part] = ACTIVATIONS[config.activation[frozen - 1]].f(z[-1])
    return found


def take_rest(network: Network, frozen: int) -> Network:
    """Return the layers after the frozen ones as a separate network.

    Examples
    --------
    >>> take_rest(Network.create(), 1).config.sizes
    (20, 10)
    """
    return Network.of(rest_config(network.config, frozen), network.parameters[2 * frozen :])


def rest_config(config: NetworkConfig, frozen: int) -> NetworkConfig:
    """Return the configuration of the layers after the frozen ones.

    Examples
    --------
    >>> rest_config(NetworkConfig(hidden=(64, 32)), 1).sizes
    (64, 32, 10)
    """
    return replace(
        config,
        inputs=config.sizes[frozen],
        hidden=config.hidden[frozen:],
        activation=config.activation[frozen:] or "sigmoid",
        prepare="",
    )
