"""The passes of one batch, and the loop over batches: the same equations as ``engines/reference.py``.

Numbers in brackets are that file's. All layers run through the same code, whatever their number and width, so that
one kernel serves every network. Columns are taken in blocks of one vector or of ``wide`` ones, a tuple whose
length is their number. Work is divided by columns: a thread computes its own columns of every layer, whole sums in a
fixed order, and so the result does not depend on the number of threads.

The last four functions are the kernels: each is given one record (../records.py) and returns an integer.
"""

import numpy as np

from mnist_nn.engines.compiled.codes import LATE, SGD, TILE
from mnist_nn.engines.compiled.kernels import dense, lazy, sparse
from mnist_nn.engines.compiled.kernels.meeting import meet
from mnist_nn.engines.compiled.kernels.optimizers import addition, descend, limit_norms, prepare_step, without_decay
from mnist_nn.engines.compiled.kernels.options import LANES, inline
from mnist_nn.engines.compiled.kernels.reading import block_of, layer_of, sample_number, target_of
from mnist_nn.engines.compiled.kernels.simd.lanes import total
from mnist_nn.engines.compiled.kernels.simd.vector import ONE, load, splat, store
from mnist_nn.engines.compiled.kernels.units import (
    activate,
    add_losses,
    drop,
    is_unit,
    output_error,
    write_probabilities,
)
from mnist_nn.engines.compiled.records import Batch, Context, Matrix, Memory, Panel


@inline
def each_block(step, context, k, wide, arguments):
    """Take a step on this thread's column blocks of layer k."""
    work = context.work
    for n in range(work.first[k], work.first[k + 1]):
        block = block_of(work, n)
        if block.vectors == 1:
            step(context, k, block.column, ONE, *arguments)
        else:
            step(context, k, block.column, wide, *arguments)


@inline
def input_of(context, k):
    """What layer k is fed, a row per sample: the batch itself, or the activations of the layer before."""
    rows = layer_of(context.net, k).rows
    if k == 0:
        return Matrix(context.memory.x, np.int64(0), rows, np.int64(1))
    return Matrix(context.memory.a, layer_of(context.net, k - 1).a, rows, np.int64(1))


@inline
def forward_block(context, k, column, columns, batch):
    """z and a of one column block of layer k, for all samples of the batch."""
    memory, recipe, layer = context.memory, context.recipe, layer_of(context.net, k)
    is_output = k == context.net.depth - 1
    if k == 0 and batch.as_pairs:
        if recipe.is_lazy:
            start, end = sparse.pairs_of(batch.data, sample_number(batch, 0))
            lazy.catch_up(memory, context.work, layer, batch, start, end, column, columns)
        sparse.forward(memory, layer, batch, column, columns)
    else:
        bias = load(memory.p, layer.b + column, columns)
        weights = Panel(memory.p, layer.w + column * layer.rows)
        z = Matrix(memory.a, layer.a + column, layer.width, np.int64(1))
        dense.multiply(input_of(context, k), batch.size, layer.rows, weights, bias, z, columns)
    if not is_output:
        real = is_unit(column, layer.units, columns)
        for s in range(batch.size):
            i = layer.a + s * layer.width + column
            activate(memory, i, layer.activation, real, columns)
            if recipe.thresholds[k] > 0:
                dropout = (recipe.key0, recipe.key1, recipe.thresholds[k], recipe.factors[k])
                drop(memory, i, column, k, sample_number(batch, s), dropout, columns)


@inline
def backward_block(context, k, column, columns, count):
    """(BP2) delta of one column block of layer k from that of layer k + 1."""
    memory, layer, above = context.memory, layer_of(context.net, k), layer_of(context.net, k + 1)
    delta_above = Matrix(memory.delta, above.a, above.width, np.int64(1))
    delta = Matrix(memory.delta, layer.a + column, layer.width, np.int64(1))
    dense.multiply_transposed(delta_above, count, memory.p, above, column, delta, context.work.panel, columns)
    for s in range(count):
        i = layer.a + s * layer.width + column
        store(memory.delta, i, load(memory.delta, i, columns) * load(memory.slope, i, columns))


@inline
def update_block(context, k, column, columns, batch, optimizer):
    """(BP3) and (BP4): the gradients of one column block of layer k, and the step of its parameters along them."""
    memory, recipe, layer, panel = context.memory, context.recipe, layer_of(context.net, k), context.work.panel
    longest = optimizer.longest if k < context.net.depth - 1 else np.float32(0)
    bias = splat(np.float32(0), columns)
    for s in range(batch.size):
        bias += load(memory.delta, layer.a + s * layer.width + column, columns)
    descend(memory, layer.b + column, bias, without_decay(optimizer), columns)
    if k == 0 and recipe.is_lazy:
        start, end = sparse.pairs_of(batch.data, sample_number(batch, 0))
        lazy.descend_rows(memory, layer, batch, start, end, optimizer, column, columns)
        return
    if k == 0 and recipe.by_sample:
        sparse.descend_scaled(memory, layer, batch, optimizer, longest, column, columns)
        return
    if k == 0 and batch.as_pairs:
        everywhere = optimizer.kind != SGD or optimizer.coupled > 0
        dense.pack(panel, memory.delta, layer.a + column, layer.width, batch.size, columns)
        sparse.update_by_pixel(memory, layer, optimizer, column, everywhere, panel, columns)
    else:
        dense_update(context, k, optimizer, batch.size, column, columns)
    if longest > 0:
        limit_norms(memory.p, layer.w + column * layer.rows, layer.rows, longest, columns)


@inline
def dense_update(context, k, optimizer, count, column, columns):
    """(BP4) for a layer whose inputs lie as rows: the product of their transpose with delta, a tile at a time."""
    memory, panel = context.memory, context.work.panel
    layer, fed = layer_of(context.net, k), input_of(context, k)
    zero, size = splat(np.float32(0), columns), LANES * len(columns)
    dense.pack(panel, memory.delta, layer.a + column, layer.width, count, columns)
    block = layer.w + column * layer.rows
    if count == 1:
        delta = load(panel, 0, columns)
        for j in range(layer.rows):
            descend(memory, block + j * size, delta * fed.array[fed.start + j], optimizer, columns)
        return
    gradients = Matrix(panel, np.int64(count * size), np.int64(size), np.int64(1))
    for j in range(0, layer.rows, TILE):
        rows = min(TILE, layer.rows - j)
        transposed = Matrix(fed.array, fed.start + j, np.int64(1), fed.row_step)
        dense.multiply(transposed, rows, count, Panel(panel, np.int64(0)), zero, gradients, columns)
        for r in range(rows):
            g = load(panel, gradients.start + r * size, columns)
            descend(memory, block + (j + r) * size, g, optimizer, columns)


@inline
def apply_block(context, k, column, columns, sums, optimizer):
    """Step along the gradients of one column block that were added up over the parts of a large batch."""
    memory, layer = context.memory, layer_of(context.net, k)
    step, zero = LANES * len(columns), splat(np.float32(0), columns)
    block = layer.w + column * layer.rows
    for i in range(block, block + layer.rows * step, step):
        descend(memory, i, load(sums, i, columns), optimizer, columns)
        store(sums, i, zero)
    descend(memory, layer.b + column, load(sums, layer.b + column, columns), without_decay(optimizer), columns)
    store(sums, layer.b + column, zero)
    if optimizer.longest > 0 and k < context.net.depth - 1:
        limit_norms(memory.p, block, layer.rows, optimizer.longest, columns)


@inline
def fold_block(context, k, column, columns):
    """Multiply the first layer's scale into its weights, and take the sums of their squares."""
    sparse.fold_scale(context.memory, layer_of(context.net, k), column, columns)


@inline
def catch_up_block(context, k, column, columns, turn):
    """Let all rows of the first layer do what they missed before this update."""
    lazy.catch_up_everywhere(context.memory, context.work, layer_of(context.net, k), turn, column, columns)


@inline
def forward(context, batch, wide):
    """Run the forward pass over this thread's columns of every layer."""
    for k in range(context.net.depth):
        each_block(forward_block, context, k, wide, (batch,))
        meet(context.work)


@inline
def backward(context, count, wide):
    """Carry the error back through every hidden layer, over this thread's columns."""
    for k in range(context.net.depth - 2, -1, -1):
        each_block(backward_block, context, k, wide, (count,))
        meet(context.work)


@inline
def update(context, batch, optimizer, wide):
    """Update this thread's columns of every layer."""
    for k in range(context.net.depth):
        each_block(update_block, context, k, wide, (batch, optimizer))
    meet(context.work)


@inline
def apply(context, sums, optimizer, wide):
    """Finish a batch that was learned in parts, over this thread's columns of every layer."""
    for k in range(context.net.depth):
        each_block(apply_block, context, k, wide, (sums, optimizer))
    meet(context.work)


@inline
def errors(context, batch, share):
    """(BP1) delta of the output layer, times ``share``, one over the size of the batch; the losses are added up."""
    memory, loss, layer = context.memory, context.recipe.loss, layer_of(context.net, context.net.depth - 1)
    for s in range(batch.size):
        i, sample, weight = layer.a + s * layer.width, sample_number(batch, s), np.float32(1)
        target = target_of(batch.data, sample)
        if batch.data.is_weighed:
            weight = batch.data.weights[sample]
        add_losses(memory, i, layer, target, loss, weight)
        output_error(memory, i, layer, target, loss, share * weight)


@inline
def fetch_rows(context, batch):
    """Put a batch together as rows of floats, for products of dense matrices."""
    x, inputs = context.memory.x, layer_of(context.net, 0).rows
    for s in range(batch.size):
        sample, row = sample_number(batch, s), s * inputs
        if batch.data.is_sparse:
            sparse.expand(x, row, inputs, batch.data, sample)
        else:
            for i in range(inputs):
                x[row + i] = batch.data.x[sample * inputs + i]


@inline
def passes(context, batch, share, wide):
    """Both passes over one batch, or over a part of one: delta of every layer."""
    work, recipe = context.work, context.recipe
    if work.thread == work.threads - 1:
        if not batch.as_pairs:
            fetch_rows(context, batch)
        elif not recipe.by_sample:
            sparse.regroup_by_pixel(context.memory, batch, layer_of(context.net, 0).rows)
    if not batch.as_pairs:
        meet(work)
    forward(context, batch, wide)
    if work.thread == 0:
        errors(context, batch, share)
    meet(work)
    backward(context, batch.size, wide)


@inline
def adding_up(context, sums):
    """The same context where the parameters are ``sums``: plain SGD at rate -1 on these is an addition."""
    m = context.memory
    memory = Memory(
        sums,
        m.m,
        m.v,
        m.a,
        m.slope,
        m.delta,
        m.x,
        m.o,
        m.tally,
        m.counts,
        m.entries,
        m.scale,
        m.squares,
        m.seen,
        m.powers,
        m.room,
    )
    return Context(context.net, memory, context.work, context.recipe)


@inline
def learn(call, wide):
    """Learn the samples of a stretch; every thread runs this with its own ``work``.

    A batch larger than ``recipe.part`` is learned in parts, whose gradients are added up.
    """
    context, recipe, size = call.context, call.context.recipe, call.order.size
    if recipe.is_scaled:
        each_block(fold_block, context, 0, wide, ())  # at scale 1 this only adds up the squares
    add, sums = addition(), adding_up(context, call.sums)
    first, number, turn = 0, 0, 1
    while first < size:
        last = min(first + recipe.batch, size)
        share = np.float32(1.0) / np.float32(last - first)
        optimizer = prepare_step(recipe, call.rates[number], call.updates + number + 1)
        in_parts = last - first > recipe.part
        begin = first
        while begin < last:
            batch = Batch(call.data, call.order, begin, min(recipe.part, last - begin), recipe.as_pairs, turn)
            passes(context, batch, share, wide)
            if in_parts:
                update(sums, batch, add, wide)
            else:
                update(context, batch, optimizer, wide)
            begin += recipe.part
        if in_parts:
            apply(context, call.sums, optimizer, wide)
        if recipe.is_lazy:
            lazy.add_to_owed(context.work, context.memory.powers, turn, optimizer)
            turn += 1
            if turn > LATE or last == size:
                each_block(catch_up_block, context, 0, wide, (turn,))
                lazy.forget_owed(context.work)
                turn = 1
        first, number = last, number + 1
    if recipe.is_scaled:
        each_block(fold_block, context, 0, wide, ())
    return number


@inline
def infer(call, wide):
    """Run the forward pass over the samples first .. last of the order and write z_o."""
    context = call.context
    layer, begin = layer_of(context.net, context.net.depth - 1), call.first
    while begin < call.last:
        size, as_pairs = min(context.recipe.batch, call.last - begin), context.recipe.as_pairs
        batch = Batch(call.data, call.order, begin, size, as_pairs, 1)
        if not as_pairs:
            fetch_rows(context, batch)
        forward(context, batch, wide)
        for s in range(batch.size):
            for c in range(0, layer.width, LANES):
                z = load(context.memory.a, layer.a + s * layer.width + c, ONE)
                store(call.z_o, (begin + s) * layer.width + c, z)
        begin += batch.size
    return call.last


@inline
def are_finite(array, start, count):
    """Whether ``count`` numbers, up to a whole vector, are finite: 0 times a number that is not finite is not 0."""
    sums = splat(np.float32(0), ONE)
    for i in range(start, start + count, LANES):
        sums += load(array, i, ONE) * np.float32(0)
    return total(sums) == 0


@inline
def classify(call, wide):
    """Write the probabilities of one image and return its class, or -1 where it or the answer is not finite."""
    context, data, memory = call.context, call.data, call.context.memory
    data.offsets[1] = sparse.write_pairs(call.image, 0, call.length, data.pixels, data.values, 0)
    forward(context, Batch(data, call.order, np.int64(0), np.int64(1), True, 1), wide)
    layer = layer_of(context.net, context.net.depth - 1)
    if not (sparse.is_finite(call.image, 0, call.length) and are_finite(memory.a, layer.a, layer.width)):
        return -1
    best = 0
    for j in range(1, layer.units):
        if memory.a[layer.a + j] > memory.a[layer.a + best]:
            best = j
    write_probabilities(memory, layer, call.is_softmax)
    return best


@inline
def fill_pairs(call, wide):
    """Write the pairs of all images; the width of vectors does not matter."""
    sparse.write_all_pairs(call)
    return call.images
