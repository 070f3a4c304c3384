"""Reads arrays in an .npz file, like Keras's MNIST or MedMNIST, row by row; nothing is unpickled."""

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_nn.data.coercion import as_images, as_labels
from mnist_nn.data.formats.batch import ROWS, Batch, Part
from mnist_nn.data.idx import LIMIT
from mnist_nn.data.read_options import ReadOptions
from mnist_nn.errors import DataError, DataNotFoundError, quote
from mnist_nn.util.io_errors import describe_io_error, remedy_for_reading

IMAGES = ("x", "images", "image", "imgs", "data", "features", "arr0")
LABELS = ("y", "labels", "label", "target", "targets")
HALVES = {"train": ("train", "tr", "training"), "test": ("test", "te", "val", "valid", "validation")}
REMEDY = "get a fresh copy, or save the arrays again with numpy.savez"


class Names(NamedTuple):
    """The names of the arrays of a half; ``labels`` is None if there are none."""

    images: str
    labels: str | None


def find_halves(path: Path) -> dict[str, Names]:
    """Find the arrays of each half, ``train`` and ``test``, by their names; an empty name stands for all data.

    Raises
    ------
    DataError
        If it is not an .npz file, or contains no array of images.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "mnist.npz"
    >>> np.savez(path, x_train=np.zeros((2, 4)), y_train=np.zeros(2), x_test=np.zeros((1, 4)), y_test=np.zeros(1))
    >>> find_halves(path)["test"]
    Names(images='x_test', labels='y_test')
    """
    with _open(path) as archive:
        present = [name.removesuffix(".npy") for name in archive.namelist() if name.endswith(".npy")]
    found = {}
    for half, marks in HALVES.items():
        names = next((names for mark in marks if (names := _find_names(present, mark))), None)
        if names:
            found[half] = names
    if not found and (names := _find_names(present, "")):
        found[""] = names
    if not found:
        shown = ", ".join(map(quote, present[:8])) or "none"
        raise DataError(f"{str(path)!r} has no array of images; its arrays are {shown}; call them x_train and y_train")
    return found


def _find_names(present: Sequence[str], mark: str) -> Names | None:
    """Find the images and labels whose names have a mark before or after the word."""
    simple = {name.lower().replace("_", "").replace("-", ""): name for name in present}

    def find(words: Sequence[str]) -> str | None:
        spelled = [form for word in words for form in (word + mark, mark + word)]
        return next((simple[one] for one in spelled if one in simple), None)

    images = find(IMAGES)
    return None if images is None else Names(images, find(LABELS))


def read(part: Part, _options: ReadOptions) -> Iterator[Batch]:
    """Read one half of an .npz file.

    Raises
    ------
    DataError
        If the file is damaged or contains Python objects, or if images and labels do not fit together.
    """
    (path,) = part.paths
    names = find_halves(path)[part.half]
    labels = None
    with _open(path) as archive:
        if names.labels is not None:
            labels = np.concatenate(list(_read_rows(path, archive, names.labels)))
        start = 0
        for rows in _read_rows(path, archive, names.images):
            own = None if labels is None else labels[start : start + len(rows)]
            start += len(rows)
            if own is not None and len(own) < len(rows):
                break
            yield Batch(as_images(rows), own if own is None or own.dtype.kind == "U" else as_labels(own))
    if labels is not None and start != len(labels):
        raise DataError(f"{str(path)!r} has {start:,} or more images in {names.images!r} but {len(labels):,} labels in "
f"{names.labels!r}; give one label for each image")  # fmt: skip


@contextmanager
def _open(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise DataError(f"{str(path)!r} is damaged: {' '.join(str(error).split())}; {REMEDY}") from error
    except OSError as error:
        kind = DataNotFoundError if isinstance(error, FileNotFoundError) else DataError
        raise kind(describe_io_error("read", path, error, remedy_for_reading(error))) from error


def _read_rows(path: Path, archive: zipfile.ZipFile, name: str) -> Iterator[npt.NDArray[Any]]:
    """Read an array, some rows at a time."""
    info = archive.getinfo(f"{name}.npy")
    with archive.open(info) as file:
        shape, by_columns, dtype = _read_header(path, name, file)
        size = dtype.itemsize * int(np.prod(shape[1:], dtype=object))
        is_whole = size * shape[0] == info.file_size - file.tell() if shape and min(shape) >= 0 else False
        if dtype.hasobject or not is_whole:
            what = "contains Python objects" if dtype.hasobject else f"does not have the bytes of its shape {shape}"
            raise DataError(f"the array {name!r} of {str(path)!r} {what}; {REMEDY}")
        if size * shape[0] > LIMIT and by_columns:
            raise DataError(f"the array {name!r} in {str(path)!r} is stored column by column; save it row by row")
        if by_columns:
            whole = np.frombuffer(file.read(), dtype).reshape(shape, order="F")
            yield from (whole[start : start + ROWS] for start in range(0, shape[0], ROWS))
            return
        for start in range(0, shape[0], ROWS):
            rows = min(ROWS, shape[0] - start)
            yield np.frombuffer(file.read(rows * size), dtype).reshape(rows, *shape[1:])


def _read_header(path: Path, name: str, file: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    try:
        version = np.lib.format.read_magic(file)
        reader = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        return reader(file)
    except Exception as error:  # NumPy lets through what Python's own parser raises
        raise DataError(
            f"{name!r} in {str(path)!r} is not an array ({' '.join(str(error).split())}); {REMEDY}"
        ) from error
