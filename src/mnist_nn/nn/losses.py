"""The losses, each with the output error delta_o that it propagates backwards.

A loss belongs to an output activation, because delta_o = ∂L/∂z_o passes through it. For the canonical pairs (sigmoid
with binary cross-entropy, softmax with categorical cross-entropy) the activation's derivative cancels, and o - l
remains. docs/explanation/mathematics.md has the derivations.

The classic network's loss is called ``classic_mse``: it *reports* the mean squared error but *descends* the summed
binary cross-entropy, whose gradient is o - l. Every other loss descends what it reports.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.errors import ConfigError

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Loss:
    """The loss that is printed, the loss that is descended, and the error at the output.

    Both loss functions take z_o, o and l, each of shape (batch, outputs), and return one number per sample, shape
    (batch,). `output_delta` takes o and l and returns delta_o, shape (batch, outputs).
    """

    reported_name: str
    reported: Callable[[Array, Array, Array], Array]
    descended_name: str
    descended: Callable[[Array, Array, Array], Array]
    output_delta: Callable[[Array, Array], Array]


def mean_squared_error(_z: Array, o: Array, l: Array) -> Array:
    """MSE = (1/n) Σ_i (o_i - l_i)² over n outputs.

    Examples
    --------
    >>> mean_squared_error(np.zeros((1, 2)), np.array([[0.5, 0.5]]), np.array([[1.0, 0.0]])).tolist()
    [0.25]
    """
    return np.asarray(((o - l) ** 2).mean(axis=-1))


def half_squared_error(_z: Array, o: Array, l: Array) -> Array:
    """½ SSE = ½ Σ_i (o_i - l_i)², the quadratic cost of Nielsen's book."""
    return np.asarray(0.5 * ((o - l) ** 2).sum(axis=-1))


def binary_cross_entropy(z: Array, _o: Array, l: Array) -> Array:
    """-Σ_i [l_i ln o_i + (1 - l_i) ln(1 - o_i)], summed over the outputs, with o = σ(z).

    Computed from z, as Σ_i max(z, 0) - l z + ln(1 + exp(-|z|)), it stays finite even if o rounds to 0 or 1.

    Examples
    --------
    >>> binary_cross_entropy(np.array([[0.0, 0.0]]), np.empty(0), np.array([[1.0, 0.0]])).round(4).tolist()
    [1.3863]
    """
    return np.asarray((np.maximum(z, 0.0) - l * z + np.log1p(np.exp(-np.abs(z)))).sum(axis=-1))


def categorical_cross_entropy(z: Array, _o: Array, l: Array) -> Array:
    """-Σ_i l_i ln o_i with o = softmax(z), computed from z as ln Σ_k exp(z_k) - Σ_i l_i z_i.

    Examples
    --------
    >>> categorical_cross_entropy(np.zeros((1, 10)), np.empty(0), np.eye(10)[:1]).round(4).tolist()
    [2.3026]
    """
    top = z.max(axis=-1, keepdims=True)
    return np.asarray(np.log(np.exp(z - top).sum(axis=-1)) + top[..., 0] - (l * z).sum(axis=-1))


def smooth_labels(l: Array, share: float) -> Array:
    """(1 - ε) l + ε/n: spread a share ε of every label over all n classes (Szegedy et al., CVPR 2016).

    Parameters
    ----------
    l
        One-hot labels or other targets whose rows sum to one, shape (batch, outputs).
    share
        ε, from 0 to below 1.

    Examples
    --------
    >>> smooth_labels(np.eye(4)[[2]], 0.2).round(2).tolist()
    [[0.05, 0.05, 0.85, 0.05]]
    """
    return np.asarray((1.0 - share) * l + share / l.shape[-1])


def blend_targets(l: Array, p: Array, share: float) -> Array:
    """(1 - α) l + α p: targets that follow a teacher's answers p by a share α (Hinton, Vinyals and Dean, 2015).

    Parameters
    ----------
    l, p
        Labels, one-hot or smoothed, and probabilities, each of shape (batch, outputs).
    share
        α, from 0 to 1.

    Examples
    --------
    >>> blend_targets(np.eye(2)[[0]], np.array([[0.5, 0.5]]), 0.5).tolist()
    [[0.75, 0.25]]
    """
    return np.asarray((1.0 - share) * l + share * p)


def _difference(o: Array, l: Array) -> Array:
    return o - l


def _mse_through_sigmoid(o: Array, l: Array) -> Array:
    return np.asarray((2.0 / o.shape[-1]) * (o - l) * o * (1.0 - o))


def _mse_through_softmax(o: Array, l: Array) -> Array:
    g = (2.0 / o.shape[-1]) * (o - l)
    return np.asarray(o * (g - (g * o).sum(axis=-1, keepdims=True)))


MSE = ("mean squared error", mean_squared_error)
BCE = ("summed binary cross-entropy", binary_cross_entropy)
CCE = ("categorical cross-entropy", categorical_cross_entropy)

LOSSES: dict[tuple[str, str], Loss] = {
    ("classic_mse", "sigmoid"): Loss(*MSE, *BCE, _difference),
    ("mse", "sigmoid"): Loss(*MSE, *MSE, _mse_through_sigmoid),
    ("mse", "softmax"): Loss(*MSE, *MSE, _mse_through_softmax),
    ("cross_entropy", "sigmoid"): Loss(*BCE, *BCE, _difference),
    ("cross_entropy", "softmax"): Loss(*CCE, *CCE, _difference),
}


def get_loss(name: str, output: str) -> Loss:
    """Look up a loss for an output activation; a pair that does not exist raises a ConfigError.

    Examples
    --------
    >>> get_loss("classic_mse", "sigmoid").descended_name
    'summed binary cross-entropy'
    """
    if (name, output) not in LOSSES:
        pairs = ", ".join(f"{a} with {b}" for a, b in LOSSES)
        raise ConfigError(f"there is no loss {name!r} for {output!r} outputs; the valid pairs are: {pairs}")
    return LOSSES[name, output]
