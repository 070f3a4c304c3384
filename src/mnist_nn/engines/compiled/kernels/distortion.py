"""Distorted copies of images: the arithmetic of ``mnist_nn.data.augmentation.warp_images``, to the same bit.

Products and sums are therefore rounded one by one and taken in that module's order, and never with `fma`. Pixels are
taken in vectors regardless of rows. The last function is the kernel.
"""

import numpy as np

from mnist_nn.engines.compiled.kernels.options import LANES, inline
from mnist_nn.engines.compiled.kernels.simd.lanes import select, to_float, to_int
from mnist_nn.engines.compiled.kernels.simd.vector import (
    ONE,
    lane_numbers,
    load,
    load_bytes,
    splat,
    store,
    store_bytes,
    take,
)
from mnist_nn.engines.compiled.kernels.simd.vector_math import threefry

TILE = 7  # rows of a product at a time: 28 are four tiles
HALF = np.float32(0.5)
STEP, OFFSET = np.float32(2.0**-23), np.float32(1 - 2.0**-24)  # of a draw from (-1, 1) out of 24 bits
COEFFICIENTS = 6


@inline
def pack_neighbours(call, image):
    """Write every pixel of an image with a blank border as a word of four bytes: itself, right, below, and both.

    So a single access fetches all that lies around a point.
    """
    side, padded = call.side, call.padded
    wide = side + 2
    for i in range(side):
        source, target = (image * side + i) * side, (i + 1) * wide + 1
        if side < LANES:
            for j in range(side):
                padded[target + j] = np.int32(call.images[source + j])
        else:
            for j in range(0, side, LANES):
                start = min(j, side - LANES)
                store(padded, target + start, load_bytes(call.images, source + start, ONE))
    for p in range(0, (side + 1) * wide, LANES):
        upper = load(padded, p, ONE) | (load(padded, p + 1, ONE) << 8)
        lower = (load(padded, p + wide, ONE) << 16) | (load(padded, p + wide + 1, ONE) << 24)
        store(call.words, p, upper | lower)


@inline
def even(word):
    """A draw from (-1, 1) of each random word."""
    return to_float(word >> 8) * STEP - OFFSET


@inline
def draw_noise(call, image, room):
    """Draw two numbers for every pixel of an image."""
    number = splat(call.row + image, ONE)
    for p in range(0, call.side * call.side, LANES):
        first, second = threefry(call.key0, call.key1, number, lane_numbers(ONE) + p)
        store(call.noise, p, even(first))
        store(call.noise, room + p, even(second))


@inline
def product(a, a_start, b, b_start, c, c_start, side):
    """c = a @ b for square matrices, a column block at a time.

    A block that is not whole writes beyond the end of its row, into the row below. So blocks are taken from the right
    to the left and rows from the top to the bottom, and what is written last is right.
    """
    blocks = (side + LANES - 1) // LANES
    for n in range(blocks):
        column = (blocks - 1 - n) * LANES
        whole = side - side % TILE
        for i in range(0, whole, TILE):
            c0 = c1 = c2 = c3 = c4 = c5 = c6 = splat(np.float32(0), ONE)
            for k in range(side):
                row, at = load(b, b_start + k * side + column, ONE), a_start + i * side + k
                c0 = c0 + row * a[at]
                c1 = c1 + row * a[at + side]
                c2 = c2 + row * a[at + 2 * side]
                c3 = c3 + row * a[at + 3 * side]
                c4 = c4 + row * a[at + 4 * side]
                c5 = c5 + row * a[at + 5 * side]
                c6 = c6 + row * a[at + 6 * side]
            at = c_start + i * side + column
            store(c, at, c0)
            store(c, at + side, c1)
            store(c, at + 2 * side, c2)
            store(c, at + 3 * side, c3)
            store(c, at + 4 * side, c4)
            store(c, at + 5 * side, c5)
            store(c, at + 6 * side, c6)
        for i in range(whole, side):
            total = splat(np.float32(0), ONE)
            for k in range(side):
                total = total + load(b, b_start + k * side + column, ONE) * a[a_start + i * side + k]
            store(c, c_start + i * side + column, total)


@inline
def draw_bends(call, image, room):
    """Draw the displacements of an image's pixels: noise, smoothed along the rows and then along the columns."""
    draw_noise(call, image, room)
    for start in (0, room):
        product(call.noise, start, call.smooth, 0, call.half, 0, call.side)
        product(call.bend, 0, call.half, 0, call.bends, start, call.side)


@inline
def within(x, high):
    """Limit x to 0 .. high, where whatever is no number becomes 0: nothing outside the image is ever read."""
    return select(x > 0.0, select(x < high, x, high), 0.0)


@inline
def interpolate(words, rows, columns, side):
    """The brightness at each point, from 0 to 255, of an image with a border whose words are given."""
    limit = np.float32(side) + np.float32(0.999)
    rows, columns = within(rows + 1.0, limit), within(columns + 1.0, limit)
    top, left = to_int(rows), to_int(columns)
    down, right = rows - to_float(top), columns - to_float(left)
    word = take(words, top * (side + 2) + left)
    up, from_left = 1.0 - down, 1.0 - right
    upper = to_float(word & 255) * from_left + to_float((word >> 8) & 255) * right
    lower = to_float((word >> 16) & 255) * from_left + to_float(word >> 24) * right
    return upper * up + lower * down


@inline
def distort_image(call, image, room):
    """Write the copy of one image."""
    side, size, at = call.side, call.side * call.side, image * COEFFICIENTS
    middle = np.float32(side - 1) / np.float32(2)
    a, b, c, d, moved_down, moved_right = (
        call.coefficients[at],
        call.coefficients[at + 1],
        call.coefficients[at + 2],
        call.coefficients[at + 3],
        call.coefficients[at + 4],
        call.coefficients[at + 5],
    )
    pack_neighbours(call, image)
    if call.is_elastic:
        draw_bends(call, image, room)
    for first in range(0, size, LANES):
        p = min(first, size - LANES)
        y, x = load(call.y, p, ONE) - moved_down, load(call.x, p, ONE) - moved_right
        rows, columns = y * a + x * b + middle, y * c + x * d + middle
        if call.is_elastic:
            rows, columns = rows + load(call.bends, p, ONE), columns + load(call.bends, room + p, ONE)
        store_bytes(call.copies, image * size + p, to_int(interpolate(call.words, rows, columns, side) + HALF))


@inline
def distort(call, wide):
    """Write the copies of the images first .. last; the width of blocks does not matter."""
    room = call.side * call.side + LANES
    for image in range(call.first, call.last):
        distort_image(call, image, room)
    return call.last
