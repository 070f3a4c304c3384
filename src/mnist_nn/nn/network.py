"""A network is data: its configuration, its weights and its biases, none of which ever change.

Training returns new networks. The arithmetic of the passes lives in the engines.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.errors import ConfigError, NotFiniteError
from mnist_nn.nn.activations import OUTPUTS
from mnist_nn.nn.config import NetworkConfig
from mnist_nn.nn.initializers import initial_weights
from mnist_nn.util import randomness

Array = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Network:
    """A feedforward network.

    Parameters
    ----------
    config
        Its shape.
    weights
        One matrix a layer, ``config.dtype``, of shape (units, units of the layer before): W_ih, W_ho.
    biases
        One vector a layer, of shape (units,): b_ih, b_ho.

    Raises
    ------
    ConfigError
        If an array has the wrong shape or type.
    NotFiniteError
        If an array holds NaN or infinity; it is a ConfigError too.
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
            raise ConfigError(f"the parameters have shapes {found}; a network of this configuration has {expected}")
        for name, p in zip(self.parameter_names, self.parameters, strict=True):
            if p.dtype != self.config.dtype:
                raise ConfigError(f"{name} is {p.dtype} in a {self.config.dtype} network; convert it with astype")
            if not np.isfinite(p).all():
                raise NotFiniteError(f"{name} holds NaN or infinity; a network needs finite parameters")

    @classmethod
    def create(cls, config: NetworkConfig | None = None, seed: int = 0) -> "Network":
        """Draw a new network's weights; its biases are zero.

        Examples
        --------
        >>> [W.shape for W in Network.create(seed=1).weights]
        [(20, 784), (10, 20)]
        """
        config = config or NetworkConfig()
        key = randomness.fold(randomness.key(seed), randomness.WEIGHTS)
        layers = list(zip(pairwise(config.sizes), config.layer_activations, strict=True))
        weights = [
            initial_weights(config.initializer, name, randomness.fold(key, layer), fan_in, fan_out)
            for layer, ((fan_in, fan_out), name) in enumerate(layers)
        ]
        return cls.of(config, [p for W in weights for p in (W, np.zeros(len(W)))])

    @classmethod
    def of(cls, config: NetworkConfig, parameters: Iterable[Array]) -> "Network":
        """Build from the flat sequence W1, b1, W2, b2, …, converted to the configured type."""
        arrays = [np.asarray(p, dtype=config.dtype) for p in parameters]
        return cls(config, tuple(arrays[0::2]), tuple(arrays[1::2]))

    @cached_property
    def parameters(self) -> tuple[Array, ...]:
        """All arrays in the order W1, b1, W2, b2, …"""
        return tuple(p for pair in zip(self.weights, self.biases, strict=True) for p in pair)

    @cached_property
    def parameter_names(self) -> tuple[str, ...]:
        """Their names in the same order."""
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

    def output(self, z: Array) -> Array:
        """Apply the output activation to z_o: shape (batch, outputs) in and out."""
        return OUTPUTS[self.config.output](z)

    def probabilities(self, z: Array) -> Array:
        """Turn z_o into probabilities that sum to one, shape (batch, outputs).

        Softmax outputs are that already. Sigmoid outputs are ten separate yes-or-no probabilities; they are divided
        by their sum, as one-vs-rest classifiers do.
        """
        o = self.output(z)
        return np.asarray(o / np.maximum(o.sum(axis=-1, keepdims=True), np.finfo(o.dtype).tiny))


def _frozen(array: Array) -> Array:
    """Return a read-only copy, so that a network cannot change under its holder."""
    copy = array.copy()
    copy.flags.writeable = False
    return copy
