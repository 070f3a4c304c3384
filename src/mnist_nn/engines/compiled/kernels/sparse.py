"""The first layer on images that are mostly blank: only the pixels that are not zero are visited, which is exact.

A zero pixel adds nothing to z_h, and the gradient of its weights is zero. An image is a run of pairs (pixel number,
value), an even number of them; a padding pair has the value 0. Weights lie input-major: one row per pixel. Values are
bytes, or floats where the data came as a sparse matrix: another type, so another compilation, of the same code.
"""

import numpy as np

from mnist_nn.engines.compiled.codes import BYTE, WORD
from mnist_nn.engines.compiled.kernels.optimizers import descend, shortening
from mnist_nn.engines.compiled.kernels.options import LANES, inline
from mnist_nn.engines.compiled.kernels.pairs import (
    entry_input,
    entry_place,
    input_at,
    mark_ink,
    mark_special,
    pack_entry,
    value_of,
)
from mnist_nn.engines.compiled.kernels.reading import sample_number
from mnist_nn.engines.compiled.kernels.simd.lanes import any_lane, count_ones, fma, trailing_zeros
from mnist_nn.engines.compiled.kernels.simd.vector import load, prefetch, splat, store

CACHE_LINE = 64  # bytes
SMALL = np.float32(1e-6)  # a scale below this is multiplied into the weights before it loses digits


@inline
def write_pairs(image, start, count, pixels, values, at):
    """Write the pairs of one image, ``count`` numbers from ``start`` on, and return where they end: an even number.

    Up to seven pairs behind the end are overwritten with what has no meaning.
    """
    whole = count - count % WORD
    for first in range(0, whole, WORD):
        at = write_marked(image, start + first, mark_ink(image, start + first), first, pixels, values, at)
    if whole < count:
        ink = np.uint64(0)
        for i in range(count - whole):
            ink |= np.uint64(image[start + whole + i] != 0) << np.uint64(i)
        at = write_marked(image, start + whole, ink, whole, pixels, values, at)
    if at & 1:
        pixels[at] = 0
        values[at] = 0
        at += 1
    return at


@inline
def write_marked(image, start, ink, first, pixels, values, at):
    """Write a pair for every bit of a word, eight at a time: a branch that depends on every bit is often mistaken."""
    end = at + count_ones(ink)
    while at < end:
        ink = write_lowest(image, start, ink, first, pixels, values, at)
        ink = write_lowest(image, start, ink, first, pixels, values, at + 1)
        ink = write_lowest(image, start, ink, first, pixels, values, at + 2)
        ink = write_lowest(image, start, ink, first, pixels, values, at + 3)
        at += 4
    return end


@inline
def write_lowest(image, start, ink, first, pixels, values, at):
    """Write the pair of the lowest bit, and return the word without it; of a word without bits, anything is written."""
    n = np.int64(trailing_zeros(ink) & np.uint64(WORD - 1))
    pixels[at] = first + n
    values[at] = value_of(values, image[start + n], BYTE)
    return ink & (ink - np.uint64(1))


@inline
def is_finite(image, start, count):
    """Whether an image of whole words has neither NaN nor infinity, as no byte is."""
    special = np.uint64(0)
    for i in range(start, start + count, WORD):
        special |= mark_special(image, i)
    return special == 0


@inline
def write_all_pairs(images):
    """Write the pairs of every image, one after the other, and where each image's begin."""
    for s in range(images.images):
        at = images.offsets[s]
        at = write_pairs(images.ink, s * images.length, images.length, images.pixels, images.values, at)
        images.offsets[s + 1] = at


@inline
def fetch_ahead(data, sample):
    """Ask for the first 256 pairs of a sample that comes soon: the order is random, the data larger than the caches."""
    start = data.offsets[sample]
    for i in range(8):
        prefetch(data.pixels, start + i * (CACHE_LINE // 2))
    for i in range(4):
        prefetch(data.values, start + i * CACHE_LINE)


@inline
def gather(p, block, data, start, end, columns):
    """The sum of x * (row of weights) over a run of pairs, in two accumulators that do not wait for each other."""
    a = b = splat(np.float32(0), columns)
    step = LANES * len(columns)
    for i in range(start, end, 2):
        row = block + np.int64(data.pixels[i]) * step
        a = fma(load(p, row, columns), input_at(data.values, i, BYTE), a)
        row = block + np.int64(data.pixels[i + 1]) * step
        b = fma(load(p, row, columns), input_at(data.values, i + 1, BYTE), b)
    return a + b


@inline
def forward(memory, layer, batch, column, columns):
    """z[s] = scale * (x[s] W) + b for a column block and every sample of the batch."""
    bias, scale = load(memory.p, layer.b + column, columns), load(memory.scale, column, columns)
    for s in range(batch.size):
        sample = sample_number(batch, s)
        fetch_ahead(batch.data, next_sample(batch, s))
        start, end = pairs_of(batch.data, sample)
        z = gather(memory.p, layer.w + column * layer.rows, batch.data, start, end, columns)
        store(memory.a, layer.a + s * layer.width + column, fma(z, scale, bias))


@inline
def next_sample(batch, s):
    """The number of the sample after the batch's sample s; after the very last one, that one again."""
    return batch.order.samples[min(batch.begin + s + 1, batch.order.size - 1)]


@inline
def pairs_of(data, sample):
    """Where the pairs of a sample begin and end."""
    return data.offsets[sample], data.offsets[sample + 1]


@inline
def expand(x, row, inputs, data, sample):
    """Write an image as floats, its blank pixels included."""
    for i in range(inputs):
        x[row + i] = np.float32(0)
    for i in range(data.offsets[sample], data.offsets[sample + 1]):
        if data.values[i] != 0:
            x[row + np.int64(data.pixels[i])] = input_at(data.values, i, BYTE)


@inline
def regroup_by_pixel(memory, batch, pixels):
    """Regroup a batch by pixel: entries of (place in the batch, value), with a fixed room for every pixel.

    The room has one entry more than a batch, because a padding pair is written but not counted.
    """
    data, counts, entries, room = batch.data, memory.counts, memory.entries, memory.room
    for pixel in range(pixels):
        counts[pixel] = 0
    for s in range(batch.size):
        fetch_ahead(data, next_sample(batch, s))
        start, end = pairs_of(data, sample_number(batch, s))
        for i in range(start, end):
            pixel, value = np.int64(data.pixels[i]), data.values[i]
            at = np.int64(counts[pixel])
            entries[pixel * room + at] = pack_entry(s, value)
            counts[pixel] = at + (value != 0)


@inline
def add_entry(memory, i, panel, columns, sums):
    """sums + x * (delta of the sample that entry i names)."""
    entry = memory.entries[i]
    row = entry_place(entry) * LANES * len(columns)
    return fma(load(panel, row, columns), entry_input(entry, BYTE), sums)


@inline
def update_by_pixel(memory, layer, optimizer, column, everywhere, panel, columns):
    """Sum each row's gradient in registers and step along it; ``everywhere`` visits rows without ink as well.

    ``panel`` holds the block's delta of every sample, side by side.
    """
    block, step = layer.w + column * layer.rows, LANES * len(columns)
    for pixel in range(layer.rows):
        start = pixel * memory.room
        end = start + np.int64(memory.counts[pixel])
        if start == end and not everywhere:
            continue
        a = b = splat(np.float32(0), columns)
        for i in range(start, end - 1, 2):
            a = add_entry(memory, i, panel, columns, a)
            b = add_entry(memory, i + 1, panel, columns, b)
        if (end - start) & 1:
            a = add_entry(memory, end - 1, panel, columns, a)
        descend(memory, block + pixel * step, a + b, optimizer, columns)


@inline
def update_by_sample(memory, layer, batch, factor, column, columns):
    """w += x * delta * factor, straight into the weights, sample after sample."""
    p, block, size, data = memory.p, layer.w + column * layer.rows, LANES * len(columns), batch.data
    for s in range(batch.size):
        start, end = pairs_of(data, sample_number(batch, s))
        step = load(memory.delta, layer.a + s * layer.width + column, columns) * factor
        for i in range(start, end):
            row = block + np.int64(data.pixels[i]) * size
            store(p, row, fma(step, input_at(data.values, i, BYTE), load(p, row, columns)))


@inline
def update_tracking_norms(memory, layer, batch, factor, column, columns):
    """The same, and ``squares`` follows the sum of the squares of each unit's weights."""
    p, block, size, data = memory.p, layer.w + column * layer.rows, LANES * len(columns), batch.data
    squares = load(memory.squares, column, columns)
    for s in range(batch.size):
        start, end = pairs_of(data, sample_number(batch, s))
        step = load(memory.delta, layer.a + s * layer.width + column, columns) * factor
        for i in range(start, end):
            row = block + np.int64(data.pixels[i]) * size
            old, change = load(p, row, columns), step * input_at(data.values, i, BYTE)
            store(p, row, old + change)
            squares = fma(change, old + old + change, squares)
    store(memory.squares, column, squares)


@inline
def descend_scaled(memory, layer, batch, optimizer, longest, column, columns):
    """One SGD update of the first layer that touches only rows with ink, L2 and max-norm included.

    The weights are scale * p, one scale per unit. L2 shrinks the scale instead of every weight, and so does max-norm,
    for which the sum of the squares of p is carried along.
    """
    scale = load(memory.scale, column, columns)
    scale = fma(
        scale, np.float32(0) - optimizer.eta * optimizer.coupled, scale
    )  # float32(1 - ηλ) would err alike every time
    if any_lane(scale < SMALL):
        store(memory.scale, column, scale)
        fold_scale(memory, layer, column, columns)
        scale = splat(np.float32(1), columns)
    factor = (np.float32(0) - optimizer.eta) / scale
    if longest > 0:
        update_tracking_norms(memory, layer, batch, factor, column, columns)
        squares = load(memory.squares, column, columns) * (scale * scale)
        scale = scale * shortening(squares, longest)
    else:
        update_by_sample(memory, layer, batch, factor, column, columns)
    store(memory.scale, column, scale)


@inline
def fold_scale(memory, layer, column, columns):
    """Multiply the scale into the weights, and take the sums of their squares anew."""
    scale = load(memory.scale, column, columns)
    squares = splat(np.float32(0), columns)
    block, step = layer.w + column * layer.rows, LANES * len(columns)
    for i in range(block, block + layer.rows * step, step):
        w = load(memory.p, i, columns) * scale
        store(memory.p, i, w)
        squares = fma(w, w, squares)
    store(memory.scale, column, splat(np.float32(1), columns))
    store(memory.squares, column, squares)
