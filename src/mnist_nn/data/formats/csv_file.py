"""CSV tables with one row per image, one column per pixel, and one for the label, like those on Kaggle.

They may have commas, semicolons or tabs, quotes, a header, and gzip compression.
"""

import csv
import gzip
import io
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.data.formats.batch import ROWS, Batch, Part
from mnist_nn.data.formats.columns import Columns, find_columns, is_bytes, make_images
from mnist_nn.data.read_options import ReadOptions
from mnist_nn.errors import DataError, quote
from mnist_nn.util.files import open_source

DELIMITERS = ",;\t"
REMEDY = "get a fresh copy, or save it again as CSV"

Row = tuple[int, list[str]]


def read(part: Part, options: ReadOptions) -> Iterator[Batch]:
    """Read tables one by one; they must have the same columns.

    Raises
    ------
    DataError
        If a file cannot be read, is not such a table, or has a wrong row; the message names the line.
    """
    scale: bool | None = None
    for path in part.paths:
        with _open(path) as (header, rows):
            columns, width = None, 0
            while block := list(islice(rows, ROWS)):
                if columns is None:
                    width = len(header or block[0][1])
                    columns = find_columns(repr(str(path)), header, width, options.label_column)
                values = _read_numbers(path, block, columns, width)
                scale = is_bytes(values) if scale is None else scale
                labels = None if columns.label is None else _read_labels(path, block, columns.label)
                yield Batch(make_images(repr(str(path)), values, as_bytes=scale), labels)
            if columns is None:
                raise DataError(f"{str(path)!r} has no rows; give a table with one row for each image")


def has_labels(path: Path, options: ReadOptions) -> bool:
    """Say whether a table has a column of labels; reads only its first lines."""
    with _open(path) as (header, rows):
        first = next(rows, None)
        width = len(header or (first[1] if first else []))
        return find_columns(repr(str(path)), header, width, options.label_column).label is not None


@contextmanager
def _open(path: Path) -> Iterator[tuple[list[str] | None, Iterator[Row]]]:
    """Open a table; return its header (None if it has none) and its rows with their line numbers."""
    with open_source(path) as file:
        packed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        stream = gzip.GzipFile(fileobj=file) if packed else file
        text = io.TextIOWrapper(stream, "utf-8-sig", newline="")
        rows = _read_rows(path, text)
        first = next(rows, None)
        if first is None:
            raise DataError(f"{str(path)!r} is empty; {REMEDY}")
        if any(map(_is_number, first[1])):
            yield None, chain([first], rows)
        else:
            yield first[1], rows


def _read_rows(path: Path, text: io.TextIOWrapper) -> Iterator[Row]:
    try:
        first = text.readline()
        delimiter = max(DELIMITERS, key=first.count)
        rows = csv.reader(chain([first], text), delimiter=delimiter, strict=True)
        for row in rows:
            if row:
                yield rows.line_num, row
    except csv.Error as error:
        raise DataError(f"{str(path)!r} is not a table (see line {rows.line_num}: {error}); {REMEDY}") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{str(path)!r} is not text in UTF-8; {REMEDY} in that encoding") from error
    except (EOFError, gzip.BadGzipFile, OSError) as error:
        raise DataError(f"{str(path)!r} is damaged: {' '.join(str(error).split())}; {REMEDY}") from error


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _read_numbers(path: Path, block: Sequence[Row], columns: Columns, width: int) -> npt.NDArray[Any]:
    """Read the pixels of some rows as whole numbers, or else floats, of shape (rows, pixels)."""
    for line, row in block:
        if len(row) != width:
            raise DataError(
                f"{str(path)!r} has {len(row)} cells in line {line}, but {width} columns; correct that line"
            )
    pixels, is_run = columns.pixels, columns.pixels[-1] - columns.pixels[0] == len(columns.pixels) - 1
    span = slice(pixels[0], pixels[-1] + 1)
    text = ",".join(",".join(row[span] if is_run else [row[k] for k in pixels]) for _, row in block)
    for dtype in (np.int64, np.float64):
        with warnings.catch_warnings():
            warnings.simplefilter("error", DeprecationWarning)  # so NumPy says that a text is no number
            try:
                values = np.fromstring(text, dtype, sep=",")
            except (DeprecationWarning, ValueError):
                continue
        if len(values) == len(block) * len(pixels) and np.isfinite(values).all():
            return values.reshape(len(block), -1)
    raise _find_fault(path, block, pixels)


def _find_fault(path: Path, block: Sequence[Row], pixels: Sequence[int]) -> DataError:
    for line, row in block:
        for column in pixels:
            cell = row[column].strip()
            if not _is_number(cell) or not np.isfinite(float(cell)):
                return DataError(
                    f"{str(path)!r} has {quote(cell)} in line {line}, column {column + 1}, where a number is "
                    "expected; correct it, or name the column of the labels with --label-column"
                )
    return DataError(f"{str(path)!r} contains numbers that cannot be read; {REMEDY}")


def _read_labels(path: Path, block: Sequence[Row], column: int) -> npt.NDArray[Any]:
    for line, row in block:
        if not row[column].strip():
            raise DataError(f"{str(path)!r} has no label in line {line}; add one, or remove that line")
    return np.array([row[column].strip() for _, row in block])
