"""The layout of a network in the compiled engine's memory, and the way there and back, in plain NumPy.

Every matrix has one row for each input. It is padded with zeros to whole vectors of units and cut into blocks of
columns, which are stored one after another. One flat array holds all parameters. Padding stays exactly zero: padded
units have activation 0 and error 0.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.engines.compiled.codes import ACTIVATIONS, LATE, TILE, WHOLE
from mnist_nn.engines.compiled.records import Form, Layer, Memory, Net, Work
from mnist_nn.engines.compiled.target import host
from mnist_nn.nn.config import NetworkConfig

Array = npt.NDArray[Any]
Table = npt.NDArray[np.int64]
CACHE_LINE = 64  # bytes


def widest(config: NetworkConfig) -> int:
    """Return the number of vectors in a wide column block: as many as fit the registers and the layers can fill."""
    vectors = -(-max(config.sizes[1:]) // host().lanes)
    if vectors == WHOLE.get(host().lanes):
        return vectors
    return min(host().vectors, 1 << int(math.log2(vectors)))


def pad(units: int, widest: int) -> int:
    """Round up to whole vectors or, if a layer is wider than the widest block, to whole blocks.

    Examples
    --------
    >>> pad(20, 4) % host().lanes, pad(800, 4) % (4 * host().lanes)
    (0, 0)
    """
    lanes = host().lanes
    size = lanes if units <= widest * lanes else widest * lanes
    return -(-units // size) * size


def align(size: int) -> Array:
    """Return float32 zeros that begin on a cache line, with one spare line at the end."""
    spare = CACHE_LINE // np.dtype(np.float32).itemsize
    raw = np.zeros(size + 2 * spare, np.float32)
    start = -raw.ctypes.data % CACHE_LINE // raw.itemsize
    return raw[start : start + size + spare]


def lay_out(config: NetworkConfig, batch: int, widest: int) -> Table:
    """Lay out all layers: int64 of shape (layers, 8), the fields of `Layer` in their order."""
    rows, at, activations, table, lanes = config.inputs, 0, 0, [], host().lanes
    for units, name in zip(config.sizes[1:], config.layer_activations, strict=True):
        width = pad(units, widest)
        block = widest * lanes if width % (widest * lanes) == 0 else lanes
        table.append((rows, width, units, at, at + rows * width, activations, ACTIVATIONS.get(name, 0), block))
        at, activations, rows = at + (rows + 1) * width, activations + batch * width, width
    return np.array(table, np.int64)


def make_flat(table: Table) -> Array:
    """Return memory for all parameters, or for one optimizer slot of each: one flat float32 array."""
    last = layers_of(table)[-1]
    return align(last.b + last.width)


def pack(table: Table, parameters: Sequence[Array], flat: Array | None = None) -> Array:
    """Write W1, b1, W2, b2, … into a flat array, by default a new one, and return it."""
    flat = make_flat(table) if flat is None else flat
    for layer, W, bias in zip(layers_of(table), parameters[0::2], parameters[1::2], strict=True):
        padded = np.zeros((layer.rows, layer.width), np.float32)
        padded[: W.shape[1], : layer.units] = W.T
        _blocks(layer, flat)[...] = padded.reshape(layer.rows, -1, layer.block).swapaxes(0, 1)
        flat[layer.b : layer.b + layer.units] = bias
    return flat


def unpack(table: Table, flat: Array, sizes: Sequence[int]) -> tuple[Array, ...]:
    """Read W1, b1, W2, b2, … from a flat array; ``sizes`` are those of the network."""
    found = []
    for layer, fan_in in zip(layers_of(table), sizes, strict=False):
        W = _blocks(layer, flat).swapaxes(0, 1).reshape(layer.rows, layer.width)[:fan_in, : layer.units]
        found += [np.ascontiguousarray(W.T), flat[layer.b : layer.b + layer.units].copy()]
    return tuple(found)


def net_of(table: Table) -> Net:
    """Return the table of layers in the form that kernels take."""
    return Net(table, len(table))


def layers_of(table: Table) -> list[Layer]:
    """Return the rows of a table of layers, with names."""
    return [Layer(*row) for row in table.tolist()]


def _blocks(layer: Layer, flat: Array) -> Array:
    """Return a view of a layer's weights, shape (blocks, rows, columns of a block)."""
    weights = flat[layer.w : layer.w + layer.rows * layer.width]
    return weights.reshape(layer.width // layer.block, layer.rows, layer.block)


def make_memory(
    table: Table,
    config: NetworkConfig,
    batch: int,
    flat: Array,
    slots: Sequence[Array],
    form: Form | None,
    powers: Array | None = None,
    *,
    sparse: bool,
) -> Memory:
    """Combine packed parameters and slots with memory for one batch.

    ``form`` is the form of the samples to learn; None is for forward passes only. ``powers`` are those of `powers_of`.
    """
    layers = layers_of(table)
    first, units = layers[0].width, batch * sum(layer.width for layer in layers)
    regrouped = config.inputs if sparse and form else 0
    m, v = [*slots, align(0), align(0)][:2]
    return Memory(
        p=flat,
        m=m,
        v=v,
        a=align(units),
        slope=align(units),
        delta=align(units if form else 0),
        x=align(0 if sparse else batch * config.inputs),
        o=align(layers[-1].width),
        tally=np.zeros(3),
        counts=np.zeros(regrouped, np.int64),
        entries=np.zeros(regrouped * (batch + 1), form.entry if form else np.uint32),
        scale=np.ones(first + host().lanes, np.float32),
        squares=align(first),
        seen=np.zeros(first // host().lanes * config.inputs if batch == 1 and form else 0, np.int64),
        powers=align(0) if powers is None else powers,
        room=batch + 1,
    )


def powers_of(momentum: float) -> Array:
    """Tabulate mu^n, for rows whose momentum is applied only when they are needed (kernels/lazy.py)."""
    rising = np.float32(momentum).astype(np.float64) ** np.arange(LATE + 1)
    return np.concatenate([rising, rising[:0:-1], np.zeros(2 * host().lanes)]).astype(np.float32)


def divide(table: Table, batch: int, threads: int, widest: int) -> list[Work]:
    """Divide the columns of every layer, in blocks of at most ``widest`` vectors, among the threads."""
    arrived = np.zeros(1, np.int64)
    layers = layers_of(table)
    deepest = max(batch, *(max(layer.rows, layer.width) for layer in layers))
    made = []
    for thread in range(threads):
        blocks, first = [], [0]
        for layer in layers:
            blocks += cut_columns(layer.width, widest)[thread::threads]
            first.append(len(blocks))
        panel = align((deepest + TILE) * host().lanes * widest)  # a tile of gradients lies behind it
        made.append(
            Work(
                blocks=np.array(blocks, np.int64).reshape(-1, 2),
                first=np.array(first, np.int64),
                panel=panel,
                owed=align(LATE),
                arrived=arrived,
                thread=thread,
                threads=threads,
            )
        )
    return made


def cut_columns(width: int, widest: int) -> list[tuple[int, int]]:
    """Cut a width into (column, vectors): first blocks of the largest size, then single vectors.

    Examples
    --------
    >>> lanes = host().lanes
    >>> cut_columns(6 * lanes, 4) == [(0, 4), (4 * lanes, 1), (5 * lanes, 1)]
    True
    """
    lanes = host().lanes
    size = widest * lanes
    whole = width - width % size
    return [(c, widest) for c in range(0, whole, size)] + [(c, 1) for c in range(whole, width, lanes)]
