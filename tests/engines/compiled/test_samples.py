"""Samples as the kernels read them: pairs that stand for the same numbers, and nothing made dense."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from mnist_nn.engines.compiled import layout, samples
from mnist_nn.engines.compiled.records import Data

Array = npt.NDArray[Any]
IMAGES = arrays.arrays(
    np.uint8,
    arrays.array_shapes(min_dims=2, max_dims=3, max_side=12),
    elements=st.sampled_from([0, 0, 0, 1, 128, 255]),
)


def as_dense(data: Data, inputs: int) -> Array:
    """Put pairs back into rows."""
    rows = np.zeros((len(data.offsets) - 1, inputs), data.values.dtype)
    for s, (first, last) in enumerate(zip(data.offsets[:-1], data.offsets[1:], strict=True)):
        assert (last - first) % 2 == 0, "the kernels take pairs two by two"
        np.add.at(rows[s], data.pixels[first:last], data.values[first:last])
    return rows


@settings(max_examples=50)
@given(IMAGES)
def test_pairs_of_pixels_are_the_images(images: Array) -> None:
    rows = images.reshape(len(images), -1)
    placed = samples.place(images)
    assert (len(placed), placed.inputs) == rows.shape
    assert placed.data.is_sparse
    np.testing.assert_array_equal(as_dense(placed.data, placed.inputs), rows)
    ink = np.count_nonzero(rows, axis=1)
    assert np.diff(placed.data.offsets).tolist() == (ink + ink % 2).tolist()


def test_pairs_of_a_sparse_matrix_are_its_entries() -> None:
    matrix = scipy.sparse.random_array((40, 33), density=0.2, format="csr", dtype=np.float32, rng=1)
    untidy = scipy.sparse.csr_array(
        (np.repeat(matrix.data / 2, 2), np.repeat(matrix.indices, 2), 2 * matrix.indptr), shape=matrix.shape
    )
    for given_ in (matrix, untidy):
        placed = samples.place(given_)
        assert placed.data.values.dtype == np.float32
        np.testing.assert_array_equal(as_dense(placed.data, 33), matrix.toarray())
    assert untidy.nnz == 2 * matrix.nnz, "what is given stays as it is"


def test_nothing_sparse_is_made_dense() -> None:
    count, wide = 400, 60_000  # dense, this would be 96 MB
    rows = scipy.sparse.random_array((count, wide), density=0.0005, format="csr", dtype=np.float32, rng=1)
    placed = samples.place(rows, np.arange(count) % 2)
    assert sum(array.nbytes for array in placed.data[:4]) < 200_000


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_floats_stay_rows(dtype: npt.DTypeLike) -> None:
    x = np.random.default_rng(0).random((5, 2, 3)).astype(dtype)
    placed = samples.place(x, np.arange(5, dtype=np.uint8), np.ones(5))
    assert not placed.data.is_sparse
    assert (len(placed), placed.inputs, placed.data.x.dtype) == (5, 6, np.float32)
    np.testing.assert_array_equal(placed.data.x, x.reshape(5, 6).astype(np.float32))
    assert (placed.data.labels.dtype, placed.data.labels.tolist()) == (np.int64, [0, 1, 2, 3, 4])
    assert (placed.data.weights.dtype, placed.data.weights.size) == (np.float32, 5)


def test_labels_and_weights_may_be_missing() -> None:
    data = samples.place(np.zeros((3, 4), np.uint8)).data
    assert (data.labels.size, data.weights.size) == (0, 0)


def test_soft_targets_are_whole_vectors_and_their_label_is_the_greatest() -> None:
    t = np.random.default_rng(0).dirichlet(np.ones(18), 5)
    placed = samples.place(np.zeros((5, 4), np.uint8), t)
    width = layout.pad(18, 1)
    targets, rows = placed.data.targets, placed.data.targets.array.reshape(-1, width)
    assert (placed.classes, targets.array.dtype, targets.per_sample, targets.per_label) == ((18,), np.float32, width, 0)
    np.testing.assert_array_equal(rows[:5, :18], t.astype(np.float32))
    assert not rows[:5, 18:].any()
    assert not rows[5:].any(), "a layer padded to wider blocks may read on past the last row"
    assert placed.data.labels.tolist() == t.argmax(axis=1).tolist()


def test_labels_become_one_hot_targets_as_wide_as_the_layer() -> None:
    data = samples.with_labels(samples.place(np.zeros((3, 4), np.uint8), np.array([0, 5, 15])).data, 16)
    array, first, per_label, per_sample = data.targets
    assert per_sample == 0
    for label in data.labels:
        start = first + per_label * label
        np.testing.assert_array_equal(array[start : start + 16], np.eye(16)[label])


def test_an_array_of_any_kind_becomes_one_that_kernels_read() -> None:
    read_only = np.arange(6)
    read_only.flags.writeable = False
    for given_ in (read_only, np.arange(12)[::2], np.arange(6, dtype=np.uint8)):
        found = samples.plain(given_)
        assert (found.dtype, found.flags["C_CONTIGUOUS"]) == (np.int64, True)
        np.testing.assert_array_equal(found, given_)


@pytest.mark.parametrize(("inputs", "dtype"), [(65_536, np.uint16), (65_537, np.uint32)])
def test_pixel_numbers_are_as_short_as_they_may_be(inputs: int, dtype: npt.DTypeLike) -> None:
    image = np.zeros((1, inputs), np.uint8)
    image[0, -1] = 51
    for data in (samples.make_room(inputs, 1, samples.form_of_bytes(inputs)), samples.place(image).data):
        assert data.pixels.dtype == dtype
    assert data.pixels[0] == inputs - 1
    assert data.values[0] == (51 if dtype == np.uint16 else np.float32(0.2)), "wide images are pairs of floats"


def test_columns_of_a_sparse_matrix_may_be_many() -> None:
    rows = scipy.sparse.csr_array(([1.0], ([0], [99_999])), shape=(1, 100_000), dtype=np.float32)
    data = samples.place(rows).data
    assert (data.pixels.dtype, data.pixels[0]) == (np.uint32, 99_999)


@pytest.mark.parametrize("inputs", [5, 30])
def test_room_is_enough_for_images_full_of_ink(inputs: int) -> None:
    room, full = (
        samples.make_room(inputs, 4, samples.form_of_bytes(inputs)),
        samples.place(np.full((4, inputs), 255, np.uint8)).data,
    )
    assert room.pixels.size >= full.offsets[-1]
    assert room.values.size >= full.offsets[-1]
    assert (room.offsets.size, room.pixels.dtype) == (5, full.pixels.dtype)


def test_pairs_are_read_where_there_is_little_ink_or_few_samples() -> None:
    blank, full = np.zeros((50, 20), np.uint8), np.full((50, 20), 9, np.uint8)
    for images, batch, expected in [(blank, 500, True), (full, 500, False), (full, 1, True)]:
        placed = samples.place(images)
        assert samples.reads_pairs(placed.data, 50, 20, batch) == expected
    floats = samples.place(blank.astype(np.float32)).data
    assert not samples.reads_pairs(floats, 50, 20, 1)
