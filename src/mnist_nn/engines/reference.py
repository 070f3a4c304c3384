"""THE EQUATIONS, in NumPy: the living definition that every other engine is tested against.

For layers k = 1 .. L, samples as the rows of a batch, f the activation of a layer and m its dropout mask:

    z[k] = a[k-1] W[k]^T + b[k],   a[k] = f(z[k]) * m[k],   a[0] = x                  forward
    (BP1)  delta[L] = w ∂L/∂z[L], which is o - l for the seed's rule                  losses.py; w: weights, or 1
    (BP2)  delta[k] = (delta[k+1] W[k+1]) * m[k] * f'(z[k])                           the error, one layer back
    (BP3)  ∂L/∂b[k] = mean of delta[k] over the batch
    (BP4)  ∂L/∂W[k] = mean of delta[k]^T a[k-1] over the batch, + λ W[k] with L2
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from mnist_nn.engines import Plan, Tally, as_inputs, as_rows, check_width
from mnist_nn.nn.activations import ACTIVATIONS, OUTPUTS, Array
from mnist_nn.nn.config import NetworkConfig
from mnist_nn.nn.losses import Loss, loss
from mnist_nn.nn.network import Network
from mnist_nn.nn.optimizers import OptimizerState, optimizer
from mnist_nn.util.randomness import dropout_mask

Arrays = Sequence[Array]
CHUNK = 1024  # rows that a pass takes at a time where only its result is kept


class Placed(NamedTuple):
    """Samples as rows (n, inputs), their labels (n,) where there are any, and their weights (n, 1)."""

    x: Array
    t: Array
    w: Array = np.ones((1, 1))

    def rows(self, index: slice | Array, dtype: str) -> Array:
        """Take rows as inputs of a network: pixels scaled to [0, 1], floats as they are."""
        return as_inputs(self.x[index], dtype)


def forward(config: NetworkConfig, W: Arrays, b: Arrays, x: Array, masks: Arrays = ()) -> tuple[list[Array], ...]:
    """Run the forward pass: z[1..L], and a[0..L-1] before dropout, each (batch, units)."""
    z, a = [x @ W[0].T + b[0]], [x]
    for k in range(1, len(W)):
        a.append(ACTIVATIONS[config.activation[k - 1]].f(z[-1]))
        z.append((a[k] * masks[k - 1] if masks else a[k]) @ W[k].T + b[k])
    return z, a


def gradients(
    config: NetworkConfig, W: Arrays, b: Arrays, x: Array, l: Array, rule: Loss, masks: Arrays = (), l2: float = 0.0,
    w: Array | float = 1.0) -> tuple[list[Array], Array]:  # fmt: skip
    """Run both passes: the gradients in the order W1, b1, W2, b2, …, and z_o."""
    z, a = forward(config, W, b, x, masks)
    delta = rule.output_delta(OUTPUTS[config.output](z[-1]), l) * w / len(x)  # (BP1), and the mean
    found: list[Array] = []
    for k in reversed(range(len(W))):
        fed = a[k] * masks[k - 1] if masks and k else a[k]
        found[:0] = [delta.T @ fed + l2 * W[k] if l2 else delta.T @ fed, delta.sum(axis=0)]  # (BP4), (BP3)
        if k:
            back = (delta @ W[k]) * masks[k - 1] if masks else delta @ W[k]
            delta = back * ACTIVATIONS[config.activation[k - 1]].derivative(a[k])  # (BP2)
    return found, z[-1]


def update(p: Arrays, g: Arrays, slots: Sequence[Arrays], t: int, eta: float, plan: Plan) -> None:
    """Apply the optimiser to every parameter in place, then the limit on the norms of hidden weights."""
    for i in range(len(p)):
        if plan.decoupled_decay and i % 2 == 0:
            np.multiply(p[i], 1.0 - eta * plan.decoupled_decay, out=p[i])
        optimizer(plan.optimizer).step(p[i], g[i], [slot[i] for slot in slots], t, eta, plan.constants)
    if plan.max_norm is not None:
        for W in p[:-2:2]:
            norm = np.sqrt((W * W).sum(axis=1, keepdims=True))
            np.multiply(W, plan.max_norm / np.maximum(norm, plan.max_norm), out=W)


def draw_masks(config: NetworkConfig, plan: Plan) -> list[Array]:
    """Draw the dropout masks of a stretch, (n, units): 0 for a dropped unit, 1 / (1 - rate) for one that stays."""
    layers = enumerate(zip(config.hidden, plan.dropout, strict=True)) if any(plan.dropout) else ()
    return [
        dropout_mask(plan.dropout_key, plan.order, layer, units, rate) / np.array(1.0 - rate, dtype=config.dtype)
        for layer, (units, rate) in layers
    ]


class ReferenceEngine:
    """The equations as they stand, one batch after the other."""

    name = "reference"

    def place(self, x: Array, t: Array | None = None, weights: Array | None = None) -> Placed:
        """See `mnist_nn.engines.Engine`."""
        w = np.ones((x.shape[0], 1)) if weights is None else weights.reshape(-1, 1)
        return Placed(as_rows(x), np.empty(0, np.int64) if t is None else t, w)

    def forward(self, network: Network, placed: Placed) -> Array:
        """See `mnist_nn.engines.Engine`."""
        check_width(network.config, placed.x.shape[1])
        chunks = (placed.rows(slice(s, s + CHUNK), network.config.dtype) for s in range(0, placed.x.shape[0], CHUNK))
        return np.concatenate([forward(network.config, network.weights, network.biases, x)[0][-1] for x in chunks])

    def epoch(
        self, network: Network, state: OptimizerState, placed: Placed, plan: Plan
    ) -> tuple[Network, OptimizerState, Tally]:
        """See `mnist_nn.engines.Engine`."""
        config, rule, l2 = network.config, loss(plan.loss, network.config.output), plan.coupled_decay
        check_width(config, placed.x.shape[1])
        p = [array.copy() for array in network.parameters]
        slots = [[array.copy() for array in slot] for slot in state.slots.values()]
        l = np.eye(config.outputs, dtype=config.dtype)[placed.t[plan.order]]
        z_o, masks, w = np.empty_like(l), draw_masks(config, plan), placed.w[plan.order].astype(config.dtype)
        for i, eta in enumerate(plan.rates.tolist()):
            at = slice(i * plan.batch_size, (i + 1) * plan.batch_size)
            x = placed.rows(plan.order[at], config.dtype)
            g, z_o[at] = gradients(config, p[0::2], p[1::2], x, l[at], rule, [m[at] for m in masks], l2, w[at])
            update(p, g, slots, state.updates + i + 1, eta, plan)
        after = OptimizerState(state.updates + len(plan.rates), dict(zip(state.slots, map(tuple, slots), strict=True)))
        return Network.of(config, p), after, Tally.of(rule, z_o, OUTPUTS[config.output](z_o), l, w[:, 0])
