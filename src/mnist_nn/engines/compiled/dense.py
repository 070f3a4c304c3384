"""Products of dense matrices in register tiles, for one column block at a time.

``columns`` is a tuple whose length is the number of 16-lane vectors in the block (see simd.py). Six rows of results
stay in registers while the block of the right-hand matrix is read from a packed panel, because rows a multiple of
4 kB apart would fight for the same few lines of the cache. Sums always run in the order of k, so a result does not
depend on how rows are grouped.
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
def pack_transposed(panel, b, start, step, depth, columns):
    """Row k of the panel is column k of b, over as many rows as the block is wide; depth is a multiple of 16."""
    size = LANES * len(columns)
    for j in range(0, size, LANES):
        for k in range(0, depth, LANES):
            transpose_block(panel, k * size + j, size, b, start + j * step + k, step)


@inline
def tile(a, i, row_step, k_step, depth, panel, first, columns):
    """``first`` plus six rows of a, times the panel."""
    c0 = c1 = c2 = c3 = c4 = c5 = first
    for k in range(depth):
        line = load(panel, k * LANES * len(columns), columns)
        j = i + k * k_step
        c0 = fma(line, peek(a, j), c0)
        c1 = fma(line, peek(a, j + row_step), c1)
        c2 = fma(line, peek(a, j + 2 * row_step), c2)
        c3 = fma(line, peek(a, j + 3 * row_step), c3)
        c4 = fma(line, peek(a, j + 4 * row_step), c4)
        c5 = fma(line, peek(a, j + 5 * row_step), c5)
    return c0, c1, c2, c3, c4, c5


@inline
def row(a, i, k_step, depth, b, start, step, first, columns):
    """``first`` plus one row of a, times the rows of b from ``start`` on."""
    total = first
    for k in range(depth):
        total = fma(load(b, start + k * step, columns), peek(a, i + k * k_step), total)
    return total


@inline
def product(a, a_start, a_step, rows, depth, b, b_start, b_step, first, c, c_start, c_step, panel, columns):
    """c = first + a @ b for one column block; few rows read b where it lies, many read it packed."""
    if rows < TILE:
        for i in range(rows):
            store(c, c_start + i * c_step, row(a, a_start + i * a_step, 1, depth, b, b_start, b_step, first, columns))
        return
    pack(panel, b, b_start, b_step, depth, columns)
    multiply(a, a_start, a_step, rows, depth, panel, first, c, c_start, c_step, columns)


@inline
def multiply(a, a_start, a_step, rows, depth, panel, first, c, c_start, c_step, columns):
    """c = first + a @ panel."""
    whole = rows - rows % TILE
    for i in range(0, whole, TILE):
        c0, c1, c2, c3, c4, c5 = tile(a, a_start + i * a_step, a_step, 1, depth, panel, first, columns)
        j = c_start + i * c_step
        store(c, j, c0)
        store(c, j + c_step, c1)
        store(c, j + 2 * c_step, c2)
        store(c, j + 3 * c_step, c3)
        store(c, j + 4 * c_step, c4)
        store(c, j + 5 * c_step, c5)
    for i in range(whole, rows):
        line = row(a, a_start + i * a_step, 1, depth, panel, 0, LANES * len(columns), first, columns)
        store(c, c_start + i * c_step, line)


@inline
def product_transposed(a, a_start, a_step, rows, depth, b, b_start, b_step, c, c_start, c_step, panel, columns):
    """c = a @ b^T for one block of columns, which are rows of b: the error, one layer back."""
    if rows < TILE:
        for i in range(rows):
            rows_dot(b, b_start, b_step, a, a_start + i * a_step, depth, c, c_start + i * c_step, LANES * len(columns))
        return
    pack_transposed(panel, b, b_start, b_step, depth, columns)
    zero = splat(np.float32(0), columns)
    multiply(a, a_start, a_step, rows, depth, panel, zero, c, c_start, c_step, columns)


@inline
def rows_dot(b, start, step, a, a_start, depth, c, c_start, count):
    """c[j] = row j of b times a; ``count`` and ``depth`` are multiples of 16."""
    for j in range(0, count, LANES):
        sums = zero_rows(ONE)
        for k in range(0, depth, LANES):
            sums = add_rows(sums, b, start + j * step + k, step, load(a, a_start + k, ONE))
        store(c, c_start + j, sums_of_16(sums))
