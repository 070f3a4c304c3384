"""Finds the format of a folder or file, and the halves of the data in it.

The first bytes of a file tell its format. The halves are recognized by the usual names of folders, files and arrays.
"""

import os
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from mnist_nn.data.formats import csv_file, idx_files, npz_file, parquet_file, picture_folder
from mnist_nn.data.formats.batch import Batch, Part
from mnist_nn.data.read_options import ReadOptions
from mnist_nn.errors import ConfigError, DataError, DataNotFoundError
from mnist_nn.imaging.load.folders import SUFFIXES, natural_key
from mnist_nn.util.files import open_source

KINDS: dict[str, Callable[[Part, ReadOptions], Iterator[Batch]]] = {
    "idx": idx_files.read,
    "csv": csv_file.read,
    "npz": npz_file.read,
    "parquet": parquet_file.read,
    "folder": picture_folder.read,
}
TABLES = {"csv": csv_file.has_labels, "parquet": parquet_file.has_labels}
"""Formats with columns, and the function that says whether one of them contains labels."""
ENDS = {".csv": "csv", ".csv.gz": "csv", ".tsv": "csv", ".parquet": "parquet", ".npz": "npz"}
NESTED = ("data", "default", "mnist")
"""Subfolders in which Hugging Face stores the files of a data set."""
HALVES = {"train": r"train|training", "test": r"test|testing|t10k|val|valid|validation"}
WANTED = "four IDX files, a subfolder of pictures for each class, or CSV, .npz or Parquet files"


class Halves(NamedTuple):
    """The files of the training half and of the test half; the latter is None if images are to be held out."""

    train: Part
    test: Part | None


def read_part(part: Part, options: ReadOptions) -> Iterator[Batch]:
    """Read one half in batches."""
    return KINDS[part.kind](part, options)


def find_halves(path: Path, options: ReadOptions) -> Halves:
    r"""Find the halves of the user's own data set.

    Parameters
    ----------
    path
        An existing folder or file.
    options
        How to read it.

    Raises
    ------
    DataError
        If there is nothing that can be read.
    ConfigError
        If an option has no effect on this format.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> for name in ("train.csv", "test.csv"):
    ...     _ = (folder / name).write_text("label,pixel0\n1,255\n")
    >>> found = find_halves(folder, ReadOptions())
    >>> found.train.kind, found.train.paths[0].name, found.test.paths[0].name
    ('csv', 'train.csv', 'test.csv')
    """
    found = _find_in_folder(path) if path.is_dir() else _find_in_file(path)
    check_options(found.train, options)
    if found.test and found.train.kind in TABLES and not TABLES[found.train.kind](found.test.paths[0], options):
        return Halves(found.train, None)  # as Kaggle's test.csv, which is there to be predicted
    return found


def find_images(path: Path, options: ReadOptions) -> Part:
    r"""Find the images to predict: the test half if there are halves, else everything.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "digits.csv"
    >>> _ = path.write_text("pixel0,pixel1\n0,255\n")
    >>> find_images(path, ReadOptions()).kind
    'csv'
    """
    if path.is_dir() and not picture_folder.list_classes(path) and picture_folder.holds_pictures(path):
        found = Halves(Part("folder", (path,)), None)
    else:
        found = _find_in_folder(path) if path.is_dir() else _find_in_file(path, labelled=False)
    check_options(found.train, options)
    return found.test or found.train


def check_options(part: Part, options: ReadOptions) -> None:
    """Raise ConfigError if an option has no effect on the format of a part."""
    if options.as_is and part.kind not in {"folder", "parquet"}:
        raise ConfigError(f"as_is has no effect on {part.kind}, whose pixels are always used unchanged; leave it out")
    if options.label_column is not None and part.kind not in TABLES:
        raise ConfigError(f"label_column has no effect on {part.kind}, which has no columns; leave it out")


def _find_in_file(path: Path, *, labelled: bool = True) -> Halves:
    with open_source(path) as file:
        head = file.read(4)
    if head[:2] == b"PK":
        return _find_in_npz(path)
    if head == b"PAR1":
        return Halves(Part("parquet", (path,)), None)
    if not head:
        raise DataError(f"{str(path)!r} is empty; get a fresh copy")
    if path.name.lower().endswith(SUFFIXES):
        raise DataError(f"{str(path)!r} is a single picture; give a folder with a subfolder of pictures for each class")
    if head[:2] == b"\0\0" or "idx" in path.name:
        if labelled:
            raise DataError(f"{str(path)!r} is one of four IDX files; give the folder that contains them")
        return Halves(Part("idx", (path,)), None)
    return Halves(Part("csv", (path,)), None)


def _find_in_npz(path: Path) -> Halves:
    found = npz_file.find_halves(path)
    parts = {half: Part("npz", (path,), half) for half in found}
    train = parts.get("train") or parts.get("") or parts["test"]
    return Halves(train, parts.get("test") if "train" in parts else None)


def _find_in_folder(folder: Path) -> Halves:
    tables = _find_tables(folder)
    classes = picture_folder.list_classes(folder)
    if tables:
        return tables
    halves = {half: one for half in HALVES if (one := _choose(half, classes))}
    if "train" in halves:
        parts = {half: Part("folder", (folder / name,)) for half, name in halves.items()}
        return Halves(parts["train"], parts.get("test"))
    for name in NESTED:
        if name in classes and (nested := _find_tables(folder / name)):
            return nested
    if classes:
        return Halves(Part("folder", (folder,)), None)
    if picture_folder.holds_pictures(folder):
        raise DataError(
            f"{str(folder)!r} contains pictures without classes; put the pictures of each class into a subfolder"
        )
    raise DataNotFoundError(f"{str(folder)!r} contains no data; put there {WANTED}")


def _choose(half: str, names: Sequence[str]) -> str | None:
    """Choose the folder of a half, trying the words of its pattern in order."""
    return next((name for word in HALVES[half].split("|") for name in names if name.lower() == word), None)


def _find_tables(folder: Path) -> Halves | None:
    """Find the tables, or the one .npz file, in a folder; None if there are none."""
    names = sorted((entry.name for entry in os.scandir(folder) if entry.is_file()), key=natural_key)
    for kind in ("parquet", "csv", "npz"):
        of_kind = [name for name in names if _kind_of(name) == kind and not name.startswith(".")]
        if not of_kind:
            continue
        if kind == "npz" and len(of_kind) == 1:
            return _find_in_npz(folder / of_kind[0])
        return _divide(folder, kind, of_kind)
    return None


def _kind_of(name: str) -> str | None:
    return next((kind for end, kind in ENDS.items() if name.lower().endswith(end)), None)


def _divide(folder: Path, kind: str, names: Sequence[str]) -> Halves:
    """Divide files into halves by a word in their names; a single file is the whole data set."""
    halves = {
        half: [name for name in names if re.search(rf"(^|[-_. ])({words})([-_. ]|$)", name.lower())]
        for half, words in HALVES.items()
    }
    if len(names) == 1:
        halves = {"train": list(names), "test": []}
    if not halves["train"] or (kind == "npz"):
        raise DataError(
            f"{str(folder)!r} contains {', '.join(names[:5])}, and it is not clear which of them to train "
            "on; give the file itself, or call them train and test"
        )
    train, test = (tuple(folder / name for name in halves[half]) for half in HALVES)
    return Halves(Part(kind, train), Part(kind, test) if test else None)
