"""Finds labels that are most likely wrong, by confident learning; it never looks at the images themselves.

Source: C. Northcutt, L. Jiang and I. Chuang, *Confident learning: estimating uncertainty in dataset labels*, JAIR 70
(2021).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.data import check_labels
from mnist_nn.errors import DataError

Rows = npt.NDArray[np.int64]
SUM_ROUNDING = 1e-3  # by which the probabilities of an image may miss 1


@dataclass(frozen=True, eq=False)
class LabelErrors:
    """Images in the order of how likely their label is wrong, the most likely first.

    Attributes
    ----------
    rows
        The numbers of all images, int64 of shape (n,).
    labels
        The labels that are in question, in this order: int64 of shape (n,).
    suggested
        For each label, the most probable other class: int64 of shape (n,).
    margin
        The probability of the label minus that of the suggested class: float64 of shape (n,), ascending.
    confident
        Whether the image counts as confidently another class: bool of shape (n,). Their number is the estimate of how
        many labels are wrong.
    joint
        The confident joint: the number of images of each label (row) that count confidently as each class (column),
        int64 of shape (classes, classes).
    """

    rows: Rows
    labels: Rows
    suggested: Rows
    margin: npt.NDArray[np.float64]
    confident: npt.NDArray[np.bool_]
    joint: Rows


def find_label_errors(probabilities: npt.ArrayLike, labels: npt.ArrayLike) -> LabelErrors:
    """Rank images by how likely their label is wrong.

    The threshold of a class is the mean probability of the class among the images with its label. An image counts
    confidently as the most probable of those classes whose threshold it reaches. The ranking is by the normalized
    margin, as in the paper's software, cleanlab.

    Parameters
    ----------
    probabilities
        The probability of each class, (n, classes), from a network that has *not* learned from these images, such as
        ``predict(network, images).probabilities`` for a test half. A network has learned the wrong labels of its own
        training images too.
    labels
        The labels that are in question, integers of shape (n,).

    Raises
    ------
    DataError
        If these are not probabilities and labels of the same images.

    Examples
    --------
    >>> p = [[0.9, 0.1], [0.7, 0.3], [0.2, 0.8], [0.1, 0.9]]
    >>> found = find_label_errors(p, [0, 0, 1, 0])
    >>> found.rows.tolist(), found.suggested[0].item(), found.joint.tolist()
    ([3, 1, 2, 0], 1, [[2, 1], [0, 1]])
    """
    p = _check_probabilities(probabilities)
    known = check_labels(np.asarray(labels), p.shape[1])
    if len(known) != len(p):
        raise DataError(f"there are {len(p):,} rows of probabilities but {len(known):,} labels; give one for each")
    n = np.arange(len(p))
    others = p.copy()
    others[n, known] = -1
    suggested = others.argmax(axis=1)
    margin = p[n, known] - others.max(axis=1, initial=-1)
    counted = _count_confidently(p, known)
    joint = np.zeros((p.shape[1], p.shape[1]), np.int64)
    sure = counted >= 0
    np.add.at(joint, (known[sure], counted[sure]), 1)
    order = np.argsort(margin, kind="stable")
    return LabelErrors(order, known[order], suggested[order], margin[order], (sure & (counted != known))[order], joint)


def _count_confidently(p: npt.NDArray[np.float64], labels: Rows) -> Rows:
    """Say as which class each image counts; -1 where it reaches no threshold."""
    thresholds = np.array([p[labels == c, c].mean() if (labels == c).any() else np.inf for c in range(p.shape[1])])
    reached = np.where(p >= thresholds, p, -1.0)
    return np.asarray(np.where(reached.max(axis=1, initial=-1) >= 0, reached.argmax(axis=1), -1), np.int64)


def _check_probabilities(values: npt.ArrayLike) -> npt.NDArray[np.float64]:
    p: npt.NDArray[Any] = np.asarray(values)
    if p.ndim != len(("images", "classes")) or p.dtype.kind != "f" or p.shape[1] < len(("label", "another")):
        raise DataError(f"the probabilities are {p.dtype} of shape {p.shape}; give floats of shape (n, classes)")
    p = p.astype(np.float64)
    if not (np.isfinite(p).all() and (p >= 0).all() and (abs(p.sum(axis=1) - 1) < SUM_ROUNDING).all()):
        raise DataError(
            "the probabilities of some image are negative or do not sum to 1; give predict(…).probabilities"
        )
    return p
