"""Images with their labels: what can be used, and how rows are taken."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mnist_nn.data
from mnist_nn.data import (
    Samples,
    check_samples,
)
from mnist_nn.errors import DataError

EMBEDDED = Path(mnist_nn.data.__file__).parent / "embedded"
GREY = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)


def test_samples_are_taken_in_the_order_asked_for() -> None:
    samples = check_samples(GREY, [4, 9], classes=10)
    taken = samples.take(np.array([1, 0, 1], np.uint8))
    assert taken.labels.tolist() == [9, 4, 9]
    assert np.array_equal(taken.images, GREY[[1, 0, 1]])
    assert len(samples.take([])) == 0
    for rows in ([2], [-1], [0.5], [[0]], [True]):
        with pytest.raises(DataError, match="row numbers"):
            samples.take(rows)


def test_images_are_not_copied_by_the_check() -> None:
    assert check_samples(GREY, [0, 1]).images is GREY


@pytest.mark.parametrize(
    ("images", "labels", "why"),
    [
        (GREY[0, 0], [0, 0, 0, 0], r"images are uint8 of shape \(4,\); give uint8 of shape \(n, rows, cols\)"),
        (GREY.astype(np.int64) * 100, [0, 0], "images are int64"),
        (GREY.astype(complex), [0, 0], "images are complex128 of shape"),
        ([[1.0], [1.0, 2.0]], [0, 0], "images do not form one array.*; give rows of equal length"),
        (GREY, [[0, 0]], r"labels have shape \(1, 2\); give one label for each image"),
        (GREY, [0], "2 images but 1 labels; give one label for each image"),
        (GREY, [0.5, 1.0], r"labels are float64 of shape \(2,\); give integers"),
        (GREY, ["0", "1"], "labels are <U1"),
        (GREY, [True, False], "labels are bool"),
        (GREY, [0, 10], "label 10 in row 1 is out of range; labels go from 0 to 9, so correct or remove it"),
        (GREY, [-1, 0], "label -1 in row 0"),
        (GREY, np.array([0, 2**64 - 1], np.uint64), "label 18446744073709551615 in row 1"),
        (GREY[:0], np.zeros(0, int), "there are no labels; give at least one sample"),
        (np.zeros((2, 0)), [0, 0], "contain no pixels"),
        (np.array([[0.0, 1.0], [0.0, np.inf]]), [0, 0], "image 1 contains NaN or infinity; replace them"),
        (np.array([[np.nan], [0.0]], np.float32), [0, 0], "image 0 contains NaN"),
    ],
)
def test_samples_that_cannot_be_used_are_refused(images: Any, labels: Any, why: str) -> None:
    with pytest.raises(DataError, match=why) as caught:
        check_samples(images, labels, classes=10)
    assert "\n" not in str(caught.value)


def test_samples_hold_int64_labels_and_cannot_be_changed() -> None:
    samples = Samples(GREY, np.array([0, 1]))
    with pytest.raises(AttributeError):
        samples.labels = np.array([1, 1])  # type: ignore[misc]
    with pytest.raises(DataError, match="labels are float64; convert"):
        Samples(GREY, np.array([0.5, 1]))
    with pytest.raises(DataError, match="2 images but 3 labels"):
        Samples(GREY, np.array([0, 1, 2]))
