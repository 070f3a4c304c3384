"""A network is data: its configuration, its weights and its biases, which never change.

Training returns new networks. The engines do the arithmetic of the forward and backward passes.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.errors import ConfigError, NotFiniteError
from mnist_nn.nn.activations import OUTPUTS
from mnist_nn.nn.config import NetworkConfig
from mnist_nn.nn.initializers import initial_weights
from mnist_nn.util import checks, randomness
from mnist_nn.util.calls import shows_call
from mnist_nn.util.memory import check_available

Array = npt.NDArray[Any]
SQUASHING = ("sigmoid", "tanh")  # activations whose outputs lie between -1 and 1
CREATE = "Network.create(NetworkConfig(hidden=(64, 32)), seed=1)"
CREATION_BYTES = 28
"""Bytes that drawing one parameter needs temporarily: counters and draws of 64 bits each. 27.7 were measured."""


@dataclass(frozen=True, eq=False)
class Network:
    """A feedforward network.

    Parameters
    ----------
    config
        The configuration of its shape.
    weights
        One matrix per layer, of type ``config.dtype`` and shape (units, units of the previous layer): W_ih, W_ho.
    biases
        One vector per layer, of shape (units,): b_ih, b_ho.

    Raises
    ------
    ConfigError
        If an array has the wrong shape or type.
    NotFiniteError
        If an array contains NaN or infinity; this is also a ConfigError.
    """

    config: NetworkConfig
    weights: tuple[Array, ...]
    biases: tuple[Array, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "weights", tuple(_frozen(W) for W in self.weights))
        object.__setattr__(self, "biases", tuple(_frozen(b) for b in self.biases))
        sizes = self.config.sizes
        expected = [*(pair[::-1] for pair in pairwise(sizes)), *((units,) for units in sizes[1:])]
        found = [p.shape for p in (*self.weights, *self.biases)]
        if found != expected:
            raise ConfigError(
                f"the parameters have shapes {found}, but a network of this configuration has {expected}; give "
                "arrays of these shapes"
            )
        for name, p in zip(self.parameter_names, self.parameters, strict=True):
            if p.dtype != self.config.dtype:
                raise ConfigError(f"{name} is {p.dtype} in a {self.config.dtype} network; convert it with astype")
            if not np.isfinite(p).all():
                raise NotFiniteError(f"{name} contains NaN or infinity; a network needs finite parameters")

    @classmethod
    @shows_call("Network.create(NetworkConfig(hidden=(20,)))")
    def create(cls, config: NetworkConfig | None = None, seed: int = 0) -> "Network":
        """Create a new network with random weights and biases of zero.

        Raises
        ------
        ConfigError
            If that needs more memory than is available.

        Examples
        --------
        >>> [W.shape for W in Network.create(seed=1).weights]
        [(20, 784), (10, 20)]
        """
        config = NetworkConfig() if config is None else config
        checks.instance("the configuration", config, NetworkConfig, CREATE)
        what = f"a network of {config.parameter_count:,} parameters"
        check_available(CREATION_BYTES * config.parameter_count, what, f"lower hidden {config.hidden}")
        key = randomness.fold(randomness.key(seed), randomness.WEIGHTS)
        layers = list(zip(pairwise(config.sizes), config.layer_activations, strict=True))
        weights = [
            initial_weights(config.initializer, name, randomness.fold(key, layer), fan_in, fan_out)
            for layer, ((fan_in, fan_out), name) in enumerate(layers)
        ]
        return cls.of(config, [p for W in weights for p in (W, np.zeros(len(W)))])

    @classmethod
    def of(cls, config: NetworkConfig, parameters: Iterable[Array]) -> "Network":
        """Build a network from the flat sequence W1, b1, W2, b2, …, converted to the configured type."""
        arrays = [np.asarray(p, dtype=config.dtype) for p in parameters]
        return cls(config, tuple(arrays[0::2]), tuple(arrays[1::2]))

    def with_new_outputs(self, outputs: int, seed: int = 0) -> "Network":
        """Keep the hidden layers, and draw a new output layer for other classes.

        Parameters
        ----------
        outputs
            The new number of classes.
        seed
            The random seed for the weights of the new layer.

        Examples
        --------
        >>> network = Network.create()
        >>> other = network.with_new_outputs(26, seed=1)
        >>> other.config.sizes, bool((other.weights[0] == network.weights[0]).all())
        ((784, 20, 26), True)
        """
        config = replace(self.config, outputs=outputs)
        fresh = Network.create(config, seed)
        return Network(config, (*self.weights[:-1], fresh.weights[-1]), (*self.biases[:-1], fresh.biases[-1]))

    @cached_property
    def parameters(self) -> tuple[Array, ...]:
        """All arrays in the order W1, b1, W2, b2, …"""
        return tuple(p for pair in zip(self.weights, self.biases, strict=True) for p in pair)

    @cached_property
    def parameter_names(self) -> tuple[str, ...]:
        """The names of all arrays, in the same order."""
        return tuple(f"{letter}{layer + 1}" for layer in range(len(self.weights)) for letter in "Wb")

    @property
    def parameter_count(self) -> int:
        """Number of weights and biases.

        Examples
        --------
        >>> Network.create().parameter_count
        15910
        """
        return sum(p.size for p in self.parameters)

    @cached_property
    def can_overflow(self) -> bool:
        """Say whether inputs from 0 to 1 might lead to numbers above the largest of ``config.dtype``.

        Examples
        --------
        >>> Network.create().can_overflow
        False
        """
        bound, most = 1.0, float(np.finfo(self.config.dtype).max)
        for W, b, name in zip(self.weights, self.biases, (*self.config.activation, "sigmoid"), strict=True):
            with np.errstate(over="ignore"):
                z = float((np.abs(W).sum(axis=1, dtype=np.float64) * bound + np.abs(b)).max())
            if z > most:
                return True
            bound = 1.0 if name in SQUASHING else z
        return False

    def output(self, z: Array) -> Array:
        """Apply the output activation to z_o: shape (batch, outputs) in and out."""
        return OUTPUTS[self.config.output](z)

    def probabilities(self, z: Array) -> Array:
        """Turn z_o into probabilities that sum to one, shape (batch, outputs).

        Softmax outputs already do. Sigmoid outputs are separate yes-or-no probabilities for each class; they are
        divided by their sum, as one-vs-rest classifiers do.
        """
        o = self.output(z)
        return np.asarray(o / np.maximum(o.sum(axis=-1, keepdims=True), np.finfo(o.dtype).tiny))


class TableNetwork(Network):
    """The network of an estimator whose inputs are arbitrary numbers, not pixels, or whose classes have names.

    Its model file says so, so that functions that need pixels reject it.
    """


def _frozen(array: npt.ArrayLike) -> Array:
    """Return a read-only copy, so that a network cannot change unexpectedly."""
    copy = np.array(array)
    copy.flags.writeable = False
    return copy
