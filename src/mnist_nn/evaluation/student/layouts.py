"""The ways in which people lay out arrays, and the conversion to the reference engine's layout and back.

The cases have layers of different widths, so that a shape tells the layout.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from mnist_nn.evaluation.student.quantities import OF_SAMPLES, Array, Case, Quantity

SAMPLES = ("rows", "columns", "column", "flat", "row")
"""A batch as rows or as columns; one sample as a column, as a vector, or as a matrix of one row."""


@dataclass(frozen=True)
class Layout:
    """One way to lay out the arguments of a program.

    ``weights`` is ``out,in`` or ``in,out``; ``samples`` is one of `SAMPLES`; ``biases`` are ``flat``, ``row`` or
    ``column``; ``labels`` are ``one-hot`` or ``integers``; ``parameters`` is their container if one argument holds all
    of them: ``dict``, ``dict0`` (counted from 0), ``list`` or ``pairs``.
    """

    samples: str = "rows"
    weights: str = "out,in"
    biases: str = "flat"
    labels: str = "one-hot"
    parameters: str = "dict"

    @property
    def batched(self) -> bool:
        """Whether it takes several samples at once."""
        return self.samples in {"rows", "columns"}

    def sample(self, rows: Array) -> Array:
        """Lay out rows of samples, (batch, units)."""
        match self.samples:
            case "columns" | "column":
                return rows.T.copy()
            case "flat":
                return np.array(rows[0])
        return rows.copy()

    def label(self, l: Array) -> Any:
        """Lay out one-hot labels."""
        if self.labels == "one-hot":
            return self.sample(l)
        return l.argmax(axis=1) if self.batched else int(l[0].argmax())

    def weight(self, W: Array) -> Array:
        """Lay out a matrix of weights."""
        return W.copy() if self.weights == "out,in" else W.T.copy()

    def bias(self, b: Array) -> Array:
        """Lay out a vector of biases."""
        return np.array({"flat": b, "row": b[None, :], "column": b[:, None]}[self.biases])

    def present(self, quantity: Quantity, value: Array) -> Any:
        """Lay out any quantity."""
        if quantity.kind in OF_SAMPLES:
            return self.sample(value)
        return self.weight(value) if quantity.kind in {"W", "dW"} else self.bias(value)


def layouts(*, parameters: bool, containers: bool) -> Iterator[Layout]:
    """List the layouts to try; those of batches come first.

    ``parameters`` says whether the program takes weights and biases at all, and ``containers`` whether it takes all of
    them in one argument.
    """
    weights = ("in,out", "out,in") if parameters else ("out,in",)
    biases = ("flat", "row", "column") if parameters else ("flat",)
    packings = ("dict", "dict0", "list", "pairs") if containers else ("dict",)
    for samples, w, b, labels, packing in product(SAMPLES, weights, biases, ("one-hot", "integers"), packings):
        yield Layout(samples, w, b, labels, packing)


def arrange(value: Array, quantity: Quantity, case: Case, weights: str) -> Array | None:
    """Bring an array of a program into the reference engine's layout; None if its shape does not fit.

    A gradient of the transposed shape stays transposed, so that it is compared as it is.
    """
    kind, k = quantity
    units = case.units(k)
    if kind == "L":
        return value if value.size in {1, len(case.x)} else None
    if kind in OF_SAMPLES:
        return _arrange_samples(value, (len(case.x), units))
    if kind in {"b", "db"}:
        if kind == "db" and value.ndim == 0:
            return np.full(units, float(value))  # one number for all units
        return value.reshape(units) if value.size == units == max(value.shape) else None
    whole = value if weights == "out,in" else value.T
    shape = case.W[k - 1].shape
    return whole if whole.shape == shape or (kind == "dW" and whole.shape == shape[::-1]) else None


def _arrange_samples(value: Array, target: tuple[int, int]) -> Array | None:
    if value.shape == target[::-1] != target:
        return value.T
    if value.shape == target or value.shape == target[1:] == (value.size,) == (target[0] * target[1],):
        return value.reshape(target)
    return None


def flatten(value: Any, name: str = "") -> Iterator[tuple[str, Array]]:
    """Find all arrays in what a program returned: in tuples, lists and dictionaries, with the keys as names."""
    if isinstance(value, np.ndarray) and value.dtype != object:
        yield name, value
    elif isinstance(value, (bool, str)) or value is None:
        return
    elif isinstance(value, (int, float, np.number)):
        yield name, np.asarray(value)
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from flatten(one, str(key))
    elif isinstance(value, (list, tuple, np.ndarray)):
        table = numeric(value)
        if table is not None:
            yield name, table
        else:
            for one in value:
                yield from flatten(one, name)


def numeric(value: Any) -> Array | None:
    """Turn nested lists of plain numbers into an array; None for anything else."""
    if not isinstance(value, list) or not value:
        return None
    leaf: Any = value
    while isinstance(leaf, list) and leaf:
        leaf = leaf[0]
    if isinstance(leaf, bool) or not isinstance(leaf, (int, float, np.number)):
        return None
    try:
        return np.array(value, dtype=float)
    except (ValueError, TypeError):
        return None
