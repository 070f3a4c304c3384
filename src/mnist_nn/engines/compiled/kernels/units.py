"""What happens inside units, in vector form: activations with their slopes, dropout, the error at the output.

The formulas are those of ``nn.activations`` and ``nn.losses``; tests hold these to them. A unit's slope is f'(z), times
its dropout mask: all that the backward pass needs to know of it.
"""

import numpy as np

from mnist_nn.engines.compiled.codes import (
    DIFFERENCE_SOFTMAX,
    LEAKY_RELU,
    MSE_SIGMOID,
    MSE_SOFTMAX,
    RELU,
    SIGMOID,
    TANH,
)
from mnist_nn.engines.compiled.kernels.options import LANES, inline
from mnist_nn.engines.compiled.kernels.simd.lanes import any_lane, largest, maximum, select, total
from mnist_nn.engines.compiled.kernels.simd.vector import ONE, lane_numbers, load, splat, store
from mnist_nn.engines.compiled.kernels.simd.vector_math import exp, log, sigmoid, sigmoid_and_softplus, tanh, threefry
from mnist_nn.nn.activations import LEAK

_LEAK, _ZERO, _ONE = np.float32(LEAK), np.float32(0), np.float32(1)


@inline
def respond(kind, z):
    """The activation a and the slope f'(z). Comparisons are such that NaN passes through."""
    if kind == SIGMOID:
        a = sigmoid(z)
        slope = a * (_ONE - a)
    elif kind == TANH:
        a = tanh(z)
        slope = _ONE - a * a
    elif kind == RELU:
        a = select(z < _ZERO, _ZERO, z)
        slope = select(z > _ZERO, splat_like(z, _ONE), _ZERO)
    elif kind == LEAKY_RELU:
        a = select(z < _ZERO, z * _LEAK, z)
        slope = select(z > _ZERO, splat_like(z, _ONE), _LEAK)
    else:
        a = z
        slope = splat_like(z, _ONE)
    return a, slope


@inline
def splat_like(z, value):
    """``value`` in every lane of a vector as wide as z."""
    return z * _ZERO * _ZERO + value


@inline
def activate(memory, i, kind, real, columns):
    """Turn the weighted inputs at flat index ``i`` into activations and slopes; lanes that are no unit become 0."""
    a, slope = respond(kind, load(memory.a, i, columns))
    store(memory.a, i, select(real, a, _ZERO))
    store(memory.slope, i, slope)


@inline
def drop(memory, i, column, layer, sample, dropout, columns):
    """Apply the dropout mask of one sample to a block of a layer's activations and slopes."""
    key0, key1, threshold, factor = dropout
    units = lane_numbers(columns) + (np.int64(column) | (layer << 24))
    word, _ = threefry(key0, key1, splat(np.int64(sample), columns), units)
    mask = select(word >= threshold, splat(factor, columns), _ZERO)
    store(memory.a, i, load(memory.a, i, columns) * mask)
    store(memory.slope, i, load(memory.slope, i, columns) * mask)


@inline
def is_unit(column, units, columns):
    """Which lanes of a column block are units, and not the padding to whole vectors."""
    return lane_numbers(columns) < max(units - column, 0)


@inline
def wanted(target, column):
    """What a vector of outputs should be: 1 at the label and 0 elsewhere, or the soft targets."""
    return load(target.array, target.start + column, ONE)


@inline
def softmax(z, i, layer, o):
    """Write softmax of a layer's outputs at z[i] to o, padding 0, and return ln Σ exp(z)."""
    top = splat(np.float32(-np.inf), ONE)
    for c in range(0, layer.width, LANES):
        top = maximum(top, select(is_unit(c, layer.units, ONE), load(z, i + c, ONE), np.float32(-np.inf)))
    peak, mass = largest(top), splat(_ZERO, ONE)
    for c in range(0, layer.width, LANES):
        e = select(is_unit(c, layer.units, ONE), exp(load(z, i + c, ONE) - peak), _ZERO)
        store(o, c, e)
        mass += e
    whole = total(mass)
    for c in range(0, layer.width, LANES):
        store(o, c, load(o, c, ONE) / whole)
    return peak + np.float32(np.log(whole))


@inline
def add_losses(memory, i, layer, target, loss, weight):
    """Write the outputs of one sample, whose z begins at ``i``, and add its weighed losses and success to the tally."""
    z, o, tally = memory.a, memory.o, memory.tally
    squares = entropy = splat(_ZERO, ONE)
    at_label, beaten, constant = z[i + target.label], False, _ZERO
    is_softmax = loss in (MSE_SOFTMAX, DIFFERENCE_SOFTMAX)
    if is_softmax:
        constant = softmax(z, i, layer, o)
    for c in range(0, layer.width, LANES):
        x, l, real = load(z, i + c, ONE), wanted(target, c), is_unit(c, layer.units, ONE)
        if is_softmax:
            y = load(o, c, ONE)
            entropy -= select(real, l * x, _ZERO)
        else:
            y, d = sigmoid_and_softplus(x)
            store(o, c, y)
            entropy += select(real, maximum(x, _ZERO) - l * x + log(d), _ZERO)
        error = select(real, y - l, _ZERO)
        squares += error * error
        earlier = lane_numbers(ONE) < max(target.label - c, 0)
        # As argmax has it: an output is the prediction if it is greater, or as great and earlier.
        beaten |= any_lane(((x > at_label) | ((x == at_label) & earlier)) & real)
    tally[0] += weight * total(squares)
    tally[1] += weight * (total(entropy) + constant)
    tally[2] += not beaten


@inline
def output_error(memory, i, layer, target, loss, share):
    """Write delta_o of one sample from ``i`` on, times ``share``, the sample's part of the batch mean."""
    o, delta = memory.o, memory.delta
    scale, mean = np.float32(2) / np.float32(layer.units), _ZERO
    if loss == MSE_SOFTMAX:
        for c in range(0, layer.width, LANES):
            y = load(o, c, ONE)
            mean += total((y - wanted(target, c)) * y * scale)
    for c in range(0, layer.width, LANES):
        y = load(o, c, ONE)
        error = y - wanted(target, c)
        if loss == MSE_SIGMOID:
            error = error * (y * (_ONE - y)) * scale
        elif loss == MSE_SOFTMAX:
            error = (error * scale - mean) * y
        store(delta, i + c, select(is_unit(c, layer.units, ONE), error * share, _ZERO))


@inline
def write_probabilities(memory, layer, is_softmax):
    """Turn z of a single sample into probabilities that sum to one: softmax, or sigmoids divided by their sum."""
    z, o = memory.a, memory.o
    if is_softmax:
        softmax(z, layer.a, layer, o)
        return
    mass = splat(_ZERO, ONE)
    for c in range(0, layer.width, LANES):
        y = select(is_unit(c, layer.units, ONE), sigmoid(load(z, layer.a + c, ONE)), _ZERO)
        store(o, c, y)
        mass += y
    whole = total(mass)
    for c in range(0, layer.width, LANES):
        store(o, c, load(o, c, ONE) / whole)
