"""The optimizers in vector form: the recurrences of ``mnist_nn.nn.optimizers``, on parameters in registers.

``OptimizerStep`` holds the numbers of one update. The slots ``m`` and ``v`` lie beside the parameters at the same
index.
"""

from typing import NamedTuple

import numpy as np

from mnist_nn.engines.compiled.codes import ADAM, NESTEROV, SGD
from mnist_nn.engines.compiled.kernels.options import LANES, inline
from mnist_nn.engines.compiled.kernels.simd.lanes import any_lane, fma, maximum, sqrt
from mnist_nn.engines.compiled.kernels.simd.vector import load, splat, store


class OptimizerStep(NamedTuple):
    """An update: the kind of optimizer, the rate (for Adam divided by the first bias correction), constants and decays.

    ``momentum`` is μ or β₁. ``one_minus_beta1`` and ``one_minus_beta2`` are subtracted in float64, because
    float32(0.999) is 1e-8 off. ``root`` is Adam's second bias correction 1 / (1 - β₂ᵗ), ``coupled`` the λ that enters
    the gradient, ``keep`` the factor 1 - eta λ that adamw puts on the weights, ``longest`` the limit of max-norm or 0.
    """

    kind: np.int64
    eta: np.float32
    momentum: np.float32
    beta2: np.float32
    one_minus_beta1: np.float32
    one_minus_beta2: np.float32
    epsilon: np.float32
    root: np.float32
    coupled: np.float32
    keep: np.float32
    longest: np.float32


@inline
def prepare_step(recipe, eta, number):
    """The step of update ``number`` of a run, counted from 1, at the rate ``eta``."""
    root = 1.0
    rate = eta
    if recipe.kind == ADAM:
        rate = eta / (1.0 - recipe.momentum**number)
        root = 1.0 / (1.0 - recipe.beta2**number)
    return OptimizerStep(
        kind=recipe.kind,
        eta=np.float32(rate),
        momentum=np.float32(recipe.momentum),
        beta2=np.float32(recipe.beta2),
        one_minus_beta1=np.float32(1.0 - recipe.momentum),
        one_minus_beta2=np.float32(1.0 - recipe.beta2),
        epsilon=np.float32(recipe.epsilon),
        root=np.float32(root),
        coupled=np.float32(recipe.coupled),
        keep=np.float32(1.0 - eta * recipe.decoupled),
        longest=np.float32(recipe.longest),
    )


@inline
def without_decay(step):
    """The same step for biases, which do not decay and have no limit."""
    return OptimizerStep(
        kind=step.kind,
        eta=step.eta,
        momentum=step.momentum,
        beta2=step.beta2,
        one_minus_beta1=step.one_minus_beta1,
        one_minus_beta2=step.one_minus_beta2,
        epsilon=step.epsilon,
        root=step.root,
        coupled=np.float32(0),
        keep=np.float32(1),
        longest=np.float32(0),
    )


@inline
def addition():
    """The step that adds a gradient to what is there: plain SGD at rate -1, without any decay."""
    zero, one = np.float32(0), np.float32(1)
    return OptimizerStep(SGD, -one, zero, zero, zero, zero, zero, zero, coupled=zero, keep=one, longest=zero)


@inline
def descend(memory, i, g, optimizer, columns):
    """Update the parameters from flat index ``i`` on with their gradient ``g``, and the slots with them."""
    p, m, v = memory.p, memory.m, memory.v
    w = load(p, i, columns)
    g = fma(w, optimizer.coupled, g)
    w = w * optimizer.keep
    if optimizer.kind == SGD:
        store(p, i, fma(g, np.float32(0) - optimizer.eta, w))
        return
    if optimizer.kind == ADAM:
        first = fma(load(m, i, columns), optimizer.momentum, g * optimizer.one_minus_beta1)
        second = fma(load(v, i, columns), optimizer.beta2, g * g * optimizer.one_minus_beta2)
        store(m, i, first)
        store(v, i, second)
        store(p, i, w - first * optimizer.eta / (sqrt(second * optimizer.root) + optimizer.epsilon))
        return
    velocity = fma(load(m, i, columns), optimizer.momentum, g)
    store(m, i, velocity)
    if optimizer.kind == NESTEROV:
        velocity = fma(velocity, optimizer.momentum, g)
    store(p, i, fma(velocity, np.float32(0) - optimizer.eta, w))


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
