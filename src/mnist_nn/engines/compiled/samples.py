"""Samples in the form that the kernels read: pairs where zeros are left out, or rows of floats.

Pixels become pairs of (pixel number, byte), and a sparse matrix pairs of (column, float); nothing is made dense.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.engines.base import as_rows, is_csr
from mnist_nn.engines.compiled import jit, sparse
from mnist_nn.engines.compiled.records import Data

Array = npt.NDArray[Any]
DENSE_BATCH, DENSE_INK = 24, 0.43  # measured: from here on, batches of images are quicker as dense products


@dataclass(frozen=True, eq=False)
class Placed:
    """Samples as pairs or as rows of floats."""

    data: Data
    inputs: int

    def __len__(self) -> int:
        return len(self.data.offsets) - 1 if self.data.is_sparse else len(self.data.x)


def place(x: Any, t: Array | None = None, weights: Array | None = None) -> Placed:
    """See `mnist_nn.engines.base.Engine.place`."""
    rows, labels = as_rows(x), np.zeros(0, np.int64) if t is None else plain(t)
    if is_csr(x):
        data = _pairs_of_floats(rows, labels)
    else:
        data = pairs_of_bytes(rows, labels) if rows.dtype == np.uint8 else _floats(rows, labels)
    if weights is not None:
        data = data._replace(weights=plain(weights, np.float32))
    return Placed(data, rows.shape[1])


def plain(numbers: Array, dtype: npt.DTypeLike = np.int64) -> Array:
    """Return one writable piece of one type: an array of any other kind would be another type to compile for."""
    return np.require(numbers, dtype, ["C", "W"])


def words_of(rows: Array) -> Array:
    """View bytes as words of eight, padded with zeros where they do not come out even."""
    rest = -rows.shape[1] % 8
    whole = np.pad(rows, ((0, 0), (0, rest))) if rest else np.ascontiguousarray(rows)
    return whole.view("<u8")


def pairs_of_bytes(rows: Array, labels: Array) -> Data:
    """Take images apart into pairs."""
    words, offsets = words_of(rows), np.zeros(len(rows) + 1, np.int64)
    # Room for images full of ink: what is never written to takes up addresses, not memory.
    room = words.size * 8 + sparse.SPARE
    pixels = np.empty(room, _number_type(rows.shape[1]))
    values = np.empty(room, np.uint8)
    jit.run(sparse.fill_pairs, words, offsets, pixels, values)
    pixels[offsets[-1] :][: sparse.SPARE] = 0
    return Data(pixels, values, offsets, np.zeros((0, 0), np.float32), labels, _EQUAL, is_sparse=True)


def make_room(inputs: int, most: int) -> Data:
    """Room for the pairs of up to ``most`` images that come later, however much ink they have."""
    room = most * (inputs + inputs % 2) + sparse.SPARE  # an image has an even number of pairs
    offsets, labels = np.zeros(most + 1, np.int64), np.zeros(most, np.int64)
    pixels, values = np.zeros(room, _number_type(inputs)), np.zeros(room, np.uint8)
    return Data(pixels, values, offsets, np.zeros((0, 0), np.float32), labels, _EQUAL, is_sparse=True)


def _pairs_of_floats(rows: Any, labels: Array) -> Data:
    """Copy the entries of a sparse matrix, and make their number even in every row."""
    if not rows.has_canonical_format:
        rows = rows.copy()
        rows.sum_duplicates()
    lengths = np.diff(rows.indptr).astype(np.int64)
    offsets = np.concatenate([[0], np.cumsum(lengths + lengths % 2)])
    at = np.arange(rows.nnz) + np.repeat(offsets[:-1] - rows.indptr[:-1], lengths)
    pixels = np.zeros(offsets[-1] + sparse.SPARE, _number_type(rows.shape[1]))
    values = np.zeros(len(pixels), np.float32)
    pixels[at], values[at] = rows.indices, rows.data
    return Data(pixels, values, offsets, np.zeros((0, 0), np.float32), labels, _EQUAL, is_sparse=True)


def _floats(rows: Array, labels: Array) -> Data:
    none = np.zeros(0, np.uint8)
    x = plain(rows, np.float32)
    return Data(none.astype(np.uint16), none, np.zeros(1, np.int64), x, labels, _EQUAL, is_sparse=False)


def _number_type(inputs: int) -> npt.DTypeLike:
    return np.uint32 if inputs > 2**16 else np.uint16


def reads_pairs(data: Data, count: int, inputs: int, batch: int) -> bool:
    """Whether visiting only the ink of ``count`` samples beats dense products, a third of the time a pixel."""
    return data.is_sparse and (batch < DENSE_BATCH or data.offsets[count] < DENSE_INK * count * inputs)


_EQUAL = np.zeros(0, np.float32)  # every sample weighs 1
