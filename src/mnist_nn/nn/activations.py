"""The activation functions, and their derivatives computed from their outputs.

Each is a pair of plain NumPy functions. The compiled engine and the browser implement the same formulas in their own
languages, and tests compare them with these.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.errors import unknown

Array = npt.NDArray[Any]

LEAK = 0.01
# exp(88) is the last whole power that a float32 holds; below, σ is 6e-39 instead of smaller still.
_LOWEST = -88.0


@dataclass(frozen=True)
class Activation:
    """An elementwise function a = f(z) and its derivative f'(z), written in terms of a."""

    f: Callable[[Array], Array]
    derivative: Callable[[Array], Array]

    def slope(self, _z: Array, a: Array) -> Array:
        """Return f'(z), given z and a = f(z)."""
        return self.derivative(a)


def sigmoid(z: Array) -> Array:
    """σ(z) = 1 / (1 + exp(-z)), without overflow.

    Examples
    --------
    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0])).round(3).tolist()
    [0.0, 0.5, 1.0]
    """
    return np.asarray(1.0 / (1.0 + np.exp(-np.maximum(z, _LOWEST))))


def softmax(z: Array) -> Array:
    """exp(z_i) / Σ_k exp(z_k) over the last axis, shifted by the largest z so that nothing overflows.

    Examples
    --------
    >>> softmax(np.array([[1000.0, 1000.0]])).tolist()
    [[0.5, 0.5]]
    """
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True))


ACTIVATIONS: dict[str, Activation] = {
    "sigmoid": Activation(sigmoid, lambda a: a * (1.0 - a)),
    "tanh": Activation(np.tanh, lambda a: 1.0 - a * a),
    "relu": Activation(lambda z: np.maximum(z, 0.0), lambda a: (a > 0).astype(a.dtype)),
    "leaky_relu": Activation(
        lambda z: np.maximum(z, LEAK * z),
        lambda a: np.where(a > 0, 1.0, LEAK).astype(a.dtype),
    ),
    "identity": Activation(lambda z: z, np.ones_like),
}

OUTPUTS: dict[str, Callable[[Array], Array]] = {"sigmoid": sigmoid, "softmax": softmax}


def get_activation(name: str) -> Activation:
    """Look up a hidden layer's activation; an unknown name raises a ConfigError that lists the valid names."""
    if name not in ACTIVATIONS:
        raise unknown("activation", name, ACTIVATIONS)
    return ACTIVATIONS[name]
