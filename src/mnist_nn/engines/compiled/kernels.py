"""The passes of one batch, and the loop over batches: the same equations as ``engines/reference.py``.

Numbers in brackets are that file's. All layers run through the same code, whatever their number and width, so that
one compilation serves every network. Columns are taken in blocks of one vector or of ``wide`` ones, a tuple whose
length is their number. Work is divided by columns: a thread computes its own columns of every layer, whole sums in a
fixed order, and so the result does not depend on the number of threads.
"""

import numpy as np

from mnist_nn.engines.compiled import dense, sparse
from mnist_nn.engines.compiled.jit import inline, kernel
from mnist_nn.engines.compiled.records import layer_of, rule_of
from mnist_nn.engines.compiled.rules import SGD, Rule, descend, limit_norms
from mnist_nn.engines.compiled.simd import LANES, ONE, load, peek, splat, store
from mnist_nn.engines.compiled.threads import meet
from mnist_nn.engines.compiled.units import activate, drop, is_unit, judge, output_error, outputs


@inline
def without_decay(rule):
    """The same rule for biases, which do not decay."""
    zero, one = np.float32(0), np.float32(1)
    return Rule(rule.kind, rule.eta, rule.momentum, rule.beta2, rule.fresh, rule.fresh2, rule.epsilon, rule.root,
                zero, one, zero)  # fmt: skip


@inline
def forward_block(table, k, data, memory, work, recipe, order, begin, count, column, columns):
    """z and a of one column block of layer k, for all samples of the batch."""
    layer = layer_of(table, k)
    is_output = k == table.shape[0] - 1
    if k == 0 and recipe.as_pairs:
        sparse.forward(memory, layer, data, order, begin, count, column, columns)
    else:
        fed, start = memory.a, np.int64(0)
        if k == 0:
            fed = memory.x
        else:
            start = np.int64(table[k - 1, 5])
        bias = load(memory.p, layer.b + column, columns)
        dense.multiply(fed, start, layer.rows, 1, count, layer.rows, memory.p, layer.w + column * layer.rows, bias,
                       memory.a, layer.a + column, layer.width, columns)  # fmt: skip
    if not is_output:
        real = is_unit(column, layer.units, columns)
        for s in range(count):
            i = layer.a + s * layer.width + column
            activate(memory, i, layer.activation, real, columns)
            if recipe.thresholds[k] > 0:
                dropout = (recipe.key0, recipe.key1, recipe.thresholds[k], recipe.factors[k])
                drop(memory, i, column, k, peek(order, begin + s), dropout, columns)


@inline
def backward_block(table, k, memory, work, count, column, columns):
    """(BP2) delta of one column block of layer k from that of layer k + 1."""
    layer, above = layer_of(table, k), layer_of(table, k + 1)
    dense.multiply_transposed(memory.delta, above.a, count, memory.p, above, column,
                              memory.delta, layer.a + column, layer.width, work.panel, columns)  # fmt: skip
    for s in range(count):
        i = layer.a + s * layer.width + column
        store(memory.delta, i, load(memory.delta, i, columns) * load(memory.slope, i, columns))


@inline
def update_block(table, k, data, memory, work, recipe, rule, order, begin, count, column, columns):
    """(BP3) and (BP4): the gradients of one column block of layer k, and the rule applied to its parameters."""
    layer = layer_of(table, k)
    longest = rule.longest if k < table.shape[0] - 1 else np.float32(0)
    bias = splat(np.float32(0), columns)
    for s in range(count):
        bias += load(memory.delta, layer.a + s * layer.width + column, columns)
    descend(memory, layer.b + column, bias, without_decay(rule), columns)
    if k == 0 and recipe.by_sample:
        sparse.descend_scaled(memory, layer, data, order, begin, count, rule, longest, column, columns)
        return
    if k == 0 and recipe.as_pairs:
        everywhere = rule.kind != SGD or rule.coupled > 0
        dense.pack(work.panel, memory.delta, layer.a + column, layer.width, count, columns)
        sparse.update_by_pixel(memory, layer, rule, column, everywhere, work.panel, columns)
    else:
        dense_update(table, k, memory, work, rule, count, column, columns)
    if longest > 0:
        limit_norms(memory.p, layer.w + column * layer.rows, layer.rows, longest, columns)


@inline
def dense_update(table, k, memory, work, rule, count, column, columns):
    """(BP4) for a layer whose inputs lie as rows: the product of their transpose with delta, a tile at a time."""
    layer, panel = layer_of(table, k), work.panel
    fed, start = memory.x, np.int64(0)
    if k > 0:
        fed, start = memory.a, np.int64(table[k - 1, 5])
    zero, step = splat(np.float32(0), columns), LANES * len(columns)
    dense.pack(panel, memory.delta, layer.a + column, layer.width, count, columns)
    block, gradients = layer.w + column * layer.rows, count * step
    if count == 1:
        line = load(panel, 0, columns)
        for j in range(layer.rows):
            descend(memory, block + j * step, line * peek(fed, start + j), rule, columns)
        return
    for j in range(0, layer.rows, dense.TILE):
        rows = min(dense.TILE, layer.rows - j)
        dense.multiply(fed, start + j, 1, layer.rows, rows, count, panel, 0, zero, panel, gradients, step, columns)
        for r in range(rows):
            descend(memory, block + (j + r) * step, load(panel, gradients + r * step, columns), rule, columns)


@inline
def forward(table, data, memory, work, recipe, order, begin, count, wide):
    """Run the forward pass over this thread's columns of every layer."""
    for k in range(table.shape[0]):
        for n in range(work.first[k], work.first[k + 1]):
            column, vectors = work.blocks[n, 0], work.blocks[n, 1]
            if vectors == 1:
                forward_block(table, k, data, memory, work, recipe, order, begin, count, column, ONE)
            else:
                forward_block(table, k, data, memory, work, recipe, order, begin, count, column, wide)
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
def update(table, data, memory, work, recipe, rule, order, begin, count, wide):
    """Update this thread's columns of every layer."""
    for k in range(table.shape[0]):
        for n in range(work.first[k], work.first[k + 1]):
            column, vectors = work.blocks[n, 0], work.blocks[n, 1]
            if vectors == 1:
                update_block(table, k, data, memory, work, recipe, rule, order, begin, count, column, ONE)
            else:
                update_block(table, k, data, memory, work, recipe, rule, order, begin, count, column, wide)
    meet(work.arrived, work.threads)


@inline
def errors(table, data, memory, recipe, order, begin, count, share):
    """(BP1) delta of the output layer, times ``share``, one over the size of the batch; the losses are added up."""
    layer = layer_of(table, table.shape[0] - 1)
    for s in range(count):
        i, sample, weight = layer.a + s * layer.width, peek(order, begin + s), np.float32(1)
        label = peek(data.labels, sample)
        if data.weights.size > 0:
            weight = peek(data.weights, sample)
        judge(memory.a, i, layer.units, layer.width, label, recipe.loss, weight, memory.o, memory.tally)
        output_error(memory.o, memory.delta, i, layer.units, layer.width, label, recipe.loss, share * weight)


@inline
def fetch_rows(table, data, memory, order, begin, count):
    """Put a batch together as rows of floats, for products of dense matrices."""
    inputs = np.int64(table[0, 0])
    for s in range(count):
        sample, row = peek(order, begin + s), s * inputs
        if data.is_sparse:
            sparse.expand(memory.x, row, inputs, data, sample)
        else:
            for i in range(inputs):
                memory.x[row + i] = data.x[sample, i]


@inline
def passes(table, data, memory, work, recipe, order, begin, count, share, wide):
    """Both passes over one batch, or over a part of one: delta of every layer."""
    if work.thread == work.threads - 1:
        if not recipe.as_pairs:
            fetch_rows(table, data, memory, order, begin, count)
        elif not recipe.by_sample:
            sparse.by_pixel(memory, data, order, begin, count)
    if not recipe.as_pairs:
        meet(work.arrived, work.threads)
    forward(table, data, memory, work, recipe, order, begin, count, wide)
    if work.thread == 0:
        errors(table, data, memory, recipe, order, begin, count, share)
    meet(work.arrived, work.threads)
    backward(table, memory, work, count, wide)


@inline
def apply_block(table, k, memory, sums, rule, column, columns):
    """Apply the rule to the gradients of one column block that were added up over the parts of a large batch."""
    layer = layer_of(table, k)
    step, zero = LANES * len(columns), splat(np.float32(0), columns)
    block = layer.w + column * layer.rows
    for i in range(block, block + layer.rows * step, step):
        descend(memory, i, load(sums.p, i, columns), rule, columns)
        store(sums.p, i, zero)
    descend(memory, layer.b + column, load(sums.p, layer.b + column, columns), without_decay(rule), columns)
    store(sums.p, layer.b + column, zero)
    if rule.longest > 0 and k < table.shape[0] - 1:
        limit_norms(memory.p, block, layer.rows, rule.longest, columns)


@inline
def apply(table, memory, sums, work, rule, wide):
    """Finish a batch that was learned in parts, over this thread's columns of every layer."""
    for k in range(table.shape[0]):
        for n in range(work.first[k], work.first[k + 1]):
            column, vectors = work.blocks[n, 0], work.blocks[n, 1]
            if vectors == 1:
                apply_block(table, k, memory, sums, rule, column, ONE)
            else:
                apply_block(table, k, memory, sums, rule, column, wide)
    meet(work.arrived, work.threads)


@kernel
def learn(table, data, memory, sums, work, recipe, order, rates, updates, wide):
    """Learn the samples of a stretch; every thread runs this with its own ``work``.

    A batch larger than ``recipe.part`` is learned in parts, whose gradients are added up in ``sums``: the same memory
    with other parameters, on which plain SGD at rate -1 is an addition.
    """
    zero = np.float32(0)
    add = Rule(SGD, np.float32(-1), zero, zero, zero, zero, zero, zero, zero, np.float32(1), zero)
    for u in range(rates.size):
        first = u * recipe.batch
        last = min(first + recipe.batch, order.size)
        share = np.float32(1.0) / np.float32(last - first)
        rule = rule_of(recipe, rates[u], updates + u + 1)
        in_parts = last - first > recipe.part
        for begin in range(first, last, recipe.part):
            count = min(recipe.part, last - begin)
            passes(table, data, memory, work, recipe, order, begin, count, share, wide)
            if in_parts:
                update(table, data, sums, work, recipe, add, order, begin, count, wide)
            else:
                update(table, data, memory, work, recipe, rule, order, begin, count, wide)
        if in_parts:
            apply(table, memory, sums, work, rule, wide)


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
        count = min(recipe.batch, last - begin)
        if not recipe.as_pairs:
            fetch_rows(table, data, memory, order, begin, count)
        forward(table, data, memory, work, recipe, order, begin, count, wide)
        for s in range(count):
            for c in range(0, layer.width, LANES):
                line = load(memory.a, layer.a + s * layer.width + c, ONE)
                store(z_o, (begin + s) * layer.width + c, line)


@kernel
def look(table, data, memory, work, recipe, words, is_softmax, wide):
    """Write the probabilities of one image to memory.o and return its class."""
    data.offsets[1] = sparse.write_pairs(words, 0, data.pixels, data.values, 0)
    forward(table, data, memory, work, recipe, data.labels, 0, 1, wide)
    layer = layer_of(table, table.shape[0] - 1)
    answer = 0
    for j in range(1, layer.units):
        if memory.a[layer.a + j] > memory.a[layer.a + answer]:
            answer = j
    outputs(memory.a, layer.a, layer.units, layer.width, is_softmax, memory.o)
    return answer
