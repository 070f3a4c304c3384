"""The records that kernels take: where all arrays are, and the values that stay the same over a stretch of an epoch.

Each record is described once, by its annotations. Callers of a kernel lay a record out as 64-bit words with
`Words`; kernels read the same words back into a record of the same name (kernels/reading.py). A field is an integer, a
float, a truth value, the address of an array, or another record, whose words take its place.
"""

import struct
from functools import cache
from typing import Annotated, Any, NamedTuple, get_args, get_type_hints

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Int64 = Annotated[Array, "int64"]
Float32 = Annotated[Array, "float32"]
Float64 = Annotated[Array, "float64"]
Byte = Annotated[Array, "uint8"]
Int32 = Annotated[Array, "int32"]
# The types of these depend on the form of the samples.
Pixel = Annotated[Array, "pixel"]
Value = Annotated[Array, "value"]
Entry = Annotated[Array, "entry"]
Image = Annotated[Array, "image"]


class Form(NamedTuple):
    """A form of samples that kernels are compiled for: the types of its numbers, and whether it has pairs."""

    name: str
    pixel: str
    value: str
    entry: str
    image: str
    is_sparse: bool = True

    def type_of(self, name: str) -> str:
        """Name the type of an array's elements."""
        return str(getattr(self, name, name))


FORMS = {
    form.name: form
    for form in (
        Form("bytes", "uint16", "uint8", "uint32", "uint8"),
        Form("floats", "uint32", "float32", "uint64", "float32"),
        Form("rows", "uint16", "uint8", "uint32", "uint8", is_sparse=False),
    )
}


class Layer(NamedTuple):
    """Where the numbers of a layer are: weights from ``w``, biases from ``b``, a batch of activations from ``a``.

    Weights are stored in blocks of ``block`` columns, and row after row within a block, so that numbers that a thread
    reads together are neighbours. Activations are stored in rows of ``width``, one row per sample.
    """

    rows: int
    width: int
    units: int
    w: int
    b: int
    a: int
    activation: int
    block: int


class Net(NamedTuple):
    """The ``depth`` layers of a network: the fields of `Layer`, one layer after the other."""

    layers: Int64
    depth: int


class Targets(NamedTuple):
    """The target outputs of every sample, which begin at ``first`` + ``per_label`` * label + ``per_sample`` * sample.

    Soft targets are a row for each sample. For labels, all samples share one array with a single 1 among zeros,
    and the kernel begins to read as many numbers before the 1 as the label says. So it reads both forms in the same
    way, without a branch.
    """

    array: Float32
    first: int
    per_label: int
    per_sample: int


class Data(NamedTuple):
    """Placed samples: pairs, which leave out zeros, or rows of floats in ``x``; and the ``labels`` of all samples.

    The values of pairs are uint8 for pixels and float32 for other data. ``weights`` is read only if samples have
    weights. With soft targets, the label is the largest one.
    """

    pixels: Pixel
    values: Value
    offsets: Int64
    x: Float32
    labels: Int64
    targets: Targets
    weights: Float32
    is_weighed: bool
    is_sparse: bool


class Target(NamedTuple):
    """The target of one sample: its label, and its target outputs, which begin at ``start`` in ``array``."""

    label: int
    array: Float32
    start: int


class Order(NamedTuple):
    """The numbers of the ``size`` samples of a stretch, in the order in which they are visited."""

    samples: Int64
    size: int


class Batch(NamedTuple):
    """``size`` samples of the data in memory: those that ``order`` lists, beginning at position ``begin``.

    ``as_pairs`` says whether the first layer reads their pairs or full rows made from them. ``turn``
    counts the updates since all rows caught up, from 1 (lazy.py).
    """

    data: Data
    order: Order
    begin: int
    size: int
    as_pairs: bool
    turn: int


class Matrix(NamedTuple):
    """A matrix within an array: entry (i, k) lies at ``start`` + i * ``row_step`` + k * ``column_step``."""

    array: Float32
    start: int
    row_step: int
    column_step: int


class Panel(NamedTuple):
    """A column block of a matrix, stored in an array row after row, beginning at ``start``."""

    array: Float32
    start: int


class Memory(NamedTuple):
    """Parameters with their slots, and memory for one batch, as flat arrays; `Layer` says where everything is.

    ``p`` holds the parameters, and ``m`` and ``v`` the optimizer's slots. For a batch, ``a`` holds z and then the
    activations, ``slope`` f'(z), ``delta`` the errors, ``x`` the samples as rows if they are not read as pairs, and
    ``o`` the outputs of one sample. ``counts`` and ``entries`` are the batch regrouped by pixel, with ``room`` entries
    for each pixel; ``scale`` and ``squares`` belong to the first layer's units (sparse.py), ``seen`` and ``powers`` to
    its rows (lazy.py). ``tally`` adds up the two losses and the right answers.
    """

    p: Float32
    m: Float32
    v: Float32
    a: Float32
    slope: Float32
    delta: Float32
    x: Float32
    o: Float32
    tally: Float64
    counts: Int64
    entries: Entry
    scale: Float32
    squares: Float32
    seen: Int64
    powers: Float32
    room: int


class Block(NamedTuple):
    """A column block: where it begins, and how many vectors it has."""

    column: int
    vectors: int


class Work(NamedTuple):
    """One thread's part: its column `Block`s, where those of each layer begin, its panel, and ``owed`` (lazy.py)."""

    blocks: Int64
    first: Int64
    panel: Float32
    owed: Float32
    arrived: Int64
    thread: int
    threads: int


class Recipe(NamedTuple):
    """The loss, the batch size (learned in parts of ``part`` samples), and the numbers of the optimizer and dropout.

    ``is_scaled`` says that the first layer's weights are learned with a scale beside them (sparse.py), ``is_lazy`` that
    its rows move with their momentum only when they are needed (lazy.py).
    """

    loss: int
    kind: int
    batch: int
    part: int
    as_pairs: bool
    by_sample: bool
    is_scaled: bool
    is_lazy: bool
    momentum: float
    beta2: float
    epsilon: float
    coupled: float
    decoupled: float
    longest: float
    key0: int
    key1: int
    thresholds: Int64
    factors: Float32


class Context(NamedTuple):
    """The input of the passes over every batch: the network, its memory, the thread's part and the recipe."""

    net: Net
    memory: Memory
    work: Work
    recipe: Recipe


class Learning(NamedTuple):
    """The input of `learn`. ``sums`` is like ``memory.p``, and adds up the gradients of the parts of a large batch."""

    context: Context
    data: Data
    order: Order
    sums: Float32
    rates: Float64
    updates: int


class Inference(NamedTuple):
    """The input of `infer`, which visits samples first .. last of the order, ``batch`` at a time, and writes z_o."""

    context: Context
    data: Data
    order: Order
    first: int
    last: int
    z_o: Float32


class Single(NamedTuple):
    """The input of `classify`: an image of ``length`` numbers, a multiple of `WORD`, and memory for its pairs."""

    context: Context
    data: Data
    order: Order
    image: Image
    length: int
    is_softmax: bool


class Images(NamedTuple):
    """The input of `fill_pairs`: ``images`` of ``length`` pixels each, and memory for all their pairs."""

    ink: Byte
    images: int
    length: int
    offsets: Int64
    pixels: Pixel
    values: Value


class Copies(NamedTuple):
    """The input of `distort`: images first .. last of ``side`` x ``side`` bytes, and where to write their copies.

    ``coefficients`` are six numbers per image, and ``smooth`` and ``bend`` are matrices, as in
    `mnist_nn.data.augmentation.Warp`; ``y`` and ``x`` are the places of the pixels, from the middle. ``row`` is the
    number of image 0 in its data set. The rest is working memory: ``padded`` and ``words`` for one image with a border,
    and ``noise``, ``half`` and ``bends`` for displacements, those of rows before those of columns.
    """

    images: Byte
    copies: Byte
    first: int
    last: int
    side: int
    row: int
    coefficients: Float32
    y: Float32
    x: Float32
    smooth: Float32
    bend: Float32
    is_elastic: bool
    key0: int
    key1: int
    padded: Int32
    words: Int32
    noise: Float32
    half: Float32
    bends: Float32


def fields(record: type) -> dict[str, Any]:
    """Return the fields of a record: `int`, `float`, `bool`, another record, or the name of an array's type."""
    hints = get_type_hints(record, include_extras=True)
    return {name: get_args(hint)[1] if get_args(hint) else hint for name, hint in hints.items()}


@cache
def _format(record: Any) -> str:
    codes = {int: "q", float: "d", bool: "q"}
    return "".join(
        codes[kind] if kind in codes else "Q" if isinstance(kind, str) else _format(kind)
        for kind in fields(record).values()
    )


def size_of(record: type) -> int:
    """Return how many words a record takes.

    Examples
    --------
    >>> size_of(Layer), size_of(Net), size_of(Context) > size_of(Memory)
    (8, 2, True)
    """
    return len(_format(record))


def _flatten(record: Any, words: list[Any]) -> list[Any]:
    for field in record:
        if isinstance(field, tuple):
            _flatten(field, words)
        elif isinstance(field, np.ndarray):
            words.append(field.__array_interface__["data"][0])  # in half the time that field.ctypes.data takes
        else:
            words.append(field)
    return words


class Words:
    """A record laid out as 64-bit words for a kernel, which receives their address.

    The record is kept with them, so that the arrays stay where they are for as long as the words do.

    Examples
    --------
    >>> words = Words(Block(64, 2))
    >>> words.array.tolist(), words.address == words.array.ctypes.data
    ([64, 2], True)
    """

    def __init__(self, record: NamedTuple) -> None:
        self.record = record
        packed = struct.pack(f"={_format(type(record))}", *_flatten(record, []))
        self.array = np.frombuffer(bytearray(packed), np.int64)
        self.address = self.array.ctypes.data
