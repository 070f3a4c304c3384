"""A data set on the disk: four IDX files, which are read on first use, and checks of what was read.

``sources`` finds data sets.
"""

import math
import re
from collections.abc import Iterator, Mapping
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
    """The contents of one file of a data set.

    Attributes
    ----------
    name, path
        Its usual name, and its path.
    size, sha256
        Number of bytes and SHA-256 (hex) of the decompressed IDX file.
    shape, dtype
        Shape and type of the array in it.
    """

    name: str
    path: str
    size: int
    sha256: str
    shape: tuple[int, ...]
    dtype: str


@dataclass(frozen=True)
class FileCheck:
    """The result of checking a file: no ``sha256`` if it cannot be decoded, no ``problem`` if it is fine."""

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
        Where it is: a path, or a resource inside the package.
    sha256
        The published SHA-256 of its decoded bytes (hex); None if there is none.
    mend
        The advice for a damaged file, with which the error message ends.
    """

    name: str
    source: Traversable
    sha256: str | None = None
    mend: str = ""

    def scan(self) -> tuple[npt.NDArray[Any], Hash]:
        """Decode the file without checking its SHA-256; return the array and the hash of its bytes."""
        seen = sha256()
        try:
            with open_source(self.source) as file:
                return scan_idx(file, repr(str(self.source)), seen=seen), seen
        except IdxError as error:
            raise IdxError(f"{error}; {self.mend}" if self.mend else str(error)) from error

    def read(self) -> tuple[npt.NDArray[Any], Hash]:
        """Decode the file as ``scan`` does, and raise ``DataError`` if it is not the published one."""
        array, seen = self.scan()
        if problem := self.problem(seen.hexdigest()):
            raise DataError(problem)
        return array, seen

    def problem(self, digest: str) -> str:
        """Say what is wrong with this SHA-256; empty if it is the published one or none is known."""
        if self.sha256 in (None, digest):
            return ""
        wrong = f"{str(self.source)!r} has SHA-256 {digest}, not the published {self.sha256}"
        return f"{wrong}; {self.mend or 'get a fresh copy'}"

    def info(self) -> FileInfo:
        """Decode the file and describe it."""
        array, seen = self.read()
        size = encoded_size(array)
        return FileInfo(self.name, str(self.source), size, seen.hexdigest(), array.shape, array.dtype.name)

    def check(self) -> FileCheck:
        """Decode and check the file, without raising errors."""
        try:
            digest = self.scan()[1].hexdigest()
        except DataError as error:
            return FileCheck(self.name, ok=False, sha256="", problem=str(error))
        problem = self.problem(digest)
        return FileCheck(self.name, not problem, digest, problem)


@dataclass(frozen=True, eq=False)
class Dataset:
    """A training half and a test half, each read from its two files on first use and then kept.

    Attributes
    ----------
    name
        The name given to ``load``.
    files
        Training images, training labels, test images, test labels.
    known_classes
        The number of classes; None to count the training labels.
    known_names
        The names of the classes, in the order of the labels; None if they are plain numbers.

    Raises
    ------
    DataError
        On first use of a half, if a file is damaged or its images and labels do not fit together.

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
    known_names: tuple[str, ...] | None = None

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
        """The test half; its images have the same form as the training images."""
        (images, _), (labels, _) = self.files[2].read(), self.files[3].read()
        with self._blame("test"):
            samples = check_samples(images, labels, self.classes)
            if images.shape[1:] != self._form:
                raise DataError(
                    f"test images are {images.shape[1:]}, but training images are {self._form}; use one size for both"
                )
        return samples

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of both decompressed training files, images first; reads that half."""
        return self._training[1]

    def describe_other(self, origin: Mapping[str, Any]) -> str:
        """Say if a model of this origin (``name`` and ``sha256``) was trained on other data; empty if it was not.

        Examples
        --------
        >>> from mnist_nn.data import load
        >>> load("mnist").describe_other({"name": "scans", "sha256": "0"})
        "the model was trained on other data, 'scans', and this is 'mnist'"
        """
        if not origin.get("sha256") or origin["sha256"] == self.digest:
            return ""
        return f"the model was trained on other data, {origin.get('name')!r}, and this is {self.name!r}"

    @property
    def class_names(self) -> tuple[str, ...] | None:
        """The names of the classes, if they are not plain numbers."""
        return self.known_names

    @property
    def holds_out_its_test(self) -> bool:
        """Whether the test half was held out of the data, because the data has none."""
        return False

    @property
    def format(self) -> str:
        """The format of its files."""
        return "idx"

    @property
    def origin(self) -> dict[str, str]:
        """What a model file stores about its training data: name, SHA-256, and the options for reading it, if any."""
        return {"name": self.name, "sha256": self.digest}

    def describe_files(self) -> tuple[FileInfo, ...]:
        """Describe the files, as `describe` does."""
        return tuple(file.info() for file in self.files)

    def check_files(self) -> tuple[FileCheck, ...]:
        """Check the files again, as `verify` does."""
        checks = [file.check() for file in self.files]
        if all(check.ok for check in checks) and not all(file.sha256 for file in self.files):
            checks[1] = _fit(checks[1], self, "train")
            checks[3] = _fit(checks[3], self, "test")
        return tuple(checks)

    @cached_property
    def inputs(self) -> int:
        """Number of pixels in an image; reads only a header."""
        return math.prod(self._form)

    @cached_property
    def _form(self) -> tuple[int, ...]:
        return read_header(self.files[0].source).shape[1:]

    @cached_property
    def classes(self) -> int:
        """Number of classes: at least 2, and larger than any training label. Only the labels are read."""
        if self.known_classes is not None:
            return self.known_classes
        labels, _ = self.files[1].read()
        with self._blame("training"):
            return max(2, int(check_labels(labels).max()) + 1)

    @contextmanager
    def _blame(self, half: str) -> Iterator[None]:
        """Name the data set in errors raised inside the block."""
        try:
            yield
        except DataError as error:
            named = re.search(rf"(?<!\w){re.escape(self.name)}(?!\w)", str(error))  # what reads the files names them
            raise DataError(str(error) if named else f"{self.name}, {half} half: {error}") from error


def describe(dataset: Dataset) -> tuple[FileInfo, ...]:
    """Describe the files of a data set (four IDX files, or the files of each half), after decoding all of them.

    Raises
    ------
    DataError
        If a file is missing or damaged.

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
    return dataset.describe_files()


def verify(dataset: Dataset) -> tuple[FileCheck, ...]:
    """Check the files of a data set as they are on the disk now, without raising errors.

    Files with a published SHA-256 must match it. Other files must decode, and the labels must fit the images.

    Examples
    --------
    >>> from mnist_nn.data import load
    >>> [check.ok for check in verify(load("mnist"))]
    [True, True, True, True]
    """
    return dataset.check_files()


def _fit(check: FileCheck, dataset: Dataset, half: str) -> FileCheck:
    """Check the labels of a half against its images, reading both again."""
    try:
        getattr(replace(dataset), half)
    except DataError as error:
        return replace(check, ok=False, problem=str(error))
    return check
