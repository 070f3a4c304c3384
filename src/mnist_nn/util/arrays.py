"""Converts anything that contains numbers, such as lists, tables and tensors, to a NumPy array.

The caller decides what the numbers mean and which shapes are valid.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.errors import MnistNNError
from mnist_nn.util.checks import describe

PIXELS_OR_NUMBERS = (
    "give uint8 pixels, for example with astype(numpy.uint8), or floats, which are used unchanged, "
    "for example with astype(numpy.float32)"
)
_BYTE = 255


def as_array(what: str, values: Any, kind: type[MnistNNError]) -> npt.NDArray[Any]:
    """Convert anything that NumPy can turn into one array; arrays and SciPy sparse matrices are returned unchanged.

    Parameters
    ----------
    what
        The name of the values in the plural, with which the message begins.
    values
        An array, nested lists, a DataFrame, a Series, a tensor, or a Pillow image.
    kind
        The error to raise for anything else.

    Examples
    --------
    >>> from mnist_nn.errors import DataError
    >>> as_array("labels", [7, 2], DataError)
    array([7, 2])
    >>> as_array("images", {1: 2}, DataError)
    Traceback (most recent call last):
    mnist_nn.errors.DataError: images are a dict, which contains no numbers; give an array
    """
    if isinstance(values, np.ndarray) or hasattr(values, "indptr"):  # NumPy takes a sparse matrix for one object
        return values  # type: ignore[no-any-return]
    try:
        array = np.asarray(values)
    except Exception as error:  # whatever the owner of the values raises
        reason = " ".join(str(error).split()).rstrip(".")
        raise kind(f"{what} do not form one array ({reason}); give rows of equal length") from error
    if array.dtype.kind == "O" or not array.ndim:
        raise kind(f"{what} are {describe(values)}, which contains no numbers; give an array")
    return array


def as_bytes(what: str, whole: npt.NDArray[Any], kind: type[MnistNNError]) -> npt.NDArray[np.uint8]:
    """Convert whole numbers from 0 to 255 to pixels, because they can mean nothing else.

    Numbers up to 1 could also be on a scale from 0 to 1, and numbers above 255 are not pixels; both raise an error.

    Examples
    --------
    >>> from mnist_nn.errors import DataError
    >>> as_bytes("images", np.array([[0, 255]]), DataError)
    array([[  0, 255]], dtype=uint8)
    >>> as_bytes("images", np.array([[0, 1]]), DataError)
    Traceback (most recent call last):
    mnist_nn.errors.DataError: images are int64 from 0 to 1; give uint8 pixels, for example with ...
    """
    if whole.dtype == np.uint8:
        return whole
    low, high = (int(whole.min()), int(whole.max())) if whole.size else (0, 0)
    if low < 0 or high > _BYTE or high == 1:
        raise kind(f"{what} are {whole.dtype} from {low} to {high}; {PIXELS_OR_NUMBERS}")
    return whole.astype(np.uint8)
