"""The update rules in vector form: the recurrences of ``mnist_nn.nn.optimizers``, on parameters in registers.

``Rule`` holds the numbers of one update. The slots ``m`` and ``v`` lie beside the parameters at the same index.
"""

from typing import NamedTuple

import numpy as np

from mnist_nn.engines.compiled.jit import inline
from mnist_nn.engines.compiled.lanes import any_lane, fma, maximum, sqrt
from mnist_nn.engines.compiled.simd import LANES, load, splat, store

SGD, MOMENTUM, NESTEROV, ADAM = range(4)
KINDS = {"sgd": SGD, "momentum": MOMENTUM, "nesterov": NESTEROV, "adam": ADAM, "adamw": ADAM}


class Rule(NamedTuple):
    """One update: its kind, the rate (for Adam over the first bias correction), the constants and the decays.

    ``coupled`` is the λ that enters the gradient, ``keep`` the factor 1 - eta λ that adamw puts on the weights,
    ``root`` Adam's second bias correction 1 / (1 - β₂ᵗ), ``longest`` the limit of max-norm or 0. ``fresh`` and
    ``fresh2`` are 1 - β₁ and 1 - β₂, subtracted in float64, because float32(0.999) is 1e-8 off.
    """

    kind: np.int64
    eta: np.float32
    momentum: np.float32
    beta2: np.float32
    fresh: np.float32
    fresh2: np.float32
    epsilon: np.float32
    root: np.float32
    coupled: np.float32
    keep: np.float32
    longest: np.float32


@inline
def descend(memory, i, g, rule, columns):
    """Update the parameters from flat index ``i`` on with their gradient ``g``, and the slots with them."""
    p, m, v = memory.p, memory.m, memory.v
    w = load(p, i, columns)
    g = fma(w, rule.coupled, g)
    w = w * rule.keep
    if rule.kind == SGD:
        store(p, i, fma(g, np.float32(0) - rule.eta, w))
        return
    if rule.kind == ADAM:
        first = fma(load(m, i, columns), rule.momentum, g * rule.fresh)
        second = fma(load(v, i, columns), rule.beta2, g * g * rule.fresh2)
        store(m, i, first)
        store(v, i, second)
        store(p, i, w - first * rule.eta / (sqrt(second * rule.root) + rule.epsilon))
        return
    velocity = fma(load(m, i, columns), rule.momentum, g)
    store(m, i, velocity)
    if rule.kind == NESTEROV:
        velocity = fma(velocity, rule.momentum, g)
    store(p, i, fma(velocity, np.float32(0) - rule.eta, w))


@inline
def limit_norms(p, start, rows, longest, columns):
    """Shorten the columns of a block of weights, each the weights into one unit, to at most ``longest``."""
    step, squares = LANES * len(columns), splat(np.float32(0), columns)
    for i in range(start, start + rows * step, step):
        squares = fma(load(p, i, columns), load(p, i, columns), squares)
    factor = shortening(squares, longest)
    if not_all_one(factor):
        for i in range(start, start + rows * step, step):
            store(p, i, load(p, i, columns) * factor)


@inline
def shortening(squares, longest):
    """longest / max(norm, longest), lane by lane."""
    return longest / maximum(sqrt(squares), longest)


@inline
def not_all_one(factor):
    """Whether any column is too long."""
    return any_lane(factor < np.float32(1))
