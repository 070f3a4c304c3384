"""Products of dense matrices in register tiles, for one column block at a time.

``columns`` is a tuple whose length is the number of 16-lane vectors in the block (see simd.py). Six rows of results
stay in registers while the right-hand matrix is read from a panel, its rows side by side: rows a multiple of 4 kB
apart would fight for the same few lines of the cache.
"""

import numpy as np

from mnist_nn.engines.compiled.jit import inline
from mnist_nn.engines.compiled.lanes import add_rows, fma, sums_of_16, transpose_block, zero_rows
from mnist_nn.engines.compiled.simd import LANES, ONE, load, peek, splat, store

TILE = 6  # rows of a tile: with 4 vectors a row, its 24 sums are what 32 registers hold


@inline
def pack(panel, b, start, step, depth, columns):
    """Row k of the panel is the column block of row k of b, which begins at ``start`` with ``step`` between rows."""
    for k in range(depth):
        store(panel, k * LANES * len(columns), load(b, start + k * step, columns))


@inline
def pack_transposed(panel, p, layer, row, columns):
    """Row k of the panel is column k of a layer's weights, over as many rows from ``row`` on as the block is wide."""
    size = LANES * len(columns)
    for first in range(0, layer.width, layer.block):
        block = layer.w + first * layer.rows + row * layer.block
        for j in range(0, size, LANES):
            for k in range(0, layer.block, LANES):
                transpose_block(panel, (first + k) * size + j, size, p, block + j * layer.block + k, layer.block)


@inline
def tile(a, i, row_step, k_step, depth, b, start, first, columns):
    """``first`` plus six rows of a, times the panel that begins at b[start]."""
    c0 = c1 = c2 = c3 = c4 = c5 = first
    for k in range(depth):
        line = load(b, start + k * LANES * len(columns), columns)
        j = i + k * k_step
        c0 = fma(line, peek(a, j), c0)
        c1 = fma(line, peek(a, j + row_step), c1)
        c2 = fma(line, peek(a, j + 2 * row_step), c2)
        c3 = fma(line, peek(a, j + 3 * row_step), c3)
        c4 = fma(line, peek(a, j + 4 * row_step), c4)
        c5 = fma(line, peek(a, j + 5 * row_step), c5)
    return c0, c1, c2, c3, c4, c5


@inline
def row(a, i, k_step, depth, b, start, first, columns):
    """``first`` plus one row of a, times the panel at b[start], in four sums that do not wait for each other."""
    step, whole = LANES * len(columns), depth - depth % 4
    s, t = first, splat(np.float32(0), columns)
    u = v = t
    for k in range(0, whole, 4):
        line, j = start + k * step, i + k * k_step
        s = fma(load(b, line, columns), peek(a, j), s)
        t = fma(load(b, line + step, columns), peek(a, j + k_step), t)
        u = fma(load(b, line + 2 * step, columns), peek(a, j + 2 * k_step), u)
        v = fma(load(b, line + 3 * step, columns), peek(a, j + 3 * k_step), v)
    for k in range(whole, depth):
        s = fma(load(b, start + k * step, columns), peek(a, i + k * k_step), s)
    return (s + t) + (u + v)


@inline
def multiply(a, a_start, a_step, k_step, rows, depth, b, b_start, first, c, c_start, c_step, columns):
    """c = first + a @ panel; the panel begins at b[b_start], and a[i, k] lies i * a_step + k * k_step on."""
    whole = rows - rows % TILE
    for i in range(0, whole, TILE):
        c0, c1, c2, c3, c4, c5 = tile(a, a_start + i * a_step, a_step, k_step, depth, b, b_start, first, columns)
        j = c_start + i * c_step
        store(c, j, c0)
        store(c, j + c_step, c1)
        store(c, j + 2 * c_step, c2)
        store(c, j + 3 * c_step, c3)
        store(c, j + 4 * c_step, c4)
        store(c, j + 5 * c_step, c5)
    for i in range(whole, rows):
        store(c, c_start + i * c_step, row(a, a_start + i * a_step, k_step, depth, b, b_start, first, columns))


@inline
def multiply_transposed(a, a_start, rows, p, layer, column, c, c_start, c_step, panel, columns):
    """c = a @ W^T for one block of rows of a layer's weights W: the error, one layer back."""
    if rows < TILE:
        for i in range(rows):
            at = a_start + i * layer.width
            rows_dot(p, layer, column, a, at, c, c_start + i * c_step, LANES * len(columns))
        return
    pack_transposed(panel, p, layer, column, columns)
    zero = splat(np.float32(0), columns)
    multiply(a, a_start, layer.width, 1, rows, layer.width, panel, 0, zero, c, c_start, c_step, columns)


@inline
def rows_dot(p, layer, row, a, a_start, c, c_start, count):
    """c[j] = row ``row`` + j of a layer's weights, times a; ``count`` is a multiple of 16."""
    for j in range(0, count, LANES):
        sums = zero_rows(ONE)
        for first in range(0, layer.width, layer.block):
            block = layer.w + first * layer.rows + (row + j) * layer.block
            for k in range(0, layer.block, LANES):
                sums = add_rows(sums, p, block + k, layer.block, load(a, a_start + first + k, ONE))
        store(c, c_start + j, sums_of_16(sums))
