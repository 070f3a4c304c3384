"""Chooses rows of a data set for a smaller set or a hold-out, with the classes in the same proportions.

It returns row numbers and does not touch images. Equal keys choose equal rows on any machine.
"""

from numbers import Integral, Real
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.errors import DataError, quote
from mnist_nn.util.randomness import Key, permutation

Rows = npt.NDArray[np.int64]

TEST_SHARE = 1 / 7
"""The share that is held out as a test half if there is none; MNIST has 10,000 of 70,000."""


def subset(labels: npt.NDArray[Any], count: int, key: Key) -> Rows:
    """Choose ``count`` rows at random, each class in proportion to its size (largest remainders).

    Parameters
    ----------
    labels
        Integers, shape (n,).
    count
        The number of rows, from 1 to n.
    key
        The random key, used unchanged: fold the run's key with ``randomness.SUBSET``.

    Returns
    -------
    Row numbers in ascending order, int64 of shape (count,).

    Raises
    ------
    DataError
        If ``count`` is not a whole number from 1 to n, or the labels are not integers of shape (n,).

    Examples
    --------
    >>> from mnist_nn.util.randomness import SUBSET, fold, key
    >>> labels = np.array([0, 1, 1, 0, 1, 1])
    >>> rows = subset(labels, 3, fold(key(0), SUBSET))
    >>> np.bincount(labels[rows])
    array([1, 2])
    """
    check_integers(labels)
    _check_count(count, len(labels))
    return np.flatnonzero(_chosen(labels, int(count), key))


def spread(rows: int, most: int) -> Rows:
    """Choose at most ``most`` of this many rows, spread evenly from the first to the last, without chance.

    Examples
    --------
    >>> spread(10, 4).tolist(), spread(2, 4).tolist()
    ([0, 3, 6, 9], [0, 1])
    """
    return np.linspace(0, rows - 1, min(most, rows)).astype(np.int64)


def hold_out(labels: npt.NDArray[Any], share: float, key: Key) -> tuple[Rows, Rows]:
    """Split the rows at random into training and validation, each class in proportion to its size.

    Parameters
    ----------
    labels
        Integers, shape (n,).
    share
        The part for validation: a fraction between 0 and 1, rounded to whole rows, or a whole number from 1 to n - 1.
    key
        The random key, used unchanged: fold the run's key with ``randomness.HOLD_OUT``.

    Returns
    -------
    Training rows and validation rows, int64, both ascending; together they contain each number from 0 to n - 1 once.

    Raises
    ------
    DataError
        If ``share`` leaves nothing for one side, or the labels are not integers of shape (n,).

    Examples
    --------
    >>> from mnist_nn.util.randomness import HOLD_OUT, fold, key
    >>> training, validation = hold_out(np.array([0, 1, 0, 1, 0, 1, 0, 1]), 0.25, fold(key(0), HOLD_OUT))
    >>> len(training), len(validation)
    (6, 2)
    """
    check_integers(labels)
    chosen = _chosen(labels, _share_count(share, len(labels)), key)
    return np.flatnonzero(~chosen), np.flatnonzero(chosen)


def check_integers(labels: npt.NDArray[Any]) -> None:
    """Raise ``DataError`` unless the labels are integers of shape (n,)."""
    if labels.ndim != 1 or labels.dtype.kind not in "iu":
        raise DataError(f"labels are {labels.dtype} of shape {labels.shape}; give integers of shape (n,)")


def _check_count(count: object, most: int) -> None:
    if isinstance(count, bool) or not isinstance(count, Integral) or not 1 <= int(count) <= most:
        raise DataError(f"cannot choose {quote(count)} of {most} samples; give a whole number from 1 to {most}")


def _share_count(share: Any, total: int) -> int:
    """Return the number of rows in a share of the total, leaving at least one row on each side."""
    if total < 2:  # noqa: PLR2004 one for each side
        raise DataError(f"cannot hold out any of {total} samples; give at least two")
    valid = f"give a fraction between 0 and 1, or a whole number from 1 to {total - 1}"
    if isinstance(share, bool) or not isinstance(share, Real):
        raise DataError(f"cannot hold out {quote(share)}; {valid}")
    if not isinstance(share, Integral) and not 0 < float(share) < 1:
        raise DataError(f"cannot hold out a share of {quote(share)}; {valid}")
    count = int(share) if isinstance(share, Integral) else round(float(share) * total)
    if not 1 <= count < total:
        raise DataError(f"holding out {quote(share)} of {total} samples leaves one side empty; {valid}")
    return count


def _chosen(labels: npt.NDArray[Any], count: int, key: Key) -> npt.NDArray[np.bool_]:
    """Mark ``count`` rows: from each class its quota of rows, the first ones after shuffling."""
    _, classes, sizes = np.unique(labels, return_inverse=True, return_counts=True)
    shuffled = permutation(key, len(labels))
    grouped = shuffled[np.argsort(classes[shuffled], kind="stable")]
    rank_in_class = np.arange(len(labels)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    chosen = np.zeros(len(labels), dtype=np.bool_)
    chosen[grouped] = rank_in_class < np.repeat(_quotas(sizes, count), sizes)
    return chosen


def _quotas(sizes: Rows, count: int) -> Rows:
    """Divide ``count`` in proportion to the sizes: round down, then add 1 to the largest remainders."""
    quotas, remainders = np.divmod(sizes * count, sizes.sum())
    # A stable sort gives ties to the lower class, so that every machine agrees.
    largest = np.argsort(-remainders, kind="stable")[: count - quotas.sum()]
    quotas[largest] += 1
    return quotas
