"""Images with their labels, and the one place that decides whether they are valid.

It stores and checks arrays. It does not read files, and it does not scale or reshape anything.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.data.coercion import as_images, as_labels, as_weights
from mnist_nn.errors import DataError
from mnist_nn.util.calls import shows_call

Rows = npt.NDArray[np.int64]

MOST_CLASSES = 65_536
"""A larger label counts as damage, not as a class."""

_IMAGE_FORM = "give uint8 of shape (n, rows, cols), or float32 or float64 of shape (n, features), dense or CSR"


@dataclass(frozen=True, eq=False, repr=False, init=False)
class Samples:
    """Images and their labels, row by row; ``check_samples`` also checks every value.

    Lists, tables and tensors are accepted too, and so are arrays in other forms that can only mean one thing, such as
    pixels of shape (n, 784) or labels of int32 (`mnist_nn.data.coercion`). An array that already has the right form is
    not copied.

    Attributes
    ----------
    images
        uint8 of shape (n, rows, cols), or float32 or float64 of shape (n, features), which may be a compressed sparse
        row matrix of scipy.sparse. uint8 values are pixels and are divided by 255; floats are used unchanged.
    labels
        int64 of shape (n,).
    weights
        The weight of each sample, float of shape (n,), not negative; None if all count the same.

    Raises
    ------
    DataError
        If the values do not have this form or the same length, or the weights are not valid.

    Examples
    --------
    >>> Samples([[[0, 255], [0, 0]]], [7])
    Samples(1 of 2x2, uint8)
    >>> Samples(np.zeros((3, 28, 28), np.uint8), np.array([7, 2, 1])).take([2, 0]).labels
    array([1, 7])
    """

    images: npt.NDArray[Any]
    labels: Rows
    weights: npt.NDArray[Any] | None = None

    @shows_call("Samples(images, labels)")
    def __init__(self, images: Any, labels: npt.ArrayLike, weights: npt.ArrayLike | None = None) -> None:
        object.__setattr__(self, "images", as_images(images))
        object.__setattr__(self, "labels", as_labels(labels))
        object.__setattr__(self, "weights", None if weights is None else as_weights(weights))
        _check_form(self.images, self.labels)
        if self.labels.dtype != np.int64:
            raise DataError(f"labels are {self.labels.dtype}; convert them with labels.astype(numpy.int64)")
        if self.weights is not None:
            _check_weights(self.weights, len(self))

    def __len__(self) -> int:
        return len(self.labels)

    def __repr__(self) -> str:
        sides = "x".join(map(str, self.images.shape[1:]))
        return f"Samples({len(self)} of {sides}, {self.images.dtype})"

    @property
    def inputs(self) -> int:
        """Number of values in one image.

        Examples
        --------
        >>> Samples(np.zeros((3, 28, 28), np.uint8), np.array([7, 2, 1])).inputs
        784
        """
        return math.prod(self.images.shape[1:])

    def counts(self, classes: int) -> list[int]:
        """Count the images of each class.

        Examples
        --------
        >>> Samples(np.zeros((3, 1, 1), np.uint8), np.array([0, 2, 0])).counts(3)
        [2, 0, 1]
        """
        counted: list[int] = np.bincount(self.labels, minlength=classes).tolist()
        return counted

    def take(self, rows: npt.ArrayLike) -> "Samples":
        """Return a copy of the samples with these row numbers, in this order.

        Raises
        ------
        DataError
            If the row numbers are not whole numbers, or one is outside the data.

        Examples
        --------
        >>> Samples(np.zeros((3, 1, 1), np.uint8), np.array([7, 2, 1])).take(range(2))
        Samples(2 of 1x1, uint8)
        """
        wanted = np.asarray(rows)
        if wanted.ndim != 1 or (wanted.size and wanted.dtype.kind not in "iu"):
            raise DataError(f"row numbers are {wanted.dtype} of shape {wanted.shape}; give a list of whole numbers")
        if wanted.size and not (int(wanted.min()) >= 0 and int(wanted.max()) < len(self)):
            raise DataError(
                f"row numbers run from {wanted.min()} to {wanted.max()}, but must be between 0 and {len(self) - 1}"
            )
        wanted = wanted.astype(np.int64)
        weights = None if self.weights is None else self.weights[wanted]
        return Samples(self.images[wanted], self.labels[wanted], weights)


def _check_form(images: npt.NDArray[Any], labels: npt.NDArray[Any]) -> None:
    kind, form = (images.dtype.name, images.ndim), getattr(images, "format", "")
    if kind not in {("uint8", 3), ("float32", 2), ("float64", 2)} or form not in {"", "csr"}:
        shape = f"{images.shape} in {form} form" if form else f"{images.shape}"
        raise DataError(f"images are {images.dtype} of shape {shape}; {_IMAGE_FORM}")
    if labels.ndim != 1:
        raise DataError(
            f"labels have shape {labels.shape}; give one label for each image, shape (n,); for one-hot "
            "rows, use labels.argmax(axis=1)"
        )
    if images.shape[0] != len(labels):
        raise DataError(
            f"there are {images.shape[0]:,} images but {len(labels):,} labels; give one label for each image"
        )


def relative(weights: npt.NDArray[Any] | None, of: str) -> npt.NDArray[Any] | None:
    """Divide weights by their mean, so that only their proportions count; return None if all are equal.

    Raises
    ------
    DataError
        If all are 0; ``of`` says what they belong to.

    Examples
    --------
    >>> relative(np.array([3.0, 1.0]), "samples").tolist(), relative(np.array([2.0, 2.0]), "samples")
    ([1.5, 0.5], None)
    """
    if weights is None:
        return None
    if not weights.any():
        raise DataError(f"the weights of all {of} are 0; give at least one weight above 0")
    return None if (weights == weights[0]).all() else weights / weights.mean()


def _check_weights(weights: npt.NDArray[Any], count: int) -> None:
    if weights.dtype.kind != "f" or weights.shape != (count,):
        raise DataError(f"weights are {weights.dtype} of shape {weights.shape}; give floats of shape ({count},)")
    wrong = ~(np.isfinite(weights) & (weights >= 0))
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise DataError(f"weight {weights[row]} in row {row} is not valid; give finite numbers that are not negative")


def check_labels(labels: npt.NDArray[Any], classes: int | None = None) -> Rows:
    """Check labels and return them as int64 of shape (n,).

    Parameters
    ----------
    labels
        Any integer type, shape (n,).
    classes
        The number of classes; None to derive it from the labels.

    Raises
    ------
    DataError
        If there are none, they are not integers, or one is not from 0 to ``classes`` - 1.

    Examples
    --------
    >>> check_labels(np.array([9, 0], dtype=np.uint8), 10)
    array([9, 0])
    """
    if labels.ndim != 1 or labels.dtype.kind not in "iu":
        raise DataError(f"labels are {labels.dtype} of shape {labels.shape}; give integers of shape (n,)")
    if labels.size == 0:
        raise DataError("there are no labels; give at least one sample")
    top = (MOST_CLASSES if classes is None else classes) - 1
    for label in (int(labels.min()), int(labels.max())):
        if not 0 <= label <= top:
            row = int(np.flatnonzero(labels == label)[0])
            raise DataError(
                f"label {label} in row {row} is out of range; labels go from 0 to {top}, so correct or remove it"
            )
    return labels.astype(np.int64)


def check_pixels(images: npt.NDArray[Any]) -> None:
    """Check that there are pixels and that all are finite, as bytes always are.

    Raises
    ------
    DataError
        If there are none, or one is NaN or infinite.

    Examples
    --------
    >>> check_pixels(np.zeros((2, 784)))
    """
    if math.prod(images.shape) == 0:
        raise DataError(f"images of shape {images.shape} contain no pixels; give at least one")
    entries = images.data if hasattr(images, "indptr") else images
    if images.dtype.kind == "f" and not np.isfinite(entries).all():
        row = _row_of(images, int(np.flatnonzero(~np.isfinite(entries))[0]))
        raise DataError(
            f"image {row} contains NaN or infinity; replace them, for example with numpy.nan_to_num, or remove that row"
        )


def _row_of(images: Any, entry: int) -> int:
    """Return the row of an entry, given its index in the array or among the entries of a sparse matrix."""
    if hasattr(images, "indptr"):
        return int(np.searchsorted(images.indptr, entry, side="right")) - 1
    return entry // int(images.shape[1])


def check_samples(images: Any, labels: npt.ArrayLike, classes: int | None = None) -> Samples:
    """Check images and labels and combine them; nothing is scaled, and images of the right form are not copied.

    Parameters
    ----------
    images
        uint8 of shape (n, rows, cols), float32 or float64 of shape (n, features), or whatever `Samples` accepts.
    labels
        Whole numbers, shape (n,).
    classes
        The number of classes; None to accept any label from 0 to 65,535.

    Returns
    -------
    The samples, with labels as int64.

    Raises
    ------
    DataError
        If the values are empty, of unequal length, of another form or type, or contain a label out of range or a pixel
        that is NaN or infinite.

    Examples
    --------
    >>> check_samples(np.zeros((2, 784)), [3, 12], classes=10)
    Traceback (most recent call last):
    mnist_nn.errors.DataError: label 12 in row 1 is out of range; labels go from 0 to 9, so correct or remove it
    """
    pixels, truth = as_images(images), as_labels(labels)
    _check_form(pixels, truth)
    whole = check_labels(truth, classes)
    check_pixels(pixels)
    return Samples(pixels, whole)
