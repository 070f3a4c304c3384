"""Reads Parquet files like Hugging Face's: pictures as bytes of PNG files, lists of pixels, or a column per pixel.

It uses pyarrow, which is an extra, and reads one batch at a time.
"""

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

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
BUFFER = 2**20  # bytes of a column that are read at a time, so that a large row group need not fit into memory


def import_pyarrow() -> Any:
    """Import pyarrow, which reads and writes Parquet.

    Raises
    ------
    MissingExtraError
        If pyarrow is not installed.
    """
    try:
        import pyarrow.compute  # noqa: PLC0415 - an extra
        import pyarrow.parquet  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MissingExtraError("Parquet needs pyarrow; install it with: pip install 'mnist-nn[parquet]'") from error
    return pyarrow


class Block(NamedTuple):
    """Consecutive row groups of a file, which can be read by themselves.

    ``before`` is the number of images in front of them in the data set, ``images`` how many there are, and ``size`` the
    bytes that they take in the file. ``scale`` says whether numbers in columns are bytes, which the first rows decide
    for all.
    """

    path: str
    groups: tuple[int, ...]
    before: int
    images: int
    size: int
    scale: bool | None


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
        for batch, found in _read_file(path, options, start, scale):
            scale = found
            start += len(batch.images)
            yield batch


def read_block(block: Block, options: ReadOptions, rows: int) -> Iterator[Batch]:
    """Read a block, as many rows at a time.

    Raises
    ------
    DataError, MissingExtraError
        As `read`.
    """
    for batch, _ in _read_file(Path(block.path), options, block.before, block.scale, block.groups, rows):
        yield batch


def list_blocks(part: Part, options: ReadOptions, images: int) -> list[Block]:
    """Divide Parquet files into blocks of at least so many images, as far as their row groups allow it.

    The blocks depend on the files alone. Reading them one after the other gives what `read` gives.

    Raises
    ------
    DataError, MissingExtraError
        As `read`.
    """
    first = next(iter(_read_file(part.paths[0], options, 0, None)), None)
    scale, before, found = first and first[1], 0, []
    for path in part.paths:
        with _open(path) as file:
            sizes = [_measure(file.metadata.row_group(number)) for number in range(file.num_row_groups)]
        for groups in _gather([count for count, _ in sizes], images):
            count, size = (sum(sizes[number][which] for number in groups) for which in (0, 1))
            found.append(Block(str(path), groups, before, count, size, scale))
            before += count
    return found


def _measure(group: Any) -> tuple[int, int]:
    """Return the number of rows of a row group, and the bytes that it takes in the file."""
    return group.num_rows, sum(group.column(number).total_compressed_size for number in range(group.num_columns))


def _gather(counts: Sequence[int], wanted: int) -> list[tuple[int, ...]]:
    """Put row groups with these numbers of rows together, until each part has as many rows as wanted."""
    parts: list[tuple[int, ...]] = []
    rows = wanted
    for number, count in enumerate(counts):
        if rows >= wanted:
            parts.append(())
            rows = 0
        parts[-1] += (number,)
        rows += count
    return parts


def _read_file(
    path: Path,
    options: ReadOptions,
    start: int,
    scale: bool | None,
    groups: Sequence[int] | None = None,
    rows: int = ROWS,
) -> Iterator[tuple[Batch, bool | None]]:
    """Read a file, or some row groups of it; with each batch comes the scale of its columns.

    ``start`` is the number of images that came before, for messages.
    """
    with _open(path) as file:
        names = list(file.schema_arrow.names)
        image = next((one for one in names if one.lower() in IMAGE_NAMES), None)
        columns = find_columns(repr(str(path)), names, len(names), options.label_column)
        label = None if columns.label is None else names[columns.label]
        wanted = [
            one for one in names if one == label or (one == image if image else names.index(one) in columns.pixels)
        ]
        classes = _find_class_names(file.schema_arrow.metadata, label)
        for table in file.iter_batches(rows, row_groups=groups, columns=wanted):
            if image:
                images = _read_images(path, table.column(image), start, as_is=options.as_is)
            else:
                pixels = [names[column] for column in columns.pixels]
                values = _as_numbers(path, [table.column(one) for one in pixels])
                scale = is_bytes(values) if scale is None else scale
                images = make_images(repr(str(path)), values, as_bytes=scale)
            start += len(images)
            labels = None if label is None else _read_labels(path, table.column(label))
            yield Batch(images, labels, (), classes), scale


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
            with pyarrow.parquet.ParquetFile(path, buffer_size=BUFFER) as file:
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
    pixels = _take_pixels(column)
    if pixels is not None:
        return as_images(pixels)
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


def _take_pixels(column: Any) -> npt.NDArray[Any] | None:
    """Take numbers out of lists of one length without making Python's numbers of them; None if that cannot be done.

    Binary values of a fixed size are pixels, a byte each.
    """
    pyarrow = import_pyarrow()
    kinds, shape = pyarrow.types, [len(column)]
    if kinds.is_fixed_size_binary(column.type) and not column.null_count:
        width = column.type.byte_width
        bytes_ = np.frombuffer(column.buffers()[1], np.uint8, len(column) * width, column.offset * width)
        return bytes_.reshape(-1, width)
    while kinds.is_list(column.type) or kinds.is_large_list(column.type) or kinds.is_fixed_size_list(column.type):
        lengths = pyarrow.compute.list_value_length(column)
        if column.null_count or not len(column) or pyarrow.compute.count_distinct(lengths).as_py() > 1:
            return None
        shape.append(lengths[0].as_py())
        column = column.flatten()
    if len(shape) == 1 or column.null_count or not (kinds.is_integer(column.type) or kinds.is_floating(column.type)):
        return None
    return np.asarray(column.to_numpy(zero_copy_only=False)).reshape(shape)


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
    if import_pyarrow().types.is_integer(column.type):
        return np.asarray(column.to_numpy(zero_copy_only=False))
    values = column.to_pylist()
    return np.array(values) if all(isinstance(one, int) for one in values) else np.array(list(map(str, values)))
