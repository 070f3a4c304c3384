"""Products of dense matrices in register tiles, for one column block at a time.

``columns`` is a tuple whose length is the number of vectors in the block (see simd/vector.py). Six rows of
results stay in registers while the right-hand matrix is read from a panel, its rows side by side: rows a multiple of
4 kB apart would fight for the same few lines of the cache.
"""

import numpy as np

from mnist_nn.engines.compiled.codes import TILE
from mnist_nn.engines.compiled.kernels.options import LANES, inline
from mnist_nn.engines.compiled.kernels.simd.lanes import add_rows, fma, sums_of_rows, transpose_block, zero_rows
from mnist_nn.engines.compiled.kernels.simd.vector import ONE, load, splat, store
from mnist_nn.engines.compiled.records import Panel


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
def tile(a, i, depth, panel, first, columns):
    """``first`` plus six rows of a, from row i on, times the panel."""
    row_step, at = a.row_step, a.start + i * a.row_step
    c0 = c1 = c2 = c3 = c4 = c5 = first
    for k in range(depth):
        b = load(panel.array, panel.start + k * LANES * len(columns), columns)
        j = at + k * a.column_step
        c0 = fma(b, a.array[j], c0)
        c1 = fma(b, a.array[j + row_step], c1)
        c2 = fma(b, a.array[j + 2 * row_step], c2)
        c3 = fma(b, a.array[j + 3 * row_step], c3)
        c4 = fma(b, a.array[j + 4 * row_step], c4)
        c5 = fma(b, a.array[j + 5 * row_step], c5)
    return c0, c1, c2, c3, c4, c5


@inline
def row(a, i, depth, panel, first, columns):
    """``first`` plus row i of a, times the panel, in four sums that do not wait for each other."""
    size, whole, k_step = LANES * len(columns), depth - depth % 4, a.column_step
    b, at = panel.array, a.start + i * a.row_step
    s, t = first, splat(np.float32(0), columns)
    u = v = t
    for k in range(0, whole, 4):
        n, j = panel.start + k * size, at + k * k_step
        s = fma(load(b, n, columns), a.array[j], s)
        t = fma(load(b, n + size, columns), a.array[j + k_step], t)
        u = fma(load(b, n + 2 * size, columns), a.array[j + 2 * k_step], u)
        v = fma(load(b, n + 3 * size, columns), a.array[j + 3 * k_step], v)
    for k in range(whole, depth):
        s = fma(load(b, panel.start + k * size, columns), a.array[at + k * k_step], s)
    return (s + t) + (u + v)


@inline
def multiply(a, rows, depth, panel, first, c, columns):
    """c = first + a @ panel, for the first ``rows`` rows and ``depth`` columns of the matrix a."""
    whole = rows - rows % TILE
    for i in range(0, whole, TILE):
        c0, c1, c2, c3, c4, c5 = tile(a, i, depth, panel, first, columns)
        j = c.start + i * c.row_step
        store(c.array, j, c0)
        store(c.array, j + c.row_step, c1)
        store(c.array, j + 2 * c.row_step, c2)
        store(c.array, j + 3 * c.row_step, c3)
        store(c.array, j + 4 * c.row_step, c4)
        store(c.array, j + 5 * c.row_step, c5)
    for i in range(whole, rows):
        store(c.array, c.start + i * c.row_step, row(a, i, depth, panel, first, columns))


@inline
def multiply_transposed(a, rows, p, layer, column, c, room, columns):
    """c = a @ W^T for one block of rows of a layer's weights W: the error, one layer back. ``room`` is for a panel."""
    if rows < TILE:
        for i in range(rows):
            at = a.start + i * a.row_step
            rows_dot(p, layer, column, a.array, at, c.array, c.start + i * c.row_step, LANES * len(columns))
        return
    pack_transposed(room, p, layer, column, columns)
    zero = splat(np.float32(0), columns)
    multiply(a, rows, layer.width, Panel(room, np.int64(0)), zero, c, columns)


@inline
def rows_dot(p, layer, row, a, a_start, c, c_start, count):
    """c[j] = row ``row`` + j of a layer's weights, times a; ``count`` is a multiple of `LANES`."""
    for j in range(0, count, LANES):
        sums = zero_rows(ONE)
        for first in range(0, layer.width, layer.block):
            block = layer.w + first * layer.rows + (row + j) * layer.block
            for k in range(0, layer.block, LANES):
                sums = add_rows(sums, p, block + k, layer.block, load(a, a_start + first + k, ONE))
        store(c, c_start + j, sums_of_rows(sums))
