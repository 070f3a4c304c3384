"""The passes of one batch, and the loop over batches: the same equations as ``engines/reference.py``.

Numbers in brackets are that file's. All layers run through the same code, whatever their number and width, so that
one compilation serves every network. Columns are taken in blocks of one vector or of ``wide`` ones, a tuple whose
length is their number. Work is divided by columns: a thread computes its own columns of every layer, whole sums in a
fixed order, and so the result does not depend on the number of threads.
"""

import numpy as np

from mnist_nn.engines.compiled import dense, sparse
from mnist_nn.engines.compiled.jit import inline, kernel
from mnist_nn.engines.compiled.optimizers import SGD, addition, descend, limit_norms, prepare_step, without_decay
from mnist_nn.engines.compiled.records import Batch, Matrix, Panel, layer_of, sample_number
from mnist_nn.engines.compiled.simd.vector import LANES, ONE, load, peek, splat, store
from mnist_nn.engines.compiled.threads import meet
from mnist_nn.engines.compiled.units import activate, add_losses, drop, is_unit, output_error, write_probabilities


@inline
def input_of(table, k, memory):
    """What layer k is fed, a row per sample: the batch itself, or the activations of the layer before."""
    rows = layer_of(table, k).rows
    if k == 0:
        return Matrix(memory.x, np.int64(0), rows, np.int64(1))
    return Matrix(memory.a, layer_of(table, k - 1).a, rows, np.int64(1))


@inline
def forward_block(table, k, batch, memory, recipe, column, columns):
    """z and a of one column block of layer k, for all samples of the batch."""
    layer = layer_of(table, k)
    is_output = k == table.shape[0] - 1
    if k == 0 and recipe.as_pairs:
        sparse.forward(memory, layer, batch, column, columns)
    else:
        bias = load(memory.p, layer.b + column, columns)
        weights = Panel(memory.p, layer.w + column * layer.rows)
        z = Matrix(memory.a, layer.a + column, layer.width, np.int64(1))
        dense.multiply(input_of(table, k, memory), batch.size, layer.rows, weights, bias, z, columns)
    if not is_output:
        real = is_unit(column, layer.units, columns)
        for s in range(batch.size):
            i = layer.a + s * layer.width + column
            activate(memory, i, layer.activation, real, columns)
            if recipe.thresholds[k] > 0:
                dropout = (recipe.key0, recipe.key1, recipe.thresholds[k], recipe.factors[k])
                drop(memory, i, column, k, sample_number(batch, s), dropout, columns)


@inline
def backward_block(table, k, memory, work, count, column, columns):
    """(BP2) delta of one column block of layer k from that of layer k + 1."""
    layer, above = layer_of(table, k), layer_of(table, k + 1)
    delta_above = Matrix(memory.delta, above.a, above.width, np.int64(1))
    delta = Matrix(memory.delta, layer.a + column, layer.width, np.int64(1))
    dense.multiply_transposed(delta_above, count, memory.p, above, column, delta, work.panel, columns)
    for s in range(count):
        i = layer.a + s * layer.width + column
        store(memory.delta, i, load(memory.delta, i, columns) * load(memory.slope, i, columns))


@inline
def update_block(table, k, batch, memory, work, recipe, optimizer, column, columns):
    """(BP3) and (BP4): the gradients of one column block of layer k, and the step of its parameters along them."""
    layer = layer_of(table, k)
    longest = optimizer.longest if k < table.shape[0] - 1 else np.float32(0)
    bias = splat(np.float32(0), columns)
    for s in range(batch.size):
        bias += load(memory.delta, layer.a + s * layer.width + column, columns)
    descend(memory, layer.b + column, bias, without_decay(optimizer), columns)
    if k == 0 and recipe.by_sample:
        sparse.descend_scaled(memory, layer, batch, optimizer, longest, column, columns)
        return
    if k == 0 and recipe.as_pairs:
        everywhere = optimizer.kind != SGD or optimizer.coupled > 0
        dense.pack(work.panel, memory.delta, layer.a + column, layer.width, batch.size, columns)
        sparse.update_by_pixel(memory, layer, optimizer, column, everywhere, work.panel, columns)
    else:
        dense_update(table, k, memory, work, optimizer, batch.size, column, columns)
    if longest > 0:
        limit_norms(memory.p, layer.w + column * layer.rows, layer.rows, longest, columns)


@inline
def dense_update(table, k, memory, work, optimizer, count, column, columns):
    """(BP4) for a layer whose inputs lie as rows: the product of their transpose with delta, a tile at a time."""
    layer, panel, fed = layer_of(table, k), work.panel, input_of(table, k, memory)
    zero, size = splat(np.float32(0), columns), LANES * len(columns)
    dense.pack(panel, memory.delta, layer.a + column, layer.width, count, columns)
    block = layer.w + column * layer.rows
    if count == 1:
        delta = load(panel, 0, columns)
        for j in range(layer.rows):
            descend(memory, block + j * size, delta * peek(fed.array, fed.start + j), optimizer, columns)
        return
    gradients = Matrix(panel, np.int64(count * size), np.int64(size), np.int64(1))
    for j in range(0, layer.rows, dense.TILE):
        rows = min(dense.TILE, layer.rows - j)
        transposed = Matrix(fed.array, fed.start + j, np.int64(1), fed.row_step)
        dense.multiply(transposed, rows, count, Panel(panel, np.int64(0)), zero, gradients, columns)
        for r in range(rows):
            g = load(panel, gradients.start + r * size, columns)
            descend(memory, block + (j + r) * size, g, optimizer, columns)


@inline
def forward(table, batch, memory, work, recipe, wide):
    """Run the forward pass over this thread's columns of every layer."""
    for k in range(table.shape[0]):
        for n in range(work.first[k], work.first[k + 1]):
            column, vectors = work.blocks[n, 0], work.blocks[n, 1]
            if vectors == 1:
                forward_block(table, k, batch, memory, recipe, column, ONE)
            else:
                forward_block(table, k, batch, memory, recipe, column, wide)
        meet(work.arrived, work.threads)


@inline
def backward(table, memory, work, count, wide):
    """Carry the error back through every hidden layer, over this thread's columns."""
    for k in range(table.shape[0] - 2, -1, -1):
        for n in range(work.first[k], work.first[k + 1]):
            column, vectors = work.blocks[n, 0], work.blocks[n, 1]
            if vectors == 1:
                backward_block(table, k, memory, work, count, column, ONE)
            else:
                backward_block(table, k, memory, work, count, column, wide)
        meet(work.arrived, work.threads)


@inline
def update(table, batch, memory, work, recipe, optimizer, wide):
    """Update this thread's columns of every layer."""
    for k in range(table.shape[0]):
        for n in range(work.first[k], work.first[k + 1]):
            column, vectors = work.blocks[n, 0], work.blocks[n, 1]
            if vectors == 1:
                update_block(table, k, batch, memory, work, recipe, optimizer, column, ONE)
            else:
                update_block(table, k, batch, memory, work, recipe, optimizer, column, wide)
    meet(work.arrived, work.threads)


@inline
def errors(table, batch, memory, recipe, share):
    """(BP1) delta of the output layer, times ``share``, one over the size of the batch; the losses are added up."""
    layer = layer_of(table, table.shape[0] - 1)
    for s in range(batch.size):
        i, sample, weight = layer.a + s * layer.width, sample_number(batch, s), np.float32(1)
        label = peek(batch.data.labels, sample)
        if batch.data.weights.size > 0:
            weight = peek(batch.data.weights, sample)
        add_losses(memory, i, layer, label, recipe.loss, weight)
        output_error(memory, i, layer, label, recipe.loss, share * weight)


@inline
def fetch_rows(table, batch, memory):
    """Put a batch together as rows of floats, for products of dense matrices."""
    inputs = layer_of(table, 0).rows
    for s in range(batch.size):
        sample, row = sample_number(batch, s), s * inputs
        if batch.data.is_sparse:
            sparse.expand(memory.x, row, inputs, batch.data, sample)
        else:
            for i in range(inputs):
                memory.x[row + i] = batch.data.x[sample, i]


@inline
def passes(table, batch, memory, work, recipe, share, wide):
    """Both passes over one batch, or over a part of one: delta of every layer."""
    if work.thread == work.threads - 1:
        if not recipe.as_pairs:
            fetch_rows(table, batch, memory)
        elif not recipe.by_sample:
            sparse.regroup_by_pixel(memory, batch)
    if not recipe.as_pairs:
        meet(work.arrived, work.threads)
    forward(table, batch, memory, work, recipe, wide)
    if work.thread == 0:
        errors(table, batch, memory, recipe, share)
    meet(work.arrived, work.threads)
    backward(table, memory, work, batch.size, wide)


@inline
def apply_block(table, k, memory, sums, optimizer, column, columns):
    """Step along the gradients of one column block that were added up over the parts of a large batch."""
    layer = layer_of(table, k)
    step, zero = LANES * len(columns), splat(np.float32(0), columns)
    block = layer.w + column * layer.rows
    for i in range(block, block + layer.rows * step, step):
        descend(memory, i, load(sums.p, i, columns), optimizer, columns)
        store(sums.p, i, zero)
    descend(memory, layer.b + column, load(sums.p, layer.b + column, columns), without_decay(optimizer), columns)
    store(sums.p, layer.b + column, zero)
    if optimizer.longest > 0 and k < table.shape[0] - 1:
        limit_norms(memory.p, block, layer.rows, optimizer.longest, columns)


@inline
def apply(table, memory, sums, work, optimizer, wide):
    """Finish a batch that was learned in parts, over this thread's columns of every layer."""
    for k in range(table.shape[0]):
        for n in range(work.first[k], work.first[k + 1]):
            column, vectors = work.blocks[n, 0], work.blocks[n, 1]
            if vectors == 1:
                apply_block(table, k, memory, sums, optimizer, column, ONE)
            else:
                apply_block(table, k, memory, sums, optimizer, column, wide)
    meet(work.arrived, work.threads)


@kernel
def learn(table, data, memory, sums, work, recipe, order, rates, updates, wide):
    """Learn the samples of a stretch; every thread runs this with its own ``work``.

    A batch larger than ``recipe.part`` is learned in parts, whose gradients are added up in ``sums``: the same memory
    with other parameters, on which plain SGD at rate -1 is an addition.
    """
    add = addition()
    for u in range(rates.size):
        first = u * recipe.batch
        last = min(first + recipe.batch, order.size)
        share = np.float32(1.0) / np.float32(last - first)
        optimizer = prepare_step(recipe, rates[u], updates + u + 1)
        in_parts = last - first > recipe.part
        for begin in range(first, last, recipe.part):
            batch = Batch(data, order, begin, min(recipe.part, last - begin))
            passes(table, batch, memory, work, recipe, share, wide)
            if in_parts:
                update(table, batch, sums, work, recipe, add, wide)
            else:
                update(table, batch, memory, work, recipe, optimizer, wide)
        if in_parts:
            apply(table, memory, sums, work, optimizer, wide)


@kernel
def fold(table, memory, wide):
    """Multiply the first layer's scale into its weights, and take the sums of their squares."""
    layer = layer_of(table, 0)
    for column in range(0, layer.width, layer.block):
        if layer.block == LANES:
            sparse.fold_scale(memory, layer, column, ONE)
        else:
            sparse.fold_scale(memory, layer, column, wide)


@kernel
def infer(table, data, memory, work, recipe, order, first, last, z_o, wide):
    """Run the forward pass over the samples first .. last of ``order`` and write z_o."""
    layer = layer_of(table, table.shape[0] - 1)
    for begin in range(first, last, recipe.batch):
        batch = Batch(data, order, begin, min(recipe.batch, last - begin))
        if not recipe.as_pairs:
            fetch_rows(table, batch, memory)
        forward(table, batch, memory, work, recipe, wide)
        for s in range(batch.size):
            for c in range(0, layer.width, LANES):
                z = load(memory.a, layer.a + s * layer.width + c, ONE)
                store(z_o, (begin + s) * layer.width + c, z)


@kernel
def classify(table, data, memory, work, recipe, words, is_softmax, wide):
    """Write the probabilities of one image to memory.o and return its class."""
    data.offsets[1] = sparse.write_pairs(words, 0, data.pixels, data.values, 0)
    forward(table, Batch(data, data.labels, np.int64(0), np.int64(1)), memory, work, recipe, wide)
    layer = layer_of(table, table.shape[0] - 1)
    best = 0
    for j in range(1, layer.units):
        if memory.a[layer.a + j] > memory.a[layer.a + best]:
            best = j
    write_probabilities(memory, layer, is_softmax)
    return best
