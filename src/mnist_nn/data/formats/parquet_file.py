"""Reads Parquet files like Hugging Face's: pictures as bytes of PNG files, lists of pixels, or a column per pixel.

It uses pyarrow, which is an extra, and reads one batch at a time.
"""

import io
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.data.coercion import as_images
from mnist_nn.data.formats.batch import ROWS, Batch, Part
from mnist_nn.data.formats.columns import find_columns, is_bytes, make_images
from mnist_nn.data.formats.picture_folder import read_pictures
from mnist_nn.data.read_options import ReadOptions
from mnist_nn.errors import DataError, ImageError, MissingExtraError
from mnist_nn.util.io_errors import explain_io_errors

IMAGE_NAMES = ("image", "img", "images", "picture", "pixels", "x")
REMEDY = "get a fresh copy"


def import_pyarrow() -> Any:
    """Import pyarrow, which reads and writes Parquet.

    Raises
    ------
    MissingExtraError
        If pyarrow is not installed.
    """
    try:
        import pyarrow.parquet  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MissingExtraError("Parquet needs pyarrow; install it with: pip install 'mnist-nn[parquet]'") from error
    return pyarrow


def read(part: Part, options: ReadOptions) -> Iterator[Batch]:
    """Read Parquet files one by one.

    Raises
    ------
    DataError
        If a file is damaged or has no images, or a picture in it cannot be read.
    MissingExtraError
        If pyarrow is not installed.
    """
    scale: bool | None = None
    start = 0
    for path in part.paths:
        with _open(path) as file:
            names = list(file.schema_arrow.names)
            image = next((one for one in names if one.lower() in IMAGE_NAMES), None)
            columns = find_columns(repr(str(path)), names, len(names), options.label_column)
            label = None if columns.label is None else names[columns.label]
            wanted = [
                one for one in names if one == label or (one == image if image else names.index(one) in columns.pixels)
            ]
            classes = _find_class_names(file.schema_arrow.metadata, label)
            for table in file.iter_batches(ROWS, columns=wanted):
                if image:
                    images = _read_images(path, table.column(image), start, as_is=options.as_is)
                else:
                    pixels = [names[column] for column in columns.pixels]
                    values = _as_numbers(path, [table.column(one) for one in pixels])
                    scale = is_bytes(values) if scale is None else scale
                    images = make_images(repr(str(path)), values, as_bytes=scale)
                start += len(images)
                yield Batch(images, None if label is None else _read_labels(path, table.column(label)), (), classes)


def has_labels(path: Path, options: ReadOptions) -> bool:
    """Say whether a file has a column of labels."""
    with _open(path) as file:
        names = list(file.schema_arrow.names)
        return find_columns(repr(str(path)), names, len(names), options.label_column).label is not None


@contextmanager
def _open(path: Path) -> Iterator[Any]:
    pyarrow = import_pyarrow()
    with explain_io_errors(DataError, "read", path, REMEDY):
        try:
            with pyarrow.parquet.ParquetFile(path) as file:
                yield file
        except pyarrow.ArrowException as error:
            raise DataError(
                f"{str(path)!r} is not a valid Parquet file ({' '.join(str(error).split())}); {REMEDY}"
            ) from error


def _find_class_names(metadata: Mapping[bytes, bytes] | None, label: str | None) -> tuple[str, ...]:
    """Find the class names that Hugging Face's library writes into its files."""
    try:
        features = json.loads((metadata or {})[b"huggingface"])["info"]["features"]
        return tuple(map(str, features[label]["names"]))
    except (KeyError, TypeError, ValueError):
        return ()


def _read_images(path: Path, column: Any, start: int, *, as_is: bool) -> npt.NDArray[Any]:
    values = column.to_pylist()
    if values and isinstance(values[0], list):
        return _stack(path, start, [np.asarray(one) for one in values], pictures=False)
    try:
        data = [one["bytes"] if isinstance(one, dict) else one for one in values]
    except KeyError:
        data = [None]
    for row, one in enumerate(data, start):
        if not isinstance(one, bytes):
            raise DataError(f"{str(path)!r} has no picture in row {row}; give the bytes of a PNG, or a list of pixels")
    pictures = []
    for row, found in enumerate(read_pictures(map(io.BytesIO, data), as_is=as_is), start):
        if isinstance(found, ImageError):
            why = str(found).removeprefix("standard input ")
            raise DataError(f"the picture in row {row} of {str(path)!r} {why}") from found
        pictures.append(found)
    return _stack(path, start, pictures, pictures=True)


def _stack(path: Path, start: int, images: list[npt.NDArray[Any]], *, pictures: bool) -> npt.NDArray[Any]:
    for row, one in enumerate(images, start):
        if one.shape != images[0].shape or (one.dtype.kind not in "biuf"):
            hint = (
                "leave out --as-is, so that they are framed" if pictures else "give every row the same number of pixels"
            )
            raise DataError(f"{str(path)!r} has images of different sizes (see row {row}); {hint}")
    return as_images(np.stack(images))


def _as_numbers(path: Path, columns: list[Any]) -> npt.NDArray[Any]:
    for column in columns:
        if column.null_count:
            raise DataError(f"{str(path)!r} has rows without a number; fill in or remove them")
    try:
        values = np.stack([column.to_numpy(zero_copy_only=False) for column in columns], axis=1)
    except ValueError as error:
        raise DataError(f"{str(path)!r} has columns that are not pixels ({error}); {REMEDY}") from error
    if values.dtype.kind not in "biuf":
        raise DataError(
            f"{str(path)!r} has columns that are not numbers; name the column of the labels with --label-column"
        )
    return values


def _read_labels(path: Path, column: Any) -> npt.NDArray[Any]:
    if column.null_count:
        raise DataError(f"{str(path)!r} has rows without a label; fill in or remove them")
    values = column.to_pylist()
    return np.array(values) if all(isinstance(one, int) for one in values) else np.array(list(map(str, values)))
