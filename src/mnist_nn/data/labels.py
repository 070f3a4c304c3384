"""Converts labels in files, whole numbers or text, to the class numbers of a network's outputs.

Text keeps its meaning, because the names of the classes are stored with the numbers.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_nn.errors import DataError, quote
from mnist_nn.imaging.load.folders import natural_key

Labels = npt.NDArray[Any]
LEAST_CLASSES = 2


class Classes(NamedTuple):
    """The classes of a data set: their number, and their names if they are not plain numbers from 0.

    ``base`` is the label of the first class.
    """

    number: int
    names: tuple[str, ...] | None = None
    base: int = 0


def find_classes(labels: Labels, known: Sequence[str] = (), base: int = 0) -> Classes:
    """Find the classes of the labels in a training half.

    Parameters
    ----------
    labels
        Whole numbers or text, shape (n,).
    known
        The names of the classes if the data itself lists them, like folders of pictures.
    base
        The label of the first class, if labels are numbers.

    Raises
    ------
    DataError
        If a label is below the base, or is a number that is not whole.

    Examples
    --------
    >>> find_classes(np.array([2, 0])), find_classes(np.array(["b", "a"]))
    (Classes(number=3, names=None, base=0), Classes(number=2, names=('a', 'b'), base=0))
    >>> find_classes(np.array(["1", "2"]), base=1).number, find_classes(np.array(["1", "2"]), ["1", "2"]).names
    (2, ('1', '2'))
    """
    whole = as_whole(labels)
    if known:
        numbers = as_whole(np.array(known))
        counts_on = numbers is not None and sorted(numbers.tolist()) == list(range(base, base + len(known)))
        return Classes(max(LEAST_CLASSES, len(known)), None if counts_on else tuple(known), base if counts_on else 0)
    if whole is None:
        _check_text(labels)
        names = tuple(sorted(set(labels.tolist()), key=natural_key))
        return Classes(max(LEAST_CLASSES, len(names)), names)
    if len(whole) and int(whole.min()) < base:
        raise DataError(
            f"there is a label {int(whole.min())}, which is below the label base {base}; give a lower --label-base"
        )
    return Classes(max(LEAST_CLASSES, int(whole.max(initial=0)) - base + 1), None, base)


def _check_text(labels: Labels) -> None:
    """Raise DataError if labels are numbers that are not whole, such as measurements, and no names of classes."""
    try:
        values = labels.astype(np.float64)
    except ValueError:
        return
    fractions = values[np.isfinite(values) & (values != np.rint(values))]
    if fractions.size or labels.dtype.kind == "f":
        strange = fractions[0] if fractions.size else values[~np.isfinite(values)][0]
        raise DataError(f"there is a label {strange:g}; labels name classes, so give whole numbers or text")


def number_labels(labels: Labels, classes: Classes, half: str) -> npt.NDArray[np.int64]:
    """Convert labels to numbers from 0.

    Raises
    ------
    DataError
        If a label does not belong to a class.

    Examples
    --------
    >>> number_labels(np.array(["b", "a"]), Classes(2, ("a", "b")), "training").tolist()
    [1, 0]
    >>> number_labels(np.array(["2", "1"]), Classes(2, None, 1), "training").tolist()
    [1, 0]
    """
    whole = as_whole(labels)
    if classes.names is None:
        if whole is None:
            strange = next(one for one in labels.tolist() if as_whole(np.array([one])) is None)
            raise DataError(f"the {half} half has a label {quote(strange)}, but the classes are numbers; correct it")
        return whole - classes.base
    if labels.dtype.kind in "iu":  # numbers of classes that have names
        return labels.astype(np.int64)
    index = {name: number for number, name in enumerate(classes.names)}
    found = [index.get(one, -1) for one in labels.tolist()]
    if -1 in found:
        strange = labels.tolist()[found.index(-1)]
        raise DataError(
            f"the {half} half has a label {quote(strange)} that no training image has; correct or remove it"
        )
    return np.array(found, np.int64)


def as_whole(labels: Labels) -> npt.NDArray[np.int64] | None:
    """Convert labels to whole numbers; None if one of them is not a whole number.

    Examples
    --------
    >>> as_whole(np.array(["7", "2.0"])), as_whole(np.array(["7", "b"]))
    (array([7, 2]), None)
    """
    if labels.dtype.kind in "iu":
        return labels.astype(np.int64)
    try:
        values = labels.astype(np.float64)
    except ValueError:
        return None
    if not np.isfinite(values).all() or (values != np.rint(values)).any() or (abs(values) >= 2**53).any():
        return None
    return values.astype(np.int64)
