"""THE EQUATIONS, in NumPy: the living definition that every other engine is tested against.

For layers k = 1 .. L, samples as the rows of a batch, f the activation of a layer and m its dropout mask:

    z[k] = a[k-1] W[k]^T + b[k],   a[k] = f(z[k]) * m[k],   a[0] = x                  forward
    (BP1)  delta[L] = w ∂L/∂z[L], which is o - l for classic_mse                      losses.py; w: weights, or 1
    (BP2)  delta[k] = (delta[k+1] W[k+1]) * m[k] * f'(z[k])                           the error, one layer back
    (BP3)  ∂L/∂b[k] = mean of delta[k] over the batch
    (BP4)  ∂L/∂W[k] = mean of delta[k]^T a[k-1] over the batch, + λ W[k] with L2
    (BP5)  ∂L/∂x    = delta[1] W[1]                                                   not to learn, but to look inside

It is made to be read, not to be fast. Python counts from 0: W[k] and b[k] below lead from layer k to layer k + 1.
"""

from collections.abc import Iterator, Sequence
from threading import Event
from typing import Any, NamedTuple

import numpy as np

from mnist_nn.data.augmentation import Distortion, augment
from mnist_nn.engines.base import Plan, Tally, as_inputs, as_rows, as_targets, check_targets, check_width
from mnist_nn.nn.activations import ACTIVATIONS, OUTPUTS, Array
from mnist_nn.nn.config import NetworkConfig
from mnist_nn.nn.dropout import dropout_mask
from mnist_nn.nn.losses import Loss, get_loss
from mnist_nn.nn.network import Network
from mnist_nn.nn.optimizers import OptimizerState, get_optimizer
from mnist_nn.util.randomness import Key

Arrays = Sequence[Array]
CHUNK = 1024  # rows that a pass takes at a time where only its result is kept


def forward(config: NetworkConfig, W: Arrays, b: Arrays, x: Array, masks: Arrays = ()) -> tuple[list[Array], ...]:
    """Run the forward pass: z[1..L], and a[0..L-1] before dropout, each (batch, units)."""
    a = [x]
    z = [x @ W[0].T + b[0]]
    for k in range(1, len(W)):
        f = ACTIVATIONS[config.activation[k - 1]].f
        a.append(f(z[-1]))
        z.append(drop(a, masks, k) @ W[k].T + b[k])
    return z, a


def drop(a: Arrays, masks: Arrays, k: int) -> Array:
    """Return a[k] as the next layer sees it, with its dropout mask; the input a[0] never has one."""
    return a[k] * masks[k - 1] if masks and k > 0 else a[k]


def gradients(
    config: NetworkConfig,
    W: Arrays,
    b: Arrays,
    x: Array,
    l: Array,
    loss: Loss,
    masks: Arrays = (),
    l2: float = 0.0,
    w: Array | float = 1.0,
) -> tuple[list[Array], Array]:
    """Run both passes over a batch of samples x with targets l, which are one-hot labels or soft targets.

    Returns the gradients in the order W1, b1, W2, b2, …, and z_o.
    """
    z, a = forward(config, W, b, x, masks)
    o = OUTPUTS[config.output](z[-1])
    delta = loss.output_delta(o, l) * w / len(x)  # (BP1); divided here, every sum over the batch is a mean
    g: list[Array] = []
    for k in reversed(range(len(W))):
        dW = delta.T @ drop(a, masks, k)  # (BP4)
        db = delta.sum(axis=0)  # (BP3)
        if l2:
            dW = dW + l2 * W[k]
        g = [dW, db, *g]
        if k > 0:
            delta = carry_back(config, W, z, a, delta, k, masks)  # (BP2)
    return g, z[-1]


def carry_back(
    config: NetworkConfig, W: Arrays, z: Arrays, a: Arrays, delta: Array, k: int, masks: Arrays = ()
) -> Array:
    """Return delta[k] of a hidden layer from that of the next layer (BP2), in three steps."""
    delta = delta @ W[k]
    if masks:
        delta = delta * masks[k - 1]
    return np.asarray(delta * ACTIVATIONS[config.activation[k - 1]].slope(z[k - 1], a[k]))


def input_gradient(config: NetworkConfig, W: Arrays, b: Arrays, x: Array, l: Array, loss: Loss) -> Array:
    """Return ∂L/∂x of each sample (BP5), in the shape of x; there is no mean, because no sample depends on another."""
    z, a = forward(config, W, b, x)
    delta = loss.output_delta(OUTPUTS[config.output](z[-1]), l)
    for k in reversed(range(1, len(W))):
        delta = carry_back(config, W, z, a, delta, k)
    return np.asarray(delta @ W[0])  # (BP5)


def update(p: Arrays, g: Arrays, slots: Sequence[Arrays], t: int, eta: float, plan: Plan) -> None:
    """Make update number t in place: every parameter p of W1, b1, W2, b2, … takes a step against its gradient g."""
    step = get_optimizer(plan.optimizer).step
    for i in range(len(p)):
        is_weight = i % 2 == 0
        if is_weight and plan.decoupled_decay:
            np.multiply(p[i], 1.0 - eta * plan.decoupled_decay, out=p[i])
        step(p[i], g[i], [slot[i] for slot in slots], t, eta, plan.constants)
    if plan.max_norm is not None:
        for W in p[:-2:2]:  # of hidden units alone
            limit_norms(W, plan.max_norm)


def limit_norms(W: Array, longest: float) -> None:
    """Shorten each row of W, the weights into one unit, to at most this length, in place."""
    norm = np.sqrt((W * W).sum(axis=1, keepdims=True))
    np.multiply(W, longest / np.maximum(norm, longest), out=W)


def draw_masks(config: NetworkConfig, plan: Plan) -> list[Array]:
    """Draw the dropout masks of a stretch, (n, units): 0 for a dropped unit, 1 / (1 - rate) for one that stays."""
    if not any(plan.dropout):
        return []
    masks = []
    for layer, (units, rate) in enumerate(zip(config.hidden, plan.dropout, strict=True)):
        kept = dropout_mask(plan.dropout_key, plan.order, layer, units, rate)
        masks.append(kept / np.array(1.0 - rate, dtype=config.dtype))
    return masks


def take_parts(rows: Any, dtype: str) -> Iterator[tuple[slice, Array]]:
    """Take some rows at a time as inputs of a network, where only the results of a pass are kept."""
    for start in range(0, rows.shape[0], CHUNK):
        part = slice(start, start + CHUNK)
        yield part, as_inputs(rows[part], dtype)


class Placed(NamedTuple):
    """Samples as rows (n, inputs), labels (n,) or soft targets (n, outputs), weights (n, 1), and right answers (n,)."""

    x: Array
    t: Array
    w: Array
    labels: Array | None

    def inputs(self, rows: slice | Array, dtype: str) -> Array:
        """Return some rows as inputs of a network: pixels scaled to [0, 1], floats unchanged."""
        return as_inputs(self.x[rows], dtype)


class ReferenceEngine:
    """The equations exactly as written, one batch after another."""

    name = "reference"

    def place(
        self, x: Array, t: Array | None = None, weights: Array | None = None, labels: Array | None = None
    ) -> Placed:
        """See `mnist_nn.engines.base.Engine`."""
        if t is None:
            t = np.empty(0, np.int64)
        w = np.ones((x.shape[0], 1)) if weights is None else weights.reshape(-1, 1)
        return Placed(as_rows(x), t, w, labels)

    def distort(self, images: Array, key: Key, how: Distortion, stop: Event | None = None) -> Array:
        """See `mnist_nn.engines.base.Engine`."""
        return augment(images, key, how, stop=stop)

    def forward(self, network: Network, placed: Placed) -> Array:
        """See `mnist_nn.engines.base.Engine`."""
        config = network.config
        check_width(config, placed.x.shape[1])
        parts = (x for _, x in take_parts(placed.x, config.dtype))
        return np.concatenate([forward(config, network.weights, network.biases, x)[0][-1] for x in parts])

    def epoch(
        self, network: Network, state: OptimizerState, placed: Placed, plan: Plan
    ) -> tuple[Network, OptimizerState, Tally]:
        """See `mnist_nn.engines.base.Engine`."""
        config = network.config
        check_width(config, placed.x.shape[1])
        check_targets(placed.t.shape[1:], config)
        loss = get_loss(plan.loss, config.output)
        p = [array.copy() for array in network.parameters]
        slots = [[array.copy() for array in slot] for slot in state.slots.values()]
        l = as_targets(placed.t[plan.order], config.outputs, config.dtype)
        w = placed.w[plan.order].astype(config.dtype)
        masks = draw_masks(config, plan)
        z_o = np.empty_like(l)
        for i, eta in enumerate(plan.rates.tolist()):
            batch = slice(i * plan.batch_size, (i + 1) * plan.batch_size)
            x = placed.inputs(plan.order[batch], config.dtype)
            m = [mask[batch] for mask in masks]
            g, z_o[batch] = gradients(config, p[0::2], p[1::2], x, l[batch], loss, m, plan.coupled_decay, w[batch])
            update(p, g, slots, state.updates + i + 1, eta, plan)
        updates = state.updates + len(plan.rates)
        after = OptimizerState(updates, dict(zip(state.slots, map(tuple, slots), strict=True)))
        labels = None if placed.labels is None else placed.labels[plan.order]
        return Network.of(config, p), after, Tally.of(loss, z_o, OUTPUTS[config.output](z_o), l, w[:, 0], labels)
