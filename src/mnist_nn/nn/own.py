"""Activations, losses, optimizers and schedules of your own, as functions of NumPy arrays, for the reference engine.

A part has a name, which configurations use like any other. Python functions cannot be stored, so a part
lives as long as the program, and model files and exports refuse networks that need one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.errors import ConfigError, quote
from mnist_nn.nn import config
from mnist_nn.nn.activations import ACTIVATIONS, Activation
from mnist_nn.nn.losses import LOSSES, Loss
from mnist_nn.nn.optimizers import OPTIMIZERS, Optimizer
from mnist_nn.nn.schedules import SCHEDULES

Array = npt.NDArray[Any]
PROBE = np.linspace(-2.0, 2.0, 10)


@dataclass(frozen=True)
class OwnActivation(Activation):
    """An activation whose derivative is a function of z."""

    def slope(self, z: Array, a: Array) -> Array:
        """See `Activation`."""
        return np.asarray(self.derivative(z), a.dtype)


def add_activation(name: str, f: Callable[[Array], Array], derivative: Callable[[Array], Array]) -> None:
    """Let configurations use an activation of your own: ``NetworkConfig(activation=name, dtype="float64")``.

    Parameters
    ----------
    name
        The name of the part; adding another part with this name replaces it.
    f
        The activation: z of any shape in, a of the same shape out.
    derivative
        f'(z), in the same form.

    Raises
    ------
    ConfigError
        If the name is taken, or a function does not return finite numbers of the right shape.

    Examples
    --------
    >>> add_activation("softplus", lambda z: np.log1p(np.exp(z)), lambda z: 1 / (1 + np.exp(-z)))
    >>> config.NetworkConfig(activation="softplus", dtype="float64").activation
    ('softplus',)
    >>> forget()
    """
    _check_name("activation", name, config.ACTIVATIONS)
    _check_result(f"the activation {name!r}", f(PROBE), PROBE.shape)
    _check_result(f"the derivative of the activation {name!r}", derivative(PROBE), PROBE.shape)
    ACTIVATIONS[name] = OwnActivation(f, derivative)
    config.OWN["activation"][name] = None


def add_loss(name: str, value: Callable[[Array, Array], Array], derivative: Callable[[Array, Array], Array]) -> None:
    """Let configurations use a loss of your own: ``TrainingConfig(loss=name, learning_rate=…)``.

    Parameters
    ----------
    name
        The name of the part; adding another part with this name replaces it.
    value
        The loss of each sample: outputs o and targets l, both (batch, outputs), in; shape (batch,) out.
    derivative
        ∂L/∂o: the same arguments, shape (batch, outputs) out. The derivative of sigmoid or softmax is applied
        afterwards, automatically.

    Raises
    ------
    ConfigError
        If the name is taken, or a function does not return finite numbers of the right shape.

    Examples
    --------
    >>> add_loss("absolute", lambda o, l: abs(o - l).sum(axis=1), lambda o, l: np.sign(o - l))
    >>> config.TrainingConfig(loss="absolute", learning_rate=0.1).loss
    'absolute'
    >>> forget()
    """
    _check_name("loss", name, config.LOSSES)
    o, l = np.linspace(0.05, 0.35, 6).reshape(2, 3), np.eye(3)[:2]
    _check_result(f"the loss {name!r}", value(o, l), (2,))
    _check_result(f"the derivative of the loss {name!r}", derivative(o, l), (2, 3))

    def through_sigmoid(o: Array, l: Array) -> Array:
        return np.asarray(derivative(o, l) * o * (1 - o), o.dtype)

    def through_softmax(o: Array, l: Array) -> Array:
        g = derivative(o, l)
        return np.asarray(o * (g - (g * o).sum(axis=-1, keepdims=True)), o.dtype)

    own = (name, lambda _z, o, l: np.asarray(value(o, l)))
    LOSSES[name, "sigmoid"] = Loss(*own, *own, through_sigmoid)
    LOSSES[name, "softmax"] = Loss(*own, *own, through_softmax)
    config.OWN["loss"][name] = None


def add_optimizer(
    name: str, step: Callable[[Array, Array, Sequence[Array], int, float], None], slots: Sequence[str] = ()
) -> None:
    """Let configurations use an optimizer of your own: ``TrainingConfig(optimizer=name, learning_rate=…)``.

    Parameters
    ----------
    name
        The name of the part; adding another part with this name replaces it.
    step
        ``step(p, g, slots, t, eta)`` changes the parameter p *in place*, given its gradient g, the arrays that it keeps
        between updates (zeros at first, of the shape of p), the number of the update from 1, and the learning rate.
    slots
        The names of the arrays that it keeps between updates.

    Raises
    ------
    ConfigError
        If the name is taken, or ``step`` does not change p, or makes it infinite.

    Examples
    --------
    >>> def step(p, g, slots, t, eta):
    ...     p -= eta * np.sign(g)
    >>> add_optimizer("sign", step)
    >>> config.TrainingConfig(optimizer="sign", learning_rate=0.001).optimizer
    'sign'
    >>> forget()
    """
    _check_name("optimizer", name, config.OPTIMIZERS)
    p, kept = np.ones(3), [np.zeros(3) for _ in slots]
    step(p, np.array([0.5, -1.0, 2.0]), kept, 1, 0.1)
    _check_result(f"the parameter after a step of {name!r}", p, (3,))
    if (p == 1).all():
        raise ConfigError(f"a step of {name!r} does not change the parameter; change it in place, as in p -= eta * g")
    OPTIMIZERS[name] = Optimizer(tuple(slots), lambda p, g, kept, t, eta, _constants: step(p, g, kept, t, eta))
    config.OWN["optimizer"][name] = None


def add_schedule(name: str, factor: Callable[[Array], Array]) -> None:
    """Let configurations use a schedule of your own: ``TrainingConfig(schedule=name)``.

    Parameters
    ----------
    name
        The name of the part; adding another part with this name replaces it.
    factor
        A function of the progress of the run, an array from 0 at the start to 1 at the end, that returns the factors of
        the learning rate, an array of the same shape.

    Raises
    ------
    ConfigError
        If the name is taken, or the factors are not finite, or one is negative.

    Examples
    --------
    >>> add_schedule("warmup", lambda p: np.minimum(1, 10 * p))
    >>> config.TrainingConfig(schedule="warmup").schedule
    'warmup'
    >>> forget()
    """
    _check_name("schedule", name, config.SCHEDULES)
    found = _check_result(f"the schedule {name!r}", factor(np.linspace(0, 1, 10)), (10,))
    if (found < 0).any():
        raise ConfigError(f"the schedule {name!r} returns {found.min():g}; return factors of 0 or more")
    SCHEDULES[name] = factor
    config.OWN["schedule"][name] = None


def forget() -> None:
    """Remove all parts that were added; configurations that name them can no longer be used.

    Examples
    --------
    >>> add_schedule("late", lambda p: p)
    >>> forget()
    >>> "late" in SCHEDULES
    False
    """
    for name in config.OWN["activation"]:
        del ACTIVATIONS[name]
    for name in config.OWN["loss"]:
        del LOSSES[name, "sigmoid"], LOSSES[name, "softmax"]
    for name in config.OWN["optimizer"]:
        del OPTIMIZERS[name]
    for name in config.OWN["schedule"]:
        del SCHEDULES[name]
    for names in config.OWN.values():
        names.clear()


def _check_name(kind: str, name: str, taken: Sequence[str]) -> None:
    if not str(name).isidentifier() or name in taken:
        raise ConfigError(
            f"{kind} {quote(name)} cannot be added; give a name of letters, digits and underscores, other than "
            f"{', '.join(taken)}"
        )


def _check_result(what: str, result: object, shape: tuple[int, ...]) -> Array:
    found = np.asarray(result)
    if found.shape != shape or found.dtype.kind not in "biuf" or not np.isfinite(found).all():
        raise ConfigError(
            f"{what} is {found.dtype} of shape {found.shape}, or not finite; return finite numbers of shape {shape}"
        )
    return found
