"""Momentum with one update per sample: a row of the first layer moves only when its pixel has ink, which is exact.

Without ink, a row's gradient is zero: its velocity shrinks by mu with every update, and its weights move along. All
that it would have done since update ``a`` is one step along the velocity that it had then, of the length
U[a] = sum of eta_i * mu^(i - a) over the updates i that it missed. ``owed`` holds U for every a, and ``seen`` the
update that last touched a row. All rows catch up after `LATE` updates and at the end of a stretch.
"""

import numpy as np

from mnist_nn.engines.compiled.codes import BYTE, LATE, NESTEROV
from mnist_nn.engines.compiled.kernels.optimizers import descend
from mnist_nn.engines.compiled.kernels.options import LANES, inline
from mnist_nn.engines.compiled.kernels.pairs import input_at
from mnist_nn.engines.compiled.kernels.simd.lanes import fma
from mnist_nn.engines.compiled.kernels.simd.vector import ONE, load, splat, store

FALLING = 2 * LATE + 1
"""Where ``powers`` has mu^n a second time, n before this place and zeros from it on, to be read as vectors."""


@inline
def place_of_row(layer, column, pixel):
    """Where ``seen`` counts for a row of a column block: every block has its own, so that threads need not wait."""
    return (column // LANES) * layer.rows + pixel


@inline
def catch_up_row(memory, work, layer, row, seen, turn, columns):
    """Let a row do what it missed before update ``turn``."""
    since = memory.seen[seen]
    missed = turn - 1 - since
    if missed > 0:
        velocity = load(memory.m, row, columns)
        store(memory.p, row, fma(velocity, np.float32(0) - work.owed[since], load(memory.p, row, columns)))
        store(memory.m, row, velocity * memory.powers[missed])
        memory.seen[seen] = turn - 1


@inline
def catch_up(memory, work, layer, batch, start, end, column, columns):
    """Let the rows of one sample catch up, before it is seen."""
    block, step = layer.w + column * layer.rows, LANES * len(columns)
    for i in range(start, end):
        pixel = np.int64(batch.data.pixels[i])
        seen = place_of_row(layer, column, pixel)
        catch_up_row(memory, work, layer, block + pixel * step, seen, batch.turn, columns)


@inline
def catch_up_everywhere(memory, work, layer, turn, column, columns):
    """Let all rows of a column block catch up before update ``turn``, and count anew."""
    block, step = layer.w + column * layer.rows, LANES * len(columns)
    for pixel in range(layer.rows):
        seen = place_of_row(layer, column, pixel)
        catch_up_row(memory, work, layer, block + pixel * step, seen, turn, columns)
        memory.seen[seen] = 0


@inline
def descend_rows(memory, layer, batch, start, end, optimizer, column, columns):
    """Update the rows of one sample along its gradient."""
    data, block, step = batch.data, layer.w + column * layer.rows, LANES * len(columns)
    delta = load(memory.delta, layer.a + column, columns)
    for i in range(start, end):
        if data.values[i] != 0:  # a pair that only makes their number even is none
            pixel = np.int64(data.pixels[i])
            descend(memory, block + pixel * step, delta * input_at(data.values, i, BYTE), optimizer, columns)
            memory.seen[place_of_row(layer, column, pixel)] = batch.turn


@inline
def add_to_owed(work, powers, turn, optimizer):
    """Add update ``turn`` to what all rows owe that have not been touched by it."""
    rate = optimizer.eta
    if optimizer.kind == NESTEROV:  # steps along mu times the velocity, where there is no gradient
        rate *= optimizer.momentum
    for a in range(0, turn, LANES):
        step = load(powers, FALLING - turn + a, ONE)
        store(work.owed, a, fma(step, rate, load(work.owed, a, ONE)))


@inline
def forget_owed(work):
    """Begin to count anew."""
    for a in range(0, LATE, LANES):
        store(work.owed, a, splat(np.float32(0), ONE))
