"""Writes a data set for other programs, in any of the formats that can be read; it writes complete files or none.

Reading the files again gives the same images, labels and class names.
"""

import csv
import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_nn.data.dataset import Dataset
from mnist_nn.data.idx import write_idx
from mnist_nn.data.samples import Samples
from mnist_nn.data.sources import CLASS_NAMES, FILES, list_spellings
from mnist_nn.errors import ConfigError, DataError
from mnist_nn.util import checks
from mnist_nn.util.files import expand_path, is_empty, write_whole
from mnist_nn.util.io_errors import explain_io_errors
from mnist_nn.util.locks import keep_others_off

FORMATS = ("idx", "csv", "npz", "parquet", "folder")
HALVES = ("train", "test")
NPZ = "data.npz"
ROWS = 2000  # of a table that are written at a time
ROOM = "choose another place, or make room on the disk"
FORBIDDEN = ("/", "\\", "\0")  # in the name of a folder


def export(
    dataset: Dataset,
    directory: str | os.PathLike[str],
    force: bool = False,
    *,
    gz: bool = False,
    format: str = "idx",  # noqa: A002 the word for it
) -> tuple[Path, ...]:
    """Write a data set to a folder.

    Parameters
    ----------
    dataset
        The data set to write.
    directory
        The folder to write to; it is created if necessary.
    force
        Replace files with these names, each in one step.
    gz
        Gzip IDX files; this has no effect on other formats.
    format
        ``idx``, with exactly the decoded bytes of the files; ``csv`` (label, pixel0, …), ``npz`` (like Keras),
        ``parquet`` (like Hugging Face: PNG and label) or ``folder`` (a folder of PNG files for each class).

    Returns
    -------
    The paths of the files; for ``folder``, those of the two halves.

    Raises
    ------
    ConfigError
        If the format does not exist, or cannot store this data.
    DataError
        If a file already exists and ``force`` is not given, a file with another name would be read instead (even with
        ``force``), or a file cannot be written.
    MissingExtraError
        If pyarrow, which Parquet needs, is not installed.
    FileInUseError
        If another process is writing to the folder.

    Examples
    --------
    >>> import tempfile
    >>> from mnist_nn.data import load
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in export(load("mnist"), folder)]
    ['train-images-idx3-ubyte', 'train-labels-idx1-ubyte', 't10k-images-idx3-ubyte', 't10k-labels-idx1-ubyte']
    """
    kind = checks.choice("format", format, FORMATS)
    if gz and kind != "idx":
        raise ConfigError(f"gzip has no effect on {kind}; leave it out, or write idx")
    write, targets = _WRITERS[kind]
    if kind == "idx":
        targets = tuple(f"{name}.gz" if gz else name for name in FILES)
    folder = expand_path(directory)
    with explain_io_errors(DataError, "create the folder", folder, "choose another"):
        folder.mkdir(parents=True, exist_ok=True)
    with keep_others_off(folder, "choose another folder"):
        _check_free(folder, targets, force)
        with explain_io_errors(DataError, "write to", folder, ROOM):
            write(dataset, folder, targets)
    return tuple(folder / target for target in targets)


def _check_free(folder: Path, targets: tuple[str, ...], force: bool) -> None:
    """Raise an error if files would be overwritten without permission, or if old files would hide the new ones."""
    with explain_io_errors(DataError, "list the folder", folder, "change its permissions"):
        names = set(os.listdir(folder))  # noqa: PTH208 names are wanted, not paths
    known = {one for name in FILES for one in list_spellings(name)} | {CLASS_NAMES, NPZ}
    known |= {f"{half}{end}" for half in HALVES for end in (".csv", ".parquet", "")}
    there = sorted(known & names)
    if others := [one for one in there if one not in targets and one != CLASS_NAMES]:
        raise DataError(f"{str(folder)!r} contains {', '.join(others)} from another data set; choose another folder")
    if there and not force:
        raise DataError(
            f"{str(folder)!r} already contains {', '.join(there)}; choose another folder, or replace them with force"
        )


def _write_idx(dataset: Dataset, folder: Path, targets: tuple[str, ...]) -> None:
    if dataset.files:
        arrays = [file.read()[0] for file in dataset.files]
    else:
        kind = np.uint8 if dataset.classes <= 256 else np.int32  # noqa: PLR2004 the values of a byte
        arrays = [one for half in _halves(dataset) for one in (half.images, half.labels.astype(kind))]
    for array, target in zip(arrays, targets, strict=True):
        write_idx(folder / target, array)
    if dataset.class_names:
        write_whole(folder / CLASS_NAMES, "".join(f"{name}\n" for name in dataset.class_names).encode())


def _write_csv(dataset: Dataset, folder: Path, targets: tuple[str, ...]) -> None:
    for samples, target in zip(_halves(dataset), targets, strict=True):
        text = io.StringIO(newline="")
        table = csv.writer(text, lineterminator="\n")
        table.writerow(["label", *(f"pixel{number}" for number in range(samples.inputs))])
        for names, rows in _each_block(dataset, samples):
            table.writerows([name, *row] for name, row in zip(names, rows.reshape(len(rows), -1).tolist(), strict=True))
        write_whole(folder / target, text.getvalue().encode())


def _write_npz(dataset: Dataset, folder: Path, targets: tuple[str, ...]) -> None:
    arrays: dict[str, Any] = {}
    for half, samples in zip(HALVES, _halves(dataset), strict=True):
        names = dataset.class_names
        arrays[f"x_{half}"] = samples.images
        arrays[f"y_{half}"] = np.array(names)[samples.labels] if names else samples.labels.astype(np.int64)
    content = io.BytesIO()
    np.savez_compressed(content, **arrays)
    write_whole(folder / targets[0], content.getvalue())


def _write_parquet(dataset: Dataset, folder: Path, targets: tuple[str, ...]) -> None:
    from mnist_nn.data.formats.parquet_file import import_pyarrow  # noqa: PLC0415 - it loads what reads pictures

    pyarrow = import_pyarrow()
    for samples, target in zip(_halves(dataset), targets, strict=True):
        _check_pictures(samples, "parquet")
        content = io.BytesIO()
        label = pyarrow.string() if dataset.class_names else pyarrow.int64()
        image = pyarrow.struct([("bytes", pyarrow.binary()), ("path", pyarrow.string())])
        schema = pyarrow.schema([("image", image), ("label", label)])
        with pyarrow.parquet.ParquetWriter(content, schema) as file:
            for names, rows in _each_block(dataset, samples):
                pictures = [{"bytes": _encode_png(row), "path": None} for row in rows]
                file.write_table(pyarrow.table({"image": pictures, "label": names}, schema))
        write_whole(folder / target, content.getvalue())


def _write_folder(dataset: Dataset, folder: Path, targets: tuple[str, ...]) -> None:
    for samples, target in zip(_halves(dataset), targets, strict=True):
        _check_pictures(samples, "folder")
        names = dataset.class_names or tuple(map(str, range(dataset.classes)))
        for name in names:
            if any(one in name for one in FORBIDDEN) or name in {".", ".."} or name.startswith("."):
                raise ConfigError(f"the class {name!r} cannot be the name of a folder; choose another format")
            (folder / target / name).mkdir(parents=True, exist_ok=True)
            if not is_empty(folder / target / name):
                raise DataError(f"{str(folder / target / name)!r} already contains pictures; choose another folder")
        digits = len(str(len(samples)))
        for row, (image, label) in enumerate(zip(samples.images, samples.labels.tolist(), strict=True)):
            (folder / target / names[label] / f"{row:0{digits}}.png").write_bytes(_encode_png(image))


def _halves(dataset: Dataset) -> tuple[Samples, Samples]:
    return dataset.train, dataset.test


def _each_block(dataset: Dataset, samples: Samples) -> Iterator[tuple[list[str] | list[int], npt.NDArray[np.uint8]]]:
    """Yield some images at a time, with their labels in the form in which they are written."""
    names = dataset.class_names
    for start in range(0, len(samples), ROWS):
        labels = samples.labels[start : start + ROWS].tolist()
        yield [names[label] for label in labels] if names else labels, samples.images[start : start + ROWS]


def _check_pictures(samples: Samples, kind: str) -> None:
    if samples.images.dtype != np.uint8:
        raise ConfigError(
            f"the images are rows of numbers, not pictures, so they cannot be written as {kind}; write csv, npz or idx"
        )


def _encode_png(picture: npt.NDArray[np.uint8]) -> bytes:
    from PIL import Image  # noqa: PLC0415 - only pictures need it

    content = io.BytesIO()
    Image.fromarray(picture).save(content, "PNG")
    return content.getvalue()


_WRITERS: dict[str, tuple[Callable[[Dataset, Path, tuple[str, ...]], None], tuple[str, ...]]] = {
    "idx": (_write_idx, FILES),
    "csv": (_write_csv, ("train.csv", "test.csv")),
    "npz": (_write_npz, (NPZ,)),
    "parquet": (_write_parquet, ("train.parquet", "test.parquet")),
    "folder": (_write_folder, HALVES),
}
