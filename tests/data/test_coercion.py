"""What `Samples` takes besides exactly the arrays that it holds."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from mnist_nn.data import Samples
from mnist_nn.data.coercion import as_images, as_labels, as_weights
from mnist_nn.errors import DataError

PICTURES = arrays.arrays(np.uint8, (2, 5, 5))


@given(PICTURES, st.sampled_from([np.int16, np.int32, np.int64, np.uint16, np.uint64]))
def test_bytes_in_a_wider_type_and_flat_rows_are_the_same_pictures(pictures: Any, kind: Any) -> None:
    if pictures.max() != 1:  # which may mean something else
        np.testing.assert_array_equal(as_images(pictures.astype(kind)), pictures)
        np.testing.assert_array_equal(as_images(pictures.reshape(2, 25).tolist()), pictures)
    np.testing.assert_array_equal(as_images(pictures.reshape(2, 25)), pictures)
    np.testing.assert_array_equal(as_images(pictures[:, None]), pictures)


def test_rows_of_pixels_that_are_no_square_are_pictures_of_one_row() -> None:
    assert as_images(np.zeros((3, 12), np.uint8)).shape == (3, 1, 12)


def test_pictures_of_floats_are_rows_and_halves_become_singles() -> None:
    images = np.arange(8, dtype=np.float16).reshape(2, 2, 2)
    found = as_images(images)
    assert (found.shape, found.dtype) == ((2, 4), np.float32)
    np.testing.assert_array_equal(found, images.reshape(2, 4))


@pytest.mark.parametrize("images", [np.zeros((2, 28, 28), np.uint8), np.zeros((2, 5)), np.zeros((2, 5), np.float32)])
def test_what_has_the_form_is_not_copied(images: npt.NDArray[Any]) -> None:
    labels, weights = np.array([0, 1]), np.array([1.0, 2.0])
    samples = Samples(images, labels, weights)
    assert samples.images is images
    assert samples.labels is labels
    assert samples.weights is weights


@given(arrays.arrays(np.int64, 4, elements=st.integers(0, 65_535)))
def test_labels_of_any_integers_and_of_whole_floats_are_int64(labels: npt.NDArray[np.int64]) -> None:
    for given_labels in (labels.astype(np.uint16), labels.astype(float), labels[:, None], labels.tolist()):
        found = as_labels(given_labels)
        assert found.dtype == np.int64
        np.testing.assert_array_equal(found, labels)


@pytest.mark.parametrize("labels", [[0.5, 1.0], [np.nan, 1.0], ["7", "2"], [True, False], [0, 2**64 - 1]])
def test_other_labels_are_left_for_the_check_to_refuse(labels: Any) -> None:
    with pytest.raises(DataError, match="labels are"):
        Samples(np.zeros((2, 4)), labels)


def test_weights_of_whole_numbers_are_floats() -> None:
    assert as_weights([1, 2]).dtype == np.float64
