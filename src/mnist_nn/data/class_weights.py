"""Weights by which all classes count the same, however many samples each has.

The weights only multiply samples; the engines explain how a weight changes an update.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.data.splits import check_integers


def balance(labels: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Weight each sample by n_samples / (n_classes · n_samples of its class), as scikit-learn's ``balanced`` does.

    Only classes that occur are counted. The weights of every class add up to the same number, and those of all samples
    to n_samples. Source: G. King and L. Zeng, *Logistic regression in rare events data*, Political Analysis 2001.

    Parameters
    ----------
    labels
        Integers from 0, shape (n,).

    Returns
    -------
    float64 of shape (n,).

    Raises
    ------
    DataError
        If the labels are not integers of shape (n,).

    Examples
    --------
    >>> balance(np.array([0, 0, 0, 5])).round(3).tolist()
    [0.667, 0.667, 0.667, 2.0]
    """
    check_integers(labels)
    counts = np.bincount(labels)
    share = len(labels) / (max(np.count_nonzero(counts), 1) * np.maximum(counts, 1))
    return np.asarray(share[labels])
