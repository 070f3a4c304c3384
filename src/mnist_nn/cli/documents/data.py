"""What the three commands of ``mnist-nn data`` print with ``--json``."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, RootModel

from mnist_nn.util.documents import Count, Document, Ordinal, PathName, Sha256, one_of

if TYPE_CHECKING:
    from mnist_nn.data import Dataset, FileInfo, Remarks


class DataExportDocument(Document):
    """The files that were written."""

    files: tuple[PathName, ...] = Field(description="paths of the files that were written")


class Counts(Document):
    """The number of images of each class."""

    train: list[Count] = Field(description="number of training images of each class")
    test: list[Count] = Field(description="number of test images of each class")


class Blank(Document):
    """The blank images of each half."""

    train: Count = Field(description="number of blank training images")
    test: Count = Field(description="number of blank test images")


class DataFile(Document):
    """One file of a data set, or all files of one half."""

    name: str = Field(description="the contents of the file, such as `train-images`, or the half: `train` or `test`")
    path: str = Field(description="path of the file, or of the first file if there are several")
    size: Count = Field(description="its size in bytes; uncompressed for IDX files")
    sha256: Sha256 = Field(description="SHA-256 digest of its bytes; uncompressed for IDX files")
    shape: tuple[Count, ...] = Field(description="shape of the array in it, or of the images of the half")
    dtype: str = Field(description="element type of the array, such as `uint8`")


class DataInfoDocument(Document):
    """A description of a data set."""

    name: str = Field(description="name of the data set, or the folder it was read from")
    inputs: Ordinal = Field(description="number of pixels of an image")
    classes: Ordinal = Field(description="number of classes")
    format: Annotated[str, one_of(("idx", "csv", "npz", "parquet", "folder"))] = Field(
        description="the format of its files"
    )
    class_names: tuple[str, ...] | None = Field(
        description="names of the classes, in the order of the counts; null if the classes are the numbers from 0"
    )
    in_both_halves: Count = Field(description="number of test images that are among the training images too")
    blank: Blank = Field(description="images that have the same value everywhere")
    empty_classes: tuple[Count, ...] = Field(description="classes without a training image")
    looks_transposed: bool = Field(
        description="whether most pictures are wider than tall, as in transposed handwriting"
    )
    holds_out_its_test: bool = Field(description="whether the test half is held out of the training data")
    notes: tuple[str, ...] = Field(description="anything unusual about it, in sentences; empty if there is nothing")
    counts: Counts = Field(description="images of each class")
    files: tuple[DataFile, ...] = Field(description="the four IDX files, or the files of each half")


def data_info_document(
    dataset: "Dataset", counts: Mapping[str, list[int]], files: "Iterable[FileInfo]", remarks: "Remarks"
) -> DataInfoDocument:
    """Make the document of a data set."""
    return DataInfoDocument.of(
        dataset,
        counts=counts,
        files=tuple(files),
        in_both_halves=remarks.in_both_halves,
        blank=dict(zip(("train", "test"), remarks.blank, strict=True)),
        empty_classes=remarks.empty_classes,
        looks_transposed=remarks.looks_transposed,
        notes=remarks.lines,
    )


class FileCheck(Document):
    """Whether one file is intact."""

    file: str = Field(description="path of the file")
    ok: bool = Field(description="whether the file is intact; if any file is not, the exit code is 2")
    sha256: str = Field(description="SHA-256 digest of its bytes, uncompressed; empty if the file cannot be read")
    problem: str = Field(description="what is wrong with the file; empty if nothing is wrong")


class DataVerifyDocument(RootModel[tuple[FileCheck, ...]]):
    """Whether each file of a data set is intact: one element per file."""
