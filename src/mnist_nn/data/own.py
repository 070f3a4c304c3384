"""The user's own data set, in any format: reads and checks both halves, and finds the names of the classes.

If there is no test half, a seventh of every class is held out for it, always the same images.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_nn.data.dataset import Dataset, FileCheck, FileInfo
from mnist_nn.data.formats.batch import Part
from mnist_nn.data.formats.find import Halves, check_options, find_halves, read_part
from mnist_nn.data.idx import encode_idx
from mnist_nn.data.labels import Classes, find_classes, number_labels
from mnist_nn.data.read_options import ReadOptions
from mnist_nn.data.samples import Samples, check_samples
from mnist_nn.data.splits import TEST_SHARE, hold_out
from mnist_nn.errors import ConfigError, DataError
from mnist_nn.util.randomness import HOLD_OUT, fold, key

TEST_KEY = fold(fold(key(0), HOLD_OUT), 1)  # the run's own hold-out takes another
FEWEST = 4  # samples of which `TEST_SHARE` is one, rounded
MOST_BYTES = 256  # classes that a label of one byte can tell
CHUNK = 2**20


class _Raw(NamedTuple):
    """A half as it is in the files."""

    images: npt.NDArray[Any]
    labels: npt.NDArray[Any]
    class_names: tuple[str, ...]


class _Read(NamedTuple):
    """Both halves and their classes."""

    train: Samples
    test: Samples
    classes: Classes


@dataclass(frozen=True, eq=False)
class OwnDataset(Dataset):
    """A data set in one of the formats of `mnist_nn.data.formats`; each half is read on first use and then kept.

    Attributes
    ----------
    halves
        The files of each half.
    options
        The options for reading them.
    """

    halves: Halves = field(kw_only=True)
    options: ReadOptions = field(kw_only=True, default_factory=ReadOptions)

    @cached_property
    def _read(self) -> _Read:
        with self._blame("training"):
            train = _collect(self.halves.train, self.options)
            classes = find_classes(train.labels, train.class_names, self.options.label_base)
            whole = check_samples(train.images, number_labels(train.labels, classes, "training"), classes.number)
            if self.halves.test is None:
                if len(whole) < FEWEST:
                    raise DataError(
                        f"there are only {len(whole)} samples, too few to hold out a test half; "
                        f"give at least {FEWEST}, or a test half"
                    )
                kept, held = hold_out(whole.labels, TEST_SHARE, TEST_KEY)
                return _Read(whole.take(kept), whole.take(held), classes)
        with self._blame("test"):
            test = _collect(self.halves.test, self.options)
            if test.images.shape[1:] != train.images.shape[1:]:
                raise DataError(
                    f"test images are {test.images.shape[1:]}, but training images are {train.images.shape[1:]}; "
                    "use one size for both"
                )
            return _Read(whole, check_samples(test.images, number_labels(test.labels, classes, "test"), classes.number),
                         classes)  # fmt: skip

    @property
    def train(self) -> Samples:
        """The training half."""
        return self._read.train

    @cached_property
    def test(self) -> Samples:
        """The test half; if the data has none, the images that are held out."""
        return self._read.test

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) of the training half in IDX form, and of the names of the classes, if any.

        So the same images have the same digest in every format.
        """
        labels = self.train.labels.astype(np.uint8 if self.classes <= MOST_BYTES else np.int32)
        seen = sha256(encode_idx(self.train.images))
        seen.update(encode_idx(labels))
        seen.update("".join(f"\n{name}" for name in self.class_names or ()).encode())
        return seen.hexdigest()

    @property
    def class_names(self) -> tuple[str, ...] | None:
        """The names of the classes, if they are not plain numbers."""
        return self._read.classes.names

    @property
    def holds_out_its_test(self) -> bool:
        """Whether the test half was held out of the data, because the data has none."""
        return self.halves.test is None

    @property
    def format(self) -> str:
        """One of `mnist_nn.data.formats.find.KINDS`."""
        return self.halves.train.kind

    @property
    def origin(self) -> dict[str, str]:
        """What a model file stores about its training data: name, SHA-256, and how it was read."""
        return {**super().origin, **self.options.to_dict()}

    @cached_property
    def _form(self) -> tuple[int, ...]:
        return self.train.images.shape[1:]

    @cached_property
    def classes(self) -> int:
        """Number of classes."""
        return self._read.classes.number

    def describe_files(self) -> tuple[FileInfo, ...]:
        """Describe the files of each half."""
        halves = {"train": self.train, "test": self.test}
        found = zip(halves, self.halves, strict=True)
        return tuple(_describe(half, part, halves[half]) for half, part in found if part is not None)

    def check_files(self) -> tuple[FileCheck, ...]:
        """Read everything again, and report every problem."""
        name = str(self.halves.train.paths[0])
        try:
            again = OwnDataset(self.name, (), halves=self.halves, options=self.options)
            return tuple(
                FileCheck(info.path, ok=True, sha256=info.sha256, problem="") for info in again.describe_files()
            )
        except (DataError, ConfigError) as error:
            return (FileCheck(name, ok=False, sha256="", problem=str(error)),)


def find(path: Path, options: ReadOptions) -> OwnDataset:
    """Find the data set at an existing path; this raises the same errors as `find_halves`."""
    return OwnDataset(str(path), (), halves=find_halves(path, options), options=options)


def of_parts(name: str, train: Part, test: Part, options: ReadOptions) -> OwnDataset:
    """Make a data set from known halves.

    Raises
    ------
    ConfigError
        If an option has no effect on this format.
    """
    check_options(train, options)
    return OwnDataset(name, (), halves=Halves(train, test), options=options)


def _collect(part: Part, options: ReadOptions) -> _Raw:
    """Read and combine all batches of a half."""
    batches = list(read_part(part, options))
    if not batches:
        raise DataError(f"there are no images in {str(part.paths[0])!r}; give at least one of each class")
    if any(batch.labels is None for batch in batches):
        hints = {"npz": "an array y of them", "idx": "a file of them", "folder": "a subfolder for each class"}
        hint = hints.get(part.kind, "a column of them, and its name with --label-column")
        raise DataError(f"there are no labels in {str(part.paths[0])!r}, but training needs labels; give {hint}")
    images = np.concatenate([batch.images for batch in batches])
    labels = np.concatenate([batch.labels for batch in batches if batch.labels is not None])
    return _Raw(transpose(images) if options.transpose else images, labels, batches[0].class_names)


def transpose(images: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Exchange rows and columns of every picture.

    Raises
    ------
    ConfigError
        If these are not pictures.

    Examples
    --------
    >>> transpose(np.array([[[1, 2], [3, 4]]], np.uint8)).tolist()
    [[[1, 3], [2, 4]]]
    """
    if images.ndim != len(("n", "rows", "columns")):
        raise ConfigError("transpose has no effect on rows of numbers, which are not pictures; leave it out")
    return np.ascontiguousarray(images.swapaxes(1, 2))


def _describe(half: str, part: Part, samples: Samples) -> FileInfo:
    files = sorted(path for path in part.paths[0].rglob("*") if path.is_file()) if part.kind == "folder" else part.paths
    size, seen = 0, sha256()
    for chunk in _read_bytes(files):
        size += len(chunk)
        seen.update(chunk)
    images = samples.images
    return FileInfo(half, str(part.paths[0]), size, seen.hexdigest(), images.shape, images.dtype.name)


def _read_bytes(files: Iterable[Path]) -> Iterable[bytes]:
    for path in files:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk
