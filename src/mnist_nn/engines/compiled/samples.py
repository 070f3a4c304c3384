"""Converts samples to the form that the kernels read: pairs, which leave out zeros, or rows of floats.

Pixels become pairs of (pixel number, byte), and a sparse matrix pairs of (column, float); nothing is made dense.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.engines.base import as_rows, is_csr
from mnist_nn.engines.compiled import native
from mnist_nn.engines.compiled.codes import SPARE
from mnist_nn.engines.compiled.records import FORMS, Data, Form, Images, Targets, Words
from mnist_nn.engines.compiled.target import host

Array = npt.NDArray[Any]
DENSE_BATCH, DENSE_INK = 24, 0.43  # measured: from here on, batches of images are quicker as dense products


@dataclass(frozen=True, eq=False)
class Placed:
    """Samples as pairs or as rows of floats; ``classes`` is the shape of a soft target, empty for labels."""

    data: Data
    form: Form
    inputs: int
    size: int
    classes: tuple[int, ...] = ()

    def __len__(self) -> int:
        return self.size


def place(x: Any, t: Array | None = None, weights: Array | None = None, labels: Array | None = None) -> Placed:
    """See `mnist_nn.engines.base.Engine.place`."""
    rows, labels = as_rows(x), _labels(t if labels is None else labels)
    form = form_of(x)
    if is_csr(x):
        data = _pairs_of_floats(rows, labels)
    elif rows.dtype == np.uint8:
        data = _pairs_of_bytes(rows, labels, form)
    else:
        data = _floats(rows, labels)
    if t is not None and t.ndim > 1:
        data = data._replace(targets=_soft(t))
    if weights is not None:
        data = data._replace(weights=plain(weights, np.float32), is_weighed=True)
    return Placed(data, form, rows.shape[1], rows.shape[0], () if t is None else t.shape[1:])


def form_of(x: Any) -> Form:
    """Return the form that samples are placed in."""
    if x.dtype == np.uint8:
        return form_of_bytes(math.prod(x.shape[1:]))
    return FORMS["floats" if is_csr(x) else "rows"]


def form_of_bytes(inputs: int) -> Form:
    """Return the form of images; if the numbers of their pixels take more than 16 bits, the values are floats too."""
    return FORMS["bytes" if inputs <= 2**16 else "floats"]


def plain(numbers: Array, dtype: npt.DTypeLike = np.int64) -> Array:
    """Return a contiguous array of one type, as kernels read it."""
    with np.errstate(over="ignore"):  # what is too large for float32 is said in words, when the run diverges
        return np.require(numbers, dtype, ["C"])


def _labels(t: Array | None) -> Array:
    if t is None:
        return np.zeros(0, np.int64)
    return plain(t if t.ndim == 1 else t.argmax(axis=1))


def _soft(t: Array) -> Targets:
    """Pad soft targets to whole vectors, with a row after the last, because a layer may be padded further."""
    width = -(-t.shape[1] // host().lanes) * host().lanes
    padded = np.zeros((len(t) + 1, width), np.float32)
    padded[:-1, : t.shape[1]] = t
    return Targets(padded.reshape(-1), 0, 0, width)


def with_labels(data: Data, width: int) -> Data:
    """Make one-hot targets of the labels, for an output layer that is padded to this width."""
    array = np.zeros(2 * width, np.float32)
    array[width] = 1
    return data._replace(targets=Targets(array, width, -1, 0))


def _pairs_of_bytes(rows: Array, labels: Array, form: Form) -> Data:
    """Take images apart into pairs."""
    ink = np.ascontiguousarray(rows)
    # Room for images full of ink: what is never written to takes up addresses, not memory.
    data = _make_pairs(ink.size + len(ink) + SPARE, len(rows), labels, form, np.empty)
    images = Words(Images(ink, len(ink), ink.shape[1], data.offsets, data.pixels, data.values))
    native.load("fill_pairs", form.name)(images)
    data.pixels[data.offsets[-1] :][:SPARE] = 0
    return data


def make_room(inputs: int, most: int, form: Form) -> Data:
    """Make room for the pairs of up to ``most`` images that arrive later, however much ink they have."""
    room = most * (inputs + inputs % 2) + SPARE  # an image has an even number of pairs
    return _make_pairs(room, most, np.zeros(most, np.int64), form, np.zeros)


def _make_pairs(room: int, count: int, labels: Array, form: Form, make: Callable[..., Array]) -> Data:
    pixels, values = make(room, np.dtype(form.pixel)), make(room, np.dtype(form.value))
    return _NOTHING._replace(
        pixels=pixels, values=values, offsets=np.zeros(count + 1, np.int64), labels=labels, is_sparse=True
    )


def _pairs_of_floats(rows: Any, labels: Array) -> Data:
    """Copy the entries of a sparse matrix, and make their number even in every row."""
    if not rows.has_canonical_format:
        rows = rows.copy()
        rows.sum_duplicates()
    lengths = np.diff(rows.indptr).astype(np.int64)
    offsets = np.concatenate([[0], np.cumsum(lengths + lengths % 2)])
    at = np.arange(rows.nnz) + np.repeat(offsets[:-1] - rows.indptr[:-1], lengths)
    data = _make_pairs(int(offsets[-1]) + SPARE, len(lengths), labels, FORMS["floats"], np.zeros)
    data.pixels[at], data.values[at] = rows.indices, rows.data
    return data._replace(offsets=offsets)


def _floats(rows: Array, labels: Array) -> Data:
    return _NOTHING._replace(x=plain(rows, np.float32), labels=labels)


def reads_pairs(data: Data, count: int, inputs: int, batch: int) -> bool:
    """Say whether visiting only the ink of ``count`` samples beats dense products, 3 times faster per pixel."""
    return data.is_sparse and (batch < DENSE_BATCH or int(data.offsets[count]) < DENSE_INK * count * inputs)


_NONE = np.zeros(0, np.float32)
# Every target is a label, and how wide it is, the network says; every sample weighs 1.
_NOTHING = Data(_NONE, _NONE, _NONE, _NONE, _NONE, Targets(_NONE, 0, 0, 0), _NONE, is_weighed=False, is_sparse=False)
