"""The data sets of the comparison: pixels in [0, 1] as they come to scikit-learn, and standardised tables.

What is not on this machine is left out, and said so.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse
from sklearn.datasets import load_digits, make_classification
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

from mnist_nn.data import load

Array = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Table:
    """Samples to learn from and to be judged by, and how many epochs there are to be."""

    name: str
    x: Any
    y: Array
    x_test: Any
    y_test: Array
    epochs: int


def _images(name: str, epochs: int, *, sparse: bool = False) -> Table:
    found = load(name)
    parts = [(part.images.reshape(len(part), -1) / np.float32(255), part.labels) for part in (found.train, found.test)]
    (x, y), (x_test, y_test) = parts
    if sparse:
        x, x_test = scipy.sparse.csr_array(x), scipy.sparse.csr_array(x_test)
    shown = {"mnist": "MNIST", "fashion-mnist": "Fashion-MNIST"}[name] + (", CSR" if sparse else "")
    return Table(f"{shown}, {x.shape[0]:,} × {x.shape[1]}", x, y, x_test, y_test, epochs)


def _held_out(name: str, x: Array, y: Array, epochs: int) -> Table:
    x, x_test, y, y_test = train_test_split(x.astype(np.float32), y, test_size=0.25, random_state=0, stratify=y)
    scaler = StandardScaler().fit(x)
    return Table(
        f"{name}, {x.shape[0]:,} × {x.shape[1]}", scaler.transform(x), y, scaler.transform(x_test), y_test, epochs
    )


def _digits() -> Table:
    return _held_out("load_digits", *load_digits(return_X_y=True), epochs=40)


def _dense() -> Table:
    x, y = make_classification(26_667, 100, n_informative=30, n_classes=5, n_clusters_per_class=3, random_state=0)
    return _held_out("make_classification", x, y, epochs=10)


TABLES: dict[str, Callable[[], Table]] = {
    "mnist": lambda: _images("mnist", 5),
    "mnist-csr": lambda: _images("mnist", 5, sparse=True),
    "fashion": lambda: _images("fashion-mnist", 5),
    "digits": _digits,
    "dense": _dense,
}
