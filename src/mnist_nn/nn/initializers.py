"""Weight initialization: pure functions of a random key and a layer's fan-in and fan-out.

Biases start at zero. Sources: Glorot and Bengio, AISTATS 2010; He et al., ICCV 2015; LeCun et al., Efficient
BackProp, 1998.
"""

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from mnist_nn.errors import unknown
from mnist_nn.util.randomness import Key, normal, uniform

Weights = npt.NDArray[np.float64]
Initializer = Callable[[Key, int, int], Weights]


def _even(limit: Callable[[int, int], float]) -> Initializer:
    def draw(key: Key, fan_in: int, fan_out: int) -> Weights:
        bound = limit(fan_in, fan_out)
        return bound * (2.0 * uniform(key, fan_out * fan_in) - 1.0).reshape(fan_out, fan_in)

    return draw


def _bell(deviation: Callable[[int, int], float]) -> Initializer:
    def draw(key: Key, fan_in: int, fan_out: int) -> Weights:
        return deviation(fan_in, fan_out) * normal(key, fan_out * fan_in).reshape(fan_out, fan_in)

    return draw


INITIALIZERS: dict[str, Initializer] = {
    "glorot_uniform": _even(lambda i, o: math.sqrt(6.0 / (i + o))),
    "glorot_normal": _bell(lambda i, o: math.sqrt(2.0 / (i + o))),
    "he_uniform": _even(lambda i, _o: math.sqrt(6.0 / i)),
    "he_normal": _bell(lambda i, _o: math.sqrt(2.0 / i)),
    "lecun_uniform": _even(lambda i, _o: math.sqrt(3.0 / i)),
    "lecun_normal": _bell(lambda i, _o: math.sqrt(1.0 / i)),
    "uniform": _even(lambda _i, _o: 0.05),
    "normal": _bell(lambda _i, _o: 0.05),
    "zeros": lambda _key, fan_in, fan_out: np.zeros((fan_out, fan_in)),
}

DEFAULTS = {
    "sigmoid": "glorot_uniform",
    "tanh": "glorot_uniform",
    "identity": "glorot_uniform",
    "softmax": "glorot_uniform",
    "relu": "he_normal",
    "leaky_relu": "he_normal",
}


def initial_weights(name: str, activation: str, key: Key, fan_in: int, fan_out: int) -> Weights:
    """Draw one layer's weights, float64 of shape (fan_out, fan_in).

    Parameters
    ----------
    name
        An initializer, or ``auto`` for the one that suits the activation.
    activation
        The activation that follows the layer.
    key
        The random key; equal keys give equal weights.
    fan_in, fan_out
        Number of inputs and of units of the layer.

    Examples
    --------
    >>> initial_weights("auto", "relu", Key(0, 1), 784, 20).shape
    (20, 784)
    """
    chosen = DEFAULTS.get(activation, "glorot_uniform") if name == "auto" else name
    if chosen not in INITIALIZERS:
        raise unknown("initializer", name, ["auto", *INITIALIZERS])
    return INITIALIZERS[chosen](key, fan_in, fan_out)
