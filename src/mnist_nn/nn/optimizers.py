"""The optimizers: how a parameter is updated once its gradient is known.

Each optimizer changes one parameter array in place. The state it keeps between updates (its slots) are plain arrays of
the parameter's shape. Symbols: p is the parameter, g the gradient, η the learning rate, and t the number of the update,
counted from 1.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.errors import unknown
from mnist_nn.nn.config import MOMENTUM, TrainingConfig

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Constants:
    """The constants of all optimizers; each one uses only its own."""

    momentum: float = MOMENTUM
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8

    @classmethod
    def of(cls, config: TrainingConfig) -> "Constants":
        """Take the constants from a training configuration."""
        momentum = cls.momentum if config.momentum is None else config.momentum
        return cls(momentum, config.beta1, config.beta2, config.epsilon)


@dataclass(frozen=True)
class Optimizer:
    """The names of the slots, and the in-place update: ``step(p, g, slots, t, eta, constants)``."""

    slots: tuple[str, ...]
    step: Callable[[Array, Array, Sequence[Array], int, float, Constants], None]


@dataclass(frozen=True)
class OptimizerState:
    """Updates made so far, and for each slot one array per parameter, in the order W1, b1, W2, b2, …"""

    updates: int
    slots: dict[str, tuple[Array, ...]]

    @property
    def finite(self) -> bool:
        """Whether all slots are free of NaN and infinity."""
        return all(np.isfinite(array).all() for arrays in self.slots.values() for array in arrays)


def _sgd(p: Array, g: Array, _slots: Sequence[Array], _t: int, eta: float, _c: Constants) -> None:
    """p ← p - η g."""
    p -= eta * g


def _momentum(p: Array, g: Array, slots: Sequence[Array], _t: int, eta: float, c: Constants) -> None:
    """v ← μ v + g,  p ← p - η v  (Polyak 1964, with η outside the velocity as in PyTorch)."""
    (v,) = slots
    v *= c.momentum
    v += g
    p -= eta * v


def _nesterov(p: Array, g: Array, slots: Sequence[Array], _t: int, eta: float, c: Constants) -> None:
    """v ← μ v + g,  p ← p - η (g + μ v)  (Sutskever et al., ICML 2013, in PyTorch's form)."""
    (v,) = slots
    v *= c.momentum
    v += g
    p -= eta * (g + c.momentum * v)


def _adam(p: Array, g: Array, slots: Sequence[Array], t: int, eta: float, c: Constants) -> None:
    """m ← β₁m + (1-β₁)g,  v ← β₂v + (1-β₂)g²,  p ← p - η m̂ / (√v̂ + ε)  (Kingma and Ba, ICLR 2015).

    m̂ = m / (1 - β₁ᵗ) and v̂ = v / (1 - β₂ᵗ) correct the bias caused by starting at zero.
    """
    m, v = slots
    m *= c.beta1
    m += (1.0 - c.beta1) * g
    v *= c.beta2
    v += (1.0 - c.beta2) * (g * g)
    p -= (eta / (1.0 - c.beta1**t)) * m / (np.sqrt(v / (1.0 - c.beta2**t)) + c.epsilon)


# adamw is adam with the decay taken off the weight itself, not through the gradient (Loshchilov and Hutter, ICLR 2019);
# the engines do that where they apply l2.
OPTIMIZERS: dict[str, Optimizer] = {
    "sgd": Optimizer((), _sgd),
    "momentum": Optimizer(("velocity",), _momentum),
    "nesterov": Optimizer(("velocity",), _nesterov),
    "adam": Optimizer(("m", "v"), _adam),
    "adamw": Optimizer(("m", "v"), _adam),
}


def get_optimizer(name: str) -> Optimizer:
    """Look up an optimizer; an unknown name raises a ConfigError that lists the valid names."""
    if name not in OPTIMIZERS:
        raise unknown("optimizer", name, OPTIMIZERS)
    return OPTIMIZERS[name]


def initial_state(name: str, parameters: tuple[Array, ...]) -> OptimizerState:
    """Return an optimizer's initial state: no updates, and every slot zero.

    Examples
    --------
    >>> initial_state("adam", (np.ones(3),)).slots["m"]
    (array([0., 0., 0.]),)
    """
    return OptimizerState(0, {slot: tuple(np.zeros_like(p) for p in parameters) for slot in get_optimizer(name).slots})
