"""Finds the columns of a table with the label and the pixels, and turns its numbers into images.

Tables from Kaggle and from pandas name them differently; if the column is not clear, the error asks for it. Other
modules read the rows.
"""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_nn.data.coercion import as_images
from mnist_nn.errors import DataError, quote

LABEL_NAMES = ("label", "labels", "class", "target", "digit", "letter", "character", "category", "y")
ROW_NAMES = ("", "id", "imageid", "index", "idx", "file", "filename", "image_id", "unnamed: 0")
NAMES_SHOWN = 8
_BYTE = 255


class Columns(NamedTuple):
    """The numbers of the columns, from 0: of the label (None if there is none), and of the pixels in order."""

    label: int | None
    pixels: tuple[int, ...]


def find_columns(name: str, header: Sequence[str] | None, width: int, wanted: str | None) -> Columns:
    """Find the columns of a table.

    Parameters
    ----------
    name
        The file's name in messages.
    header
        The names of the columns; None if the table has none.
    width
        The number of columns.
    wanted
        The name of the label's column, or its number from 1; None to find it.

    Raises
    ------
    DataError
        If there is no column with this name, or no columns are left for pixels.

    Examples
    --------
    >>> find_columns("train.csv", ["label", "pixel0", "pixel1"], 3, None)
    Columns(label=0, pixels=(1, 2))
    >>> find_columns("a.csv", None, 785, None).label, find_columns("a.csv", None, 784, None).label
    (0, None)
    """
    names = [cell.strip().lower() for cell in header] if header is not None else []
    label = _find_label(names, width) if wanted is None else _find_wanted(name, header, width, wanted)
    rows = [column for column, one in enumerate(names) if one in ROW_NAMES and column != label]
    pixels = tuple(column for column in range(width) if column != label and column not in rows)
    if not pixels:
        raise DataError(f"{name} has no columns of pixels; its columns are {_show(header, width)}")
    return Columns(label, pixels)


def _find_label(names: Sequence[str], width: int) -> int | None:
    """Find the only column named like a label; without a header, the first column if the others form a square."""
    if names:
        return next((names.index(one) for one in LABEL_NAMES if one in names), None)
    return 0 if width > 1 and math.isqrt(width - 1) ** 2 == width - 1 else None


def _find_wanted(name: str, header: Sequence[str] | None, width: int, wanted: str) -> int:
    names = [] if header is None else [cell.strip() for cell in header]
    if wanted in names:
        return names.index(wanted)
    if header is None and wanted.isdecimal() and 1 <= int(wanted) <= width:
        return int(wanted) - 1
    raise DataError(f"{name} has no column {quote(wanted)}; its columns are {_show(header, width)}")


def _show(header: Sequence[str] | None, width: int) -> str:
    if header is None:
        return f"1 to {width}, without names"
    more = f" and {len(header) - NAMES_SHOWN:,} more" * (len(header) > NAMES_SHOWN)
    return ", ".join(quote(one) for one in header[:NAMES_SHOWN]) + more


def is_bytes(values: npt.NDArray[Any]) -> bool:
    """Say whether the numbers of a table are pixels from 0 to 255, not on a scale from 0 to 1 or other features.

    Examples
    --------
    >>> [is_bytes(np.array(values)) for values in ([0, 255], [0.0, 17.0], [0, 1], [0.5, 3.0], [-1, 7])]
    [True, True, False, False, False]
    """
    least, most = values.min(initial=0), values.max(initial=0)
    return bool(least >= 0 and 1 < most <= _BYTE and (values.dtype.kind in "iu" or (values == np.rint(values)).all()))


def make_images(name: str, values: npt.NDArray[Any], *, as_bytes: bool) -> npt.NDArray[Any]:
    """Make images from rows of numbers, shape (n, pixels): uint8 pictures if ``as_bytes``, else features.

    Raises
    ------
    DataError
        If a number is not a pixel although earlier ones are, or too large for float32.

    Examples
    --------
    >>> make_images("a.csv", np.array([[0, 255, 7, 9]]), as_bytes=True).tolist()
    [[[0, 255], [7, 9]]]
    """
    least, most = values.min(initial=0), values.max(initial=0)
    if not as_bytes:
        if max(-least, most) > np.finfo(np.float32).max:
            raise DataError(f"{name} has values from {least:.3g} to {most:.3g}; scale them to about 1, or at most 1e38")
        return values.astype(np.float32)
    if least < 0 or most > _BYTE or (values.dtype.kind == "f" and (values != np.rint(values)).any()):
        raise DataError(
            f"{name} has pixels from 0 to 255 in its first rows, but values from {least:g} to {most:g} "
            "later; correct those rows, or scale all rows in the same way"
        )
    return as_images(values.astype(np.uint8))
