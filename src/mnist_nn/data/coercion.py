"""Converts other values that `Samples` accepts into its own arrays, if they can only mean one thing.

`mnist_nn.data.samples` decides which forms and which labels are valid.
"""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.errors import DataError
from mnist_nn.util.arrays import as_array, as_bytes

Array = npt.NDArray[Any]

_EXACT = 2**53  # below it a float holds every whole number
_PICTURES, _WITH_CHANNEL = 3, 4  # dimensions


def as_images(values: Any) -> Array:
    """Convert images to the form of `Samples`, if there is only one way to; other values are left to its checks.

    Whole numbers from 0 to 255 become uint8. Rows of uint8 become pictures, square ones if possible. Pictures of floats
    become rows of features. Half precision becomes single precision, and a single channel is dropped.

    Raises
    ------
    DataError
        If the values do not form an array, or are whole numbers that might not be pixels.

    Examples
    --------
    >>> as_images(np.zeros((2, 784), np.uint8)).shape, as_images(np.zeros((2, 28, 28))).shape
    ((2, 28, 28), (2, 784))
    >>> as_images([[[0, 255]]]).dtype, as_images(np.zeros((2, 1, 28, 28), np.uint8)).shape
    (dtype('uint8'), (2, 28, 28))
    """
    images = as_array("images", values, DataError)
    if hasattr(images, "indptr"):
        return images
    if images.dtype.kind in "biu":
        images = as_bytes("images", images, DataError)
    elif images.dtype == np.float16:
        images = images.astype(np.float32)
    if images.ndim == _WITH_CHANNEL:
        images = _drop_channel(images)
    if images.dtype == np.uint8:
        return _as_pictures(images) if images.ndim < _PICTURES else images
    return images.reshape(len(images), -1) if images.ndim == _PICTURES and len(images) else images


def _drop_channel(images: Array) -> Array:
    if images.shape[1] == 1:
        return images[:, 0]
    return images[..., 0] if images.shape[-1] == 1 else images


def _as_pictures(rows: Array) -> Array:
    """Reshape rows of pixels to square pictures, or to pictures of one row if their number is not a square."""
    if rows.ndim != len(("n", "pixels")):
        return rows
    side = math.isqrt(rows.shape[1])
    return rows.reshape(len(rows), side, side) if side * side == rows.shape[1] else rows[:, None, :]


def as_labels(values: Any) -> Array:
    """Convert integers, or whole floats, of shape (n,) or (n, 1) to int64 of shape (n,); leave other values unchanged.

    Examples
    --------
    >>> as_labels([[7.0], [2.0]]), as_labels(np.array([7, 2], np.uint8)).dtype
    (array([7, 2]), dtype('int64'))
    """
    labels = as_array("labels", values, DataError)
    if labels.ndim == len(("n", "one")) and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.dtype.kind == "f" and (np.abs(labels) < _EXACT).all() and (labels == labels.round()).all():
        return labels.astype(np.int64)
    fits = labels.dtype.kind in "iu" and (not labels.size or int(labels.max()) < 2**63)
    return labels.astype(np.int64, copy=False) if fits else labels


def as_weights(values: Any) -> Array:
    """Convert any real numbers to floats of shape (n,).

    Examples
    --------
    >>> as_weights([1, 2])
    array([1., 2.])
    """
    weights = as_array("weights", values, DataError)
    return weights.astype(np.float64) if weights.dtype.kind in "iu" else weights
