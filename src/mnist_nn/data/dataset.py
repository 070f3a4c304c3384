"""A data set as it lies on the disk: four IDX files, read on first use, and proof of what was read.

It does not know where data sets are found: that is ``sources``.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from importlib.resources.abc import Traversable
from typing import Any

import numpy.typing as npt

from mnist_nn.data.idx import encode_idx, encoded_size, read_header, scan_idx
from mnist_nn.data.samples import Samples, check_labels, check_samples
from mnist_nn.data.stream import Hash
from mnist_nn.errors import DataError, IdxError
from mnist_nn.util.files import open_source


@dataclass(frozen=True)
class FileInfo:
    """What one file of a data set holds.

    Attributes
    ----------
    name, path
        Its usual name, and where it lies.
    size, sha256
        Bytes and SHA-256 (hex) of the IDX file, after gunzip.
    shape, dtype
        Of the array inside.
    """

    name: str
    path: str
    size: int
    sha256: str
    shape: tuple[int, ...]
    dtype: str


@dataclass(frozen=True)
class FileCheck:
    """What a check says of a file: no ``sha256`` if it cannot be decoded, no ``problem`` if it is ok."""

    file: str
    ok: bool
    sha256: str
    problem: str


@dataclass(frozen=True)
class DataFile:
    """One IDX file of a data set, gzipped or not.

    Attributes
    ----------
    name
        Its usual name, such as ``train-images-idx3-ubyte``.
    source
        Where it lies: a path, or a resource inside the package.
    sha256
        The published SHA-256 of its decoded bytes (hex); None if nobody published one.
    mend
        What to do if it is damaged; ends the message.
    """

    name: str
    source: Traversable
    sha256: str | None = None
    mend: str = ""

    def scan(self) -> tuple[npt.NDArray[Any], Hash]:
        """Decode the file, whatever its SHA-256: the array, and the hash that saw its bytes go by."""
        seen = sha256()
        try:
            with open_source(self.source) as file:
                return scan_idx(file, repr(str(self.source)), seen=seen), seen
        except IdxError as error:
            raise IdxError(f"{error}; {self.mend}" if self.mend else str(error)) from error

    def read(self) -> tuple[npt.NDArray[Any], Hash]:
        """Decode the file as ``scan`` does, and raise ``DataError`` unless it is the published one."""
        array, seen = self.scan()
        if problem := self.problem(seen.hexdigest()):
            raise DataError(problem)
        return array, seen

    def problem(self, digest: str) -> str:
        """Say what is wrong with this SHA-256: nothing, if it is the published one or none is known."""
        if self.sha256 in (None, digest):
            return ""
        wrong = f"{str(self.source)!r} has SHA-256 {digest} instead of the published {self.sha256}"
        return f"{wrong}; {self.mend or 'get a fresh copy'}"

    def info(self) -> FileInfo:
        """Decode the file and describe it."""
        array, seen = self.read()
        size = encoded_size(array)
        return FileInfo(self.name, str(self.source), size, seen.hexdigest(), array.shape, array.dtype.name)

    def check(self) -> FileCheck:
        """Decode the file and judge it; raises nothing."""
        try:
            digest = self.scan()[1].hexdigest()
        except DataError as error:
            return FileCheck(self.name, ok=False, sha256="", problem=str(error))
        problem = self.problem(digest)
        return FileCheck(self.name, not problem, digest, problem)


@dataclass(frozen=True, eq=False)
class Dataset:
    """A training half and a test half, each read from its two files when first asked for, then kept.

    Attributes
    ----------
    name
        What ``load`` was given.
    files
        Training images, training labels, test images, test labels.
    known_classes
        How many classes there are; None to count the training labels.

    Raises
    ------
    DataError
        On first use of a half: a file is damaged, or its images and labels do not fit.

    Examples
    --------
    >>> from mnist_nn.data import load
    >>> mnist = load("mnist")
    >>> mnist.inputs, mnist.classes, mnist.test
    (784, 10, Samples(10000 of 28x28, uint8))
    """

    name: str
    files: tuple[DataFile, ...]
    known_classes: int | None = None

    @cached_property
    def _training(self) -> tuple[Samples, str]:
        (images, seen), (labels, _) = self.files[0].read(), self.files[1].read()
        # IDX has one encoding of an array, so this is the hash of both files' bytes, one after the other.
        seen.update(encode_idx(labels))
        with self._blame("training"):
            return check_samples(images, labels, self.classes), seen.hexdigest()

    @property
    def train(self) -> Samples:
        """The training half."""
        return self._training[0]

    @cached_property
    def test(self) -> Samples:
        """The test half; its images have the form of the training images."""
        (images, _), (labels, _) = self.files[2].read(), self.files[3].read()
        with self._blame("test"):
            samples = check_samples(images, labels, self.classes)
            if images.shape[1:] != self._form:
                raise DataError(f"images are {images.shape[1:]} but {self._form} in training; make them alike")
        return samples

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of both training files after gunzip, images then labels; reads that half."""
        return self._training[1]

    @cached_property
    def inputs(self) -> int:
        """Pixels of an image; reads no more than a header."""
        return math.prod(self._form)

    @cached_property
    def _form(self) -> tuple[int, ...]:
        return read_header(self.files[0].source).shape[1:]

    @cached_property
    def classes(self) -> int:
        """Number of classes: at least 2, and more than any training label; reads no more than the labels."""
        if self.known_classes is not None:
            return self.known_classes
        labels, _ = self.files[1].read()
        with self._blame("training"):
            return max(2, int(check_labels(labels).max()) + 1)

    @contextmanager
    def _blame(self, half: str) -> Iterator[None]:
        """Name the data set in what goes wrong inside."""
        try:
            yield
        except DataError as error:
            raise DataError(f"{self.name}, {half} half: {error}") from error


def describe(dataset: Dataset) -> tuple[FileInfo, ...]:
    """Describe the four files of a data set; decodes them all.

    Raises
    ------
    DataError
        A file is missing or damaged.

    Examples
    --------
    >>> from mnist_nn.data import load
    >>> for file in describe(load("mnist")):
    ...     print(f"{file.name:<23} {file.size:>10,} {file.shape}")
    train-images-idx3-ubyte 47,040,016 (60000, 28, 28)
    train-labels-idx1-ubyte     60,008 (60000,)
    t10k-images-idx3-ubyte   7,840,016 (10000, 28, 28)
    t10k-labels-idx1-ubyte      10,008 (10000,)
    """
    return tuple(file.info() for file in dataset.files)


def verify(dataset: Dataset) -> tuple[FileCheck, ...]:
    """Check the four files of a data set anew, as they are on the disk now; raises nothing.

    Files with a published SHA-256 must have it. Others must decode, and the labels must fit the images.

    Examples
    --------
    >>> from mnist_nn.data import load
    >>> [check.ok for check in verify(load("mnist"))]
    [True, True, True, True]
    """
    checks = [file.check() for file in dataset.files]
    if all(check.ok for check in checks) and not all(file.sha256 for file in dataset.files):
        checks[1] = _fit(checks[1], dataset, "train")
        checks[3] = _fit(checks[3], dataset, "test")
    return tuple(checks)


def _fit(check: FileCheck, dataset: Dataset, half: str) -> FileCheck:
    """Hold the labels of a half against its images, reading both again."""
    try:
        getattr(replace(dataset), half)
    except DataError as error:
        return replace(check, ok=False, problem=str(error))
    return check
