"""What the three commands of ``mnist-nn data`` print with ``--json``."""

from pydantic import Field, RootModel

from mnist_nn.util.documents import Count, Document, Ordinal, PathName, Sha256


class DataExportDocument(Document):
    """The files that were written."""

    files: tuple[PathName, ...] = Field(description="paths of the files that were written")


class Counts(Document):
    """The images of each class."""

    train: list[Count] = Field(description="number of training images of each class")
    test: list[Count] = Field(description="number of test images of each class")


class DataFile(Document):
    """One file of a data set."""

    name: str = Field(description="what it is, such as `train-images`")
    path: str = Field(description="where it is")
    size: Count = Field(description="its size in bytes, uncompressed")
    sha256: Sha256 = Field(description="SHA-256 digest of its bytes, uncompressed")
    shape: tuple[Count, ...] = Field(description="shape of the array in it")
    dtype: str = Field(description="kind of number in it, such as `uint8`")


class DataInfoDocument(Document):
    """What a data set is."""

    name: str = Field(description="name of the data set, or the folder it was read from")
    inputs: Ordinal = Field(description="number of pixels of an image")
    classes: Ordinal = Field(description="number of classes")
    counts: Counts = Field(description="images of each class")
    files: tuple[DataFile, ...] = Field(description="the four files")


class FileCheck(Document):
    """Whether one file is whole."""

    file: str = Field(description="path of the file")
    ok: bool = Field(description="whether it is whole; the exit code is 2 if any file is not")
    sha256: str = Field(description="SHA-256 digest of its bytes, uncompressed; empty if it cannot be read")
    problem: str = Field(description="what is wrong with it; empty if nothing is")


class DataVerifyDocument(RootModel[tuple[FileCheck, ...]]):
    """Whether each file of a data set is whole: one element per file."""
