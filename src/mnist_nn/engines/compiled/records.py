"""The records that kernels are given: where everything lies, and what stays the same over a stretch of an epoch.

Numba reads named tuples as it reads tuples, at no cost, so kernels can say what they mean.
"""

from typing import Any, NamedTuple

from mnist_nn.engines.compiled.jit import inline
from mnist_nn.engines.compiled.simd.vector import peek


class Layer(NamedTuple):
    """Where a layer's numbers lie: weights from ``w``, biases from ``b``, a batch of activations from ``a``.

    Weights lie block after block of ``block`` columns, and in each block row after row: what a thread reads together
    lies together. Activations lie row after row of ``width``, one row per sample.
    """

    rows: int
    width: int
    units: int
    w: int
    b: int
    a: int
    activation: int
    block: int


class Data(NamedTuple):
    """Placed samples: pairs where zeros are left out, or rows of floats in ``x``; ``labels`` of all.

    The values of pairs are uint8 for pixels and float32 for other data, and ``weights`` is empty where all samples
    weigh the same.
    """

    pixels: Any
    values: Any
    offsets: Any
    x: Any
    labels: Any
    weights: Any
    is_sparse: bool


class Batch(NamedTuple):
    """``size`` samples of placed data, those whose numbers stand in ``order`` from ``begin`` on."""

    data: Any
    order: Any
    begin: int
    size: int


class Matrix(NamedTuple):
    """A matrix within an array: entry (i, k) lies at ``start`` + i * ``row_step`` + k * ``column_step``."""

    array: Any
    start: int
    row_step: int
    column_step: int


class Panel(NamedTuple):
    """A column block of a matrix within an array, its rows side by side from ``start`` on."""

    array: Any
    start: int


class Memory(NamedTuple):
    """Parameters with their slots, and room for one batch. Flat arrays; `Layer` says what lies where.

    ``p`` holds the parameters, ``m`` and ``v`` the optimizer's slots. Of a batch, ``a`` holds z and then activations,
    ``slope`` f'(z), ``delta`` the errors, ``x`` the samples as rows where they are not read as pairs, ``o`` the outputs
    of one sample. ``counts`` and ``entries`` are the batch regrouped by pixel, with ``room`` entries for each pixel;
    ``scale`` and ``squares`` belong to the first layer's units (sparse.py). ``tally`` adds up two losses and successes.
    """

    p: Any
    m: Any
    v: Any
    a: Any
    slope: Any
    delta: Any
    x: Any
    o: Any
    tally: Any
    counts: Any
    entries: Any
    scale: Any
    squares: Any
    room: int


class Work(NamedTuple):
    """One thread's part: its column blocks (layer, column, vectors), where each layer's begin, and its panel."""

    blocks: Any
    first: Any
    panel: Any
    arrived: Any
    thread: int
    threads: int


class Recipe(NamedTuple):
    """The loss, the batch size (learned in parts of ``part`` samples), the numbers of optimiser and dropout."""

    loss: int
    kind: int
    batch: int
    part: int
    as_pairs: bool
    by_sample: bool
    momentum: float
    beta2: float
    epsilon: float
    coupled: float
    decoupled: float
    longest: float
    key0: int
    key1: int
    thresholds: Any
    factors: Any


@inline
def layer_of(table, k):
    """Row k of the table of layers."""
    return Layer(table[k, 0], table[k, 1], table[k, 2], table[k, 3], table[k, 4], table[k, 5], table[k, 6], table[k, 7])


@inline
def sample_number(batch, s):
    """The number of the batch's sample s among all placed samples."""
    return peek(batch.order, batch.begin + s)
