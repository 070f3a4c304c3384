"""The records that kernels are given: where everything lies, and what stays the same over a stretch of an epoch.

Numba reads named tuples as it reads tuples, at no cost, so kernels can say what they mean.
"""

from typing import Any, NamedTuple

import numpy as np

from mnist_nn.engines.compiled.jit import inline
from mnist_nn.engines.compiled.rules import ADAM, Rule


class Layer(NamedTuple):
    """Where a layer's numbers lie: weights from ``w``, biases from ``b``, a batch of activations from ``a``.

    Weights lie block after block of ``block`` columns, and in each block row after row: what a thread reads together
    lies together. Activations lie row after row of ``width``, a row a sample.
    """

    rows: int
    width: int
    units: int
    w: int
    b: int
    a: int
    activation: int
    block: int


class Data(NamedTuple):
    """Placed samples: pairs where zeros are left out, or rows of floats in ``x``; ``labels`` of all.

    The values of pairs are uint8 for pixels and float32 for other data, and ``weights`` is empty where all samples
    weigh the same.
    """

    pixels: Any
    values: Any
    offsets: Any
    x: Any
    labels: Any
    weights: Any
    is_sparse: bool


class Memory(NamedTuple):
    """Parameters with their slots, and room for one batch. Flat arrays; `Layer` says what lies where."""

    p: Any
    m: Any
    v: Any
    a: Any
    slope: Any
    delta: Any
    x: Any
    o: Any
    tally: Any
    counts: Any
    entries: Any
    scale: Any
    squares: Any
    room: int


class Work(NamedTuple):
    """One thread's part: its column blocks (layer, column, vectors), where each layer's begin, and its panel."""

    blocks: Any
    first: Any
    panel: Any
    arrived: Any
    thread: int
    threads: int


class Recipe(NamedTuple):
    """The loss, the batch size (learned in parts of ``part`` samples), the numbers of optimiser and dropout."""

    loss: int
    kind: int
    batch: int
    part: int
    as_pairs: bool
    by_sample: bool
    momentum: float
    beta2: float
    epsilon: float
    coupled: float
    decoupled: float
    longest: float
    key0: int
    key1: int
    thresholds: Any
    factors: Any


@inline
def layer_of(table, k):
    """Row k of the table of layers."""
    return Layer(table[k, 0], table[k, 1], table[k, 2], table[k, 3], table[k, 4], table[k, 5], table[k, 6], table[k, 7])


@inline
def rule_of(recipe, eta, update):
    """The numbers of one update; ``update`` counts from 1."""
    root = 1.0
    rate = eta
    if recipe.kind == ADAM:
        rate = eta / (1.0 - recipe.momentum**update)
        root = 1.0 / (1.0 - recipe.beta2**update)
    return Rule(
        recipe.kind,
        np.float32(rate),
        np.float32(recipe.momentum),
        np.float32(recipe.beta2),
        np.float32(1.0 - recipe.momentum),
        np.float32(1.0 - recipe.beta2),
        np.float32(recipe.epsilon),
        np.float32(root),
        np.float32(recipe.coupled),
        np.float32(1.0 - eta * recipe.decoupled),
        np.float32(recipe.longest),
    )
