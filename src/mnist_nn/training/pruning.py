"""Pruning: training begins with more hidden units than wanted, and removes those that matter least, step by step.

When a unit is removed, the others take over as much of it as they can: the linear part of its activation that follows
from theirs (after Hassibi and Stork, Second order derivatives for network pruning, 1993, with the covariance of the
activations in the place of the second derivatives). `mnist_nn.training.loop` prunes at the end of an epoch;
docs/explanation/mathematics.md derives the cost.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.engines import reference
from mnist_nn.nn.network import Network
from mnist_nn.nn.optimizers import OptimizerState

Array = npt.NDArray[Any]
STEPS = 10
SHARE = 0.5
"""The steps are spread over this share of the epochs; in the rest, the network of the wanted size is trained."""
RIDGE = 1e-4  # added to the variances, so that units which always answer alike can be told from others
LOOKED_AT = 4000  # training samples whose activations are measured


def widen(network: Network, widths: Sequence[int], seed: int) -> Network:
    """Return a network with wider hidden layers: the units of the given one, and new ones drawn with the seed.

    Examples
    --------
    >>> widen(Network.create(), (64,), seed=1).config.sizes
    (784, 64, 10)
    """
    wide = Network.create(replace(network.config, hidden=tuple(widths)), seed)
    arrays = [p.copy() for p in wide.parameters]
    for whole, p in zip(arrays, network.parameters, strict=True):
        whole[tuple(slice(side) for side in p.shape)] = p
    return Network.of(wide.config, arrays)


def plan_widths(start: Sequence[int], goal: Sequence[int], epoch: int, epochs: int) -> tuple[int, ...]:
    """Return the width of every hidden layer after a given number of all epochs.

    Every step leaves out the same share of the units.

    Examples
    --------
    >>> [plan_widths((64,), (20,), epoch, 20)[0] for epoch in range(12)]
    [64, 57, 51, 45, 40, 36, 32, 28, 25, 22, 20, 20]
    """
    step = min(int(STEPS * epoch / (SHARE * epochs) + 1e-9), STEPS)
    return tuple(round(a * (b / a) ** (step / STEPS)) for a, b in zip(start, goal, strict=True))


def prune(network: Network, state: OptimizerState, widths: Sequence[int], x: Array) -> tuple[Network, OptimizerState]:
    """Remove the units that matter least until the hidden layers have these widths.

    Parameters
    ----------
    network, state
        The network, and the state of its optimizer, from which the same units are left out.
    widths
        The width of each hidden layer; a layer that already has this width stays unchanged.
    x
        Inputs for which the activations are measured, shape (n, inputs), floats.

    Examples
    --------
    >>> from mnist_nn.nn.optimizers import initial_state
    >>> network = Network.create()
    >>> inputs = np.random.default_rng(0).random((50, 784))
    >>> prune(network, initial_state("sgd", network.parameters), (12,), inputs)[0].config.sizes
    (784, 12, 10)
    """
    for layer, width in enumerate(widths):
        if width < network.config.hidden[layer]:
            network, state = _prune_layer(network, state, layer, width, x)
    return network, state


def choose_units(activations: Array, outgoing: Array, width: int) -> tuple[Array, Array, Array]:
    """Choose the units of a layer that stay.

    Parameters
    ----------
    activations
        float64 of shape (n, units).
    outgoing
        The weights that lead from the units, float64 of shape (next units, units).
    width
        The number of units that stay.

    Returns
    -------
    The indices of these units, in order; the weights that lead from them, shape (next units, width), which replace the
    others as far as they can; and the values to add to the biases of the next units.

    Examples
    --------
    >>> a = np.array([[0.0, 0.0, 1.0], [1.0, 2.0, 0.0], [2.0, 4.0, 5.0]])
    >>> kept, weights, _ = choose_units(a, np.ones((1, 3)), 2)
    >>> kept.tolist(), weights.round(1).tolist()
    ([1, 2], [[1.5, 1.0]])
    """
    mean, kept, W = activations.mean(axis=0), np.arange(activations.shape[1]), outgoing.copy()
    centred, bias = activations - mean, np.zeros(len(outgoing))
    inverse = np.linalg.inv(centred.T @ centred / len(centred) + RIDGE * np.eye(len(kept)))
    while len(kept) > width:
        j = int(((W * W).sum(axis=0) / inverse.diagonal()).argmin())
        others = np.delete(np.arange(len(kept)), j)
        follows = -inverse[others, j] / inverse[j, j]  # of unit j from the others, by least squares
        bias += W[:, j] * (mean[kept[j]] - follows @ mean[kept[others]])
        W = W[:, others] + np.outer(W[:, j], follows)
        inverse = inverse[np.ix_(others, others)] - np.outer(inverse[others, j], inverse[j, others]) / inverse[j, j]
        kept = kept[others]
    return kept, W, bias


def _prune_layer(
    network: Network, state: OptimizerState, layer: int, width: int, x: Array
) -> tuple[Network, OptimizerState]:
    config, dtype = network.config, network.config.dtype
    _, a = reference.forward(config, network.weights, network.biases, x.astype(dtype))
    W_out = network.weights[layer + 1].astype(np.float64)
    if layer + 1 == len(config.hidden) and config.output == "softmax":
        W_out = W_out - W_out.mean(axis=0)  # what all outputs have in common has no effect on a softmax
    kept, W, bias = choose_units(a[layer + 1].astype(np.float64), W_out, width)
    arrays = _keep(network.parameters, layer, kept)
    arrays[2 * layer + 2] = W.astype(dtype)
    arrays[2 * layer + 3] = (network.biases[layer + 1] + bias).astype(dtype)
    hidden = (*config.hidden[:layer], width, *config.hidden[layer + 1 :])
    slots = {name: tuple(_keep(slot, layer, kept)) for name, slot in state.slots.items()}
    return Network.of(replace(config, hidden=hidden), arrays), OptimizerState(state.updates, slots)


def _keep(arrays: Sequence[Array], layer: int, kept: Array) -> list[Array]:
    """Keep what belongs to some units of a hidden layer in arrays in the order W1, b1, W2, b2, …"""
    found = list(arrays)
    found[2 * layer] = found[2 * layer][kept]
    found[2 * layer + 1] = found[2 * layer + 1][kept]
    found[2 * layer + 2] = np.ascontiguousarray(found[2 * layer + 2][:, kept])
    return found
