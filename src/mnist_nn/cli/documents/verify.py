"""What ``mnist-nn verify --json`` prints."""

from pydantic import Field

from mnist_nn.cli.documents.export import Format
from mnist_nn.util.documents import Count, Document, NonNegative, OrNull, PathName


class Difference(Document):
    """How far one output is from the model's."""

    output: str = Field(description="name of the output")
    largest: OrNull[NonNegative] = Field(
        description="the largest absolute difference or, for a label or a decision, the number of pictures with a "
        "different one; null if it is not a number or a limit is missing"
    )
    tolerance: NonNegative = Field(description="the largest difference that is allowed")
    good: bool = Field(description="whether the difference is within the tolerance")


class VerifyDocument(Document):
    """How far an exported file is from its model."""

    model: PathName = Field(description="path of the model file")
    file: PathName = Field(description="path of the exported file")
    format: Format = Field(description="format of the exported file")
    runtime: str = Field(description="what ran it, with its version")
    pictures: Count = Field(description="number of pictures that both were given")
    good: bool = Field(
        description="whether the exported file gives the model's answers; if it does not, the exit code is 1"
    )
    differences: tuple[Difference, ...] = Field(description="one element per output")
