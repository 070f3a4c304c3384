"""Plain records for all formats: what they yield, and which files they read."""

from pathlib import Path
from typing import Any, NamedTuple

import numpy.typing as npt

ROWS = 1000  # in a batch, at most


class Part(NamedTuple):
    """The files of one half of a data set, or of all of it.

    Attributes
    ----------
    kind
        The format: one of `mnist_nn.data.formats.find.KINDS`.
    paths
        The files in order, or the folder. For IDX: the images, and the labels if there are any.
    half
        For an .npz file: ``train``, ``test``, or empty if it has no halves.
    """

    kind: str
    paths: tuple[Path, ...]
    half: str = ""


class Batch(NamedTuple):
    """Some images, and what is known about them.

    Attributes
    ----------
    images
        uint8 of shape (n, rows, columns), 0 for background; or float32 or float64 of shape (n, features).
    labels
        The labels in the file, whole numbers or text of shape (n,); None if there are none.
    names
        The names of the files if each image is a file; otherwise empty.
    class_names
        The class names in the file, in order; empty if it has none.
    """

    images: npt.NDArray[Any]
    labels: npt.NDArray[Any] | None
    names: tuple[str, ...] = ()
    class_names: tuple[str, ...] = ()
